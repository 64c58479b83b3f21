/*
 * daemon/server/arrivals.c - see arrivals.h.
 */
#include "daemon/server/arrivals.h"

#include <stdlib.h>
#include <string.h>

#include "base/bucket.h"
#include "base/check.h"
#include "secret/pseudonym.h"

#define SETS 512
#define WAYS 4 /* addresses of a set */

struct arrival_place {
	struct salted_hash address;
	bool taken;
	int64_t last_us;
	struct bucket handshakes;
};

struct arrivals {
	uint64_t per_second;
	struct salt salt;
	struct arrival_place places[SETS][WAYS];
};

enum err arrivals_new(uint64_t per_second, struct arrivals **out)
{
	struct arrivals *arrivals = calloc(1, sizeof(*arrivals));
	if (arrivals == NULL)
		return ERR_FULL;
	arrivals->per_second = per_second;
	salt_make(&arrivals->salt);
	*out = arrivals;
	return OK;
}

void arrivals_free(struct arrivals *arrivals)
{
	free(arrivals);
}

static struct arrival_place *place_find(
	struct arrivals *arrivals, const uint8_t place[ORIGIN_SIZE], int64_t now_us)
{
	struct salted_hash hash = salted_hash_of(&arrivals->salt, bytes_of(place, ORIGIN_SIZE));
	uint16_t set;
	memcpy(&set, hash.bytes, sizeof(set));
	struct arrival_place *places = arrivals->places[set % SETS], *oldest = places;
	for (size_t i = 0; i < WAYS; i++) {
		if (places[i].taken && memcmp(&places[i].address, &hash, sizeof(hash)) == 0)
			return &places[i];
		if (oldest->taken && (!places[i].taken || places[i].last_us < oldest->last_us))
			oldest = &places[i];
	}
	*oldest = (struct arrival_place){ .address = hash, .taken = true };
	bucket_init(&oldest->handshakes, arrivals->per_second, now_us);
	return oldest;
}

bool arrivals_came(struct arrivals *arrivals, const uint8_t place[ORIGIN_SIZE], int64_t now_us)
{
	struct arrival_place *found = place_find(arrivals, place, now_us);
	found->last_us = now_us;
	if (bucket_wait_us(&found->handshakes, now_us) > 0)
		return false;
	bucket_take(&found->handshakes, 1, now_us);
	return true;
}

void arrivals_known(struct arrivals *arrivals, const uint8_t place[ORIGIN_SIZE], int64_t now_us)
{
	bucket_give(&place_find(arrivals, place, now_us)->handshakes, 1, now_us);
}
