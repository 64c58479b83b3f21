/*
 * daemon/web/api_card.c - see api_card.h.
 *
 * A worker reads the partner's records of the last year, as known at the snapshot's K, and goes
 * through its facts in memory. What became of its events since the start is the loop's, copied.
 */
#include "daemon/web/api_card.h"

#include <stdlib.h>

#include "base/check.h"
#include "daemon/web/gate.h"
#include "daemon/web/looking.h"
#include "daemon/web/visit.h"

#define RETRY_SECONDS 1

struct card_work {
	struct task task;
	struct log *log;
	struct refresher *refresher;
	const struct partner *partner; /* of the visit's access */
	const struct card_form *form;
	void *context;         /* of the form */
	struct worklist *list; /* held */
	struct card_ask ask;   /* without the histories */
	struct card_outcome outcome;
	struct card card;
	enum err err;
	struct look look;
	struct text out;
};

static void work_free(struct card_work *work)
{
	worklist_drop(work->list);
	look_release(&work->look);
	text_release(&work->out);
	free(work->context);
	free(work);
}

static bool has_municipality(const void *context, uint16_t municipality)
{
	const struct card_work *work = context;
	return gate_may_list(work->partner, municipality);
}

static enum err work_do(struct card_work *work, struct reader *reader)
{
	struct lease lease;
	enum err err = refresher_lease(work->refresher, &lease);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_STOPPED : err; /* The log is being read anew. */
	work->ask.histories = &lease.live->histories;
	err = card_read(&work->ask, reader, &work->card);
	lease_drop(&lease);
	if (err == OK)
		err = look_end(&work->look);
	if (err != OK)
		return err;
	work->form->print(&work->card, &work->outcome, work->context, &work->out);
	return work->out.failed ? ERR_FULL : OK;
}

static void card_run(struct task *task)
{
	struct card_work *work = (struct card_work *)task;
	struct reader *reader = NULL;
	work->ask.stop = &task->stop;
	work->err = task_is_stopped(task) ? ERR_STOPPED : reader_open(work->log, &reader);
	if (work->err == OK)
		work->err = work_do(work, reader);
	reader_close(reader);
}

/* Answers that it cannot be shown, and frees the work. */
static void card_refuse(struct request *request, struct card_work *work)
{
	bool is_later =
		work->err == ERR_FULL || work->err == ERR_STOPPED || work->look.is_unwritable;
	CHECK(work->err != OK);
	if (work->form->refuse != NULL) {
		if (work->look.is_unwritable)
			looking_failed(request, &work->look);
		if (is_later)
			request->retry_seconds = RETRY_SECONDS;
		work->form->refuse(request, is_later ? 503 : 500, work->context);
	} else if (work->look.is_unwritable) {
		looking_unwritable(request, &work->look);
	} else {
		visit_store_error(request, work->err);
	}
	work_free(work);
}

static void card_finish(struct request *request)
{
	struct card_work *work = request->work;
	CHECK(work->partner == visit_of(request)->identity.partner);
	if (work->err != OK) {
		card_refuse(request, work);
		return;
	}
	looking_noted(request, &work->look);
	request->out = work->out;
	work->out = (struct text){ 0 };
	work->form->answer(request, work->context);
	work_free(work);
}

/* The same, when nothing was asked of a worker yet. */
static void card_later(struct request *request, struct card_work *work, const char *sentence)
{
	work->err = ERR_STOPPED;
	if (work->form->refuse != NULL) {
		card_refuse(request, work);
		return;
	}
	request_try_later(request, 503, RETRY_SECONDS, sentence);
	work_free(work);
}

/* Takes what there is of today, and has a worker read the rest. */
static void card_begin(struct request *request)
{
	struct card_work *work = request->work;
	struct server *server = visit_of(request)->server;
	struct snapshot snapshot;
	struct reason reason;
	if (visit_snapshot(request, &snapshot, &reason) != OK) {
		card_later(request, work, reason.text);
		return;
	}
	struct bytes name = bytes_of_string(work->partner->name);
	work->list = worklist_hold(snapshot.worklist);
	work->ask = (struct card_ask){
		.rows = { .partner = name,
			.types = work->partner->rights.types,
			.has_municipality = has_municipality,
			.context = work },
		.list = work->list,
		.as_of = snapshot.as_of,
		.known_us = snapshot.known_us,
		.seq = snapshot.seq,
	};
	snapshot_drop(&snapshot);
	work->outcome = outcome_say(&server->outcomes, outcomes_of(&server->outcomes, name));
	work->task.run = card_run;
	if (!visit_submit(request, &work->task, card_finish))
		card_later(request, work, "too many questions are waiting; try again");
}

void card_answer(struct request *request, const struct card_form *form, void *context)
{
	const struct visit *visit = visit_of(request);
	struct card_work *work = calloc(1, sizeof(*work));
	CHECK(visit->identity.partner != NULL);
	if (work == NULL) {
		free(context);
		visit_store_error(request, ERR_FULL);
		return;
	}
	work->log = visit->server->log;
	work->refresher = visit->server->refresher;
	work->partner = visit->identity.partner;
	work->form = form;
	work->context = context;
	looking_begin(request, &visit->identity, visit->user, &work->look);
	visit_when_fresh(request, card_begin, work);
}

static void json_print(const struct card *card, const struct card_outcome *outcome,
	const void *context, struct text *out)
{
	const struct bytes *partner = context;
	card_print_json(card, outcome, *partner, out);
}

static void json_answer(struct request *request, const void *context)
{
	CHECK(context != NULL);
	request_answer(request, 200, "application/json");
}

void card_handle(struct request *request)
{
	static const char *const parameters[] = { NULL };
	static const struct card_form form = { .print = json_print, .answer = json_answer };
	if (!request_query_check(request, parameters))
		return;
	struct bytes *partner = malloc(sizeof(*partner));
	if (partner == NULL) {
		visit_store_error(request, ERR_FULL);
		return;
	}
	*partner = bytes_of_string(visit_of(request)->identity.partner->name);
	card_answer(request, &form, partner);
}
