/*
 * page/trend_fold.c - see trend_fold.h.
 */
#include "page/trend_fold.h"

#include "base/date.h"

static enum err point_fold(struct answers *answers, struct reader *reader, uint16_t municipality,
	const struct question *asked, int32_t as_of, struct arena *arena, struct trend_point *out)
{
	struct question question = *asked;
	question.as_of = as_of;
	enum err err = answers_ask_of(answers, reader, &question, municipality);
	if (err != OK)
		return err;
	struct answer_head head = answers_head(answers, municipality, 0);
	arena_reset(arena);
	*out = trend_point_of(
		answer_build(&head, answers->tally, &question, arena), as_of, answers->known_us);
	return OK;
}

static enum err points_fold(struct answers *answers, struct reader *reader, uint16_t municipality,
	const struct question *question, struct arena *arena, struct background *out)
{
	enum err err = OK;
	out->count = 0;
	for (int quarters = TREND_POINTS_MAX; quarters >= 1 && err == OK; quarters--) {
		struct trend_point *point = &out->points[out->count];
		err = point_fold(answers, reader, municipality, question,
			trend_quarter_end(question->as_of, quarters), arena, point);
		if (err == OK && (out->count > 0 || point->values[INDEX_TREND_PERSONS].share > 0))
			++out->count;
	}
	return err;
}

/* The counts at the end of the quarter before, with what the answers know. */
static enum err counts_fold(struct answers *answers, struct reader *reader, uint16_t municipality,
	const struct question *asked, struct arena *arena, struct counts *out)
{
	struct question question = *asked;
	question.as_of = trend_quarter_end(asked->as_of, 1);
	enum err err = answers_ask_of(answers, reader, &question, municipality);
	if (err != OK)
		return err;
	struct answer_head head = answers_head(answers, municipality, 0);
	arena_reset(arena);
	*out = counts_of(answer_build(&head, answers->tally, &question, arena));
	return OK;
}

static enum err lately_add(struct answers *answers, struct reader *reader, uint16_t municipality,
	const struct question *question, struct background *out)
{
	struct lately lately;
	enum err err = lately_fold(answers, reader, question, municipality, &lately);
	if (err != OK)
		return err;
	lately_read(&lately, out->lately);
	lately_release(&lately);
	return OK;
}

enum err background_fold(struct answers *answers, struct reader *reader, uint16_t municipality,
	const struct question *question, struct background *out)
{
	struct arena arena;
	enum err err = arena_init(&arena, FIGURES_ARENA_SIZE);
	if (err != OK)
		return err;
	out->changes.day = trend_quarter_end(question->as_of, 1);
	err = counts_fold(answers, reader, municipality, question, &arena, &out->changes.since);
	if (err == OK)
		err = points_fold(answers, reader, municipality, question, &arena, out);
	if (err == OK)
		err = lately_add(answers, reader, municipality, question, out);
	arena_release(&arena);
	return err;
}

int64_t background_then_us(const struct question *question, int64_t known_us)
{
	int64_t end_us = zone_day_last_us(trend_quarter_end(question->as_of, 1));
	return end_us < known_us ? end_us : known_us;
}

enum err background_fold_then(struct answers *answers, struct reader *reader, uint16_t municipality,
	const struct question *question, struct background *out)
{
	struct arena arena;
	enum err err = arena_init(&arena, FIGURES_ARENA_SIZE);
	if (err != OK)
		return err;
	err = counts_fold(answers, reader, municipality, question, &arena, &out->changes.then);
	arena_release(&arena);
	return err;
}

enum err trend_of_publications(const struct publications *publications,
	const struct publication *publication, struct trend_point points[TREND_POINTS_MAX],
	size_t *count)
{
	struct arena arena;
	const struct publication *before[TREND_POINTS_MAX];
	enum err err = arena_init(&arena, FIGURES_ARENA_SIZE);
	if (err != OK)
		return err;
	*count = publications_before(publications, publication, TREND_POINTS_MAX, before);
	for (size_t i = 0; i < *count && err == OK; i++) {
		const struct publication_question question = {
			.municipality = before[i]->municipality,
			.as_of = before[i]->as_of,
			.known_day = DAY_NONE,
		};
		const struct figure *tree = NULL;
		arena_reset(&arena);
		if (publications_ask(publications, &question).state == PUBLICATION_SHOWN)
			err = publication_build(before[i], &arena, &tree);
		points[i] = trend_point_of(tree, before[i]->as_of, before[i]->recorded_us);
	}
	arena_release(&arena);
	return err;
}
