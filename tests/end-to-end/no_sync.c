/*
 * tests/end-to-end/no_sync.c - a program that makes nothing durable, and does not know it.
 *
 * Preloaded into ladderd it has the bug that test_system_dies.py is there to find.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

int fsync(int fd)
{
	(void)fd;
	return 0;
}

int fdatasync(int fd)
{
	(void)fd;
	return 0;
}

int msync(void *memory, size_t length, int flags)
{
	(void)memory, (void)length, (void)flags;
	return 0;
}

/* O_SYNC has the bits of O_DSYNC. */
int open(const char *path, int flags, ...)
{
	va_list rest;
	va_start(rest, flags);
	bool creates = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
	int mode = creates ? va_arg(rest, int) : 0;
	va_end(rest);
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags & ~O_SYNC, mode);
}
