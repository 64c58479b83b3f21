/*
 * daemon/loop.h - the loop of events: sockets, signals, timers. libevent is known here
 * and to the stream.
 */
#ifndef DAEMON_LOOP_H
#define DAEMON_LOOP_H

#include "daemon/server/server.h"

struct loop;

/*
 * Holds back the signals that the loop handles, from before the threads start until it
 * runs: then they are the loop's alone, and none that came early is lost.
 */
void signals_block(bool block);

/*
 * Makes the loop and opens the stream, which lives in it; the HTTP door is open already.
 * `reload` is called on SIGHUP. *reason says what failed.
 */
enum err loop_new(struct server *server, void (*reload)(struct server *server), struct loop **out,
	struct reason *reason) NODISCARD;

/*
 * Runs until SIGTERM or SIGINT, or until a thread fails: then takes no more batches,
 * answers what is in flight, and returns. ERR_IO: a thread has failed, *reason says how.
 */
enum err loop_run(struct loop *loop, struct reason *reason) NODISCARD;

/* After the threads have ended and the stream is stopped. Accepts NULL. */
void loop_free(struct loop *loop);

#endif
