/*
 * base/thread.c - see thread.h.
 */
#include "base/thread.h"

#include <stddef.h>

#include "base/check.h"

static _Thread_local const void *thread_owner;

void thread_become(const void *owner)
{
	CHECK(thread_owner == NULL && owner != NULL);
	thread_owner = owner;
}

bool thread_is_of(const void *owner)
{
	return thread_owner == owner;
}
