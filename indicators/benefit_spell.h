/*
 * indicators/benefit_spell.h - spells of welfare, as the news of them tells.
 *
 * Source: indicators, section 17. A late list of the municipality that one left changes
 * nothing, and a month's list still names who left in that month: such events are no news.
 */
#ifndef INDICATORS_BENEFIT_SPELL_H
#define INDICATORS_BENEFIT_SPELL_H

#include "indicators/person/person.h"

enum benefit_end {
	BENEFIT_OPEN,   /* still open at P */
	BENEFIT_LEFT,   /* an end that no start joins */
	BENEFIT_EXITED, /* the first exit after the opening */
	BENEFIT_SILENT, /* BENEFIT_NEWS_DAYS after the last news */
};

struct benefit_spell {
	const struct fact *opened; /* a start, or a confirmation: begun earlier */
	enum benefit_kind kind;    /* of its last start or confirmation */
	enum benefit_end end;
	int32_t until;    /* the day of the end; P when it is open */
	int32_t returned; /* BENEFIT_LEFT: the next start or confirmation that is news; DAY_NONE */
};

/* The news of a history, in person->work, and how far the spells of it are read. */
struct benefit_walk {
	const struct person *person;
	const uint64_t *news;
	size_t news_count;
	size_t at; /* the next news */
};

/* Finds the news. The walk uses person->work until it is over. */
struct benefit_walk benefit_walk_begin(const struct person *person);

/* The next spell; false when there are no more. */
bool benefit_spell_next(struct benefit_walk *walk, struct benefit_spell *out);

enum receiving { RECEIVING_FULL, RECEIVING_SUPPLEMENTARY, RECEIVING_NONE, RECEIVING_UNKNOWN };

/* What the person receives at P, as far as it is known: reads the walk to its end. */
enum receiving benefit_receiving(struct benefit_walk *walk);

#endif
