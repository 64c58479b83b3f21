/*
 * daemon/server/origin.h - the address that a request comes from, as limits and audit see it.
 * Pure.
 *
 * It is the peer's; where the peer is a proxy that is trusted, it is the last address of
 * X-Forwarded-For, which that proxy wrote. What stood before it anybody may have written.
 */
#ifndef DAEMON_SERVER_ORIGIN_H
#define DAEMON_SERVER_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/bytes.h"

#define ORIGIN_SIZE       16
#define ORIGIN_LENGTH_MAX 45

struct origin {
	uint8_t bytes[ORIGIN_SIZE];       /* as of IPv6; an IPv4 address is mapped into it */
	char text[ORIGIN_LENGTH_MAX + 1]; /* "unknown" where there is none */
};

/* Addresses that begin with the same bits. */
struct network {
	uint8_t bytes[ORIGIN_SIZE];
	unsigned bits; /* of the mapped form: 0 to 128 */
};

struct networks {
	const struct network *items;
	size_t count;
};

/* Reads a numeric address, alone or with /BITS. False: it is none, or has too many bits. */
bool network_parse(struct bytes text, struct network *out);

bool network_has(const struct network *network, const struct origin *origin);
bool networks_have(const struct networks *networks, const struct origin *origin);

/* `forwarded` is the last X-Forwarded-For of the request; NULL: it has none. */
void origin_find(const struct sockaddr *peer, const char *forwarded, const struct networks *trusted,
	struct origin *out);

/*
 * What a limit counts as one: the address, of IPv6 its first 64 bits, since who has one address
 * of these has all.
 */
void origin_place(const struct origin *origin, uint8_t out[ORIGIN_SIZE]);

#endif
