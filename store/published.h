/*
 * store/published.h - the table of what was published: for store/ only.
 *
 * A row for each ReportPublished, under its municipality, quarter and seq, so that those of
 * one quarter stand together in the order of the log. It has what the record has not: the
 * base and the set of definitions when it was recorded, what withdrew it, and how it is
 * shown, once somebody found that out. Formats 1 and 2 had one row a quarter with the seq
 * alone: what these published has no base.
 */
#ifndef STORE_PUBLISHED_H
#define STORE_PUBLISHED_H

#include "store/reader.h"
#include "store/tables.h"

/*
 * The last row of a quarter. ERR_NOT_FOUND: the municipality never published it. ERR_CORRUPT:
 * a row is damaged. `shown` is the store's, until the transaction changes or ends.
 */
enum err published_last(MDB_txn *txn, const struct tables *tables, uint16_t municipality,
	int32_t as_of, struct published *out) NODISCARD;

/* The row of a record, in either form. Errors as published_last()'s. */
enum err published_find(MDB_txn *txn, const struct tables *tables, uint16_t municipality,
	int32_t as_of, uint64_t seq, struct published *out) NODISCARD;

/* Reads a row under the cursor, in either form. ERR_CORRUPT: it is damaged. */
enum err published_read(const MDB_val *key, const MDB_val *val, struct published *out) NODISCARD;

/* Writes a row, in the place of the one there was. ERR_FULL: the map or the memory is full. */
enum err published_put(
	MDB_txn *txn, const struct tables *tables, const struct published *row) NODISCARD;

/* Gives the rows of formats 1 and 2 the form of format 3. */
enum err published_raise(MDB_txn *txn, const struct tables *tables) NODISCARD;

#endif
