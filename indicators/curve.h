/*
 * indicators/curve.h - survival analysis on added-up records.
 *
 * Records are (entry, exit, cause), cause 0 censored, in whole days. At each
 * distinct time t_j at which a record at risk has a cause: n_j = #{entry < t_j
 * <= exit} are at risk, d_j of them have a cause, d_cj cause c.
 *   S(t)   = product over t_j <= t of (1 - d_j/n_j)            (Kaplan-Meier)
 *   I_c(t) = sum over t_j <= t of S(t_j-) d_cj/n_j             (Aalen-Johansen)
 * with the variance of Marubini and Valsecchi (1995), Greenwood's when there is
 * one cause, and limits on the log-log scale.
 *
 * A curve is a view of the sums: nothing is built or kept, each question walks
 * the days once.
 */
#ifndef INDICATORS_CURVE_H
#define INDICATORS_CURVE_H

#include "indicators/sums.h"

#define DAY_NULL INT32_MIN

struct curve {
	const struct histogram *histograms; /* CURVE_HISTOGRAMS, as sink_record() fills them */
	int64_t records;                    /* that were ever at risk */
	int64_t events[CURVE_CAUSES];       /* per cause, from from_days on */
	int32_t exit_last; /* the largest exit of a record at risk; DAY_NULL: none */
	int32_t from_days; /* estimates start here; 0: from the beginning; DAY_NULL: never */
};

/* What is asked of a curve. */
enum curve_function {
	CURVE_INCIDENCE_1, /* I_1: the cumulative incidence of cause 1 */
	CURVE_INCIDENCE_2,
	CURVE_SURVIVAL, /* S: the share without any event; its half-time is that of 1 - S */
	CURVE_FAILURE,  /* 1 - S: its limits are 1 minus those of S */
};

/* A share in 0..1, its standard error and its 95 % limits; NAN is null. */
struct estimate {
	double value;
	double error;
	double low;
	double high;
};

/* Days; DAY_NULL is null. */
struct median {
	int32_t days;
	int32_t low;
	int32_t high;
};

/*
 * Looks at the histograms that sink_record() filled; they must outlive the curve.
 * `at_risk_min`: estimates start on the first day t >= 1 with so many records
 * at risk, and causes on earlier days are left out (rung_reached); 0: no such rule.
 */
void curve_init(struct curve *curve, const struct histogram *histograms, int64_t at_risk_min);

/*
 * The function at `days`, with limits also where it is 0 or 1 (indicators, section 25). Where
 * cause 1 has not come yet, they are those of n people of whom none had it: n is the number
 * watched that day, divided by the share without any cause. Where all had it, they are those
 * of the curve with one event less on the last day of events. Beyond the last exit, what it is
 * there. CHECKs that somebody was at risk; the estimates must start at 0.
 */
struct estimate curve_completed(
	const struct curve *curve, enum curve_function function, int32_t days);

/*
 * The function at `days`. All null when nobody was ever at risk, when `days` is
 * before estimates start, and when it is past the last exit while S is above 0
 * there; the limits also where the value is 0 or 1.
 */
struct estimate curve_estimate(
	const struct curve *curve, enum curve_function function, int32_t days);

/*
 * The half-time: the first t_j at which the function is a half; `low` the same
 * of its upper limit, `high` of its lower. Null when never.
 */
struct median curve_median(const struct curve *curve, enum curve_function function);

/* How many are watched on a day: #{entry < day <= exit}. */
int64_t curve_at_risk(const struct curve *curve, int32_t day);

/* The curve from `day` on, up to the next step. */
struct curve_step {
	int32_t day;
	double share, low, high; /* as struct estimate has them */
};

/*
 * The steps on the days up to `day_max` on which at least `watched_min` are watched: at most
 * `max`, from the first day of estimates, on which the function is 0 (S: 1). Where it still
 * is, the limits are those of so many people, as are watched at the first step, of whom none had
 * it. Returns how many there are: 0 when estimates never start.
 */
size_t curve_steps(const struct curve *curve, enum curve_function function, int32_t day_max,
	int64_t watched_min, struct curve_step *out, size_t max);

/* Wilson's 95 % limits of yes out of n; value yes/n. All null when n is 0. */
struct estimate wilson(int64_t yes, int64_t n);

#endif
