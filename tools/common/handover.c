/*
 * tools/common/handover.c - see handover.h.
 */
#include "tools/common/handover.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/date.h"
#include "proto/codec.h"

#define MARK_LENGTH (sizeof(HANDOVER_MARK) - 1)
#define NOBODY      "0" /* an id while there is none */

static const enum event_type types[] = { EVENT_PERSON_REGISTERED, EVENT_MUNICIPALITY_SETTLED,
	EVENT_LADDER_ASSESSED, EVENT_LANGUAGE_LEVEL_REACHED };

struct event *handover_add(
	struct handover *handover, enum event_type type, uint16_t municipality, int32_t day)
{
	CHECK(handover->count < HANDOVER_EVENTS_MAX);
	struct event *event = &handover->events[handover->count++];
	*event = (struct event){
		.type = type,
		.day = day,
		.municipality = municipality,
		.id = bytes_of_string(NOBODY),
		.subject = handover->subject,
	};
	return event;
}

/* Before the box is closed, and in it. */
static void content_print(const struct handover *handover, struct text *out)
{
	char day[DATE_LENGTH + 1], municipality[MUNICIPALITY_LENGTH + 1];
	date_print(handover->moved_on, day);
	text_printf(out, "{\"moved_on\":\"%s\"", day);
	if (handover->has_municipality) {
		municipality_print(handover->municipality, municipality);
		text_printf(out, ",\"municipality\":\"%s\"", municipality);
	}
	text_add_string(out, ",\"events\":[");
	for (size_t i = 0; i < handover->count; i++) {
		if (i > 0)
			text_add_char(out, ',');
		event_print_json(&handover->events[i], out);
	}
	text_add_string(out, "]}");
}

enum err handover_close(
	const struct handover *handover, const struct seal_key *key, struct text *out)
{
	struct text content = { 0 };
	content_print(handover, &content);
	uint8_t *box = content.failed ? NULL : malloc(content.length + SEAL_EXTRA);
	if (box != NULL) {
		seal_close(key, text_bytes(&content), box);
		text_add_string(out, HANDOVER_MARK);
		text_add(out, bytes_of(box, content.length + SEAL_EXTRA));
	}
	bool failed = box == NULL || out->failed;
	free(box);
	if (content.data != NULL)
		explicit_bzero(content.data, content.length);
	text_release(&content);
	return failed ? ERR_FULL : OK;
}

bool handover_is(struct bytes file)
{
	return file.length >= MARK_LENGTH && memcmp(file.data, HANDOVER_MARK, MARK_LENGTH) == 0;
}

static struct raw raw_of_json(const json_t *value)
{
	struct raw raw = { .kind = RAW_WRONG };
	if (json_is_integer(value)) {
		raw.kind = RAW_INTEGER;
		raw.integer = json_integer_value(value);
	} else if (json_is_string(value)) {
		raw.kind = RAW_TEXT;
		raw.text = bytes_of(json_string_value(value), json_string_length(value));
	}
	return raw;
}

/* The body of an event: its fields, none of which is unknown. */
static void body_read(json_t *body, struct raw_event *raw)
{
	const char *name;
	json_t *value;
	raw->body_is_wrong = !json_is_object(body);
	json_object_foreach (body, name, value) {
		size_t i = 0;
		while (i < raw->schema->field_count &&
			strcmp(raw->schema->fields[i].name, name) != 0)
			i++;
		if (i == raw->schema->field_count)
			raw->has_unknown = true;
		else
			raw->fields[i] = raw_of_json(value);
	}
}

/* What the object says, to be checked. */
static void event_read(json_t *object, struct raw_event *raw)
{
	const char *name;
	json_t *value;
	*raw = (struct raw_event){ .not_an_event = !json_is_object(object) };
	json_object_foreach (object, name, value) {
		size_t i = 0;
		while (i < ENVELOPE_COUNT && strcmp(envelope_names[i], name) != 0)
			i++;
		if (i < ENVELOPE_COUNT) {
			raw->envelope[i] = raw_of_json(value);
			continue;
		}
		const struct schema *schema = schema_find(bytes_of_string(name));
		if (schema == NULL) {
			raw->has_unknown = true;
			continue;
		}
		raw->body_count++;
		raw->schema = schema;
		body_read(value, raw);
	}
}

/* Is it of a type that a hand-over has, of which there is none yet, and of the same person? */
static bool event_belongs(const struct handover *handover, const struct event *event)
{
	bool known = false;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		known = known || event->type == types[i];
	for (size_t i = 0; i < handover->count; i++)
		known = known && handover->events[i].type != event->type &&
			bytes_equal(handover->events[i].subject, event->subject);
	return known && event->key.length == 0;
}

static enum err refuse(struct reason *reason)
{
	return fail(reason, ERR_INVALID, "it holds what no hand-over does");
}

/* The event's subject outlives the JSON; its values are numbers. */
static enum err event_take(json_t *object, const struct event_rules *rules, struct arena *arena,
	struct handover *out, struct reason *reason)
{
	struct raw_event raw;
	struct event event;
	struct rejection rejection;
	enum verdict verdict;
	event_read(object, &raw);
	enum err err = event_validate(&raw, rules, arena, &verdict, &event, &rejection);
	if (err != OK)
		return err;
	if (verdict != VERDICT_ACCEPTED)
		return fail(reason, ERR_INVALID, "it holds an event that cannot be: %s %s",
			rejection.field, rejection.message);
	if (!event_belongs(out, &event))
		return refuse(reason);
	err = arena_copy(arena, event.subject, &event.subject);
	if (err != OK)
		return err;
	event.id = bytes_of_string(NOBODY);
	out->subject = event.subject;
	out->events[out->count++] = event;
	return OK;
}

static enum err content_read(json_t *root, const struct event_rules *rules, struct arena *arena,
	struct handover *out, struct reason *reason)
{
	json_t *events = json_object_get(root, "events");
	const char *moved_on = json_string_value(json_object_get(root, "moved_on"));
	const json_t *municipality = json_object_get(root, "municipality");
	*out = (struct handover){ .has_municipality = municipality != NULL };
	if (json_object_size(root) != 2 + (municipality != NULL ? 1U : 0U) ||
		!json_is_array(events) || json_array_size(events) == 0 ||
		json_array_size(events) >= HANDOVER_EVENTS_MAX || moved_on == NULL ||
		date_parse(bytes_of_string(moved_on), &out->moved_on) != OK ||
		out->moved_on > rules->today + 1)
		return refuse(reason);
	if (out->has_municipality &&
		(!json_is_string(municipality) ||
			!municipality_parse(bytes_of_string(json_string_value(municipality)),
				&out->municipality)))
		return refuse(reason);
	enum err err = OK;
	for (size_t i = 0; i < json_array_size(events) && err == OK; i++)
		err = event_take(json_array_get(events, i), rules, arena, out, reason);
	return err;
}

enum err handover_open(struct bytes file, const struct seal_secret *secret,
	const struct event_rules *rules, struct arena *arena, struct handover *out,
	struct reason *reason)
{
	CHECK(handover_is(file));
	struct bytes box = bytes_of(file.data + MARK_LENGTH, file.length - MARK_LENGTH);
	if (box.length <= SEAL_EXTRA || box.length > HANDOVER_BYTES_MAX)
		return fail(reason, ERR_INVALID, "it was cut off, or is no hand-over");
	size_t length = box.length - SEAL_EXTRA;
	char *content = malloc(length);
	if (content == NULL)
		return fail(reason, ERR_FULL, "there is not enough memory");
	enum err err = seal_open(secret, box, (uint8_t *)content);
	if (err != OK) {
		free(content);
		return fail(reason, ERR_INVALID,
			"it was sealed for another key, or was changed on its way");
	}
	json_t *root = json_loadb(content, length, JSON_REJECT_DUPLICATES, NULL);
	explicit_bzero(content, length);
	free(content);
	err = json_is_object(root) ? content_read(root, rules, arena, out, reason) : refuse(reason);
	json_decref(root);
	if (err == ERR_FULL)
		return fail(reason, err, "there is not enough memory");
	return err;
}

void handover_settle(struct handover *handover, uint16_t municipality)
{
	handover_add(handover, EVENT_MUNICIPALITY_SETTLED, municipality, handover->moved_on);
	handover->has_municipality = true;
	handover->municipality = municipality;
}

/*
 * Of two settlements on one day that counts last whose id is greater: the move comes after the
 * first settlement.
 */
static unsigned rank_of(const struct handover *handover, size_t index)
{
	if (handover->events[index].type != EVENT_MUNICIPALITY_SETTLED)
		return 0;
	for (size_t i = 0; i < index; i++) {
		if (handover->events[i].type == EVENT_MUNICIPALITY_SETTLED)
			return 2;
	}
	return 1;
}

void handover_print(const struct handover *handover, size_t index, struct text *out)
{
	/* The id hides nothing, and so needs no secret: it stands beside what it is made of. */
	static const struct salt salt = { { 0 } };
	struct event event = handover->events[index];
	struct text content = { 0 };
	char hash[SALTED_HASH_LENGTH + 1], id[HANDOVER_ID_LENGTH + 1];
	CHECK(index < handover->count);
	event_print_json(&event, &content);
	struct salted_hash hashed = salted_hash_of(&salt, text_bytes(&content));
	salted_hash_print(&hashed, hash);
	snprintf(id, sizeof(id), "handover-%u-%s", rank_of(handover, index), hash);
	event.id = bytes_of_string(id);
	event_print_json(&event, out);
	out->failed = out->failed || content.failed;
	text_release(&content);
}
