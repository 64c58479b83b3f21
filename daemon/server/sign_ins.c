/*
 * daemon/server/sign_ins.c - see sign_ins.h.
 */
#include "daemon/server/sign_ins.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "secret/pseudonym.h"

#define SETS 1024
#define WAYS 4 /* places of a set */

struct sign_in_place {
	struct salted_hash address;
	unsigned count; /* wrong ones; 0: the place is free */
	int64_t last_us;
	int64_t until_us; /* the wait is over then */
};

struct sign_ins {
	struct salt salt;
	struct sign_in_place places[SETS][WAYS];
};

enum err sign_ins_new(struct sign_ins **out)
{
	struct sign_ins *sign_ins = calloc(1, sizeof(*sign_ins));
	if (sign_ins == NULL)
		return ERR_FULL;
	salt_make(&sign_ins->salt);
	*out = sign_ins;
	return OK;
}

void sign_ins_free(struct sign_ins *sign_ins)
{
	free(sign_ins);
}

/* The place of an address: its own, or else the one that is free or was silent for longest. */
static struct sign_in_place *place_find(struct sign_ins *sign_ins, const struct origin *origin)
{
	uint8_t address[ORIGIN_SIZE];
	uint16_t set;
	origin_place(origin, address);
	struct salted_hash hash =
		salted_hash_of(&sign_ins->salt, bytes_of(address, sizeof(address)));
	memcpy(&set, hash.bytes, sizeof(set));
	struct sign_in_place *places = sign_ins->places[set % SETS], *oldest = places;
	for (size_t i = 0; i < WAYS; i++) {
		if (places[i].count > 0 && memcmp(&places[i].address, &hash, sizeof(hash)) == 0)
			return &places[i];
		if (oldest->count > 0 &&
			(places[i].count == 0 || places[i].last_us < oldest->last_us))
			oldest = &places[i];
	}
	*oldest = (struct sign_in_place){ .address = hash };
	return oldest;
}

/* Rounded up, so that who waits that long has waited long enough. */
static unsigned seconds_until(int64_t until_us, int64_t now_us)
{
	CHECK(until_us > now_us);
	return (unsigned)((until_us - now_us + US_PER_SECOND - 1) / US_PER_SECOND);
}

unsigned sign_ins_wrong(struct sign_ins *sign_ins, const struct origin *origin, int64_t now_us)
{
	struct sign_in_place *place = place_find(sign_ins, origin);
	int64_t seconds = 1;
	if (place->count > 0 && now_us - place->last_us >= SIGN_INS_FORGET_SECONDS * US_PER_SECOND)
		place->count = 0;
	place->last_us = now_us;
	if (place->count > SIGN_INS_FREE && now_us < place->until_us)
		return seconds_until(place->until_us, now_us);
	place->count++;
	if (place->count <= SIGN_INS_FREE)
		return 0;
	for (unsigned i = SIGN_INS_FREE + 1; i < place->count && seconds < SIGN_INS_SECONDS_MAX;
		i++)
		seconds *= 2;
	place->until_us = now_us + seconds * US_PER_SECOND;
	return (unsigned)seconds;
}
