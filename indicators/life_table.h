/*
 * indicators/life_table.h - public curves: life tables of rounded running sums.
 *
 * Source: indicators, "Profiles". Each record of a curve belongs to one class. What is
 * rounded are running sums of classes, each of which contains the one before:
 *
 *   A1 = cause 1 <= A2 = A1 + exits <= A3 = A2 + silent <= N = all
 *
 * A part that is shown is the difference of two rounded sums. So between what is shown
 * only <= is certain, and the same 0, 1 or 2 may be added to all sums without a change in
 * what is shown: every count keeps three possible values, and no count need be moved.
 *
 * A worked example, base 5: 27 settled, 13 of them reached A2. Shown are 25 and 15. Half of
 * 27 have not reached it and half of 25 have; but the curve is reckoned from 25 and 15, so
 * whether a half-time is shown tells nothing about 27 and 13 (life_table_test.c,
 * the_worked_example_of_the_header_holds).
 */
#ifndef INDICATORS_LIFE_TABLE_H
#define INDICATORS_LIFE_TABLE_H

#include "indicators/curve.h"

/* The records of a curve, by how they ended; what is in none of the three was censored. */
struct classes {
	int64_t records;
	int64_t reached; /* cause 1 */
	int64_t exited;  /* cause 2; 0 where the indicator has no such class */
	int64_t silent;  /* the same */
};

/* The classes as the public profile with base `base` shows them. */
struct classes classes_shown(const struct classes *exact, int64_t base);

/* Those of `classes` that are in none of the other three. */
int64_t classes_censored(const struct classes *classes);

/* One horizon of an array `within` or `lasting`; months 0: without `months`. */
struct horizon {
	int32_t months;
	int32_t days;
};

#define LIFE_HORIZONS_MAX 4

struct life_table {
	double incidence[LIFE_HORIZONS_MAX]; /* of cause 1, not in steps; NAN: not shown */
	int32_t median_days;                 /* in whole months' days; DAY_NULL: not shown */
};

/*
 * The life table of the records that `exact` counts and sink_record() put into
 * `histograms`, those that were ever at risk; the others count on day 0. CHECKs that there
 * are at most LIFE_HORIZONS_MAX horizons. Doubles, in one fixed order of operations: every
 * compiler gives the same bytes.
 */
void life_table_reckon(const struct classes *exact, const struct histogram *histograms,
	int64_t base, const struct horizon *horizons, size_t horizon_count, struct life_table *out);

#endif
