/*
 * daemon/server/server.h - what the doors share. All of it is the loop's thread's, but
 * for the parts that say otherwise themselves.
 */
#ifndef DAEMON_SERVER_SERVER_H
#define DAEMON_SERVER_SERVER_H

#include "daemon/server/committer.h"
#include "daemon/server/config.h"
#include "daemon/server/refresher.h"
#include "daemon/server/workers.h"

struct http;
struct site;
struct stream;

struct server {
	struct config *config;
	struct access *access; /* replaced on SIGHUP */
	struct clock clock;
	struct log *log;
	struct committer *committer;
	struct refresher *refresher;
	struct workers *workers;
	struct counters counters;
	struct http *http;
	struct site *site;     /* what the pages for people keep */
	struct stream *stream; /* NULL: off */
	size_t body_bytes;     /* of requests that are being received */
	bool stopping;         /* no more batches are taken */
};

#endif
