/*
 * secret/token.c - see token.h.
 */
#include "secret/token.h"

#include <sodium.h>
#include <string.h>

#include "base/check.h"

CHECK_STATIC(TOKEN_HASH_SIZE == crypto_generichash_BYTES);
CHECK_STATIC(TOKEN_HASH_LENGTH == 2 * TOKEN_HASH_SIZE);

#define TOKEN_BYTES 32
CHECK_STATIC(sodium_base64_ENCODED_LEN(TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING) ==
	     TOKEN_LENGTH + 1);

void token_make(char out[TOKEN_LENGTH + 1])
{
	uint8_t random[TOKEN_BYTES];
	/* Without it randomness is not ready on an old kernel; calling it again is cheap. */
	CHECK(sodium_init() >= 0);
	randombytes_buf(random, sizeof(random));
	sodium_bin2base64(out, TOKEN_LENGTH + 1, random, sizeof(random),
		sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(random, sizeof(random));
}

struct token_hash token_hash_of(struct bytes token)
{
	struct token_hash hash;
	CHECK(crypto_generichash(
		      hash.bytes, sizeof(hash.bytes), token.data, token.length, NULL, 0) == 0);
	return hash;
}

enum err token_hash_parse(struct bytes text, struct token_hash *out)
{
	struct token_hash hash;
	size_t length;
	if (text.length != TOKEN_HASH_LENGTH)
		return ERR_INVALID;
	if (sodium_hex2bin(hash.bytes, sizeof(hash.bytes), (const char *)text.data, text.length,
		    NULL, &length, NULL) != 0 ||
		length != sizeof(hash.bytes))
		return ERR_INVALID;
	*out = hash;
	return OK;
}

void token_hash_print(const struct token_hash *hash, char out[TOKEN_HASH_LENGTH + 1])
{
	sodium_bin2hex(out, TOKEN_HASH_LENGTH + 1, hash->bytes, sizeof(hash->bytes));
}

bool token_hash_equal(const struct token_hash *a, const struct token_hash *b)
{
	return sodium_memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool token_take(const char *text, char out[TOKEN_LENGTH_MAX + 1])
{
	static const char label[] = "token:";
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";
	text = (const char *)bytes_unmarked(bytes_of_string(text)).data;
	text += strspn(text, " \t\r\n");
	bool labelled = strncmp(text, label, strlen(label)) == 0;
	if (labelled)
		text += strlen(label);
	text += strspn(text, " \t");
	size_t length = strspn(text, allowed);
	const char *end = text + length;
	end += strspn(end, labelled ? " \t\r" : " \t\r\n");
	if (length < 1 || length > TOKEN_LENGTH_MAX ||
		(*end != '\0' && !(labelled && *end == '\n')))
		return false;
	memcpy(out, text, length);
	out[length] = '\0';
	return true;
}
