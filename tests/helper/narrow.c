/*
 * tests/helper/narrow.c - the inner loop of the intruder (tests/twin/intruder.py), as a library
 * that Python loads: propagates the bounds of whole numbers through linear relations. It is
 * nine tenths of what the intruder does; tests/twin/test_intruder.py holds the search that uses it
 * against trying everything.
 */
#include <stdbool.h>
#include <stdint.h>

/* Relations: relation r is least[r] <= sum of coefficient[t] * variable[t] <= most[r] over its
 * terms t, first[r] <= t < first[r + 1]. The relations that have variable x are
 * row[of[x]] to row[of[x + 1] - 1]. */
struct relations {
	const int32_t *first, *variable, *of, *row;
	const int64_t *coefficient, *least, *most;
};

/* Bounds of the numbers, changed in place; how often a relation of each number failed. */
struct bounds {
	int64_t *low, *high, *trouble;
};

/* Relations that must be looked at again: a stack, and for each whether it is in it. */
struct waiting {
	int32_t *rows, count;
	uint8_t *is_in;
};

bool intruder_narrow(
	const struct relations *relations, struct bounds *bounds, struct waiting *waiting);

static int64_t floor_of(int64_t number, int64_t divisor)
{
	/* A relation names no number that it multiplies by 0. */
	/* cppcheck-suppress zerodivcond */
	return number / divisor - (number % divisor < 0);
}

static void wait_for(struct waiting *waiting, int32_t row)
{
	if (!waiting->is_in[row]) {
		waiting->is_in[row] = 1;
		waiting->rows[waiting->count++] = row;
	}
}

static bool fails(const struct relations *r, struct bounds *bounds, int32_t at)
{
	for (int32_t t = r->first[at]; t < r->first[at + 1]; t++)
		bounds->trouble[r->variable[t]]++;
	return false;
}

/* One term, whose sum may rise by *up from its smallest and fall by *down from its largest.
 * False: no value is left. */
static bool narrow_term(
	int64_t coefficient, int64_t *low, int64_t *high, int64_t *up, int64_t *down)
{
	int64_t size = coefficient < 0 ? -coefficient : coefficient;
	/* How far the number may be from the bound at which the sum is smallest, and largest. */
	int64_t from_smallest = floor_of(*up, size), from_largest = floor_of(*down, size);
	int64_t above_low = coefficient > 0 ? from_smallest : from_largest;
	int64_t below_high = coefficient > 0 ? from_largest : from_smallest;
	int64_t low_new = *high - below_high > *low ? *high - below_high : *low;
	int64_t high_new = *low + above_low < *high ? *low + above_low : *high;
	if (low_new > high_new)
		return false;
	*up -= size * (coefficient > 0 ? low_new - *low : *high - high_new);
	*down -= size * (coefficient > 0 ? *high - high_new : low_new - *low);
	*low = low_new;
	*high = high_new;
	return true;
}

static bool narrow_row(
	const struct relations *r, struct bounds *bounds, struct waiting *waiting, int32_t at)
{
	int64_t smallest = 0, largest = 0;
	for (int32_t t = r->first[at]; t < r->first[at + 1]; t++) {
		int64_t c = r->coefficient[t], low = bounds->low[r->variable[t]],
			high = bounds->high[r->variable[t]];
		smallest += c * (c > 0 ? low : high);
		largest += c * (c > 0 ? high : low);
	}
	if (smallest > r->most[at] || largest < r->least[at])
		return fails(r, bounds, at);
	if (smallest >= r->least[at] && largest <= r->most[at])
		return true;
	int64_t up = r->most[at] - smallest, down = largest - r->least[at];
	for (int32_t t = r->first[at]; t < r->first[at + 1]; t++) {
		int32_t x = r->variable[t];
		int64_t low = bounds->low[x], high = bounds->high[x];
		if (!narrow_term(r->coefficient[t], &bounds->low[x], &bounds->high[x], &up, &down))
			return fails(r, bounds, at);
		if (bounds->low[x] == low && bounds->high[x] == high)
			continue;
		for (int32_t other = r->of[x]; other < r->of[x + 1]; other++)
			wait_for(waiting, r->row[other]);
	}
	return true;
}

/* Looks at the relations that wait, and at those that each change concerns, the last first,
 * until nothing changes. False: there is no solution; the bounds are then of no meaning. */
bool intruder_narrow(
	const struct relations *relations, struct bounds *bounds, struct waiting *waiting)
{
	bool possible = true;
	while (possible && waiting->count > 0) {
		int32_t at = waiting->rows[--waiting->count];
		waiting->is_in[at] = 0;
		possible = narrow_row(relations, bounds, waiting, at);
	}
	while (waiting->count > 0)
		waiting->is_in[waiting->rows[--waiting->count]] = 0;
	return possible;
}
