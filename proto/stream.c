/*
 * proto/stream.c - see stream.h.
 *
 * Requests are walked by hand, so that a batch's events are found without being decoded;
 * replies are packed by protobuf-c. A sender's side is small enough to be all by hand.
 */
#include "proto/stream.h"

#include "base/check.h"
#include "proto/message.h"

#define TAG(field, wire) ((uint64_t)(field) << 3 | (wire))

static enum err hello_read(struct bytes bytes, struct stream_request *out)
{
	struct wire_field field;
	enum err err;
	while ((err = wire_field_take(&bytes, &field)) == OK) {
		if (field.tag == TAG(1, WIRE_BYTES))
			out->token = field.bytes;
		else if (field.tag == TAG(2, WIRE_VARINT))
			out->protocol_version = field.value;
		else
			return ERR_INVALID;
	}
	return err == ERR_NOT_FOUND ? OK : err;
}

/* The events of a batch whose number stands between them, put together in the arena. */
static enum err events_gather(struct bytes bytes, struct arena *arena, struct bytes *out)
{
	struct wire_field field;
	uint8_t *all = arena_take(arena, bytes.length);
	size_t length = 0;
	if (all == NULL)
		return ERR_FULL;
	while (wire_field_take(&bytes, &field) == OK) {
		if (field.tag != TAG(1, WIRE_BYTES))
			continue;
		memcpy(all + length, field.whole.data, field.whole.length);
		length += field.whole.length;
	}
	*out = bytes_of(all, length);
	return OK;
}

static enum err batch_fields_read(
	struct bytes bytes, struct arena *arena, struct stream_request *out)
{
	struct bytes rest = bytes;
	struct wire_field field;
	bool mixed = false;
	enum err err;
	out->events = bytes_of(bytes.data, 0);
	while ((err = wire_field_take(&rest, &field)) == OK) {
		if (field.tag == TAG(2, WIRE_VARINT)) {
			out->number = field.value;
			continue;
		}
		if (field.tag != TAG(1, WIRE_BYTES))
			return ERR_INVALID;
		if (out->events.length == 0)
			out->events = field.whole;
		else if (out->events.data + out->events.length == field.whole.data)
			out->events.length += field.whole.length;
		else
			mixed = true;
	}
	if (err != ERR_NOT_FOUND)
		return err;
	return mixed ? events_gather(bytes, arena, &out->events) : OK;
}

enum err stream_request_read(struct bytes message, struct arena *arena, struct stream_request *out)
{
	struct wire_field field = { 0 }, another;
	struct stream_request request = { .kind = STREAM_PING };
	enum err err = wire_field_take(&message, &field);
	if (err != OK || wire_field_take(&message, &another) != ERR_NOT_FOUND)
		return ERR_INVALID;
	if (field.tag == TAG(1, WIRE_BYTES)) {
		request.kind = STREAM_HELLO;
		err = hello_read(field.bytes, &request);
	} else if (field.tag == TAG(2, WIRE_BYTES)) {
		request.kind = STREAM_BATCH;
		err = batch_fields_read(field.bytes, arena, &request);
	} else if (field.tag != TAG(3, WIRE_BYTES) || field.bytes.length != 0) {
		err = ERR_INVALID;
	}
	if (err == OK)
		*out = request;
	return err;
}

/* Appends a reply behind its length. */
static enum err reply_add(
	const Ladder__V1__StreamReply *reply, struct arena *arena, struct text *out)
{
	varint_add(out, ladder__v1__stream_reply__get_packed_size(reply));
	return message_append(&reply->base, arena, out);
}

enum err stream_welcome_add(
	const struct stream_limits *limits, struct arena *arena, struct text *out)
{
	Ladder__V1__StreamReply reply;
	Ladder__V1__StreamWelcome welcome;
	Ladder__V1__StreamLimits said;
	ladder__v1__stream_reply__init(&reply);
	ladder__v1__stream_welcome__init(&welcome);
	ladder__v1__stream_limits__init(&said);
	said.has_message_bytes_max = 1;
	said.message_bytes_max = limits->message_bytes_max;
	said.has_batch_events_max = 1;
	said.batch_events_max = limits->batch_events_max;
	said.has_pipelined_batches_max = 1;
	said.pipelined_batches_max = limits->pipelined_batches_max;
	welcome.has_protocol_version = 1;
	welcome.protocol_version = STREAM_PROTOCOL_VERSION;
	welcome.limits = &said;
	reply.reply_case = LADDER__V1__STREAM_REPLY__REPLY_WELCOME;
	reply.welcome = &welcome;
	return reply_add(&reply, arena, out);
}

enum err stream_result_add(
	uint64_t number, const struct ingest_result *result, struct arena *arena, struct text *out)
{
	Ladder__V1__StreamReply reply;
	Ladder__V1__StreamResult said;
	ladder__v1__stream_reply__init(&reply);
	ladder__v1__stream_result__init(&said);
	said.n_rejected = result->rejection_count;
	said.rejected = rejection_messages(result, arena);
	if (said.rejected == NULL)
		return ERR_FULL;
	said.has_number = 1;
	said.number = number;
	said.has_accepted = 1;
	said.accepted = (uint32_t)result->accepted;
	said.has_duplicates = 1;
	said.duplicates = (uint32_t)result->duplicates;
	said.has_last_seq = 1;
	said.last_seq = result->last_seq;
	reply.reply_case = LADDER__V1__STREAM_REPLY__REPLY_RESULT;
	reply.result = &said;
	return reply_add(&reply, arena, out);
}

enum err stream_pong_add(struct arena *arena, struct text *out)
{
	Ladder__V1__StreamReply reply;
	Ladder__V1__StreamPong pong;
	ladder__v1__stream_reply__init(&reply);
	ladder__v1__stream_pong__init(&pong);
	reply.reply_case = LADDER__V1__STREAM_REPLY__REPLY_PONG;
	reply.pong = &pong;
	return reply_add(&reply, arena, out);
}

enum err stream_error_add(
	const char *code, const char *message, struct arena *arena, struct text *out)
{
	Ladder__V1__StreamReply reply;
	Ladder__V1__StreamError said;
	ladder__v1__stream_reply__init(&reply);
	ladder__v1__stream_error__init(&said);
	said.has_code = 1;
	said.code = binary_of(code);
	said.has_message = 1;
	said.message = binary_of(message);
	reply.reply_case = LADDER__V1__STREAM_REPLY__REPLY_ERROR;
	reply.error = &said;
	return reply_add(&reply, arena, out);
}

/* Appends a field of bytes. */
static void bytes_field_add(struct text *out, unsigned field, struct bytes bytes)
{
	varint_add(out, TAG(field, WIRE_BYTES));
	varint_add(out, bytes.length);
	text_add(out, bytes);
}

static size_t varint_length(uint64_t value)
{
	size_t length = 1;
	for (; value > 0x7F; value >>= 7)
		length++;
	return length;
}

void stream_hello_add(struct bytes token, struct text *out)
{
	struct text hello = { 0 }, request = { 0 };
	bytes_field_add(&hello, 1, token);
	varint_add(&hello, TAG(2, WIRE_VARINT));
	varint_add(&hello, STREAM_PROTOCOL_VERSION);
	bytes_field_add(&request, 1, text_bytes(&hello));
	varint_add(out, request.length);
	text_add(out, text_bytes(&request));
	out->failed = out->failed || hello.failed || request.failed;
	text_release(&hello);
	text_release(&request);
}

void stream_batch_head_add(uint64_t number, size_t events_length, struct text *out)
{
	size_t batch_length = 1 + varint_length(number) + events_length;
	varint_add(out, 1 + varint_length(batch_length) + batch_length);
	varint_add(out, TAG(2, WIRE_BYTES));
	varint_add(out, batch_length);
	varint_add(out, TAG(2, WIRE_VARINT));
	varint_add(out, number);
}

void stream_ping_add(struct text *out)
{
	varint_add(out, 2);
	bytes_field_add(out, 3, bytes_of("", 0));
}

static enum err limits_read(struct bytes bytes, struct stream_limits *out)
{
	struct wire_field field;
	enum err err;
	while ((err = wire_field_take(&bytes, &field)) == OK) {
		if (field.tag == TAG(1, WIRE_VARINT))
			out->message_bytes_max = field.value;
		else if (field.tag == TAG(2, WIRE_VARINT))
			out->batch_events_max = field.value;
		else if (field.tag == TAG(3, WIRE_VARINT))
			out->pipelined_batches_max = field.value;
	}
	return err == ERR_NOT_FOUND ? OK : err;
}

/* One field of what a reply holds. */
static enum err reply_wire_field_take(const struct wire_field *field, struct stream_reply *out)
{
	switch (out->kind) {
	case STREAM_WELCOME:
		if (field->tag == TAG(1, WIRE_VARINT))
			out->protocol_version = field->value;
		else if (field->tag == TAG(2, WIRE_BYTES))
			return limits_read(field->bytes, &out->limits);
		break;
	case STREAM_RESULT:
		if (field->tag == TAG(1, WIRE_VARINT))
			out->number = field->value;
		break;
	case STREAM_ERROR:
		if (field->tag == TAG(1, WIRE_BYTES))
			out->code = field->bytes;
		else if (field->tag == TAG(2, WIRE_BYTES))
			out->message = field->bytes;
		break;
	case STREAM_PONG:
		break;
	}
	return OK;
}

enum err stream_reply_read(struct bytes message, struct stream_reply *out)
{
	static const enum stream_reply_kind kinds[] = { STREAM_WELCOME, STREAM_RESULT, STREAM_PONG,
		STREAM_ERROR };
	struct wire_field field = { 0 }, another;
	if (wire_field_take(&message, &field) != OK ||
		wire_field_take(&message, &another) != ERR_NOT_FOUND)
		return ERR_INVALID;
	uint64_t number = field.tag >> 3;
	if ((field.tag & 7) != WIRE_BYTES || number < 1 || number > ARRAY_LENGTH(kinds))
		return ERR_INVALID;
	struct stream_reply reply = { .kind = kinds[number - 1], .result = field.bytes };
	struct bytes rest = field.bytes;
	enum err err = OK;
	while (err == OK && (err = wire_field_take(&rest, &field)) == OK)
		err = reply_wire_field_take(&field, &reply);
	if (err != ERR_NOT_FOUND)
		return ERR_INVALID;
	*out = reply;
	return OK;
}
