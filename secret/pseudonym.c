/*
 * secret/pseudonym.c - see pseudonym.h.
 */
#include "secret/pseudonym.h"

#include <sodium.h>

#include "base/check.h"

CHECK_STATIC(SALTED_HASH_SIZE >= crypto_generichash_BYTES_MIN);
CHECK_STATIC(SALT_SIZE <= crypto_generichash_KEYBYTES_MAX);
CHECK_STATIC(PSEUDONYM_LENGTH == 2 + 2 * SALTED_HASH_SIZE);
CHECK_STATIC(SALT_LENGTH == 2 + 2 * SALT_SIZE);
CHECK_STATIC(SALTED_HASH_LENGTH == 2 * SALTED_HASH_SIZE);

void pseudonym_make(char out[PSEUDONYM_LENGTH + 1])
{
	uint8_t random[SALTED_HASH_SIZE];
	CHECK(sodium_init() >= 0);
	randombytes_buf(random, sizeof(random));
	out[0] = 'p';
	out[1] = '-';
	sodium_bin2hex(out + 2, PSEUDONYM_LENGTH - 1, random, sizeof(random));
}

void salt_make(struct salt *out)
{
	CHECK(sodium_init() >= 0);
	randombytes_buf(out->bytes, sizeof(out->bytes));
}

void salt_print(const struct salt *salt, char out[SALT_LENGTH + 1])
{
	out[0] = 's';
	out[1] = '-';
	sodium_bin2hex(out + 2, SALT_LENGTH - 1, salt->bytes, sizeof(salt->bytes));
}

enum err salt_parse(struct bytes text, struct salt *out)
{
	struct salt salt;
	size_t length;
	if (text.length != SALT_LENGTH || memcmp(text.data, "s-", 2) != 0)
		return ERR_INVALID;
	if (sodium_hex2bin(salt.bytes, sizeof(salt.bytes), (const char *)text.data + 2,
		    text.length - 2, NULL, &length, NULL) != 0 ||
		length != sizeof(salt.bytes))
		return ERR_INVALID;
	*out = salt;
	return OK;
}

struct salted_hash salted_hash_of(const struct salt *salt, struct bytes text)
{
	struct salted_hash hash;
	CHECK(crypto_generichash(hash.bytes, sizeof(hash.bytes), text.data, text.length,
		      salt->bytes, sizeof(salt->bytes)) == 0);
	return hash;
}

void salted_hash_print(const struct salted_hash *hash, char out[SALTED_HASH_LENGTH + 1])
{
	sodium_bin2hex(out, SALTED_HASH_LENGTH + 1, hash->bytes, sizeof(hash->bytes));
}

enum err salted_hash_parse(struct bytes text, struct salted_hash *out)
{
	struct salted_hash hash;
	size_t length;
	if (text.length != SALTED_HASH_LENGTH ||
		sodium_hex2bin(hash.bytes, sizeof(hash.bytes), (const char *)text.data, text.length,
			NULL, &length, NULL) != 0 ||
		length != sizeof(hash.bytes))
		return ERR_INVALID;
	*out = hash;
	return OK;
}
