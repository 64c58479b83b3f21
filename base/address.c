/*
 * base/address.c - see address.h.
 */
#include "base/address.h"

#include <netinet/in.h>
#include <string.h>

bool address_is_loopback(const struct address *address)
{
	struct sockaddr_in four;
	struct sockaddr_in6 six;
	if (address->off)
		return true;
	if (address->socket.ss_family == AF_INET) {
		memcpy(&four, &address->socket, sizeof(four));
		return ntohl(four.sin_addr.s_addr) >> 24 == 127;
	}
	if (address->socket.ss_family != AF_INET6)
		return false;
	memcpy(&six, &address->socket, sizeof(six));
	return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr) ||
	       (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr) && six.sin6_addr.s6_addr[12] == 127);
}
