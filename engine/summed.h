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

/* No message is larger: who makes one refuses, and who reads one takes no more. */
#define SUMMED_BYTES_MAX ((size_t)8 << 20)

/* The id of a store: see reader_store_id(). */
struct summed_store {
	uint8_t id[READER_STORE_ID_SIZE];
};

struct summed {
	struct answer_head head;
	struct question question;
	struct part *part;           /* NULL: there is nothing */
	struct summed_store *stores; /* whose sums they are: one, or those that were added */
	size_t store_count;
	size_t store_size;
};

void summed_release(struct summed *summed);

/*
 * The sums of answers of the reader's store that were asked of `municipality`: takes them out of
 * the answers. ERR_FULL: no memory. ERR_CORRUPT: the store has no id; ERR_IO. On error there is
 * nothing to release.
 */
enum err summed_take(struct answers *answers, struct reader *reader, uint16_t municipality,
	struct summed *out) NODISCARD;

/* Appends a protobuf Sums, of one store. ERR_FULL: no memory, or it is too large. */
enum err summed_encode(const struct summed *summed, struct text *out) NODISCARD;

/*
 * Reads a protobuf Sums. ERR_INVALID: it is none, or none that there can be; *reason says what is
 * wrong. ERR_FULL: no memory. On error there is nothing to release.
 */
enum err summed_read(struct bytes bytes, struct summed *out, struct reason *reason) NODISCARD;

/*
 * Adds `more`. ERR_CONFLICT: they are not of one question, and *reason says which argument differs;
 * or of a store that is in both, whose people would count twice.
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
