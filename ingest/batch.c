/*
 * ingest/batch.c - see batch.h.
 *
 * A format is a way to walk over raw events; what happens to each is the same
 * for all: check it, hold it against the rights, put it in its place.
 */
#include "ingest/batch.h"

#include "base/check.h"
#include "ingest/json.h"
#include "proto/codec.h"

/*
 * Arena per byte of a request and per event: an event of 25 bytes, the
 * shortest that can be right, takes about 1,000 bytes. The shortest of all
 * takes two bytes and is rejected with a message; so many as a batch holds by
 * default must fit, whatever their length.
 */
#define ARENA_PER_BYTE   24
#define ARENA_PER_EVENT  768
#define ARENA_EVENTS_MAX 10000
#define ARENA_MIN        (16u << 10)
#define EVENT_LENGTH_MIN 2

/* One request while it is read. */
struct reading {
	const struct batch_limits *limits;
	const struct rights *rights;
	struct event_rules rules;
	struct arena *arena;
	struct batch batch;
	struct reason *reason;
};

size_t batch_arena_size(size_t length)
{
	size_t events = length / EVENT_LENGTH_MIN;
	if (events > ARENA_EVENTS_MAX)
		events = ARENA_EVENTS_MAX;
	return ARENA_MIN + length * ARENA_PER_BYTE + events * ARENA_PER_EVENT;
}

size_t batch_heap_size(struct bytes bytes, enum batch_format format)
{
	bool is_whole = format == BATCH_JSON || format == BATCH_CLOUD;
	return is_whole ? bytes.length + json_parse_cost(bytes) : 0;
}

static enum err no_room(struct reading *reading)
{
	return fail(reading->reason, ERR_CONFLICT,
		"the request takes too much memory for its size: send fewer events at once");
}

/* Makes room for `count` items, or refuses the request for having so many or none. */
static enum err items_take(struct reading *reading, size_t count)
{
	if (count == 0)
		return fail(reading->reason, ERR_INVALID, "the request has no event");
	if (count > reading->limits->events_max)
		return fail(reading->reason, ERR_FULL, "at most %zu events may be in one request",
			reading->limits->events_max);
	reading->batch.items = arena_take(reading->arena, count * sizeof(struct batch_item));
	if (reading->batch.items == NULL)
		return no_room(reading);
	reading->batch.count = count;
	return OK;
}

static enum err item_fill(struct reading *reading, size_t index, const struct raw_event *raw)
{
	struct batch_item *item = &reading->batch.items[index];
	enum err err = event_validate(raw, &reading->rules, reading->arena, &item->verdict,
		&item->event, &item->rejection);
	if (err != OK)
		return no_room(reading);
	if (item->verdict == VERDICT_ACCEPTED)
		item->verdict = rights_check(reading->rights, &item->event, &item->rejection);
	if (item->verdict == VERDICT_ACCEPTED &&
		event_encode(&item->event, ENVELOPE_STORED, reading->arena, &item->body) != OK)
		return no_room(reading);
	if (item->verdict == VERDICT_REJECTED)
		item->rejection.index = index;
	return OK;
}

/* The count stops at one above the limit, so that a long batch is refused early. */
static enum err protobuf_count(struct bytes bytes, size_t events_max, size_t *out)
{
	struct bytes event;
	size_t count = 0;
	enum err err = OK;
	while (count <= events_max && (err = batch_next(&bytes, &event)) == OK)
		count++;
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	*out = count;
	return OK;
}

static enum err read_protobuf(struct reading *reading, struct bytes bytes)
{
	size_t count;
	enum err err = protobuf_count(bytes, reading->limits->events_max, &count);
	if (err != OK)
		return fail(reading->reason, err, "the body is no protobuf EventBatch");
	err = items_take(reading, count);
	for (size_t i = 0; i < count && err == OK; i++) {
		struct bytes event;
		struct raw_event raw;
		CHECK(batch_next(&bytes, &event) == OK);
		err = event_decode(event, reading->arena, &raw);
		if (err == ERR_FULL)
			return no_room(reading);
		if (err != OK)
			return fail(reading->reason, err,
				"the body is no protobuf EventBatch: event %zu cannot be read", i);
		err = item_fill(reading, i, &raw);
	}
	return err;
}

static enum err read_json(struct reading *reading, struct bytes bytes, enum json_form form)
{
	struct json_batch *json;
	enum err err = json_batch_parse(bytes, form, &json, reading->reason);
	if (err != OK)
		return err;
	size_t count = json_batch_count(json);
	err = items_take(reading, count);
	for (size_t i = 0; i < count && err == OK; i++) {
		struct raw_event raw;
		err = json_batch_event(json, i, reading->arena, &raw) == OK
			      ? item_fill(reading, i, &raw)
			      : no_room(reading);
	}
	json_batch_free(json);
	return err;
}

/* Cuts the next line that is not empty out of *rest. False: there is none. */
static bool line_next(struct bytes *rest, struct bytes *line)
{
	while (rest->length > 0) {
		const uint8_t *end = memchr(rest->data, '\n', rest->length);
		size_t length = end == NULL ? rest->length : (size_t)(end - rest->data);
		size_t step = end == NULL ? length : length + 1;
		*line = bytes_of(rest->data, length);
		*rest = bytes_of(rest->data + step, rest->length - step);
		for (size_t i = 0; i < length; i++) {
			if (strchr(" \t\r", line->data[i]) == NULL || line->data[i] == '\0')
				return true;
		}
	}
	return false;
}

static enum err read_ndjson(struct reading *reading, struct bytes bytes)
{
	struct bytes rest = bytes, line;
	size_t count = 0;
	while (count <= reading->limits->events_max && line_next(&rest, &line))
		count++;
	enum err err = items_take(reading, count);
	rest = bytes;
	for (size_t i = 0; i < count && err == OK; i++) {
		struct raw_event raw;
		CHECK(line_next(&rest, &line));
		err = json_line_event(line, reading->arena, &raw);
		if (err == OK)
			err = item_fill(reading, i, &raw);
		else if (err == ERR_IO)
			err = fail(reading->reason, err, "there is no memory; try again");
		else
			err = no_room(reading);
	}
	return err;
}

enum err batch_read(struct bytes bytes, enum batch_format format, const struct batch_limits *limits,
	const struct rights *rights, int32_t today, struct arena *arena, struct batch *out,
	struct reason *reason)
{
	struct reading reading = {
		.limits = limits,
		.rights = rights,
		.rules.today = today,
		.arena = arena,
		.reason = reason,
	};
	enum err err = ERR_INVALID;
	if (limits->subjects != NULL)
		reading.rules.subjects = *limits->subjects;
	switch (format) {
	case BATCH_PROTOBUF:
		err = read_protobuf(&reading, bytes);
		break;
	case BATCH_JSON:
		err = read_json(&reading, bytes, JSON_EVENTS);
		break;
	case BATCH_CLOUD:
		err = read_json(&reading, bytes, JSON_CLOUD_EVENTS);
		break;
	case BATCH_NDJSON:
		err = read_ndjson(&reading, bytes);
		break;
	}
	if (err == OK)
		*out = reading.batch;
	return err;
}
