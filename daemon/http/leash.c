/*
 * daemon/http/leash.c - see leash.h.
 */
#include "daemon/http/leash.h"

#include "base/check.h"
#include "base/date.h"

#define FAREWELL_US (2 * US_PER_SECOND)

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Until when it may wait that begins to wait for this. */
static int64_t until_of(
	const struct leash_limits *limits, enum leash_stage stage, bool stranger, int64_t now_us)
{
	int64_t head_us = least(limits->head_us_max, limits->idle_us_max);
	switch (stage) {
	case LEASH_IDLE:
		return now_us + (stranger ? head_us : limits->idle_us_max);
	case LEASH_HEAD:
		return now_us + head_us;
	case LEASH_BODY:
	case LEASH_READER:
		return now_us + limits->transfer_us_max;
	case LEASH_DAEMON:
		return INT64_MAX;
	case LEASH_FAREWELL:
		return now_us + FAREWELL_US;
	}
	check_failed("a stage of the enum", __FILE__, __LINE__);
}

void leash_begin(
	struct leash *leash, const struct leash_limits *limits, bool stranger, int64_t now_us)
{
	*leash = (struct leash){
		.stage = LEASH_IDLE,
		.until_us = until_of(limits, LEASH_IDLE, stranger, now_us),
	};
}

bool leash_is_over(struct leash *leash, const struct leash_limits *limits, enum leash_stage stage,
	uint64_t bytes, bool stranger, int64_t now_us)
{
	bool goes_on = stage == leash->stage ||
		       (stranger && leash->stage == LEASH_IDLE && stage == LEASH_HEAD);
	CHECK(limits->bytes_per_second_min > 0);
	if (!goes_on)
		leash->until_us = until_of(limits, stage, stranger, now_us);
	else if (stage != LEASH_DAEMON && bytes > leash->bytes)
		leash->until_us = least(now_us + limits->transfer_us_max,
			leash->until_us + (int64_t)((bytes - leash->bytes) * US_PER_SECOND /
						    limits->bytes_per_second_min));
	leash->stage = stage;
	leash->bytes = bytes;
	return now_us > leash->until_us;
}
