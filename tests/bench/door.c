/*
 * tests/bench/door.c - pushes the requests through a door and takes the time of each answer.
 *
 * One thread and epoll, for any number of connections. Whole requests go to the first
 * connection that may have one more on its way. An answer that is no success ends the
 * program: a load that was refused is no measurement.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "proto/codec.h"
#include "tests/bench/load.h"

#define INPUT_SIZE 65536
#define EVENTS_MAX 256

struct connection {
	int fd;
	size_t *waiting; /* requests on their way, a ring of `pipeline` */
	size_t first;
	size_t count;
	size_t at; /* the byte to send next, of `end` */
	size_t end;
	bool blocked;
	char input[INPUT_SIZE];
	size_t length;
};

struct door {
	const struct load *load;
	const struct requests *requests;
	struct door_result *result;
	struct connection *connections;
	size_t turn; /* the connection that is asked first */
	int epoll_fd;
	int timer_fd;
	size_t next; /* the request to be sent next */
	size_t answered;
	int64_t started_us;
	int64_t *sent_us; /* by request; with a rate: when it was due */
};

static int connect_to(const char *to)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	char host[64];
	unsigned port;
	if (to == NULL || sscanf(to, "%63[^:]:%u", host, &port) != 2 || port > 65535 ||
		inet_pton(AF_INET, host, &address.sin_addr) != 1)
		give_up("--to must be ADDRESS:PORT");
	address.sin_port = htons((uint16_t)port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		give_up("cannot connect to %s: %s", to, strerror(errno));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

/* Says hello and waits for the welcome. */
static void hello(const struct load *load, int fd)
{
	char *token = token_read(load);
	struct text hello = { 0 }, frame = { 0 };
	uint8_t reply[256];
	text_add_char(&hello, 0x0A); /* token */
	varint_add(&hello, strlen(token));
	text_add_string(&hello, token);
	text_add_string(&hello, "\x10\x01"); /* protocol_version 1 */
	varint_add(&frame, hello.length + 2);
	text_add_char(&frame, 0x0A); /* StreamRequest.hello */
	varint_add(&frame, hello.length);
	text_add(&frame, text_bytes(&hello));
	if (write(fd, frame.data, frame.length) != (ssize_t)frame.length ||
		read(fd, reply, sizeof(reply)) < 2 || reply[1] != 0x0A)
		give_up("the stream does not welcome us");
	text_release(&hello);
	text_release(&frame);
	free(token);
}

static void door_open(struct door *door)
{
	const struct load *load = door->load;
	door->connections = memory_take(load->connections, sizeof(*door->connections));
	door->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	door->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	struct epoll_event timer = { .events = EPOLLIN, .data.ptr = NULL };
	if (door->epoll_fd < 0 || door->timer_fd < 0 ||
		epoll_ctl(door->epoll_fd, EPOLL_CTL_ADD, door->timer_fd, &timer) != 0)
		give_up("no descriptors");
	for (size_t i = 0; i < load->connections; i++) {
		struct connection *connection = &door->connections[i];
		connection->fd = connect_to(load->to);
		connection->waiting = memory_take(load->pipeline, sizeof(size_t));
		if (load_is_stream(load))
			hello(load, connection->fd);
		struct epoll_event event = { .events = EPOLLIN, .data.ptr = connection };
		if (epoll_ctl(door->epoll_fd, EPOLL_CTL_ADD, connection->fd, &event) != 0)
			give_up("no descriptors");
	}
}

static int64_t due_us(const struct door *door, size_t request)
{
	return door->started_us + (int64_t)((double)request * (double)door->load->batch * 1e6 /
					    (double)door->load->rate);
}

/* Sends what the connection has; watches for room when there is none. */
static void connection_send(struct door *door, struct connection *connection)
{
	while (connection->at < connection->end) {
		ssize_t sent = send(connection->fd, door->requests->bytes.data + connection->at,
			connection->end - connection->at, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent < 0 && errno == EAGAIN)
			break;
		if (sent < 0)
			give_up("cannot send: %s", strerror(errno));
		connection->at += (size_t)sent;
	}
	bool blocked = connection->at < connection->end;
	if (blocked != connection->blocked) {
		struct epoll_event event = {
			.events = EPOLLIN | (blocked ? EPOLLOUT : 0),
			.data.ptr = connection,
		};
		epoll_ctl(door->epoll_fd, EPOLL_CTL_MOD, connection->fd, &event);
		connection->blocked = blocked;
	}
}

/* Gives the connection the next requests that it may have. */
static void connection_fill(struct door *door, struct connection *connection, int64_t now_us)
{
	const struct load *load = door->load;
	size_t depth = load_is_stream(load) ? load->pipeline : 1;
	while (!connection->blocked && connection->count < depth &&
		door->next < door->requests->count &&
		(load->rate == 0 || due_us(door, door->next) <= now_us)) {
		size_t request = door->next++;
		connection->waiting[(connection->first + connection->count++) % load->pipeline] =
			request;
		door->sent_us[request] = load->rate == 0 ? now_us : due_us(door, request);
		connection->at = request == 0 ? 0 : door->requests->ends[request - 1];
		connection->end = door->requests->ends[request];
		connection_send(door, connection);
	}
}

/* Gives what is due to the connections in turn; with a rate comes back for the next. */
static void door_fill(struct door *door)
{
	const struct load *load = door->load;
	int64_t now_us = monotonic_us();
	for (size_t i = 0; i < load->connections && door->next < door->requests->count; i++) {
		struct connection *connection = &door->connections[door->turn];
		connection_fill(door, connection, now_us);
		door->turn = (door->turn + 1) % load->connections;
	}
	if (load->rate == 0 || door->next == door->requests->count)
		return;
	int64_t due = due_us(door, door->next);
	if (due <= now_us)
		return; /* all connections are busy: an answer brings us back */
	struct itimerspec at = { .it_value = { due / 1000000, due % 1000000 * 1000 } };
	timerfd_settime(door->timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
}

static void answer_count(struct door *door, struct connection *connection, uint64_t accepted,
	uint64_t duplicates, int64_t now_us)
{
	if (connection->count == 0)
		give_up("an answer to nothing");
	size_t request = connection->waiting[connection->first];
	connection->first = (connection->first + 1) % door->load->pipeline;
	connection->count--;
	door->result->accepted += accepted;
	door->result->duplicates += duplicates;
	door->result->times.ms[request] = (float)(now_us - door->sent_us[request]) / 1000.0f;
	door->answered++;
}

/* The numbers of a result's fields; others, of bytes, are passed over. */
static void result_read(struct bytes result, size_t first, uint64_t *accepted, uint64_t *duplicates)
{
	uint64_t tag, number;
	while (varint_take(&result, &tag) == OK && varint_take(&result, &number) == OK) {
		if (tag == first << 3)
			*accepted = number;
		else if (tag == (first + 1) << 3)
			*duplicates = number;
		else if ((tag & 7) == 2 && number <= result.length)
			result = bytes_of(result.data + number, result.length - (size_t)number);
	}
}

/* Takes one reply of the stream; 0: it is not whole yet. */
static size_t stream_answer(
	struct door *door, struct connection *connection, struct bytes input, int64_t now_us)
{
	struct bytes rest = input;
	uint64_t length, tag, inner, accepted = 0, duplicates = 0;
	if (varint_take(&rest, &length) != OK || rest.length < length)
		return 0;
	struct bytes reply = bytes_of(rest.data, (size_t)length);
	if (varint_take(&reply, &tag) != OK || tag != 0x12 || varint_take(&reply, &inner) != OK)
		give_up("the stream answers an error: %.*s", (int)reply.length, reply.data);
	result_read(reply, 2, &accepted, &duplicates);
	answer_count(door, connection, accepted, duplicates, now_us);
	return (size_t)(rest.data + length - input.data);
}

static uint64_t json_number(const char *text, const char *key)
{
	const char *at = strstr(text, key);
	return at == NULL ? 0 : strtoull(at + strlen(key), NULL, 10);
}

/* Takes one response of HTTP; 0: it is not whole yet. */
static size_t http_answer(
	struct door *door, struct connection *connection, struct bytes input, int64_t now_us)
{
	uint64_t accepted = 0, duplicates = 0;
	const char *text = (const char *)input.data; /* ends with a NUL: see connection_read() */
	const char *end = strstr(text, "\r\n\r\n");
	const char *header = strcasestr(text, "\r\nContent-Length: ");
	if (end == NULL || header == NULL)
		return 0;
	size_t length = strtoull(header + strlen("\r\nContent-Length: "), NULL, 10);
	size_t whole = (size_t)(end + 4 - text) + length;
	if (whole > input.length)
		return 0;
	if (strncmp(text, "HTTP/1.1 200 ", 13) != 0)
		give_up("the answer is %.200s", text);
	if (strcmp(door->load->what, "http-json") == 0) {
		accepted = json_number(end, "\"accepted\":");
		duplicates = json_number(end, "\"duplicates\":");
	} else {
		result_read(bytes_of(end + 4, length), 1, &accepted, &duplicates);
	}
	answer_count(door, connection, accepted, duplicates, now_us);
	return whole;
}

static void connection_read(struct door *door, struct connection *connection)
{
	ssize_t got = recv(connection->fd, connection->input + connection->length,
		INPUT_SIZE - 1 - connection->length, MSG_DONTWAIT);
	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0)
		give_up("the connection was closed");
	connection->length += (size_t)got;
	connection->input[connection->length] = '\0';
	int64_t now_us = monotonic_us();
	size_t done = 0, taken;
	do {
		struct bytes rest = bytes_of(connection->input + done, connection->length - done);
		taken = load_is_stream(door->load) ? stream_answer(door, connection, rest, now_us)
						   : http_answer(door, connection, rest, now_us);
		done += taken;
	} while (taken > 0);
	memmove(connection->input, connection->input + done, connection->length - done);
	connection->length -= done;
	if (connection->length == INPUT_SIZE - 1)
		give_up("an answer is too long: most events are rejected");
}

void door_run(const struct load *load, const struct requests *requests, struct door_result *out)
{
	struct door door = { .load = load, .requests = requests, .result = out };
	*out = (struct door_result){
		.times = { memory_take(requests->count, sizeof(float)), requests->count },
	};
	door.sent_us = memory_take(requests->count, sizeof(int64_t));
	door_open(&door);
	door.started_us = monotonic_us();
	door_fill(&door);
	while (door.answered < requests->count) {
		struct epoll_event events[EVENTS_MAX];
		int count = epoll_wait(door.epoll_fd, events, EVENTS_MAX, -1);
		for (int i = 0; i < count; i++) {
			struct connection *connection = events[i].data.ptr;
			uint64_t expired;
			if (connection == NULL) {
				if (read(door.timer_fd, &expired, sizeof(expired)) < 0)
					continue;
			} else {
				if ((events[i].events & EPOLLOUT) != 0)
					connection_send(&door, connection);
				if ((events[i].events & ~(unsigned)EPOLLOUT) != 0)
					connection_read(&door, connection);
				if (load->rate == 0)
					connection_fill(&door, connection, monotonic_us());
			}
		}
		if (load->rate != 0)
			door_fill(&door);
	}
	out->seconds = (double)(monotonic_us() - door.started_us) / 1e6;
	for (size_t i = 0; i < load->connections; i++) {
		close(door.connections[i].fd);
		free(door.connections[i].waiting);
	}
	close(door.epoll_fd);
	close(door.timer_fd);
	free(door.connections);
	free(door.sent_us);
}
