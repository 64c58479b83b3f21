/*
 * engine/print.h - the tree of figures as bytes.
 */
#ifndef ENGINE_PRINT_H
#define ENGINE_PRINT_H

#include "base/text.h"
#include "indicators/registry.h"

/* What an answer says about itself, before its figures. */
struct answer_head {
	int32_t as_of;
	int64_t known_us;
	uint16_t municipality; /* or PART_ALL */
	int32_t window_days;
	int64_t round_to; /* 0: the internal profile */
};

/*
 * Builds the whole tree of an answer: head, population, indicators. `part` may be
 * NULL: nothing was ever added. The texts of the head are in the arena.
 */
struct tally;
const struct figure *answer_build(const struct answer_head *head, const struct tally *tally,
	const struct question *question, struct arena *arena);

/* One line of JSON: no spaces, numbers as the contract rounds them, a newline at the end. */
void figure_print_json(const struct figure *root, struct text *out);

/* A number with at most 6 decimals, half to even on the binary value; no trailing zeros, no -0. */
void number_print(double value, struct text *out);

/*
 * The place of the known_at's characters in the JSON of an answer: fixed, so that
 * an answer whose figures did not change can bear a newer instant.
 */
#define ANSWER_KNOWN_AT_PLACE 50

#endif
