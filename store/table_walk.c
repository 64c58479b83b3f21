/*
 * store/table_walk.c - see table_walk.h.
 */
#include "store/table_walk.h"

#include "base/check.h"

/* Does a look-up find this row, and not another one with its key? */
static enum err is_found(const struct table_walk *walk, MDB_val key, const MDB_val *val)
{
	MDB_val found;
	int code = mdb_get(walk->txn, walk->table, &key, &found);
	if (code == MDB_NOTFOUND || (code == 0 && found.mv_data != val->mv_data))
		return ERR_CORRUPT;
	return lmdb_err(code);
}

static bool same_page(const struct table_walk *walk, const MDB_val *a, const MDB_val *b)
{
	/* Pages are mapped to multiples of their size, and a key lies in its leaf. */
	return (uintptr_t)a->mv_data / walk->page_size == (uintptr_t)b->mv_data / walk->page_size;
}

enum err table_walk_begin(struct table_walk *walk, MDB_txn *txn, MDB_dbi table)
{
	MDB_stat stat;
	*walk = (struct table_walk){ .txn = txn, .table = table, .whole = true };
	int code = mdb_stat(txn, table, &stat);
	if (code == 0)
		code = mdb_cursor_open(txn, table, &walk->cursor);
	if (code != 0)
		return lmdb_err(code);
	walk->page_size = stat.ms_psize;
	walk->rows_max = stat.ms_entries;
	return OK;
}

enum err table_walk_begin_at(
	struct table_walk *walk, MDB_txn *txn, MDB_dbi table, const MDB_val *key)
{
	enum err err = table_walk_begin(walk, txn, table);
	if (err != OK)
		return err;
	walk->whole = false;
	walk->key = *key;
	int code = mdb_cursor_get(walk->cursor, &walk->key, &walk->val, MDB_SET_KEY);
	walk->rows = 1;
	return code == MDB_NOTFOUND ? ERR_CORRUPT : lmdb_err(code);
}

/* After the last row. */
static enum err walk_finish(const struct table_walk *walk)
{
	enum err err = walk->rows > 0 ? is_found(walk, walk->key, &walk->val) : OK;
	if (err == OK && walk->whole && walk->rows != walk->rows_max)
		err = ERR_CORRUPT;
	return err == OK ? ERR_NOT_FOUND : err;
}

enum err table_walk_next(struct table_walk *walk)
{
	const MDB_val key_before = walk->key, val_before = walk->val;
	MDB_val key, val;
	int code = mdb_cursor_get(walk->cursor, &key, &val, MDB_NEXT);
	if (code == MDB_NOTFOUND)
		return walk_finish(walk);
	if (code != 0)
		return lmdb_err(code);
	if (walk->rows == walk->rows_max || key.mv_size == 0)
		return ERR_CORRUPT;
	bool begins = walk->rows == 0, turns = !begins && !same_page(walk, &key_before, &key);
	if (!begins && mdb_cmp(walk->txn, walk->table, &key_before, &key) >= 0)
		return ERR_CORRUPT;
	enum err err = turns ? is_found(walk, key_before, &val_before) : OK;
	if (err == OK && (begins || turns))
		err = is_found(walk, key, &val);
	if (err != OK)
		return err;
	walk->key = key;
	walk->val = val;
	walk->rows++;
	return OK;
}

void table_walk_end(struct table_walk *walk)
{
	if (walk->cursor != NULL)
		mdb_cursor_close(walk->cursor);
	walk->cursor = NULL;
}
