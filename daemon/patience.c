/*
 * daemon/patience.c - see patience.h.
 */
#include "daemon/patience.h"

#define HELLO_SECONDS_MAX 10

size_t patience_begin(
	struct patience *patience, const struct clock *clock, bool greeted, size_t idle_seconds_max)
{
	size_t seconds = greeted || idle_seconds_max < HELLO_SECONDS_MAX ? idle_seconds_max
									 : HELLO_SECONDS_MAX;
	*patience = (struct patience){ .clock = clock, .us_max = (int64_t)seconds * 1000000 };
	patience_renew(patience);
	return seconds;
}

void patience_renew(struct patience *patience)
{
	patience->renewed_us = clock_monotonic_us(patience->clock);
}

bool patience_is_over(const struct patience *patience)
{
	return clock_monotonic_us(patience->clock) - patience->renewed_us > patience->us_max;
}
