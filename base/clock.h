/*
 * base/clock.h - time is handed in, so that a test can play a scenario in
 * virtual time and a replay has none.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

struct clock {
	int64_t (*now_us)(void *context); /* microseconds since 1970 UTC; may step back */
	void *context;
};

/* The machine's clock. */
struct clock clock_system(void);

static inline int64_t clock_now_us(const struct clock *clock)
{
	return clock->now_us(clock->context);
}

/* Microseconds of a clock that never steps back, for durations only. */
int64_t clock_monotonic_us(void);

#endif
