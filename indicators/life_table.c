/*
 * indicators/life_table.c - see life_table.h.
 *
 * The letters are those of the contract: D events and X competing exits up to a horizon,
 * K records not censored up to it, a those who are left at its beginning.
 */
#include "indicators/life_table.h"

#include "base/check.h"
#include "indicators/coarse.h"

#define DAYS_PER_MONTH 30.4375
#define HALF           (0.5 - 1e-9)

/* What a curve, and each of its intervals, must rest on, in bases. */
#define BASES_OF_RECORDS 5
#define BASES_OF_EVENTS  2
#define BASES_AT_RISK    2

/* Places in a curve's histograms: see sink_record(). */
enum { CENSORED = 1, CAUSE_1, CAUSE_2 };

int64_t classes_censored(const struct classes *classes)
{
	return classes->records - classes->reached - classes->exited - classes->silent;
}

struct classes classes_shown(const struct classes *exact, int64_t base)
{
	int64_t reached = coarse_count(exact->reached, base);
	int64_t gone = coarse_count(exact->reached + exact->exited, base);
	int64_t ended = coarse_count(exact->reached + exact->exited + exact->silent, base);
	return (struct classes){
		.records = coarse_count(exact->records, base),
		.reached = reached,
		.exited = gone - reached,
		.silent = ended - gone,
	};
}

/* How many values of a histogram are above `day`. */
static int64_t count_after(const struct histogram *histogram, int32_t day)
{
	int64_t units = 0;
	for (uint32_t i = histogram->count; i > 0 && histogram->cells[i - 1].at > day; i--)
		units += histogram->cells[i - 1].units;
	return units;
}

/* What is shown of the records up to a horizon. */
struct horizon_sums {
	double events;     /* D */
	double exits;      /* X */
	double uncensored; /* K */
};

static struct horizon_sums sums_at(
	const struct classes *exact, const struct histogram *histograms, int64_t base, int32_t day)
{
	int64_t events = exact->reached - count_after(&histograms[CAUSE_1], day);
	int64_t exits = exact->exited - count_after(&histograms[CAUSE_2], day);
	int64_t censored = exact->records - exact->reached - exact->exited -
			   count_after(&histograms[CENSORED], day);
	CHECK(events >= 0 && exits >= 0 && censored >= 0);
	return (struct horizon_sums){
		.events = (double)coarse_count(events, base),
		.exits = (double)(coarse_count(exact->reached + exits, base) -
				  coarse_count(exact->reached, base)),
		.uncensored = (double)coarse_count(exact->records - censored, base),
	};
}

/* A point of the curve that is a straight line between horizons. */
struct point {
	double day;
	double incidence;
};

/* The days of whole months when the line from `from` to `to` first reaches a half. */
static int32_t half_between(const struct point *from, const struct point *to)
{
	double part = (0.5 - from->incidence) / (to->incidence - from->incidence);
	double day = from->day + part * (to->day - from->day);
	double months = coarse_step(day / DAYS_PER_MONTH, 1);
	return (int32_t)coarse_step(DAYS_PER_MONTH * months, 1);
}

void life_table_reckon(const struct classes *exact, const struct histogram *histograms,
	int64_t base, const struct horizon *horizons, size_t horizon_count, struct life_table *out)
{
	struct classes shown = classes_shown(exact, base);
	bool open = shown.records >= BASES_OF_RECORDS * base &&
		    shown.reached >= BASES_OF_EVENTS * base &&
		    shown.records - shown.reached >= BASES_OF_EVENTS * base;
	struct horizon_sums before = { 0, 0, (double)shown.records };
	struct point last = { 0, 0 };
	double survival = 1;
	CHECK(horizon_count <= LIFE_HORIZONS_MAX);
	out->median_days = DAY_NULL;
	for (size_t i = 0; i < horizon_count; i++) {
		struct horizon_sums sums = sums_at(exact, histograms, base, horizons[i].days);
		double at_risk = before.uncensored - before.events - before.exits;
		out->incidence[i] = NAN;
		open = open && at_risk >= (double)(BASES_AT_RISK * base);
		if (!open)
			continue;
		/* Who is censored in between was there for half of it. */
		double half_there = at_risk - (before.uncensored - sums.uncensored) / 2;
		double events = sums.events - before.events;
		double exits = sums.exits - before.exits;
		struct point point = { horizons[i].days, last.incidence };
		point.incidence += survival * events / half_there;
		survival *= 1 - (events + exits) / half_there;
		out->incidence[i] = point.incidence;
		if (out->median_days == DAY_NULL && point.incidence >= HALF)
			out->median_days = half_between(&last, &point);
		last = point;
		before = sums;
	}
}
