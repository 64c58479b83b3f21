/*
 * proto/wire.h - reading protobuf's wire format where it is canonical; for proto/ only.
 *
 * False: it is not in that form, or broken; protobuf-c then tells which of the two.
 */
#ifndef PROTO_WIRE_H
#define PROTO_WIRE_H

#include "proto/codec.h"

/* What is left to read. */
struct rest {
	const uint8_t *at;
	const uint8_t *end;
};

/* A varint of 0 to INT32_MAX in as few bytes as it needs. */
static inline bool number_take(struct rest *rest, int32_t *out)
{
	if (rest->at == rest->end)
		return false;
	if (*rest->at < 0x80) {
		*out = *rest->at++;
		return true;
	}
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 35 && rest->at < rest->end; shift += 7) {
		uint8_t byte = *rest->at++;
		value |= (uint64_t)(byte & 0x7F) << shift;
		if (byte < 0x80) {
			*out = (int32_t)value;
			return byte != 0 && value <= INT32_MAX;
		}
	}
	return false;
}

/* What a length stands before; borrowed. */
static inline bool bytes_take(struct rest *rest, struct bytes *out)
{
	int32_t length;
	if (!number_take(rest, &length) || length > rest->end - rest->at)
		return false;
	*out = bytes_of(rest->at, (size_t)length);
	rest->at += length;
	return true;
}

#endif
