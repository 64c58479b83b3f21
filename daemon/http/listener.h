/*
 * daemon/http/listener.h - sockets that listen.
 */
#ifndef DAEMON_HTTP_LISTENER_H
#define DAEMON_HTTP_LISTENER_H

#include "base/err.h"
#include "daemon/server/config.h"

/* A socket that listens, not blocking, closed on exec; -1: *reason says why. */
int listener_open(const struct address *address, struct reason *reason);

/* Prints the address a socket is bound to, with the port the system chose when it was 0. */
void listener_address(int fd, char *out, size_t size);

#endif
