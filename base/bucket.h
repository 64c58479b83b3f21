/*
 * base/bucket.h - a rate that may not be exceeded: so much a second, as a token bucket.
 *
 * The bucket holds what may be taken in a second. One who asks is let in while it is not empty,
 * whatever it then takes: how much that is is known only afterwards. What it took more than was
 * there is a debt, and all wait until that is paid. So over any time no more is taken than the
 * rate allows, but for one second's worth and what was let in last.
 */
#ifndef BASE_BUCKET_H
#define BASE_BUCKET_H

#include <stdint.h>

#define BUCKET_UNLIMITED 0

struct bucket {
	uint64_t per_second; /* BUCKET_UNLIMITED: it never makes anybody wait */
	int64_t level;       /* millionths of one; below 0: a debt */
	int64_t filled_us;   /* monotonic: until when it was filled */
};

/* Full. At most 2^40 a second. */
void bucket_init(struct bucket *bucket, uint64_t per_second, int64_t now_us);

/* The microseconds until somebody is let in; 0: now. `now_us` is monotonic. */
int64_t bucket_wait_us(struct bucket *bucket, int64_t now_us);

/* So much was taken. */
void bucket_take(struct bucket *bucket, uint64_t count, int64_t now_us);

/* So much was taken and did not count; the bucket never holds more than a second's worth. */
void bucket_give(struct bucket *bucket, uint64_t count, int64_t now_us);

#endif
