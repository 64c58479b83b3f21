/*
 * tests/unit/indicators/curve_test.c - curves against the literature, and against a naive twin.
 */
#include "tests/unit/indicator_memory.h"

#include "indicators/curve.h"

#include <math.h>

#define EPSILON 5e-7 /* the numbers of the literature have six decimals */

struct record {
	int32_t entry;
	int32_t exit;
	unsigned cause;
};

/* A curve on records; those never at risk stay out, as spec/indicators.md has it. */
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

static void subject_init(
	struct subject *subject, const struct record *records, size_t count, int64_t at_risk_min)
{
	*subject = (struct subject){ 0 };
	struct sink sink = { .add = subject_add, .context = subject };
	for (size_t i = 0; i < count; i++) {
		if (records[i].entry < records[i].exit)
			sink_record(&sink, 0,
				&(struct curve_record){ .home = HOME,
					.entry = records[i].entry,
					.exit = records[i].exit,
					.cause = records[i].cause });
	}
	curve_init(&subject->curve, subject->histograms, at_risk_min);
}

static void subject_release(struct subject *subject)
{
	for (size_t i = 0; i < CURVE_HISTOGRAMS; i++)
		free(subject->histograms[i].cells);
}

static void assert_near(double value, double expected, double epsilon)
{
	bool near = fabs(value - expected) <= epsilon;
	if (!near)
		print_error("%.9f is not %.9f\n", value, expected);
	assert_true(near);
}

static bool is_null(double value)
{
	return isnan(value);
}

static void assert_estimate(
	const struct curve *curve, enum curve_function function, int32_t days, double expected)
{
	assert_near(curve_estimate(curve, function, days).value, expected, EPSILON);
}

static const struct record freireich[] = {
	{ 0, 6, 1 },
	{ 0, 6, 1 },
	{ 0, 6, 1 },
	{ 0, 7, 1 },
	{ 0, 10, 1 },
	{ 0, 13, 1 },
	{ 0, 16, 1 },
	{ 0, 22, 1 },
	{ 0, 23, 1 },
	{ 0, 6, 0 },
	{ 0, 9, 0 },
	{ 0, 10, 0 },
	{ 0, 11, 0 },
	{ 0, 17, 0 },
	{ 0, 19, 0 },
	{ 0, 20, 0 },
	{ 0, 25, 0 },
	{ 0, 32, 0 },
	{ 0, 32, 0 },
	{ 0, 34, 0 },
	{ 0, 35, 0 },
};

static void survival_of_freireichs_arm_is_as_published(void **state)
{
	static const struct {
		int32_t days;
		double survival;
	} published[] = {
		{ 0, 1 },
		{ 5, 1 },
		{ 6, .857143 },
		{ 7, .806723 },
		{ 9, .806723 },
		{ 10, .752941 },
		{ 13, .690196 },
		{ 16, .627451 },
		{ 22, .537815 },
		{ 23, .448179 },
		{ 35, .448179 },
	};
	struct subject subject;
	(void)state;
	subject_init(&subject, freireich, ARRAY_LENGTH(freireich), 0);
	assert_int_equal(subject.curve.records, 21);
	assert_int_equal(subject.curve.events[0], 9);
	assert_int_equal(subject.curve.exit_last, 35);
	for (size_t i = 0; i < ARRAY_LENGTH(published); i++) {
		assert_estimate(
			&subject.curve, CURVE_SURVIVAL, published[i].days, published[i].survival);
		assert_estimate(&subject.curve, CURVE_FAILURE, published[i].days,
			1 - published[i].survival);
	}
	struct estimate last = curve_estimate(&subject.curve, CURVE_SURVIVAL, 23);
	assert_near(last.low, .188052, EPSILON);
	assert_near(last.high, .680143, EPSILON);
	struct estimate failure = curve_estimate(&subject.curve, CURVE_FAILURE, 23);
	assert_near(failure.low, 1 - .680143, EPSILON);
	assert_near(failure.high, 1 - .188052, EPSILON);
	subject_release(&subject);
}

static void half_time_of_freireichs_arm_is_23_from_13_to_none(void **state)
{
	struct subject subject;
	(void)state;
	subject_init(&subject, freireich, ARRAY_LENGTH(freireich), 0);
	for (enum curve_function function = CURVE_SURVIVAL; function <= CURVE_FAILURE; function++) {
		struct median median = curve_median(&subject.curve, function);
		assert_int_equal(median.days, 23);
		assert_int_equal(median.low, 13);
		assert_int_equal(median.high, DAY_NULL);
	}
	subject_release(&subject);
}

static void delayed_entry_counts_only_those_at_risk(void **state)
{
	static const struct record records[] = { { 0, 4, 1 }, { 0, 6, 1 }, { 2, 5, 1 }, { 3, 9, 0 },
		{ 5, 10, 1 }, { 0, 8, 1 }, { 4, 7, 0 }, { 1, 3, 1 } };
	static const struct {
		int32_t days;
		double survival;
	} published[] = { { 2, 1 }, { 3, .8 }, { 4, .64 }, { 5, .512 }, { 6, .4096 },
		{ 8, .273067 }, { 10, 0 } };
	struct subject subject;
	(void)state;
	subject_init(&subject, records, ARRAY_LENGTH(records), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(published); i++)
		assert_estimate(
			&subject.curve, CURVE_SURVIVAL, published[i].days, published[i].survival);
	/* S is 0 at 10: later than the last exit it still is. */
	assert_estimate(&subject.curve, CURVE_SURVIVAL, 1000, 0);
	subject_release(&subject);
}

static void competing_risks_are_as_published(void **state)
{
	static const struct record records[] = { { 0, 1, 0 }, { 0, 2, 1 }, { 0, 2, 0 }, { 0, 3, 2 },
		{ 0, 3, 0 }, { 0, 3, 2 }, { 0, 5, 0 }, { 0, 6, 2 } };
	struct subject subject;
	(void)state;
	subject_init(&subject, records, ARRAY_LENGTH(records), 0);
	const struct curve *curve = &subject.curve;
	assert_estimate(curve, CURVE_INCIDENCE_1, 1, 0);
	for (int32_t days = 2; days <= 6; days++) {
		struct estimate one = curve_estimate(curve, CURVE_INCIDENCE_1, days);
		assert_near(one.value, 1.0 / 7, 1e-12);
		if (days < 6)
			assert_near(one.error, .132260, EPSILON);
	}
	assert_estimate(curve, CURVE_INCIDENCE_2, 2, 0);
	struct estimate two = curve_estimate(curve, CURVE_INCIDENCE_2, 3);
	assert_near(two.value, 12.0 / 35, 1e-12);
	assert_near(two.error, .195100, EPSILON);
	assert_near(two.low,
		pow(12.0 / 35, exp(-1.959963984540054 * .195100 / (12.0 / 35 * log(12.0 / 35)))),
		1e-6);
	assert_near(two.high,
		pow(12.0 / 35, exp(1.959963984540054 * .195100 / (12.0 / 35 * log(12.0 / 35)))),
		1e-6);
	assert_near(curve_estimate(curve, CURVE_INCIDENCE_2, 6).value, 6.0 / 7, 1e-12);
	assert_int_equal(curve_median(curve, CURVE_INCIDENCE_2).days, 6);
	assert_int_equal(curve_median(curve, CURVE_INCIDENCE_1).days, DAY_NULL);
	subject_release(&subject);
}

static void one_cause_is_kaplan_meier_with_greenwood(void **state)
{
	struct subject subject;
	(void)state;
	subject_init(&subject, freireich, ARRAY_LENGTH(freireich), 0);
	for (int32_t days = 0; days <= 35; days++) {
		struct estimate failure = curve_estimate(&subject.curve, CURVE_FAILURE, days);
		struct estimate incidence = curve_estimate(&subject.curve, CURVE_INCIDENCE_1, days);
		assert_near(incidence.value, failure.value, 1e-12);
		assert_near(incidence.error, failure.error, 1e-12);
	}
	subject_release(&subject);
}

static void limits_are_null_at_nought_and_at_one(void **state)
{
	static const struct record records[] = { { 0, 5, 1 }, { 0, 9, 1 } };
	struct subject subject;
	(void)state;
	subject_init(&subject, records, ARRAY_LENGTH(records), 0);
	for (enum curve_function f = CURVE_INCIDENCE_1; f <= CURVE_FAILURE; f++) {
		assert_true(is_null(curve_estimate(&subject.curve, f, 4).low));
		assert_true(is_null(curve_estimate(&subject.curve, f, 4).high));
		assert_true(is_null(curve_estimate(&subject.curve, f, 9).low));
		assert_true(is_null(curve_estimate(&subject.curve, f, 9).high));
	}
	assert_false(is_null(curve_estimate(&subject.curve, CURVE_INCIDENCE_1, 5).low));
	assert_int_equal(curve_median(&subject.curve, CURVE_INCIDENCE_1).days, 5);
	subject_release(&subject);
}

static void a_horizon_past_the_last_exit_is_null_while_some_are_left(void **state)
{
	static const struct record records[] = { { 0, 5, 1 }, { 0, 9, 0 } };
	struct subject subject;
	(void)state;
	subject_init(&subject, records, ARRAY_LENGTH(records), 0);
	assert_near(curve_estimate(&subject.curve, CURVE_INCIDENCE_1, 9).value, 0.5, 1e-12);
	assert_true(is_null(curve_estimate(&subject.curve, CURVE_INCIDENCE_1, 10).value));
	assert_true(is_null(curve_estimate(&subject.curve, CURVE_SURVIVAL, 10).value));
	subject_release(&subject);
}

static void a_curve_of_nobody_is_null(void **state)
{
	struct subject subject;
	(void)state;
	for (int64_t min = 0; min <= 10; min += 10) {
		subject_init(&subject, NULL, 0, min);
		for (enum curve_function f = CURVE_INCIDENCE_1; f <= CURVE_FAILURE; f++) {
			assert_true(is_null(curve_estimate(&subject.curve, f, 0).value));
			assert_int_equal(curve_median(&subject.curve, f).days, DAY_NULL);
		}
		subject_release(&subject);
	}
}

/* Freireich's arm: the steps are the estimates of their days, while enough are watched. */
static void steps_are_the_estimates_of_their_days(void **state)
{
	(void)state;
	static const struct record records[] = { { 0, 6, 1 }, { 0, 6, 1 }, { 0, 6, 1 }, { 0, 7, 1 },
		{ 0, 10, 1 }, { 0, 13, 1 }, { 0, 16, 1 }, { 0, 22, 1 }, { 0, 23, 1 }, { 0, 6, 0 },
		{ 0, 9, 0 }, { 0, 10, 0 }, { 0, 11, 0 }, { 0, 17, 0 }, { 0, 19, 0 }, { 0, 20, 0 },
		{ 0, 25, 0 }, { 0, 32, 0 }, { 0, 32, 0 }, { 0, 34, 0 }, { 0, 35, 0 } };
	struct subject subject;
	struct curve_step steps[16];
	subject_init(&subject, records, ARRAY_LENGTH(records), 0);
	assert_int_equal(curve_at_risk(&subject.curve, 6), 21);
	assert_int_equal(curve_at_risk(&subject.curve, 7), 17);
	assert_int_equal(curve_at_risk(&subject.curve, 23), 6);
	assert_int_equal(curve_at_risk(&subject.curve, 36), 0);
	size_t count = curve_steps(&subject.curve, CURVE_FAILURE, 100, 5, steps, 16);
	assert_int_equal(count, 8);
	for (size_t i = 1; i < count; i++) {
		struct estimate at = curve_estimate(&subject.curve, CURVE_FAILURE, steps[i].day);
		assert_near(steps[i].share, at.value, 1e-12);
		assert_near(steps[i].low, at.low, 1e-12);
		assert_near(steps[i].high, at.high, 1e-12);
	}
	assert_int_equal(steps[0].day, 0);
	assert_near(steps[0].high, 1 - pow(0.025, 1.0 / 21), 1e-12);
	/* On day 23 six are watched; where seven must be, the step before is the last. */
	assert_int_equal(curve_steps(&subject.curve, CURVE_FAILURE, 100, 7, steps, 16), 7);
	assert_int_equal(curve_steps(&subject.curve, CURVE_FAILURE, 100, 22, steps, 16), 0);
	subject_release(&subject);
}

static void estimates_start_with_ten_at_risk(void **state)
{
	struct record records[12];
	struct subject subject;
	(void)state;
	/* Nine from the beginning, one event among them at 3; from 20 on a tenth and more. */
	for (int i = 0; i < 9; i++)
		records[i] = (struct record){ 0, i == 0 ? 3 : 50, i == 0 ? 1 : 0 };
	for (int i = 9; i < 12; i++)
		records[i] = (struct record){ 20, 40, i == 9 ? 1 : 0 };
	subject_init(&subject, records, 12, 10);
	assert_int_equal(subject.curve.from_days, 21);
	assert_int_equal(subject.curve.records, 12);
	assert_int_equal(subject.curve.events[0], 1);
	assert_true(is_null(curve_estimate(&subject.curve, CURVE_INCIDENCE_1, 20).value));
	assert_near(curve_estimate(&subject.curve, CURVE_INCIDENCE_1, 21).value, 0, 1e-12);
	assert_near(curve_estimate(&subject.curve, CURVE_INCIDENCE_1, 40).value, 1.0 / 11, 1e-12);
	subject_release(&subject);

	/* One more leaves before the others come: nine and one never meet. */
	records[0] = (struct record){ 0, 20, 1 };
	records[9].entry = 20;
	subject_init(&subject, records, 10, 10);
	assert_int_equal(subject.curve.from_days, DAY_NULL);
	assert_int_equal(subject.curve.events[0], 0);
	assert_true(is_null(curve_estimate(&subject.curve, CURVE_INCIDENCE_1, 30).value));
	assert_int_equal(curve_median(&subject.curve, CURVE_INCIDENCE_1).days, DAY_NULL);
	subject_release(&subject);

	/* All at once: the first day at risk is 1. */
	for (int i = 0; i < 10; i++)
		records[i] = (struct record){ 0, 1, 1 };
	subject_init(&subject, records, 10, 10);
	assert_int_equal(subject.curve.from_days, 1);
	assert_int_equal(curve_median(&subject.curve, CURVE_INCIDENCE_1).days, 1);
	assert_near(curve_estimate(&subject.curve, CURVE_INCIDENCE_1, 1).value, 1, 1e-12);
	subject_release(&subject);
}

/* The formulas of spec/indicators.md as they stand: for each t_j all earlier ones. */
#define TIMES_MAX 64

struct naive {
	int count;
	int32_t times[TIMES_MAX];
	double before[TIMES_MAX], n[TIMES_MAX], d[TIMES_MAX], dc[TIMES_MAX], at[TIMES_MAX];
	double survival, incidence, greenwood;
};

static void naive_walk(
	struct naive *naive, const struct record *records, int count, unsigned cause, int32_t days)
{
	*naive = (struct naive){ .survival = 1 };
	for (int32_t t = 1; t <= days; t++) {
		double n = 0, d = 0, dc = 0;
		for (int i = 0; i < count; i++) {
			bool now = records[i].exit == t && records[i].cause != 0;
			n += records[i].entry < t && t <= records[i].exit;
			d += records[i].entry < t && now;
			dc += records[i].entry < t && now && records[i].cause == cause;
		}
		if (d == 0)
			continue;
		int j = naive->count++;
		naive->times[j] = t;
		naive->before[j] = naive->survival;
		naive->n[j] = n;
		naive->d[j] = d;
		naive->dc[j] = dc;
		naive->incidence += naive->survival * dc / n;
		naive->at[j] = naive->incidence;
		naive->survival *= 1 - d / n;
		naive->greenwood += n > d ? d / (n * (n - d)) : 0;
	}
}

static double naive_variance(const struct naive *v)
{
	double variance = 0;
	for (int j = 0; j < v->count; j++) {
		double n = v->n[j], d = v->d[j], dc = v->dc[j];
		double rest = v->incidence - v->at[j];
		variance += n > d ? rest * rest * d / (n * (n - d)) : 0;
		variance += v->before[j] * v->before[j] * (n - dc) * dc / (n * n * n);
		variance -= 2 * rest * v->before[j] * dc / (n * n);
	}
	return variance > 0 ? variance : 0;
}

static void a_walk_agrees_with_the_formula_as_it_stands(void **state)
{
	unsigned seed = seed_of_now();
	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	for (int round = 0; round < 300; round++) {
		struct record records[40];
		struct subject subject;
		struct naive naive;
		int count = 1 + rand() % 40;
		for (int i = 0; i < count; i++) {
			int32_t entry = rand() % 4 == 0 ? rand() % 20 : 0;
			records[i] =
				(struct record){ entry, entry + rand() % 30, (unsigned)rand() % 3 };
		}
		subject_init(&subject, records, (size_t)count, 0);
		int32_t days =
			subject.curve.exit_last < 0 ? 0 : rand() % (subject.curve.exit_last + 1);
		for (unsigned cause = 1; cause <= 2 && subject.curve.records > 0; cause++) {
			naive_walk(&naive, records, count, cause, days);
			struct estimate estimate = curve_estimate(&subject.curve,
				cause == 1 ? CURVE_INCIDENCE_1 : CURVE_INCIDENCE_2, days);
			assert_near(estimate.value, naive.incidence, 1e-9);
			assert_near(estimate.error * estimate.error, naive_variance(&naive), 1e-9);
			struct estimate survival =
				curve_estimate(&subject.curve, CURVE_SURVIVAL, days);
			assert_near(survival.value, naive.survival, 1e-9);
			assert_near(survival.error, naive.survival * sqrt(naive.greenwood), 1e-9);
		}
		subject_release(&subject);
	}
}

static int32_t first_day_of_a_half(const struct curve *curve, int which)
{
	for (int32_t day = 0; day <= curve->exit_last; day++) {
		struct estimate estimate = curve_estimate(curve, CURVE_INCIDENCE_1, day);
		double values[] = { estimate.value, estimate.high, estimate.low };
		if (values[which] >= 0.5 - 1e-9)
			return day;
	}
	return DAY_NULL;
}

static void half_times_are_the_first_days_of_a_half(void **state)
{
	unsigned seed = seed_of_now();
	int found = 0;
	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	for (int round = 0; round < 100; round++) {
		struct record records[30];
		struct subject subject;
		for (size_t i = 0; i < ARRAY_LENGTH(records); i++)
			records[i] = (struct record){ 0, 1 + rand() % 30,
				(unsigned)(rand() % 6 == 0 ? 0 : 1 + rand() % 8 / 7) };
		subject_init(&subject, records, ARRAY_LENGTH(records), 0);
		struct median median = curve_median(&subject.curve, CURVE_INCIDENCE_1);
		assert_int_equal(median.days, first_day_of_a_half(&subject.curve, 0));
		assert_int_equal(median.low, first_day_of_a_half(&subject.curve, 1));
		assert_int_equal(median.high, first_day_of_a_half(&subject.curve, 2));
		found += median.high != DAY_NULL;
		subject_release(&subject);
	}
	assert_true(found > 0);
}

static void wilsons_limits_are_as_published(void **state)
{
	/* Newcombe (1998), table I, method 3. */
	static const struct {
		int64_t yes, n;
		double low, high;
	} published[] = { { 81, 263, .2553, .3662 }, { 15, 148, .0624, .1605 }, { 0, 20, 0, .1611 },
		{ 1, 29, .0061, .1718 }, { 20, 20, 1 - .1611, 1 } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(published); i++) {
		struct estimate limits = wilson(published[i].yes, published[i].n);
		assert_near(limits.value, (double)published[i].yes / (double)published[i].n, 1e-12);
		assert_near(limits.low, published[i].low, 5e-5);
		assert_near(limits.high, published[i].high, 5e-5);
	}
	assert_true(is_null(wilson(0, 0).value));
	assert_true(is_null(wilson(0, 0).low));
	assert_true(is_null(wilson(0, 0).high));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survival_of_freireichs_arm_is_as_published),
		cmocka_unit_test(half_time_of_freireichs_arm_is_23_from_13_to_none),
		cmocka_unit_test(delayed_entry_counts_only_those_at_risk),
		cmocka_unit_test(competing_risks_are_as_published),
		cmocka_unit_test(one_cause_is_kaplan_meier_with_greenwood),
		cmocka_unit_test(limits_are_null_at_nought_and_at_one),
		cmocka_unit_test(a_horizon_past_the_last_exit_is_null_while_some_are_left),
		cmocka_unit_test(a_curve_of_nobody_is_null),
		cmocka_unit_test(steps_are_the_estimates_of_their_days),
		cmocka_unit_test(estimates_start_with_ten_at_risk),
		cmocka_unit_test(a_walk_agrees_with_the_formula_as_it_stands),
		cmocka_unit_test(half_times_are_the_first_days_of_a_half),
		cmocka_unit_test(wilsons_limits_are_as_published),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
