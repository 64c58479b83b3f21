/*
 * store/subject_cache.h - the numbers of the persons that events were lately about; for
 * store/ only.
 *
 * Nearly every event is about a person who is known, and whom the table `subjects` would
 * have to be searched for on a random page. The cache is of fixed size and exact: it holds
 * the pseudonyms themselves. The writer's alone.
 */
#ifndef STORE_SUBJECT_CACHE_H
#define STORE_SUBJECT_CACHE_H

#include "base/bytes.h"
#include "base/err.h"

struct subject_cache;

/* ERR_FULL: there is no memory. */
enum err subject_cache_new(struct subject_cache **out) NODISCARD;
void subject_cache_free(struct subject_cache *cache);

/* The number of a subject; 0 when the cache does not have it. */
uint32_t subject_cache_find(const struct subject_cache *cache, struct bytes subject);

/* Prefetches the memory of a subject's bucket, when it will be looked for soon. */
void subject_cache_expect(const struct subject_cache *cache, struct bytes subject);

/* Remembers the number of a subject; another may be forgotten for it. */
void subject_cache_put(struct subject_cache *cache, struct bytes subject, uint32_t number);

/* Forgets all. To be called when a transaction that gave out numbers was aborted. */
void subject_cache_clear(struct subject_cache *cache);

#endif
