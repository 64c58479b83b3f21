/*
 * store/place.h - the note of how far the store followed a cluster; for store/ only.
 *
 * A row of `meta`, "intake", with a checksum. A store that follows none has no row.
 */
#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include "store/tables.h"

/* ERR_CORRUPT: the row is not what was written. Without a row *out is all zeros. */
enum err place_get(MDB_txn *txn, const struct tables *tables, struct log_place *out) NODISCARD;

/* ERR_FULL: the map is full. */
enum err place_put(
	MDB_txn *txn, const struct tables *tables, const struct log_place *place) NODISCARD;

#endif
