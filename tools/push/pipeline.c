/*
 * tools/push/pipeline.c - see pipeline.h.
 *
 * The parcels are a queue. From its front: those that are sent, one that may be half sent,
 * and those that wait to be sent. Answers come in the order of the batches, so an answer is
 * always about the first, and so is the error a connection ends with.
 *
 * A daemon that hangs up while more is on its way to it may not get its reason through. So
 * after a connection ended, what was on its way goes one by one: then the reason is heard.
 */
#include "tools/push/pipeline.h"

#include <stdlib.h>

#include "base/date.h"
#include "base/grow.h"
#include "ingest/batch.h"
#include "ingest/json.h"
#include "tools/common/options.h"
#include "tools/push/stream_client.h"

#define BATCH_BYTES_MAX   ((size_t)4 << 20)
#define BATCH_EXTRA       64 /* of a message beyond its events */
#define EVENTS_TAG        0x0A
#define WINDOW_MAX        64 /* batches on their way, when the daemon allows as many */
#define WINDOW_BYTES_MAX  ((size_t)32 << 20)
#define CONVERT_BYTES_MAX ((size_t)1 << 20) /* of one event: as long as a line may be */
#define ANSWER_MS         60000
#define IDLE_REPLIES_MAX  16 /* that answer no batch */
#define PING_US           (60 * US_PER_SECOND)

/* The daemon's clock decides on what lies in the future. */
#define LATEST ((struct civil){ 9998, 12, 31 })

/* A batch, until it is answered. */
struct parcel {
	struct parcel *next;
	struct text originals; /* its events as the file has them */
	struct text wire;      /* an EventBatch */
	struct sent_event *events;
	size_t event_count;
	size_t event_room;
	uint64_t number;  /* as sent last; 0: it is not sent on this connection */
	struct text head; /* of the message */
	size_t sent;      /* bytes of head and wire */
};

struct pipeline {
	struct report *report;
	struct stream_client *sender;
	const char *token;
	struct arena arena;
	struct event_rules rules;
	struct retry retry;

	size_t batch_events_max;
	size_t batch_bytes_max;
	size_t window_max; /* batches on their way */
	size_t one_by_one; /* so many batches more */

	struct parcel *filling; /* not in the queue yet; NULL: none */
	struct parcel *first;
	struct parcel *last;
	size_t queued;       /* parcels from first to last */
	size_t queued_bytes; /* of their wire */
	uint64_t number;     /* of the parcel sent last */
	int64_t said_us;     /* when something was sent last */
	int64_t heard_us;    /* when a batch was answered last */
};

static void parcel_free(struct parcel *parcel)
{
	if (parcel == NULL)
		return;
	text_release(&parcel->originals);
	text_release(&parcel->wire);
	text_release(&parcel->head);
	free(parcel->events);
	free(parcel);
}

/* False: there is no memory. */
static bool parcel_add(
	struct parcel *parcel, uint64_t position, struct bytes original, struct bytes wire)
{
	if (!GROW(parcel->events, parcel->event_room, parcel->event_count + 1))
		return false;
	parcel->events[parcel->event_count++] = (struct sent_event){
		.offset = parcel->originals.length,
		.length = original.length,
		.position = position,
	};
	text_add(&parcel->originals, original);
	text_add_char(&parcel->wire, EVENTS_TAG);
	varint_add(&parcel->wire, wire.length);
	text_add(&parcel->wire, wire);
	return !parcel->originals.failed && !parcel->wire.failed;
}

static int no_memory(void)
{
	return complain(command_name(), EX_OSERR, "There is not enough memory.");
}

/* Makes two of a parcel that is in the queue. False: there is no memory. */
static bool parcel_halve(struct pipeline *pipeline, struct parcel *parcel)
{
	struct parcel *halves[2] = { calloc(1, sizeof(struct parcel)),
		calloc(1, sizeof(struct parcel)) };
	struct bytes wire = text_bytes(&parcel->wire), event;
	bool whole = halves[0] != NULL && halves[1] != NULL;
	for (size_t i = 0; i < parcel->event_count && whole; i++) {
		const struct sent_event *at = &parcel->events[i];
		struct bytes original = bytes_of(parcel->originals.data + at->offset, at->length);
		whole = batch_next(&wire, &event) == OK &&
			parcel_add(halves[i >= parcel->event_count / 2], at->position, original,
				event);
	}
	if (!whole) {
		parcel_free(halves[0]);
		parcel_free(halves[1]);
		return false;
	}
	/* The first half takes the parcel's position, so that what points to it stays right. */
	struct parcel old = *parcel;
	*parcel = *halves[0];
	parcel->next = halves[1];
	halves[1]->next = old.next;
	if (pipeline->last == parcel)
		pipeline->last = halves[1];
	pipeline->queued++;
	*halves[0] = old;
	parcel_free(halves[0]);
	return true;
}

static void parcel_drop_first(struct pipeline *pipeline)
{
	struct parcel *parcel = pipeline->first;
	pipeline->first = parcel->next;
	if (pipeline->first == NULL)
		pipeline->last = NULL;
	pipeline->queued--;
	pipeline->queued_bytes -= parcel->wire.length;
	parcel_free(parcel);
}

/* Cuts what is queued so that it is within what the daemon takes. */
static int queue_fit(struct pipeline *pipeline)
{
	for (struct parcel *at = pipeline->first; at != NULL;) {
		bool fits = at->event_count <= pipeline->batch_events_max &&
			    at->wire.length <= pipeline->batch_bytes_max;
		if (fits)
			at = at->next;
		else if (at->event_count == 1)
			return report_refusal(pipeline->report, EX_DATAERR, at->events, 1,
				"it has more bytes than the daemon takes in one batch");
		else if (!parcel_halve(pipeline, at))
			return no_memory();
	}
	return EX_OK;
}

static void limits_take(struct pipeline *pipeline, const struct stream_limits *limits)
{
	uint64_t bytes = limits->message_bytes_max;
	if (limits->batch_events_max > 0 && limits->batch_events_max < pipeline->batch_events_max)
		pipeline->batch_events_max = (size_t)limits->batch_events_max;
	if (bytes > BATCH_EXTRA && bytes - BATCH_EXTRA < pipeline->batch_bytes_max)
		pipeline->batch_bytes_max = (size_t)bytes - BATCH_EXTRA;
	pipeline->window_max =
		limits->pipelined_batches_max > 0 && limits->pipelined_batches_max < WINDOW_MAX
			? (size_t)limits->pipelined_batches_max
			: WINDOW_MAX;
}

/* Nothing of what is queued is sent, for the connection is over. */
static void connection_over(struct pipeline *pipeline)
{
	stream_client_disconnect(pipeline->sender);
	pipeline->one_by_one = 0;
	for (struct parcel *at = pipeline->first; at != NULL; at = at->next) {
		pipeline->one_by_one += at->number != 0;
		at->number = 0;
		at->sent = 0;
	}
}

/* The connection broke. EX_OK: it has waited, and one may connect again. */
static int break_take(struct pipeline *pipeline, const char *reason)
{
	connection_over(pipeline);
	report_pause(pipeline->report);
	return retry_wait(&pipeline->retry, EX_UNAVAILABLE, 0, reason);
}

/* Too large: the half of it, and so from now on. */
static int too_large_take(struct pipeline *pipeline, const char *reason)
{
	struct parcel *first = pipeline->first;
	if (first == NULL || first->event_count == 1)
		return first == NULL ? complain(command_name(), EX_PROTOCOL, "%s.", reason)
				     : report_refusal(pipeline->report, EX_DATAERR, first->events,
					       1, reason);
	if (first->event_count / 2 < pipeline->batch_events_max)
		pipeline->batch_events_max = first->event_count / 2;
	connection_over(pipeline);
	return EX_OK;
}

/* The daemon ended the connection with an error. EX_OK: go on. */
static int error_take(struct pipeline *pipeline, const struct stream_reply *reply)
{
	static const char *const passing[] = { "unavailable", "unknown", "too_many_connections" };
	const struct parcel *first = pipeline->first;
	struct reason code, message, reason;
	answer_text(reply->code, &code);
	answer_text(reply->message, &message);
	snprintf(reason.text, sizeof(reason.text), "%.100s: %.300s", code.text, message.text);
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
		if (strcmp(code.text, passing[i]) != 0)
			continue;
		connection_over(pipeline);
		report_pause(pipeline->report);
		return retry_wait(&pipeline->retry, EX_TEMPFAIL, 0, reason.text);
	}
	if (strcmp(code.text, "idle") == 0) {
		connection_over(pipeline);
		return EX_OK;
	}
	if (strcmp(code.text, "too_large") == 0)
		return too_large_take(pipeline, reason.text);
	report_pause(pipeline->report);
	if (strcmp(code.text, "unauthorized") == 0)
		return complain(command_name(), EX_NOPERM, "The daemon refuses: %s.", reason.text);
	if (strcmp(code.text, "bad_frame") == 0 && first != NULL && first->number != 0)
		return report_refusal(pipeline->report, EX_DATAERR, first->events,
			first->event_count, reason.text);
	return complain(command_name(), EX_PROTOCOL, "The daemon refuses: %s.", reason.text);
}

/* Connects until it works. */
static int connect_again(struct pipeline *pipeline)
{
	while (!stream_client_is_connected(pipeline->sender)) {
		struct stream_reply reply;
		struct reason reason;
		int code = EX_OK;
		enum err err =
			stream_client_connect(pipeline->sender, pipeline->token, &reply, &reason);
		pipeline->said_us = clock_monotonic_us(&pipeline->retry.clock);
		if (err == ERR_INVALID)
			return complain(
				"push", EX_PROTOCOL, "%s: is the address right?", reason.text);
		if (err == ERR_CONFLICT)
			return complain("push", EX_UNAVAILABLE, "%s.", reason.text);
		if (err != OK) {
			code = break_take(pipeline, reason.text);
		} else if (reply.kind == STREAM_ERROR) {
			code = error_take(pipeline, &reply);
		} else if (reply.protocol_version != STREAM_PROTOCOL_VERSION) {
			code = complain(command_name(), EX_PROTOCOL,
				"The daemon speaks another version of the stream: take `ladder` "
				"and ladderd of one version, or --via http.");
		} else {
			limits_take(pipeline, &reply.limits);
			code = queue_fit(pipeline);
		}
		if (code != EX_OK)
			return code;
	}
	return EX_OK;
}

/* How many batches may be on their way now. */
static size_t window(const struct pipeline *pipeline)
{
	return pipeline->one_by_one > 0 ? 1 : pipeline->window_max;
}

/* Sends what goes without waiting. *more: there is something left that may go. */
static enum err send_some(struct pipeline *pipeline, bool *more, struct reason *reason)
{
	size_t on_their_way = 0;
	*more = false;
	for (struct parcel *at = pipeline->first; at != NULL && on_their_way < window(pipeline);
		at = at->next, on_their_way++) {
		if (at->number == 0) {
			at->number = ++pipeline->number;
			at->head.length = 0;
			stream_batch_head_add(at->number, at->wire.length, &at->head);
			if (at->head.failed)
				return fail(reason, ERR_IO, "there is not enough memory");
		}
		size_t whole = at->head.length + at->wire.length;
		if (at->sent == whole)
			continue;
		size_t before = at->sent;
		enum err err = stream_client_send(pipeline->sender, text_bytes(&at->head),
			text_bytes(&at->wire), &at->sent, reason);
		if (at->sent > before)
			pipeline->said_us = clock_monotonic_us(&pipeline->retry.clock);
		*more = at->sent < whole;
		if (err != OK || *more)
			return err;
	}
	return OK;
}

static int result_take(struct pipeline *pipeline, const struct stream_reply *reply)
{
	struct parcel *first = pipeline->first;
	struct push_result result;
	enum err err = ERR_INVALID;
	if (first != NULL && first->number != 0 && reply->number == first->number)
		err = result_read_stream(reply->result, first->event_count, &result);
	if (err == ERR_FULL)
		return complain(command_name(), EX_OSERR, "There is not enough memory.");
	if (err != OK)
		return complain(command_name(), EX_PROTOCOL,
			"The answer is not that of a ladderd, or does not add up: is the address "
			"right?");
	retry_begin(&pipeline->retry);
	pipeline->heard_us = clock_monotonic_us(&pipeline->retry.clock);
	int code = report_result(
		pipeline->report, &result, text_bytes(&first->originals), first->events);
	result_release(&result);
	parcel_drop_first(pipeline);
	if (pipeline->one_by_one > 0)
		pipeline->one_by_one--;
	return code;
}

/* Answers come in order: the next one is about the first batch. */
static size_t reply_bytes_max(const struct pipeline *pipeline)
{
	const struct parcel *first = pipeline->first;
	return answer_bytes_max(first == NULL ? 0 : first->event_count, ANSWER_BYTES_EVENT);
}

/* Has the first batch been on its way for too long, whatever else comes? */
static bool is_kept_waiting(const struct pipeline *pipeline)
{
	int64_t since_us =
		pipeline->said_us > pipeline->heard_us ? pipeline->said_us : pipeline->heard_us;
	return clock_monotonic_us(&pipeline->retry.clock) - since_us >
	       ANSWER_MS * (US_PER_SECOND / 1000);
}

/*
 * Takes the replies that are there. *taken: how many. A connection that is over for a reason
 * that passes is given up: then there is none.
 */
static int take_some(struct pipeline *pipeline, size_t *taken)
{
	size_t idle = 0;
	*taken = 0;
	for (;;) {
		struct stream_reply reply;
		struct reason reason;
		enum err err = stream_client_take(
			pipeline->sender, reply_bytes_max(pipeline), &reply, &reason);
		if (err == ERR_NOT_FOUND)
			return EX_OK;
		if (err == ERR_IO)
			return break_take(pipeline, reason.text);
		if (err != OK)
			return complain(
				"push", EX_PROTOCOL, "%s: is the address right?", reason.text);
		(*taken)++;
		if (reply.kind == STREAM_RESULT)
			idle = 0;
		else if (++idle > IDLE_REPLIES_MAX)
			return complain(command_name(), EX_PROTOCOL,
				"The daemon talks without answering: is the address right?");
		if (reply.kind == STREAM_ERROR)
			return error_take(pipeline, &reply);
		int code = reply.kind == STREAM_RESULT ? result_take(pipeline, &reply) : EX_OK;
		if (code != EX_OK)
			return code;
	}
}

/* One turn: sends and takes what goes; waits when neither did. */
static int turn(struct pipeline *pipeline, bool wait)
{
	struct reason broken, reason;
	bool more;
	size_t taken;
	int code = connect_again(pipeline);
	if (code != EX_OK)
		return code;
	enum err sent = send_some(pipeline, &more, &broken);
	code = take_some(pipeline, &taken);
	if (code != EX_OK || !stream_client_is_connected(pipeline->sender))
		return code;
	if (wait && is_kept_waiting(pipeline))
		return break_take(pipeline, "there was no whole answer for a minute");
	if (taken > 0)
		return EX_OK;
	if (sent != OK)
		return break_take(pipeline, broken.text);
	if (wait && stream_client_wait(pipeline->sender, more, ANSWER_MS, &reason) != OK)
		return break_take(pipeline, reason.text);
	return EX_OK;
}

/* Works until at most `batches` and `bytes` are not answered. */
static int work_down(struct pipeline *pipeline, size_t batches, size_t bytes)
{
	int code = EX_OK;
	while (code == EX_OK && (pipeline->queued > batches || pipeline->queued_bytes > bytes))
		code = turn(pipeline, true);
	return code;
}

/* Puts the parcel that is being filled at the end of the queue. */
static void filling_queue(struct pipeline *pipeline)
{
	struct parcel *parcel = pipeline->filling;
	pipeline->filling = NULL;
	if (pipeline->last == NULL) {
		pipeline->first = parcel;
		retry_begin(&pipeline->retry);
	} else {
		pipeline->last->next = parcel;
	}
	pipeline->last = parcel;
	pipeline->queued++;
	pipeline->queued_bytes += parcel->wire.length;
}

int pipeline_flush(struct pipeline *pipeline)
{
	if (pipeline->filling != NULL)
		filling_queue(pipeline);
	return work_down(pipeline, 0, 0);
}

static int filling_send(struct pipeline *pipeline)
{
	filling_queue(pipeline);
	int code = turn(pipeline, false);
	return code == EX_OK ? work_down(pipeline, window(pipeline) - 1, WINDOW_BYTES_MAX) : code;
}

int pipeline_rest(struct pipeline *pipeline)
{
	struct text ping = { 0 };
	struct reason reason;
	size_t sent = 0, taken;
	int code = pipeline_flush(pipeline);
	if (code != EX_OK || !stream_client_is_connected(pipeline->sender))
		return code;
	code = take_some(pipeline, &taken);
	if (code != EX_OK || !stream_client_is_connected(pipeline->sender) ||
		clock_monotonic_us(&pipeline->retry.clock) - pipeline->said_us < PING_US)
		return code;
	stream_ping_add(&ping);
	/* Alone on its way, a few bytes go whole; what is wrong shows at the next reply. */
	if (stream_client_send(
		    pipeline->sender, text_bytes(&ping), bytes_of("", 0), &sent, &reason) != OK)
		connection_over(pipeline);
	pipeline->said_us = clock_monotonic_us(&pipeline->retry.clock);
	text_release(&ping);
	return EX_OK;
}

/* What makes an event in JSON unfit to be sent. */
static int reject(struct pipeline *pipeline, const struct source_item *item,
	const struct rejection *rejection)
{
	struct source_item line = *item;
	struct told_rejection told = {
		.code = rejection_code_name(rejection->code),
		.field = rejection->field,
		.message = rejection->message,
		.position = item->position,
		.event = item->event,
		.is_json = true,
	};
	/* A line that is no event is said to be so in the words of the other way to send. */
	if (pipeline->report->format == PUSH_NDJSON) {
		if (source_check_line(&line) != OK)
			return complain(command_name(), EX_OSERR, "There is not enough memory.");
		if (line.code != NULL)
			told = (struct told_rejection){ line.code, line.field, line.message,
				item->position, item->event, false };
	}
	return report_rejection(pipeline->report, &told);
}

/* The event as protobuf, in the arena. *rejected: it is no valid event, and the rejection is told.
 */
static int convert(struct pipeline *pipeline, const struct source_item *item, bool *rejected,
	struct bytes *out)
{
	struct rejection rejection = {
		.code = REJECTION_BAD_SYNTAX,
		.field = "",
		.message = "the event takes too much memory for its size",
	};
	struct raw_event raw;
	struct event event;
	enum verdict verdict = VERDICT_REJECTED;
	arena_reset(&pipeline->arena);
	enum err err = json_line_event(item->event, &pipeline->arena, &raw);
	if (err == ERR_IO)
		return complain(command_name(), EX_OSERR, "There is not enough memory.");
	if (err == OK)
		err = event_validate(
			&raw, &pipeline->rules, &pipeline->arena, &verdict, &event, &rejection);
	if (err == OK && verdict == VERDICT_ACCEPTED)
		err = event_encode(&event, ENVELOPE_WHOLE, &pipeline->arena, out);
	*rejected = err != OK || verdict != VERDICT_ACCEPTED;
	return *rejected ? reject(pipeline, item, &rejection) : EX_OK;
}

int pipeline_add(struct pipeline *pipeline, const struct source_item *item)
{
	struct bytes wire = item->event;
	bool rejected = item->code != NULL;
	int code = EX_OK;
	if (rejected)
		code = report_rejection(pipeline->report, &(struct told_rejection){
								  .code = item->code,
								  .field = item->field,
								  .is_json = item->is_json,
								  .message = item->message,
								  .position = item->position,
								  .event = item->event,
							  });
	else if (pipeline->report->format != PUSH_PROTOBUF)
		code = convert(pipeline, item, &rejected, &wire);
	if (rejected || code != EX_OK)
		return code;
	/* With its tag and its length. */
	if (pipeline->filling != NULL &&
		pipeline->filling->wire.length + wire.length + 11 > pipeline->batch_bytes_max)
		code = filling_send(pipeline);
	if (code != EX_OK)
		return code;
	if (pipeline->filling == NULL)
		pipeline->filling = calloc(1, sizeof(*pipeline->filling));
	if (pipeline->filling == NULL ||
		!parcel_add(pipeline->filling, item->position, item->event, wire))
		return no_memory();
	return pipeline->filling->event_count >= pipeline->batch_events_max ? filling_send(pipeline)
									    : EX_OK;
}

enum err pipeline_open(const struct pipeline_options *options, struct report *report,
	struct pipeline **out, struct reason *reason)
{
	struct pipeline *pipeline = calloc(1, sizeof(*pipeline));
	if (pipeline == NULL)
		return fail(reason, ERR_FULL, "there is not enough memory");
	enum err err = arena_init(&pipeline->arena, batch_arena_size(CONVERT_BYTES_MAX));
	if (err != OK) {
		free(pipeline);
		return fail(reason, err, "there is not enough memory");
	}
	pipeline->report = report;
	pipeline->token = options->token;
	pipeline->rules.today = day_from_civil(LATEST);
	pipeline->rules.subjects.everywhere = options->subject_form;
	pipeline->retry.clock = options->clock;
	pipeline->retry.us_max = options->retry_us_max;
	pipeline->batch_events_max = options->batch_events_max;
	pipeline->batch_bytes_max = BATCH_BYTES_MAX;
	pipeline->window_max = 1;
	err = stream_client_open(
		options->address, options->tls, &options->clock, &pipeline->sender, reason);
	if (err != OK) {
		pipeline_close(pipeline);
		return err;
	}
	*out = pipeline;
	return OK;
}

void pipeline_close(struct pipeline *pipeline)
{
	if (pipeline == NULL)
		return;
	while (pipeline->first != NULL)
		parcel_drop_first(pipeline);
	parcel_free(pipeline->filling);
	stream_client_close(pipeline->sender);
	arena_release(&pipeline->arena);
	free(pipeline);
}
