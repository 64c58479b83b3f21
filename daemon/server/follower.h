/*
 * daemon/server/follower.h - following another ladderd, the main: its log becomes this one's.
 *
 * A thread of its own asks the main for what comes after the last record that is here, and goes on
 * listening; what comes is written by the committer's thread, with the main's seqs and stamps, and
 * is as durable as anything. What the main has settled is settled here, and nothing more: so this
 * ladderd answers for a K just what the main would. It reads and writes nothing of the main's but
 * /v1/log.
 *
 * It stops for good, and the daemon with it, when the main's log does not go on where this one
 * ends: to guess which of two is right is nobody's but an operator's. Whatever else is in the way
 * (the main is away, the token is wrong, space is short) it tries again.
 */
#ifndef DAEMON_SERVER_FOLLOWER_H
#define DAEMON_SERVER_FOLLOWER_H

#include "daemon/server/server.h"

/*
 * Whom the store at [store] path follows, and whether the configuration goes with that. *follows:
 * it does, or is to begin to. ERR_INVALID: they do not go together, *reason says what to do.
 * ERR_CORRUPT, ERR_IO: it cannot be told.
 */
enum err follower_check(
	const struct config *config, bool *follows, struct reason *reason) NODISCARD;

/* Before the process is confined. ERR_FULL: there is no memory. */
enum err follower_new(struct server *server, struct follower **out) NODISCARD;

/* Starts the thread, after all others. ERR_FULL. */
enum err follower_start(struct follower *follower) NODISCARD;

/* Ends it, before all others. Both accept NULL. */
void follower_stop(struct follower *follower);
void follower_free(struct follower *follower);

/* What is known of it. */
struct following {
	const char *main;      /* its address */
	bool is_promoted;      /* it follows no more */
	bool was_heard;        /* the main, since the start */
	bool was_caught_up;    /* at some time: the log that is here was whole */
	bool is_catching_up;   /* the main is sending what is not here yet */
	uint64_t lag_records;  /* that the main had when it was heard of, and that are not here */
	int64_t silent_us;     /* since the main was heard of, or since the start */
	struct reason trouble; /* why, if it is known; else empty */
};

/* Any thread. */
void follower_look(struct follower *follower, struct following *out);

/* True: it will never go on; *reason says why. The daemon stops. Any thread. */
bool follower_has_failed(struct follower *follower, struct reason *reason);

/*
 * Makes this ladderd the main: it follows no more, and takes what is pushed. What is said to people
 * is appended. Returns an exit code. In the thread of the operator's socket.
 */
int follower_promote(struct server *server, struct text *said);

/* Does it stand in the way of serving; or is there something to be said of it? As server.h's. */
bool follower_cannot_serve(struct follower *follower, struct reason *reason);
void follower_warnings_add(
	struct follower *follower, const char *before, const char *after, struct text *out);

#endif
