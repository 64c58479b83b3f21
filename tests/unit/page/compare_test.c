/*
 * tests/unit/page/compare_test.c - municipalities side by side: who differs, and that nobody ranks.
 */
#include "page/compare.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "indicators/sums.h"

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define AS_OF 20000 /* 2024-10-04 */

/* A row of which only the norm is known. */
static struct compare_row row_of(uint16_t municipality, const char *name, int32_t model, double yes,
	double whole, double base)
{
	struct compare_row row = {
		.place = { municipality, name },
		.model = model,
		.definitions = 2,
		.point = { .as_of = AS_OF, .base = base },
	};
	for (size_t i = 0; i < TREND_SERIES_COUNT; i++) {
		row.point.values[i] = (struct look_estimate){ NAN, NAN, NAN };
		row.point.wholes[i] = NAN;
	}
	row.point.values[INDEX_TREND_PERSONS].share = whole;
	row.point.values[INDEX_TREND_NORM].share = yes / whole;
	row.point.wholes[INDEX_TREND_NORM] = whole;
	for (size_t i = 0; i < COMPARE_CURVE_COUNT; i++)
		row.curves[i] = (struct compare_curve){ { NAN, NAN, NAN }, { NAN, NAN, 0 } };
	return row;
}

static void curve_set(struct compare_row *row, size_t curve, double share, double error)
{
	row->curves[curve] =
		(struct compare_curve){ { share, share - 2 * error, share + 2 * error },
			{ share, error, 40 } };
}

static struct text page_of(struct compare_row *rows, size_t count, bool is_public)
{
	struct text out = { 0 };
	const struct compare_view view = {
		.language = LANGUAGE_EN,
		.is_public = is_public,
		.rows = rows,
		.count = count,
	};
	assert_int_equal(compare_print(&view, &out), OK);
	text_add_char(&out, '\0');
	assert_false(out.failed);
	return out;
}

/* The row of a municipality, up to its end; in the first table. */
static const char *row_in(const struct text *page, const char *name, char space[4000])
{
	char begin[64];
	snprintf(begin, sizeof(begin), ">%s</a>", name);
	const char *at = strstr(page->data, begin);
	assert_non_null(at);
	const char *end = strstr(at, "</tr>");
	assert_non_null(end);
	snprintf(space, 4000, "%.*s", (int)(end - at), at);
	return space;
}

static size_t times(const char *text, const char *wanted)
{
	size_t count = 0;
	for (const char *at = strstr(text, wanted); at != NULL; at = strstr(at + 1, wanted))
		count++;
	return count;
}

static void one_that_differs_is_said_to_and_the_others_are_not(void **state)
{
	(void)state;
	/* 1 against 50 of 300; then two against 91 of 200: no difference between these two. */
	struct compare_row rows[] = {
		row_of(1, "Middle", 2, 45, 100, 0),
		row_of(2, "High", 2, 90, 100, 0),
		row_of(3, "Low", 2, 47, 100, 0),
	};
	char space[4000];
	struct text page = page_of(rows, ARRAY_LENGTH(rows), false);
	assert_int_equal(times(row_in(&page, "High", space), "<strong>differs</strong>"), 1);
	assert_non_null(strstr(space, "<b>90%</b> <small>83% to 94%</small>"));
	/* With one so high among the others the two differ from them, too. */
	assert_int_equal(times(row_in(&page, "Low", space), "<strong>differs</strong>"), 1);
	text_release(&page);

	rows[0] = row_of(1, "Middle", 2, 45, 100, 0);
	rows[1] = row_of(2, "High", 2, 55, 100, 0);
	rows[2] = row_of(3, "Low", 2, 47, 100, 0);
	page = page_of(rows, ARRAY_LENGTH(rows), false);
	assert_int_equal(times(page.data, "<strong>differs</strong>"), 0);
	assert_int_equal(times(page.data, "not shown to differ</span>"), 3);
	text_release(&page);
}

static void the_more_is_compared_the_more_it_takes(void **state)
{
	(void)state;
	/* 70 of 100 and 50 of 100 differ at one in twenty (z 2.89), but not as one of many. */
	struct compare_row rows[40];
	rows[0] = row_of(1, "One", 1, 70, 100, 0);
	rows[1] = row_of(2, "Two", 1, 50, 100, 0);
	struct text page = page_of(rows, 2, false);
	assert_int_equal(times(page.data, "<strong>differs</strong>"), 2);
	text_release(&page);
	/* The others of each stay 50 of 100: 38 without anybody, who are compared by a curve. */
	rows[0] = row_of(1, "One", 1, 70, 100, 0);
	rows[1] = row_of(2, "Two", 1, 50, 100, 0);
	for (size_t i = 2; i < ARRAY_LENGTH(rows); i++) {
		rows[i] = row_of((uint16_t)(i + 1), "Other", 1, 0, 0, 0);
		curve_set(&rows[i], INDEX_COMPARED_COMPARE_1, 0.5, 0.05);
	}
	page = page_of(rows, ARRAY_LENGTH(rows), false);
	assert_int_equal(times(page.data, "<strong>differs</strong>"), 0);
	assert_int_equal(times(page.data, "not shown to differ</span>"), 40);
	text_release(&page);
}

static void rounding_takes_a_difference_away(void **state)
{
	(void)state;
	struct compare_row rows[2];
	char space[4000];
	for (int base = 0; base <= 10; base += 10) {
		rows[0] = row_of(1, "One", 1, 70, 100, base);
		rows[1] = row_of(2, "Two", 1, 50, 100, base);
		struct text page = page_of(rows, 2, base > 0);
		assert_int_equal(times(page.data, "<strong>differs</strong>"), base > 0 ? 0 : 2);
		/* The limits reach as far as rounding may. */
		assert_non_null(strstr(
			row_in(&page, "One", space), base > 0 ? "about 70%</b> <small>48% to 90%"
							      : "70%</b> <small>60% to 78%"));
		text_release(&page);
	}
}

static void curves_are_compared_with_what_the_others_have_together(void **state)
{
	(void)state;
	char space[4000];
	struct compare_row rows[] = {
		row_of(1, "One", 1, 0, 0, 0),
		row_of(2, "Two", 3, 0, 0, 0),
		row_of(3, "Three", 3, 0, 0, 0),
		row_of(4, "Few", 3, 0, 0, 0),
	};
	curve_set(&rows[0], INDEX_COMPARED_COMPARE_WORK, 0.8, 0.05);
	curve_set(&rows[1], INDEX_COMPARED_COMPARE_WORK, 0.4, 0.05);
	curve_set(&rows[2], INDEX_COMPARED_COMPARE_WORK, 0.5, 0.05);
	curve_set(&rows[3], INDEX_COMPARED_COMPARE_WORK, 0.9, 0.05);
	rows[3].curves[INDEX_COMPARED_COMPARE_WORK].compared.watched = 4;
	struct text page = page_of(rows, ARRAY_LENGTH(rows), false);
	/* 0.8 against 0.45; 0.4 against 0.65; 0.5 against 0.6, whose errors are 0.05 and 0.035. */
	const char *ladder = strstr(page.data, "Cafeteria model: on the ladder</caption>");
	assert_non_null(ladder);
	assert_int_equal(times(ladder, "<strong>differs</strong>"), 2);
	assert_int_equal(times(ladder, "not shown to differ"), 1);
	assert_int_equal(times(row_in(&page, "Few", space), "differ"), 0);
	text_release(&page);
}

static void figures_of_another_day_are_shown_and_not_compared(void **state)
{
	(void)state;
	char space[4000];
	struct compare_row rows[] = {
		row_of(1, "One", 1, 90, 100, 0),
		row_of(2, "Two", 1, 40, 100, 0),
		row_of(3, "Late", 1, 5, 100, 0),
	};
	rows[2].point.as_of = AS_OF + 92;
	struct text page = page_of(rows, ARRAY_LENGTH(rows), false);
	assert_int_equal(times(page.data, "<strong>differs</strong>"), 2);
	assert_null(strstr(row_in(&page, "Late", space), "differ"));
	assert_non_null(strstr(space, "<small>4 January 2025</small>"));
	assert_non_null(strstr(space, "<b>5%</b>"));
	assert_non_null(strstr(page.data, "the figures of 4 October 2024."));
	text_release(&page);
}

static void groups_and_names_are_in_order_whatever_the_figures(void **state)
{
	(void)state;
	static const char *const wanted[] = { ">Cafeteria model</h2>", ">&#39;t Aar<", ">Zeist<",
		">Participation company</h2>", ">Bergen<", ">Not reported how", ">A &amp; B<",
		">GM0005<" };
	const char *rows_of[] = { "Zeist", "Bergen", "'t Aar", "A & B", NULL };
	struct compare_row rows[] = {
		row_of(1, rows_of[0], 1, 90, 100, 0),
		row_of(2, rows_of[1], 3, 99, 100, 0),
		row_of(3, rows_of[2], 1, 10, 100, 0),
		row_of(4, rows_of[3], 0, 50, 100, 0),
		row_of(5, rows_of[4], 0, 60, 100, 0),
	};
	struct text page = page_of(rows, ARRAY_LENGTH(rows), false);
	const char *at = page.data;
	for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++) {
		const char *next = strstr(at, wanted[i]);
		assert_non_null(next);
		at = next;
	}
	text_release(&page);
}

static void nobody_and_one_alone_are_compared_with_nobody(void **state)
{
	(void)state;
	struct compare_row rows[] = { row_of(1, "One", 1, 90, 100, 0) };
	struct text page = page_of(rows, 1, false);
	assert_null(strstr(page.data, "<strong>differs"));
	assert_null(strstr(page.data, "not shown to differ<"));
	text_release(&page);
	page = page_of(rows, 0, true);
	assert_non_null(strstr(page.data, "There are no figures of a municipality to show yet."));
	text_release(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_differs_is_said_to_and_the_others_are_not),
		cmocka_unit_test(the_more_is_compared_the_more_it_takes),
		cmocka_unit_test(rounding_takes_a_difference_away),
		cmocka_unit_test(curves_are_compared_with_what_the_others_have_together),
		cmocka_unit_test(figures_of_another_day_are_shown_and_not_compared),
		cmocka_unit_test(groups_and_names_are_in_order_whatever_the_figures),
		cmocka_unit_test(nobody_and_one_alone_are_compared_with_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
