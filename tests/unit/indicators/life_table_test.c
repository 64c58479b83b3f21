/*
 * tests/unit/indicators/life_table_test.c - public curves: running sums, the life table by
 * hand, its thresholds, and a plain recomputation from the records.
 */
#include "tests/unit/indicator_memory.h"
#include "tests/unit/random_log.h"

#include "indicators/coarse.h"

/* How a record ended; in the order of the contract's reckoning. */
enum class { CENSORED, REACHED, EXITED, SILENT };

/* A record of somebody who was at risk from day 0 on; t 0: never. */
struct ending {
	int32_t t;
	enum class class;
};

#define RECORDS_MAX 200

struct subject {
	struct ending records[RECORDS_MAX];
	size_t count;
	struct classes exact;
	struct histogram histograms[CURVE_HISTOGRAMS];
};

static void subject_add(
	void *context, uint16_t part, bool histogram, unsigned place, int32_t at, int64_t units)
{
	struct subject *subject = context;
	assert_true(histogram);
	if (part == PART_ALL)
		histogram_add(&subject->histograms[place], at, units);
}

static void record_add(struct subject *subject, enum class class, int32_t t, int count)
{
	static const unsigned causes[] = {
		[CENSORED] = 0, [REACHED] = 1, [EXITED] = 2, [SILENT] = 0
	};
	struct sink sink = { .add = subject_add, .context = subject };
	for (int i = 0; i < count; i++) {
		assert_true(subject->count < RECORDS_MAX);
		subject->records[subject->count++] = (struct ending){ t, class };
		subject->exact.records++;
		subject->exact.reached += class == REACHED;
		subject->exact.exited += class == EXITED;
		subject->exact.silent += class == SILENT;
		if (t > 0)
			sink_record(&sink, 0,
				&(struct curve_record){
					.home = HOME, .exit = t, .cause = causes[class] });
	}
}

static void subject_release(struct subject *subject)
{
	for (size_t i = 0; i < CURVE_HISTOGRAMS; i++)
		free(subject->histograms[i].cells);
}

static const struct horizon years[] = { { 12, 365 }, { 24, 730 }, { 36, 1096 } };

static void reckon(const struct subject *subject, int64_t base, struct life_table *out)
{
	life_table_reckon(
		&subject->exact, subject->histograms, base, years, ARRAY_LENGTH(years), out);
}

static void sums_are_rounded_and_parts_are_differences(void **state)
{
	static const struct {
		int64_t base;
		struct classes exact, shown;
		int64_t censored;
	} table[] = {
		/* 7 and 3: 7 is shown as 5, and 10 as 10. */
		{ 5, { 20, 7, 3, 0 }, { 20, 5, 5, 0 }, 10 },
		/* 2, 4, 6, 8: 0, 5, 5 and 10. */
		{ 5, { 8, 2, 2, 2 }, { 10, 0, 5, 0 }, 5 },
		{ 5, { 100, 33, 33, 33 }, { 100, 35, 30, 35 }, 0 },
		{ 10, { 14, 4, 1, 4 }, { 10, 0, 10, 0 }, 0 },
		{ 10, { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, 0 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct classes shown = classes_shown(&table[i].exact, table[i].base);
		assert_memory_equal(&shown, &table[i].shown, sizeof(shown));
		assert_int_equal(classes_censored(&shown), table[i].censored);
	}
}

/*
 * 100 records, all sums multiples of 5. First year: a 100, 20 events, 10 exits, 10 censored:
 * 20/95 and S = 1 - 30/95. Second: a 60, 20 events, 10 censored: S 20/55, S *= 1 - 20/55.
 * Third: a 30, 10 events, 10 exits, 10 censored: S 10/25.
 */
static void a_life_table_is_as_reckoned_by_hand(void **state)
{
	struct subject subject = { 0 };
	struct life_table table;
	(void)state;
	record_add(&subject, REACHED, 300, 20);
	record_add(&subject, EXITED, 365, 10);
	record_add(&subject, CENSORED, 200, 5);
	record_add(&subject, SILENT, 214, 5);
	record_add(&subject, REACHED, 366, 20);
	record_add(&subject, CENSORED, 700, 10);
	record_add(&subject, REACHED, 800, 10);
	record_add(&subject, EXITED, 1096, 10);
	record_add(&subject, CENSORED, 1000, 10);
	reckon(&subject, 5, &table);
	assert_true(fabs(table.incidence[0] - 0.210526) < 1e-6);
	assert_true(fabs(table.incidence[1] - 0.459330) < 1e-6);
	/* S is 0.435407 there; 30 at risk, half of 10 censored. */
	assert_true(fabs(table.incidence[2] - (0.459330 + 0.435407 * 10 / 25)) < 1e-6);
	/* From 730 on 0.04067 of 0.174163: day 815.47, 26.79 months: 27. */
	assert_int_equal(table.median_days, 822);
	subject_release(&subject);
}

static void curves_need_records_events_and_others_as_shown(void **state)
{
	static const struct {
		int64_t base;
		int records, events;
		bool shown;
	} table[] = {
		{ 5, 22, 12, false }, /* 20 */
		{ 5, 23, 12, true },
		{ 5, 25, 7, false }, /* 5 */
		{ 5, 25, 8, true },
		{ 5, 27, 18, false }, /* 25 less 20 */
		{ 5, 28, 17, true },
		{ 5, 25, 25, false },
		{ 5, 60, 0, false },
		{ 10, 44, 20, false },
		{ 10, 45, 20, true },
		{ 10, 60, 14, false },
		{ 10, 60, 15, true },
		{ 10, 60, 45, false },
		{ 10, 60, 44, true },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct subject subject = { 0 };
		struct life_table life;
		record_add(&subject, REACHED, 100, table[i].events);
		record_add(&subject, CENSORED, 2000, table[i].records - table[i].events);
		reckon(&subject, table[i].base, &life);
		if (isnan(life.incidence[0]) == table[i].shown)
			print_error("of row %zu\n", i);
		assert_true(!isnan(life.incidence[0]) == table[i].shown);
		assert_true(table[i].shown || life.median_days == DAY_NULL);
		subject_release(&subject);
	}
}

/* Under 2b at risk at the beginning of an interval, nothing is shown of it or of later ones. */
static void a_curve_ends_where_too_few_are_left(void **state)
{
	struct subject subject = { 0 };
	struct life_table table;
	(void)state;
	record_add(&subject, REACHED, 100, 20);
	record_add(&subject, CENSORED, 300, 12);
	record_add(&subject, CENSORED, 500, 7);
	record_add(&subject, REACHED, 1000, 1);
	reckon(&subject, 5, &table);
	/* 40, less 20, less 12 as 40 - R(28) = 10. */
	assert_true(fabs(table.incidence[0] - 20.0 / 35) < 1e-12);
	assert_true(isnan(table.incidence[1]) == 0);
	assert_true(isnan(table.incidence[2]) != 0);
	/* Half of them after 319 days: 10.5 months and a bit more are 10. */
	assert_int_equal(table.median_days, 304);
	subject_release(&subject);
}

static void who_was_never_at_risk_counts_on_day_0(void **state)
{
	struct subject subject = { 0 };
	struct life_table table;
	(void)state;
	record_add(&subject, REACHED, 0, 10);
	record_add(&subject, EXITED, 0, 5);
	record_add(&subject, CENSORED, 0, 5);
	record_add(&subject, SILENT, 2000, 30);
	reckon(&subject, 5, &table);
	/* 50 at risk, 10 events, 5 exits, half of 5 censored. */
	for (size_t i = 0; i < ARRAY_LENGTH(years); i++)
		assert_true(fabs(table.incidence[i] - 10 / 47.5) < 1e-12);
	assert_int_equal(table.median_days, DAY_NULL);
	subject_release(&subject);
}

/* All that is printed of `records` people, of whom `events` reached it after `t` days. */
static void pair_print(int records, int events, int64_t base, char out[96])
{
	struct subject subject = { 0 };
	struct life_table table;
	record_add(&subject, REACHED, 100, events);
	record_add(&subject, CENSORED, 2000, records - events);
	struct classes shown = classes_shown(&subject.exact, base);
	reckon(&subject, base, &table);
	snprintf(out, 96, "%d of %d: %.6f %.6f %.6f, %d", (int)shown.reached, (int)shown.records,
		table.incidence[0], table.incidence[1], table.incidence[2], table.median_days);
	subject_release(&subject);
}

/*
 * What the first intruder reckoned exact counts from: a half-time that is there or not, and
 * shares on this or that side of a half.
 */
static void the_worked_example_of_the_header_holds(void **state)
{
	static const struct {
		int records, events;
		const char *shown;
	} table[] = {
		{ 27, 13, "15 of 25: 0.600000 0.600000 0.600000, 304" },
		{ 37, 18, "20 of 35: 0.571429 0.571429 0.571429, 304" },
		{ 47, 23, "25 of 45: 0.555556 0.555556 0.555556, 335" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		char shown[96], other[96];
		int alike = 0;
		pair_print(table[i].records, table[i].events, 5, shown);
		assert_string_equal(shown, table[i].shown);
		/* Nobody can tell which of these it was. */
		for (int records = 23; records <= 47; records++) {
			for (int events = 13; events <= 27 && events <= records; events++) {
				if (coarse_count(records, 5) != coarse_count(table[i].records, 5) ||
					coarse_count(events, 5) != coarse_count(table[i].events, 5))
					continue;
				pair_print(records, events, 5, other);
				assert_string_equal(other, shown);
				alike++;
			}
		}
		assert_int_equal(alike, 25);
	}
}

static int64_t count_of(const struct subject *subject, unsigned classes, int32_t t_max)
{
	int64_t count = 0;
	for (size_t i = 0; i < subject->count; i++) {
		const struct ending *record = &subject->records[i];
		count += (classes >> record->class & 1) != 0 && record->t <= t_max;
	}
	return count;
}

static double rounded(int64_t count, int64_t base)
{
	return (double)base * floor((2.0 * (double)count + (double)base) / (2.0 * (double)base));
}

/* The reckoning of the contract, line by line, from the records themselves. */
static void plain_reckon(const struct subject *subject, int64_t base, struct life_table *out)
{
	const unsigned cause = 1u << REACHED, exits = 1u << EXITED;
	const unsigned rest = 1u << CENSORED | 1u << SILENT;
	double b = (double)base, n = rounded((int64_t)subject->count, base);
	int64_t events = count_of(subject, cause, INT32_MAX);
	double ev = rounded(events, base);
	bool open = n >= 5 * b && ev >= 2 * b && n - ev >= 2 * b;
	double d = 0, x = 0, k = n, inc = 0, s = 1, h0 = 0, i0 = 0;
	out->median_days = DAY_NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(years); i++) {
		int32_t h = years[i].days;
		double d1 = rounded(count_of(subject, cause, h), base);
		double x1 = rounded(events + count_of(subject, exits, h), base) - ev;
		double k1 = rounded((int64_t)subject->count - count_of(subject, rest, h), base);
		double a = k - d - x;
		out->incidence[i] = NAN;
		if (!open || a < 2 * b) {
			open = false;
			continue;
		}
		double a1 = a - (k - k1) / 2;
		inc += s * (d1 - d) / a1;
		s *= 1 - (d1 - d + x1 - x) / a1;
		assert_true(a1 >= b && s >= 0 && inc >= i0);
		d = d1, x = x1, k = k1;
		out->incidence[i] = inc;
		if (out->median_days == DAY_NULL && inc >= 0.5 - 1e-9) {
			double day = h0 + (0.5 - i0) / (inc - i0) * (h - h0);
			double months = floor(day / 30.4375 + 0.5 + 1e-9);
			out->median_days = (int32_t)floor(30.4375 * months + 0.5 + 1e-9);
		}
		h0 = h, i0 = inc;
	}
}

static void a_life_table_is_what_a_plain_recomputation_gives(void **state)
{
	struct chance chance = chance_new();
	unsigned shown = 0, halves = 0;
	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct subject subject = { 0 };
		struct life_table table, plain;
		int64_t base = round % 2 == 0 ? 5 : 10;
		int64_t span = random_between(&chance, 100, 1800);
		int64_t reached = random_between(&chance, 0, 3);
		for (int64_t left = random_between(&chance, 0, RECORDS_MAX); left > 0; left--) {
			int64_t class = random_between(&chance, -reached, SILENT);
			int64_t t = random_between(&chance, 0, 20) == 0
					    ? 0
					    : random_between(&chance, 1, span);
			record_add(
				&subject, class < 0 ? REACHED : (enum class) class, (int32_t)t, 1);
		}
		reckon(&subject, base, &table);
		plain_reckon(&subject, base, &plain);
		for (size_t i = 0; i < ARRAY_LENGTH(years); i++) {
			assert_memory_equal(&table.incidence[i], &plain.incidence[i],
				isnan(plain.incidence[i]) ? (size_t)0 : sizeof(double));
			assert_true(isnan(table.incidence[i]) == isnan(plain.incidence[i]));
			shown += isnan(table.incidence[i]) ? 0 : 1;
		}
		assert_int_equal(table.median_days, plain.median_days);
		halves += table.median_days != DAY_NULL;
		subject_release(&subject);
	}
	assert_in_range(shown, 1000, 8999);
	assert_in_range(halves, 100, 2999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_rounded_and_parts_are_differences),
		cmocka_unit_test(a_life_table_is_as_reckoned_by_hand),
		cmocka_unit_test(curves_need_records_events_and_others_as_shown),
		cmocka_unit_test(a_curve_ends_where_too_few_are_left),
		cmocka_unit_test(who_was_never_at_risk_counts_on_day_0),
		cmocka_unit_test(the_worked_example_of_the_header_holds),
		cmocka_unit_test(a_life_table_is_what_a_plain_recomputation_gives),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
