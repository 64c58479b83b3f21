/*
 * engine/curves.c - see curves.h.
 */
#include "engine/curves.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

static const struct {
	const struct indicator *indicator;
	unsigned count;
	int64_t at_risk_min;
	enum curve_function function;
} sets[] = {
#define CURVE_SET_ROW(NAME, name, count, at_risk_min, function)                                    \
	{ &indicator_##name, count, at_risk_min, function },
	CURVE_SETS(CURVE_SET_ROW)
#undef CURVE_SET_ROW
};

/* The histograms of a set's curves in a part. */
static const struct histogram *source_of(const struct part *part, size_t set)
{
	struct sink at = registry_sink(&(struct sink){ 0 }, sets[set].indicator);
	return part->histograms + at.histogram_base;
}

enum err curves_copy(const struct part *part, struct curves *out)
{
	size_t cells = 0;
	*out = (struct curves){ 0 };
	if (part == NULL)
		return OK;
	for (size_t set = 0; set < CURVE_SET_COUNT; set++) {
		const struct histogram *from = source_of(part, set);
		for (size_t i = 0; i < sets[set].count * CURVE_HISTOGRAMS; i++)
			cells += from[i].count;
	}
	struct cell *next = out->cells = calloc(cells + 1, sizeof(*out->cells));
	if (next == NULL)
		return ERR_FULL;
	for (size_t set = 0; set < CURVE_SET_COUNT; set++) {
		const struct histogram *from = source_of(part, set);
		CHECK(sets[set].count <= CURVES_OF_A_SET_MAX);
		for (size_t i = 0; i < sets[set].count * CURVE_HISTOGRAMS; i++) {
			uint32_t count = from[i].count;
			if (count > 0)
				memcpy(next, from[i].cells, count * sizeof(*next));
			out->histograms[set][i] = (struct histogram){ next, count, count };
			next += count;
		}
	}
	return OK;
}

void curves_release(struct curves *curves)
{
	free(curves->cells);
	*curves = (struct curves){ 0 };
}

struct curve curves_find(const struct curves *curves, enum curve_set set, unsigned index)
{
	struct curve curve;
	CHECK(index < sets[set].count);
	curve_init(&curve, curves->histograms[set] + (size_t)index * CURVE_HISTOGRAMS,
		sets[set].at_risk_min);
	return curve;
}

enum curve_function curves_function(enum curve_set set)
{
	return sets[set].function;
}
