/*
 * daemon/server/workers.h - a small pool of threads for what takes long: figures at
 * another (P, K), and the log. Each task reads on a snapshot of its own.
 */
#ifndef DAEMON_SERVER_WORKERS_H
#define DAEMON_SERVER_WORKERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct workers;

/* Owned by whoever submits it, until `run` has returned. */
struct task {
	/* In a worker's thread. `stop` becomes true when the daemon ends: give up then. */
	void (*run)(struct task *task, const atomic_bool *stop);
	struct task *next;
};

/* ERR_FULL: no thread. */
enum err workers_start(size_t threads, size_t queue_max, struct workers **out) NODISCARD;

/* Runs what waits (with `stop` set), then ends the threads. Both accept NULL. */
void workers_stop(struct workers *workers);
void workers_free(struct workers *workers);

/* ERR_FULL: too many wait, try again later. */
enum err workers_submit(struct workers *workers, struct task *task) NODISCARD;

#endif
