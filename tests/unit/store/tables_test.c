/*
 * tests/unit/store/tables_test.c - the keys of the tables, and LMDB's codes as ours.
 */
#include "store/tables.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static void check_key(MDB_val key, const char *hex)
{
	char text[2 * IDENTITY_KEY_MAX + 1] = "";
	const uint8_t *data = key.mv_data;
	assert_true(key.mv_size <= IDENTITY_KEY_MAX);
	for (size_t i = 0; i < key.mv_size; i++)
		snprintf(text + 2 * i, 3, "%02x", data[i]);
	assert_string_equal(text, hex);
}

/* Partner, kind (1 a UUID, 2 a text), id. Only the canonical spelling is a UUID. */
static void an_identity_is_a_uuid_or_a_text(void **state)
{
	(void)state;
	static const struct {
		uint16_t partner;
		const char *id;
		const char *key;
	} rows[] = {
		{ 1, "0191f0c5-7b1e-7cc0-8000-0123456789ab",
			"0001010191f0c57b1e7cc080000123456789ab" },
		{ 0x1234, "00000000-0000-0000-0000-000000000000",
			"12340100000000000000000000000000000000" },
		{ 1, "a", "00010261" },
		{ UINT16_MAX, "-", "ffff022d" },
		/* Upper case, a dash too few, a letter beyond f, one character too many. */
		{ 1, "0191F0C5-7b1e-7cc0-8000-0123456789ab",
			"0001023031393146304335"
			"2d376231652d376363302d383030302d303132333435363738396162" },
		{ 1, "0191f0c507b1e-7cc0-8000-0123456789ab",
			"0001023031393166306335"
			"30376231652d376363302d383030302d303132333435363738396162" },
		{ 1, "0191f0c5-7b1g-7cc0-8000-0123456789ab",
			"0001023031393166306335"
			"2d376231672d376363302d383030302d303132333435363738396162" },
		{ 1, "0191f0c5-7b1e-7cc0-8000-0123456789abc",
			"0001023031393166306335"
			"2d376231652d376363302d383030302d30313233343536373839616263" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		uint8_t space[IDENTITY_KEY_MAX];
		check_key(identity_key(rows[i].partner, bytes_of_string(rows[i].id), space),
			rows[i].key);
	}
}

static void the_longest_identifier_has_room(void **state)
{
	(void)state;
	char id[65];
	uint8_t space[IDENTITY_KEY_MAX];
	memset(id, 'x', 64);
	id[64] = '\0';
	assert_int_equal(identity_key(1, bytes_of_string(id), space).mv_size, IDENTITY_KEY_MAX);
	assert_int_equal(key_key(1, bytes_of_string(id), space).mv_size, IDENTITY_KEY_MAX - 1);
}

/* In the order of partners, so that a walk finds those of one together. */
static void other_keys_begin_with_their_number_in_big_endian(void **state)
{
	(void)state;
	uint8_t space[IDENTITY_KEY_MAX];
	check_key(key_key(0x0102, bytes_of_string("k"), space), "01026b");
	check_key(key_key(7, (struct bytes){ 0 }, space), "0007");
}

static void every_code_of_lmdb_says_what_the_caller_can_do(void **state)
{
	(void)state;
	static const struct {
		int code;
		enum err err;
	} rows[] = {
		{ MDB_SUCCESS, OK },
		{ MDB_NOTFOUND, ERR_NOT_FOUND },
		{ MDB_MAP_FULL, ERR_FULL },
		{ MDB_TXN_FULL, ERR_FULL },
		{ MDB_READERS_FULL, ERR_FULL },
		{ MDB_CURSOR_FULL, ERR_CORRUPT },
		{ MDB_PAGE_FULL, ERR_CORRUPT },
		{ MDB_CORRUPTED, ERR_CORRUPT },
		{ MDB_PAGE_NOTFOUND, ERR_CORRUPT },
		{ MDB_INVALID, ERR_CORRUPT },
		{ MDB_INCOMPATIBLE, ERR_CORRUPT },
		{ MDB_BAD_DBI, ERR_CORRUPT },
		{ MDB_BAD_VALSIZE, ERR_CORRUPT },
		{ MDB_BAD_TXN, ERR_CORRUPT },
		{ MDB_VERSION_MISMATCH, ERR_CONFLICT },
		{ EIO, ERR_IO },
		{ ENOSPC, ERR_IO },
		{ ENOMEM, ERR_FULL },
		{ MDB_PANIC, ERR_IO },
		{ MDB_KEYEXIST, ERR_IO },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_int_equal(lmdb_err(rows[i].code), rows[i].err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_identity_is_a_uuid_or_a_text),
		cmocka_unit_test(the_longest_identifier_has_room),
		cmocka_unit_test(other_keys_begin_with_their_number_in_big_endian),
		cmocka_unit_test(every_code_of_lmdb_says_what_the_caller_can_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
