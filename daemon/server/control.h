/*
 * daemon/server/control.h - the operator's socket, STORE/control.sock, and what is done through it.
 *
 * Whoever can open the socket, which is its owner's alone, is the operator. A connection has one
 * request, NAME=value lines up to an empty one, and one answer: a line with an exit code, and what
 * is said to people. A thread of its own does one request after the other; what it does beside the
 * log it does at a low priority, so that pushing and reading go on.
 */
#ifndef DAEMON_SERVER_CONTROL_H
#define DAEMON_SERVER_CONTROL_H

#include "daemon/server/server.h"

struct control;

/* Makes the socket of a store, in the place of one that was left. To be called before the process
 * is confined. ERR_IO: *reason says why. */
enum err control_listen(const char *store, int *fd, struct reason *reason) NODISCARD;

/* Starts the thread; the socket is its own from then on. ERR_FULL: there is no memory. */
enum err control_start(struct server *server, int fd, struct control **out) NODISCARD;

/* Ends it, and what it is at as far as that can be left. Accepts NULL. */
void control_stop(struct control *control);

#endif
