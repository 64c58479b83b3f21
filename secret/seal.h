/*
 * secret/seal.h - sealed boxes: bytes that anybody can write for the holder of a key, and only
 * that holder can read.
 *
 * X25519, XSalsa20 and Poly1305 of libsodium (crypto_box_seal). Each box has a key of its own
 * that is thrown away: who sealed it cannot open it again, and two boxes of the same bytes have
 * nothing in common. `ladder key` makes the two halves of a key. The public one is printed as
 * hexadecimal digits, the secret one as base64url, like a hash and a token: so one is never taken
 * for the other.
 */
#ifndef SECRET_SEAL_H
#define SECRET_SEAL_H

#include "base/bytes.h"
#include "base/err.h"

#define SEAL_KEY_SIZE      32
#define SEAL_KEY_LENGTH    64 /* hexadecimal digits */
#define SEAL_SECRET_LENGTH 43 /* base64url without padding */
#define SEAL_EXTRA         48 /* the bytes that a box has more than what is in it */

/* The public half: seals. */
struct seal_key {
	uint8_t bytes[SEAL_KEY_SIZE];
};

/* The secret half: opens. seal_secret_release() overwrites it. */
struct seal_secret {
	uint8_t bytes[SEAL_KEY_SIZE];
};

/* A new pair, of the system's randomness. */
void seal_make(struct seal_key *key, struct seal_secret *secret);
void seal_secret_release(struct seal_secret *secret);

/* The public half that belongs to a secret one. */
struct seal_key seal_key_of(const struct seal_secret *secret);

/* Writes SEAL_KEY_LENGTH lower-case digits and a NUL. */
void seal_key_print(const struct seal_key *key, char out[SEAL_KEY_LENGTH + 1]);

/*
 * Reads what seal_key_print() wrote, digits of either case. ERR_INVALID: it has another form, or
 * is one of the few numbers whose boxes anybody could open.
 */
enum err seal_key_parse(struct bytes text, struct seal_key *out) NODISCARD;

/* Writes SEAL_SECRET_LENGTH characters and a NUL. */
void seal_secret_print(const struct seal_secret *secret, char out[SEAL_SECRET_LENGTH + 1]);

/* Reads what seal_secret_print() wrote. ERR_INVALID: it has another form. */
enum err seal_secret_parse(struct bytes text, struct seal_secret *out) NODISCARD;

/*
 * Writes the box of `bytes` to `out`, which has room for bytes.length + SEAL_EXTRA. The key was
 * made or parsed here.
 */
void seal_close(const struct seal_key *key, struct bytes bytes, uint8_t *out);

/*
 * Writes what is in a box to `out`, which has room for box.length - SEAL_EXTRA. ERR_INVALID: it
 * was sealed for another key, or is not what was sealed; `out` has nothing of it.
 */
enum err seal_open(const struct seal_secret *secret, struct bytes box, uint8_t *out) NODISCARD;

/* The characters of a box in base64, with its padding. */
#define SEAL_BASE64_LENGTH(length) ((((length) + SEAL_EXTRA + 2) / 3) * 4)

/*
 * The same with the box in base64: `out` has room for SEAL_BASE64_LENGTH(bytes.length) characters
 * and a NUL. At most SEAL_TEXT_MAX bytes.
 */
#define SEAL_TEXT_MAX 1024
void seal_close_base64(const struct seal_key *key, struct bytes bytes, char *out);

/* seal_open() of such text; `out` has room for SEAL_TEXT_MAX bytes. ERR_INVALID as there. */
enum err seal_open_base64(const struct seal_secret *secret, struct bytes text, uint8_t *out,
	size_t *length) NODISCARD;

#endif
