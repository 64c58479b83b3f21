/*
 * tests/unit/store/newest_test.c - the newest record of each partner.
 */
#include "store/newest.h"
#include "tests/unit/store_memory.h"

static const char *const partners[] = { "isd", "vwn", "coa" };

/* One event of a partner; told again it is a duplicate. */
static void say(struct store *store, const char *partner, const char *id)
{
	struct said said = { .id = id };
	struct event event = store_event(store, &said);
	struct appended appended;
	store_begin(store);
	assert_int_equal(
		log_append(store->log, bytes_of_string(partner), &event, &store->arena, &appended),
		OK);
	store_commit(store);
}

static uint64_t newest_of(struct store *store, const char *partner)
{
	struct reader *reader = store_reader(store);
	struct newest newest = { 0 };
	struct record record;
	enum err err = reader_newest(reader, bytes_of_string(partner), &newest);
	if (err == OK) {
		assert_int_equal(reader_record(reader, newest.seq, &record), OK);
		assert_int_equal(record.recorded_us, newest.recorded_us);
	} else {
		assert_int_equal(err, ERR_NOT_FOUND);
	}
	reader_close(reader);
	return newest.seq;
}

static void check(struct store *store, uint64_t isd, uint64_t vwn, uint64_t coa)
{
	const uint64_t wanted[] = { isd, vwn, coa };
	for (size_t i = 0; i < ARRAY_LENGTH(partners); i++)
		assert_int_equal(newest_of(store, partners[i]), wanted[i]);
}

static void each_partner_has_its_own_and_a_duplicate_changes_nothing(void **state)
{
	struct store store;
	(void)state;
	store_make(&store);
	check(&store, 0, 0, 0);
	say(&store, "isd", "a");
	check(&store, 1, 0, 0);
	say(&store, "vwn", "a");
	say(&store, "vwn", "b");
	say(&store, "isd", "a");
	check(&store, 1, 3, 0);
	store_reopen(&store);
	check(&store, 1, 3, 0);
	store_end(&store);
}

static void what_was_aborted_is_forgotten(void **state)
{
	struct store store;
	struct newest newest;
	struct said said = { .id = "b" };
	struct appended appended;
	(void)state;
	store_make(&store);
	say(&store, "isd", "a");
	struct event event = store_event(&store, &said);
	store_begin(&store);
	assert_int_equal(log_newest(store.log, bytes_of_string("vwn"), &newest), ERR_NOT_FOUND);
	assert_int_equal(
		log_append(store.log, bytes_of_string("vwn"), &event, &store.arena, &appended), OK);
	assert_int_equal(log_newest(store.log, bytes_of_string("vwn"), &newest), OK);
	assert_int_equal(newest.seq, 2);
	log_abort(store.log);
	check(&store, 1, 0, 0);
	store_end(&store);
}

/* Takes the rows away, as if a program from before had written the store. */
static void rows_take(struct store *store, uint64_t format)
{
	MDB_val name = val_of("format", 6), number = val_of(&format, sizeof(format));
	store_begin(store);
	for (uint8_t partner = 1; partner <= 2; partner++) {
		uint8_t bytes[8] = { 'n', 'e', 'w', 'e', 's', 't', 0, partner };
		MDB_val key = val_of(bytes, sizeof(bytes));
		assert_int_equal(
			mdb_del(store->log->txn, store->log->at->tables.meta, &key, NULL), 0);
	}
	assert_int_equal(
		mdb_put(store->log->txn, store->log->at->tables.meta, &name, &number, 0), 0);
	store_commit(store);
}

static void a_store_from_before_gets_its_rows(void **state)
{
	struct store store;
	(void)state;
	store_make(&store);
	say(&store, "isd", "a");
	say(&store, "vwn", "a");
	say(&store, "isd", "b");
	say(&store, "isd", "c");
	rows_take(&store, 2);
	check(&store, 0, 0, 0);
	store_reopen(&store);
	check(&store, 4, 2, 0);
	store_end(&store);
}

static void count_finding(void *context, const char *finding)
{
	size_t *count = context;
	if (strstr(finding, "is the newest of its partner") != NULL)
		++*count;
}

static void a_row_that_is_missing_is_a_finding(void **state)
{
	struct store store;
	uint64_t records;
	size_t count = 0;
	(void)state;
	store_make(&store);
	say(&store, "isd", "a");
	say(&store, "vwn", "a");
	rows_take(&store, STORE_FORMAT);
	struct reader *reader = store_reader(&store);
	assert_int_equal(reader_verify(reader, count_finding, &count, &records), ERR_CORRUPT);
	assert_int_equal(count, 2);
	reader_close(reader);
	store_drop(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_partner_has_its_own_and_a_duplicate_changes_nothing),
		cmocka_unit_test(what_was_aborted_is_forgotten),
		cmocka_unit_test(a_store_from_before_gets_its_rows),
		cmocka_unit_test(a_row_that_is_missing_is_a_finding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
