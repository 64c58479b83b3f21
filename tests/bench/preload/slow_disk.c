/*
 * tests/bench/preload/slow_disk.c - a disk whose syncs take as long as one is told.
 *
 * Preloaded into ladderd, and into bare LMDB beside it: fdatasync(), and a write to a file
 * that is open with O_DSYNC, take at least SLOW_DISK_US microseconds. On a disk behind a
 * cache, whose sync takes next to nothing, this shows the share of the processor on others.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void begin(struct timespec *begun)
{
	clock_gettime(CLOCK_MONOTONIC, begun);
}

static void end(struct timespec begun)
{
	const char *told = getenv("SLOW_DISK_US");
	begun.tv_nsec += told == NULL ? 0 : atol(told) * 1000;
	begun.tv_sec += begun.tv_nsec / 1000000000;
	begun.tv_nsec %= 1000000000;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &begun, NULL);
}

int fdatasync(int fd)
{
	struct timespec begun;
	begin(&begun);
	int result = (int)syscall(SYS_fdatasync, fd);
	end(begun);
	return result;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at)
{
	struct timespec begun;
	begin(&begun);
	ssize_t result = syscall(SYS_pwrite64, fd, data, length, at);
	if ((fcntl(fd, F_GETFL) & O_DSYNC) != 0)
		end(begun);
	return result;
}
