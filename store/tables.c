/*
 * store/tables.c - LMDB's codes, and the keys of the tables.
 */
#include "store/tables.h"

#include <errno.h>

#include "base/check.h"

/* Of this thread, the last that was no answer and no damage. */
static _Thread_local int failure;

static enum err class_of(int code)
{
	switch (code) {
	case MDB_SUCCESS:
		return OK;
	case MDB_NOTFOUND:
		return ERR_NOT_FOUND;
	case MDB_MAP_FULL:
	case MDB_TXN_FULL:
	case MDB_READERS_FULL:
	case ENOMEM:
		return ERR_FULL;
	/* No tree is so deep, and no page so full, but one that rotted. */
	case MDB_CURSOR_FULL:
	case MDB_PAGE_FULL:
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
	case MDB_INCOMPATIBLE:
	case MDB_BAD_DBI:
	case MDB_BAD_VALSIZE:
	case MDB_BAD_TXN:
		return ERR_CORRUPT;
	case MDB_VERSION_MISMATCH:
		return ERR_CONFLICT;
	default:
		/* Also MDB_PANIC: a head could not be written. */
		return ERR_IO;
	}
}

enum err lmdb_err(int code)
{
	enum err err = class_of(code);
	if (err == ERR_FULL || err == ERR_IO)
		failure = code;
	return err;
}

int lmdb_failure(void)
{
	return failure;
}

enum err lmdb_fail(int code, struct reason *reason, const char *what)
{
	return fail(reason, lmdb_err(code), "%s: %s", what, mdb_strerror(code));
}

enum err table_get_u64(MDB_txn *txn, MDB_dbi table, MDB_val *key, uint64_t *out)
{
	MDB_val val;
	int code = mdb_get(txn, table, key, &val);
	if (code != 0)
		return lmdb_err(code);
	if (val.mv_size != sizeof(*out))
		return ERR_CORRUPT;
	memcpy(out, val.mv_data, sizeof(*out));
	return OK;
}

enum err table_put_u64(MDB_txn *txn, MDB_dbi table, MDB_val *key, uint64_t value)
{
	MDB_val val = val_of(&value, sizeof(value));
	return lmdb_err(mdb_put(txn, table, key, &val, 0));
}

/* The value of a lower-case hexadecimal digit; 16: it is none. */
static uint8_t hex_value(uint8_t c)
{
	/* clang-format off */
	static const uint8_t values[256] = {
		['1'] = 1, 2, 3, 4, 5, 6, 7, 8, 9,
		['a'] = 10, 11, 12, 13, 14, 15,
	};
	/* clang-format on */
	return values[c] == 0 && c != '0' ? 16 : values[c];
}

/* A UUID in its canonical, lower-case spelling as 16 bytes; false when it is none. */
static bool uuid_pack(struct bytes id, uint8_t out[16])
{
	/* Where the two digits of each byte begin; dashes are in between. */
	static const uint8_t offsets[16] = { 0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32,
		34 };
	uint8_t wrong = 0;
	if (id.length != 36 || id.data[8] != '-' || id.data[13] != '-' || id.data[18] != '-' ||
		id.data[23] != '-')
		return false;
	for (size_t i = 0; i < 16; i++) {
		uint8_t high = hex_value(id.data[offsets[i]]);
		uint8_t low = hex_value(id.data[offsets[i] + 1]);
		wrong |= (high | low) & 16;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return wrong == 0;
}

static void put_partner(uint16_t partner, uint8_t *space)
{
	space[0] = (uint8_t)(partner >> 8);
	space[1] = (uint8_t)partner;
}

MDB_val identity_key(uint16_t partner, struct bytes id, uint8_t space[IDENTITY_KEY_MAX])
{
	enum { KIND_UUID = 1, KIND_TEXT = 2 };
	put_partner(partner, space);
	space[2] = KIND_UUID;
	if (uuid_pack(id, space + 3))
		return val_of(space, 3 + 16);
	CHECK(id.length <= IDENTITY_KEY_MAX - 3);
	space[2] = KIND_TEXT;
	memcpy(space + 3, id.data, id.length);
	return val_of(space, 3 + id.length);
}

MDB_val key_key(uint16_t partner, struct bytes key, uint8_t space[IDENTITY_KEY_MAX])
{
	CHECK(key.length <= IDENTITY_KEY_MAX - 2);
	put_partner(partner, space);
	if (key.length > 0)
		memcpy(space + 2, key.data, key.length);
	return val_of(space, 2 + key.length);
}
