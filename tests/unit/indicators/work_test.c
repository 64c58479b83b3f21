/*
 * tests/unit/indicators/work_test.c - work, how long it lasts and who found it:
 * sections 5, 6 and 7.
 */
#include "tests/unit/indicator_memory.h"

/* clang-format off */
#define BENEFIT(day, kind)   {EVENT_BENEFIT_STARTED, day, BENEFIT_KIND_##kind, 0, 0, 0, 0, 0}
#define BENEFIT_ENDED(day)   {EVENT_BENEFIT_ENDED, day, 0, 0, 0, 0, 0, 0}
#define CONTACT(day, two_way) {EVENT_CONTACT_HELD, day, CONTACT_BY_OTHER, 0, 0, 0, two_way, 0}
#define REFERRED(day, to)    {EVENT_REFERRAL_MADE, day, ORG_TYPE_##to, 0, 0, 0, 0, 0}
/* Of open hiring, and what the person wanted. */
#define BOTH (FACT_JOB_OPEN_HIRING_YES | AMBITION_MATCH_YES << FACT_JOB_AMBITION_SHIFT)
#define OFFERED(day, ref, more) \
	{EVENT_JOB_STARTED, day, FUNDING_FULLY_PAID, 8, ref, 0, more, 0}
/* clang-format on */

static void work_is_paid_subsidised_none_or_unknown(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/job_outcome/adults/fully_paid",
		"indicators/job_outcome/adults/subsidised",
		"indicators/job_outcome/adults/none",
		"indicators/job_outcome/adults/unknown",
		"indicators/job_outcome/breadwinners/fully_paid",
	};
	static const struct told rows[] = {
		{ { SETTLED(-900, HOME) }, { "0", "0", "0", "1", "0" } },
		{ { SETTLED(-900, HOME), JOB_STARTED(-9, 1, 8) }, { "0", "1", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), OFFERED(-9, 1, 0) }, { "1", "0", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ROLE(-900, SINGLE), OFFERED(-9, 1, 0) },
			{ "1", "0", "0", "0", "1" } },
		{ { SETTLED(-900, HOME), JOB_STARTED(-9, 1, 8), JOB_CHANGED(-8, 1, 8) },
			{ "1", "0", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), OFFERED(-9, 1, 0), JOB_STARTED(-9, 2, 8) },
			{ "1", "0", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), OFFERED(-9, 1, 0), BENEFIT(-8, SUPPLEMENTARY) },
			{ "0", "1", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), OFFERED(-9, 1, 0), BENEFIT(-8, FULL) },
			{ "1", "0", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), OFFERED(-9, 1, 0), BENEFIT(-8, SUPPLEMENTARY),
			  BENEFIT_ENDED(-7) },
			{ "1", "0", "0", "0", "0" } },
		/* A silent job is not none, whatever else is heard. */
		{ { SETTLED(-900, HOME), OFFERED(-184, 1, 0), ASSESSED(-9, 2) },
			{ "0", "0", "0", "1", "0" } },
		{ { SETTLED(-900, HOME), ASSESSED(-89, 2) }, { "0", "0", "1", "0", "0" } },
		{ { SETTLED(-900, HOME), ASSESSED(-90, 2) }, { "0", "0", "0", "1", "0" } },
		{ { SETTLED(-900, HOME), BENEFIT(-9, FULL) }, { "0", "0", "1", "0", "0" } },
		{ { SETTLED(-900, HOME), BENEFIT_ENDED(-9) }, { "0", "0", "1", "0", "0" } },
		{ { SETTLED(-900, HOME), CONTACT(-9, 1) }, { "0", "0", "1", "0", "0" } },
		{ { SETTLED(-900, HOME), CONTACT(-9, 0) }, { "0", "0", "0", "1", "0" } },
		{ { SETTLED(-900, HOME), ACTIVE(-9, SPORT, 0, SELF, 0) },
			{ "0", "0", "1", "0", "0" } },
		{ { SETTLED(-900, HOME), JOB_ENDED(-9, 1) }, { "0", "0", "0", "1", "0" } },
		{ { SETTLED(-900, HOME), JOB_STARTED(-99, 1, 8), JOB_ENDED(-89, 1) },
			{ "0", "0", "1", "0", "0" } },
		{ { SETTLED(-900, HOME), JOB_STARTED(-99, 1, 8), JOB_ENDED(-90, 1) },
			{ "0", "0", "0", "1", "0" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

static void jobs_a_month_apart_are_one_spell(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/job_durability/spells",
		"indicators/job_durability/ended",
		"indicators/job_durability/silent",
		"indicators/job_durability/median_days",
	};
	static const struct told rows[] = {
		{ { SETTLED(-900, HOME) }, { "0", "0", "0", "null" } },
		{ { JOB_STARTED(-100, 1, 8) }, { "1", "0", "0", "null" } },
		{ { JOB_STARTED(-100, 1, 8), JOB_ENDED(-32, 1) }, { "1", "1", "0", "68" } },
		/* The next job may still come. */
		{ { JOB_STARTED(-100, 1, 8), JOB_ENDED(-31, 1) }, { "1", "0", "0", "null" } },
		{ { JOB_STARTED(-200, 1, 8), JOB_ENDED(-100, 1), JOB_STARTED(-69, 2, 8),
			  JOB_ENDED(-50, 2) },
			{ "1", "1", "0", "150" } },
		{ { JOB_STARTED(-200, 1, 8), JOB_ENDED(-100, 1), JOB_STARTED(-68, 2, 8) },
			{ "2", "1", "0", "100" } },
		/* The latest end so far counts, not that of the job before. */
		{ { JOB_STARTED(-300, 1, 8), JOB_STARTED(-290, 2, 8), JOB_ENDED(-280, 2),
			  JOB_ENDED(-150, 1), JOB_STARTED(-119, 3, 8), JOB_ENDED(-90, 3) },
			{ "1", "1", "0", "210" } },
		/* An open one joins all later. */
		{ { JOB_STARTED(-180, 1, 8), JOB_STARTED(-100, 2, 8), JOB_ENDED(-90, 2) },
			{ "1", "0", "0", "null" } },
		/* Silent from 183 days after the last evidence, whatever comes later. */
		{ { JOB_STARTED(-183, 1, 8) }, { "1", "0", "0", "null" } },
		{ { JOB_STARTED(-184, 1, 8) }, { "1", "0", "1", "null" } },
		{ { JOB_STARTED(-500, 1, 8), JOB_ENDED(-317, 1) }, { "1", "1", "0", "183" } },
		{ { JOB_STARTED(-500, 1, 8), JOB_ENDED(-316, 1) }, { "1", "0", "1", "null" } },
		{ { JOB_STARTED(-500, 1, 8), JOB_CONFIRMED(-317, 1), JOB_ENDED(-300, 1) },
			{ "1", "1", "0", "200" } },
		{ { JOB_STARTED(-500, 1, 8), JOB_CONFIRMED(-316, 1), JOB_ENDED(-300, 1) },
			{ "1", "0", "1", "null" } },
		/* "Of equal latest ends, silent wins", in either order. */
		{ { JOB_STARTED(-500, 1, 8), JOB_STARTED(-400, 2, 8), JOB_ENDED(-317, 2) },
			{ "1", "0", "1", "null" } },
		{ { JOB_STARTED(-500, 1, 8), JOB_STARTED(-500, 2, 8), JOB_ENDED(-317, 1) },
			{ "1", "0", "1", "null" } },
		/* A silence is bridged too. */
		{ { JOB_STARTED(-500, 1, 8), JOB_STARTED(-286, 2, 8), JOB_ENDED(-186, 2) },
			{ "1", "1", "0", "314" } },
		{ { JOB_STARTED(-500, 1, 8), JOB_STARTED(-285, 2, 8), JOB_ENDED(-185, 2) },
			{ "2", "1", "1", "100" } },
		/* A job of no length is a spell that was never at risk. */
		{ { JOB_STARTED(-500, 1, 8), JOB_ENDED(-500, 1) }, { "1", "1", "0", "null" } },
	};
	(void)state;
	told_expect_in(1, rows, ARRAY_LENGTH(rows), paths);
}

static void lasting_work_is_shared_by_those_who_found_it(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/placement/lasting_jobs",
		"indicators/placement/contested",
		"indicators/placement/unattributed",
		"indicators/placement/open_hiring",
		"indicators/placement/matching_ambition",
		"indicators/placement/by/VOLUNTEERS/jobs",
		"indicators/placement/by/ISD/jobs",
		"indicators/placement/by/ISD/share",
		"indicators/placement/by/ISD/referrals",
	};
	static const struct told rows[] = {
		/* The day start + 183 lies in (P-365, P], and there is news from then on. */
		{ { JOB_STARTED(-183, 1, 8) }, { "0", "0", "0", "0", "0", "0", "0", "null", "0" } },
		{ { JOB_STARTED(-183, 1, 8), JOB_CONFIRMED(0, 1) },
			{ "1", "0", "1", "0", "0", "0", "0", "0", "0" } },
		{ { JOB_STARTED(-182, 1, 8), JOB_CONFIRMED(0, 1) },
			{ "0", "0", "0", "0", "0", "0", "0", "null", "0" } },
		{ { JOB_STARTED(-547, 1, 8), JOB_CONFIRMED(-364, 1) },
			{ "1", "0", "1", "0", "0", "0", "0", "0", "0" } },
		{ { JOB_STARTED(-548, 1, 8), JOB_CONFIRMED(-365, 1) },
			{ "0", "0", "0", "0", "0", "0", "0", "null", "0" } },
		{ { JOB_STARTED(-400, 1, 8), JOB_ENDED(-217, 1) },
			{ "1", "0", "1", "0", "0", "0", "0", "0", "0" } },
		/* An end after a silence is not observed; evidence after it is. */
		{ { JOB_STARTED(-400, 1, 8), JOB_ENDED(-216, 1) },
			{ "0", "0", "0", "0", "0", "0", "0", "null", "0" } },
		{ { JOB_STARTED(-400, 1, 8), JOB_CONFIRMED(-9, 1) },
			{ "1", "0", "1", "0", "0", "0", "0", "0", "0" } },
		{ { JOB_STARTED(-400, 1, 8), JOB_CONFIRMED(-9, 1), CLAIMED(-8, 1, ISD) },
			{ "1", "0", "0", "0", "0", "0", "1", "1", "0" } },
		{ { JOB_STARTED(-400, 1, 8), JOB_CONFIRMED(-9, 1), CLAIMED(-8, 2, ISD) },
			{ "1", "0", "1", "0", "0", "0", "0", "0", "0" } },
		{ { JOB_STARTED(-400, 1, 8), JOB_CONFIRMED(-9, 1), CLAIMED(-8, 1, ISD),
			  CLAIMED(-7, 1, ISD) },
			{ "1", "0", "0", "0", "0", "0", "1", "1", "0" } },
		{ { JOB_STARTED(-400, 1, 8), JOB_CONFIRMED(-9, 1), CLAIMED(-8, 1, ISD),
			  CLAIMED(-7, 1, VOLUNTEERS) },
			{ "1", "1", "0", "0", "0", "0.5", "0.5", "0.5", "0" } },
		{ { JOB_STARTED(-400, 1, 8), JOB_CONFIRMED(-9, 1), CLAIMED(-8, 1, ISD),
			  CLAIMED(-7, 1, VOLUNTEERS), ADJUDICATED(-6, 1, SELF),
			  ADJUDICATED(-5, 1, VOLUNTEERS) },
			{ "1", "0", "0", "0", "0", "1", "0", "0", "0" } },
		{ { JOB_STARTED(-400, 1, 8), JOB_CONFIRMED(-9, 1), ADJUDICATED(-6, 1, ISD) },
			{ "1", "0", "0", "0", "0", "0", "1", "1", "0" } },
		/* Claims on any job of the spell. */
		{ { JOB_STARTED(-400, 1, 8), JOB_ENDED(-250, 1), OFFERED(-240, 2, BOTH),
			  JOB_CONFIRMED(-100, 2), CLAIMED(-8, 1, ISD), CLAIMED(-7, 2, VOLUNTEERS) },
			{ "1", "1", "0", "1", "1", "0.5", "0.5", "0.5", "0" } },
		{ { REFERRED(-364, ISD), REFERRED(-365, ISD), REFERRED(0, ISD), REFERRED(-9, COA) },
			{ "0", "0", "0", "0", "0", "0", "0", "null", "2" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

static void a_weight_can_be_shared_by_all_parties_exactly(void **state)
{
	struct question question = question_at(P);
	struct memory memory = { .sign = 1 };
	struct history history = { 0 };
	(void)state;
	history_tell(&history, EVENT_JOB_STARTED, P - 400, FUNDING_FULLY_PAID, 8, 1);
	history_tell(&history, EVENT_JOB_CONFIRMED, P - 217, 0, 0, 1);
	for (int by = 1; by <= ORG_TYPE_COUNT; by++)
		history_tell(&history, EVENT_PLACEMENT_CLAIMED, P - 9, by, 0, 1);
	memory_fold(&memory, &history, &question);
	static const struct expected expected[] = {
		{ "indicators/placement/contested", "1" },
		{ "indicators/placement/by/MUNICIPALITY/jobs", "0.090909" },
		{ "indicators/placement/by/OTHER/jobs", "0.090909" },
	};
	assert_int_equal(memory_wrong(&memory, HOME, expected, 3), 0);
	memory_release(&memory);
}

static void guidance_of_breadwinners_counts_per_provider(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/placement/guided/VOLUNTEERS/people",
		"indicators/placement/guided/VOLUNTEERS/share",
		"indicators/placement/guided/ISD/people",
	};
	static const struct told rows[] = {
		{ { SETTLED(-900, HOME), ACTIVE(-800, JOB_COACHING, 60, VOLUNTEERS, 0) },
			{ "0", "null", "0" } },
		{ { SETTLED(-900, HOME), ROLE(-900, SINGLE) }, { "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ROLE(-900, SINGLE),
			  ACTIVE(-800, JOB_COACHING, 60, VOLUNTEERS, 0),
			  ACTIVE(-700, FORM_HELP, 60, VOLUNTEERS, 0) },
			{ "1", "1", "0" } },
		{ { SETTLED(-900, HOME), ROLE(-900, SINGLE),
			  ACTIVE(-800, JOB_COACHING, 0, ISD, 0) },
			{ "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ROLE(-900, SINGLE), ACTIVE(-800, SPORT, 60, ISD, 0) },
			{ "0", "0", "0" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

static void work_is_observed_until_it_ends_or_falls_silent_or_to_the_present(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/job_durability/lasting/0/days",
		"indicators/job_durability/lasting/0/share",
		"indicators/job_durability/lasting/1/days",
		"indicators/job_durability/lasting/1/share",
	};
	static const struct told rows[] = {
		{ { JOB_STARTED(-500, 1, 8) }, { "183", "1", "365", "null" } },
		{ { JOB_STARTED(-500, 1, 8), JOB_CONFIRMED(-318, 1) }, { "183", "1", "365", "1" } },
		{ { JOB_STARTED(-500, 1, 8), JOB_CONFIRMED(-319, 1) },
			{ "183", "1", "365", "null" } },
		{ { JOB_STARTED(-183, 1, 8) }, { "183", "1", "365", "null" } },
		{ { JOB_STARTED(-182, 1, 8) }, { "183", "null", "365", "null" } },
		{ { JOB_STARTED(-500, 1, 8), JOB_ENDED(-317, 1) }, { "183", "0", "365", "0" } },
	};
	(void)state;
	told_expect_in(1, rows, ARRAY_LENGTH(rows), paths);
}

/* From set 2 on all is watched to Q = P - 32, the last day whose ends are certain. */
static void with_set_2_all_spells_are_watched_to_the_same_day(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/job_durability/spells",
		"indicators/job_durability/ended",
		"indicators/job_durability/silent",
		"indicators/job_durability/median_days",
		"indicators/job_durability/lasting/0/share",
	};
	static const struct told rows[] = {
		{ { JOB_STARTED(-31, 1, 8) }, { "0", "0", "0", "null", "null" } },
		{ { JOB_STARTED(-32, 1, 8) }, { "1", "0", "0", "null", "null" } },
		{ { JOB_STARTED(-100, 1, 8), JOB_ENDED(-32, 1) }, { "1", "1", "0", "68", "0" } },
		{ { JOB_STARTED(-100, 1, 8), JOB_ENDED(-31, 1) },
			{ "1", "0", "0", "null", "null" } },
		{ { JOB_STARTED(-216, 1, 8) }, { "1", "0", "1", "null", "1" } },
		{ { JOB_STARTED(-215, 1, 8) }, { "1", "0", "0", "null", "1" } },
		{ { JOB_STARTED(-214, 1, 8) }, { "1", "0", "0", "null", "null" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_is_paid_subsidised_none_or_unknown),
		cmocka_unit_test(jobs_a_month_apart_are_one_spell),
		cmocka_unit_test(work_is_observed_until_it_ends_or_falls_silent_or_to_the_present),
		cmocka_unit_test(with_set_2_all_spells_are_watched_to_the_same_day),
		cmocka_unit_test(lasting_work_is_shared_by_those_who_found_it),
		cmocka_unit_test(a_weight_can_be_shared_by_all_parties_exactly),
		cmocka_unit_test(guidance_of_breadwinners_counts_per_provider),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
