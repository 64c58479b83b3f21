/*
 * engine/summed.h - the integer sums behind one answer, as they travel: from a store to who adds up
 * those of several, each with records of its own people.
 *
 * A figure is a sum over people; so the sums of stores that have no person in common, added, are
 * those of one store with all their records, and what is printed of them is what that one would
 * print. Of a person in two stores each adds what it has. Agreements are in no sums: each is judged
 * in the store that has it.
 *
 * What is read may come from anybody: it is held against the shapes that this program knows, and
 * against what must hold within a curve.
 *
 * Source: Sums in proto/ladder.proto.
 */
#ifndef ENGINE_SUMMED_H
#define ENGINE_SUMMED_H

#include "engine/answers.h"

/* No count, and no total of a histogram, is larger: a double has each of them exactly. */
#define SUMMED_COUNT_MAX (INT64_C(1) << 53)

struct summed {
	struct answer_head head;
	struct question question;
	struct part *part; /* NULL: there is nothing */
};

void summed_release(struct summed *summed);

/* The sums of answers that were asked of `municipality`: takes them out of the answers. */
enum err summed_take(struct answers *answers, uint16_t municipality, struct summed *out) NODISCARD;

/* Appends a protobuf Sums. ERR_FULL: no memory. */
enum err summed_encode(const struct summed *summed, struct text *out) NODISCARD;

/*
 * Reads a protobuf Sums. ERR_INVALID: it is none, or none that there can be; *reason says what is
 * wrong. ERR_FULL: no memory. On error there is nothing to release.
 */
enum err summed_read(struct bytes bytes, struct summed *out, struct reason *reason) NODISCARD;

/*
 * Adds `more`. ERR_CONFLICT: they are not of one question; *reason says which argument differs.
 * ERR_INVALID: together they are more than there can be. ERR_FULL: no memory. After an error `to`
 * can only be released.
 */
enum err summed_add(struct summed *to, const struct summed *more, struct reason *reason) NODISCARD;

/*
 * The tree of the answer, in an arena of FIGURES_ARENA_SIZE. ERR_INVALID: the sums contradict each
 * other, so that a count would be below 0.
 */
enum err summed_build(
	const struct summed *summed, struct arena *arena, const struct figure **out) NODISCARD;

/* Appends the JSON of the answer. ERR_INVALID as above; ERR_FULL: no memory. */
enum err summed_print_json(const struct summed *summed, struct text *out) NODISCARD;

#endif
