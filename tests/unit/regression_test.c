/*
 * tests/unit/regression_test.c - what was once found broken, each with the test that found it.
 */
#include <stdatomic.h>

#include "proto/codec.h"
#include "daemon/server/committer.h"
#include "engine/state.h"
#include "store/tables.h"
#include "tests/unit/clock_virtual.h"
#include "tests/unit/store_memory.h"

static void an_event_that_cannot_have_been_written_is_not_read_as_stored(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t length;
	} rows[] = {
		{ "\x0A\x01"
		  "e\x72\x02\x08\x00",
			7 },                     /* reason 0: printing it reads a null pointer */
		{ "\x0A\x00\xC2\x01\x00", 5 },   /* an empty id */
		{ "\x0A\x01\"\xC2\x01\x00", 6 }, /* an id that is no identifier */
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct arena arena;
		struct event event;
		assert_int_equal(arena_init(&arena, 65536), OK);
		enum err err =
			event_read_stored(bytes_of(rows[i].bytes, rows[i].length), &arena, &event);
		arena_release(&arena);
		assert_int_equal(err, ERR_CORRUPT);
	}
}

static void note(void *context, const char *finding)
{
	(void)finding;
	++*(size_t *)context;
}

static void damage_of_keys_and_publications_is_found(void **state)
{
	(void)state;
	for (int row = 0; row < 6; row++) {
		struct store store;
		MDB_cursor *cursor;
		MDB_val key, val;
		uint8_t space[64];
		uint64_t records;
		size_t findings = 0;
		store_make(&store);
		store.log->lag.max = 1; /* into the tables at once */
		store_told(&store, (struct said){ .id = "e", .key = "k" });
		store_told(&store, (struct said)ABOUT_NOBODY("p", PUBLISHES("2024-06-30")));
		MDB_dbi table =
			row < 3 ? store.log->at->tables.keys : store.log->at->tables.publications;
		store_begin(&store);
		assert_int_equal(mdb_cursor_open(store.log->txn, table, &cursor), 0);
		assert_int_equal(mdb_cursor_get(cursor, &key, &val, MDB_FIRST), 0);
		if (row % 3 == 0) {
			assert_int_equal(mdb_cursor_del(cursor, 0), 0);
		} else if (row % 3 == 1) {
			memcpy(space, val.mv_data, val.mv_size);
			space[0] ^= 3;
			val = val_of(space, val.mv_size);
			assert_int_equal(mdb_cursor_put(cursor, &key, &val, MDB_CURRENT), 0);
		} else {
			memcpy(space, key.mv_data, key.mv_size);
			space[key.mv_size - 1] ^= 0x40;
			key = val_of(space, key.mv_size);
			assert_int_equal(mdb_put(store.log->txn, table, &key, &val, 0), 0);
		}
		mdb_cursor_close(cursor);
		store_commit(&store);
		struct reader *reader = store_reader(&store);
		enum err err = reader_verify(reader, note, &findings, &records);
		reader_close(reader);
		store_drop(&store);
		if (err != ERR_CORRUPT)
			fail_msg("row %d", row);
	}
}

static void a_publication_that_differs_from_the_log_is_found(void **state)
{
	(void)state;
	struct store store;
	struct live *live;
	struct reason reason = { "" };
	store_make(&store);
	store_told(&store, (struct said)ABOUT_NOBODY("p", PUBLISHES("2024-06-30")));
	assert_int_equal(live_new(&live), OK);
	struct reader *reader = store_reader(&store);
	assert_int_equal(live_follow(live, reader, 1, 1), OK);
	assert_int_equal(state_verify(live, reader, &reason), OK);
	live->publications[0]->part.data[0] += 2;
	enum err err = state_verify(live, reader, &reason);
	reader_close(reader);
	live_free(live);
	store_end(&store);
	assert_int_equal(err, ERR_CORRUPT);
}

static void an_emptied_file_is_refused(void **state)
{
	(void)state;
	struct store store;
	char name[128];
	struct reason reason = { "" };
	struct log *log = NULL;
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1" });
	log_close(store.log);
	store.log = NULL;
	snprintf(name, sizeof(name), "%s/data.mdb", store.path);
	assert_int_equal(truncate(name, 0), 0);
	struct log_options options = store_options(&store);
	enum err err = log_open(&options, LOG_WRITE, &log, &reason);
	if (err == OK)
		log_close(log);
	store_drop(&store);
	assert_int_equal(err, ERR_CORRUPT);
}

static void an_instant_outside_the_years_1_to_9999_is_refused(void **state)
{
	(void)state;
	static const char *const rows[] = { "9999-12-31T23:59:60Z", "9999-12-31T23:59:59-01:00",
		"0001-01-01T00:00:00+01:00" };
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		int64_t us;
		assert_int_equal(instant_parse(bytes_of_string(rows[i]), &us), ERR_INVALID);
	}
}

static void a_map_that_is_full_at_the_commit_is_a_refusal_that_heals(void **state)
{
	(void)state;
	for (size_t kib = 200; kib < 300; kib += 20) {
		struct store store;
		struct reason reason = { "" };
		enum err err = OK;
		store_make(&store);
		store.size_max = kib << 10;
		store_reopen(&store);
		for (unsigned i = 0; err == OK; i++) {
			char id[32];
			struct appended appended;
			snprintf(id, sizeof(id), "%u", i * 7919 % 10007);
			struct event event = store_event(
				&store, &(struct said){ .id = id, .subject = id, .key = id });
			store_begin(&store);
			err = log_append(
				store.log, bytes_of_string("isd"), &event, &store.arena, &appended);
			if (err == OK)
				err = log_commit(store.log, &reason);
			else
				log_abort(store.log);
			arena_reset(&store.arena);
		}
		uint64_t last = log_last_seq(store.log);
		store_reopen(&store);
		assert_int_equal(log_last_seq(store.log), last);
		store_end(&store);
		print_message("%zu KiB: err %d, \"%s\"\n", kib, err, reason.text);
	}
}

static atomic_bool answered;

static void note_done(struct submission *submission)
{
	(void)submission;
	atomic_store(&answered, true);
}

static void a_map_that_is_full_at_the_commit_does_not_stop_the_daemon(void **state)
{
	(void)state;
	static struct counters counters;
	struct store store;
	struct committer *committer;
	struct clock_virtual time;
	clock_virtual_init(&time, STORE_NOW_US);
	const struct clock clock = clock_virtual(&time);
	const struct committer_limits limits = { .batches_max = 10, .bytes_max = SIZE_MAX };
	enum commit_outcome outcome = OUTCOME_DURABLE;
	store_make(&store);
	store.size_max = (size_t)200 << 10;
	store_reopen(&store);
	counters_init(&counters, 0);
	assert_int_equal(committer_start(store.log, &clock, &limits, &counters, &committer), OK);
	for (unsigned i = 0; outcome == OUTCOME_DURABLE; i++) {
		char id[32];
		snprintf(id, sizeof(id), "%u", i * 7919 % 10007);
		struct batch_item item = { .verdict = VERDICT_ACCEPTED };
		item.event =
			store_event(&store, &(struct said){ .id = id, .subject = id, .key = id });
		assert_int_equal(
			event_encode(&item.event, ENVELOPE_STORED, &store.arena, &item.body), OK);
		struct batch batch = { &item, 1 };
		struct submission submission = {
			.batch = &batch,
			.partner = bytes_of_string("isd"),
			.done = note_done,
		};
		atomic_store(&answered, false);
		assert_int_equal(committer_submit(committer, &submission), OK);
		AWAIT(atomic_load(&answered));
		outcome = submission.outcome;
		arena_reset(&store.arena);
	}
	committer_stop(committer);
	committer_free(committer);
	clock_virtual_release(&time);
	store_end(&store);
	assert_int_equal(outcome, OUTCOME_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_that_cannot_have_been_written_is_not_read_as_stored),
		cmocka_unit_test(damage_of_keys_and_publications_is_found),
		cmocka_unit_test(a_publication_that_differs_from_the_log_is_found),
		cmocka_unit_test(an_emptied_file_is_refused),
		cmocka_unit_test(an_instant_outside_the_years_1_to_9999_is_refused),
		cmocka_unit_test(a_map_that_is_full_at_the_commit_is_a_refusal_that_heals),
		cmocka_unit_test(a_map_that_is_full_at_the_commit_does_not_stop_the_daemon),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
