/*
 * tests/helper/kill_at.c - kills a program at one of its system calls.
 *
 *   kill_at N PROGRAM [ARGUMENT...]
 *
 * Runs the program and kills it, with all its threads, as it is about to make its call number N,
 * from 1. Prints how many calls it made before it ended, and ends with 0; with 3 when the program
 * ended by itself before.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"

#define ENDED_BY_ITSELF 3

static void run(char **argv)
{
	CHECK(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
	raise(SIGSTOP);
	execv(argv[0], argv);
	_exit(127);
}

/* Each call stops the program twice: before it and after it. */
static int watch(pid_t child, long kill_at)
{
	const int options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
	long stops = 0;
	int status;
	CHECK(waitpid(child, &status, 0) == child && WIFSTOPPED(status));
	CHECK(ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(long)options) == 0);
	CHECK(ptrace(PTRACE_SYSCALL, child, NULL, NULL) == 0);
	for (;;) {
		pid_t pid = waitpid(-1, &status, __WALL);
		if (pid < 0 && errno == ECHILD)
			break;
		if (pid < 0 || WIFEXITED(status) || WIFSIGNALED(status))
			continue;
		long passed = WSTOPSIG(status);
		if (passed == (SIGTRAP | 0x80)) {
			passed = 0;
			if (++stops / 2 + 1 >= kill_at && stops % 2 == 1) {
				kill(child, SIGKILL);
				break;
			}
		} else if (passed == SIGTRAP || passed == SIGSTOP) {
			passed = 0;
		}
		ptrace(PTRACE_SYSCALL, pid, NULL, (void *)passed);
	}
	while (waitpid(-1, &status, __WALL) > 0)
		continue;
	printf("%ld\n", stops / 2);
	return stops / 2 + 1 >= kill_at ? 0 : ENDED_BY_ITSELF;
}

int main(int argc, char **argv)
{
	CHECK(argc >= 3);
	pid_t child = fork();
	CHECK(child >= 0);
	if (child == 0)
		run(argv + 2);
	return watch(child, strtol(argv[1], NULL, 10));
}
