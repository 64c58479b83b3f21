/*
 * proto/fast_decode.c - see fast_decode.h.
 */
#include "proto/fast_decode.h"

#include "base/check.h"
#include "base/date.h"
#include "proto/wire.h"

/* The members of a set, each behind the tag, in order. */
static bool enum_set_take(struct rest *rest, const struct field *field, uint8_t tag, int32_t *out)
{
	int32_t set = 0, last = 0;
	for (;;) {
		int32_t member;
		if (!number_take(rest, &member) || member <= last ||
			member > field->enumeration->count)
			return false;
		set |= 1 << member;
		last = member;
		if (rest->at == rest->end || *rest->at != tag)
			break;
		rest->at++;
	}
	*out = set;
	return true;
}

/* The value behind the tag of a field. */
static bool value_take(struct rest *rest, const struct field *field, uint8_t tag, struct value *out)
{
	struct bytes text;
	switch (field->kind) {
	case FIELD_INTEGER:
		return number_take(rest, &out->number);
	case FIELD_BOOL:
		return number_take(rest, &out->number) && out->number <= 1;
	case FIELD_ENUM:
		return number_take(rest, &out->number) && out->number >= 1 &&
		       out->number <= field->enumeration->count;
	case FIELD_ENUM_SET:
		return enum_set_take(rest, field, tag, &out->number);
	case FIELD_IDENTIFIER:
		return bytes_take(rest, &out->text) && identifier_is_valid(out->text);
	case FIELD_DATE:
		return bytes_take(rest, &text) && date_parse(text, &out->number) == OK;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

/* The fields of the body: field i of a type has the number i + 1. */
static bool body_take(struct rest *rest, const struct schema *schema, struct value *values)
{
	for (size_t i = 0; i < schema->field_count && rest->at < rest->end; i++) {
		const struct field *field = &schema->fields[i];
		bool text = field->kind == FIELD_IDENTIFIER || field->kind == FIELD_DATE;
		uint8_t tag = (uint8_t)((i + 1) << 3 | (text ? WIRE_BYTES : WIRE_VARINT));
		if (*rest->at != tag)
			continue;
		rest->at++;
		values[i].present = true;
		if (!value_take(rest, field, tag, &values[i]))
			return false;
	}
	return rest->at == rest->end;
}

/* A text of the envelope, when its tag stands here. */
static inline bool envelope_take(struct rest *rest, enum envelope_field field, struct bytes *out)
{
	uint8_t tag = (uint8_t)(((unsigned)field + 1) << 3 | WIRE_BYTES);
	if (rest->at == rest->end || *rest->at != tag)
		return true;
	rest->at++;
	return bytes_take(rest, out) && identifier_is_valid(*out);
}

/* One by one: of larger pieces gcc makes a `rep stos`, which takes as long as all the rest. */
static inline void event_clear(struct event *event)
{
	const struct value none = { 0 };
	CHECK_STATIC(EVENT_VALUES_MAX == 6);
	event->day = 0;
	event->municipality = 0;
	event->id = event->key = event->subject = bytes_of(NULL, 0);
	event->values[0] = none;
	event->values[1] = none;
	event->values[2] = none;
	event->values[3] = none;
	event->values[4] = none;
	event->values[5] = none;
}

bool event_decode_fast(struct bytes bytes, struct event *out)
{
	struct rest rest = { bytes.data, bytes.data + bytes.length };
	struct bytes body;
	int32_t tag;
	event_clear(out);
	if (!envelope_take(&rest, ENVELOPE_ID, &out->id) ||
		!envelope_take(&rest, ENVELOPE_KEY, &out->key) || out->id.length == 0)
		return false;
	if (!number_take(&rest, &tag) || (tag & 7) != WIRE_BYTES || !bytes_take(&rest, &body) ||
		rest.at != rest.end)
		return false;
	const struct schema *schema = schema_by_number((unsigned)tag >> 3);
	if (schema == NULL)
		return false;
	out->type = schema->type;
	rest = (struct rest){ body.data, body.data + body.length };
	return body_take(&rest, schema, out->values);
}
