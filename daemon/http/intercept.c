/*
 * daemon/http/intercept.c - see intercept.h.
 *
 * GnuTLS comes with libmicrohttpd, and is asked for by name: its functions are those that come
 * after the one of this program.
 */
#include "daemon/http/intercept.h"

#include <dlfcn.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/check.h"

#define TLS_AGAIN (-28) /* GNUTLS_E_AGAIN */

typedef ssize_t tls_receive(struct gnutls_session_int *session, void *data, size_t length);
typedef ssize_t tls_send(struct gnutls_session_int *session, const void *data, size_t length);
typedef int tls_descriptor(struct gnutls_session_int *session);

tls_receive gnutls_record_recv;

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

ssize_t gnutls_record_recv(struct gnutls_session_int *session, void *data, size_t length)
{
	tls_receive *receive = (tls_receive *)dlsym(RTLD_NEXT, "gnutls_record_recv");
	tls_descriptor *descriptor =
		(tls_descriptor *)dlsym(RTLD_DEFAULT, "gnutls_transport_get_int");
	CHECK(receive != NULL && descriptor != NULL);
	ssize_t got = receive(session, data, length);
	if (the_receiver == NULL || got <= 0)
		return got;
	got = the_receiver(the_context, descriptor(session), true, data, (size_t)got);
	return got < 0 ? TLS_AGAIN : got;
}

void intercept_send(int fd, struct gnutls_session_int *session, const char *data, size_t length)
{
	if (session == NULL) {
		(void)!send(fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
		return;
	}
	tls_send *send_by_tls = (tls_send *)dlsym(RTLD_DEFAULT, "gnutls_record_send");
	CHECK(send_by_tls != NULL);
	(void)!send_by_tls(session, data, length);
}
