/*
 * engine/packed.c - see packed.h.
 *
 * All counters, then each histogram: how many cells, and of each its units and, when it
 * does not follow the one before by one, the step from there; as varints, negative ones
 * folded between. Most cells are one byte.
 */
#include "engine/packed.h"

#include <stdlib.h>

#include "proto/codec.h"

void packed_release(struct packed *packed)
{
	free(packed->data);
	*packed = (struct packed){ 0 };
}

static void number_add(struct text *out, int64_t number)
{
	varint_add(out, (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0));
}

/* Even: twice the units, the step is one. Odd: the step, and the units follow. */
static void cell_pack(const struct cell *cell, int64_t step, struct text *out)
{
	bool small = cell->units >= -(INT64_C(1) << 60) && cell->units <= INT64_C(1) << 60;
	if (step == 1 && small) {
		number_add(out, cell->units * 2);
	} else {
		number_add(out, step * 2 + 1);
		number_add(out, cell->units);
	}
}

static enum err number_take(struct bytes *rest, int64_t *out)
{
	uint64_t folded;
	if (varint_take(rest, &folded) != OK)
		return ERR_CORRUPT;
	*out = (int64_t)(folded >> 1 ^ ((folded & 1) != 0 ? UINT64_MAX : 0));
	return OK;
}

static enum err cell_unpack(struct bytes *rest, int64_t *step, int64_t *units)
{
	int64_t first;
	enum err err = number_take(rest, &first);
	if (err != OK)
		return err;
	if (first % 2 == 0) {
		*step = 1;
		*units = first / 2;
		return OK;
	}
	*step = (first - 1) / 2;
	if (*step < INT32_MIN || *step > UINT32_MAX)
		return ERR_CORRUPT;
	return number_take(rest, units);
}

static void histogram_pack(const struct histogram *histogram, struct text *out)
{
	int64_t before = 0;
	varint_add(out, histogram->count);
	for (uint32_t i = 0; i < histogram->count; i++) {
		cell_pack(&histogram->cells[i], histogram->cells[i].at - before, out);
		before = histogram->cells[i].at;
	}
}

enum err part_pack(const struct part *part, struct packed *out)
{
	static const struct histogram empty;
	struct text text = { 0 };
	if (part == NULL) {
		*out = (struct packed){ 0 };
		return OK;
	}
	for (unsigned i = 0; i < registry_counters(); i++)
		number_add(&text, part->counters == NULL ? 0 : part->counters[i]);
	for (unsigned i = 0; i < registry_histograms(); i++)
		histogram_pack(part->histograms == NULL ? &empty : &part->histograms[i], &text);
	uint8_t *data = text.failed ? NULL : malloc(text.length);
	if (data != NULL) {
		memcpy(data, text.data, text.length);
		*out = (struct packed){ .data = data, .length = text.length };
	}
	text_release(&text);
	return data == NULL ? ERR_FULL : OK;
}

static enum err histogram_unpack(struct bytes *rest, struct histogram *out)
{
	uint64_t count;
	int64_t at = 0;
	/* A cell takes a byte at least. */
	if (varint_take(rest, &count) != OK || count > rest->length || count > UINT32_MAX)
		return ERR_CORRUPT;
	if (count == 0)
		return OK;
	out->cells = malloc((size_t)count * sizeof(*out->cells));
	if (out->cells == NULL)
		return ERR_FULL;
	out->size = (uint32_t)count;
	for (; out->count < count; out->count++) {
		struct cell *cell = &out->cells[out->count];
		int64_t step, units;
		if (cell_unpack(rest, &step, &units) != OK)
			return ERR_CORRUPT;
		at += step;
		if (at < INT32_MIN || at > INT32_MAX || units == 0 || (out->count > 0 && step <= 0))
			return ERR_CORRUPT;
		*cell = (struct cell){ .at = (int32_t)at, .units = units };
	}
	return OK;
}

enum err part_unpack(const struct packed *packed, uint16_t municipality, struct part **out)
{
	struct bytes rest = bytes_of(packed->data, packed->length);
	if (packed->data == NULL) {
		*out = NULL;
		return OK;
	}
	struct part *part = part_new(municipality);
	enum err err = part == NULL ? ERR_FULL : OK;
	for (unsigned i = 0; i < registry_counters() && err == OK; i++)
		err = number_take(&rest, &part->counters[i]);
	for (unsigned i = 0; i < registry_histograms() && err == OK; i++)
		err = histogram_unpack(&rest, &part->histograms[i]);
	if (err == OK && rest.length > 0)
		err = ERR_CORRUPT;
	if (err == OK)
		*out = part;
	else
		part_free(part);
	return err;
}
