/*
 * tests/unit/daemon/http/framing_test.c - where a request ends, and where that is not clear.
 */
#include "base/check.h"
#include "daemon/http/framing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HEADERS_MAX 4

struct header {
	const char *name, *value;
};

/* Of headers as libmicrohttpd hands them over; a row ends where a name is NULL. */
static bool is_sound(const struct header headers[HEADERS_MAX], const char *version)
{
	struct framing framing = { 0 };
	for (size_t i = 0; i < HEADERS_MAX && headers[i].name != NULL; i++)
		framing_take(&framing, headers[i].name, headers[i].value);
	return framing_is_sound(&framing, version);
}

static void the_end_of_a_body_is_said_at_most_once(void **state)
{
	static const struct {
		struct header headers[HEADERS_MAX];
		bool newest, older; /* sound in HTTP/1.1, in HTTP/1.0 */
	} rows[] = {
		{ { { "Host", "a" } }, true, true },
		{ { { "hOsT", "a" }, { "CONTENT-length", "3" } }, true, true },
		{ { { "Host", "a" }, { "Transfer-Encoding", "chunked" } }, true, false },
		{ { { "Host", "a" }, { "transfer-encoding", "Chunked" } }, true, false },
		{ { { "Host", "a" }, { "Content-Length", "3" }, { "Content-Length", "3" } }, false,
			false },
		{ { { "Host", "a" }, { "Content-Length", "3" },
			  { "Transfer-Encoding", "chunked" } },
			false, false },
		{ { { "Host", "a" }, { "Transfer-Encoding", "chunked" },
			  { "Transfer-Encoding", "chunked" } },
			false, false },
		{ { { "Host", "a" }, { "Transfer-Encoding", "gzip" } }, false, false },
		{ { { "Host", "a" }, { "Transfer-Encoding", "gzip, chunked" } }, false, false },
		{ { { "Host", "a" }, { "Transfer-Encoding", "chunked " } }, false, false },
		{ { { "Host", "a" }, { "Transfer-Encoding", "" } }, false, false },
		{ { { "Host", "a" }, { "Transfer-Encoding", NULL } }, false, false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (is_sound(rows[i].headers, "HTTP/1.1") != rows[i].newest ||
			is_sound(rows[i].headers, "HTTP/1.0") != rows[i].older)
			fail_msg("row %zu", i);
	}
}

static void there_is_one_host_and_before_1_1_at_most_one(void **state)
{
	static const struct header none[HEADERS_MAX] = { { NULL, NULL } };
	static const struct header two[HEADERS_MAX] = { { "Host", "a" }, { "host", "a" } };
	static const struct header empty[HEADERS_MAX] = { { "Host", "" } };
	(void)state;
	assert_false(is_sound(none, "HTTP/1.1"));
	assert_true(is_sound(none, "HTTP/1.0"));
	assert_false(is_sound(two, "HTTP/1.1"));
	assert_false(is_sound(two, "HTTP/1.0"));
	assert_true(is_sound(empty, "HTTP/1.1"));
}

static void a_name_that_is_no_token_is_refused(void **state)
{
	static const char *const wrong[] = { "", " ", "Content-Length ", " Content-Length",
		"Content Length", "Content-Length\t", "Content\x01Length", "Content-Length:", "X@Y",
		"(x)", "\xc3\xa9" };
	static const char *const right[] = { "x", "X-1", "!#$%&'*+-.^_`|~" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
		const struct header headers[HEADERS_MAX] = { { "Host", "a" }, { wrong[i], "3" } };
		if (is_sound(headers, "HTTP/1.1"))
			fail_msg("%s", wrong[i]);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(right); i++) {
		const struct header headers[HEADERS_MAX] = { { "Host", "a" }, { right[i], NULL } };
		assert_true(is_sound(headers, "HTTP/1.1"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_of_a_body_is_said_at_most_once),
		cmocka_unit_test(there_is_one_host_and_before_1_1_at_most_one),
		cmocka_unit_test(a_name_that_is_no_token_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
