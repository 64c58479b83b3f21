/*
 * daemon/server/intake.c - see intake.h.
 */
#include "daemon/server/intake.h"

#include "base/check.h"
#include "secret/digest.h"

static void big_endian(uint64_t number, uint8_t out[8])
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(number >> (56 - 8 * i));
}

void intake_chain(const uint8_t before[LOG_CHAIN_SIZE], const struct intake_row *row,
	uint8_t out[LOG_CHAIN_SIZE])
{
	uint8_t pos[8], at[8], chain[DIGEST_SIZE];
	CHECK_STATIC(DIGEST_SIZE == LOG_CHAIN_SIZE);
	big_endian(row->pos, pos);
	big_endian((uint64_t)row->at_us, at);
	const struct bytes parts[] = {
		bytes_of(before, LOG_CHAIN_SIZE),
		bytes_of(pos, sizeof(pos)),
		bytes_of(at, sizeof(at)),
		row->bytes,
	};
	digest_sha256_parts(parts, ARRAY_LENGTH(parts), chain);
	memcpy(out, chain, sizeof(chain));
}
