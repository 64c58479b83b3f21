/*
 * daemon/server/caretaker.c - see caretaker.h.
 */
#include "daemon/server/caretaker.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "base/logging.h"
#include "base/thread.h"

#define STEP_PAGES 256                      /* of the scrub: a mebibyte */
#define PAUSE_US   US_PER_SECOND            /* between two steps, at most ... */
#define REST_PARTS 9                        /* ... and at least so many times what one took */
#define ROUND_US   (US_PER_DAY / 2)         /* in which a round is to be done */
#define STUCK_US   (5 * 60 * US_PER_SECOND) /* so long nobody needs a view */
#define STUCK_PART 0.125                    /* of the store */
#define TOLD_MAX   20                       /* findings; the rest are counted */

struct caretaker {
	struct log *log;
	struct clock clock;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t work;
	bool stopping; /* guarded by the mutex, as what follows */
	struct care care;
};

bool caretaker_minds(const struct log_reader *reader)
{
	return reader->pid != 0 && reader->age_us > 0 &&
	       (reader->age_us >= STUCK_US || reader->held >= STUCK_PART);
}

/* One step of the scrub; *part: of the round. */
static void scrub(struct caretaker *caretaker, double *part)
{
	double round = 0;
	struct reason reason;
	CHECK(thread_is_of(caretaker));
	double before = caretaker->care.round < 1 ? caretaker->care.round : 0;
	enum err err = log_scrub(caretaker->log, STEP_PAGES, &round, &reason);
	if (err != OK && err != ERR_CORRUPT)
		return;
	*part = round - before;
	pthread_mutex_lock(&caretaker->mutex);
	caretaker->care.round = round;
	caretaker->care.findings += err == ERR_CORRUPT;
	uint64_t findings = caretaker->care.findings;
	pthread_mutex_unlock(&caretaker->mutex);
	if (err == ERR_CORRUPT && findings <= TOLD_MAX)
		logging(SEVERITY_ERROR, "the store is damaged, nothing is written to it: %s",
			reason.text);
}

/* Who holds the oldest view; told once. */
static void readers_look(struct caretaker *caretaker)
{
	struct log_reader reader = { 0 };
	int64_t now_us = clock_monotonic_us(&caretaker->clock);
	CHECK(thread_is_of(caretaker));
	if (!log_oldest_reader(caretaker->log, now_us, &reader))
		reader = (struct log_reader){ 0 };
	bool is_stuck = caretaker_minds(&reader);
	pthread_mutex_lock(&caretaker->mutex);
	bool was_stuck = caretaker->care.reader_is_stuck;
	caretaker->care.reader = reader;
	caretaker->care.reader_is_stuck = is_stuck;
	pthread_mutex_unlock(&caretaker->mutex);
	if (is_stuck && !was_stuck)
		logging(SEVERITY_WARNING,
			"process %ld has held a view of the store for %lld seconds, which keeps "
			"%.0f %% of [store] size_max from being used again",
			reader.pid, (long long)(reader.age_us / US_PER_SECOND), 100 * reader.held);
}

static void *caretaker_run(void *context)
{
	struct caretaker *caretaker = context;
	thread_become(caretaker);
	thread_give_way();
	pthread_mutex_lock(&caretaker->mutex);
	while (!caretaker->stopping) {
		double part = 0;
		pthread_mutex_unlock(&caretaker->mutex);
		int64_t begun_us = clock_monotonic_us(&caretaker->clock);
		readers_look(caretaker);
		scrub(caretaker, &part);
		int64_t now_us = clock_monotonic_us(&caretaker->clock);
		int64_t pause_us = part > 0 && part * (double)ROUND_US < (double)PAUSE_US
					   ? (int64_t)(part * (double)ROUND_US)
					   : PAUSE_US;
		if (pause_us < REST_PARTS * (now_us - begun_us))
			pause_us = REST_PARTS * (now_us - begun_us);
		pthread_mutex_lock(&caretaker->mutex);
		while (!caretaker->stopping &&
			clock_monotonic_us(&caretaker->clock) < now_us + pause_us)
			clock_wait(&caretaker->clock, &caretaker->work, &caretaker->mutex,
				now_us + pause_us);
	}
	pthread_mutex_unlock(&caretaker->mutex);
	return NULL;
}

enum err caretaker_start(struct log *log, const struct clock *clock, struct caretaker **out)
{
	struct caretaker *caretaker = calloc(1, sizeof(*caretaker));
	if (caretaker == NULL)
		return ERR_FULL;
	caretaker->log = log;
	caretaker->clock = *clock;
	pthread_mutex_init(&caretaker->mutex, NULL);
	clock_cond_init(&caretaker->work);
	if (pthread_create(&caretaker->thread, NULL, caretaker_run, caretaker) != 0) {
		free(caretaker);
		return ERR_FULL;
	}
	*out = caretaker;
	return OK;
}

void caretaker_stop(struct caretaker *caretaker)
{
	if (caretaker == NULL)
		return;
	CHECK(!thread_is_of(caretaker));
	pthread_mutex_lock(&caretaker->mutex);
	caretaker->stopping = true;
	clock_wake(&caretaker->clock, &caretaker->work);
	pthread_mutex_unlock(&caretaker->mutex);
	CHECK(pthread_join(caretaker->thread, NULL) == 0);
}

void caretaker_free(struct caretaker *caretaker)
{
	if (caretaker == NULL)
		return;
	pthread_mutex_destroy(&caretaker->mutex);
	pthread_cond_destroy(&caretaker->work);
	free(caretaker);
}

void caretaker_look(struct caretaker *caretaker, struct care *out)
{
	pthread_mutex_lock(&caretaker->mutex);
	*out = caretaker->care;
	pthread_mutex_unlock(&caretaker->mutex);
}
