/*
 * tests/unit/store/reader_test.c - snapshots of a store.
 */
#include "tests/unit/store_memory.h"

#include "store/reader_inside.h"

#include <fcntl.h>

static void an_empty_log_has_nothing(void **state)
{
	(void)state;
	struct store store;
	struct record record;
	uint64_t seq = 4711, other;
	int64_t recorded_us;
	store_make(&store);
	struct reader *reader = store_reader(&store);
	assert_int_equal(reader_last(reader, &seq, &recorded_us), OK);
	assert_true(seq == 0 && recorded_us == INT64_MIN);
	assert_int_equal(reader_seq_at(reader, INT64_MAX, &seq), OK);
	assert_int_equal(seq, 0);
	assert_int_equal(reader_record(reader, 1, &record), ERR_NOT_FOUND);
	assert_int_equal(reader_next(reader, 1, &record), ERR_NOT_FOUND);
	assert_int_equal(reader_withdrawal_from(reader, 0, &seq, &other), ERR_NOT_FOUND);
	struct published row;
	assert_int_equal(reader_published_after(reader, 0, &row), ERR_NOT_FOUND);
	uint16_t partner;
	assert_int_equal(
		reader_partner_number(reader, bytes_of_string("isd"), &partner), ERR_NOT_FOUND);
	struct bytes name;
	assert_int_equal(reader_subject(reader, 1, &name), ERR_NOT_FOUND);
	reader_close(reader);
	store_end(&store);
}

/* Writes how many rows a table has, wherever a page of the open store says it: in LMDB's struct. */
static void rows_claim(const struct store *store, const char *table, uint64_t rows)
{
	enum { ENTRIES = 2 * sizeof(uint32_t) + 3 * sizeof(uint64_t) };
	static uint8_t all[4 << 20];
	char path[96];
	unsigned found = 0;
	snprintf(path, sizeof(path), "%s/data.mdb", store->path);
	int fd = open(path, O_RDWR);
	ssize_t length = pread(fd, all, sizeof(all), 0);
	assert_true(length > 0 && (size_t)length < sizeof(all));
	const uint8_t *at = all, *end = all + length;
	while ((at = memmem(at, (size_t)(end - at), table, strlen(table))) != NULL) {
		at += strlen(table);
		assert_int_equal(pwrite(fd, &rows, sizeof(rows), at - all + ENTRIES), sizeof(rows));
		found++;
	}
	close(fd);
	assert_true(found > 0);
}

static void a_table_that_says_a_wrong_number_of_rows_is_damage(void **state)
{
	(void)state;
	static const uint64_t claimed[] = { 1, 39, 41, (uint64_t)1 << 20, (uint64_t)1 << 45 };
	struct store store;
	struct reader *reader;
	char subject[16];
	store_make(&store);
	store_begin(&store);
	for (unsigned i = 0; i < 40; i++) {
		snprintf(subject, sizeof(subject), "p-%u", i);
		store_put(&store, (struct said){ .id = subject, .subject = subject });
	}
	store_commit(&store);
	store_begin(&store);
	for (unsigned i = 0; i < 40; i++) {
		snprintf(subject, sizeof(subject), "p-%u", i);
		assert_int_equal(log_restrict(store.log, bytes_of_string(subject), false), OK);
	}
	store_commit(&store);
	for (size_t i = 0; i < ARRAY_LENGTH(claimed); i++) {
		rows_claim(&store, "restricted", claimed[i]);
		assert_int_equal(reader_open(store.log, &reader), ERR_CORRUPT);
	}
	store_drop(&store);
}

static void nothing_shows_before_it_is_committed(void **state)
{
	(void)state;
	struct store store;
	struct record record;
	uint64_t seq;
	int64_t recorded_us;
	store_make(&store);
	struct reader *reader = store_reader(&store);
	store_begin(&store);
	store_put(&store, (struct said){ .id = "e1" });
	assert_int_equal(reader_renew(reader), OK);
	assert_int_equal(reader_last(reader, &seq, &recorded_us), OK);
	assert_int_equal(seq, 0);
	store_commit(&store);
	/* The snapshot is that of its beginning. */
	assert_int_equal(reader_record(reader, 1, &record), ERR_NOT_FOUND);
	assert_int_equal(reader_renew(reader), OK);
	assert_int_equal(reader_record(reader, 1, &record), OK);
	assert_int_equal(reader_last(reader, &seq, &recorded_us), OK);
	assert_true(seq == 1 && recorded_us == STORE_NOW_US);
	reader_close(reader);
	store_end(&store);
}

/* Ten records, two each in a transaction, ten seconds between them. */
static void ten_make(struct store *store)
{
	store_make(store);
	for (int i = 0; i < 10; i++) {
		char id[16];
		snprintf(id, sizeof(id), "e%d", i + 1);
		if (i % 2 == 0) {
			store->now_us = STORE_NOW_US + i * 5 * US_PER_SECOND;
			store_begin(store);
		}
		store_put(store, (struct said){ .id = id, .subject = i % 3 == 0 ? "p1" : "p2" });
		if (i % 2 == 1)
			store_commit(store);
	}
}

static void the_seq_at_an_instant_is_the_last_one_recorded_by_then(void **state)
{
	(void)state;
	struct store store;
	ten_make(&store);
	struct reader *reader = store_reader(&store);
	static const struct {
		int64_t offset_us;
		uint64_t seq;
	} rows[] = {
		{ INT64_MIN, 0 },
		{ -1, 0 },
		{ 0, 1 },
		{ 1, 2 },
		{ 2, 2 },
		{ 10 * US_PER_SECOND - 1, 2 },
		{ 10 * US_PER_SECOND, 3 },
		{ 10 * US_PER_SECOND + 1, 4 },
		{ 40 * US_PER_SECOND - 1, 8 },
		{ 40 * US_PER_SECOND, 9 },
		{ 40 * US_PER_SECOND + 1, 10 },
		{ 50 * US_PER_SECOND, 10 },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		uint64_t seq;
		int64_t known_us = rows[i].offset_us == INT64_MIN
					   ? INT64_MIN
					   : STORE_NOW_US + rows[i].offset_us;
		assert_int_equal(reader_seq_at(reader, known_us, &seq), OK);
		if (seq != rows[i].seq)
			fail_msg("row %zu: %llu", i, (unsigned long long)seq);
	}
	uint64_t seq;
	assert_int_equal(reader_seq_at(reader, INT64_MAX, &seq), OK);
	assert_int_equal(seq, 10);
	reader_close(reader);
	store_end(&store);
}

static void records_are_found_in_any_order(void **state)
{
	(void)state;
	struct store store;
	struct record record;
	ten_make(&store);
	struct reader *reader = store_reader(&store);
	static const uint64_t order[] = { 3, 4, 5, 5, 1, 10, 2, 3, 9, 10 };
	for (size_t i = 0; i < ARRAY_LENGTH(order); i++) {
		assert_int_equal(reader_next(reader, order[i], &record), OK);
		assert_int_equal(record.seq, order[i]);
		assert_int_equal(reader_record(reader, 11 - order[i], &record), OK);
		assert_int_equal(record.seq, 11 - order[i]);
	}
	/* Beyond the end, and on from there. */
	assert_int_equal(reader_next(reader, 11, &record), ERR_NOT_FOUND);
	assert_int_equal(reader_next(reader, 10, &record), OK);
	assert_int_equal(reader_next(reader, 11, &record), ERR_NOT_FOUND);
	assert_int_equal(reader_next(reader, 0, &record), ERR_NOT_FOUND);
	assert_int_equal(reader_record(reader, 11, &record), ERR_NOT_FOUND);
	/* What was asked for last is forgotten when the snapshot moves. */
	assert_int_equal(reader_next(reader, 4, &record), OK);
	assert_int_equal(reader_renew(reader), OK);
	assert_int_equal(reader_next(reader, 5, &record), OK);
	assert_int_equal(record.seq, 5);
	reader_close(reader);
	store_end(&store);
}

/* One after the other is read by rows of a leaf, and in any other way by LMDB. */
static void in_turn_records_and_withdrawals_of_many_leaves_are_the_same(void **state)
{
	(void)state;
	struct store store;
	struct chance chance = chance_new();
	struct record record, same;
	char id[65], key[16];
	const uint64_t count = 1500;
	store_make(&store);
	store_begin(&store);
	for (uint64_t i = 0; i < count; i++) {
		snprintf(id, sizeof(id), "e%0*u", (int)chance_below(&chance, 60) + 1, (unsigned)i);
		snprintf(key, sizeof(key), "k%u", (unsigned)chance_below(&chance, 1000));
		store_put(&store, (struct said){ .id = id, .key = key });
		if (chance_below(&chance, 100) == 0) {
			store_commit(&store);
			store_begin(&store);
		}
	}
	store_commit(&store);
	struct reader *reader = store_reader(&store), *other = store_reader(&store);
	uint64_t seq = 1, asked = 0, withdrawn, by, expected;
	for (uint64_t i = 0; i < 4 * count; i++, seq++) {
		if (seq > count || chance_below(&chance, 50) == 0)
			seq = 1 + chance_below(&chance, count);
		assert_int_equal(reader_next(reader, seq, &record), OK);
		assert_int_equal(reader_record(other, seq, &same), OK);
		assert_true(record.seq == seq && record.checksum == same.checksum);
		assert_true(bytes_equal(record.body, same.body));
		/* At times the same again, or one before. */
		asked = chance_below(&chance, 20) == 0 ? chance_below(&chance, count)
						       : asked + chance_below(&chance, 4);
		enum err err = reader_withdrawal_from(reader, asked, &withdrawn, &by);
		expected = asked;
		while (expected <= count &&
			reader_withdrawn_by(other, expected, &same.withdraws) == OK &&
			same.withdraws == 0)
			expected++;
		assert_int_equal(err, expected > count ? ERR_NOT_FOUND : OK);
		assert_true(err != OK || (withdrawn == expected && by == same.withdraws));
		if (asked > count)
			asked = 0;
		if (chance_below(&chance, 300) == 0)
			assert_int_equal(reader_renew(reader), OK);
	}
	reader_close(reader);
	reader_close(other);
	store_end(&store);
}

enum { SCANNED = 3000 };

/* Records that stand in many leaves, which do not follow each other in the file. */
static void many_leaves_make(struct store *store)
{
	char id[16], key[16];
	store_make(store);
	for (unsigned i = 0; i < SCANNED; i++) {
		snprintf(id, sizeof(id), "e%u", i);
		snprintf(key, sizeof(key), "k%u", i % 700);
		if (i % 40 == 0)
			store_begin(store);
		store_put(store, (struct said){ .id = id, .key = key });
		if (i % 40 == 39 || i + 1 == SCANNED)
			store_commit(store);
	}
}

/* Who reads all in turn gets what a look-up finds. True: at last by a scan. */
static bool all_are_the_same(struct store *store, struct reader *reader)
{
	struct reader *other = store_reader(store);
	struct record record, same;
	bool scans = false;
	for (uint64_t seq = 1; seq <= SCANNED; seq++) {
		assert_int_equal(reader_next(reader, seq, &record), OK);
		assert_int_equal(reader_record(other, seq, &same), OK);
		assert_true(record.seq == seq && record.checksum == same.checksum);
		assert_true(bytes_equal(record.body, same.body));
		scans = scans || reader->scan != NULL;
	}
	assert_int_equal(reader_next(reader, SCANNED + 1, &record), ERR_NOT_FOUND);
	reader_close(other);
	return scans;
}

static void who_reads_all_in_turn_scans_and_reads_the_same(void **state)
{
	(void)state;
	struct store store;
	many_leaves_make(&store);
	struct reader *reader = store_reader(&store);
	assert_true(all_are_the_same(&store, reader));
	/* The view stays what it is; by then its head is written over, and LMDB is asked. */
	assert_int_equal(reader_renew(reader), OK);
	for (unsigned i = 0; i < 4; i++) {
		store_begin(&store);
		store_put(&store, (struct said){ .id = i == 0 ? "a" : i == 1 ? "b" : "c" });
		store_commit(&store);
	}
	assert_false(all_are_the_same(&store, reader));
	reader_close(reader);
	store_end(&store);
}

static void who_scans_is_told_of_a_record_that_rotted(void **state)
{
	(void)state;
	struct store store;
	struct record record;
	many_leaves_make(&store);
	struct reader *reader = store_reader(&store);
	assert_int_equal(reader_record(reader, SCANNED - 100, &record), OK);
	store_damage(&store, record.body);
	uint64_t seq = 1;
	enum err err = OK;
	for (; seq <= SCANNED && err == OK; seq++)
		err = reader_next(reader, seq, &record);
	assert_int_equal(err, ERR_CORRUPT);
	assert_int_equal(seq, SCANNED - 100 + 1);
	assert_non_null(reader->scan);
	reader_close(reader);
	store_drop(&store);
}

static void names_lead_there_and_back(void **state)
{
	(void)state;
	struct store store;
	struct bytes name;
	uint16_t number;
	uint64_t seq;
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1" });
	store_told(&store, (struct said){ .id = "e1", .subject = "p2", .partner = "vwn" });
	struct reader *reader = store_reader(&store);
	assert_int_equal(reader_subject(reader, 2, &name), OK);
	assert_true(bytes_are(name, "p2"));
	assert_int_equal(reader_subject(reader, 3, &name), ERR_NOT_FOUND);
	assert_int_equal(reader_partner(reader, 2, &name), OK);
	assert_true(bytes_are(name, "vwn"));
	assert_int_equal(reader_partner_number(reader, bytes_of_string("vwn"), &number), OK);
	assert_int_equal(number, 2);
	assert_int_equal(reader_find(reader, 1, bytes_of_string("e1"), &seq), OK);
	assert_int_equal(seq, 1);
	assert_int_equal(reader_find(reader, 2, bytes_of_string("e1"), &seq), OK);
	assert_int_equal(seq, 2);
	static const char *const unknown[] = { "e2", "E1", "", "e 1", "e1 ", "/e1",
		"0123456789012345678901234567890123456789012345678901234567890123456789" };
	for (size_t i = 0; i < ARRAY_LENGTH(unknown); i++)
		assert_int_equal(
			reader_find(reader, 1, bytes_of_string(unknown[i]), &seq), ERR_NOT_FOUND);
	assert_int_equal(reader_find(reader, 3, bytes_of_string("e1"), &seq), ERR_NOT_FOUND);
	reader_close(reader);
	store_end(&store);
}

static void withdrawals_are_found_from_any_seq_on(void **state)
{
	(void)state;
	struct store store;
	uint64_t withdrawn, by;
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1" });
	store_told(&store, (struct said){ .id = "e2", .key = "k" });
	store_told(&store, (struct said){ .id = "e3", .key = "k", .body = SETTLES });
	store_told(&store, (struct said){ .id = "e4" });
	store_told(&store, (struct said)ABOUT_NOBODY("r", RETRACTS_ID("e4")));
	struct reader *reader = store_reader(&store);
	static const struct {
		uint64_t from;
		uint64_t withdrawn;
		uint64_t by;
	} rows[] = { { 0, 2, 3 }, { 1, 2, 3 }, { 2, 2, 3 }, { 3, 4, 5 }, { 4, 4, 5 } };
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		assert_int_equal(reader_withdrawal_from(reader, rows[i].from, &withdrawn, &by), OK);
		assert_true(withdrawn == rows[i].withdrawn && by == rows[i].by);
	}
	assert_int_equal(reader_withdrawal_from(reader, 5, &withdrawn, &by), ERR_NOT_FOUND);
	assert_int_equal(reader_withdrawn_by(reader, 2, &by), OK);
	assert_int_equal(by, 3);
	assert_int_equal(reader_withdrawn_by(reader, 3, &by), OK);
	assert_int_equal(by, 0);
	reader_close(reader);
	store_end(&store);
}

/* The table is in the order of municipality and quarter; the question is about the log's. */
static void publications_come_in_the_order_of_the_log(void **state)
{
	(void)state;
	struct store store;
	store_make(&store);
	static const struct said says[] = {
		ABOUT_NOBODY("a", PUBLISHES("2024-06-30")),
		{ .id = "e1" },
		{ .id = "b",
			.subject = "",
			.municipality = "GM0753",
			.body = PUBLISHES("2024-06-30") },
		ABOUT_NOBODY("c", PUBLISHES("1999-12-31")),
		{ .id = "e2" },
		{ .id = "d",
			.subject = "",
			.municipality = "GM0001",
			.body = PUBLISHES("2024-03-31") },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(says); i++)
		store_told(&store, says[i]);
	struct reader *reader = store_reader(&store);
	static const uint64_t next[] = { 1, 3, 3, 4, 6, 6 };
	struct published row;
	for (uint64_t after = 0; after < ARRAY_LENGTH(next); after++) {
		assert_int_equal(reader_published_after(reader, after, &row), OK);
		assert_int_equal(row.seq, next[after]);
	}
	assert_int_equal(reader_published_after(reader, 6, &row), ERR_NOT_FOUND);
	reader_close(reader);
	store_end(&store);
}

static void a_view_is_the_event_that_was_sent(void **state)
{
	(void)state;
	struct store store;
	struct record record;
	struct record_view view;
	struct text out = { 0 };
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1",
				   .key = "k",
				   .subject = "p7",
				   .day = "1999-12-31",
				   .municipality = "GM0753",
				   .partner = "vwn",
				   .body = "'intake_done':{'domains':['WORK','EDUCATION',"
					   "'LANGUAGE','HOUSING','INCOME','FAMILY']}" });
	struct reader *reader = store_reader(&store);
	assert_int_equal(reader_record(reader, 1, &record), OK);
	assert_int_equal(reader_view(reader, &record, &store.arena, &view), OK);
	record_print_json(&view, &out);
	assert_string_equal(out.data,
		"{\"seq\":1,\"recorded_at\":\"2024-10-04T12:00:00.000000Z\",\"partner\":\"vwn\","
		"\"event\":{\"id\":\"e1\",\"key\":\"k\",\"subject\":\"p7\","
		"\"municipality\":\"GM0753\",\"occurred_on\":\"1999-12-31\","
		"\"intake_done\":{\"domains\":[\"WORK\",\"EDUCATION\",\"LANGUAGE\","
		"\"HOUSING\",\"INCOME\",\"FAMILY\"]}}}");
	text_release(&out);
	arena_reset(&store.arena);
	/* A list takes memory, as other events do not. */
	for (size_t size = 16; size <= 256; size += 16) {
		struct arena small;
		assert_int_equal(arena_init(&small, size), OK);
		assert_int_equal(reader_record(reader, 1, &record), OK);
		assert_int_equal(reader_view(reader, &record, &small, &view), ERR_FULL);
		arena_release(&small);
	}
	reader_close(reader);
	store_end(&store);
}

/* Bytes in use after many small commits, with a reader that holds its snapshot or rests. */
static uint64_t bytes_after_commits(bool rests)
{
	struct store store;
	char id[16];
	uint64_t seq;
	int64_t recorded_us;
	store_make(&store);
	struct reader *reader = store_reader(&store);
	if (rests)
		reader_rest(reader);
	for (int i = 0; i < 200; i++) {
		snprintf(id, sizeof(id), "e%d", i);
		store_told(&store, (struct said){ .id = id });
	}
	uint64_t bytes = log_bytes(store.log);
	assert_int_equal(reader_renew(reader), OK);
	assert_int_equal(reader_last(reader, &seq, &recorded_us), OK);
	assert_int_equal(seq, 200);
	reader_close(reader);
	store_end(&store);
	return bytes;
}

static void a_reader_that_rests_lets_the_log_use_its_pages_again(void **state)
{
	(void)state;
	uint64_t held = bytes_after_commits(false), rested = bytes_after_commits(true);
	assert_true(rested * 4 < held);
}

static void who_goes_through_the_log_does_not_hold_one_snapshot(void **state)
{
	(void)state;
	struct store store;
	struct record_view view;
	char id[16];
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1" });
	struct reader *reader = store_reader(&store);
	store_begin(&store);
	for (int i = 2; i <= RECORDS_OF_A_VIEW; i++) {
		snprintf(id, sizeof(id), "e%d", i);
		store_put(&store, (struct said){ .id = id });
	}
	store_commit(&store);
	assert_int_equal(reader_next_view(reader, 1, &store.arena, &view), OK);
	assert_true(bytes_are(view.event.id, "e1"));
	assert_int_equal(reader_next_view(reader, 2, &store.arena, &view), ERR_NOT_FOUND);
	assert_int_equal(reader_next_view(reader, RECORDS_OF_A_VIEW, &store.arena, &view), OK);
	assert_true(bytes_are(view.event.id, id));
	assert_int_equal(reader_next_view(reader, 2, &store.arena, &view), OK);
	reader_close(reader);
	store_end(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_log_has_nothing),
		cmocka_unit_test(a_table_that_says_a_wrong_number_of_rows_is_damage),
		cmocka_unit_test(nothing_shows_before_it_is_committed),
		cmocka_unit_test(the_seq_at_an_instant_is_the_last_one_recorded_by_then),
		cmocka_unit_test(records_are_found_in_any_order),
		cmocka_unit_test(in_turn_records_and_withdrawals_of_many_leaves_are_the_same),
		cmocka_unit_test(who_reads_all_in_turn_scans_and_reads_the_same),
		cmocka_unit_test(who_scans_is_told_of_a_record_that_rotted),
		cmocka_unit_test(names_lead_there_and_back),
		cmocka_unit_test(withdrawals_are_found_from_any_seq_on),
		cmocka_unit_test(publications_come_in_the_order_of_the_log),
		cmocka_unit_test(a_view_is_the_event_that_was_sent),
		cmocka_unit_test(who_goes_through_the_log_does_not_hold_one_snapshot),
		cmocka_unit_test(a_reader_that_rests_lets_the_log_use_its_pages_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
