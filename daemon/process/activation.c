/*
 * daemon/process/activation.c - see activation.h.
 */
#include "daemon/process/activation.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"

#define FIRST_FD 3

/* A whole number from 0 to INT_MAX in a variable; -1: there is none. */
static int number_of(const char *variable)
{
	const char *value = getenv(variable);
	char *end;
	if (value == NULL || *value < '0' || *value > '9')
		return -1;
	unsigned long number = strtoul(value, &end, 10);
	return *end == '\0' && number <= INT_MAX ? (int)number : -1;
}

static bool listens_for_tcp(int fd)
{
	struct sockaddr_storage address;
	int type = 0, listening = 0;
	socklen_t type_size = sizeof(type), listening_size = sizeof(listening);
	socklen_t address_size = sizeof(address);
	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0 && type == SOCK_STREAM &&
	       getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &listening_size) == 0 &&
	       listening != 0 && getsockname(fd, (struct sockaddr *)&address, &address_size) == 0 &&
	       (address.ss_family == AF_INET || address.ss_family == AF_INET6);
}

/* Gives the next socket the place of its name. */
static enum err take(
	int fd, const char *name, size_t length, struct activation *out, struct reason *reason)
{
	static const char *const names[] = { "http", "stream" };
	int *const places[] = { &out->http, &out->stream };
	size_t at = 0;
	while (at < ARRAY_LENGTH(names) &&
		(strlen(names[at]) != length || memcmp(names[at], name, length) != 0))
		at++;
	if (at == ARRAY_LENGTH(names))
		return fail(reason, ERR_INVALID,
			"socket %d that was handed over is named %.*s; FileDescriptorName= must be "
			"http or stream",
			fd, length > 64 ? 64 : (int)length, name);
	if (!listens_for_tcp(fd))
		return fail(reason, ERR_INVALID,
			"socket %d that was handed over as %s does not listen for TCP", fd,
			names[at]);
	if (*places[at] >= 0)
		return fail(reason, ERR_INVALID,
			"two sockets were handed over as %s; each door has one", names[at]);
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
		fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		return fail(
			reason, ERR_INVALID, "socket %d that was handed over cannot be used", fd);
	*places[at] = fd;
	return OK;
}

enum err activation_take(struct activation *out, struct reason *reason)
{
	int count = number_of("LISTEN_PID") == getpid() ? number_of("LISTEN_FDS") : 0;
	const char *names = getenv("LISTEN_FDNAMES");
	struct activation found = { -1, -1 };
	enum err err = OK;
	for (int i = 0; i < count && err == OK; i++) {
		size_t length = names == NULL ? 0 : strcspn(names, ":");
		err = take(FIRST_FD + i, names == NULL ? "" : names, length, &found, reason);
		if (names != NULL)
			names += length + (names[length] == ':');
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	if (err == OK)
		*out = found;
	return err;
}
