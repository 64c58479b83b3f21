/*
 * daemon/transport.c - see transport.h.
 */
#include "daemon/transport.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>

#include "base/check.h"
#include "tls/channel.h"

#define OPEN_BYTES 16384 /* of a record of TLS, in clear */

/*
 * The first watermark of a socket takes a little memory, and libevent does not look whether it got
 * it. So a piece is there for it before, from which it is served when there is none. Of the loop's
 * thread.
 */
#define SPARE_BYTES 256
static void *spare;

static void *allocate(size_t size)
{
	void *memory = malloc(size);
	if (memory == NULL && size <= SPARE_BYTES) {
		memory = spare;
		spare = NULL;
	}
	return memory;
}

void transport_begin(void)
{
	event_set_mem_functions(allocate, realloc, free);
}

/* A socket that has a watermark, which can be changed without memory. NULL: there is no memory. */
static struct bufferevent *socket_new(struct event_base *base, int fd)
{
	void *piece = malloc(SPARE_BYTES);
	struct bufferevent *made =
		piece == NULL ? NULL : bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	CHECK(spare == NULL);
	if (made != NULL) {
		spare = piece;
		bufferevent_setwatermark(made, EV_READ, 0, OPEN_BYTES);
		piece = spare;
		spare = NULL;
	}
	free(piece);
	return made;
}

/* For the channel: what came, still closed. */
static size_t closed_take(void *context, void *data, size_t size)
{
	struct transport *transport = context;
	int got = evbuffer_remove(bufferevent_get_input(transport->socket), data, size);
	transport->heard |= got > 0;
	return got < 0 ? 0 : (size_t)got;
}

/* The same of what goes. */
static bool closed_give(void *context, const void *data, size_t size)
{
	const struct transport *transport = context;
	return bufferevent_write(transport->socket, data, size) == 0;
}

enum err transport_init(struct transport *transport, struct event_base *base, int fd,
	struct certificate *certificate)
{
	const struct channel_carrier carrier = { closed_take, closed_give, transport };
	bool made = true;
	*transport = (struct transport){ 0 };
	if (certificate != NULL) {
		transport->opened = evbuffer_new();
		made = transport->opened != NULL &&
		       channel_accept(certificate, &carrier, &transport->channel) == OK;
	}
	/* The last: from here on the descriptor is the transport's. */
	if (made)
		transport->socket = socket_new(base, fd);
	if (transport->socket != NULL)
		return OK;
	channel_free(transport->channel);
	transport->channel = NULL;
	transport_release(transport);
	return ERR_FULL;
}

void transport_hang_up(struct transport *transport)
{
	CHECK(transport->socket != NULL);
	channel_free(transport->channel);
	transport->channel = NULL;
	bufferevent_free(transport->socket);
	transport->socket = NULL;
}

void transport_release(struct transport *transport)
{
	CHECK(transport->channel == NULL);
	if (transport->opened != NULL)
		evbuffer_free(transport->opened);
	transport->opened = NULL;
}

bool transport_is_tls(const struct transport *transport)
{
	return transport->opened != NULL;
}

bool transport_is_ready(const struct transport *transport)
{
	return transport->opened == NULL ||
	       (transport->channel != NULL && channel_is_shaken(transport->channel));
}

bool transport_write(struct transport *transport, struct bytes bytes)
{
	CHECK(transport->socket != NULL);
	if (transport->channel == NULL)
		return bufferevent_write(transport->socket, bytes.data, bytes.length) == 0;
	return channel_write(transport->channel, bytes) == OK;
}

size_t transport_waiting(const struct transport *transport)
{
	return evbuffer_get_length(bufferevent_get_output(transport->socket));
}

struct evbuffer *transport_input(const struct transport *transport)
{
	return transport->opened != NULL ? transport->opened
					 : bufferevent_get_input(transport->socket);
}

enum err transport_more(struct transport *transport)
{
	struct evbuffer_iovec space;
	size_t got = 0;
	if (transport->channel == NULL)
		return ERR_NOT_FOUND;
	enum err err = channel_shake(transport->channel, NULL);
	if (err != OK)
		return err;
	if (evbuffer_reserve_space(transport->opened, OPEN_BYTES, &space, 1) != 1)
		return ERR_INVALID;
	err = channel_read(transport->channel, space.iov_base, OPEN_BYTES, &got);
	if (err != OK)
		return err;
	space.iov_len = got;
	CHECK(evbuffer_commit_space(transport->opened, &space, 1) == 0);
	return OK;
}

bool transport_bye(struct transport *transport)
{
	return transport->channel != NULL && channel_bye(transport->channel);
}

const uint8_t *transport_client_key(
	struct transport *transport, const struct certificate *certificate, int64_t now)
{
	return transport->channel == NULL ? NULL
					  : channel_peer_key(transport->channel, certificate, now);
}
