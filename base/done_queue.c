/*
 * base/done_queue.c - see done_queue.h.
 */
#include "base/done_queue.h"

#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/check.h"

enum err done_queue_init(struct done_queue *queue)
{
	*queue = (struct done_queue){ .fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) };
	if (queue->fd < 0)
		return ERR_IO;
	pthread_mutex_init(&queue->mutex, NULL);
	return OK;
}

void done_queue_release(struct done_queue *queue)
{
	close(queue->fd);
	pthread_mutex_destroy(&queue->mutex);
}

void done_push(struct done_queue *queue, struct done *done)
{
	const uint64_t one = 1;
	done->next = NULL;
	pthread_mutex_lock(&queue->mutex);
	bool was_empty = queue->first == NULL;
	if (was_empty)
		queue->first = done;
	else
		queue->last->next = done;
	queue->last = done;
	pthread_mutex_unlock(&queue->mutex);
	/* One wake-up is enough: the loop takes all there is. */
	if (was_empty)
		CHECK(write(queue->fd, &one, sizeof(one)) == sizeof(one));
}

bool done_queue_run(struct done_queue *queue)
{
	uint64_t count;
	ssize_t got = read(queue->fd, &count, sizeof(count));
	(void)got; /* nothing to read is as good */
	pthread_mutex_lock(&queue->mutex);
	struct done *done = queue->first;
	queue->first = NULL;
	pthread_mutex_unlock(&queue->mutex);
	bool some = done != NULL;
	while (done != NULL) {
		struct done *next = done->next;
		done->finish(done);
		done = next;
	}
	return some;
}
