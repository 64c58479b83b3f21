/*
 * daemon/server/server.h - what the doors serve from: the configuration, the log and the threads.
 * All of it is the loop's thread's, but for the parts that say otherwise themselves. It knows no
 * door; what a door keeps is the door's.
 */
#ifndef DAEMON_SERVER_SERVER_H
#define DAEMON_SERVER_SERVER_H

#include "base/date.h"
#include "daemon/server/config.h"
#include "daemon/server/delivery.h"
#include "daemon/server/refresher.h"
#include "daemon/server/workers.h"

struct server {
	struct config *config;
	struct access *access; /* replaced on SIGHUP */
	struct clock clock;
	struct log *log;
	struct committer *committer;
	struct refresher *refresher;
	struct workers *workers;
	struct counters counters;
	struct intake intake; /* of both doors */
	bool stopping;        /* no more batches are taken */
};

/* The civil day that it is, in the store's time zone. */
static inline int32_t server_today(const struct server *server)
{
	return zone_day(clock_now_us(&server->clock));
}

#endif
