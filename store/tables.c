/*
 * store/tables.c - LMDB's codes, and the keys of the tables.
 */
#include "store/tables.h"

#include <endian.h>

#include "base/check.h"

enum err lmdb_err(int code)
{
	switch (code) {
	case MDB_SUCCESS:
		return OK;
	case MDB_NOTFOUND:
		return ERR_NOT_FOUND;
	case MDB_MAP_FULL:
	case MDB_TXN_FULL:
	case MDB_READERS_FULL:
	case MDB_CURSOR_FULL:
	case MDB_PAGE_FULL:
		return ERR_FULL;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
	case MDB_PANIC:
	case MDB_INCOMPATIBLE:
	case MDB_BAD_DBI:
	case MDB_BAD_VALSIZE:
	case MDB_BAD_TXN:
		return ERR_CORRUPT;
	case MDB_VERSION_MISMATCH:
		return ERR_CONFLICT;
	default:
		return ERR_IO;
	}
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

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* A UUID in its canonical, lower-case spelling as 16 bytes; false when it is none. */
static bool uuid_pack(struct bytes id, uint8_t out[16])
{
	size_t digits = 0;
	if (id.length != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (id.data[i] != '-')
				return false;
			continue;
		}
		int value = hex_value(id.data[i]);
		if (value < 0)
			return false;
		out[digits / 2] = (uint8_t)(digits % 2 == 0 ? value << 4 : out[digits / 2] | value);
		digits++;
	}
	return true;
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

MDB_val publication_key(uint16_t municipality, int32_t as_of, uint8_t space[PUBLICATION_KEY_SIZE])
{
	uint16_t place = htobe16(municipality);
	uint32_t day = htobe32((uint32_t)as_of);
	memcpy(space, &place, sizeof(place));
	memcpy(space + sizeof(place), &day, sizeof(day));
	return val_of(space, PUBLICATION_KEY_SIZE);
}
