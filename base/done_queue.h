/*
 * base/done_queue.h - work that other threads have finished, on its way back to the loop.
 */
#ifndef BASE_DONE_QUEUE_H
#define BASE_DONE_QUEUE_H

#include <pthread.h>
#include <stdbool.h>

#include "base/err.h"

/* Embedded in what is waited for. */
struct done {
	void (*finish)(struct done *done); /* in the loop's thread */
	struct done *next;
};

/* First in, first out: answers of one connection keep their order. */
struct done_queue {
	pthread_mutex_t mutex; /* guards the list */
	struct done *first;
	struct done *last;
	int fd; /* readable while there is something; for the loop to watch */
};

/* ERR_IO: there is no descriptor. */
enum err done_queue_init(struct done_queue *queue) NODISCARD;
void done_queue_release(struct done_queue *queue);

/* From any thread. */
void done_push(struct done_queue *queue, struct done *done);

/* In the loop's thread: finishes all that is there. True: there was something. */
bool done_queue_run(struct done_queue *queue);

#endif
