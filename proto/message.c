/*
 * proto/message.c - see message.h.
 */
#include "proto/message.h"

ProtobufCBinaryData binary_of(const char *string)
{
	union {
		const char *borrowed;
		uint8_t *data;
	} shared = { .borrowed = string };
	return (ProtobufCBinaryData){ .len = strlen(string), .data = shared.data };
}

ProtobufCBinaryData binary_of_bytes(struct bytes bytes)
{
	union {
		const uint8_t *borrowed;
		uint8_t *data;
	} shared = { .borrowed = bytes.data };
	return (ProtobufCBinaryData){ .len = bytes.length, .data = shared.data };
}

/* Packs `message` behind what is in `out`. */
enum err message_append(const ProtobufCMessage *message, struct arena *arena, struct text *out)
{
	size_t length = protobuf_c_message_get_packed_size(message);
	uint8_t *data = arena_take(arena, length);
	if (data == NULL)
		return ERR_FULL;
	protobuf_c_message_pack(message, data);
	text_add(out, bytes_of(data, length));
	return OK;
}

Ladder__V1__Rejection **rejection_messages(const struct ingest_result *result, struct arena *arena)
{
	size_t count = result->rejection_count;
	Ladder__V1__Rejection *rows = arena_take(arena, count * sizeof(*rows));
	Ladder__V1__Rejection **out = arena_take(arena, count * sizeof(Ladder__V1__Rejection *));
	if (rows == NULL || out == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		const struct rejection *rejection = &result->rejections[i];
		ladder__v1__rejection__init(&rows[i]);
		out[i] = &rows[i];
		rows[i].has_index = 1;
		rows[i].index = (uint32_t)rejection->index;
		rows[i].has_id = rejection->id.length > 0;
		rows[i].id = binary_of_bytes(rejection->id);
		rows[i].has_code = 1;
		rows[i].code = binary_of(rejection_code_name(rejection->code));
		rows[i].has_field = 1;
		rows[i].field = binary_of(rejection->field);
		rows[i].has_message = 1;
		rows[i].message = binary_of(rejection->message);
	}
	return out;
}
