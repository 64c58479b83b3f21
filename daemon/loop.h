/*
 * daemon/loop.h - the loop of events: sockets, signals, timers. The one place,
 * with loop.c, that knows libevent.
 */
#ifndef DAEMON_LOOP_H
#define DAEMON_LOOP_H

#include "daemon/server.h"

/*
 * Runs until SIGTERM or SIGINT, or until a commit fails; `reload` is called on
 * SIGHUP. On a signal to end: takes no more batches, answers what is in flight,
 * then returns OK. ERR_IO: a thread has failed, *reason says how.
 */
enum err loop_run(struct server *server, void (*reload)(struct server *server),
	struct reason *reason) NODISCARD;

#endif
