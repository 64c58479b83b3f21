/*
 * proto/stream.h - the messages of the stream: framed by a varint length.
 */
#ifndef PROTO_STREAM_H
#define PROTO_STREAM_H

#include "proto/codec.h"

#define STREAM_PROTOCOL_VERSION 1

enum stream_request_kind {
	STREAM_HELLO,
	STREAM_BATCH,
	STREAM_PING,
};

struct stream_request {
	enum stream_request_kind kind;
	struct bytes token;        /* hello */
	uint64_t protocol_version; /* hello */
	uint64_t number;           /* batch: the sender's own */
	struct bytes events;       /* batch: an EventBatch */
};

/*
 * Reads one StreamRequest, without its length. All bytes are borrowed from `message`, or
 * from the arena when a batch's fields are mixed up. ERR_INVALID: it is none. ERR_FULL:
 * the arena is full.
 */
enum err stream_request_read(
	struct bytes message, struct arena *arena, struct stream_request *out) NODISCARD;

struct stream_limits {
	uint64_t message_bytes_max;
	uint64_t batch_events_max;
	uint64_t pipelined_batches_max;
};

/* Append a StreamReply with its length. ERR_FULL: the arena, used for work, is full. */
enum err stream_welcome_add(
	const struct stream_limits *limits, struct arena *arena, struct text *out) NODISCARD;
enum err stream_result_add(uint64_t number, const struct ingest_result *result, struct arena *arena,
	struct text *out) NODISCARD;
enum err stream_pong_add(struct arena *arena, struct text *out) NODISCARD;
enum err stream_error_add(
	const char *code, const char *message, struct arena *arena, struct text *out) NODISCARD;

#endif
