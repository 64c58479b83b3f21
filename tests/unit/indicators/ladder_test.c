/*
 * tests/unit/indicators/ladder_test.c - time on the ladder: sections 1, 2 and 15.
 */
#include "tests/unit/indicator_memory.h"

static void a_spell_ends_by_climbing_exit_silence_or_the_present(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/ladder_step/1/entered",
		"indicators/ladder_step/1/climbed",
		"indicators/ladder_step/1/exited",
		"indicators/ladder_step/1/silent",
		"indicators/ladder_step/1/censored",
		"indicators/ladder_step/1/not_at_risk",
		"indicators/ladder_step/1/median_days",
		"indicators/ladder_step/1/within/0/share",
	};
	/* Rung 2 throughout: entered, climbed, exited, silent, censored, not at risk, half-time. */
	static const struct told rows[] = {
		{ { ASSESSED(-900, 3) }, { "0", "0", "0", "0", "0", "0", "null", "null" } },
		{ { ASSESSED(-300, 2), ASSESSED(-200, 3) },
			{ "1", "1", "0", "0", "0", "0", "100", "1" } },
		/* A fall does not stop the clock, and a jump is a climb. */
		{ { ASSESSED(-300, 2), ASSESSED(-200, 1), ASSESSED(-100, 6) },
			{ "1", "1", "0", "0", "0", "0", "200", "1" } },
		/* Half a year and a month apart is followed; a day more is silence. */
		{ { ASSESSED(-300, 2), ASSESSED(-86, 3) },
			{ "1", "1", "0", "0", "0", "0", "214", "1" } },
		{ { ASSESSED(-301, 2), ASSESSED(-86, 3) },
			{ "1", "0", "0", "1", "0", "0", "null", "0" } },
		{ { ASSESSED(-214, 2) }, { "1", "0", "0", "0", "1", "1", "null", "null" } },
		{ { ASSESSED(-215, 2) }, { "1", "0", "0", "1", "0", "0", "null", "0" } },
		{ { ASSESSED(-400, 2), ASSESSED(-215, 2) },
			{ "1", "0", "0", "1", "0", "0", "null", "null" } },
		/* One spell a person, from the first assessment on the rung. */
		{ { ASSESSED(-300, 2), ASSESSED(-200, 3), ASSESSED(-100, 2), ASSESSED(-50, 3) },
			{ "1", "1", "0", "0", "0", "0", "100", "1" } },
		/* Two on one day are in their order: this one never was at risk. */
		{ { ASSESSED(-100, 2), ASSESSED(-100, 3) },
			{ "1", "1", "0", "0", "0", "1", "null", "null" } },
		{ { SETTLED(-900, HOME), ASSESSED(-300, 2), EXITED(-86, DEFINITIVE) },
			{ "1", "0", "1", "0", "0", "0", "null", "0" } },
		{ { SETTLED(-900, HOME), ASSESSED(-300, 2), EXITED(-85, DEFINITIVE) },
			{ "1", "0", "0", "1", "0", "0", "null", "0" } },
		{ { SETTLED(-900, HOME), ASSESSED(-300, 2), EXITED(-250, OBJECTION) },
			{ "1", "0", "0", "0", "1", "0", "null", "null" } },
		/* On one day an assessment goes before an exit. */
		{ { SETTLED(-900, HOME), ASSESSED(-300, 2), EXITED(-200, DEFINITIVE),
			  ASSESSED(-200, 3) },
			{ "1", "1", "0", "0", "0", "0", "100", "1" } },
		{ { SETTLED(-900, HOME), ASSESSED(-300, 2), EXITED(-200, DEFINITIVE),
			  ASSESSED(-200, 2) },
			{ "1", "0", "1", "0", "0", "0", "null", "0" } },
		/* An exit on the day of the first: known, but never at risk. */
		{ { SETTLED(-900, HOME), ASSESSED(-300, 2), EXITED(-300, DEFINITIVE) },
			{ "1", "0", "1", "0", "0", "1", "null", "null" } },
		/* A return later does not undo it. */
		{ { SETTLED(-900, HOME), ASSESSED(-300, 2), EXITED(-250, DEFINITIVE),
			  SETTLED(-240, HOME), ASSESSED(-200, 3) },
			{ "1", "0", "1", "0", "0", "0", "null", "0" } },
		/* An exit before the first assessment is not of this spell. */
		{ { SETTLED(-900, HOME), EXITED(-400, DEFINITIVE), ASSESSED(-300, 2),
			  ASSESSED(-200, 3) },
			{ "1", "1", "0", "0", "0", "0", "100", "1" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

static void the_distance_of_assessments_is_policy(void **state)
{
	static const struct line lines[LINES_MAX] = { SETTLED(-900, HOME), ASSESSED(-300, 2),
		ASSESSED(-200, 1), ASSESSED(-100, 3) };
	static const struct {
		int32_t follow_days;
		struct expected expected[4];
	} table[] = {
		{ 100, { { "indicators/ladder_step/1/climbed", "1" },
			       { "indicators/ladder_step/1/silent", "0" },
			       { "indicators/ladder_falls/falls", "1" },
			       { "indicators/ladder_position/stale", "0" } } },
		{ 99, { { "indicators/ladder_step/1/climbed", "0" },
			      { "indicators/ladder_step/1/silent", "1" },
			      { "indicators/ladder_falls/falls", "0" },
			      { "indicators/ladder_position/stale", "1" } } },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct question question = question_at(P);
		struct memory memory = { .sign = 1 };
		struct history history;
		question.follow_days = table[i].follow_days;
		history_of(&history, lines);
		memory_fold(&memory, &history, &question);
		assert_int_equal(memory_wrong(&memory, HOME, table[i].expected, 4), 0);
		memory_release(&memory);
	}
}

static void the_horizons_are_those_of_the_contract(void **state)
{
	static const struct {
		const char *array;
		int32_t months, days;
	} table[] = {
		{ "ladder_step/4/within/0", 6, 214 },
		{ "ladder_step/4/within/1", 12, 396 },
		{ "ladder_step/4/within/2", 24, 761 },
		{ "ladder_step/4/within/3", 36, 1126 },
		{ "rung_reached/4/within/3", 36, 1126 },
		{ "language_level/1/within/0", 12, 365 },
		{ "language_level/1/within/1", 24, 730 },
		{ "language_level/1/within/2", 36, 1096 },
		{ "job_durability/lasting/0", 0, 183 },
		{ "job_durability/lasting/1", 0, 365 },
		{ "plan/on_time/within/0", 0, 70 },
	};
	struct memory memory = { .sign = 1 };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		char months[16], days[16], paths[2][64];
		struct expected expected[] = { { paths[0], months }, { paths[1], days },
			{ "indicators/ladder_step/4/rung", "5" },
			{ "indicators/rung_reached/4/rung", "6" },
			{ "indicators/language_level/0/level", "A2" },
			{ "indicators/language_level/1/level", "B1" } };
		snprintf(paths[0], sizeof(paths[0]), "indicators/%s/months", table[i].array);
		snprintf(paths[1], sizeof(paths[1]), "indicators/%s/days", table[i].array);
		snprintf(months, sizeof(months), "%d", table[i].months);
		if (table[i].months == 0)
			expected[0].value = "nothing";
		snprintf(days, sizeof(days), "%d", table[i].days);
		assert_int_equal(memory_wrong(&memory, HOME, expected, ARRAY_LENGTH(expected)), 0);
	}
	memory_release(&memory);
}

static void falls_are_per_time_under_observation(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/ladder_falls/falls",
		"indicators/ladder_falls/person_years",
		"indicators/ladder_falls/per_100",
	};
	static const struct told rows[] = {
		{ { ASSESSED(-300, 2) }, { "0", "0", "null" } },
		{ { ASSESSED(-300, 2), ASSESSED(-100, 1) }, { "1", "0.54757", "182.625" } },
		{ { ASSESSED(-300, 2), ASSESSED(-86, 2) }, { "0", "0.5859", "0" } },
		{ { ASSESSED(-301, 2), ASSESSED(-86, 1) }, { "0", "0", "null" } },
		{ { ASSESSED(-300, 2), ASSESSED(-300, 1) }, { "1", "0", "null" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

static void a_position_is_that_of_the_last_assessment(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/ladder_position/2",
		"indicators/ladder_position/5",
		"indicators/ladder_position/unassessed",
		"indicators/ladder_position/stale",
	};
	static const struct told rows[] = {
		{ { SETTLED(-900, HOME) }, { "0", "0", "1", "0" } },
		{ { ASSESSED(-9, 2) }, { "0", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ASSESSED(-99, 5), ASSESSED(-9, 2) },
			{ "1", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ASSESSED(-214, 5) }, { "0", "1", "0", "0" } },
		{ { SETTLED(-900, HOME), ASSESSED(-215, 5) }, { "0", "1", "0", "1" } },
		{ { SETTLED(-900, HOME), ASSESSED(1, 5) }, { "0", "0", "1", "0" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

static void a_rung_is_reached_counted_from_settlement(void **state)
{
	/* Rung 3. */
	static const char *const paths[VALUES_MAX] = {
		"indicators/rung_reached/1/people",
		"indicators/rung_reached/1/already",
		"indicators/rung_reached/1/unassessed",
		"indicators/rung_reached/1/reached",
		"indicators/rung_reached/1/exited",
		"indicators/rung_reached/1/silent",
		"indicators/rung_reached/1/censored",
		"indicators/rung_reached/1/not_at_risk",
	};
	static const struct told rows[] = {
		{ { ASSESSED(-9, 3) }, { "0", "0", "0", "0", "0", "0", "0", "0" } },
		{ { SETTLED(-900, HOME) }, { "0", "0", "1", "0", "0", "0", "0", "0" } },
		{ { ASSESSED(-901, 2), SETTLED(-900, HOME) },
			{ "0", "0", "1", "0", "0", "0", "0", "0" } },
		{ { ASSESSED(-901, 3), SETTLED(-900, HOME) },
			{ "0", "1", "0", "0", "0", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ASSESSED(-300, 3) },
			{ "0", "1", "0", "0", "0", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ASSESSED(-300, 1), ASSESSED(-300, 4) },
			{ "0", "1", "0", "0", "0", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ASSESSED(-300, 1), ASSESSED(-200, 4) },
			{ "1", "0", "0", "1", "0", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ASSESSED(-300, 1), ASSESSED(-85, 4) },
			{ "1", "0", "0", "0", "0", "1", "0", "0" } },
		{ { SETTLED(-900, HOME), ASSESSED(-300, 1), EXITED(-290, DEFINITIVE) },
			{ "1", "0", "0", "0", "1", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ASSESSED(-300, 1), EXITED(-290, OBJECTION) },
			{ "1", "0", "0", "0", "0", "0", "1", "0" } },
		{ { SETTLED(-900, HOME), ASSESSED(-9, 1) },
			{ "1", "0", "0", "0", "0", "0", "1", "1" } },
		{ { SETTLED(-900, HOME), ASSESSED(-300, 2), ASSESSED(-200, 3), ASSESSED(-100, 6) },
			{ "1", "0", "0", "1", "0", "0", "0", "0" } },
		/* An assessment on the day of settlement is from t0 on. */
		{ { ASSESSED(-900, 1), SETTLED(-900, HOME), ASSESSED(-800, 3) },
			{ "1", "0", "0", "1", "0", "0", "0", "0" } },
		/* The home is that of the first settlement. */
		{ { SETTLED(-900, HOME), SETTLED(-500, ELSEWHERE), ASSESSED(-300, 1),
			  ASSESSED(-200, 4) },
			{ "1", "0", "0", "1", "0", "0", "0", "0" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

static void late_entry_delays_the_estimates(void **state)
{
	struct question question = question_at(P);
	struct memory memory = { .sign = 1 };
	(void)state;
	/* Ten people, first seen 100 days after settlement; half of them climb 50 days later. */
	for (int i = 0; i < 10; i++) {
		const struct line lines[LINES_MAX] = { SETTLED(-900, HOME), ASSESSED(-800, 1),
			ASSESSED(-750, i < 5 ? 2 : 1), ASSESSED(-600, 1) };
		struct history history;
		history_of(&history, lines);
		memory_fold(&memory, &history, &question);
	}
	static const struct expected expected[] = {
		{ "indicators/rung_reached/0/people", "10" },
		{ "indicators/rung_reached/0/from_days", "101" },
		{ "indicators/rung_reached/0/within/0/share", "0.5" },
		{ "indicators/rung_reached/0/within/0/low", "0.183606" },
		{ "indicators/rung_reached/0/median_days", "150" },
		{ "indicators/rung_reached/1/from_days", "101" },
		{ "indicators/rung_reached/4/people", "10" },
		{ "indicators/rung_reached/5/rung", "nothing" },
		{ "indicators/ladder_step/5/rung", "nothing" },
		{ "indicators/rung_reached/1/within/0/share", "0" },
	};
	assert_int_equal(memory_wrong(&memory, PART_ALL, expected, ARRAY_LENGTH(expected)), 0);
	memory_release(&memory);
}

/* clang-format off */
#define LEVEL(day, level) {EVENT_LANGUAGE_LEVEL_REACHED, day, LANGUAGE_LEVEL_##level, 0, 0, 0, 0, 0}
/* clang-format on */

static void a_language_level_is_reached_by_it_or_a_higher_one(void **state)
{
	/* A2, then B1. */
	static const char *const paths[VALUES_MAX] = {
		"indicators/language_level/0/people",
		"indicators/language_level/0/already",
		"indicators/language_level/0/reached",
		"indicators/language_level/0/exited",
		"indicators/language_level/0/median_days",
		"indicators/language_level/1/people",
		"indicators/language_level/1/reached",
		"indicators/language_level/1/exited",
	};
	static const struct told rows[] = {
		{ { LEVEL(-9, A2) }, { "0", "0", "0", "0", "null", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), LEVEL(-800, A1) },
			{ "1", "0", "0", "0", "null", "1", "0", "0" } },
		{ { SETTLED(-900, HOME), LEVEL(-800, A2) },
			{ "1", "0", "1", "0", "100", "1", "0", "0" } },
		{ { SETTLED(-900, HOME), LEVEL(-800, B2) },
			{ "1", "0", "1", "0", "100", "1", "1", "0" } },
		{ { SETTLED(-900, HOME), LEVEL(-900, A2) },
			{ "0", "1", "0", "0", "null", "1", "0", "0" } },
		{ { SETTLED(-900, HOME), LEVEL(-899, A2) },
			{ "1", "0", "1", "0", "1", "1", "0", "0" } },
		{ { SETTLED(-900, HOME), EXITED(-801, DEFINITIVE), LEVEL(-800, A2) },
			{ "1", "0", "0", "1", "null", "1", "0", "1" } },
		{ { SETTLED(-900, HOME), EXITED(-801, OBJECTION), LEVEL(-800, A2) },
			{ "1", "0", "0", "0", "null", "1", "0", "0" } },
		/* "If on an earlier day." */
		{ { SETTLED(-900, HOME), EXITED(-800, DEFINITIVE), LEVEL(-800, A2) },
			{ "1", "0", "1", "0", "100", "1", "0", "1" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_spell_ends_by_climbing_exit_silence_or_the_present),
		cmocka_unit_test(the_distance_of_assessments_is_policy),
		cmocka_unit_test(the_horizons_are_those_of_the_contract),
		cmocka_unit_test(falls_are_per_time_under_observation),
		cmocka_unit_test(a_position_is_that_of_the_last_assessment),
		cmocka_unit_test(a_rung_is_reached_counted_from_settlement),
		cmocka_unit_test(late_entry_delays_the_estimates),
		cmocka_unit_test(a_language_level_is_reached_by_it_or_a_higher_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
