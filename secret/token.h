/*
 * secret/token.h - tokens and what is kept of them.
 *
 * A token is 256 random bits in base64url without padding; it is shown once.
 * Only its BLAKE2b-256 hash is kept. The one folder that sees libsodium; the
 * daemon compares tokens, `ladder token` makes them.
 */
#ifndef SECRET_TOKEN_H
#define SECRET_TOKEN_H

#include "base/bytes.h"
#include "base/err.h"

#define TOKEN_LENGTH      43
#define TOKEN_LENGTH_MAX  128 /* of somebody else's making */
#define TOKEN_HASH_SIZE   32
#define TOKEN_HASH_LENGTH 64 /* hexadecimal digits */

struct token_hash {
	uint8_t bytes[TOKEN_HASH_SIZE];
};

/* Writes TOKEN_LENGTH characters and a NUL: 256 bits of the system's randomness. */
void token_make(char out[TOKEN_LENGTH + 1]);

/*
 * Takes the token out of a file's text: alone in it, or after `token:` as `ladder token` prints.
 * False: there is none.
 */
bool token_take(const char *text, char out[TOKEN_LENGTH_MAX + 1]);

/* The hash of the token's characters. Any bytes have one. */
struct token_hash token_hash_of(struct bytes token);

/* Reads TOKEN_HASH_LENGTH hexadecimal digits of either case. ERR_INVALID otherwise. */
enum err token_hash_parse(struct bytes text, struct token_hash *out) NODISCARD;

/* Writes TOKEN_HASH_LENGTH lower-case digits and a NUL. */
void token_hash_print(const struct token_hash *hash, char out[TOKEN_HASH_LENGTH + 1]);

/* Takes the same time whatever the hashes are. */
bool token_hash_equal(const struct token_hash *a, const struct token_hash *b);

#endif
