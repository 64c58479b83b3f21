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

/* Owned by whoever submits it, and the workers' until `done` is called. */
struct task {
	void (*run)(struct task *task);  /* in a worker's thread */
	void (*done)(struct task *task); /* then, in that thread too */
	void *context;
	atomic_bool stop;  /* becomes true when the daemon ends: give up then */
	struct task *next; /* the workers' */
};

/* ERR_FULL: no thread. */
enum err workers_start(size_t threads, size_t queue_max, struct workers **out) NODISCARD;

/*
 * Nobody wants the task's outcome any more: it gives up, soon, and is run still where it waits.
 * For its owner, until it knows that the task is done.
 */
void task_stop(struct task *task);

/* In a worker's thread: should it give up? */
static inline bool task_is_stopped(const struct task *task)
{
	return atomic_load(&task->stop);
}

/* Runs what waits (with `stop` set), then ends the threads. Both accept NULL. */
void workers_stop(struct workers *workers);
void workers_free(struct workers *workers);

/* ERR_FULL: too many wait, try again later. */
enum err workers_submit(struct workers *workers, struct task *task) NODISCARD;

/*
 * The same for a task that was done, and goes on with the next piece of its work: it is not
 * refused because many wait. ERR_FULL: the daemon ends.
 */
enum err workers_resubmit(struct workers *workers, struct task *task) NODISCARD;

#endif
