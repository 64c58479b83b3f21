/*
 * proto/log_message.h - what a follower reads of /v1/log: records, and the marks at its end.
 *
 * Source: spec/interfaces.md, /v1/log, and Record of proto/ladder.proto. What is read is what
 * record_encode() and log_mark_encode() write; who wrote it checked it when it was recorded.
 */
#ifndef PROTO_LOG_MESSAGE_H
#define PROTO_LOG_MESSAGE_H

#include "proto/codec.h"
#include "proto/log_mark.h"

struct log_message {
	bool is_mark;
	struct log_mark mark;    /* then */
	struct record_view view; /* else; of a tombstone recorded_us is the first of its day */
};

/*
 * Reads a protobuf Record. All that it refers to is in `bytes` and the arena. ERR_CORRUPT: it is
 * none that this program knows: it is broken, or of a newer ladderd. ERR_FULL: the arena is full.
 */
enum err log_message_decode(
	struct bytes bytes, struct arena *arena, struct log_message *out) NODISCARD;

/* Reads a store's id as log_mark_print_json() prints it. ERR_INVALID: it is none. */
enum err log_mark_store_parse(struct bytes text, uint8_t out[LOG_MARK_STORE_SIZE]) NODISCARD;

#endif
