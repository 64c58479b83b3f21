/*
 * daemon/server/strangers.h - the connections, of all doors, on which no right token was shown.
 *
 * Whoever may push or read must find a place, however many connections strangers open. So those
 * have a share of the places only, and each address a share of that; and when all places are
 * taken, the oldest stranger makes room. An address whose connections carry other people's, that
 * of a trusted proxy, has no share of its own. The loop's thread only.
 */
#ifndef DAEMON_SERVER_STRANGERS_H
#define DAEMON_SERVER_STRANGERS_H

#include "daemon/server/origin.h"

/* A connection's; in its memory. */
struct stranger {
	void (*cut)(struct stranger *stranger); /* ends the connection, now or soon */
	uint8_t place[ORIGIN_SIZE];             /* see origin_place() */
	bool shared;                            /* that of many */
	bool counted;                           /* by arrivals.h; the owner's */
	bool listed;
	struct stranger *older, *newer;
};

/* `{ .max = …, .address_max = … }` has nobody. */
struct strangers {
	size_t max;
	size_t address_max;
	size_t count;
	struct stranger *oldest, *newest;
};

/* Adds a connection; those that are too many thereby are cut, the oldest first. */
void strangers_add(struct strangers *strangers, struct stranger *stranger,
	const struct origin *origin, const struct networks *shared);

/* It has shown a right token, or is closed. May be gone already. */
void strangers_remove(struct strangers *strangers, struct stranger *stranger);

/* Cuts the oldest but `spared`, which may be NULL. False: there is none. */
bool strangers_cut_oldest(struct strangers *strangers, const struct stranger *spared);

#endif
