/*
 * daemon/web/api_push.c - see api_push.h.
 */
#include "daemon/web/api_push.h"

#include <stdlib.h>
#include <strings.h>

#include "base/check.h"
#include "daemon/http/gzip.h"
#include "daemon/server/delivery.h"
#include "daemon/web/gate.h"
#include "daemon/web/visit.h"

#define RETRY_BUSY_SECONDS     1
#define RETRY_SPACE_SECONDS    60
#define RETRY_FOLLOWER_SECONDS 60

struct push {
	enum batch_format format;
	struct delivery delivery;
};

static void push_free(struct push *push)
{
	delivery_release(&push->delivery);
	free(push);
}

/* True when the Content-Type's media type is `name`, parameters aside. */
static bool media_type_is(const char *content_type, const char *name)
{
	size_t length = strcspn(content_type, "; \t");
	return length == strlen(name) && strncasecmp(content_type, name, length) == 0;
}

static bool format_find(struct request *request, enum batch_format *out)
{
	static const struct {
		const char *media_type;
		enum batch_format format;
	} rows[] = {
		{ "application/json", BATCH_JSON },
		{ "application/x-ndjson", BATCH_NDJSON },
		{ "application/cloudevents-batch+json", BATCH_CLOUD },
		{ "application/x-protobuf", BATCH_PROTOBUF },
	};
	const char *type = request_header(request, "Content-Type");
	for (size_t i = 0; i < ARRAY_LENGTH(rows) && type != NULL; i++) {
		if (media_type_is(type, rows[i].media_type)) {
			*out = rows[i].format;
			return true;
		}
	}
	request_problem(request, 415,
		"the Content-Type must be application/json, application/x-ndjson, "
		"application/cloudevents-batch+json or application/x-protobuf");
	return false;
}

/* Puts the inflated body in the place of a gzip one; answers when it cannot. */
static bool body_inflate(struct request *request)
{
	const char *encoding = request_header(request, "Content-Encoding");
	size_t limit = visit_of(request)->server->config->limits_body_bytes_max;
	struct text body = { 0 };
	if (encoding == NULL || strcasecmp(encoding, "identity") == 0)
		return true;
	if (strcasecmp(encoding, "gzip") != 0) {
		request_problem(request, 415, "the Content-Encoding must be gzip or none");
		return false;
	}
	enum err err = gzip_inflate(text_bytes(&request->body), limit, &body);
	if (err == OK && request_body_replace(request, &body))
		return true;
	text_release(&body);
	if (err == OK || err == ERR_IO)
		request_full(request);
	else if (err == ERR_FULL)
		request_problem(request, 413,
			"the request must not be larger than %zu bytes, inflated", limit);
	else
		request_problem(request, 400, "the body cannot be read as gzip");
	return false;
}

static void answer_result(struct request *request, struct push *push)
{
	struct ingest_result result;
	enum err err = delivery_result(&push->delivery, &result);
	if (err == OK && push->format == BATCH_PROTOBUF) {
		err = result_encode(&result, &push->delivery.arena, &request->out);
		if (err == OK)
			request_answer(request, 200, "application/x-protobuf");
	} else if (err == OK) {
		result_print_json(&result, &request->out);
		request_answer(request, 200, "application/json");
	}
	/* It is durable, but there is no room to say so: sending again says it. */
	if (err != OK)
		request_try_later(request, 503, RETRY_BUSY_SECONDS, "there is no memory");
}

/* In the loop's thread, when the committer is done. */
static void push_finish(struct request *request)
{
	struct push *push = request->work;
	CHECK(push->delivery.submission.context == request);
	struct reason reason = { "whether the events are stored is unknown; send them again" };
	switch (push->delivery.submission.outcome) {
	case OUTCOME_DURABLE:
		answer_result(request, push);
		refresher_wake(visit_of(request)->server->refresher);
		break;
	case OUTCOME_REFUSED:
		committer_is_short_of_space(visit_of(request)->server->committer, &reason);
		request_try_later(request, 503, RETRY_SPACE_SECONDS, reason.text);
		break;
	case OUTCOME_AWAY:
		committer_is_short_of_space(visit_of(request)->server->committer, &reason);
		request_try_later(request, 503, RETRY_BUSY_SECONDS, reason.text);
		break;
	case OUTCOME_FAILED:
		request->close = true;
		request_problem(request, 500,
			"the commit failed; whether the events are stored is unknown: send them "
			"again later, that is safe");
		break;
	case OUTCOME_WAITING:
		check_failed("a finished submission", __FILE__, __LINE__);
	}
	push_free(push);
}

/* In the committer's thread. */
static void push_done(struct submission *submission)
{
	request_done(submission->context);
}

/* Reads the body; answers when it cannot. */
static struct push *push_read(struct request *request, enum batch_format format)
{
	struct reason reason = { "there is no memory; try again" };
	struct push *push = calloc(1, sizeof(*push));
	const struct visit *visit = visit_of(request);
	enum err err = ERR_CONFLICT;
	CHECK(visit->identity.partner != NULL);
	if (push != NULL)
		err = delivery_read(&push->delivery, &visit->server->reception,
			visit->identity.partner, request->share, text_bytes(&request->body), format,
			&reason);
	if (err == OK) {
		push->format = format;
		return push;
	}
	free(push);
	if (err == ERR_CONFLICT)
		request_try_later(request, 503, RETRY_BUSY_SECONDS, reason.text);
	else
		request_problem(request, err == ERR_FULL ? 413 : 400, "%s", reason.text);
	return NULL;
}

/* Counts what is pushed for the partner's rates. */
static void pushed_count(struct request *request, const struct push *push)
{
	struct visit *visit = visit_of(request);
	CHECK(!visit->is_counted);
	visit->is_counted = true;
	account_pushed(visit->account, push->delivery.batch.count, request->received,
		clock_monotonic_us(&visit->server->clock));
}

/* A follower takes nothing: the main does. */
static void follower_says(struct request *request, const struct server *server)
{
	struct text sentence = { 0 };
	text_printf(&sentence, "this ladderd follows %s and takes no events: send them there",
		server->config->follow_main);
	request_try_later(request, 503, RETRY_FOLLOWER_SECONDS,
		sentence.failed ? "this ladderd takes no events" : sentence.data);
	text_release(&sentence);
}

void push_handle(struct request *request)
{
	struct server *server = visit_of(request)->server;
	enum batch_format format;
	if (server->stopping) {
		request_try_later(request, 503, RETRY_BUSY_SECONDS, "ladderd is stopping");
		return;
	}
	if (committer_follows(server->committer)) {
		follower_says(request, server);
		return;
	}
	if (!gate_rate(request) || !format_find(request, &format) || !body_inflate(request))
		return;
	struct push *push = push_read(request, format);
	if (push == NULL)
		return;
	pushed_count(request, push);
	push->delivery.submission.done = push_done;
	push->delivery.submission.context = request;
	enum err err = committer_submit(server->committer, &push->delivery.submission);
	if (err == OK) {
		request_suspend(request, push_finish, push);
		return;
	}
	push_free(push);
	struct reason away = { "the cluster was away for a moment; try again" };
	if (err == ERR_CONFLICT)
		committer_is_short_of_space(server->committer, &away);
	request_try_later(request, 503, RETRY_BUSY_SECONDS,
		err == ERR_CONFLICT ? away.text
		: err == ERR_FULL   ? "too many batches are waiting; try again"
				    : "ladderd is stopping");
}
