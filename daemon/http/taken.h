/*
 * daemon/http/taken.h - how far the system of a peer is in taking what was sent to it.
 */
#ifndef DAEMON_HTTP_TAKEN_H
#define DAEMON_HTTP_TAKEN_H

#include <stdbool.h>
#include <stdint.h>

struct taken {
	bool waiting;   /* some of what the system here was given is not taken yet */
	uint64_t bytes; /* taken, since the connection began */
};

/* Of a socket of TCP; nothing of any other. */
struct taken taken_of(int fd);

#endif
