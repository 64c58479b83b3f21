/*
 * engine/snapshot.c - see snapshot.h.
 */
#include "engine/snapshot.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "engine/kept.h"
#include "engine/print.h"

static void figures_drop(struct snapshot_figures *figures)
{
	if (figures == NULL || atomic_fetch_sub(&figures->holders, 1) > 1)
		return;
	for (size_t i = 0; i < figures->answer_count; i++) {
		packed_release(&figures->answers[i].json);
		kept_tree_release(&figures->answers[i].tree);
		packed_part_drop(figures->answers[i].part);
	}
	free(figures->answers);
	tree_pool_release(&figures->trees);
	service_models_release(&figures->models);
	metrics_release(&figures->metrics);
	free(figures);
}

static void published_drop(struct snapshot_published *published)
{
	if (published == NULL || atomic_fetch_sub(&published->holders, 1) > 1)
		return;
	metrics_release(&published->metrics);
	for (size_t i = 0; i < published->held_count; i++)
		publication_drop(published->held[i]);
	free(published->held);
	publications_release(&published->publications);
	free(published);
}

void snapshot_hold(const struct snapshot *snapshot)
{
	atomic_fetch_add(&snapshot->figures->holders, 1);
	atomic_fetch_add(&snapshot->published->holders, 1);
	worklist_hold(snapshot->worklist);
}

void snapshot_drop(const struct snapshot *snapshot)
{
	figures_drop(snapshot->figures);
	published_drop(snapshot->published);
	worklist_drop(snapshot->worklist);
}

static int by_municipality(const void *a, const void *b)
{
	const struct snapshot_answer *left = a, *right = b;
	return (left->municipality > right->municipality) -
	       (left->municipality < right->municipality);
}

/* What an answer is printed in, and then copied from. */
struct answer_printing {
	struct snapshot_figures *figures;
	const struct live_day *day;
	struct arena arena;
	struct text text;
};

/* Keeps the text so far, of exactly its size. */
static enum err text_keep(const struct text *text, struct packed *out)
{
	uint8_t *copy = text->failed ? NULL : malloc(text->length + 1);
	if (copy == NULL)
		return ERR_FULL;
	memcpy(copy, text->data, text->length);
	*out = (struct packed){ copy, text->length };
	return OK;
}

/* Keeps a tree as JSON, and packed. */
static enum err tree_keep(
	struct answer_printing *printing, struct snapshot_answer *answer, const struct figure *tree)
{
	struct text *text = &printing->text;
	text->length = 0;
	figure_print_json(tree, text);
	enum err err = text_keep(text, &answer->json);
	text->length = 0;
	if (err == OK)
		figures_pack(tree, text);
	if (err == OK && text->failed)
		err = ERR_FULL;
	return err == OK
		       ? kept_tree_take(&printing->figures->trees, text_bytes(text), &answer->tree)
		       : err;
}

static enum err tree_print(struct answer_printing *printing, struct snapshot_answer *answer,
	const struct answer_head *head, const struct part *part)
{
	struct snapshot_figures *figures = printing->figures;
	const struct live_day *day = printing->day;
	arena_reset(&printing->arena);
	const struct figure *tree = part_build(head, part, &day->question, &printing->arena);
	enum err err = tree_keep(printing, answer, tree);
	/* Sums over municipalities are the reader's: there is no municipality="all". */
	if (err == OK && answer->municipality != PART_ALL)
		err = metrics_add(&figures->metrics, answer->municipality, tree, &day->agreements);
	return err;
}

static enum err answer_print(struct answer_printing *printing, struct snapshot_answer *answer)
{
	struct answer_head head = printing->figures->head;
	const struct live_day *day = printing->day;
	struct part *part = NULL;
	struct arena agreed;
	head.municipality = answer->municipality;
	answer->part = packed_part_hold(packed_sums_find(&day->sums, head.municipality));
	enum err err =
		agreements_figures(&day->agreements, head.municipality, &agreed, &head.agreements);
	if (err != OK)
		return err;
	/* Texts are copied when it is unpacked, and so are the keys. */
	answer->tree_room = FIGURES_ARENA_SIZE + 2 * agreed.used;
	err = packed_part_unpack(answer->part, &part);
	if (err == OK)
		err = tree_print(printing, answer, &head, part);
	part_free(part);
	arena_release(&agreed);
	return err;
}

static enum err answers_print(struct snapshot_figures *figures, const struct live_day *day)
{
	struct answer_printing printing = { .figures = figures, .day = day };
	enum err err = arena_init(&printing.arena, FIGURES_ARENA_SIZE);
	for (size_t i = 0; i < figures->answer_count && err == OK; i++)
		err = answer_print(&printing, &figures->answers[i]);
	arena_release(&printing.arena);
	text_release(&printing.text);
	return err;
}

/* Agreements are listed whoever lives there. */
static void add_agreed(struct snapshot_figures *figures, const struct agreements *agreements,
	const struct packed_sums *sums)
{
	uint16_t last = PART_ALL;
	for (size_t i = 0; i < agreements->count; i++) {
		uint16_t municipality = agreements->items[i].municipality;
		if (municipality != last && packed_sums_find(sums, municipality) == NULL)
			figures->answers[figures->answer_count++].municipality = municipality;
		last = municipality;
	}
}

enum err snapshot_figures_new(const struct live *live, const struct live_day *day, int64_t known_us,
	struct snapshot_figures **out)
{
	const struct packed_sums *sums = &day->sums;
	struct snapshot_figures *figures = calloc(1, sizeof(*figures));
	if (figures == NULL)
		return ERR_FULL;
	atomic_init(&figures->holders, 1);
	figures->head = (struct answer_head){
		.as_of = day->question.as_of,
		.known_us = known_us,
		.window_days = day->question.window_days,
		.acts = live->acts,
	};
	figures->answers =
		calloc(sums->count + day->agreements.count + 1, sizeof(*figures->answers));
	enum err err = figures->answers == NULL ? ERR_FULL : metrics_init(&figures->metrics);
	if (err == OK)
		err = service_models_copy(&live->models, &figures->models);
	if (err == OK) {
		for (size_t i = 0; i < sums->count; i++)
			figures->answers[i].municipality = sums->parts[i]->municipality;
		figures->answer_count = sums->count;
		add_agreed(figures, &day->agreements, sums);
		qsort(figures->answers, figures->answer_count, sizeof(*figures->answers),
			by_municipality);
		err = answers_print(figures, day);
	}
	if (err != OK) {
		figures_drop(figures);
		return err;
	}
	*out = figures;
	return OK;
}

/* The figures of a municipality that nothing was ever said about. */
static enum err nothing_print(
	const struct snapshot *snapshot, uint16_t municipality, struct text *out)
{
	struct arena arena;
	struct question question = question_at(snapshot->as_of);
	struct answer_head head = snapshot->figures->head;
	head.municipality = municipality;
	enum err err = arena_init(&arena, FIGURES_ARENA_SIZE);
	if (err != OK)
		return err;
	figure_print_json(answer_build(&head, NULL, &question, &arena), out);
	arena_release(&arena);
	return out->failed ? ERR_FULL : OK;
}

/* NULL: nothing was ever said about it. */
static const struct snapshot_answer *answer_find(
	const struct snapshot *snapshot, uint16_t municipality)
{
	struct snapshot_answer wanted = { .municipality = municipality };
	return bsearch(&wanted, snapshot->figures->answers, snapshot->figures->answer_count,
		sizeof(wanted), by_municipality);
}

enum err snapshot_curves(const struct snapshot *snapshot, uint16_t municipality, struct curves *out)
{
	const struct snapshot_answer *answer = answer_find(snapshot, municipality);
	struct part *part = NULL;
	*out = (struct curves){ .cells = NULL };
	if (answer == NULL)
		return ERR_NOT_FOUND;
	enum err err = packed_part_unpack(answer->part, &part);
	if (err == OK)
		err = curves_copy(part, out);
	part_free(part);
	return err;
}

/* Builds the tree in an arena that is there. */
static enum err tree_make(const struct snapshot *snapshot, const struct snapshot_answer *answer,
	struct arena *arena, const struct figure **out)
{
	const struct figure *shown;
	enum err err = kept_tree_unpack(&answer->tree, arena, &shown);
	CHECK(err != ERR_CORRUPT);
	if (err != OK)
		return err;
	/* The members up to known_at are copied, and lead to the others. */
	struct figure *root = arena_take(arena, sizeof(*root));
	char *known_at = arena_take(arena, INSTANT_LENGTH + 1);
	CHECK(root != NULL && known_at != NULL);
	*root = *shown;
	const struct figure **place = &root->as.first;
	for (const struct figure *from = shown->as.first;; from = from->next) {
		struct figure *copy = arena_take(arena, sizeof(*copy));
		CHECK(copy != NULL);
		*copy = *from;
		*place = copy;
		place = &copy->next;
		if (strcmp(copy->key, "known_at") != 0)
			continue;
		instant_print(snapshot->known_us, known_at);
		copy->as.text = known_at;
		*out = root;
		return OK;
	}
}

enum err snapshot_tree(const struct snapshot *snapshot, uint16_t municipality, struct arena *arena,
	const struct figure **out)
{
	const struct snapshot_answer *answer = answer_find(snapshot, municipality);
	enum err err = arena_init(arena, answer == NULL ? FIGURES_ARENA_SIZE : answer->tree_room);
	if (err != OK)
		return err;
	if (answer != NULL) {
		err = tree_make(snapshot, answer, arena, out);
	} else {
		struct question question = question_at(snapshot->as_of);
		struct answer_head head = snapshot->figures->head;
		head.municipality = municipality;
		head.known_us = snapshot->known_us;
		*out = part_build(&head, NULL, &question, arena);
	}
	if (err != OK)
		arena_release(arena);
	return err;
}

enum err snapshot_print(const struct snapshot *snapshot, uint16_t municipality, struct text *out)
{
	const struct snapshot_answer *answer = answer_find(snapshot, municipality);
	size_t begin = out->length;
	enum err err = OK;
	if (answer == NULL)
		err = nothing_print(snapshot, municipality, out);
	else
		text_add(out, bytes_of(answer->json.data, answer->json.length));
	if (err != OK || out->failed)
		return ERR_FULL;
	char known_at[INSTANT_LENGTH + 1];
	instant_print(snapshot->known_us, known_at);
	CHECK(out->length - begin > ANSWER_KNOWN_AT_OFFSET + INSTANT_LENGTH &&
		out->data[begin + ANSWER_KNOWN_AT_OFFSET - 1] == '"');
	memcpy(out->data + begin + ANSWER_KNOWN_AT_OFFSET, known_at, INSTANT_LENGTH);
	return OK;
}

/* The metrics of what each municipality shows without a day being named. */
static enum err newest_print(struct snapshot_published *published)
{
	const struct publications *publications = &published->publications;
	struct arena arena = { 0 };
	enum err err = arena_init(&arena, FIGURES_ARENA_SIZE);
	for (size_t i = 0; i < publications->count && err == OK; i++) {
		const struct publication *item = publications->items[i].publication;
		const struct publication_question newest = {
			.municipality = item->municipality,
			.as_of = DAY_NONE,
			.known_day = DAY_NONE,
		};
		struct publication_answer answer = publications_ask(publications, &newest);
		if (answer.state != PUBLICATION_SHOWN || answer.publication != item)
			continue;
		const struct figure *root;
		arena_reset(&arena);
		err = publication_build(item, &arena, &root);
		if (err == OK)
			err = metrics_add(&published->metrics, item->municipality, root, NULL);
	}
	arena_release(&arena);
	return err;
}

enum err snapshot_published_new(const struct live *live, struct snapshot_published **out)
{
	struct snapshot_published *published = calloc(1, sizeof(*published));
	if (published == NULL)
		return ERR_FULL;
	atomic_init(&published->holders, 1);
	published->version = live->published_version;
	published->held = calloc(live->publication_count + 1, sizeof(struct publication *));
	enum err err = published->held == NULL ? ERR_FULL : OK;
	for (size_t i = 0; i < live->publication_count && err == OK; i++)
		published->held[published->held_count++] = publication_hold(live->publications[i]);
	if (err == OK)
		err = publications_init(
			&published->publications, live->publications, live->publication_count);
	if (err == OK)
		err = metrics_init(&published->metrics);
	if (err == OK)
		err = newest_print(published);
	if (err != OK) {
		published_drop(published);
		return err;
	}
	*out = published;
	return OK;
}
