/*
 * engine/recall.h - histories as they were known at a record, from those that are in memory.
 *
 * The owner of shared histories (histories_share()) follows the log, and other threads recall from
 * them what was known at any record: of the facts those of its seq and before, and of the past
 * facts those that were withdrawn later. So it does not matter how far the owner is meanwhile, and
 * nobody waits for anybody longer than it takes to copy or to sort one history. What the owner has
 * not followed yet, the *tail*, is read from the log.
 *
 * Example (recall_test.c plays it): one person; the owner has followed the log to 4.
 *
 *   seq  id  withdraws          kept in memory
 *   1    x                      past, by 4
 *   2    y                      fact
 *   3    z                      fact
 *   4    u   1                  fact
 *   5    v   2                  not yet
 *
 *   known at 2: 1 2     4 came later, and with it that 1 was withdrawn
 *   known at 4: 2 3 4
 *   known at 5: 3 4     5, which is about nobody, is read from the log: it withdraws 2
 *
 * The order within a person is that of events, as everywhere; a history that is recalled is the
 * caller's own.
 */
#ifndef ENGINE_RECALL_H
#define ENGINE_RECALL_H

#include "engine/fold.h"

struct recall;

/*
 * Prepares to recall what was known at `seq`, from shared histories that hold all records up to
 * `applied_seq`; they must outlive the recall. Reads the tail by the reader, whose view must have
 * the record at `seq`. ERR_FULL: no memory. ERR_STOPPED: as the folding says. ERR_CORRUPT, ERR_IO:
 * as the reader's.
 */
enum err recall_new(struct histories *shared, uint64_t applied_seq, uint64_t seq,
	struct reader *reader, const struct folding *folding, struct recall **out) NODISCARD;
void recall_free(struct recall *recall); /* accepts NULL */

/* Those numbers below this one may be people's. */
uint32_t recall_people_end(const struct recall *recall);

/*
 * Puts the names of partners into `out`, which is empty: before recall_person(). ERR_FULL: no
 * memory.
 */
enum err recall_begin(const struct recall *recall, struct histories *out) NODISCARD;

/*
 * Puts the history of a person, in order, in the place `slot` of `out`, over what was there. Any
 * thread, with a reader and an `out` of its own. Errors as histories_sort()'s.
 */
enum err recall_person(struct recall *recall, struct reader *reader, uint32_t person,
	struct histories *out, uint32_t slot) NODISCARD;

/*
 * Fills `out`, which is empty, with everybody who has an event in the municipality, numbered anew,
 * and with the events that are about nobody. Errors as recall_new()'s.
 */
enum err recall_place(struct recall *recall, struct reader *reader, const struct folding *folding,
	uint16_t municipality, struct histories *out) NODISCARD;

#endif
