/*
 * daemon/server/takeover.h - the main's log as it comes in, and what becomes of it: for
 * server/follower.c, in its thread.
 */
#ifndef DAEMON_SERVER_TAKEOVER_H
#define DAEMON_SERVER_TAKEOVER_H

#include "daemon/remote/remote.h"
#include "daemon/server/server.h"

#define TAKEOVER_PATH_MAX 128

struct takeover;

/* Of the store as it is. ERR_FULL: there is no memory. `stop`: the thread is to end. */
enum err takeover_new(struct server *server, struct follower *follower, const atomic_bool *stop,
	struct takeover **out) NODISCARD;
void takeover_free(struct takeover *takeover);

/* Was the log that is here whole at some time, or is it of a backup? */
bool takeover_was_whole(const struct takeover *takeover);

/* What to ask for next. ERR_IO: the store cannot be read now. */
enum err takeover_begin(
	struct takeover *takeover, char path[TAKEOVER_PATH_MAX], struct reason *reason) NODISCARD;

/* Takes a piece of the answer. False: it wants no more; takeover_error() says why. */
bool takeover_take(
	struct takeover *takeover, const struct remote_answer *answer, struct bytes piece);

/*
 * OK: nothing was wrong. ERR_CONFLICT, ERR_CORRUPT: it is another log, or this ladderd cannot read
 * it: never go on. ERR_IO: go on later. ERR_STOPPED.
 */
enum err takeover_error(const struct takeover *takeover, struct reason *reason);

/* Did the answer say anything, and say it as a ladderd does? */
bool takeover_was_greeted(const struct takeover *takeover);

/* Does the answer come from another store than the one that is here? */
bool takeover_is_other_store(const struct takeover *takeover, const struct remote_answer *answer);

/* Records and marks that came, ever. */
uint64_t takeover_messages(const struct takeover *takeover);

/* In follower.c: the main was heard of; `is_end`: all that it has is here. */
void follower_heard(struct follower *follower, uint64_t main_seq, bool is_end);

#endif
