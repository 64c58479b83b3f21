/*
 * base/grow.c - see grow.h.
 */
#include "base/grow.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

#define ITEMS_FIRST 16

size_t grow_size(size_t size, size_t need)
{
	if (need <= size)
		return size;
	size_t more = size > SIZE_MAX / 2 ? SIZE_MAX : 2 * size;
	if (more < need)
		more = need;
	return more < ITEMS_FIRST ? ITEMS_FIRST : more;
}

bool grow_array_to(void *array, size_t size, size_t item)
{
	void *before, *after;
	CHECK(array != NULL && size > 0 && item > 0);
	if (size > SIZE_MAX / item)
		return false;
	/* The pointer has the type of its items: it is copied, not read as another type. */
	memcpy(&before, array, sizeof(before));
	after = realloc(before, size * item);
	if (after == NULL)
		return false;
	memcpy(array, &after, sizeof(after));
	return true;
}

bool grow_array(void *array, size_t *size, size_t need, size_t item)
{
	size_t more = grow_size(*size, need);
	if (more == *size)
		return true;
	if (!grow_array_to(array, more, item))
		return false;
	*size = more;
	return true;
}
