/*
 * engine/card.h - a sender's report card: how well one partner reports, from its own events alone.
 *
 * Nothing on it follows from what another partner sent, but that what ends a row of a work list
 * takes it off there too (indicators/person/due.h). It counts; it names nobody.
 */
#ifndef ENGINE_CARD_H
#define ENGINE_CARD_H

#include "engine/contradictions.h"
#include "engine/worklist_rows.h"
#include "proto/validate.h"

#define CARD_HABIT_DAYS 365 /* a habit is that of so many days before K */
#define CARD_HABIT_GAPS 4   /* and is one from so many times on between two days of news */

/* One type of event, over the days of a habit. */
struct card_type {
	uint64_t records;   /* 0: there was none, and the rest is nothing */
	int32_t last_on;    /* the civil day on which the newest was recorded */
	int32_t days_since; /* from then to K */
	int32_t usual_days; /* nine of ten times the next one came within so many; -1: no habit */
	bool is_late;       /* it has been longer than that */
};

struct card {
	int32_t as_of;    /* the civil day of K */
	int64_t known_us; /* K */

	/* Of the 91 days before K, as data_quality has them. */
	uint64_t records;
	uint64_t corrections;
	int32_t delay_p50_days; /* of first reports; nothing when all are corrections */
	int32_t delay_p90_days;

	struct card_type types[EVENT_TYPE_MAX + 1];
	struct worklist_counts due; /* rows of the work list */
	uint64_t contradictions[CONTRADICTION_COUNT];
};

#define CARD_REJECTED_MAX 50

/* An event that was rejected. */
struct card_rejected {
	int64_t at_us;  /* when it was said */
	uint64_t index; /* its place in the request, from 0 */
	enum rejection_code code;
	char id[65]; /* "": it may not be kept */
};

/* What became of the partner's events since the daemon started. */
struct card_outcome {
	int64_t since_us;
	uint64_t accepted;
	uint64_t duplicates;
	uint64_t rejected;
	uint64_t codes[REJECTION_CODE_COUNT];
	struct card_rejected last[CARD_REJECTED_MAX]; /* the newest first */
	size_t last_count;
};

/* What it is made from. */
struct card_ask {
	struct worklist_ask rows; /* the partner, and what it may send */
	const struct worklist *list;
	struct histories *histories; /* that may be shared */
	int32_t as_of;
	int64_t known_us;
	uint64_t seq; /* the last record at K */
	const atomic_bool *stop;
};

/*
 * Reads the records of the last year. The reader's view has the record at `seq`. A partner that
 * never sent anything has a card of zeros. ERR_STOPPED: `stop` became true. ERR_FULL: no memory.
 * ERR_CORRUPT, ERR_IO: as the reader's. On error *out is not to be read.
 */
enum err card_read(const struct card_ask *ask, struct reader *reader, struct card *out) NODISCARD;

/* Appends both as one line of JSON. */
void card_print_json(const struct card *card, const struct card_outcome *outcome,
	struct bytes partner, struct text *out);

#endif
