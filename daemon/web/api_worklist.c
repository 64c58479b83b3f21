/*
 * daemon/web/api_worklist.c - see api_worklist.h.
 *
 * The list is the refresher's, of today; a worker picks out the partner's rows and looks up
 * their names. The rights are those of the token now, so that SIGHUP holds at once.
 */
#include "daemon/web/api_worklist.h"

#include <stdlib.h>

#include "base/check.h"
#include "daemon/web/gate.h"
#include "daemon/web/visit.h"
#include "engine/worklist_rows.h"

#define ROW_BYTES   256 /* of a row with its names */
#define PRINT_BYTES 384 /* as it is printed */

static const char csv[] = "text/csv";
static const char csv_type[] = "text/csv; charset=utf-8; header=present";
static const char json[] = "application/json";

struct worklist_work {
	struct task task;
	struct request *request;
	struct log *log;
	const struct partner *partner; /* of the visit's access */
	size_t rows_max;
	uint16_t municipality; /* or PART_ALL */
	enum worklist_part part;
	uint64_t limit; /* 0: all, as long as they are not too many */
	bool as_csv;
	struct worklist *list; /* held */
	struct worklist_head head;
	enum err err;
	bool too_many;  /* rows, without a limit */
	bool too_large; /* for the memory that there ever is */
	size_t held;    /* of the request's memory, for the rows */
	struct text out;
};

static void work_free(struct worklist_work *work)
{
	worklist_drop(work->list);
	text_release(&work->out);
	free(work);
}

static bool municipality_is_shown(const void *context, uint16_t municipality)
{
	const struct worklist_work *work = context;
	return (work->municipality == PART_ALL || work->municipality == municipality) &&
	       gate_may_list(work->partner, municipality);
}

/* Takes the memory of so many rows, read and printed, if the list is one that may be shown. */
static bool has_room(void *owner, size_t rows)
{
	struct worklist_work *work = owner;
	CHECK(work->held == 0);
	const struct share *share = work->request->share;
	uint64_t printed = work->limit == 0 ? work->rows_max : work->limit;
	size_t bytes = rows * ROW_BYTES + (rows < printed ? rows : printed) * PRINT_BYTES;
	work->too_many = work->limit == 0 && rows > work->rows_max;
	work->too_large = share != NULL && bytes > share_most(share, 0);
	if (work->too_many || work->too_large || !request_hold(work->request, bytes))
		return false;
	work->held = bytes;
	return true;
}

static enum err list_print(struct worklist_work *work, struct reader *reader)
{
	const struct worklist_ask ask = {
		.part = work->part,
		.partner = work->head.partner,
		.types = work->partner->rights.types,
		.has_municipality = municipality_is_shown,
		.has_room = has_room,
		.context = work,
		.owner = work,
	};
	struct worklist_rows rows;
	enum err err = worklist_rows_read(work->list, &ask, reader, &work->task.stop, &rows);
	if (err != OK)
		return err;
	work->head.limit = work->limit;
	if (work->limit == 0)
		work->head.limit = work->rows_max;
	if (work->as_csv)
		worklist_rows_print_csv(&rows, &work->head, &work->out);
	else
		worklist_rows_print_json(&rows, &work->head, &work->out);
	worklist_rows_release(&rows);
	return work->out.failed ? ERR_FULL : OK;
}

static void list_run(struct task *task)
{
	struct worklist_work *work = (struct worklist_work *)task;
	struct reader *reader = NULL;
	work->err = task_is_stopped(task) ? ERR_STOPPED : reader_open(work->log, &reader);
	if (work->err == OK)
		work->err = list_print(work, reader);
	reader_close(reader);
}

static void list_finish(struct request *request)
{
	struct worklist_work *work = request->work;
	CHECK(work->request == request && work->partner == visit_of(request)->identity.partner);
	/* From here on the answer counts, as it is. */
	request_give(request, work->held);
	if (work->too_many) {
		request_problem(request, 400,
			"the list is longer than %zu rows: ask for one municipality, or with limit "
			"for the most urgent",
			work->rows_max);
	} else if (work->too_large) {
		request_problem(request, 400,
			"the list is longer than there is memory for: ask for one municipality");
	} else if (work->err != OK) {
		visit_store_error(request, work->err);
	} else {
		request->out = work->out;
		work->out = (struct text){ 0 };
		request_answer(request, 200, work->as_csv ? csv_type : json);
	}
	work_free(work);
}

/* Takes the list there is, and has a worker read it. */
static void list_begin(struct request *request)
{
	struct worklist_work *work = request->work;
	CHECK(work->list == NULL && work->partner != NULL);
	struct snapshot snapshot;
	struct reason reason;
	if (visit_snapshot(request, &snapshot, &reason) != OK) {
		request_try_later(request, 503, 1, reason.text);
		work_free(work);
		return;
	}
	work->list = worklist_hold(snapshot.worklist);
	work->head = (struct worklist_head){
		.as_of = snapshot.as_of,
		.known_us = snapshot.known_us,
		.partner = bytes_of_string(work->partner->name),
	};
	snapshot_drop(&snapshot);
	work->task.run = list_run;
	if (!visit_submit(request, &work->task, list_finish)) {
		work_free(work);
		visit_busy(request);
	}
}

/* The municipality that is asked for, among the partner's. Answers when not. */
static bool municipality_read(struct request *request, uint16_t *out)
{
	const char *municipality = request_query(request, "municipality");
	*out = PART_ALL;
	if (municipality == NULL || strcmp(municipality, "all") == 0)
		return true;
	if (!municipality_parse(bytes_of_string(municipality), out)) {
		request_problem(request, 400, "municipality must be a CBS code, as GM0823, or all");
		return false;
	}
	if (!gate_may_list(visit_of(request)->identity.partner, *out)) {
		request_problem(request, 403, "this partner may not send of that municipality");
		return false;
	}
	return true;
}

/* Silent already, not yet, or both. Answers when it is neither. */
static bool part_read(struct request *request, enum worklist_part *out)
{
	const char *silent = request_query(request, "silent");
	*out = WORKLIST_ALL;
	if (silent == NULL)
		return true;
	*out = strcmp(silent, "yes") == 0 ? WORKLIST_SILENT : WORKLIST_COMING;
	if (*out == WORKLIST_SILENT || strcmp(silent, "no") == 0)
		return true;
	request_problem(request, 400, "silent must be yes or no");
	return false;
}

void worklist_handle(struct request *request)
{
	static const char *const parameters[] = { "municipality", "silent", "limit", NULL };
	enum worklist_part part;
	const struct visit *visit = visit_of(request);
	size_t max = visit->server->config->limits_worklist_rows_max;
	uint64_t limit = 0;
	uint16_t municipality;
	CHECK(visit->identity.partner != NULL);
	if (!request_query_check(request, parameters) ||
		!request_query_number(request, "limit", 1, max, &limit) ||
		!part_read(request, &part) || !municipality_read(request, &municipality))
		return;
	struct worklist_work *work = calloc(1, sizeof(*work));
	if (work == NULL) {
		visit_store_error(request, ERR_FULL);
		return;
	}
	*work = (struct worklist_work){
		.request = request,
		.log = visit->server->log,
		.partner = visit->identity.partner,
		.rows_max = max,
		.municipality = municipality,
		.part = part,
		.limit = limit,
		.as_csv = request_prefers(request, csv, json),
	};
	visit_when_fresh(request, list_begin, work);
}
