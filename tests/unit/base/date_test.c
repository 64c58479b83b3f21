/*
 * tests/unit/base/date_test.c - civil days, instants and the time zone.
 */
#include "base/check.h"
#include "base/date.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define YEAR_1    (-719162) /* 0001-01-01 */
#define YEAR_9999 2932896   /* 9999-12-31 */

static int32_t day_of(const char *text)
{
	int32_t day;
	if (date_parse(bytes_of_string(text), &day) != OK)
		fail_msg("%s is no date", text);
	return day;
}

static int64_t instant_of(const char *text)
{
	int64_t us;
	if (instant_parse(bytes_of_string(text), &us) != OK)
		fail_msg("%s is no instant", text);
	return us;
}

static void a_day_is_counted_from_1970(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int32_t day;
	} rows[] = {
		{ "1970-01-01", 0 },
		{ "1969-12-31", -1 },
		{ "1990-01-01", 7305 },
		{ "2000-02-29", 11016 },
		{ "2000-03-01", 11017 },
		{ "2024-02-29", 19782 },
		{ "2024-10-04", 20000 },
		{ "1900-03-01", -25508 },
		{ "0001-01-01", YEAR_1 },
		{ "9999-12-31", YEAR_9999 },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_int_equal(day_of(rows[i].text), rows[i].day);
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The calendar counted day by day, and each day printed and read back. */
static void every_day_of_the_calendar_is_read_back(void **state)
{
	(void)state;
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	struct civil civil = { 1, 1, 1 };
	for (int32_t day = YEAR_1; day <= YEAR_9999; day++) {
		struct civil found = civil_from_day(day);
		if (found.year != civil.year || found.month != civil.month ||
			found.day != civil.day || day_from_civil(civil) != day)
			fail_msg("day %d", day);
		if (day % 7 == 0) {
			char text[DATE_LENGTH + 1];
			date_print(day, text);
			assert_int_equal(day_of(text), day);
		}
		bool longer = civil.month == 2 && is_leap(civil.year);
		if (++civil.day > lengths[civil.month - 1] + longer) {
			civil.day = 1;
			civil.month = civil.month % 12 + 1;
			civil.year += civil.month == 1;
		}
	}
	assert_int_equal(civil.year, 10000);
}

#define BYTES(string) string, sizeof(string) - 1

static void what_is_no_day_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t length;
	} rows[] = {
		{ BYTES("") },
		{ BYTES("2024") },
		{ BYTES("2024-02-3") },
		{ BYTES("2024-2-03") },
		{ BYTES("24-02-03") },
		{ BYTES("2024-02-030") },
		{ BYTES(" 2024-02-03") },
		{ BYTES("2024-02-03 ") },
		{ BYTES("2024-02-03T") },
		{ BYTES("2024/02/03") },
		{ BYTES("2024-02/03") },
		{ BYTES("20240203") },
		{ BYTES("+024-02-03") },
		{ BYTES("-024-02-03") },
		{ BYTES("2024-+2-03") },
		{ BYTES("2024-02-0a") },
		{ BYTES("2024-02-0\0") },
		{ BYTES("2024\00002-03") },
		{ BYTES("0000-01-01") },
		{ BYTES("10000-01-01") },
		{ BYTES("2024-00-10") },
		{ BYTES("2024-13-10") },
		{ BYTES("2024-01-00") },
		{ BYTES("2024-01-32") },
		{ BYTES("2024-04-31") },
		{ BYTES("2024-11-31") },
		{ BYTES("2024-02-30") },
		{ BYTES("2023-02-29") },
		{ BYTES("1900-02-29") },
		{ BYTES("2100-02-29") },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		int32_t day = 4711;
		if (date_parse(bytes_of(rows[i].text, rows[i].length), &day) != ERR_INVALID ||
			day != 4711)
			fail_msg("\"%s\" was taken", rows[i].text);
	}
}

static void a_week_begins_on_its_monday(void **state)
{
	(void)state;
	static const struct {
		const char *day;
		const char *monday;
	} rows[] = {
		{ "2024-12-29", "2024-12-23" }, /* Sunday of 2024-W52 */
		{ "2024-12-30", "2024-12-30" }, /* Monday of 2025-W01 */
		{ "2025-01-01", "2024-12-30" },
		{ "2021-01-03", "2020-12-28" }, /* Sunday of 2020-W53 */
		{ "2021-01-04", "2021-01-04" },
		{ "1970-01-01", "1969-12-29" },
		{ "1969-12-28", "1969-12-22" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_int_equal(date_monday(day_of(rows[i].day)), day_of(rows[i].monday));
	int32_t monday = day_of("1899-12-25");
	for (int32_t day = monday; day < 40000; day++) {
		monday += day == monday + 7 ? 7 : 0;
		assert_int_equal(date_monday(day), monday);
	}
}

static void a_quarter_ends_four_times_a_year(void **state)
{
	(void)state;
	for (int year = 1999; year <= 2004; year++) {
		int ends = 0;
		for (int32_t day = day_from_civil((struct civil){ year, 1, 1 });
			day < day_from_civil((struct civil){ year + 1, 1, 1 }); day++) {
			struct civil civil = civil_from_day(day);
			int code = civil.month * 100 + civil.day;
			assert_int_equal(date_ends_quarter(day),
				code == 331 || code == 630 || code == 930 || code == 1231);
			ends += date_ends_quarter(day);
		}
		assert_int_equal(ends, 4);
	}
}

static void the_quarter_before_a_day_ended_before_it(void **state)
{
	(void)state;
	const int32_t first = day_from_civil((struct civil){ 1999, 1, 1 });
	int32_t before = first - 1;
	for (int32_t day = first; day < first + 3000; day++) {
		int32_t quarter = date_quarter_before(day);
		assert_int_equal(quarter, before);
		if (date_ends_quarter(day))
			before = day;
	}
}

static void an_instant_is_read_in_any_spelling_of_rfc_3339(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t us;
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01t00:00:00z", 0 },
		{ "1970-01-01 00:00:00Z", 0 },
		{ "1970-01-01T00:00:00+00:00", 0 },
		{ "1970-01-01T00:00:00-00:00", 0 },
		{ "1970-01-01T01:30:00+01:30", 0 },
		{ "1969-12-31T12:00:00-12:00", 0 },
		{ "1970-01-01T00:00:00.000001Z", 1 },
		{ "1970-01-01T00:00:00.5Z", 500000 },
		{ "1970-01-01T00:00:00.1234567899Z", 123456 },
		{ "1969-12-31T23:59:59.999999Z", -1 },
		{ "2016-12-31T23:59:60Z", INT64_C(1483228800000000) },
		{ "2026-03-02T09:15:00.123456Z", INT64_C(1772442900123456) },
		{ "2026-03-02T09:15:00.123456+01:00", INT64_C(1772439300123456) },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		int64_t us = instant_of(rows[i].text);
		if (us != rows[i].us)
			fail_msg("%s: %lld", rows[i].text, (long long)us);
	}
}

static void what_is_no_instant_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t length;
	} rows[] = {
		{ BYTES("") },
		{ BYTES("2026-03-02") },
		{ BYTES("2026-03-02T09:15Z") },
		{ BYTES("2026-03-02T09:15:00") },
		{ BYTES("2026-03-02_09:15:00Z") },
		{ BYTES("2026-03-02T24:00:00Z") },
		{ BYTES("2026-03-02T09:60:00Z") },
		{ BYTES("2026-03-02T09:15:61Z") },
		{ BYTES("2026-03-02T09:15:00.Z") },
		{ BYTES("2026-03-02T09:15:00,5Z") },
		{ BYTES("2026-03-02T09:15:00+0100") },
		{ BYTES("2026-03-02T09:15:00+1:00") },
		{ BYTES("2026-03-02T09:15:00+24:00") },
		{ BYTES("2026-03-02T09:15:00+01:60") },
		{ BYTES("2026-03-02T09:15:00 01:00") },
		{ BYTES("2026-03-02T09:15:00Zx") },
		{ BYTES("2026-03-02T09:15:00Z\0") },
		{ BYTES("2026-03-02\00009:15:00Z") },
		{ BYTES("2026-02-30T09:15:00Z") },
		{ BYTES("0000-03-02T09:15:00Z") },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		int64_t us = 4711;
		if (instant_parse(bytes_of(rows[i].text, rows[i].length), &us) != ERR_INVALID ||
			us != 4711)
			fail_msg("\"%s\" was taken", rows[i].text);
	}
}

static void an_instant_is_printed_as_it_is_read(void **state)
{
	(void)state;
	static const char *const rows[] = {
		"1970-01-01T00:00:00.000000Z",
		"1969-12-31T23:59:59.999999Z",
		"2026-03-02T09:15:00.123456Z",
		"2024-02-29T23:59:59.000001Z",
		"0001-01-01T00:00:00.000000Z",
		"9999-12-31T23:59:59.999999Z",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		char text[INSTANT_LENGTH + 1];
		instant_print(instant_of(rows[i]), text);
		assert_string_equal(text, rows[i]);
	}
}

static int zone_make(void **state)
{
	(void)state;
	return zone_set("Europe/Amsterdam") == OK ? 0 : -1;
}

static void a_civil_day_begins_at_midnight_in_amsterdam(void **state)
{
	(void)state;
	static const struct {
		const char *day;
		const char *first; /* its first instant */
		const char *next;  /* that of the next day */
	} rows[] = {
		{ "2024-01-15", "2024-01-14T23:00:00Z", "2024-01-15T23:00:00Z" },
		{ "2024-07-15", "2024-07-14T22:00:00Z", "2024-07-15T22:00:00Z" },
		{ "2024-03-31", "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z" }, /* 23 hours */
		{ "2024-10-27", "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z" }, /* 25 hours */
		{ "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z" },
		{ "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z" },
		{ "1970-01-01", "1969-12-31T23:00:00Z", "1970-01-01T23:00:00Z" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		int32_t day = day_of(rows[i].day);
		int64_t first = instant_of(rows[i].first), next = instant_of(rows[i].next);
		assert_true(zone_day_first_us(day) == first);
		assert_true(zone_day_last_us(day) == next - 1);
		assert_int_equal(zone_day(first), day);
		assert_int_equal(zone_day(first - 1), day - 1);
		assert_int_equal(zone_day(next - 1), day);
		assert_int_equal(zone_day(next), day + 1);
	}
}

static void the_hour_that_comes_twice_is_of_one_day(void **state)
{
	(void)state;
	int32_t day = day_of("2024-10-27");
	for (int64_t us = instant_of("2024-10-26T23:30:00Z");
		us < instant_of("2024-10-27T02:30:00Z"); us += 600 * US_PER_SECOND)
		assert_int_equal(zone_day(us), day);
	day = day_of("2024-03-31");
	assert_int_equal(zone_day(instant_of("2024-03-31T00:59:59.999999Z")), day);
	assert_int_equal(zone_day(instant_of("2024-03-31T01:00:00Z")), day);
}

static void days_follow_each_other_without_gap_or_overlap(void **state)
{
	(void)state;
	int shorter = 0, longer = 0;
	for (int32_t day = day_of("1990-01-01"); day < day_of("2037-01-01"); day++) {
		int64_t first = zone_day_first_us(day), last = zone_day_last_us(day);
		int64_t hours = (last + 1 - first) / (3600 * US_PER_SECOND);
		assert_true(last + 1 == zone_day_first_us(day + 1));
		shorter += hours == 23;
		longer += hours == 25;
		assert_true(hours >= 23 && hours <= 25);
		/* Also back and forth: what was found last must not stick. */
		assert_int_equal(zone_day(last + 1), day + 1);
		assert_int_equal(zone_day(first), day);
	}
	assert_int_equal(shorter, 47);
	assert_int_equal(longer, 47);
}

static void a_time_zone_that_the_machine_does_not_have_is_refused(void **state)
{
	(void)state;
	static const char *const rows[] = { "", "Europe/Oirschot", "/usr/share/zoneinfo/UTC",
		"../zoneinfo/UTC", "Europe/../UTC", "Europe/Amsterdam " };
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_int_equal(zone_set(rows[i]), ERR_NOT_FOUND);
	assert_string_equal(getenv("TZ"), "Europe/Amsterdam");
}

/* Days of two zones in one process would be two answers to one question. */
static void the_zone_stays_once_a_day_was_told(void **state)
{
	(void)state;
	int status = 0;
	assert_int_equal(zone_day(0), 0);
	assert_int_equal(zone_set("Europe/Amsterdam"), OK);
	pid_t child = fork();
	if (child == 0) {
		close(STDERR_FILENO);
		signal(SIGABRT, SIG_DFL);
		_exit(zone_set("UTC") == OK ? 0 : 1);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void where_time_zones_are_is_not_taken_from_the_environment(void **state)
{
	(void)state;
	int32_t day;
	assert_int_equal(date_parse(bytes_of_string("2024-07-01"), &day), OK);
	assert_int_equal(setenv("TZDIR", "/nonexistent", 1), 0);
	assert_int_equal(zone_set("Europe/Amsterdam"), OK);
	assert_true(zone_day_first_us(day) == instant_of("2024-06-30T22:00:00Z"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_is_counted_from_1970),
		cmocka_unit_test(every_day_of_the_calendar_is_read_back),
		cmocka_unit_test(what_is_no_day_is_refused),
		cmocka_unit_test(a_week_begins_on_its_monday),
		cmocka_unit_test(a_quarter_ends_four_times_a_year),
		cmocka_unit_test(the_quarter_before_a_day_ended_before_it),
		cmocka_unit_test(an_instant_is_read_in_any_spelling_of_rfc_3339),
		cmocka_unit_test(what_is_no_instant_is_refused),
		cmocka_unit_test(an_instant_is_printed_as_it_is_read),
		cmocka_unit_test(where_time_zones_are_is_not_taken_from_the_environment),
		cmocka_unit_test(a_civil_day_begins_at_midnight_in_amsterdam),
		cmocka_unit_test(the_hour_that_comes_twice_is_of_one_day),
		cmocka_unit_test(days_follow_each_other_without_gap_or_overlap),
		cmocka_unit_test(a_time_zone_that_the_machine_does_not_have_is_refused),
		cmocka_unit_test(the_zone_stays_once_a_day_was_told),
	};
	return cmocka_run_group_tests(tests, zone_make, NULL);
}
