/*
 * tests/unit/daemon/process/landlock_test.c - what can be opened once confined, in a process of
 * its own. In the running daemon it is tried by tests/end-to-end/test_confined.py.
 */
#include "daemon/process/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#include "base/check.h"

static char place[] = "/tmp/landlock-test-XXXXXX";

static const char *at(const char *name)
{
	static char path[256];
	snprintf(path, sizeof(path), "%s/%s", place, name);
	return path;
}

static void file_make(const char *name)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	close(fd);
}

/* A store, a configuration that is a link, what it leads to, and a stranger's file. */
static int place_make(void **state)
{
	static const char *const folders[] = { "store", "etc", "real", "other" };
	(void)state;
	assert_non_null(mkdtemp(place));
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++)
		assert_int_equal(mkdir(at(folders[i]), 0700), 0);
	file_make("store/data");
	file_make("real/conf");
	file_make("real/beside");
	file_make("other/file");
	assert_int_equal(symlink("../real/conf", at("etc/conf")), 0);
	return 0;
}

static int place_remove(void **state)
{
	static const char *const files[] = { "store/data", "store/new", "etc/conf", "real/conf",
		"real/beside", "other/file" };
	static const char *const folders[] = { "store", "etc", "real", "other", "." };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
		(void)unlink(at(files[i]));
	for (size_t i = 0; i + 1 < ARRAY_LENGTH(folders); i++)
		assert_int_equal(rmdir(at(folders[i])), 0);
	return rmdir(place);
}

/* How opening fails once the store and the configuration are all there is; 0: it does not. */
static int open_error(const char *name, int flags)
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct reason reason;
		char store[256], config[256];
		snprintf(store, sizeof(store), "%s", at("store"));
		snprintf(config, sizeof(config), "%s", at("etc/conf"));
		const struct landlock_path paths[] = {
			{ store, LANDLOCK_FOLDER },
			{ config, LANDLOCK_FILE },
		};
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
			landlock_confine(paths, ARRAY_LENGTH(paths), false, &reason) != OK)
			_exit(255);
		int fd = open(at(name), flags | O_CLOEXEC, 0600);
		_exit(fd >= 0 ? 0 : errno);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void the_store_is_written_the_configuration_is_read_and_nothing_else_is_there(void **state)
{
	static const struct {
		const char *name;
		int flags, error;
	} table[] = {
		{ "store/data", O_RDWR, 0 },
		{ "store/new", O_WRONLY | O_CREAT, 0 },
		{ "store", O_RDONLY | O_DIRECTORY, 0 },
		{ "etc/conf", O_RDONLY, 0 },
		{ "etc/conf", O_WRONLY, EACCES },
		{ "etc/new", O_WRONLY | O_CREAT, EACCES },
		{ "etc", O_RDONLY | O_DIRECTORY, EACCES },
		{ "real/conf", O_RDONLY, 0 },
		/* It may be the configuration by the next SIGHUP. */
		{ "real/beside", O_RDONLY, 0 },
		{ "real/beside", O_RDWR, EACCES },
		{ "other/file", O_RDONLY, EACCES },
		{ "other/file", O_WRONLY, EACCES },
		{ "new", O_WRONLY | O_CREAT, EACCES },
		{ ".", O_RDONLY | O_DIRECTORY, EACCES },
	};
	(void)state;
	if (landlock_version() == 0)
		skip();
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		int error = open_error(table[i].name, table[i].flags);
		if (error != table[i].error)
			print_error("%s, flags %x: %s\n", table[i].name, (unsigned)table[i].flags,
				strerror(error));
		assert_int_equal(error, table[i].error);
	}
}

static void a_path_that_is_not_there_is_told(void **state)
{
	const struct landlock_path none[] = { { "/no/such/file", LANDLOCK_FILE } };
	struct reason reason;
	(void)state;
	if (landlock_version() == 0)
		skip();
	assert_int_equal(landlock_confine(none, 1, false, &reason), ERR_IO);
	assert_non_null(strstr(reason.text, "/no/such/file"));
	assert_int_equal(access("/tmp", R_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_store_is_written_the_configuration_is_read_and_nothing_else_is_there),
		cmocka_unit_test(a_path_that_is_not_there_is_told),
	};
	return cmocka_run_group_tests(tests, place_make, place_remove);
}
