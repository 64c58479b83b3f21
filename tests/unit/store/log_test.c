/*
 * tests/unit/store/log_test.c - identity, corrections, seq and stamps, and what a store
 * refuses to be opened as. Every store is read again at the end of its test.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "store/tables.h"
#include "tests/unit/store_memory.h"

static void check_rejected(struct appended appended, const char *code, const char *field)
{
	assert_int_equal(appended.verdict, VERDICT_REJECTED);
	assert_string_equal(rejection_code_name(appended.code), code);
	assert_string_equal(appended.field, field);
}

static void check_duplicate(struct appended appended, uint64_t of)
{
	assert_int_equal(appended.verdict, VERDICT_DUPLICATE);
	assert_int_equal(appended.seq, of);
}

/* Who withdrew a record; 0 nobody. */
static uint64_t withdrawn_by(struct store *store, uint64_t seq)
{
	uint64_t by;
	struct reader *reader = store_reader(store);
	assert_int_equal(reader_withdrawn_by(reader, seq, &by), OK);
	reader_close(reader);
	return by;
}

static struct record record_of(struct store *store, uint64_t seq)
{
	struct record record;
	struct reader *reader = store_reader(store);
	assert_int_equal(reader_record(reader, seq, &record), OK);
	reader_close(reader);
	record.body = bytes_of(NULL, 0);
	return record;
}

/*
 * A story: what is said, one after the other, and what becomes of it. Each is told
 * three times: a transaction each, all in one, and with the store opened anew each time.
 */
struct chapter {
	struct said said;
	const char *code; /* of the rejection; "duplicate"; NULL: accepted */
	uint64_t seq;     /* of a duplicate: the first; of an accepted one: the one it withdraws */
};

#define STORY_MAX 20

static void play(const struct chapter *story, size_t count, bool together, bool reopening)
{
	struct store store;
	uint64_t withdrawn_by_whom[STORY_MAX + 1] = { 0 }, seq = 0;
	store_make(&store);
	if (together)
		store_begin(&store);
	for (size_t i = 0; i < count; i++) {
		const struct chapter *chapter = &story[i];
		struct appended appended = together ? store_put(&store, chapter->said)
						    : store_say(&store, chapter->said);
		if (chapter->code == NULL) {
			if (appended.verdict != VERDICT_ACCEPTED || appended.seq != ++seq)
				fail_msg("%zu: not accepted", i);
			withdrawn_by_whom[chapter->seq] = seq;
		} else if (strcmp(chapter->code, "duplicate") == 0) {
			check_duplicate(appended, chapter->seq);
		} else if (appended.verdict != VERDICT_REJECTED ||
			   strcmp(rejection_code_name(appended.code), chapter->code) != 0) {
			fail_msg("%zu: verdict %d %s", i, appended.verdict,
				rejection_code_name(appended.code));
		}
		if (reopening)
			store_reopen(&store);
	}
	if (together)
		store_commit(&store);
	assert_int_equal(log_last_seq(store.log), seq);
	for (uint64_t at = 1; at <= seq; at++)
		assert_int_equal(withdrawn_by(&store, at), withdrawn_by_whom[at]);
	store_end(&store);
}

static void tell(const struct chapter *story, size_t count)
{
	assert_true(count <= STORY_MAX);
	play(story, count, false, false);
	play(story, count, true, false);
	play(story, count, false, true);
}

#define TELL(story) tell(story, ARRAY_LENGTH(story))

static void a_duplicate_is_acknowledged_but_counted_once(void **state)
{
	(void)state;
	static const struct chapter story[] = {
		{ { .id = "e1", .key = "k" }, NULL, 0 },
		{ { .id = "e1", .key = "k" }, "duplicate", 1 },
		{ { .id = "e2", .body = "'intake_done':{'domains':['WORK','FAMILY']}" }, NULL, 0 },
		{ { .id = "e2", .body = "'intake_done':{'domains':[6,'DOMAIN_WORK']}" },
			"duplicate", 2 },
		/* Also of what is withdrawn by now, and of a retraction. */
		{ { .id = "e3", .key = "k", .body = RUNG(4) }, NULL, 1 },
		{ { .id = "e1", .key = "k" }, "duplicate", 1 },
		{ ABOUT_NOBODY("e4", RETRACTS_ID("e2")), NULL, 2 },
		{ ABOUT_NOBODY("e4", RETRACTS_ID("e2")), "duplicate", 4 },
		{ ABOUT_NOBODY("e5", PUBLISHES("2024-06-30")), NULL, 0 },
		{ ABOUT_NOBODY("e5", PUBLISHES("2024-06-30")), "duplicate", 5 },
		/* Another partner's event of the same id is another event. */
		{ { .id = "e1", .key = "k", .partner = "vwn" }, NULL, 0 },
		{ { .id = "e1", .key = "k", .partner = "vwn" }, "duplicate", 6 },
	};
	TELL(story);
}

static void another_content_under_the_same_id_is_a_conflict(void **state)
{
	(void)state;
	static const struct chapter story[] = {
		{ { .id = "e" }, NULL, 0 },
		{ { .id = "e", .body = RUNG(4) }, "id_conflict", 0 },
		{ { .id = "e", .body = SETTLES }, "id_conflict", 0 },
		{ { .id = "e", .key = "k" }, "id_conflict", 0 },
		{ { .id = "e", .subject = "p2" }, "id_conflict", 0 },
		{ { .id = "e", .municipality = "GM0753" }, "id_conflict", 0 },
		{ { .id = "e", .day = "2024-03-02" }, "id_conflict", 0 },
		{ ABOUT_NOBODY("e", "'service_model_set':{'model':'OTHER'}"), "id_conflict", 0 },
		/* Identity is looked at before the target. */
		{ ABOUT_NOBODY("e", RETRACTS_ID("nothing")), "id_conflict", 0 },
		{ ABOUT_NOBODY("r", PUBLISHES("2024-06-30")), NULL, 0 },
		{ ABOUT_NOBODY("e", PUBLISHES("2024-06-30")), "id_conflict", 0 },
		{ ABOUT_NOBODY("r", PUBLISHES("2024-03-31")), "id_conflict", 0 },
		{ { .id = "e" }, "duplicate", 1 },
		/* A conflict leaves no key and no person behind. */
		{ ABOUT_NOBODY("x", RETRACTS_KEY("k")), "target_unknown", 0 },
	};
	TELL(story);
}

#define UUID(digits) "0191f0c5-7b1e-7cc0-8000-" digits

static void ids_differ_by_every_character(void **state)
{
	(void)state;
	static const struct chapter story[] = {
		{ { .id = UUID("0123456789ab") }, NULL, 0 },
		{ { .id = UUID("0123456789AB") }, NULL, 0 },
		{ { .id = "0191F0C5-7b1e-7cc0-8000-0123456789ab" }, NULL, 0 },
		{ { .id = "0191f0c57b1e7cc080000123456789ab" }, NULL, 0 },
		{ { .id = UUID("0123456789ac") }, NULL, 0 },
		{ { .id = "0191f0c5:7b1e-7cc0-8000-0123456789ab" }, NULL, 0 },
		{ { .id = "0191f0c5-7b1e-7cc0-80000-123456789ab" }, NULL, 0 },
		{ { .id = "a" }, NULL, 0 },
		{ { .id = "A" }, NULL, 0 },
		{ { .id = "aa" }, NULL, 0 },
		/* The same sixteen bytes, as a UUID and as they are. */
		{ { .id = "61616161-6161-6161-6161-616161616161" }, NULL, 0 },
		{ { .id = "aaaaaaaaaaaaaaaa" }, NULL, 0 },
		{ { .id = UUID("0123456789ab") }, "duplicate", 1 },
		{ { .id = UUID("0123456789AB") }, "duplicate", 2 },
		{ { .id = UUID("0123456789AB"), .day = "2024-03-02" }, "id_conflict", 0 },
		{ ABOUT_NOBODY("r", RETRACTS_ID("0191f0c5-7b1e-7cc0-8000-0123456789AB")), NULL, 2 },
	};
	TELL(story);
}

static void the_last_event_of_a_key_withdraws_those_before(void **state)
{
	(void)state;
	static const struct chapter story[] = {
		{ { .id = "e1", .key = "k" }, NULL, 0 },
		{ { .id = "e2", .key = "K" }, NULL, 0 },
		{ { .id = "e3", .key = "k", .body = RUNG(4) }, NULL, 1 },
		{ { .id = "e4", .key = "k", .body = SETTLES }, NULL, 3 },
		/* To another person, another place, about nobody. */
		{ { .id = "e5", .key = "k", .subject = "p2", .municipality = "GM0753" }, NULL, 4 },
		{ { .id = "e6",
			  .key = "k",
			  .subject = "",
			  .body = "'service_model_set':{'model':'OTHER'}" },
			NULL, 5 },
		/* A partner's keys are its own, and a key is not an id. */
		{ { .id = "k", .key = "k", .partner = "vwn" }, NULL, 0 },
		{ { .id = "k", .key = "e2" }, NULL, 0 },
	};
	TELL(story);
}

static void a_key_counts_again_after_a_retraction(void **state)
{
	(void)state;
	static const struct chapter story[] = {
		{ { .id = "e1", .key = "k" }, NULL, 0 },
		{ ABOUT_NOBODY("r1", RETRACTS_KEY("k")), NULL, 1 },
		{ ABOUT_NOBODY("r2", RETRACTS_KEY("k")), "target_withdrawn", 0 },
		{ { .id = "e2", .key = "k" }, NULL, 0 },
		{ { .id = "e3", .key = "k", .day = "2024-03-02" }, NULL, 3 },
		{ ABOUT_NOBODY("r3", RETRACTS_ID("e3")), NULL, 4 },
		{ ABOUT_NOBODY("r4", RETRACTS_KEY("k")), "target_withdrawn", 0 },
		{ { .id = "e4", .key = "k" }, NULL, 0 },
		{ ABOUT_NOBODY("r5", RETRACTS_KEY("k")), NULL, 6 },
	};
	TELL(story);
}

static void what_cannot_be_retracted_is_refused_by_name(void **state)
{
	(void)state;
	static const struct chapter story[] = {
		{ ABOUT_NOBODY("r0", RETRACTS_ID("e1")), "target_unknown", 0 },
		{ ABOUT_NOBODY("r0", RETRACTS_KEY("k")), "target_unknown", 0 },
		{ { .id = "e1", .key = "k" }, NULL, 0 },
		{ ABOUT_NOBODY("r1", RETRACTS_ID("r1")), "target_unknown", 0 },
		{ ABOUT_NOBODY("r1", RETRACTS_ID("k")), "target_unknown", 0 },
		{ ABOUT_NOBODY("r1", RETRACTS_KEY("e1")), "target_unknown", 0 },
		{ { .id = "r1", .subject = "", .partner = "vwn", .body = RETRACTS_ID("e1") },
			"target_unknown", 0 },
		/* A refused id is free still. */
		{ ABOUT_NOBODY("r1", RETRACTS_ID("e1")), NULL, 1 },
		{ ABOUT_NOBODY("r2", RETRACTS_ID("e1")), "target_withdrawn", 0 },
		{ ABOUT_NOBODY("r2", RETRACTS_ID("r1")), "target_unknown", 0 },
		{ ABOUT_NOBODY("p", PUBLISHES("2024-06-30")), NULL, 0 },
		{ ABOUT_NOBODY("r2", RETRACTS_ID("p")), "target_unknown", 0 },
		{ { .id = "e2", .key = "k" }, NULL, 0 },
		{ { .id = "e3", .key = "k", .body = SETTLES }, NULL, 4 },
		{ ABOUT_NOBODY("r2", RETRACTS_ID("e2")), "target_withdrawn", 0 },
	};
	TELL(story);
}

static void a_quarter_is_published_once_for_each_municipality(void **state)
{
	(void)state;
	static const struct chapter story[] = {
		{ ABOUT_NOBODY("p1", PUBLISHES("2024-06-30")), NULL, 0 },
		{ ABOUT_NOBODY("p2", PUBLISHES("2024-06-30")), "already_published", 0 },
		{ { .id = "p3", .subject = "", .partner = "vwn", .body = PUBLISHES("2024-06-30") },
			"already_published", 0 },
		{ { .id = "p4",
			  .subject = "",
			  .municipality = "GM0753",
			  .body = PUBLISHES("2024-06-30") },
			NULL, 0 },
		{ ABOUT_NOBODY("p2", PUBLISHES("2024-03-31")), NULL, 0 },
		{ ABOUT_NOBODY("p5", PUBLISHES("1990-03-31")), NULL, 0 },
	};
	TELL(story);
}

static void what_is_published_can_be_withdrawn_and_published_anew(void **state)
{
	(void)state;
	static const struct chapter story[] = {
		{ ABOUT_NOBODY("w1", WITHDRAWS("2024-06-30")), "target_unknown", 0 },
		{ ABOUT_NOBODY("p1", PUBLISHES("2024-06-30")), NULL, 0 },
		{ ABOUT_NOBODY("w1", WITHDRAWS("2024-03-31")), "target_unknown", 0 },
		{ { .id = "w1",
			  .subject = "",
			  .municipality = "GM0753",
			  .body = WITHDRAWS("2024-06-30") },
			"target_unknown", 0 },
		/* By another partner: whoever may publish. */
		{ { .id = "w1", .subject = "", .partner = "vwn", .body = WITHDRAWS("2024-06-30") },
			NULL, 0 },
		{ ABOUT_NOBODY("w2", WITHDRAWS("2024-06-30")), "target_unknown", 0 },
		{ { .id = "r", .subject = "", .partner = "vwn", .body = RETRACTS_ID("w1") },
			"target_unknown", 0 },
		{ ABOUT_NOBODY("r", RETRACTS_ID("p1")), "target_unknown", 0 },
		{ ABOUT_NOBODY("p2", PUBLISHES("2024-06-30")), NULL, 0 },
		{ ABOUT_NOBODY("p3", PUBLISHES("2024-06-30")), "already_published", 0 },
		{ ABOUT_NOBODY("w2", WITHDRAWS("2024-06-30")), NULL, 0 },
		{ ABOUT_NOBODY("p3", PUBLISHES("2024-06-30")), NULL, 0 },
	};
	TELL(story);
}

/* The row of what is published in record `seq`. */
static struct published published_of(struct store *store, uint64_t seq)
{
	struct published row;
	struct reader *reader = store_reader(store);
	assert_int_equal(reader_published_after(reader, seq - 1, &row), OK);
	assert_int_equal(row.seq, seq);
	/* What is borrowed goes with the reader. */
	struct bytes copy = { 0 };
	if (row.shown.length > 0)
		assert_int_equal(arena_copy(&store->arena, row.shown, &copy), OK);
	row.shown = copy;
	reader_close(reader);
	return row;
}

static enum err note_shown(struct store *store, uint64_t seq, const char *shown)
{
	struct published row = published_of(store, seq);
	store_begin(store);
	enum err err = log_note_shown(
		store->log, row.municipality, row.as_of, seq, bytes_of_string(shown));
	store_commit(store);
	return err;
}

static void the_row_of_a_publication_keeps_what_its_record_has_not(void **state)
{
	(void)state;
	struct store store;
	store_make(&store);
	store.round_to = 10;
	store_told(&store, (struct said)ABOUT_NOBODY("p1", PUBLISHES("2024-06-30")));
	store_told(&store, (struct said)ABOUT_NOBODY("w1", WITHDRAWS("2024-06-30")));
	store.round_to = 5;
	store_told(&store, (struct said)ABOUT_NOBODY("p2", PUBLISHES("2024-06-30")));
	assert_int_equal(note_shown(&store, 3, "as it is"), OK);
	/* The first note holds. */
	assert_int_equal(note_shown(&store, 3, "otherwise"), OK);
	store_told(&store, (struct said)ABOUT_NOBODY("w2", WITHDRAWS("2024-06-30")));
	store_begin(&store);
	assert_int_equal(log_note_shown(store.log, 823, 0, 3, bytes_of_string("x")), ERR_NOT_FOUND);
	log_abort(store.log);
	store_reopen(&store);
	struct published row = published_of(&store, 1);
	assert_int_equal(row.round_to, 10);
	assert_int_equal(row.definitions, 1);
	assert_int_equal(row.withdrawn_by, 2);
	assert_int_equal(row.shown.length, 0);
	row = published_of(&store, 3);
	assert_int_equal(row.round_to, 5);
	assert_int_equal(row.withdrawn_by, 4);
	assert_true(bytes_are(row.shown, "as it is"));
	store_end(&store);
}

/* A key of ladderd 0.1: it cannot be withdrawn, so it leads to nothing of its own. */
static uint64_t publish_with_key(struct store *store, struct said said, const char *key)
{
	struct appended appended;
	struct event event = store_event(store, &said);
	event.key = bytes_of_string(key);
	store_begin(store);
	assert_int_equal(
		log_append(store->log, bytes_of_string("isd"), &event, &store->arena, &appended),
		OK);
	assert_int_equal(appended.verdict, VERDICT_ACCEPTED);
	store_commit(store);
	return appended.seq;
}

static void a_key_of_a_publication_alone_has_nothing_to_retract(void **state)
{
	(void)state;
	struct store store;
	store_make(&store);
	publish_with_key(&store, (struct said)ABOUT_NOBODY("p", PUBLISHES("2024-06-30")), "k");
	struct appended refused =
		store_say(&store, (struct said)ABOUT_NOBODY("r", RETRACTS_KEY("k")));
	assert_int_equal(refused.verdict, VERDICT_REJECTED);
	assert_int_equal(refused.code, REJECTION_TARGET_UNKNOWN);
	store_told(&store, (struct said){ .id = "e1", .key = "k" });
	store_told(&store, (struct said){ .id = "e2", .key = "k", .body = SETTLES });
	assert_int_equal(withdrawn_by(&store, 2), 3);
	publish_with_key(&store, (struct said)ABOUT_NOBODY("q", PUBLISHES("2024-03-31")), "k");
	store_reopen(&store);
	store_told(&store, (struct said)ABOUT_NOBODY("r", RETRACTS_KEY("k")));
	assert_int_equal(withdrawn_by(&store, 3), 5);
	store_end(&store);
}

static void a_record_says_where_it_belongs(void **state)
{
	(void)state;
	struct store store;
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1", .key = "k", .subject = "p1" });
	store_told(&store, (struct said){ .id = "e2", .key = "k", .subject = "p2" });
	store_told(&store, (struct said){ .id = "e3", .subject = "p1", .partner = "vwn" });
	store_told(&store, (struct said)ABOUT_NOBODY("r", RETRACTS_KEY("k")));
	static const struct {
		uint64_t withdraws;
		uint32_t person;
		uint16_t partner;
		bool correction;
	} rows[] = { { 0, 1, 1, false }, { 1, 2, 1, true }, { 0, 1, 2, false }, { 2, 0, 1, true } };
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct record record = record_of(&store, i + 1);
		assert_int_equal(record.withdraws, rows[i].withdraws);
		assert_int_equal(record.person, rows[i].person);
		assert_int_equal(record.partner, rows[i].partner);
		assert_int_equal(record.correction, rows[i].correction);
		assert_int_equal(record.municipality, 823);
		assert_int_equal(record.day, 19783);
	}
	store_end(&store);
}

static void seq_has_no_gaps_after_rejected_and_aborted_events(void **state)
{
	(void)state;
	struct store store;
	store_make(&store);
	assert_int_equal(store_told(&store, (struct said){ .id = "e1" }), 1);
	check_rejected(store_say(&store, (struct said){ .id = "e1", .day = "2024-03-02" }),
		"id_conflict", "id");
	store_begin(&store);
	struct appended appended = store_put(
		&store, (struct said){ .id = "e2", .key = "k", .subject = "p2", .partner = "vwn" });
	assert_int_equal(appended.seq, 2);
	log_abort(store.log);
	assert_int_equal(log_last_seq(store.log), 1);
	/* Nothing of the aborted event is there: not its id, key, person or partner. */
	check_rejected(store_say(&store, (struct said){ .id = "r",
						 .subject = "",
						 .partner = "vwn",
						 .body = RETRACTS_KEY("k") }),
		"target_unknown", "target_key");
	assert_int_equal(
		store_told(&store, (struct said){ .id = "e2", .subject = "p3", .partner = "coa" }),
		2);
	assert_int_equal(record_of(&store, 2).person, 2);
	/* A transaction without an event is one. */
	store_begin(&store);
	store_commit(&store);
	assert_int_equal(store_told(&store, (struct said){ .id = "e4" }), 3);
	store_end(&store);
}

static void stamps_grow_when_the_clock_steps_back(void **state)
{
	(void)state;
	struct store store;
	int64_t last = INT64_MIN;
	store_make(&store);
	static const int64_t steps[] = { 0, 1, 0, -1, -3600 * US_PER_SECOND, 1000, -1000 };
	for (size_t i = 0; i < 3 * ARRAY_LENGTH(steps); i++) {
		char id[16];
		store.now_us += steps[i % ARRAY_LENGTH(steps)];
		store_begin(&store);
		int64_t first = log_stamp_us(store.log);
		assert_true(first > last && first >= store.now_us);
		assert_true(first == store.now_us || first == last + 1);
		for (int j = 0; j < 3; j++) {
			snprintf(id, sizeof(id), "e%zu-%d", i, j);
			store_put(&store, (struct said){ .id = id });
		}
		store_commit(&store);
		last = log_last_recorded_us(store.log);
		assert_true(last == first + 2);
		if (i % 4 == 3)
			store_reopen(&store);
		assert_true(log_last_recorded_us(store.log) == last);
	}
	store_end(&store);
}

static void no_stamp_is_at_or_before_the_floor(void **state)
{
	(void)state;
	struct store store;
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1" });
	int64_t floor = store.now_us + 7200 * US_PER_SECOND;
	store_begin(&store);
	assert_int_equal(log_raise_floor(store.log, floor), OK);
	log_abort(store.log);
	assert_true(log_floor_us(store.log) < floor);
	store_begin(&store);
	assert_int_equal(log_raise_floor(store.log, floor), OK);
	/* Never down. */
	assert_int_equal(log_raise_floor(store.log, floor - 1), OK);
	store_commit(&store);
	assert_true(log_floor_us(store.log) == floor);
	store_reopen(&store);
	assert_true(log_floor_us(store.log) == floor);
	store_told(&store, (struct said){ .id = "e2" });
	assert_true(record_of(&store, 2).recorded_us == floor + 1);
	store.now_us = floor + 5;
	store_told(&store, (struct said){ .id = "e3" });
	assert_true(record_of(&store, 3).recorded_us == floor + 5);
	store_end(&store);
}

/* Appends in one transaction until the map is full. Returns the seq that there was no room for. */
static uint64_t fill(struct store *store)
{
	store_begin(store);
	for (uint64_t i = log_last_seq(store->log) + 1;; i++) {
		char id[32], subject[32];
		struct appended appended;
		snprintf(id, sizeof(id), "id-%llu", (unsigned long long)i);
		snprintf(subject, sizeof(subject), "person-%llu", (unsigned long long)i);
		struct event event =
			store_event(store, &(struct said){ .id = id, .subject = subject });
		enum err err = log_append(
			store->log, bytes_of_string("isd"), &event, &store->arena, &appended);
		arena_reset(&store->arena);
		if (err != OK) {
			assert_int_equal(err, ERR_FULL);
			return i;
		}
		assert_int_equal(appended.seq, i);
	}
}

static void a_full_map_is_a_refusal_that_heals(void **state)
{
	(void)state;
	struct store store;
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1" });
	store.size_max = (size_t)256 << 10;
	store_reopen(&store);
	struct text before = store_dump(&store);
	uint64_t full = fill(&store);
	assert_true(full > 100);
	log_abort(store.log);
	struct text after = store_dump(&store);
	assert_true(bytes_equal(text_bytes(&before), text_bytes(&after)));
	assert_int_equal(log_last_seq(store.log), 1);

	/* Full again in the same way; a larger one goes on where the log ended. */
	assert_int_equal(fill(&store), full);
	log_abort(store.log);
	store.size_max = (size_t)1 << 20;
	store_reopen(&store);
	for (uint64_t seq = 2; seq < full + 10; seq++) {
		char id[32];
		snprintf(id, sizeof(id), "id-%llu", (unsigned long long)seq);
		assert_int_equal(store_told(&store, (struct said){ .id = id }), seq);
	}
	text_release(&before);
	text_release(&after);
	store_end(&store);
}

static void short_space_is_told_before_it_is_gone(void **state)
{
	(void)state;
	struct store store;
	struct reason reason = { "" };
	store_make(&store);
	assert_int_equal(log_space(store.log, &reason), OK);
	assert_int_equal(log_bytes_max(store.log), store.size_max);
	size_t used = log_bytes(store.log);
	store.size_max = (size_t)1 << 20;
	store.reserve = store.size_max - used;
	store_reopen(&store);
	assert_int_equal(log_space(store.log, &reason), OK);
	store.reserve++;
	store_reopen(&store);
	assert_int_equal(log_space(store.log, &reason), ERR_FULL);
	assert_non_null(strstr(reason.text, "[store] size_max"));
	store_end(&store);
}

/* Of what was ERR_FULL in a transaction it is known whether the map was. */
static void whether_room_or_memory_is_short_is_known(void **state)
{
	(void)state;
	struct store store;
	struct reason reason;
	static uint8_t figures[(size_t)2 << 20] = { 1 };
	store_make(&store);
	store.size_max = (size_t)1 << 20;
	store_reopen(&store);
	store_begin(&store);
	assert_int_equal(log_fail(store.log, ERR_FULL, &reason), ERR_FULL);
	assert_non_null(strstr(reason.text, "no memory"));
	assert_int_equal(
		log_keep_figures(store.log, 1, bytes_of(figures, sizeof(figures))), ERR_FULL);
	assert_int_equal(log_fail(store.log, ERR_FULL, &reason), ERR_FULL);
	assert_non_null(strstr(reason.text, "the store is full"));
	log_abort(store.log);
	store_end(&store);
}

static void a_full_arena_is_a_refusal(void **state)
{
	(void)state;
	struct store store;
	store_make(&store);
	/* 64 characters: the longest body has them, and needs several steps of the arena. */
	struct event event =
		store_event(&store, &(struct said){ .id = "0123456789012345678901234567890123456789"
							  "012345678901234567890abc" });
	size_t refused = 0;
	for (size_t size = 16;; size += 16) {
		struct arena small;
		struct appended appended;
		assert_int_equal(arena_init(&small, size), OK);
		store_begin(&store);
		enum err err =
			log_append(store.log, bytes_of_string("isd"), &event, &small, &appended);
		log_abort(store.log);
		assert_int_equal(small.used, 0);
		arena_release(&small);
		if (err == OK)
			break;
		assert_int_equal(err, ERR_FULL);
		refused++;
	}
	assert_true(refused > 3);
	store_end(&store);
}

static void check_refused(
	const struct store *store, enum log_mode mode, enum err expected, const char *words)
{
	struct reason reason = { "" };
	struct log *log = NULL;
	struct log_options options = store_options(store);
	enum err err = log_open(&options, mode, &log, &reason);
	if (err != expected || log != NULL || strstr(reason.text, words) == NULL)
		fail_msg("%d: %s", err, reason.text);
}

static void a_store_of_format_1_is_raised_and_forgets_nothing(void **state)
{
	(void)state;
	struct store store;
	uint64_t format = 1;
	MDB_val name = val_of("format", 6), number = val_of(&format, sizeof(format));
	MDB_val indexed = val_of("indexed", 7);
	store_make(&store);
	store.log->lag.max = 1; /* into the tables at once, as format 1 did */
	store_told(&store, (struct said){ .id = "e1", .key = "k" });
	store_told(&store, (struct said){ .id = "e2" });
	store_begin(&store);
	assert_int_equal(mdb_put(store.log->txn, store.log->at->tables.meta, &name, &number, 0), 0);
	assert_int_equal(mdb_del(store.log->txn, store.log->at->tables.meta, &indexed, NULL), 0);
	store_commit(&store);
	store_reopen(&store);
	assert_int_equal(store.log->lag.indexed, 2);
	check_duplicate(store_say(&store, (struct said){ .id = "e1", .key = "k" }), 1);
	assert_int_equal(store_told(&store, (struct said){ .id = "e3", .key = "k" }), 3);
	assert_int_equal(withdrawn_by(&store, 1), 3);
	/* What came after is late, and is not forgotten either. */
	store_reopen(&store);
	assert_int_equal(store.log->lag.indexed, 2);
	check_duplicate(store_say(&store, (struct said){ .id = "e3", .key = "k" }), 3);
	store_end(&store);
}

/* Makes of the store what ladderd 0.1 wrote, of format 2. */
static void lower_to_format_2(struct store *store)
{
	uint64_t format = 2, seq;
	MDB_val name = val_of("format", 6), number = val_of(&format, sizeof(format));
	MDB_val id = val_of(META_ID, strlen(META_ID)), key, val;
	MDB_cursor *cursor;
	uint8_t old[6];
	store_begin(store);
	MDB_txn *txn = store->log->txn;
	const struct tables *tables = &store->log->at->tables;
	assert_int_equal(mdb_put(txn, tables->meta, &name, &number, 0), 0);
	assert_int_equal(mdb_del(txn, tables->meta, &id, NULL), 0);
	assert_int_equal(mdb_cursor_open(txn, tables->publications, &cursor), 0);
	assert_int_equal(mdb_cursor_get(cursor, &key, &val, MDB_FIRST), 0);
	assert_int_equal(key.mv_size, 14);
	memcpy(old, key.mv_data, sizeof(old));
	mdb_cursor_close(cursor);
	seq = 2;
	assert_int_equal(mdb_drop(txn, tables->publications, 0), 0);
	key = val_of(old, sizeof(old));
	val = val_of(&seq, sizeof(seq));
	assert_int_equal(mdb_put(txn, tables->publications, &key, &val, 0), 0);
	store_commit(store);
}

static void id_of(struct store *store, uint8_t out[STORE_ID_SIZE])
{
	MDB_val key = val_of(META_ID, strlen(META_ID)), val;
	store_begin(store);
	assert_int_equal(mdb_get(store->log->txn, store->log->at->tables.meta, &key, &val), 0);
	assert_int_equal(val.mv_size, STORE_ID_SIZE);
	memcpy(out, val.mv_data, STORE_ID_SIZE);
	log_abort(store->log);
}

static void a_store_of_format_2_is_read_as_it_is_and_raised(void **state)
{
	(void)state;
	struct store store;
	struct reason reason;
	uint8_t before[STORE_ID_SIZE], after[STORE_ID_SIZE];
	store_make(&store);
	id_of(&store, before);
	store_told(&store, (struct said){ .id = "e1" });
	store_told(&store, (struct said)ABOUT_NOBODY("p1", PUBLISHES("2024-06-30")));
	struct text dumped = store_dump(&store);
	assert_non_null(strstr(dumped.data, ",\"round_to\":5,\"definitions\":1,\"event\""));
	text_release(&dumped);
	lower_to_format_2(&store);

	/* Offline it is read as it is: nothing was noted. */
	log_close(store.log);
	const struct log_options options = { .path = store.path };
	assert_int_equal(log_open(&options, LOG_READ, &store.log, &reason), OK);
	struct published row = published_of(&store, 2);
	assert_int_equal(row.round_to, 0);
	assert_int_equal(row.as_of, 19904);
	dumped = store_dump(&store);
	assert_null(strstr(dumped.data, "round_to"));
	text_release(&dumped);

	/* A daemon raises it, and goes on. */
	store_reopen(&store);
	row = published_of(&store, 2);
	assert_int_equal(row.round_to, 0);
	assert_int_equal(row.definitions, 0);
	assert_int_equal(row.municipality, 823);
	id_of(&store, after);
	assert_memory_not_equal(before, after, STORE_ID_SIZE);
	struct appended again =
		store_say(&store, (struct said)ABOUT_NOBODY("p2", PUBLISHES("2024-06-30")));
	assert_int_equal(again.code, REJECTION_ALREADY_PUBLISHED);
	store_told(&store, (struct said)ABOUT_NOBODY("w", WITHDRAWS("2024-06-30")));
	assert_int_equal(
		store_told(&store, (struct said)ABOUT_NOBODY("p2", PUBLISHES("2024-06-30"))), 4);
	assert_int_equal(published_of(&store, 4).round_to, 5);
	store_reopen(&store);
	id_of(&store, before);
	assert_memory_equal(before, after, STORE_ID_SIZE);
	store_end(&store);
}

/* What an aborted transaction made late is gone with it. */
static void an_identity_of_an_aborted_transaction_is_free(void **state)
{
	(void)state;
	struct store store;
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1" });
	store_begin(&store);
	store_put(&store, (struct said){ .id = "e2", .key = "k", .subject = "p9" });
	log_abort(store.log);
	assert_int_equal(store_told(&store, (struct said){ .id = "e3", .subject = "p8" }), 2);
	assert_int_equal(store_told(&store, (struct said){ .id = "e2", .key = "k" }), 3);
	assert_int_equal(withdrawn_by(&store, 2), 0);
	check_duplicate(store_say(&store, (struct said){ .id = "e1" }), 1);
	store_end(&store);
}

/* Their numbers are given out again: who was first seen in it must not be taken for another. */
static void a_person_and_a_partner_of_an_aborted_transaction_are_not_remembered(void **state)
{
	(void)state;
	struct store store;
	struct record_view view;
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1" });
	store_begin(&store);
	store_put(&store, (struct said){ .id = "e2", .subject = "p2", .partner = "vwn" });
	log_abort(store.log);
	/* First the partner, which a transaction remembers from one event to the next. */
	assert_int_equal(store_told(&store, (struct said){ .id = "e3", .partner = "vwn" }), 2);
	assert_int_equal(store_told(&store, (struct said){ .id = "e4", .subject = "p3" }), 3);
	assert_int_equal(store_told(&store, (struct said){ .id = "e5", .subject = "p2" }), 4);
	assert_int_equal(store_told(&store, (struct said){ .id = "e6", .subject = "p3" }), 5);
	struct reader *reader = store_reader(&store);
	static const char *const subjects[] = { "p1", "p1", "p3", "p2", "p3" };
	for (uint64_t seq = 1; seq <= ARRAY_LENGTH(subjects); seq++) {
		assert_int_equal(reader_next_view(reader, seq, &store.arena, &view), OK);
		assert_true(bytes_are(view.event.subject, subjects[seq - 1]));
		assert_true(bytes_are(view.partner, seq == 2 ? "vwn" : "isd"));
	}
	reader_close(reader);
	arena_reset(&store.arena);
	store_end(&store);
}

/* Makes of the store what the program before set 2 wrote, of format 3. */
static void lower_to_format_3(struct store *store)
{
	uint64_t format = 3;
	MDB_val name = val_of("format", 6), number = val_of(&format, sizeof(format));
	store_begin(store);
	assert_int_equal(
		mdb_put(store->log->txn, store->log->at->tables.meta, &name, &number, 0), 0);
	store_commit(store);
}

static void the_set_of_definitions_is_noted_once_and_publications_keep_theirs(void **state)
{
	(void)state;
	struct store store;
	uint8_t before[STORE_ID_SIZE], after[STORE_ID_SIZE];
	store_make(&store);
	store_told(&store, (struct said)ABOUT_NOBODY("p1", PUBLISHES("2024-06-30")));
	lower_to_format_3(&store);
	id_of(&store, before);
	/* A program that knows set 2 raises it; what comes from now on is of that set. */
	store.definitions = 2;
	store_reopen(&store);
	id_of(&store, after);
	assert_memory_equal(before, after, STORE_ID_SIZE);
	store_told(&store, (struct said)ABOUT_NOBODY("p2", PUBLISHES("2024-03-31")));
	/* Opened again, also by one that knows less of sets, the note stays. */
	store_reopen(&store);
	store_told(&store, (struct said)ABOUT_NOBODY("p3", PUBLISHES("2023-12-31")));
	store.definitions = 0;
	store_reopen(&store);
	store_told(&store, (struct said)ABOUT_NOBODY("p4", PUBLISHES("2023-09-30")));
	assert_int_equal(published_of(&store, 1).definitions, 1);
	assert_int_equal(published_of(&store, 2).definitions, 2);
	assert_int_equal(published_of(&store, 3).definitions, 2);
	assert_int_equal(published_of(&store, 4).definitions, 2);
	store_end(&store);
}

static void a_second_writer_is_refused_and_harms_nothing(void **state)
{
	(void)state;
	struct store store;
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1" });
	check_refused(&store, LOG_WRITE, ERR_CONFLICT, "in use");
	assert_int_equal(store_told(&store, (struct said){ .id = "e2" }), 2);
	store_end(&store);
}

static void a_store_that_is_not_there_is_not_read(void **state)
{
	(void)state;
	struct store store;
	store_make(&store);
	log_close(store.log);
	store.log = NULL;
	directory_remove(store.path);
	check_refused(&store, LOG_READ, ERR_NOT_FOUND, "there is no store");
	struct stat found;
	assert_int_equal(stat(store.path, &found), -1);
	assert_int_equal(mkdir(store.path, 0700), 0);
	check_refused(&store, LOG_READ, ERR_NOT_FOUND, "there is no store");
	store_drop(&store);
}

static void a_directory_that_cannot_be_made_is_said(void **state)
{
	(void)state;
	struct store store = { .path = "/proc/nothing/store", .size_max = 1 << 20 };
	check_refused(&store, LOG_WRITE, ERR_IO, "/proc/nothing/store");
}

static void a_newer_format_is_refused(void **state)
{
	(void)state;
	struct store store;
	uint64_t format = STORE_FORMAT + 1;
	MDB_val key = val_of("format", 6), val = val_of(&format, sizeof(format));
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1" });
	store_begin(&store);
	assert_int_equal(mdb_put(store.log->txn, store.log->at->tables.meta, &key, &val, 0), 0);
	store_commit(&store);
	log_close(store.log);
	store.log = NULL;
	check_refused(&store, LOG_WRITE, ERR_CONFLICT, "use a newer one");
	check_refused(&store, LOG_READ, ERR_CONFLICT, "use a newer one");
	store_drop(&store);
}

static void a_store_of_an_unknown_time_zone_is_refused(void **state)
{
	(void)state;
	struct store store;
	MDB_val key = val_of("zone", 4), val = val_of("Europe/Oirschot", 15);
	store_make(&store);
	store_begin(&store);
	assert_int_equal(mdb_put(store.log->txn, store.log->at->tables.meta, &key, &val, 0), 0);
	store_commit(&store);
	log_close(store.log);
	store.log = NULL;
	check_refused(&store, LOG_WRITE, ERR_IO, "tzdata");
	store_drop(&store);
}

static void a_truncated_file_is_refused(void **state)
{
	(void)state;
	struct store store;
	char name[128];
	struct stat file;
	store_make(&store);
	for (int i = 0; i < 50; i++) {
		char id[16];
		snprintf(id, sizeof(id), "e%d", i);
		store_told(&store, (struct said){ .id = id, .subject = id });
	}
	log_close(store.log);
	store.log = NULL;
	snprintf(name, sizeof(name), "%s/data.mdb", store.path);
	assert_int_equal(stat(name, &file), 0);
	const off_t lengths[] = { file.st_size - 4096, file.st_size / 2, 3 * 4096, 8192, 4096, 100,
		1 };
	for (size_t i = 0; i < ARRAY_LENGTH(lengths); i++) {
		assert_int_equal(truncate(name, lengths[i]), 0);
		check_refused(&store, LOG_WRITE, ERR_CORRUPT, "");
		check_refused(&store, LOG_READ, ERR_CORRUPT, "");
	}
	store_drop(&store);
}

static void a_file_that_is_no_store_is_refused(void **state)
{
	(void)state;
	struct store store;
	char name[128], junk[16384];
	store_make(&store);
	log_close(store.log);
	store.log = NULL;
	snprintf(name, sizeof(name), "%s/data.mdb", store.path);
	memset(junk, 'x', sizeof(junk));
	int fd = open(name, O_WRONLY | O_TRUNC);
	assert_int_equal(write(fd, junk, sizeof(junk)), sizeof(junk));
	close(fd);
	check_refused(&store, LOG_WRITE, ERR_CORRUPT, store.path);
	check_refused(&store, LOG_READ, ERR_CORRUPT, store.path);
	store_drop(&store);
}

/* A copy that is not whole and verified is not left where one looks for a backup. */
static void a_backup_that_fails_leaves_none(void **state)
{
	(void)state;
	struct store store;
	struct reason reason = { "" };
	char copy[64], data[128], sums[128];
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1" });
	snprintf(copy, sizeof(copy), "%.40s-copy", store.path);
	snprintf(data, sizeof(data), "%s/data.mdb", copy);
	snprintf(sums, sizeof(sums), "%s/data.sums", copy);
	assert_int_equal(mkdir(copy, 0700), 0);
	assert_int_equal(mkdir(sums, 0700), 0);
	assert_int_equal(log_backup(store.log, copy, &reason), ERR_IO);
	assert_non_null(strstr(reason.text, "data.sums"));
	assert_int_not_equal(access(data, F_OK), 0);
	/* What was in the way is gone, and it can be made. */
	assert_int_equal(rmdir(sums), 0);
	assert_int_equal(log_backup(store.log, copy, &reason), OK);
	assert_int_equal(unlink(data), 0);
	/* The witness of a store that was there says nothing of the copy. */
	assert_int_equal(log_backup(store.log, copy, &reason), OK);
	directory_remove(copy);
	store_end(&store);
}

static void a_backup_is_the_same_log(void **state)
{
	(void)state;
	struct store store, copy;
	struct reason reason = { "" };
	store_make(&store);
	store_told(&store, (struct said){ .id = "e1", .key = "k" });
	store_told(&store, (struct said){ .id = "e2", .key = "k", .body = SETTLES });
	copy = store;
	snprintf(copy.path, sizeof(copy.path), "%.40s-copy", store.path);
	assert_int_equal(log_backup(store.log, copy.path, &reason), OK);
	assert_int_equal(log_backup(store.log, copy.path, &reason), ERR_CONFLICT);
	store_told(&store, (struct said){ .id = "e3" });
	struct text all = store_dump(&store);

	struct log_options options = store_options(&copy);
	assert_int_equal(log_open(&options, LOG_READ, &copy.log, &reason), OK);
	struct text copied = store_dump(&copy);
	assert_true(copied.length > 0 && copied.length < all.length);
	assert_memory_equal(copied.data, all.data, copied.length);
	log_close(copy.log);
	copy.log = NULL;
	/* It is a store like another: the log goes on in it. */
	store_reopen(&copy);
	assert_int_equal(store_told(&copy, (struct said){ .id = "e3" }), 3);
	log_close(copy.log);
	directory_remove(copy.path);
	text_release(&all);
	text_release(&copied);
	store_end(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_duplicate_is_acknowledged_but_counted_once),
		cmocka_unit_test(another_content_under_the_same_id_is_a_conflict),
		cmocka_unit_test(ids_differ_by_every_character),
		cmocka_unit_test(the_last_event_of_a_key_withdraws_those_before),
		cmocka_unit_test(a_key_counts_again_after_a_retraction),
		cmocka_unit_test(what_cannot_be_retracted_is_refused_by_name),
		cmocka_unit_test(a_quarter_is_published_once_for_each_municipality),
		cmocka_unit_test(what_is_published_can_be_withdrawn_and_published_anew),
		cmocka_unit_test(the_row_of_a_publication_keeps_what_its_record_has_not),
		cmocka_unit_test(a_key_of_a_publication_alone_has_nothing_to_retract),
		cmocka_unit_test(a_record_says_where_it_belongs),
		cmocka_unit_test(seq_has_no_gaps_after_rejected_and_aborted_events),
		cmocka_unit_test(stamps_grow_when_the_clock_steps_back),
		cmocka_unit_test(no_stamp_is_at_or_before_the_floor),
		cmocka_unit_test(a_full_map_is_a_refusal_that_heals),
		cmocka_unit_test(short_space_is_told_before_it_is_gone),
		cmocka_unit_test(a_full_arena_is_a_refusal),
		cmocka_unit_test(a_store_of_format_1_is_raised_and_forgets_nothing),
		cmocka_unit_test(a_store_of_format_2_is_read_as_it_is_and_raised),
		cmocka_unit_test(the_set_of_definitions_is_noted_once_and_publications_keep_theirs),
		cmocka_unit_test(an_identity_of_an_aborted_transaction_is_free),
		cmocka_unit_test(
			a_person_and_a_partner_of_an_aborted_transaction_are_not_remembered),
		cmocka_unit_test(a_second_writer_is_refused_and_harms_nothing),
		cmocka_unit_test(a_store_that_is_not_there_is_not_read),
		cmocka_unit_test(a_directory_that_cannot_be_made_is_said),
		cmocka_unit_test(a_newer_format_is_refused),
		cmocka_unit_test(a_store_of_an_unknown_time_zone_is_refused),
		cmocka_unit_test(a_truncated_file_is_refused),
		cmocka_unit_test(a_file_that_is_no_store_is_refused),
		cmocka_unit_test(a_backup_is_the_same_log),
		cmocka_unit_test(a_backup_that_fails_leaves_none),
		cmocka_unit_test(whether_room_or_memory_is_short_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
