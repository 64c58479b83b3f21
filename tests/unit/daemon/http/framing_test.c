/*
 * tests/unit/daemon/http/framing_test.c - what of a connection's bytes has one reading, and what
 * has none.
 */
#include "base/check.h"
#include "daemon/http/framing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TEXT_MAX 8192
#define GET      "GET /a HTTP/1.1\r\nHost: h\r\n"
#define POST     "POST /a HTTP/1.1\r\nHost: h\r\n"
#define CHUNKED  POST "Transfer-Encoding: chunked\r\n\r\n"

/* Bytes with a NUL in them say how many they are. */
struct row {
	const char *bytes;
	size_t length;
};

#define ROW(text)                                                                                  \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

/* What is made of the bytes in pieces of that size. */
static struct framing read_in(const char *bytes, size_t length, size_t piece)
{
	struct framing framing = { 0 };
	for (size_t at = 0; at < length; at += piece) {
		size_t next = length - at < piece ? length - at : piece;
		/* As large as it is, so that a sanitizer sees who reads on. */
		char *copy = malloc(next);
		assert_non_null(copy);
		memcpy(copy, bytes + at, next);
		size_t sound = framing_take(&framing, copy, next);
		free(copy);
		assert_true(sound == next || framing.fault != NULL);
	}
	return framing;
}

/* However they come, the same is made of them. */
static struct framing read_all_ways(const char *bytes, size_t length)
{
	struct framing first = read_in(bytes, length, length);
	for (size_t piece = 1; piece <= 64 && piece < length; piece++) {
		struct framing framing = read_in(bytes, length, piece);
		if (framing.fault != first.fault || framing.requests != first.requests ||
			framing.heads != first.heads ||
			framing.request_bytes != first.request_bytes)
			fail_msg("pieces of %zu of %s", piece, bytes);
	}
	return first;
}

static void what_has_one_reading_is_sound(void **state)
{
	static const struct {
		struct row row;
		unsigned requests;
	} rows[] = {
		{ ROW(GET "\r\n"), 1 },
		{ ROW("GET / HTTP/1.0\r\n\r\n"), 1 },
		{ ROW("GET / HTTP/1.0\r\nContent-Length: 1\r\n\r\na"), 1 },
		{ ROW("HEAD /a/b.c/?a=b&c=%20+d?/..//\\ HTTP/1.1\r\nhOsT:\r\n\r\n"), 1 },
		{ ROW("get /.a/..b/c.. HTTP/1.1\r\nHost:[::1]:80\r\n\r\n"), 1 },
		/* There is nothing at such paths; route.c says so. */
		{ ROW("GET //a/../b/./ HTTP/1.1\r\nHost: h\r\n\r\n"), 1 },
		{ ROW("GET http:///a HTTP/1.1\r\nHost: h\r\n\r\n"), 1 },
		{ ROW("GET http:// HTTP/1.1\r\nHost: h\r\n\r\n"), 1 },
		{ ROW("GET ftp://h HTTP/1.1\r\nHost: h\r\n\r\n"), 1 },
		{ ROW("GET http://h:80/a HTTP/1.1\r\nHost: h\r\n\r\n"), 1 },
		{ ROW("GET http://h/a HTTP/1.1\r\nHost: h:80\r\n\r\n"), 1 },
		{ ROW("GET /a%3A%2F%2e HTTP/1.1\r\nHost: \t h \t\r\n\r\n"), 1 },
		{ ROW("GET http://H:1/a HTTP/1.1\r\nHost: h:1\r\n\r\n"), 1 },
		{ ROW("GET hTTp://h HTTP/1.1\r\nHost: h\r\n\r\n"), 1 },
		{ ROW("GET http://h/ HTTP/1.0\r\n\r\n"), 1 },
		{ ROW(GET "a:\r\nb: \r\nA: \t\xc3\xa9 :c\r\n\r\n"), 1 },
		{ ROW(GET "Content-Length: 0\r\n\r\n"), 1 },
		{ ROW(GET "X-Content-Length: 1\r\nContent-Length-X: 1\r\n\r\n"), 1 },
		{ ROW(GET "X-Forwarded-For: a\r\nX-Forwarded-For: b\r\n\r\n"), 1 },
		{ ROW(POST "Content-Length: 3\r\n\r\nabc" GET "\r\n"), 2 },
		{ ROW(POST "content-length:003 \r\n\r\n\r\n\r" GET "\r\n"), 2 },
		{ ROW(POST "Content-Length: 999999999999999999\r\n\r\nabc"), 0 },
		{ ROW(POST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\na"), 1 },
		{ ROW(POST "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
			1 },
		{ ROW(POST "TRANSFER-ENCODING: Chunked\r\n\r\n0\r\n\r\n" GET "\r\n"), 2 },
		{ ROW(CHUNKED "3\r\nabc\r\n00A\r\n0\r\n\r\n45678\r\n0000\r\n\r\n" GET "\r\n"), 2 },
		{ ROW(CHUNKED "fFffFFff\r\nabc"), 0 },
		{ ROW(GET "\r\n" GET "\r\n" GET "\r\n" GET), 3 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct framing framing = read_all_ways(rows[i].row.bytes, rows[i].row.length);
		if (framing.fault != NULL || framing.requests != rows[i].requests)
			fail_msg("row %zu: %llu, %s", i, (unsigned long long)framing.requests,
				framing.fault == NULL ? "sound" : framing.fault);
	}
}

static const struct row ambiguous[] = {
	/* The first line. */
	ROW("\r\n" GET "\r\n"),
	ROW("\n" GET "\r\n"),
	ROW(" " GET "\r\n"),
	ROW("GET  /a HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a  HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET\t/a HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a\tHTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a\x0bHTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a HTTP/1.1 \r\nHost: h\r\n\r\n"),
	ROW("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a HTTP/1.1\nHost: h\r\n\r\n"),
	ROW("GET /a HTTP/1.1\rHost: h\r\n\r\n"),
	ROW("GET /a HTTP/1.1\r\r\nHost: h\r\n\r\n"),
	ROW("GET /a\r\n"),
	ROW("GET /a\n"),
	ROW("GET\r\n"),
	ROW("GET /a HTTP/0.9\r\nHost: h\r\n\r\n"),
	ROW("GET /a HTTP/1.2\r\nHost: h\r\n\r\n"),
	ROW("GET /a HTTP/1.10\r\nHost: h\r\n\r\n"),
	ROW("GET /a HTTP/2.0\r\nHost: h\r\n\r\n"),
	ROW("GET /a http/1.1\r\nHost: h\r\n\r\n"),
	ROW("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
	ROW("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n"),
	ROW("G\0T /a HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("G:T /a HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("\x16\x03\x01\x02\x00\x01\x00"),
	/* The path. */
	ROW("GET a HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a\\b HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a?b#c HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a?\0b HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a%00b HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a?b=%00 HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a%zz HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a%4 HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a%u0041 HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a?b=% HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /\xc3\xa9 HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET /a\x7f HTTP/1.1\r\nHost: h\r\n\r\n"),
	/* The host. */
	ROW("GET /a HTTP/1.1\r\n\r\n"),
	ROW("GET /a HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"),
	ROW("GET /a HTTP/1.0\r\nHost: h\r\nhost: i\r\n\r\n"),
	ROW("GET /a HTTP/1.1\r\nHost: h, i\r\n\r\n"),
	ROW("GET /a HTTP/1.1\r\nHost: u@h\r\n\r\n"),
	ROW("GET /a HTTP/1.1\r\nHost: h/a\r\n\r\n"),
	ROW("GET http://i/a HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET http://h:8/a HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET http://h/a HTTP/1.1\r\nHost:\r\n\r\n"),
	ROW("GET http:/h/a HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET http:h HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET :80 HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET http://u@h/a HTTP/1.1\r\nHost: h\r\n\r\n"),
	ROW("GET http://h?a HTTP/1.1\r\nHost: h\r\n\r\n"),
	/* Headers. */
	ROW(GET " Content-Length: 1\r\n\r\n"),
	ROW(GET "\tContent-Length: 1\r\n\r\n"),
	ROW("GET /a HTTP/1.1\r\n Host: h\r\n\r\n"),
	ROW(GET "Content-Length:\r\n 1\r\n\r\na"),
	ROW(GET "Content-Length: 1\r\n 1\r\n\r\n"),
	ROW(GET "a: b\r\n\tc\r\n\r\n"),
	ROW(GET "a: b\r\n \r\n\r\n"),
	ROW(GET "a : b\r\n\r\n"),
	ROW(GET "Content-Length : 1\r\n\r\na"),
	ROW(GET "Content-Length\t: 1\r\n\r\na"),
	ROW(GET "Transfer-Encoding\0: chunked\r\n\r\n"),
	ROW(GET "a\0: b\r\n\r\n"),
	ROW(GET "a: b\0c\r\n\r\n"),
	ROW(GET "a: b\x01\r\n\r\n"),
	ROW(GET "a: b\x7f\r\n\r\n"),
	ROW(GET "a: b\rc: d\r\n\r\n"),
	ROW(GET "a: b\nContent-Length: 1\r\n\r\n"),
	ROW(GET "a: b\r\r\n\r\n"),
	ROW(GET "a\r\n\r\n"),
	ROW(GET ": b\r\n\r\n"),
	ROW(GET "\xc3\xa9: b\r\n\r\n"),
	ROW(GET "a: b\r\n\n"),
	ROW(GET "\n"),
	ROW(GET "\rb"),
	ROW(GET "Authorization: a\r\nAuthorization: a\r\n\r\n"),
	ROW(GET "Content-Type: a\r\nContent-type: b\r\n\r\n"),
	ROW(GET "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n"),
	/* The end of the body. */
	ROW(POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\na"),
	ROW(POST "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
	ROW(POST "Content-Length: 0\r\nContent-Length: 0\r\n\r\n"),
	ROW(POST "Content-Length: 1, 1\r\n\r\na"),
	ROW(POST "Content-Length: +1\r\n\r\na"),
	ROW(POST "Content-Length: -1\r\n\r\na"),
	ROW(POST "Content-Length: 0x1\r\n\r\na"),
	ROW(POST "Content-Length: 1 1\r\n\r\na"),
	ROW(POST "Content-Length: 1a\r\n\r\na"),
	ROW(POST "Content-Length: 1.0\r\n\r\na"),
	ROW(POST "Content-Length: \"1\"\r\n\r\na"),
	ROW(POST "Content-Length:\r\n\r\n"),
	ROW(POST "Content-Length: \x0b"
		 "1\r\n\r\na"),
	ROW(POST "Content-Length: 1000000000000000000\r\n\r\na"),
	ROW(POST "Content-Length: 18446744073709551617\r\n\r\na"),
	ROW(POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	ROW(POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
	ROW(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: "
		 "chunked\r\n\r\n0\r\n\r\n"),
	ROW(POST "Transfer-Encoding: chunked\r\nTransfer-encoding: "
		 "identity\r\n\r\n0\r\n\r\n"),
	ROW(POST "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
	ROW(POST "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n"),
	ROW(POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
	ROW(POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
	ROW(POST "Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n"),
	ROW(POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
	ROW(POST "Transfer-Encoding: chunkedx\r\n\r\n0\r\n\r\n"),
	ROW(POST "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"),
	ROW(POST "Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n"),
	ROW(POST "Transfer-Encoding: \x0b"
		 "chunked\r\n\r\n0\r\n\r\n"),
	ROW(POST "Transfer-Encoding: identity\r\n\r\n"),
	ROW(POST "Transfer-Encoding:\r\n\r\n"),
	ROW(POST "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
	ROW(POST " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	ROW("POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	/* Chunks. */
	ROW(CHUNKED "1\na\r\n0\r\n\r\n"),
	ROW(CHUNKED "1\r\na\n0\r\n\r\n"),
	ROW(CHUNKED "1\r\na0\r\n\r\n"),
	ROW(CHUNKED "1\r\nab\r\n0\r\n\r\n"),
	ROW(CHUNKED "1\ra\r\n0\r\n\r\n"),
	ROW(CHUNKED "0\n\r\n"),
	ROW(CHUNKED "0\r\n\n"),
	ROW(CHUNKED "0\n\n"),
	ROW(CHUNKED "0\r\r\n"),
	ROW(CHUNKED "\r\n\r\n"),
	ROW(CHUNKED "+1\r\na\r\n0\r\n\r\n"),
	ROW(CHUNKED "-1\r\na\r\n0\r\n\r\n"),
	ROW(CHUNKED "0x1\r\na\r\n0\r\n\r\n"),
	ROW(CHUNKED " 1\r\na\r\n0\r\n\r\n"),
	ROW(CHUNKED "1 \r\na\r\n0\r\n\r\n"),
	ROW(CHUNKED "1\t\r\na\r\n0\r\n\r\n"),
	ROW(CHUNKED "1g\r\na\r\n0\r\n\r\n"),
	ROW(CHUNKED "1\0\r\na\r\n0\r\n\r\n"),
	ROW(CHUNKED "1;a=b\r\na\r\n0\r\n\r\n"),
	ROW(CHUNKED "1;\r\na\r\n0\r\n\r\n"),
	ROW(CHUNKED "0;\na\r\n\r\n"),
	ROW(CHUNKED "1;a\nb\r\na\r\n0\r\n\r\n"),
	ROW(CHUNKED "000000001\r\na\r\n0\r\n\r\n"),
	ROW(CHUNKED "100000001\r\na\r\n0\r\n\r\n"),
	ROW(CHUNKED "10000000000000001\r\na\r\n0\r\n\r\n"),
	ROW(CHUNKED "0\r\na: b\r\n\r\n"),
	ROW(CHUNKED "0\r\nContent-Length: 5\r\n\r\n"),
	ROW(CHUNKED "0\r\nAuthorization: b\r\n\r\n"),
	ROW(CHUNKED "0\r\nHost: b\r\n\r\n"),
	/* What is expected. */
	ROW(GET "Expect: 100-continue\r\n\r\n"),
	ROW(POST "Expect: 100-continue\r\nContent-Length: 0\r\n\r\n"),
	ROW(POST "Expect: y 100-continue\r\nContent-Length: 1\r\n\r\na"),
	ROW(POST "Expect: 100-continue, 100-continue\r\nContent-Length: 1\r\n\r\na"),
	ROW(POST "Expect:\r\n 100-continue\r\nContent-Length: 1\r\n\r\na"),
	ROW(POST "Expect: \r\nContent-Length: 1\r\n\r\na"),
	ROW(POST "Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: "
		 "1\r\n\r\na"),
};

/* Each is the second request of a connection, and none of it may count as whole. */
static void what_could_be_read_in_two_ways_has_none(void **state)
{
	static const char first[] = GET "\r\n";
	char text[TEXT_MAX];
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(ambiguous); i++) {
		size_t length = sizeof(first) - 1 + ambiguous[i].length;
		assert_true(length <= sizeof(text));
		memcpy(text, first, sizeof(first) - 1);
		memcpy(text + sizeof(first) - 1, ambiguous[i].bytes, ambiguous[i].length);
		struct framing framing = read_all_ways(text, length);
		if (framing.fault == NULL || framing.requests != 1)
			fail_msg("row %zu: %s", i, ambiguous[i].bytes);
	}
}

static void no_control_character_is_in_a_head(void **state)
{
	static const char head[] = "GET /a?b HTTP/1.1\r\nHost: h\r\nabc: def\r\n\r\n";
	(void)state;
	for (size_t place = 0; place < sizeof(head) - 1; place++) {
		for (unsigned c = 0; c <= 0x7f; c++) {
			char text[sizeof(head)];
			memcpy(text, head, sizeof(head));
			if ((c >= ' ' && c < 0x7f) || (char)c == text[place])
				continue;
			text[place] = (char)c;
			/* A tab is white space where white space may be. */
			if (c == '\t' && place > strlen("GET /a?b HTTP/1.1\r\nHost:") - 1)
				continue;
			struct framing framing = read_in(text, sizeof(head) - 1, sizeof(head) - 1);
			if (framing.fault == NULL || framing.requests != 0)
				fail_msg("%u at %zu", c, place);
		}
	}
}

static void what_is_sound_of_a_piece_is_told(void **state)
{
	static const char two[] = GET "\r\n" GET " b";
	struct framing framing = { 0 };
	(void)state;
	assert_int_equal(framing_take(&framing, two, sizeof(two) - 1), sizeof(two) - 3);
	assert_non_null(framing.fault);
	assert_int_equal(framing.requests, 1);
	assert_int_equal(framing.request_bytes, sizeof(GET) - 1);
	assert_int_equal(framing_take(&framing, "a", 1), 0);
}

static void head_and_body_are_told_apart(void **state)
{
	struct framing framing = { 0 };
	static const char head[] = POST "Content-Length: 3\r\n\r\n";
	(void)state;
	assert_false(framing_is_in_head(&framing) || framing_is_in_body(&framing));
	for (size_t i = 0; i < sizeof(head) - 2; i++) {
		framing_take(&framing, head + i, 1);
		assert_true(framing_is_in_head(&framing));
		assert_false(framing_is_in_body(&framing));
	}
	framing_take(&framing, "\n", 1);
	assert_int_equal(framing.heads, 1);
	assert_true(framing_is_in_body(&framing));
	framing_take(&framing, "ab", 2);
	assert_true(framing_is_in_body(&framing));
	assert_int_equal(framing.body_bytes, 2);
	framing_take(&framing, "c", 1);
	assert_false(framing_is_in_head(&framing) || framing_is_in_body(&framing));
	assert_int_equal(framing.requests, 1);
	assert_int_equal(framing.body_bytes, 3);
	framing_take(&framing, CHUNKED "2\r\nab", sizeof(CHUNKED "2\r\nab") - 1);
	assert_true(framing_is_in_body(&framing));
	assert_int_equal(framing.body_bytes, 3 + 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_one_reading_is_sound),
		cmocka_unit_test(what_could_be_read_in_two_ways_has_none),
		cmocka_unit_test(no_control_character_is_in_a_head),
		cmocka_unit_test(what_is_sound_of_a_piece_is_told),
		cmocka_unit_test(head_and_body_are_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
