/*
 * engine/quality_sums.h - the records of the whole log, counted for data_quality at any K.
 *
 * data_quality counts the records of the 91 days before K: it can be any range of the log. So
 * records are counted in blocks of so many, and what an answer counts are the blocks in its
 * range, and at both ends the records from the nearest end of a block, which are read from the log,
 * added or taken off.
 *
 * Example (quality_sums_test.c plays it, with its own numbers): blocks of 100, 250 records counted.
 *
 *   (20, 190]   from 0: block 0, block 1, less the records 1 to 20, less 191 to 200
 *   (0, 255]    blocks 0 and 1, the 50 of the block that is not full, plus 251 to 255
 *
 * One thread, the owner, counts; any thread asks. Blocks that are full never change; the last one
 * is guarded by a lock that is held for a record, or to go through what it has counted.
 */
#ifndef ENGINE_QUALITY_SUMS_H
#define ENGINE_QUALITY_SUMS_H

#include "engine/fold.h"

#define BLOCK_RECORDS 65536 /* of the daemon */

/* What was counted of one kind: see quality_sums.c. */
typedef uint64_t quality_row;

struct quality_block {
	quality_row *rows; /* in order */
	uint32_t count;
};

struct quality_sums;

/* In blocks of so many records. ERR_FULL: no memory. */
enum err quality_sums_new(uint32_t block_records, struct quality_sums **out) NODISCARD;
void quality_sums_free(struct quality_sums *sums); /* accepts NULL */

/* So many records are in each block but the last. */
uint64_t quality_sums_block(const struct quality_sums *sums);

/* Counts the record that comes next, which has that seq. ERR_FULL: no memory. */
enum err quality_sums_count(struct quality_sums *sums, const struct record *record) NODISCARD;

/*
 * The same for many: takes the blocks, the last of which may not be full, in the place of nothing,
 * up to the record `seq`. They are the sums' on success.
 */
enum err quality_sums_take(struct quality_sums *sums, const struct quality_block *blocks,
	size_t count, uint64_t seq) NODISCARD;

/* The blocks, the last of which may not be full, for the state; what it returns is the caller's. */
enum err quality_sums_list(
	struct quality_sums *sums, struct quality_block **out, size_t *count) NODISCARD;
void quality_blocks_free(struct quality_block *blocks, size_t count);

/* One block that is counted by itself. */
struct quality_counter;
enum err quality_counter_new(struct quality_counter **out) NODISCARD;
void quality_counter_free(struct quality_counter *counter); /* accepts NULL */
enum err quality_counter_add(
	struct quality_counter *counter, const struct record *record) NODISCARD;
/* What was counted so far, and nothing is from here on. */
enum err quality_counter_take(struct quality_counter *counter, struct quality_block *out) NODISCARD;

/*
 * Adds the records (seq_after, seq_to] of a municipality, or of all when it is PART_ALL, to the
 * tally: to that part only. Any thread, with a reader of its own. Errors as fold_quality()'s.
 */
enum err quality_sums_add(struct quality_sums *sums, const struct folding *folding,
	struct reader *reader, uint64_t seq_after, uint64_t seq_to, uint16_t municipality,
	struct tally *tally) NODISCARD;

#endif
