/*
 * tools/push/delivery.c - see delivery.h.
 */
#include "tools/push/delivery.h"

#include <stdlib.h>

#include "proto/codec.h"
#include "tools/common/options.h"

#define BATCH_BYTES_MAX ((size_t)4 << 20) /* half of what a daemon takes unless told otherwise */
#define EVENTS_TAG      0x0A

/* Some of a delivery's items: [from, to). */
struct range {
	size_t from;
	size_t to;
};

enum err delivery_init(struct delivery *delivery)
{
	delivery->items = calloc(delivery->batch_events_max, sizeof(*delivery->items));
	return delivery->items == NULL ? ERR_FULL : OK;
}

void delivery_release(struct delivery *delivery)
{
	free(delivery->items);
	text_release(&delivery->events);
	text_release(&delivery->body);
	text_release(&delivery->answer.body);
}

static struct bytes item_bytes(const struct delivery *delivery, size_t place)
{
	const struct sent_event *item = &delivery->items[place];
	return bytes_of(delivery->events.data + item->offset, item->length);
}

static void make_body(struct delivery *delivery, struct range range)
{
	struct text *body = &delivery->body;
	body->length = 0;
	if (delivery->report->format == PUSH_PROTOBUF) {
		for (size_t i = range.from; i < range.to; i++) {
			text_add_char(body, EVENTS_TAG);
			varint_add(body, delivery->items[i].length);
			text_add(body, item_bytes(delivery, i));
		}
		return;
	}
	text_add_string(body, "{\"events\":[");
	for (size_t i = range.from; i < range.to; i++) {
		if (i > range.from)
			text_add_char(body, ',');
		text_add(body, item_bytes(delivery, i));
	}
	text_add_string(body, "]}");
}

static bool is_passing(long status)
{
	return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

/*
 * Sends the body until it is answered with something else than "later". EX_OK: the
 * answer is in the delivery. Else the exit code.
 */
static int post(struct delivery *delivery)
{
	const char *type = delivery->report->format == PUSH_PROTOBUF ? "application/x-protobuf"
								     : "application/json";
	struct http_answer *answer = &delivery->answer;
	retry_begin(&delivery->retry);
	for (;;) {
		struct reason reason;
		int64_t asked_s = 0;
		enum err err = http_post(
			delivery->http, type, text_bytes(&delivery->body), answer, &reason);
		if (err == OK && !is_passing(answer->status))
			return EX_OK;
		if (err == OK) {
			problem_read(text_bytes(&answer->body), answer->status, &reason);
			asked_s = answer->retry_after_s;
		}
		report_pause(delivery->report);
		int code = err == OK ? EX_TEMPFAIL : EX_UNAVAILABLE;
		if (err == ERR_INVALID)
			return complain(command_name(), code, "%s.", reason.text);
		code = retry_wait(&delivery->retry, code, asked_s, reason.text);
		if (code != EX_OK)
			return code;
	}
}

/* Says why a request is refused for good. Returns the exit code. */
static int complain_about_refusal(struct delivery *delivery, struct range range)
{
	struct reason reason;
	long status = delivery->answer.status;
	problem_read(text_bytes(&delivery->answer.body), status, &reason);
	int code = status == 401 || status == 403   ? EX_NOPERM
		   : status == 400 || status == 413 ? EX_DATAERR
						    : EX_PROTOCOL;
	return report_refusal(delivery->report, code, &delivery->items[range.from],
		range.to - range.from, reason.text);
}

static int take_result(struct delivery *delivery, struct range range)
{
	struct push_result result;
	struct bytes body = text_bytes(&delivery->answer.body);
	enum err err = delivery->report->format == PUSH_PROTOBUF
			       ? result_read_protobuf(body, range.to - range.from, &result)
			       : result_read_json(body, range.to - range.from, &result);
	if (err != OK)
		return complain(command_name(), EX_PROTOCOL,
			"The answer is not that of a ladderd, or does not add up: is the address "
			"right?");
	int code = report_result(delivery->report, &result, text_bytes(&delivery->events),
		&delivery->items[range.from]);
	result_release(&result);
	return code;
}

/* Sends a range; when it is too large, its halves. */
static int send_range(struct delivery *delivery, struct range range)
{
	make_body(delivery, range);
	if (delivery->body.failed)
		return complain(command_name(), EX_OSERR, "There is not enough memory.");
	int code = post(delivery);
	if (code != EX_OK)
		return code;
	if (delivery->answer.status == 200)
		return take_result(delivery, range);
	size_t count = range.to - range.from;
	if (delivery->answer.status != 413 || count == 1)
		return complain_about_refusal(delivery, range);
	size_t middle = range.from + count / 2;
	if (delivery->batch_events_max > count / 2)
		delivery->batch_events_max = count / 2;
	code = send_range(delivery, (struct range){ range.from, middle });
	return code == EX_OK ? send_range(delivery, (struct range){ middle, range.to }) : code;
}

int delivery_flush(struct delivery *delivery)
{
	if (delivery->item_count == 0)
		return EX_OK;
	int code = send_range(delivery, (struct range){ 0, delivery->item_count });
	delivery->item_count = 0;
	delivery->events.length = 0;
	return code;
}

int delivery_add(struct delivery *delivery, const struct piece *piece)
{
	if (piece->code != NULL)
		return report_rejection(delivery->report, &(struct told_rejection){
								  .code = piece->code,
								  .field = "",
								  .message = piece->message,
								  .place = piece->place,
								  .event = piece->event,
							  });
	int code = EX_OK;
	if (delivery->events.length + piece->event.length > BATCH_BYTES_MAX)
		code = delivery_flush(delivery);
	if (code != EX_OK)
		return code;
	delivery->items[delivery->item_count++] = (struct sent_event){
		.offset = delivery->events.length,
		.length = piece->event.length,
		.place = piece->place,
	};
	text_add(&delivery->events, piece->event);
	if (delivery->events.failed)
		return complain(command_name(), EX_OSERR, "There is not enough memory.");
	return delivery->item_count >= delivery->batch_events_max ? delivery_flush(delivery)
								  : EX_OK;
}
