/*
 * tests/unit/daemon/http/http_test.c - the door with routes and hooks of a test, over loopback.
 */
#include "base/check.h"
#include "base/date.h"
#include "daemon/http/http.h"
#include "daemon/http/listener.h"
#include "tests/unit/clock_virtual.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define ROUNDS_MAX    2000 /* of at most POLL_MS */
#define POLL_MS       5
#define BODY_MAX      8
#define BODIES_MAX    12
#define WORDS_MAX     256
#define CLIENTS_MAX   3
#define ANSWER_LENGTH 8192
#define MUCH          (1 << 18) /* lines: more than the system keeps of an answer */

/* What the hooks saw, and how they answer. */
struct owner {
	struct http *http;
	char words[WORDS_MAX]; /* one for each call */
	struct request *waiting;
	size_t pieces; /* that were made */
	struct budget budget;
	struct share share;
	struct http_connection *newest;
	size_t bodies_bytes[2]; /* of each party */
	struct clock_virtual time;
};

struct visit_of_test {
	struct owner *owner; /* NULL: it was not admitted */
	unsigned char rest[40];
};

static void say(struct owner *owner, const char *word)
{
	size_t used = strlen(owner->words);
	snprintf(owner->words + used, sizeof(owner->words) - used, "%s%s", used == 0 ? "" : " ",
		word);
}

static bool admit(struct request *request)
{
	struct visit_of_test *visit = request->visit;
	static const unsigned char zero[sizeof(visit->rest)];
	struct owner *owner = http_context(request->http);
	assert_null(visit->owner);
	assert_memory_equal(visit->rest, zero, sizeof(zero));
	memset(visit->rest, 0xff, sizeof(visit->rest));
	visit->owner = owner;
	say(owner, "admit");
	if (request_header(request, "X-Stranger") == NULL)
		return true;
	request_refuse(request, "no");
	return false;
}

static void claim(struct request *request, void *claim)
{
	struct owner *owner = http_context(request->http);
	const char *party = request_header(request, "X-Party");
	assert_ptr_equal(claim, owner);
	say(owner, "claim");
	request_vouch(request, &owner->bodies_bytes[party == NULL ? 0 : *party - '0']);
}

static void *opened(void *context, struct http_connection *connection, const struct sockaddr *peer)
{
	struct owner *owner = context;
	assert_int_equal(peer->sa_family, AF_INET);
	owner->newest = connection;
	say(context, "opened");
	return context;
}

static void closed(void *context, void *claim)
{
	assert_ptr_equal(claim, context);
	say(context, "closed");
}

static void release(struct request *request)
{
	const struct visit_of_test *visit = request->visit;
	say(http_context(request->http), visit->owner == NULL ? "release-unseen" : "release");
}

static void echo(struct request *request)
{
	text_add_string(&request->out, request->rest);
	text_add_char(&request->out, ':');
	text_add(&request->out, text_bytes(&request->body));
	request_answer(request, 200, "text/plain");
}

static void much(struct request *request)
{
	for (size_t i = 0; i < MUCH; i++)
		text_add_string(&request->out, "not to be read by anybody, line by line.\n");
	request_answer(request, 200, "text/plain");
}

static void woken(struct request *request)
{
	struct owner *owner = request->work;
	owner->waiting = NULL;
	text_add_string(&request->out, "woken");
	request_answer(request, 200, "text/plain");
}

static void wait_handle(struct request *request)
{
	struct owner *owner = http_context(request->http);
	owner->waiting = request;
	request_suspend(request, woken, owner);
}

static void left(struct request *request)
{
	say(http_context(request->http), "left");
}

/* Each character of the rest is a piece: x breaks off, w is awaited. */
static void piece_make(struct request *request)
{
	struct owner *owner = http_context(request->http);
	const char *rest = request->rest + owner->pieces++;
	text_add_string(&request->out, "piece ");
	text_add_char(&request->out, *rest);
	if (*rest == 'x')
		request_pieces_end(request, ERR_CORRUPT);
	else if (rest[1] == '\0')
		request_pieces_end(request, OK);
}

static void piece_next(struct request *request)
{
	struct owner *owner = http_context(request->http);
	if (request->rest[owner->pieces] != 'w') {
		piece_make(request);
		return;
	}
	owner->waiting = request;
	request_suspend(request, piece_make, NULL);
}

static void pieces_release(void *context)
{
	say(context, "pieces-release");
}

static void pieces_handle(struct request *request)
{
	struct owner *owner = http_context(request->http);
	const struct pieces pieces = { piece_next, pieces_release, owner };
	text_add_string(&request->out, "first ");
	request_answer_pieces(request, 200, "text/plain", &pieces);
}

static void long_handle(struct request *request)
{
	for (int i = 0; i < 3000; i++)
		text_add_char(&request->out, 'l');
	request_answer(request, 200, "text/plain");
}

static const struct route table[] = {
	{ .method = "GET", .path = "/long", .handle = long_handle },
	{ .method = "GET", .path = "/pieces/", .handle = pieces_handle },
	{ .method = "GET", .path = "/echo/", .handle = echo },
	{ .method = "POST", .path = "/body", .handle = echo, .takes_body = true },
	{ .method = "POST",
		.path = "/small",
		.handle = echo,
		.takes_body = true,
		.body_bytes_max = 2 },
	{ .method = "GET", .path = "/wait", .handle = wait_handle },
	{ .method = "GET", .path = "/much", .handle = much },
};

static struct http_options options_of(struct owner *owner)
{
	struct http_options options = {
		.routes = { table, ARRAY_LENGTH(table) },
		.connections_max = CLIENTS_MAX,
		.clock = clock_virtual(&owner->time),
		.idle_seconds_max = 60,
		.headers_seconds_max = 10,
		.transfer_seconds_max = 30,
		.transfer_bytes_per_second_min = 1,
		.body_bytes_max = BODY_MAX,
		.bodies_bytes_max = BODIES_MAX,
		.strangers = &owner->share,
		.visit_size = sizeof(struct visit_of_test),
		.release = release,
		.admit = admit,
		.claim = claim,
		.opened = opened,
		.closed = closed,
		.left = left,
		.context = owner,
	};
	const struct sockaddr_in any = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct address address = { .length = sizeof(any) };
	struct reason reason;
	memcpy(&address.socket, &any, sizeof(any));
	options.listener = listener_open(&address, &reason);
	assert_true(options.listener >= 0);
	return options;
}

static struct owner *door_open(void)
{
	struct owner *owner = calloc(1, sizeof(*owner));
	struct reason reason;
	assert_non_null(owner);
	budget_init(&owner->budget, 1 << 20);
	share_init(&owner->share, &owner->budget, 1);
	clock_virtual_init(&owner->time, 0);
	const struct http_options options = options_of(owner);
	assert_int_equal(http_start(&options, &owner->http, &reason), OK);
	return owner;
}

static void door_close(struct owner *owner)
{
	http_stop(owner->http);
	/* Nothing of it is held by anybody any more. */
	budget_release(&owner->budget);
	clock_virtual_release(&owner->time);
	free(owner);
}

static int client(const struct owner *owner)
{
	char address[64];
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	http_address(owner->http, address, sizeof(address));
	peer.sin_port = htons((uint16_t)strtoul(strchr(address, ':') + 1, NULL, 10));
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&peer, sizeof(peer)), 0);
	return fd;
}

static void send_all(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* One round of the loop. */
static void turn(struct owner *owner)
{
	struct pollfd watched[] = { { .fd = http_fd(owner->http), .events = POLLIN },
		{ .fd = http_done_fd(owner->http), .events = POLLIN } };
	assert_true(poll(watched, ARRAY_LENGTH(watched), POLL_MS) >= 0);
	http_run(owner->http);
}

/* Runs the door until what came back has `wanted` in it, or "" the connection's end. */
static void expect(struct owner *owner, int fd, const char *wanted)
{
	char got[ANSWER_LENGTH] = "";
	size_t used = 0;
	for (int round = 0; round < ROUNDS_MAX; round++) {
		turn(owner);
		ssize_t length = recv(fd, got + used, sizeof(got) - 1 - used, MSG_DONTWAIT);
		if (length > 0)
			used += (size_t)length;
		if (*wanted == '\0' ? length == 0 : strstr(got, wanted) != NULL)
			return;
	}
	fail_msg("no '%s' in '%s'", wanted, got);
}

static void expect_words(struct owner *owner, const char *words)
{
	for (int round = 0; round < ROUNDS_MAX && strcmp(owner->words, words) != 0; round++)
		turn(owner);
	assert_string_equal(owner->words, words);
}

/* The same, but only of the last word. */
static void expect_words_end(struct owner *owner, const char *word)
{
	for (int round = 0; round < ROUNDS_MAX; round++) {
		size_t length = strlen(owner->words);
		if (length >= strlen(word) &&
			strcmp(owner->words + length - strlen(word), word) == 0)
			return;
		turn(owner);
	}
	fail_msg("'%s' does not end with '%s'", owner->words, word);
}

static void each_hook_is_called_in_the_order_of_a_requests_life(void **state)
{
	struct owner *owner = door_open();
	int fd = client(owner);
	(void)state;
	send_all(fd, "GET /echo/a HTTP/1.1\r\nHost: x\r\n\r\n");
	expect(owner, fd, "\r\n\r\na:");
	send_all(fd, "GET /echo/b HTTP/1.1\r\nHost: x\r\n\r\n");
	expect(owner, fd, "\r\n\r\nb:");
	expect_words(owner, "opened admit claim release admit claim release");
	assert_int_equal(http_requests(owner->http), 0);
	close(fd);
	expect_words(owner, "opened admit claim release admit claim release closed");
	door_close(owner);
}

static void what_is_not_admitted_reaches_no_handler_and_claims_nothing(void **state)
{
	static const struct {
		const char *request, *answer, *words;
	} rows[] = {
		{ "GET /echo/a HTTP/1.1\r\nHost: x\r\nX-Stranger: y\r\n\r\n", "401 Unauthorized",
			"opened admit release closed" },
		{ "GET /echo/a HTTP/1.1\r\nHost: x\r\nX-Stranger: y\r\nAuthorization: z\r\n\r\n",
			"403 Forbidden", "opened admit release closed" },
		{ "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", "404 Not Found",
			"opened release-unseen closed" },
		{ "GET /body HTTP/1.1\r\nHost: x\r\n\r\n", "Allow: POST",
			"opened release-unseen closed" },
		/* What is not sound does not reach the library. */
		{ "GET /echo/%00a HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request",
			"opened closed" },
		{ "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
		  "Transfer-Encoding: chunked\r\n\r\n",
			"400 Bad Request", "opened closed" },
		/* A route is written as it is; what follows it may be escaped. */
		{ "GET /%65cho/a HTTP/1.1\r\nHost: x\r\n\r\n", "without escapes",
			"opened release-unseen closed" },
		{ "GET /echo%2fa HTTP/1.1\r\nHost: x\r\n\r\n", "without escapes",
			"opened release-unseen closed" },
		{ "GET /bod%79 HTTP/1.1\r\nHost: x\r\n\r\n", "without escapes",
			"opened release-unseen closed" },
		{ "GET http://x/echo%2fa HTTP/1.1\r\nHost: x\r\n\r\n", "without escapes",
			"opened release-unseen closed" },
		{ "GET /echo/%65?%65 HTTP/1.1\r\nHost: x\r\n\r\n",
			"\r\n\r\ne:", "opened admit claim release closed" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct owner *owner = door_open();
		int fd = client(owner);
		send_all(fd, rows[i].request);
		expect(owner, fd, rows[i].answer);
		close(fd);
		expect_words(owner, rows[i].words);
		door_close(owner);
	}
}

/* What comes back on a connection until its end. */
static void read_to_the_end(struct owner *owner, int fd, char got[ANSWER_LENGTH])
{
	size_t used = 0;
	for (int round = 0; round < ROUNDS_MAX; round++) {
		turn(owner);
		ssize_t length = recv(fd, got + used, ANSWER_LENGTH - 1 - used, MSG_DONTWAIT);
		if (length > 0)
			used += (size_t)length;
		got[used] = '\0';
		if (length == 0)
			return;
	}
	fail_msg("no end of '%s'", got);
}

static void what_is_not_sound_is_answered_once_and_in_its_turn(void **state)
{
	static const char good[] = "GET /echo/a HTTP/1.1\r\nHost: x\r\n\r\n";
	static const char body[] = "POST /body HTTP/1.1\r\nHost: x\r\n"
				   "Transfer-Encoding: chunked\r\n\r\n1\r\nb\r\n";
	static const struct {
		const char *first, *second; /* of what is sent */
		const char *answers;        /* their statuses */
	} rows[] = {
		{ good, "GET /echo/a HTTP/1.1\nHost: x\r\n\r\n", "200 400 " },
		{ good, "GET /echo/a HTTP/1.1\r\nHost:\r\n x\r\n\r\n", "200 400 " },
		{ "GET /echo/a HTTP/1.1\r\nHost: x", "\n\r\n", "400 " },
		{ body, "1\nb\r\n0\r\n\r\n", "400 " },
		{ body, "0\r\nHost: y\r\n\r\n", "400 " },
		{ body, "x", "400 " },
		/* What comes after the last is not answered, whatever it is. */
		{ "GET /echo/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET /a\n\n",
			"200 " },
		{ "GET /echo/a HTTP/1.0\r\n\r\n", "GET /a\n\n", "200 " },
		{ "GET /echo/a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET /a\n\n",
			"200 400 " },
		{ "GET /%65cho/a HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a\n\n", "400 " },
		/* What comes after what is refused is not answered. */
		{ "GET /echo/a HTTP/1.1\r\n\r\n", good, "400 " },
		{ "GET /%65cho/a HTTP/1.1\r\nHost: x\r\n\r\n", good, "400 " },
		{ "GET /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n",
			"12345678GET /echo/a HTTP/1.1\r\nHost: x\r\n\r\n", "400 " },
	};
	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LENGTH(rows); i++) {
		struct owner *owner = door_open();
		char got[ANSWER_LENGTH] = "", answers[64] = "";
		int fd = client(owner);
		send_all(fd, rows[i / 2].first);
		if (i % 2 == 1)
			turn(owner);
		send_all(fd, rows[i / 2].second);
		read_to_the_end(owner, fd, got);
		for (const char *at = got; (at = strstr(at, "HTTP/1.1 ")) != NULL; at++)
			strncat(answers, at + 9, 4);
		if (strcmp(answers, rows[i / 2].answers) != 0)
			fail_msg("row %zu: '%s', not '%s'", i / 2, answers, rows[i / 2].answers);
		close(fd);
		door_close(owner);
	}
}

static void what_is_not_sound_waits_for_the_answers_before_it(void **state)
{
	struct owner *owner = door_open();
	int fd = client(owner);
	char byte;
	(void)state;
	send_all(fd, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\nGET /echo/a HTTP/1.1\r\n\r\n");
	for (int round = 0; round < ROUNDS_MAX && owner->waiting == NULL; round++)
		turn(owner);
	send_all(fd, "and more");
	for (int round = 0; round < 10; round++)
		turn(owner);
	assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
	request_done(owner->waiting);
	expect(owner, fd, "400 Bad Request");
	close(fd);
	door_close(owner);
}

static void a_body_is_taken_up_to_the_limit_of_its_route_or_the_doors(void **state)
{
	static const struct {
		const char *request, *answer;
	} rows[] = {
		{ "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n12345678",
			":12345678" },
		{ "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n123456789",
			"larger than 8 bytes" },
		{ "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n12", ":12" },
		{ "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n123",
			"larger than 2 bytes" },
		{ "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
		  "5\r\n12345\r\n4\r\n6789\r\n0\r\n\r\n",
			"larger than 8 bytes" },
		{ "GET /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1",
			"this path takes no body" },
	};
	struct owner *owner = door_open();
	int fd = client(owner);
	(void)state;
	/* On one connection: what is refused leaves nothing of it counted. */
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		send_all(fd, rows[i].request);
		expect(owner, fd, rows[i].answer);
	}
	close(fd);
	door_close(owner);
}

static void bodies_that_are_being_received_share_one_limit(void **state)
{
	struct owner *owner = door_open();
	int first = client(owner), second = client(owner);
	static const char head[] = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n";
	(void)state;
	send_all(first, head);
	send_all(first, "1234567");
	for (int round = 0; round < ROUNDS_MAX && strstr(owner->words, "claim") == NULL; round++)
		turn(owner);
	turn(owner);
	send_all(second, head);
	send_all(second, "12345678");
	expect(owner, second, "Retry-After: 1");
	/* When one is answered there is room for another. */
	send_all(first, "8");
	expect(owner, first, ":12345678");
	send_all(second, head);
	send_all(second, "12345678");
	expect(owner, second, ":12345678");
	close(first);
	close(second);
	door_close(owner);
}

static void what_is_received_and_what_is_sent_is_held_until_the_request_ends(void **state)
{
	struct owner *owner = door_open();
	int fd = client(owner);
	(void)state;
	send_all(fd, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n1234567");
	for (int round = 0; round < ROUNDS_MAX && budget_used(&owner->budget) == 0; round++)
		turn(owner);
	assert_int_equal(budget_used(&owner->budget), 7);
	/* Half of all is another's: of the rest as much as before would be a half. */
	struct share other;
	share_init(&other, &owner->budget, 1);
	size_t taken = share_take_some(&other, HELD_FOR_PEER, 1, SIZE_MAX);
	send_all(fd, "8");
	expect(owner, fd, ":12345678");
	expect_words(owner, "opened admit claim release");
	assert_int_equal(budget_used(&owner->budget), taken);
	/* An answer for which there is no memory is a refusal that can be tried again. */
	size_t rest = share_take_some(&owner->share, HELD_FOR_PEER, 1, SIZE_MAX);
	send_all(fd, "GET /long HTTP/1.1\r\nHost: x\r\n\r\n");
	expect(owner, fd, "Retry-After: 1");
	send_all(fd, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1");
	expect(owner, fd, "503 Service Unavailable");
	share_give(&owner->share, HELD_FOR_PEER, rest);
	share_give(&other, HELD_FOR_PEER, taken);
	send_all(fd, "GET /long HTTP/1.1\r\nHost: x\r\n\r\n");
	expect(owner, fd, "200 OK");
	/* Not read, and broken off. */
	close(fd);
	for (int round = 0; round < ROUNDS_MAX && strstr(owner->words, "closed") == NULL; round++)
		turn(owner);
	assert_int_equal(budget_used(&owner->budget), 0);
	door_close(owner);
}

static void whoever_has_most_of_the_bodies_gives_way(void **state)
{
	static const char head[] = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n";
	static const char other[] = "POST /body HTTP/1.1\r\nHost: x\r\nX-Party: 1\r\n"
				    "Content-Length: 8\r\n\r\n";
	struct owner *owner = door_open();
	int first = client(owner), second = client(owner), third = client(owner);
	(void)state;
	send_all(first, head);
	send_all(first, "123456");
	send_all(second, head);
	send_all(second, "1234");
	for (int round = 0; round < ROUNDS_MAX && owner->bodies_bytes[0] < 10; round++)
		turn(owner);
	send_all(third, other);
	send_all(third, "12345678");
	expect(owner, third, ":12345678");
	assert_int_equal(owner->bodies_bytes[0], 4);
	assert_int_equal(owner->bodies_bytes[1], 0);
	/* It is told so when its body has come. */
	send_all(first, "78");
	expect(owner, first, "Retry-After: 1");
	send_all(second, "5678");
	expect(owner, second, ":12345678");
	close(first);
	close(second);
	close(third);
	door_close(owner);
}

/* The time goes on, and the door looks after its connections. */
static void seconds_pass(struct owner *owner, int64_t seconds)
{
	for (int round = 0; round < 3; round++)
		turn(owner);
	http_sweep(owner->http);
	clock_virtual_advance(&owner->time, seconds * US_PER_SECOND);
	http_sweep(owner->http);
}

static void whoever_lets_the_door_wait_is_let_go(void **state)
{
	static const char whole[] = "GET /echo/a HTTP/1.1\r\nHost: x\r\n\r\n";
	static const struct {
		const char *sent;
		int64_t seconds; /* for which it may wait */
		const char *answer;
	} rows[] = {
		{ "", 10, "" },
		{ "GET /echo/a HT", 10, "408 Request Timeout" },
		{ "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n123", 30,
			"408 Request Timeout" },
		{ "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n1", 30,
			"408 Request Timeout" },
		{ whole, 60, "" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct owner *owner = door_open();
		int fd = client(owner);
		char byte;
		send_all(fd, rows[i].sent);
		if (rows[i].sent == whole)
			expect(owner, fd, ":");
		seconds_pass(owner, rows[i].seconds);
		turn(owner);
		assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
		seconds_pass(owner, 1);
		expect(owner, fd, rows[i].answer);
		/* Who was told why may read it for a moment. */
		seconds_pass(owner, 3);
		expect_words_end(owner, "closed");
		close(fd);
		door_close(owner);
	}
}

static void a_body_that_drips_fast_enough_is_waited_for(void **state)
{
	struct owner *owner = door_open();
	int fd = client(owner);
	(void)state;
	send_all(fd, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n1");
	seconds_pass(owner, 15);
	send_all(fd, "2345");
	seconds_pass(owner, 15);
	/* Thirty seconds, and one for each byte that came after the first. */
	seconds_pass(owner, 4);
	send_all(fd, "678");
	expect(owner, fd, ":12345678");
	close(fd);
	door_close(owner);
}

static void an_answer_that_is_not_read_is_let_go(void **state)
{
	struct owner *owner = door_open();
	int fd = client(owner), little = 4096;
	(void)state;
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof(little)), 0);
	send_all(fd, "GET /much HTTP/1.1\r\nHost: x\r\n\r\n");
	for (int round = 0; round < 100; round++)
		turn(owner);
	seconds_pass(owner, 30);
	assert_null(strstr(owner->words, "closed"));
	seconds_pass(owner, 31);
	expect_words_end(owner, "closed");
	close(fd);
	door_close(owner);
}

static void a_door_that_takes_no_more_waits_for_no_head(void **state)
{
	struct owner *owner = door_open();
	int half = client(owner), body = client(owner);
	(void)state;
	send_all(half, "GET /echo/a HTTP/1.1\r\nHo");
	send_all(body, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n123");
	expect_words(owner, "opened opened admit claim");
	for (int round = 0; round < ROUNDS_MAX && http_requests(owner->http) < 2; round++)
		turn(owner);
	http_quiesce(owner->http);
	expect(owner, half, "");
	send_all(body, "45678");
	expect(owner, body, ":12345678");
	close(half);
	close(body);
	door_close(owner);
}

static void an_owner_ends_a_connection(void **state)
{
	struct owner *owner = door_open();
	int fd = client(owner);
	(void)state;
	expect_words(owner, "opened");
	http_connection_end(owner->newest);
	expect(owner, fd, "");
	expect_words(owner, "opened closed");
	close(fd);
	door_close(owner);
}

static void a_suspended_request_is_answered_when_it_is_done(void **state)
{
	struct owner *owner = door_open();
	int fd = client(owner);
	(void)state;
	send_all(fd, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
	for (int round = 0; round < ROUNDS_MAX && owner->waiting == NULL; round++)
		turn(owner);
	assert_non_null(owner->waiting);
	assert_int_equal(http_requests(owner->http), 1);
	request_done(owner->waiting);
	expect(owner, fd, "woken");
	assert_null(owner->waiting);
	close(fd);
	door_close(owner);
}

static void an_answer_in_pieces_is_sent_to_its_end(void **state)
{
	struct owner *owner = door_open();
	int fd = client(owner);
	(void)state;
	send_all(fd, "GET /pieces/123 HTTP/1.1\r\nHost: x\r\n\r\n");
	expect(owner, fd, "\r\n0\r\n\r\n");
	expect_words(owner, "opened admit claim pieces-release release");
	assert_int_equal(owner->pieces, 3);
	/* The connection goes on, and a piece may come from another thread. */
	owner->pieces = 0;
	send_all(fd, "GET /pieces/1w3 HTTP/1.1\r\nHost: x\r\n\r\n");
	for (int round = 0; round < ROUNDS_MAX && owner->waiting == NULL; round++)
		turn(owner);
	assert_int_equal(owner->pieces, 1);
	request_done(owner->waiting);
	expect(owner, fd, "piece 3");
	close(fd);
	door_close(owner);
}

static void an_answer_that_breaks_off_has_no_end(void **state)
{
	struct owner *owner = door_open();
	int fd = client(owner);
	(void)state;
	send_all(fd, "GET /pieces/1x HTTP/1.1\r\nHost: x\r\n\r\n");
	expect(owner, fd, "piece x");
	expect(owner, fd, "");
	expect_words(owner, "opened admit claim pieces-release release closed");
	close(fd);
	door_close(owner);
}

static void who_left_while_a_piece_was_made_gets_no_more(void **state)
{
	struct owner *owner = door_open();
	int fd = client(owner);
	(void)state;
	send_all(fd, "GET /pieces/1w3 HTTP/1.1\r\nHost: x\r\n\r\n");
	for (int round = 0; round < ROUNDS_MAX && owner->waiting == NULL; round++)
		turn(owner);
	http_sweep(owner->http);
	assert_string_equal(owner->words, "opened admit claim");
	close(fd);
	for (int round = 0; round < ROUNDS_MAX && strstr(owner->words, "left") == NULL; round++)
		http_sweep(owner->http);
	request_done(owner->waiting);
	for (int round = 0; round < ROUNDS_MAX && strstr(owner->words, "closed") == NULL; round++)
		turn(owner);
	assert_non_null(strstr(owner->words, "pieces-release release closed"));
	assert_int_equal(http_requests(owner->http), 0);
	door_close(owner);
}

static void whoever_hung_up_in_the_middle_is_swept_out(void **state)
{
	struct owner *owner = door_open();
	int fd = client(owner);
	(void)state;
	send_all(fd, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n123");
	expect_words(owner, "opened admit claim");
	close(fd);
	for (int round = 0; round < ROUNDS_MAX && strstr(owner->words, "closed") == NULL; round++) {
		http_sweep(owner->http);
		turn(owner);
	}
	assert_string_equal(owner->words, "opened admit claim release closed");
	door_close(owner);
}

static void a_door_that_closes_lets_go_of_all_that_is_open(void **state)
{
	struct owner *owner = door_open();
	struct owner copy;
	int idle = client(owner), half = client(owner);
	(void)state;
	send_all(half, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n123");
	for (int round = 0; round < ROUNDS_MAX && strstr(owner->words, "claim") == NULL; round++)
		turn(owner);
	http_quiesce(owner->http);
	http_stop(owner->http);
	copy = *owner;
	budget_release(&owner->budget);
	free(owner);
	assert_non_null(strstr(copy.words, "release"));
	assert_non_null(strstr(copy.words, "closed"));
	close(idle);
	close(half);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_hook_is_called_in_the_order_of_a_requests_life),
		cmocka_unit_test(what_is_not_admitted_reaches_no_handler_and_claims_nothing),
		cmocka_unit_test(what_is_not_sound_is_answered_once_and_in_its_turn),
		cmocka_unit_test(what_is_not_sound_waits_for_the_answers_before_it),
		cmocka_unit_test(a_body_is_taken_up_to_the_limit_of_its_route_or_the_doors),
		cmocka_unit_test(bodies_that_are_being_received_share_one_limit),
		cmocka_unit_test(what_is_received_and_what_is_sent_is_held_until_the_request_ends),
		cmocka_unit_test(whoever_has_most_of_the_bodies_gives_way),
		cmocka_unit_test(whoever_lets_the_door_wait_is_let_go),
		cmocka_unit_test(a_body_that_drips_fast_enough_is_waited_for),
		cmocka_unit_test(an_answer_that_is_not_read_is_let_go),
		cmocka_unit_test(a_door_that_takes_no_more_waits_for_no_head),
		cmocka_unit_test(an_owner_ends_a_connection),
		cmocka_unit_test(a_suspended_request_is_answered_when_it_is_done),
		cmocka_unit_test(an_answer_in_pieces_is_sent_to_its_end),
		cmocka_unit_test(an_answer_that_breaks_off_has_no_end),
		cmocka_unit_test(who_left_while_a_piece_was_made_gets_no_more),
		cmocka_unit_test(whoever_hung_up_in_the_middle_is_swept_out),
		cmocka_unit_test(a_door_that_closes_lets_go_of_all_that_is_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
