/*
 * proto/stream.h - the messages of the stream, framed by a varint length: what the daemon
 * reads and answers, and what a sender says and reads.
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

/*
 * The sender's side. Append a StreamRequest with its length. Behind the head of a batch go
 * `events_length` bytes of an EventBatch.
 */
void stream_hello_add(struct bytes token, struct text *out);
void stream_batch_head_add(uint64_t number, size_t events_length, struct text *out);
void stream_ping_add(struct text *out);

enum stream_reply_kind {
	STREAM_WELCOME,
	STREAM_RESULT,
	STREAM_PONG,
	STREAM_ERROR,
};

/* What is not said is 0 or empty. */
struct stream_reply {
	enum stream_reply_kind kind;
	uint64_t protocol_version;   /* welcome */
	struct stream_limits limits; /* welcome */
	uint64_t number;             /* result: of the batch */
	struct bytes result;         /* result: the whole StreamResult */
	struct bytes code;           /* error */
	struct bytes message;        /* error */
};

/*
 * Reads one StreamReply, without its length; fields it does not know are skipped. All bytes
 * are borrowed from `message`. ERR_INVALID: it is none.
 */
enum err stream_reply_read(struct bytes message, struct stream_reply *out) NODISCARD;

#endif
