/*
 * daemon/server/addresses.c - see addresses.h.
 */
#include "daemon/server/addresses.h"

#include <string.h>

void addresses_init(struct addresses *addresses)
{
	salt_make(&addresses->salt);
}

size_t addresses_came(struct addresses *addresses, const uint8_t address[ORIGIN_SIZE],
	int64_t now_us, bool *is_new)
{
	struct salted_hash hash = salted_hash_of(&addresses->salt, bytes_of(address, ORIGIN_SIZE));
	uint16_t set;
	memcpy(&set, hash.bytes, sizeof(set));
	size_t first = (size_t)(set % ADDRESSES_SETS) * ADDRESSES_WAYS, found = first;
	*is_new = true;
	for (size_t i = first; i < first + ADDRESSES_WAYS && *is_new; i++) {
		if (addresses->places[i].taken &&
			memcmp(&addresses->places[i].address, &hash, sizeof(hash)) == 0) {
			*is_new = false;
			found = i;
		} else if (addresses->places[found].taken &&
			   (!addresses->places[i].taken ||
				   addresses->places[i].last_us <
					   addresses->places[found].last_us)) {
			found = i;
		}
	}
	addresses->places[found].address = hash;
	addresses->places[found].taken = true;
	addresses->places[found].last_us = now_us;
	return found;
}
