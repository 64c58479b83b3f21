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
		const struct values all = { &values, 1 };
		assert_int_equal(values_total(all), table[i].count);
		assert_int_equal(values_quantile(all, 1, 2), table[i].median);
		assert_int_equal(values_quantile(all, 9, 10), table[i].p90);
		free(values.cells);
	}
}

static void two_histograms_are_counted_together(void **state)
{
	static const int32_t first[] = { 1, 5, 5, 9 }, second[] = { 2, 5, 10 };
	/* Together 1, 2, 5, 5, 5, 9, 10. */
	static const int32_t sorted[] = { 1, 2, 5, 5, 5, 9, 10 };
	struct histogram histograms[2] = { histogram_of(first, 4), histogram_of(second, 3) };
	const struct values all = { histograms, 2 };
	(void)state;
	assert_int_equal(values_total(all), 7);
	for (int rank = 1; rank <= 7; rank++)
		assert_int_equal(values_quantile(all, rank, 7), sorted[rank - 1]);
	free(histograms[0].cells);
	free(histograms[1].cells);
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
	} table[] = { { 0, 7, 7 }, { 5, 0, 0 }, { 5, 2, 0 }, { 5, 3, 5 }, { 5, 7, 5 }, { 5, 8, 10 },
		{ 10, 4, 0 }, { 10, 5, 10 }, { 10, 14, 10 }, { 10, 15, 20 } };
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
		/* Of few people nobody shows that all, or none, are so. */
		{ 5, { 22, 0, 0, 0, 0 },
			{ { "yes", "20" }, { "no", "0" }, { "exempt", "0" }, { "share", "null" },
				{ "low", "null" }, { "high", "null" }, { "max", "null" } } },
		{ 5, { 48, 0, 0, 0, 0 },
			{ { "yes", "50" }, { "no", "0" }, { "exempt", "0" }, { "share", "1" },
				{ "low", "null" }, { "high", "null" }, { "max", "1" } } },
		{ 10, { 94, 4, 0, 0, 0 },
			{ { "yes", "90" }, { "no", "0" }, { "exempt", "0" }, { "share", "null" },
				{ "low", "null" }, { "high", "null" }, { "max", "null" } } },
		{ 5, { 0, 12, 13, 0, 0 },
			{ { "yes", "0" }, { "no", "10" }, { "exempt", "0" }, { "share", "null" },
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

static void public_rates_and_shares_of_shown_counts_have_their_nulls(void **state)
{
	static const struct {
		int64_t base;
		double part, whole;
		const char *share, *rate;
	} table[] = {
		{ 0, 3, 2, "1.5", "150" },
		{ 0, 0, 1, "0", "0" },
		{ 0, 0, 0, "null", "null" },
		{ 5, 5, 5, "null", "null" },
		{ 5, 5, 10, "0.5", "50" },
		/* Counts that are rounded alone need not add up; a rate may be over 100. */
		{ 5, 15, 10, "null", "150" },
		{ 5, 55, 50, "1", "110" },
		{ 5, 0, 45, "null", "null" },
		{ 5, 0, 50, "0", "0" },
		{ 10, 90, 90, "null", "100" },
		{ 10, 100, 100, "1", "100" },
		{ 10, 0, 100, "0", "0" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		const struct expected expected[] = { { "a", table[i].share },
			{ "b", table[i].rate } };
		struct figures figures;
		struct arena arena;
		assert_int_equal(arena_init(&arena, FIGURES_ARENA_SIZE), OK);
		figures_init(&figures, &arena, table[i].base);
		figures_share(&figures, "a", table[i].part, table[i].whole);
		figures_per_100(&figures, "b", table[i].part, table[i].whole);
		assert_int_equal(figures_wrong(figures.root, expected, 2), 0);
		arena_release(&arena);
	}
}

/* A curve of `records`, of which `events` have cause 1, one a day from day 40 on. */
struct subject {
	struct histogram histograms[CURVE_HISTOGRAMS];
	struct curve curve;
	struct classes exact;
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
	*subject = (struct subject){ .exact = { .records = records, .reached = events } };
	struct sink sink = { .add = subject_add, .context = subject };
	for (int i = 0; i < records; i++)
		sink_record(&sink, 0,
			&(struct curve_record){ .home = HOME,
				.exit = i < events ? 40 + i : 200,
				.cause = i < events });
	curve_init(&subject->curve, subject->histograms, 0);
}

static void public_curves_are_life_tables_in_steps(void **state)
{
	static const struct {
		int64_t base;
		int records, events;
		enum curve_function function;
		const char *share, *survival, *median;
	} table[] = {
		{ 0, 1, 1, CURVE_FAILURE, "1", "0", "40" },
		{ 0, 4, 1, CURVE_INCIDENCE_1, "0.25", "0.75", "null" },
		/* As shown: 22 are 20, of 25 none but 5. */
		{ 5, 22, 13, CURVE_FAILURE, "null", "null", "null" },
		{ 5, 25, 7, CURVE_FAILURE, "null", "null", "null" },
		/* 20 of 35: 0.571429, a half after 175 days, 5.7 months. */
		{ 5, 37, 18, CURVE_FAILURE, "0.55", "0.45", "183" },
		{ 5, 37, 18, CURVE_INCIDENCE_1, "0.55", "0.45", "183" },
		/* 10 of 40: 0.25; the rest were there to the end. */
		{ 5, 40, 12, CURVE_FAILURE, "0.25", "0.75", "null" },
		{ 10, 44, 20, CURVE_FAILURE, "null", "null", "null" },
		{ 10, 52, 20, CURVE_FAILURE, "0.4", "0.6", "null" },
	};
	static const struct horizon horizon[] = { { .days = 199 } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		const bool coarse = table[i].base != 0;
		const struct expected expected[] = {
			{ "within/0/days", "199" },
			{ "within/0/share", table[i].share },
			{ "median_days", table[i].median },
			{ "lasting/0/share", table[i].survival },
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
		figures_curve(&figures, "within", &subject.curve, table[i].function, &subject.exact,
			(struct horizons){ horizon, 1 });
		figures_curve(&figures, "lasting", &subject.curve, CURVE_SURVIVAL, &subject.exact,
			(struct horizons){ horizon, 1 });
		size_t wrong = figures_wrong(figures.root, expected, coarse ? 7 : 4);
		if (wrong != 0)
			print_error("of row %zu\n", i);
		assert_int_equal(wrong, 0);
		arena_release(&arena);
		for (size_t j = 0; j < CURVE_HISTOGRAMS; j++)
			free(subject.histograms[j].cells);
	}
}

/* Every number is null, and the shape is as ever. */
static void what_is_hidden_keeps_its_shape(void **state)
{
	static const struct expected expected[] = {
		{ "rung", "4" },
		{ "people", "null" },
		{ "already", "null" },
		{ "reached", "null" },
		{ "share", "null" },
		{ "years", "null" },
		{ "rate", "null" },
		{ "mean", "null" },
		{ "days", "null" },
		{ "within/0/months", "12" },
		{ "within/0/days", "365" },
		{ "within/0/share", "null" },
		{ "median_days", "null" },
		{ "after", "55" },
		{ "within_already", "null" },
	};
	static const struct horizon year[] = { { 12, 365 } };
	struct subject subject;
	struct figures figures;
	struct arena arena;
	(void)state;
	subject_init(&subject, 60, 20);
	assert_int_equal(arena_init(&arena, FIGURES_ARENA_SIZE), OK);
	figures_init(&figures, &arena, 5);
	assert_false(figures_have_windows(&figures));
	figures_hide(&figures, true);
	figures_integer(&figures, "rung", 4);
	assert_int_equal(figures_count(&figures, "people", 53), 55);
	figures_internal(&figures, "already", 7);
	figures_given(&figures, "reached", 20);
	figures_share(&figures, "share", 20, 50);
	assert_true(figures_amount(&figures, "years", 53, 1) == 55);
	figures_per_100(&figures, "rate", 20, 50);
	figures_mean(&figures, "mean", 30, 20, 20, 0.5);
	figures_quantile(&figures, "days", (struct values){ subject.histograms, 1 }, 1, 2, 60, 7);
	figures_curve(&figures, "within", &subject.curve, CURVE_INCIDENCE_1, &subject.exact,
		(struct horizons){ year, 1 });
	figures_hide(&figures, false);
	figures_count(&figures, "after", 53);
	figures_internal(&figures, "within_already", 7);
	assert_int_equal(figures_wrong(figures.root, expected, ARRAY_LENGTH(expected)), 0);
	figures.newest_quarter = true;
	assert_true(figures_have_windows(&figures));
	figures.round_to = 0;
	figures.newest_quarter = false;
	assert_true(figures_have_windows(&figures));
	arena_release(&arena);
	for (size_t j = 0; j < CURVE_HISTOGRAMS; j++)
		free(subject.histograms[j].cells);
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
		figures_quantile(&figures, "q", (struct values){ &values, 1 }, 1, 2, shown, 7);
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
		{ "indicators/steps/1/share", "null" },
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
		cmocka_unit_test(two_histograms_are_counted_together),
		cmocka_unit_test(a_tree_keeps_the_order_in_which_it_is_built),
		cmocka_unit_test(public_counts_are_multiples_of_the_base_halves_up),
		cmocka_unit_test(public_shares_come_from_shown_counts),
		cmocka_unit_test(public_rates_and_shares_of_shown_counts_have_their_nulls),
		cmocka_unit_test(public_curves_are_life_tables_in_steps),
		cmocka_unit_test(what_is_hidden_keeps_its_shape),
		cmocka_unit_test(public_means_and_quantiles_need_people_and_come_in_steps),
		cmocka_unit_test(a_moved_count_takes_its_shares_with_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
