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
	bool is_newest;          /* nobody asked for this K: an earlier one of its day will do */
	uint16_t municipality;   /* or PART_ALL: the only one that `ask` may ask of */

	/* Asks, and keeps what it wants of the answers; begins anew when it is called again. */
	enum err (*ask)(void *context, struct answers *answers, struct reader *reader);
	void *context;
};

/* The parts of an inquiry that are the server's. */
struct inquiry inquiry_of(struct server *server);

/*
 * Has K settled. ERR_CONFLICT: the cluster does not do that now; where the newest is asked for, K
 * becomes what is settled already, unless that is of another day.
 */
enum err inquiry_settle(struct committer *committer, bool is_newest, int64_t *known_us) NODISCARD;

/*
 * Settles K, as inquiry_settle() does, makes answers that know it, and calls `ask`; again when
 * somebody was erased or restricted meanwhile. In a worker's thread; all together are folded on all
 * cores. ERR_CONFLICT: as inquiry_settle(). Other errors as answers_know()'s and those of `ask`.
 */
enum err inquiry_run(struct inquiry *inquiry) NODISCARD;

#endif
