/*
 * tools/generate/life.h - invented lives of newcomers, one at a time, as
 * compact rows.
 *
 * Pure and in integers only: a life follows from the seed, the person's number
 * and the world it is in, on every machine. The same call twice gives the same
 * rows, so that a caller can count first and order afterwards.
 */
#ifndef TOOLS_GENERATE_LIFE_H
#define TOOLS_GENERATE_LIFE_H

#include "proto/event.h"

/*
 * One event, before it has an id. What its values mean follows from the type's
 * row in the schema: integers, bools, enumerations and sets stand in `values`;
 * of a date only its presence does, and the day is `link`; identifiers are
 * made from small numbers by the caller:
 *   job_ref       `link` is the day the job started, values[0] its letter from 0
 *   sanction_ref  values[0] is its number within the person
 *   activity_ref  the day and the kind
 *   worker        its number among the case managers of the municipality
 *   referral_ref  `link` is the day of the referral; the value is the enum org_type
 *   with          the number of a partner: see command.c
 *   target_id, target_key   `link` is the target's index in the life's rows
 */
struct life_row {
	int32_t day;
	uint32_t person; /* NOBODY: about no person */
	uint32_t link;
	uint16_t municipality;
	uint16_t key; /* number of the sender's row within the person; 0: none */
	uint8_t type;
	int16_t values[EVENT_VALUES_MAX];
};

#define VALUE_ABSENT (-1)
#define NOBODY       UINT32_MAX
#define PARTNERS     3

#define WORLD_YEARS_MAX   30
#define DAYS_BEFORE_WORLD 1095 /* of the earliest settlement before the first day */

struct world {
	uint64_t seed;
	int32_t first; /* the municipality is followed from this day on */
	int32_t until; /* no event is later */
	bool publish;  /* also the report of the quarter that ended last */
	const uint16_t *municipalities;
	size_t municipality_count;
};

#define LIFE_ROWS_MAX 8192

struct life {
	struct life_row rows[LIFE_ROWS_MAX]; /* a target comes before its retraction */
	size_t count;
};

/* The life of person `person`, from 0. */
void life_of_person(const struct world *world, uint32_t person, struct life *out);

/* What a municipality says of itself: its service model, its agreements and its reports. */
void life_of_municipality(const struct world *world, size_t index, struct life *out);

/* A bijection of 64 bits that leaves no pattern (the finalizer of splitmix64). */
uint64_t mix64(uint64_t value);

#endif
