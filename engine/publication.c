/*
 * engine/publication.c - see publication.h.
 */
#include "engine/publication.h"

#include <stdlib.h>

#include "base/check.h"
#include "engine/print.h"
#include "engine/tally.h"

enum err publication_disclose(
	const struct publication *publication, int64_t round_to, struct disclosure *out)
{
	struct part *part;
	enum err err = part_unpack(&publication->part, publication->municipality, &part);
	if (err != OK)
		return err;
	err = part_disclose(part, round_to, out);
	part_free(part);
	return err;
}

enum err publication_build(
	const struct publication *publication, struct arena *arena, const struct figure **out)
{
	CHECK(publication->disclosure.round_to > 0 && !publication->disclosure.withheld);
	const struct question question = question_at(publication->as_of);
	const struct answer_head head = {
		.as_of = publication->as_of,
		.known_us = publication->recorded_us,
		.municipality = publication->municipality,
		.window_days = question.window_days,
		.round_to = publication->disclosure.round_to,
		.moves = &publication->disclosure.moves,
	};
	struct part *part;
	enum err err = part_unpack(&publication->part, publication->municipality, &part);
	if (err != OK)
		return err;
	*out = part_build(&head, part, &question, arena);
	part_free(part);
	return OK;
}

enum err publication_print(const struct publication *publication, struct text *out)
{
	struct arena arena;
	const struct figure *root;
	enum err err = arena_init(&arena, FIGURES_ARENA_SIZE);
	if (err != OK)
		return err;
	err = publication_build(publication, &arena, &root);
	if (err == OK)
		figure_print_json(root, out);
	arena_release(&arena);
	return err == OK && out->failed ? ERR_FULL : err;
}

static int by_place_and_day(const void *a, const void *b)
{
	const struct publication *left = *(const struct publication *const *)a;
	const struct publication *right = *(const struct publication *const *)b;
	if (left->municipality != right->municipality)
		return left->municipality < right->municipality ? -1 : 1;
	return (left->as_of > right->as_of) - (left->as_of < right->as_of);
}

enum err publications_init(
	struct publications *publications, struct publication *const *list, size_t count)
{
	*publications = (struct publications){
		.items = calloc(count + 1, sizeof(const struct publication *)),
		.count = count,
	};
	if (publications->items == NULL)
		return ERR_FULL;
	for (size_t i = 0; i < count; i++)
		publications->items[i] = list[i];
	qsort(publications->items, count, sizeof(const struct publication *), by_place_and_day);
	return OK;
}

void publications_release(struct publications *publications)
{
	free(publications->items);
	*publications = (struct publications){ 0 };
}

enum publication_state publications_ask(const struct publications *publications,
	const struct publication_question *question, const struct publication **out)
{
	*out = NULL;
	for (size_t i = 0; i < publications->count; i++) {
		const struct publication *item = publications->items[i];
		if (item->municipality == question->municipality &&
			(question->as_of == DAY_NONE || item->as_of == question->as_of))
			*out = item;
	}
	if (*out != NULL && question->has_known_at && question->known_us != (*out)->recorded_us)
		*out = NULL;
	if (*out == NULL)
		return PUBLICATION_NONE;
	return (*out)->disclosure.withheld ? PUBLICATION_WITHHELD : PUBLICATION_SHOWN;
}

const struct publication *const *publications_before(const struct publications *publications,
	const struct publication *publication, size_t max, size_t *count)
{
	size_t end = 0;
	while (end < publications->count && publications->items[end] != publication)
		end++;
	CHECK(end < publications->count);
	size_t first = end;
	while (first > 0 && end - first < max &&
		publications->items[first - 1]->municipality == publication->municipality)
		first--;
	*count = end - first;
	return publications->items + first;
}
