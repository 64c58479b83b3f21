/*
 * daemon/http/intercept.h - what the library receives passes here first.
 *
 * libmicrohttpd hides what it forgives: which bytes a header or a chunk was made of cannot be
 * asked. It has no hook for them either. But it receives by the C library's recv(), and under TLS
 * by gnutls_record_recv(): names that a program may define for all that is linked with it, and
 * intercept.c does. So the bytes are looked at where they are, without a second parser's copy of
 * them. Whoever receives in another thread, or while nothing is intercepted, gets what it would
 * have got.
 *
 * Were the library to receive in another way one day, the door would not see a request that is
 * handed over, and answers none that it has not seen (http.c).
 */
#ifndef DAEMON_HTTP_INTERCEPT_H
#define DAEMON_HTTP_INTERCEPT_H

#include <stdbool.h>
#include <sys/types.h>

struct gnutls_session_int;

/*
 * Is told of what was received from a descriptor, by way of TLS or not: `got` bytes at `data`,
 * which are more than 0. Returns how many of them the library gets, or, with errno EAGAIN, -1.
 * Under TLS it is told of what TLS itself receives too, as not by way of it.
 */
typedef ssize_t intercept_receiver(void *context, int fd, bool by_tls, char *data, size_t got);

/* In this thread, until intercept_end(). */
void intercept_begin(intercept_receiver *receiver, void *context);
void intercept_end(void);

/* Sends to a descriptor, by way of TLS when its session is not NULL, without waiting. */
void intercept_send(int fd, struct gnutls_session_int *session, const char *data, size_t length);

#endif
