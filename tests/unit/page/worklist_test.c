/*
 * tests/unit/page/worklist_test.c - the work list as a page and as a table, from rows made by hand.
 */
#include "page/worklist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "indicators/sums.h"

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define TODAY 20000 /* 2024-10-04 */

static struct worklist_row row_of(
	const char *subject, enum due_reason reason, int32_t since, int32_t silent_on)
{
	return (struct worklist_row){
		.subject = bytes_of_string(subject),
		.due = { .reason = (uint8_t)reason,
			.municipality = 823,
			.since_offset = (uint16_t)(since - FACT_DAY_FIRST),
			.silent_offset = (uint16_t)(silent_on - FACT_DAY_FIRST) },
	};
}

static const char *name_of(const void *context, uint16_t municipality)
{
	return municipality == 823 ? context : NULL;
}

static const uint16_t places[] = { 757, 823 };

static struct worklist_view view_of(const struct worklist_rows *rows)
{
	return (struct worklist_view){
		.language = LANGUAGE_NL,
		.partner = "isd",
		.rows = rows,
		.head = { .as_of = TODAY, .partner = bytes_of_string("isd"), .limit = 100 },
		.municipality = PART_ALL,
		.places = places,
		.place_count = ARRAY_LENGTH(places),
		.place_name = name_of,
		.context = "A<b>&\"c",
	};
}

/* The page as text, which the caller frees. */
static char *page_of(const struct worklist_view *view)
{
	struct text out = { 0 };
	worklist_page_print(view, &out);
	assert_false(out.failed);
	return out.data;
}

static void every_reason_is_said_in_words_with_what_helps(void **state)
{
	(void)state;
	for (int language = 0; language < LANGUAGE_COUNT; language++) {
		for (int i = 0; i < DUE_REASON_COUNT; i++) {
			struct worklist_row row =
				row_of("p-1", (enum due_reason)i, TODAY - 1, TODAY + 1);
			const struct worklist_rows rows = { .items = &row, .count = 1 };
			struct worklist_view view = view_of(&rows);
			view.language = (enum language)language;
			char *page = page_of(&view);
			const char *says = strstr(page, "<td><strong>");
			assert_non_null(says);
			/* A sentence, and another one. */
			assert_non_null(strstr(says, ".</strong> "));
			assert_null(strstr(page, due_reason_name((enum due_reason)i)));
			assert_non_null(strstr(
				page, language == LANGUAGE_NL ? "1 dag geleden" : "1 day ago"));
			free(page);
		}
	}
}

static void what_others_wrote_is_escaped(void **state)
{
	(void)state;
	struct worklist_row row = row_of("p\"<i>", DUE_JOB_NOT_CONFIRMED, TODAY - 130, TODAY + 54);
	row.ref = bytes_of_string("<u>'");
	const struct worklist_rows rows = { .items = &row, .count = 1 };
	struct worklist_view view = view_of(&rows);
	view.user = "<s>";
	view.partner = "<q>";
	char *page = page_of(&view);
	for (size_t i = 0; i < 5; i++)
		assert_null(
			strstr(page, ((const char *[]){ "<i>", "<b>", "<u>", "<s>", "<q>" })[i]));
	assert_non_null(strstr(page, "p&quot;&lt;i&gt;"));
	free(page);
}

static void rows_are_silent_from_their_day_on(void **state)
{
	(void)state;
	static const struct {
		int32_t silent_on;
		bool silent;
	} cases[] = { { TODAY - 1, true }, { TODAY, true }, { TODAY + 1, false } };
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct worklist_row row =
			row_of("p-1", DUE_NO_CONTACT, TODAY - 70, cases[i].silent_on);
		const struct worklist_rows rows = { .items = &row, .count = 1 };
		const struct worklist_view view = view_of(&rows);
		char *page = page_of(&view);
		assert_int_equal(strstr(page, "data-silent=\"yes\"") != NULL, cases[i].silent);
		assert_int_equal(strstr(page, "al verlopen</em>") != NULL, cases[i].silent);
		free(page);
	}
}

static void the_whole_list_is_named_so_and_a_part_is_not(void **state)
{
	(void)state;
	struct worklist_row items[] = { row_of("p-1", DUE_NO_CONTACT, TODAY - 70, TODAY + 1),
		row_of("p-2", DUE_NO_CONTACT, TODAY - 71, TODAY + 2) };
	const struct worklist_rows rows = { .items = items, .count = 2 };
	struct worklist_view views[] = { view_of(&rows), view_of(&rows), view_of(&rows),
		view_of(&rows) };
	views[1].municipality = 823;
	views[2].part = WORKLIST_COMING;
	views[3].head.limit = 1;
	for (size_t i = 0; i < ARRAY_LENGTH(views); i++) {
		char *page = page_of(&views[i]);
		assert_int_equal(strstr(page, "data-whole") != NULL, i == 0);
		assert_int_equal(strstr(page, "p-2") != NULL, i != 3);
		assert_int_equal(strstr(page, "U ziet de eerste 1.") != NULL, i == 3);
		free(page);
	}
}

static void for_excel_no_cell_is_a_formula(void **state)
{
	(void)state;
	struct worklist_row row = row_of("-p;1", DUE_JOB_NOT_CONFIRMED, TODAY - 130, TODAY + 54);
	row.ref = bytes_of_string("@x");
	const struct worklist_rows rows = { .items = &row, .count = 1 };
	struct worklist_view view = view_of(&rows);
	struct text out = { 0 };
	view.context = "=Oirschot";
	worklist_excel_print(&view, &out);
	assert_string_equal(out.data,
		"\xEF\xBB\xBFNieuws verloopt op;Al verlopen;Wie;Gemeente;Gemeentecode;Waarom;"
		"Wat helpt;Laatste nieuws;Dagen geleden;Kenmerk\n"
		"2024-11-27;nee;\"'-p;1\";'=Oirschot;GM0823;Over de baan is lang niets gemeld.;"
		"\"Vraag of de baan nog loopt, en meld dat.\";2024-05-27;130;'@x\n");
	text_release(&out);
}

static void a_notice_keeps_who_is_signed_in(void **state)
{
	(void)state;
	for (int i = 0; i <= WORKLIST_BROKEN; i++) {
		struct text out = { 0 };
		struct worklist_view view = view_of(NULL);
		view.signed_in_by_cookie = true;
		worklist_notice_print(&view, (enum worklist_notice)i, &out);
		assert_non_null(strstr(out.data, "class=\"notice\""));
		assert_non_null(strstr(out.data, "action=\"/sign-out\""));
		assert_null(strstr(out.data, "<table"));
		text_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_is_said_in_words_with_what_helps),
		cmocka_unit_test(what_others_wrote_is_escaped),
		cmocka_unit_test(rows_are_silent_from_their_day_on),
		cmocka_unit_test(the_whole_list_is_named_so_and_a_part_is_not),
		cmocka_unit_test(for_excel_no_cell_is_a_formula),
		cmocka_unit_test(a_notice_keeps_who_is_signed_in),
	};
	CHECK(zone_set("Europe/Amsterdam") == OK);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
