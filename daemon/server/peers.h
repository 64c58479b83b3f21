/*
 * daemon/server/peers.h - other stores, of other controllers, whose sums are added to those of this
 * one: the sections [peer NAME], as they were at the start.
 *
 * Asked by a worker, which waits; one question at a time, and for all peers together no longer than
 * PEERS_SECONDS_MAX.
 */
#ifndef DAEMON_SERVER_PEERS_H
#define DAEMON_SERVER_PEERS_H

#include "base/clock.h"
#include "daemon/server/access.h"
#include "engine/summed.h"

#define PEERS_SECONDS_MAX 20

struct peers;

/* Before the process is confined. `access` is held. ERR_FULL: there is no memory. */
enum err peers_new(struct access *access, const struct clock *clock, struct peers **out) NODISCARD;

/* Accepts NULL. */
void peers_free(struct peers *peers);

/* From any thread: ends what is asked, now and later. Accepts NULL. */
void peers_stop(struct peers *peers);

/* Their names, with commas. */
const char *peers_names(const struct peers *peers);

/*
 * Adds the sums of each to `sums`, whose question they are asked. ERR_CONFLICT: one did not answer
 * in time. ERR_IO: one cannot be asked, or its sums are of no use. *reason names it, and says why.
 * ERR_STOPPED.
 */
enum err peers_add(struct peers *peers, struct summed *sums, struct reason *reason) NODISCARD;

#endif
