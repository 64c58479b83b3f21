/*
 * base/bucket.c - see bucket.h.
 */
#include "base/bucket.h"

#include "base/check.h"

#define ONE      INT64_C(1000000) /* of the level */
#define DEBT     (INT64_MAX / 2)  /* no more than this is remembered */
#define RATE_MAX (UINT64_C(1) << 40)

void bucket_init(struct bucket *bucket, uint64_t per_second, int64_t now_us)
{
	CHECK(per_second <= RATE_MAX);
	*bucket = (struct bucket){
		.per_second = per_second,
		.level = (int64_t)per_second * ONE,
		.filled_us = now_us,
	};
}

/* Adds what the time since has brought: `per_second` millionths of one in each microsecond. */
static void fill(struct bucket *bucket, int64_t now_us)
{
	int64_t rate = (int64_t)bucket->per_second, full = rate * ONE;
	int64_t passed_us = now_us - bucket->filled_us;
	CHECK(passed_us >= 0 && bucket->level <= full);
	bucket->filled_us = now_us;
	if (rate == 0)
		return;
	/* Not multiplied, where that could overflow. */
	if (passed_us > (full - bucket->level) / rate)
		bucket->level = full;
	else
		bucket->level += passed_us * rate;
}

int64_t bucket_wait_us(struct bucket *bucket, int64_t now_us)
{
	if (bucket->per_second == BUCKET_UNLIMITED)
		return 0;
	fill(bucket, now_us);
	if (bucket->level >= ONE)
		return 0;
	int64_t rate = (int64_t)bucket->per_second;
	return (ONE - bucket->level + rate - 1) / rate;
}

void bucket_take(struct bucket *bucket, uint64_t count, int64_t now_us)
{
	CHECK(count <= RATE_MAX);
	if (bucket->per_second == BUCKET_UNLIMITED)
		return;
	fill(bucket, now_us);
	bucket->level -= (int64_t)count * ONE;
	if (bucket->level < -DEBT)
		bucket->level = -DEBT;
}

void bucket_give(struct bucket *bucket, uint64_t count, int64_t now_us)
{
	CHECK(count <= RATE_MAX);
	if (bucket->per_second == BUCKET_UNLIMITED)
		return;
	fill(bucket, now_us);
	int64_t full = (int64_t)bucket->per_second * ONE, given = (int64_t)count * ONE;
	bucket->level = given > full - bucket->level ? full : bucket->level + given;
}
