/*
 * store/record.h - how one record lies in the log: a fixed header, then the
 * body as canonical protobuf.
 *
 * The header has what a fold needs to know whose record it is and when it counts; the body
 * is the Event with its id and key only. The subject is a person number: the pseudonym
 * stands in the person table, nowhere else. All integers are little-endian.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "base/bytes.h"
#include "base/err.h"
#include "proto/event.h"

#define RECORD_FORMAT      1
#define RECORD_HEADER_SIZE 40

struct record {
	uint64_t seq; /* the key in the log, part of the checksum */
	int64_t recorded_us;
	uint64_t withdraws; /* the seq that this record withdraws; 0 none */
	uint32_t person;    /* person number; 0: not about a person */
	int32_t day;        /* occurred_on */
	uint16_t partner;   /* partner number */
	uint16_t municipality;
	enum event_type type;
	bool correction; /* an EventRetracted, or its key had been used before */
	struct bytes body;
};

/* Writes the header, with the checksum over seq, header and body, into `out`. */
void record_header_write(const struct record *record, uint8_t out[RECORD_HEADER_SIZE]);

/* Who sent a record, about whom and where; for counting, as no checksum is looked at. */
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
