/*
 * tools/push/socket_line.c - see socket_line.h.
 */
#include "tools/push/socket_line.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define CLOSE_BYTES 65536 /* in clear, that are closed at once */

/* For the channel: what came, still closed. */
static size_t closed_take(void *context, void *data, size_t size)
{
	struct socket_line *line = context;
	ssize_t got;
	do {
		got = recv(line->fd, data, size, 0);
	} while (got < 0 && errno == EINTR);
	if (got > 0)
		return (size_t)got;
	if (got == 0)
		line->ended = true;
	else if (errno != EAGAIN)
		line->error = errno;
	return 0;
}

/* The same of what goes. */
static bool closed_give(void *context, const void *data, size_t size)
{
	struct socket_line *line = context;
	text_add(&line->closed, bytes_of(data, size));
	return !line->closed.failed;
}

enum err socket_line_begin(
	struct socket_line *line, int fd, const struct trust *trust, const char *host)
{
	const struct channel_carrier carrier = { closed_take, closed_give, line };
	*line = (struct socket_line){ .fd = fd };
	if (trust == NULL || channel_connect(trust, host, &carrier, &line->channel) == OK)
		return OK;
	socket_line_end(line);
	return ERR_FULL;
}

void socket_line_end(struct socket_line *line)
{
	if (line->fd == -1)
		return;
	if (line->channel != NULL && channel_bye(line->channel) &&
		socket_line_flush(line, NULL) != OK)
		line->error = 0; /* a peer that is gone need not be told */
	channel_free(line->channel);
	close(line->fd);
	text_release(&line->closed);
	*line = (struct socket_line){ .fd = -1 };
}

static enum err broken(const struct socket_line *line, struct reason *reason)
{
	return line->error != 0
		       ? fail(reason, ERR_IO, "the connection broke: %s", strerror(line->error))
		       : fail(reason, ERR_IO, "the daemon closed the connection");
}

bool socket_line_is_waiting(const struct socket_line *line)
{
	return line->gone < line->closed.length;
}

enum err socket_line_flush(struct socket_line *line, struct reason *reason)
{
	while (socket_line_is_waiting(line)) {
		ssize_t written = send(line->fd, line->closed.data + line->gone,
			line->closed.length - line->gone, MSG_NOSIGNAL);
		if (written >= 0)
			line->gone += (size_t)written;
		else if (errno == EAGAIN)
			return OK;
		else if (errno != EINTR)
			return fail(reason, ERR_IO, "the connection broke: %s", strerror(errno));
	}
	line->closed.length = 0;
	line->gone = 0;
	return OK;
}

enum err socket_line_shake(struct socket_line *line, struct reason *reason)
{
	if (line->channel == NULL || channel_is_shaken(line->channel))
		return OK;
	enum err err = channel_shake(line->channel, reason);
	enum err flushed = socket_line_flush(line, err == ERR_INVALID ? NULL : reason);
	if (err == ERR_INVALID)
		return ERR_CONFLICT;
	if (flushed != OK)
		return flushed;
	if (err == ERR_NOT_FOUND && (line->ended || line->error != 0))
		return broken(line, reason);
	return err;
}

/* The two parts that are left from a byte on. */
static size_t parts_from(struct bytes head, struct bytes body, size_t sent, struct bytes parts[2])
{
	size_t in_head = sent < head.length ? sent : head.length;
	size_t in_body = sent - in_head;
	parts[0] = bytes_of(head.data + in_head, head.length - in_head);
	parts[1] = bytes_of(body.data + in_body, body.length - in_body);
	return parts[0].length + parts[1].length;
}

/* -1 and errno, or what went. */
static ssize_t clear_send(const struct socket_line *line, const struct bytes parts[2])
{
	union {
		const uint8_t *borrowed;
		void *base;
	} bases[2] = { { parts[0].data }, { parts[1].data } };
	struct iovec pieces[2] = {
		{ bases[0].base, parts[0].length },
		{ bases[1].base, parts[1].length },
	};
	const struct msghdr message = { .msg_iov = pieces, .msg_iovlen = 2 };
	return sendmsg(line->fd, &message, MSG_NOSIGNAL);
}

/* Closes some, and sends as much of it as goes. */
static enum err closed_send(
	struct socket_line *line, const struct bytes parts[2], size_t *sent, struct reason *reason)
{
	struct bytes next = parts[0].length > 0 ? parts[0] : parts[1];
	if (next.length > CLOSE_BYTES)
		next.length = CLOSE_BYTES;
	if (channel_write(line->channel, next) != OK)
		return fail(reason, ERR_IO, "the connection broke");
	*sent += next.length;
	return socket_line_flush(line, reason);
}

enum err socket_line_send(struct socket_line *line, struct bytes head, struct bytes body,
	size_t *sent, struct reason *reason)
{
	struct bytes parts[2];
	enum err err = socket_line_flush(line, reason);
	while (err == OK && !socket_line_is_waiting(line) &&
		parts_from(head, body, *sent, parts) > 0) {
		if (line->channel != NULL) {
			err = closed_send(line, parts, sent, reason);
			continue;
		}
		ssize_t written = clear_send(line, parts);
		if (written >= 0)
			*sent += (size_t)written;
		else if (errno == EAGAIN)
			return OK;
		else if (errno != EINTR)
			return fail(reason, ERR_IO, "the connection broke: %s", strerror(errno));
	}
	return err;
}

enum err socket_line_receive(
	struct socket_line *line, void *data, size_t size, size_t *got, struct reason *reason)
{
	enum err err = ERR_NOT_FOUND;
	if (line->channel == NULL) {
		*got = closed_take(line, data, size);
		if (*got > 0)
			return OK;
	} else {
		err = channel_read(line->channel, data, size, got);
		if (err == OK)
			return OK;
		if (err == ERR_INVALID)
			return fail(reason, ERR_IO, "the connection broke: what came is no TLS");
		line->ended |= err == ERR_IO;
	}
	return line->ended || line->error != 0 ? broken(line, reason) : ERR_NOT_FOUND;
}
