/*
 * daemon/process/notify.c - see notify.h.
 */
#include "daemon/process/notify.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PINGS 4 /* in the time that it may be silent */

/* A path, or after @ the name of an abstract socket; -1: neither, or nobody listens there. */
static int socket_connect(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(name);
	if ((name[0] != '/' && name[0] != '@') || length >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, name, length);
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, size) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The number in a variable; 0: there is none. */
static long long number_of(const char *variable)
{
	const char *value = getenv(variable);
	char *end;
	if (value == NULL || *value < '0' || *value > '9')
		return 0;
	long long number = strtoll(value, &end, 10);
	return *end == '\0' ? number : 0;
}

void notify_open(struct notify *notify)
{
	const char *name = getenv("NOTIFY_SOCKET");
	long long pid = number_of("WATCHDOG_PID");
	*notify = (struct notify){ .fd = name == NULL ? -1 : socket_connect(name) };
	if (pid == 0 || pid == getpid())
		notify->watchdog_us = number_of("WATCHDOG_USEC");
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_PID");
	unsetenv("WATCHDOG_USEC");
}

void notify_close(struct notify *notify)
{
	if (notify->fd >= 0)
		close(notify->fd);
	notify->fd = -1;
}

/* A manager that does not take it holds nobody up. */
static void say(const struct notify *notify, const char *words)
{
	if (notify->fd >= 0)
		(void)send(notify->fd, words, strlen(words), MSG_NOSIGNAL | MSG_DONTWAIT);
}

#define STATUS_LENGTH_MAX 600

static void say_with_status(const struct notify *notify, const char *words, const char *status)
{
	char message[STATUS_LENGTH_MAX + 64];
	snprintf(message, sizeof(message), "%s\nSTATUS=%.*s", words, STATUS_LENGTH_MAX, status);
	say(notify, message);
}

void notify_ready(const struct notify *notify, const char *status)
{
	say_with_status(notify, "READY=1", status);
}

void notify_reloading(const struct notify *notify, int64_t now_us)
{
	char words[64];
	snprintf(words, sizeof(words), "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)now_us);
	say(notify, words);
}

void notify_stopping(const struct notify *notify)
{
	say(notify, "STOPPING=1");
}

bool notify_is_due(const struct notify *notify, int64_t now_us)
{
	return notify->watchdog_us != 0 &&
	       now_us - notify->pinged_us >= notify->watchdog_us / PINGS;
}

void notify_alive(struct notify *notify, int64_t now_us, const char *status)
{
	notify->pinged_us = now_us;
	say_with_status(notify, "WATCHDOG=1", status);
}
