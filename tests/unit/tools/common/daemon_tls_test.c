/*
 * tests/unit/tools/common/daemon_tls_test.c - where a token may go in clear.
 */
#include "base/check.h"
#include "tools/common/daemon_tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static void only_this_very_machine_is_loopback(void **state)
{
	static const struct {
		const char *host;
		bool loopback;
	} rows[] = {
		{ "localhost", true },
		{ "LocalHost", true },
		{ "127.0.0.1", true },
		{ "127.255.0.9", true },
		{ "::1", true },
		{ "[::1]", true },
		{ "[0:0:0:0:0:0:0:1]", true },
		{ "", false },
		{ "[]", false },
		{ "127.0.0.1.evil.example", false },
		{ "127.evil.example", false },
		{ "127.1", false },
		{ "0.0.0.0", false },
		{ "128.0.0.1", false },
		{ "localhost.evil.example", false },
		{ "localhost ", false },
		{ "[::]", false },
		{ "[::2]", false },
		{ "::ffff:192.0.2.1", false },
		{ "192.0.2.1", false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (host_is_loopback(bytes_of_string(rows[i].host)) != rows[i].loopback)
			fail_msg("%s", rows[i].host);
	}
	char longest[200];
	memset(longest, '1', sizeof(longest));
	assert_false(host_is_loopback(bytes_of(longest, sizeof(longest))));
}

static void a_token_goes_in_clear_to_another_machine_when_that_is_said(void **state)
{
	struct daemon_tls tls = { .plaintext = false };
	struct bytes here = bytes_of_string("127.0.0.1"), away = bytes_of_string("192.0.2.1");
	struct reason reason = { "" };
	(void)state;
	assert_int_equal(daemon_clear_check(&tls, here, "https://", &reason), OK);
	assert_int_equal(daemon_clear_check(&tls, away, "https://", &reason), ERR_INVALID);
	assert_non_null(strstr(reason.text, "take https://, or say --plaintext"));
	tls.plaintext = true;
	assert_int_equal(daemon_clear_check(&tls, away, "https://", &reason), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_this_very_machine_is_loopback),
		cmocka_unit_test(a_token_goes_in_clear_to_another_machine_when_that_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
