/*
 * store/subject_cache.c - see subject_cache.h.
 */
#include "store/subject_cache.h"

#include <stdlib.h>

#include "secret/keyed_hash.h"

#define BUCKETS     (1u << 16)
#define WAYS        4  /* subjects that may share a bucket */
#define SUBJECT_MAX 35 /* longer ones are not remembered: pseudonyms are short */

struct cached {
	uint32_t number; /* 0: empty */
	uint8_t length;
	uint8_t subject[SUBJECT_MAX];
};

struct subject_cache {
	struct cached buckets[BUCKETS][WAYS];
	uint8_t next[BUCKETS]; /* the way that is replaced next */
};

enum err subject_cache_new(struct subject_cache **out)
{
	/* Zeroed by the system as it is touched: a small store takes little of it. */
	struct subject_cache *cache = calloc(1, sizeof(*cache));
	if (cache == NULL)
		return ERR_FULL;
	*out = cache;
	return OK;
}

void subject_cache_free(struct subject_cache *cache)
{
	free(cache);
}

static uint32_t bucket_of(struct bytes subject)
{
	return (uint32_t)keyed_hash(subject) % BUCKETS;
}

uint32_t subject_cache_find(const struct subject_cache *cache, struct bytes subject)
{
	const struct cached *ways = cache->buckets[bucket_of(subject)];
	for (size_t i = 0; i < WAYS; i++) {
		if (ways[i].number != 0 &&
			bytes_equal(bytes_of(ways[i].subject, ways[i].length), subject))
			return ways[i].number;
	}
	return 0;
}

void subject_cache_expect(const struct subject_cache *cache, struct bytes subject)
{
	const struct cached *ways = cache->buckets[bucket_of(subject)];
	for (size_t i = 0; i < WAYS; i++)
		__builtin_prefetch(&ways[i]);
}

void subject_cache_put(struct subject_cache *cache, struct bytes subject, uint32_t number)
{
	if (subject.length > SUBJECT_MAX)
		return;
	uint32_t bucket = bucket_of(subject);
	struct cached *way = &cache->buckets[bucket][cache->next[bucket]];
	cache->next[bucket] = (uint8_t)((cache->next[bucket] + 1) % WAYS);
	way->number = number;
	way->length = (uint8_t)subject.length;
	memcpy(way->subject, subject.data, subject.length);
}

void subject_cache_clear(struct subject_cache *cache)
{
	memset(cache, 0, sizeof(*cache));
}
