/*
 * proto/log_message.c - see log_message.h.
 */
#include "proto/log_message.h"

#include "base/date.h"

/* The fields of Record, with the wire type of each. */
enum record_tag {
	TAG_SEQ = 1 << 3 | WIRE_VARINT,
	TAG_RECORDED_AT = 2 << 3 | WIRE_BYTES,
	TAG_PARTNER = 3 << 3 | WIRE_BYTES,
	TAG_EVENT = 4 << 3 | WIRE_BYTES,
	TAG_ROUND_TO = 5 << 3 | WIRE_VARINT,
	TAG_DEFINITIONS = 6 << 3 | WIRE_VARINT,
	TAG_WITHDRAWS = 7 << 3 | WIRE_VARINT,
	TAG_RECORDED_ON = 8 << 3 | WIRE_BYTES,
	TAG_ERASED = 9 << 3 | WIRE_VARINT,
	TAG_CAUGHT_UP = 10 << 3 | WIRE_VARINT,
	TAG_SETTLED = 11 << 3 | WIRE_BYTES,
	TAG_STORE = 12 << 3 | WIRE_BYTES,
};

#define FIELDS_MAX  12
#define SUBJECT_TAG (3 << 3 | WIRE_BYTES) /* of Event */
#define SEQ_MAX     (UINT64_C(1) << 40)

/* The fields of a Record by their numbers; of one that is absent the tag is 0. */
struct fields {
	struct wire_field at[FIELDS_MAX + 1];
};

static enum err fields_take(struct bytes bytes, struct fields *out)
{
	*out = (struct fields){ 0 };
	while (bytes.length > 0) {
		struct wire_field field;
		if (wire_field_take(&bytes, &field) != OK)
			return ERR_CORRUPT;
		uint64_t number = field.tag >> 3;
		if (number == 0 || number > FIELDS_MAX || out->at[number].tag != 0)
			return ERR_CORRUPT;
		out->at[number] = field;
	}
	return OK;
}

/* The field, if it is there and of that wire type; else NULL. */
static const struct wire_field *field_of(const struct fields *fields, enum record_tag tag)
{
	const struct wire_field *field = &fields->at[tag >> 3];
	return field->tag == tag ? field : NULL;
}

static uint64_t number_of(const struct fields *fields, enum record_tag tag)
{
	const struct wire_field *field = field_of(fields, tag);
	return field == NULL ? 0 : field->value;
}

static struct bytes text_of(const struct fields *fields, enum record_tag tag)
{
	const struct wire_field *field = field_of(fields, tag);
	return field == NULL ? bytes_of(NULL, 0) : field->bytes;
}

static int nibble(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum err log_mark_store_parse(struct bytes text, uint8_t out[LOG_MARK_STORE_SIZE])
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	uint8_t id[LOG_MARK_STORE_SIZE] = { 0 };
	size_t digits = 0;
	if (text.length != sizeof(form) - 1)
		return ERR_INVALID;
	for (size_t i = 0; i < text.length; i++) {
		int digit = nibble(text.data[i]);
		if (form[i] == '-' && text.data[i] == '-')
			continue;
		if (form[i] == '-' || digit < 0)
			return ERR_INVALID;
		id[digits / 2] = (uint8_t)(id[digits / 2] << 4 | digit);
		digits++;
	}
	memcpy(out, id, sizeof(id));
	return OK;
}

static enum err mark_read(const struct fields *fields, struct log_mark *out)
{
	struct log_mark mark = { .caught_up = number_of(fields, TAG_CAUGHT_UP) };
	if (mark.caught_up > SEQ_MAX ||
		instant_parse(text_of(fields, TAG_SETTLED), &mark.settled_us) != OK ||
		log_mark_store_parse(text_of(fields, TAG_STORE), mark.store) != OK)
		return ERR_CORRUPT;
	*out = mark;
	return OK;
}

static enum err tombstone_read(const struct fields *fields, struct record_view *out)
{
	int32_t day;
	if (number_of(fields, TAG_ERASED) != 1 ||
		date_parse(text_of(fields, TAG_RECORDED_ON), &day) != OK)
		return ERR_CORRUPT;
	out->kind = RECORD_TOMBSTONE;
	out->recorded_us = zone_day_first_us(day);
	return OK;
}

/* An act is an Event with its subject before it, if it has one. ERR_NOT_FOUND: it is no act. */
static enum err act_read(struct bytes bytes, struct arena *arena, struct log_act *out)
{
	struct bytes rest = bytes;
	struct wire_field field;
	struct bytes subject = { 0 };
	if (wire_field_take(&rest, &field) != OK)
		return ERR_CORRUPT;
	if (field.tag == SUBJECT_TAG) {
		subject = field.bytes;
		bytes = rest;
		if (wire_field_take(&rest, &field) != OK)
			return ERR_NOT_FOUND;
	}
	if (field.tag >> 3 > UINT16_MAX || !log_act_is((unsigned)(field.tag >> 3)))
		return ERR_NOT_FOUND;
	enum err err = log_act_decode(bytes, arena, out);
	if (err == OK && (out->type == LOG_ACT_ERASED) != (subject.length == 0))
		return ERR_CORRUPT;
	if (err == OK && subject.length > 0 && !identifier_is_valid(subject))
		return ERR_CORRUPT;
	out->subject = subject;
	return err;
}

static enum err record_read_view(
	const struct fields *fields, struct arena *arena, struct record_view *out)
{
	struct bytes event = text_of(fields, TAG_EVENT);
	out->partner = text_of(fields, TAG_PARTNER);
	if (instant_parse(text_of(fields, TAG_RECORDED_AT), &out->recorded_us) != OK ||
		!identifier_is_valid(out->partner))
		return ERR_CORRUPT;
	enum err err = act_read(event, arena, &out->act);
	if (err == OK) {
		out->kind = RECORD_ACT;
		return bytes_are(out->partner, LOG_ACT_PARTNER) ? OK : ERR_CORRUPT;
	}
	if (err != ERR_NOT_FOUND)
		return err;
	out->kind = RECORD_EVENT;
	uint64_t round_to = number_of(fields, TAG_ROUND_TO);
	uint64_t definitions = number_of(fields, TAG_DEFINITIONS);
	out->withdraws = number_of(fields, TAG_WITHDRAWS);
	if (round_to > UINT16_MAX || definitions > UINT16_MAX || out->withdraws > SEQ_MAX)
		return ERR_CORRUPT;
	out->round_to = (uint32_t)round_to;
	out->definitions = (uint32_t)definitions;
	return event_read_whole(event, arena, &out->event);
}

enum err log_message_decode(struct bytes bytes, struct arena *arena, struct log_message *out)
{
	struct fields fields;
	struct log_message message = { .is_mark = false };
	enum err err = fields_take(bytes, &fields);
	if (err != OK)
		return err;
	message.is_mark = field_of(&fields, TAG_STORE) != NULL;
	if (message.is_mark) {
		err = mark_read(&fields, &message.mark);
	} else {
		message.view.seq = number_of(&fields, TAG_SEQ);
		if (message.view.seq == 0 || message.view.seq > SEQ_MAX)
			return ERR_CORRUPT;
		err = field_of(&fields, TAG_ERASED) != NULL
			      ? tombstone_read(&fields, &message.view)
			      : record_read_view(&fields, arena, &message.view);
	}
	if (err == OK)
		*out = message;
	return err;
}
