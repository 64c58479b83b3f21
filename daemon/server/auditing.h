/*
 * daemon/server/auditing.h - what the daemon has for the access log (looks/look.h): whom its
 * subjects are sealed for, and the file.
 */
#ifndef DAEMON_SERVER_AUDITING_H
#define DAEMON_SERVER_AUDITING_H

#include "daemon/server/server.h"

/* Where the access log is. ERR_INVALID: its path is too long. */
enum err auditing_path(
	const struct config *config, char out[FILE_PATH_MAX], struct reason *reason) NODISCARD;

/*
 * Finds out what all spans have, has the store keep it for commands without a configuration, and
 * warns of a key that is missing and of a file that cannot be written. To be called when the store
 * is open and before the threads start; server->access_log is there. ERR_IO, ERR_CORRUPT: stop.
 */
enum err auditing_begin(struct server *server, struct reason *reason) NODISCARD;

/* On SIGHUP: the file may have been renamed. */
void auditing_rotate(const struct server *server);

#endif
