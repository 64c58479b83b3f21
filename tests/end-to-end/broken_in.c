/*
 * tests/end-to-end/broken_in.c - code of a stranger within ladderd.
 *
 * Preloaded into it. As soon as the file named by BROKEN_IN is there it tries, in the thread of
 * the committer and in that of the loop, what BROKEN_IN_TRIES says: the name of one attempt, or
 * "all" that do not end the process. Each is a line on standard error: "broken in THREAD: NAME
 * ERRNO", 0 when it was let. With BROKEN_IN_FREE it tries at once, before anything is confined.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static const struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = 0x5000 };
static char page[4096] __attribute__((aligned(4096)));

/* Paths: of the configuration, which is beside the store, and of a file beside it. */
static const char *config(void)
{
	return getenv("BROKEN_IN_CONFIG");
}

static const char *beside(const char *name)
{
	static _Thread_local char path[4096];
	snprintf(path, sizeof(path), "%s.%s", config(), name);
	return path;
}

static const char *stored(const char *name)
{
	static _Thread_local char paths[2][4096];
	static _Thread_local unsigned turn;
	char *path = paths[turn++ % 2];
	snprintf(path, 4096, "%s/%s", getenv("BROKEN_IN_STORE"), name);
	return path;
}

static const char *parent_file(const char *name)
{
	static _Thread_local char path[64];
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)getppid(), name);
	return path;
}

static long closed(long fd)
{
	return fd < 0 ? -1 : close((int)fd);
}

static long opened(const char *path, int flags)
{
	return closed(open(path, flags | O_CLOEXEC, 0600));
}

static long try_fork(void)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	return pid;
}

static long try_run_page(void)
{
	return mprotect(page, sizeof(page), PROT_READ | PROT_EXEC);
}

static long try_map_code(void)
{
	void *code = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, 0, 0);
	return code == MAP_FAILED ? -1 : munmap(code, 4096);
}

static long try_socket(int family, int type)
{
	return closed(socket(family, type, 0));
}

static long try_pair(void)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		return -1;
	close(pair[0]);
	return close(pair[1]);
}

static long try_fast_open(void)
{
	struct msghdr message = { .msg_name = (void *)&there, .msg_namelen = sizeof(there) };
	return sendmsg(0, &message, MSG_FASTOPEN);
}

static long try_clone3(void)
{
	char none[8] = { 0 };
	return syscall(SYS_clone3, none, sizeof(none));
}

/* What the daemon itself does with its store, and what will rewrite it. */
static long try_store(void)
{
	int fd = open(stored("try"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int folder = open(stored("."), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long bad = fd < 0 || folder < 0 || write(fd, "x", 1) != 1 || ftruncate(fd, 0) != 0 ||
		   fsync(fd) != 0 || rename(stored("try"), stored("tried")) != 0 ||
		   fsync(folder) != 0 || unlink(stored("tried")) != 0;
	closed(fd);
	closed(folder);
	return -bad;
}

struct attempt {
	const char *name;
	long (*make)(void);
};

#define ATTEMPT(name, expression)                                                                  \
	static long name(void)                                                                     \
	{                                                                                          \
		return expression;                                                                 \
	}
ATTEMPT(read_outside, opened("/etc/passwd", O_RDONLY))
ATTEMPT(read_other_process, opened(parent_file("environ"), O_RDONLY))
ATTEMPT(write_config, opened(config(), O_WRONLY))
ATTEMPT(cut_config, opened(config(), O_WRONLY | O_TRUNC))
ATTEMPT(remove_config, unlink(beside("old")))
ATTEMPT(make_beside_store, opened(beside("made"), O_WRONLY | O_CREAT))
ATTEMPT(list_outside, opened("/etc", O_RDONLY | O_DIRECTORY))
ATTEMPT(move_out_of_store, rename(stored("loot"), beside("loot")))
ATTEMPT(make_folder, mkdir(beside("folder"), 0700))
ATTEMPT(link_store, link(stored("data.mdb"), beside("link")))
ATTEMPT(open_rights, chmod(config(), 0666))
ATTEMPT(connect_out, connect(0, (const struct sockaddr *)&there, sizeof(there)))
ATTEMPT(send_to, sendto(0, "x", 1, 0, (const struct sockaddr *)&there, sizeof(there)))
ATTEMPT(listen_elsewhere, bind(0, (const struct sockaddr *)&there, sizeof(there)))
ATTEMPT(socket_inet, try_socket(AF_INET, SOCK_STREAM))
ATTEMPT(socket_datagram, try_socket(AF_INET, SOCK_DGRAM))
ATTEMPT(socket_inet6, try_socket(AF_INET6, SOCK_STREAM))
ATTEMPT(socket_unix, try_socket(AF_UNIX, SOCK_STREAM))
ATTEMPT(socket_netlink, try_socket(AF_NETLINK, SOCK_RAW))
ATTEMPT(signal_parent, kill(getppid(), 0))
ATTEMPT(signal_by_thread, syscall(SYS_tgkill, getppid(), getppid(), 0))
ATTEMPT(new_spaces, unshare(CLONE_FILES))
ATTEMPT(be_another, setuid(getuid()))
ATTEMPT(memory_file, closed(memfd_create("x", 0)))
ATTEMPT(ring, closed(syscall(SYS_io_uring_setup, 0, NULL)))
ATTEMPT(be_dumped, prctl(PR_SET_DUMPABLE, 1, 0, 0, 0))
ATTEMPT(type_for_others, ioctl(-1, TIOCSTI, "x"))
ATTEMPT(unknown_call, syscall(4095))
ATTEMPT(run, execle("/bin/true", "true", (char *)NULL, (char *const[]){ NULL }))
ATTEMPT(run_opened, syscall(SYS_execveat, -1, "/bin/true", NULL, NULL, 0))
ATTEMPT(trace, ptrace(PTRACE_ATTACH, 0, NULL, NULL))
ATTEMPT(read_memory, process_vm_readv(getppid(), NULL, 0, NULL, 0, 0))

static const struct attempt attempts[] = {
	{ "read_outside", read_outside },
	{ "read_other_process", read_other_process },
	{ "write_config", write_config },
	{ "cut_config", cut_config },
	{ "remove_config", remove_config },
	{ "make_beside_store", make_beside_store },
	{ "list_outside", list_outside },
	{ "move_out_of_store", move_out_of_store },
	{ "make_folder", make_folder },
	{ "link_store", link_store },
	{ "open_rights", open_rights },
	{ "connect_out", connect_out },
	{ "send_to", send_to },
	{ "fast_open", try_fast_open },
	{ "listen_elsewhere", listen_elsewhere },
	{ "socket_inet", socket_inet },
	{ "socket_datagram", socket_datagram },
	{ "socket_inet6", socket_inet6 },
	{ "socket_unix", socket_unix },
	{ "socket_netlink", socket_netlink },
	{ "pair", try_pair },
	{ "fork", try_fork },
	{ "clone3", try_clone3 },
	{ "run_page", try_run_page },
	{ "map_code", try_map_code },
	{ "signal_parent", signal_parent },
	{ "signal_by_thread", signal_by_thread },
	{ "new_spaces", new_spaces },
	{ "be_another", be_another },
	{ "memory_file", memory_file },
	{ "ring", ring },
	{ "be_dumped", be_dumped },
	{ "type_for_others", type_for_others },
	{ "unknown_call", unknown_call },
	{ "store", try_store },
};
static const struct attempt deadly[] = {
	{ "run", run },
	{ "run_opened", run_opened },
	{ "trace", trace },
	{ "read_memory", read_memory },
};

static void make(const char *thread, const struct attempt *attempt)
{
	errno = 0;
	long result = attempt->make();
	dprintf(STDERR_FILENO, "broken in %s: %s %d\n", thread, attempt->name,
		result < 0 ? errno : 0);
}

static void attempts_make(const char *thread)
{
	const char *tries = getenv("BROKEN_IN_TRIES");
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		if (strcmp(tries, "all") == 0)
			make(thread, &attempts[i]);
	}
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++) {
		if (strcmp(tries, deadly[i].name) == 0)
			make(thread, &deadly[i]);
	}
	dprintf(STDERR_FILENO, "broken in %s: end 0\n", thread);
}

static void enter(const char *thread, atomic_flag *been)
{
	const char *sign = getenv("BROKEN_IN");
	if (sign == NULL || access(sign, F_OK) != 0 || atomic_flag_test_and_set(been))
		return;
	attempts_make(thread);
}

__attribute__((constructor)) static void start(void)
{
	if (getenv("BROKEN_IN_FREE") != NULL)
		attempts_make("free");
}

int fdatasync(int fd)
{
	static atomic_flag been = ATOMIC_FLAG_INIT;
	enter("committer", &been);
	return (int)syscall(SYS_fdatasync, fd);
}

int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
	static atomic_flag been = ATOMIC_FLAG_INIT;
	enter("loop", &been);
	return (int)syscall(SYS_accept4, fd, address, length, flags);
}
