/*
 * base/memory.c - see memory.h.
 */
#include "base/memory.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define STACK_BYTES ((size_t)96 << 10) /* deeper than any of ours goes */
#define LARGE_BYTES (1 << 20)
#define FREE_BYTES  (2 << 20) /* at the end of an arena; more of them are given back */

static void (*free_clean)(void *memory) = free;

void memory_large_apart(void)
{
	/* It costs memory, and nothing else, should it be refused. */
	(void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, FREE_BYTES);
}

void memory_give_back(void)
{
	malloc_trim(0);
}

void memory_free_clean(void *memory)
{
	free_clean(memory);
}

void memory_free_by(void (*release)(void *memory))
{
	free_clean = release;
}

void memory_wipe_stack(void)
{
	char stack[STACK_BYTES];
	explicit_bzero(stack, sizeof(stack));
}
