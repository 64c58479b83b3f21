/*
 * store/newest.h - the newest record of each partner: for store/ only.
 *
 * A row of the table meta for each, under "newest" and the partner's number. It only ever grows:
 * it stays what it is when records are taken out of the log.
 */
#ifndef STORE_NEWEST_H
#define STORE_NEWEST_H

#include "store/tables.h"

/* ERR_NOT_FOUND: the partner has no record. ERR_CORRUPT: the row is damaged. */
enum err newest_get(
	MDB_txn *txn, const struct tables *tables, uint16_t partner, struct newest *out) NODISCARD;

/* Writes a row, in the place of the one there was. ERR_FULL: the map is full. */
enum err newest_put(MDB_txn *txn, const struct tables *tables, uint16_t partner,
	const struct newest *row) NODISCARD;

/* Gives a store of format 1 or 2 its rows, from its log. */
enum err newest_raise(MDB_txn *txn, const struct tables *tables) NODISCARD;

#endif
