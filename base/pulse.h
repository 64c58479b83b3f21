/*
 * base/pulse.h - for how long a thread has been at one piece of work.
 *
 * The thread says so when it begins a piece, or gets on with one, and when it rests. Whoever
 * looks after it asks for how long it has got on with nothing: a thread that stands still says
 * nothing, and that is the sign.
 */
#ifndef BASE_PULSE_H
#define BASE_PULSE_H

#include "base/clock.h"

/* Zero: at rest. */
struct pulse {
	_Atomic int64_t since_us; /* monotonic; 0: at rest */
};

/* A piece of work begins, or gets on. */
static inline void pulse_beat(struct pulse *pulse, const struct clock *clock)
{
	int64_t now_us = clock_monotonic_us(clock);
	atomic_store_explicit(&pulse->since_us, now_us == 0 ? 1 : now_us, memory_order_relaxed);
}

static inline void pulse_rest(struct pulse *pulse)
{
	atomic_store_explicit(&pulse->since_us, 0, memory_order_relaxed);
}

/* Microseconds since the last beat; 0 at rest. Any thread. */
static inline int64_t pulse_still_us(const struct pulse *pulse, const struct clock *clock)
{
	int64_t since_us = atomic_load_explicit(&pulse->since_us, memory_order_relaxed);
	int64_t still_us = since_us == 0 ? 0 : clock_monotonic_us(clock) - since_us;
	return still_us > 0 ? still_us : 0;
}

#endif
