/*
 * tests/unit/page/excel_test.c - the table for Excel: words, separators, and no formula.
 */
#include "page/excel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "indicators/agreement.h"
#include "indicators/registry.h"
#include "proto/event.h"

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define NAMES "as_of,known_at,municipality,indicator,figure,labels,value,low,high\n"
#define DUTCH                                                                                      \
	"\xEF\xBB\xBFGemeente;Gemeentecode;Peildatum;Bekend op;Onderwerp;Cijfer;Stap;"             \
	"Na maanden;Uitsplitsing;Eenheid;Waarde;Ondergrens;Bovengrens\n"

static void rows_become_rows_with_the_words_of_the_page(void **state)
{
	(void)state;
	static const struct {
		const char *place;
		const char *row;
		const char *wanted;
	} cases[] = {
		{ "Echt", "2026-09-30,2026-10-05,GM1711,population,persons,,1234,,\n",
			"Echt;GM1711;2026-09-30;2026-10-05;Wie er geteld zijn;"
			"volwassen statushouders;;;;aantal;1234;;\n" },
		{ NULL,
			"2026-09-30,2026-10-05,all,ladder_step,within.share,rung=3;months=12,0.25,"
			"0.1,0.5\n",
			"Alle gemeenten samen;all;2026-09-30;2026-10-05;Hoe lang duurt een stap?;"
			"binnen de termijn: aandeel;3;12;;aandeel (1 is 100%);0,25;0,1;0,5\n" },
		/* Summer: two hours later on the clock. */
		{ NULL, "2026-09-30,2026-10-05T20:30:00.000000Z,GM1711,ladder_position,4,,7,,\n",
			"GM1711;GM1711;2026-09-30;2026-10-05 22:30;Waar staan mensen op de ladder?;"
			"mensen;4;;;aantal;7;;\n" },
		{ NULL, "2026-09-30,2026-10-05,GM1711,barriers,by_kind.OTHER,,5,,\n",
			"GM1711;GM1711;2026-09-30;2026-10-05;Wat houdt mensen tegen?;soort: Overig;"
			";;;aantal;5;;\n" },
		{ NULL, "2026-09-30,2026-10-05,GM1711,placement,by.SELF.share,,,,\n",
			"GM1711;GM1711;2026-09-30;2026-10-05;Wie vond het blijvende werk?;"
			"per organisatie: De statushouder zelf: aandeel;;;;aandeel (1 is "
			"100%);;;\n" },
		/* A partner's name is no number, and what looks like a formula is none. */
		{ "=1+1",
			"2026-09-30,2026-10-05,GM1711,agreements,verdict,figure=LASTING_JOBS;"
			"with=2.1;comparison=AT_LEAST;value=1.5;by=2026-12-31,missed,,\n",
			"'=1+1;GM1711;2026-09-30;2026-10-05;Afspraken;oordeel;;;"
			"afspraak blijvende banen, met 2.1, grens minstens, afgesproken 1,5, "
			"uiterlijk 2026-12-31;;niet gehaald;;\n" },
		{ "a \"b\"; c",
			"2026-09-30,2026-10-05,GM1711,job_durability,lasting.share,"
			"days=183,-0.5,,\n",
			"\"a \"\"b\"\"; c\";GM1711;2026-09-30;2026-10-05;Hoe lang duurt een baan?;"
			"duurt minstens zo lang: aandeel;;;183 dagen;aandeel (1 is "
			"100%);-0,5;;\n" },
		/* Cells that the CSV has in quotation marks, or with an apostrophe. */
		{ NULL, "2026-09-30,2026-10-05,GM1711,\"new, \"\"one\"\"\",'=x,,1,,\n",
			"GM1711;GM1711;2026-09-30;2026-10-05;\"new, \"\"one\"\"\";'=x;;;;aantal;1;;"
			"\n" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct text csv = { 0 }, out = { 0 }, wanted = { 0 };
		const struct excel_view view = { LANGUAGE_NL, cases[i].place };
		text_printf(&csv, "%s%s%s", NAMES, cases[i].row, cases[i].row);
		text_printf(&wanted, "%s%s%s", DUTCH, cases[i].wanted, cases[i].wanted);
		excel_print(text_bytes(&csv), &view, &out);
		assert_string_equal(out.data, wanted.data);
		text_release(&csv);
		text_release(&out);
		text_release(&wanted);
	}
}

static void in_english_only_the_words_differ(void **state)
{
	(void)state;
	static const char csv[] =
		NAMES "2026-09-30,2026-10-05,GM1711,plan,on_time.median_days,,70.5,,\n";
	const struct excel_view view = { LANGUAGE_EN, NULL };
	struct text out = { 0 };
	excel_print(bytes_of_string(csv), &view, &out);
	assert_non_null(strstr(out.data, "Municipality;Municipality code;Reference date;"));
	assert_non_null(
		strstr(out.data, "GM1711;GM1711;2026-09-30;2026-10-05;The personal plan (PIP);"
				 "on time: half within;;;;in days;70,5;;\n"));
	text_release(&out);
}

static void has_word(enum excel_kind kind, const char *key)
{
	const char *dutch = excel_word(LANGUAGE_NL, kind, bytes_of_string(key));
	const char *english = excel_word(LANGUAGE_EN, kind, bytes_of_string(key));
	if (dutch == NULL || english == NULL)
		fail_msg("\"%s\" has no words", key);
	/* What stands in a cell as it is needs no quotation marks. */
	assert_null(strpbrk(dutch, ";\"\n"));
	assert_null(strpbrk(english, ";\"\n"));
}

static void every_indicator_and_every_word_of_an_agreement_has_words(void **state)
{
	(void)state;
#define SUBJECT_HAS(name, ...) has_word(EXCEL_SUBJECT, #name);
	INDICATORS(SUBJECT_HAS)
#undef SUBJECT_HAS
	for (int i = 1; i < AGREED_FIGURE_END; i++)
		has_word(EXCEL_LABEL, enumeration_agreed_figure.names[i]);
	for (int i = 1; i < COMPARISON_END; i++)
		has_word(EXCEL_LABEL, enumeration_comparison.names[i]);
	for (int i = 1; i < MODULE_END; i++)
		has_word(EXCEL_LABEL, enumeration_module.names[i]);
	for (int i = 1; i < REGIME_END; i++)
		has_word(EXCEL_FIGURE, enumeration_regime.names[i]);
	for (int i = 0; i < VERDICT_WORD_COUNT; i++)
		has_word(EXCEL_LABEL, verdict_word_name((enum verdict_word)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_become_rows_with_the_words_of_the_page),
		cmocka_unit_test(in_english_only_the_words_differ),
		cmocka_unit_test(every_indicator_and_every_word_of_an_agreement_has_words),
	};
	CHECK(zone_set("Europe/Amsterdam") == OK);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
