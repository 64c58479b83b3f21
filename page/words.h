/*
 * page/words.h - what the page says, in Dutch and English beside each other.
 *
 * Each {} of a sentence takes the next argument; both languages have as many, in the
 * same order. The numbers, days and dates of a language are made here too.
 */
#ifndef PAGE_WORDS_H
#define PAGE_WORDS_H

#include "base/text.h"

enum language {
	LANGUAGE_NL,
	LANGUAGE_EN,
	LANGUAGE_COUNT,
};

#include "page/words_table.h"

enum word {
#define WORD_NAME(name, dutch, english) WORD_##name,
	WORDS(WORD_NAME)
#undef WORD_NAME
		WORD_COUNT,
};

/* "nl" or "en". */
const char *language_code(enum language language);

/* The language of a code; false: there is none, *out stays. */
bool language_parse(const char *code, enum language *out);

/* The sentence as it stands in the table, with its {}. */
const char *word_text(enum language language, enum word word);

/* The word for an identifier of spec/events.md, as ISD or CHILDCARE; WORD_COUNT: there is none. */
enum word word_of_organisation(const char *identifier);
enum word word_of_barrier(const char *identifier);

/* The name of a rung of the ladder, 1 to 6. */
enum word word_of_rung(int rung);

/* Text of HTML: & < > " ' become references. Bytes that are not UTF-8 become U+FFFD. */
void html_escape(const char *string, struct text *out);

/* A sentence with its arguments, a list that ends with NULL, escaped for HTML. */
void words_print(
	enum language language, enum word word, const char *const *arguments, struct text *out);

/* A short text by value. Lives as long as the expression it is made in. */
struct phrase {
	char text[64];
};

/* A short sentence of the table with up to two arguments, not escaped. */
struct phrase phrase_of(
	enum language language, enum word word, const char *first, const char *second);

/* A whole number with its thousands set apart; NAN: a dash. */
struct phrase phrase_count(enum language language, double value);

/* A number with at most one decimal; NAN: a dash. */
struct phrase phrase_number(enum language language, double value);

/* 0 to 1 as a whole percentage; NAN: a dash. */
struct phrase phrase_percent(double share);

/* Days up to two months, from there on whole months of 30.4375 days, with the unit. */
struct phrase phrase_duration(enum language language, double days);

/* 30 september 2026; its quarter: 3e kwartaal 2026; and its month, short: sep 2026. */
struct phrase phrase_date(enum language language, int32_t day);
struct phrase phrase_quarter(enum language language, int32_t day);
struct phrase phrase_month(enum language language, int32_t day);

/* 22 november 2026, 14:05, in the store's time zone. */
struct phrase phrase_instant(enum language language, int64_t us);

/* 2026-11-22 14:05, likewise. */
struct phrase phrase_moment(int64_t us);

#endif
