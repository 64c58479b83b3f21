/*
 * secret/digest.h - SHA-256 as a Content-Security-Policy wants it.
 */
#ifndef SECRET_DIGEST_H
#define SECRET_DIGEST_H

#include "base/bytes.h"

#define DIGEST_BASE64_LENGTH 44

/* Writes the SHA-256 of the bytes in base64, with its padding, and a NUL. */
void digest_sha256_base64(struct bytes bytes, char out[DIGEST_BASE64_LENGTH + 1]);

#endif
