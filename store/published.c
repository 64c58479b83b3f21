/*
 * store/published.c - see published.h.
 */
#include "store/published.h"

#include <endian.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/check.h"
#include "base/grow.h"

#define OLD_KEY_SIZE 6  /* municipality and quarter, of formats 1 and 2 */
#define KEY_SIZE     14 /* and the seq */

/* What a value begins with; how it is shown follows. */
struct head {
	uint64_t sum; /* of all that follows, seeded with the seq: LMDB has no checksums */
	uint64_t withdrawn_by;
	uint32_t round_to;
	uint32_t definitions;
};

CHECK_STATIC(sizeof(struct head) == 3 * sizeof(uint64_t)); /* no byte that nobody sets */

static MDB_val key_of(uint16_t municipality, int32_t as_of, uint64_t seq, uint8_t space[KEY_SIZE])
{
	uint16_t place = htobe16(municipality);
	uint32_t day = htobe32((uint32_t)as_of);
	uint64_t number = htobe64(seq);
	memcpy(space, &place, sizeof(place));
	memcpy(space + 2, &day, sizeof(day));
	memcpy(space + OLD_KEY_SIZE, &number, sizeof(number));
	return val_of(space, KEY_SIZE);
}

static void key_read(const uint8_t *data, struct published *out)
{
	uint16_t place;
	uint32_t day;
	memcpy(&place, data, sizeof(place));
	memcpy(&day, data + 2, sizeof(day));
	out->municipality = be16toh(place);
	out->as_of = (int32_t)be32toh(day);
}

enum err published_read(const MDB_val *key, const MDB_val *val, struct published *out)
{
	struct published row = { 0 };
	struct head head;
	const uint8_t *data = val->mv_data;
	if (key->mv_size == OLD_KEY_SIZE && val->mv_size == sizeof(row.seq)) {
		key_read(key->mv_data, &row);
		memcpy(&row.seq, data, sizeof(row.seq));
		*out = row;
		return OK;
	}
	if (key->mv_size != KEY_SIZE || val->mv_size < sizeof(head))
		return ERR_CORRUPT;
	key_read(key->mv_data, &row);
	memcpy(&row.seq, (const uint8_t *)key->mv_data + OLD_KEY_SIZE, sizeof(row.seq));
	row.seq = be64toh(row.seq);
	memcpy(&head, data, sizeof(head));
	if (XXH3_64bits_withSeed(
		    data + sizeof(head.sum), val->mv_size - sizeof(head.sum), row.seq) != head.sum)
		return ERR_CORRUPT;
	row.withdrawn_by = head.withdrawn_by;
	row.round_to = head.round_to;
	row.definitions = head.definitions;
	row.shown = bytes_of(data + sizeof(head), val->mv_size - sizeof(head));
	*out = row;
	return OK;
}

enum err published_last(MDB_txn *txn, const struct tables *tables, uint16_t municipality,
	int32_t as_of, struct published *out)
{
	uint8_t space[KEY_SIZE];
	MDB_cursor *cursor;
	struct published row;
	MDB_val key = key_of(municipality, as_of, 0, space), val;
	bool found = false;
	int code = mdb_cursor_open(txn, tables->publications, &cursor);
	if (code != 0)
		return lmdb_err(code);
	enum err err = OK;
	code = mdb_cursor_get(cursor, &key, &val, MDB_SET_RANGE);
	while (err == OK && code == 0) {
		err = published_read(&key, &val, &row);
		if (err != OK || row.municipality != municipality || row.as_of != as_of)
			break;
		*out = row;
		found = true;
		code = mdb_cursor_get(cursor, &key, &val, MDB_NEXT);
	}
	mdb_cursor_close(cursor);
	if (err == OK && code != 0 && code != MDB_NOTFOUND)
		err = lmdb_err(code);
	return err == OK && !found ? ERR_NOT_FOUND : err;
}

enum err published_find(MDB_txn *txn, const struct tables *tables, uint16_t municipality,
	int32_t as_of, uint64_t seq, struct published *out)
{
	uint8_t space[KEY_SIZE];
	struct published row;
	MDB_val key = key_of(municipality, as_of, seq, space), val;
	int code = mdb_get(txn, tables->publications, &key, &val);
	if (code == MDB_NOTFOUND) {
		key.mv_size = OLD_KEY_SIZE;
		code = mdb_get(txn, tables->publications, &key, &val);
	}
	enum err err = code == 0 ? published_read(&key, &val, &row) : lmdb_err(code);
	if (err == OK && row.seq != seq)
		err = ERR_NOT_FOUND;
	if (err == OK)
		*out = row;
	return err;
}

enum err published_put(MDB_txn *txn, const struct tables *tables, const struct published *row)
{
	uint8_t space[KEY_SIZE];
	struct head head = {
		.withdrawn_by = row->withdrawn_by,
		.round_to = row->round_to,
		.definitions = row->definitions,
	};
	size_t size = sizeof(head) + row->shown.length;
	uint8_t *value = malloc(size);
	if (value == NULL)
		return ERR_FULL;
	memcpy(value, &head, sizeof(head));
	if (row->shown.length > 0)
		memcpy(value + sizeof(head), row->shown.data, row->shown.length);
	head.sum =
		XXH3_64bits_withSeed(value + sizeof(head.sum), size - sizeof(head.sum), row->seq);
	memcpy(value, &head.sum, sizeof(head.sum));
	MDB_val key = key_of(row->municipality, row->as_of, row->seq, space);
	MDB_val val = val_of(value, size);
	int code = mdb_put(txn, tables->publications, &key, &val, 0);
	free(value);
	return lmdb_err(code);
}

/* Copies all rows; *count says how many. NULL with OK: there are none. */
static enum err rows_copy(
	MDB_txn *txn, const struct tables *tables, struct published **out, size_t *count)
{
	MDB_stat stat;
	MDB_cursor *cursor;
	MDB_val key, val;
	*out = NULL;
	*count = 0;
	int code = mdb_stat(txn, tables->publications, &stat);
	if (code != 0 || stat.ms_entries == 0)
		return lmdb_err(code);
	struct published *rows = NULL;
	size_t size = 0;
	code = mdb_cursor_open(txn, tables->publications, &cursor);
	enum err err = lmdb_err(code);
	/* How many there are is in a page too, and may be wrong: no room is made by it. */
	while (err == OK && (code = mdb_cursor_get(cursor, &key, &val, MDB_NEXT)) == 0) {
		if (*count == stat.ms_entries)
			err = ERR_CORRUPT;
		else if (!GROW(rows, size, *count + 1))
			err = ERR_FULL;
		else
			err = published_read(&key, &val, &rows[(*count)++]);
	}
	if (err == OK && code != MDB_NOTFOUND)
		err = lmdb_err(code);
	if (err == OK && *count != stat.ms_entries)
		err = ERR_CORRUPT;
	*out = rows;
	return err;
}

enum err published_raise(MDB_txn *txn, const struct tables *tables)
{
	struct published *rows;
	size_t count;
	enum err err = rows_copy(txn, tables, &rows, &count);
	if (err == OK && count > 0)
		err = lmdb_err(mdb_drop(txn, tables->publications, 0));
	for (size_t i = 0; i < count && err == OK; i++) {
		/* Of the old form, which has nothing else; what it borrowed is gone. */
		CHECK(rows[i].shown.length == 0);
		err = published_put(txn, tables, &rows[i]);
	}
	free(rows);
	return err;
}
