/*
 * base/arena.c - see arena.h.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

enum err arena_init(struct arena *arena, size_t size)
{
	uint8_t *memory = malloc(size);
	if (memory == NULL)
		return ERR_FULL;
	*arena = (struct arena){ .memory = memory, .size = size };
	return OK;
}

void arena_release(struct arena *arena)
{
	if (arena->memory != NULL)
		explicit_bzero(arena->memory, arena->most);
	memory_free_clean(arena->memory);
	*arena = (struct arena){ 0 };
}

void *arena_take(struct arena *arena, size_t size)
{
	size_t step = alignof(max_align_t);
	CHECK(arena->used % step == 0);
	if (size > arena->size - arena->used)
		return NULL;
	size_t rounded = (size + step - 1) / step * step;
	if (rounded > arena->size - arena->used)
		return NULL;
	void *memory = arena->memory + arena->used;
	arena->used += rounded;
	if (arena->used > arena->most)
		arena->most = arena->used;
	memset(memory, 0, rounded);
	return memory;
}

enum err arena_copy(struct arena *arena, struct bytes bytes, struct bytes *out)
{
	uint8_t *copy = arena_take(arena, bytes.length);
	if (copy == NULL)
		return ERR_FULL;
	if (bytes.length > 0)
		memcpy(copy, bytes.data, bytes.length);
	*out = bytes_of(copy, bytes.length);
	return OK;
}

void arena_reset(struct arena *arena)
{
	arena->used = 0;
}

void arena_rewind(struct arena *arena, size_t mark)
{
	CHECK(mark <= arena->used);
	arena->used = mark;
}
