/*
 * engine/packed_sums.c - see packed_sums.h.
 */
#include "engine/packed_sums.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/grow.h"

struct packed_part *packed_part_hold(struct packed_part *part)
{
	if (part != NULL)
		atomic_fetch_add(&part->holders, 1);
	return part;
}

void packed_part_drop(struct packed_part *part)
{
	if (part == NULL || atomic_fetch_sub(&part->holders, 1) > 1)
		return;
	packed_release(&part->packed);
	free(part);
}

enum err packed_part_unpack(const struct packed_part *part, struct part **out)
{
	if (part == NULL) {
		*out = NULL;
		return OK;
	}
	enum err err = part_unpack(&part->packed, part->municipality, out);
	CHECK(err != ERR_CORRUPT);
	return err;
}

void packed_sums_release(struct packed_sums *sums)
{
	for (size_t i = 0; i < sums->count; i++)
		packed_part_drop(sums->parts[i]);
	free(sums->parts);
	*sums = (struct packed_sums){ 0 };
}

/* The index of a municipality, or where it would be. */
static size_t place_of(const struct packed_sums *sums, uint16_t municipality)
{
	size_t low = 0, high = sums->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (sums->parts[middle]->municipality < municipality)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct packed_part *packed_sums_find(const struct packed_sums *sums, uint16_t municipality)
{
	size_t at = place_of(sums, municipality);
	bool found = at < sums->count && sums->parts[at]->municipality == municipality;
	return found ? sums->parts[at] : NULL;
}

enum err packed_sums_take(
	struct packed_sums *sums, uint16_t municipality, const struct packed *packed)
{
	size_t at = place_of(sums, municipality);
	CHECK(packed->data != NULL && packed_sums_find(sums, municipality) == NULL);
	if (!GROW(sums->parts, sums->size, sums->count + 1))
		return ERR_FULL;
	struct packed_part *part = malloc(sizeof(*part));
	if (part == NULL)
		return ERR_FULL;
	*part = (struct packed_part){ .municipality = municipality, .packed = *packed };
	atomic_init(&part->holders, 1);
	memmove(sums->parts + at + 1, sums->parts + at,
		(sums->count - at) * sizeof(struct packed_part *));
	sums->parts[at] = part;
	sums->count++;
	return OK;
}

/* Puts sums in the place of those that a part had. */
static enum err part_replace(struct packed_sums *sums, uint16_t municipality, struct packed *packed)
{
	struct packed_part *before = packed_sums_find(sums, municipality);
	if (before == NULL)
		return packed_sums_take(sums, municipality, packed);
	if (bytes_equal(bytes_of(before->packed.data, before->packed.length),
		    bytes_of(packed->data, packed->length))) {
		packed_release(packed);
		return OK;
	}
	struct packed_part *part = malloc(sizeof(*part));
	if (part == NULL)
		return ERR_FULL;
	*part = (struct packed_part){ .municipality = municipality, .packed = *packed };
	atomic_init(&part->holders, 1);
	sums->parts[place_of(sums, municipality)] = part;
	packed_part_drop(before);
	return OK;
}

/* Nothing is left of what was added and taken off: who was asked about is what was before. */
static bool part_is_zero(const struct tally *tally, const struct part *part)
{
	for (unsigned i = 0; i < tally->counters; i++) {
		if (part->counters[i] != 0)
			return false;
	}
	for (unsigned i = 0; i < tally->histograms; i++) {
		if (part->histograms[i].count != 0)
			return false;
	}
	return true;
}

static enum err part_add(struct packed_sums *sums, struct tally *news, uint16_t municipality)
{
	struct part *before = NULL;
	struct packed packed = { 0 };
	const struct packed_part *found = packed_sums_find(sums, municipality);
	if (found != NULL && part_is_zero(news, tally_part(news, municipality)))
		return OK;
	enum err err = packed_part_unpack(found, &before);
	if (err == OK && before != NULL)
		err = tally_merge_part(news, before);
	part_free(before);
	if (err == OK)
		err = part_pack(tally_part(news, municipality), &packed);
	if (err == OK)
		err = part_replace(sums, municipality, &packed);
	if (err != OK)
		packed_release(&packed);
	return err;
}

enum err packed_sums_add(struct packed_sums *sums, struct tally *news)
{
	enum err err = news->failed ? ERR_FULL : OK;
	for (size_t i = 0; i < news->used_count && err == OK; i++)
		err = part_add(sums, news, news->parts[news->used[i]]->municipality);
	tally_clear(news);
	return err;
}

/* Is all that `a` has in `b`? */
static enum err sums_has(const struct packed_sums *a, const struct packed_sums *b, bool *equal)
{
	enum err err = OK;
	for (size_t i = 0; i < a->count && err == OK && *equal; i++) {
		struct part *left = NULL, *right = NULL;
		err = packed_part_unpack(a->parts[i], &left);
		if (err == OK)
			err = packed_part_unpack(
				packed_sums_find(b, a->parts[i]->municipality), &right);
		*equal = err == OK && part_equal(left, right);
		part_free(left);
		part_free(right);
	}
	return err;
}

enum err packed_sums_compare(const struct packed_sums *a, const struct packed_sums *b, bool *equal)
{
	*equal = true;
	enum err err = sums_has(a, b, equal);
	return err == OK && *equal ? sums_has(b, a, equal) : err;
}
