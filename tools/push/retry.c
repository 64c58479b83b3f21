/*
 * tools/push/retry.c - see retry.h.
 */
#include "tools/push/retry.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

#include "base/clock.h"
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

static void sleep_us(int64_t us)
{
	struct timespec left = {
		.tv_sec = (time_t)(us / US_PER_SECOND),
		.tv_nsec = (long)(us % US_PER_SECOND) * 1000,
	};
	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		continue;
}

void retry_begin(struct retry *retry)
{
	retry->attempts = 0;
	retry->deadline_us = clock_monotonic_us() + retry->us_max;
}

int retry_wait(struct retry *retry, int code, int64_t asked_s, const char *reason)
{
	int64_t wait = wait_us(retry->attempts++, asked_s);
	if (clock_monotonic_us() + wait > retry->deadline_us)
		return complain(command_name(), code,
			"%s. Gave up after %u tries; sending the same file again is safe.", reason,
			retry->attempts);
	complain(command_name(), 0, "%s. Trying again in %.1f seconds.", reason,
		(double)wait / (double)US_PER_SECOND);
	sleep_us(wait);
	return EX_OK;
}
