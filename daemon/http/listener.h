/*
 * daemon/http/listener.h - sockets that listen.
 */
#ifndef DAEMON_HTTP_LISTENER_H
#define DAEMON_HTTP_LISTENER_H

#include <stddef.h>

#include "base/address.h"
#include "base/err.h"

/*
 * A socket that listens on an address that is not off, not blocking, closed on exec; -1: *reason
 * says why.
 */
int listener_open(const struct address *address, struct reason *reason);

/* Prints the address a socket is bound to, with the port the system chose when it was 0. */
void listener_address(int fd, char *out, size_t size);

/* Can this very machine alone reach a socket that listens? */
bool listener_is_loopback(int fd);

#endif
