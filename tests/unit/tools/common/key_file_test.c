/*
 * tests/unit/tools/common/key_file_test.c - a secret key is read from a file that is nobody
 * else's to read.
 */
#include "base/check.h"
#include "tools/common/key_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tools/common/options.h"

#define SECRET "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo"

static char path[] = "/tmp/key-file-XXXXXX";

static int key_of_file(const char *text, mode_t mode, struct seal_secret *out)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
	return key_file_read("test", path, out);
}

static void it_holds_the_secret_alone_or_what_was_printed(void **state)
{
	static const struct {
		const char *text;
		int code;
	} rows[] = {
		{ SECRET, EX_OK },
		{ SECRET "\n", EX_OK },
		{ " " SECRET "\r\n", EX_OK },
		{ "secret: " SECRET "\n", EX_OK },
		{ "public: 8520f009\nsecret: " SECRET "\n", EX_OK },
		{ "\xEF\xBB\xBFsecret: " SECRET "\r\n", EX_OK },
		{ "secret: " SECRET "\npublic: 8520f009\n", EX_OK },
		{ "", EX_DATAERR },
		{ "secret:", EX_DATAERR },
		{ "public: " SECRET "\n", EX_DATAERR },
		{ SECRET " " SECRET, EX_DATAERR },
		{ SECRET "=", EX_DATAERR },
		{ "nosecret: " SECRET, EX_DATAERR },
	};
	struct seal_secret expected, secret;
	(void)state;
	assert_int_equal(seal_secret_parse(bytes_of_string(SECRET), &expected), OK);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		memset(&secret, 0, sizeof(secret));
		assert_int_equal(key_of_file(rows[i].text, 0600, &secret), rows[i].code);
		if (rows[i].code == EX_OK)
			assert_memory_equal(&secret, &expected, sizeof(secret));
	}
}

static void a_file_that_others_can_read_or_that_is_not_there_is_refused(void **state)
{
	struct seal_secret secret;
	(void)state;
	assert_int_equal(key_of_file(SECRET, 0644, &secret), EX_NOPERM);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(key_file_read("test", path, &secret), EX_NOINPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_holds_the_secret_alone_or_what_was_printed),
		cmocka_unit_test(a_file_that_others_can_read_or_that_is_not_there_is_refused),
	};
	int fd = mkstemp(path);
	CHECK(fd != -1);
	close(fd);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
