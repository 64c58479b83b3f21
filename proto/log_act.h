/*
 * proto/log_act.h - acts: the records that ladderd itself writes, of what its operator did.
 *
 * An act is an Event without id, municipality and day; the log has it under the partner
 * `ladderd`, which no sender can be. It is in no figure.
 */
#ifndef PROTO_LOG_ACT_H
#define PROTO_LOG_ACT_H

#include "base/arena.h"
#include "base/text.h"

#define LOG_ACT_PARTNER "ladderd"

/* What a record of the log is. */
enum record_kind {
	RECORD_EVENT,
	RECORD_ACT,
	RECORD_TOMBSTONE, /* it was erased: its place and its day are left */
};

/* The numbers of the fields in the oneof of Event: they are stored in the log. */
enum log_act_type {
	LOG_ACT_NONE = 0,
	LOG_ACT_ERASED = 57,
	LOG_ACT_RESTRICTED = 58,
	LOG_ACT_UNRESTRICTED = 59,
};

/* Seqs in one act: the rest are in further ones, so that each fits into a stored event. */
#define LOG_ACT_SEQS_MAX 8192

struct log_act {
	enum log_act_type type;
	struct bytes subject; /* of restricted and unrestricted, for readers; not stored */
	/* Of erased. */
	const uint64_t *seqs; /* growing */
	size_t seq_count;
	int32_t before; /* the person expired, with no event from this day on; 0: erased */
};

/* Is it the number of an act? */
bool log_act_is(unsigned number);

/* Appends the canonical protobuf of an Event with the act; with its subject only if `whole`. */
void log_act_encode(const struct log_act *act, bool whole, struct text *out);

/*
 * Reads what log_act_encode() wrote without a subject; the seqs are in the arena. ERR_CORRUPT:
 * it is no act. ERR_FULL: the arena is full.
 */
enum err log_act_decode(struct bytes bytes, struct arena *arena, struct log_act *out) NODISCARD;

/* Appends {"erased":{"seqs":[…]}} and its like. */
void log_act_print_json(const struct log_act *act, struct text *out);

#endif
