/*
 * daemon/process/calls.c - see calls.h.
 *
 * The filter is libseccomp's; it knows the numbers of each architecture, and passes over a call
 * that the one at hand does not have.
 */
#include "daemon/process/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41 /* of newer C libraries: the name of a piece of memory */
#endif

/* Whatever their arguments. What files they reach is Landlock's matter. */
static const int allowed[] = {
	/* files: the store, the configuration, certificates */
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(close), SCMP_SYS(close_range), SCMP_SYS(read),
	SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(preadv), SCMP_SYS(write), SCMP_SYS(writev),
	SCMP_SYS(pwrite64), SCMP_SYS(pwritev), SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(stat),
	SCMP_SYS(fstat), SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(fstatat64),
	SCMP_SYS(fstat64), SCMP_SYS(statx), SCMP_SYS(statfs), SCMP_SYS(fstatfs), SCMP_SYS(access),
	SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
	SCMP_SYS(getcwd), SCMP_SYS(getdents64), SCMP_SYS(fcntl), SCMP_SYS(fcntl64), SCMP_SYS(flock),
	SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(fadvise64), SCMP_SYS(fsync),
	SCMP_SYS(fdatasync), SCMP_SYS(sync_file_range), SCMP_SYS(unlink), SCMP_SYS(unlinkat),
	SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(umask), SCMP_SYS(dup),
	SCMP_SYS(dup2), SCMP_SYS(dup3),
	/* memory; mmap and mprotect are below */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(msync),
	SCMP_SYS(membarrier),
	/* connections that were accepted, and sockets that were there at the start */
	SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(listen), SCMP_SYS(shutdown),
	SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(getsockname), SCMP_SYS(getpeername),
	SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(epoll_create1), SCMP_SYS(epoll_create),
	SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(eventfd2),
	SCMP_SYS(pipe2), SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime), SCMP_SYS(signalfd4),
	SCMP_SYS(sendfile),
	/* threads, signals, time */
	SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(get_robust_list), SCMP_SYS(rseq),
	SCMP_SYS(set_tid_address), SCMP_SYS(gettid), SCMP_SYS(getpid), SCMP_SYS(getppid),
	SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_getparam),
	SCMP_SYS(sched_getscheduler), SCMP_SYS(getpriority), SCMP_SYS(setpriority),
	SCMP_SYS(getcpu), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigpending),
	SCMP_SYS(rt_sigtimedwait), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall),
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	/* who and where it is, and chance */
	SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
	SCMP_SYS(getrusage), SCMP_SYS(times), SCMP_SYS(uname), SCMP_SYS(sysinfo),
	SCMP_SYS(getrandom),
	/* the end of the process that opens the access log */
	SCMP_SYS(wait4), SCMP_SYS(waitid)
};

/* Known, and not for this process. */
static const int refused[] = {
	/* processes of its own; new threads are below */
	SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setreuid),
	SCMP_SYS(setregid), SCMP_SYS(setresuid), SCMP_SYS(setresgid), SCMP_SYS(setgroups),
	SCMP_SYS(capset), SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(kill), SCMP_SYS(tkill),
	SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(pidfd_open), SCMP_SYS(pidfd_getfd),
	SCMP_SYS(pidfd_send_signal), SCMP_SYS(personality),
	/* sockets of its own */
	SCMP_SYS(bind), SCMP_SYS(socketcall),
	/* code from elsewhere, and other ways to the same calls */
	SCMP_SYS(memfd_create), SCMP_SYS(memfd_secret), SCMP_SYS(userfaultfd),
	SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register),
	SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(modify_ldt), SCMP_SYS(shmat),
	SCMP_SYS(remap_file_pages), SCMP_SYS(init_module), SCMP_SYS(finit_module),
	SCMP_SYS(kexec_load),
	/* rights and names of files, and other systems of files */
	SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat), SCMP_SYS(chown), SCMP_SYS(fchown),
	SCMP_SYS(lchown), SCMP_SYS(fchownat), SCMP_SYS(setxattr), SCMP_SYS(fsetxattr),
	SCMP_SYS(link), SCMP_SYS(linkat), SCMP_SYS(symlink), SCMP_SYS(symlinkat), SCMP_SYS(mknod),
	SCMP_SYS(mknodat), SCMP_SYS(truncate), SCMP_SYS(utimensat), SCMP_SYS(mount),
	SCMP_SYS(umount2), SCMP_SYS(move_mount), SCMP_SYS(open_tree), SCMP_SYS(fsopen),
	SCMP_SYS(chroot), SCMP_SYS(pivot_root), SCMP_SYS(open_by_handle_at),
	SCMP_SYS(fanotify_init), SCMP_SYS(quotactl),
	/* the machine */
	SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(sethostname),
	SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(clock_adjtime),
	SCMP_SYS(adjtimex), SCMP_SYS(syslog), SCMP_SYS(acct), SCMP_SYS(add_key),
	SCMP_SYS(request_key), SCMP_SYS(keyctl), SCMP_SYS(iopl), SCMP_SYS(ioperm)
};

/* Only who has broken in. */
static const int deadly[] = {
	SCMP_SYS(execve),
	SCMP_SYS(execveat),
	SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
};

/*
 * Of the processor, to make a filter. It takes milliseconds, but a virtual machine may count as
 * used what its host gave to others.
 */
#define FILTER_SECONDS 10
#define ROOM_PIECE     (64 << 10)
#define ROOM_PIECES    64 /* 4 MiB: more than a filter takes */

#define REFUSE SCMP_ACT_ERRNO(EPERM)
/*
 * What is on no list. CFLAGS=-DCALLS_ABSENT=SCMP_ACT_KILL_PROCESS makes a program that the tests
 * show to need a call that is missing: it dies of it.
 */
#ifndef CALLS_ABSENT
#define CALLS_ABSENT SCMP_ACT_ERRNO(ENOSYS)
#endif

/* The rules of a filter; remembers the first that failed. */
struct rules {
	scmp_filter_ctx filter;
	uint32_t absent; /* what becomes of a call that has none */
	pid_t self;      /* the process that it is for */
	int error;
};

static void rule(struct rules *rules, uint32_t action, int call, unsigned count,
	const struct scmp_arg_cmp *arguments)
{
	/* The library refuses a rule that says what holds without it. */
	if (rules->error == 0 && action != rules->absent)
		rules->error =
			seccomp_rule_add_array(rules->filter, action, call, count, arguments);
}

static void rule_each(struct rules *rules, uint32_t action, const int *calls, size_t count)
{
	for (size_t i = 0; i < count; i++)
		rule(rules, action, calls[i], 0, NULL);
}

/* Does `action` when argument `place`, but for bits that are not in `mask`, is `value`. */
static void rule_bits(struct rules *rules, uint32_t action, int call, unsigned place, uint64_t mask,
	uint64_t value)
{
	const struct scmp_arg_cmp same = SCMP_CMP64(place, SCMP_CMP_MASKED_EQ, mask, value);
	rule(rules, action, call, 1, &same);
}

/* Allows a call when argument `place` is `value`, else refuses it. */
static void rule_only(struct rules *rules, int call, unsigned place, uint64_t value)
{
	const struct scmp_arg_cmp same = SCMP_CMP64(place, SCMP_CMP_EQ, value, 0);
	const struct scmp_arg_cmp other = SCMP_CMP64(place, SCMP_CMP_NE, value, 0);
	rule(rules, SCMP_ACT_ALLOW, call, 1, &same);
	rule(rules, REFUSE, call, 1, &other);
}

/* Refuses a call with that bit in argument `place`, else allows it. */
static void rule_without(struct rules *rules, int call, unsigned place, uint64_t bit)
{
	rule_bits(rules, SCMP_ACT_ALLOW, call, place, bit, 0);
	rule_bits(rules, REFUSE, call, place, bit, bit);
}

/* Memory that is run is made by nobody: there is no new code. */
static void rules_memory(struct rules *rules)
{
	static const int calls[] = { SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect) };
	for (size_t i = 0; i < ARRAY_LENGTH(calls); i++)
		rule_without(rules, calls[i], 2, PROT_EXEC);
}

/* Threads, and no processes. What clone3() is asked for no filter sees: libc does without. */
static void rules_threads(struct rules *rules)
{
	const uint64_t thread = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
	const uint64_t spaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
				CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
	rule_bits(rules, SCMP_ACT_ALLOW, SCMP_SYS(clone), 0, thread | spaces, thread);
	rule_bits(rules, REFUSE, SCMP_SYS(clone), 0, CLONE_THREAD, 0);
	rule(rules, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0, NULL);
	/* abort() */
	rule_only(rules, SCMP_SYS(tgkill), 0, (uint64_t)rules->self);
}

/* Who sends may neither name an address nor, with the first bytes, connect. */
static void rules_sockets(struct rules *rules, bool outgoing)
{
	static const uint64_t families[] = { AF_UNIX, AF_INET, AF_INET6 };
	if (outgoing) {
		rule(rules, SCMP_ACT_ALLOW, SCMP_SYS(connect), 0, NULL);
		/* A name is looked up in a thread of its own, both kinds of address at once. */
		rule(rules, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 0, NULL);
		rule(rules, SCMP_ACT_ALLOW, SCMP_SYS(sendmmsg), 0, NULL);
		for (size_t i = 0; i < ARRAY_LENGTH(families); i++)
			rule_bits(rules, SCMP_ACT_ALLOW, SCMP_SYS(socket), 0, UINT64_MAX,
				families[i]);
	} else {
		rule(rules, REFUSE, SCMP_SYS(connect), 0, NULL);
		rule(rules, REFUSE, SCMP_SYS(socket), 0, NULL);
		rule(rules, REFUSE, SCMP_SYS(socketpair), 0, NULL);
		rule(rules, REFUSE, SCMP_SYS(sendmmsg), 0, NULL);
	}
	rule_only(rules, SCMP_SYS(sendto), 4, 0);
	rule(rules, SCMP_ACT_ALLOW, SCMP_SYS(send), 0, NULL);
	rule_without(rules, SCMP_SYS(sendmsg), 2, MSG_FASTOPEN);
}

/* Of calls that do many things, those that are needed. */
static void rules_narrow(struct rules *rules)
{
	static const uint64_t controls[] = { FIONBIO, FIONREAD, TCGETS };
	static const uint64_t settings[] = { PR_SET_NAME, PR_SET_VMA };
	const struct scmp_arg_cmp own_limit[] = {
		SCMP_CMP64(0, SCMP_CMP_EQ, 0, 0), /* this process */
		SCMP_CMP64(2, SCMP_CMP_EQ, 0, 0), /* no new limit */
	};
	for (size_t i = 0; i < ARRAY_LENGTH(controls); i++)
		rule_bits(rules, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, UINT32_MAX, controls[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(settings); i++)
		rule_bits(rules, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 0, UINT32_MAX, settings[i]);
	rule(rules, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), ARRAY_LENGTH(own_limit), own_limit);
	rule(rules, SCMP_ACT_ALLOW, SCMP_SYS(getrlimit), 0, NULL);
	rule(rules, SCMP_ACT_ALLOW, SCMP_SYS(ugetrlimit), 0, NULL);
}

static void set(struct rules *rules, enum scmp_filter_attr attribute, uint32_t value)
{
	if (rules->error == 0)
		rules->error = seccomp_attr_set(rules->filter, attribute, value);
}

/*
 * Has the allocator get the memory for a filter before it is made: libseccomp does not look whether
 * there was any, and leaves rules out. The last piece stays, or all would be given back.
 */
static bool room_make(void)
{
	void *pieces[ROOM_PIECES] = { NULL };
	bool good = true;
	for (size_t i = 0; i < ROOM_PIECES && good; i++)
		good = (pieces[i] = malloc(ROOM_PIECE)) != NULL;
	for (size_t i = 0; i + 1 < ROOM_PIECES; i++)
		free(pieces[i]);
	return good;
}

/* Makes the filter and writes its program to `fd`. Returns an errno; 0: it is there. */
static int filter_write(bool outgoing, pid_t self, int fd)
{
	struct rules rules = {
		.absent = CALLS_INSTRUMENTED ? SCMP_ACT_ALLOW : CALLS_ABSENT,
		.self = self,
	};
	rules.filter = seccomp_init(rules.absent);
	if (rules.filter == NULL || !room_make())
		return ENOMEM;
	set(&rules, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	set(&rules, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (CALLS_INSTRUMENTED && !outgoing)
		rule(&rules, REFUSE, SCMP_SYS(connect), 0, NULL);
	if (!CALLS_INSTRUMENTED) {
		rule_each(&rules, SCMP_ACT_ALLOW, allowed, ARRAY_LENGTH(allowed));
		rule_each(&rules, REFUSE, refused, ARRAY_LENGTH(refused));
		rule_each(&rules, SCMP_ACT_KILL_PROCESS, deadly, ARRAY_LENGTH(deadly));
		rules_memory(&rules);
		rules_threads(&rules);
		rules_sockets(&rules, outgoing);
		rules_narrow(&rules);
	}
	if (rules.error == 0)
		rules.error = seccomp_export_bpf(rules.filter, fd);
	seccomp_release(rules.filter);
	return -rules.error;
}

/* A program of the kernel's machine for filters. */
struct program {
	struct sock_filter steps[BPF_MAXINSNS];
	size_t length; /* bytes */
};

static void program_read(int fd, struct program *out)
{
	ssize_t got;
	out->length = 0;
	do {
		got = read(
			fd, (uint8_t *)out->steps + out->length, sizeof(out->steps) - out->length);
		if (got > 0)
			out->length += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
}

/*
 * Another process makes it: without memory libseccomp may end by a signal, or not at all. Returns
 * an errno, and has the program when that is 0.
 */
static int program_make(bool outgoing, struct program *out)
{
	int ends[2], status;
	const pid_t self = getpid();
	if (pipe2(ends, O_CLOEXEC) != 0)
		return errno;
	pid_t child = fork();
	if (child < 0) {
		int error = errno;
		close(ends[0]);
		close(ends[1]);
		return error;
	}
	if (child == 0) {
		const struct rlimit limit = { FILTER_SECONDS, FILTER_SECONDS };
		close(ends[0]);
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || setrlimit(RLIMIT_CPU, &limit) != 0)
			_exit(errno);
		_exit(filter_write(outgoing, self, ends[1]));
	}
	close(ends[1]);
	program_read(ends[0], out);
	close(ends[0]);
	while (waitpid(child, &status, 0) != child) {
		if (errno != EINTR)
			return errno;
	}
	if (!WIFEXITED(status))
		return ENOMEM;
	if (WEXITSTATUS(status) != 0)
		return WEXITSTATUS(status);
	return out->length > 0 && out->length % sizeof(out->steps[0]) == 0 ? 0 : EIO;
}

/* For all threads, for good. Returns an errno. */
static int program_load(struct program *program)
{
	struct sock_fprog filter = {
		.len = (unsigned short)(program->length / sizeof(program->steps[0])),
		.filter = program->steps,
	};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return errno;
	long code =
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
	/* Above 0: the thread that has another filter. */
	return code == 0 ? 0 : code > 0 ? EBUSY : errno;
}

enum err calls_confine(bool outgoing, struct reason *reason)
{
	static struct program program, again;
	int error = program_make(outgoing, &program);
	/* One that was made without memory may lack a rule, and nothing says so. */
	if (error == 0)
		error = program_make(outgoing, &again);
	if (error == 0 && (program.length != again.length ||
				  memcmp(program.steps, again.steps, program.length) != 0))
		error = ENOMEM;
	/* EFAULT: what libseccomp says of a mistake in itself, which it makes without memory. */
	if (error == ENOMEM || error == EAGAIN || error == EFAULT)
		return fail(reason, ERR_FULL,
			"there is no memory, or no time, to make the filter of calls");
	if (error == 0)
		error = program_load(&program);
	if (error != 0)
		return fail(
			reason, ERR_IO, "the kernel takes no filter of calls: %s", strerror(error));
	return OK;
}
