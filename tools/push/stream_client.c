/*
 * tools/push/stream_client.c - see stream_client.h.
 */
#include "tools/push/stream_client.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "tools/push/socket_line.h"

#define SCHEME          "tcp://"
#define SCHEME_TLS      "tls://"
#define HOST_LENGTH_MAX 255
#define PORT_LENGTH_MAX 5
#define CONNECT_MS      10000
#define HELLO_MS        10000 /* from the hello to its answer */
#define READ_BYTES      65536
#define WELCOME_BYTES   4096

struct stream_client {
	char host[HOST_LENGTH_MAX + 1];
	char port[PORT_LENGTH_MAX + 1];
	struct clock clock;
	bool under_tls;
	struct trust *trust; /* NULL: not under TLS */
	struct socket_line line;
	struct text input; /* replies, some not whole */
	size_t taken;      /* of the input */
};

/* HOST:PORT, [HOST]:PORT for IPv6. */
static bool take_address(struct stream_client *sender, const char *address)
{
	sender->under_tls = strncmp(address, SCHEME_TLS, strlen(SCHEME_TLS)) == 0;
	if (sender->under_tls || strncmp(address, SCHEME, strlen(SCHEME)) == 0)
		address += strlen(SCHEME);
	const char *colon = strrchr(address, ':');
	if (colon == NULL)
		return false;
	const char *host = address;
	size_t host_length = (size_t)(colon - address);
	size_t port_length = strlen(colon + 1);
	if (host_length > 2 && host[0] == '[' && host[host_length - 1] == ']') {
		host++;
		host_length -= 2;
	} else if (memchr(host, ':', host_length) != NULL) {
		return false;
	}
	if (host_length < 1 || host_length > HOST_LENGTH_MAX ||
		memchr(host, '/', host_length) != NULL || port_length < 1 ||
		port_length > PORT_LENGTH_MAX || strspn(colon + 1, "0123456789") != port_length ||
		strtoul(colon + 1, NULL, 10) > 65535)
		return false;
	memcpy(sender->host, host, host_length);
	memcpy(sender->port, colon + 1, port_length);
	return true;
}

enum err stream_client_open(const char *address, const struct daemon_tls *tls,
	const struct clock *clock, struct stream_client **out, struct reason *reason)
{
	CHECK_STATIC(sizeof(SCHEME) == sizeof(SCHEME_TLS));
	struct stream_client *sender = calloc(1, sizeof(*sender));
	if (sender == NULL)
		return fail(reason, ERR_FULL, "there is not enough memory");
	sender->clock = *clock;
	sender->line.fd = -1;
	enum err err = OK;
	if (!take_address(sender, address))
		err = fail(reason, ERR_INVALID,
			"the address of a stream must be like tcp://127.0.0.1:7401, or "
			"tls://ladder.example.nl:7401");
	else if (sender->under_tls)
		err = trust_read(&tls->paths, &sender->trust, reason);
	else
		err = daemon_clear_check(tls, bytes_of_string(sender->host), "tls://", reason);
	if (err != OK) {
		free(sender);
		return err;
	}
	*out = sender;
	return OK;
}

void stream_client_disconnect(struct stream_client *sender)
{
	socket_line_end(&sender->line);
	sender->input.length = 0;
	sender->taken = 0;
}

void stream_client_close(struct stream_client *sender)
{
	if (sender == NULL)
		return;
	stream_client_disconnect(sender);
	trust_free(sender->trust);
	text_release(&sender->input);
	free(sender);
}

bool stream_client_is_connected(const struct stream_client *sender)
{
	return sender->line.fd != -1;
}

/* poll() for one of `events` until the deadline. False: none came. */
static bool wait_for(const struct clock *clock, int fd, short events, int64_t deadline_us)
{
	struct pollfd watched = { .fd = fd, .events = events };
	for (;;) {
		/* Who sends a little now and then does not put the deadline off. */
		int64_t left_ms = (deadline_us - clock_monotonic_us(clock)) / 1000;
		int ready = left_ms > 0 ? poll(&watched, 1, (int)left_ms) : 0;
		if (ready > 0)
			return true;
		if (ready == 0 || errno != EINTR)
			return false;
	}
}

/* A connected socket that does not block, or -1 and errno. */
static int connect_to(const struct clock *clock, const struct addrinfo *address)
{
	int on = 1, error = 0;
	socklen_t length = sizeof(error);
	int fd = socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
		address->ai_protocol);
	if (fd == -1)
		return -1;
	int64_t deadline_us = clock_monotonic_us(clock) + (int64_t)CONNECT_MS * 1000;
	if (connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
		if (errno != EINPROGRESS)
			error = errno;
		else if (!wait_for(clock, fd, POLLOUT, deadline_us))
			error = ETIMEDOUT;
		else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
			error = errno;
	}
	if (error != 0) {
		close(fd);
		errno = error;
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

/* The handshake of TLS, in a bounded time. */
static enum err shake(struct stream_client *sender, struct reason *reason)
{
	int64_t deadline_us = clock_monotonic_us(&sender->clock) + (int64_t)HELLO_MS * 1000;
	enum err err;
	while ((err = socket_line_shake(&sender->line, reason)) == ERR_NOT_FOUND) {
		short events =
			(short)(POLLIN | (socket_line_is_waiting(&sender->line) ? POLLOUT : 0));
		if (!wait_for(&sender->clock, sender->line.fd, events, deadline_us))
			return fail(reason, ERR_IO,
				"the handshake of TLS is not answered: is it the port of a "
				"stream?");
	}
	return err;
}

static enum err reach(struct stream_client *sender, struct reason *reason)
{
	const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *addresses;
	int fd = -1, found = getaddrinfo(sender->host, sender->port, &wanted, &addresses);
	if (found != 0)
		return fail(
			reason, ERR_IO, "%s is not found: %s", sender->host, gai_strerror(found));
	for (const struct addrinfo *at = addresses; at != NULL && fd == -1; at = at->ai_next)
		fd = connect_to(&sender->clock, at);
	int error = errno;
	freeaddrinfo(addresses);
	if (fd == -1)
		return fail(reason, ERR_IO, "no connection to %s port %s: %s", sender->host,
			sender->port, strerror(error));
	if (socket_line_begin(&sender->line, fd, sender->trust, sender->host) != OK)
		return fail(reason, ERR_IO, "there is not enough memory");
	return shake(sender, reason);
}

/* The answer to the hello. */
static enum err welcome_take(
	struct stream_client *sender, struct stream_reply *reply, struct reason *reason)
{
	int64_t deadline_us = clock_monotonic_us(&sender->clock) + (int64_t)HELLO_MS * 1000;
	enum err err;
	while ((err = stream_client_take(sender, WELCOME_BYTES, reply, reason)) == ERR_NOT_FOUND) {
		if (!wait_for(&sender->clock, sender->line.fd, POLLIN, deadline_us))
			return fail(reason, ERR_IO,
				"the hello is not answered: is it the port of a stream?");
	}
	if (err == OK && reply->kind != STREAM_WELCOME && reply->kind != STREAM_ERROR)
		err = fail(reason, ERR_INVALID, "it does not answer as the stream of a ladderd");
	return err;
}

enum err stream_client_connect(struct stream_client *sender, const char *token,
	struct stream_reply *reply, struct reason *reason)
{
	struct text hello = { 0 };
	size_t sent = 0;
	stream_client_disconnect(sender);
	enum err err = reach(sender, reason);
	if (err == OK) {
		stream_hello_add(bytes_of_string(token), &hello);
		err = hello.failed ? fail(reason, ERR_IO, "there is not enough memory")
				   : stream_client_send(sender, text_bytes(&hello), bytes_of("", 0),
					     &sent, reason);
	}
	/* A socket that is new takes some hundred bytes whole. */
	if (err == OK && sent != hello.length)
		err = fail(reason, ERR_IO, "the hello cannot be sent");
	text_release(&hello);
	if (err == OK)
		err = welcome_take(sender, reply, reason);
	if (err != OK)
		stream_client_disconnect(sender);
	return err;
}

enum err stream_client_send(struct stream_client *sender, struct bytes head, struct bytes body,
	size_t *sent, struct reason *reason)
{
	return socket_line_send(&sender->line, head, body, sent, reason);
}

/* Cuts a whole reply out of the input. ERR_NOT_FOUND: it is not whole. */
static enum err reply_cut(struct stream_client *sender, size_t bytes_max,
	struct stream_reply *reply, struct reason *reason)
{
	struct bytes rest =
		bytes_of(sender->input.data + sender->taken, sender->input.length - sender->taken);
	size_t there = rest.length;
	uint64_t length;
	if (there == 0)
		return ERR_NOT_FOUND;
	if (varint_take(&rest, &length) != OK) {
		if (there < 10)
			return ERR_NOT_FOUND;
		length = UINT64_MAX;
	}
	if (length > bytes_max)
		return fail(reason, ERR_INVALID, "it does not answer as the stream of a ladderd");
	if (length > rest.length)
		return ERR_NOT_FOUND;
	sender->taken += there - rest.length + (size_t)length;
	if (stream_reply_read(bytes_of(rest.data, (size_t)length), reply) != OK)
		return fail(reason, ERR_INVALID, "it does not answer as the stream of a ladderd");
	return OK;
}

enum err stream_client_take(struct stream_client *sender, size_t bytes_max,
	struct stream_reply *reply, struct reason *reason)
{
	struct text *input = &sender->input;
	char data[READ_BYTES];
	/* What broke shows when there is nothing more to take. */
	if (socket_line_flush(&sender->line, NULL) != OK)
		sender->line.error = sender->line.error == 0 ? EPIPE : sender->line.error;
	for (;;) {
		enum err err = reply_cut(sender, bytes_max, reply, reason);
		if (err != ERR_NOT_FOUND)
			return err;
		if (sender->taken > 0) {
			memmove(input->data, input->data + sender->taken,
				input->length - sender->taken);
			input->length -= sender->taken;
			sender->taken = 0;
		}
		size_t got;
		err = socket_line_receive(&sender->line, data, sizeof(data), &got, reason);
		if (err != OK)
			return err;
		text_add(input, bytes_of(data, got));
		if (input->failed)
			return fail(reason, ERR_IO, "there is not enough memory for the answer");
	}
}

enum err stream_client_wait(
	struct stream_client *sender, bool to_send, int ms, struct reason *reason)
{
	bool waiting = to_send || socket_line_is_waiting(&sender->line);
	short events = (short)(POLLIN | (waiting ? POLLOUT : 0));
	if (wait_for(&sender->clock, sender->line.fd, events,
		    clock_monotonic_us(&sender->clock) + (int64_t)ms * 1000))
		return OK;
	return fail(reason, ERR_IO, "there was no answer for %d seconds", ms / 1000);
}
