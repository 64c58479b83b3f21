/*
 * base/arena.h - a bump allocator of fixed size: the size is the limit, full
 * is a refusal. One arena per batch, per request, per fold.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/bytes.h"
#include "base/err.h"

struct arena {
	uint8_t *memory;
	size_t size;
	size_t used;
	size_t most;    /* that was ever used of it */
	size_t touched; /* that others used of its memory before, see arena_pool.h; 0: nobody did */
};

/* Takes `size` bytes from the system. ERR_FULL: there is no memory. */
enum err arena_init(struct arena *arena, size_t size) NODISCARD;
/* Writes over what was used, and gives it back. */
void arena_release(struct arena *arena);

/* Returns zeroed memory, aligned for any type, valid until arena_reset(); NULL when full. */
void *arena_take(struct arena *arena, size_t size) NODISCARD;

/* Copies `bytes` into the arena. ERR_FULL: refuse the request. */
enum err arena_copy(struct arena *arena, struct bytes bytes, struct bytes *out) NODISCARD;

/* Forgets all that was taken; the memory stays with the arena. */
void arena_reset(struct arena *arena);

/* Forgets what was taken since `mark`, which is an earlier value of arena->used. */
void arena_rewind(struct arena *arena, size_t mark);

#endif
