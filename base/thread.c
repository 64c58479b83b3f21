/*
 * base/thread.c - see thread.h.
 */
#include "base/thread.h"

#include <stddef.h>
#include <sys/resource.h>

#include "base/check.h"

#define NICENESS 5

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

void thread_give_way(void)
{
	/* Of this thread alone, on Linux. */
	int niceness = getpriority(PRIO_PROCESS, 0);
	(void)setpriority(PRIO_PROCESS, 0, niceness + NICENESS);
}
