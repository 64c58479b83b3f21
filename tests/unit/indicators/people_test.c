/*
 * tests/unit/indicators/people_test.c - taking part, guidance, plans, intake, barriers and
 * sanctions: sections 3, 4 and 8 to 13.
 */
#include "tests/unit/indicator_memory.h"

/* clang-format off */
#define CONTACT(day, by, two_way) \
	{EVENT_CONTACT_HELD, day, CONTACT_BY_##by, 0, 0, 0, two_way, 0}
#define LANGUAGE_EXEMPTED(day, until) {EVENT_LANGUAGE_EXEMPTED, day, 0, 0, until, 0, 0, 0}
#define INTEGRATED(day)        {EVENT_CIVIC_INTEGRATION_COMPLETED, day, 0, 0, 0, 0, 0, 0}
#define OBLIGED(day)           {EVENT_OBLIGATION_STARTED, day, 0, 0, 0, 0, 0, 0}
#define REGISTERED(day, act)   {EVENT_PERSON_REGISTERED, day, ACT_##act, 1990, 0, 0, 0, 0}
#define REVIEWED(day)          {EVENT_PLAN_REVIEWED, day, 0, 0, 0, 0, 0, 0}
#define INTAKE(day, domains, partner) {EVENT_INTAKE_DONE, day, 0, domains, 0, 0, 0, partner}
#define REPORTED(day, barrier) {EVENT_BARRIER_REPORTED, day, BARRIER_##barrier, 0, 0, 0, 0, 0}
#define RESOLVED(day, barrier) {EVENT_BARRIER_RESOLVED, day, BARRIER_##barrier, 0, 0, 0, 0, 0}
#define IMPOSED(day, ref, regime) \
	{EVENT_SANCTION_IMPOSED, day, REGIME_##regime, 0, ref, 0, 0, 0}
#define ANNOUNCED(day, ref)    {EVENT_SANCTION_ANNOUNCED, day, 0, 0, ref, 0, 0, 0}
#define ANNULLED(day, ref)     {EVENT_SANCTION_ANNULLED, day, 0, 0, ref, 0, 0, 0}
/* clang-format on */

#define ALL_DOMAINS ((1 << DOMAIN_END) - 2)
#define GOALS       (FACT_PLAN_MAIN_GOAL | FACT_PLAN_OWN_AMBITION)
#define PARTS       (FACT_PLAN_LANGUAGE_PART | FACT_PLAN_PARTICIPATION_PART)

/* P is a Friday; the four weeks run from P-32, a Monday, to P-5, a Sunday. */
static void the_norm_is_two_hours_in_three_of_four_weeks(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/participation_norm/yes",
		"indicators/participation_norm/no",
		"indicators/participation_norm/unknown",
		"indicators/participation_norm/exempt",
		"indicators/participation_norm/new",
	};
	static const struct told rows[] = {
		{ { SETTLED(-900, HOME) }, { "0", "0", "1", "0", "0" } },
		{ { SETTLED(-32, HOME) }, { "0", "0", "1", "0", "0" } },
		{ { SETTLED(-31, HOME) }, { "0", "0", "0", "0", "1" } },
		{ { SETTLED(-31, HOME), TARGET(-9, 0, DAY_NONE) }, { "0", "0", "0", "1", "0" } },
		{ { SETTLED(-900, HOME), ACTIVE(-32, SPORT, 0, SELF, 0) },
			{ "0", "1", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ACTIVE(-33, SPORT, 999, SELF, 0) },
			{ "0", "0", "1", "0", "0" } },
		{ { SETTLED(-900, HOME), ACTIVE(-4, SPORT, 999, SELF, 0) },
			{ "0", "0", "1", "0", "0" } },
		{ { SETTLED(-900, HOME), ACTIVE(-9, TUTORING, 999, SELF, 0) },
			{ "0", "0", "1", "0", "0" } },
		/* Eight hours in three weeks. */
		{ { SETTLED(-900, HOME), ACTIVE(-32, SPORT, 120, SELF, 0),
			  ACTIVE(-25, SPORT, 120, SELF, 0), ACTIVE(-5, VOLUNTEER, 240, SELF, 0) },
			{ "1", "0", "0", "0", "0" } },
		/* Two of them in one week; then in sum too little. */
		{ { SETTLED(-900, HOME), ACTIVE(-32, SPORT, 120, SELF, 0),
			  ACTIVE(-26, SPORT, 120, SELF, 0), ACTIVE(-5, VOLUNTEER, 240, SELF, 0) },
			{ "0", "1", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ACTIVE(-32, SPORT, 120, SELF, 0),
			  ACTIVE(-25, SPORT, 120, SELF, 0), ACTIVE(-5, VOLUNTEER, 239, SELF, 0) },
			{ "0", "1", "0", "0", "0" } },
		/* One activity that two partners report counts once, the largest. */
		{ { SETTLED(-900, HOME), ACTIVE(-32, SPORT, 120, SELF, 0),
			  ACTIVE(-25, SPORT, 120, SELF, 0), ACTIVE(-5, SPORT, 120, SELF, 7),
			  ACTIVE(-5, VOLUNTEER, 239, SELF, 7) },
			{ "0", "1", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ACTIVE(-32, SPORT, 120, SELF, 0),
			  ACTIVE(-25, SPORT, 120, SELF, 0), ACTIVE(-5, SPORT, 240, SELF, 7),
			  ACTIVE(-5, VOLUNTEER, 120, SELF, 7) },
			{ "1", "0", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ACTIVE(-32, SPORT, 120, SELF, 7),
			  ACTIVE(-25, SPORT, 120, SELF, 7), ACTIVE(-5, SPORT, 120, SELF, 7),
			  ACTIVE(-5, VOLUNTEER, 120, SELF, 7) },
			{ "0", "1", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ACTIVE(-32, SPORT, 120, SELF, 7),
			  ACTIVE(-25, SPORT, 120, SELF, 7), ACTIVE(-5, SPORT, 120, SELF, 7),
			  ACTIVE(-6, VOLUNTEER, 120, SELF, 7) },
			{ "1", "0", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ACTIVE(-32, SPORT, 120, SELF, 0),
			  ACTIVE(-25, SPORT, 120, SELF, 0), ACTIVE(-5, SPORT, 240, SELF, 7),
			  ACTIVE(-5, VOLUNTEER, 240, SELF, 7) },
			{ "1", "0", "0", "0", "0" } },
		/* Others are not concerned: another ref, no participation. */
		{ { SETTLED(-900, HOME), ACTIVE(-32, SPORT, 120, SELF, 0),
			  ACTIVE(-25, SPORT, 120, SELF, 0), ACTIVE(-5, SPORT, 120, SELF, 7),
			  ACTIVE(-5, SPORT, 120, SELF, 8), ACTIVE(-5, TUTORING, 999, SELF, 7) },
			{ "1", "0", "0", "0", "0" } },
		/* Jobs known on three Sundays; of two jobs the larger. */
		{ { SETTLED(-900, HOME), JOB_STARTED(-18, 1, 9) }, { "0", "1", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), JOB_STARTED(-19, 1, 2) }, { "0", "1", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), JOB_STARTED(-19, 1, 3) }, { "1", "0", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), JOB_STARTED(-900, 1, 3) }, { "0", "0", "1", "0", "0" } },
		{ { SETTLED(-900, HOME), JOB_STARTED(-99, 1, 1), JOB_STARTED(-98, 2, 1) },
			{ "0", "1", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), JOB_STARTED(-99, 1, 1), TARGET(-9, 60, DAY_NONE) },
			{ "1", "0", "0", "0", "0" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

static void language_and_work_go_together_in_four_weeks(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/combined_pathway/yes",
		"indicators/combined_pathway/no",
		"indicators/combined_pathway/unknown",
		"indicators/combined_pathway/exempt",
		"indicators/combined_pathway/new",
		"indicators/combined_pathway/planned/yes",
		"indicators/combined_pathway/planned/no",
	};
	static const struct told rows[] = {
		{ { SETTLED(-28, HOME) }, { "0", "0", "1", "0", "0", "0", "1" } },
		{ { SETTLED(-27, HOME) }, { "0", "0", "0", "0", "1", "0", "0" } },
		{ { SETTLED(-27, HOME), INTEGRATED(-9) }, { "0", "0", "0", "1", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), LANGUAGE_EXEMPTED(-9, P) },
			{ "0", "0", "0", "1", "0", "0", "0" } },
		{ { SETTLED(-900, HOME), LANGUAGE_EXEMPTED(-9, DAY_NONE),
			  LANGUAGE_EXEMPTED(-8, P - 1) },
			{ "0", "0", "1", "0", "0", "0", "1" } },
		{ { SETTLED(-900, HOME), ACTIVE(-27, TUTORING, 1, SCHOOL, 0),
			  JOB_STARTED(-9, 1, 8) },
			{ "1", "0", "0", "0", "0", "0", "1" } },
		{ { SETTLED(-900, HOME), ACTIVE(-28, TUTORING, 1, SCHOOL, 0),
			  JOB_STARTED(-9, 1, 8) },
			{ "0", "1", "0", "0", "0", "0", "1" } },
		{ { SETTLED(-900, HOME), ACTIVE(-9, TUTORING, 1, SCHOOL, 0),
			  ACTIVE(-8, INTERNSHIP, 1, SELF, 0) },
			{ "1", "0", "0", "0", "0", "0", "1" } },
		{ { SETTLED(-900, HOME), ACTIVE(-9, TUTORING, 1, SCHOOL, 0),
			  ACTIVE(-8, INTERNSHIP, 0, SELF, 0) },
			{ "0", "1", "0", "0", "0", "0", "1" } },
		{ { SETTLED(-900, HOME), ACTIVE(-9, TUTORING, 0, SCHOOL, 0),
			  JOB_STARTED(-9, 1, 8) },
			{ "0", "1", "0", "0", "0", "0", "1" } },
		{ { SETTLED(-900, HOME), ACTIVE(-9, TUTORING, 1, SCHOOL, 0),
			  ACTIVE(-8, SPORT, 99, SELF, 0) },
			{ "0", "1", "0", "0", "0", "0", "1" } },
		{ { SETTLED(-900, HOME), ACTIVE(-9, FORM_HELP, 0, SELF, 0) },
			{ "0", "1", "0", "0", "0", "0", "1" } },
		{ { SETTLED(-900, HOME), PLAN(-9, 12, PARTS) },
			{ "0", "0", "1", "0", "0", "1", "0" } },
		{ { SETTLED(-900, HOME), PLAN(-9, 12, FACT_PLAN_LANGUAGE_PART) },
			{ "0", "0", "1", "0", "0", "0", "1" } },
		{ { SETTLED(-900, HOME), PLAN(-9, 12, PARTS), WITHDRAWN(-8) },
			{ "0", "0", "1", "0", "0", "0", "1" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

static void sanctions_of_a_year_count_unless_annulled(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/sanctions/imposed",
		"indicators/sanctions/annulled",
		"indicators/sanctions/announced",
		"indicators/sanctions/people",
		"indicators/sanctions/by_regime/PWET",
		"indicators/sanctions/by_regime/DUO_TERM",
		"indicators/sanctions/person_years",
		"indicators/sanctions/per_100_person_years",
	};
	static const struct told rows[] = {
		{ { IMPOSED(-365, 1, PWET) }, { "0", "0", "0", "0", "0", "0", "0", "null" } },
		{ { IMPOSED(-364, 1, PWET), IMPOSED(0, 2, DUO_TERM) },
			{ "2", "0", "0", "1", "1", "1", "0", "null" } },
		{ { SETTLED(-900, HOME), IMPOSED(-9, 1, PWET), ANNULLED(-8, 1) },
			{ "1", "1", "0", "0", "0", "0", "0.999316", "0" } },
		{ { SETTLED(-900, HOME), IMPOSED(-9, 1, PWET), ANNULLED(-8, 2) },
			{ "1", "0", "0", "1", "1", "0", "0.999316", "100.068493" } },
		{ { ANNOUNCED(-9, 1), IMPOSED(-9, 1, PWET) },
			{ "1", "0", "1", "1", "1", "0", "0", "null" } },
		{ { IMPOSED(-9, 1, PWET), ANNOUNCED(-8, 1) },
			{ "1", "0", "0", "1", "1", "0", "0", "null" } },
		{ { SETTLED(-9, HOME) }, { "0", "0", "0", "0", "0", "0", "0.027379", "0" } },
		{ { SETTLED(-500, HOME), EXITED(-364, DEFINITIVE) },
			{ "0", "0", "0", "0", "0", "0", "0", "null" } },
		{ { SETTLED(-500, HOME), EXITED(-363, DEFINITIVE) },
			{ "0", "0", "0", "0", "0", "0", "0.002738", "0" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

static void a_person_with_sanctions_in_two_places_is_one_person(void **state)
{
	struct question question = question_at(P);
	struct memory memory = { .sign = 1 };
	struct history history = { 0 };
	static const struct expected one[] = { { "indicators/sanctions/people", "1" } };
	(void)state;
	for (int32_t i = 0; i < 6; i++) {
		struct fact *fact = history_add(&history, EVENT_SANCTION_IMPOSED, P - 9 + i);
		fact->choice = REGIME_PWET;
		fact->ref = (unsigned)(i + 1) & FACT_REF_MAX;
		fact->municipality = i % 2 == 0 ? HOME : ELSEWHERE;
	}
	memory_fold(&memory, &history, &question);
	assert_int_equal(memory_wrong(&memory, HOME, one, 1), 0);
	assert_int_equal(memory_wrong(&memory, ELSEWHERE, one, 1), 0);
	assert_int_equal(memory_wrong(&memory, PART_ALL, one, 1), 0);
	memory_release(&memory);
}

static void language_support_is_by_volunteers_ever_and_recently(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/language_support/ever",
		"indicators/language_support/recent",
		"indicators/language_support/recent_share",
	};
	static const struct told rows[] = {
		{ { ACTIVE(-9, TUTORING, 60, VOLUNTEERS, 0) }, { "0", "0", "null" } },
		{ { SETTLED(-900, HOME), ACTIVE(-90, TUTORING, 60, VOLUNTEERS, 0) },
			{ "1", "1", "1" } },
		{ { SETTLED(-900, HOME), ACTIVE(-91, TUTORING, 60, VOLUNTEERS, 0) },
			{ "1", "0", "0" } },
		{ { SETTLED(-900, HOME), ACTIVE(-9, TUTORING, 60, SCHOOL, 0) }, { "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ACTIVE(-9, TUTORING, 0, VOLUNTEERS, 0) },
			{ "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ACTIVE(-9, LANGUAGE_COURSE, 60, VOLUNTEERS, 0) },
			{ "0", "0", "0" } },
		{ { SETTLED(-900, HOME), ACTIVE(-99, LANGUAGE_CAFE, 60, VOLUNTEERS, 0),
			  ACTIVE(-9, LANGUAGE_BUDDY, 60, VOLUNTEERS, 0) },
			{ "1", "1", "1" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

static void contact_is_two_way_with_the_case_manager(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/contact/people",
		"indicators/contact/never",
		"indicators/contact/median_days",
		"indicators/contact/over_90_days",
	};
	static const struct told rows[] = {
		{ { SETTLED(-90, HOME) }, { "1", "1", "null", "0" } },
		{ { SETTLED(-91, HOME) }, { "1", "1", "null", "1" } },
		{ { SETTLED(-900, HOME), CONTACT(-90, CASE_MANAGER, 1) }, { "1", "0", "90", "0" } },
		{ { SETTLED(-900, HOME), CONTACT(-91, CASE_MANAGER, 1) }, { "1", "0", "91", "1" } },
		{ { SETTLED(-900, HOME), CONTACT(-99, CASE_MANAGER, 1),
			  CONTACT(-9, CASE_MANAGER, 0) },
			{ "1", "0", "99", "1" } },
		{ { SETTLED(-900, HOME), CONTACT(-9, VOLUNTEER, 1) }, { "1", "1", "null", "1" } },
		{ { SETTLED(-900, HOME), GUIDANCE_ENDED(-9, OTHER) }, { "0", "0", "null", "0" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

static void a_plan_has_perspective_and_comes_on_time(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/plan/people",
		"indicators/plan/in_force",
		"indicators/plan/with_perspective",
		"indicators/plan/on_time/people",
		"indicators/plan/on_time/signed",
		"indicators/plan/on_time/within/0/share",
		"indicators/plan/on_time/median_days",
	};
	static const struct told rows[] = {
		{ { SETTLED(-900, HOME) }, { "1", "0", "0", "0", "0", "null", "null" } },
		{ { SETTLED(-900, HOME), GUIDANCE_ENDED(-9, OTHER), PLAN(-364, 12, GOALS) },
			{ "0", "0", "0", "0", "0", "null", "null" } },
		{ { SETTLED(-900, HOME), PLAN(-364, 12, GOALS) },
			{ "1", "1", "1", "0", "0", "null", "null" } },
		{ { SETTLED(-900, HOME), PLAN(-364, 11, GOALS) },
			{ "1", "1", "0", "0", "0", "null", "null" } },
		{ { SETTLED(-900, HOME), PLAN(-364, 12, FACT_PLAN_MAIN_GOAL | PARTS) },
			{ "1", "1", "0", "0", "0", "null", "null" } },
		{ { SETTLED(-900, HOME), PLAN(-365, 12, GOALS) },
			{ "1", "1", "0", "0", "0", "null", "null" } },
		{ { SETTLED(-900, HOME), PLAN(-365, 12, GOALS), REVIEWED(-364) },
			{ "1", "1", "1", "0", "0", "null", "null" } },
		{ { SETTLED(-900, HOME), PLAN(-366, 12, GOALS), REVIEWED(-365) },
			{ "1", "1", "0", "0", "0", "null", "null" } },
		{ { SETTLED(-900, HOME), PLAN(-800, 12, GOALS), WITHDRAWN(-9) },
			{ "1", "0", "0", "0", "0", "null", "null" } },
		{ { OBLIGED(-900) }, { "0", "0", "0", "0", "0", "null", "null" } },
		{ { SETTLED(-900, HOME), OBLIGED(-800) },
			{ "1", "0", "0", "1", "0", "0", "null" } },
		{ { SETTLED(-900, HOME), OBLIGED(-69) },
			{ "1", "0", "0", "1", "0", "null", "null" } },
		{ { SETTLED(-900, HOME), OBLIGED(0) },
			{ "1", "0", "0", "1", "0", "null", "null" } },
		{ { SETTLED(-900, HOME), OBLIGED(-800), PLAN(-730, 12, 0) },
			{ "1", "1", "0", "1", "1", "1", "70" } },
		{ { SETTLED(-900, HOME), OBLIGED(-800), PLAN(-729, 12, 0) },
			{ "1", "1", "0", "1", "1", "0", "71" } },
		{ { SETTLED(-900, HOME), OBLIGED(-950), PLAN(-890, 12, 0) },
			{ "1", "1", "0", "1", "1", "1", "10" } },
		{ { SETTLED(-900, HOME), OBLIGED(-800), PLAN(-800, 12, 0) },
			{ "1", "1", "0", "1", "1", "1", "1" } },
		/* "Signed on or before s: event at 1." */
		{ { SETTLED(-900, HOME), OBLIGED(-800), PLAN(-850, 12, 0), WITHDRAWN(-840) },
			{ "1", "0", "0", "1", "1", "1", "1" } },
		/* Every exit censors here. */
		{ { SETTLED(-900, HOME), OBLIGED(-800), EXITED(-790, DEFINITIVE),
			  PLAN(-789, 12, 0) },
			{ "0", "0", "0", "1", "0", "null", "null" } },
		{ { SETTLED(-900, HOME), OBLIGED(-800), EXITED(-789, DEFINITIVE),
			  PLAN(-789, 12, 0) },
			{ "0", "0", "0", "1", "1", "1", "11" } },
		{ { SETTLED(-900, HOME), OBLIGED(-800), REGISTERED(-800, WI2013) },
			{ "1", "0", "0", "0", "0", "null", "null" } },
		{ { SETTLED(-900, HOME), OBLIGED(-800), REGISTERED(-800, WI2013),
			  REGISTERED(1, WI2021) },
			{ "1", "0", "0", "1", "0", "0", "null" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

static void intakes_are_complete_extended_or_none(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/intake/complete",
		"indicators/intake/extended",
		"indicators/intake/none",
		"indicators/intake/mean_domains",
		"indicators/intake/mean_parties",
	};
	static const struct told rows[] = {
		{ { INTAKE(-9, ALL_DOMAINS, 1) }, { "0", "0", "0", "null", "null" } },
		{ { SETTLED(-900, HOME) }, { "0", "0", "1", "0", "null" } },
		{ { SETTLED(-900, HOME), INTAKE(-9, ALL_DOMAINS, 1) },
			{ "1", "0", "0", "10", "1" } },
		{ { SETTLED(-900, HOME), INTAKE(-9, ALL_DOMAINS - 2, 1), INTAKE(-9, 4, 2) },
			{ "0", "0", "0", "9", "2" } },
		{ { SETTLED(-900, HOME), INTAKE(-9, ALL_DOMAINS - 2, 1), INTAKE(-8, 2, 1) },
			{ "1", "1", "0", "10", "1" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

static void barriers_stand_for_a_year_until_resolved(void **state)
{
	static const char *const paths[VALUES_MAX] = {
		"indicators/barriers/people",
		"indicators/barriers/by_kind/RULES",
		"indicators/barriers/by_kind/HOUSING",
	};
	static const struct told rows[] = {
		{ { REPORTED(-9, RULES) }, { "0", "0", "0" } },
		{ { SETTLED(-900, HOME), REPORTED(-364, RULES) }, { "1", "1", "0" } },
		{ { SETTLED(-900, HOME), REPORTED(-365, RULES) }, { "0", "0", "0" } },
		{ { SETTLED(-900, HOME), REPORTED(-9, RULES), REPORTED(-9, HOUSING) },
			{ "1", "1", "1" } },
		{ { SETTLED(-900, HOME), REPORTED(-9, RULES), RESOLVED(-8, RULES) },
			{ "0", "0", "0" } },
		{ { SETTLED(-900, HOME), REPORTED(-9, RULES), RESOLVED(-8, HOUSING) },
			{ "1", "1", "0" } },
		{ { SETTLED(-900, HOME), REPORTED(-9, RULES), RESOLVED(-9, RULES) },
			{ "1", "1", "0" } },
		{ { SETTLED(-900, HOME), REPORTED(-9, RULES), RESOLVED(-8, RULES),
			  REPORTED(-7, RULES) },
			{ "1", "1", "0" } },
	};
	(void)state;
	told_expect(rows, ARRAY_LENGTH(rows), paths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_norm_is_two_hours_in_three_of_four_weeks),
		cmocka_unit_test(language_and_work_go_together_in_four_weeks),
		cmocka_unit_test(sanctions_of_a_year_count_unless_annulled),
		cmocka_unit_test(a_person_with_sanctions_in_two_places_is_one_person),
		cmocka_unit_test(language_support_is_by_volunteers_ever_and_recently),
		cmocka_unit_test(contact_is_two_way_with_the_case_manager),
		cmocka_unit_test(a_plan_has_perspective_and_comes_on_time),
		cmocka_unit_test(intakes_are_complete_extended_or_none),
		cmocka_unit_test(barriers_stand_for_a_year_until_resolved),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
