/*
 * engine/permutation.h - do groups differ by more than chance, when whole
 * municipalities are in one group or another?
 *
 * People of one municipality share its service, so the municipality is what could have
 * been in another group, and there are few of them. The statistic is the largest
 * difference between two groups' shares at one horizon, each share taken from
 * the added-up records of the group's municipalities. p is the part of the ways to hand
 * out the groups over the municipalities, as many to each as there are, whose
 * difference is as large as the one found (Fisher 1935). Nothing is assumed about
 * how shares vary between municipalities.
 */
#ifndef ENGINE_PERMUTATION_H
#define ENGINE_PERMUTATION_H

#include "base/err.h"
#include "indicators/registry.h"

#define PERMUTATION_GROUPS_MAX 4
#define PERMUTATION_ALL_MAX    20000 /* ways: up to so many all are tried */
#define PERMUTATION_TRIED      10000 /* else so many: the one found, and others by chance */

/*
 * A municipality's records in one curve, by the group in which each began; NULL: none.
 * It belongs to the group with most of them that were ever at risk, of equal ones the
 * first, with all of them.
 */
struct permutation_unit {
	const struct histogram *sources[PERMUTATION_GROUPS_MAX];
};

struct permutation {
	unsigned units[PERMUTATION_GROUPS_MAX]; /* municipalities that belong to the group */
	double shares[PERMUTATION_GROUPS_MAX];  /* of those; NAN: none at the horizon */
	double difference;                      /* largest less smallest share; NAN: no test */
	double p;                               /* NAN: no test */
	double p_min; /* the smallest p attainable with so many municipalities; NAN: no test */
	int64_t ways; /* that were tried; 0: no test */
	bool drawn;   /* by chance, of a fixed seed */
};

/*
 * Tests one of `compared`'s curves. Groups without a share at the horizon take no part;
 * with fewer than two others there is no test. A way that leaves a group without a
 * share counts as a large difference: p is never too small. ERR_FULL: no memory.
 */
enum err permutation_test(const struct permutation_unit *units, size_t unit_count,
	const struct compared *compared, struct permutation *out) NODISCARD;

#endif
