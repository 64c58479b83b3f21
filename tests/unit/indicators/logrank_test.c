/*
 * tests/unit/indicators/logrank_test.c - the log-rank test against published
 * numbers and a naive twin.
 */
#include "tests/unit/indicator_memory.h"

#include "indicators/logrank.h"

#include <math.h>

struct record {
	unsigned group;
	int32_t entry;
	int32_t exit;
	unsigned cause;
};

struct subject {
	struct histogram histograms[LOGRANK_GROUPS_MAX][CURVE_HISTOGRAMS];
	struct logrank logrank;
};

struct place {
	struct subject *subject;
	unsigned group;
};

static void subject_add(
	void *context, uint16_t part, bool histogram, unsigned place, int32_t at, int64_t units)
{
	struct place *own = context;
	assert_true(histogram);
	if (part == PART_ALL)
		histogram_add(&own->subject->histograms[own->group][place], at, units);
}

/* Tests cause 1 over the first `groups` groups. */
static void subject_init(
	struct subject *subject, const struct record *records, size_t count, unsigned groups)
{
	const struct histogram *histograms[LOGRANK_GROUPS_MAX];
	*subject = (struct subject){ 0 };
	for (size_t i = 0; i < count; i++) {
		struct place place = { subject, records[i].group };
		struct sink sink = { .add = subject_add, .context = &place };
		CHECK(records[i].group < groups);
		if (records[i].entry < records[i].exit)
			sink_record(&sink, 0,
				&(struct curve_record){ .home = HOME,
					.entry = records[i].entry,
					.exit = records[i].exit,
					.cause = records[i].cause });
	}
	for (unsigned g = 0; g < groups; g++)
		histograms[g] = subject->histograms[g];
	logrank_init(&subject->logrank, histograms, groups, 1);
}

static void subject_release(struct subject *subject)
{
	for (size_t g = 0; g < LOGRANK_GROUPS_MAX; g++) {
		for (size_t i = 0; i < CURVE_HISTOGRAMS; i++)
			free(subject->histograms[g][i].cells);
	}
}

/* Equal to 10 digits. */
static void assert_near(double value, double expected)
{
	bool near = fabs(value - expected) <= 1e-10 * (1 + fabs(expected));
	if (!near)
		print_error("%.12f is not %.12f\n", value, expected);
	assert_true(near);
}

/* Freireich (1963): remission in weeks, 6-MP (0) and placebo (1). */
static const struct record freireich[] = {
	{ 0, 0, 6, 1 },
	{ 0, 0, 6, 1 },
	{ 0, 0, 6, 1 },
	{ 0, 0, 7, 1 },
	{ 0, 0, 10, 1 },
	{ 0, 0, 13, 1 },
	{ 0, 0, 16, 1 },
	{ 0, 0, 22, 1 },
	{ 0, 0, 23, 1 },
	{ 0, 0, 6, 0 },
	{ 0, 0, 9, 0 },
	{ 0, 0, 10, 0 },
	{ 0, 0, 11, 0 },
	{ 0, 0, 17, 0 },
	{ 0, 0, 19, 0 },
	{ 0, 0, 20, 0 },
	{ 0, 0, 25, 0 },
	{ 0, 0, 32, 0 },
	{ 0, 0, 32, 0 },
	{ 0, 0, 34, 0 },
	{ 0, 0, 35, 0 },
	{ 1, 0, 1, 1 },
	{ 1, 0, 1, 1 },
	{ 1, 0, 2, 1 },
	{ 1, 0, 2, 1 },
	{ 1, 0, 3, 1 },
	{ 1, 0, 4, 1 },
	{ 1, 0, 4, 1 },
	{ 1, 0, 5, 1 },
	{ 1, 0, 5, 1 },
	{ 1, 0, 8, 1 },
	{ 1, 0, 8, 1 },
	{ 1, 0, 8, 1 },
	{ 1, 0, 8, 1 },
	{ 1, 0, 11, 1 },
	{ 1, 0, 11, 1 },
	{ 1, 0, 12, 1 },
	{ 1, 0, 12, 1 },
	{ 1, 0, 15, 1 },
	{ 1, 0, 17, 1 },
	{ 1, 0, 22, 1 },
	{ 1, 0, 23, 1 },
};

/* R's `ovarian` (Edmunson 1979), grouped by treatment + 2 * performance status, both from 0. */
static const struct record ovarian[] = {
	{ 0, 0, 59, 1 },
	{ 0, 0, 115, 1 },
	{ 2, 0, 156, 1 },
	{ 1, 0, 421, 0 },
	{ 0, 0, 431, 1 },
	{ 2, 0, 448, 0 },
	{ 3, 0, 464, 1 },
	{ 3, 0, 475, 1 },
	{ 0, 0, 477, 0 },
	{ 3, 0, 563, 1 },
	{ 2, 0, 638, 1 },
	{ 1, 0, 744, 0 },
	{ 3, 0, 769, 0 },
	{ 1, 0, 770, 0 },
	{ 0, 0, 803, 0 },
	{ 2, 0, 855, 0 },
	{ 2, 0, 1040, 0 },
	{ 0, 0, 1106, 0 },
	{ 1, 0, 1129, 0 },
	{ 1, 0, 1206, 0 },
	{ 3, 0, 1227, 0 },
	{ 2, 0, 268, 1 },
	{ 0, 0, 329, 1 },
	{ 3, 0, 353, 1 },
	{ 1, 0, 365, 1 },
	{ 1, 0, 377, 0 },
};

static void freireichs_arms_differ_as_published(void **state)
{
	struct subject subject;
	(void)state;
	subject_init(&subject, freireich, ARRAY_LENGTH(freireich), 2);
	const struct logrank *logrank = &subject.logrank;
	assert_int_equal(logrank->degrees, 1);
	assert_near(logrank->statistic, 16.7929409892165);
	assert_near(logrank->p * 1e5, 4.16880910933453);
	assert_int_equal(logrank->groups[0].observed, 9);
	assert_int_equal(logrank->groups[1].observed, 21);
	assert_near(logrank->groups[0].expected, 19.2505009480311);
	assert_near(logrank->groups[1].expected, 10.7494990519689);
	subject_release(&subject);
}

static void four_groups_of_ovarian_differ_as_r_has_it(void **state)
{
	struct subject subject;
	(void)state;
	subject_init(&subject, ovarian, ARRAY_LENGTH(ovarian), 4);
	assert_int_equal(subject.logrank.degrees, 3);
	assert_near(subject.logrank.statistic, 3.02821312080831);
	assert_near(subject.logrank.p, 0.387295689797892);
	subject_release(&subject);
}

/* The delayed entries of spec/indicators.md; R: coxph(Surv(entry, exit, cause) ~ group, ties =
 * "exact"). */
static void delayed_entry_counts_only_those_at_risk(void **state)
{
	static const struct record records[] = { { 0, 0, 4, 1 }, { 1, 0, 6, 1 }, { 0, 2, 5, 1 },
		{ 1, 3, 9, 0 }, { 0, 5, 10, 1 }, { 1, 0, 8, 1 }, { 0, 4, 7, 0 }, { 1, 1, 3, 1 } };
	struct subject subject;
	(void)state;
	subject_init(&subject, records, ARRAY_LENGTH(records), 2);
	assert_int_equal(subject.logrank.degrees, 1);
	assert_near(subject.logrank.statistic, 0.00375939849624057);
	subject_release(&subject);
}

static void another_cause_censors(void **state)
{
	struct record records[ARRAY_LENGTH(freireich)];
	struct subject subject;
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(records); i++) {
		records[i] = freireich[i];
		if (records[i].cause == 0)
			records[i].cause = 2;
	}
	subject_init(&subject, records, ARRAY_LENGTH(records), 2);
	assert_near(subject.logrank.statistic, 16.7929409892165);
	subject_release(&subject);
}

static void groups_never_at_risk_at_an_event_are_left_out(void **state)
{
	struct record records[ARRAY_LENGTH(freireich) + 2];
	struct subject subject;
	(void)state;
	/* Freireich's arms as groups 3 and 1; 0 leaves too early, 4 comes too late, 2 is empty. */
	for (size_t i = 0; i < ARRAY_LENGTH(freireich); i++) {
		records[i] = freireich[i];
		records[i].group = freireich[i].group == 0 ? 3 : 1;
		records[i].entry += 5;
		records[i].exit += 5;
	}
	records[ARRAY_LENGTH(freireich)] = (struct record){ 0, 0, 5, 0 };
	records[ARRAY_LENGTH(freireich) + 1] = (struct record){ 4, 28, 50, 0 };
	subject_init(&subject, records, ARRAY_LENGTH(records), 5);
	assert_int_equal(subject.logrank.degrees, 1);
	assert_near(subject.logrank.statistic, 16.7929409892165);
	subject_release(&subject);
}

static void sets_of_groups_that_never_meet_are_each_compared_within(void **state)
{
	struct record records[2 * ARRAY_LENGTH(freireich)];
	struct subject subject;
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(freireich); i++) {
		records[2 * i] = freireich[i];
		records[2 * i].group *= 3;
		records[2 * i + 1] = freireich[i];
		records[2 * i + 1].group += 1;
		records[2 * i + 1].entry += 100;
		records[2 * i + 1].exit += 100;
	}
	subject_init(&subject, records, ARRAY_LENGTH(records), 4);
	assert_int_equal(subject.logrank.degrees, 2);
	assert_near(subject.logrank.statistic, 2 * 16.7929409892165);
	subject_release(&subject);
}

static void with_nothing_to_compare_all_is_null(void **state)
{
	static const struct {
		struct record records[3];
		size_t count;
		unsigned groups;
	} table[] = {
		{ { { 0 } }, 0, 0 },
		{ { { 0 } }, 0, LOGRANK_GROUPS_MAX },
		{ { { 0, 0, 4, 1 }, { 0, 0, 5, 1 } }, 2, 1 },
		{ { { 0, 0, 4, 1 }, { 0, 0, 5, 1 } }, 2, 2 },
		{ { { 0, 0, 4, 0 }, { 1, 0, 5, 2 } }, 2, 2 },
		{ { { 0, 0, 5, 1 }, { 1, 0, 5, 1 }, { 1, 0, 4, 0 } }, 3, 2 },
		{ { { 0, 0, 5, 1 }, { 1, 5, 9, 1 } }, 2, 2 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct subject subject;
		subject_init(&subject, table[i].records, table[i].count, table[i].groups);
		assert_int_equal(subject.logrank.degrees, 0);
		assert_true(isnan(subject.logrank.statistic));
		assert_true(isnan(subject.logrank.p));
		subject_release(&subject);
	}
}

/* qchisq(0.95, degrees), and pchisq(200, degrees, lower.tail = FALSE), of R. */
static void chi_square_is_as_tabulated(void **state)
{
	static const struct {
		unsigned degrees;
		double above_5_percent;
		double p_of_200;
	} table[] = {
		{ 1, 3.84145882069412, 2.08848758376254e-45 },
		{ 2, 5.99146454710798, 3.72007597602084e-44 },
		{ 3, 7.81472790325118, 4.21854110719204e-43 },
		{ 4, 9.48772903678115, 3.75727673578104e-42 },
		{ 5, 11.0704976935164, 2.84062289864153e-41 },
		{ 10, 18.3070380532751, 1.61393053369773e-37 },
		{ 31, 44.9853432803651, 1.2969167894686e-26 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		unsigned degrees = table[i].degrees;
		assert_near(chi_square_above(table[i].above_5_percent, degrees), 0.05);
		assert_near(chi_square_above(200, degrees) / table[i].p_of_200, 1);
	}
	for (unsigned degrees = 1; degrees < LOGRANK_GROUPS_MAX; degrees++) {
		assert_true(chi_square_above(0, degrees) == 1);
		assert_true(chi_square_above(1e4, degrees) == 0);
		assert_true(chi_square_above(1e-12, degrees) <= 1);
	}
}

/* The formulas as they stand, by Gauss's elimination; all groups meet. */
#define NAIVE_GROUPS 4

static double naive_statistic(const struct record *records, int count)
{
	double v[NAIVE_GROUPS][NAIVE_GROUPS] = { { 0 } };
	double u[NAIVE_GROUPS] = { 0 };
	for (int32_t t = 1; t <= 60; t++) {
		double n = 0, d = 0, at_risk[NAIVE_GROUPS] = { 0 }, events[NAIVE_GROUPS] = { 0 };
		for (int i = 0; i < count; i++) {
			bool there = records[i].entry < t && t <= records[i].exit;
			bool event = there && records[i].exit == t && records[i].cause == 1;
			at_risk[records[i].group] += there;
			events[records[i].group] += event;
			n += there;
			d += event;
		}
		for (int g = 0; g < NAIVE_GROUPS && d > 0; g++) {
			u[g] += events[g] - d * at_risk[g] / n;
			for (int h = 0; h < NAIVE_GROUPS && n > 1; h++)
				v[g][h] += d * (n - d) / (n - 1) * at_risk[g] / n *
					   ((g == h) - at_risk[h] / n);
		}
	}
	/* u' V^-1 u without the last group: what is left of the corner after elimination. */
	double statistic = 0;
	for (int g = 0; g < NAIVE_GROUPS - 1; g++) {
		assert_true(v[g][g] > 1e-9);
		statistic += u[g] * u[g] / v[g][g];
		for (int h = g + 1; h < NAIVE_GROUPS - 1; h++) {
			double part = v[h][g] / v[g][g];
			u[h] -= part * u[g];
			for (int i = g + 1; i < NAIVE_GROUPS - 1; i++)
				v[h][i] -= part * v[g][i];
		}
	}
	return statistic;
}

static void statistics_of_random_records_are_those_of_a_naive_twin(void **state)
{
	unsigned seed = seed_of_now();
	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	for (int round = 0; round < 300; round++) {
		struct record records[100];
		int span = 5 + rand() % 40;
		int late = rand() % 3;
		for (unsigned i = 0; i < ARRAY_LENGTH(records); i++) {
			int32_t entry = rand() % 3 < late ? rand() % 10 : 0;
			records[i] = (struct record){ i % NAIVE_GROUPS, entry,
				entry + rand() % span + (int32_t)i % NAIVE_GROUPS,
				(unsigned)rand() % 3 };
		}
		struct subject subject;
		subject_init(&subject, records, ARRAY_LENGTH(records), NAIVE_GROUPS);
		assert_int_equal(subject.logrank.degrees, NAIVE_GROUPS - 1);
		assert_near(
			subject.logrank.statistic, naive_statistic(records, ARRAY_LENGTH(records)));
		subject_release(&subject);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(freireichs_arms_differ_as_published),
		cmocka_unit_test(four_groups_of_ovarian_differ_as_r_has_it),
		cmocka_unit_test(delayed_entry_counts_only_those_at_risk),
		cmocka_unit_test(another_cause_censors),
		cmocka_unit_test(groups_never_at_risk_at_an_event_are_left_out),
		cmocka_unit_test(sets_of_groups_that_never_meet_are_each_compared_within),
		cmocka_unit_test(with_nothing_to_compare_all_is_null),
		cmocka_unit_test(chi_square_is_as_tabulated),
		cmocka_unit_test(statistics_of_random_records_are_those_of_a_naive_twin),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
