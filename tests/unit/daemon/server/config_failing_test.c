/*
 * tests/unit/daemon/server/config_failing_test.c - a configuration is read while calls fail: what
 * we lack is never told as what is wrong with the file.
 */
#include "daemon/server/config.h"

#include "base/check.h"
#include "base/text.h"
#include "tests/unit/failing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define HASH_A "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"
#define HASH_B "0000000000000000000000000000000000000000000000000000000000000001"
#define HASH_C "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
#define HASH_D "0000000000000000000000000000000000000000000000000000000000000002"

static const char right[] = "[store]\n"
			    "path = /srv/store\n"
			    "size_max = 2T\n"
			    "[http]\n"
			    "listen = [::1]:7400\n"
			    "hosts = ladder.example, other.example\n"
			    "[stream]\n"
			    "listen = off\n"
			    "[retention]\n"
			    "after_months = 60\n"
			    "[partner isd]\n"
			    "org_type = ISD\n"
			    "token_hash = " HASH_A ", " HASH_B "\n"
			    "not_after = 2030-01-01, 2031-01-01\n"
			    "types = *\n"
			    "municipalities = GM0823 GM0014\n"
			    "[partner vwn]\n"
			    "token_hash = " HASH_C "\n"
			    "succeeds = isd\n"
			    "[analyst two]\n"
			    "token_hash = " HASH_D "\n"
			    "municipalities = *\n"
			    "log = yes\n"
			    "[peer other]\n"
			    "address = http://127.0.0.1:7500\n"
			    "token_file = /srv/token\n"
			    "[municipality GM0823]\n"
			    "name = Oirschot\n";

static const char wrong[] = "[http]\n"
			    "listen = nowhere\n"
			    "no_such_key = 1\n"
			    "[partner isd]\n"
			    "token_hash = abc\n"
			    "municipalities = GM9\n"
			    "types = nothing\n"
			    "[what]\n";

static char path[] = "/tmp/config_test.XXXXXX";

static void file_write(const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fputs(text, file) >= 0 && fclose(file) == 0, 1);
}

/* Is it what the file says? */
static void config_check(const struct config *config)
{
	const struct access *access = config->access;
	assert_string_equal(config->store_path, "/srv/store");
	assert_int_equal(config->store_size_max, TIB(2));
	assert_string_equal(config->http_listen.text, "[::1]:7400");
	assert_true(config->stream_listen.off);
	assert_int_equal(config->retention_after_months, 60);
	assert_int_equal(access->partner_count, 2);
	assert_string_equal(access->partners[0].name, "isd");
	assert_int_equal(access->partners[0].hashes.count, 2);
	assert_int_equal(access->analyst_count, 1);
	assert_int_equal(access->peer_count, 1);
	assert_string_equal(access->peers[0].address, "http://127.0.0.1:7500");
	assert_string_equal(access_place_name(access, 823), "Oirschot");
}

static void a_right_file_is_read_or_is_not_told_as_wrong(void **state)
{
	static const char *const flags[] = { "store.size_max=2T", NULL };
	static const enum failing kinds[] = { FAILING_MEMORY, FAILING_FILE };
	(void)state;
	file_write(right);
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		uint64_t number = 1;
		for (bool failed = true; failed; number++) {
			struct problems problems = { 0 };
			struct config *config = NULL;
			failing_arm(kinds[i], number);
			enum err err = config_load(path, flags, &config, &problems);
			failed = failing_end();
			if (err == OK)
				config_check(config);
			else if (err != ERR_FULL && err != ERR_IO)
				fail_msg("call %llu of %d: it is told as %d: %s",
					(unsigned long long)number, (int)kinds[i], (int)err,
					problems.count > 0 ? problems.sentences[0] : "");
			assert_true(err == OK || failed);
			if (err == OK)
				config_free(config);
			problems_release(&problems);
		}
		print_message("%llu places\n", (unsigned long long)number);
		assert_true(number > 2);
	}
}

static void a_wrong_file_is_told_as_wrong_or_not_read(void **state)
{
	static const char *const flags[] = { "http.no_such=1", NULL };
	size_t wanted = 0;
	(void)state;
	file_write(wrong);
	uint64_t number = 0;
	for (bool failed = true; failed; number++) {
		struct problems problems = { 0 };
		struct config *config = NULL;
		/* The first time nothing fails. */
		if (number > 0)
			failing_arm(FAILING_MEMORY, number);
		enum err err = config_load(path, flags, &config, &problems);
		failed = failing_end() || number == 0;
		if (number == 0)
			wanted = problems.count;
		assert_true(err == ERR_INVALID || err == ERR_FULL);
		assert_true(problems.count <= wanted);
		assert_true(err == ERR_FULL || problems.count > 0);
		problems_release(&problems);
	}
	assert_true(wanted >= 6 && number > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_right_file_is_read_or_is_not_told_as_wrong),
		cmocka_unit_test(a_wrong_file_is_told_as_wrong_or_not_read),
	};
	int fd = mkstemp(path);
	if (fd < 0)
		return 1;
	close(fd);
	int code = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return code;
}
