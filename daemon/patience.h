/*
 * daemon/patience.h - for how long a door waits for a peer from which no whole message comes.
 *
 * A peer has little time to say who it is, and more for each message after that. Bytes that never
 * become a message give it no more time. While the peer
 * waits for the daemon nobody counts its silence: the door renews the patience then.
 */
#ifndef DAEMON_PATIENCE_H
#define DAEMON_PATIENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

struct patience {
	const struct clock *clock;
	int64_t renewed_us; /* monotonic */
	int64_t us_max;
};

/*
 * Begins, when a peer has come and again when it has said who it is. The clock must outlive the
 * patience.
 */
void patience_begin(struct patience *patience, const struct clock *clock, size_t seconds);

/* A whole message came, or the peer waits for the daemon. */
void patience_renew(struct patience *patience);

/* True: nothing whole came for too long. */
bool patience_is_over(const struct patience *patience);

#endif
