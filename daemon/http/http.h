/*
 * daemon/http/http.h - the HTTP door: libmicrohttpd without a thread of its own, run
 * by a loop of events.
 *
 * This folder is a library: what is served, who may ask and what a connection counts for come in
 * by struct http_options. All of it belongs to the thread of the loop, but for request_done().
 */
#ifndef DAEMON_HTTP_HTTP_H
#define DAEMON_HTTP_HTTP_H

#include "base/clock.h"
#include "base/hosts.h"
#include "daemon/http/request.h"

struct http_connection;

struct http_options {
	int listener;       /* a socket that listens, of listener_open(); the door's from here on */
	struct hosts hosts; /* that requests may be for; see host.h */
	struct routes routes; /* outlive the door */

	/* What is shown under TLS, which the door speaks alone then; NULL: none, and plain text. */
	struct certificate *certificate;

	size_t connections_max; /* further ones wait until one is closed */
	struct clock clock;
	size_t idle_seconds_max;
	size_t headers_seconds_max; /* for the headers of a request; see leash.h */
	size_t transfer_seconds_max;
	size_t transfer_bytes_per_second_min;
	size_t body_bytes_max; /* of one request: 413 */
	/* Of all that are being received: then 503 for the largest of whoever has most of them. */
	size_t bodies_bytes_max;

	/*
	 * Whose share the memory of a request is of, until `admit` puts another in request->share.
	 * NULL: it is not counted.
	 */
	struct share *strangers;

	/*
	 * What the owner keeps with each request: `visit_size` bytes at request->visit, zero at
	 * first, aligned for anything. `release`, which may be NULL, is called at the end of every
	 * request, also of one that was not admitted.
	 */
	size_t visit_size;
	void (*release)(struct request *request);

	/*
	 * When the headers are there and have a route: may the request go on? Answers when not.
	 * Puts into request->share whose memory it is of from here on. NULL: all may.
	 */
	bool (*admit)(struct request *request);

	/* The address leads to no route: 400, 404 or 405. NULL: nobody wants to know. */
	void (*astray)(struct request *request, const char *address);

	/*
	 * Thereafter: for whom the connection speaks; see request_vouch(). `claim` is what `opened`
	 * gave. May answer that it is one too many. NULL: nobody counts.
	 */
	void (*claim)(struct request *request, void *claim);

	/*
	 * Before the answer to a request that has a route leaves, whoever answered it; its status
	 * is known. NULL: nobody wants to know.
	 */
	void (*answering)(struct request *request);

	/*
	 * A problem (RFC 9457) is about to leave for somebody who prefers HTML, a browser: may put
	 * a page that says the same in request->out, and its type in request->content_type. The
	 * request may have no route, and `admit` may not have seen it. NULL: it stays as it is.
	 */
	void (*problem)(struct request *request);

	/*
	 * The peer of a request that waits for another thread has hung up: nobody will read the
	 * answer, which is awaited all the same. May be called more than once. NULL: nobody wants
	 * to know.
	 */
	void (*left)(struct request *request);

	/* May this peer have a connection? Else it is closed at once. NULL: all may. */
	bool (*admits)(void *context, const struct sockaddr *peer);

	/* A handshake of TLS with this peer failed, or was not whole in time. NULL: as above. */
	void (*unshaken)(void *context, const struct sockaddr *peer);

	/*
	 * A connection with this peer was opened; the owner keeps something with it. One was
	 * closed. Both may be NULL.
	 */
	void *(*opened)(
		void *context, struct http_connection *connection, const struct sockaddr *peer);
	void (*closed)(void *context, void *claim);
	void *context; /* of the hooks; see http_context() */
};

/* Takes the listener, also when it fails. *reason says what failed. */
enum err http_start(
	const struct http_options *options, struct http **out, struct reason *reason) NODISCARD;

/* What new connections are shown; only of a door that began with a certificate. */
void http_show(struct http *http, struct certificate *certificate);

/* It is no stranger's: between requests it may be idle for longer; see leash.h. */
void http_connection_vouch(struct http_connection *connection);

/* Ends a connection; it is closed at one of the next turns of the loop. */
void http_connection_end(struct http_connection *connection);

/*
 * Ends the connections over which a request is received or answered now for which `which` says so,
 * whatever is sent of the answer; http_ending() counts those that are not gone yet.
 */
void http_end_requests(struct http *http, bool (*which)(const struct request *request));
size_t http_ending(const struct http *http);

/* No new connections from here on; those there are go on, but for half a head. */
void http_quiesce(struct http *http);

/* No request may be suspended. Accepts NULL. */
void http_stop(struct http *http);

/* The `context` of the options. */
void *http_context(const struct http *http);

/* The address that is listened on, with the port the system chose when it was 0. */
void http_address(const struct http *http, char *out, size_t size);

/* For the loop: watch `http_fd` and `http_done_fd` for reading, then call http_run(). */
int http_fd(const struct http *http);
int http_done_fd(const struct http *http);
void http_run(struct http *http);

/*
 * Now and then: ends the connections whose peer lets the door wait for too long (leash.h) or has
 * hung up in the middle of a request, and tells the owner of those that wait for an answer that
 * nobody will read. The library, edge-triggered as it is, misses an end that came with the last
 * bytes.
 */
void http_sweep(struct http *http);

/* Milliseconds until http_run() must be called again; -1: none. */
int http_timeout_ms(struct http *http);

/* Requests that are not answered yet. */
size_t http_requests(const struct http *http);

#endif
