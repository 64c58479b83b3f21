/*
 * daemon/server/erasing.h - erasing and restricting people while the daemon serves.
 *
 * The bulk of the store is copied beside the committer; what came meanwhile, and the exchange, are
 * done in its thread, between two transactions. It is over when nobody reads the old file any more
 * and the figures are shown without the people.
 */
#ifndef DAEMON_SERVER_ERASING_H
#define DAEMON_SERVER_ERASING_H

#include "daemon/server/server.h"
#include "proto/codec.h"

struct erase_request {
	const char *command; /* erase, expire or restrict */
	const char *subject; /* who; or NULL */
	int32_t before;      /* everybody whose last event was before this day; 0: no */
	const char *reason;  /* for the audit; or NULL */
	bool dry_run;
	bool lift;               /* of restrict */
	const atomic_bool *stop; /* the daemon ends */
	/* Of a row of a cluster: when its records are stamped at the earliest, and its place. */
	int64_t at_us;
	const struct log_place *place;
};

/*
 * Does it; what is said to people is appended. Returns an exit code. In any thread but the loop's
 * and those that it waits for: committer, refresher, workers.
 */
int erasing_serve(struct server *server, const struct erase_request *request, struct text *said);

/*
 * Does what a row of the cluster says: see struct front_options. What the operator of one node asks
 * for is proposed to all by erasing_serve() and restricting_serve().
 */
enum err erasing_apply(void *server, const struct proposal_act *act, int64_t at_us,
	const struct log_place *place, struct acted *acted, struct reason *reason) NODISCARD;

/* The same of a restriction of one person, or that it is lifted. */
int restricting_serve(
	struct server *server, const struct erase_request *request, struct text *said);

/*
 * Of a follower: does what acts of its main say, which are the next records (store/follow.h), with
 * nothing else under way: one of a restriction, or erasures, which are done together, since that
 * copies the store. `stop`: it is to end. ERR_CONFLICT: they cannot come next. ERR_FULL: later.
 * ERR_STOPPED. ERR_CORRUPT, ERR_IO: stop.
 */
enum err erasing_follow(struct server *server, const struct record_view *acts, size_t count,
	const atomic_bool *stop, struct reason *reason) NODISCARD;

#endif
