/*
 * daemon/process/wipe.c - see wipe.h.
 *
 * glibc lets a program have malloc() and its like of its own, and gives its own under other names.
 * A piece of memory that was mapped alone has a bit set in the word before it; it is unmapped when
 * it is freed.
 */
#include "daemon/process/wipe.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WIPES 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
	__has_feature(memory_sanitizer)
#define WIPES 0
#endif
#endif
#ifndef WIPES
#define WIPES 1
#endif

#if WIPES

void *__libc_malloc(size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

static bool is_mapped_alone(const void *memory)
{
	size_t word;
	memcpy(&word, (const char *)memory - sizeof(word), sizeof(word));
	return (word & 2) != 0;
}

void free(void *memory)
{
	if (memory != NULL && !is_mapped_alone(memory))
		explicit_bzero(memory, malloc_usable_size(memory));
	__libc_free(memory);
}

void *realloc(void *memory, size_t size)
{
	if (memory == NULL)
		return __libc_malloc(size);
	size_t before = malloc_usable_size(memory);
	if (size == 0) {
		free(memory);
		return NULL;
	}
	if (is_mapped_alone(memory))
		return __libc_realloc(memory, size);
	if (size <= before) {
		explicit_bzero((char *)memory + size, before - size);
		return __libc_realloc(memory, size);
	}
	void *larger = __libc_malloc(size);
	if (larger == NULL)
		return NULL;
	memcpy(larger, memory, before);
	free(memory);
	return larger;
}

void wipe_begin(void)
{
	memory_free_by(__libc_free);
}

#else

void wipe_begin(void)
{
}

#endif
