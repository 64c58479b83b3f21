/*
 * tests/unit/indicators/indicators_test.c - what holds for all indicators: contributions can be
 * taken off, the registry is whole, and a municipality is as its volunteers described it.
 */
#include "tests/unit/indicator_memory.h"

#include <ctype.h>

/* A fact that could be: any type with any values a type may have, from any year. */
static void history_add_any(struct history *history, int32_t span)
{
	size_t count;
	const struct schema *schemas = schema_all(&count);
	const struct schema *schema = &schemas[(size_t)rand() % count];
	if (!schema->about_person)
		return;
	struct event event = {
		.type = schema->type,
		.day = P - span + rand() % (span + 30),
		.municipality = rand() % 2 == 0 ? HOME : ELSEWHERE,
	};
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct field *field = &schema->fields[i];
		struct value *value = &event.values[i];
		value->present = field->required || rand() % 2 == 0;
		if (!value->present)
			continue;
		switch (field->kind) {
		case FIELD_INTEGER:
			value->number = field->min + rand() % (field->max - field->min + 1);
			break;
		case FIELD_BOOL:
			value->number = rand() % 2;
			break;
		case FIELD_ENUM:
			value->number = 1 + rand() % field->enumeration->count;
			break;
		case FIELD_ENUM_SET:
			value->number = 2 << rand() % field->enumeration->count;
			break;
		case FIELD_DATE:
			value->number = P + rand() % 100 - 50;
			break;
		case FIELD_IDENTIFIER:
			value->text = bytes_of_string("r");
			break;
		}
	}
	if (event.type == EVENT_PERSON_REGISTERED)
		event.values[PERSON_REGISTERED_BIRTH_YEAR].number = 1950 + rand() % 70;
	int32_t ref = fact_ref_of_event(&event).length == 0 ? 0 : 1 + rand() % 4;
	struct fact *fact = history_add(history, event.type, event.day);
	*fact = fact_of_event(&event, history->count, (uint16_t)(rand() % 3), ref);
}

static void what_was_added_can_be_taken_off_and_leaves_nothing(void **state)
{
	unsigned seed = seed_of_now();
	struct question question = question_at(P);
	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	for (int round = 0; round < 50; round++) {
		struct memory memory = { .sign = 1 };
		struct history histories[5] = { 0 };
		for (size_t i = 0; i < ARRAY_LENGTH(histories); i++) {
			int32_t span = 30 + rand() % 2000;
			for (int left = rand() % 200; left > 0; left--)
				history_add_any(&histories[i], span);
			memory_fold(&memory, &histories[i], &question);
		}
		memory.sign = -1;
		for (size_t i = ARRAY_LENGTH(histories); i > 0; i--)
			memory_fold(&memory, &histories[i - 1], &question);
		assert_true(memory_is_empty(&memory));
		memory_release(&memory);
	}
}

static void the_figures_are_in_the_order_of_the_contract(void **state)
{
	static const char *const keys[] = { "ladder_step", "ladder_position", "ladder_falls",
		"rung_reached", "participation_norm", "combined_pathway", "job_outcome",
		"job_durability", "placement", "sanctions", "language_support", "contact", "plan",
		"intake", "barriers", "data_quality", "language_level", "guidance", "benefit",
		"job_growth", "first_participation", "standing_still", "ladder_next_year",
		"referrals", "contact_person", "modules", "agreements" };
	struct memory memory = { .sign = 1 };
	struct figures figures;
	struct arena arena;
	size_t count;
	(void)state;
	const struct indicator *const *all = registry_all(&count);
	assert_int_equal(count, ARRAY_LENGTH(keys) + 1);
	assert_string_equal(all[0]->name, "population");
	memory_figures(&memory, HOME, &figures, &arena);
	const struct figure *figure = figure_at(figures.root, "indicators")->as.first;
	assert_string_equal(figures.root->as.first->key, "population");
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++, figure = figure->next) {
		assert_string_equal(all[i + 1]->name, keys[i]);
		assert_string_equal(figure->key, keys[i]);
	}
	assert_null(figure);
	assert_int_equal(figures.depth, 1);
	arena_release(&arena);
	memory_release(&memory);
}

static void each_indicator_has_its_own_places(void **state)
{
	struct sink all = { .counter_base = 1000, .histogram_base = 2000 };
	unsigned counters = 0;
	unsigned histograms = 0;
	size_t count;
	(void)state;
	const struct indicator *const *indicators = registry_all(&count);
	for (size_t i = 0; i < count; i++) {
		struct sink own = registry_sink(&all, indicators[i]);
		assert_int_equal(own.counter_base, 1000 + counters);
		assert_int_equal(own.histogram_base, 2000 + histograms);
		counters += indicators[i]->counters;
		histograms += indicators[i]->histograms;
	}
	assert_int_equal(registry_counters(), counters);
	assert_int_equal(registry_histograms(), histograms);
}

static bool choices_have(const char *choices, const char *key)
{
	size_t length = strlen(key);
	for (const char *at = choices; at != NULL; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, key, length) == 0 && strchr(",}", at[length]) != NULL)
			return true;
	}
	return false;
}

/* How many values a metric's path leads to. */
static size_t path_values(const struct figure *figure, const char *path)
{
	size_t values = 0;
	char part[128];
	if (figure == NULL)
		return 0;
	if (*path == '\0')
		return figure->kind != FIGURE_OBJECT && figure->kind != FIGURE_ARRAY;
	size_t length = strcspn(path, "/");
	snprintf(part, sizeof(part), "%.*s", (int)length, path);
	path += length + (path[length] == '/');
	if (part[0] == '(')
		return path_values(figure, path);
	if (part[0] != '{' && part[0] != '[')
		return path_values(figure_child(figure, part), path);
	if (figure->kind != (part[0] == '{' ? FIGURE_OBJECT : FIGURE_ARRAY))
		return 0;
	const char *choices = part[0] == '{' ? strchr(part, ':') : NULL;
	const struct figure *child = figure->as.first;
	for (; child != NULL; child = child->next) {
		const char *member = strchr(part, '=');
		if (part[0] == '[') {
			char label[32];
			snprintf(label, sizeof(label), "%.*s", (int)strcspn(member + 1, "]"),
				member + 1);
			assert_non_null(figure_child(child, label));
		}
		if (choices == NULL || choices_have(choices + 1, child->key))
			values += path_values(child, path);
	}
	return values;
}

/* The metric as spec/interfaces.md writes it: its name and the labels of its path. */
static void metric_print(const struct metric *metric, char *out, size_t size)
{
	int length = snprintf(out, size, "%s", metric->name);
	const char *between = "{";
	for (const char *at = metric->path; (at = strpbrk(at, "{[(")) != NULL; at++) {
		int label = (int)strcspn(at + 1, "=:}]");
		if (label == 0)
			continue;
		length += snprintf(
			out + length, size - (size_t)length, "%s%.*s", between, label, at + 1);
		between = ",";
	}
	if (*between == ',')
		snprintf(out + length, size - (size_t)length, "}");
}

static void the_metrics_are_those_of_the_contract(void **state)
{
	static const char *const contract[] = { "ladder_persons", "ladder_breadwinners",
		"ladder_step_spells{rung,outcome}", "ladder_step_climbed_ratio{rung,within_months}",
		"ladder_step_median_seconds{rung}", "ladder_position_persons{rung}",
		"ladder_rung_reached_ratio{rung,within_months}",
		"ladder_rung_reached_median_seconds{rung}",
		"ladder_participation_norm_persons{answer}", "ladder_participation_norm_ratio",
		"ladder_combined_pathway_persons{answer}", "ladder_combined_pathway_ratio",
		"ladder_job_outcome_persons{group,outcome}", "ladder_job_lasting_ratio{days}",
		"ladder_placement_jobs{by}", "ladder_sanctions{regime}",
		"ladder_language_support_persons{window}", "ladder_contact_age_median_seconds",
		"ladder_contact_over_ratio{days}", "ladder_plan_in_force_ratio",
		"ladder_plan_with_perspective_ratio", "ladder_plan_within_ratio{days}",
		"ladder_intake_complete_ratio", "ladder_barrier_persons{kind}",
		"ladder_reporting_delay_p50_seconds", "ladder_reporting_delay_p90_seconds",
		"ladder_language_level_ratio{level,within_months}",
		"ladder_guidance_persons{outcome}",
		"ladder_guidance_self_sufficient_ratio{within_months}",
		"ladder_guidance_median_seconds", "ladder_guidance_restarted_ratio{within_months}",
		"ladder_benefit_persons{receiving}", "ladder_benefit_spells{outcome}",
		"ladder_benefit_left_ratio{within_months}", "ladder_benefit_median_seconds",
		"ladder_benefit_returned_ratio{within_months}", "ladder_job_growth_spells{outcome}",
		"ladder_job_growth_ratio{within_months}", "ladder_job_growth_median_seconds",
		"ladder_first_participation_persons{outcome}",
		"ladder_first_participation_ratio{within_months}",
		"ladder_first_participation_median_seconds", "ladder_standing_still_persons{rung}",
		"ladder_standing_still_ratio{rung}",
		"ladder_next_year_at_risk_spells{rung,from_days}",
		"ladder_next_year_climbed_ratio{rung,from_days}", "ladder_referrals{to,outcome}",
		"ladder_referrals_started_ratio{to}", "ladder_contact_person_assigned_ratio",
		"ladder_contact_person_changes_persons{changes}",
		"ladder_contact_person_lasting_ratio{days}", "ladder_contact_person_median_seconds",
		"ladder_contact_person_own_ratio", "ladder_module_persons{module,outcome}",
		"ladder_module_completed_ratio{module,within_months}",
		"ladder_module_median_seconds{module}", "ladder_agreement_verdict" };
	size_t count;
	size_t at = 0;
	(void)state;
	const struct indicator *const *all = registry_all(&count);
	for (size_t i = 0; i < count; i++) {
		const struct metric *metric = all[i]->metrics;
		for (; metric != NULL && metric->name != NULL; metric++) {
			char text[128];
			metric_print(metric, text, sizeof(text));
			assert_in_range(at, 0, ARRAY_LENGTH(contract) - 1);
			assert_string_equal(text, contract[at++]);
		}
	}
	assert_int_equal(at, ARRAY_LENGTH(contract));
}

static void each_metric_has_a_help_and_leads_to_figures(void **state)
{
	struct memory memory = { .sign = 1 };
	struct figures figures;
	struct arena arena;
	size_t count;
	(void)state;
	memory_figures(&memory, HOME, &figures, &arena);
	const struct indicator *const *all = registry_all(&count);
	for (size_t i = 0; i < count; i++) {
		const struct figure *figure = figure_at(figures.root, i == 0 ? "" : "indicators");
		figure = figure_child(figure, all[i]->name);
		const struct metric *metric = all[i]->metrics;
		for (; metric != NULL && metric->name != NULL; metric++) {
			assert_true(isupper((unsigned char)metric->help[0]));
			assert_int_equal(metric->help[strlen(metric->help) - 1], '.');
			/* What became of agreements is printed from their list. */
			if (metric->unit == METRIC_VERDICT)
				continue;
			bool seconds = strstr(metric->name, "_seconds") != NULL;
			assert_int_equal(metric->unit, seconds ? METRIC_DAYS : METRIC_PLAIN);
			if (path_values(figure, metric->path) == 0)
				print_error("%s: %s\n", metric->name, metric->path);
			assert_true(path_values(figure, metric->path) > 0);
		}
	}
	arena_release(&arena);
	memory_release(&memory);
}

/* One of the people of Oirschot, by number. */
static void history_of_oirschot(struct history *history, int person)
{
	static const int finders[] = { ORG_TYPE_VOLUNTEERS, ORG_TYPE_SELF, ORG_TYPE_ISD };
	*history = (struct history){ 0 };
	history_tell(history, EVENT_MUNICIPALITY_SETTLED, P - 900, 0, 0, 0);
	history_tell(history, EVENT_LADDER_ASSESSED, P - 30, 0, 2, 0);
	if (person < 40) {
		struct fact *lesson = history_add(history, EVENT_ACTIVITY_LOGGED, P - 500);
		lesson->choice = ACTIVITY_KIND_LANGUAGE_BUDDY;
		lesson->number = 60;
		lesson->more = ORG_TYPE_VOLUNTEERS;
	}
	if (person >= 30)
		return;
	history_tell(history, EVENT_HOUSEHOLD_ROLE_SET, P - 900, HOUSEHOLD_ROLE_BREADWINNER, 0, 0);
	if (person < 21) {
		struct fact *coaching = history_add(history, EVENT_ACTIVITY_LOGGED, P - 600);
		coaching->choice = ACTIVITY_KIND_JOB_COACHING;
		coaching->number = 60;
		coaching->more = ORG_TYPE_VOLUNTEERS;
	}
	if (person >= 20)
		return;
	int funding = person < 8 ? FUNDING_FULLY_PAID : FUNDING_SUBSIDISED;
	int finder = finders[(person >= 12) + (person >= 18)];
	history_tell(history, EVENT_JOB_STARTED, P - 300, funding, 24, 1);
	history_tell(history, EVENT_JOB_CONFIRMED, P - 117, 0, 0, 1);
	history_tell(history, EVENT_PLACEMENT_CLAIMED, P - 299, finder, 0, 1);
}

static void oirschot_is_as_its_volunteers_described_it(void **state)
{
	static const struct expected expected[] = {
		{ "population/persons", "80" },
		{ "population/breadwinners", "30" },
		{ "indicators/language_support/ever", "40" },
		{ "indicators/language_support/ever_share", "0.5" },
		{ "indicators/placement/guided/VOLUNTEERS/people", "21" },
		{ "indicators/placement/guided/VOLUNTEERS/share", "0.7" },
		{ "indicators/job_outcome/breadwinners/fully_paid", "8" },
		{ "indicators/job_outcome/breadwinners/fully_paid_share", "0.266667" },
		{ "indicators/job_outcome/breadwinners/subsidised", "12" },
		{ "indicators/job_outcome/breadwinners/subsidised_share", "0.4" },
		{ "indicators/job_outcome/breadwinners/none", "10" },
		{ "indicators/job_outcome/breadwinners/unknown", "0" },
		{ "indicators/placement/lasting_jobs", "20" },
		{ "indicators/placement/contested", "0" },
		{ "indicators/placement/by/VOLUNTEERS/share", "0.6" },
		{ "indicators/placement/by/SELF/share", "0.3" },
		{ "indicators/placement/by/ISD/share", "0.1" },
		{ "indicators/placement/by/SW_COMPANY/share", "0" },
	};
	struct question question = question_at(P);
	struct memory memory = { .sign = 1 };
	(void)state;
	for (int person = 0; person < 80; person++) {
		struct history history;
		history_of_oirschot(&history, person);
		memory_fold(&memory, &history, &question);
	}
	assert_int_equal(memory_wrong(&memory, HOME, expected, ARRAY_LENGTH(expected)), 0);
	memory_release(&memory);
}

static void data_quality_counts_records_and_the_delay_of_first_reports(void **state)
{
	static const struct expected expected[] = {
		{ "indicators/data_quality/records", "12" },
		{ "indicators/data_quality/delay_p50_days", "4" },
		{ "indicators/data_quality/delay_p90_days", "8" },
		{ "indicators/data_quality/corrections", "2" },
		{ "indicators/data_quality/corrections_share", "0.166667" },
	};
	struct memory memory = { .sign = 1 };
	struct sink all = memory_sink(&memory);
	struct sink sink = registry_sink(&all, &indicator_data_quality);
	(void)state;
	for (int32_t delay = 0; delay < 10; delay++) {
		/* Of these ten the sixth is a publication. */
		const struct reported reported = { .delay_days = delay, .publishing = delay == 5 };
		data_quality_records(&sink, HOME, &reported, 1);
	}
	const struct reported corrections[] = { { .correction = true, .delay_days = 900 },
		{ .correction = true, .delay_days = 901, .publishing = true } };
	data_quality_records(&sink, HOME, &corrections[0], 1);
	data_quality_records(&sink, HOME, &corrections[1], 1);
	assert_int_equal(memory_wrong(&memory, HOME, expected, 5), 0);
	memory_release(&memory);
}

/* The figures of HOME in the public profile, base 5. */
static size_t public_wrong(
	struct memory *memory, bool newest_quarter, const struct expected *expected, size_t count)
{
	const struct memory_part *part = memory_part(memory, HOME);
	struct figures figures;
	struct arena arena;
	assert_int_equal(arena_init(&arena, FIGURES_ARENA_SIZE), OK);
	figures_init(&figures, &arena, 5);
	figures.newest_quarter = newest_quarter;
	const struct sums sums = { part->counters, part->histograms, NULL };
	registry_figures(&sums, DEFINITIONS, &figures);
	size_t wrong = figures_wrong(figures.root, expected, count);
	arena_release(&arena);
	return wrong;
}

static void in_public_the_publishing_is_in_no_number_of_data_quality(void **state)
{
	static const struct expected expected[] = {
		{ "indicators/data_quality/records", "20" },
		{ "indicators/data_quality/delay_p50_days", "0" },
		{ "indicators/data_quality/delay_p90_days", "0" },
		{ "indicators/data_quality/corrections", "5" },
	};
	const struct reported early = { .delay_days = 2 };
	const struct reported late = { .delay_days = 100, .publishing = true };
	const struct reported corrected = { .correction = true };
	const struct reported published = { .correction = true, .publishing = true };
	struct memory memory = { .sign = 1 };
	struct sink all = memory_sink(&memory);
	struct sink sink = registry_sink(&all, &indicator_data_quality);
	(void)state;
	data_quality_records(&sink, HOME, &early, 16);
	data_quality_records(&sink, HOME, &late, 40);
	data_quality_records(&sink, HOME, &corrected, 3);
	data_quality_records(&sink, HOME, &published, 40);
	assert_int_equal(public_wrong(&memory, true, expected, ARRAY_LENGTH(expected)), 0);
	memory_release(&memory);
}

/* People who settled `days` before P, were assessed soon or late, and climbed. */
static void people_tell(struct memory *memory, int count, int settled, int assessed, int climbed)
{
	const struct question question = question_at(P);
	const struct line lines[LINES_MAX] = { SETTLED(settled, HOME), ASSESSED(assessed, 2),
		ASSESSED(climbed, 4), ROLE(settled, SINGLE) };
	struct history history;
	history_of(&history, lines);
	for (int i = 0; i < count; i++)
		memory_fold(memory, &history, &question);
}

static void of_a_rung_the_public_sees_who_was_assessed_soon(void **state)
{
	static const struct expected internal[] = {
		{ "indicators/rung_reached/2/people", "72" },
		{ "indicators/rung_reached/2/reached", "72" },
	};
	static const struct expected newest[] = {
		{ "indicators/rung_reached/1/rung", "3" },
		{ "indicators/rung_reached/1/people", "null" },
		{ "indicators/rung_reached/1/within/0/days", "214" },
		{ "indicators/rung_reached/2/rung", "4" },
		{ "indicators/rung_reached/2/people", "50" },
		{ "indicators/rung_reached/2/already", "null" },
		{ "indicators/rung_reached/2/unassessed", "null" },
		{ "indicators/rung_reached/2/not_at_risk", "null" },
		{ "indicators/rung_reached/2/from_days", "null" },
		/* 52 were assessed at most 214 days after they settled, and all climbed. */
		{ "indicators/rung_reached/2/reached", "50" },
		{ "indicators/ladder_step/1/entered", "70" },
		{ "indicators/ladder_step/1/climbed", "70" },
		{ "indicators/language_level/0/people", "null" },
		{ "indicators/language_level/1/people", "70" },
		{ "indicators/language_level/1/already", "null" },
	};
	static const struct expected later[] = {
		{ "population/persons", "70" },
		{ "indicators/ladder_position/4", "70" },
		{ "indicators/participation_norm/unknown", "70" },
		{ "indicators/ladder_step/1/rung", "2" },
		{ "indicators/ladder_step/1/entered", "null" },
		{ "indicators/ladder_step/1/within/1/months", "12" },
		{ "indicators/ladder_falls/falls", "null" },
		{ "indicators/ladder_falls/person_years", "null" },
		{ "indicators/rung_reached/2/people", "null" },
		{ "indicators/job_durability/spells", "null" },
		{ "indicators/placement/lasting_jobs", "null" },
		{ "indicators/placement/by/SELF/referrals", "null" },
		{ "indicators/placement/guided/SELF/people", "0" },
		{ "indicators/sanctions/imposed", "null" },
		{ "indicators/sanctions/person_years", "null" },
		{ "indicators/plan/people", "70" },
		{ "indicators/plan/in_force", "0" },
		{ "indicators/plan/on_time/people", "null" },
		{ "indicators/data_quality/records", "null" },
		{ "indicators/data_quality/delay_p50_days", "null" },
		{ "indicators/language_level/1/level", "B1" },
		{ "indicators/language_level/1/people", "null" },
	};
	struct memory memory = { .sign = 1 };
	(void)state;
	people_tell(&memory, 30, -700, -700, -600);
	people_tell(&memory, 22, -700, -486, -400);
	people_tell(&memory, 20, -700, -485, -400);
	assert_int_equal(memory_wrong(&memory, HOME, internal, ARRAY_LENGTH(internal)), 0);
	assert_int_equal(public_wrong(&memory, true, newest, ARRAY_LENGTH(newest)), 0);
	assert_int_equal(public_wrong(&memory, false, later, ARRAY_LENGTH(later)), 0);
	memory_release(&memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_can_be_taken_off_and_leaves_nothing),
		cmocka_unit_test(the_figures_are_in_the_order_of_the_contract),
		cmocka_unit_test(each_indicator_has_its_own_places),
		cmocka_unit_test(the_metrics_are_those_of_the_contract),
		cmocka_unit_test(each_metric_has_a_help_and_leads_to_figures),
		cmocka_unit_test(oirschot_is_as_its_volunteers_described_it),
		cmocka_unit_test(data_quality_counts_records_and_the_delay_of_first_reports),
		cmocka_unit_test(in_public_the_publishing_is_in_no_number_of_data_quality),
		cmocka_unit_test(of_a_rung_the_public_sees_who_was_assessed_soon),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
