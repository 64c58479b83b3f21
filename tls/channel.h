/*
 * tls/channel.h - TLS over bytes that somebody else carries.
 *
 * A channel has no socket and never waits. What it has to send it hands to `give` at once, which
 * takes all of it; what came it asks `take` for. So the owner keeps its own buffers, and the rules
 * that it has for them: how much may wait, and for how long.
 */
#ifndef TLS_CHANNEL_H
#define TLS_CHANNEL_H

#include <stddef.h>

#include "base/bytes.h"
#include "tls/certificate.h"
#include "tls/peer.h"

struct channel;
struct trust;

/* Of the owner, outlives the channel. */
struct channel_carrier {
	/* Up to `size` bytes of what came. 0: nothing is there now. */
	size_t (*take)(void *context, void *data, size_t size);
	/* Takes all of it. False: there is no memory for it. */
	bool (*give)(void *context, const void *data, size_t size);
	void *context;
};

/* The end of a server; holds the certificate. ERR_FULL: no memory. */
enum err channel_accept(struct certificate *certificate, const struct channel_carrier *carrier,
	struct channel **out) NODISCARD;

/*
 * The end of a client that wants to reach `host`, a name or a numeric address. Both it and the
 * trust must outlive the channel. ERR_FULL: no memory.
 */
enum err channel_connect(const struct trust *trust, const char *host,
	const struct channel_carrier *carrier, struct channel **out) NODISCARD;

/* Says nothing to the peer; see channel_bye(). Accepts NULL. */
void channel_free(struct channel *channel);

/*
 * Goes on with the handshake. OK: it is whole, now or before. ERR_NOT_FOUND: more must come.
 * ERR_INVALID: it has failed; *reason says how, and what the peer is told was given.
 */
enum err channel_shake(struct channel *channel, struct reason *reason) NODISCARD;

bool channel_is_shaken(const struct channel *channel);

/*
 * After the handshake. OK: *got bytes, at least one. ERR_NOT_FOUND: none are there yet. ERR_IO:
 * the peer said that no more will come. ERR_INVALID: it broke the rules; end it.
 */
enum err channel_read(struct channel *channel, void *data, size_t size, size_t *got) NODISCARD;

/* After the handshake. ERR_IO: there is no memory, or the channel is over. */
enum err channel_write(struct channel *channel, struct bytes bytes) NODISCARD;

/* Tells the peer that no more will come. False: that was said, or there is nobody to say it to. */
bool channel_bye(struct channel *channel);

/* As peer_key(), of the client at the other end. */
const uint8_t *channel_peer_key(
	struct channel *channel, const struct certificate *certificate, int64_t now);

#endif
