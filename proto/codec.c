/*
 * proto/codec.c - see codec.h. What is canonical is read and written in canonical.c.
 *
 * The generated messages are walked by their descriptors, so that one loop
 * serves every type: field i of a message (in the order of numbers, which is
 * the order of spec/events.md) is row i of the schema. The build reads the schema
 * with strings as bytes and enumerations as int64: see WIDEN in the Makefile.
 */
#include "proto/codec.h"

#include <protobuf-c/protobuf-c.h>

#include "base/check.h"
#include "base/date.h"
#include "ladder.pb-c.h"
#include "proto/canonical.h"
#include "proto/message.h"

#define EVENTS_TAG   0x0A /* field 1 of EventBatch, length-delimited */
#define JOINED_EXTRA 20   /* bytes of a tag and a length at most */

enum err varint_take(struct bytes *rest, uint64_t *value)
{
	uint64_t result = 0;
	for (size_t i = 0; i < rest->length && i < 10; i++) {
		uint64_t septet = rest->data[i] & 0x7F;
		if (i == 9 && septet > 1)
			return ERR_INVALID;
		result |= septet << (7 * i);
		if ((rest->data[i] & 0x80) == 0) {
			*rest = bytes_of(rest->data + i + 1, rest->length - i - 1);
			*value = result;
			return OK;
		}
	}
	return ERR_INVALID;
}

void varint_add(struct text *out, uint64_t value)
{
	while (value >= 0x80) {
		text_add_char(out, (char)(value | 0x80));
		value >>= 7;
	}
	text_add_char(out, (char)value);
}

enum err wire_field_take(struct bytes *rest, struct wire_field *out)
{
	struct bytes at = *rest;
	if (at.length == 0)
		return ERR_NOT_FOUND;
	if (varint_take(&at, &out->tag) != OK || varint_take(&at, &out->value) != OK)
		return ERR_INVALID;
	out->bytes = bytes_of(at.data, 0);
	if ((out->tag & 7) == WIRE_BYTES) {
		if (out->value > at.length)
			return ERR_INVALID;
		out->bytes = bytes_of(at.data, (size_t)out->value);
		at = bytes_of(at.data + out->value, at.length - (size_t)out->value);
	} else if ((out->tag & 7) != WIRE_VARINT) {
		return ERR_INVALID;
	}
	out->whole = bytes_of(rest->data, (size_t)(at.data - rest->data));
	*rest = at;
	return OK;
}

enum err batch_next(struct bytes *rest, struct bytes *event)
{
	struct bytes at = *rest;
	uint64_t tag, length;
	if (at.length == 0)
		return ERR_NOT_FOUND;
	if (varint_take(&at, &tag) != OK || tag != EVENTS_TAG)
		return ERR_INVALID;
	if (varint_take(&at, &length) != OK || length > at.length)
		return ERR_INVALID;
	*event = bytes_of(at.data, (size_t)length);
	*rest = bytes_of(at.data + length, at.length - (size_t)length);
	return OK;
}

/* The unpacker answers NULL both for what is no event and for what has no room. */
struct decoding {
	struct arena *arena;
	bool full;
};

static void *allocator_take(void *context, size_t size)
{
	struct decoding *decoding = context;
	void *memory = arena_take(decoding->arena, size);
	decoding->full = decoding->full || memory == NULL;
	return memory;
}

static void allocator_free(void *context, void *memory)
{
	/* The arena is reset as a whole. */
	(void)context;
	(void)memory;
}

static const void *field_at(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	return (const uint8_t *)message + field->offset;
}

static struct raw raw_text(const ProtobufCBinaryData *data)
{
	return (struct raw){ .kind = RAW_TEXT, .text = bytes_of(data->data, data->len) };
}

static enum err raw_list(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
	struct arena *arena, struct raw *out)
{
	size_t count;
	const int64_t *numbers;
	memcpy(&count, (const uint8_t *)message + field->quantifier_offset, sizeof(count));
	memcpy(&numbers, field_at(message, field), sizeof(numbers));
	/* Absent and empty are the same on the wire. */
	if (count == 0)
		return OK;
	if (count > UINT16_MAX) {
		out->kind = RAW_WRONG;
		return OK;
	}
	struct raw *items = arena_take(arena, count * sizeof(*items));
	if (items == NULL)
		return ERR_FULL;
	for (size_t i = 0; i < count; i++)
		items[i] = (struct raw){ .kind = RAW_INTEGER, .integer = numbers[i] };
	*out = (struct raw){ .kind = RAW_LIST, .items = items, .item_count = count };
	return OK;
}

static enum err raw_field(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
	struct arena *arena, struct raw *out)
{
	*out = (struct raw){ .kind = RAW_ABSENT };
	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return raw_list(message, field, arena, out);

	protobuf_c_boolean present;
	memcpy(&present, (const uint8_t *)message + field->quantifier_offset, sizeof(present));
	if (!present)
		return OK;
	const void *at = field_at(message, field);
	if (field->type == PROTOBUF_C_TYPE_BYTES) {
		*out = raw_text(at);
	} else if (field->type == PROTOBUF_C_TYPE_BOOL) {
		out->kind = RAW_BOOL;
		out->integer = *(const protobuf_c_boolean *)at != 0;
	} else {
		CHECK(field->type == PROTOBUF_C_TYPE_INT64);
		out->kind = RAW_INTEGER;
		memcpy(&out->integer, at, sizeof(out->integer));
	}
	return OK;
}

static void note_unknown(const ProtobufCMessage *message, struct raw_event *out)
{
	if (message->n_unknown_fields == 0 || out->has_unknown)
		return;
	out->has_unknown = true;
	out->unknown_number = message->unknown_fields[0].tag;
}

/* One field of a message. */
struct piece {
	uint64_t number;
	bool has_length;
	struct bytes whole;   /* with its tag */
	struct bytes payload; /* behind its length; empty when it has none */
};

/* Takes the next field. False: there is none, or it is broken. */
static bool piece_take(struct bytes *rest, struct piece *out)
{
	struct bytes at = *rest;
	uint64_t tag, value = 0;
	if (varint_take(&at, &tag) != OK)
		return false;
	unsigned type = tag & 7;
	out->has_length = type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
	if ((out->has_length || type == PROTOBUF_C_WIRE_TYPE_VARINT) &&
		varint_take(&at, &value) != OK)
		return false;
	uint64_t length = out->has_length                      ? value
			  : type == PROTOBUF_C_WIRE_TYPE_64BIT ? 8
			  : type == PROTOBUF_C_WIRE_TYPE_32BIT ? 4
							       : 0;
	if (length > at.length)
		return false;
	out->number = tag >> 3;
	out->payload = bytes_of(at.data, out->has_length ? (size_t)length : 0);
	at = bytes_of(at.data + length, at.length - (size_t)length);
	out->whole = bytes_of(rest->data, rest->length - at.length);
	*rest = at;
	return true;
}

static bool piece_is_body(const struct piece *piece)
{
	return piece->has_length && piece->number <= EVENT_TYPE_MAX &&
	       schema_by_number((unsigned)piece->number) != NULL;
}

/* Appends at *end, for which there is room. */
static void put(uint8_t **end, struct bytes bytes)
{
	if (bytes.length > 0)
		memcpy(*end, bytes.data, bytes.length);
	*end += bytes.length;
}

static void put_varint(uint8_t **end, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		*(*end)++ = (uint8_t)(value | 0x80);
	*(*end)++ = (uint8_t)value;
}

/* Copies the event in *bytes with the pieces of its body, which begin at `from`, as one. */
static enum err pieces_join(
	struct bytes *bytes, const uint8_t *from, uint64_t number, struct arena *arena)
{
	uint8_t *joined = arena_take(arena, bytes->length + JOINED_EXTRA), *end = joined;
	struct bytes rest = *bytes;
	struct piece piece;
	size_t length = 0;
	if (joined == NULL)
		return ERR_FULL;
	while (piece_take(&rest, &piece)) {
		if (piece.whole.data >= from && piece_is_body(&piece))
			length += piece.payload.length;
		else
			put(&end, piece.whole);
	}
	put_varint(&end, number << 3 | PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
	put_varint(&end, length);
	rest = *bytes;
	while (piece_take(&rest, &piece)) {
		if (piece.whole.data >= from && piece_is_body(&piece))
			put(&end, piece.payload);
	}
	*bytes = bytes_of(joined, (size_t)(end - joined));
	return OK;
}

/*
 * A message field that comes in pieces is all of them together, and of two bodies the last one
 * counts. protobuf-c knows the second rule, but keeps only the last piece of a member of a
 * oneof. What is broken is left to it.
 */
static enum err body_join(struct bytes *bytes, struct arena *arena)
{
	struct bytes rest = *bytes;
	struct piece piece;
	const uint8_t *from = NULL;
	uint64_t number = 0;
	size_t count = 0;
	while (piece_take(&rest, &piece)) {
		if (!piece_is_body(&piece))
			continue;
		if (piece.number != number) {
			from = piece.whole.data;
			number = piece.number;
			count = 0;
		}
		count++;
	}
	return rest.length > 0 || count < 2 ? OK : pieces_join(bytes, from, number, arena);
}

enum err event_decode(struct bytes bytes, struct arena *arena, struct raw_event *out)
{
	size_t mark = arena->used;
	if (event_read_canonical(bytes, arena, out))
		return OK;
	arena_rewind(arena, mark);
	return event_unpack(bytes, arena, out);
}

enum err event_unpack(struct bytes bytes, struct arena *arena, struct raw_event *out)
{
	if (body_join(&bytes, arena) != OK)
		return ERR_FULL;
	struct decoding decoding = { .arena = arena };
	ProtobufCAllocator allocator = { allocator_take, allocator_free, &decoding };
	Ladder__V1__Event *event = ladder__v1__event__unpack(&allocator, bytes.length, bytes.data);
	if (event == NULL)
		return decoding.full ? ERR_FULL : ERR_INVALID;

	*out = (struct raw_event){ 0 };
	note_unknown(&event->base, out);
	const ProtobufCFieldDescriptor *fields = event->base.descriptor->fields;
	for (size_t i = 0; i < ENVELOPE_COUNT; i++) {
		enum err err = raw_field(&event->base, &fields[i], arena, &out->envelope[i]);
		if (err != OK)
			return err;
	}
	if (event->body_case == LADDER__V1__EVENT__BODY__NOT_SET)
		return OK;
	if (log_act_is((unsigned)event->body_case)) {
		/* An act is the daemon's own: to a sender there is no such field. */
		out->has_unknown = true;
		out->unknown_number = (uint32_t)event->body_case;
		return OK;
	}
	out->body_count = 1;
	out->schema = schema_by_number((unsigned)event->body_case);
	CHECK(out->schema != NULL);
	/* All members of the union are pointers to messages. */
	const ProtobufCMessage *body = &event->person_registered->base;
	CHECK(body->descriptor->n_fields == out->schema->field_count);
	note_unknown(body, out);
	for (size_t i = 0; i < out->schema->field_count; i++) {
		enum err err =
			raw_field(body, &body->descriptor->fields[i], arena, &out->fields[i]);
		if (err != OK)
			return err;
	}
	return OK;
}

/* A value that was checked before it was written. False: it is not such a value. */
static bool stored_value(const struct field *field, const struct raw *raw, struct value *out)
{
	*out = (struct value){ .present = raw->kind != RAW_ABSENT };
	if (!out->present)
		return true;
	switch (field->kind) {
	case FIELD_INTEGER:
	case FIELD_ENUM:
	case FIELD_BOOL:
		out->number = (int32_t)raw->integer;
		return (raw->kind == RAW_BOOL) == (field->kind == FIELD_BOOL) &&
		       raw->integer >= 0 && raw->integer <= INT32_MAX &&
		       (field->kind != FIELD_ENUM ||
			       (raw->integer >= 1 && raw->integer <= field->enumeration->count));
	case FIELD_ENUM_SET:
		for (size_t i = 0; i < raw->item_count; i++) {
			int64_t member = raw->items[i].integer;
			if (member < 1 || member > field->enumeration->count)
				return false;
			out->number |= 1 << member;
		}
		return raw->kind == RAW_LIST;
	case FIELD_IDENTIFIER:
		out->text = raw->text;
		return raw->kind == RAW_TEXT && identifier_is_valid(raw->text);
	case FIELD_DATE:
		return raw->kind == RAW_TEXT && date_parse(raw->text, &out->number) == OK;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

/* The body, the id and the key of what a ladderd wrote. */
static enum err written_read(const struct raw_event *raw, struct event *out)
{
	const struct raw *key = &raw->envelope[ENVELOPE_KEY];
	if (raw->has_unknown || raw->body_count != 1 ||
		!identifier_is_valid(raw->envelope[ENVELOPE_ID].text) ||
		(key->kind != RAW_ABSENT && !identifier_is_valid(key->text)))
		return ERR_CORRUPT;
	struct event event = {
		.type = raw->schema->type,
		.id = raw->envelope[ENVELOPE_ID].text,
		.key = raw->envelope[ENVELOPE_KEY].text,
	};
	for (size_t i = 0; i < raw->schema->field_count; i++) {
		if (!stored_value(&raw->schema->fields[i], &raw->fields[i], &event.values[i]))
			return ERR_CORRUPT;
	}
	*out = event;
	return OK;
}

enum err event_read_stored(struct bytes bytes, struct arena *arena, struct event *out)
{
	struct raw_event raw;
	enum err err = event_decode(bytes, arena, &raw);
	if (err != OK)
		return err == ERR_FULL ? ERR_FULL : ERR_CORRUPT;
	return written_read(&raw, out);
}

enum err event_read_whole(struct bytes bytes, struct arena *arena, struct event *out)
{
	struct raw_event raw;
	struct event event;
	enum err err = event_decode(bytes, arena, &raw);
	if (err != OK)
		return err == ERR_FULL ? ERR_FULL : ERR_CORRUPT;
	err = written_read(&raw, &event);
	if (err != OK)
		return err;
	const struct raw *subject = &raw.envelope[ENVELOPE_SUBJECT];
	if (!municipality_parse(raw.envelope[ENVELOPE_MUNICIPALITY].text, &event.municipality) ||
		date_parse(raw.envelope[ENVELOPE_OCCURRED_ON].text, &event.day) != OK ||
		(subject->kind != RAW_ABSENT) != raw.schema->about_person ||
		(raw.schema->about_person && !identifier_is_valid(subject->text)))
		return ERR_CORRUPT;
	for (size_t i = 0; i < raw.schema->field_count; i++) {
		if (raw.schema->fields[i].required && !event.values[i].present)
			return ERR_CORRUPT;
	}
	event.subject = subject->text;
	*out = event;
	return OK;
}

static void bytes_add(struct text *out, uint8_t tag, struct bytes bytes)
{
	text_add_char(out, (char)tag);
	varint_add(out, bytes.length);
	text_add(out, bytes);
}

/* A field of a number; 0 is absent. */
static void number_add(struct text *out, uint8_t tag, uint64_t number)
{
	if (number == 0)
		return;
	text_add_char(out, (char)tag);
	varint_add(out, number);
}

static void tombstone_encode(const struct record_view *record, struct text *out)
{
	char day[DATE_LENGTH + 1];
	date_print(zone_day(record->recorded_us), day);
	text_add_char(out, 0x08); /* seq */
	varint_add(out, record->seq);
	bytes_add(out, 0x42, bytes_of(day, DATE_LENGTH)); /* recorded_on */
	number_add(out, 0x48, 1);                         /* erased */
}

enum err record_encode(const struct record_view *record, struct arena *arena, struct text *out)
{
	char instant[INSTANT_LENGTH + 1];
	struct bytes event;
	struct text act = { 0 };
	enum err err = OK;
	if (record->kind == RECORD_TOMBSTONE) {
		tombstone_encode(record, out);
		return OK;
	}
	if (record->kind == RECORD_ACT) {
		log_act_encode(&record->act, true, &act);
		event = text_bytes(&act);
		out->failed = out->failed || act.failed;
	} else {
		err = event_encode(&record->event, ENVELOPE_WHOLE, arena, &event);
	}
	if (err != OK)
		return err;
	instant_print(record->recorded_us, instant);
	text_add_char(out, 0x08); /* seq */
	varint_add(out, record->seq);
	bytes_add(out, 0x12, bytes_of(instant, INSTANT_LENGTH)); /* recorded_at */
	bytes_add(out, 0x1A, record->partner);
	bytes_add(out, 0x22, event);
	number_add(out, 0x28, record->round_to);
	number_add(out, 0x30, record->definitions);
	number_add(out, 0x38, record->withdraws);
	text_release(&act);
	return OK;
}

enum err result_encode(const struct ingest_result *result, struct arena *arena, struct text *out)
{
	Ladder__V1__IngestResult message;
	ladder__v1__ingest_result__init(&message);
	message.n_rejected = result->rejection_count;
	message.rejected = rejection_messages(result, arena);
	if (message.rejected == NULL)
		return ERR_FULL;
	message.has_accepted = 1;
	message.accepted = (uint32_t)result->accepted;
	message.has_duplicates = 1;
	message.duplicates = (uint32_t)result->duplicates;
	message.has_last_seq = 1;
	message.last_seq = result->last_seq;
	return message_append(&message.base, arena, out);
}
