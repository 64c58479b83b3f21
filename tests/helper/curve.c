/*
 * tests/helper/curve.c - curves and log-rank tests of records, for the judge
 * (tests/judge) to hold against R's survival.
 *
 *   curve AT_RISK_MIN    of lines "group entry exit cause" of standard input, group
 *                          0..31; AT_RISK_MIN as curve_init() has it
 *
 * prints lines of words, `null` for null:
 *   curve GROUP records from_days exit_last
 *   at_risk GROUP DAY n d_1 d_2
 *   incidence_1|incidence_2|survival|failure GROUP DAY value error low high
 *   half_incidence_1|half_incidence_2|half_failure GROUP days low high
 *   log_rank CAUSE statistic degrees p
 *   group CAUSE GROUP observed expected
 * for each day on which a record of the group enters or exits, 0, from_days, and one
 * after the last; days with nobody at risk have no at_risk.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/grow.h"
#include "indicators/curve.h"
#include "indicators/logrank.h"

struct subject {
	struct histogram histograms[CURVE_HISTOGRAMS];
};

static struct subject subjects[LOGRANK_GROUPS_MAX];

static void histogram_add(struct histogram *histogram, int32_t at, int64_t units)
{
	uint32_t i = 0;
	while (i < histogram->count && histogram->cells[i].at < at)
		i++;
	if (i == histogram->count || histogram->cells[i].at != at) {
		CHECK(GROW_TO(histogram->cells, histogram->count + 1));
		struct cell *cells = histogram->cells;
		memmove(&cells[i + 1], &cells[i], (histogram->count - i) * sizeof(cells[0]));
		cells[i] = (struct cell){ .at = at };
		histogram->count++;
	}
	histogram->cells[i].units += units;
}

static void subject_add(
	void *context, uint16_t part, bool histogram, unsigned place, int32_t at, int64_t units)
{
	struct subject *subject = context;
	CHECK(histogram);
	if (part == PART_ALL)
		histogram_add(&subject->histograms[place], at, units);
}

static void subjects_read(void)
{
	unsigned group, cause;
	int entry, exit_day;
	int fields;
	while ((fields = scanf("%u %d %d %u", &group, &entry, &exit_day, &cause)) == 4) {
		CHECK(group < LOGRANK_GROUPS_MAX && cause <= CURVE_CAUSES);
		struct sink sink = { .add = subject_add, .context = &subjects[group] };
		if (entry < exit_day)
			sink_record(&sink, 0,
				&(struct curve_record){
					.entry = entry, .exit = exit_day, .cause = cause });
	}
	CHECK(fields == EOF);
}

static void print_day(int32_t day)
{
	if (day == DAY_NULL)
		printf(" null");
	else
		printf(" %d", (int)day);
}

static void print_number(double number)
{
	if (isnan(number))
		printf(" null");
	else
		printf(" %.17g", number);
}

/* What a histogram counts from `first` to `last`. */
static int64_t units_between(const struct histogram *histogram, int32_t first, int32_t last)
{
	int64_t units = 0;
	for (uint32_t i = 0; i < histogram->count; i++) {
		if (histogram->cells[i].at >= first && histogram->cells[i].at <= last)
			units += histogram->cells[i].units;
	}
	return units;
}

static void print_at_risk(const struct subject *subject, unsigned group, int32_t day)
{
	const struct histogram *exits = &subject->histograms[1];
	int64_t at_risk = units_between(&subject->histograms[0], INT32_MIN, day - 1);
	for (unsigned i = 0; i <= CURVE_CAUSES; i++)
		at_risk -= units_between(&exits[i], INT32_MIN, day - 1);
	if (at_risk == 0)
		return;
	printf("at_risk %u %d %lld", group, (int)day, (long long)at_risk);
	for (unsigned cause = 1; cause <= CURVE_CAUSES; cause++)
		printf(" %lld", (long long)units_between(&exits[cause], day, day));
	printf("\n");
}

static void print_estimates(const struct curve *curve, unsigned group, int32_t day)
{
	static const char *const names[] = { "incidence_1", "incidence_2", "survival", "failure" };
	for (enum curve_function f = CURVE_INCIDENCE_1; f <= CURVE_FAILURE; f++) {
		struct estimate estimate = curve_estimate(curve, f, day);
		printf("%s %u %d", names[f], group, (int)day);
		print_number(estimate.value);
		print_number(estimate.error);
		print_number(estimate.low);
		print_number(estimate.high);
		printf("\n");
	}
}

static void print_median(
	const struct curve *curve, enum curve_function function, const char *name, unsigned group)
{
	struct median median = curve_median(curve, function);
	printf("%s %u", name, group);
	print_day(median.days);
	print_day(median.low);
	print_day(median.high);
	printf("\n");
}

static void print_curve(const struct subject *subject, unsigned group, int64_t at_risk_min)
{
	struct curve curve;
	struct histogram days = { 0 };
	curve_init(&curve, subject->histograms, at_risk_min);
	printf("curve %u %lld", group, (long long)curve.records);
	print_day(curve.from_days);
	print_day(curve.exit_last);
	printf("\n");

	for (unsigned place = 0; place < CURVE_HISTOGRAMS; place++) {
		const struct histogram *histogram = &subject->histograms[place];
		for (uint32_t i = 0; i < histogram->count; i++)
			histogram_add(&days, histogram->cells[i].at, 1);
	}
	histogram_add(&days, 0, 1);
	histogram_add(&days, days.cells[days.count - 1].at + 1, 1);
	if (curve.from_days != DAY_NULL)
		histogram_add(&days, curve.from_days, 1);
	for (uint32_t i = 0; i < days.count; i++) {
		print_at_risk(subject, group, days.cells[i].at);
		print_estimates(&curve, group, days.cells[i].at);
	}
	print_median(&curve, CURVE_INCIDENCE_1, "half_incidence_1", group);
	print_median(&curve, CURVE_INCIDENCE_2, "half_incidence_2", group);
	print_median(&curve, CURVE_FAILURE, "half_failure", group);
	free(days.cells);
}

static void print_logrank(unsigned cause)
{
	const struct histogram *groups[LOGRANK_GROUPS_MAX];
	struct logrank logrank;
	for (unsigned g = 0; g < LOGRANK_GROUPS_MAX; g++)
		groups[g] = subjects[g].histograms;
	logrank_init(&logrank, groups, LOGRANK_GROUPS_MAX, cause);
	printf("log_rank %u", cause);
	print_number(logrank.statistic);
	printf(" %u", logrank.degrees);
	print_number(logrank.p);
	printf("\n");
	for (unsigned g = 0; g < LOGRANK_GROUPS_MAX; g++) {
		printf("group %u %u %lld", cause, g, (long long)logrank.groups[g].observed);
		print_number(logrank.groups[g].expected);
		printf("\n");
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "Usage: curve AT_RISK_LEAST, records on standard input\n");
		return 64;
	}
	subjects_read();
	for (unsigned g = 0; g < LOGRANK_GROUPS_MAX; g++) {
		if (subjects[g].histograms[0].count > 0)
			print_curve(&subjects[g], g, strtol(argv[1], NULL, 10));
	}
	for (unsigned cause = 1; cause <= CURVE_CAUSES; cause++)
		print_logrank(cause);
	for (unsigned g = 0; g < LOGRANK_GROUPS_MAX; g++) {
		for (unsigned place = 0; place < CURVE_HISTOGRAMS; place++)
			free(subjects[g].histograms[place].cells);
	}
	return 0;
}
