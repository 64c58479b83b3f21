/*
 * indicators/disclosure/relations.c - see relations.h.
 *
 * The table is written with patterns: `#` stands for each member of a set, one relation
 * for each; `%` for all members of a set, added up.
 */
#include "indicators/disclosure/relations.h"

#include <stdlib.h>

#include "base/check.h"
#include "proto/event.h"

enum set { NOTHING, RUNGS, ANSWERS, OUTCOMES, PARTIES, REGIMES, BARRIERS };

struct pattern {
	const char *sentence;
	const char *text;
	enum set each; /* what `#` stands for */
	enum set sum;  /* what `%` stands for */
};

static const struct pattern patterns[] = {
	/* population */
	{ "B: those of R with a role", "population.breadwinners <= population.persons",
		.each = NOTHING },
	{ "G: those of R under guidance", "population.under_guidance <= population.persons",
		.each = NOTHING },

	/* 1 */
	{ "1: over R, people by the rung of their last assessment",
		"population.persons = ladder_position.% + ladder_position.unassessed",
		.sum = RUNGS },
	{ "1: stale, those assessed", "ladder_position.stale <= ladder_position.%", .sum = RUNGS },

	/* 3, 4, 5 */
	{ "3: over R", "population.persons = participation_norm.%", .sum = ANSWERS },
	{ "4: over R", "population.persons = combined_pathway.%", .sum = ANSWERS },
	{ "4: planned, of the same people",
		"combined_pathway.planned.yes + combined_pathway.planned.no = "
		"combined_pathway.yes + combined_pathway.no + combined_pathway.unknown",
		.each = NOTHING },
	{ "4: t0 > P - 28; 3: t0 > M - 28",
		"combined_pathway.new <= participation_norm.new + participation_norm.exempt",
		.each = NOTHING },
	{ "5: over R", "population.persons = job_outcome.adults.%", .sum = OUTCOMES },
	{ "5: over B", "population.breadwinners = job_outcome.breadwinners.%", .sum = OUTCOMES },
	{ "5: B of R", "job_outcome.breadwinners.# <= job_outcome.adults.#", .each = OUTCOMES },
	{ "4: unknown, without a job known at P",
		"combined_pathway.unknown <= job_outcome.adults.none + job_outcome.adults.unknown",
		.each = NOTHING },

	/* 6, 7 */
	{ "7: spells of 6", "placement.lasting_jobs <= job_durability.spells", .each = NOTHING },
	{ "7: contested, else unattributed",
		"placement.contested + placement.unattributed <= placement.lasting_jobs",
		.each = NOTHING },
	{ "7: open_hiring, of them", "placement.open_hiring <= placement.lasting_jobs",
		.each = NOTHING },
	{ "7: matching_ambition, of them", "placement.matching_ambition <= placement.lasting_jobs",
		.each = NOTHING },
	{ "7: the weight 1 of a spell", "placement.by.#.jobs* = 2 ~whole.# + ~shared.#",
		.each = PARTIES },
	{ "7: in equal parts", "~shared.# <= placement.contested", .each = PARTIES },
	{ "7: guided, of B", "placement.guided.#.people <= population.breadwinners",
		.each = PARTIES },
	{ "7: the weight 1 of a spell",
		"placement.lasting_jobs = ~whole.% + placement.unattributed + placement.contested",
		.sum = PARTIES },
	{ "7: in equal parts", "~shared.% = 2 placement.contested", .sum = PARTIES },

	/* 8 */
	{ "8: annulled; the rest", "sanctions.imposed = sanctions.by_regime.% + sanctions.annulled",
		.sum = REGIMES },
	{ "8: announced, of those of imposed", "sanctions.announced <= sanctions.imposed",
		.each = NOTHING },
	{ "8: persons with one or more", "sanctions.people <= sanctions.by_regime.%",
		.sum = REGIMES },
	{ "8: persons with one or more", "sanctions.by_regime.% <= 1000 sanctions.people",
		.sum = REGIMES },
	{ "8: persons with one or more",
		"sanctions.imposed <= 1000 sanctions.people + sanctions.annulled",
		.each = NOTHING },

	/* 9 to 14 */
	{ "9: recent, of ever", "language_support.recent <= language_support.ever",
		.each = NOTHING },
	{ "9: over R", "language_support.ever <= population.persons", .each = NOTHING },
	{ "10: over G; never; of the others",
		"population.under_guidance = contact.never + ~had_contact", .each = NOTHING },
	{ "10: the last one, of the others", "~old_contact <= ~had_contact", .each = NOTHING },
	{ "10: the last one more than 90 days ago", "~old_contact <= contact.over_90_days",
		.each = NOTHING },
	{ "10: or for never t0", "contact.over_90_days <= contact.never + ~old_contact",
		.each = NOTHING },
	{ "10: never, and t0 more than 90 days ago; 3: so not new",
		"contact.over_90_days + participation_norm.new <= population.persons + "
		"~old_contact",
		.each = NOTHING },
	{ "10: never, and t0 more than 90 days ago; 4: so not new",
		"contact.over_90_days + combined_pathway.new <= population.persons + ~old_contact",
		.each = NOTHING },
	{ "11: over G", "plan.in_force <= population.under_guidance", .each = NOTHING },
	{ "11: with_perspective, in force", "plan.with_perspective <= plan.in_force",
		.each = NOTHING },
	{ "4: plan in force with both parts, of R",
		"combined_pathway.planned.yes + population.under_guidance <= plan.in_force + "
		"population.persons",
		.each = NOTHING },
	{ "12: over R; none", "population.persons = intake.none + ~with_intake", .each = NOTHING },
	{ "12: complete, with an intake", "intake.complete <= ~with_intake", .each = NOTHING },
	{ "12: extended, with an intake", "intake.extended <= ~with_intake", .each = NOTHING },
	{ "13: over R", "barriers.people <= population.persons", .each = NOTHING },
	{ "13: people with any", "barriers.people <= barriers.by_kind.%", .sum = BARRIERS },
	{ "13: people with any", "barriers.by_kind.# <= barriers.people", .each = BARRIERS },
	{ "14: corrections, of records", "data_quality.corrections <= data_quality.records",
		.each = NOTHING },
};

/* The members of a set, as they stand in paths. */
struct members {
	const char *const *names;
	unsigned first;
	unsigned end;
};

static struct members members_of(enum set set)
{
	static const char *const digits[] = { "0", "1", "2", "3", "4", "5", "6" };
	static const char *const answers[] = { "yes", "no", "unknown", "exempt", "new" };
	static const char *const outcomes[] = { "fully_paid", "subsidised", "none", "unknown" };
	switch (set) {
	case NOTHING:
		return (struct members){ digits, 0, 1 };
	case RUNGS:
		return (struct members){ digits, 1, 7 };
	case ANSWERS:
		return (struct members){ answers, 0, ARRAY_LENGTH(answers) };
	case OUTCOMES:
		return (struct members){ outcomes, 0, ARRAY_LENGTH(outcomes) };
	case PARTIES:
		return (struct members){ enumeration_org_type.names, 1, ORG_TYPE_END };
	case REGIMES:
		return (struct members){ enumeration_regime.names, 1, REGIME_END };
	case BARRIERS:
		return (struct members){ enumeration_barrier.names, 1, BARRIER_END };
	}
	check_failed("a set of the enum", __FILE__, __LINE__);
}

void relations_init(struct relations *relations, struct arena *arena)
{
	*relations = (struct relations){ 0 };
	relations->names = arena_take(arena, NUMBERS_MAX * sizeof(*relations->names));
	relations->terms = arena_take(arena, TERMS_MAX * sizeof(*relations->terms));
	relations->rows = arena_take(arena, RELATIONS_MAX * sizeof(*relations->rows));
	CHECK(relations->names != NULL && relations->terms != NULL && relations->rows != NULL);
}

uint16_t relations_number(struct relations *relations, const char *name)
{
	for (uint16_t i = 0; i < relations->number_count; i++) {
		if (strcmp(relations->names[i], name) == 0)
			return i;
	}
	size_t length = strlen(name);
	CHECK(relations->number_count < NUMBERS_MAX && length < NUMBER_NAME_SIZE);
	memcpy(relations->names[relations->number_count], name, length + 1);
	return relations->number_count++;
}

bool number_is_hidden(const struct relations *relations, uint16_t number)
{
	return relations->names[number][0] == '~';
}

bool number_is_weight(const struct relations *relations, uint16_t number)
{
	const char *name = relations->names[number];
	return name[strlen(name) - 1] == '*';
}

/* What the letters of a pattern stand for, in one of its relations. */
struct filling {
	const char *each; /* # */
	enum set sum;     /* % */
};

/* Copies a word of a pattern with its letters filled in. */
static void fill(
	struct bytes word, const struct filling *filling, const char *part, char *out, size_t size)
{
	size_t length = 0;
	for (size_t i = 0; i < word.length; i++) {
		char letter[2] = { (char)word.data[i], '\0' };
		const char *put = *letter == '#' ? filling->each : *letter == '%' ? part : letter;
		CHECK(put != NULL && length + strlen(put) < size);
		memcpy(out + length, put, strlen(put));
		length += strlen(put);
	}
	out[length] = '\0';
}

static void term_add(struct relations *relations, int32_t coefficient, const char *name)
{
	CHECK(relations->term_count < TERMS_MAX);
	relations->terms[relations->term_count++] =
		(struct term){ coefficient, relations_number(relations, name) };
}

/* One word that is a name, or a pattern of names to be added up. */
static void word_add(struct relations *relations, int32_t coefficient, struct bytes word,
	const struct filling *filling)
{
	char name[NUMBER_NAME_SIZE];
	struct members parts = members_of(filling->sum);
	if (memchr(word.data, '%', word.length) == NULL)
		parts = members_of(NOTHING);
	for (unsigned i = parts.first; i < parts.end; i++) {
		fill(word, filling, parts.names[i], name, sizeof(name));
		term_add(relations, coefficient, name);
	}
}

static struct bytes next_word(const char **text)
{
	*text += strspn(*text, " ");
	struct bytes word = bytes_of(*text, strcspn(*text, " "));
	*text += word.length;
	return word;
}

static bool is_whole(struct bytes word)
{
	uint8_t last = word.length == 0 ? 0 : word.data[word.length - 1];
	return last >= '0' && last <= '9' &&
	       (word.data[0] == '-' || (word.data[0] >= '0' && word.data[0] <= '9'));
}

static void filled_add(struct relations *relations, const char *sentence, const char *text,
	const struct filling *filling)
{
	bool equal = strstr(text, " <= ") == NULL;
	/* "a <= b" is kept as 0 <= b - a. */
	int32_t sign = equal ? 1 : -1;
	int64_t constants = 0;
	struct relation row = { .sentence = sentence, .first = relations->term_count };
	for (struct bytes word = next_word(&text); word.length > 0; word = next_word(&text)) {
		if (bytes_are(word, "=") || bytes_are(word, "<=")) {
			sign = -sign;
			continue;
		}
		if (bytes_are(word, "+"))
			continue;
		if (!is_whole(word)) {
			word_add(relations, sign, word, filling);
			continue;
		}
		int32_t whole = sign * (int32_t)strtol((const char *)word.data, NULL, 10);
		const char *before = text;
		word = next_word(&text);
		if (word.length > 0 && strchr("+=<", word.data[0]) == NULL) {
			word_add(relations, whole, word, filling);
		} else {
			constants += whole;
			text = before;
		}
	}
	row.count = (uint16_t)(relations->term_count - row.first);
	row.min = -constants;
	row.max = equal ? -constants : MANY;
	CHECK(relations->row_count < RELATIONS_MAX);
	relations->rows[relations->row_count++] = row;
}

void relations_add(struct relations *relations, const char *sentence, const char *text)
{
	static const struct filling nothing = { NULL, NOTHING };
	filled_add(relations, sentence, text, &nothing);
}

static void pattern_add(struct relations *relations, const struct pattern *pattern)
{
	struct members members = members_of(pattern->each);
	for (unsigned i = members.first; i < members.end; i++) {
		struct filling filling = { members.names[i], pattern->sum };
		filled_add(relations, pattern->sentence, pattern->text, &filling);
	}
}

void relations_add_contract(struct relations *relations)
{
	for (size_t i = 0; i < ARRAY_LENGTH(patterns); i++)
		pattern_add(relations, &patterns[i]);
}
