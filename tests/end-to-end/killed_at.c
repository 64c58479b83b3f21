/*
 * tests/end-to-end/killed_at.c - ends the process between two steps of what it writes.
 *
 * Preloaded into ladderd. The file named by KILLED_AT is a struct order: while `left` is above 0,
 * each time the process comes to the point number `point` counts it down, and at 0 the process
 * ends at once, with 137, as by kill -9: nothing is flushed, no thread goes on. (The filter of
 * system calls lets it kill nobody, not even itself.) Before that it says in `died` where it was.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* test_kills.py reads their names from here. */
#define POINTS(X)                                                                                  \
	X(ANY, "any of these calls")                                                               \
	X(PAGES, "before pages of the store")                                                      \
	X(PAGES_HALF, "in the middle of pages of the store")                                       \
	X(SYNC, "between pages and their sync")                                                    \
	X(HEAD, "between sync and head")                                                           \
	X(HEAD_DONE, "after the head")                                                             \
	X(SUMS, "before the checksums of pages")                                                   \
	X(SUMS_HALF, "in the middle of the checksums")                                             \
	X(SLOT, "before the witness of the head")                                                  \
	X(ANSWER, "between commit and answer")                                                     \
	X(ANSWER_HALF, "in the middle of an answer")                                               \
	X(STATE, "before a file that is replaced is synced")                                       \
	X(NAME, "before it has its name")

#define POINT_ENUM(name, words) POINT_##name,
enum point { POINTS(POINT_ENUM) };

#define PAGE    4096
#define HEADS   (2 * PAGE) /* of data.mdb: LMDB's two heads */
#define SUMS_AT PAGE       /* of data.sums: the checksums; before them those of the head */

struct order {
	int64_t point;
	int64_t left;
	int64_t died; /* 1 + the point */
};

static struct order *order;
static pid_t process; /* the daemon itself: what it forks ends when it does */

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("KILLED_AT");
	int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	void *page = mmap(NULL, sizeof(*order), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	process = getpid();
	if (page != MAP_FAILED)
		order = page;
}

static int is_armed(void)
{
	return order != NULL && __atomic_load_n(&order->left, __ATOMIC_SEQ_CST) > 0 &&
	       getpid() == process;
}

/* True: here the process is to end. */
static int is_due(enum point point)
{
	if (!is_armed() || order->point != (int64_t)point)
		return 0;
	return __atomic_fetch_sub(&order->left, 1, __ATOMIC_SEQ_CST) == 1;
}

static void die(enum point point)
{
	order->died = 1 + (int64_t)point;
	syscall(SYS_exit_group, 137);
}

static void at(enum point point)
{
	if (is_due(POINT_ANY) || is_due(point))
		die(point);
}

static int is_named(int fd, const char *name)
{
	char link[64], path[4096];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof(path) - 1);
	path[length < 0 ? 0 : length] = '\0';
	const char *last = strrchr(path, '/');
	return last != NULL && strcmp(last + 1, name) == 0;
}

static int is_socket(int fd)
{
	struct stat file;
	return fstat(fd, &file) == 0 && S_ISSOCK(file.st_mode);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t place)
{
	int is_data = is_armed() && is_named(fd, "data.mdb"), is_head = place < HEADS;
	int is_sums = !is_data && is_armed() && is_named(fd, "data.sums"),
	    is_slot = place < SUMS_AT;
	enum point half = is_data ? POINT_PAGES_HALF : POINT_SUMS_HALF;
	if (is_data)
		at(is_head ? POINT_HEAD : POINT_PAGES);
	if (is_sums)
		at(is_slot ? POINT_SLOT : POINT_SUMS);
	if (((is_data && !is_head) || (is_sums && !is_slot)) && is_due(half)) {
		(void)!syscall(SYS_pwrite64, fd, data,
			is_data ? length / 2 / PAGE * PAGE : length / 2, place);
		die(half);
	}
	ssize_t done = syscall(SYS_pwrite64, fd, data, length, place);
	if (is_data && is_head)
		at(POINT_HEAD_DONE);
	return done;
}

/* What a library calls that was built for large files; it is the same. */
ssize_t pwrite64(int fd, const void *data, size_t length, off_t place)
{
	return pwrite(fd, data, length, place);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	int is_data = is_armed() && is_named(fd, "data.mdb");
	int is_answer = !is_data && is_armed() && is_socket(fd);
	if (is_data)
		at(POINT_PAGES);
	if (is_answer)
		at(POINT_ANSWER);
	if (is_data && is_due(POINT_PAGES_HALF)) {
		(void)!syscall(SYS_writev, fd, parts, count / 2);
		die(POINT_PAGES_HALF);
	}
	if (is_answer && is_due(POINT_ANSWER_HALF)) {
		(void)!write(fd, parts->iov_base, parts->iov_len / 2);
		die(POINT_ANSWER_HALF);
	}
	return syscall(SYS_writev, fd, parts, count);
}

ssize_t send(int fd, const void *data, size_t length, int flags)
{
	at(POINT_ANSWER);
	if (is_due(POINT_ANSWER_HALF)) {
		(void)!syscall(SYS_sendto, fd, data, length / 2, flags, NULL, 0);
		die(POINT_ANSWER_HALF);
	}
	return syscall(SYS_sendto, fd, data, length, flags, NULL, 0);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	at(POINT_ANSWER);
	if (message->msg_iovlen > 0 && is_due(POINT_ANSWER_HALF)) {
		(void)!write(fd, message->msg_iov->iov_base, message->msg_iov->iov_len / 2);
		die(POINT_ANSWER_HALF);
	}
	return syscall(SYS_sendmsg, fd, message, flags);
}

int fdatasync(int fd)
{
	at(POINT_SYNC);
	return (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
	at(POINT_STATE);
	return (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
	at(POINT_NAME);
	return (int)syscall(SYS_rename, from, to);
}
