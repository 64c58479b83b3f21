/*
 * daemon/http/leash.h - for how long the door waits for the peer of a connection.
 *
 * A peer has so long to say what it wants, and so long between two requests; to send a body and to
 * take an answer each byte gives it more time, never more than it had at first, so that who is
 * slow gets there, and who drips or stops does not. A stranger, who never showed a right token, has
 * as little time between requests as for a head, and its first byte gives it no new time. While the
 * peer waits for the daemon it has all the time there is.
 *
 * Pure: who looks says what it sees, again and again, and is told when it is too long.
 */
#ifndef DAEMON_HTTP_LEASH_H
#define DAEMON_HTTP_LEASH_H

#include <stdbool.h>
#include <stdint.h>

/* What a connection waits for. */
enum leash_stage {
	LEASH_IDLE,     /* a request */
	LEASH_HEAD,     /* the rest of its head */
	LEASH_BODY,     /* the rest of its body */
	LEASH_DAEMON,   /* the daemon */
	LEASH_READER,   /* the peer, to take an answer */
	LEASH_FAREWELL, /* the peer, to read why the connection ends */
};

struct leash_limits {
	int64_t idle_us_max;     /* between requests */
	int64_t head_us_max;     /* for a head */
	int64_t transfer_us_max; /* without a byte of a body or an answer */
	uint64_t bytes_per_second_min;
};

struct leash {
	enum leash_stage stage;
	int64_t until_us; /* monotonic: it may wait */
	uint64_t bytes;   /* that have moved */
};

/* When the connection is opened, and with each request or answer that is over. */
void leash_begin(
	struct leash *leash, const struct leash_limits *limits, bool stranger, int64_t now_us);

/*
 * What it waits for now, for how many bytes of bodies or answers to have moved in all; has it
 * waited for too long?
 */
bool leash_is_over(struct leash *leash, const struct leash_limits *limits, enum leash_stage stage,
	uint64_t bytes, bool stranger, int64_t now_us);

#endif
