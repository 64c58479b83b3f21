/*
 * tests/unit/clock_virtual.h - a clock whose time goes on only when the test says so.
 *
 * It knows which threads sleep (clock_wait(), clock_spin(), clock_sleep()) and until when:
 * clock_virtual_rest() returns when so many do, so that a test never sleeps and hopes;
 * clock_virtual_advance() lets time pass and wakes those whose deadline has come. Who was
 * woken counts as awake at once, also before its thread runs.
 *
 * Nothing of a clock may be asked after the test that made it has ended.
 */
#ifndef TESTS_UNIT_CLOCK_VIRTUAL_H
#define TESTS_UNIT_CLOCK_VIRTUAL_H

#include "base/check.h"
#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>

#define VIRTUAL_BEGIN_US    INT64_C(1000000000000) /* of the monotonic clock */
#define VIRTUAL_PATIENCE_US INT64_C(60000000)      /* real: then a test has hung */

/* A thread that sleeps; on its stack. */
struct clock_virtual_sleep {
	pthread_cond_t *cond; /* NULL: it spins */
	pthread_mutex_t *mutex;
	const atomic_bool *flag; /* what it spins for */
	int64_t until_us;
	bool awake; /* it was woken, but does not run yet */
	struct clock_virtual_sleep *next;
};

struct clock_virtual {
	pthread_mutex_t mutex; /* guards the sleeps; after the mutex of a sleep */
	pthread_cond_t changed;
	struct clock_virtual_sleep *sleeps;
	unsigned wakes; /* calls of clock_wake() */
	_Atomic int64_t wall_us;
	_Atomic int64_t monotonic_us;
};

static inline int64_t clock_virtual_wall(void *context)
{
	struct clock_virtual *virtual = context;
	return atomic_load(&virtual->wall_us);
}

static inline int64_t clock_virtual_monotonic(void *context)
{
	struct clock_virtual *virtual = context;
	return atomic_load(&virtual->monotonic_us);
}

/* Both with the virtual clock's mutex held. */
static inline void clock_virtual_add(
	struct clock_virtual *virtual, struct clock_virtual_sleep *sleep)
{
	sleep->next = virtual->sleeps;
	virtual->sleeps = sleep;
	pthread_cond_broadcast(&virtual->changed);
}

static inline void clock_virtual_remove(
	struct clock_virtual *virtual, struct clock_virtual_sleep *sleep)
{
	struct clock_virtual_sleep **at = &virtual->sleeps;
	while (*at != sleep)
		at = &(*at)->next;
	*at = sleep->next;
	pthread_cond_broadcast(&virtual->changed);
}

static inline void clock_virtual_wait(
	void *context, pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until_us)
{
	struct clock_virtual *virtual = context;
	struct clock_virtual_sleep sleep = { .cond = cond, .mutex = mutex, .until_us = until_us };
	pthread_mutex_lock(&virtual->mutex);
	bool over = until_us <= atomic_load(&virtual->monotonic_us);
	if (!over)
		clock_virtual_add(virtual, &sleep);
	pthread_mutex_unlock(&virtual->mutex);
	if (over)
		return;
	pthread_cond_wait(cond, mutex);
	pthread_mutex_lock(&virtual->mutex);
	clock_virtual_remove(virtual, &sleep);
	pthread_mutex_unlock(&virtual->mutex);
}

static inline void clock_virtual_wake(void *context, pthread_cond_t *cond)
{
	struct clock_virtual *virtual = context;
	struct clock_virtual_sleep *at;
	pthread_mutex_lock(&virtual->mutex);
	for (at = virtual->sleeps; at != NULL && (at->cond != cond || at->awake); at = at->next)
		continue;
	if (at != NULL)
		at->awake = true;
	virtual->wakes++;
	pthread_mutex_unlock(&virtual->mutex);
	/* One of several could be another one: a test has one thread on each condition. */
	pthread_cond_signal(cond);
}

static inline void clock_virtual_spin(void *context, const atomic_bool *flag, int64_t until_us)
{
	struct clock_virtual *virtual = context;
	struct clock_virtual_sleep sleep = { .flag = flag, .until_us = until_us };
	pthread_mutex_lock(&virtual->mutex);
	clock_virtual_add(virtual, &sleep);
	pthread_mutex_unlock(&virtual->mutex);
	/* In real time it sleeps, so that the test has the processor. */
	const struct clock real = clock_system();
	while (!atomic_load(flag) && atomic_load(&virtual->monotonic_us) < until_us)
		clock_sleep(&real, 50);
	pthread_mutex_lock(&virtual->mutex);
	clock_virtual_remove(virtual, &sleep);
	pthread_mutex_unlock(&virtual->mutex);
}

/* Begins with the wall clock at `wall_us`. */
static inline void clock_virtual_init(struct clock_virtual *virtual, int64_t wall_us)
{
	*virtual = (struct clock_virtual){ .wall_us = wall_us, .monotonic_us = VIRTUAL_BEGIN_US };
	pthread_mutex_init(&virtual->mutex, NULL);
	clock_cond_init(&virtual->changed);
}

/* After all threads that were given it have ended. */
static inline void clock_virtual_release(struct clock_virtual *virtual)
{
	CHECK(virtual->sleeps == NULL);
	pthread_cond_destroy(&virtual->changed);
	pthread_mutex_destroy(&virtual->mutex);
}

/* What is handed in. */
static inline struct clock clock_virtual(struct clock_virtual *virtual)
{
	return (struct clock){
		.now_us = clock_virtual_wall,
		.monotonic_us = clock_virtual_monotonic,
		.wait = clock_virtual_wait,
		.wake = clock_virtual_wake,
		.spin = clock_virtual_spin,
		.context = virtual,
	};
}

/* How often somebody was woken, or would have been if he had slept. */
static inline unsigned clock_virtual_wakes(struct clock_virtual *virtual)
{
	pthread_mutex_lock(&virtual->mutex);
	unsigned wakes = virtual->wakes;
	pthread_mutex_unlock(&virtual->mutex);
	return wakes;
}

/* Waits for a change of the sleeps, with the mutex held; a minute of real time at most. */
static inline void clock_virtual_look(struct clock_virtual *virtual, int64_t give_up_us)
{
	const struct clock real = clock_system();
	CHECK(clock_monotonic_us(&real) < give_up_us);
	/* When the flag of a thread that spins is set, no condition is signalled. */
	clock_wait(&real, &virtual->changed, &virtual->mutex, clock_monotonic_us(&real) + 2000);
}

static inline int64_t clock_virtual_patience(void)
{
	const struct clock real = clock_system();
	return clock_monotonic_us(&real) + VIRTUAL_PATIENCE_US;
}

static inline void clock_virtual_poll(int64_t give_up_us)
{
	const struct clock real = clock_system();
	CHECK(clock_monotonic_us(&real) < give_up_us);
	clock_sleep(&real, 500);
}

/* Polls in real time, with a deadline, for what other threads do: when no clock tells of it. */
#define AWAIT(condition)                                                                           \
	for (int64_t give_up_us_ = clock_virtual_patience(); !(condition);)                        \
	clock_virtual_poll(give_up_us_)

static inline bool clock_virtual_sleeps(const struct clock_virtual_sleep *sleep, int64_t us)
{
	return !sleep->awake && sleep->until_us > us &&
	       (sleep->flag == NULL || !atomic_load(sleep->flag));
}

/* How many threads sleep at this moment. */
static inline size_t clock_virtual_asleep(struct clock_virtual *virtual)
{
	size_t count = 0;
	pthread_mutex_lock(&virtual->mutex);
	int64_t us = atomic_load(&virtual->monotonic_us);
	for (struct clock_virtual_sleep *at = virtual->sleeps; at != NULL; at = at->next)
		count += clock_virtual_sleeps(at, us);
	pthread_mutex_unlock(&virtual->mutex);
	return count;
}

/*
 * Returns when `threads` threads sleep. Gives the earliest of their deadlines, in microseconds
 * from the present of the virtual clock; UNTIL_WOKEN: none of them has one.
 */
static inline int64_t clock_virtual_rest(struct clock_virtual *virtual, size_t threads)
{
	int64_t give_up_us = clock_virtual_patience(), first_us;
	pthread_mutex_lock(&virtual->mutex);
	for (;;) {
		size_t count = 0;
		int64_t us = atomic_load(&virtual->monotonic_us);
		first_us = UNTIL_WOKEN;
		for (struct clock_virtual_sleep *at = virtual->sleeps; at != NULL; at = at->next) {
			if (!clock_virtual_sleeps(at, us))
				continue;
			count++;
			if (at->until_us < first_us)
				first_us = at->until_us;
		}
		CHECK(count <= threads);
		if (count == threads) {
			first_us = first_us == UNTIL_WOKEN ? first_us : first_us - us;
			break;
		}
		clock_virtual_look(virtual, give_up_us);
	}
	pthread_mutex_unlock(&virtual->mutex);
	return first_us;
}

/* A thread that waits although its deadline has come, and was not told yet. */
static inline struct clock_virtual_sleep *clock_virtual_due(struct clock_virtual *virtual)
{
	struct clock_virtual_sleep *at = virtual->sleeps;
	int64_t us = atomic_load(&virtual->monotonic_us);
	while (at != NULL && (at->cond == NULL || at->awake || at->until_us > us))
		at = at->next;
	return at;
}

/*
 * Lets `us` pass on both clocks at once, and wakes those whose deadline has come. To be called
 * while none of those who sleep can end.
 */
static inline void clock_virtual_advance(struct clock_virtual *virtual, int64_t us)
{
	struct clock_virtual_sleep *due;
	pthread_mutex_lock(&virtual->mutex);
	atomic_fetch_add(&virtual->wall_us, us);
	atomic_fetch_add(&virtual->monotonic_us, us);
	while ((due = clock_virtual_due(virtual)) != NULL) {
		pthread_cond_t *cond = due->cond;
		pthread_mutex_t *mutex = due->mutex;
		due->awake = true;
		pthread_mutex_unlock(&virtual->mutex);
		/* With its mutex: then it is in the wait, and not on its way there. */
		pthread_mutex_lock(mutex);
		pthread_cond_broadcast(cond);
		pthread_mutex_unlock(mutex);
		pthread_mutex_lock(&virtual->mutex);
	}
	pthread_mutex_unlock(&virtual->mutex);
}

/* Sets the wall clock alone, as an administrator or summer time's mistake does. */
static inline void clock_virtual_set(struct clock_virtual *virtual, int64_t wall_us)
{
	atomic_store(&virtual->wall_us, wall_us);
}

#endif
