/*
 * store/usage.h - what each partner has used of its limits: its records about each person,
 * and the municipalities of all its records; for store/ only.
 *
 * It follows from the log alone and is kept in memory: counted when the store is opened,
 * by the headers of all records, then with each record that is appended. 12 bytes for each
 * pair of a partner and a person, 4 for each person, 2056 for each partner, and 12 for each
 * record of a transaction; all in arrays that grow to twice what they need. While it is
 * counted each of up to 16 parts of the log has that of its own records, until it is added
 * to the first. A withdrawn record counts: it is in the log. What a transaction added is
 * taken back when it is given up. The writer's alone.
 */
#ifndef STORE_USAGE_H
#define STORE_USAGE_H

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define USAGE_MUNICIPALITIES (1u << 14) /* numbers that a record may have */

/* How many records of a partner are about a person. */
struct usage_share {
	uint32_t count;
	uint32_t next; /* the place of the person's next, of another partner; 0: none */
	uint16_t partner;
};

/* The municipalities of a partner. */
struct usage_places {
	uint64_t used[USAGE_MUNICIPALITIES / 64];
	uint32_t count;
};

/* One record of the transaction. */
struct usage_step {
	uint32_t share; /* 0: about nobody */
	uint16_t partner;
	uint16_t municipality;
	bool first; /* the partner's first of the municipality */
};

struct usage {
	uint32_t *heads; /* by person: the place of its first share, 0 none */
	size_t head_count;
	size_t head_size;
	struct usage_share *shares; /* the first is nobody's */
	size_t share_count;
	size_t share_size;
	struct usage_places *places; /* by partner */
	size_t place_count;
	size_t place_size;
	struct usage_step *steps; /* since the last usage_keep() */
	size_t step_count;
	size_t step_size;
};

/* The largest numbers that were given out: what goes beyond is damage, and not counted. */
struct usage_ends {
	uint16_t partner;
	uint32_t person;
};

/* `*usage = (struct usage){0}` has nothing. */
void usage_release(struct usage *usage);

/*
 * Counts all records of the table `log`, with so many threads (at most 16), 0: as is worth it. The
 * table was opened before `txn`, which has appended nothing.
 * ERR_FULL: no memory; ERR_IO: the system failed; ERR_CORRUPT: a key is none.
 */
enum err usage_load(struct usage *usage, MDB_txn *txn, MDB_dbi log, const struct usage_ends *ends,
	unsigned threads) NODISCARD;

/* The records of a partner about a person. */
uint32_t usage_of_person(const struct usage *usage, uint16_t partner, uint32_t person);

/*
 * usage_of_person() will be asked of a person: fetches from memory where its shares begin, and, a
 * little later, the first of them. Any number does.
 */
void usage_expect_head(const struct usage *usage, uint32_t person);
void usage_expect_share(const struct usage *usage, uint32_t person);

/* Has the partner a record in the municipality? In how many has it one? */
bool usage_has(const struct usage *usage, uint16_t partner, uint16_t municipality);
uint32_t usage_municipalities(const struct usage *usage, uint16_t partner);

/* Counts a record; person 0: nobody. ERR_FULL: no memory, and nothing is counted. */
enum err usage_add(
	struct usage *usage, uint16_t partner, uint32_t person, uint16_t municipality) NODISCARD;

/* What was added since the last of these calls is committed; it was given up. */
void usage_keep(struct usage *usage);
void usage_undo(struct usage *usage);

#endif
