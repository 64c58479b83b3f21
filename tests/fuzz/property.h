/*
 * tests/fuzz/property.h - what holds of every event that is accepted, whatever the
 * bytes were that it came from.
 */
#ifndef TESTS_FUZZ_PROPERTY_H
#define TESTS_FUZZ_PROPERTY_H

#include "base/check.h"
#include "base/date.h"
#include "ingest/batch.h"
#include "proto/codec.h"
#include "tests/all_rights.h"

#define FUZZ_TODAY      20000
#define FUZZ_EVENTS_MAX 1000

/* libFuzzer calls it with what it made up. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline bool events_equal(const struct event *a, const struct event *b)
{
	bool equal = a->type == b->type && a->day == b->day && a->municipality == b->municipality &&
		     bytes_equal(a->id, b->id) && bytes_equal(a->key, b->key) &&
		     bytes_equal(a->subject, b->subject);
	for (size_t i = 0; i < EVENT_VALUES_MAX; i++)
		equal = equal && a->values[i].present == b->values[i].present &&
			a->values[i].number == b->values[i].number &&
			bytes_equal(a->values[i].text, b->values[i].text);
	return equal;
}

/* The one event of a request is accepted, and is `event`. */
static inline void check_request(
	struct bytes request, enum batch_format format, const struct event *event)
{
	static const struct batch_limits limits = { .events_max = 1 };
	struct arena arena;
	struct batch batch;
	struct reason reason;
	CHECK(arena_init(&arena, batch_arena_size(request.length)) == OK);
	CHECK(batch_read(request, format, &limits, all_rights(), FUZZ_TODAY, &arena, &batch,
		      &reason) == OK);
	CHECK(batch.items[0].verdict == VERDICT_ACCEPTED);
	CHECK(events_equal(&batch.items[0].event, event));
	arena_release(&arena);
}

/* An accepted event is read back from its protobuf, its stored form and its JSON. */
static inline void check_event(const struct event *event)
{
	struct arena arena;
	struct bytes whole, stored;
	struct event back;
	struct text request = { 0 };
	CHECK(arena_init(&arena, (size_t)1 << 16) == OK);
	CHECK(event_encode(event, ENVELOPE_WHOLE, &arena, &whole) == OK);
	text_add_char(&request, 0x0A);
	varint_add(&request, whole.length);
	text_add(&request, whole);
	check_request(text_bytes(&request), BATCH_PROTOBUF, event);

	CHECK(event_encode(event, ENVELOPE_STORED, &arena, &stored) == OK);
	CHECK(event_read_stored(stored, &arena, &back) == OK);
	back.day = event->day;
	back.municipality = event->municipality;
	back.subject = event->subject;
	CHECK(events_equal(&back, event));

	request.length = 0;
	text_add_string(&request, "{\"events\":[");
	event_print_json(event, &request);
	text_add_string(&request, "]}");
	check_request(text_bytes(&request), BATCH_JSON, event);
	text_release(&request);
	arena_release(&arena);
}

static inline void check_rejection(const struct rejection *rejection, size_t index)
{
	CHECK(rejection->index == index && rejection->code < REJECTION_CODE_COUNT);
	CHECK(rejection->field != NULL && rejection->message != NULL);
	CHECK(rejection->id.length == 0 ||
		(identifier_is_valid(rejection->id) && !looks_like_bsn(rejection->id)));
}

/* Reads a request and holds what comes of it against all that must be so. */
static inline void check_bytes(struct bytes bytes, enum batch_format format)
{
	static const struct batch_limits limits = { .events_max = FUZZ_EVENTS_MAX };
	struct arena arena;
	struct batch batch;
	struct reason reason = { "" };
	CHECK(arena_init(&arena, batch_arena_size(bytes.length)) == OK);
	enum err err = batch_read(
		bytes, format, &limits, all_rights(), FUZZ_TODAY, &arena, &batch, &reason);
	CHECK(err == OK || err == ERR_INVALID || err == ERR_FULL || err == ERR_CONFLICT);
	CHECK(err == OK || reason.text[0] != '\0');
	for (size_t i = 0; err == OK && i < batch.count; i++) {
		const struct batch_item *item = &batch.items[i];
		if (item->verdict == VERDICT_ACCEPTED)
			check_event(&item->event);
		else
			check_rejection(&item->rejection, i);
	}
	arena_release(&arena);
}

#endif
