/*
 * base/memory.c - see memory.h.
 */
#include "base/memory.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define STACK_BYTES ((size_t)96 << 10) /* deeper than any of ours goes */

static void (*free_clean)(void *memory) = free;

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
