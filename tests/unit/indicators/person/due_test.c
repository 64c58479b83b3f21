/*
 * tests/unit/indicators/person/due_test.c - who is on a work list, since when and until when.
 */
#include "indicators/person/due.h"
#include "tests/unit/indicator_memory.h"

#define ISD 1
#define VWN 2

#define ROWS_MAX 16

/* What due_find() told. */
struct heard {
	struct due rows[ROWS_MAX];
	size_t count;
	unsigned sent[VWN + 1]; /* by partner: bits 1 << reason */
};

static void tell_due(void *context, const struct due *due)
{
	struct heard *heard = context;
	CHECK(heard->count < ROWS_MAX);
	heard->rows[heard->count++] = *due;
}

static void tell_sent(void *context, uint16_t partner, enum due_reason reason)
{
	struct heard *heard = context;
	CHECK(partner <= VWN);
	heard->sent[partner] |= 1u << reason;
}

/* Events as the ISD sends them; a line of another partner says so: BY_VWN. */
#define CONTACT(day, by, two_way)                                                                  \
	{                                                                                          \
		EVENT_CONTACT_HELD, day, CONTACT_BY_##by, 0, 0, 0, two_way, 0                      \
	}
#define REVIEWED(day)                                                                              \
	{                                                                                          \
		EVENT_PLAN_REVIEWED, day, 0, 0, 0, 0, 0, 0                                         \
	}
#define OBLIGED(day)                                                                               \
	{                                                                                          \
		EVENT_OBLIGATION_STARTED, day, 0, 0, 0, 0, 0, 0                                    \
	}
#define COMPLETED(day)                                                                             \
	{                                                                                          \
		EVENT_CIVIC_INTEGRATION_COMPLETED, day, 0, 0, 0, 0, 0, 0                           \
	}
#define REGISTERED(day, year, act)                                                                 \
	{                                                                                          \
		EVENT_PERSON_REGISTERED, day, ACT_##act, year, 0, 0, 0, 0                          \
	}
#define BY_VWN(type, day, choice, number, ref, where, more)                                        \
	{                                                                                          \
		EVENT_##type, day, choice, number, ref, where, more, VWN                           \
	}

static struct heard told_of(const struct line lines[LINES_MAX])
{
	struct heard heard = { 0 };
	struct history history;
	struct question question = question_at(P);
	struct person person;
	struct arena arena;
	history_of(&history, lines);
	for (size_t i = 0; i < history.count; i++) {
		if (history.facts[i].partner == 0)
			history.facts[i].partner = ISD;
	}
	person_of(&person, &history, &question, &arena);
	const struct due_sink sink = { tell_due, tell_sent, &heard };
	due_find(&person, history.count, &sink);
	arena_release(&arena);
	return heard;
}

/* A row as a test writes it: days relative to P. */
struct wanted {
	enum due_reason reason;
	int32_t since;
	int32_t silent_on;
	uint16_t partner; /* 0: ISD */
};

#define WANTED_MAX 4
#define NOTHING                                                                                    \
	{                                                                                          \
		{                                                                                  \
			DUE_REASON_COUNT, 0, 0, 0                                                  \
		}                                                                                  \
	}

struct scene {
	const char *name;
	struct line lines[LINES_MAX];
	struct wanted rows[WANTED_MAX]; /* up to the first with since 0 and silent_on 0 */
};

static void check_scene(const struct scene *scene)
{
	struct heard heard = told_of(scene->lines);
	size_t count = 0;
	while (count < WANTED_MAX && scene->rows[count].since != 0)
		count++;
	if (heard.count != count)
		fail_msg("%s: %zu rows, not %zu", scene->name, heard.count, count);
	for (size_t i = 0; i < count; i++) {
		const struct due *row = &heard.rows[i];
		const struct wanted *wanted = &scene->rows[i];
		uint16_t partner = wanted->partner == 0 ? ISD : wanted->partner;
		if (row->reason != wanted->reason || due_since(row) != P + wanted->since ||
			due_silent_on(row) != P + wanted->silent_on || row->partner != partner)
			fail_msg("%s: row %zu is reason %d of partner %d, since P%+d, silent on "
				 "P%+d",
				scene->name, i, row->reason, row->partner, due_since(row) - P,
				due_silent_on(row) - P);
	}
}

static void check_scenes(const struct scene *scenes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_scene(&scenes[i]);
}

/* clang-format off */
static void a_row_comes_on_the_day_the_news_is_old_enough(void **state)
{
	(void)state;
	static const struct scene scenes[] = {
		{"a rung of 149 days", {ASSESSED(-149, 3)}, NOTHING},
		{"of 150", {ASSESSED(-150, 3)}, {{DUE_RUNG_NOT_ASSESSED, -150, 65, 0}}},
		{"silent today", {ASSESSED(-215, 3)}, {{DUE_RUNG_NOT_ASSESSED, -215, 0, 0}}},
		{"the last counts", {ASSESSED(-400, 3), ASSESSED(-151, 1)},
			{{DUE_RUNG_NOT_ASSESSED, -151, 64, 0}}},
		{"a job of 119 days", {JOB_STARTED(-119, 7, 20)}, NOTHING},
		{"of 120", {JOB_STARTED(-120, 7, 20)}, {{DUE_JOB_NOT_CONFIRMED, -120, 64, 0}}},
		{"confirmed in time", {JOB_STARTED(-300, 7, 20), JOB_CONFIRMED(-119, 7)}, NOTHING},
		{"changed is confirmed", {JOB_STARTED(-300, 7, 20), JOB_CHANGED(-121, 7, 9)},
			{{DUE_JOB_NOT_CONFIRMED, -121, 63, 0}}},
		{"two jobs, one confirmed", {JOB_STARTED(-300, 7, 20), JOB_STARTED(-299, 8, 20),
			JOB_CONFIRMED(-1, 7)}, {{DUE_JOB_NOT_CONFIRMED, -299, -115, 0}}},
		{"a contact of 59 days", {CONTACT(-59, CASE_MANAGER, 1)}, NOTHING},
		{"of 60", {CONTACT(-60, CASE_MANAGER, 1)}, {{DUE_NO_CONTACT, -60, 31, 0}}},
		{"one way is none", {SETTLED(-61, 0), CONTACT(-1, CASE_MANAGER, 0)},
			{{DUE_NO_CONTACT, -61, 30, 0}}},
		{"a volunteer's is none", {SETTLED(-61, 0), CONTACT(-1, VOLUNTEER, 1)},
			{{DUE_NO_CONTACT, -61, 30, 0}}},
		{"never: from the settlement on", {SETTLED(-59, 0)}, NOTHING},
		{"a plan of 299 days", {PLAN(-299, 24, 3)}, NOTHING},
		{"of 300", {PLAN(-300, 24, 3)}, {{DUE_PLAN_NOT_REVIEWED, -300, 65, 0}}},
		{"reviewed", {PLAN(-500, 24, 3), REVIEWED(-301)},
			{{DUE_PLAN_NOT_REVIEWED, -301, 64, 0}}},
		{"tomorrow is not today", {ASSESSED(-150, 3), ASSESSED(1, 3)},
			{{DUE_RUNG_NOT_ASSESSED, -150, 65, 0}}},
	};
	check_scenes(scenes, ARRAY_LENGTH(scenes));
}

static void an_obligation_without_a_plan_is_there_from_its_first_day(void **state)
{
	(void)state;
	static const struct scene scenes[] = {
		{"obliged yesterday", {OBLIGED(-1)}, {{DUE_OBLIGATION_WITHOUT_PLAN, -1, 69, 0}}},
		{"the later of t0 and the first", {SETTLED(-9, 0), OBLIGED(-30), OBLIGED(-2)},
			{{DUE_OBLIGATION_WITHOUT_PLAN, -9, 61, 0}}},
		{"with a plan", {OBLIGED(-30), PLAN(-20, 24, 3)}, NOTHING},
		{"with a plan from before", {OBLIGED(-30), PLAN(-40, 24, 3)}, NOTHING},
		{"withdrawn since", {OBLIGED(-90), PLAN(-80, 24, 3), WITHDRAWN(-5)},
			{{DUE_OBLIGATION_WITHOUT_PLAN, -5, -5, 0}}},
		{"withdrawn before", {PLAN(-80, 24, 3), WITHDRAWN(-50), OBLIGED(-9)},
			{{DUE_OBLIGATION_WITHOUT_PLAN, -9, -9, 0}}},
		{"completed, by whomever", {OBLIGED(-90),
			BY_VWN(CIVIC_INTEGRATION_COMPLETED, -1, 0, 0, 0, 0, 0)}, NOTHING},
		{"under the old act", {OBLIGED(-90), REGISTERED(0, 1980, WI2013)}, NOTHING},
		{"the register comes tomorrow",
			{OBLIGED(-90), REGISTERED(1, 1980, WI2013)}, NOTHING},
		{"under the new one", {OBLIGED(-90), REGISTERED(0, 1980, WI2021)},
			{{DUE_OBLIGATION_WITHOUT_PLAN, -90, -20, 0}}},
	};
	check_scenes(scenes, ARRAY_LENGTH(scenes));
}

#define RECEIVES(type, day)                                                                        \
	{                                                                                          \
		EVENT_BENEFIT_##type, day, BENEFIT_KIND_FULL, 0, 0, 0, 0, 0                        \
	}
#define REFERRED(day, ref)                                                                         \
	{                                                                                          \
		EVENT_REFERRAL_MADE, day, ORG_TYPE_ISD, 0, ref, 0, 0, 0                            \
	}
#define CLOSED(day, ref)                                                                           \
	{                                                                                          \
		EVENT_REFERRAL_CLOSED, day, REFERRAL_OUTCOME_STARTED, 0, ref, 0, 0, 0              \
	}
#define FACE(type, day)                                                                            \
	{                                                                                          \
		EVENT_CONTACT_PERSON_##type, day, 0, 0, 7, 0, 0, 0                                 \
	}

static void a_benefit_is_asked_for_until_it_ends(void **state)
{
	(void)state;
	static const struct scene scenes[] = {
		{"started 329 days ago", {RECEIVES(STARTED, -329)}, NOTHING},
		{"330", {RECEIVES(STARTED, -330)}, {{DUE_BENEFIT_NOT_CONFIRMED, -330, 71, 0}}},
		{"confirmed", {RECEIVES(STARTED, -900), RECEIVES(CONFIRMED, -331)},
			{{DUE_BENEFIT_NOT_CONFIRMED, -331, 70, 0}}},
		{"ended", {RECEIVES(STARTED, -900), RECEIVES(ENDED, -400)}, NOTHING},
		{"ended, another says",
			{RECEIVES(STARTED, -900), BY_VWN(BENEFIT_ENDED, -400, 0, 0, 0, 0, 0)},
			NOTHING},
		{"the list of that month", {RECEIVES(STARTED, -900), RECEIVES(ENDED, -400),
			RECEIVES(CONFIRMED, -369)}, NOTHING},
		{"of a later month", {RECEIVES(STARTED, -900), RECEIVES(ENDED, -400),
			RECEIVES(CONFIRMED, -368)}, {{DUE_BENEFIT_NOT_CONFIRMED, -368, 33, 0}}},
		{"started again", {RECEIVES(ENDED, -400), RECEIVES(STARTED, -380),
			RECEIVES(CONFIRMED, -379)}, {{DUE_BENEFIT_NOT_CONFIRMED, -379, 22, 0}}},
		{"confirmed by another", {RECEIVES(STARTED, -340),
			BY_VWN(BENEFIT_CONFIRMED, -9, BENEFIT_KIND_FULL, 0, 0, 0, 0)},
			{{DUE_BENEFIT_NOT_CONFIRMED, -340, 61, 0}}},
	};
	check_scenes(scenes, ARRAY_LENGTH(scenes));
}

static void a_referral_is_asked_for_until_somebody_closes_it(void **state)
{
	(void)state;
	static const struct scene scenes[] = {
		{"119 days ago", {REFERRED(-119, 7)}, NOTHING},
		{"120", {REFERRED(-120, 7)}, {{DUE_REFERRAL_OPEN, -120, 64, 0}}},
		{"without a ref", {REFERRED(-120, 0)}, NOTHING},
		{"closed", {REFERRED(-120, 7), CLOSED(-9, 7)}, NOTHING},
		{"closed, another says",
			{REFERRED(-120, 7), BY_VWN(REFERRAL_CLOSED, -9, 1, 0, 7, 0, 0)}, NOTHING},
		{"closed before", {CLOSED(-121, 7), REFERRED(-120, 7)},
			{{DUE_REFERRAL_OPEN, -120, 64, 0}}},
		{"another is closed", {REFERRED(-120, 7), CLOSED(-9, 8), CLOSED(-9, 6)},
			{{DUE_REFERRAL_OPEN, -120, 64, 0}}},
		{"the first counts", {REFERRED(-150, 7), REFERRED(-9, 7)},
			{{DUE_REFERRAL_OPEN, -150, 34, 0}}},
		{"a job of that ref is another thing", {REFERRED(-150, 7), JOB_STARTED(-130, 7, 20),
			JOB_CONFIRMED(-121, 7)}, {{DUE_REFERRAL_OPEN, -150, 34, 0},
			{DUE_JOB_NOT_CONFIRMED, -121, 63, 0}}},
	};
	check_scenes(scenes, ARRAY_LENGTH(scenes));
}

static void who_had_a_contact_person_is_asked_for_the_next(void **state)
{
	(void)state;
	static const struct scene scenes[] = {
		{"assigned", {FACE(ASSIGNED, -900)}, NOTHING},
		{"ended", {FACE(ASSIGNED, -900), FACE(ENDED, -3)},
			{{DUE_NO_CONTACT_PERSON, -3, -3, 0}}},
		{"assigned again", {FACE(ASSIGNED, -900), FACE(ENDED, -3), FACE(ASSIGNED, -2)},
			NOTHING},
		{"ended by another", {FACE(ASSIGNED, -900),
			BY_VWN(CONTACT_PERSON_ENDED, -3, 0, 0, 0, 0, 0)},
			{{DUE_NO_CONTACT_PERSON, -3, -3, VWN}}},
		{"assigned by another", {FACE(ASSIGNED, -900), FACE(ENDED, -3),
			BY_VWN(CONTACT_PERSON_ASSIGNED, -2, 0, 0, 7, 0, 0)},
			{{DUE_NO_CONTACT_PERSON, -3, -3, 0}}},
		{"guided no more", {FACE(ASSIGNED, -900), FACE(ENDED, -3),
			GUIDANCE_ENDED(-1, OTHER)}, NOTHING},
	};
	check_scenes(scenes, ARRAY_LENGTH(scenes));
}

static void what_others_report_is_never_to_be_seen(void **state)
{
	(void)state;
	static const struct scene scenes[] = {
		{"assessed by another since", {ASSESSED(-160, 3),
			BY_VWN(LADDER_ASSESSED, -1, 0, 3, 0, 0, 0)},
			{{DUE_RUNG_NOT_ASSESSED, -160, 55, 0}}},
		{"assessed by another only", {SETTLED(-50, 0),
			BY_VWN(LADDER_ASSESSED, -160, 0, 3, 0, 0, 0)},
			{{DUE_RUNG_NOT_ASSESSED, -160, 55, VWN}}},
		{"each its own", {ASSESSED(-160, 3), BY_VWN(LADDER_ASSESSED, -151, 0, 3, 0, 0, 0)},
			{{DUE_RUNG_NOT_ASSESSED, -160, 55, 0},
			{DUE_RUNG_NOT_ASSESSED, -151, 64, VWN}}},
		{"spoken to by another", {CONTACT(-60, CASE_MANAGER, 1),
			BY_VWN(CONTACT_HELD, -1, CONTACT_BY_CASE_MANAGER, 0, 0, 0, 1)},
			{{DUE_NO_CONTACT, -60, 31, 0}}},
		{"settled by another", {CONTACT(-1, VOLUNTEER, 1),
			BY_VWN(MUNICIPALITY_SETTLED, -99, 0, 0, 0, 0, 0)},
			{{DUE_NO_CONTACT, -99, -8, VWN}}},
		{"confirmed by another", {JOB_STARTED(-130, 7, 20),
			BY_VWN(JOB_CONFIRMED, -1, 0, 0, 7, 0, 0)},
			{{DUE_JOB_NOT_CONFIRMED, -130, 54, 0}}},
		{"reviewed by another",
			{PLAN(-310, 24, 3), BY_VWN(PLAN_REVIEWED, -1, 0, 0, 0, 0, 0)},
			{{DUE_PLAN_NOT_REVIEWED, -310, 55, 0}}},
		{"planned by another", {OBLIGED(-9), BY_VWN(PLAN_SIGNED, -5, 0, 24, 0, 0, 3)},
			{{DUE_OBLIGATION_WITHOUT_PLAN, -9, 61, 0}}},
		{"guidance ended by another",
			{CONTACT(-60, CASE_MANAGER, 1), BY_VWN(GUIDANCE_ENDED, -9,
			GUIDANCE_END_REASON_SELF_SUFFICIENT, 0, 0, 0, 0)},
			{{DUE_NO_CONTACT, -60, 31, 0}}},
		{"registered by another", {CONTACT(-60, CASE_MANAGER, 1),
			BY_VWN(PERSON_REGISTERED, -9, ACT_NONE, 2020, 0, 0, 0)},
			{{DUE_NO_CONTACT, -60, 31, 0}}},
	};
	check_scenes(scenes, ARRAY_LENGTH(scenes));
}

static void what_has_ended_is_not_asked_for_whoever_said_so(void **state)
{
	(void)state;
	static const struct scene scenes[] = {
		{"died", {SETTLED(-400, 0), ASSESSED(-160, 3), EXITED(-9, DEFINITIVE)}, NOTHING},
		{"died, another says", {SETTLED(-400, 0), ASSESSED(-160, 3),
			BY_VWN(EXITED, -9, EXIT_REASON_DEFINITIVE, 0, 0, 0, 0)}, NOTHING},
		{"died, settled by nobody", {ASSESSED(-160, 3), EXITED(-9, DEFINITIVE)}, NOTHING},
		{"left", {SETTLED(-400, 0), ASSESSED(-160, 3), LEFT(-9, ABROAD, 0)}, NOTHING},
		{"left another place: not here", {SETTLED(-400, 0), ASSESSED(-160, 3),
			LEFT(-9, ABROAD, ELSEWHERE),
			CONTACT(-1, CASE_MANAGER, 1)}, {{DUE_RUNG_NOT_ASSESSED, -160, 55, 0}}},
		{"moved, another says", {SETTLED(-400, 0), ASSESSED(-160, 3),
			BY_VWN(MUNICIPALITY_SETTLED, -9, 0, 0, 0, ELSEWHERE, 0)}, NOTHING},
		{"moved, and one's own now", {SETTLED(-400, 0), ASSESSED(-160, 3),
			BY_VWN(MUNICIPALITY_SETTLED, -9, 0, 0, 0, ELSEWHERE, 0),
			SETTLED(-8, ELSEWHERE)},
			{{DUE_RUNG_NOT_ASSESSED, -160, 55, 0}, {DUE_NO_CONTACT, -400, -309, 0}}},
		{"moved, and still sent from here", {SETTLED(-400, 0), SETTLED(-9, ELSEWHERE),
			ASSESSED(-160, 3), CONTACT(-8, CASE_MANAGER, 1)}, NOTHING},
		{"back again", {SETTLED(-400, 0), ASSESSED(-160, 3), LEFT(-50, ABROAD, 0),
			SETTLED(-9, 0), CONTACT(-8, CASE_MANAGER, 1)},
			{{DUE_RUNG_NOT_ASSESSED, -160, 55, 0}}},
		{"the job ended", {JOB_STARTED(-130, 7, 20), JOB_ENDED(-1, 7)}, NOTHING},
		{"ended, another says", {JOB_STARTED(-130, 7, 20),
			BY_VWN(JOB_ENDED, -1, 0, 0, 7, 0, 0)}, NOTHING},
		{"ended, started by nobody", {JOB_CONFIRMED(-130, 7), JOB_ENDED(-1, 7)}, NOTHING},
		{"confirmed, started by nobody", {JOB_CONFIRMED(-130, 7)},
			{{DUE_JOB_NOT_CONFIRMED, -130, 54, 0}}},
		{"taken up again", {JOB_STARTED(-400, 7, 20), JOB_ENDED(-300, 7),
			JOB_STARTED(-130, 7, 20)}, {{DUE_JOB_NOT_CONFIRMED, -130, 54, 0}}},
		{"the plan is withdrawn", {PLAN(-310, 24, 3), WITHDRAWN(-1)}, NOTHING},
		{"withdrawn, another says", {PLAN(-310, 24, 3),
			BY_VWN(PLAN_WITHDRAWN, -1, 0, 0, 0, 0, 0)}, NOTHING},
		{"guidance ended", {CONTACT(-60, CASE_MANAGER, 1), PLAN(-310, 24, 3),
			GUIDANCE_ENDED(-1, OTHER)}, NOTHING},
		{"lost from sight is guided", {CONTACT(-60, CASE_MANAGER, 1),
			GUIDANCE_ENDED(-1, LOST_CONTACT)}, {{DUE_NO_CONTACT, -60, 31, 0}}},
		{"guided again", {CONTACT(-60, CASE_MANAGER, 1), GUIDANCE_ENDED(-9, OTHER),
			GUIDANCE_STARTED(-1)}, {{DUE_NO_CONTACT, -60, 31, 0}}},
		{"a child", {SETTLED(-99, 0), REGISTERED(0, 2020, NONE)}, NOTHING},
		{"only tomorrow", {ASSESSED(1, 3)}, NOTHING},
	};
	check_scenes(scenes, ARRAY_LENGTH(scenes));
}

/* clang-format on */

static void a_kind_is_sent_when_there_is_news_of_it(void **state)
{
	(void)state;
	static const struct line lines[LINES_MAX] = {
		ASSESSED(-1, 3),
		SETTLED(-99, 0),
		CONTACT(-1, VOLUNTEER, 1),
		REVIEWED(-1),
		JOB_ENDED(-1, 7),
		BY_VWN(CONTACT_HELD, -1, CONTACT_BY_CASE_MANAGER, 0, 0, 0, 1),
		BY_VWN(PLAN_SIGNED, -1, 0, 24, 0, 0, 3),
		BY_VWN(JOB_CONFIRMED, -1, 0, 0, 7, 0, 0),
		BY_VWN(LADDER_ASSESSED, 1, 0, 3, 0, 0, 0),
	};
	struct heard heard = told_of(lines);
	assert_int_equal(
		heard.sent[ISD], 1u << DUE_RUNG_NOT_ASSESSED | 1u << DUE_PLAN_NOT_REVIEWED);
	assert_int_equal(heard.sent[VWN], 1u << DUE_NO_CONTACT | 1u << DUE_PLAN_NOT_REVIEWED |
						  1u << DUE_OBLIGATION_WITHOUT_PLAN |
						  1u << DUE_JOB_NOT_CONFIRMED);
}

static void a_row_bears_the_municipality_of_the_partners_last_event(void **state)
{
	(void)state;
	static const struct line lines[LINES_MAX] = {
		ASSESSED(-200, 3),
		{ EVENT_BARRIER_REPORTED, -1, BARRIER_OTHER, 0, 0, ELSEWHERE, 0, 0 },
		BY_VWN(LADDER_ASSESSED, -160, 0, 3, 0, 0, 0),
	};
	struct heard heard = told_of(lines);
	assert_int_equal(heard.count, 2);
	assert_int_equal(heard.rows[0].municipality, ELSEWHERE);
	assert_int_equal(heard.rows[1].municipality, HOME);
}

static void each_reason_has_its_word_its_sentence_and_what_answers_it(void **state)
{
	(void)state;
	assert_string_equal(
		due_reason_name(DUE_OBLIGATION_WITHOUT_PLAN), "obligation_without_plan");
	for (unsigned reason = 0; reason < DUE_REASON_COUNT; reason++) {
		assert_true(strlen(due_reason_sentence((enum due_reason)reason)) > 0);
		assert_true(due_reason_types((enum due_reason)reason) != 0);
		assert_true(due_reason_days((enum due_reason)reason) >= 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_comes_on_the_day_the_news_is_old_enough),
		cmocka_unit_test(an_obligation_without_a_plan_is_there_from_its_first_day),
		cmocka_unit_test(a_benefit_is_asked_for_until_it_ends),
		cmocka_unit_test(a_referral_is_asked_for_until_somebody_closes_it),
		cmocka_unit_test(who_had_a_contact_person_is_asked_for_the_next),
		cmocka_unit_test(what_others_report_is_never_to_be_seen),
		cmocka_unit_test(what_has_ended_is_not_asked_for_whoever_said_so),
		cmocka_unit_test(a_kind_is_sent_when_there_is_news_of_it),
		cmocka_unit_test(a_row_bears_the_municipality_of_the_partners_last_event),
		cmocka_unit_test(each_reason_has_its_word_its_sentence_and_what_answers_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
