/*
 * base/hosts.h - the names of hosts that somebody listed.
 */
#ifndef BASE_HOSTS_H
#define BASE_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#define HOST_LENGTH_MAX 253 /* of a name in DNS */

struct hosts {
	bool all;
	const char *const *names; /* without ports */
	size_t count;
};

#endif
