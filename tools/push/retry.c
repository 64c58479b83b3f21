/*
 * tools/push/retry.c - see retry.h.
 */
#include "tools/push/retry.h"

#include <sys/random.h>

#include "base/date.h"
#include "tools/common/options.h"

#define WAIT_US_MIN (US_PER_SECOND / 4)
#define WAIT_US_MAX (30 * US_PER_SECOND)

/* Exponential, half of it by chance. */
static int64_t wait_us(unsigned attempt, int64_t asked_s)
{
	int64_t full = attempt < 8 ? WAIT_US_MIN << attempt : WAIT_US_MAX;
	uint32_t chance = 0;
	if (full > WAIT_US_MAX)
		full = WAIT_US_MAX;
	if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) != (ssize_t)sizeof(chance))
		chance = 0;
	int64_t wait = full / 2 + (int64_t)(chance % (uint64_t)(full / 2));
	return asked_s * US_PER_SECOND > wait ? asked_s * US_PER_SECOND : wait;
}

void retry_begin(struct retry *retry)
{
	retry->attempts = 0;
	retry->deadline_us = clock_monotonic_us(&retry->clock) + retry->us_max;
}

int retry_wait(struct retry *retry, int code, int64_t asked_s, const char *reason)
{
	int64_t wait = wait_us(retry->attempts++, asked_s);
	if (clock_monotonic_us(&retry->clock) + wait > retry->deadline_us)
		return complain(command_name(), code,
			"%s. Gave up after %u tries; sending the same file again is safe.", reason,
			retry->attempts);
	complain(command_name(), 0, "%s. Trying again in %.1f seconds.", reason,
		(double)wait / (double)US_PER_SECOND);
	clock_sleep(&retry->clock, wait);
	return EX_OK;
}
