/*
 * base/clock.h - time is handed in: the wall clock, the monotonic clock, and the waits of
 * threads that have a deadline, so that a test can play a story in virtual time (see
 * tests/unit/clock_virtual.h) and a replay has no time at all.
 *
 * Only base/clock.c asks the machine what time it is; scripts/tidy holds that. A thread that
 * waits for another one, or for a deadline, does so by clock_wait(), and is woken by
 * clock_wake(): then a virtual clock knows who sleeps, and until when.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#define UNTIL_WOKEN INT64_MAX /* a deadline that never comes */

struct clock {
	int64_t (*now_us)(void *context); /* microseconds since 1970 UTC; may step back */
	/* Microseconds of a clock that never steps back, for durations and deadlines only. */
	int64_t (*monotonic_us)(void *context);
	void (*wait)(void *context, pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until_us);
	void (*wake)(void *context, pthread_cond_t *cond);
	void (*spin)(void *context, const atomic_bool *flag, int64_t until_us);
	void *context;
};

/* The machine's clock. */
struct clock clock_system(void);

static inline int64_t clock_now_us(const struct clock *clock)
{
	return clock->now_us(clock->context);
}

static inline int64_t clock_monotonic_us(const struct clock *clock)
{
	return clock->monotonic_us(clock->context);
}

/* Makes a condition for clock_wait(): its deadlines are of the monotonic clock. */
void clock_cond_init(pthread_cond_t *cond);

/*
 * Waits on `cond`, with `mutex` held, until it is woken or the monotonic clock says
 * `until_us`. May return sooner: the caller looks again at what it waits for.
 */
static inline void clock_wait(
	const struct clock *clock, pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until_us)
{
	clock->wait(clock->context, cond, mutex, until_us);
}

/* Wakes one thread that waits on `cond`, if there is one. */
static inline void clock_wake(const struct clock *clock, pthread_cond_t *cond)
{
	clock->wake(clock->context, cond);
}

/*
 * Looks at `flag` again and again, giving way to whoever wants the processor, until it is true
 * or the monotonic clock says `until_us`. For moments shorter than it takes to be woken.
 */
static inline void clock_spin(const struct clock *clock, const atomic_bool *flag, int64_t until_us)
{
	clock->spin(clock->context, flag, until_us);
}

/* Sleeps for `us` of the monotonic clock, whatever signals come. */
void clock_sleep(const struct clock *clock, int64_t us);

#endif
