/*
 * daemon/web/visit.h - a request of the HTTP door as this room sees it: who asks, and what it is
 * answered from.
 *
 * The door keeps a struct visit with each request (struct http_options); gate_admit() fills it
 * before a handler runs. The loop's thread only.
 */
#ifndef DAEMON_WEB_VISIT_H
#define DAEMON_WEB_VISIT_H

#include "daemon/http/request.h"
#include "daemon/server/server.h"
#include "daemon/web/sessions.h"
#include "daemon/web/tail.h"

struct site;

/* What this room serves from; it outlives the door. */
struct web {
	struct server *server;
	struct site *site;
	struct tail tail;
};

struct visit {
	struct request *request; /* NULL: it was refused before anybody looked at it */
	struct server *server;
	struct site *site;
	struct access *access; /* held, so that the identity stays over a SIGHUP */
	struct identity identity;
	struct account *account; /* of who asks, once admitted */
	bool is_counted;         /* what it pushes, for the rate of the account */
	struct origin origin;    /* where the request comes from */
	const char *user;        /* who of a partner's people looks; NULL: nobody said */
	bool is_noted;           /* what is shown is in the access log; see looking.h */
	char user_space[SESSION_USER_MAX + 1]; /* that `user` may point at */
	uint16_t municipality;                 /* of the handler: whose figures are asked for */
	struct refresher_wait wait;
	struct task *task;           /* that the request waits for; NULL: none */
	struct tail *tail;           /* of the door */
	struct tail_wait *tail_wait; /* that the request waits for; NULL: none */
	bool left;                   /* the client has, and nobody will read the answer */
	void (*finish)(struct request *request); /* when it is done */
};

/* Says who of a partner's people looks: an identifier, which is copied. */
void visit_set_user(struct visit *visit, const char *user);

/* The visit of a request that was admitted. */
struct visit *visit_of(const struct request *request);

/*
 * Calls `finish`, as request_suspend() has it, when there is a snapshot at most a second old,
 * or the refresher is busy and the one there is must do: now, or when it comes.
 */
void visit_when_fresh(struct request *request, void (*finish)(struct request *request), void *work);

/*
 * Hands a task to the workers and suspends the request: `finish` gets the task as its work. If
 * the client leaves meanwhile, the task is stopped.
 * False: too much waits; nothing was done, see visit_busy().
 */
bool visit_submit(struct request *request, struct task *task,
	void (*finish)(struct request *request)) NODISCARD;

/*
 * The newest snapshot, which the caller drops. ERR_NOT_FOUND: there is none yet, *reason says
 * how far it is.
 */
enum err visit_snapshot(
	const struct request *request, struct snapshot *out, struct reason *reason) NODISCARD;

/*
 * The same for a task that was done and goes on with the next piece of an answer. False: the
 * daemon ends.
 */
bool visit_resubmit(struct request *request, struct task *task,
	void (*finish)(struct request *request)) NODISCARD;

/* A hook of the HTTP door: the client of a request that waits has left. */
void visit_left(struct request *request);

/* Answers that too many questions wait. */
void visit_busy(struct request *request);

/* Answers that the store could not be read, and why. ERR_CONFLICT: K is not settled yet. */
void visit_store_error(struct request *request, enum err err);

#endif
