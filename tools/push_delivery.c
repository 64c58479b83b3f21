/*
 * tools/push_delivery.c - see push_delivery.h.
 */
#include "tools/push_delivery.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/date.h"
#include "proto/codec.h"
#include "tools/options.h"
#include "tools/push_answer.h"

#define BATCH_BYTES_MAX  ((size_t)4 << 20) /* half of what a daemon takes unless told otherwise */
#define EVENTS_TAG       0x0A
#define REJECTIONS_SHOWN 10
#define WAIT_US_LEAST    (US_PER_SECOND / 4)
#define WAIT_US_MOST     (30 * US_PER_SECOND)
#define PROGRESS_US      (US_PER_SECOND / 5)

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

static void hide_progress(struct delivery *delivery)
{
	if (delivery->shown_us != 0)
		fprintf(stderr, "\r%40s\r", "");
	delivery->shown_us = 0;
}

static void show_progress(struct delivery *delivery)
{
	int64_t now = clock_monotonic_us();
	if (!delivery->show_progress || now - delivery->shown_us < PROGRESS_US)
		return;
	fprintf(stderr, "\r%" PRIu64 " events",
		delivery->accepted + delivery->duplicates + delivery->rejected);
	delivery->shown_us = now;
}

static const char *place_name(const struct delivery *delivery)
{
	return delivery->format == PUSH_NDJSON ? "line" : "event";
}

static void add_base64(struct text *out, struct bytes bytes)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < bytes.length; i += 3) {
		size_t left = bytes.length - i;
		uint32_t group = (uint32_t)bytes.data[i] << 16;
		group |= left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0;
		group |= left > 2 ? (uint32_t)bytes.data[i + 2] : 0;
		text_add_char(out, digits[group >> 18]);
		text_add_char(out, digits[group >> 12 & 63]);
		text_add_char(out, left > 1 ? digits[group >> 6 & 63] : '=');
		text_add_char(out, left > 2 ? digits[group & 63] : '=');
	}
}

/*
 * The event as a JSON value: an object as it was sent; a line that is no JSON as
 * a string; protobuf as a string in base 64; null when it was too long to keep.
 */
static void add_event(struct text *out, enum push_format format, bool is_json, struct bytes event)
{
	if (event.length == 0) {
		text_add_string(out, "null");
	} else if (format == PUSH_PROTOBUF) {
		text_add_char(out, '"');
		add_base64(out, event);
		text_add_char(out, '"');
	} else if (is_json) {
		bool ends_with_return = event.data[event.length - 1] == '\r';
		text_add(out, bytes_of(event.data, event.length - ends_with_return));
	} else {
		text_add_json(out, event);
	}
}

struct told_rejection {
	const char *code;
	const char *field;
	const char *message;
	uint64_t place;
	struct bytes event;
	bool is_json;
};

/* Counts a rejection and writes or tells it. EX_OK or the exit code. */
static int tell_rejection(struct delivery *delivery, const struct told_rejection *told)
{
	delivery->rejected++;
	if (delivery->rejects == NULL) {
		if (delivery->rejected > REJECTIONS_SHOWN)
			return EX_OK;
		hide_progress(delivery);
		complain("push", 0, "%s, %s %" PRIu64 ": %s: %s%s%s", delivery->file,
			place_name(delivery), told->place, told->code, told->field,
			told->field[0] == '\0' ? "" : " ", told->message);
		return EX_OK;
	}
	struct text line = { 0 };
	text_add_string(&line, "{\"code\":");
	text_add_json(&line, bytes_of_string(told->code));
	text_add_string(&line, ",\"field\":");
	text_add_json(&line, bytes_of_string(told->field));
	text_add_string(&line, ",\"message\":");
	text_add_json(&line, bytes_of_string(told->message));
	text_add_string(&line, ",\"event\":");
	add_event(&line, delivery->format, told->is_json, told->event);
	text_add_string(&line, "}\n");
	bool written =
		!line.failed && fwrite(line.data, 1, line.length, delivery->rejects) == line.length;
	text_release(&line);
	if (!written)
		return complain("push", EX_IOERR,
			"The file of rejected events cannot be written: %s.", strerror(errno));
	return EX_OK;
}

static struct bytes item_bytes(const struct delivery *delivery, size_t place)
{
	const struct delivery_item *item = &delivery->items[place];
	return bytes_of(delivery->events.data + item->offset, item->length);
}

static void make_body(struct delivery *delivery, struct range range)
{
	struct text *body = &delivery->body;
	body->length = 0;
	if (delivery->format == PUSH_PROTOBUF) {
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

/* Exponential, half of it by chance, so that many senders do not come back at once. */
static int64_t wait_us(unsigned attempt, int64_t asked_s)
{
	int64_t full = attempt < 8 ? WAIT_US_LEAST << attempt : WAIT_US_MOST;
	uint32_t chance = 0;
	if (full > WAIT_US_MOST)
		full = WAIT_US_MOST;
	if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) != (ssize_t)sizeof(chance))
		chance = 0;
	int64_t wait = full / 2 + (int64_t)(chance % (uint64_t)(full / 2));
	return asked_s * US_PER_SECOND > wait ? asked_s * US_PER_SECOND : wait;
}

static void sleep_us(int64_t us)
{
	struct timespec left = {
		.tv_sec = (time_t)(us / US_PER_SECOND),
		.tv_nsec = (long)(us % US_PER_SECOND) * 1000,
	};
	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		continue;
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
	const char *type =
		delivery->format == PUSH_PROTOBUF ? "application/x-protobuf" : "application/json";
	struct http_answer *answer = &delivery->answer;
	int64_t deadline_us = clock_monotonic_us() + delivery->retry_us_max;
	for (unsigned attempt = 0;; attempt++) {
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
		hide_progress(delivery);
		int code = err == OK ? EX_TEMPFAIL : EX_UNAVAILABLE;
		if (err == ERR_INVALID)
			return complain("push", code, "%s.", reason.text);
		int64_t wait = wait_us(attempt, asked_s);
		if (clock_monotonic_us() + wait > deadline_us)
			return complain("push", code,
				"%s. Gave up after %u tries; sending the same file again is safe.",
				reason.text, attempt + 1);
		complain("push", 0, "%s. Trying again in %.1f seconds.", reason.text,
			(double)wait / (double)US_PER_SECOND);
		sleep_us(wait);
	}
}

/* Says why a request is refused for good. Returns the exit code. */
static int complain_about_refusal(struct delivery *delivery, struct range range)
{
	struct reason reason;
	long status = delivery->answer.status;
	problem_read(text_bytes(&delivery->answer.body), status, &reason);
	hide_progress(delivery);
	int code = status == 401 || status == 403   ? EX_NOPERM
		   : status == 400 || status == 413 ? EX_DATAERR
						    : EX_PROTOCOL;
	uint64_t first = delivery->items[range.from].place;
	uint64_t last = delivery->items[range.to - 1].place;
	if (first == last)
		return complain("push", code, "%s, %s %" PRIu64 ": the daemon refuses it: %s.",
			delivery->file, place_name(delivery), first, reason.text);
	return complain("push", code,
		"%s, %ss %" PRIu64 " to %" PRIu64 ": the daemon refuses them: %s.", delivery->file,
		place_name(delivery), first, last, reason.text);
}

static int take_result(struct delivery *delivery, struct range range)
{
	struct push_result result;
	struct bytes body = text_bytes(&delivery->answer.body);
	enum err err = delivery->format == PUSH_PROTOBUF
			       ? result_read_protobuf(body, range.to - range.from, &result)
			       : result_read_json(body, range.to - range.from, &result);
	int code = EX_OK;
	if (err != OK)
		return complain("push", EX_PROTOCOL,
			"The answer is not that of a ladderd, or does not add up: is the address "
			"right?");
	delivery->accepted += result.accepted;
	delivery->duplicates += result.duplicates;
	if (result.last_seq > delivery->last_seq)
		delivery->last_seq = result.last_seq;
	for (size_t i = 0; i < result.rejection_count && code == EX_OK; i++) {
		const struct push_rejection *rejection = &result.rejections[i];
		size_t place = range.from + (size_t)rejection->index;
		code = tell_rejection(delivery, &(struct told_rejection){
							.code = rejection->code,
							.field = rejection->field,
							.message = rejection->message,
							.place = delivery->items[place].place,
							.event = item_bytes(delivery, place),
							.is_json = true,
						});
	}
	result_release(&result);
	show_progress(delivery);
	return code;
}

/* Sends a range; when it is too large, its halves. */
static int send_range(struct delivery *delivery, struct range range)
{
	make_body(delivery, range);
	if (delivery->body.failed)
		return complain("push", EX_OSERR, "There is not enough memory.");
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
		return tell_rejection(delivery, &(struct told_rejection){
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
	delivery->items[delivery->item_count++] = (struct delivery_item){
		.offset = delivery->events.length,
		.length = piece->event.length,
		.place = piece->place,
	};
	text_add(&delivery->events, piece->event);
	if (delivery->events.failed)
		return complain("push", EX_OSERR, "There is not enough memory.");
	return delivery->item_count >= delivery->batch_events_max ? delivery_flush(delivery)
								  : EX_OK;
}

void delivery_end(struct delivery *delivery)
{
	hide_progress(delivery);
	if (delivery->rejects == NULL && delivery->rejected > REJECTIONS_SHOWN)
		complain("push", 0,
			"%" PRIu64 " more were rejected; --rejects FILE keeps them all.",
			delivery->rejected - REJECTIONS_SHOWN);
}
