/*
 * proto/codec.h - protobuf in and out. Only proto/ sees protobuf-c.
 */
#ifndef PROTO_CODEC_H
#define PROTO_CODEC_H

#include "base/arena.h"
#include "base/text.h"
#include "proto/log_act.h"
#include "proto/raw.h"
#include "proto/validate.h"

/*
 * Cuts the next event out of an EventBatch: moves *rest on and sets *event to
 * its bytes. ERR_NOT_FOUND: the batch is at its end. ERR_INVALID: no EventBatch,
 * or one with a field it does not have: refuse the request.
 */
enum err batch_next(struct bytes *rest, struct bytes *event) NODISCARD;

/*
 * Reads one protobuf Event. ERR_INVALID: it is none: refuse the request.
 * ERR_FULL: the arena is full: refuse the request as too large.
 */
enum err event_decode(struct bytes bytes, struct arena *arena, struct raw_event *out) NODISCARD;

/* Which fields of the envelope to write. The log keeps some of them elsewhere. */
enum envelope_choice {
	ENVELOPE_WHOLE,
	ENVELOPE_STORED, /* id and key only */
};

/*
 * The canonical protobuf of an event, in the arena: fields in the order of
 * their numbers, sets sorted. Two events have the same content if and only if
 * these bytes are equal (canonical.c). ERR_FULL: the arena is full.
 */
enum err event_encode(const struct event *event, enum envelope_choice choice, struct arena *arena,
	struct bytes *out) NODISCARD;

/*
 * Reads back what event_encode() wrote with ENVELOPE_STORED; day, municipality and
 * subject are left for the caller to fill in. The event borrows from `arena`.
 * ERR_CORRUPT: the bytes are not what was written. ERR_FULL: the arena is full.
 */
enum err event_read_stored(struct bytes bytes, struct arena *arena, struct event *out) NODISCARD;

/*
 * Reads a whole event that a ladderd wrote, with ENVELOPE_WHOLE. What it means is not checked
 * again: it was when it was recorded. Errors as event_read_stored()'s.
 */
enum err event_read_whole(struct bytes bytes, struct arena *arena, struct event *out) NODISCARD;

/* A record of the log, for readers. Of a tombstone only seq and the day of recording are told. */
struct record_view {
	uint64_t seq;
	int64_t recorded_us;
	enum record_kind kind;
	struct bytes partner;
	/* What the daemon says beside its sender; 0: nothing. */
	uint32_t round_to;    /* of a ReportPublished: its counts are multiples of this */
	uint32_t definitions; /* of a ReportPublished: the number of the set */
	uint64_t withdraws;   /* of an EventRetracted: the seq */
	struct event event;   /* whole, with its subject; of a RECORD_EVENT */
	struct log_act act;   /* of a RECORD_ACT, with its subject */
};

/* Appends a protobuf Record. ERR_FULL: the arena, used for work, is full. */
enum err record_encode(
	const struct record_view *record, struct arena *arena, struct text *out) NODISCARD;

/* Appends a varint of `value`. */
void varint_add(struct text *out, uint64_t value);

/* Reads a varint. ERR_INVALID: there is none, or it is over 64 bits. */
enum err varint_take(struct bytes *rest, uint64_t *value) NODISCARD;

/* The wire types of protobuf that the schema has. */
enum wire_type { WIRE_VARINT = 0, WIRE_BYTES = 2 };

/* One field of a message. */
struct wire_field {
	uint64_t tag;       /* its number << 3, and its wire type */
	uint64_t value;     /* the varint, or the length of the bytes */
	struct bytes bytes; /* empty for a varint */
	struct bytes whole; /* with its tag */
};

/*
 * Takes the next field of a message, borrowed from it. ERR_NOT_FOUND: the message is at its
 * end. ERR_INVALID: it is broken, or of a wire type that the schema does not have.
 */
enum err wire_field_take(struct bytes *rest, struct wire_field *out) NODISCARD;

/* Appends a protobuf IngestResult. */
struct ingest_result {
	size_t accepted;
	size_t duplicates;
	const struct rejection *rejections;
	size_t rejection_count;
	uint64_t last_seq;
};
enum err result_encode(
	const struct ingest_result *result, struct arena *arena, struct text *out) NODISCARD;

/*
 * The JSON of spec/events.md, without spaces: an event's object; a record's; a
 * result's. Every field that is present, enumerations in the short spelling (print.c).
 */
void event_print_json(const struct event *event, struct text *out);
void record_print_json(const struct record_view *record, struct text *out);
void result_print_json(const struct ingest_result *result, struct text *out);

#endif
