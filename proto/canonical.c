/*
 * proto/canonical.c - the canonical protobuf of an event, read and written by hand: see
 * canonical.h and event_encode() in codec.h. Field i of a message, in the order of the
 * schema, has the number i + 1.
 */
#include "proto/canonical.h"

#include "base/check.h"
#include "base/date.h"
#include "proto/codec.h"
#include "proto/wire.h"

#define SET_MAX 32 /* members of a set */
/* A text has two bytes before it and at most 64; a set two bytes a member. */
#define EVENT_BYTES_MAX ((ENVELOPE_COUNT + EVENT_VALUES_MAX) * 66 + SET_MAX * 2 + 8)

static uint8_t tag_of(size_t index, bool text)
{
	return (uint8_t)((index + 1) << 3 | (text ? WIRE_BYTES : WIRE_VARINT));
}

static bool is_text(const struct field *field)
{
	return field->kind == FIELD_IDENTIFIER || field->kind == FIELD_DATE;
}

/* The members of a list, each behind the tag. */
static bool list_take(struct rest *rest, uint8_t tag, struct arena *arena, struct raw *out)
{
	struct raw members[SET_MAX];
	size_t count = 0;
	int32_t number;
	do {
		if (count == SET_MAX || !number_take(rest, &number))
			return false;
		members[count++] = (struct raw){ .kind = RAW_INTEGER, .integer = number };
	} while (rest->at < rest->end && *rest->at == tag && rest->at++ != NULL);
	struct raw *items = arena_take(arena, count * sizeof(*items));
	if (items == NULL)
		return false;
	memcpy(items, members, count * sizeof(*items));
	*out = (struct raw){ .kind = RAW_LIST, .items = items, .item_count = count };
	return true;
}

/* The value behind the tag of a field. */
static bool raw_take(struct rest *rest, const struct field *field, uint8_t tag, struct arena *arena,
	struct raw *out)
{
	int32_t number;
	if (field->kind == FIELD_ENUM_SET)
		return list_take(rest, tag, arena, out);
	if (is_text(field)) {
		out->kind = RAW_TEXT;
		return bytes_take(rest, &out->text);
	}
	if (!number_take(rest, &number))
		return false;
	out->kind = field->kind == FIELD_BOOL ? RAW_BOOL : RAW_INTEGER;
	out->integer = number;
	return field->kind != FIELD_BOOL || number <= 1;
}

static bool body_take(struct rest *rest, struct arena *arena, struct raw_event *out)
{
	for (size_t i = 0; i < out->schema->field_count && rest->at < rest->end; i++) {
		const struct field *field = &out->schema->fields[i];
		uint8_t tag = tag_of(i, is_text(field));
		if (*rest->at != tag)
			continue;
		rest->at++;
		if (!raw_take(rest, field, tag, arena, &out->fields[i]))
			return false;
	}
	return rest->at == rest->end;
}

bool event_read_canonical(struct bytes bytes, struct arena *arena, struct raw_event *out)
{
	struct rest rest = { bytes.data, bytes.data + bytes.length };
	struct bytes body;
	int32_t tag;
	*out = (struct raw_event){ 0 };
	for (size_t i = 0; i < ENVELOPE_COUNT && rest.at < rest.end; i++) {
		if (*rest.at != tag_of(i, true))
			continue;
		rest.at++;
		out->envelope[i].kind = RAW_TEXT;
		if (!bytes_take(&rest, &out->envelope[i].text))
			return false;
	}
	if (!number_take(&rest, &tag) || (tag & 7) != WIRE_BYTES || !bytes_take(&rest, &body) ||
		rest.at != rest.end)
		return false;
	out->schema = schema_by_number((unsigned)tag >> 3);
	if (out->schema == NULL)
		return false;
	out->body_count = 1;
	rest = (struct rest){ body.data, body.data + body.length };
	return body_take(&rest, arena, out);
}

static uint8_t *number_put(uint8_t *at, uint32_t number)
{
	for (; number >= 0x80; number >>= 7)
		*at++ = (uint8_t)(number | 0x80);
	*at++ = (uint8_t)number;
	return at;
}

static uint8_t *text_put(uint8_t *at, size_t index, struct bytes text)
{
	CHECK(text.length <= 64);
	*at++ = tag_of(index, true);
	*at++ = (uint8_t)text.length;
	memcpy(at, text.data, text.length);
	return at + text.length;
}

static uint8_t *value_put(
	uint8_t *at, size_t index, const struct field *field, const struct value *value)
{
	char date[DATE_LENGTH + 1];
	switch (field->kind) {
	case FIELD_INTEGER:
	case FIELD_ENUM:
	case FIELD_BOOL:
		CHECK(value->number >= 0);
		*at++ = tag_of(index, false);
		return number_put(at, (uint32_t)value->number);
	case FIELD_ENUM_SET:
		for (unsigned member = 1; member < SET_MAX; member++) {
			if (((uint32_t)value->number >> member & 1) == 0)
				continue;
			*at++ = tag_of(index, false);
			*at++ = (uint8_t)member;
		}
		return at;
	case FIELD_IDENTIFIER:
		return text_put(at, index, value->text);
	case FIELD_DATE:
		date_print(value->number, date);
		return text_put(at, index, bytes_of(date, DATE_LENGTH));
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

static uint8_t *envelope_put(uint8_t *at, const struct event *event, enum envelope_choice choice)
{
	char municipality[MUNICIPALITY_LENGTH + 1], date[DATE_LENGTH + 1];
	if (event->id.length > 0)
		at = text_put(at, ENVELOPE_ID, event->id);
	if (event->key.length > 0)
		at = text_put(at, ENVELOPE_KEY, event->key);
	if (choice == ENVELOPE_STORED)
		return at;
	if (event->subject.length > 0)
		at = text_put(at, ENVELOPE_SUBJECT, event->subject);
	municipality_print(event->municipality, municipality);
	date_print(event->day, date);
	at = text_put(at, ENVELOPE_MUNICIPALITY, bytes_of(municipality, MUNICIPALITY_LENGTH));
	return text_put(at, ENVELOPE_OCCURRED_ON, bytes_of(date, DATE_LENGTH));
}

enum err event_encode(const struct event *event, enum envelope_choice choice, struct arena *arena,
	struct bytes *out)
{
	const struct schema *schema = schema_of(event->type);
	uint8_t bytes[EVENT_BYTES_MAX], body[EVENT_BYTES_MAX], *end = body;
	for (size_t i = 0; i < schema->field_count; i++) {
		if (event->values[i].present)
			end = value_put(end, i, &schema->fields[i], &event->values[i]);
	}
	size_t length = (size_t)(end - body);
	end = envelope_put(bytes, event, choice);
	end = number_put(end, (uint32_t)event->type << 3 | WIRE_BYTES);
	end = number_put(end, (uint32_t)length);
	if (length > 0)
		memcpy(end, body, length);
	return arena_copy(arena, bytes_of(bytes, (size_t)(end - bytes) + length), out);
}
