/*
 * base/date.c - see date.h.
 */
#include "base/date.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"

static int64_t floor_div(int64_t a, int64_t b)
{
	int64_t quotient = a / b;
	return a % b != 0 && (a % b < 0) != (b < 0) ? quotient - 1 : quotient;
}

int32_t day_from_civil(struct civil civil)
{
	int64_t year = civil.month <= 2 ? civil.year - 1 : civil.year;
	int64_t era = floor_div(year, 400);
	int64_t year_of_era = year - era * 400;
	int64_t month_from_march = (civil.month + 9) % 12;
	int64_t day_of_year = (153 * month_from_march + 2) / 5 + civil.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return (int32_t)(era * 146097 + day_of_era - 719468);
}

struct civil civil_from_day(int32_t day)
{
	int64_t shifted = (int64_t)day + 719468;
	int64_t era = floor_div(shifted, 146097);
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_from_march = (5 * day_of_year + 2) / 153;
	int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
	return (struct civil){
		.year = (int)(year_of_era + era * 400 + (month <= 2)),
		.month = (int)month,
		.day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
	};
}

/* Reads exactly `count` digits at `*at` and moves on; -1 when there are not. */
static int digits_take(struct bytes text, size_t *at, size_t count)
{
	int value = 0;
	if (text.length - *at < count)
		return -1;
	for (size_t i = 0; i < count; i++) {
		uint8_t c = text.data[*at + i];
		if (c < '0' || c > '9')
			return -1;
		value = value * 10 + (c - '0');
	}
	*at += count;
	return value;
}

static bool char_take(struct bytes text, size_t *at, const char *allowed)
{
	if (*at >= text.length || text.data[*at] == 0 || strchr(allowed, text.data[*at]) == NULL)
		return false;
	*at += 1;
	return true;
}

static bool date_take(struct bytes text, size_t *at, int32_t *day)
{
	struct civil civil;
	civil.year = digits_take(text, at, 4);
	if (civil.year < 1 || !char_take(text, at, "-"))
		return false;
	civil.month = digits_take(text, at, 2);
	if (civil.month < 1 || civil.month > 12 || !char_take(text, at, "-"))
		return false;
	civil.day = digits_take(text, at, 2);
	if (civil.day < 1 || civil.day > 31)
		return false;
	int32_t value = day_from_civil(civil);
	if (civil_from_day(value).day != civil.day)
		return false;
	*day = value;
	return true;
}

enum err date_parse(struct bytes text, int32_t *day)
{
	size_t at = 0;
	int32_t value;
	if (!date_take(text, &at, &value) || at != text.length)
		return ERR_INVALID;
	*day = value;
	return OK;
}

void date_print(int32_t day, char out[DATE_LENGTH + 1])
{
	struct civil civil = civil_from_day(day);
	CHECK(civil.year >= 0 && civil.year <= 9999);
	out[0] = (char)('0' + civil.year / 1000);
	out[1] = (char)('0' + civil.year / 100 % 10);
	out[2] = (char)('0' + civil.year / 10 % 10);
	out[3] = (char)('0' + civil.year % 10);
	out[4] = '-';
	out[5] = (char)('0' + civil.month / 10);
	out[6] = (char)('0' + civil.month % 10);
	out[7] = '-';
	out[8] = (char)('0' + civil.day / 10);
	out[9] = (char)('0' + civil.day % 10);
	out[10] = '\0';
}

int32_t date_monday(int32_t day)
{
	/* 1970-01-01 was a Thursday: day 4 was a Monday. */
	return (int32_t)(floor_div((int64_t)day - 4, 7) * 7 + 4);
}

bool date_ends_quarter(int32_t day)
{
	struct civil next = civil_from_day(day + 1);
	return next.day == 1 && next.month % 3 == 1;
}

int32_t date_quarter_before(int32_t day)
{
	struct civil civil = civil_from_day(day);
	int month = civil.month - (civil.month - 1) % 3;
	return day_from_civil((struct civil){ civil.year, month, 1 }) - 1;
}

/* Seconds east of UTC of the offset at `*at`. */
static bool offset_take(struct bytes text, size_t *at, int *seconds)
{
	if (char_take(text, at, "Zz")) {
		*seconds = 0;
		return true;
	}
	bool west = *at < text.length && text.data[*at] == '-';
	if (!char_take(text, at, "+-"))
		return false;
	int hours = digits_take(text, at, 2);
	if (hours < 0 || hours > 23 || !char_take(text, at, ":"))
		return false;
	int minutes = digits_take(text, at, 2);
	if (minutes < 0 || minutes > 59)
		return false;
	*seconds = (hours * 60 + minutes) * 60 * (west ? -1 : 1);
	return true;
}

enum err instant_parse(struct bytes text, int64_t *us)
{
	size_t at = 0;
	int32_t day;
	if (!date_take(text, &at, &day) || !char_take(text, &at, "Tt "))
		return ERR_INVALID;
	int hour = digits_take(text, &at, 2);
	if (hour < 0 || hour > 23 || !char_take(text, &at, ":"))
		return ERR_INVALID;
	int minute = digits_take(text, &at, 2);
	if (minute < 0 || minute > 59 || !char_take(text, &at, ":"))
		return ERR_INVALID;
	int second = digits_take(text, &at, 2);
	if (second < 0 || second > 60)
		return ERR_INVALID;
	int64_t fraction = 0;
	if (char_take(text, &at, ".")) {
		int decimals = 0;
		for (; at < text.length && text.data[at] >= '0' && text.data[at] <= '9'; at++) {
			if (decimals++ < 6)
				fraction = fraction * 10 + (text.data[at] - '0');
		}
		if (decimals == 0)
			return ERR_INVALID;
		for (; decimals < 6; decimals++)
			fraction *= 10;
	}
	int offset;
	if (!offset_take(text, &at, &offset) || at != text.length)
		return ERR_INVALID;
	int64_t of_day = (int64_t)hour * 3600 + minute * 60 + second - offset;
	int64_t instant = (int64_t)day * US_PER_DAY + of_day * US_PER_SECOND + fraction;
	int year = civil_from_day((int32_t)floor_div(instant, US_PER_DAY)).year;
	if (year < 1 || year > 9999)
		return ERR_INVALID;
	*us = instant;
	return OK;
}

void instant_print(int64_t us, char out[INSTANT_LENGTH + 1])
{
	int32_t day = (int32_t)floor_div(us, US_PER_DAY);
	int64_t of_day = us - (int64_t)day * US_PER_DAY;
	unsigned seconds = (unsigned)(of_day / US_PER_SECOND);
	date_print(day, out);
	snprintf(out + DATE_LENGTH, INSTANT_LENGTH - DATE_LENGTH + 1, "T%02u:%02u:%02u.%06uZ",
		seconds / 3600 % 24, seconds / 60 % 60, seconds % 60,
		(unsigned)(of_day % US_PER_SECOND) % 1000000);
}

/* A day was told: the zone stays. */
static atomic_bool zone_is_used;

/* Of what it cannot read the C library makes UTC, under the letters that the name begins with. */
static bool zone_was_read(const char *name)
{
	size_t letters = strcspn(name, "/");
	return name[letters] == '\0' || strlen(tzname[0]) != letters ||
	       memcmp(tzname[0], name, letters) != 0;
}

/* Is the file one of a time zone, whatever the C library could do with it? */
static bool is_zone(const char *path)
{
	char magic[4];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool is = fd >= 0 && read(fd, magic, sizeof(magic)) == (ssize_t)sizeof(magic) &&
		  memcmp(magic, "TZif", sizeof(magic)) == 0;
	if (fd >= 0)
		close(fd);
	return is;
}

enum err zone_set(const char *name)
{
	char path[256];
	const char *before = getenv("TZ");
	if (name[0] == '\0' || name[0] == '/' || strstr(name, "..") != NULL)
		return ERR_NOT_FOUND;
	if (strcmp(name, "UTC") != 0) {
		/* An unknown TZ silently means UTC: look whether it is there. */
		snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
		if (access(path, R_OK) != 0)
			return ERR_NOT_FOUND;
	}
	CHECK(!atomic_load(&zone_is_used) || (before != NULL && strcmp(before, name) == 0));
	/* Nor may it look elsewhere. */
	if (unsetenv("TZDIR") != 0 || setenv("TZ", name, 1) != 0)
		return ERR_FULL;
	tzset();
	if (zone_was_read(name))
		return OK;
	return strcmp(name, "UTC") == 0 || is_zone(path) ? ERR_FULL : ERR_NOT_FOUND;
}

int32_t zone_day(int64_t us)
{
	/* The bounds of the day found last: records come in the order of time. */
	static _Thread_local struct {
		int64_t first_us;
		int64_t last_us;
		int32_t day;
	} found = { .first_us = 1, .last_us = 0 };
	if (us >= found.first_us && us <= found.last_us)
		return found.day;

	time_t seconds = (time_t)floor_div(us, US_PER_SECOND);
	struct tm local;
	CHECK(localtime_r(&seconds, &local) != NULL);
	found.day = day_from_civil(
		(struct civil){ local.tm_year + 1900, local.tm_mon + 1, local.tm_mday });
	found.first_us = zone_day_first_us(found.day);
	found.last_us = zone_day_last_us(found.day);
	return found.day;
}

int64_t zone_day_first_us(int32_t day)
{
	struct civil civil = civil_from_day(day);
	struct tm local = {
		.tm_year = civil.year - 1900,
		.tm_mon = civil.month - 1,
		.tm_mday = civil.day,
		.tm_isdst = -1,
	};
	atomic_store(&zone_is_used, true);
	time_t seconds = mktime(&local);
	return (int64_t)seconds * US_PER_SECOND;
}

int64_t zone_day_last_us(int32_t day)
{
	return zone_day_first_us(day + 1) - 1;
}
