/*
 * daemon/http/intercept.c - see intercept.h.
 */
#include "daemon/http/intercept.h"

#include <stddef.h>
#include <sys/socket.h>

#include "base/check.h"

static _Thread_local intercept_receiver *the_receiver;
static _Thread_local void *the_context;

void intercept_begin(intercept_receiver *receiver, void *context)
{
	CHECK(the_receiver == NULL && receiver != NULL);
	the_receiver = receiver;
	the_context = context;
}

void intercept_end(void)
{
	CHECK(the_receiver != NULL);
	the_receiver = NULL;
}

/* The C library's, by another name: recv() is recvfrom() that does not ask from whom. */
ssize_t recv(int fd, void *data, size_t length, int flags)
{
	ssize_t got = recvfrom(fd, data, length, flags, NULL, NULL);
	if (the_receiver == NULL || got <= 0)
		return got;
	return the_receiver(the_context, fd, data, (size_t)got);
}
