/*
 * base/arena_pool.c - see arena_pool.h.
 */
#include "base/arena_pool.h"

#include "base/check.h"

/* So that AddressSanitizer finds who uses what is released, kept or not. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(memory, size)   ((void)(memory), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(memory, size) ((void)(memory), (void)(size))
#endif

#define STEP ((size_t)1 << 20) /* between two sizes */

/* Takes the kept arena out of the pool. */
static struct arena kept_take(struct arena_pool *pool, size_t at)
{
	struct arena arena = pool->kept[at];
	CHECK(at < pool->count && arena.used == 0 && pool->bytes >= arena.touched);
	pool->bytes -= arena.touched;
	pool->kept[at] = pool->kept[--pool->count];
	ASAN_UNPOISON_MEMORY_REGION(arena.memory, arena.size);
	return arena;
}

size_t arena_pool_size(size_t least)
{
	/* What is small comes from memory that the process has. */
	if (least <= STEP / 2 || least > SIZE_MAX - STEP)
		return least;
	return (least + STEP - 1) / STEP * STEP;
}

size_t arena_resident(const struct arena *arena)
{
	return arena->most > arena->touched ? arena->most : arena->touched;
}

enum err arena_pool_take(struct arena_pool *pool, size_t size, struct arena *out)
{
	CHECK(pool->count <= ARENA_POOL_MAX);
	pool->rests = 0;
	for (size_t i = pool->count; i-- > 0;) {
		if (pool->kept[i].size != size)
			continue;
		*out = kept_take(pool, i);
		return OK;
	}
	return arena_init(out, size);
}

void arena_pool_give(struct arena_pool *pool, struct arena *arena)
{
	size_t size = arena->size, resident = arena_resident(arena);
	bool keeps = size > 0 && size == arena_pool_size(size) && size % STEP == 0 &&
		     pool->count < ARENA_POOL_MAX && resident <= ARENA_POOL_EACH &&
		     pool->bytes + resident <= pool->bytes_max;
	if (!keeps) {
		arena_release(arena);
		return;
	}
	/* What is beyond was written over before. */
	explicit_bzero(arena->memory, arena->most);
	arena_reset(arena);
	arena->most = 0;
	arena->touched = resident;
	ASAN_POISON_MEMORY_REGION(arena->memory, size);
	pool->kept[pool->count++] = *arena;
	pool->bytes += resident;
	*arena = (struct arena){ 0 };
}

void arena_pool_rest(struct arena_pool *pool)
{
	if (pool->count > 0 && ++pool->rests >= ARENA_POOL_RESTS)
		arena_pool_release(pool);
}

void arena_pool_release(struct arena_pool *pool)
{
	while (pool->count > 0) {
		struct arena arena = kept_take(pool, pool->count - 1);
		arena_release(&arena);
	}
	CHECK(pool->bytes == 0);
}
