/*
 * daemon/web/sessions.h - who is signed in to the pages: a small table in memory.
 *
 * A session is 256 random bits in a cookie; only their hash is kept. It bears the
 * name of an analyst or a partner and the hash of the token it began with, so that whoever looks
 * a session up can see that the configuration still has both. It ends after SESSION_US, whatever
 * happens, and with the daemon. The loop's thread only.
 */
#ifndef DAEMON_WEB_SESSIONS_H
#define DAEMON_WEB_SESSIONS_H

#include "base/date.h"
#include "daemon/server/access.h"

#define SESSIONS_MAX 256 /* the oldest one ends when another begins */
#define SESSION_US   (INT64_C(8) * 3600 * US_PER_SECOND)

#define SESSION_USER_MAX 64 /* an identifier's */

struct session {
	bool begun;
	struct token_hash id;
	struct token_hash token;
	bool is_partner; /* else an analyst */
	char name[ACCESS_NAME_LENGTH_MAX + 1];
	char user[SESSION_USER_MAX + 1]; /* who of a partner's people looks; "": nobody said */
	int64_t begun_us;
};

struct sessions {
	struct session list[SESSIONS_MAX];
};

/*
 * Begins a session of an analyst or a partner who showed the token with this hash; `user` says who
 * of a partner's people, NULL: nobody. Writes what the cookie is to hold. `now_us` is monotonic.
 */
void sessions_begin(struct sessions *sessions, const struct identity *identity, const char *user,
	const struct token_hash *token, int64_t now_us, char id[TOKEN_LENGTH + 1]);

/*
 * The session of a cookie; NULL: there is none, or its time is over. Looks at every
 * session, whether or not one before it matched.
 */
const struct session *sessions_find(
	const struct sessions *sessions, struct bytes id, int64_t now_us);

/* Ends the session of a cookie, if there is one. */
void sessions_end(struct sessions *sessions, struct bytes id);

#endif
