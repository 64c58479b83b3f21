/*
 * store/newest.c - see newest.h.
 */
#include "store/newest.h"

#include <stdlib.h>
#include <xxhash.h>

#include "base/check.h"

#define NAME_SIZE 6

/* A row: what it says, and a checksum of that, seeded with the partner's number. */
struct newest_row {
	uint64_t seq;
	int64_t recorded_us;
	uint64_t sum;
};

CHECK_STATIC(sizeof(struct newest_row) == 3 * sizeof(uint64_t)); /* no byte that nobody sets */

struct newest_key {
	uint8_t bytes[NAME_SIZE + 2];
};

static MDB_val key_of(uint16_t partner, struct newest_key *space)
{
	memcpy(space->bytes, "newest", NAME_SIZE);
	space->bytes[NAME_SIZE] = (uint8_t)(partner >> 8);
	space->bytes[NAME_SIZE + 1] = (uint8_t)partner;
	return val_of(space->bytes, sizeof(space->bytes));
}

static uint64_t sum_of(const struct newest_row *row, uint16_t partner)
{
	return XXH3_64bits_withSeed(row, offsetof(struct newest_row, sum), partner);
}

enum err newest_get(MDB_txn *txn, const struct tables *tables, uint16_t partner, struct newest *out)
{
	struct newest_key space;
	struct newest_row row;
	MDB_val key = key_of(partner, &space), val;
	int code = mdb_get(txn, tables->meta, &key, &val);
	if (code != 0)
		return lmdb_err(code);
	if (val.mv_size != sizeof(row))
		return ERR_CORRUPT;
	memcpy(&row, val.mv_data, sizeof(row));
	if (row.sum != sum_of(&row, partner))
		return ERR_CORRUPT;
	*out = (struct newest){ .seq = row.seq, .recorded_us = row.recorded_us };
	return OK;
}

enum err newest_put(
	MDB_txn *txn, const struct tables *tables, uint16_t partner, const struct newest *newest)
{
	struct newest_key space;
	struct newest_row row = { .seq = newest->seq, .recorded_us = newest->recorded_us };
	CHECK(partner > 0 && newest->seq > 0);
	row.sum = sum_of(&row, partner);
	MDB_val key = key_of(partner, &space), val = val_of(&row, sizeof(row));
	return lmdb_err(mdb_put(txn, tables->meta, &key, &val, 0));
}

/* From the end of the log, until each partner with a record was met. */
static enum err newest_read(
	MDB_txn *txn, const struct tables *tables, MDB_cursor *cursor, size_t partners)
{
	MDB_val key, val;
	struct record record;
	struct newest row;
	uint64_t seq;
	int code = mdb_cursor_get(cursor, &key, &val, MDB_LAST);
	for (; code == 0 && partners > 0; code = mdb_cursor_get(cursor, &key, &val, MDB_PREV)) {
		if (key.mv_size != sizeof(seq))
			return ERR_CORRUPT;
		memcpy(&seq, key.mv_data, sizeof(seq));
		enum err err = record_read(seq, bytes_of_val(&val), &record);
		if (err == OK && record.kind == RECORD_TOMBSTONE)
			continue;
		if (err == OK)
			err = newest_get(txn, tables, record.partner, &row);
		if (err == OK)
			continue;
		if (err != ERR_NOT_FOUND)
			return err;
		row = (struct newest){ .seq = seq, .recorded_us = record.recorded_us };
		err = newest_put(txn, tables, record.partner, &row);
		if (err != OK)
			return err;
		partners--;
	}
	return code == 0 || code == MDB_NOTFOUND ? OK : lmdb_err(code);
}

enum err newest_raise(MDB_txn *txn, const struct tables *tables)
{
	MDB_cursor *cursor;
	MDB_stat partners;
	int code = mdb_stat(txn, tables->partners, &partners);
	if (code == 0)
		code = mdb_cursor_open(txn, tables->log, &cursor);
	if (code != 0)
		return lmdb_err(code);
	enum err err = newest_read(txn, tables, cursor, partners.ms_entries);
	mdb_cursor_close(cursor);
	return err;
}
