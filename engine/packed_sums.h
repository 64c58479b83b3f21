/*
 * engine/packed_sums.h - the sums of many municipalities in few bytes, kept up as people change.
 *
 * What is to be added, or taken off, is collected in a tally, the *news*, and put to the sums at
 * once: then only the parts in it are unpacked, one after the other. A packed part never changes,
 * so that a snapshot holds those that it shows, and no copy of them.
 *
 * Example (packed_sums_test.c plays it): sums of GM0823 and of all together.
 *
 *   news: Alice lives in GM0823      packed_sums_add() -> two parts, which count one
 *   a snapshot holds GM0823
 *   news: less Alice, plus Bob       packed_sums_add() -> the parts are those of before
 *   news: Carol, too                 packed_sums_add() -> two new parts; the snapshot's counts one
 */
#ifndef ENGINE_PACKED_SUMS_H
#define ENGINE_PACKED_SUMS_H

#include <stdatomic.h>

#include "engine/packed.h"

struct packed_part {
	atomic_size_t holders; /* the sums that it is of, and who shows it; the last one frees */
	uint16_t municipality; /* or PART_ALL */
	struct packed packed;
};

/* One holder more; returns `part`. One holder less. Accept NULL. Any thread. */
struct packed_part *packed_part_hold(struct packed_part *part);
void packed_part_drop(struct packed_part *part);

/*
 * Unpacks it; NULL, to which nothing was added, is NULL again. The caller frees it by part_free().
 * ERR_FULL: no memory.
 */
enum err packed_part_unpack(const struct packed_part *part, struct part **out) NODISCARD;

struct packed_sums {
	struct packed_part **parts; /* in the order of municipalities, PART_ALL last */
	size_t count;
	size_t size;
};

/* `*sums = (struct packed_sums){ 0 }` is where nothing was added. */
void packed_sums_release(struct packed_sums *sums);

/*
 * Adds all of `news`, and clears it. A part whose sums stay as they are stays the same one.
 * ERR_FULL: no memory; the sums and the news are of no use.
 */
enum err packed_sums_add(struct packed_sums *sums, struct tally *news) NODISCARD;

/* Takes over a part of which there is none yet. ERR_FULL: no memory, and it is the caller's. */
enum err packed_sums_take(
	struct packed_sums *sums, uint16_t municipality, const struct packed *packed) NODISCARD;

/* NULL: nothing was added to it. */
struct packed_part *packed_sums_find(const struct packed_sums *sums, uint16_t municipality);

/* True when both hold the same sums. ERR_FULL: no memory. */
enum err packed_sums_compare(
	const struct packed_sums *a, const struct packed_sums *b, bool *equal) NODISCARD;

#endif
