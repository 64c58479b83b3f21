/*
 * daemon/http/basic.h - the name and the password of HTTP Basic (RFC 7617). Pure.
 */
#ifndef DAEMON_HTTP_BASIC_H
#define DAEMON_HTTP_BASIC_H

#include "base/bytes.h"

#define BASIC_BYTES_MAX 256 /* of name, colon and password */

struct basic {
	struct bytes name; /* up to the first colon */
	struct bytes password;
	uint8_t space[BASIC_BYTES_MAX]; /* both are in it */
};

/*
 * Reads an Authorization header into `*out`, which must not be moved. False: it is absent
 * (NULL), of another scheme, no base64, too long, or without a colon.
 */
bool basic_read(const char *authorization, struct basic *out);

#endif
