/*
 * tests/end-to-end/failing_disk.c - a disk that fails while a file is there.
 *
 * Preloaded into ladderd: as long as the file named by FAILING_DISK exists,
 * nothing is made durable and fdatasync() says so.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int fdatasync(int fd)
{
	const char *sign = getenv("FAILING_DISK");
	if (sign != NULL && access(sign, F_OK) == 0) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}
