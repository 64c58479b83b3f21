/*
 * daemon/http/http.h - the HTTP door: libmicrohttpd without a thread of its own, run
 * by the loop.
 *
 * A request is received, routed and either answered at once or suspended until
 * another thread is done with it. Errors are problem+json (RFC 9457).
 */
#ifndef DAEMON_HTTP_HTTP_H
#define DAEMON_HTTP_HTTP_H

#include <microhttpd.h>

#include "base/text.h"
#include "base/done_queue.h"
#include "daemon/server/server.h"

struct request;

/* What a path does for a method. The handler answers, or suspends the request. */
struct route {
	const char *method;
	const char *path; /* ends with '/': what follows is request->rest */
	void (*handle)(struct request *request);
	bool takes_body;
	bool for_anyone;       /* a token is not looked at */
	size_t body_bytes_max; /* 0: that of the configuration */
};

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

struct request {
	struct server *server;
	struct MHD_Connection *connection;
	const struct route *route;
	const char *rest; /* of the path, after the route's */
	struct identity identity;
	struct access *access; /* held, so that the identity stays */
	enum request_phase phase;
	bool bad_uri; /* has a %00, which would cut it */
	bool close;   /* the connection, after the answer */
	struct text body;

	int status; /* 0: not decided yet */
	const char *content_type;
	const char *content_encoding; /* NULL: none */
	const char *allow;            /* for 405 */
	unsigned retry_seconds;       /* Retry-After; 0: none */
	struct request_extra extras[REQUEST_HEADERS_MAX];
	size_t extra_count;
	struct text out;

	/* While suspended: called in the loop's thread when the other thread is done. */
	void (*finish)(struct request *request);
	void *work;            /* of the handler; freed by it */
	uint16_t municipality; /* of the handler: whose figures are asked for */
	struct done done;
	struct refresher_wait wait;
};

/* Starts to listen. *reason says what failed. */
enum err http_start(struct server *server, struct http **out, struct reason *reason) NODISCARD;

/* No new connections from here on; those there are go on. */
void http_quiesce(struct http *http);
void http_stop(struct http *http);

/* The address that is listened on, with the port the system chose when it was 0. */
void http_address(const struct http *http, char *out, size_t size);

/* For the loop: watch `http_fd` and `http_done_fd` for reading, then call http_run(). */
int http_fd(const struct http *http);
int http_done_fd(const struct http *http);
void http_run(struct http *http);

/*
 * Now and then: ends the connections whose peer has hung up in the middle of a request.
 * The library, edge-triggered as it is, misses an end that came with the last bytes.
 */
void http_sweep(struct http *http);

/* Milliseconds until http_run() must be called again; -1: none. */
int http_timeout_ms(struct http *http);

/* Requests that are not answered yet. */
size_t http_requests(const struct http *http);

/* For handlers. */

/* Answers with what is in request->out. */
void request_answer(struct request *request, int status, const char *content_type);

/* Answers with a problem; the sentence never repeats what was sent. */
void request_problem(struct request *request, int status, const char *format, ...)
	PRINTF_LIKE(3, 4);

/* request_problem() with Retry-After. */
void request_try_later(struct request *request, int status, unsigned seconds, const char *sentence);

/* Who asks may not: 401 without a token, for one may help, else 403. */
void request_refuse(struct request *request, const char *sentence);

/* A header of the answer, once; `value` is copied, and has no line ends. */
void request_add_header(struct request *request, const char *name, const char *value);

/*
 * Suspends the request, after the work was handed to another thread: `finish`, which
 * frees `work`, runs in the loop's thread, never before the handler has returned,
 * when that thread has called request_done(). `finish` answers, or hands the work to
 * one more thread and calls this again.
 */
void request_suspend(struct request *request, void (*finish)(struct request *request), void *work);

/* From any thread: the work for a suspended request is done. */
void request_done(struct request *request);

/*
 * Calls `finish`, as request_suspend() has it, when there is a snapshot at most a second old,
 * or the refresher is busy and the one there is must do: now, or when it comes.
 */
void request_when_fresh(
	struct request *request, void (*finish)(struct request *request), void *work);

/* Puts `body`, which is taken, in the place of the request's. */
void request_body_replace(struct request *request, struct text *body);

/* A header of the request; NULL when it is absent. */
const char *request_header(const struct request *request, const char *name);

/*
 * The weight 0..1000 that a header like Accept gives to what it names itself: a media type,
 * an encoding; 0: it does not name it.
 */
int request_weight(const struct request *request, const char *header, const char *name);

/*
 * Does Accept name `wanted` and prefer it to `usual`? What is not named has the weight of the
 * range it is in, of its type or of all types; named beats a range of the same weight.
 */
bool request_prefers(const struct request *request, const char *wanted, const char *usual);

/* The same of Accept-Language for a primary language: nl-BE counts for nl. */
int request_language_weight(const struct request *request, const char *language);

/*
 * A parameter of the query. False: the query has one that is not in `known` (ends
 * with NULL), or one twice: the problem is answered already.
 */
bool request_query_check(struct request *request, const char *const *known);
const char *request_query(const struct request *request, const char *name);

/* Answers that the store could not be read, and why. */
void answer_store_error(struct request *request, enum err err);

/*
 * A whole number from `least` to `most` of the query; *value stays when it is absent.
 * False: it is none, and that is answered.
 */
bool query_number(
	struct request *request, const char *name, uint64_t min, uint64_t max, uint64_t *value);

/* The table of routes, and the handlers behind it. */
extern const struct route http_routes[];
extern const size_t http_route_count;
void push_handle(struct request *request);
void event_handle(struct request *request);
void log_handle(struct request *request);
void indicators_handle(struct request *request);
void worklist_handle(struct request *request);
void metrics_handle(struct request *request);
void health_handle(struct request *request);
void ready_handle(struct request *request);
void page_handle(struct request *request);
void figures_csv_handle(struct request *request);
void sign_in_show_handle(struct request *request);
void sign_in_handle(struct request *request);
void sign_out_handle(struct request *request);

#endif
