/*
 * page/words.c - see words.h.
 */
#include "page/words.h"

#include <math.h>
#include <stdio.h>

#include "base/check.h"
#include "base/date.h"

#define DAYS_PER_MONTH      30.4375
#define DAYS_UP_TO          61 /* said in days; longer in months */
#define MINUTES_OF_HOUR     60
#define US_OF_MINUTE        (60 * US_PER_SECOND)
#define US_OF_HOUR          (60 * US_OF_MINUTE)
#define MONTHS_OF_A_QUARTER 3

static const char *const table[WORD_COUNT][LANGUAGE_COUNT] = {
#define WORD_ROW(name, dutch, english) { dutch, english },
	WORDS(WORD_ROW)
#undef WORD_ROW
};

struct identifier_word {
	const char *identifier;
	enum word word;
};

static const struct identifier_word organisations[] = {
	{ "MUNICIPALITY", WORD_ORGANISATION_MUNICIPALITY },
	{ "ISD", WORD_ORGANISATION_ISD },
	{ "SW_COMPANY", WORD_ORGANISATION_SW_COMPANY },
	{ "WELFARE", WORD_ORGANISATION_WELFARE },
	{ "VWN", WORD_ORGANISATION_VWN },
	{ "COA", WORD_ORGANISATION_COA },
	{ "SCHOOL", WORD_ORGANISATION_SCHOOL },
	{ "VOLUNTEERS", WORD_ORGANISATION_VOLUNTEERS },
	{ "EMPLOYER", WORD_ORGANISATION_EMPLOYER },
	{ "SELF", WORD_ORGANISATION_SELF },
	{ "OTHER", WORD_ORGANISATION_OTHER },
};

static const struct identifier_word barriers[] = {
	{ "CHILDCARE", WORD_BARRIER_CHILDCARE },
	{ "TRANSPORT", WORD_BARRIER_TRANSPORT },
	{ "LANGUAGE_WAITING_LIST", WORD_BARRIER_LANGUAGE_WAITING_LIST },
	{ "EMPLOYER", WORD_BARRIER_EMPLOYER },
	{ "DIPLOMA", WORD_BARRIER_DIPLOMA },
	{ "HOUSING", WORD_BARRIER_HOUSING },
	{ "MOTIVATION", WORD_BARRIER_MOTIVATION },
	{ "RULES", WORD_BARRIER_RULES },
	{ "CONTACT", WORD_BARRIER_CONTACT },
	{ "OTHER", WORD_BARRIER_OTHER },
};

const char *language_code(enum language language)
{
	switch (language) {
	case LANGUAGE_NL:
		return "nl";
	case LANGUAGE_EN:
		return "en";
	case LANGUAGE_COUNT:
		break;
	}
	check_failed("a language of the enum", __FILE__, __LINE__);
}

bool language_parse(const char *code, enum language *out)
{
	for (int i = 0; i < LANGUAGE_COUNT; i++) {
		if (strcmp(code, language_code((enum language)i)) == 0) {
			*out = (enum language)i;
			return true;
		}
	}
	return false;
}

const char *word_text(enum language language, enum word word)
{
	CHECK(language < LANGUAGE_COUNT && word < WORD_COUNT);
	return table[word][language];
}

static enum word word_find(const struct identifier_word *rows, size_t count, const char *identifier)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rows[i].identifier, identifier) == 0)
			return rows[i].word;
	}
	return WORD_COUNT;
}

enum word word_of_organisation(const char *identifier)
{
	return word_find(organisations, ARRAY_LENGTH(organisations), identifier);
}

enum word word_of_barrier(const char *identifier)
{
	return word_find(barriers, ARRAY_LENGTH(barriers), identifier);
}

enum word word_of_rung(int rung)
{
	CHECK(rung >= 1 && rung <= 6);
	return (enum word)(WORD_RUNG_1 + rung - 1);
}

/* How many bytes the UTF-8 character at `at` has; 0: it is none. */
static size_t utf8_length(const uint8_t *at)
{
	size_t length = at[0] < 0x80                    ? 1
			: at[0] >= 0xc2 && at[0] < 0xe0 ? 2
			: (at[0] & 0xf0) == 0xe0        ? 3
			: at[0] >= 0xf0 && at[0] < 0xf5 ? 4
							: 0;
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Over-long forms, surrogates, and what is past U+10FFFF. */
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
		(at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return length;
}

void html_escape(const char *string, struct text *out)
{
	const uint8_t *at = (const uint8_t *)string;
	while (*at != '\0') {
		size_t length = utf8_length(at);
		const char *reference = length == 0 || (*at < ' ' && *at != '\n' && *at != '\t')
						? "\xef\xbf\xbd"
					: *at == '&'  ? "&amp;"
					: *at == '<'  ? "&lt;"
					: *at == '>'  ? "&gt;"
					: *at == '"'  ? "&quot;"
					: *at == '\'' ? "&#39;"
						      : NULL;
		if (reference != NULL) {
			text_add_string(out, reference);
			at++;
		} else {
			text_add(out, bytes_of(at, length));
			at += length;
		}
	}
}

void words_print(
	enum language language, enum word word, const char *const *arguments, struct text *out)
{
	const char *at = word_text(language, word);
	for (const char *slot; (slot = strstr(at, "{}")) != NULL; at = slot + 2) {
		/* The table's own text is plain: it has nothing to escape. */
		text_add(out, bytes_of(at, (size_t)(slot - at)));
		CHECK(*arguments != NULL);
		html_escape(*arguments++, out);
	}
	CHECK(*arguments == NULL);
	text_add_string(out, at);
}

struct phrase phrase_of(
	enum language language, enum word word, const char *first, const char *second)
{
	struct phrase phrase = { "" };
	const char *arguments[] = { first, second };
	size_t used = 0, next = 0;
	for (const char *at = word_text(language, word); *at != '\0';) {
		bool slot = at[0] == '{' && at[1] == '}';
		CHECK(!slot || next < ARRAY_LENGTH(arguments));
		const char *piece = slot ? arguments[next++] : at;
		size_t length = slot ? strlen(piece) : 1;
		CHECK(used + length < sizeof(phrase.text));
		memcpy(phrase.text + used, piece, length);
		used += length;
		at += slot ? 2 : 1;
	}
	return phrase;
}

static const struct phrase dash = { "\xe2\x80\x93" };

struct phrase phrase_count(enum language language, double value)
{
	char digits[32];
	struct phrase phrase = { "" };
	if (isnan(value))
		return dash;
	int length = snprintf(digits, sizeof(digits), "%.0f", value);
	CHECK(length > 0 && (size_t)length < sizeof(digits));
	size_t used = 0;
	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			phrase.text[used++] = language == LANGUAGE_NL ? '.' : ',';
		phrase.text[used++] = digits[i];
	}
	return phrase;
}

struct phrase phrase_number(enum language language, double value)
{
	if (isnan(value) || fabs(value - round(value)) < 0.05)
		return phrase_count(language, value);
	struct phrase phrase;
	snprintf(phrase.text, sizeof(phrase.text), "%.1f", value);
	char *point = strchr(phrase.text, '.');
	if (language == LANGUAGE_NL && point != NULL)
		*point = ',';
	return phrase;
}

struct phrase phrase_percent(double share)
{
	struct phrase phrase;
	if (isnan(share))
		return dash;
	/* Only a share of exactly 1 is said to be 100%, and only one of exactly 0 to be 0%. */
	double percent = floor(100 * share + 0.5 + 1e-9);
	if (percent >= 100 && share < 1 - 1e-9)
		percent = 99;
	if (percent < 1 && share > 1e-9)
		percent = 1;
	snprintf(phrase.text, sizeof(phrase.text), "%.0f%%", percent);
	return phrase;
}

struct phrase phrase_duration(enum language language, double days)
{
	if (isnan(days))
		return dash;
	if (days <= DAYS_UP_TO)
		return phrase_of(language, days >= 0.5 && days < 1.5 ? WORD_DAY_ONE : WORD_DAYS,
			phrase_count(language, days).text, NULL);
	return phrase_of(language, WORD_MONTHS,
		phrase_count(language, floor(days / DAYS_PER_MONTH + 0.5)).text, NULL);
}

struct phrase phrase_date(enum language language, int32_t day)
{
	struct phrase phrase;
	struct civil civil = civil_from_day(day);
	snprintf(phrase.text, sizeof(phrase.text), "%d %s %d", civil.day,
		word_text(language, (enum word)(WORD_MONTH_1 + civil.month - 1)), civil.year);
	return phrase;
}

struct phrase phrase_quarter(enum language language, int32_t day)
{
	char quarter[16], year[16];
	struct civil civil = civil_from_day(day);
	snprintf(quarter, sizeof(quarter), "%d", (civil.month - 1) / MONTHS_OF_A_QUARTER + 1);
	snprintf(year, sizeof(year), "%d", civil.year);
	return phrase_of(language, WORD_QUARTER, quarter, year);
}

struct phrase phrase_month(enum language language, int32_t day)
{
	struct phrase phrase;
	struct civil civil = civil_from_day(day);
	const char *month = word_text(language, (enum word)(WORD_MONTH_1 + civil.month - 1));
	/* "maart" is "mrt" in Dutch. */
	bool march = language == LANGUAGE_NL && civil.month == 3;
	snprintf(phrase.text, sizeof(phrase.text), "%.3s %d", march ? "mrt" : month, civil.year);
	return phrase;
}

/* Minutes since midnight, as the clock on the wall shows them. */
static int minutes_of(int32_t day, int64_t us)
{
	/* A day of 23 hours jumps from 2 to 3, one of 25 from 3 back to 2. */
	int64_t since_us = us - zone_day_first_us(day);
	int64_t shift_us = zone_day_last_us(day) + 1 - zone_day_first_us(day) - US_PER_DAY;
	if (since_us >= (shift_us < 0 ? 2 : 3) * US_OF_HOUR)
		since_us -= shift_us;
	return (int)(since_us / US_OF_MINUTE);
}

struct phrase phrase_instant(enum language language, int64_t us)
{
	int32_t day = zone_day(us);
	struct phrase phrase = phrase_date(language, day);
	int minutes = minutes_of(day, us);
	size_t length = strlen(phrase.text);
	snprintf(phrase.text + length, sizeof(phrase.text) - length, ", %02d:%02d",
		minutes / MINUTES_OF_HOUR, minutes % MINUTES_OF_HOUR);
	return phrase;
}

struct phrase phrase_moment(int64_t us)
{
	struct phrase phrase;
	char day[DATE_LENGTH + 1];
	int minutes = minutes_of(zone_day(us), us);
	date_print(zone_day(us), day);
	snprintf(phrase.text, sizeof(phrase.text), "%s %02d:%02d", day, minutes / MINUTES_OF_HOUR,
		minutes % MINUTES_OF_HOUR);
	return phrase;
}
