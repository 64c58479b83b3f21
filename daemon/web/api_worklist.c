/*
 * daemon/web/api_worklist.c - see api_worklist.h.
 *
 * The list is the refresher's, of today; a worker picks out the partner's rows, looks up
 * their names and prints them. The rights are those of the token now, so that SIGHUP holds at once.
 */
#include "daemon/web/api_worklist.h"

#include <stdlib.h>

#include "base/check.h"
#include "daemon/web/gate.h"
#include "daemon/web/looking.h"
#include "daemon/web/visit.h"
#include "engine/worklist_rows.h"

#define ROW_BYTES     256 /* of a row with its names */
#define PRINT_BYTES   384 /* as it is printed */
#define RETRY_SECONDS 1

static const char csv[] = "text/csv";
static const char csv_type[] = "text/csv; charset=utf-8; header=present";
static const char json[] = "application/json";

struct worklist_work {
	struct task task;
	struct request *request;
	struct log *log;
	const struct partner *partner; /* of the visit's access */
	size_t rows_max;
	struct worklist_question question;
	const struct worklist_form *form;
	void *context;         /* of the form */
	struct worklist *list; /* held */
	struct worklist_head head;
	enum err err;
	bool too_many;  /* rows, without a limit */
	bool too_large; /* for the memory that there ever is */
	size_t held;    /* of the request's memory, for the rows */
	struct look look;
	struct text out;
};

static void work_free(struct worklist_work *work)
{
	worklist_drop(work->list);
	look_release(&work->look);
	text_release(&work->out);
	free(work->context);
	free(work);
}

static bool municipality_is_shown(const void *context, uint16_t municipality)
{
	const struct worklist_work *work = context;
	uint16_t asked = work->question.municipality;
	return (asked == PART_ALL || asked == municipality) &&
	       gate_may_list(work->partner, municipality);
}

static bool municipality_may_be_asked(const void *context, uint16_t municipality)
{
	const struct worklist_work *work = context;
	return gate_may_list(work->partner, municipality);
}

/* Takes the memory of so many rows, read and printed, if the list is one that may be shown. */
static bool has_room(void *owner, size_t rows)
{
	struct worklist_work *work = owner;
	CHECK(work->held == 0);
	const struct share *share = work->request->share;
	uint64_t limit = work->question.limit, printed = limit == 0 ? work->rows_max : limit;
	size_t bytes = rows * ROW_BYTES + (rows < printed ? rows : printed) * work->form->row_bytes;
	work->too_many = limit == 0 && rows > work->rows_max;
	work->too_large = share != NULL && bytes > share_most(share, 0);
	if (work->too_many || work->too_large || !request_hold(work->request, bytes))
		return false;
	work->held = bytes;
	return true;
}

/* The people in the rows that are printed go into the access log. */
static enum err people_note(struct worklist_work *work, const struct worklist_rows *rows)
{
	enum err err = OK;
	for (size_t i = 0; i < rows->count && i < work->head.limit && err == OK; i++) {
		const struct worklist_row *row = &rows->items[i];
		err = look_at(&work->look, row->due.person, row->subject);
		if (task_is_stopped(&work->task))
			err = ERR_STOPPED;
	}
	return err == OK ? look_end(&work->look) : err;
}

static enum err list_print(struct worklist_work *work, struct reader *reader)
{
	uint16_t places[WORKLIST_PLACES_MAX];
	struct worklist_ask ask = {
		.part = work->question.part,
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
	work->head.limit = work->question.limit;
	if (work->question.limit == 0)
		work->head.limit = work->rows_max;
	struct worklist_shown shown = { .rows = &rows, .head = work->head, .places = places };
	ask.has_municipality = municipality_may_be_asked;
	if (work->form->has_places)
		err = worklist_places_read(
			work->list, &ask, reader, places, WORKLIST_PLACES_MAX, &shown.place_count);
	if (err == OK)
		err = people_note(work, &rows);
	if (err == OK)
		work->form->print(&shown, work->context, &work->out);
	worklist_rows_release(&rows);
	return err == OK && work->out.failed ? ERR_FULL : err;
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

/* Answers that the list cannot be shown, and frees the work. */
static void list_refuse(struct request *request, struct worklist_work *work)
{
	bool is_too_large = work->too_many || work->too_large;
	bool is_later =
		work->err == ERR_FULL || work->err == ERR_STOPPED || work->look.is_unwritable;
	CHECK(is_too_large || work->err != OK);
	if (work->form->refuse != NULL) {
		if (work->look.is_unwritable)
			looking_failed(request, &work->look);
		if (is_later && !is_too_large)
			request->retry_seconds = RETRY_SECONDS;
		work->form->refuse(request,
			is_too_large ? 400
			: is_later   ? 503
				     : 500,
			work->context);
	} else if (work->too_many) {
		request_problem(request, 400,
			"the list is longer than %zu rows: ask for one municipality, or with limit "
			"for the most urgent",
			work->rows_max);
	} else if (work->too_large) {
		request_problem(request, 400,
			"the list is longer than there is memory for: ask for one municipality");
	} else if (work->look.is_unwritable) {
		looking_unwritable(request, &work->look);
	} else {
		visit_store_error(request, work->err);
	}
	work_free(work);
}

static void list_finish(struct request *request)
{
	struct worklist_work *work = request->work;
	CHECK(work->request == request && work->partner == visit_of(request)->identity.partner);
	/* From here on the answer counts, as it is. */
	request_give(request, work->held);
	if (work->too_many || work->too_large || work->err != OK) {
		list_refuse(request, work);
		return;
	}
	looking_noted(request, &work->look);
	request->out = work->out;
	work->out = (struct text){ 0 };
	work->form->answer(request, work->context);
	work_free(work);
}

/* The same, when nothing was asked of a worker yet. */
static void list_later(struct request *request, struct worklist_work *work, const char *sentence)
{
	if (work->form->refuse == NULL) {
		request_try_later(request, 503, RETRY_SECONDS, sentence);
		work_free(work);
		return;
	}
	work->err = ERR_FULL;
	list_refuse(request, work);
}

/* Takes the list there is, and has a worker read it. */
static void list_begin(struct request *request)
{
	struct worklist_work *work = request->work;
	CHECK(work->list == NULL && work->partner != NULL);
	struct snapshot snapshot;
	struct reason reason;
	if (visit_snapshot(request, &snapshot, &reason) != OK) {
		list_later(request, work, reason.text);
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
	if (!visit_submit(request, &work->task, list_finish))
		list_later(request, work, "too many questions are waiting; try again");
}

void worklist_answer(struct request *request, const struct worklist_question *question,
	const struct worklist_form *form, void *context)
{
	const struct visit *visit = visit_of(request);
	struct worklist_work *work = calloc(1, sizeof(*work));
	CHECK(visit->identity.partner != NULL);
	if (work == NULL) {
		free(context);
		visit_store_error(request, ERR_FULL);
		return;
	}
	*work = (struct worklist_work){
		.request = request,
		.log = visit->server->log,
		.partner = visit->identity.partner,
		.rows_max = visit->server->config->limits_worklist_rows_max,
		.question = *question,
		.form = form,
		.context = context,
	};
	looking_begin(request, &visit->identity, visit->user, &work->look);
	visit_when_fresh(request, list_begin, work);
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

bool worklist_part_parse(const char *silent, enum worklist_part *out)
{
	*out = WORKLIST_ALL;
	if (silent == NULL)
		return true;
	*out = strcmp(silent, "yes") == 0 ? WORKLIST_SILENT : WORKLIST_COMING;
	return *out == WORKLIST_SILENT || strcmp(silent, "no") == 0;
}

static void json_print(const struct worklist_shown *shown, const void *context, struct text *out)
{
	CHECK(context == NULL);
	worklist_rows_print_json(shown->rows, &shown->head, out);
}

static void json_answer(struct request *request, const void *context)
{
	CHECK(context == NULL);
	request_answer(request, 200, json);
}

static void csv_print(const struct worklist_shown *shown, const void *context, struct text *out)
{
	CHECK(context == NULL);
	worklist_rows_print_csv(shown->rows, &shown->head, out);
}

static void csv_answer(struct request *request, const void *context)
{
	CHECK(context == NULL);
	request_answer(request, 200, csv_type);
}

void worklist_handle(struct request *request)
{
	static const char *const parameters[] = { "municipality", "silent", "limit", NULL };
	static const struct worklist_form as_json = {
		.row_bytes = PRINT_BYTES, .print = json_print, .answer = json_answer
	};
	static const struct worklist_form as_csv = {
		.row_bytes = PRINT_BYTES, .print = csv_print, .answer = csv_answer
	};
	struct worklist_question question = { 0 };
	size_t max = visit_of(request)->server->config->limits_worklist_rows_max;
	if (!request_query_check(request, parameters) ||
		!request_query_number(request, "limit", 1, max, &question.limit))
		return;
	if (!worklist_part_parse(request_query(request, "silent"), &question.part)) {
		request_problem(request, 400, "silent must be yes or no");
		return;
	}
	if (!municipality_read(request, &question.municipality))
		return;
	worklist_answer(
		request, &question, request_prefers(request, csv, json) ? &as_csv : &as_json, NULL);
}
