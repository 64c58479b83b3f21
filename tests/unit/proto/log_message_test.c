/*
 * tests/unit/proto/log_message_test.c - what a follower reads is what a ladderd wrote.
 */
#include "proto/log_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/unit/event_samples.h"

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define AT_US INT64_C(1700000000123456)

/* Encodes, reads, encodes again. */
static void check_comes_back(const struct record_view *view)
{
	struct text once = { 0 }, twice = { 0 }, json = { 0 }, again = { 0 };
	struct log_message message;
	struct arena arena = { 0 };
	assert_int_equal(arena_init(&arena, 1 << 20), OK);
	assert_int_equal(record_encode(view, &arena, &once), OK);
	assert_int_equal(log_message_decode(text_bytes(&once), &arena, &message), OK);
	assert_false(message.is_mark);
	assert_int_equal(record_encode(&message.view, &arena, &twice), OK);
	assert_true(bytes_equal(text_bytes(&once), text_bytes(&twice)));
	record_print_json(view, &json);
	record_print_json(&message.view, &again);
	assert_true(bytes_equal(text_bytes(&json), text_bytes(&again)));
	/* Whatever is missing at its end is missed, or leaves a record that is whole without. */
	for (size_t length = 0; length < once.length; length++) {
		struct log_message cut;
		struct bytes part = bytes_of(once.data, length);
		enum err err = log_message_decode(part, &arena, &cut);
		assert_true(err == OK || err == ERR_CORRUPT);
	}
	text_release(&once);
	text_release(&twice);
	text_release(&json);
	text_release(&again);
	arena_release(&arena);
}

static void an_event_of_every_type_comes_back(void **state)
{
	size_t schema_count;
	const struct schema *schemas = schema_all(&schema_count);
	(void)state;
	for (size_t i = 0; i < schema_count; i++) {
		for (int sample = SAMPLE_REQUIRED; sample <= SAMPLE_ALL; sample++) {
			const struct schema *schema = &schemas[i];
			struct record_view view = {
				.seq = 7 + i,
				.recorded_us = AT_US,
				.partner = bytes_of_string("isd"),
				.event = event_sample(schema, (enum sample)sample),
			};
			if (schema->type == EVENT_REPORT_PUBLISHED)
				view.round_to = view.definitions = 2;
			if (schema->type == EVENT_EVENT_RETRACTED)
				view.withdraws = 3;
			check_comes_back(&view);
		}
	}
}

static void acts_and_tombstones_come_back(void **state)
{
	static const uint64_t seqs[] = { 1, 300, 70000 };
	struct record_view view = {
		.seq = 70001,
		.recorded_us = AT_US,
		.kind = RECORD_ACT,
		.partner = bytes_of_string(LOG_ACT_PARTNER),
		.act = { .type = LOG_ACT_ERASED, .seqs = seqs, .seq_count = 3, .before = 19000 },
	};
	(void)state;
	check_comes_back(&view);
	view.act = (struct log_act){ .type = LOG_ACT_RESTRICTED, .subject = bytes_of_string("p") };
	check_comes_back(&view);
	view.act.type = LOG_ACT_UNRESTRICTED;
	check_comes_back(&view);
	view.kind = RECORD_TOMBSTONE;
	check_comes_back(&view);
}

static void a_mark_comes_back(void **state)
{
	const struct log_mark mark = { 300, AT_US, { 1, 2, 0xab, 0xff } };
	struct text out = { 0 };
	struct log_message message;
	struct arena arena = { 0 };
	(void)state;
	assert_int_equal(arena_init(&arena, 4096), OK);
	log_mark_encode(&mark, &out);
	assert_int_equal(log_message_decode(text_bytes(&out), &arena, &message), OK);
	assert_true(message.is_mark);
	assert_int_equal(message.mark.caught_up, mark.caught_up);
	assert_int_equal(message.mark.settled_us, mark.settled_us);
	assert_memory_equal(message.mark.store, mark.store, sizeof(mark.store));
	text_release(&out);
	arena_release(&arena);
}

static void what_is_no_record_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} rows[] = {
		{ "", 0 },
		{ "\x08", 1 },
		{ "\x08\x00", 2 },                 /* seq 0 */
		{ "\x08\x01", 2 },                 /* nothing but a seq */
		{ "\x08\x01\x08\x01\x48\x01", 6 }, /* twice */
		{ "\x08\x01\x48\x01", 4 },         /* erased, on no day */
		{ "\x08\x01\x68\x01", 4 },         /* a field of later */
		{ "\x62\x01x", 3 },                /* a mark of no store */
		{ "\x08\x01\x42\x0a"
		  "2026-02-30\x48\x01",
			16 }, /* no day */
		{ "\x08\x01\x12\x00\x1a\x01p\x22\x00", 9 },
	};
	struct arena arena = { 0 };
	(void)state;
	assert_int_equal(arena_init(&arena, 1 << 16), OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct log_message message;
		assert_int_equal(log_message_decode(
					 bytes_of(rows[i].bytes, rows[i].length), &arena, &message),
			ERR_CORRUPT);
	}
	arena_release(&arena);
}

static void an_id_of_a_store_is_read_as_it_is_printed(void **state)
{
	static const char *const wrong[] = { "", "01020304-0506-0708-090a-0b0c0d0e0ff",
		"01020304-0506-0708-090a-0b0c0d0e0fffa", "0102030400506-0708-090a-0b0c0d0e0fff",
		"0102030-40506-0708-090a-0b0c0d0e0fff", "01020304-0506-0708-090A-0b0c0d0e0fff" };
	uint8_t id[LOG_MARK_STORE_SIZE];
	(void)state;
	assert_int_equal(
		log_mark_store_parse(bytes_of_string("01020304-0506-0708-090a-0b0c0d0e0fff"), id),
		OK);
	assert_int_equal(id[0], 1);
	assert_int_equal(id[9], 10);
	assert_int_equal(id[15], 0xff);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(log_mark_store_parse(bytes_of_string(wrong[i]), id), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_of_every_type_comes_back),
		cmocka_unit_test(acts_and_tombstones_come_back),
		cmocka_unit_test(a_mark_comes_back),
		cmocka_unit_test(what_is_no_record_is_refused),
		cmocka_unit_test(an_id_of_a_store_is_read_as_it_is_printed),
	};
	CHECK(zone_set("Europe/Amsterdam") == OK);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
