/*
 * store/definitions.h - the note of which set of definitions is current: for store/ only.
 *
 * A row of `meta` for each set but the first says from which record on it is current: from
 * the first that a program wrote which knew it. A publication is of the set that is current
 * at its record. A store without a row is of set 1 throughout.
 */
#ifndef STORE_DEFINITIONS_H
#define STORE_DEFINITIONS_H

#include "store/tables.h"

#define DEFINITIONS_SETS_MAX 16 /* as many as are ever looked for */

/* Notes that `definitions` is current from `seq` on, unless it is already. ERR_FULL: no room. */
enum err definitions_note(
	MDB_txn *txn, const struct tables *tables, uint32_t definitions, uint64_t seq) NODISCARD;

/* The set that is current at `seq`. ERR_CORRUPT: a row is damaged. */
enum err definitions_at(
	MDB_txn *txn, const struct tables *tables, uint64_t seq, uint32_t *out) NODISCARD;

/*
 * Of the log of another ladderd, which recorded `seq` when this set was current: notes it, within a
 * transaction. ERR_FULL: the map is full.
 */
enum err definitions_follow(
	MDB_txn *txn, const struct tables *tables, uint32_t definitions, uint64_t seq) NODISCARD;

#endif
