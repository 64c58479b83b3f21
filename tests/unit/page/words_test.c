/*
 * tests/unit/page/words_test.c - what the page says, in both languages.
 */
#include "page/words.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "proto/event.h"

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static size_t places_of(const char *text)
{
	size_t count = 0;
	while ((text = strstr(text, "{}")) != NULL) {
		count++;
		text += 2;
	}
	return count;
}

static void every_word_is_there_in_both_languages_with_the_same_arguments(void **state)
{
	(void)state;
	for (int i = 0; i < WORD_COUNT; i++) {
		const char *dutch = word_text(LANGUAGE_NL, (enum word)i);
		const char *english = word_text(LANGUAGE_EN, (enum word)i);
		if (strlen(dutch) < 2 || strlen(english) < 2 ||
			places_of(dutch) != places_of(english))
			fail_msg("\"%s\" and \"%s\"", dutch, english);
		/* The table is printed as it stands. */
		assert_null(strpbrk(dutch, "<>&\""));
		assert_null(strpbrk(english, "<>&\""));
		assert_null(strstr(dutch, "  "));
		assert_null(strstr(english, "  "));
	}
}

static void sentences_are_not_the_same_in_both_languages(void **state)
{
	(void)state;
	for (int i = 0; i < WORD_COUNT; i++) {
		const char *dutch = word_text(LANGUAGE_NL, (enum word)i);
		if (strchr(dutch, ' ') != NULL)
			assert_string_not_equal(dutch, word_text(LANGUAGE_EN, (enum word)i));
	}
}

static void every_kind_of_organisation_and_barrier_has_a_word_of_its_own(void **state)
{
	(void)state;
	for (unsigned i = 1; i < ORG_TYPE_END; i++) {
		enum word word = word_of_organisation(enumeration_org_type.names[i]);
		assert_int_not_equal(word, WORD_COUNT);
		for (unsigned j = 1; j < i; j++)
			assert_int_not_equal(
				word, word_of_organisation(enumeration_org_type.names[j]));
	}
	for (unsigned i = 1; i < BARRIER_END; i++) {
		enum word word = word_of_barrier(enumeration_barrier.names[i]);
		assert_int_not_equal(word, WORD_COUNT);
		for (unsigned j = 1; j < i; j++)
			assert_int_not_equal(word, word_of_barrier(enumeration_barrier.names[j]));
	}
	assert_int_equal(word_of_barrier("NOTHING"), WORD_COUNT);
}

static void what_is_printed_into_html_is_escaped(void **state)
{
	(void)state;
	static const struct {
		const char *string;
		const char *html;
	} rows[] = {
		{ "", "" },
		{ "GM0823", "GM0823" },
		{ "<b a=\"1\" b='2'>&amp;</b>",
			"&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;amp;&lt;/b&gt;" },
		{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x99\x82",
			"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x99\x82" },
		{ "a\xff"
		  "b\xc3",
			"a\xef\xbf\xbd"
			"b\xef\xbf\xbd" },
		{ "\xc0\xbcscript", "\xef\xbf\xbd\xef\xbf\xbdscript" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "a\x01\x1b[", "a\xef\xbf\xbd\xef\xbf\xbd[" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct text out = { 0 };
		text_add_string(&out, "");
		html_escape(rows[i].string, &out);
		assert_string_equal(out.data, rows[i].html);
		text_release(&out);
	}
}

static void arguments_go_into_the_sentence_escaped(void **state)
{
	(void)state;
	struct text out = { 0 };
	const char *const arguments[] = { "<7%>", "12%", NULL };
	words_print(LANGUAGE_EN, WORD_NORM_POSSIBLE, arguments, &out);
	assert_string_equal(out.data, "Of &lt;7%&gt; nothing was reported about this. If they "
				      "all take part, it is 12%.");
	text_release(&out);
}

static void numbers_are_written_as_people_write_them(void **state)
{
	(void)state;
	assert_string_equal(phrase_count(LANGUAGE_NL, 1234567).text, "1.234.567");
	assert_string_equal(phrase_count(LANGUAGE_EN, 1234).text, "1,234");
	assert_string_equal(phrase_count(LANGUAGE_NL, 999).text, "999");
	assert_string_equal(phrase_count(LANGUAGE_NL, NAN).text, "\xe2\x80\x93");
	assert_string_equal(phrase_number(LANGUAGE_NL, 0.5).text, "0,5");
	assert_string_equal(phrase_number(LANGUAGE_EN, 2.333).text, "2.3");
	assert_string_equal(phrase_number(LANGUAGE_EN, 2.999).text, "3");
	assert_string_equal(phrase_number(LANGUAGE_EN, NAN).text, "\xe2\x80\x93");
}

static void a_share_is_a_percentage_and_only_all_is_all(void **state)
{
	(void)state;
	static const struct {
		double share;
		const char *text;
	} rows[] = { { 0, "0%" }, { 1, "100%" }, { 0.545, "55%" }, { 0.5449, "54%" },
		{ 0.999, "99%" }, { 0.001, "1%" }, { 0.1, "10%" }, { NAN, "\xe2\x80\x93" } };
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_string_equal(phrase_percent(rows[i].share).text, rows[i].text);
}

static void time_is_said_in_days_then_in_months(void **state)
{
	(void)state;
	static const struct {
		double days;
		const char *dutch;
	} rows[] = { { 0, "0 dagen" }, { 1, "1 dag" }, { 61, "61 dagen" }, { 62, "2 maanden" },
		{ 396, "13 maanden" }, { 365, "12 maanden" }, { NAN, "\xe2\x80\x93" } };
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_string_equal(phrase_duration(LANGUAGE_NL, rows[i].days).text, rows[i].dutch);
	assert_string_equal(phrase_duration(LANGUAGE_EN, 396).text, "13 months");
}

static void days_and_instants_are_written_out(void **state)
{
	(void)state;
	int32_t day;
	assert_int_equal(zone_set("Europe/Amsterdam"), OK);
	assert_int_equal(date_parse(bytes_of_string("2026-09-30"), &day), OK);
	assert_string_equal(phrase_date(LANGUAGE_NL, day).text, "30 september 2026");
	assert_string_equal(phrase_date(LANGUAGE_EN, day).text, "30 September 2026");
	assert_string_equal(phrase_month(LANGUAGE_NL, day).text, "sep 2026");
	assert_string_equal(phrase_month(LANGUAGE_NL, day - 190).text, "mrt 2026");
	static const struct {
		const char *instant;
		const char *text;
	} rows[] = {
		{ "2026-11-22T01:31:59Z", "22 november 2026, 02:31" },
		{ "2026-07-01T22:30:00Z", "2 juli 2026, 00:30" },
		/* The days of 23 and of 25 hours. */
		{ "2026-03-29T00:59:00Z", "29 maart 2026, 01:59" },
		{ "2026-03-29T01:00:00Z", "29 maart 2026, 03:00" },
		{ "2026-03-29T20:00:00Z", "29 maart 2026, 22:00" },
		{ "2026-10-25T00:30:00Z", "25 oktober 2026, 02:30" },
		{ "2026-10-25T01:30:00Z", "25 oktober 2026, 02:30" },
		{ "2026-10-25T22:59:00Z", "25 oktober 2026, 23:59" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		int64_t us;
		assert_int_equal(instant_parse(bytes_of_string(rows[i].instant), &us), OK);
		assert_string_equal(phrase_instant(LANGUAGE_NL, us).text, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_is_there_in_both_languages_with_the_same_arguments),
		cmocka_unit_test(sentences_are_not_the_same_in_both_languages),
		cmocka_unit_test(every_kind_of_organisation_and_barrier_has_a_word_of_its_own),
		cmocka_unit_test(what_is_printed_into_html_is_escaped),
		cmocka_unit_test(arguments_go_into_the_sentence_escaped),
		cmocka_unit_test(numbers_are_written_as_people_write_them),
		cmocka_unit_test(a_share_is_a_percentage_and_only_all_is_all),
		cmocka_unit_test(time_is_said_in_days_then_in_months),
		cmocka_unit_test(days_and_instants_are_written_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
