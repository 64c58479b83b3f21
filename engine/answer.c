/*
 * engine/answer.c - see answer.h.
 */
#include "engine/answer.h"

#include <string.h>

#include "base/check.h"
#include "base/date.h"
#include "engine/tally.h"

static const char *text_in_arena(struct arena *arena, const char *text)
{
	struct bytes copy;
	CHECK(arena_copy(arena, bytes_of(text, strlen(text) + 1), &copy) == OK);
	return (const char *)copy.data;
}

/* Which definitions differ from the contract's; nothing when none does. */
static void what_if_build(const struct question *question, struct figures *figures)
{
	const struct question contract = question_at(question->as_of);
	const struct {
		const char *name;
		int32_t value;
		bool differs;
	} policies[] = {
#define POLICY_ROW(name, ...) { #name, question->name, question->name != contract.name },
		POLICIES(POLICY_ROW)
#undef POLICY_ROW
	};
	bool opened = false;
	for (size_t i = 0; i < ARRAY_LENGTH(policies); i++) {
		if (!policies[i].differs)
			continue;
		if (!opened)
			figures_object(figures, "what_if");
		opened = true;
		figures_integer(figures, policies[i].name, policies[i].value);
	}
	if (opened)
		figures_end(figures);
}

/* Is it the quarter that ended last before the civil day of K? */
static bool head_is_newest(const struct answer_head *head)
{
	return head->as_of == date_quarter_before(zone_day(head->known_us));
}

void answer_begin(const struct answer_head *head, const struct question *question,
	struct arena *arena, struct figures *figures)
{
	const bool is_public = head->round_to != 0;
	char as_of[DATE_LENGTH + 1], known_at[INSTANT_LENGTH + 1];
	char municipality[MUNICIPALITY_LENGTH + 1] = "all";

	date_print(head->as_of, as_of);
	if (is_public)
		date_print(zone_day(head->known_us), known_at);
	else
		instant_print(head->known_us, known_at);
	if (head->municipality != PART_ALL)
		municipality_print(head->municipality, municipality);

	figures_init(figures, arena, head->round_to);
	figures->newest_quarter = head_is_newest(head);
	figures->moves = head->moves;
	figures->agreements = head->agreements;
	figures->impossible = head->impossible;
	figures_integer(figures, "definitions", question->definitions);
	figures_text(figures, "as_of", text_in_arena(arena, as_of));
	figures_text(figures, "known_at", text_in_arena(arena, known_at));
	figures_text(figures, "municipality", text_in_arena(arena, municipality));
	figures_integer(figures, "window", head->window_days);
	what_if_build(question, figures);
	figures_text(figures, "profile", is_public ? "public" : "internal");
	if (is_public) {
		figures_integer(figures, "rounded_to", head->round_to);
		return;
	}
	figures_integer(figures, "erased_people", (int64_t)head->acts.erased_people);
	if (head->acts.complete_from == 0)
		return;
	char complete_from[DATE_LENGTH + 1];
	date_print(head->acts.complete_from, complete_from);
	figures_text(figures, "complete_from", text_in_arena(arena, complete_from));
}

const struct figure *answer_build(const struct answer_head *head, const struct tally *tally,
	const struct question *question, struct arena *arena)
{
	const struct part *part = tally == NULL ? NULL : tally_part(tally, head->municipality);
	return part_build(head, part, question, arena);
}

/* The sums of a part; of NULL, to which nothing was ever added, zeros in the arena. */
static struct sums sums_of(const struct part *part, struct arena *arena)
{
	if (part != NULL)
		return (struct sums){ part->counters, part->histograms, NULL };
	struct sums sums = {
		arena_take(arena, registry_counters() * sizeof(*sums.counters)),
		arena_take(arena, registry_histograms() * sizeof(*sums.histograms)),
		NULL,
	};
	CHECK(sums.counters != NULL && sums.histograms != NULL);
	return sums;
}

const struct figure *part_build(const struct answer_head *head, const struct part *part,
	const struct question *question, struct arena *arena)
{
	struct figures figures;
	struct sums sums = sums_of(part, arena);
	answer_begin(head, question, arena, &figures);
	registry_figures(&sums, question->definitions, &figures);
	return figures.root;
}

enum err part_disclose(
	const struct answer_head *head, const struct part *part, struct disclosure *out)
{
	const struct public_question question = {
		.round_to = head->round_to,
		.newest_quarter = head_is_newest(head),
	};
	struct arena zeros, work;
	enum err err = arena_init(&zeros, FIGURES_ARENA_SIZE);
	if (err != OK)
		return err;
	err = arena_init(&work, DISCLOSURE_ARENA_SIZE);
	if (err == OK) {
		struct sums sums = sums_of(part, &zeros);
		disclosure_find(sums.counters, sums.histograms, &question, &work, out);
		arena_release(&work);
	}
	arena_release(&zeros);
	return err;
}
