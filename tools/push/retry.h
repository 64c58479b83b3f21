/*
 * tools/push/retry.h - how long to wait before something that failed is tried again, and
 * when to give up.
 */
#ifndef TOOLS_PUSH_RETRY_H
#define TOOLS_PUSH_RETRY_H

#include "base/clock.h"
#include "base/err.h"

struct retry {
	struct clock clock; /* set by the caller */
	int64_t us_max;     /* set by the caller: what fails is tried again for so long */
	int64_t deadline_us;
	unsigned attempts; /* that failed since retry_begin() */
};

/* What follows is a new attempt: the first of something, or after a success. */
void retry_begin(struct retry *retry);

/*
 * Says `reason` and sleeps: longer each time, half of it by chance so that many senders do
 * not come back at once, and at least `asked_s`. EX_OK: try again. Else `code`: it is said
 * that this gave up.
 */
int retry_wait(struct retry *retry, int code, int64_t asked_s, const char *reason) NODISCARD;

#endif
