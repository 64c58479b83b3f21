/*
 * engine/permutation.c - see permutation.h.
 *
 * Thousands of ways are tried, so the records are laid out once: for each histogram
 * of the curve the days there are, and for each municipality what it adds at which of
 * them. A way is then additions into an array of days, and a curve over it.
 */
#include "engine/permutation.h"

#include <math.h>
#include <stdlib.h>

#include "base/check.h"

#define SEED      UINT64_C(0x6c6164646572) /* "ladder" */
#define NOUGHT    1e-12                    /* by which equal differences may differ */
#define UNITS_MAX 10000                    /* there are no more municipalities */

/* What one municipality adds at one of the days of a histogram. */
struct addition {
	uint32_t day_index; /* in the layout's `days` */
	int64_t units;
};

/* The records of all municipalities in one histogram of the curve. */
struct layout {
	int32_t *days; /* in order, each once */
	uint32_t day_count;
	struct addition *additions; /* those of unit u end at ends[u] */
	size_t *ends;
	struct cell *cells; /* of the group that is looked at; room for all days */
};

struct test {
	const struct compared *compared;
	const struct permutation_unit *units;
	size_t unit_count;
	uint8_t *groups; /* groups[u]: the group of unit u in the way that is tried */
	unsigned group_count;
	struct layout layouts[CURVE_HISTOGRAMS];
};

static int by_value(const void *a, const void *b)
{
	const int32_t *left = a, *right = b;
	return (*left > *right) - (*left < *right);
}

static void layout_release(struct layout *layout)
{
	free(layout->days);
	free(layout->additions);
	free(layout->ends);
	free(layout->cells);
}

static const struct histogram *source_of(
	const struct test *test, size_t unit, unsigned source, unsigned slot)
{
	const struct histogram *histograms = test->units[unit].sources[source];
	return histograms == NULL ? NULL : &histograms[slot];
}

/* Finds the distinct days. */
static void layout_days(const struct test *test, unsigned slot, struct layout *layout)
{
	uint32_t count = 0;
	for (size_t u = 0; u < test->unit_count; u++) {
		for (unsigned s = 0; s < PERMUTATION_GROUPS_MAX; s++) {
			const struct histogram *from = source_of(test, u, s, slot);
			for (uint32_t i = 0; from != NULL && i < from->count; i++)
				layout->days[count++] = from->cells[i].at;
		}
	}
	qsort(layout->days, count, sizeof(*layout->days), by_value);
	for (uint32_t i = 0; i < count; i++) {
		if (i == 0 || layout->days[i] != layout->days[layout->day_count - 1])
			layout->days[layout->day_count++] = layout->days[i];
	}
}

static void layout_additions(const struct test *test, unsigned slot, struct layout *layout)
{
	size_t count = 0;
	for (size_t u = 0; u < test->unit_count; u++) {
		for (unsigned s = 0; s < PERMUTATION_GROUPS_MAX; s++) {
			const struct histogram *from = source_of(test, u, s, slot);
			for (uint32_t i = 0; from != NULL && i < from->count; i++) {
				const int32_t *day = bsearch(&from->cells[i].at, layout->days,
					layout->day_count, sizeof(*day), by_value);
				CHECK(day != NULL);
				layout->additions[count++] =
					(struct addition){ (uint32_t)(day - layout->days),
						from->cells[i].units };
			}
		}
		layout->ends[u] = count;
	}
}

static bool layout_make(const struct test *test, unsigned slot, struct layout *layout)
{
	size_t count = 1; /* so that there is always something to allocate */
	for (size_t u = 0; u < test->unit_count; u++) {
		for (unsigned s = 0; s < PERMUTATION_GROUPS_MAX; s++) {
			const struct histogram *from = source_of(test, u, s, slot);
			count += from == NULL ? 0 : from->count;
		}
	}
	layout->days = calloc(count, sizeof(*layout->days));
	layout->additions = calloc(count, sizeof(*layout->additions));
	layout->ends = calloc(test->unit_count + 1, sizeof(*layout->ends));
	layout->cells = calloc(count, sizeof(*layout->cells));
	if (layout->days == NULL || layout->additions == NULL || layout->ends == NULL ||
		layout->cells == NULL)
		return false;
	layout_days(test, slot, layout);
	layout_additions(test, slot, layout);
	return true;
}

/* Adds up the records of a group's units: a histogram over layout->cells. */
static struct histogram layout_sum(
	const struct test *test, const struct layout *layout, unsigned group)
{
	struct histogram sum = { .cells = layout->cells };
	for (uint32_t i = 0; i < layout->day_count; i++)
		layout->cells[i] = (struct cell){ .at = layout->days[i] };
	for (size_t u = 0; u < test->unit_count; u++) {
		if (test->groups[u] != group)
			continue;
		for (size_t i = u == 0 ? 0 : layout->ends[u - 1]; i < layout->ends[u]; i++)
			layout->cells[layout->additions[i].day_index].units +=
				layout->additions[i].units;
	}
	for (uint32_t i = 0; i < layout->day_count; i++) {
		if (layout->cells[i].units != 0)
			layout->cells[sum.count++] = layout->cells[i];
	}
	return sum;
}

/* The share of a group in the way that is tried; NAN: none at the horizon. */
static double share_of(const struct test *test, unsigned group)
{
	struct histogram sums[CURVE_HISTOGRAMS];
	struct curve curve;
	for (unsigned slot = 0; slot < CURVE_HISTOGRAMS; slot++)
		sums[slot] = layout_sum(test, &test->layouts[slot], group);
	curve_init(&curve, sums, test->compared->at_risk_min);
	return curve_estimate(&curve, test->compared->function, test->compared->days).value;
}

/* The largest difference between two groups; infinite when one has no share. */
static double difference_of(const struct test *test)
{
	double min = INFINITY, max = -INFINITY;
	for (unsigned group = 0; group < test->group_count; group++) {
		double share = share_of(test, group);
		if (isnan(share))
			return INFINITY;
		min = share < min ? share : min;
		max = share > max ? share : max;
	}
	return max - min;
}

/* The records of a unit in one group that were ever at risk. */
static int64_t records_of(const struct test *test, size_t unit, unsigned group)
{
	const struct histogram *entries = source_of(test, unit, group, 0);
	return entries == NULL ? 0 : histogram_total(entries);
}

/* Gives each unit the group with most of its records; PERMUTATION_GROUPS_MAX: it has none. */
static void groups_find(struct test *test)
{
	for (size_t u = 0; u < test->unit_count; u++) {
		int64_t max = 0;
		test->groups[u] = PERMUTATION_GROUPS_MAX;
		for (unsigned group = 0; group < PERMUTATION_GROUPS_MAX; group++) {
			int64_t records = records_of(test, u, group);
			if (records > max) {
				max = records;
				test->groups[u] = (uint8_t)group;
			}
		}
	}
}

/* How many ways there are to hand the groups out: n! / (n_1! n_2! ...). */
static double ways_of(const unsigned *sizes, unsigned group_count)
{
	double ways = 1;
	unsigned n = 0;
	for (unsigned group = 0; group < group_count; group++) {
		for (unsigned k = 1; k <= sizes[group]; k++)
			ways = ways * ++n / k;
	}
	return ways;
}

/* In how many ways groups of equal size can be exchanged without changing the difference. */
static double mirrors_of(const unsigned *sizes, unsigned group_count)
{
	double mirrors = 1;
	for (unsigned group = 0; group < group_count; group++) {
		unsigned equal = 1;
		for (unsigned before = 0; before < group; before++)
			equal += sizes[before] == sizes[group];
		mirrors *= equal;
	}
	return mirrors;
}

/* The next way in lexicographic order. False: that was the last. */
static bool way_next(uint8_t *groups, size_t count)
{
	size_t i = count - 1, j = count - 1;
	while (i > 0 && groups[i - 1] >= groups[i])
		i--;
	if (i == 0)
		return false;
	while (groups[j] <= groups[i - 1])
		j--;
	uint8_t kept = groups[j];
	groups[j] = groups[i - 1];
	groups[i - 1] = kept;
	for (j = count - 1; i < j; i++, j--) {
		kept = groups[i];
		groups[i] = groups[j];
		groups[j] = kept;
	}
	return true;
}

/* splitmix64 (Steele, Lea and Flood 2014). */
static uint64_t chance(uint64_t *seed)
{
	*seed += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t z = *seed;
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void way_draw(uint8_t *groups, size_t count, uint64_t *seed)
{
	for (size_t i = count - 1; i > 0; i--) {
		size_t j = (size_t)((chance(seed) >> 32) * (i + 1) >> 32);
		uint8_t kept = groups[i];
		groups[i] = groups[j];
		groups[j] = kept;
	}
}

/* Tries the ways and fills in p; `sizes` are those of the groups that are compared. */
static void ways_try(struct test *test, const unsigned *sizes, struct permutation *out)
{
	double ways = ways_of(sizes, test->group_count);
	double min = mirrors_of(sizes, test->group_count) / ways;
	double large = out->difference - NOUGHT;
	int64_t found = 0;
	size_t at = 0;
	for (unsigned group = 0; group < test->group_count; group++) {
		for (unsigned i = 0; i < sizes[group]; i++)
			test->groups[at++] = (uint8_t)group;
	}
	out->drawn = ways > PERMUTATION_ALL_MAX;
	if (!out->drawn) {
		do {
			out->ways++;
			found += difference_of(test) >= large;
		} while (way_next(test->groups, test->unit_count));
		CHECK((double)out->ways == ways);
	} else {
		uint64_t seed = SEED;
		out->ways = PERMUTATION_TRIED;
		found = 1; /* the way found */
		for (int64_t i = 1; i < out->ways; i++) {
			way_draw(test->groups, test->unit_count, &seed);
			found += difference_of(test) >= large;
		}
		if (min < 1 / (double)out->ways)
			min = 1 / (double)out->ways;
	}
	out->p = (double)found / (double)out->ways;
	out->p_min = min;
}

static void test_release(struct test *test)
{
	for (unsigned slot = 0; slot < CURVE_HISTOGRAMS; slot++)
		layout_release(&test->layouts[slot]);
	free(test->groups);
}

static bool test_make(struct test *test)
{
	test->groups = calloc(test->unit_count + 1, sizeof(*test->groups));
	bool made = test->groups != NULL;
	for (unsigned slot = 0; slot < CURVE_HISTOGRAMS && made; slot++)
		made = layout_make(test, slot, &test->layouts[slot]);
	return made;
}

/* The groups as they are: their sizes, shares and difference. */
static enum err look(struct test *test, struct permutation *out)
{
	double min = INFINITY, max = -INFINITY;
	if (!test_make(test))
		return ERR_FULL;
	groups_find(test);
	for (size_t u = 0; u < test->unit_count; u++) {
		if (test->groups[u] < PERMUTATION_GROUPS_MAX)
			out->units[test->groups[u]]++;
	}
	for (unsigned group = 0; group < PERMUTATION_GROUPS_MAX; group++) {
		double share = share_of(test, group);
		out->shares[group] = share;
		if (isnan(share))
			continue;
		test->group_count++;
		min = share < min ? share : min;
		max = share > max ? share : max;
	}
	if (test->group_count >= 2)
		out->difference = max - min;
	return OK;
}

/* Tests the groups that have a share, over their units only. */
static enum err compare(const struct test *seen, struct permutation *out)
{
	unsigned sizes[PERMUTATION_GROUPS_MAX];
	struct permutation_unit *units = calloc(seen->unit_count, sizeof(*units));
	struct test test = { .compared = seen->compared, .units = units };
	if (units == NULL)
		return ERR_FULL;
	for (unsigned group = 0; group < PERMUTATION_GROUPS_MAX; group++) {
		if (!isnan(out->shares[group]))
			sizes[test.group_count++] = out->units[group];
	}
	for (size_t u = 0; u < seen->unit_count; u++) {
		uint8_t group = seen->groups[u];
		if (group < PERMUTATION_GROUPS_MAX && !isnan(out->shares[group]))
			units[test.unit_count++] = seen->units[u];
	}
	bool made = test_make(&test);
	if (made)
		ways_try(&test, sizes, out);
	test_release(&test);
	free(units);
	return made ? OK : ERR_FULL;
}

enum err permutation_test(const struct permutation_unit *units, size_t unit_count,
	const struct compared *compared, struct permutation *out)
{
	CHECK(unit_count <= UNITS_MAX);
	struct test test = { .compared = compared, .units = units, .unit_count = unit_count };
	*out = (struct permutation){ .difference = NAN, .p = NAN, .p_min = NAN };
	enum err err = look(&test, out);
	if (err == OK && test.group_count >= 2)
		err = compare(&test, out);
	test_release(&test);
	return err;
}
