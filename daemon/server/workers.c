/*
 * daemon/server/workers.c - see workers.h.
 */
#include "daemon/server/workers.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/thread.h"

struct workers {
	pthread_mutex_t mutex; /* guards all below but the threads */
	pthread_cond_t work;
	struct task *first;
	struct task *last;
	size_t waiting;
	size_t queue_max;
	bool stop;
	size_t thread_count;
	struct worker {
		struct workers *workers;
		struct task *task; /* that it runs; NULL: none */
		pthread_t thread;
	} threads[];
};

void task_stop(struct task *task)
{
	atomic_store(&task->stop, true);
}

static void *worker_run(void *context)
{
	struct worker *worker = context;
	struct workers *workers = worker->workers;
	thread_become(workers);
	thread_give_way();
	pthread_mutex_lock(&workers->mutex);
	for (;;) {
		while (workers->first == NULL && !workers->stop)
			pthread_cond_wait(&workers->work, &workers->mutex);
		struct task *task = workers->first;
		CHECK((task == NULL) == (workers->waiting == 0));
		if (task == NULL)
			break;
		workers->first = task->next;
		if (workers->first == NULL)
			workers->last = NULL;
		workers->waiting--;
		worker->task = task;
		if (workers->stop)
			task_stop(task);
		pthread_mutex_unlock(&workers->mutex);
		task->run(task);
		memory_wipe_stack();
		pthread_mutex_lock(&workers->mutex);
		worker->task = NULL;
		pthread_mutex_unlock(&workers->mutex);
		task->done(task);
		pthread_mutex_lock(&workers->mutex);
	}
	pthread_mutex_unlock(&workers->mutex);
	return NULL;
}

enum err workers_start(size_t threads, size_t queue_max, struct workers **out)
{
	CHECK(threads > 0 && queue_max > 0);
	struct workers *workers = calloc(1, sizeof(*workers) + threads * sizeof(struct worker));
	if (workers == NULL)
		return ERR_FULL;
	workers->queue_max = queue_max;
	pthread_mutex_init(&workers->mutex, NULL);
	pthread_cond_init(&workers->work, NULL);
	for (; workers->thread_count < threads; workers->thread_count++) {
		struct worker *worker = &workers->threads[workers->thread_count];
		worker->workers = workers;
		if (pthread_create(&worker->thread, NULL, worker_run, worker) != 0) {
			workers_stop(workers);
			workers_free(workers);
			return ERR_FULL;
		}
	}
	*out = workers;
	return OK;
}

void workers_stop(struct workers *workers)
{
	if (workers == NULL)
		return;
	/* A task that waited for its own end would wait for ever. */
	CHECK(!thread_is_of(workers));
	pthread_mutex_lock(&workers->mutex);
	CHECK(!workers->stop);
	workers->stop = true;
	for (size_t i = 0; i < workers->thread_count; i++) {
		if (workers->threads[i].task != NULL)
			task_stop(workers->threads[i].task);
	}
	pthread_cond_broadcast(&workers->work);
	pthread_mutex_unlock(&workers->mutex);
	for (size_t i = 0; i < workers->thread_count; i++)
		CHECK(pthread_join(workers->threads[i].thread, NULL) == 0);
}

void workers_free(struct workers *workers)
{
	if (workers == NULL)
		return;
	CHECK(workers->stop && workers->first == NULL && workers->waiting == 0);
	pthread_cond_destroy(&workers->work);
	pthread_mutex_destroy(&workers->mutex);
	free(workers);
}

static enum err submit(struct workers *workers, struct task *task, size_t waiting_max)
{
	enum err err = ERR_FULL;
	CHECK(task->run != NULL && task->done != NULL && !thread_is_of(workers));
	pthread_mutex_lock(&workers->mutex);
	if (workers->waiting < waiting_max && !workers->stop) {
		task->next = NULL;
		atomic_store(&task->stop, false);
		if (workers->last == NULL)
			workers->first = task;
		else
			workers->last->next = task;
		workers->last = task;
		workers->waiting++;
		pthread_cond_signal(&workers->work);
		err = OK;
	}
	pthread_mutex_unlock(&workers->mutex);
	return err;
}

enum err workers_submit(struct workers *workers, struct task *task)
{
	return submit(workers, task, workers->queue_max);
}

enum err workers_resubmit(struct workers *workers, struct task *task)
{
	return submit(workers, task, SIZE_MAX);
}
