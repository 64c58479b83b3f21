/*
 * secret/seal.c - see seal.h.
 */
#include "secret/seal.h"

#include <sodium.h>

#include "base/check.h"

CHECK_STATIC(SEAL_KEY_SIZE == crypto_box_PUBLICKEYBYTES);
CHECK_STATIC(SEAL_KEY_SIZE == crypto_box_SECRETKEYBYTES);
CHECK_STATIC(SEAL_EXTRA == crypto_box_SEALBYTES);
CHECK_STATIC(SEAL_KEY_LENGTH == 2 * SEAL_KEY_SIZE);
CHECK_STATIC(sodium_base64_ENCODED_LEN(SEAL_KEY_SIZE, sodium_base64_VARIANT_URLSAFE_NO_PADDING) ==
	     SEAL_SECRET_LENGTH + 1);

void seal_make(struct seal_key *key, struct seal_secret *secret)
{
	CHECK(sodium_init() >= 0);
	CHECK(crypto_box_keypair(key->bytes, secret->bytes) == 0);
}

void seal_secret_release(struct seal_secret *secret)
{
	sodium_memzero(secret, sizeof(*secret));
}

struct seal_key seal_key_of(const struct seal_secret *secret)
{
	struct seal_key key;
	CHECK(crypto_scalarmult_base(key.bytes, secret->bytes) == 0);
	return key;
}

void seal_key_print(const struct seal_key *key, char out[SEAL_KEY_LENGTH + 1])
{
	sodium_bin2hex(out, SEAL_KEY_LENGTH + 1, key->bytes, sizeof(key->bytes));
}

/* False for a point of low order: what two share by it does not depend on their secrets. */
static bool key_is_sound(const struct seal_key *key)
{
	static const uint8_t any[SEAL_KEY_SIZE] = { 1 };
	uint8_t shared[crypto_scalarmult_BYTES];
	return crypto_scalarmult(shared, any, key->bytes) == 0;
}

enum err seal_key_parse(struct bytes text, struct seal_key *out)
{
	struct seal_key key;
	size_t length;
	if (text.length != SEAL_KEY_LENGTH ||
		sodium_hex2bin(key.bytes, sizeof(key.bytes), (const char *)text.data, text.length,
			NULL, &length, NULL) != 0 ||
		length != sizeof(key.bytes) || !key_is_sound(&key))
		return ERR_INVALID;
	*out = key;
	return OK;
}

void seal_secret_print(const struct seal_secret *secret, char out[SEAL_SECRET_LENGTH + 1])
{
	sodium_bin2base64(out, SEAL_SECRET_LENGTH + 1, secret->bytes, sizeof(secret->bytes),
		sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

enum err seal_secret_parse(struct bytes text, struct seal_secret *out)
{
	struct seal_secret secret;
	size_t length;
	if (text.length != SEAL_SECRET_LENGTH ||
		sodium_base642bin(secret.bytes, sizeof(secret.bytes), (const char *)text.data,
			text.length, NULL, &length, NULL,
			sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
		length != sizeof(secret.bytes))
		return ERR_INVALID;
	*out = secret;
	seal_secret_release(&secret);
	return OK;
}

void seal_close(const struct seal_key *key, struct bytes bytes, uint8_t *out)
{
	CHECK(sodium_init() >= 0);
	CHECK(crypto_box_seal(out, bytes.data, bytes.length, key->bytes) == 0);
}

enum err seal_open(const struct seal_secret *secret, struct bytes box, uint8_t *out)
{
	struct seal_key key = seal_key_of(secret);
	if (box.length < SEAL_EXTRA ||
		crypto_box_seal_open(out, box.data, box.length, key.bytes, secret->bytes) != 0)
		return ERR_INVALID;
	return OK;
}

void seal_close_base64(const struct seal_key *key, struct bytes bytes, char *out)
{
	uint8_t box[SEAL_TEXT_MAX + SEAL_EXTRA];
	CHECK(bytes.length <= SEAL_TEXT_MAX);
	seal_close(key, bytes, box);
	CHECK(sodium_base64_ENCODED_LEN(bytes.length + SEAL_EXTRA,
		      sodium_base64_VARIANT_ORIGINAL) == SEAL_BASE64_LENGTH(bytes.length) + 1);
	sodium_bin2base64(out, SEAL_BASE64_LENGTH(bytes.length) + 1, box, bytes.length + SEAL_EXTRA,
		sodium_base64_VARIANT_ORIGINAL);
}

enum err seal_open_base64(
	const struct seal_secret *secret, struct bytes text, uint8_t *out, size_t *length)
{
	uint8_t box[SEAL_TEXT_MAX + SEAL_EXTRA];
	size_t size;
	if (sodium_base642bin(box, sizeof(box), (const char *)text.data, text.length, NULL, &size,
		    NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return ERR_INVALID;
	enum err err = seal_open(secret, bytes_of(box, size), out);
	if (err == OK)
		*length = size - SEAL_EXTRA;
	return err;
}
