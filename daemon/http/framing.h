/*
 * daemon/http/framing.h - the bytes of a connection, read as strictly as they can be, before the
 * library gets them.
 *
 * A request is refused when two programs could read it as two, or take different things for its
 * end, its host or its path (RFC 9112, 2.2, 5, 6.3, 7.1 and 11.2): a proxy in front of the daemon
 * could take for a body what the daemon takes for a request, and let that pass unseen. The library
 * forgives much, and hands over what it made of it. So what it gets is of one form only:
 *
 * - lines end with CR LF, and neither stands anywhere else; nothing stands before the first line;
 * - that line is a method, one space, a target, one space, HTTP/1.1 or HTTP/1.0. The target is a
 *   path, or a whole address with the same host as Host; without a fragment, a backslash in the
 *   path, a NUL, or a % that is no escape;
 * - a header is a name that is a token, a colon, a value without control characters; none goes on
 *   in the next line;
 * - of each header that says where the body ends, or who asks, there is one at most; HTTP/1.1 has
 *   one Host;
 * - the end of the body is said by one Content-Length of digits, or by Transfer-Encoding: chunked
 *   in HTTP/1.1, or there is no body. Chunks have no extensions and no trailers;
 * - Expect is 100-continue, of a request with a body.
 *
 * Pure: the bytes come in as they were received, in pieces of any size.
 */
#ifndef DAEMON_HTTP_FRAMING_H
#define DAEMON_HTTP_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAMING_NAME_MAX 24  /* of the names that mean something here */
#define FRAMING_TEXT_MAX 256 /* of their values, and of a host */

/* A text of the request, in lower case, cut off when it is longer than any that is right. */
struct framing_text {
	char bytes[FRAMING_TEXT_MAX];
	size_t length; /* as received: may be more than there is room for */
};

/* `*framing = (struct framing){0}` is a connection of which nothing was received yet. */
struct framing {
	const char *fault;      /* what is wrong, as a sentence; NULL: all is well */
	uint64_t heads;         /* of requests, that are whole */
	uint64_t requests;      /* that are whole */
	uint64_t request_bytes; /* received of the next one; 0: it has not begun */
	uint64_t body_bytes;    /* of all bodies, as they are on the wire */

	/* The rest is of framing.c. */
	unsigned state;
	unsigned at;     /* a place in what is being read */
	uint64_t length; /* of the body, or the chunk, that is still to come */
	unsigned fields; /* a bit for each known header that was there */
	bool older;      /* HTTP/1.0 */
	bool chunked;
	unsigned escape; /* the first digit of one, + 1 */
	char name[FRAMING_NAME_MAX];
	size_t name_length;
	struct framing_text value, authority, host;
};

/*
 * Takes the next bytes. Returns how many are sound: all, unless there is a fault; after a fault
 * none.
 */
size_t framing_take(struct framing *framing, const char *data, size_t length);

/* Is the head of a request being received? */
bool framing_is_in_head(const struct framing *framing);

/* Is its body? */
bool framing_is_in_body(const struct framing *framing);

#endif
