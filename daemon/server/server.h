/*
 * daemon/server/server.h - what the doors serve from: the configuration, the log and the threads.
 * All of it is the loop's thread's, but for the parts that say otherwise themselves. It knows no
 * door; what a door keeps is the door's.
 */
#ifndef DAEMON_SERVER_SERVER_H
#define DAEMON_SERVER_SERVER_H

#include "base/date.h"
#include "base/audit.h"
#include "daemon/server/account.h"
#include "daemon/server/caretaker.h"
#include "daemon/server/certificates.h"
#include "daemon/server/config.h"
#include "daemon/server/delivery.h"
#include "daemon/server/front.h"
#include "daemon/server/refresher.h"
#include "daemon/server/arrivals.h"
#include "daemon/server/sign_ins.h"
#include "daemon/server/strangers.h"
#include "daemon/server/workers.h"
#include "looks/look.h"

/* The lines of the audit about handshakes that failed: whoever makes many must not fill a disk. */
#define HANDSHAKE_LINES_MAX 60 /* in a minute */
struct handshakes {
	int64_t minute_us; /* monotonic; when the minute began */
	unsigned lines;    /* in it */
};

struct follower;
struct peers;

struct server {
	struct config *config;
	struct access *access;            /* replaced on SIGHUP */
	struct certificates certificates; /* for new connections; replaced on SIGHUP */
	struct clock clock;
	struct log *log;
	struct committer *committer;
	struct intake intake; /* of a cluster; its self is NULL: one machine */
	struct front *front;  /* NULL: one machine */
	struct refresher *refresher;
	struct workers *workers;
	struct caretaker *caretaker;
	struct peers *peers;       /* NULL: there are none */
	struct follower *follower; /* NULL: it follows nobody, and did not at the start */
	struct counters counters;
	struct outcomes outcomes; /* the loop's thread */
	struct sign_ins *sign_ins;
	struct arrivals *arrivals;
	struct accounts *accounts;
	struct handshakes handshakes;
	struct strangers strangers;
	struct audit audit;
	struct access_log *access_log; /* any thread, and so is what its lines have: */
	struct auditor auditor;
	bool access_log_fails;      /* the operator was told so; the loop's thread */
	struct reception reception; /* of both doors */
	struct arena_pool arenas;   /* its; the loop's thread */
	bool stopping;              /* no more batches are taken */
	_Atomic uint64_t last_act; /* the seq of the newest act whose effect is shown; any thread */
	atomic_bool front_ends;    /* what a row of the cluster has done may end; any thread */
	atomic_bool opened;        /* the doors are, or are about to be; any thread */
	atomic_uint erasures;      /* that are shown; any thread */
	atomic_uint forgotten;     /* of these, those of which no answer of before is under way */
	atomic_uint turns;         /* of the loop, which wipes its stack each time; any thread */
};

/* Writes a line of the audit, now. */
void server_audit(const struct server *server, const struct audit_entry *entry);

/*
 * A wrong token came from there, by that way: counts it. Returns how many seconds the address must
 * wait before a wrong one is looked at as usual again; see sign_ins_wrong().
 */
unsigned server_wrong_token(
	struct server *server, const struct origin *origin, enum sign_in_way way);

/* The connections of all doors. */
size_t server_connections(const struct server *server);

/*
 * A connection comes from there. False: the door speaks TLS, and the address asks for too many
 * handshakes; see arrivals.h. Then it counts as one that failed, and the connection is to be
 * closed. Always true for a trusted proxy.
 */
bool server_admits(struct server *server, const struct origin *origin, enum door door) NODISCARD;

/*
 * A connection was opened from there, and counts already: it is a stranger's until
 * server_stranger_known() or strangers_remove(). Older ones may be cut for it, so that the next one
 * finds a place.
 */
void server_stranger_came(struct server *server, struct stranger *stranger,
	const struct origin *origin, enum door door);

/* A right token was shown on it. May have been before. */
void server_stranger_known(struct server *server, struct stranger *stranger);

/*
 * A handshake of TLS from there failed, or was not whole in time: counts it, and writes a line of
 * the audit while there are not too many of them.
 */
void server_handshake_failed(struct server *server, const struct origin *origin, enum door door);

/*
 * Gives each partner of the configuration its counters, with the instant of its newest record.
 * ERR_CORRUPT: what the store says of it is damaged.
 */
enum err server_partners_read(struct server *server) NODISCARD;

/*
 * A store that was taken back to before an erasure is not served until the erasure is applied
 * again. To be called before the threads start. ERR_INVALID: it is such a one; *reason says so.
 */
enum err server_erasures_check(struct server *server, struct reason *reason) NODISCARD;

/*
 * The same of a node of a cluster, whose rows erase those people again: waits until they have all
 * of them. To be called when the front runs and the doors are shut. ERR_STOPPED: `ends` said so.
 */
enum err server_erasures_await(
	struct server *server, bool (*ends)(void), struct reason *reason) NODISCARD;

#define SERVER_WHO_MAX 128

/* Who an identity is, for the audit; `user` is who of a partner's people looks, or NULL. */
const char *server_who(
	const struct identity *identity, const char *user, char space[SERVER_WHO_MAX]);

/*
 * Does something stand in the way of taking or showing anything: damage, a commit or a fold that
 * failed, no space? *reason says which. What is said by /readyz is said by systemctl status too.
 */
bool server_cannot_serve(const struct server *server, struct reason *reason);

/* What ends the daemon; *reason says why. ERR_INVALID: what must be set right is elsewhere. */
enum err server_has_failed(const struct server *server, struct reason *reason);

/* Adds what needs somebody although it serves, each between `before` and `after`. */
void server_warnings_add(
	const struct server *server, const char *before, const char *after, struct text *out);

/* The civil day that it is, in the store's time zone. */
static inline int32_t server_today(const struct server *server)
{
	return zone_day(clock_now_us(&server->clock));
}

#endif
