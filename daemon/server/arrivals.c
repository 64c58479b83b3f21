/*
 * daemon/server/arrivals.c - see arrivals.h.
 */
#include "daemon/server/arrivals.h"

#include <stdlib.h>

#include "base/bucket.h"
#include "daemon/server/addresses.h"

struct arrivals {
	uint64_t per_second;
	struct addresses addresses;
	struct bucket handshakes[ADDRESSES_MAX];
};

enum err arrivals_new(uint64_t per_second, struct arrivals **out)
{
	struct arrivals *arrivals = calloc(1, sizeof(*arrivals));
	if (arrivals == NULL)
		return ERR_FULL;
	arrivals->per_second = per_second;
	addresses_init(&arrivals->addresses);
	*out = arrivals;
	return OK;
}

void arrivals_free(struct arrivals *arrivals)
{
	free(arrivals);
}

static struct bucket *bucket_of(
	struct arrivals *arrivals, const uint8_t place[ORIGIN_SIZE], int64_t now_us)
{
	bool is_new;
	struct bucket *bucket =
		&arrivals->handshakes[addresses_came(&arrivals->addresses, place, now_us, &is_new)];
	if (is_new)
		bucket_init(bucket, arrivals->per_second, now_us);
	return bucket;
}

bool arrivals_came(struct arrivals *arrivals, const uint8_t place[ORIGIN_SIZE], int64_t now_us)
{
	struct bucket *bucket = bucket_of(arrivals, place, now_us);
	if (bucket_wait_us(bucket, now_us) > 0)
		return false;
	bucket_take(bucket, 1, now_us);
	return true;
}

void arrivals_known(struct arrivals *arrivals, const uint8_t place[ORIGIN_SIZE], int64_t now_us)
{
	bucket_give(bucket_of(arrivals, place, now_us), 1, now_us);
}
