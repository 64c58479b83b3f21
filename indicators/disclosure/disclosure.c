/*
 * indicators/disclosure/disclosure.c - see disclosure.h.
 *
 * Print, look, move one count, print again: shares, thresholds and nulls follow from the
 * moved counts, and so does what means, days and estimates say about the exact ones.
 */
#include "indicators/disclosure/disclosure.h"

#include <math.h>
#include <stdio.h>

#include "base/check.h"

#define CONTACT_STEP_DAYS 91 /* the step of `contact` that has 90 days in it */
#define DAYS_PER_YEAR     365.25

#define BASES_OF_PEOPLE 2 /* a municipality with fewer people, as shown, is not shown */

CHECK_STATIC(COUNT_NAME_SIZE == NUMBER_NAME_SIZE);

/* The member of an array whose first value reads `name`, or of an object. */
static const struct figure *member_of(const struct figure *figure, const char *name)
{
	char text[16];
	if (figure->kind != FIGURE_ARRAY)
		return figure_child(figure, name);
	for (const struct figure *at = figure->as.first; at != NULL; at = at->next) {
		const struct figure *first = at->as.first;
		if (first->kind == FIGURE_TEXT)
			snprintf(text, sizeof(text), "%s", first->as.text);
		else
			snprintf(text, sizeof(text), "%lld", (long long)first->as.integer);
		if (strcmp(text, name) == 0)
			return at;
	}
	return NULL;
}

/* The figure that a number's name leads to. */
static const struct figure *figure_of(const struct figure *root, const char *name)
{
	char part[NUMBER_NAME_SIZE];
	const struct figure *figure = root;
	size_t length = strcspn(name, ".");
	if (strncmp(name, "population.", length + 1) != 0)
		figure = figure_child(root, "indicators");
	for (const char *at = name; *at != '\0';) {
		length = strcspn(at, ".*");
		memcpy(part, at, length);
		part[length] = '\0';
		figure = member_of(figure, part);
		CHECK(figure != NULL);
		at += length + (at[length] != '\0');
	}
	return figure;
}

/* A count of a window, of a quarter that is not the newest, is null: hidden as well. */
static void shown_read(
	struct rounding *rounding, const struct relations *relations, const struct figure *root)
{
	for (uint16_t x = 0; x < relations->number_count; x++) {
		rounding->shown[x] = SHOWN_NONE;
		if (number_is_hidden(relations, x))
			continue;
		const struct figure *figure = figure_of(root, relations->names[x]);
		if (figure->kind == FIGURE_INTEGER)
			rounding->shown[x] = figure->as.integer;
		if (figure->kind == FIGURE_NUMBER)
			rounding->shown[x] = (int64_t)llround(figure->as.number);
	}
}

/* What `mean_domains`, in steps of a half, says: domains / people is within a quarter of it. */
static void mean_add(struct relations *relations, const struct figure *root)
{
	static const char sentence[] = "12: mean_domains over R, ten domains together";
	char text[96];
	const struct figure *mean = figure_of(root, "intake.mean_domains");
	if (mean->kind == FIGURE_NULL)
		return;
	int fours = (int)lround(4 * mean->as.number);
	snprintf(text, sizeof(text), "%d population.persons <= 4 ~domains", fours - 1);
	relations_add(relations, sentence, text);
	snprintf(text, sizeof(text), "4 ~domains + 1 <= %d population.persons", fours + 1);
	relations_add(relations, sentence, text);
	relations_add(relations, sentence, "~with_intake + 9 intake.complete <= ~domains");
	relations_add(relations, sentence, "~domains <= 9 ~with_intake + intake.complete");
}

/* Of n days the ceil(q n)-th is up to 87, or 95 and more: on which side of 90 is known. */
static void contact_add(struct relations *relations, const struct figure *root)
{
	static const struct {
		const char *name;
		const char *before;
		const char *after;
	} rows[] = {
		{ "contact.median_days", "10 ~old_contact <= 5 ~had_contact",
			"5 ~had_contact + 1 <= 10 ~old_contact" },
		{ "contact.p90_days", "10 ~old_contact <= 1 ~had_contact",
			"1 ~had_contact + 1 <= 10 ~old_contact" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct figure *days = figure_of(root, rows[i].name);
		if (days->kind == FIGURE_NULL || days->as.integer == CONTACT_STEP_DAYS)
			continue;
		relations_add(relations, "10: nearest rank",
			days->as.integer < CONTACT_STEP_DAYS ? rows[i].before : rows[i].after);
	}
}

/*
 * Whether a mean or a quantile is over anybody at all depends on exact counts. When so many
 * are shown that one would be there, null says that nobody is.
 */
static void nobody_add(
	struct relations *relations, const struct rounding *rounding, const struct figure *root)
{
	static const struct {
		const char *figure;
		const char *whole;
		const char *less;
		const char *nobody;
	} rows[] = {
		{ "intake.mean_parties", "population.persons", "intake.none",
			"population.persons <= intake.none" },
		{ "contact.median_days", "population.under_guidance", "contact.never",
			"population.under_guidance <= contact.never" },
		{ "data_quality.delay_p50_days", "data_quality.records", "data_quality.corrections",
			"data_quality.records <= data_quality.corrections" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		int64_t whole = rounding->shown[relations_number(relations, rows[i].whole)];
		int64_t less = rounding->shown[relations_number(relations, rows[i].less)];
		if (figure_of(root, rows[i].figure)->kind == FIGURE_NULL &&
			whole - less >= 2 * rounding->base)
			relations_add(relations, "10, 12, 14: over nobody", rows[i].nobody);
	}
}

/* Who lives there at P does so on one day at least. */
static void person_years_add(
	struct relations *relations, const struct rounding *rounding, const struct figure *root)
{
	char text[96];
	const struct figure *years = figure_of(root, "sanctions.person_years");
	if (years->kind == FIGURE_NULL)
		return;
	double years_max = years->as.number + (double)rounding->base / 2;
	snprintf(text, sizeof(text), "population.persons <= %lld",
		(long long)(years_max * DAYS_PER_YEAR));
	relations_add(relations, "8: days on which people lived in m", text);
}

static void move_note(struct count_moves *moves, const char *name, int32_t steps)
{
	struct count_move *move = &moves->items[moves->count++];
	snprintf(move->name, sizeof(move->name), "%s", name);
	move->steps = steps;
}

/* All that the search for the moves of one answer needs. */
struct finding_moves {
	const int64_t *counters;
	const struct histogram *histograms;
	const struct public_question *question;
	struct relations contract;
	struct arena *arena; /* with the relations of spec/indicators.md in it */
};

/* Prints with the moves so far and reads what an intruder sees. */
static void shown_print(const struct finding_moves *find, const struct count_moves *moves,
	struct relations *relations, struct rounding *rounding)
{
	struct figures figures;
	figures_init(&figures, find->arena, find->question->round_to);
	figures.newest_quarter = find->question->newest_quarter;
	figures.moves = moves;
	const struct sums sums = { find->counters, find->histograms, NULL };
	registry_figures(&sums, DEFINITIONS, &figures);
	*relations = find->contract;
	shown_read(rounding, relations, figures.root);
	mean_add(relations, figures.root);
	contact_add(relations, figures.root);
	nobody_add(relations, rounding, figures.root);
	person_years_add(relations, rounding, figures.root);
}

/* Moves counts beside those that `moves` has, until none is at risk. False: it is not safe. */
static bool moves_find(
	const struct finding_moves *find, int64_t *work_left, struct count_moves *moves)
{
	struct relations relations = find->contract;
	struct rounding rounding;
	struct rounding_move move;
	size_t mark = find->arena->used;
	uint16_t persons = relations_number(&relations, "population.persons");
	rounding_init(&rounding, &relations, find->question->round_to);
	rounding.work_left = *work_left;
	rounding.shown_min[persons] = BASES_OF_PEOPLE * find->question->round_to;
	rounding.is_sum[relations_number(&relations, "job_durability.spells")] = true;
	for (;;) {
		shown_print(find, moves, &relations, &rounding);
		enum rounding_outcome outcome = ROUNDING_IMPOSSIBLE;
		if (rounding.shown[persons] >= rounding.shown_min[persons])
			outcome = rounding_step(&rounding, find->arena, &move);
		arena_rewind(find->arena, mark);
		*work_left = rounding.work_left;
		if (outcome != ROUNDING_MOVED || moves->count == COUNT_MOVES_MAX)
			return outcome == ROUNDING_SAFE;
		move_note(moves, relations.names[move.number], move.steps);
	}
}

void disclosure_find(const int64_t *counters, const struct histogram *histograms,
	const struct public_question *question, struct arena *arena, struct disclosure *out)
{
	/*
	 * A mean at an end of what can be, all intakes complete or none, leaves counts no
	 * room, however they are moved: then the mean is, by as few steps as help.
	 */
	static const int32_t mean_steps[] = { 0, -1, 1, -2, 2, -3, 3, -4, 4 };
	struct finding_moves find = { counters, histograms, question, .arena = arena };
	int64_t work_left = ROUNDING_WORK;
	arena_reset(arena);
	relations_init(&find.contract, arena);
	relations_add_contract(&find.contract);
	for (size_t i = 0; i < ARRAY_LENGTH(mean_steps); i++) {
		*out = (struct disclosure){ .round_to = question->round_to };
		if (mean_steps[i] != 0)
			move_note(&out->moves, "intake.mean_domains", mean_steps[i]);
		if (moves_find(&find, &work_left, &out->moves))
			return;
	}
	*out = (struct disclosure){ .round_to = question->round_to, .withheld = true };
}
