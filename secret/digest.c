/*
 * secret/digest.c - see digest.h.
 */
#include "secret/digest.h"

#include <sodium.h>

#include "base/check.h"

CHECK_STATIC(sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, sodium_base64_VARIANT_ORIGINAL) ==
	     DIGEST_BASE64_LENGTH + 1);

void digest_sha256_base64(struct bytes bytes, char out[DIGEST_BASE64_LENGTH + 1])
{
	uint8_t digest[crypto_hash_sha256_BYTES];
	CHECK(crypto_hash_sha256(digest, bytes.data, bytes.length) == 0);
	CHECK(sodium_bin2base64(out, DIGEST_BASE64_LENGTH + 1, digest, sizeof(digest),
		      sodium_base64_VARIANT_ORIGINAL) != NULL);
}

void digest_sha256_parts(const struct bytes *parts, size_t count, uint8_t out[DIGEST_SIZE])
{
	crypto_hash_sha256_state state;
	CHECK_STATIC(DIGEST_SIZE == crypto_hash_sha256_BYTES);
	CHECK(crypto_hash_sha256_init(&state) == 0);
	for (size_t i = 0; i < count; i++)
		CHECK(crypto_hash_sha256_update(&state, parts[i].data, parts[i].length) == 0);
	CHECK(crypto_hash_sha256_final(&state, out) == 0);
}
