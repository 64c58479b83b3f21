/*
 * tests/unit/proto/log_mark_test.c - the end of the log, as who follows it is told.
 */
#include "proto/log_mark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/codec.h"

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static const struct log_mark mark = {
	.caught_up = 300,
	.settled_us = 1000001,
	.store = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255 },
};

static void in_json(void **state)
{
	struct text out = { 0 };
	(void)state;
	log_mark_print_json(&mark, &out);
	assert_true(bytes_are(text_bytes(&out),
		"{\"caught_up\":300,\"settled\":\"1970-01-01T00:00:01.000001Z\","
		"\"store\":\"01020304-0506-0708-090a-0b0c0d0e0fff\"}"));
	text_release(&out);
}

static void in_protobuf_as_a_record_with_nothing_else(void **state)
{
	struct text out = { 0 };
	struct bytes rest;
	uint64_t tag, value;
	(void)state;
	log_mark_encode(&mark, &out);
	rest = text_bytes(&out);
	assert_int_equal(varint_take(&rest, &tag), OK);
	assert_int_equal(varint_take(&rest, &value), OK);
	assert_int_equal(tag, 10 << 3);
	assert_int_equal(value, 300);
	assert_int_equal(varint_take(&rest, &tag), OK);
	assert_int_equal(varint_take(&rest, &value), OK);
	assert_int_equal(tag, 11 << 3 | 2);
	assert_true(bytes_are(bytes_of(rest.data, value), "1970-01-01T00:00:01.000001Z"));
	rest = bytes_of(rest.data + value, rest.length - value);
	assert_int_equal(varint_take(&rest, &tag), OK);
	assert_int_equal(varint_take(&rest, &value), OK);
	assert_int_equal(tag, 12 << 3 | 2);
	assert_int_equal(value, rest.length);
	assert_true(bytes_are(rest, "01020304-0506-0708-090a-0b0c0d0e0fff"));
	text_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_json),
		cmocka_unit_test(in_protobuf_as_a_record_with_nothing_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
