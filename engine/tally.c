/*
 * engine/tally.c - see tally.h.
 */
#include "engine/tally.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/grow.h"

enum err tally_new(struct tally **out)
{
	struct tally *tally = calloc(1, sizeof(*tally));
	if (tally == NULL)
		return ERR_FULL;
	tally->counters = registry_counters();
	tally->histograms = registry_histograms();
	*out = tally;
	return OK;
}

enum err tally_new_of(bool histograms, struct tally **out)
{
	enum err err = tally_new(out);
	if (err == OK && histograms)
		(*out)->counters = 0;
	else if (err == OK)
		(*out)->histograms = 0;
	return err;
}

void part_free(struct part *part)
{
	if (part == NULL)
		return;
	for (unsigned i = 0; part->histograms != NULL && i < registry_histograms(); i++)
		free(part->histograms[i].cells);
	free(part->histograms);
	free(part->counters);
	free(part);
}

void tally_clear(struct tally *tally)
{
	for (size_t i = 0; i < tally->used_count; i++) {
		part_free(tally->parts[tally->used[i]]);
		tally->parts[tally->used[i]] = NULL;
	}
	tally->used_count = 0;
	tally->failed = false;
	tally->one = false;
}

void tally_only(struct tally *tally, uint16_t municipality)
{
	tally->one = true;
	tally->only = municipality;
}

void tally_free(struct tally *tally)
{
	if (tally == NULL)
		return;
	tally_clear(tally);
	free(tally);
}

static size_t part_index(uint16_t municipality)
{
	CHECK(municipality == PART_ALL || municipality < PARTS_MAX - 1);
	return municipality == PART_ALL ? PARTS_MAX - 1 : municipality;
}

static struct part *part_of(uint16_t municipality, unsigned counters, unsigned histograms)
{
	struct part *part = calloc(1, sizeof(*part));
	if (part == NULL)
		return NULL;
	part->municipality = municipality;
	if (counters > 0)
		part->counters = calloc(counters, sizeof(*part->counters));
	if (histograms > 0)
		part->histograms = calloc(histograms, sizeof(*part->histograms));
	if ((counters > 0 && part->counters == NULL) ||
		(histograms > 0 && part->histograms == NULL)) {
		part_free(part);
		return NULL;
	}
	return part;
}

struct part *part_new(uint16_t municipality)
{
	return part_of(municipality, registry_counters(), registry_histograms());
}

static struct part *part_make(struct tally *tally, uint16_t municipality)
{
	size_t index = part_index(municipality);
	if (tally->parts[index] == NULL) {
		tally->parts[index] = part_of(municipality, tally->counters, tally->histograms);
		if (tally->parts[index] == NULL)
			return NULL;
		tally->used[tally->used_count++] = (uint16_t)index;
	}
	return tally->parts[index];
}

/*
 * The index of the first cell whose value is `at` or more. Cells have different values in order: no
 * more of them are below `at` than there are values from the first one to it, and so from the last
 * one down. Where nearly each value has a cell, as in the sums of many people, little is left to
 * search, and a search waits for memory at each of its steps.
 */
static uint32_t cell_find(const struct histogram *histogram, int32_t at)
{
	const struct cell *cells = histogram->cells;
	uint32_t count = histogram->count, low = 0;
	if (count == 0 || at <= cells[0].at)
		return 0;
	if (at > cells[count - 1].at)
		return count;
	int64_t below = (int64_t)at - cells[0].at, above = (int64_t)cells[count - 1].at - at;
	if (above < count - 1)
		low = count - 1 - (uint32_t)above;
	uint32_t left = (below < count ? (uint32_t)below : count) - low;
	/* Without a branch, which could not be foretold. */
	while (left > 0) {
		uint32_t half = left / 2;
		bool is_below = cells[low + half].at < at;
		low += is_below ? half + 1 : 0;
		left = is_below ? left - half - 1 : half;
	}
	return low;
}

static bool histogram_add(struct histogram *histogram, int32_t at, int64_t units)
{
	uint32_t index = cell_find(histogram, at);
	struct cell *cells = histogram->cells;
	if (index < histogram->count && cells[index].at == at) {
		cells[index].units += units;
		if (cells[index].units == 0) {
			histogram->count--;
			memmove(cells + index, cells + index + 1,
				(histogram->count - index) * sizeof(*cells));
		}
		return true;
	}
	if (histogram->count == histogram->size) {
		uint32_t size = histogram->size + histogram->size / 8 + 8;
		if (!GROW_TO(histogram->cells, size))
			return false;
		histogram->size = size;
		cells = histogram->cells;
	}
	memmove(cells + index + 1, cells + index, (histogram->count - index) * sizeof(*cells));
	cells[index] = (struct cell){ .at = at, .units = units };
	histogram->count++;
	return true;
}

static void adder_add(void *context, uint16_t municipality, bool histogram, unsigned slot,
	int32_t at, int64_t units)
{
	const struct adder *adder = context;
	if (adder->tally->one && municipality != adder->tally->only)
		return;
	struct part *part = part_make(adder->tally, municipality);
	if (part == NULL) {
		adder->tally->failed = true;
		return;
	}
	if (units == 0)
		return;
	if (!histogram) {
		CHECK(slot < adder->tally->counters);
		part->counters[slot] += adder->sign * units;
	} else {
		CHECK(slot < adder->tally->histograms);
		if (!histogram_add(&part->histograms[slot], at, adder->sign * units))
			adder->tally->failed = true;
	}
}

struct sink tally_sink(struct adder *adder)
{
	return (struct sink){ .add = adder_add, .context = adder };
}

const struct part *tally_part(const struct tally *tally, uint16_t municipality)
{
	return tally->parts[part_index(municipality)];
}

struct part *tally_part_take(struct tally *tally, uint16_t municipality)
{
	size_t index = part_index(municipality), kept = 0;
	struct part *part = tally->parts[index];
	for (size_t i = 0; i < tally->used_count; i++) {
		if (tally->used[i] != index)
			tally->used[kept++] = tally->used[i];
	}
	tally->used_count = kept;
	tally->parts[index] = NULL;
	return part;
}

/* Merges two sorted lists of cells; a cell that comes to zero is removed. */
static bool histogram_merge(struct histogram *histogram, const struct histogram *from)
{
	uint32_t i = 0, j = 0, count = 0, size = histogram->count + from->count;
	if (from->count == 0)
		return true;
	struct cell *cells = malloc(size * sizeof(*cells));
	if (cells == NULL)
		return false;
	while (i < histogram->count || j < from->count) {
		bool own = i < histogram->count &&
			   (j == from->count || histogram->cells[i].at <= from->cells[j].at);
		struct cell cell = own ? histogram->cells[i] : from->cells[j];
		bool both = own && j < from->count && from->cells[j].at == cell.at;
		if (both)
			cell.units += from->cells[j].units;
		i += own;
		j += !own || both;
		if (cell.units != 0)
			cells[count++] = cell;
	}
	free(histogram->cells);
	*histogram = (struct histogram){ .cells = cells, .count = count, .size = size };
	return true;
}

enum err tally_merge_part(struct tally *tally, const struct part *from)
{
	struct part *part = part_make(tally, from->municipality);
	tally->failed |= part == NULL;
	for (unsigned i = 0; i < tally->counters && !tally->failed; i++)
		part->counters[i] += from->counters[i];
	for (unsigned i = 0; i < tally->histograms && !tally->failed; i++)
		tally->failed = !histogram_merge(&part->histograms[i], &from->histograms[i]);
	return tally->failed ? ERR_FULL : OK;
}

enum err tally_merge(struct tally *tally, const struct tally *from)
{
	tally->failed |= from->failed;
	enum err err = tally->failed ? ERR_FULL : OK;
	for (size_t i = 0; i < from->used_count && err == OK; i++)
		err = tally_merge_part(tally, from->parts[from->used[i]]);
	return err;
}

static bool histogram_equal(const struct histogram *a, const struct histogram *b)
{
	uint32_t count_a = a == NULL ? 0 : a->count, count_b = b == NULL ? 0 : b->count;
	if (count_a != count_b)
		return false;
	for (uint32_t i = 0; i < count_a; i++) {
		if (a->cells[i].at != b->cells[i].at || a->cells[i].units != b->cells[i].units)
			return false;
	}
	return true;
}

bool part_equal(const struct part *a, const struct part *b)
{
	for (unsigned i = 0; i < registry_counters(); i++) {
		if ((a == NULL ? 0 : a->counters[i]) != (b == NULL ? 0 : b->counters[i]))
			return false;
	}
	for (unsigned i = 0; i < registry_histograms(); i++) {
		if (!histogram_equal(a == NULL ? NULL : &a->histograms[i],
			    b == NULL ? NULL : &b->histograms[i]))
			return false;
	}
	return true;
}

bool tally_equal(const struct tally *a, const struct tally *b)
{
	for (size_t index = 0; index < PARTS_MAX; index++) {
		if ((a->parts[index] != NULL || b->parts[index] != NULL) &&
			!part_equal(a->parts[index], b->parts[index]))
			return false;
	}
	return true;
}
