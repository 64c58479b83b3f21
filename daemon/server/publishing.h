/*
 * daemon/server/publishing.h - the base that is configured for what a municipality publishes,
 * against the one that holds: the first that was shown, as live_disclose() has it.
 */
#ifndef DAEMON_SERVER_PUBLISHING_H
#define DAEMON_SERVER_PUBLISHING_H

#include "daemon/server/server.h"

/*
 * Warns of each municipality for which another base is configured than the one that holds
 * for it. ERR_CORRUPT, ERR_FULL, ERR_IO: as the reader's.
 */
enum err publishing_warn(const struct server *server) NODISCARD;

#endif
