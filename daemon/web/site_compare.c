/*
 * daemon/web/site_compare.c - see site_compare.h.
 *
 * Of each municipality that published the newest quarter that is shown, as at /; for an analyst
 * today's figures, of the snapshot.
 */
#include "daemon/web/site_compare.h"

#include <stdlib.h>

#include "base/check.h"
#include "daemon/web/gate.h"
#include "daemon/web/site.h"
#include "daemon/web/visit.h"
#include "page/compare.h"

#define RETRY_SECONDS 2

/* The rows while they are gathered. */
struct gathered {
	const struct request *request;
	const struct snapshot *snapshot;
	struct compare_row *list;
	size_t count;
};

/* The next row, but for its figures. */
static struct compare_row *row_add(struct gathered *rows, uint16_t municipality, int32_t as_of)
{
	struct compare_row *row = &rows->list[rows->count++];
	row->place = (struct named_place){ municipality,
		access_place_name(visit_of(rows->request)->access, municipality) };
	row->model = service_models_at(&rows->snapshot->figures->models, municipality, as_of);
	return row;
}

static enum err published_add(struct gathered *rows, const struct publication *publication)
{
	struct arena arena;
	const struct figure *root;
	enum err err = arena_init(&arena, FIGURES_ARENA_SIZE);
	if (err != OK)
		return err;
	err = publication_build(publication, &arena, &root);
	if (err == OK)
		compare_take(root, NULL, publication->as_of, publication->recorded_us,
			row_add(rows, publication->municipality, publication->as_of));
	arena_release(&arena);
	return err;
}

/* Publications are in the order of municipalities. */
static enum err published_gather(struct gathered *rows)
{
	const struct publications *published = &rows->snapshot->published->publications;
	enum err err = OK;
	rows->list = calloc(published->count + 1, sizeof(*rows->list));
	if (rows->list == NULL)
		return ERR_FULL;
	for (size_t i = 0; i < published->count && err == OK; i++) {
		uint16_t municipality = published->items[i].publication->municipality;
		const struct publication_question newest = { municipality, DAY_NONE, DAY_NONE };
		if (i > 0 && published->items[i - 1].publication->municipality == municipality)
			continue;
		struct publication_answer answer = publications_ask(published, &newest);
		if (answer.state == PUBLICATION_SHOWN)
			err = published_add(rows, answer.publication);
	}
	return err;
}

static enum err internal_add(struct gathered *rows, uint16_t municipality)
{
	const struct snapshot *snapshot = rows->snapshot;
	struct arena arena;
	struct curves curves;
	const struct figure *tree;
	enum err err = snapshot_tree(snapshot, municipality, &arena, &tree);
	if (err != OK)
		return err;
	err = snapshot_curves(snapshot, municipality, &curves);
	if (err == OK)
		compare_take(tree, &curves, snapshot->as_of, snapshot->known_us,
			row_add(rows, municipality, snapshot->as_of));
	curves_release(&curves);
	arena_release(&arena);
	return err;
}

static enum err internal_gather(struct gathered *rows, const struct analyst *analyst)
{
	const struct snapshot *snapshot = rows->snapshot;
	const struct snapshot_figures *figures = snapshot->figures;
	rows->list = calloc(figures->answer_count + 1, sizeof(*rows->list));
	if (rows->list == NULL)
		return ERR_FULL;
	enum err err = OK;
	for (size_t i = 0; i < figures->answer_count && err == OK; i++) {
		uint16_t municipality = figures->answers[i].municipality;
		if (municipality != PART_ALL && gate_may_see(analyst, municipality))
			err = internal_add(rows, municipality);
	}
	return err;
}

/* Another one when something is published or withdrawn, or when a model was set. */
static uint64_t version_of(const struct snapshot *snapshot)
{
	const struct service_models *models = &snapshot->figures->models;
	uint64_t mixed = snapshot->published->version;
	for (size_t i = 0; i < models->count; i++) {
		const struct service_model_span *span = &models->list[i];
		const uint64_t said = (uint64_t)span->municipality << 48 ^
				      (uint64_t)(uint32_t)span->day << 8 ^ (uint64_t)span->model;
		mixed = (mixed ^ said) * UINT64_C(0x9E3779B97F4A7C15);
		mixed ^= mixed >> 32;
	}
	return mixed != 0 ? mixed : 1;
}

/* Is the page of what is published kept? Then it is in request->out. */
static bool kept_take(struct request *request, const struct snapshot *snapshot)
{
	struct site_page *page = site_cache_page(&visit_of(request)->site->cache, SITE_ALL,
		DAY_NONE, site_language(request), version_of(snapshot));
	if (page != NULL)
		site_page_take(page, request);
	return page != NULL;
}

/* Keeps it: anybody may ask, and to read all that was published takes long. */
static void keep(struct request *request, uint64_t version)
{
	struct site_page *page = site_cache_keep_page(&visit_of(request)->site->cache, SITE_ALL,
		DAY_NONE, site_language(request), version, text_bytes(&request->out));
	if (page != NULL)
		site_page_take(page, request);
}

static void busy_answer(struct request *request)
{
	request_try_later(request, 503, RETRY_SECONDS,
		"the figures are still being computed, or there is no memory; try again");
}

static void answer(struct request *request)
{
	struct viewer viewer = gate_viewer(request);
	struct snapshot snapshot;
	struct reason reason;
	struct gathered rows = { .request = request, .snapshot = &snapshot };
	if (visit_snapshot(request, &snapshot, &reason) != OK) {
		busy_answer(request);
		return;
	}
	/* Who was signed in is told that it is over: that page is nobody else's. */
	bool is_for_all = viewer.analyst == NULL && !viewer.was_signed_in;
	if (is_for_all && kept_take(request, &snapshot)) {
		snapshot_drop(&snapshot);
		site_answer(request, 200, site_language(request));
		return;
	}
	enum err err = viewer.analyst == NULL ? published_gather(&rows)
					      : internal_gather(&rows, viewer.analyst);
	const struct compare_view view = {
		.language = site_language(request),
		.is_public = viewer.analyst == NULL,
		.rows = rows.list,
		.count = rows.count,
		.analyst = viewer.analyst == NULL ? NULL : viewer.analyst->name,
		.signed_in_by_cookie = viewer.by_cookie,
		.session_ended = viewer.was_signed_in,
	};
	if (err == OK)
		err = compare_print(&view, &request->out);
	free(rows.list);
	if (err == OK && is_for_all)
		keep(request, version_of(&snapshot));
	snapshot_drop(&snapshot);
	if (err != OK) {
		text_release(&request->out);
		busy_answer(request);
		return;
	}
	site_answer(request, 200, view.language);
}

/* While an analyst waits for fresh figures it may sign out: answer() looks again who asks. */
void compare_handle(struct request *request)
{
	if (gate_viewer(request).analyst != NULL)
		visit_when_fresh(request, answer, NULL);
	else
		answer(request);
}
