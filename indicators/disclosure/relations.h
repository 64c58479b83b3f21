/*
 * indicators/disclosure/relations.h - what holds between the counts of an answer, for anybody: the
 * parts of a total, and subsets.
 *
 * Who reads a published answer knows this as well as we do, and reckons with it. So does
 * the disclosure (disclosure.h), so that rounding alone never gives a count away. Each
 * relation is named after the sentence of spec/indicators.md that it follows from. What grows
 * is not here: its sums are safe by construction (life_table.h).
 *
 * A *number* is a count of the answer, named by its path ("ladder_step.3.climbed"), or a
 * hidden one, that no answer shows, whose name begins with '~'. A weight, whose name ends
 * in '*', is counted in halves: as if a contested job had two claims.
 */
#ifndef INDICATORS_DISCLOSURE_RELATIONS_H
#define INDICATORS_DISCLOSURE_RELATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define NUMBER_NAME_SIZE 40  /* of a name, with its NUL */
#define NUMBERS_MAX      160 /* in one table */
#define RELATIONS_MAX    160 /* in one table */
#define TERMS_MAX        640 /* in all relations of a table */

/* No limit. Sums of terms of this size are far from overflow. */
#define MANY INT64_C(1000000000000)

struct term {
	int32_t coefficient;
	uint16_t number;
};

/* least <= the sum of coefficient x number <= most */
struct relation {
	const char *sentence;
	uint16_t first; /* of its terms */
	uint16_t count;
	int64_t min;
	int64_t max;
};

struct relations {
	char (*names)[NUMBER_NAME_SIZE];
	struct term *terms;
	struct relation *rows;
	uint16_t number_count;
	uint16_t term_count;
	uint16_t row_count;
};

/* Arena for an empty table that can take all three of the above. */
#define RELATIONS_ARENA_SIZE ((size_t)32 << 10)

/* An empty table in the arena. CHECKs that there is room, as all of these do. */
void relations_init(struct relations *relations, struct arena *arena);

/* Adds all relations of the counts of spec/indicators.md. */
void relations_add_contract(struct relations *relations);

/*
 * Adds one: sums of terms and whole numbers around "=" or "<=", all between spaces, as in
 * "2 a + b + 10 <= c". Numbers that are new are added. `sentence` must outlive the table.
 */
void relations_add(struct relations *relations, const char *sentence, const char *text);

/* The number of that name; it is added when it is new. */
uint16_t relations_number(struct relations *relations, const char *name);

/* No answer shows it. */
bool number_is_hidden(const struct relations *relations, uint16_t number);

/* It is counted in halves. */
bool number_is_weight(const struct relations *relations, uint16_t number);

#endif
