/*
 * secret/digest.h - SHA-256: as a Content-Security-Policy wants it, and of several parts.
 */
#ifndef SECRET_DIGEST_H
#define SECRET_DIGEST_H

#include "base/bytes.h"

#define DIGEST_BASE64_LENGTH 44

/* Writes the SHA-256 of the bytes in base64, with its padding, and a NUL. */
void digest_sha256_base64(struct bytes bytes, char out[DIGEST_BASE64_LENGTH + 1]);

#define DIGEST_SIZE 32

/* The SHA-256 of the parts, one after the other. */
void digest_sha256_parts(const struct bytes *parts, size_t count, uint8_t out[DIGEST_SIZE]);

#endif
