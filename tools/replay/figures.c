/*
 * tools/replay/figures.c - `ladder replay` at one reference date: JSON or CSV, of all or
 * of every municipality, also per group of spells.
 */
#include "tools/replay/figures.h"

#include <stdlib.h>

#include "base/date.h"
#include "engine/csv.h"
#include "engine/groups.h"
#include "engine/print.h"
#include "engine/split.h"
#include "tools/common/options.h"

/* The municipalities whose answers are printed, in order; PART_ALL first. */
struct municipalities {
	uint16_t *list;
	size_t count;
};

/* Marks the municipalities that a tally says something about. */
static void municipalities_mark(bool *marks, const struct tally *tally)
{
	for (size_t i = 0; i < tally->used_count; i++) {
		uint16_t municipality = tally->parts[tally->used[i]]->municipality;
		if (municipality != PART_ALL)
			marks[municipality] = true;
	}
}

static enum err municipalities_find(
	const struct replay *replay, const bool marks[PARTS_MAX], struct municipalities *out)
{
	out->count = 0;
	out->list = calloc(PARTS_MAX, sizeof(*out->list));
	if (out->list == NULL)
		return ERR_FULL;
	out->list[out->count++] = replay->only;
	for (uint16_t m = 0; replay->each && m < PARTS_MAX - 1; m++) {
		if (marks[m])
			out->list[out->count++] = m;
	}
	return OK;
}

enum err replay_answers_print(const struct replay *replay, const struct answers *answers,
	bool with_names, struct text *out)
{
	bool marks[PARTS_MAX] = { false };
	struct municipalities chosen;
	municipalities_mark(marks, answers->tally);
	for (size_t i = 0; i < answers->agreements.count; i++)
		marks[answers->agreements.items[i].municipality] = true;
	enum err err = municipalities_find(replay, marks, &chosen);
	if (err != OK)
		return err;
	if (replay->csv && with_names)
		csv_print_names(out);
	for (size_t i = 0; i < chosen.count && err == OK; i++)
		err = replay->csv ? answers_print_csv(answers, chosen.list[i], out)
				  : answers_print_json(answers, chosen.list[i], 0, out);
	free(chosen.list);
	return err;
}

static enum err groups_print(const struct replay *replay, const struct answers *answers,
	const struct groups *groups, uint16_t municipality, struct text *out)
{
	struct arena arena;
	const struct figure *root;
	struct answer_head head = answers_head(answers, municipality, 0);
	enum err err = arena_init(&arena, GROUPS_ARENA_SIZE(groups->count));
	if (err != OK)
		return err;
	err = groups_build(&head, groups, &answers->question, &arena, &root);
	if (err == OK && replay->csv)
		csv_print_figures(root, out);
	else if (err == OK)
		figure_print_json(root, out);
	arena_release(&arena);
	return err == OK && out->failed ? ERR_FULL : err;
}

static enum err groups_write(const struct replay *replay, struct answers *answers,
	struct reader *reader, const struct question *question, struct text *out)
{
	bool marks[PARTS_MAX] = { false };
	struct groups groups;
	struct municipalities chosen;
	enum err err = groups_fold(&answers->folding, &answers->histories, reader, question,
		grouping_find(replay->by), &groups);
	if (err != OK)
		return err;
	for (size_t i = 0; i < groups.count; i++)
		municipalities_mark(marks, groups.list[i].tally);
	answers->question = *question;
	err = municipalities_find(replay, marks, &chosen);
	if (replay->csv)
		csv_print_names(out);
	for (size_t i = 0; err == OK && i < chosen.count; i++)
		err = groups_print(replay, answers, &groups, chosen.list[i], out);
	free(chosen.list);
	groups_release(&groups);
	return err;
}

int replay_figures(const struct replay *replay, struct reader *reader)
{
	int64_t known_us, latest_us;
	struct answers answers;
	struct text out = { 0 };
	int code = replay_known(replay, reader, &known_us, &latest_us);
	if (code != EX_OK)
		return code;
	int32_t as_of = replay->as_of == DAY_NONE ? zone_day(known_us) : replay->as_of;
	if (as_of > zone_day(known_us))
		return complain("replay", EX_USAGE,
			"--as-of must not be later than the day of --known-at.");
	struct question question = replay_question(replay, as_of);
	enum err err = answers_init(&answers, split_cores(), NULL);
	if (err != OK)
		return store_complain("replay", err, replay->store);
	err = answers_know(&answers, reader, known_us);
	if (err == OK && replay->by != NULL) {
		err = groups_write(replay, &answers, reader, &question, &out);
	} else if (err == OK) {
		err = answers_ask(&answers, reader, &question);
		if (err == OK && (replay->each || replay->only != PART_ALL))
			err = answers_agree(&answers, reader, replay->only);
		if (err == OK)
			err = replay_answers_print(replay, &answers, true, &out);
	}
	answers_release(&answers);
	return replay_write(replay, err, &out);
}
