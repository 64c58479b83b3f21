/*
 * base/arena_pool.h - arenas that were released, for the next ones of the same size.
 *
 * To ask the system for memory and to give it back costs a page fault a page, which is more than
 * what most batches do with it. What is kept is written over, as with any arena that is released.
 * An arena has the memory that was touched before as well as what is used of it: whoever counts
 * memory counts arena_resident(). Of one thread.
 */
#ifndef BASE_ARENA_POOL_H
#define BASE_ARENA_POOL_H

#include "base/arena.h"

#define ARENA_POOL_MAX   64                /* arenas */
#define ARENA_POOL_EACH  ((size_t)1 << 20) /* bytes that were touched of one that is kept */
#define ARENA_POOL_RESTS 10                /* calls of arena_pool_rest() */

/* `{0}` is an empty one, which keeps nothing; with bytes_max it keeps so much. */
struct arena_pool {
	size_t bytes_max;
	struct arena kept[ARENA_POOL_MAX];
	size_t count;
	size_t bytes;   /* of what is kept, those that were touched */
	unsigned rests; /* calls of arena_pool_rest() since one was asked for */
};

/* The size to ask for, so that arenas for about as much are of one size: `least` or more. */
size_t arena_pool_size(size_t least);

/* The bytes that the process has for the arena. */
size_t arena_resident(const struct arena *arena);

/* An arena of that size. ERR_FULL: there is no memory. */
enum err arena_pool_take(struct arena_pool *pool, size_t size, struct arena *out) NODISCARD;

/* Writes over what was used of an arena and keeps it, or gives it back; it is empty then. */
void arena_pool_give(struct arena_pool *pool, struct arena *arena);

/*
 * To be called now and then: gives back what is kept once it was called ARENA_POOL_RESTS times
 * without one being asked for.
 */
void arena_pool_rest(struct arena_pool *pool);

/* Gives back all that is kept. */
void arena_pool_release(struct arena_pool *pool);

#endif
