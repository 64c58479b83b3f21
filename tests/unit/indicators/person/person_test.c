/*
 * tests/unit/indicators/person/person_test.c - the shared definitions.
 */
#include "tests/unit/indicator_memory.h"

static void residence_follows_the_order_of_events(void **state)
{
	static const struct {
		struct line lines[LINES_MAX];
		int32_t lives_in;
		size_t stays;
	} table[] = {
		{ { { .day = 0 } }, NOWHERE, 0 },
		{ { SETTLED(-9, HOME) }, HOME, 1 },
		{ { SETTLED(0, HOME) }, HOME, 1 },
		{ { SETTLED(1, HOME) }, NOWHERE, 0 },
		{ { SETTLED(-9, HOME), SETTLED(-5, ELSEWHERE) }, ELSEWHERE, 2 },
		{ { SETTLED(-9, HOME), SETTLED(-5, HOME) }, HOME, 1 },
		/* Settled twice on a day: at its end only the second is left. */
		{ { SETTLED(-9, HOME), SETTLED(-9, ELSEWHERE) }, ELSEWHERE, 1 },
		/* A late word of the old municipality does not undo the move. */
		{ { SETTLED(-9, HOME), SETTLED(-5, ELSEWHERE), LEFT(-4, OTHER_MUNICIPALITY, HOME) },
			ELSEWHERE, 2 },
		{ { SETTLED(-9, HOME), LEFT(-5, ABROAD, HOME) }, NOWHERE, 1 },
		{ { SETTLED(-9, HOME), LEFT(-5, ABROAD, HOME), SETTLED(-5, HOME) }, HOME, 2 },
		/* An ending goes before all others of its day. */
		{ { SETTLED(-9, HOME), LEFT(-9, ABROAD, HOME) }, HOME, 1 },
		{ { SETTLED(-9, HOME), EXITED(-9, DEFINITIVE) }, HOME, 1 },
		{ { SETTLED(-9, HOME), EXITED(-5, DEFINITIVE) }, NOWHERE, 1 },
		{ { SETTLED(-9, HOME), EXITED(-5, OBJECTION), SETTLED(-4, HOME) }, HOME, 2 },
		{ { EXITED(-9, DEFINITIVE), SETTLED(-5, HOME) }, HOME, 1 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct question question = question_at(P);
		struct history history;
		struct person person;
		struct arena arena;
		history_of(&history, table[i].lines);
		person_of(&person, &history, &question, &arena);
		if (person.lives_in != table[i].lives_in || person.stay_count != table[i].stays)
			print_error("row %zu\n", i);
		assert_int_equal(person.lives_in, table[i].lives_in);
		assert_int_equal(person.stay_count, table[i].stays);
		assert_int_equal(person.in_population, table[i].lives_in != NOWHERE);
		arena_release(&arena);
	}
}

static void t0_is_the_first_settlement_and_a_move_does_not_reset_it(void **state)
{
	static const struct line lines[LINES_MAX] = { SETTLED(-900, HOME),
		LEFT(-500, OTHER_MUNICIPALITY, HOME), SETTLED(-400, ELSEWHERE) };
	struct question question = question_at(P);
	struct history history;
	struct person person;
	struct arena arena;
	(void)state;
	history_of(&history, lines);
	person_of(&person, &history, &question, &arena);
	assert_true(person.settled);
	assert_int_equal(person.t0, P - 900);
	assert_int_equal(person.t0_home, HOME);
	assert_int_equal(person.stays[0].from, P - 900);
	assert_int_equal(person.stays[0].until, P - 500);
	assert_int_equal(person.stays[1].from, P - 400);
	assert_int_equal(person.stays[1].until, DAY_NONE);
	assert_int_equal(person.stays[1].municipality, ELSEWHERE);
	assert_int_equal(person.leaving_count, 0);
	arena_release(&arena);
}

static void only_exits_with_effect_count_and_an_objection_does_not_compete(void **state)
{
	static const struct {
		struct line lines[LINES_MAX];
		size_t leavings;
		int32_t day; /* of the first, relative to P */
		bool competes;
	} table[] = {
		{ { SETTLED(-9, HOME), EXITED(-5, DEFINITIVE) }, 1, -5, true },
		{ { SETTLED(-9, HOME), EXITED(-5, OBJECTION) }, 1, -5, false },
		{ { SETTLED(-9, HOME), EXITED(-5, OBJECTION), EXITED(-4, DEFINITIVE) }, 1, -5,
			false },
		{ { SETTLED(-9, HOME), LEFT(-5, ABROAD, HOME) }, 1, -5, true },
		{ { SETTLED(-9, HOME), LEFT(-5, UNKNOWN, HOME) }, 1, -5, true },
		{ { SETTLED(-9, HOME), LEFT(-5, UNKNOWN, ELSEWHERE) }, 0, 0, false },
		{ { SETTLED(-9, HOME), LEFT(-5, OTHER_MUNICIPALITY, HOME) }, 0, 0, false },
		{ { SETTLED(-9, HOME), LEFT(-5, OTHER_MUNICIPALITY, HOME), EXITED(-4, DEFINITIVE) },
			0, 0, false },
		{ { EXITED(-9, DEFINITIVE) }, 0, 0, false },
		{ { SETTLED(-9, HOME), EXITED(1, DEFINITIVE) }, 0, 0, false },
		/* "A return later does not undo it." */
		{ { SETTLED(-9, HOME), EXITED(-5, DEFINITIVE), SETTLED(-4, HOME),
			  LEFT(-2, ABROAD, HOME) },
			2, -5, true },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct question question = question_at(P);
		struct history history;
		struct person person;
		struct arena arena;
		history_of(&history, table[i].lines);
		person_of(&person, &history, &question, &arena);
		assert_int_equal(person.leaving_count, table[i].leavings);
		const struct leaving *exit = person_exit_from(&person, P - 9);
		assert_int_equal(exit != NULL, table[i].leavings > 0);
		if (exit != NULL) {
			assert_int_equal(exit->day, P + table[i].day);
			assert_int_equal(exit->competes, table[i].competes);
			assert_ptr_equal(person_exit_from(&person, exit->day), exit);
			const struct leaving *later = person_exit_from(&person, exit->day + 1);
			assert_ptr_equal(later, table[i].leavings > 1 ? exit + 1 : NULL);
		}
		arena_release(&arena);
	}
}

static void adults_are_18_to_66_in_the_year_and_those_unknown(void **state)
{
	static const struct {
		int birth_year;
		bool adult;
	} table[] = { { 2007, false }, { 2006, true }, { 1958, true }, { 1957, false } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		for (int32_t day = -5; day <= 5; day += 10) {
			struct question question = question_at(P);
			struct history history = { 0 };
			struct person person;
			struct arena arena;
			history_tell(&history, EVENT_MUNICIPALITY_SETTLED, P - 9, 0, 0, 0);
			history_tell(&history, EVENT_PERSON_REGISTERED, P - 400, 0, 1980, 0);
			/* "The last effective one holds for all P, whatever its date." */
			history_tell(&history, EVENT_PERSON_REGISTERED, P + day, 0,
				table[i].birth_year, 0);
			history_tell(&history, EVENT_MUNICIPALITY_SETTLED, P + 7, 0, 0, 0);
			person_of(&person, &history, &question, &arena);
			assert_int_equal(person.adult, table[i].adult);
			assert_int_equal(person.in_population, table[i].adult);
			assert_int_equal(person.fact_count, day < 0 ? 3 : 2);
			arena_release(&arena);
		}
	}
}

static void roles_and_guidance_are_those_said_last(void **state)
{
	static const struct {
		struct line lines[LINES_MAX];
		bool breadwinner;
		bool under_guidance;
	} table[] = {
		{ { SETTLED(-9, HOME) }, false, true },
		{ { ROLE(-9, BREADWINNER) }, false, false },
		{ { SETTLED(-9, HOME), ROLE(-9, BREADWINNER) }, true, true },
		{ { SETTLED(-9, HOME), ROLE(-9, CO_BREADWINNER) }, true, true },
		{ { SETTLED(-9, HOME), ROLE(-9, SINGLE) }, true, true },
		{ { SETTLED(-9, HOME), ROLE(-9, SINGLE), ROLE(-8, OTHER) }, false, true },
		{ { SETTLED(-9, HOME), GUIDANCE_ENDED(-8, SELF_SUFFICIENT) }, false, false },
		{ { SETTLED(-9, HOME), GUIDANCE_ENDED(-8, OTHER) }, false, false },
		{ { SETTLED(-9, HOME), GUIDANCE_ENDED(-8, LOST_CONTACT) }, false, true },
		{ { SETTLED(-9, HOME), GUIDANCE_ENDED(-8, OTHER), GUIDANCE_STARTED(-7) }, false,
			true },
		{ { SETTLED(-9, HOME), GUIDANCE_STARTED(-8), GUIDANCE_ENDED(-8, OTHER) }, false,
			true },
		{ { SETTLED(-9, HOME), GUIDANCE_STARTED(-8), GUIDANCE_ENDED(-7, OTHER) }, false,
			false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct question question = question_at(P);
		struct history history;
		struct person person;
		struct arena arena;
		history_of(&history, table[i].lines);
		person_of(&person, &history, &question, &arena);
		assert_int_equal(person.breadwinner, table[i].breadwinner);
		assert_int_equal(person.under_guidance, table[i].under_guidance);
		arena_release(&arena);
	}
}

static void a_target_holds_until_its_last_day_and_never_revives(void **state)
{
	static const struct {
		struct line lines[LINES_MAX];
		int32_t minutes;
	} table[] = {
		{ { { 0 } }, 120 },
		{ { TARGET(-9, 60, DAY_NONE) }, 60 },
		{ { TARGET(-9, 0, DAY_NONE) }, 0 },
		{ { TARGET(-9, 60, P) }, 60 },
		{ { TARGET(-9, 60, P - 1) }, 120 },
		{ { TARGET(-9, 60, DAY_NONE), TARGET(-8, 90, P - 1) }, 120 },
		{ { TARGET(-9, 60, DAY_NONE), TARGET(-8, 90, P) }, 90 },
		{ { TARGET(1, 60, DAY_NONE) }, 120 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct question question = question_at(P);
		struct history history;
		struct person person;
		struct arena arena;
		history_of(&history, table[i].lines);
		person_of(&person, &history, &question, &arena);
		assert_int_equal(person.target_minutes, table[i].minutes);
		arena_release(&arena);
	}
}

static void a_plan_is_in_force_until_it_is_withdrawn(void **state)
{
	static const struct {
		struct line lines[LINES_MAX];
		int32_t signed_on; /* 1: none in force */
	} table[] = {
		{ { { 0 } }, 1 },
		{ { PLAN(-9, 0, 0) }, -9 },
		{ { PLAN(-9, 0, 0), PLAN(-5, 0, 0) }, -5 },
		{ { PLAN(-9, 0, 0), WITHDRAWN(-5) }, 1 },
		{ { PLAN(-9, 0, 0), WITHDRAWN(-9) }, -9 },
		{ { PLAN(-9, 0, 0), WITHDRAWN(-5), PLAN(-5, 0, 0) }, -5 },
		{ { WITHDRAWN(-9), PLAN(-5, 0, 0) }, -5 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct question question = question_at(P);
		struct history history;
		struct person person;
		struct arena arena;
		history_of(&history, table[i].lines);
		person_of(&person, &history, &question, &arena);
		assert_int_equal(
			person.plan == NULL ? 1 : fact_day(person.plan) - P, table[i].signed_on);
		arena_release(&arena);
	}
}

static void a_job_opens_ends_and_opens_again(void **state)
{
	static const struct {
		struct line lines[LINES_MAX];
		size_t jobs;
		int32_t start; /* of the last */
		int32_t end;   /* DAY_NONE: none */
	} table[] = {
		{ { JOB_CHANGED(-9, 1, 8), JOB_CONFIRMED(-8, 1), JOB_ENDED(-7, 1) }, 0, 0, 0 },
		{ { JOB_STARTED(-9, 1, 8) }, 1, -9, DAY_NONE },
		{ { JOB_STARTED(-9, 1, 8), JOB_STARTED(-5, 1, 9) }, 1, -9, DAY_NONE },
		{ { JOB_STARTED(-9, 1, 8), JOB_ENDED(-5, 1) }, 1, -9, -5 },
		{ { JOB_STARTED(-9, 1, 8), JOB_ENDED(-5, 1), JOB_ENDED(-3, 1) }, 1, -9, -5 },
		{ { JOB_STARTED(-9, 1, 8), JOB_ENDED(-5, 2) }, 1, -9, DAY_NONE },
		{ { JOB_STARTED(-9, 1, 8), JOB_ENDED(-5, 1), JOB_STARTED(-4, 1, 9) }, 2, -4,
			DAY_NONE },
		/* JobEnded goes after all others of its day: this is one job of no length. */
		{ { JOB_ENDED(-9, 1), JOB_STARTED(-9, 1, 8) }, 1, -9, -9 },
		{ { JOB_STARTED(-9, 1, 8), JOB_STARTED(-8, 2, 8), JOB_ENDED(-5, 1) }, 2, -8,
			DAY_NONE },
		{ { JOB_STARTED(-9, 1, 8), JOB_ENDED(1, 1) }, 1, -9, DAY_NONE },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct question question = question_at(P);
		struct history history;
		struct person person;
		struct arena arena;
		history_of(&history, table[i].lines);
		person_of(&person, &history, &question, &arena);
		assert_int_equal(person.job_count, table[i].jobs);
		if (person.job_count > 0) {
			const struct job *job = &person.jobs[person.job_count - 1];
			assert_int_equal(job->start, P + table[i].start);
			assert_int_equal(
				job->end, table[i].end == DAY_NONE ? DAY_NONE : P + table[i].end);
		}
		arena_release(&arena);
	}
}

static void hours_and_funding_in_force_are_those_said_last(void **state)
{
	static const struct line lines[LINES_MAX] = { JOB_STARTED(-100, 1, 8),
		JOB_CHANGED(-50, 1, 24), JOB_CONFIRMED(-40, 1), JOB_STARTED(-30, 1, 12),
		JOB_ENDED(-10, 1) };
	static const struct {
		int32_t day;
		int32_t hours;
		enum funding funding;
	} table[] = { { -100, 8, FUNDING_SUBSIDISED }, { -51, 8, FUNDING_SUBSIDISED },
		{ -50, 24, FUNDING_FULLY_PAID }, { -35, 24, FUNDING_FULLY_PAID },
		{ -30, 12, FUNDING_SUBSIDISED }, { -11, 12, FUNDING_SUBSIDISED } };
	struct question question = question_at(P);
	struct history history;
	struct person person;
	struct arena arena;
	(void)state;
	history_of(&history, lines);
	person_of(&person, &history, &question, &arena);
	const struct job *job = &person.jobs[0];
	assert_false(job_is_open(job, P - 101));
	assert_false(job_is_open(job, P - 10));
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		assert_true(job_is_open(job, P + table[i].day));
		const struct evidence *in_force = job_in_force(job, P + table[i].day);
		assert_int_equal(in_force->hours, table[i].hours);
		assert_int_equal(in_force->funding, table[i].funding);
	}
	arena_release(&arena);
}

static void a_job_is_known_on_the_last_day_of_its_news_and_silent_on_the_next(void **state)
{
	static const struct {
		struct line lines[LINES_MAX];
		int32_t day;
		bool known;
	} table[] = {
		{ { JOB_STARTED(-183, 1, 8) }, 0, true },
		{ { JOB_STARTED(-184, 1, 8) }, 0, false },
		{ { JOB_STARTED(-184, 1, 8) }, -1, true },
		{ { JOB_STARTED(-400, 1, 8), JOB_CONFIRMED(-183, 1) }, 0, true },
		{ { JOB_STARTED(-400, 1, 8), JOB_CONFIRMED(-184, 1) }, 0, false },
		/* Later news, up to P, shows that the job was there all the time. */
		{ { JOB_STARTED(-900, 1, 8), JOB_CONFIRMED(0, 1) }, -100, true },
		{ { JOB_STARTED(-900, 1, 8), JOB_ENDED(0, 1) }, -1, true },
		{ { JOB_STARTED(-900, 1, 8), JOB_ENDED(0, 1) }, 0, false },
		{ { JOB_STARTED(-900, 1, 8), JOB_ENDED(1, 1) }, -1, false },
		{ { JOB_STARTED(-900, 1, 8), JOB_CONFIRMED(1, 1) }, -1, false },
		{ { JOB_STARTED(-9, 1, 8) }, -10, false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct question question = question_at(P);
		struct history history;
		struct person person;
		struct arena arena;
		history_of(&history, table[i].lines);
		person_of(&person, &history, &question, &arena);
		bool known = job_is_known(&person, &person.jobs[0], P + table[i].day);
		if (known != table[i].known)
			print_error("row %zu\n", i);
		assert_int_equal(known, table[i].known);
		arena_release(&arena);
	}
}

static void each_kind_of_activity_is_of_one_sort(void **state)
{
	unsigned sorts[3] = { 0 };
	(void)state;
	for (unsigned kind = 1; kind <= ACTIVITY_KIND_COUNT; kind++) {
		struct fact fact = { .type = EVENT_ACTIVITY_LOGGED, .choice = kind & 0x1fu };
		bool is[3] = { activity_is_participation(&fact), activity_is_language(&fact),
			activity_is_guidance(&fact) };
		assert_int_equal(is[0] + is[1] + is[2], 1);
		for (int i = 0; i < 3; i++)
			sorts[i] += is[i];
		fact.type = EVENT_BARRIER_REPORTED;
		assert_false(activity_is_participation(&fact));
	}
	assert_int_equal(sorts[0], 8);
	assert_int_equal(sorts[1], 4);
	assert_int_equal(sorts[2], 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(residence_follows_the_order_of_events),
		cmocka_unit_test(t0_is_the_first_settlement_and_a_move_does_not_reset_it),
		cmocka_unit_test(only_exits_with_effect_count_and_an_objection_does_not_compete),
		cmocka_unit_test(adults_are_18_to_66_in_the_year_and_those_unknown),
		cmocka_unit_test(roles_and_guidance_are_those_said_last),
		cmocka_unit_test(a_target_holds_until_its_last_day_and_never_revives),
		cmocka_unit_test(a_plan_is_in_force_until_it_is_withdrawn),
		cmocka_unit_test(a_job_opens_ends_and_opens_again),
		cmocka_unit_test(hours_and_funding_in_force_are_those_said_last),
		cmocka_unit_test(a_job_is_known_on_the_last_day_of_its_news_and_silent_on_the_next),
		cmocka_unit_test(each_kind_of_activity_is_of_one_sort),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
