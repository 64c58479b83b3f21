/*
 * tests/helper/collide.c - identifiers chosen so that XXH3 without a secret gives all of them the
 * same lowest bits: what somebody would send who knows the hash of a table.
 *
 *   collide N    prints N identifiers of 8 characters, one a line
 *
 * XXH3 of 8 bytes can be turned round: so hashes are chosen, and of the texts that have them those
 * are kept which are identifiers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/bytes.h"
#include "base/check.h"

#define LOW_BITS 20 /* that all have in common */
#define LOW      UINT64_C(0x5eed5)
#define LENGTH   8
#define MIX      UINT64_C(0x9FB21C651E98DF25)

/* Of the secret that the library has when it is given none: bytes 8 to 15, and 16 to 23. */
#define FLIP (UINT64_C(0x1cad21f72c81017c) ^ UINT64_C(0xdb979083e96dd4de))

static uint64_t rotated(uint64_t value, unsigned bits)
{
	return bits % 64 == 0 ? value : value << bits % 64 | value >> (64 - bits % 64);
}

/* The number by which a product is divided: its product with an odd number is 1. */
static uint64_t inverse(uint64_t odd)
{
	uint64_t found = odd;
	for (int i = 0; i < 6; i++)
		found *= 2 - odd * found;
	return found;
}

/* The bytes with this hash, as the library reads them: the second half first. */
static uint64_t text_of(uint64_t hash, uint64_t divisor)
{
	uint64_t value = hash ^ hash >> 28 ^ hash >> 56;
	value *= divisor;
	value ^= (value >> 35) + LENGTH;
	value *= divisor;
	/* What XORs three rotations, done 64 times, leaves a value as it is. */
	for (unsigned times = 1; times < 64; times *= 2)
		value ^= rotated(value, 49 * times) ^ rotated(value, 24 * times);
	value ^= FLIP;
	return value << 32 | value >> 32;
}

static bool is_identifier(uint64_t text)
{
	static bool known[256];
	if (!known['A']) {
		for (const char *c =
				"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				"._:-";
			*c != '\0'; c++)
			known[(unsigned char)*c] = true;
	}
	for (int i = 0; i < LENGTH; i++) {
		if (!known[text >> 8 * i & 0xff])
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	unsigned long wanted = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	uint64_t divisor = inverse(MIX);
	CHECK(wanted > 0 && MIX * divisor == 1);
	for (uint64_t high = 1; wanted > 0; high++) {
		uint64_t text = text_of(high << LOW_BITS | LOW, divisor);
		if (!is_identifier(text))
			continue;
		CHECK(XXH3_64bits(&text, LENGTH) == (high << LOW_BITS | LOW));
		printf("%.8s\n", (const char *)&text);
		wanted--;
	}
	return 0;
}
