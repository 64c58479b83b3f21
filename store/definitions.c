/*
 * store/definitions.c - see definitions.h.
 */
#include "store/definitions.h"

#include <stdio.h>

#define NAME_SIZE 24

static MDB_val name_of(uint32_t definitions, char space[NAME_SIZE])
{
	snprintf(space, NAME_SIZE, "definitions %u", definitions);
	return val_of_string(space);
}

enum err definitions_note(
	MDB_txn *txn, const struct tables *tables, uint32_t definitions, uint64_t seq)
{
	char space[NAME_SIZE];
	uint64_t since;
	MDB_val key = name_of(definitions, space), val = val_of(&seq, sizeof(seq));
	if (definitions <= 1)
		return OK;
	enum err err = table_get_u64(txn, tables->meta, &key, &since);
	return err == ERR_NOT_FOUND ? lmdb_err(mdb_put(txn, tables->meta, &key, &val, 0)) : err;
}

enum err definitions_at(MDB_txn *txn, const struct tables *tables, uint64_t seq, uint32_t *out)
{
	uint32_t current = 1;
	/* Sets come one after the other, but a program may have known two more at once. */
	for (uint32_t set = 2; set <= DEFINITIONS_SETS_MAX; set++) {
		char space[NAME_SIZE];
		uint64_t since;
		MDB_val key = name_of(set, space);
		enum err err = table_get_u64(txn, tables->meta, &key, &since);
		if (err == OK && since <= seq)
			current = set;
		if (err != OK && err != ERR_NOT_FOUND)
			return err;
	}
	*out = current;
	return OK;
}

enum err definitions_follow(
	MDB_txn *txn, const struct tables *tables, uint32_t definitions, uint64_t seq)
{
	enum err err = definitions_note(txn, tables, definitions, seq);
	/* Later sets are current from later records on, whatever this program noted. */
	for (uint32_t set = definitions + 1; set <= DEFINITIONS_SETS_MAX && err == OK; set++) {
		char space[NAME_SIZE];
		uint64_t since;
		MDB_val key = name_of(set, space);
		err = table_get_u64(txn, tables->meta, &key, &since);
		if (err == OK && since <= seq)
			err = table_put_u64(txn, tables->meta, &key, seq + 1);
		if (err == ERR_NOT_FOUND)
			err = OK;
	}
	return err;
}
