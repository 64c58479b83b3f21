/*
 * daemon/web/api_agreements.c - see api_agreements.h.
 *
 * A worker reads the log as it is known now and judges what is agreed at the end of a quarter.
 * The partner sees agreements that name it and that another partner sent: with one that it made
 * itself it could ask for any figure. Numbers of few people are left out.
 */
#include "daemon/web/api_agreements.h"

#include <math.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "daemon/server/inquiry.h"
#include "daemon/web/gate.h"
#include "daemon/web/visit.h"
#include "engine/answers.h"
#include "engine/print.h"
#include "store/reader.h"

#define FEW           10
#define BYTES_OF_HEAD 4096
#define BYTES_OF_ITEM 2048 /* of the tree of one agreement */

static const char json[] = "application/json";

struct agreements_work {
	struct task task;
	struct request *request;
	struct committer *committer;
	struct log *log;
	const struct partner *partner; /* of the visit's access */
	int32_t as_of;
	int64_t known_us;
	uint16_t municipality; /* or PART_ALL */
	enum err err;
	struct text out;
};

/* Is it with the partner, and from another one? */
static bool is_shown(const struct agreements_work *work, const struct agreement_item *item)
{
	const char *name = work->partner->name;
	return item->with != NULL && strcmp(item->with, name) == 0 &&
	       !bytes_are(item->partner, name);
}

/* Of few people, and of a small count, nothing is told but what was agreed. */
static bool is_of_few(const struct agreement_item *item)
{
	const struct agreement_answer *answer = &item->answer;
	return answer->records < 0 ? answer->realised < FEW : answer->records < FEW;
}

static void item_print(struct figures *figures, const struct agreement_item *item, char *code)
{
	bool few = is_of_few(item);
	municipality_print(item->municipality, code);
	struct agreement_answer answer = item->answer;
	if (few) {
		answer.realised = answer.low = answer.high = answer.max = NAN;
		answer.records = -1;
		answer.verdict = VERDICT_WORD_COUNT;
	}
	agreement_figures(figures, &item->agreement, item->with, &answer, code);
}

static enum err items_print(struct agreements_work *work, const struct agreements *agreements)
{
	struct arena arena;
	struct figures figures;
	char as_of[DATE_LENGTH + 1], known_at[INSTANT_LENGTH + 1];
	char(*codes)[MUNICIPALITY_LENGTH + 1] = calloc(agreements->count + 1, sizeof(*codes));
	enum err err = codes == NULL ? ERR_FULL
				     : arena_init(&arena,
					       BYTES_OF_HEAD + agreements->count * BYTES_OF_ITEM);
	if (err != OK) {
		free(codes);
		return err;
	}
	date_print(work->as_of, as_of);
	instant_print(work->known_us, known_at);
	figures_init(&figures, &arena, 0);
	figures_text(&figures, "as_of", as_of);
	figures_text(&figures, "known_at", known_at);
	figures_text(&figures, "partner", work->partner->name);
	figures_array(&figures, "items");
	for (size_t i = 0; i < agreements->count; i++) {
		if (is_shown(work, &agreements->items[i]))
			item_print(&figures, &agreements->items[i], codes[i]);
	}
	figures_end(&figures);
	figure_print_json(figures.root, &work->out);
	arena_release(&arena);
	free(codes);
	return work->out.failed ? ERR_FULL : OK;
}

static enum err agreements_work_do(struct agreements_work *work, struct reader *reader)
{
	struct answers answers;
	struct question question = question_at(work->as_of);
	enum err err = answers_init(&answers, 1, &work->task.stop);
	if (err != OK)
		return err;
	err = answers_know(&answers, reader, work->known_us);
	answers.question = question;
	if (err == OK)
		err = answers_agree(&answers, reader, work->municipality);
	if (err == OK)
		err = items_print(work, &answers.agreements);
	answers_release(&answers);
	return err;
}

static void agreements_run(struct task *task)
{
	struct agreements_work *work = (struct agreements_work *)task;
	struct reader *reader = NULL;
	work->err = task_is_stopped(task) ? ERR_STOPPED
					  : inquiry_settle(work->committer, true, &work->known_us);
	if (work->err == OK)
		work->err = reader_open(work->log, &reader);
	if (work->err == OK) {
		work->err = agreements_work_do(work, reader);
		/* Somebody was erased or restricted meanwhile. */
		while (work->err == ERR_CONFLICT && !task_is_stopped(task)) {
			work->err = reader_renew(reader);
			if (work->err == OK)
				work->err = agreements_work_do(work, reader);
		}
		if (work->err == ERR_CONFLICT)
			work->err = ERR_STOPPED;
	}
	reader_close(reader);
}

static void agreements_finish(struct request *request)
{
	struct agreements_work *work = request->work;
	CHECK(work->request == request && work->partner == visit_of(request)->identity.partner);
	if (work->err == OK) {
		request->out = work->out;
		work->out = (struct text){ 0 };
		request_answer(request, 200, json);
	} else {
		visit_store_error(request, work->err);
	}
	text_release(&work->out);
	free(work);
}

/* Reads what is asked; answers when it cannot be. */
static bool asked_read(struct request *request, int32_t today, struct agreements_work *work)
{
	static const char *const parameters[] = { "municipality", "as_of", NULL };
	if (!request_query_check(request, parameters))
		return false;
	const char *municipality = request_query(request, "municipality");
	const char *as_of = request_query(request, "as_of");
	work->municipality = PART_ALL;
	work->as_of = date_quarter_before(today);
	if (municipality != NULL && strcmp(municipality, "all") != 0 &&
		!municipality_parse(bytes_of_string(municipality), &work->municipality)) {
		request_problem(request, 400, "municipality must be a CBS code, as GM0823, or all");
		return false;
	}
	if (as_of != NULL && (date_parse(bytes_of_string(as_of), &work->as_of) != OK ||
				     !date_ends_quarter(work->as_of) || work->as_of >= today)) {
		request_problem(request, 400,
			"as_of must be the last day of a calendar quarter that has ended");
		return false;
	}
	return true;
}

void agreements_handle(struct request *request)
{
	const struct visit *visit = visit_of(request);
	CHECK(visit->identity.partner != NULL);
	struct agreements_work asked = {
		.task.run = agreements_run,
		.request = request,
		.committer = visit->server->committer,
		.log = visit->server->log,
		.partner = visit->identity.partner,
		.known_us = committer_now_us(visit->server->committer),
	};
	if (!asked_read(request, zone_day(asked.known_us), &asked))
		return;
	struct agreements_work *work = calloc(1, sizeof(*work));
	if (work == NULL) {
		visit_store_error(request, ERR_FULL);
		return;
	}
	*work = asked;
	if (!visit_submit(request, &work->task, agreements_finish)) {
		free(work);
		visit_busy(request);
	}
}
