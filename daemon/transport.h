/*
 * daemon/transport.h - the bytes of one connection of the stream: a socket's buffers, in clear or
 * with TLS between them and the messages.
 *
 * Under TLS what came is opened into a buffer of its own, and what goes is closed before it is put
 * into the socket's. So the rules that hold for the socket, what may wait and for how long, hold
 * for both.
 */
#ifndef DAEMON_TRANSPORT_H
#define DAEMON_TRANSPORT_H

#include "base/bytes.h"
#include "tls/certificate.h"

struct bufferevent;
struct channel;
struct evbuffer;
struct event_base;

struct transport {
	struct bufferevent *socket; /* NULL: the peer is gone */
	struct channel *channel;    /* NULL: no TLS, or the peer is gone */
	struct evbuffer *opened;    /* what came, in clear; NULL: no TLS */
	bool heard;                 /* under TLS: something came */
};

/* Before anything else is asked of libevent: it allocates by what is set here. */
void transport_begin(void);

/*
 * Takes a connected socket, and speaks TLS on it when there is a certificate, which it holds. The
 * transport must stay in its place. ERR_FULL: no memory; the descriptor is the caller's still.
 */
enum err transport_init(struct transport *transport, struct event_base *base, int fd,
	struct certificate *certificate) NODISCARD;

/* The peer is gone: closes the socket. What came before can be read no more. */
void transport_hang_up(struct transport *transport);

/* After transport_hang_up(). */
void transport_release(struct transport *transport);

bool transport_is_tls(const struct transport *transport);

/* Can something be said? Not during the handshake of TLS. */
bool transport_is_ready(const struct transport *transport);

/* Sends it; false: there was no memory, or the peer broke the rules of TLS. */
bool transport_write(struct transport *transport, struct bytes bytes) NODISCARD;

/* Bytes that go and are not sent yet. */
size_t transport_waiting(const struct transport *transport);

/* What came and can be read; transport_more() adds to it. */
struct evbuffer *transport_input(const struct transport *transport);

/*
 * OK: there is more to read than before. ERR_NOT_FOUND: nothing more is there now. ERR_IO: nor will
 * it be, as the peer said under TLS. ERR_INVALID: the handshake failed, or the peer broke the
 * rules.
 */
enum err transport_more(struct transport *transport) NODISCARD;

/* Says under TLS that no more will come. False: there is nothing to send for that. */
bool transport_bye(struct transport *transport);

/* As channel_peer_key(); NULL without TLS. */
const uint8_t *transport_client_key(
	struct transport *transport, const struct certificate *certificate, int64_t now);

#endif
