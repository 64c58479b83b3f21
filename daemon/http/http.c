/*
 * daemon/http/http.c - see http.h.
 *
 * libmicrohttpd calls handler() for a request's headers, then for each piece
 * of its body, then once more with none: that is when it is dispatched. A
 * suspended request is resumed in this thread only, and called once again.
 */
#include "daemon/http/http.h"

#include <errno.h>
#include <gnutls/abstract.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "base/date.h"
#include "base/grow.h"
#include "daemon/http/accept.h"
#include "daemon/http/connection.h"
#include "daemon/http/host.h"
#include "daemon/http/intercept.h"
#include "daemon/http/listener.h"
#include "tls/peer.h"

#define CONNECTION_MEMORY 16384
#define PIECE_BLOCK       4096 /* of an answer in pieces, that the library keeps */
#define RUNS_MAX          16   /* of the library in a row: then others have their turn */
#define SMALL_ANSWER      2048 /* is not counted: a refusal can always be sent */
#define BODY_DISCARD_MAX  8    /* times the limit: then the connection is cut */
#define HSTS              "max-age=63072000" /* two years */

struct http {
	struct http_options options;
	struct MHD_Daemon *daemon;
	int epoll_fd;
	struct done_queue done;
	MHD_socket listener;
	size_t requests;
	size_t bodies_bytes;                 /* of requests that are being received */
	struct http_connection *connections; /* all that are open */
	struct http_connection **by_fd;      /* the same, by descriptor; NULL: none */
	size_t by_fd_size;
	struct certificate *certificate; /* held; for new connections; NULL: no TLS */
};

/* A request, and behind it what the owner keeps with it. */
struct request_place {
	struct request request;
	alignas(max_align_t) unsigned char visit[];
};

/* In the loop's thread: answers, and lets the library go on with the connection. */
static void request_finish(struct done *done)
{
	struct request *request = (struct request *)((char *)done - offsetof(struct request, done));
	void (*finish)(struct request *) = request->finish;
	CHECK(request->phase == PHASE_WAITING && finish != NULL);
	request->finish = NULL;
	finish(request);
	if (request->finish != NULL)
		return; /* suspended again, for another thread */
	CHECK(request->status != 0);
	if (request->is_answered)
		request->phase = PHASE_ANSWERED; /* by the pieces before this one */
	MHD_resume_connection(request->connection);
}

void request_done(struct request *request)
{
	request->done.finish = request_finish;
	done_push(&request->http->done, &request->done);
}

/* NULL: there was no memory for one. */
static struct http_connection *connection_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info == NULL ? NULL : info->socket_context;
}

/*
 * Finds the route; answers 404 and 405, and 400 where the route is not written plainly: what
 * stands in front of the daemon may let by what it does not recognise.
 */
static void request_route(struct request *request, const char *method, const char *address)
{
	struct route_match match = route_find(&request->http->options.routes, method, address);
	request->route = match.route;
	request->rest = match.rest;
	request->allow = match.allow;
	if (match.length > request->plain_length) {
		request->close = true;
		request->route = NULL;
		request->allow = NULL;
		request_problem(request, 400, "this path must be written without escapes");
	} else if (match.allow != NULL) {
		request_problem(request, 405, "this path takes %s only", match.allow);
	} else if (match.route == NULL) {
		request_problem(request, 404, "there is nothing at this path");
	}
	if (request->route == NULL && request->http->options.astray != NULL)
		request->http->options.astray(request, address);
}

/* Refuses what the library hands over and the door did not see pass, the head or all of it. */
static bool request_is_in_step(struct request *request, bool whole)
{
	const struct http_connection *connection = connection_of(request->connection);
	if (connection != NULL && connection_is_in_step(connection, whole))
		return true;
	request->close = true;
	request_problem(request, 500, "the request was not read as it was received");
	return false;
}

static size_t body_limit(const struct request *request)
{
	size_t limit = request->http->options.body_bytes_max;
	size_t own = request->route == NULL ? 0 : request->route->body_bytes_max;
	return own != 0 && own < limit ? own : limit;
}

/* A body that is said to be too large is not waited for. */
static bool length_check(struct request *request)
{
	const char *length = request_header(request, "Content-Length");
	size_t limit = body_limit(request);
	if (length == NULL || strtoull(length, NULL, 10) <= limit)
		return true;
	/* A little too much is taken and thrown away, so that the sender reads the answer. */
	request->close = strtoull(length, NULL, 10) > limit * BODY_DISCARD_MAX;
	request_problem(request, 413, "the request must not be larger than %zu bytes", limit);
	return false;
}

/* What the library has of TLS; NULL: none. */
static struct gnutls_session_int *session_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	return info == NULL ? NULL : info->tls_session;
}

const uint8_t *request_client_key(const struct request *request)
{
	const struct http *http = request->http;
	struct http_connection *connection = connection_of(request->connection);
	if (connection == NULL)
		return NULL;
	return peer_key(&connection->peer, connection->session, http->certificate,
		clock_now_us(&http->options.clock) / US_PER_SECOND);
}

/* Answers 421 to a request that was meant for another host; see host.h. */
static bool host_check(struct request *request)
{
	const struct http *http = request->http;
	const char *host = request_header(request, "Host");
	if (host == NULL || host_is_ours(host, &http->options.hosts, http->certificate))
		return true;
	request->close = true;
	request_problem(request, 421,
		"this server is not known by the name that Host gives: the operator lists its "
		"names in hosts of [http]");
	return false;
}

/* Has the owner count the connection for who speaks; it may answer that it is one too many. */
static void connection_claim(struct request *request)
{
	const struct http_connection *connection = connection_of(request->connection);
	if (connection != NULL && request->http->options.claim != NULL)
		request->http->options.claim(request, connection->claim);
}

/* What can be decided before the body is there. */
static void request_begin(struct request *request, const char *method, const char *url)
{
	struct http_connection *connection = connection_of(request->connection);
	if (connection != NULL)
		connection->begun++;
	if (!request_is_in_step(request, false))
		return;
	if (!host_check(request))
		return;
	request_route(request, method, url);
	bool (*admit)(struct request *) = request->http->options.admit;
	if (request->status != 0 || (admit != NULL && !admit(request)) || !length_check(request))
		return;
	connection_claim(request);
}

void request_vouch(struct request *request, size_t *holder)
{
	struct http_connection *connection = connection_of(request->connection);
	CHECK(connection != NULL && request->body.length == 0);
	http_connection_vouch(connection);
	request->holder = holder;
}

/* Counts bytes of the body, more or less of them. */
static void body_count(struct request *request, size_t more, size_t less)
{
	struct http *http = request->http;
	CHECK(http->bodies_bytes + more >= less);
	http->bodies_bytes += more - less;
	if (request->holder != NULL)
		*request->holder += more - less;
}

/* Frees what was received of the body, and the room it took among all bodies. */
static void body_drop(struct request *request)
{
	size_t length = request->body.length;
	body_count(request, 0, length);
	request_give(request, length);
	text_release(&request->body);
}

/* What whoever sends the body has, of all bodies that are being received. */
static size_t body_share(const struct request *request)
{
	return request->holder != NULL ? *request->holder : request->body.length;
}

/* The largest body of whoever has most; NULL: there is none. */
static struct request *body_largest(const struct http *http)
{
	struct request *largest = NULL;
	for (struct http_connection *at = http->connections; at != NULL; at = at->next) {
		struct request *request = at->request;
		if (request == NULL || request->phase != PHASE_BODY || request->body.length == 0 ||
			request->status != 0)
			continue;
		if (largest == NULL || body_share(request) > body_share(largest) ||
			(body_share(request) == body_share(largest) &&
				request->body.length > largest->body.length))
			largest = request;
	}
	return largest;
}

/*
 * Makes room for a piece of a body. Whoever has most gives way, so that nobody's bodies keep out
 * those of who has less. False: that is this one, and it is answered.
 */
static bool body_make_room(struct request *request, size_t length)
{
	struct http *http = request->http;
	while (http->bodies_bytes + length > http->options.bodies_bytes_max) {
		struct request *largest = body_largest(http);
		if (largest == NULL || body_share(largest) < body_share(request) + length)
			largest = request;
		body_drop(largest);
		request_full(largest);
		if (largest == request)
			return false;
	}
	return true;
}

/* Takes a piece of the body, within the limits. False: cut the connection. */
static bool body_take(struct request *request, const char *data, size_t length)
{
	size_t limit = body_limit(request);
	request->received += length;
	if (request->status != 0) {
		/* The answer is known; the rest of the body is only waited for. */
		CHECK(request->body.data == NULL);
		request->body.length += length;
		return request->body.length <= limit * BODY_DISCARD_MAX;
	}
	if (request->route == NULL || !request->route->takes_body) {
		/* In front of the daemon it may have been taken for the next request. */
		request->close = true;
		request_problem(request, 400, "this path takes no body");
		return true;
	}
	if (request->body.length + length > limit) {
		body_drop(request);
		request_problem(
			request, 413, "the request must not be larger than %zu bytes", limit);
		return true;
	}
	if (!body_make_room(request, length))
		return true;
	if (!request_hold(request, length)) {
		bool ever = request->share == NULL ||
			    request->body.length + length <= share_most(request->share, 0);
		body_drop(request);
		if (!ever)
			request_problem(request, 413,
				"the request takes more memory than one partner may have: send "
				"fewer events at once");
		else
			request_full(request);
		return true;
	}
	text_add(&request->body, bytes_of(data, length));
	if (request->body.failed) {
		request_give(request, length);
		return false;
	}
	body_count(request, length, 0);
	return true;
}

bool request_body_replace(struct request *request, struct text *body)
{
	size_t length = body->length;
	if (!request_hold(request, length))
		return false;
	body_drop(request);
	body_count(request, length, 0);
	if (request->received < length)
		request->received = length;
	request->body = *body;
	*body = (struct text){ 0 };
	return true;
}

/* The library has room for some of the answer. */
static ssize_t pieces_read(void *context, uint64_t at, char *out, size_t room)
{
	struct request *request = context;
	(void)at;
	CHECK(request->phase == PHASE_ANSWERED && request->pieces.next != NULL);
	while (request->piece_taken == request->out.length) {
		if (request->pieces_broken)
			return MHD_CONTENT_READER_END_WITH_ERROR;
		if (request->pieces_ended)
			return MHD_CONTENT_READER_END_OF_STREAM;
		request->out.length = request->piece_taken = 0;
		request->pieces.next(request);
		if (request->finish != NULL)
			return 0; /* suspended */
	}
	size_t left = request->out.length - request->piece_taken;
	size_t taken = left < room ? left : room;
	memcpy(out, request->out.data + request->piece_taken, taken);
	request->piece_taken += taken;
	return (ssize_t)taken;
}

/* What the library is to send: all of it, or a piece at a time. */
static struct MHD_Response *response_new(struct request *request)
{
	if (request->pieces.next != NULL)
		return MHD_create_response_from_callback(
			MHD_SIZE_UNKNOWN, PIECE_BLOCK, pieces_read, request, NULL);
	struct MHD_Response *response = MHD_create_response_from_buffer(
		request->out.length, request->out.data, MHD_RESPMEM_MUST_FREE);
	if (response != NULL)
		request->out = (struct text){ 0 };
	return response;
}

/* Counts an answer that is not small; without memory for it another takes its place. */
static void answer_hold(struct request *request)
{
	if (request->pieces.next != NULL || request->out.length <= SMALL_ANSWER ||
		request_hold(request, request->out.length))
		return;
	request->content_encoding = NULL;
	request_full(request);
}

/* Headers of an answer. */
struct headers {
	struct MHD_Response *response;
	bool failed; /* there was no memory for one */
};

static void header_add(struct headers *headers, const char *name, const char *value)
{
	headers->failed = headers->failed ||
			  MHD_add_response_header(headers->response, name, value) != MHD_YES;
}

/* False: there is no memory. Without one of its headers an answer could be taken for another. */
static bool headers_add(struct request *request, struct MHD_Response *response)
{
	char retry[16];
	struct headers headers = { .response = response };
	header_add(&headers, "Content-Type", request->content_type);
	if (request->content_encoding != NULL)
		header_add(&headers, "Content-Encoding", request->content_encoding);
	header_add(&headers, "Cache-Control", "no-store");
	header_add(&headers, "X-Content-Type-Options", "nosniff");
	if (request->http->certificate != NULL)
		header_add(&headers, "Strict-Transport-Security", HSTS);
	if (request->allow != NULL)
		header_add(&headers, "Allow", request->allow);
	if (request->status == 401)
		header_add(&headers, "WWW-Authenticate", "Bearer");
	/* A browser sends Basic along by itself, also with the form of another site. */
	if (request->status == 401 && request->route != NULL && !request->route->takes_body)
		header_add(
			&headers, "WWW-Authenticate", "Basic realm=\"ladderd\", charset=\"UTF-8\"");
	for (size_t i = 0; i < request->extra_count; i++)
		header_add(&headers, request->extras[i].name, request->extras[i].value);
	if (request->retry_seconds > 0) {
		snprintf(retry, sizeof(retry), "%u", request->retry_seconds);
		header_add(&headers, "Retry-After", retry);
	}
	if (request->close)
		header_add(&headers, "Connection", "close");
	return !headers.failed;
}

/* To people a problem is shown as a page. */
static void problem_show(struct request *request)
{
	const struct http_options *options = &request->http->options;
	if (options->problem != NULL && request_is_problem(request) &&
		accept_prefers(request_header(request, "Accept"), "text/html", "application/json"))
		options->problem(request);
}

static enum MHD_Result response_queue(struct request *request)
{
	CHECK(request->status != 0);
	/* Whatever was made of it has gone. */
	if (request->body.data != NULL)
		body_drop(request);
	answer_hold(request);
	if (request->route != NULL && request->http->options.answering != NULL)
		request->http->options.answering(request);
	problem_show(request);
	struct MHD_Response *response = response_new(request);
	if (response == NULL)
		return MHD_NO;
	if (!headers_add(request, response)) {
		MHD_destroy_response(response);
		return MHD_NO;
	}
	enum MHD_Result result =
		MHD_queue_response(request->connection, (unsigned)request->status, response);
	MHD_destroy_response(response);
	request->phase = PHASE_ANSWERED;
	request->is_answered = true;
	return result;
}

/* Does the client want no more than this one? */
static bool is_last(const struct request *request, const char *version)
{
	const char *wish = request_header(request, "Connection");
	bool newest = strcmp(version, "HTTP/1.1") == 0;
	bool named = wish != NULL && strcasestr(wish, newest ? "close" : "keep-alive") != NULL;
	return named == newest;
}

static enum MHD_Result handler(void *context, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *data, size_t *length, void **own)
{
	struct request *request = *own;
	(void)context;
	if (request == NULL)
		return MHD_NO;
	switch (request->phase) {
	case PHASE_HEADERS:
		request->connection = connection;
		request->phase = PHASE_BODY;
		request->is_last = is_last(request, version);
		request_begin(request, method, url);
		/* Do not wait for a body that is not going to be read. */
		return request->close ? response_queue(request) : MHD_YES;
	case PHASE_BODY:
		if (*length > 0) {
			bool taken = body_take(request, data, *length);
			*length = 0;
			return taken ? MHD_YES : MHD_NO;
		}
		if (request->status == 0 && request_is_in_step(request, true))
			request->route->handle(request);
		return request->phase == PHASE_WAITING ? MHD_YES : response_queue(request);
	case PHASE_WAITING:
		return request->status != 0 ? response_queue(request) : MHD_YES;
	case PHASE_ANSWERED:
		return MHD_YES;
	}
	check_failed("a phase of the enum", __FILE__, __LINE__);
}

/* The first that is heard of a request: its address as it was sent. */
static void *uri_begin(void *context, const char *uri, struct MHD_Connection *connection)
{
	struct http *http = context;
	struct request_place *place = calloc(1, sizeof(*place) + http->options.visit_size);
	if (place == NULL)
		return NULL;
	struct request *request = &place->request;
	request->http = http;
	request->visit = place->visit;
	size_t plain = strcspn(uri, "%?");
	request->plain_length = uri[plain] == '%' ? plain : SIZE_MAX;
	request->share = http->options.strangers;
	http->requests++;
	struct http_connection *ours = connection_of(connection);
	if (ours != NULL)
		ours->request = request;
	return request;
}

static void request_completed(void *context, struct MHD_Connection *connection, void **own,
	enum MHD_RequestTerminationCode code)
{
	struct http *http = context;
	struct request *request = *own;
	if (request == NULL)
		return;
	CHECK(request->http == http && http->requests > 0);
	struct http_connection *ours = connection_of(connection);
	if (ours != NULL)
		ours->request = NULL;
	if (ours != NULL && code == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		connection_answered(ours, request->close || request->is_last);
	/* A suspended one is never completed: another thread has it. */
	CHECK(request->finish == NULL);
	if (request->pieces.release != NULL)
		request->pieces.release(request->pieces.context);
	if (request->body.data != NULL)
		body_drop(request);
	text_release(&request->out);
	request_give(request, request->held);
	for (size_t i = 0; i < request->extra_count; i++)
		free(request->extras[i].value);
	if (http->options.release != NULL)
		http->options.release(request);
	free(request);
	http->requests--;
	*own = NULL;
}

/*
 * The library has made the session with nothing to show; it gets all here. Where that fails the
 * handshake does: see no_certificate().
 */
static void connection_arm(struct http *http, struct http_connection *connection)
{
	CHECK(connection->session != NULL);
	if (certificate_arm(http->certificate, connection->session, &connection->shaken) == OK)
		connection->certificate = certificate_hold(http->certificate);
}

static int fd_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static struct leash_limits leash_limits_of(const struct http_options *options)
{
	return (struct leash_limits){
		.idle_us_max = (int64_t)options->idle_seconds_max * US_PER_SECOND,
		.head_us_max = (int64_t)options->headers_seconds_max * US_PER_SECOND,
		.transfer_us_max = (int64_t)options->transfer_seconds_max * US_PER_SECOND,
		.bytes_per_second_min = options->transfer_bytes_per_second_min,
	};
}

/* Without one, for want of memory, no request of the connection is answered but by 500. */
static struct http_connection *connection_make(struct http *http, struct MHD_Connection *connection)
{
	int fd = fd_of(connection);
	size_t size = http->by_fd_size, need = (size_t)fd + 1;
	if (need > size && !GROW(http->by_fd, http->by_fd_size, need))
		return NULL;
	for (; size < http->by_fd_size; size++)
		http->by_fd[size] = NULL;
	struct http_connection *made = calloc(1, sizeof(*made));
	if (made == NULL)
		return NULL;
	made->fd = fd;
	made->session = session_of(connection);
	made->connection = connection;
	const struct leash_limits limits = leash_limits_of(&http->options);
	leash_begin(&made->leash, &limits, true, clock_monotonic_us(&http->options.clock));
	made->next = http->connections;
	made->place = &http->connections;
	if (made->next != NULL)
		made->next->place = &made->next;
	http->connections = made;
	CHECK(http->by_fd[fd] == NULL);
	http->by_fd[fd] = made;
	if (http->certificate != NULL)
		connection_arm(http, made);
	return made;
}

static void connection_open(struct http *http, struct MHD_Connection *connection, void **own)
{
	struct http_connection *made = connection_make(http, connection);
	const union MHD_ConnectionInfo *peer =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	*own = made;
	if (made != NULL && http->options.opened != NULL)
		made->claim = http->options.opened(
			http->options.context, made, peer == NULL ? NULL : peer->client_addr);
}

/* The client never came as far as a request: tells the owner. */
static void connection_unshaken(const struct http *http, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (http->options.unshaken != NULL)
		http->options.unshaken(
			http->options.context, info == NULL ? NULL : info->client_addr);
}

static void connection_close(struct http *http, struct http_connection *connection)
{
	if (connection == NULL)
		return;
	void *claim = connection->claim;
	/* Who looks whether a port is open sends nothing, and has failed in nothing. */
	if (connection->session != NULL && !connection->shaken &&
		(connection->heard || connection->cut))
		connection_unshaken(http, connection->connection);
	certificate_drop(connection->certificate);
	CHECK(*connection->place == connection && http->by_fd[connection->fd] == connection);
	http->by_fd[connection->fd] = NULL;
	*connection->place = connection->next;
	if (connection->next != NULL)
		connection->next->place = connection->place;
	free(connection);
	if (http->options.closed != NULL)
		http->options.closed(http->options.context, claim);
}

void http_connection_vouch(struct http_connection *connection)
{
	connection->known = true;
}

void http_connection_end(struct http_connection *connection)
{
	connection_cut(connection);
}

/* See intercept.h. */
static ssize_t received(void *context, int fd, bool by_tls, char *data, size_t got)
{
	struct http *http = context;
	struct http_connection *connection = (size_t)fd < http->by_fd_size ? http->by_fd[fd] : NULL;
	if (connection != NULL)
		connection->heard = true;
	if (connection == NULL || by_tls != (connection->session != NULL))
		return (ssize_t)got;
	return connection_receive(connection, data, got);
}

static void connection_notify(void *context, struct MHD_Connection *connection, void **own,
	enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		connection_open(context, connection, own);
		return;
	}
	connection_close(context, *own);
	*own = NULL;
}

static void library_log(void *context, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

/* What the library logs is what clients do wrong, about which an operator can do nothing. */
static void library_log(void *context, const char *format, va_list arguments)
{
	(void)context;
	(void)format;
	(void)arguments;
}

/*
 * The library keeps one certificate for its life. So it gets none: each session is given the one
 * of its time when the connection is opened. Only one that was given none asks here.
 */
static int no_certificate(gnutls_session_t session, const gnutls_datum_t *issuers, int issuer_count,
	const gnutls_pk_algorithm_t *algorithms, int algorithm_count, gnutls_pcert_st **chain,
	unsigned *chain_length, gnutls_privkey_t *key)
{
	(void)session;
	(void)issuers;
	(void)issuer_count;
	(void)algorithms;
	(void)algorithm_count;
	(void)chain;
	(void)chain_length;
	(void)key;
	return -1;
}

static enum MHD_Result is_admitted(
	void *context, const struct sockaddr *address, socklen_t address_size)
{
	const struct http_options *options = &((const struct http *)context)->options;
	(void)address_size;
	return options->admits == NULL || options->admits(options->context, address) ? MHD_YES
										     : MHD_NO;
}

static struct MHD_Daemon *library_start(struct http *http)
{
	const struct http_options *options = &http->options;
	gnutls_certificate_retrieve_function2 *const none = no_certificate;
	unsigned tls = http->certificate != NULL ? MHD_USE_TLS : 0;
	/* Where there is no TLS the library must not be told of certificates. */
	enum MHD_OPTION more = tls != 0 ? MHD_OPTION_HTTPS_CERT_CALLBACK : MHD_OPTION_END;
	return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | tls,
		0, is_admitted, http, handler, http, MHD_OPTION_EXTERNAL_LOGGER, library_log, NULL,
		MHD_OPTION_LISTEN_SOCKET, http->listener, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)options->connections_max, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)options->idle_seconds_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_MEMORY, MHD_OPTION_URI_LOG_CALLBACK, uri_begin, http,
		MHD_OPTION_NOTIFY_COMPLETED, request_completed, http, MHD_OPTION_NOTIFY_CONNECTION,
		connection_notify, http, more, none, MHD_OPTION_END);
}

enum err http_start(const struct http_options *options, struct http **out, struct reason *reason)
{
	struct http *http = calloc(1, sizeof(*http));
	CHECK(options->listener >= 0);
	if (http == NULL) {
		close(options->listener);
		return fail(reason, ERR_FULL, "no memory");
	}
	http->options = *options;
	http->listener = options->listener;
	if (done_queue_init(&http->done) != OK) {
		close(http->listener);
		free(http);
		return fail(reason, ERR_IO, "there are not enough file descriptors");
	}
	if (options->certificate != NULL)
		http->certificate = certificate_hold(options->certificate);
	errno = 0;
	http->daemon = library_start(http);
	if (http->daemon == NULL) {
		enum err why = err_of_errno(errno);
		certificate_drop(http->certificate);
		close(http->listener);
		done_queue_release(&http->done);
		free(http);
		return fail(reason, why, "the HTTP library does not start");
	}
	http->epoll_fd = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	*out = http;
	return OK;
}

void *http_context(const struct http *http)
{
	return http->options.context;
}

void http_show(struct http *http, struct certificate *certificate)
{
	CHECK(http->certificate != NULL);
	certificate_hold(certificate);
	certificate_drop(http->certificate);
	http->certificate = certificate;
}

void http_quiesce(struct http *http)
{
	if (http->listener == MHD_INVALID_SOCKET)
		return;
	MHD_quiesce_daemon(http->daemon);
	close(http->listener);
	http->listener = MHD_INVALID_SOCKET;
	/* Nothing was asked yet, and nobody knows whether it ever is. */
	for (struct http_connection *at = http->connections; at != NULL; at = at->next) {
		if (framing_is_in_head(&at->framing) && !connection_is_answering(at) && !at->cut)
			connection_cut(at);
	}
}

void http_stop(struct http *http)
{
	if (http == NULL)
		return;
	http_quiesce(http);
	MHD_stop_daemon(http->daemon);
	CHECK(http->requests == 0 && http->connections == NULL && http->bodies_bytes == 0);
	done_queue_release(&http->done);
	free(http->by_fd);
	certificate_drop(http->certificate);
	free(http);
}

void http_address(const struct http *http, char *out, size_t size)
{
	listener_address(http->listener, out, size);
}

int http_fd(const struct http *http)
{
	return http->epoll_fd;
}

int http_done_fd(const struct http *http)
{
	return http->done.fd;
}

int http_timeout_ms(struct http *http)
{
	MHD_UNSIGNED_LONG_LONG timeout;
	if (MHD_get_timeout(http->daemon, &timeout) != MHD_YES)
		return -1;
	return timeout > 60000 ? 60000 : (int)timeout;
}

size_t http_requests(const struct http *http)
{
	return http->requests;
}

/* Has the peer said that it sends nothing any more, or is it gone? */
static bool has_hung_up(int fd)
{
	struct pollfd peer = { .fd = fd, .events = POLLRDHUP };
	return poll(&peer, 1, 0) == 1 && (peer.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

void http_sweep(struct http *http)
{
	void (*left)(struct request *) = http->options.left;
	const struct leash_limits limits = leash_limits_of(&http->options);
	int64_t now_us = clock_monotonic_us(&http->options.clock);
	for (struct http_connection *at = http->connections; at != NULL; at = at->next) {
		char byte;
		struct request *request = at->request;
		connection_watch(at, &limits, now_us);
		if (request != NULL && request->phase == PHASE_WAITING && left != NULL &&
			has_hung_up(at->fd))
			left(request);
		if (request != NULL && request->phase > PHASE_BODY)
			continue;
		if (recv(at->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
			shutdown(at->fd, SHUT_RDWR);
	}
}

void http_end_requests(struct http *http, bool (*which)(const struct request *request))
{
	void (*left)(struct request *) = http->options.left;
	for (struct http_connection *at = http->connections; at != NULL; at = at->next) {
		if (at->request == NULL || at->ending || !which(at->request))
			continue;
		at->ending = true;
		if (at->request->phase == PHASE_WAITING && left != NULL)
			left(at->request);
		connection_break(at);
	}
}

size_t http_ending(const struct http *http)
{
	size_t count = 0;
	for (const struct http_connection *at = http->connections; at != NULL; at = at->next)
		count += at->ending;
	return count;
}

void http_run(struct http *http)
{
	/* A resumed connection is worked on in the next run: run until nothing is due, or the
	 * others must have their turn: the timer comes back at once. */
	for (int round = 0; round < RUNS_MAX; round++) {
		done_queue_run(&http->done);
		intercept_begin(received, http);
		MHD_run(http->daemon);
		intercept_end();
		if (http_timeout_ms(http) != 0)
			break;
	}
}
