/*
 * daemon/loop.h - the loop of events: sockets, signals, timers. libevent is known here
 * and to the stream.
 */
#ifndef DAEMON_LOOP_H
#define DAEMON_LOOP_H

#include "daemon/server/server.h"

struct event_base;
struct http;
struct loop;
struct stream;

/*
 * Holds back the signals that the loop handles, from before the threads start until it
 * runs: then they are the loop's alone, and none that came early is lost.
 */
void signals_block(bool block);

/* ERR_FULL: *reason says what failed. */
enum err loop_new(struct loop **out, struct reason *reason) NODISCARD;

/* libevent's, for a door that lives in the loop. */
struct event_base *loop_base(const struct loop *loop);

/* What the loop runs. */
struct loop_duties {
	struct server *server;
	struct http *http;
	struct stream *stream;         /* NULL: off */
	void (*reload)(void *context); /* on SIGHUP */
	void (*turn)(void *context);   /* five times a second, as long as the loop turns */
	void *context;
};

/*
 * Runs until SIGTERM or SIGINT, or until a thread fails: then takes no more batches,
 * answers what is in flight, and returns. ERR_IO: a thread has failed, *reason says how. ERR_FULL:
 * there was no memory, at once or for the figures.
 */
enum err loop_run(
	struct loop *loop, const struct loop_duties *duties, struct reason *reason) NODISCARD;

/* After the threads have ended and the stream is stopped. Accepts NULL. */
void loop_free(struct loop *loop);

#endif
