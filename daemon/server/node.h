/*
 * daemon/server/node.h - the daemon as a node of a cluster, as its configuration has it.
 */
#ifndef DAEMON_SERVER_NODE_H
#define DAEMON_SERVER_NODE_H

#include "daemon/server/server.h"

/* Is [cluster] configured? */
bool node_is_one(const struct config *config);

/*
 * Makes server->intake, which is not connected yet, when the log is open. ERR_INVALID: the store
 * follows a cluster, and none is configured.
 */
enum err node_prepare(struct server *server, struct reason *reason) NODISCARD;

/*
 * Starts server->front when the other threads run; `definitions` is the newest set that the program
 * knows. Without a cluster it does nothing.
 */
enum err node_start(struct server *server, uint32_t definitions) NODISCARD;

#endif
