/*
 * daemon/http/intercept.c - see intercept.h.
 */
#include "daemon/http/intercept.h"

#include <gnutls/gnutls.h>
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
	return the_receiver(the_context, fd, false, data, (size_t)got);
}

/* GnuTLS's, by another name: that one tells the number of the record too. */
ssize_t gnutls_record_recv(gnutls_session_t session, void *data, size_t length)
{
	unsigned char number[8];
	ssize_t got = gnutls_record_recv_seq(session, data, length, number);
	if (the_receiver == NULL || got <= 0)
		return got;
	got = the_receiver(the_context, gnutls_transport_get_int(session), true, data, (size_t)got);
	return got < 0 ? GNUTLS_E_AGAIN : got;
}

void intercept_send(int fd, struct gnutls_session_int *session, const char *data, size_t length)
{
	if (session == NULL)
		(void)!send(fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
	else if (gnutls_record_send(session, data, length) > 0)
		gnutls_bye(session, GNUTLS_SHUT_WR);
}
