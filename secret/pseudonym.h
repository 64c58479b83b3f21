/*
 * secret/pseudonym.h - pseudonyms for people, and hashes that nobody can guess back
 * without the salt.
 *
 * A pseudonym is chance alone: nothing of the person is in it. A salted hash names
 * something (a row of a list) the same way each time; without the salt, which stays
 * with the table of people, trying all names or dates finds nothing.
 */
#ifndef SECRET_PSEUDONYM_H
#define SECRET_PSEUDONYM_H

#include "base/bytes.h"
#include "base/err.h"

#define PSEUDONYM_LENGTH   34 /* "p-" and 32 digits */
#define SALT_SIZE          32
#define SALT_LENGTH        66 /* "s-" and 64 digits */
#define SALTED_HASH_SIZE   16
#define SALTED_HASH_LENGTH 32 /* hexadecimal digits */

struct salt {
	uint8_t bytes[SALT_SIZE];
};

struct salted_hash {
	uint8_t bytes[SALTED_HASH_SIZE];
};

/* Writes PSEUDONYM_LENGTH characters and a NUL: an identifier of 128 random bits. */
void pseudonym_make(char out[PSEUDONYM_LENGTH + 1]);

void salt_make(struct salt *out);

/* Writes SALT_LENGTH characters and a NUL. */
void salt_print(const struct salt *salt, char out[SALT_LENGTH + 1]);

/* Reads what salt_print() wrote. ERR_INVALID otherwise. */
enum err salt_parse(struct bytes text, struct salt *out) NODISCARD;

/* BLAKE2b of `text` with the salt as its key. */
struct salted_hash salted_hash_of(const struct salt *salt, struct bytes text);

/* Writes SALTED_HASH_LENGTH lower-case digits and a NUL. */
void salted_hash_print(const struct salted_hash *hash, char out[SALTED_HASH_LENGTH + 1]);

/* Reads what salted_hash_print() wrote. ERR_INVALID otherwise. */
enum err salted_hash_parse(struct bytes text, struct salted_hash *out) NODISCARD;

#endif
