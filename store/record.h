/*
 * store/record.h - how one record lies in the log: a fixed header, then the
 * body as canonical protobuf.
 *
 * The header has what a fold needs to know whose record it is and when it counts; the body
 * is the Event with its id and key only. The subject is a person number: the pseudonym
 * stands in the person table, nowhere else. All integers are little-endian.
 *
 * An act has the number of its type, and no day and municipality. Of a record that was erased
 * a *tombstone* is left: a header with the type 0 and a stamp of the same civil day, between
 * those of its neighbours, and no body; who sent it and about whom is not there.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "base/bytes.h"
#include "base/err.h"
#include "proto/event.h"
#include "proto/log_act.h"

#define RECORD_FORMAT      1
#define RECORD_HEADER_SIZE 40

struct record {
	uint64_t seq; /* the key in the log, part of the checksum */
	int64_t recorded_us;
	uint64_t withdraws; /* the seq that this record withdraws; 0 none. Of a tombstone: of
			     * another person's record, which stays withdrawn */
	uint32_t person;    /* person number; 0: not about a person */
	int32_t day;        /* occurred_on */
	uint16_t partner;   /* partner number */
	uint16_t municipality;
	enum record_kind kind;
	enum event_type type;  /* of a RECORD_EVENT */
	enum log_act_type act; /* of a RECORD_ACT */
	bool correction;       /* an EventRetracted, or its key had been used before */
	bool nameless;         /* a tombstone of what had no id: of an act */
	uint64_t checksum;     /* when it was read */
	bool restricted; /* not in the record: its person, or whom it is about, is restricted */
	struct bytes body;
};

/* Does it count in figures and lists? Acts and tombstones do not. */
static inline bool record_counts(const struct record *record)
{
	return record->kind == RECORD_EVENT && !record->restricted;
}

/* Writes the header, with the checksum over seq, header and body, into `out`. */
void record_header_write(const struct record *record, uint8_t out[RECORD_HEADER_SIZE]);

/*
 * Who sent a record, about whom and where; for counting, as no checksum is looked at. Partner 0:
 * it is no event.
 */
struct record_origin {
	uint32_t person;
	uint16_t partner;
	uint16_t municipality;
};

/* ERR_CORRUPT: there is no whole header. */
enum err record_origin_read(struct bytes bytes, struct record_origin *out) NODISCARD;

/*
 * Reads the record that the log has under `seq`; the body borrows from `bytes`.
 * ERR_CORRUPT: the checksum or the format does not hold.
 */
enum err record_read(uint64_t seq, struct bytes bytes, struct record *out) NODISCARD;

#endif
