/*
 * tests/unit/engine/answers_test.c - F(P, K, m, w) from a store.
 */
#include "engine/answers.h"
#include "tests/unit/random_log.h"

/* The JSON of an answer. Release it. */
static struct text answer(
	struct store *store, int32_t as_of, int64_t known_us, uint16_t municipality)
{
	struct text out = { 0 };
	struct answers answers;
	struct question question = question_at(as_of);
	struct reader *reader = store_reader(store);
	assert_int_equal(answers_fold(reader, &question, known_us, NULL, &answers), OK);
	assert_int_equal(answers_print_json(&answers, municipality, 0, &out), OK);
	answers_release(&answers);
	reader_close(reader);
	return out;
}

static void check_same_answers(struct store *a, struct store *b, int32_t as_of, int64_t known_us)
{
	static const uint16_t municipalities[] = { 753, 823, 1724, 4711, PART_ALL };
	for (size_t i = 0; i < ARRAY_LENGTH(municipalities); i++) {
		struct text left = answer(a, as_of, known_us, municipalities[i]);
		struct text right = answer(b, as_of, known_us, municipalities[i]);
		assert_true(left.length > 1000);
		assert_string_equal(left.data, right.data);
		text_release(&left);
		text_release(&right);
	}
}

/* What is recorded after K leaves no trace in an answer for K, also what it withdraws. */
static void an_answer_for_the_past_is_that_of_the_log_as_it_was_then(void **state)
{
	(void)state;
	struct store store, past;
	struct reason reason = { "" };
	struct chance chance = chance_new();
	struct random_log log = { .store = &store, .chance = &chance };
	store_make(&store);
	random_log_grow(&log, 150);
	past = store;
	snprintf(past.path, sizeof(past.path), "%.40s-past", store.path);
	assert_int_equal(log_backup(store.log, past.path, &reason), OK);
	int64_t known_us = log_last_recorded_us(store.log);
	random_log_grow(&log, 150);
	struct log_options options = store_options(&past);
	assert_int_equal(log_open(&options, LOG_READ, &past.log, &reason), OK);
	int32_t today = zone_day(known_us);
	for (int32_t as_of = today - 600; as_of <= today; as_of += 100)
		check_same_answers(&store, &past, as_of, known_us);
	/* The instant before the next record is the last that is like it. */
	struct reader *reader = store_reader(&store);
	struct record record;
	uint64_t seq;
	assert_int_equal(reader_seq_at(reader, known_us, &seq), OK);
	assert_int_equal(reader_record(reader, seq + 1, &record), OK);
	reader_close(reader);
	check_same_answers(&store, &past, today, record.recorded_us - 1);
	struct text before = answer(&store, today, record.recorded_us - 1, PART_ALL);
	struct text after = answer(&store, today, record.recorded_us + 50 * US_PER_DAY, PART_ALL);
	assert_string_not_equal(before.data, after.data);
	text_release(&before);
	text_release(&after);
	log_close(past.log);
	directory_remove(past.path);
	store_end(&store);
}

#define SAID_MAX 120

/* Events without keys, as no correction is in them. */
static void the_order_of_arrival_leaves_no_trace(void **state)
{
	(void)state;
	static struct random_log logs[SAID_MAX];
	static struct event events[SAID_MAX];
	struct store store, other;
	struct chance chance = chance_new();
	store_make(&store);
	store_make(&other);
	size_t count = 0;
	while (count < SAID_MAX) {
		/* A log of its own for the memory of its texts. */
		logs[count] = (struct random_log){ &store, &chance, .said = count };
		struct event event = random_event(&logs[count]);
		event.key = bytes_of(NULL, 0);
		if (event.type != EVENT_EVENT_RETRACTED && event.type != EVENT_REPORT_PUBLISHED &&
			event.type != EVENT_REPORT_WITHDRAWN)
			events[count++] = event;
	}
	struct store *stores[] = { &store, &other };
	for (size_t s = 0; s < ARRAY_LENGTH(stores); s++) {
		store_begin(stores[s]);
		for (size_t i = 0; i < count; i++) {
			struct appended appended;
			assert_int_equal(log_append(stores[s]->log, bytes_of_string("isd"),
						 &events[i], &stores[s]->arena, &appended),
				OK);
			assert_int_equal(appended.verdict, VERDICT_ACCEPTED);
		}
		store_commit(stores[s]);
		for (size_t i = count - 1; i > 0; i--) {
			size_t chosen = chance_below(&chance, i + 1);
			struct event event = events[i];
			events[i] = events[chosen];
			events[chosen] = event;
		}
	}
	for (int32_t as_of = STORE_TODAY - 800; as_of <= STORE_TODAY; as_of += 160)
		check_same_answers(&store, &other, as_of, STORE_NOW_US + US_PER_SECOND);
	store_end(&store);
	store_end(&other);
}

static void an_empty_store_has_an_answer(void **state)
{
	(void)state;
	struct store store, other;
	store_make(&store);
	store_make(&other);
	store_told(&other, (struct said){ .id = "late" });
	check_same_answers(&store, &other, STORE_TODAY, STORE_NOW_US - 1);
	struct text all = answer(&store, STORE_TODAY, STORE_NOW_US, PART_ALL);
	assert_non_null(strstr(all.data, "\"known_at\":\"2024-10-04T12:00:00.000000Z\""));
	assert_memory_equal(
		all.data + ANSWER_KNOWN_AT_OFFSET, "2024-10-04T12:00:00.000000Z", INSTANT_LENGTH);
	text_release(&all);
	store_end(&store);
	store_end(&other);
}

static void a_question_that_is_stopped_ends_at_its_next_step(void **state)
{
	(void)state;
	struct store store;
	struct answers answers;
	struct question question = question_at(STORE_TODAY);
	atomic_bool stop = true;
	store_make(&store);
	store_told(&store, (struct said){ .id = "a" });
	struct reader *reader = store_reader(&store);
	assert_int_equal(
		answers_fold(reader, &question, STORE_NOW_US, &stop, &answers), ERR_STOPPED);
	stop = false;
	assert_int_equal(answers_init(&answers, 2, &stop), OK);
	assert_int_equal(answers_know(&answers, reader, STORE_NOW_US), OK);
	assert_int_equal(answers_ask(&answers, reader, &question), OK);
	stop = true;
	assert_int_equal(answers_ask(&answers, reader, &question), ERR_STOPPED);
	assert_int_equal(answers_ask_of(&answers, reader, &question, 823), ERR_STOPPED);
	/* Nothing is new, but the window of data_quality has moved. */
	answers.quality_to = 0;
	assert_int_equal(answers_know(&answers, reader, STORE_NOW_US + 1), ERR_STOPPED);
	store_told(&store, (struct said){ .id = "b" });
	assert_int_equal(reader_renew(reader), OK);
	assert_int_equal(answers_know(&answers, reader, STORE_NOW_US + 2), ERR_STOPPED);
	answers_release(&answers);
	reader_close(reader);
	store_end(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_for_the_past_is_that_of_the_log_as_it_was_then),
		cmocka_unit_test(the_order_of_arrival_leaves_no_trace),
		cmocka_unit_test(an_empty_store_has_an_answer),
		cmocka_unit_test(a_question_that_is_stopped_ends_at_its_next_step),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
