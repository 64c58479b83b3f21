/*
 * tests/unit/base/guard_test.c - files that others can write or read.
 */
#include "base/guard.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define NOBODY 65534

struct place {
	char folder[40];
	char file[64];
};

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	snprintf(place->folder, sizeof(place->folder), "/tmp/guard-test-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->file, sizeof(place->file), "%s/file", place->folder);
	int fd = open(place->file, O_RDWR | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	close(fd);
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;
	unlink(place->file);
	rmdir(place->folder);
	free(place);
	return 0;
}

static enum err look(const struct place *place, mode_t mode, enum guard guard)
{
	struct reason reason = { "" };
	assert_int_equal(chmod(place->file, mode), 0);
	int fd = open(place->file, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	enum err err = guard_file(fd, guard, "the token file", place->file, &reason);
	close(fd);
	if (err != OK) {
		assert_non_null(strstr(reason.text, "the token file"));
		assert_non_null(strstr(reason.text, place->file));
	}
	return err;
}

static void a_file_that_others_can_write_is_refused(void **state)
{
	static const struct {
		mode_t mode;
		enum err write, secret;
	} rows[] = {
		{ 0600, OK, OK },
		{ 0400, OK, OK },
		{ 0700, OK, OK },
		{ 0640, OK, ERR_INVALID },
		{ 0604, OK, ERR_INVALID },
		{ 0644, OK, ERR_INVALID },
		{ 0620, ERR_INVALID, ERR_INVALID },
		{ 0602, ERR_INVALID, ERR_INVALID },
		{ 0666, ERR_INVALID, ERR_INVALID },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(look(*state, rows[i].mode, GUARD_WRITE), rows[i].write);
		assert_int_equal(look(*state, rows[i].mode, GUARD_SECRET), rows[i].secret);
	}
}

static void a_file_of_a_stranger_is_refused(void **state)
{
	struct place *place = *state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(place->file, NOBODY, (gid_t)-1), 0);
	assert_int_equal(look(place, 0600, GUARD_WRITE), ERR_INVALID);
	assert_int_equal(chown(place->file, 0, (gid_t)-1), 0);
	assert_int_equal(look(place, 0600, GUARD_WRITE), OK);
}

static void what_is_no_file_is_let_through(void **state)
{
	(void)state;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(guard_file(fd, GUARD_SECRET, "the token file", "/dev/null", NULL), OK);
	close(fd);
}

static mode_t mode_of(const char *path)
{
	struct stat stat_of;
	assert_int_equal(stat(path, &stat_of), 0);
	return stat_of.st_mode & 07777;
}

static void a_folder_that_others_can_read_is_tightened(void **state)
{
	struct place *place = *state;
	struct reason reason = { "" };
	bool tightened = true;
	assert_int_equal(guard_folder(place->folder, "the store", &tightened, &reason), OK);
	assert_false(tightened);
	assert_int_equal(chmod(place->folder, 0755), 0);
	assert_int_equal(chmod(place->file, 0644), 0);
	assert_int_equal(guard_folder(place->folder, "the store", &tightened, &reason), OK);
	assert_true(tightened);
	assert_int_equal(mode_of(place->folder), 0700);
	assert_int_equal(mode_of(place->file), 0600);
}

static void a_folder_with_anything_that_others_can_write_is_refused_untouched(void **state)
{
	struct place *place = *state;
	struct reason reason = { "" };
	bool tightened = true;
	assert_int_equal(chmod(place->folder, 0755), 0);
	assert_int_equal(chmod(place->file, 0660), 0);
	assert_int_equal(
		guard_folder(place->folder, "the store", &tightened, &reason), ERR_INVALID);
	assert_non_null(strstr(reason.text, "the store"));
	assert_int_equal(mode_of(place->folder), 0755);
	assert_int_equal(chmod(place->file, 0600), 0);
	assert_int_equal(chmod(place->folder, 0720), 0);
	assert_int_equal(
		guard_folder(place->folder, "the store", &tightened, &reason), ERR_INVALID);
}

static void a_folder_that_is_not_there_is_in_order(void **state)
{
	(void)state;
	bool tightened = true;
	assert_int_equal(guard_folder("/nowhere/at/all", "the store", &tightened, NULL), OK);
	assert_false(tightened);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_file_that_others_can_write_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_of_a_stranger_is_refused, setup, teardown),
		cmocka_unit_test(what_is_no_file_is_let_through),
		cmocka_unit_test_setup_teardown(
			a_folder_that_others_can_read_is_tightened, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_folder_with_anything_that_others_can_write_is_refused_untouched, setup,
			teardown),
		cmocka_unit_test(a_folder_that_is_not_there_is_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
