/*
 * store/erased.c - see erased.h.
 */
#include "store/erased.h"

#include "base/check.h"

/* A value: the seq, and what kind it is. */
#define VALUE_SIZE (sizeof(uint64_t) + 1)

struct salted_hash erased_hash(const struct salt *salt, enum erased_kind kind, struct bytes key)
{
	uint8_t text[1 + IDENTITY_KEY_MAX];
	CHECK(key.length <= IDENTITY_KEY_MAX);
	text[0] = (uint8_t)kind;
	memcpy(text + 1, key.data, key.length);
	return salted_hash_of(salt, bytes_of(text, 1 + key.length));
}

struct salted_hash erased_entry(const struct salt *salt, const uint8_t store_id[STORE_ID_SIZE],
	uint64_t seq, uint64_t checksum)
{
	uint8_t text[STORE_ID_SIZE + sizeof(seq) + sizeof(checksum)];
	memcpy(text, store_id, STORE_ID_SIZE);
	memcpy(text + STORE_ID_SIZE, &seq, sizeof(seq));
	memcpy(text + STORE_ID_SIZE + sizeof(seq), &checksum, sizeof(checksum));
	return salted_hash_of(salt, bytes_of(text, sizeof(text)));
}

enum err erased_find(MDB_txn *txn, const struct environment *environment, enum erased_kind kind,
	MDB_val key, uint64_t *seq)
{
	MDB_stat stat;
	MDB_dbi table = environment->tables.erased;
	if (table == TABLE_ABSENT || !environment->has_salt)
		return ERR_NOT_FOUND;
	/* Nearly every store: nobody was erased, and no hash is made. */
	int code = mdb_stat(txn, table, &stat);
	if (code != 0 || stat.ms_entries == 0)
		return code != 0 ? lmdb_err(code) : ERR_NOT_FOUND;
	struct salted_hash hash = erased_hash(&environment->salt, kind, bytes_of_val(&key));
	MDB_val name = val_of(&hash, sizeof(hash)), val;
	struct erased_row row;
	code = mdb_get(txn, table, &name, &val);
	enum err err = code == 0 ? erased_read(&name, &val, &row) : lmdb_err(code);
	if (err == OK)
		*seq = row.seq;
	return err;
}

enum err erased_put(MDB_txn *txn, const struct tables *tables, const struct erased_row *row)
{
	uint8_t value[VALUE_SIZE];
	memcpy(value, &row->seq, sizeof(row->seq));
	value[sizeof(row->seq)] = (uint8_t)row->kind;
	MDB_val key = val_of(&row->hash, sizeof(row->hash)), val = val_of(value, sizeof(value));
	return lmdb_err(mdb_put(txn, tables->erased, &key, &val, 0));
}

enum err erased_read(const MDB_val *key, const MDB_val *val, struct erased_row *out)
{
	struct erased_row row;
	const uint8_t *value = val->mv_data;
	if (key->mv_size != sizeof(row.hash) || val->mv_size != VALUE_SIZE ||
		(value[sizeof(row.seq)] != ERASED_IDENTITY && value[sizeof(row.seq)] != ERASED_KEY))
		return ERR_CORRUPT;
	memcpy(&row.hash, key->mv_data, sizeof(row.hash));
	memcpy(&row.seq, value, sizeof(row.seq));
	row.kind = value[sizeof(row.seq)] == ERASED_KEY ? ERASED_KEY : ERASED_IDENTITY;
	*out = row;
	return OK;
}
