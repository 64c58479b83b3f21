/*
 * daemon/http/listener.c - see listener.h.
 */
#include "daemon/http/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"

#define LISTEN_BACKLOG 1024

int listener_open(const struct address *address, struct reason *reason)
{
	const int yes = 1;
	CHECK(!address->off && address->length > 0);
	int fd = socket(address->socket.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
		bind(fd, (const struct sockaddr *)&address->socket, address->length) == 0 &&
		listen(fd, LISTEN_BACKLOG) == 0)
		return fd;
	if (fail(reason, ERR_IO, "cannot listen on %s: %s", address->text, strerror(errno)) != OK &&
		fd >= 0)
		close(fd);
	return -1;
}

void listener_address(int fd, char *out, size_t size)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
		struct sockaddr_storage storage;
	} address;
	char host[INET6_ADDRSTRLEN] = "?";
	socklen_t length = sizeof(address);
	if (getsockname(fd, &address.any, &length) != 0) {
		snprintf(out, size, "?");
	} else if (address.any.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &address.v6.sin6_addr, host, sizeof(host));
		snprintf(out, size, "[%s]:%u", host, ntohs(address.v6.sin6_port));
	} else {
		inet_ntop(AF_INET, &address.v4.sin_addr, host, sizeof(host));
		snprintf(out, size, "%s:%u", host, ntohs(address.v4.sin_port));
	}
}

bool listener_is_loopback(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_storage storage;
	} at;
	struct address address = { .length = sizeof(at) };
	if (getsockname(fd, &at.any, &address.length) != 0)
		return false;
	address.socket = at.storage;
	return address_is_loopback(&address);
}
