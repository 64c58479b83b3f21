/*
 * daemon/server/addresses.h - which addresses came of late: for limits that count by address.
 *
 * The memory is fixed. An address that is not in it takes the place of the one of its set that was
 * silent for longest; the sets are chosen by a keyed hash, so that nobody can choose whose place is
 * taken. What is counted of an address its owner keeps, in an array with an element for each
 * place. The loop's thread only.
 */
#ifndef DAEMON_SERVER_ADDRESSES_H
#define DAEMON_SERVER_ADDRESSES_H

#include "daemon/server/origin.h"
#include "secret/pseudonym.h"

#define ADDRESSES_SETS 1024
#define ADDRESSES_WAYS 4 /* places of a set */
#define ADDRESSES_MAX  (ADDRESSES_SETS * ADDRESSES_WAYS)

struct addresses {
	struct salt salt;
	struct {
		struct salted_hash address;
		bool taken;
		int64_t last_us;
	} places[ADDRESSES_MAX];
};

/* Zero before. */
void addresses_init(struct addresses *addresses);

/*
 * The place of an address (see origin_place()) that came at `now_us`, monotonic; it is the one
 * that came last. *is_new: what the owner keeps there is another's, or nobody's.
 */
size_t addresses_came(struct addresses *addresses, const uint8_t address[ORIGIN_SIZE],
	int64_t now_us, bool *is_new);

#endif
