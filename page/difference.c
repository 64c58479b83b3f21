/*
 * page/difference.c - see difference.h.
 */
#include "page/difference.h"

#include <math.h>

#include "base/check.h"

#define LEVEL  0.05
#define NOUGHT 1e-9
#define Z_MOST 8.0

double difference_z(unsigned comparisons)
{
	CHECK(comparisons > 0);
	double wanted = LEVEL / comparisons, low = 0, high = Z_MOST;
	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;
		if (erfc(middle / sqrt(2)) > wanted)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* Wilson's limits of a share of n at z. */
struct limits {
	double low;
	double high;
};

static struct limits wilson_at(double share, double n, double z)
{
	double weight = z * z / n;
	double middle = (share + weight / 2) / (1 + weight);
	double width = z * sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight);
	return (struct limits){ fmax(middle - width, 0), fmin(middle + width, 1) };
}

static double whole_of(struct compared_share share)
{
	return share.yes + share.rest;
}

double share_rounding(struct compared_share share)
{
	/* Each count is off by half a base; the first may have been moved by one base, too. */
	double first = 1.5 * share.base, others = 0.5 * share.base * share.rest_counts;
	double value = share.yes / whole_of(share);
	double most = share.yes + first, least = fmax(share.yes - first, 0);
	double more = most + fmax(share.rest - others, 0), less = least + share.rest + others;
	return fmax(most / more - value, less > 0 ? value - least / less : 0);
}

enum difference difference_of_shares(
	struct compared_share before, struct compared_share now, unsigned comparisons)
{
	double n[] = { whole_of(before), whole_of(now) };
	if (isnan(n[0]) || isnan(n[1]) || n[0] <= 0 || n[1] <= 0)
		return DIFFERENCE_NONE;
	double z = difference_z(comparisons);
	double shares[] = { before.yes / n[0], now.yes / n[1] };
	bool rises = shares[1] > shares[0];
	struct limits first = wilson_at(shares[0], n[0], z), second = wilson_at(shares[1], n[1], z);
	double chance = rises ? hypot(first.high - shares[0], shares[1] - second.low)
			      : hypot(shares[0] - first.low, second.high - shares[1]);
	double rounding = share_rounding(before) + share_rounding(now);
	if (fabs(shares[1] - shares[0]) - rounding <= chance)
		return DIFFERENCE_NOT_SHOWN;
	return rises ? DIFFERENCE_MORE : DIFFERENCE_LESS;
}

static double error_of(struct compared_estimate estimate, double z)
{
	if (estimate.share > NOUGHT && estimate.share < 1 - NOUGHT)
		return estimate.error;
	struct limits limits = wilson_at(estimate.share, (double)estimate.watched, z);
	return (limits.high - limits.low) / z;
}

void share_limits(struct compared_share share, double *low, double *high)
{
	double n = whole_of(share);
	*low = *high = NAN;
	if (isnan(n) || n <= 0)
		return;
	double rounding = share.base > 0 ? share_rounding(share) : 0;
	struct limits limits = wilson_at(share.yes / n, n, difference_z(1));
	*low = fmax(limits.low - rounding, 0);
	*high = fmin(limits.high + rounding, 1);
}

static bool is_comparable(struct compared_estimate estimate)
{
	return !isnan(estimate.share) && estimate.watched >= DIFFERENCE_WATCHED_MIN;
}

void pool_add(struct pooled_estimates *pool, struct compared_estimate estimate, double z)
{
	if (!is_comparable(estimate))
		return;
	double weight = (double)estimate.watched, error = error_of(estimate, z);
	pool->shares += weight * estimate.share;
	pool->variance += weight * weight * error * error;
	pool->watched += estimate.watched;
}

struct compared_estimate pool_mean(const struct pooled_estimates *pool)
{
	double weight = (double)pool->watched;
	if (pool->watched == 0)
		return (struct compared_estimate){ NAN, NAN, 0 };
	return (struct compared_estimate){ pool->shares / weight, sqrt(pool->variance) / weight,
		pool->watched };
}

enum difference difference_of_estimates(
	struct compared_estimate before, struct compared_estimate now, unsigned comparisons)
{
	if (!is_comparable(before) || !is_comparable(now))
		return DIFFERENCE_NONE;
	double z = difference_z(comparisons);
	double difference = now.share - before.share;
	if (fabs(difference) <= z * hypot(error_of(before, z), error_of(now, z)))
		return DIFFERENCE_NOT_SHOWN;
	return difference > 0 ? DIFFERENCE_MORE : DIFFERENCE_LESS;
}
