/*
 * tests/end-to-end/standing_still.c - a disk that takes for ever, and a clock that goes on.
 *
 * Preloaded into ladderd: as long as the file named by STANDING_STILL exists, what is to be made
 * durable waits, and a line says so; while the one named by AN_HOUR_LATER does, the monotonic
 * clock is an hour ahead.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int is_there(const char *variable)
{
	const char *sign = getenv(variable);
	return sign != NULL && access(sign, F_OK) == 0;
}

int fdatasync(int fd)
{
	const struct timespec moment = { .tv_nsec = 10000000 };
	if (is_there("STANDING_STILL"))
		dprintf(STDERR_FILENO, "the disk stands still\n");
	while (is_there("STANDING_STILL"))
		nanosleep(&moment, NULL);
	return (int)syscall(SYS_fdatasync, fd);
}

int clock_gettime(clockid_t id, struct timespec *out)
{
	long result = syscall(SYS_clock_gettime, id, out);
	if (result == 0 && id == CLOCK_MONOTONIC && is_there("AN_HOUR_LATER"))
		out->tv_sec += 3600;
	return (int)result;
}
