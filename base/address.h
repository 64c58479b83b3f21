/*
 * base/address.h - where to listen: a numeric address and a port.
 */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

#define ADDRESS_LENGTH_MAX 63

struct address {
	bool off; /* nowhere: the rest is of no meaning */
	socklen_t length;
	struct sockaddr_storage socket; /* port 0: the system chooses */
	char text[ADDRESS_LENGTH_MAX + 1];
};

/* Can this very machine alone reach it? Also when it is off. */
bool address_is_loopback(const struct address *address);

#endif
