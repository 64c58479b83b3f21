/*
 * daemon/web/tail.h - requests that wait until something is recorded.
 *
 * Whoever follows the log asks for what comes after a record that is the newest. Its request is
 * suspended until there is a newer one, until its time is over, until the peer has left, until
 * rights are read anew, or until the daemon ends: whichever is first. The loop looks a few times a
 * second, which is how late news may be. The loop's thread only.
 */
#ifndef DAEMON_WEB_TAIL_H
#define DAEMON_WEB_TAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/http/request.h"

/* One that waits, in its owner's memory. */
struct tail_wait {
	struct request *request;
	uint64_t after;   /* the newest record that it has seen */
	int64_t until_us; /* monotonic */
	struct tail_wait *next, **place;
};

/* `{ 0 }` has nobody. */
struct tail {
	struct tail_wait *first;
};

/*
 * Suspends the request, as request_suspend(): `finish` runs when the wait is over, and looks for
 * itself why.
 */
void tail_wait(struct tail *tail, struct tail_wait *wait, void (*finish)(struct request *request),
	void *work);

/* The wait is over for this one; it may be already. */
void tail_end(struct tail_wait *wait);

/*
 * The log is durable up to `last_seq`, and it is `now_us`: ends the waits that are over, or all of
 * them, when the daemon ends or rights were read anew.
 */
void tail_turn(struct tail *tail, uint64_t last_seq, int64_t now_us, bool all);

#endif
