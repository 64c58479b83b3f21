/*
 * daemon/push.c - POST /v1/events: a batch in, an answer once it is durable.
 */
#include <stdlib.h>
#include <strings.h>

#include "base/check.h"
#include "base/date.h"
#include "daemon/http.h"
#include "proto/codec.h"

#define RETRY_BUSY_SECONDS  1
#define RETRY_SPACE_SECONDS 60

/* A batch on its way through the committer. */
struct push {
	struct request *request;
	enum batch_format format;
	struct arena arena;
	struct batch batch;
	struct submission submission;
};

static void push_free(struct push *push)
{
	arena_release(&push->arena);
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
	const char *type = request_header(request, "Content-Type");
	const char *encoding = request_header(request, "Content-Encoding");
	if (encoding != NULL && strcasecmp(encoding, "identity") != 0) {
		request_problem(request, 415, "the body must not be encoded");
		return false;
	}
	if (type != NULL && media_type_is(type, "application/json")) {
		*out = BATCH_JSON;
		return true;
	}
	if (type != NULL && media_type_is(type, "application/x-protobuf")) {
		*out = BATCH_PROTOBUF;
		return true;
	}
	request_problem(request, 415,
		"the Content-Type must be application/json or application/x-protobuf");
	return false;
}

/* Counts what became of the batch's events, and gathers the rejections. */
static struct rejection *outcome_count(struct push *push, struct ingest_result *result)
{
	struct counters *counters = &push->request->server->counters;
	struct partner_counter *partner = counters_partner(counters, push->submission.partner);
	struct rejection *rejections =
		arena_take(&push->arena, push->batch.count * sizeof(*rejections));
	*result = (struct ingest_result){
		.rejections = rejections,
		.last_seq = push->submission.last_seq,
	};
	if (rejections == NULL)
		return NULL;
	for (size_t i = 0; i < push->batch.count; i++) {
		const struct batch_item *item = &push->batch.items[i];
		switch (item->verdict) {
		case VERDICT_ACCEPTED:
			result->accepted++;
			break;
		case VERDICT_DUPLICATE:
			result->duplicates++;
			break;
		case VERDICT_REJECTED:
			rejections[result->rejection_count++] = item->rejection;
			counters->rejections[item->rejection.code]++;
			break;
		}
	}
	partner->events[RESULT_ACCEPTED] += result->accepted;
	partner->events[RESULT_DUPLICATE] += result->duplicates;
	partner->events[RESULT_REJECTED] += result->rejection_count;
	if (result->accepted > 0)
		partner->last_event_us = clock_now_us(&push->request->server->clock);
	return rejections;
}

static void answer_result(struct push *push)
{
	struct request *request = push->request;
	struct ingest_result result;
	if (outcome_count(push, &result) == NULL) {
		/* It is durable, but there is no room to say so: sending again says it. */
		request_try_later(request, 503, RETRY_BUSY_SECONDS, "there is no memory");
		return;
	}
	if (push->format == BATCH_JSON) {
		result_print_json(&result, &request->out);
		request_answer(request, 200, "application/json");
	} else if (result_encode(&result, &push->arena, &request->out) == OK) {
		request_answer(request, 200, "application/x-protobuf");
	} else {
		request_try_later(request, 503, RETRY_BUSY_SECONDS, "there is no memory");
	}
}

/* In the loop's thread, when the committer is done. */
static void push_finish(struct request *request)
{
	struct push *push = request->work;
	struct reason reason = { "the store is full" };
	switch (push->submission.outcome) {
	case OUTCOME_DURABLE:
		answer_result(push);
		refresher_wake(request->server->refresher);
		break;
	case OUTCOME_REFUSED:
		committer_is_short_of_space(request->server->committer, &reason);
		request_try_later(request, 503, RETRY_SPACE_SECONDS, reason.text);
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

/* Reads the body into push->batch; answers when it cannot. */
static bool push_read(struct push *push)
{
	struct request *request = push->request;
	struct server *server = request->server;
	const struct batch_limits limits = {
		.events_max = server->config->limits_batch_events_max,
	};
	struct reason reason = { "there is no memory" };
	int32_t today = zone_day(clock_now_us(&server->clock));
	enum err err = arena_init(&push->arena, batch_arena_size(request->body.length));
	if (err == ERR_FULL) {
		request_try_later(request, 503, RETRY_BUSY_SECONDS, reason.text);
		return false;
	}
	err = batch_read(text_bytes(&request->body), push->format, &limits,
		&request->identity.partner->rights, today, &push->arena, &push->batch, &reason);
	if (err != OK) {
		request_problem(request, err == ERR_FULL ? 413 : 400, "%s", reason.text);
		return false;
	}
	histogram_count(&server->counters.batch_events, (int64_t)push->batch.count);
	return true;
}

void push_handle(struct request *request)
{
	struct server *server = request->server;
	enum batch_format format;
	if (request->identity.partner == NULL) {
		bool anonymous = request_header(request, "Authorization") == NULL;
		request_problem(request, anonymous ? 401 : 403,
			anonymous ? "a partner's token is required: Authorization: Bearer TOKEN"
				  : "only a partner's token may push events");
		return;
	}
	if (server->stopping) {
		request_try_later(request, 503, RETRY_BUSY_SECONDS, "ladderd is stopping");
		return;
	}
	if (!format_find(request, &format))
		return;

	struct push *push = calloc(1, sizeof(*push));
	if (push == NULL) {
		request_try_later(request, 503, RETRY_BUSY_SECONDS, "there is no memory");
		return;
	}
	push->request = request;
	push->format = format;
	if (!push_read(push)) {
		push_free(push);
		return;
	}
	push->submission = (struct submission){
		.batch = &push->batch,
		.arena = &push->arena,
		.partner = bytes_of_string(request->identity.partner->name),
		.bytes = request->body.length + push->arena.used,
		.done = push_done,
		.context = request,
	};
	enum err err = committer_submit(server->committer, &push->submission);
	if (err == OK) {
		request_suspend(request, push_finish, push);
		return;
	}
	push_free(push);
	if (err == ERR_FULL)
		request_try_later(request, 503, RETRY_BUSY_SECONDS,
			"too many batches are waiting; try again");
	else
		request_try_later(request, 503, RETRY_BUSY_SECONDS, "ladderd is stopping");
}
