/*
 * tests/unit/daemon/http/route_test.c - which handler a path and a method lead to.
 */
#include "base/check.h"
#include "daemon/http/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void handle(struct request *request)
{
	(void)request;
}

static void an_address_leads_to_one_route_or_says_what_it_takes(void **state)
{
	static const struct route table[] = {
		{ .method = "GET", .path = "/", .handle = handle },
		{ .method = "POST", .path = "/events", .handle = handle },
		{ .method = "GET", .path = "/events/", .handle = handle },
		{ .method = "GET", .path = "/sign-in", .handle = handle },
		{ .method = "POST", .path = "/sign-in", .handle = handle },
	};
	static const struct routes routes = { table, ARRAY_LENGTH(table) };
	static const struct {
		const char *method, *address;
		int row; /* of the table; -1: none */
		const char *rest, *allow;
	} rows[] = {
		{ "GET", "/", 0, "", NULL },
		{ "HEAD", "/", 0, "", NULL },
		{ "POST", "/", -1, "", "GET, HEAD" },
		{ "POST", "/events", 1, "", NULL },
		{ "GET", "/events", -1, "", "POST" },
		{ "HEAD", "/events", -1, "", "POST" },
		/* A path that goes on needs something to go on with. */
		{ "GET", "/events/", -1, "", NULL },
		{ "GET", "/events/a/b", 2, "a/b", NULL },
		{ "PUT", "/events/a", -1, "", "GET, HEAD" },
		{ "GET", "/sign-in", 3, "", NULL },
		{ "POST", "/sign-in", 4, "", NULL },
		{ "DELETE", "/sign-in", -1, "", "GET, HEAD, POST" },
		{ "get", "/", -1, "", "GET, HEAD" },
		{ "GET", "", -1, "", NULL },
		{ "GET", "//", -1, "", NULL },
		{ "GET", "/sign-in/", -1, "", NULL },
		{ "GET", "/Sign-In", -1, "", NULL },
		{ "OPTIONS", "*", -1, "", NULL },
		/* A whole address; its host is not ours to judge. */
		{ "GET", "http://a", 0, "", NULL },
		{ "GET", "HTTP://a:1/events/x", 2, "x", NULL },
		{ "GET", "http:///sign-in", -1, "", NULL },
		{ "GET", "https://a/sign-in", -1, "", NULL },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct route_match match = route_find(&routes, rows[i].method, rows[i].address);
		const struct route *wanted = rows[i].row < 0 ? NULL : &table[rows[i].row];
		if (match.route != wanted)
			fail_msg("%s %s", rows[i].method, rows[i].address);
		assert_string_equal(match.rest, rows[i].rest);
		if (rows[i].allow == NULL)
			assert_null(match.allow);
		else
			assert_string_equal(match.allow, rows[i].allow);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_leads_to_one_route_or_says_what_it_takes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
