/*
 * page/trend_fold.c - see trend_fold.h.
 */
#include "page/trend_fold.h"

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

enum err trend_fold(struct answers *answers, struct reader *reader, uint16_t municipality,
	const struct question *question, struct trend_point points[TREND_POINTS_MAX], size_t *count)
{
	struct arena arena;
	enum err err = arena_init(&arena, FIGURES_ARENA_SIZE);
	if (err != OK)
		return err;
	*count = 0;
	for (int quarters = TREND_POINTS_MAX; quarters >= 1 && err == OK; quarters--) {
		struct trend_point *point = &points[*count];
		err = point_fold(answers, reader, municipality, question,
			trend_quarter_end(question->as_of, quarters), &arena, point);
		if (err == OK && (*count > 0 || point->values[INDEX_TREND_PERSONS].share > 0))
			++*count;
	}
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
