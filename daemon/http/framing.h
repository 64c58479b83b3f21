/*
 * daemon/http/framing.h - where the headers say that a request's body ends.
 *
 * A request is refused when two programs could disagree about its end (RFC 9112, 6.3 and 11.2):
 * a proxy in front of the daemon could take for a body what the daemon takes for a second
 * request, and let that pass unseen. Pure: the headers come in one after the other.
 */
#ifndef DAEMON_HTTP_FRAMING_H
#define DAEMON_HTTP_FRAMING_H

#include <stdbool.h>

/* `*framing = (struct framing){0}` is that of no headers. */
struct framing {
	unsigned lengths;   /* of Content-Length */
	unsigned encodings; /* of Transfer-Encoding */
	unsigned hosts;
	bool broken; /* a name that is no token, an encoding that is not known */
};

/* The next header; `value` may be NULL. */
void framing_take(struct framing *framing, const char *name, const char *value);

/*
 * After the last one: are the names tokens, and is the end of the body said at most once? In
 * HTTP/1.1 there is one Host; in what is older at most one, and no Transfer-Encoding.
 */
bool framing_is_sound(const struct framing *framing, const char *version);

#endif
