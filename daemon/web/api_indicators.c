/*
 * daemon/web/api_indicators.c - see api_indicators.h.
 *
 * Today comes from the snapshot; figures at another (P, K, w) are folded by a worker.
 */
#include "daemon/web/api_indicators.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/date.h"
#include "daemon/server/inquiry.h"
#include "daemon/server/peers.h"
#include "daemon/web/gate.h"
#include "daemon/web/visit.h"

#define RETRY_SECONDS      1
#define RETRY_PEER_SECONDS 10

static const char json[] = "application/json";

/* What is asked for of one question. */
enum answer_form {
	ANSWER_FIGURES,
	ANSWER_SUMS,   /* the integers behind them */
	ANSWER_SUMMED, /* the figures of this store and its peers together */
};

/* Figures at another (P, K, w), by a worker. */
struct answer_work {
	struct task task;
	struct request *request;
	struct inquiry inquiry;
	struct question question;
	uint16_t municipality;
	enum answer_form form;
	struct peers *peers;
	struct summed sums; /* but of ANSWER_FIGURES */
	enum err err;
	enum err asked;       /* what came of asking the peers, ... */
	struct reason reason; /* ... and why */
	struct text out;
};

static enum err answer_ask(void *context, struct answers *answers, struct reader *reader)
{
	struct answer_work *work = context;
	enum err err = answers_ask_of(answers, reader, &work->question, work->municipality);
	if (work->form != ANSWER_FIGURES)
		return err == OK ? summed_take(answers, reader, work->municipality, &work->sums)
				 : err;
	/* Of all together nothing is agreed. */
	if (err == OK && work->municipality != PART_ALL)
		err = answers_agree(answers, reader, work->municipality);
	return err == OK ? answers_print_json(answers, work->municipality, 0, &work->out) : err;
}

static void answer_run(struct task *task)
{
	struct answer_work *work = (struct answer_work *)task;
	work->err = inquiry_run(&work->inquiry);
	if (work->err != OK || work->form == ANSWER_FIGURES)
		return;
	/* Nobody's view of the store is held while others are asked. */
	if (work->form == ANSWER_SUMMED)
		work->asked = peers_add(work->peers, &work->sums, &work->reason);
	if (work->asked != OK)
		return;
	work->err = work->form == ANSWER_SUMS ? summed_encode(&work->sums, &work->out)
					      : summed_print_json(&work->sums, &work->out);
	if (work->err == ERR_INVALID) {
		work->err = OK;
		work->asked = fail(&work->reason, ERR_IO,
			"the sums of the peers and of this store contradict each other");
	}
}

/* What is not exact goes with the figures, which are as those of one store. */
static void summed_say(struct request *request, const struct answer_work *work)
{
	if (work->form != ANSWER_SUMMED)
		return;
	request_add_header(request, "Ladder-Peers", peers_names(work->peers));
	request_add_header(request, "Ladder-Not-Exact",
		"whoever is in two of the stores counts in each; agreements are not listed");
}

static void answer_finish(struct request *request)
{
	struct answer_work *work = request->work;
	CHECK(work->request == request);
	CHECK(gate_may_see(visit_of(request)->identity.analyst, work->municipality));
	if (work->err == OK && work->asked == ERR_STOPPED) {
		visit_store_error(request, ERR_STOPPED);
	} else if (work->err == OK && work->asked != OK) {
		request_try_later(request, work->asked == ERR_CONFLICT ? 504 : 503,
			RETRY_PEER_SECONDS, work->reason.text);
	} else if (work->err == OK) {
		request->out = work->out;
		work->out = (struct text){ 0 };
		summed_say(request, work);
		request_answer(
			request, 200, work->form == ANSWER_SUMS ? "application/x-protobuf" : json);
	} else {
		visit_store_error(request, work->err);
	}
	summed_release(&work->sums);
	text_release(&work->out);
	free(work);
}

/* What is asked of /v1/indicators. */
struct asked {
	bool has_as_of;
	bool has_known_at;
	int32_t as_of;
	int64_t known_us;
	int32_t known_day; /* without an analyst's token; DAY_NONE: not given */
	uint16_t municipality;
	uint64_t window_days;
	uint64_t definitions;
	bool has_definitions;
	bool peers;
};

/* peers=yes, which a question of figures may have. Answers when it is something else. */
static bool peers_read(struct request *request, struct asked *asked)
{
	const char *peers = request_query(request, "peers");
	asked->peers = peers != NULL;
	if (peers == NULL || strcmp(peers, "yes") == 0)
		return true;
	request_problem(request, 400, "peers must be yes, or absent");
	return false;
}

static bool asked_read(struct request *request, const char *const *parameters, struct asked *asked)
{
	*asked = (struct asked){ .municipality = PART_ALL,
		.window_days = WINDOW_DAYS_DEFAULT,
		.definitions = DEFINITIONS,
		.known_day = DAY_NONE };
	if (!request_query_check(request, parameters) ||
		!request_query_number(
			request, "window", WINDOW_DAYS_MIN, WINDOW_DAYS_MAX, &asked->window_days) ||
		!request_query_number(
			request, "definitions", DEFINITIONS_MIN, DEFINITIONS, &asked->definitions))
		return false;
	asked->has_definitions = request_query(request, "definitions") != NULL;
	const char *as_of = request_query(request, "as_of");
	const char *known_at = request_query(request, "known_at");
	const char *municipality = request_query(request, "municipality");
	asked->has_as_of = as_of != NULL;
	asked->has_known_at = known_at != NULL;
	if (as_of != NULL && date_parse(bytes_of_string(as_of), &asked->as_of) != OK) {
		request_problem(request, 400, "as_of must be a civil date, YYYY-MM-DD");
		return false;
	}
	if (known_at != NULL && visit_of(request)->identity.analyst == NULL) {
		if (date_parse(bytes_of_string(known_at), &asked->known_day) != OK) {
			request_problem(request, 400,
				"known_at of what is published is a civil day, YYYY-MM-DD");
			return false;
		}
	} else if (known_at != NULL &&
		   instant_parse(bytes_of_string(known_at), &asked->known_us) != OK) {
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
	if (!gate_may_see(visit_of(request)->identity.analyst, municipality)) {
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
	if (visit_snapshot(request, &snapshot, &reason) != OK) {
		request_try_later(request, 503, RETRY_SECONDS, reason.text);
		return;
	}
	const struct publication_question question = {
		.municipality = asked->municipality,
		.as_of = asked->has_as_of ? asked->as_of : DAY_NONE,
		.known_day = asked->known_day,
	};
	struct publication_answer answer = { .state = PUBLICATION_NONE };
	char day[DATE_LENGTH + 1];
	if (asked->window_days == WINDOW_DAYS_DEFAULT)
		answer = publications_ask(&snapshot.published->publications, &question);
	/* A publication shows the set that was current at its record. */
	if (answer.state == PUBLICATION_SHOWN && asked->has_definitions &&
		asked->definitions != (uint64_t)answer.publication->definitions)
		answer.state = PUBLICATION_NONE;
	switch (answer.state) {
	case PUBLICATION_NONE:
		request_problem(request, 403,
			"without an analyst's token only what a municipality published is shown: "
			"name one municipality, and as as_of the last day of a quarter that it "
			"published, or no as_of for the newest");
		break;
	case PUBLICATION_WITHHELD:
		request_problem(request, 403, PUBLICATION_WITHHELD_SAYS);
		break;
	case PUBLICATION_WITHDRAWN:
		date_print(answer.withdrawn_day, day);
		request_problem(request, 410, PUBLICATION_WITHDRAWN_SAYS " %s", day);
		break;
	case PUBLICATION_SHOWN:
		if (publication_print(answer.publication, &request->out) == OK)
			request_answer(request, 200, json);
		else
			visit_store_error(request, ERR_FULL);
		break;
	}
	snapshot_drop(&snapshot);
}

static void snapshot_answer(struct request *request)
{
	struct snapshot snapshot;
	struct reason reason;
	if (visit_snapshot(request, &snapshot, &reason) != OK) {
		request_try_later(request, 503, RETRY_SECONDS, reason.text);
		return;
	}
	const struct visit *visit = visit_of(request);
	CHECK(gate_may_see(visit->identity.analyst, visit->municipality));
	if (snapshot_print(&snapshot, visit->municipality, &request->out) == OK)
		request_answer(request, 200, json);
	else
		visit_store_error(request, ERR_FULL);
	snapshot_drop(&snapshot);
}

static bool snapshot_is_of(struct request *request, int32_t as_of)
{
	struct snapshot snapshot;
	struct reason reason;
	if (visit_snapshot(request, &snapshot, &reason) != OK)
		return false;
	bool same = snapshot.as_of == as_of;
	snapshot_drop(&snapshot);
	return same;
}

/*
 * A follower does not know yet what its main will have known then, nor a node what its cluster will
 * while that is away. Answers when so.
 */
static bool awaits_others(struct request *request, int64_t known_us)
{
	int64_t settled_us;
	char instant[INSTANT_LENGTH + 1], sentence[200];
	struct committer *committer = visit_of(request)->server->committer;
	if (!committer_awaits(committer, known_us, &settled_us))
		return false;
	if (settled_us == INT64_MIN)
		settled_us = 0;
	instant_print(settled_us, instant);
	snprintf(sentence, sizeof(sentence),
		"%s, and knows what was recorded up to %s only: ask again in a moment",
		committer_follows(committer) ? "this ladderd follows another"
					     : "this ladderd waits for its cluster",
		instant);
	request_try_later(request, 503, RETRY_SECONDS, sentence);
	return true;
}

/* K and P of an analyst's question. Answers when it is none that can be answered. */
static bool asked_settle(struct request *request, struct asked *asked)
{
	struct committer *committer = visit_of(request)->server->committer;
	if (!asked_is_allowed(request, asked->municipality))
		return false;
	if (asked->has_known_at && awaits_others(request, asked->known_us))
		return false;
	if (asked->has_known_at && committer_is_to_come(committer, asked->known_us)) {
		request_problem(request, 400, "known_at must not be later than now");
		return false;
	}
	if (!asked->has_known_at)
		asked->known_us = committer_now_us(committer);
	int32_t known_day = zone_day(asked->known_us);
	if (asked->has_as_of && asked->as_of > known_day) {
		request_problem(request, 400, "as_of must not be later than the day of known_at");
		return false;
	}
	if (!asked->has_as_of)
		asked->as_of = known_day;
	return true;
}

/* Hands the question to a worker. */
static void work_begin(struct request *request, const struct asked *asked, enum answer_form form)
{
	struct server *server = visit_of(request)->server;
	struct answer_work *work = calloc(1, sizeof(*work));
	if (work == NULL) {
		visit_store_error(request, ERR_FULL);
		return;
	}
	work->task.run = answer_run;
	work->request = request;
	work->inquiry = inquiry_of(server);
	work->inquiry.stop = &work->task.stop;
	work->inquiry.known_us = asked->known_us;
	work->inquiry.is_newest = !asked->has_known_at;
	work->inquiry.municipality = asked->municipality;
	work->inquiry.ask = answer_ask;
	work->inquiry.context = work;
	work->question = question_at(asked->as_of);
	work->question.window_days = (int32_t)asked->window_days;
	work->question.definitions = (int32_t)asked->definitions;
	work->municipality = asked->municipality;
	work->form = form;
	work->peers = server->peers;
	if (!visit_submit(request, &work->task, answer_finish)) {
		free(work);
		visit_busy(request);
	}
}

/* May the stores of others be added? Answers when not. */
static bool peers_are_allowed(struct request *request, const struct asked *asked)
{
	if (visit_of(request)->identity.analyst == NULL)
		request_problem(request, 403,
			"what several stores have together is for an analyst's token");
	else if (visit_of(request)->server->peers == NULL)
		request_problem(
			request, 400, "this ladderd has no [peer NAME] in its configuration");
	else if (!asked->has_known_at)
		request_problem(request, 400,
			"peers takes known_at: all stores must be asked for one instant");
	else
		return true;
	return false;
}

void indicators_handle(struct request *request)
{
	static const char *const parameters[] = { "as_of", "known_at", "municipality", "window",
		"definitions", "peers", NULL };
	struct asked asked;
	struct visit *visit = visit_of(request);
	if (!asked_read(request, parameters, &asked) || !peers_read(request, &asked) ||
		(asked.peers && !peers_are_allowed(request, &asked)))
		return;
	if (visit->identity.analyst == NULL) {
		published_answer(request, &asked);
		return;
	}
	if (!asked_settle(request, &asked))
		return;
	/* Just after midnight the snapshot may still be of the day before. */
	if (!asked.has_known_at && asked.window_days == WINDOW_DAYS_DEFAULT &&
		asked.definitions == DEFINITIONS &&
		(!asked.has_as_of || snapshot_is_of(request, asked.as_of))) {
		visit->municipality = asked.municipality;
		visit_when_fresh(request, snapshot_answer, NULL);
		return;
	}
	work_begin(request, &asked, asked.peers ? ANSWER_SUMMED : ANSWER_FIGURES);
}

void sums_handle(struct request *request)
{
	static const char *const parameters[] = { "as_of", "known_at", "municipality", "window",
		"definitions", NULL };
	struct asked asked;
	if (!asked_read(request, parameters, &asked))
		return;
	if (!gate_may_read_sums(&visit_of(request)->identity))
		request_refuse(request, request->route->denied);
	else if (asked_settle(request, &asked))
		work_begin(request, &asked, ANSWER_SUMS);
}
