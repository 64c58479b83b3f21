/*
 * daemon/process/opener.c - see opener.h.
 */
#include "daemon/process/opener.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"

/* A message has an error of errno, or 0 and beside it a descriptor. */
union descriptor_space {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static bool reply_send(int socket, int fd, int error)
{
	union descriptor_space space = { .bytes = { 0 } };
	struct iovec part = { .iov_base = &error, .iov_len = sizeof(error) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	if (fd >= 0) {
		message.msg_control = &space;
		message.msg_controllen = sizeof(space);
		struct cmsghdr *head = CMSG_FIRSTHDR(&message);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	}
	return sendmsg(socket, &message, MSG_NOSIGNAL) == sizeof(error);
}

/* All that the other process ever does. Nothing that is asked gets further than this. */
static void open_for_ever(
	int socket, int (*open_file)(void *context, const char *path), const char *path)
{
	char asked;
	bool goes_on = true;
	while (goes_on) {
		ssize_t length = read(socket, &asked, 1);
		if (length < 0 && errno == EINTR)
			continue;
		if (length != 1)
			break;
		int fd = open_file(NULL, path);
		goes_on = reply_send(socket, fd, fd < 0 ? errno : 0);
		if (fd >= 0)
			close(fd);
	}
	_exit(EXIT_SUCCESS);
}

/* Closes all but the one, which gets the number 0. */
static int alone(int socket)
{
	if (dup2(socket, STDIN_FILENO) < 0 || close_range(STDIN_FILENO + 1, ~0U, 0) != 0)
		_exit(EXIT_FAILURE);
	return STDIN_FILENO;
}

enum err opener_start(struct opener *opener, int (*open_file)(void *context, const char *path),
	const char *path, struct reason *reason)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return fail(reason, ERR_IO, "no socket for the access log: %s", strerror(errno));
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NAME, "ladderd-opener");
		open_for_ever(alone(ends[1]), open_file, path);
	}
	close(ends[1]);
	if (pid < 0) {
		int error = errno;
		close(ends[0]);
		return fail(reason, ERR_IO, "no process for the access log: %s", strerror(error));
	}
	*opener = (struct opener){ .socket = ends[0], .pid = pid };
	return OK;
}

int opener_open(struct opener *opener)
{
	static const char ask = 'o';
	union descriptor_space space;
	int error = 0, fd = -1;
	struct iovec part = { .iov_base = &error, .iov_len = sizeof(error) };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &space,
		.msg_controllen = sizeof(space) };
	ssize_t length;
	if (send(opener->socket, &ask, 1, MSG_NOSIGNAL) != 1)
		return -1;
	do
		length = recvmsg(opener->socket, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
	while (length < 0 && errno == EINTR);
	struct cmsghdr *head = length > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	if (head != NULL && head->cmsg_type == SCM_RIGHTS && head->cmsg_len == CMSG_LEN(sizeof(fd)))
		memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	if (fd < 0)
		errno = length == sizeof(error) && error != 0 ? error : EPIPE;
	return fd;
}

void opener_stop(struct opener *opener)
{
	if (opener->socket < 0)
		return;
	close(opener->socket);
	opener->socket = -1;
	while (waitpid(opener->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}
