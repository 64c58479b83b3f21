/*
 * tests/unit/proto/log_act_test.c - acts as they are stored and printed.
 */
#include "base/check.h"
#include "base/date.h"
#include "proto/codec.h"
#include "tests/unit/arena_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static void what_is_written_is_read_again(void **state)
{
	static uint64_t seqs[LOG_ACT_SEQS_MAX];
	struct text out = { 0 };
	struct log_act read;
	(void)state;
	for (size_t i = 0; i < LOG_ACT_SEQS_MAX; i++)
		seqs[i] = (i + 1) * 1000000;
	const struct log_act acts[] = {
		{ .type = LOG_ACT_ERASED, .seqs = seqs, .seq_count = LOG_ACT_SEQS_MAX },
		{ .type = LOG_ACT_ERASED, .seqs = seqs, .seq_count = 1, .before = 10957 },
		{ .type = LOG_ACT_RESTRICTED },
		{ .type = LOG_ACT_UNRESTRICTED },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(acts); i++) {
		out.length = 0;
		log_act_encode(&acts[i], false, &out);
		/* One fits into a stored event. */
		assert_true(!out.failed && out.length <= 64 << 10);
		assert_int_equal(log_act_decode(text_bytes(&out), &arena, &read), OK);
		assert_int_equal(read.type, acts[i].type);
		assert_int_equal(read.before, acts[i].before);
		assert_int_equal(read.seq_count, acts[i].seq_count);
		assert_memory_equal(
			read.seqs == NULL ? seqs : read.seqs, seqs, read.seq_count * sizeof(*seqs));
	}
	text_release(&out);
}

static void what_is_no_act_is_corrupt(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} rows[] = {
		{ "", 0 }, { "\xCA\x03", 2 },          /* no length */
		{ "\xCA\x03\x01", 3 },                 /* shorter than it says */
		{ "\xCA\x03\x04\x0A\x02\x02\x01", 7 }, /* seqs that do not grow */
		{ "\xCA\x03\x02\x0A\x05", 5 },         /* seqs beyond the end */
		{ "\xCA\x03\x03\x12\x01x", 6 },        /* no day */
		{ "\xD2\x03\x01x", 4 },                /* restricted has nothing */
		{ "\x82\x02\x00", 3 },                 /* another type */
	};
	struct log_act act;
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_int_equal(
			log_act_decode(bytes_of(rows[i].bytes, rows[i].length), &arena, &act),
			ERR_CORRUPT);
}

static void they_are_printed_as_the_contract_says(void **state)
{
	const uint64_t seqs[] = { 3, 5 };
	struct text out = { 0 };
	struct record_view view = {
		.seq = 9,
		.recorded_us = 0,
		.kind = RECORD_ACT,
		.partner = bytes_of_string("ladderd"),
		.act = { .type = LOG_ACT_ERASED, .seqs = seqs, .seq_count = 2, .before = 10957 },
	};
	(void)state;
	record_print_json(&view, &out);
	assert_string_equal(out.data,
		"{\"seq\":9,\"recorded_at\":\"1970-01-01T00:00:00.000000Z\","
		"\"partner\":\"ladderd\",\"event\":{\"erased\":{\"seqs\":[3,5],"
		"\"before\":\"2000-01-01\"}}}");
	view.act = (struct log_act){
		.type = LOG_ACT_RESTRICTED,
		.subject = bytes_of_string("s1"),
	};
	out.length = 0;
	record_print_json(&view, &out);
	assert_non_null(strstr(out.data, "\"event\":{\"subject\":\"s1\",\"restricted\":{}}}"));
	view = (struct record_view){ .seq = 3, .kind = RECORD_TOMBSTONE };
	out.length = 0;
	assert_int_equal(zone_set("Europe/Amsterdam"), OK);
	record_print_json(&view, &out);
	assert_string_equal(out.data, "{\"seq\":3,\"recorded_on\":\"1970-01-01\",\"erased\":true}");
	text_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_written_is_read_again, arena_empty),
		cmocka_unit_test_setup(what_is_no_act_is_corrupt, arena_empty),
		cmocka_unit_test(they_are_printed_as_the_contract_says),
	};
	return cmocka_run_group_tests(tests, arena_make, arena_drop);
}
