/*
 * secret/keyed_hash.c - see keyed_hash.h.
 */
#include "secret/keyed_hash.h"

#include <pthread.h>
#include <sodium.h>

#include "base/check.h"

static unsigned char process_key[crypto_shorthash_KEYBYTES];
static pthread_once_t key_made = PTHREAD_ONCE_INIT;

static void key_make(void)
{
	CHECK(sodium_init() >= 0);
	crypto_shorthash_keygen(process_key);
}

uint64_t keyed_hash(struct bytes bytes)
{
	static const unsigned char nothing[1];
	unsigned char hash[crypto_shorthash_BYTES];
	uint64_t number;
	CHECK_STATIC(sizeof(hash) == sizeof(number));
	CHECK(pthread_once(&key_made, key_make) == 0);
	crypto_shorthash(hash, bytes.length == 0 ? nothing : bytes.data, bytes.length, process_key);
	memcpy(&number, hash, sizeof(number));
	return number;
}
