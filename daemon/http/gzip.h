/*
 * daemon/http/gzip.h - gzip in and out (RFC 1952), by zlib.
 */
#ifndef DAEMON_HTTP_GZIP_H
#define DAEMON_HTTP_GZIP_H

#include "base/text.h"

/*
 * Inflates a gzip body into `out`, which must be empty. ERR_INVALID: it is no gzip, or
 * it ends too early. ERR_FULL: it would be more than `length_max` bytes; nothing beyond
 * that is inflated. ERR_IO: there is no memory, which is not the body's fault.
 */
enum err gzip_inflate(struct bytes body, size_t length_max, struct text *out) NODISCARD;

/* Replaces `text` by its gzip. False: there is no memory, it is as it was. */
bool gzip_deflate(struct text *text);

#endif
