/*
 * daemon/web/api_read.c - what is read: the log, one event, figures, metrics, health.
 */
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "daemon/http/gzip.h"
#include "daemon/http/http.h"
#include "engine/answer.h"
#include "store/reader.h"

#define RETRY_SECONDS 1
#define LOG_LIMIT     1000 /* records unless asked */

static const char ndjson[] = "application/x-ndjson";
static const char protobuf[] = "application/x-protobuf";
static const char json[] = "application/json";

void answer_store_error(struct request *request, enum err err)
{
	if (err == ERR_FULL)
		request_try_later(request, 503, RETRY_SECONDS, "too much is being read; try again");
	else if (err == ERR_CONFLICT)
		request_try_later(request, 503, RETRY_SECONDS, "ladderd is stopping");
	else
		request_problem(request, 500,
			"the store cannot be read; the operator should run ladder verify");
}

bool query_number(
	struct request *request, const char *name, uint64_t min, uint64_t max, uint64_t *value)
{
	const char *text = request_query(request, name);
	if (text == NULL)
		return true;
	char *end;
	size_t length = strlen(text);
	uint64_t number = strtoull(text, &end, 10);
	if (length == 0 || length > 18 || strspn(text, "0123456789") != length || *end != '\0' ||
		number < min || number > max) {
		request_problem(request, 400, "%s must be a whole number from %llu to %llu", name,
			(unsigned long long)min, (unsigned long long)max);
		return false;
	}
	*value = number;
	return true;
}

/* GET /v1/log */
struct log_work {
	struct task task;
	struct request *request;
	uint64_t after;
	uint64_t limit;
	bool as_protobuf;
	enum err err;
	struct text out;
};

static enum err log_print(struct log_work *work, struct reader *reader, struct arena *arena)
{
	struct text record_text = { 0 };
	enum err err = OK;
	for (uint64_t i = 0; i < work->limit && err == OK; i++) {
		struct record_view view;
		err = reader_next_view(reader, work->after + 1 + i, arena, &view);
		if (err != OK)
			break;
		if (!work->as_protobuf) {
			record_print_json(&view, &work->out);
			text_add_char(&work->out, '\n');
			continue;
		}
		record_text.length = 0;
		err = record_encode(&view, arena, &record_text);
		varint_add(&work->out, record_text.length);
		text_add(&work->out, text_bytes(&record_text));
	}
	bool failed = work->out.failed || record_text.failed;
	text_release(&record_text);
	if (err == ERR_NOT_FOUND)
		err = OK;
	return failed ? ERR_FULL : err;
}

static void log_run(struct task *task, const atomic_bool *stop)
{
	struct log_work *work = (struct log_work *)task;
	struct reader *reader = NULL;
	struct arena arena = { 0 };
	work->err = *stop ? ERR_CONFLICT : reader_open(work->request->server->log, &reader);
	if (work->err == OK)
		work->err = arena_init(&arena, VIEW_ARENA_SIZE);
	if (work->err == OK)
		work->err = log_print(work, reader, &arena);
	arena_release(&arena);
	reader_close(reader);
	request_done(work->request);
}

static void log_finish(struct request *request)
{
	struct log_work *work = request->work;
	if (work->err == OK) {
		request->out = work->out;
		work->out = (struct text){ 0 };
		request_answer(request, 200, work->as_protobuf ? protobuf : ndjson);
	} else {
		answer_store_error(request, work->err);
	}
	text_release(&work->out);
	free(work);
}

/* Hands a task to the workers, or answers that they are busy and frees it. */
static void work_submit(
	struct request *request, struct task *task, void (*finish)(struct request *request))
{
	if (workers_submit(request->server->workers, task) == OK) {
		request_suspend(request, finish, task);
		return;
	}
	free(task);
	request_try_later(request, 503, RETRY_SECONDS, "too many questions are waiting; try again");
}

void log_handle(struct request *request)
{
	static const char *const parameters[] = { "after", "limit", NULL };
	const struct analyst *analyst = request->identity.analyst;
	if (analyst == NULL || !analyst->may_read_log) {
		request_refuse(request, "the log is for the token of an analyst with log = yes");
		return;
	}
	uint64_t max = request->server->config->limits_log_records_max;
	uint64_t after = 0, limit = LOG_LIMIT < max ? LOG_LIMIT : max;
	if (!request_query_check(request, parameters) ||
		!query_number(request, "after", 0, UINT64_C(1) << 40, &after) ||
		!query_number(request, "limit", 1, max, &limit))
		return;
	struct log_work *work = calloc(1, sizeof(*work));
	if (work == NULL) {
		answer_store_error(request, ERR_FULL);
		return;
	}
	work->task.run = log_run;
	work->request = request;
	work->after = after;
	work->limit = limit;
	work->as_protobuf = request_prefers(request, protobuf, ndjson);
	work_submit(request, &work->task, log_finish);
}

/* Appends the partner's own event. ERR_NOT_FOUND: it sent none with that id. */
static enum err event_print(struct request *request, struct reader *reader, struct arena *arena)
{
	struct bytes name = bytes_of_string(request->identity.partner->name);
	struct record record;
	struct record_view view;
	uint64_t seq, by;
	uint16_t partner;
	enum err err = reader_partner_number(reader, name, &partner);
	if (err == OK)
		err = reader_find(reader, partner, bytes_of_string(request->rest), &seq);
	if (err != OK)
		return err;
	err = reader_withdrawn_by(reader, seq, &by);
	if (err == OK)
		err = reader_record(reader, seq, &record);
	if (err == OK)
		err = reader_view(reader, &record, arena, &view);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	record_print_json(&view, &request->out);
	CHECK(request->out.failed || request->out.data[request->out.length - 1] == '}');
	if (!request->out.failed)
		request->out.length--;
	text_add_string(
		&request->out, by == 0 ? ",\"withdrawn\":false}\n" : ",\"withdrawn\":true}\n");
	return OK;
}

void event_handle(struct request *request)
{
	static const char *const parameters[] = { NULL };
	struct reader *reader = NULL;
	struct arena arena = { 0 };
	if (request->identity.partner == NULL) {
		request_refuse(request, "a partner's own events are for its own token");
		return;
	}
	if (!request_query_check(request, parameters))
		return;
	enum err err = reader_open(request->server->log, &reader);
	if (err == OK)
		err = arena_init(&arena, VIEW_ARENA_SIZE);
	if (err == OK)
		err = event_print(request, reader, &arena);
	arena_release(&arena);
	reader_close(reader);
	if (err == OK)
		request_answer(request, 200, json);
	else if (err == ERR_NOT_FOUND)
		request_problem(request, 404, "this partner sent no event with that id");
	else
		answer_store_error(request, err);
}

/* GET /v1/indicators: figures at another (P, K, w), by a worker. */
struct answer_work {
	struct task task;
	struct request *request;
	struct question question;
	int64_t known_us;
	uint16_t municipality;
	enum err err;
	struct text out;
};

static void answer_run(struct task *task, const atomic_bool *stop)
{
	struct answer_work *work = (struct answer_work *)task;
	struct server *server = work->request->server;
	struct reader *reader = NULL;
	struct answers answers;
	work->err = *stop ? ERR_CONFLICT : committer_settle(server->committer, work->known_us);
	if (work->err == OK)
		work->err = reader_open(server->log, &reader);
	if (work->err == OK)
		work->err = answers_fold(reader, &work->question, work->known_us, stop, &answers);
	if (work->err == OK) {
		work->err = answers_print_json(&answers, work->municipality, 0, &work->out);
		answers_release(&answers);
	}
	reader_close(reader);
	request_done(work->request);
}

static void answer_finish(struct request *request)
{
	struct answer_work *work = request->work;
	if (work->err == OK) {
		request->out = work->out;
		work->out = (struct text){ 0 };
		request_answer(request, 200, json);
	} else {
		answer_store_error(request, work->err);
	}
	text_release(&work->out);
	free(work);
}

/* What is asked of /v1/indicators. */
struct asked {
	bool has_as_of;
	bool has_known_at;
	int32_t as_of;
	int64_t known_us;
	uint16_t municipality;
	uint64_t window_days;
	uint64_t definitions;
};

static bool asked_read(struct request *request, struct asked *asked)
{
	static const char *const parameters[] = { "as_of", "known_at", "municipality", "window",
		"definitions", NULL };
	*asked = (struct asked){ .municipality = PART_ALL,
		.window_days = WINDOW_DAYS_DEFAULT,
		.definitions = DEFINITIONS };
	if (!request_query_check(request, parameters) ||
		!query_number(
			request, "window", WINDOW_DAYS_MIN, WINDOW_DAYS_MAX, &asked->window_days) ||
		!query_number(
			request, "definitions", DEFINITIONS_MIN, DEFINITIONS, &asked->definitions))
		return false;
	const char *as_of = request_query(request, "as_of");
	const char *known_at = request_query(request, "known_at");
	const char *municipality = request_query(request, "municipality");
	asked->has_as_of = as_of != NULL;
	asked->has_known_at = known_at != NULL;
	if (as_of != NULL && date_parse(bytes_of_string(as_of), &asked->as_of) != OK) {
		request_problem(request, 400, "as_of must be a civil date, YYYY-MM-DD");
		return false;
	}
	if (known_at != NULL && instant_parse(bytes_of_string(known_at), &asked->known_us) != OK) {
		request_problem(request, 400,
			"known_at must be an instant as in RFC 3339, 2026-03-02T09:15:00Z; a + in "
			"an address is written %%2B");
		return false;
	}
	if (municipality != NULL && strcmp(municipality, "all") != 0 &&
		!municipality_parse(bytes_of_string(municipality), &asked->municipality)) {
		request_problem(request, 400, "municipality must be a CBS code, as GM0823, or all");
		return false;
	}
	return true;
}

/* May this analyst read the internal figures of that municipality? Answers when not. */
static bool asked_is_allowed(struct request *request, uint16_t municipality)
{
	const struct analyst *analyst = request->identity.analyst;
	if (municipality == PART_ALL ? !analyst->all_municipalities
				     : !analyst_has_municipality(analyst, municipality)) {
		request_problem(request, 403,
			municipality == PART_ALL
				? "this analyst may not see all municipalities: ask for one"
				: "this analyst may not see that municipality");
		return false;
	}
	return true;
}

/*
 * Without an analyst's token: what a municipality published, at the quarter's last day,
 * as known at the publication, with the usual window. Anything else is refused, so
 * that nobody can step through the arguments and subtract.
 */
static void published_answer(struct request *request, const struct asked *asked)
{
	struct snapshot snapshot;
	struct reason reason;
	if (refresher_snapshot(request->server->refresher, &snapshot, &reason) != OK) {
		request_try_later(request, 503, RETRY_SECONDS, reason.text);
		return;
	}
	const struct publication_question question = {
		.municipality = asked->municipality,
		.as_of = asked->has_as_of ? asked->as_of : DAY_NONE,
		.has_known_at = asked->has_known_at,
		.known_us = asked->known_us,
	};
	const struct publication *publication = NULL;
	enum publication_state state = PUBLICATION_NONE;
	if (asked->window_days == WINDOW_DAYS_DEFAULT)
		state = publications_ask(
			&snapshot.published->publications, &question, &publication);
	switch (state) {
	case PUBLICATION_NONE:
		request_problem(request, 403,
			"without an analyst's token only what a municipality published is shown: "
			"name one municipality, and as as_of the last day of a quarter that it "
			"published, or no as_of for the newest");
		break;
	case PUBLICATION_WITHHELD:
		request_problem(request, 403,
			"this publication is withheld: its figures, rounded, would give exact "
			"counts away, and no way was found to prevent it");
		break;
	case PUBLICATION_SHOWN:
		if (publication_print(publication, &request->out) == OK)
			request_answer(request, 200, json);
		else
			answer_store_error(request, ERR_FULL);
		break;
	}
	snapshot_drop(&snapshot);
}

static void snapshot_answer(struct request *request)
{
	struct snapshot snapshot;
	struct reason reason;
	if (refresher_snapshot(request->server->refresher, &snapshot, &reason) != OK) {
		request_try_later(request, 503, RETRY_SECONDS, reason.text);
		return;
	}
	if (snapshot_print(&snapshot, request->municipality, &request->out) == OK)
		request_answer(request, 200, json);
	else
		answer_store_error(request, ERR_FULL);
	snapshot_drop(&snapshot);
}

static bool snapshot_is_of(struct request *request, int32_t as_of)
{
	struct snapshot snapshot;
	struct reason reason;
	if (refresher_snapshot(request->server->refresher, &snapshot, &reason) != OK)
		return false;
	bool same = snapshot.as_of == as_of;
	snapshot_drop(&snapshot);
	return same;
}

void indicators_handle(struct request *request)
{
	struct asked asked;
	int64_t now_us = committer_now_us(request->server->committer);
	if (!asked_read(request, &asked))
		return;
	if (request->identity.analyst == NULL) {
		published_answer(request, &asked);
		return;
	}
	if (!asked_is_allowed(request, asked.municipality))
		return;
	if (asked.has_known_at && asked.known_us > now_us) {
		request_problem(request, 400, "known_at must not be later than now");
		return;
	}
	int64_t known_us = asked.has_known_at ? asked.known_us : now_us;
	int32_t known_day = zone_day(known_us);
	if (asked.has_as_of && asked.as_of > known_day) {
		request_problem(request, 400, "as_of must not be later than the day of known_at");
		return;
	}
	int32_t as_of = asked.has_as_of ? asked.as_of : known_day;
	/* Just after midnight the snapshot may still be of the day before. */
	if (!asked.has_known_at && asked.window_days == WINDOW_DAYS_DEFAULT &&
		(!asked.has_as_of || snapshot_is_of(request, as_of))) {
		request->municipality = asked.municipality;
		request_when_fresh(request, snapshot_answer, NULL);
		return;
	}
	struct answer_work *work = calloc(1, sizeof(*work));
	if (work == NULL) {
		answer_store_error(request, ERR_FULL);
		return;
	}
	work->task.run = answer_run;
	work->request = request;
	work->question = question_at(as_of);
	work->question.window_days = (int32_t)asked.window_days;
	work->known_us = known_us;
	work->municipality = asked.municipality;
	work_submit(request, &work->task, answer_finish);
}

static bool metrics_are_wanted(const void *context, uint16_t municipality)
{
	return analyst_has_municipality(context, municipality);
}

/*
 * All figures and the daemon's own health for a scraper; an analyst's own municipalities
 * for an analyst; for anybody else what is published.
 */
static void metrics_answer(struct request *request)
{
	struct snapshot snapshot;
	struct reason reason;
	const struct analyst *analyst = request->identity.analyst;
	bool internal = analyst != NULL || request->identity.scraper != NULL;
	bool as_openmetrics =
		request_prefers(request, "application/openmetrics-text", "text/plain");
	if (refresher_snapshot(request->server->refresher, &snapshot, &reason) == OK) {
		bool filtered = analyst != NULL && !analyst->all_municipalities;
		metrics_print(internal ? &snapshot.figures->metrics : &snapshot.published->metrics,
			filtered ? metrics_are_wanted : NULL, analyst, &request->out);
		snapshot_drop(&snapshot);
	}
	if (internal)
		counters_print(&request->server->counters,
			as_openmetrics ? EXPOSITION_OPENMETRICS : EXPOSITION_TEXT, &request->out);
	if (as_openmetrics)
		text_add_string(&request->out, "# EOF\n");
	if (request_weight(request, "Accept-Encoding", "gzip") > 0 && !request->out.failed &&
		gzip_deflate(&request->out))
		request->content_encoding = "gzip";
	request_answer(request, 200,
		as_openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
			       : "text/plain; version=0.0.4; charset=utf-8");
}

void metrics_handle(struct request *request)
{
	static const char *const parameters[] = { NULL };
	if (!request_query_check(request, parameters))
		return;
	/* What is published does not change with the second. */
	if (request->identity.analyst == NULL && request->identity.scraper == NULL)
		metrics_answer(request);
	else
		request_when_fresh(request, metrics_answer, NULL);
}

void health_handle(struct request *request)
{
	text_add_string(&request->out, "ok\n");
	request_answer(request, 200, "text/plain; charset=utf-8");
}

void ready_handle(struct request *request)
{
	struct server *server = request->server;
	struct snapshot snapshot;
	struct reason reason;
	if (server->stopping)
		request_try_later(request, 503, RETRY_SECONDS, "stopping");
	else if (committer_has_failed(server->committer, &reason) ||
		 refresher_has_failed(server->refresher, &reason) ||
		 committer_is_short_of_space(server->committer, &reason))
		request_try_later(request, 503, RETRY_SECONDS, reason.text);
	else if (refresher_snapshot(server->refresher, &snapshot, &reason) != OK)
		request_try_later(request, 503, RETRY_SECONDS, reason.text);
	else {
		snapshot_drop(&snapshot);
		text_add_string(&request->out, "ok\n");
		request_answer(request, 200, "text/plain; charset=utf-8");
	}
}
