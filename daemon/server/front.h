/*
 * daemon/server/front.h - this node of a cluster: proposes what is submitted here, and hands every
 * row of the cluster's log to the committer, in order, its own too.
 *
 * A submission is answered when the store of this node has applied the row that it went into; so
 * what was acknowledged is durable in the cluster and shown here. While the cluster does not
 * answer, or does not keep its promise, nothing is proposed: what is submitted is AWAY, and reading
 * goes on as of what was applied. A proposal whose outcome is unknown is proposed again, under its
 * number, until it is known; who waits for it is told that it is not after HOLD_US, or once the
 * promise is seen to be broken.
 *
 * It has a thread of its own, in which all calls of the intake are.
 */
#ifndef DAEMON_SERVER_FRONT_H
#define DAEMON_SERVER_FRONT_H

#include "daemon/server/committer.h"
#include "daemon/server/intake.h"
#include "daemon/server/proposal.h"

struct front;

struct front_options {
	struct intake intake; /* outlives the front */
	const struct clock *clock;
	struct log *log;
	struct committer *committer;
	struct committer_limits limits; /* of what waits to be proposed */
	struct log_rules rules;         /* of this node, for what is proposed here */
	/* Rows were applied: there is news. In the committer's thread. */
	void (*applied)(void *context);
	/*
	 * Does what an operator asked for, at this place of the log, and notes the place. In the
	 * front's thread; nothing else is applied meanwhile. ERR_NOT_FOUND: there is nobody to do
	 * it to, and the place is not noted. Any other error: stop. *acted: to whom, all but
	 * `found`.
	 */
	enum err (*act)(void *context, const struct proposal_act *act, int64_t at_us,
		const struct log_place *place, struct acted *acted, struct reason *reason);
	void *context;
};

/* Starts the thread. ERR_FULL: no memory or thread. */
enum err front_start(const struct front_options *options, struct front **out) NODISCARD;

/* Answers what waits, as far as the cluster answers, then ends the thread. Both accept NULL. */
void front_stop(struct front *front);
void front_free(struct front *front);

/*
 * Hands over a batch, an instant to be settled or an act. ERR_FULL: too much waits. ERR_CONFLICT:
 * the cluster is away. ERR_IO: it has failed, or ends. On error it is still the submitter's.
 */
enum err front_submit(struct front *front, struct submission *submission) NODISCARD;

/*
 * Nothing is proposed now, or nobody has looked for a minute whether the cluster keeps its promise,
 * as while an act is done; *reason says why.
 */
bool front_is_away(struct front *front, struct reason *reason);

/* Instants are settled now: neither is it away, nor an act under way. */
bool front_settles(struct front *front);

/* It can never go on; *reason says why. ERR_INVALID: what must be set right is elsewhere. */
enum err front_has_failed(struct front *front, struct reason *reason);

/* The last row that the store has applied. */
uint64_t front_applied_pos(struct front *front);

#endif
