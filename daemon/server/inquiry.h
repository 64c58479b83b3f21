/*
 * daemon/server/inquiry.h - what a worker knows of the log at an instant, for an answer: from what
 * the refresher has in memory, and from the log where that will not do.
 */
#ifndef DAEMON_SERVER_INQUIRY_H
#define DAEMON_SERVER_INQUIRY_H

#include "daemon/server/server.h"
#include "engine/answers.h"

/* What is asked, of the server's own. */
struct inquiry {
	struct committer *committer;
	struct refresher *refresher;
	struct log *log;
	const atomic_bool *stop; /* when it becomes true: ERR_STOPPED */
	int64_t known_us;        /* K */
	uint16_t municipality;   /* or PART_ALL: the only one that `ask` may ask of */

	/* Asks, and keeps what it wants of the answers; begins anew when it is called again. */
	enum err (*ask)(void *context, struct answers *answers, struct reader *reader);
	void *context;
};

/* The parts of an inquiry that are the server's. */
struct inquiry inquiry_of(struct server *server);

/*
 * Settles K, makes answers that know it, and calls `ask`; again when somebody was erased or
 * restricted meanwhile. In a worker's thread; all together are folded on all cores. Errors as
 * answers_know()'s, but for ERR_CONFLICT, and as those of `ask`.
 */
enum err inquiry_run(const struct inquiry *inquiry) NODISCARD;

#endif
