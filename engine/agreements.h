/*
 * engine/agreements.h - the agreements that are in force, and what became of them.
 *
 * An agreement is an event without a subject: its record is read again when it is listed. Its
 * figure is that of its municipality at its own day D, the earlier of P and the day it is for:
 * sums at each such day are folded from the people with an event in a municipality that has
 * agreements. They can be kept up as histories change.
 */
#ifndef ENGINE_AGREEMENTS_H
#define ENGINE_AGREEMENTS_H

#include "engine/fold.h"
#include "indicators/agreement.h"

struct agreement_item {
	uint16_t municipality;
	uint64_t seq;
	struct bytes partner; /* that made it */
	struct bytes id;
	const char *with; /* the partner it is with; NULL */
	struct agreement agreement;
	struct agreement_answer answer;
};

/* The sums at one day, of the municipalities that are asked for; in agreements.c. */
struct agreed_sums;

struct agreements {
	struct question question;     /* P and the policies */
	struct agreement_item *items; /* by municipality, then in the order of the contract */
	size_t count;
	struct arena texts;
	struct agreed_sums **sums;
	size_t sums_count;
	size_t sums_size;
};

void agreements_release(struct agreements *agreements);

/*
 * Lists what is agreed of `municipality`, or of any when it is PART_ALL, in the place of what
 * was listed. The reader's view must have all records of the histories. ERR_FULL: no memory.
 * ERR_CORRUPT, ERR_IO: as the reader's.
 */
enum err agreements_read(struct agreements *agreements, const struct histories *histories,
	struct reader *reader, const struct question *question, uint16_t municipality) NODISCARD;

/*
 * Makes the sums that the list needs and are not there yet, of everybody who is not marked;
 * forgets the others.
 */
enum err agreements_fold(struct agreements *agreements, struct folding *folding,
	struct histories *histories, struct reader *reader) NODISCARD;

/* Adds a person to the sums, or subtracts the person (sign -1). */
enum err agreements_fold_person(struct agreements *agreements, struct folding *folding,
	struct histories *histories, struct reader *reader, uint32_t person,
	int64_t sign) NODISCARD;

/*
 * Lets the same agreements be judged as of another day, whenever they were made: their sums
 * are to be folded there next. One whose day `by` is before it is judged as at `by`.
 */
void agreements_move(struct agreements *agreements, int32_t as_of);

/* Judges all by the sums. ERR_FULL: no memory. */
enum err agreements_judge(struct agreements *agreements) NODISCARD;

/* The items of a municipality; *count of them, 0: NULL. */
const struct agreement_item *agreements_of(
	const struct agreements *agreements, uint16_t municipality, size_t *count);

/*
 * The elements of the array `agreements` of a municipality, in an arena of their own that is
 * made; *first NULL: none. ERR_FULL: no memory, and there is nothing to release.
 */
enum err agreements_figures(const struct agreements *agreements, uint16_t municipality,
	struct arena *arena, const struct figure **first) NODISCARD;

#endif
