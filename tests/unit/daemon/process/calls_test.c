/*
 * tests/unit/daemon/process/calls_test.c - whether the filter lets connect, in a process of its
 * own. What else it refuses is tried in the running daemon: tests/end-to-end/test_confined.py.
 */
#include "daemon/process/calls.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#include "base/check.h"

/* How connect() fails on no socket, once confined. */
static int connect_error(bool outgoing)
{
	const struct sockaddr_in there = { .sin_family = AF_INET };
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		/* Standard input is no socket. */
		struct reason reason;
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
			calls_confine(outgoing, &reason) != OK)
			_exit(255);
		_exit(connect(0, (const struct sockaddr *)&there, sizeof(there)) == 0 ? 0 : errno);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void nobody_is_called_unless_it_is_outgoing(void **state)
{
	(void)state;
	assert_int_equal(connect_error(false), EPERM);
	assert_int_equal(connect_error(true), ENOTSOCK);
}

/* The filter is made by another process: the pid in it is that of the one that is confined. */
static void who_is_confined_can_abort(void **state)
{
	(void)state;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct reason reason;
		if (calls_confine(false, &reason) != OK)
			_exit(255);
		(void)signal(SIGABRT, SIG_DFL);
		abort();
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

/* A processor that is busy, in each process that is forked: what it counts is not what it did. */
static void busy(void)
{
	struct rusage used;
	do
		(void)getrusage(RUSAGE_SELF, &used);
	while (used.ru_utime.tv_sec + used.ru_stime.tv_sec < 1);
}

static void a_filter_may_take_seconds_of_the_processor(void **state)
{
	(void)state;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct reason reason;
		_exit(pthread_atfork(NULL, NULL, busy) == 0 && calls_confine(false, &reason) == OK
				? 0
				: 1);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_called_unless_it_is_outgoing),
		cmocka_unit_test(who_is_confined_can_abort),
		cmocka_unit_test(a_filter_may_take_seconds_of_the_processor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
