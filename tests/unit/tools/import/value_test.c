/*
 * tests/unit/tools/import/value_test.c - cells of lists: days, numbers, hours, years.
 */
#include "base/check.h"
#include "base/date.h"
#include "tools/import/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static void days_are_read_as_the_dutch_write_them(void **state)
{
	(void)state;
	static const struct {
		const char *cell;
		const char *day;
		enum day_form form;
	} rows[] = {
		{ "03-04-2025", "2025-04-03", DAY_DASHED },
		{ " 3-4-2025 ", "2025-04-03", DAY_DASHED },
		{ "3.4.2025", "2025-04-03", DAY_DASHED },
		{ "3/4/2025", "2025-04-03", DAY_SLASHED },
		{ "31-12-2024", "2024-12-31", DAY_DASHED },
		{ "29-02-2024", "2024-02-29", DAY_DASHED },
		{ "2025-04-03", "2025-04-03", DAY_ISO },
		{ "2025/4/3", "2025-04-03", DAY_ISO },
		{ "2025-04-03T00:00:00Z", "2025-04-03", DAY_ISO },
		{ "03-04-2025 14:30", "2025-04-03", DAY_DASHED },
		{ "3 april 2025", "2025-04-03", DAY_WORDS },
		{ "3-apr-2025", "2025-04-03", DAY_WORDS },
		{ "1 mrt. 2025", "2025-03-01", DAY_WORDS },
		{ "1 Maart 2025", "2025-03-01", DAY_WORDS },
		{ "15 May 2025", "2025-05-15", DAY_WORDS },
		{ "donderdag 3 april 2025", "2025-04-03", DAY_WORDS },
		{ "do 3-4-2025", "2025-04-03", DAY_DASHED },
		{ "2025-W14", "2025-03-31", DAY_WEEK },
		{ "2025W01", "2024-12-30", DAY_WEEK },
		{ "week 14 2025", "2025-03-31", DAY_WEEK },
		{ "wk 53-2020", "2020-12-28", DAY_WEEK },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct day_cell cell = { 0 };
		const char *why;
		char text[DATE_LENGTH + 1];
		if (day_cell_read(bytes_of_string(rows[i].cell), false, &cell, &why) != OK)
			fail_msg("%s: %s", rows[i].cell, why);
		date_print(cell.day, text);
		assert_string_equal(text, rows[i].day);
		assert_int_equal(cell.form, rows[i].form);
	}
}

static void days_that_are_none_are_refused_with_what_to_write(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{ "", "write a day" },
		{ "morgen", "write a day" },
		{ "3-4", "write a day" },
		{ "3-4-25", "four digits" },
		{ "3 april 25", "four digits" },
		{ "31-4-2025", "no such day" },
		{ "29-2-2025", "no such day" },
		{ "0-4-2025", "no such day" },
		{ "4-13-2025", "no such day" },
		{ "2025-13-01", "no such day" },
		{ "45123", "number Excel keeps" },
		{ "45123,5", "number Excel keeps" },
		{ "20250403", "write a day" },
		{ "123456782", "write a day" },
		{ "3-4-2025x", "write a day" },
		{ "3-4-2025 t", "write a day" },
		{ "3-4/2025", "write a day" },
		{ "2025-W54", "write a day" },
		{ "2025-W53", "write a day" },
		{ "2025-W00", "write a day" },
		{ "week 14", "write a day" },
		{ "99999999999999999999-1-1", "write a day" },
		{ "-", "write a day" },
		{ "\xFF\xFE", "write a day" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct day_cell cell = { 0 };
		const char *why = "";
		if (day_cell_read(bytes_of_string(rows[i][0]), false, &cell, &why) == OK)
			fail_msg("%s is taken", rows[i][0]);
		if (strstr(why, rows[i][1]) == NULL)
			fail_msg("%s: %s", rows[i][0], why);
	}
}

static void only_slashes_can_have_the_month_first(void **state)
{
	(void)state;
	static const struct {
		const char *cell;
		const char *day;
		bool first_over_12;
		bool second_over_12;
	} rows[] = {
		{ "4/3/2025", "2025-04-03", false, false },
		{ "12/31/2025", "2025-12-31", false, true },
		{ "31/12/2025", NULL, true, false },
		{ "4-3-2025", "2025-03-04", false, false },
		{ "4.3.2025", "2025-03-04", false, false },
		{ "2025-04-03", "2025-04-03", false, false },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct day_cell cell = { 0 };
		const char *why;
		char text[DATE_LENGTH + 1];
		enum err err = day_cell_read(bytes_of_string(rows[i].cell), true, &cell, &why);
		assert_int_equal(err == OK, rows[i].day != NULL);
		date_print(cell.day, text);
		if (err == OK)
			assert_string_equal(text, rows[i].day);
		assert_int_equal(cell.first_over_12, rows[i].first_over_12);
		assert_int_equal(cell.second_over_12, rows[i].second_over_12);
	}
}

static void numbers_have_a_comma_or_a_point_and_no_thousands(void **state)
{
	(void)state;
	static const struct {
		const char *cell;
		int64_t millionths; /* -1: refused */
	} rows[] = {
		{ "0", 0 },
		{ "2", 2000000 },
		{ "2,5", 2500000 },
		{ "2.5", 2500000 },
		{ " 36,0 ", 36000000 },
		{ "0,25", 250000 },
		{ "1,2345", 1234500 },
		{ "999999999", 999999999000000 },
		{ "1.500", -1 },
		{ "1,500", -1 },
		{ "1.500,25", -1 },
		{ "1,2,3", -1 },
		{ "1234567890", -1 },
		{ "-1", -1 },
		{ "+1", -1 },
		{ ",5", -1 },
		{ "5,", -1 },
		{ "1e3", -1 },
		{ "twee", -1 },
		{ "", -1 },
		{ "2 3", -1 },
		{ "0,1234567", -1 },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct number_cell number = { 0 };
		const char *why = NULL;
		enum err err = number_cell_read(bytes_of_string(rows[i].cell), &number, &why);
		if ((err == OK) != (rows[i].millionths >= 0))
			fail_msg("%s", rows[i].cell);
		if (err == OK)
			assert_int_equal(number.millionths, rows[i].millionths);
		else
			assert_non_null(why);
	}
}

static void hours_become_whole_minutes(void **state)
{
	(void)state;
	static const struct {
		const char *cell;
		int minutes; /* -1: refused */
	} rows[] = {
		{ "2", 120 },
		{ "2,5", 150 },
		{ "2.25", 135 },
		{ "2,33", 140 },
		{ "0,01", 1 },
		{ "0", 0 },
		{ "2:30", 150 },
		{ "02:30:00", 150 },
		{ "0:05", 5 },
		{ "2 uur", 120 },
		{ "2,5 u", 150 },
		{ "2u30", 150 },
		{ "2 uur 15", 135 },
		{ "1 hour", 60 },
		{ "90 min", 90 },
		{ "90 minuten", 90 },
		{ "2:60", -1 },
		{ "2:3", -1 },
		{ "2,5:30", -1 },
		{ "2:30:15", -1 },
		{ "2 dagen", -1 },
		{ "uur", -1 },
		{ "1.500", -1 },
		{ "", -1 },
		{ "2,5u30", -1 },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct number_cell number;
		int64_t minutes = -1;
		const char *why = NULL;
		enum err err =
			hours_cell_read(bytes_of_string(rows[i].cell), &minutes, &number, &why);
		if ((err == OK) != (rows[i].minutes >= 0) ||
			(err == OK && minutes != rows[i].minutes))
			fail_msg("%s: %lld", rows[i].cell, (long long)minutes);
		if (err != OK)
			assert_non_null(why);
	}
}

static void a_year_stands_alone_or_in_a_day(void **state)
{
	(void)state;
	static const struct {
		const char *cell;
		int year; /* 0: refused */
	} rows[] = {
		{ "1988", 1988 },
		{ "2-3-1988", 1988 },
		{ "1988-03-02", 1988 },
		{ "88", 0 },
		{ "2-3-88", 0 },
		{ "12345", 0 },
		{ "", 0 },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		int64_t year = 0;
		const char *why;
		enum err err = year_cell_read(bytes_of_string(rows[i].cell), false, &year, &why);
		assert_int_equal(err == OK, rows[i].year != 0);
		if (err == OK)
			assert_int_equal(year, rows[i].year);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_are_read_as_the_dutch_write_them),
		cmocka_unit_test(days_that_are_none_are_refused_with_what_to_write),
		cmocka_unit_test(only_slashes_can_have_the_month_first),
		cmocka_unit_test(numbers_have_a_comma_or_a_point_and_no_thousands),
		cmocka_unit_test(hours_become_whole_minutes),
		cmocka_unit_test(a_year_stands_alone_or_in_a_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
