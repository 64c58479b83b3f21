/*
 * tests/unit/base/plain_test.c - what others wrote on a terminal and in a spreadsheet.
 */
#include "base/plain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/check.h"

static const struct {
	const char *text, *plain;
} texts[] = {
	{ "", "" },
	{ "Taalcaf\u00e9 \u2192 \u4e2d \U0001F600", "Taalcaf\u00e9 \u2192 \u4e2d \U0001F600" },
	{ "\x1b[31mred\x1b]0;title\x07", "?[31mred?]0;title?" },
	{ "a\nb\rc\td", "a?b?c?d" },
	{ "del\x7f", "del?" },
	/* C1: CSI as one character, and as a byte that is no UTF-8 */
	{ "\xC2\x9B"
	  "31m",
		"?31m" },
	{ "\x9b"
	  "31m",
		"?31m" },
	{ "\xC2\x80\xC2\x9F\u00a0", "??\u00a0" },
	{ "\u202eevil\u202c", "?evil?" },
	{ "\u202a\u202b\u202c\u202d\u202e", "?????" },
	{ "\u2066\u2067\u2068\u2069", "????" },
	{ "\u200e\u200f\u061c\u2028\u2029", "?????" },
	{ "\u2027\u202f\u2065\u206a\u200d", "\u2027\u202f\u2065\u206a\u200d" },
	{ "\xc3", "?" },
	{ "\xc3(", "?(" },
	{ "\xc0\x9b", "??" },
	{ "\xed\xa0\x80", "???" },
	{ "\xf4\x90\x80\x80", "????" },
	{ "\xff\xfe", "??" },
};

static void what_a_terminal_obeys_is_a_question_mark(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		char copy[100];
		struct text out = { 0 };
		snprintf(copy, sizeof(copy), "%s", texts[i].text);
		plain_make_string(copy);
		assert_string_equal(copy, texts[i].plain);
		text_add_string(&out, "before\n");
		text_add_plain(&out, bytes_of_string(texts[i].text));
		assert_int_equal(out.length, 7 + strlen(texts[i].plain));
		assert_memory_equal(out.data + 7, texts[i].plain, strlen(texts[i].plain));
		text_release(&out);
	}
}

static void ends_of_lines_stay_where_lines_are_printed(void **state)
{
	(void)state;
	char text[] = "a\tb\nc\r\x1b\n";
	size_t length = plain_make(text, strlen(text), true);
	assert_int_equal(length, 8);
	assert_memory_equal(text, "a\tb\nc??\n", 8);
}

/* What a spreadsheet program runs; `as` is how it stands in CSV. */
static const struct {
	const char *cell, *as;
} cells[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "o'clock", "o'clock" },
	{ "'quoted", "'quoted" },
	{ "=1+1", "'=1+1" },
	{ "+1+1", "'+1+1" },
	{ "-1-1", "'-1-1" },
	{ "-x", "'-x" },
	{ "-", "'-" },
	{ "-.", "'-." },
	{ "-1e", "'-1e" },
	{ "-1.2.3", "'-1.2.3" },
	{ "+31 6 1", "'+31 6 1" },
	{ "@SUM(A1)", "'@SUM(A1)" },
	{ "\t=1", "\"'\t=1\"" },
	{ "\r=1", "\"'\r=1\"" },
	{ "'=1", "''=1" },
	{ "''=1", "'''=1" },
	{ "'-5", "''-5" },
	{ "-5", "-5" },
	{ "+5", "+5" },
	{ "-5.25", "-5.25" },
	{ "-5,25", "\"-5,25\"" },
	{ "-1.5e-7", "-1.5e-7" },
	{ "=HYPERLINK(\"http://x\";A1)", "\"'=HYPERLINK(\"\"http://x\"\";A1)\"" },
	{ "a;b", "\"a;b\"" },
	{ "a\nb", "\"a\nb\"" },
	{ "say \"x\"", "\"say \"\"x\"\"\"" },
};

static void a_formula_is_text_and_a_number_stays_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cells); i++) {
		struct text out = { 0 };
		text_add_cell(&out, bytes_of_string(cells[i].cell));
		assert_int_equal(out.length, strlen(cells[i].as));
		if (out.length > 0)
			assert_memory_equal(out.data, cells[i].as, out.length);
		text_release(&out);
	}
}

static void the_apostrophe_comes_off_where_it_was_put_and_nowhere_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cells); i++) {
		const char *cell = cells[i].cell;
		char marked[100];
		snprintf(marked, sizeof(marked), "%s%s",
			cell_is_formula(bytes_of_string(cell)) ? "'" : "", cell);
		struct bytes back = cell_unmark(bytes_of_string(marked));
		assert_int_equal(back.length, strlen(cell));
		assert_memory_equal(back.data, cell, back.length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_terminal_obeys_is_a_question_mark),
		cmocka_unit_test(ends_of_lines_stay_where_lines_are_printed),
		cmocka_unit_test(a_formula_is_text_and_a_number_stays_one),
		cmocka_unit_test(the_apostrophe_comes_off_where_it_was_put_and_nowhere_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
