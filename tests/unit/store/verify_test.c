/*
 * tests/unit/store/verify_test.c - a store is damaged in one place, and that is found.
 */
#include "store/tables.h"
#include "tests/unit/store_memory.h"

static void store_write(struct store *store)
{
	store_make(store);
	store->log->lag.max = 1; /* into the tables at once */
	store_told(store, (struct said){ .id = "e1", .key = "k" });
	store_told(
		store, (struct said){ .id = "e2", .key = "k", .subject = "p2", .body = SETTLES });
	store_told(store, (struct said)ABOUT_NOBODY("p", PUBLISHES("2024-06-30")));
	store_told(store, (struct said){ .id = "e3", .partner = "vwn" });
	store_told(store,
		(struct said){
			.id = "r", .subject = "", .partner = "vwn", .body = RETRACTS_ID("e3") });
}

struct findings {
	size_t count;
	char first[256];
};

static void note(void *context, const char *finding)
{
	struct findings *findings = context;
	if (findings->count++ == 0)
		snprintf(findings->first, sizeof(findings->first), "%s", finding);
}

static enum err verify(struct store *store, struct findings *findings, uint64_t *records)
{
	struct reader *reader = store_reader(store);
	*findings = (struct findings){ 0 };
	enum err err = reader_verify(reader, note, findings, records);
	reader_close(reader);
	return err;
}

static void a_right_store_has_no_findings(void **state)
{
	(void)state;
	struct store store;
	struct findings findings;
	uint64_t records;
	store_write(&store);
	assert_int_equal(verify(&store, &findings, &records), OK);
	assert_int_equal(findings.count, 0);
	assert_int_equal(records, 5);
	store_end(&store);
}

static void an_empty_store_has_no_findings(void **state)
{
	(void)state;
	struct store store;
	struct findings findings;
	uint64_t records;
	store_make(&store);
	assert_int_equal(verify(&store, &findings, &records), OK);
	assert_int_equal(records, 0);
	store_end(&store);
}

/* Every byte of every record, flipped in the database itself. */
static void a_flipped_byte_in_a_record_is_found(void **state)
{
	(void)state;
	struct store store;
	store_write(&store);
	for (uint64_t seq = 1; seq <= 5; seq++) {
		size_t length = 1;
		for (size_t at = 0; at < length; at++) {
			uint8_t value[512], damaged[512];
			MDB_val key = val_of(&seq, sizeof(seq)), val;
			store_begin(&store);
			MDB_txn *txn = store.log->txn;
			assert_int_equal(mdb_get(txn, store.log->at->tables.log, &key, &val), 0);
			length = val.mv_size;
			assert_true(length <= sizeof(value));
			memcpy(value, val.mv_data, length);
			memcpy(damaged, value, length);
			damaged[at] ^= 0x10;
			val = val_of(damaged, length);
			assert_int_equal(mdb_put(txn, store.log->at->tables.log, &key, &val, 0), 0);
			store_commit(&store);

			struct findings findings;
			struct record record;
			uint64_t records, last;
			int64_t recorded_us;
			struct reader *reader = store_reader(&store);
			assert_int_equal(reader_record(reader, seq, &record), ERR_CORRUPT);
			assert_int_equal(reader_next(reader, seq, &record), ERR_CORRUPT);
			assert_int_equal(reader_last(reader, &last, &recorded_us),
				seq == 5 ? ERR_CORRUPT : OK);
			reader_close(reader);
			/* Nothing would be written any more; here it is mended. */
			struct reason reason;
			assert_true(log_is_damaged(store.log, &reason));
			atomic_store(&store.log->damaged, false);
			assert_int_equal(verify(&store, &findings, &records), ERR_CORRUPT);
			assert_non_null(strstr(findings.first, "damaged"));

			atomic_store(&store.log->damaged, false);
			store_begin(&store);
			val = val_of(value, length);
			assert_int_equal(
				mdb_put(store.log->txn, store.log->at->tables.log, &key, &val, 0),
				0);
			store_commit(&store);
		}
	}
	store_end(&store);
}

/* Such a store is not opened, and says: run ladder verify. */
static void an_index_that_is_ahead_of_its_log_is_found(void **state)
{
	(void)state;
	struct store store;
	struct findings findings;
	struct reason reason = { "" };
	struct log *log = NULL;
	uint64_t records;
	store_write(&store);
	store_begin(&store);
	assert_int_equal(index_lag_indexed_put(store.log->txn, &store.log->at->tables, 6), OK);
	store_commit(&store);
	assert_int_equal(verify(&store, &findings, &records), ERR_CORRUPT);
	assert_int_equal(findings.count, 1);
	assert_non_null(strstr(findings.first, "not one of the 5"));
	log_close(store.log);
	store.log = NULL;
	struct log_options options = store_options(&store);
	assert_int_equal(log_open(&options, LOG_WRITE, &log, &reason), ERR_CORRUPT);
	assert_non_null(strstr(reason.text, "ladder verify"));
	store_drop(&store);
}

/* A damaged last record: nobody knows how stamps go on, so the store is not opened. */
static void a_store_whose_last_record_is_damaged_is_not_opened(void **state)
{
	(void)state;
	struct store store;
	struct reason reason = { "" };
	struct log *log = NULL;
	uint64_t seq = 5;
	MDB_val key = val_of(&seq, sizeof(seq)), val = val_of("junk", 4);
	store_write(&store);
	store_begin(&store);
	assert_int_equal(mdb_put(store.log->txn, store.log->at->tables.log, &key, &val, 0), 0);
	store_commit(&store);
	log_close(store.log);
	store.log = NULL;
	struct log_options options = store_options(&store);
	assert_int_equal(log_open(&options, LOG_WRITE, &log, &reason), ERR_CORRUPT);
	assert_non_null(strstr(reason.text, "ladder verify"));
	assert_null(log);
	store_drop(&store);
}

enum damage { ROW_LOST, ROW_CHANGED, ROW_ADDED };

#define PLACE(table) offsetof(struct tables, table)

struct damage_row {
	size_t table;
	enum damage damage;
	const char *words;
};

/* The first row of the table goes, bears another value, or has a stranger beside it. */
static const struct damage_row damage_rows[] = {
	{ PLACE(log), ROW_LOST, "record 1 is missing" },
	{ PLACE(identity), ROW_LOST, "identity index" },
	{ PLACE(identity), ROW_CHANGED, "identity index" },
	{ PLACE(identity), ROW_ADDED, "identity index has 6 rows" },
	{ PLACE(withdrawals), ROW_LOST, "withdrawal" },
	{ PLACE(withdrawals), ROW_CHANGED, "withdrawal" },
	{ PLACE(withdrawals), ROW_ADDED, "withdrawals has 3 rows" },
	{ PLACE(subjects), ROW_LOST, "another person number" },
	{ PLACE(subjects), ROW_CHANGED, "another person number" },
	{ PLACE(subjects), ROW_ADDED, "person tables" },
	{ PLACE(persons), ROW_LOST, "cannot be read" },
	{ PLACE(persons), ROW_CHANGED, "another person number" },
	{ PLACE(persons), ROW_ADDED, "person tables" },
	{ PLACE(partners), ROW_LOST, "cannot be read" },
	{ PLACE(keys), ROW_LOST, "its key does not lead to it" },
	{ PLACE(keys), ROW_CHANGED, "its key does not lead to it" },
	{ PLACE(keys), ROW_ADDED, "a row of the keys leads to record 2" },
	{ PLACE(publications), ROW_LOST, "cannot be read" },
	{ PLACE(publications), ROW_CHANGED, "cannot be read" },
	{ PLACE(publications), ROW_ADDED, "publications has 2 rows" },
};

static void table_damage(struct store *store, const struct damage_row *row)
{
	MDB_cursor *cursor;
	MDB_val key, val;
	MDB_dbi table;
	uint8_t space[64];
	memcpy(&table, (const uint8_t *)&store->log->at->tables + row->table, sizeof(table));
	store_begin(store);
	assert_int_equal(mdb_cursor_open(store->log->txn, table, &cursor), 0);
	assert_int_equal(mdb_cursor_get(cursor, &key, &val, MDB_FIRST), 0);
	assert_true(val.mv_size <= sizeof(space) && key.mv_size <= sizeof(space));
	int code = 0;
	if (row->damage == ROW_LOST) {
		code = mdb_cursor_del(cursor, 0);
	} else if (row->damage == ROW_CHANGED) {
		memcpy(space, val.mv_data, val.mv_size);
		space[0] ^= 3;
		val = val_of(space, val.mv_size);
		code = mdb_cursor_put(cursor, &key, &val, MDB_CURRENT);
	} else {
		memcpy(space, key.mv_data, key.mv_size);
		space[key.mv_size - 1] ^= 0x40;
		key = val_of(space, key.mv_size);
		code = mdb_put(store->log->txn, table, &key, &val, 0);
	}
	assert_int_equal(code, 0);
	mdb_cursor_close(cursor);
	store_commit(store);
}

static void damage_in_any_table_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(damage_rows); i++) {
		struct store store;
		struct findings findings;
		uint64_t records;
		store_write(&store);
		table_damage(&store, &damage_rows[i]);
		if (verify(&store, &findings, &records) != ERR_CORRUPT ||
			strstr(findings.first, damage_rows[i].words) == NULL)
			print_error("row %zu: %s\n", i, findings.first);
		assert_true(findings.count > 0);
		assert_non_null(strstr(findings.first, damage_rows[i].words));
		store_drop(&store);
	}
}

/* It is read back before it is one: what does not agree with its log does not look like a copy. */
static void a_store_that_disagrees_with_its_log_has_no_backup(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(damage_rows); i++) {
		struct store store;
		struct reason reason = { "" };
		char path[96], name[128];
		store_write(&store);
		table_damage(&store, &damage_rows[i]);
		snprintf(path, sizeof(path), "%s.copy", store.path);
		snprintf(name, sizeof(name), "%s/data.mdb", path);
		assert_int_equal(log_backup(store.log, path, &reason), ERR_CORRUPT);
		assert_string_not_equal(reason.text, "");
		assert_int_not_equal(access(name, F_OK), 0);
		directory_remove(path);
		store_drop(&store);
	}
}

static void many_findings_are_told_as_a_number(void **state)
{
	(void)state;
	struct store store;
	struct findings findings;
	uint64_t records;
	store_make(&store);
	store.log->lag.max = 1; /* into the tables at once */
	store_begin(&store);
	for (int i = 0; i < 150; i++) {
		char id[16];
		snprintf(id, sizeof(id), "e%d", i);
		store_put(&store, (struct said){ .id = id });
	}
	store_commit(&store);
	store_begin(&store);
	assert_int_equal(mdb_drop(store.log->txn, store.log->at->tables.identity, 0), 0);
	store_commit(&store);
	assert_int_equal(verify(&store, &findings, &records), ERR_CORRUPT);
	assert_int_equal(records, 150);
	assert_int_equal(findings.count, 101);
	store_drop(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_right_store_has_no_findings),
		cmocka_unit_test(an_empty_store_has_no_findings),
		cmocka_unit_test(an_index_that_is_ahead_of_its_log_is_found),
		cmocka_unit_test(a_flipped_byte_in_a_record_is_found),
		cmocka_unit_test(a_store_whose_last_record_is_damaged_is_not_opened),
		cmocka_unit_test(damage_in_any_table_is_found),
		cmocka_unit_test(a_store_that_disagrees_with_its_log_has_no_backup),
		cmocka_unit_test(many_findings_are_told_as_a_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
