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

static enum err internal_gather(struct gathered *rows, const struct analyst *analyst)
{
	const struct snapshot *snapshot = rows->snapshot;
	const struct snapshot_figures *figures = snapshot->figures;
	rows->list = calloc(figures->answer_count + 1, sizeof(*rows->list));
	if (rows->list == NULL)
		return ERR_FULL;
	for (size_t i = 0; i < figures->answer_count; i++) {
		const struct snapshot_answer *answer = &figures->answers[i];
		if (answer->municipality == PART_ALL ||
			!gate_may_see(analyst, answer->municipality))
			continue;
		compare_take(answer->tree, &answer->curves, snapshot->as_of, snapshot->known_us,
			row_add(rows, answer->municipality, snapshot->as_of));
	}
	return OK;
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
