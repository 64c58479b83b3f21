/*
 * tests/unit/daemon/http/host_test.c - which names in Host are this server's.
 */
#include "base/check.h"
#include "daemon/http/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[] = { "ladder.example.nl", "other.example" };
static const struct hosts nobody_said = { false, NULL, 0 };
static const struct hosts listed = { false, names, ARRAY_LENGTH(names) };
static const struct hosts any = { true, NULL, 0 };

static void a_name_that_a_stranger_can_have_is_not_ours(void **state)
{
	(void)state;
	static const struct {
		const char *host;
		bool unsaid, listed;
	} rows[] = {
		{ "127.0.0.1", true, true },
		{ "127.0.0.1:7400", true, true },
		{ "192.0.2.1:80", true, true },
		{ "[::1]", true, true },
		{ "[::1]:7400", true, true },
		{ "[2001:db8::1]:443", true, true },
		{ "localhost", true, true },
		{ "LocalHost:7400", true, true },
		{ "localhost.", true, true },
		{ "localhost:", true, true },
		{ "ladderd", true, false },
		{ "ladderd:7400", true, false },
		{ "", true, false },
		{ "ladder.example.nl", false, true },
		{ "LADDER.example.NL:443", false, true },
		{ "ladder.example.nl.", false, true },
		{ "other.example", false, true },
		{ "evil.example", false, false },
		{ "x.ladder.example.nl", false, false },
		{ "ladder.example.nl.evil.example", false, false },
		{ "localhost.evil.example", false, false },
		{ "127.0.0.1.evil.example", false, false },
		{ "1.2.3.4.5", false, false },
		{ "[::1", false, false },
		{ "[::1]x", false, false },
		{ "[evil.example]", false, false },
		{ "[127.0.0.1]", false, false },
		{ "::1", false, false },
		{ "localhost:x", false, false },
		{ "localhost:123456", false, false },
		{ "127.0.0.1:80:80", false, false },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (host_is_ours(rows[i].host, &nobody_said, NULL) != rows[i].unsaid ||
			host_is_ours(rows[i].host, &listed, NULL) != rows[i].listed)
			fail_msg("%s", rows[i].host);
	}
	assert_true(host_is_ours("evil.example:1", &any, NULL));
	assert_false(host_is_ours("evil.example:x", &any, NULL));
}

static void a_name_longer_than_any_is_not_ours(void **state)
{
	char host[HOST_LENGTH_MAX + 3];
	(void)state;
	memset(host, 'a', sizeof(host));
	host[HOST_LENGTH_MAX + 1] = '\0';
	assert_false(host_is_ours(host, &nobody_said, NULL));
	host[HOST_LENGTH_MAX] = '\0';
	assert_true(host_is_ours(host, &nobody_said, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_that_a_stranger_can_have_is_not_ours),
		cmocka_unit_test(a_name_longer_than_any_is_not_ours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
