/*
 * store/record.c - see record.h.
 *
 * LMDB returns a flipped byte silently; the checksum (XXH3, 64 bits) is what
 * notices it.
 */
#include "store/record.h"

#include <endian.h>

/* Inlined: a record is hashed in two short pieces, and a call costs as much as hashing one. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/check.h"

/* Offsets in the header. */
enum {
	AT_FORMAT = 0,
	AT_TYPE = 1,
	AT_PARTNER = 2,
	AT_MUNICIPALITY = 4,
	AT_FLAGS = 6,
	AT_PERSON = 8,
	AT_DAY = 12,
	AT_RECORDED = 16,
	AT_WITHDRAWS = 24,
	AT_CHECKSUM = 32,
	AT_END = 40,
};
CHECK_STATIC(AT_END == RECORD_HEADER_SIZE);

#define FLAG_CORRECTION 1
#define FLAG_NAMELESS   2

#define TYPE_TOMBSTONE 0

static void put16(uint8_t *at, uint16_t value)
{
	value = htole16(value);
	memcpy(at, &value, sizeof(value));
}

static void put32(uint8_t *at, uint32_t value)
{
	value = htole32(value);
	memcpy(at, &value, sizeof(value));
}

static void put64(uint8_t *at, uint64_t value)
{
	value = htole64(value);
	memcpy(at, &value, sizeof(value));
}

static uint16_t get16(const uint8_t *at)
{
	uint16_t value;
	memcpy(&value, at, sizeof(value));
	return le16toh(value);
}

static uint32_t get32(const uint8_t *at)
{
	uint32_t value;
	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

static uint64_t get64(const uint8_t *at)
{
	uint64_t value;
	memcpy(&value, at, sizeof(value));
	return le64toh(value);
}

/* Over the header before its checksum and the body, seeded with the seq. */
static uint64_t checksum(uint64_t seq, const uint8_t *header, struct bytes body)
{
	uint64_t of_header = XXH3_64bits_withSeed(header, AT_CHECKSUM, seq);
	return XXH3_64bits_withSeed(body.data, body.length, of_header);
}

static uint8_t type_of(const struct record *record)
{
	switch (record->kind) {
	case RECORD_EVENT:
		return (uint8_t)record->type;
	case RECORD_ACT:
		return (uint8_t)record->act;
	case RECORD_TOMBSTONE:
		return TYPE_TOMBSTONE;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

void record_header_write(const struct record *record, uint8_t out[RECORD_HEADER_SIZE])
{
	memset(out, 0, RECORD_HEADER_SIZE);
	out[AT_FORMAT] = RECORD_FORMAT;
	out[AT_TYPE] = type_of(record);
	out[AT_FLAGS] = (uint8_t)((record->correction ? FLAG_CORRECTION : 0) |
				  (record->nameless ? FLAG_NAMELESS : 0));
	put16(out + AT_PARTNER, record->partner);
	put16(out + AT_MUNICIPALITY, record->municipality);
	put32(out + AT_PERSON, record->person);
	put32(out + AT_DAY, (uint32_t)record->day);
	put64(out + AT_RECORDED, (uint64_t)record->recorded_us);
	put64(out + AT_WITHDRAWS, record->withdraws);
	put64(out + AT_CHECKSUM, checksum(record->seq, out, record->body));
}

enum err record_origin_read(struct bytes bytes, struct record_origin *out)
{
	if (bytes.length < RECORD_HEADER_SIZE)
		return ERR_CORRUPT;
	*out = (struct record_origin){
		.person = get32(bytes.data + AT_PERSON),
		.partner = get16(bytes.data + AT_PARTNER),
		.municipality = get16(bytes.data + AT_MUNICIPALITY),
	};
	if (schema_by_number(bytes.data[AT_TYPE]) == NULL)
		*out = (struct record_origin){ 0 };
	return OK;
}

struct kind {
	enum record_kind kind;
	enum event_type type;
	enum log_act_type act;
};

/* What the number of the type says. False: no such type is known. */
static bool kind_read(uint8_t number, size_t body_length, struct kind *out)
{
	const struct schema *schema = schema_by_number(number);
	*out = (struct kind){ .kind = RECORD_TOMBSTONE };
	if (schema != NULL)
		*out = (struct kind){ .kind = RECORD_EVENT, .type = schema->type };
	else if (log_act_is(number))
		*out = (struct kind){ .kind = RECORD_ACT, .act = (enum log_act_type)number };
	return out->kind != RECORD_TOMBSTONE || (number == TYPE_TOMBSTONE && body_length == 0);
}

enum err record_read(uint64_t seq, struct bytes bytes, struct record *out)
{
	if (bytes.length < RECORD_HEADER_SIZE || bytes.data[AT_FORMAT] != RECORD_FORMAT)
		return ERR_CORRUPT;
	const uint8_t *header = bytes.data;
	struct kind kind;
	struct bytes body =
		bytes_of(header + RECORD_HEADER_SIZE, bytes.length - RECORD_HEADER_SIZE);
	if (get64(header + AT_CHECKSUM) != checksum(seq, header, body))
		return ERR_CORRUPT;
	if (!kind_read(header[AT_TYPE], body.length, &kind))
		return ERR_CORRUPT;
	/* In its place at once: a copy would wait for each of the fields to be written. */
	out->seq = seq;
	out->recorded_us = (int64_t)get64(header + AT_RECORDED);
	out->withdraws = get64(header + AT_WITHDRAWS);
	out->person = get32(header + AT_PERSON);
	out->day = (int32_t)get32(header + AT_DAY);
	out->partner = get16(header + AT_PARTNER);
	out->municipality = get16(header + AT_MUNICIPALITY);
	out->kind = kind.kind;
	out->type = kind.type;
	out->act = kind.act;
	out->correction = (header[AT_FLAGS] & FLAG_CORRECTION) != 0;
	out->nameless = (header[AT_FLAGS] & FLAG_NAMELESS) != 0;
	out->checksum = get64(header + AT_CHECKSUM);
	out->restricted = false;
	out->body = body;
	return OK;
}
