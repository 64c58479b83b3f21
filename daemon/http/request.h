/*
 * daemon/http/request.h - a request, and how a handler answers it.
 *
 * A handler is called in the loop's thread when the whole request is there. It answers, or
 * hands work to another thread and suspends the request until that is done. Errors are
 * problem+json (RFC 9457).
 */
#ifndef DAEMON_HTTP_REQUEST_H
#define DAEMON_HTTP_REQUEST_H

#include "base/budget.h"
#include "base/done_queue.h"
#include "base/text.h"
#include "daemon/http/route.h"

struct MHD_Connection;
struct sockaddr;
struct http;

#define REQUEST_HEADERS_MAX 10

/* A header of the answer beside those that all have. */
struct request_extra {
	const char *name;
	char *value; /* the request's */
};

enum request_phase {
	PHASE_HEADERS,
	PHASE_BODY,
	PHASE_WAITING, /* suspended: another thread has it */
	PHASE_ANSWERED,
};

/*
 * An answer that is made piece by piece, so that it takes little memory however long it is and
 * however slowly it is read.
 */
struct pieces {
	/*
	 * All of request->out has left: puts the next piece there, or hands that work to another
	 * thread by request_suspend(), whose `finish` does. Either says by request_pieces_end()
	 * that it is the last.
	 */
	void (*next)(struct request *request);
	void (*release)(void *context); /* when the request ends, however it ends */
	void *context;
};

/*
 * A handler reads `rest`, `body` and `visit`, and writes `out` and what the answer has beside
 * it; all else is the door's.
 */
struct request {
	struct http *http;
	struct MHD_Connection *connection;
	const struct route *route;
	const char *rest; /* of the path, after the route's */
	void *visit;      /* what the door's owner knows of it; see struct http_options */
	enum request_phase phase;
	size_t plain_length; /* of its path as it was sent, up to the first escape */
	bool close;          /* the connection, after the answer */
	bool is_last;        /* the client wants no more than this one */
	bool is_answered;    /* or will be: the answer was handed to the library */
	struct text body;
	size_t *holder;  /* where its bytes count too; see request_vouch(); NULL: nowhere */
	size_t received; /* bytes of the body, kept or thrown away; after inflation, if that is more
			  */

	struct share *share; /* of the memory that all share: of who asks; see request_hold() */
	size_t held;         /* bytes of it */

	int status; /* 0: not decided yet */
	const char *content_type;
	const char *content_encoding; /* NULL: none */
	const char *allow;            /* for 405 */
	unsigned retry_seconds;       /* Retry-After; 0: none */
	struct request_extra extras[REQUEST_HEADERS_MAX];
	size_t extra_count;
	struct text out;

	struct pieces pieces; /* `next` is NULL: `out` is all */
	size_t piece_taken;   /* bytes of `out` */
	bool pieces_ended;    /* what is in `out` is the last */
	bool pieces_broken;   /* and the answer is not whole */

	/* While suspended: called in the loop's thread when the other thread is done. */
	void (*finish)(struct request *request);
	void *work; /* of the handler; freed by it */
	struct done done;
};

/* What was asked. */

/* A header of the request; NULL when it is absent. */
const char *request_header(const struct request *request, const char *name);

/* The last of the headers of that name; NULL when it is absent. */
const char *request_header_last(const struct request *request, const char *name);

/* The address of the peer, the request's. */
const struct sockaddr *request_peer(const struct request *request);

/* Did it come under TLS? */
bool request_is_tls(const struct request *request);

/*
 * The fingerprint of the key of the client's certificate, as peer_key() has it (http.c); NULL: it
 * showed none that counts.
 */
const uint8_t *request_client_key(const struct request *request);

/* A cookie of the request; NULL when it is absent. */
const char *request_cookie(const struct request *request, const char *name);

/* A parameter of the query; NULL when it is absent. */
const char *request_query(const struct request *request, const char *name);

/*
 * Are all parameters of the query in `known`, which ends with NULL, and none there twice?
 * Answers when not; see query_take().
 */
bool request_query_check(struct request *request, const char *const *known);

/*
 * A whole number from `min` to `max` of the query; *value stays when it is absent. False: it
 * is none, and that is answered.
 */
bool request_query_number(
	struct request *request, const char *name, uint64_t min, uint64_t max, uint64_t *value);

/* accept_prefers() of Accept. */
bool request_prefers(const struct request *request, const char *wanted, const char *usual);

/* Does Accept-Encoding take gzip? */
bool request_takes_gzip(const struct request *request);

/*
 * Somebody showed a right token: the connection is no stranger's from here on. `holder`, which may
 * be NULL, counts the bytes of all bodies of whoever that is, while they are received; when there
 * are too many in all, who has most gives way (http.c).
 */
void request_vouch(struct request *request, size_t *holder);

/*
 * Puts `body`, which is taken, in the place of the request's (http.c). False: there is no memory
 * for both now; see request_full().
 */
bool request_body_replace(struct request *request, struct text *body) NODISCARD;

/*
 * Takes bytes of the memory that all share, for who asks, until the request ends. What is received
 * and what is sent is counted by the door. False: that is too much; see request_full(). Also for
 * the thread that has a suspended request.
 */
bool request_hold(struct request *request, size_t bytes) NODISCARD;

/* Gives back some of what it holds, before the request ends. */
void request_give(struct request *request, size_t bytes);

/* The answer: once, by one of these. */

/* Answers with what is in request->out. */
void request_answer(struct request *request, int status, const char *content_type);

/*
 * Answers with pieces, of which the first is in request->out. The client sees where they end,
 * and whether that is the end of the answer.
 */
void request_answer_pieces(
	struct request *request, int status, const char *content_type, const struct pieces *pieces);

/*
 * What is in request->out is the last piece. With another error than OK the answer is not whole:
 * the connection ends where a client expects more.
 */
void request_pieces_end(struct request *request, enum err err);

/* Answers with a problem; the sentence never repeats what was sent. */
void request_problem(struct request *request, int status, const char *format, ...)
	PRINTF_LIKE(3, 4);

/* Is the answer a problem? */
bool request_is_problem(const struct request *request);

/*
 * Appends a whole answer, as request_problem() gives it, after which the connection ends: for the
 * door, where no request can be answered.
 */
void request_problem_print(struct text *out, int status, const char *sentence);

/* Answers that there is no memory for it now (503). */
void request_full(struct request *request);

/* request_problem() with Retry-After. */
void request_try_later(struct request *request, int status, unsigned seconds, const char *sentence);

/*
 * Answers that who asks may not: 401 to a request without an Authorization, since a token may
 * help, else 403.
 */
void request_refuse(struct request *request, const char *sentence);

/* A header of the answer, once; `value` is copied, and has no line ends. */
void request_add_header(struct request *request, const char *name, const char *value);

/*
 * Suspends the request, after the work was handed to another thread: `finish`, which
 * frees `work`, runs in the loop's thread, never before the handler has returned,
 * when that thread has called request_done(). `finish` answers, or adds a piece to the answer,
 * or hands the work to one more thread and calls this again.
 */
void request_suspend(struct request *request, void (*finish)(struct request *request), void *work);

/* From any thread: the work for a suspended request is done (http.c). */
void request_done(struct request *request);

#endif
