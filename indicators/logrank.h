/*
 * indicators/logrank.h - the log-rank test: do groups differ in how soon they
 * meet an event?
 *
 * Groups are added-up records, as curve.h has them; exits of another cause than
 * the one asked censor. At each distinct time t_j at which somebody at risk in any
 * group has the cause: n_j are at risk, n_gj of them of group g, d_j have it.
 *   expected_g   = sum of d_j n_gj/n_j
 *   variance_gh  = sum of c_j n_gj/n_j ([g = h] - n_hj/n_j),
 *   c_j          = d_j (n_j - d_j)/(n_j - 1), the hypergeometric distribution's
 *   statistic    = u' V^-1 u with u = observed - expected, one group left out
 * (Mantel 1966, Peto and Peto 1972; Klein and Moeschberger, Survival Analysis, 7.3).
 * With delayed entry only n_gj differs. Nothing is built or kept.
 */
#ifndef INDICATORS_LOGRANK_H
#define INDICATORS_LOGRANK_H

#include "indicators/sums.h"

#define LOGRANK_GROUPS_MAX 32

struct logrank_group {
	int64_t observed; /* events of the cause */
	double expected;  /* events, had all groups had the same hazard on each day */
};

struct logrank {
	double statistic; /* NAN, null, when `degrees` is 0 */
	double p;         /* the chance of so large a statistic; NAN when `degrees` is 0 */
	unsigned degrees; /* of freedom */
	struct logrank_group groups[LOGRANK_GROUPS_MAX];
};

/*
 * Compares `count` groups, at most LOGRANK_GROUPS_MAX; each points to the
 * CURVE_HISTOGRAMS that sink_record() fills. `cause` is 1..CURVE_CAUSES.
 *
 * Degrees of freedom: the groups with an expected number above 0, less one. Of
 * groups that delayed entry keeps apart, so that nobody of the ones is at risk when
 * one of the others has the event, each set is compared within itself: less one per set.
 * 0: there is nothing to compare.
 */
void logrank_init(struct logrank *logrank, const struct histogram *const groups[], unsigned count,
	unsigned cause);

/*
 * The chance that a chi-square variable of `degrees` >= 1 degrees of freedom is
 * above `statistic` >= 0: the regularised incomplete gamma Q(degrees/2, statistic/2).
 */
double chi_square_above(double statistic, unsigned degrees);

#endif
