/*
 * tests/unit/looks/access_log_test.c - lines are in the file at the path, whole, or it is said.
 */
#include "base/check.h"
#include "looks/access_log.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/access-log-XXXXXX";
static char path[sizeof(folder) + 8];

static struct access_log *log_of(const char *name)
{
	struct access_log *log;
	assert_int_equal(access_log_new(name, access_log_open_file, NULL, &log), OK);
	return log;
}

static enum err line_write(struct access_log *log, const char *line)
{
	return access_log_write(log, bytes_of_string(line));
}

static void assert_file(const char *name, const char *expected)
{
	char text[256] = "";
	FILE *file = fopen(name, "re");
	assert_non_null(file);
	size_t length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[length] = '\0';
	assert_string_equal(text, expected);
}

static void what_is_renamed_or_removed_is_made_anew(void **state)
{
	char old[sizeof(path) + 2];
	(void)state;
	struct access_log *log = log_of(path);
	snprintf(old, sizeof(old), "%s.1", path);
	assert_int_equal(line_write(log, "one\n"), OK);
	assert_int_equal(file_rename(path, old), OK);
	assert_int_equal(line_write(log, "two\n"), OK);
	assert_file(old, "one\n");
	assert_file(path, "two\n");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(line_write(log, "three\n"), OK);
	assert_file(path, "three\n");
	access_log_rotate(log);
	assert_int_equal(line_write(log, "four\n"), OK);
	assert_file(path, "three\nfour\n");
	access_log_free(log);
	unlink(path);
	unlink(old);
}

static void two_who_write_do_not_write_over_each_other(void **state)
{
	(void)state;
	struct access_log *one = log_of(path), *other = log_of(path);
	assert_int_equal(line_write(one, "a\n"), OK);
	assert_int_equal(line_write(other, "b\n"), OK);
	assert_int_equal(line_write(one, "c\n"), OK);
	assert_file(path, "a\nb\nc\n");
	access_log_free(one);
	access_log_free(other);
	unlink(path);
}

static void half_a_line_is_taken_off_and_one_of_before_is_ended(void **state)
{
	struct rlimit limit, before;
	struct access_log *log = log_of(path);
	(void)state;
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	fputs("half", file);
	fclose(file);
	assert_int_equal(line_write(log, "one\n"), OK);
	assert_file(path, "half\none\n");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 12;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(line_write(log, "two and more\n"), ERR_IO);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_file(path, "half\none\n");
	assert_int_equal(line_write(log, "two\n"), OK);
	assert_file(path, "half\none\ntwo\n");
	access_log_free(log);
	unlink(path);
}

static void where_it_cannot_be_written_that_is_said(void **state)
{
	struct reason reason;
	(void)state;
	struct access_log *log = log_of("/dev/full");
	assert_int_equal(access_log_try(log, &reason), OK);
	assert_int_equal(line_write(log, "one\n"), ERR_IO);
	assert_int_equal(errno, ENOSPC);
	access_log_free(log);
	log = log_of("/nowhere/log");
	assert_int_equal(access_log_try(log, &reason), ERR_IO);
	assert_string_equal(reason.text, "/nowhere/log: No such file or directory");
	assert_int_equal(line_write(log, "one\n"), ERR_IO);
	access_log_free(log);
}

static void a_store_has_its_log_beside_it(void **state)
{
	char out[FILE_PATH_MAX], long_path[FILE_PATH_MAX];
	(void)state;
	assert_int_equal(access_log_path("/var/lib/ladderd/store", out), OK);
	assert_string_equal(out, "/var/lib/ladderd/store.access.ndjson");
	assert_int_equal(access_log_path("store//", out), OK);
	assert_string_equal(out, "store.access.ndjson");
	memset(long_path, 'x', sizeof(long_path));
	long_path[sizeof(long_path) - 5] = '\0';
	assert_int_equal(access_log_path(long_path, out), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_renamed_or_removed_is_made_anew),
		cmocka_unit_test(two_who_write_do_not_write_over_each_other),
		cmocka_unit_test(half_a_line_is_taken_off_and_one_of_before_is_ended),
		cmocka_unit_test(where_it_cannot_be_written_that_is_said),
		cmocka_unit_test(a_store_has_its_log_beside_it),
	};
	signal(SIGXFSZ, SIG_IGN);
	CHECK(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/log", folder);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(folder);
	return failed;
}
