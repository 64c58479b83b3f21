/*
 * base/clock.c - the machine's clocks.
 */
#include "base/clock.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <time.h>

#include "base/check.h"

static int64_t read_us(clockid_t id)
{
	struct timespec now;
	CHECK(clock_gettime(id, &now) == 0);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t system_now_us(void *context)
{
	(void)context;
	return read_us(CLOCK_REALTIME);
}

static int64_t system_monotonic_us(void *context)
{
	(void)context;
	return read_us(CLOCK_MONOTONIC);
}

static void system_wait(
	void *context, pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until_us)
{
	(void)context;
	if (until_us == UNTIL_WOKEN) {
		CHECK(pthread_cond_wait(cond, mutex) == 0);
		return;
	}
	const struct timespec until = {
		.tv_sec = (time_t)(until_us / 1000000),
		.tv_nsec = (long)(until_us % 1000000 * 1000),
	};
	int error = pthread_cond_timedwait(cond, mutex, &until);
	CHECK(error == 0 || error == ETIMEDOUT);
}

static void system_wake(void *context, pthread_cond_t *cond)
{
	(void)context;
	CHECK(pthread_cond_signal(cond) == 0);
}

static void system_spin(void *context, const atomic_bool *flag, int64_t until_us)
{
	(void)context;
	while (!atomic_load_explicit(flag, memory_order_acquire) &&
		read_us(CLOCK_MONOTONIC) < until_us)
		sched_yield();
}

struct clock clock_system(void)
{
	return (struct clock){
		.now_us = system_now_us,
		.monotonic_us = system_monotonic_us,
		.wait = system_wait,
		.wake = system_wake,
		.spin = system_spin,
	};
}

void clock_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attributes;
	CHECK(pthread_condattr_init(&attributes) == 0);
	CHECK(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
	CHECK(pthread_cond_init(cond, &attributes) == 0);
	pthread_condattr_destroy(&attributes);
}

void clock_sleep(const struct clock *clock, int64_t us)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t cond;
	int64_t until_us = clock_monotonic_us(clock) + us;
	clock_cond_init(&cond);
	pthread_mutex_lock(&mutex);
	while (clock_monotonic_us(clock) < until_us)
		clock_wait(clock, &cond, &mutex, until_us);
	pthread_mutex_unlock(&mutex);
	pthread_cond_destroy(&cond);
	pthread_mutex_destroy(&mutex);
}
