/*
 * secret/random.c - see random.h.
 */
#include "secret/random.h"

#include <sodium.h>

#include "base/check.h"

void random_fill(void *out, size_t size)
{
	CHECK(sodium_init() >= 0);
	randombytes_buf(out, size);
}
