/*
 * tests/unit/daemon/process/opener_test.c - another process opens the one file, and ends with ours.
 */
#include "base/check.h"
#include "daemon/process/opener.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/opener-XXXXXX/log";

static int open_it(void *context, const char *name)
{
	(void)context;
	return open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static void it_opens_and_makes_its_file_as_often_as_it_is_asked(void **state)
{
	struct opener opener;
	struct reason reason;
	char text[8] = "";
	(void)state;
	assert_int_equal(opener_start(&opener, open_it, path, &reason), OK);
	for (int i = 0; i < 3; i++) {
		int fd = opener_open(&opener);
		assert_true(fd >= 0);
		assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
		assert_int_equal(write(fd, "abc", 3), 3);
		close(fd);
		fd = open(path, O_RDONLY);
		assert_int_equal(read(fd, text, sizeof(text)), 3);
		close(fd);
		assert_int_equal(unlink(path), 0);
	}
	opener_stop(&opener);
	assert_int_equal(kill(opener.pid, 0), -1);
	opener_stop(&opener);
}

static void what_hinders_it_is_told_and_so_is_its_end(void **state)
{
	struct opener opener;
	struct reason reason;
	(void)state;
	assert_int_equal(opener_start(&opener, open_it, "/nowhere/log", &reason), OK);
	assert_int_equal(opener_open(&opener), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(kill(opener.pid, SIGKILL), 0);
	/* The first may have been taken, and is not answered; the next finds nobody. */
	assert_int_equal(opener_open(&opener), -1);
	assert_int_equal(opener_open(&opener), -1);
	assert_int_equal(errno, EPIPE);
	opener_stop(&opener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_opens_and_makes_its_file_as_often_as_it_is_asked),
		cmocka_unit_test(what_hinders_it_is_told_and_so_is_its_end),
	};
	char *slash = path + sizeof(path) - sizeof("/log");
	*slash = '\0';
	CHECK(mkdtemp(path) != NULL);
	*slash = '/';
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	*slash = '\0';
	rmdir(path);
	return failed;
}
