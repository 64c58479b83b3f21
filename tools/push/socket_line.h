/*
 * tools/push/socket_line.h - a connected socket that does not block, in clear or under TLS.
 *
 * Nothing here waits. Under TLS bytes are closed before they are sent, and closed bytes that the
 * socket does not take yet are kept: they go first.
 */
#ifndef TOOLS_PUSH_SOCKET_LINE_H
#define TOOLS_PUSH_SOCKET_LINE_H

#include "base/text.h"
#include "tls/channel.h"
#include "tls/trust.h"

struct socket_line {
	int fd;                  /* -1: not connected */
	struct channel *channel; /* NULL: in clear */
	struct text closed;      /* that goes, from `gone` on */
	size_t gone;
	int error;  /* of the socket, when it broke; 0: none */
	bool ended; /* the peer sends no more */
};

/*
 * Takes the socket; with a trust, speaks TLS to `host` over it. The line must stay in its place,
 * and host and trust outlive its connection. ERR_FULL: no memory; the socket is closed.
 */
enum err socket_line_begin(
	struct socket_line *line, int fd, const struct trust *trust, const char *host) NODISCARD;

/* Closes the socket. */
void socket_line_end(struct socket_line *line);

/*
 * Goes on with the handshake. OK: it is whole, or there is none. ERR_NOT_FOUND: more must come.
 * ERR_CONFLICT: the two do not agree, or the peer is not believed: trying again will not help.
 * ERR_IO: the connection broke. *reason says why.
 */
enum err socket_line_shake(struct socket_line *line, struct reason *reason) NODISCARD;

/*
 * Sends what goes of `head` and then `body`, from byte *sent on, and moves *sent. ERR_IO: the
 * connection is broken; there may still be something to receive.
 */
enum err socket_line_send(struct socket_line *line, struct bytes head, struct bytes body,
	size_t *sent, struct reason *reason) NODISCARD;

/* Sends what is kept, as far as it goes. */
enum err socket_line_flush(struct socket_line *line, struct reason *reason) NODISCARD;

/* Is anything kept that the socket did not take? */
bool socket_line_is_waiting(const struct socket_line *line);

/* OK: *got bytes, at least one. ERR_NOT_FOUND: none are there now. ERR_IO: none will come. */
enum err socket_line_receive(struct socket_line *line, void *data, size_t size, size_t *got,
	struct reason *reason) NODISCARD;

#endif
