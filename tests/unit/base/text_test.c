/*
 * tests/unit/base/text_test.c - the buffer that is printed into.
 */
#include "base/check.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static void what_is_added_stands_behind_what_was_there(void **state)
{
	(void)state;
	struct text text = { 0 }, whole = { 0 };
	for (int i = 0; i < 1000; i++) {
		text_printf(&text, "%d,", i);
		text_add_integer(&whole, i);
		text_add_char(&whole, ',');
		assert_int_equal(strlen(text.data), text.length);
	}
	text_add(&text, bytes_of(NULL, 0));
	text_add_string(&text, "");
	assert_false(text.failed);
	assert_true(bytes_equal(text_bytes(&text), text_bytes(&whole)));
	assert_int_equal(text.length, 10 * 2 + 90 * 3 + 900 * 4);
	text_release(&text);
	text_release(&whole);
	assert_null(text.data);
}

static void every_integer_is_printed(void **state)
{
	(void)state;
	static const struct {
		int64_t value;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ 9, "9" },
		{ 10, "10" },
		{ -1, "-1" },
		{ INT32_MIN, "-2147483648" },
		{ INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct text text = { 0 };
		text_add_integer(&text, rows[i].value);
		assert_string_equal(text.data, rows[i].text);
		text_release(&text);
	}
}

#define BYTES(string) string, sizeof(string) - 1
#define REPLACED      "\xEF\xBF\xBD"

static void a_json_string_is_utf_8_whatever_was_put_in(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t length;
		const char *json;
	} rows[] = {
		{ BYTES(""), "\"\"" },
		{ BYTES("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"" },
		{ BYTES("a\0b"), "\"a\\u0000b\"" },
		{ BYTES("\n\r\t\x01\x1F\x7F"), "\"\\u000a\\u000d\\u0009\\u0001\\u001f\x7F\"" },
		{ BYTES("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"),
			"\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"" },
		{ BYTES("\x80"), "\"" REPLACED "\"" },
		{ BYTES("\xC3"), "\"" REPLACED "\"" },
		{ BYTES("\xC3("), "\"" REPLACED "(\"" },
		{ BYTES("\xC0\x80"), "\"" REPLACED REPLACED "\"" }, /* overlong */
		{ BYTES("\xE0\x80\xAF"), "\"" REPLACED REPLACED REPLACED "\"" },
		{ BYTES("\xED\xA0\x80"), "\"" REPLACED REPLACED REPLACED "\"" }, /* surrogate */
		{ BYTES("\xF4\x90\x80\x80"),
			"\"" REPLACED REPLACED REPLACED REPLACED "\"" }, /* above U+10FFFF */
		{ BYTES("\xF5\x80\x80\x80"), "\"" REPLACED REPLACED REPLACED REPLACED "\"" },
		{ BYTES("\xE2\x82"), "\"" REPLACED REPLACED "\"" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct text text = { 0 };
		text_add_json(&text, bytes_of(rows[i].bytes, rows[i].length));
		if (strcmp(text.data, rows[i].json) != 0)
			fail_msg("row %zu: %s", i, text.data);
		text_release(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_added_stands_behind_what_was_there),
		cmocka_unit_test(every_integer_is_printed),
		cmocka_unit_test(a_json_string_is_utf_8_whatever_was_put_in),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
