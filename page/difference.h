/*
 * page/difference.h - do two figures differ by more than chance and rounding do?
 *
 * Pure. The rule is written down in docs/indicators.md, "Better, worse or about the same". It
 * is strict on purpose: of all that one page compares, by chance alone at most one page in
 * twenty says of anything that it differs.
 */
#ifndef PAGE_DIFFERENCE_H
#define PAGE_DIFFERENCE_H

#include <stdbool.h>
#include <stdint.h>

enum difference {
	DIFFERENCE_NONE,      /* one of the two is not there */
	DIFFERENCE_NOT_SHOWN, /* not shown to differ */
	DIFFERENCE_MORE,      /* the second is more than the first */
	DIFFERENCE_LESS,
};

/* A share of people: `yes` of them, and the rest in `rest_counts` counts. */
struct compared_share {
	double yes; /* NAN: there is none */
	double rest;
	unsigned rest_counts;
	double base; /* its counts are rounded to multiples of this; 0: exact */
};

/* A share that a curve estimates. */
struct compared_estimate {
	double share;    /* NAN: there is none */
	double error;    /* its standard error */
	int64_t watched; /* how many are watched at the horizon */
};

/* The z of each comparison, when so many are made: 5 % in all, both ways (Bonferroni). */
double difference_z(unsigned comparisons);

/*
 * Wilson's limits at `z` do not meet: the difference less what rounding can make of it is more
 * than chance makes of it (Newcombe's method 10).
 */
enum difference difference_of_shares(
	struct compared_share before, struct compared_share now, unsigned comparisons);

/*
 * The difference is more than z standard errors of it. Where a share is 0 or 1, which has no
 * error, that of Wilson's limits for those watched stands in. With fewer than
 * DIFFERENCE_WATCHED_MIN watched nothing is shown.
 */
#define DIFFERENCE_WATCHED_MIN 5
enum difference difference_of_estimates(
	struct compared_estimate before, struct compared_estimate now, unsigned comparisons);

/* Wilson's limits at 95 %, and beyond them as far as rounding may reach; NAN: there is no share. */
void share_limits(struct compared_share share, double *low, double *high);

/*
 * Estimates taken together: their mean, each weighing as many as are still watched. Those that
 * could not be compared alone are left out. Begins as { 0 }; `z` is difference_z()'s.
 */
struct pooled_estimates {
	double shares;
	double variance;
	int64_t watched;
};
void pool_add(struct pooled_estimates *pool, struct compared_estimate estimate, double z);
struct compared_estimate pool_mean(const struct pooled_estimates *pool);

/* By how much rounding alone may have changed the share, up or down: at most so much. */
double share_rounding(struct compared_share share);

#endif
