/*
 * tools/push/outbox.c - see outbox.h.
 */
#include "tools/push/outbox.h"

#include <stdlib.h>

#include "base/check.h"
#include "proto/codec.h"
#include "tools/common/options.h"

#define BATCH_BYTES_MAX ((size_t)4 << 20) /* half of what a daemon takes unless told otherwise */
#define EVENTS_TAG      0x0A

/* Some of a outbox's items: [from, to). */
struct range {
	size_t from;
	size_t to;
};

enum err outbox_init(struct outbox *outbox)
{
	CHECK(outbox->report != NULL && outbox->batch_events_max > 0);
	outbox->items = calloc(outbox->batch_events_max, sizeof(*outbox->items));
	return outbox->items == NULL ? ERR_FULL : OK;
}

void outbox_release(struct outbox *outbox)
{
	free(outbox->items);
	text_release(&outbox->events);
	text_release(&outbox->body);
	text_release(&outbox->answer.body);
}

static struct bytes item_bytes(const struct outbox *outbox, size_t position)
{
	const struct sent_event *item = &outbox->items[position];
	return bytes_of(outbox->events.data + item->offset, item->length);
}

static void make_body(struct outbox *outbox, struct range range)
{
	struct text *body = &outbox->body;
	body->length = 0;
	if (outbox->report->format == PUSH_PROTOBUF) {
		for (size_t i = range.from; i < range.to; i++) {
			text_add_char(body, EVENTS_TAG);
			varint_add(body, outbox->items[i].length);
			text_add(body, item_bytes(outbox, i));
		}
		return;
	}
	text_add_string(body, "{\"events\":[");
	for (size_t i = range.from; i < range.to; i++) {
		if (i > range.from)
			text_add_char(body, ',');
		text_add(body, item_bytes(outbox, i));
	}
	text_add_string(body, "]}");
}

static bool is_passing(long status)
{
	return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

/*
 * Sends the body until it is answered with something else than "later". EX_OK: the
 * answer is in the outbox. Else the exit code.
 */
static int post(struct outbox *outbox, size_t events)
{
	const char *type = outbox->report->format == PUSH_PROTOBUF ? "application/x-protobuf"
								   : "application/json";
	struct http_answer *answer = &outbox->answer;
	retry_begin(&outbox->retry);
	for (;;) {
		struct reason reason;
		int64_t asked_s = 0;
		enum err err = http_client_post(outbox->http, type, text_bytes(&outbox->body),
			answer_bytes_max(events, ANSWER_BYTES_EVENT), answer, &reason);
		if (err == OK && !is_passing(answer->status))
			return EX_OK;
		if (err == OK) {
			problem_read(text_bytes(&answer->body), answer->status, &reason);
			asked_s = answer->retry_after_s;
		}
		report_pause(outbox->report);
		int code = err == OK ? EX_TEMPFAIL : EX_UNAVAILABLE;
		if (err == ERR_INVALID)
			return complain(command_name(), code, "%s.", reason.text);
		code = retry_wait(&outbox->retry, code, asked_s, reason.text);
		if (code != EX_OK)
			return code;
	}
}

/* Says why a request is refused for good. Returns the exit code. */
static int complain_about_refusal(struct outbox *outbox, struct range range)
{
	struct reason reason;
	long status = outbox->answer.status;
	problem_read(text_bytes(&outbox->answer.body), status, &reason);
	int code = status == 401 || status == 403   ? EX_NOPERM
		   : status == 400 || status == 413 ? EX_DATAERR
						    : EX_PROTOCOL;
	return report_refusal(outbox->report, code, &outbox->items[range.from],
		range.to - range.from, reason.text);
}

static int take_result(struct outbox *outbox, struct range range)
{
	struct push_result result;
	struct bytes body = text_bytes(&outbox->answer.body);
	enum err err = outbox->report->format == PUSH_PROTOBUF
			       ? result_read_protobuf(body, range.to - range.from, &result)
			       : result_read_json(body, range.to - range.from, &result);
	if (err == ERR_FULL)
		return complain(command_name(), EX_OSERR, "There is not enough memory.");
	if (err != OK)
		return complain(command_name(), EX_PROTOCOL,
			"The answer is not that of a ladderd, or does not add up: is the address "
			"right?");
	int code = report_result(
		outbox->report, &result, text_bytes(&outbox->events), &outbox->items[range.from]);
	result_release(&result);
	return code;
}

/* Sends a range; when it is too large, its halves. */
static int send_range(struct outbox *outbox, struct range range)
{
	make_body(outbox, range);
	if (outbox->body.failed)
		return complain(command_name(), EX_OSERR, "There is not enough memory.");
	int code = post(outbox, range.to - range.from);
	if (code != EX_OK)
		return code;
	if (outbox->answer.status == 200)
		return take_result(outbox, range);
	size_t count = range.to - range.from;
	if (outbox->answer.status != 413 || count == 1)
		return complain_about_refusal(outbox, range);
	size_t middle = range.from + count / 2;
	if (outbox->batch_events_max > count / 2)
		outbox->batch_events_max = count / 2;
	code = send_range(outbox, (struct range){ range.from, middle });
	return code == EX_OK ? send_range(outbox, (struct range){ middle, range.to }) : code;
}

int outbox_flush(struct outbox *outbox)
{
	if (outbox->item_count == 0)
		return EX_OK;
	int code = send_range(outbox, (struct range){ 0, outbox->item_count });
	outbox->item_count = 0;
	outbox->events.length = 0;
	return code;
}

int outbox_add(struct outbox *outbox, const struct source_item *item)
{
	if (item->code != NULL)
		return report_rejection(outbox->report, &(struct told_rejection){
								.code = item->code,
								.field = item->field,
								.is_json = item->is_json,
								.message = item->message,
								.position = item->position,
								.event = item->event,
							});
	int code = EX_OK;
	if (outbox->events.length + item->event.length > BATCH_BYTES_MAX)
		code = outbox_flush(outbox);
	if (code != EX_OK)
		return code;
	CHECK(outbox->item_count < outbox->batch_events_max);
	outbox->items[outbox->item_count++] = (struct sent_event){
		.offset = outbox->events.length,
		.length = item->event.length,
		.position = item->position,
	};
	text_add(&outbox->events, item->event);
	if (outbox->events.failed)
		return complain(command_name(), EX_OSERR, "There is not enough memory.");
	return outbox->item_count >= outbox->batch_events_max ? outbox_flush(outbox) : EX_OK;
}
