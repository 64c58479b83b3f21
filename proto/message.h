/*
 * proto/message.h - generated messages that are filled and packed; for proto/ only.
 */
#ifndef PROTO_MESSAGE_H
#define PROTO_MESSAGE_H

#include <protobuf-c/protobuf-c.h>

#include "ladder.pb-c.h"
#include "proto/codec.h"

/* Borrowed bytes as protobuf-c wants them: it does not change what it packs. */
ProtobufCBinaryData binary_of(const char *string);
ProtobufCBinaryData binary_of_bytes(struct bytes bytes);

/* Packs `message` behind what is in `out`. ERR_FULL: the arena is full. */
enum err message_append(
	const ProtobufCMessage *message, struct arena *arena, struct text *out) NODISCARD;

/* The rejections of a result as messages in the arena; NULL: it is full. */
Ladder__V1__Rejection **rejection_messages(const struct ingest_result *result, struct arena *arena);

#endif
