/*
 * store/place.c - see place.h.
 */
#include "store/place.h"

#include <xxhash.h>

#include "base/check.h"

static const char meta_intake[] = "intake";

struct place_row {
	struct log_place place;
	uint64_t sum;
};

/* All of it is summed, and written: there must be no byte that nobody sets. */
static uint64_t sum_of(const struct log_place *place)
{
	CHECK_STATIC(sizeof(*place) == sizeof(place->pos) + LOG_CLUSTER_SIZE + LOG_CHAIN_SIZE);
	CHECK_STATIC(sizeof(struct place_row) == sizeof(*place) + sizeof(uint64_t));
	return XXH3_64bits(place, sizeof(*place));
}

enum err place_get(MDB_txn *txn, const struct tables *tables, struct log_place *out)
{
	struct place_row row;
	MDB_val key = val_of_string(meta_intake), val;
	int code = mdb_get(txn, tables->meta, &key, &val);
	if (code == MDB_NOTFOUND) {
		*out = (struct log_place){ 0 };
		return OK;
	}
	if (code != 0)
		return lmdb_err(code);
	if (val.mv_size != sizeof(row))
		return ERR_CORRUPT;
	memcpy(&row, val.mv_data, sizeof(row));
	if (row.sum != sum_of(&row.place))
		return ERR_CORRUPT;
	*out = row.place;
	return OK;
}

enum err place_put(MDB_txn *txn, const struct tables *tables, const struct log_place *place)
{
	const struct place_row row = { .place = *place, .sum = sum_of(place) };
	MDB_val key = val_of_string(meta_intake), val = val_of(&row, sizeof(row));
	return lmdb_err(mdb_put(txn, tables->meta, &key, &val, 0));
}
