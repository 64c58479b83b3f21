/*
 * tests/unit/indicators/figures_test.c - the tree, nearest ranks, and the public profile.
 */
#include "tests/unit/indicator_memory.h"

#include <math.h>

static struct histogram histogram_of(const int32_t *values, size_t count)
{
	struct histogram histogram = { 0 };
	for (size_t i = 0; i < count; i++)
		histogram_add(&histogram, values[i], 1);
	return histogram;
}

static void a_quantile_is_the_value_of_nearest_rank(void **state)
{
	static const struct {
		int32_t values[11];
		size_t count;
		int32_t median;
		int32_t p90;
	} table[] = {
		{ { 0 }, 0, DAY_NULL, DAY_NULL },
		{ { 7 }, 1, 7, 7 },
		{ { 7, 9 }, 2, 7, 9 },
		{ { 9, 8, 7 }, 3, 8, 9 },
		{ { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, 10, 5, 9 },
		{ { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }, 11, 6, 10 },
		{ { -1, 4, 4, 4, 4 }, 5, 4, 4 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct histogram values = histogram_of(table[i].values, table[i].count);
		assert_int_equal(histogram_total(&values), table[i].count);
		assert_int_equal(histogram_quantile(&values, 1, 2), table[i].median);
		assert_int_equal(histogram_quantile(&values, 9, 10), table[i].p90);
		free(values.cells);
	}
}

static void a_tree_keeps_the_order_in_which_it_is_built(void **state)
{
	static const struct expected expected[] = {
		{ "a", "1" },
		{ "b/0/c", "null" },
		{ "b/1", "0.25" },
		{ "b/2", "nothing" },
		{ "d", "text" },
		{ "e", "null" },
		{ "f", "-3" },
	};
	struct figures figures;
	struct arena arena;
	(void)state;
	assert_int_equal(arena_init(&arena, FIGURES_ARENA_SIZE), OK);
	figures_init(&figures, &arena, 0);
	assert_false(figures_are_public(&figures));
	figures_integer(&figures, "a", 1);
	figures_array(&figures, "b");
	figures_object(&figures, NULL);
	figures_null(&figures, "c");
	figures_end(&figures);
	figures_number(&figures, NULL, 0.25);
	figures_end(&figures);
	figures_text(&figures, "d", "text");
	figures_number(&figures, "e", NAN);
	figures_days(&figures, "f", -3);
	assert_int_equal(figures_wrong(figures.root, expected, ARRAY_LENGTH(expected)), 0);
	assert_null(figure_child(figures.root, "c"));
	assert_string_equal(figures.root->as.first->next->next->next->key, "e");
	arena_release(&arena);
}

static void public_counts_are_multiples_of_the_base_halves_up(void **state)
{
	static const struct {
		int64_t base, count, shown;
	} table[] = { { 0, 7, 7 }, { 3, 1, 0 }, { 3, 2, 3 }, { 3, 4, 3 }, { 5, 0, 0 }, { 5, 2, 0 },
		{ 5, 3, 5 }, { 5, 7, 5 }, { 5, 8, 10 }, { 10, 4, 0 }, { 10, 5, 10 }, { 10, 14, 10 },
		{ 10, 15, 20 } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct figures figures;
		struct arena arena;
		assert_int_equal(arena_init(&arena, FIGURES_ARENA_SIZE), OK);
		figures_init(&figures, &arena, table[i].base);
		assert_int_equal(figures_shown(&figures, "", table[i].count), table[i].shown);
		assert_int_equal(figures_count(&figures, "a", table[i].count), table[i].shown);
		double amount =
			figures_amount(&figures, "b", table[i].count * UNITS_WHOLE, UNITS_WHOLE);
		assert_true(fabs(amount - (double)table[i].shown) < 1e-12);
		arena_release(&arena);
	}
}

/* What one row of people_share() shows. */
static void public_shares_come_from_shown_counts(void **state)
{
	static const struct {
		int64_t base;
		struct people_share share;
		struct expected expected[7];
	} table[] = {
		{ 0, { 6, 3, 1, 2, 4 },
			{ { "yes", "6" }, { "no", "3" }, { "exempt", "2" }, { "share", "0.6" },
				{ "low", "0.312674" }, { "high", "0.83182" }, { "max", "0.7" } } },
		{ 0, { 0, 0, 0, 2, 4 },
			{ { "yes", "0" }, { "no", "0" }, { "exempt", "2" }, { "share", "null" },
				{ "low", "null" }, { "high", "null" }, { "max", "null" } } },
		/* 13, 8 and 2 are shown as 15, 10 and 0: N is 25, not 23. */
		{ 5, { 13, 8, 2, 2, 8 },
			{ { "yes", "15" }, { "no", "10" }, { "exempt", "0" }, { "share", "0.6" },
				{ "low", "null" }, { "high", "null" }, { "max", "0.6" } } },
		{ 5, { 3, 3, 2, 0, 0 },
			{ { "yes", "5" }, { "no", "5" }, { "exempt", "0" }, { "share", "0.5" },
				{ "low", "null" }, { "high", "null" }, { "max", "0.5" } } },
		/* Nine people, but shown they are under 2b. */
		{ 5, { 7, 2, 0, 0, 0 },
			{ { "yes", "5" }, { "no", "0" }, { "exempt", "0" }, { "share", "null" },
				{ "low", "null" }, { "high", "null" }, { "max", "null" } } },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct figures figures;
		struct arena arena;
		assert_int_equal(arena_init(&arena, FIGURES_ARENA_SIZE), OK);
		figures_init(&figures, &arena, table[i].base);
		figures_people_share(&figures, &table[i].share);
		struct expected expected[7];
		memcpy(expected, table[i].expected, sizeof(expected));
		assert_int_equal(figures_wrong(figures.root, expected, 7), 0);
		arena_release(&arena);
	}
}

/* A curve of `records`, of which `events` have cause 1, one a day from day 40 on. */
struct subject {
	struct histogram histograms[CURVE_HISTOGRAMS];
	struct curve curve;
};

static void subject_add(
	void *context, uint16_t part, bool histogram, unsigned place, int32_t at, int64_t units)
{
	struct subject *subject = context;
	assert_true(histogram);
	if (part == PART_ALL)
		histogram_add(&subject->histograms[place], at, units);
}

static void subject_init(struct subject *subject, int records, int events)
{
	*subject = (struct subject){ 0 };
	struct sink sink = { .add = subject_add, .context = subject };
	for (int i = 0; i < records; i++)
		sink_record(&sink, HOME, 0, 0, i < events ? 40 + i : 200, i < events);
	curve_init(&subject->curve, subject->histograms, 0);
}

static void public_curves_need_records_and_events_and_are_coarse(void **state)
{
	static const struct {
		int64_t base;
		int records, events;
		const char *share, *median;
	} table[] = {
		{ 0, 1, 1, "1", "40" },
		/* As shown: 24 are 25, 9 are 10. */
		{ 5, 22, 13, "null", "null" },
		{ 5, 24, 13, "0.5", "61" },
		{ 5, 25, 7, "null", "null" },
		{ 5, 25, 9, "0.4", "null" },
		{ 5, 25, 10, "0.4", "null" },
		/* Half of 26 on day 52: two months are 61 days. */
		{ 5, 26, 13, "0.5", "61" },
		{ 5, 47, 12, "0.3", "null" },
		{ 5, 50, 12, "0.25", "null" },
		{ 5, 60, 13, "0.2", "null" },
		/* Halves go up: 0.45, and 0.225. */
		{ 5, 40, 18, "0.5", "null" },
		{ 5, 80, 18, "0.25", "null" },
		{ 3, 13, 7, "null", "null" },
		{ 3, 15, 6, "0.4", "null" },
		{ 10, 44, 20, "null", "null" },
		{ 10, 50, 14, "null", "null" },
		{ 10, 50, 20, "0.4", "null" },
	};
	static const struct horizon horizon[] = { { .days = 200 } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct expected expected[] = {
			{ "within/0/days", "200" },
			{ "within/0/share", table[i].share },
			{ "median_days", table[i].median },
			{ "within/0/low", "null" },
			{ "within/0/high", "null" },
			{ "median_high", "null" },
		};
		struct subject subject;
		struct figures figures;
		struct arena arena;
		subject_init(&subject, table[i].records, table[i].events);
		assert_int_equal(arena_init(&arena, FIGURES_ARENA_SIZE), OK);
		figures_init(&figures, &arena, table[i].base);
		/* With one cause these are the same figures, each by its own rule. */
		enum curve_function function = i % 2 == 0 ? CURVE_FAILURE : CURVE_INCIDENCE_1;
		const struct basis basis = { figures_shown(&figures, "", table[i].records),
			figures_shown(&figures, "", table[i].events) };
		figures_estimates(&figures, "within", &subject.curve, function, &basis, horizon, 1);
		figures_medians(&figures, &subject.curve, function, &basis);
		if (figures_wrong(figures.root, expected, ARRAY_LENGTH(expected)) != 0)
			print_error("of row %zu\n", i);
		assert_int_equal(figures_wrong(figures.root, expected, 6), 0);
		arena_release(&arena);
		for (size_t j = 0; j < CURVE_HISTOGRAMS; j++)
			free(subject.histograms[j].cells);
	}
}

static void public_means_and_quantiles_need_people_and_come_in_steps(void **state)
{
	static const struct {
		int64_t base;
		int32_t value;
		int count;
		const char *quantile, *mean;
	} table[] = {
		{ 0, 10, 10, "10", "10.3" },
		{ 5, 10, 7, "null", "null" },
		{ 5, 10, 10, "7", "10.5" },
		{ 5, 11, 10, "14", "11.5" },
		{ 5, -1, 10, "0", "-0.5" },
		{ 5, -4, 10, "-7", "-3.5" },
		{ 10, 10, 14, "null", "null" },
		{ 10, 10, 20, "7", "10.5" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct expected expected[] = { { "q", table[i].quantile }, { "m", table[i].mean } };
		struct histogram values = { 0 };
		struct figures figures;
		struct arena arena;
		assert_int_equal(arena_init(&arena, FIGURES_ARENA_SIZE), OK);
		figures_init(&figures, &arena, table[i].base);
		histogram_add(&values, table[i].value, table[i].count);
		int64_t shown = figures_shown(&figures, "", table[i].count);
		figures_quantile(&figures, "q", &values, 1, 2, shown, 7);
		/* Three in ten are one more. */
		figures_mean(&figures, "m",
			table[i].value * table[i].count + table[i].count * 3 / 10, table[i].count,
			shown, 0.5);
		assert_int_equal(figures_wrong(figures.root, expected, 2), 0);
		arena_release(&arena);
		free(values.cells);
	}
}

/* One count is moved wherever it is shown, and what follows from it follows. */
static void a_moved_count_takes_its_shares_with_it(void **state)
{
	static const struct count_moves moves = { 6, {
							     { "population.persons", 1 },
							     { "steps.3.climbed", -1 },
							     { "place.by.SELF.jobs*", 1 },
							     { "levels.B1.people", 1 },
							     { "nowhere.people", 1 },
							     { "place.mean", -2 },
						     } };
	static const struct expected expected[] = {
		{ "population/persons", "15" },
		{ "population/others", "10" },
		{ "indicators/steps/0/climbed", "5" },
		{ "indicators/steps/1/climbed", "0" },
		{ "indicators/steps/1/share", "0" },
		{ "indicators/levels/0/people", "15" },
		{ "indicators/place/by/SELF/jobs", "10" },
		{ "indicators/place/by/SELF/people", "15" },
		{ "indicators/place/mean", "2" },
		{ "indicators/place/other_mean", "3" },
	};
	struct figures figures;
	struct arena arena;
	(void)state;
	assert_int_equal(arena_init(&arena, FIGURES_ARENA_SIZE), OK);
	figures_init(&figures, &arena, 5);
	figures.moves = &moves;
	figures_object(&figures, "population");
	int64_t persons = figures_count(&figures, "persons", 11);
	assert_int_equal(figures_count(&figures, "others", 11), 10);
	figures_end(&figures);
	figures_object(&figures, "indicators");
	figures_array(&figures, "steps");
	for (int rung = 2; rung <= 3; rung++) {
		figures_object(&figures, NULL);
		figures_integer(&figures, "rung", rung);
		int64_t climbed = figures_count(&figures, "climbed", 6);
		figures_share(&figures, "share", (double)climbed, (double)persons);
		figures_end(&figures);
	}
	figures_end(&figures);
	figures_array(&figures, "levels");
	figures_object(&figures, NULL);
	figures_text(&figures, "level", "B1");
	figures_count(&figures, "people", 11);
	figures_end(&figures);
	figures_end(&figures);
	figures_object(&figures, "place");
	figures_mean(&figures, "mean", 33, 11, 10, 0.5);
	figures_mean(&figures, "other_mean", 33, 11, 10, 0.5);
	figures_object(&figures, "by");
	figures_object(&figures, "SELF");
	assert_true(figures_amount(&figures, "jobs", 9, 2) == 10);
	assert_int_equal(figures_count_again(&figures, "people", "population.persons", 11), 15);
	figures_end(&figures);
	figures_end(&figures);
	figures_end(&figures);
	figures_end(&figures);
	assert_int_equal(figures_wrong(figures.root, expected, ARRAY_LENGTH(expected)), 0);
	/* What is internal is never moved. */
	figures.round_to = 0;
	assert_int_equal(figures_shown(&figures, "population.persons", 11), 11);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quantile_is_the_value_of_nearest_rank),
		cmocka_unit_test(a_tree_keeps_the_order_in_which_it_is_built),
		cmocka_unit_test(public_counts_are_multiples_of_the_base_halves_up),
		cmocka_unit_test(public_shares_come_from_shown_counts),
		cmocka_unit_test(public_curves_need_records_and_events_and_are_coarse),
		cmocka_unit_test(public_means_and_quantiles_need_people_and_come_in_steps),
		cmocka_unit_test(a_moved_count_takes_its_shares_with_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
