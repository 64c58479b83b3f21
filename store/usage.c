/*
 * store/usage.c - see usage.h.
 */
#include "store/usage.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/grow.h"
#include "store/tables.h"

void usage_release(struct usage *usage)
{
	free(usage->heads);
	free(usage->shares);
	free(usage->places);
	free(usage->steps);
	*usage = (struct usage){ 0 };
}

/* The place of the share of a partner in a person; 0: there is none. */
static uint32_t share_find(const struct usage *usage, uint16_t partner, uint32_t person)
{
	uint32_t at = person < usage->head_count ? usage->heads[person] : 0;
	while (at != 0 && usage->shares[at].partner != partner)
		at = usage->shares[at].next;
	return at;
}

uint32_t usage_of_person(const struct usage *usage, uint16_t partner, uint32_t person)
{
	uint32_t at = share_find(usage, partner, person);
	return at == 0 ? 0 : usage->shares[at].count;
}

static uint64_t bit_of(uint16_t municipality)
{
	return UINT64_C(1) << municipality % 64;
}

bool usage_has(const struct usage *usage, uint16_t partner, uint16_t municipality)
{
	CHECK(municipality < USAGE_MUNICIPALITIES);
	return partner < usage->place_count &&
	       (usage->places[partner].used[municipality / 64] & bit_of(municipality)) != 0;
}

uint32_t usage_municipalities(const struct usage *usage, uint16_t partner)
{
	return partner < usage->place_count ? usage->places[partner].count : 0;
}

/* Makes room for one record more. */
static bool room_make(struct usage *usage, uint16_t partner, uint32_t person)
{
	if (!GROW(usage->heads, usage->head_size, (size_t)person + 1) ||
		!GROW(usage->shares, usage->share_size, usage->share_count + 2) ||
		!GROW(usage->places, usage->place_size, (size_t)partner + 1) ||
		!GROW(usage->steps, usage->step_size, usage->step_count + 1) ||
		usage->share_count >= UINT32_MAX - 2)
		return false;
	while (usage->head_count <= person)
		usage->heads[usage->head_count++] = 0;
	while (usage->place_count <= partner)
		memset(&usage->places[usage->place_count++], 0, sizeof(usage->places[0]));
	if (usage->share_count == 0)
		usage->shares[usage->share_count++] = (struct usage_share){ 0 };
	return true;
}

static uint32_t share_make(struct usage *usage, uint16_t partner, uint32_t person)
{
	uint32_t at = share_find(usage, partner, person);
	if (at != 0)
		return at;
	at = (uint32_t)usage->share_count++;
	usage->shares[at] =
		(struct usage_share){ .partner = partner, .next = usage->heads[person] };
	usage->heads[person] = at;
	return at;
}

enum err usage_add(struct usage *usage, uint16_t partner, uint32_t person, uint16_t municipality)
{
	if (!room_make(usage, partner, person))
		return ERR_FULL;
	struct usage_places *places = &usage->places[partner];
	struct usage_step step = {
		.share = person == 0 ? 0 : share_make(usage, partner, person),
		.partner = partner,
		.municipality = municipality,
		.first = !usage_has(usage, partner, municipality),
	};
	if (step.share != 0)
		usage->shares[step.share].count++;
	places->used[municipality / 64] |= bit_of(municipality);
	places->count += step.first;
	usage->steps[usage->step_count++] = step;
	return OK;
}

void usage_keep(struct usage *usage)
{
	usage->step_count = 0;
}

void usage_undo(struct usage *usage)
{
	/* A share without records stays: the number of its person is given out again. */
	for (; usage->step_count > 0; usage->step_count--) {
		const struct usage_step *step = &usage->steps[usage->step_count - 1];
		struct usage_places *places = &usage->places[step->partner];
		CHECK(step->share == 0 || usage->shares[step->share].count > 0);
		if (step->share != 0)
			usage->shares[step->share].count--;
		if (step->first) {
			places->used[step->municipality / 64] &= ~bit_of(step->municipality);
			places->count--;
		}
	}
}

enum err usage_load(struct usage *usage, MDB_txn *txn, MDB_dbi log, const struct usage_ends *ends)
{
	MDB_cursor *cursor;
	MDB_val key, val;
	enum err err = OK;
	int code = mdb_cursor_open(txn, log, &cursor);
	if (code != 0)
		return lmdb_err(code);
	usage_release(usage);
	for (code = mdb_cursor_get(cursor, &key, &val, MDB_FIRST); code == 0 && err == OK;
		code = mdb_cursor_get(cursor, &key, &val, MDB_NEXT)) {
		struct record_origin origin;
		if (record_origin_read(bytes_of_val(&val), &origin) != OK ||
			origin.partner > ends->partner || origin.person > ends->person ||
			origin.municipality >= USAGE_MUNICIPALITIES || origin.partner == 0)
			continue;
		err = usage_add(usage, origin.partner, origin.person, origin.municipality);
		usage_keep(usage);
	}
	mdb_cursor_close(cursor);
	if (err == OK && code != MDB_NOTFOUND)
		err = lmdb_err(code);
	return err;
}
