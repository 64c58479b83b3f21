/*
 * daemon/patience.c - see patience.h.
 */
#include "daemon/patience.h"

void patience_begin(struct patience *patience, const struct clock *clock, size_t seconds)
{
	*patience = (struct patience){ .clock = clock, .us_max = (int64_t)seconds * 1000000 };
	patience_renew(patience);
}

void patience_renew(struct patience *patience)
{
	patience->renewed_us = clock_monotonic_us(patience->clock);
}

bool patience_is_over(const struct patience *patience)
{
	return clock_monotonic_us(patience->clock) - patience->renewed_us > patience->us_max;
}
