/*
 * tools/import/value.c - see value.h.
 */
#include "tools/import/value.h"

#include <stdio.h>

#include "base/check.h"
#include "base/date.h"
#include "base/text.h"
#include "tools/import/letters.h"

#define DIGITS_MAX 9

static const char day_rule[] = "write a day as dd-mm-jjjj, as 03-04-2025 for 3 April 2025";
static const char no_such_day[] = "there is no such day; write dd-mm-jjjj";
static const char no_such_time[] =
	"what stands after the day is no time of day: write a day alone, as dd-mm-jjjj";
static const char wrong_weekday[] = "this date is another day of the week";
static const char four_digits[] = "write the year in four digits: dd-mm-jjjj";
static const char serial_number[] =
	"this is the number Excel keeps for a day: give the column the number format Date "
	"(Datum) and save it again";

/* What is left of a folded cell. */
struct cursor {
	const char *at;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static void skip_spaces(struct cursor *cursor)
{
	while (*cursor->at == ' ')
		cursor->at++;
}

static bool take_char(struct cursor *cursor, char c)
{
	if (*cursor->at != c)
		return false;
	cursor->at++;
	return true;
}

/* The number of digits taken; 0: none, or more than fit. */
static size_t take_digits(struct cursor *cursor, int64_t *value)
{
	size_t length = 0;
	*value = 0;
	while (length < DIGITS_MAX && is_digit(cursor->at[length])) {
		*value = *value * 10 + (cursor->at[length] - '0');
		length++;
	}
	if (is_digit(cursor->at[length]))
		return 0;
	cursor->at += length;
	return length;
}

static struct bytes take_word(struct cursor *cursor)
{
	const char *begin = cursor->at;
	while (is_letter(*cursor->at))
		cursor->at++;
	return bytes_of(begin, (size_t)(cursor->at - begin));
}

static int month_of(struct bytes word)
{
	static const char *const heads[][3] = {
		{ "jan", "jan", "jan" },
		{ "feb", "feb", "feb" },
		{ "maa", "mrt", "mar" },
		{ "apr", "apr", "apr" },
		{ "mei", "may", "mei" },
		{ "jun", "jun", "jun" },
		{ "jul", "jul", "jul" },
		{ "aug", "aug", "aug" },
		{ "sep", "sep", "sep" },
		{ "okt", "oct", "okt" },
		{ "nov", "nov", "nov" },
		{ "dec", "dec", "dec" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(heads) && word.length >= 3; i++) {
		for (size_t k = 0; k < 3; k++) {
			if (memcmp(word.data, heads[i][k], 3) == 0)
				return (int)i + 1;
		}
	}
	return 0;
}

/* 0 for Monday; -1: it is no day of the week. */
static int weekday_of(struct bytes word)
{
	static const char *const names[7][5] = {
		{ "ma", "maandag", "monday", "mon", "maa" },
		{ "di", "dinsdag", "tuesday", "tue", "din" },
		{ "wo", "woensdag", "wednesday", "wed", "woe" },
		{ "do", "donderdag", "thursday", "thu", "don" },
		{ "vr", "vrijdag", "friday", "fri", "vri" },
		{ "za", "zaterdag", "saturday", "sat", "zat" },
		{ "zo", "zondag", "sunday", "sun", "zon" },
	};
	for (int day = 0; day < 7; day++) {
		for (size_t i = 0; i < ARRAY_LENGTH(names[day]); i++) {
			if (bytes_are(word, names[day][i]))
				return day;
		}
	}
	return -1;
}

static enum err exists(int64_t year, int64_t month, int64_t day, int32_t *out)
{
	char text[40];
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
		return ERR_INVALID;
	snprintf(text, sizeof(text), "%04d-%02d-%02d", (int)year, (int)month, (int)day);
	return date_parse(bytes_of_string(text), out);
}

/* A time of day, and how far its clock is from UTC when that is said. */
struct time_of_day {
	int64_t seconds; /* since midnight */
	bool has_zone;
	int64_t offset_seconds; /* east of Greenwich */
};

/* ":mm" with up to 59 in it. */
static bool take_sixtieth(struct cursor *cursor, int64_t *value)
{
	return take_char(cursor, ':') && take_digits(cursor, value) == 2 && *value <= 59;
}

/* "z", "+02:00", "+0200", "+02", or nothing. */
static bool take_zone(struct cursor *cursor, struct time_of_day *time)
{
	int64_t hours, minutes = 0;
	bool west = *cursor->at == '-';
	time->has_zone = *cursor->at == 'z' || *cursor->at == '+' || west;
	if (!time->has_zone || take_char(cursor, 'z'))
		return true;
	cursor->at++;
	size_t digits = take_digits(cursor, &hours);
	if (digits == 4) {
		minutes = hours % 100;
		hours /= 100;
	} else if (digits != 2 || (*cursor->at == ':' && !take_sixtieth(cursor, &minutes))) {
		return false;
	}
	time->offset_seconds = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
	return hours <= 14 && minutes <= 59;
}

/* "am" or "pm" of a clock of twelve hours, or nothing. */
static bool take_half_of_day(struct cursor *cursor, int64_t *hours)
{
	char half = *cursor->at;
	if (half != 'a' && half != 'p')
		return *hours <= 23;
	cursor->at++;
	if (!take_char(cursor, 'm') || *hours < 1 || *hours > 12)
		return false;
	*hours = *hours % 12 + (half == 'p' ? 12 : 0);
	return true;
}

/* Nothing, or a time of day. False: it is neither. */
static bool time_read(struct cursor cursor, struct time_of_day *out)
{
	int64_t hours, minutes, seconds = 0;
	*out = (struct time_of_day){ 0 };
	bool begun = take_char(&cursor, 't') || take_char(&cursor, ',');
	skip_spaces(&cursor);
	if (*cursor.at == '\0')
		return !begun;
	size_t digits = take_digits(&cursor, &hours);
	if (digits < 1 || digits > 2 || !take_sixtieth(&cursor, &minutes))
		return false;
	if (*cursor.at == ':' && !take_sixtieth(&cursor, &seconds))
		return false;
	if (take_char(&cursor, '.')) {
		size_t fraction = strspn(cursor.at, "0123456789");
		cursor.at += fraction;
		if (fraction == 0)
			return false;
	}
	skip_spaces(&cursor);
	if (!take_half_of_day(&cursor, &hours) || !take_zone(&cursor, out))
		return false;
	out->seconds = hours * 3600 + minutes * 60 + seconds;
	return *cursor.at == '\0';
}

/*
 * Nothing, or a time of day: *out's day is then that of the municipality's clock, since programs
 * write its midnight as the evening before in UTC.
 */
static bool take_time(struct cursor cursor, struct day_cell *out)
{
	struct time_of_day time;
	if (!time_read(cursor, &time))
		return false;
	out->written_day = out->day;
	out->has_zone = time.has_zone;
	if (time.has_zone)
		out->day =
			zone_day((out->day * INT64_C(86400) + time.seconds - time.offset_seconds) *
				 US_PER_SECOND);
	return true;
}

static bool is_time(struct cursor cursor)
{
	struct time_of_day time;
	return time_read(cursor, &time);
}

/* The Monday of an ISO week: that of 4 January is in week 1. */
static enum err week_read(int64_t year, int64_t week, struct day_cell *out)
{
	int32_t fourth, next;
	if (exists(year, 1, 4, &fourth) != OK || exists(year + 1, 1, 4, &next) != OK || week < 1)
		return ERR_INVALID;
	out->form = DAY_WEEK;
	out->day = date_monday(fourth) + (int32_t)(week - 1) * 7;
	out->written_day = out->day;
	return week <= 53 && out->day < date_monday(next) ? OK : ERR_INVALID;
}

/* After the first number: a month in words, and a year. */
static enum err words_read(
	struct cursor cursor, int64_t day, struct day_cell *out, const char **why)
{
	int64_t year;
	int month = month_of(take_word(&cursor));
	while (*cursor.at == ' ' || *cursor.at == '-' || *cursor.at == '.' || *cursor.at == '/')
		cursor.at++;
	size_t digits = take_digits(&cursor, &year);
	out->form = DAY_WORDS;
	if (month == 0 || digits == 0 || !is_time(cursor))
		return ERR_INVALID;
	if (digits != 4)
		*why = four_digits;
	else if (exists(year, month, day, &out->day) == OK)
		return take_time(cursor, out) ? OK : ERR_INVALID;
	else
		*why = no_such_day;
	return ERR_INVALID;
}

/* After the first number and its separator: two numbers more. */
static enum err numbers_read(struct cursor cursor, int64_t first, size_t first_digits,
	bool month_first, struct day_cell *out, const char **why)
{
	int64_t second, third;
	char separator = *cursor.at++;
	size_t second_digits = take_digits(&cursor, &second);
	bool right = second_digits >= 1 && second_digits <= 2 && take_char(&cursor, separator);
	size_t third_digits = right ? take_digits(&cursor, &third) : 0;
	if (!right || third_digits == 0)
		return ERR_INVALID;
	if (!is_time(cursor)) {
		*why = no_such_time;
		return ERR_INVALID;
	}
	if (first_digits == 4 && third_digits <= 2) {
		out->form = DAY_ISO;
		*why = no_such_day;
		return exists(first, second, third, &out->day) == OK && take_time(cursor, out)
			       ? OK
			       : ERR_INVALID;
	}
	if (first_digits > 2)
		return ERR_INVALID;
	if (third_digits != 4) {
		*why = four_digits;
		return ERR_INVALID;
	}
	out->form = separator == '/' ? DAY_SLASHED : DAY_DASHED;
	out->first_over_12 = out->form == DAY_SLASHED && first > 12 && second <= 12;
	out->second_over_12 = out->form == DAY_SLASHED && second > 12 && first <= 12;
	*why = no_such_day;
	enum err err = out->form == DAY_SLASHED && month_first
			       ? exists(third, first, second, &out->day)
			       : exists(third, second, first, &out->day);
	return err == OK && take_time(cursor, out) ? OK : ERR_INVALID;
}

/* "week 14 2025", "wk 14-2025", "w14 2025" */
static enum err week_words_read(struct cursor cursor, struct day_cell *out)
{
	int64_t week, year;
	struct bytes word = take_word(&cursor);
	if (!bytes_are(word, "week") && !bytes_are(word, "wk") && !bytes_are(word, "w"))
		return ERR_INVALID;
	skip_spaces(&cursor);
	if (take_digits(&cursor, &week) == 0)
		return ERR_INVALID;
	while (*cursor.at == ' ' || *cursor.at == '-' || *cursor.at == '/' || *cursor.at == ',')
		cursor.at++;
	if (take_digits(&cursor, &year) != 4 || *cursor.at != '\0')
		return ERR_INVALID;
	return week_read(year, week, out);
}

/* A day without the name of its weekday. */
static enum err plain_day_read(
	struct cursor cursor, bool month_first, struct day_cell *out, const char **why)
{
	int64_t first, week;
	size_t digits = take_digits(&cursor, &first);
	if (digits == 0)
		return ERR_INVALID;
	if (digits == 5 && (*cursor.at == '\0' || *cursor.at == ',' || *cursor.at == '.')) {
		*why = serial_number;
		return ERR_INVALID;
	}
	const char *after = *cursor.at == '-' ? cursor.at + 1 : cursor.at;
	if (digits == 4 && *after == 'w') {
		cursor.at = after + 1;
		if (take_digits(&cursor, &week) == 0 || *cursor.at != '\0')
			return ERR_INVALID;
		return week_read(first, week, out);
	}
	if (*cursor.at == '-' || *cursor.at == '/' || *cursor.at == '.') {
		if (is_digit(cursor.at[1]))
			return numbers_read(cursor, first, digits, month_first, out, why);
		cursor.at++;
	}
	skip_spaces(&cursor);
	return digits <= 2 ? words_read(cursor, first, out, why) : ERR_INVALID;
}

static enum err folded_day_read(
	struct cursor cursor, bool month_first, struct day_cell *out, const char **why)
{
	struct cursor begin = cursor;
	if (!is_letter(*cursor.at))
		return plain_day_read(cursor, month_first, out, why);
	int weekday = weekday_of(take_word(&cursor));
	if (weekday == -1)
		return week_words_read(begin, out);
	while (*cursor.at == ' ' || *cursor.at == ',' || *cursor.at == '.')
		cursor.at++;
	enum err err = plain_day_read(cursor, month_first, out, why);
	if (err != OK)
		return err;
	if (out->written_day - date_monday(out->written_day) == weekday)
		return OK;
	*why = wrong_weekday;
	return ERR_INVALID;
}

enum err day_cell_read(struct bytes cell, bool month_first, struct day_cell *out, const char **why)
{
	struct text folded = { 0 };
	*why = day_rule;
	fold_word(cell, &folded);
	enum err err = ERR_INVALID;
	if (folded.length > 0)
		err = folded_day_read((struct cursor){ folded.data }, month_first, out, why);
	text_release(&folded);
	return err;
}

const char number_alone[] = "write a number alone, as 2 or 2,5";

static enum err folded_number_read(struct cursor *cursor, struct number_cell *out, const char **why)
{
	int64_t whole, part = 0;
	size_t part_digits = 0;
	*out = (struct number_cell){ 0 };
	if (take_digits(cursor, &whole) == 0) {
		*why = "write a number, not below 0, as 2 or 2,5";
		return ERR_INVALID;
	}
	if ((*cursor->at == ',' || *cursor->at == '.') && is_digit(cursor->at[1])) {
		out->comma = *cursor->at == ',';
		out->point = !out->comma;
		cursor->at++;
		part_digits = take_digits(cursor, &part);
		if (part_digits == 0 || part_digits == 3 || part_digits > 6 || *cursor->at == ',' ||
			*cursor->at == '.') {
			*why = "three digits after a comma or a point can mean thousands or parts: "
			       "write 1500 or 1,5";
			return ERR_INVALID;
		}
	}
	for (size_t i = part_digits; i < 6; i++)
		part *= 10;
	out->millionths = whole * 1000000 + part;
	return OK;
}

enum err amount_cell_read(
	struct bytes cell, struct number_cell *out, struct text *unit, const char **why)
{
	struct text folded = { 0 };
	fold_name(cell, &folded);
	struct cursor cursor = { folded.length > 0 ? folded.data : "" };
	enum err err = folded_number_read(&cursor, out, why);
	if (err == OK)
		fold_word(bytes_of_string(cursor.at), unit);
	text_release(&folded);
	return err;
}

enum err number_cell_read(struct bytes cell, struct number_cell *out, const char **why)
{
	struct text unit = { 0 };
	enum err err = amount_cell_read(cell, out, &unit, why);
	if (err == OK && unit.length > 0) {
		*why = number_alone;
		err = ERR_INVALID;
	}
	text_release(&unit);
	return err;
}

static const char hours_rule[] = "write hours as 2, 2,5 or 2:30";
static const char part_of_day[] =
	"more than two decimals may be the part of a day that Excel keeps for a time, 0,0625 for "
	"1:30: give the column the number format u:mm, or write hours as 2, 2,5 or 2:30";

/* After the number: a unit, or minutes. */
static enum err hours_end(struct cursor cursor, const struct number_cell *number, int64_t *minutes)
{
	int64_t more = 0;
	bool whole = number->millionths % 1000000 == 0;
	*minutes = (number->millionths * 60 + 500000) / 1000000;
	if (take_char(&cursor, ':')) {
		size_t digits = take_digits(&cursor, &more);
		if (!whole || digits != 2 || more > 59)
			return ERR_INVALID;
		/* 2:30:00, as Excel writes a length of time. */
		if (*cursor.at != '\0' && strcmp(cursor.at, ":00") != 0)
			return ERR_INVALID;
		*minutes += more;
		return OK;
	}
	skip_spaces(&cursor);
	if (*cursor.at == '\0')
		return OK;
	struct bytes unit = take_word(&cursor);
	if (bytes_are(unit, "min") || bytes_are(unit, "minuten") || bytes_are(unit, "minutes") ||
		bytes_are(unit, "m")) {
		*minutes = (number->millionths + 500000) / 1000000;
		return *cursor.at == '\0' || strcmp(cursor.at, ".") == 0 ? OK : ERR_INVALID;
	}
	if (!bytes_are(unit, "u") && !bytes_are(unit, "uur") && !bytes_are(unit, "uren") &&
		!bytes_are(unit, "h") && !bytes_are(unit, "hour") && !bytes_are(unit, "hours"))
		return ERR_INVALID;
	skip_spaces(&cursor);
	if (*cursor.at != '\0' && (!whole || take_digits(&cursor, &more) == 0 || more > 59))
		return ERR_INVALID;
	*minutes += more;
	return *cursor.at == '\0' ? OK : ERR_INVALID;
}

enum err hours_cell_read(
	struct bytes cell, int64_t *minutes, struct number_cell *number, const char **why)
{
	struct text folded = { 0 };
	fold_name(cell, &folded);
	struct cursor cursor = { folded.length > 0 ? folded.data : "" };
	*why = hours_rule;
	enum err err = folded_number_read(&cursor, number, why);
	if (err == OK && number->millionths % 10000 != 0) {
		*why = part_of_day;
		err = ERR_INVALID;
	} else if (err == OK) {
		*why = hours_rule;
		err = hours_end(cursor, number, minutes);
	}
	text_release(&folded);
	return err;
}

/* A part of a birthday: 0 when it is not known, as 00, xx or ??. False: it is neither. */
static bool take_part(struct cursor *cursor, int64_t *value, size_t *digits)
{
	size_t unknown = strspn(cursor->at, "x?");
	*value = 0;
	*digits = unknown;
	cursor->at += unknown;
	if (unknown == 0)
		*digits = take_digits(cursor, value);
	return *digits > 0 && (unknown == 0 || unknown <= 2);
}

bool unknown_birthday_read(struct bytes cell, bool month_first, struct unknown_birthday *out)
{
	struct text folded = { 0 };
	int64_t parts[3] = { 0 };
	size_t digits[3] = { 0 };
	fold_name(cell, &folded);
	struct cursor cursor = { folded.length > 0 ? folded.data : "" };
	bool right = take_part(&cursor, &parts[0], &digits[0]);
	char separator = *cursor.at;
	right = right && (separator == '-' || separator == '/' || separator == '.');
	for (size_t i = 1; i < 3 && right; i++)
		right = take_char(&cursor, separator) && take_part(&cursor, &parts[i], &digits[i]);
	right = right && *cursor.at == '\0';
	text_release(&folded);
	size_t year = digits[0] == 4 ? 0 : 2;
	size_t month = year == 0 || (separator == '/' && month_first) ? (year == 0 ? 1 : 0) : 1;
	size_t day = 3 - year - month;
	*out = (struct unknown_birthday){ (int)parts[year], (int)parts[month], (int)parts[day] };
	return right && digits[year] == 4 && parts[year] > 0 && digits[month] <= 2 &&
	       digits[day] <= 2 && parts[month] <= 12 && parts[day] <= 31 &&
	       (parts[month] == 0 || parts[day] == 0);
}

enum err year_cell_read(struct bytes cell, bool month_first, int64_t *year, const char **why)
{
	struct day_cell day;
	struct unknown_birthday unknown;
	struct text folded = { 0 };
	fold_name(cell, &folded);
	struct cursor cursor = { folded.length > 0 ? folded.data : "" };
	bool alone = take_digits(&cursor, year) == 4 && *cursor.at == '\0';
	text_release(&folded);
	if (alone)
		return OK;
	if (unknown_birthday_read(cell, month_first, &unknown)) {
		*year = unknown.year;
		return OK;
	}
	enum err err = day_cell_read(cell, month_first, &day, why);
	if (err == OK)
		*year = civil_from_day(day.day).year;
	else if (*why == day_rule)
		*why = "write a year in four digits, or a day as dd-mm-jjjj";
	return err;
}

bool birthday_print(struct bytes cell, bool month_first, struct text *out)
{
	struct day_cell day;
	struct unknown_birthday unknown;
	const char *why;
	char text[DATE_LENGTH + 1];
	if (day_cell_read(cell, month_first, &day, &why) == OK) {
		date_print(day.day, text);
		text_add_string(out, text);
		return true;
	}
	if (!unknown_birthday_read(cell, month_first, &unknown))
		return false;
	text_printf(out, "%04d-%02d-%02d", unknown.year, unknown.month, unknown.day);
	return true;
}

void second_fold(struct bytes cell, bool month_first, struct text *out)
{
	if (!birthday_print(cell, month_first, out))
		fold_name(cell, out);
}
