/*
 * ingest/json.c - see json.h.
 *
 * jansson parses, and its tree is walked once per event by the table of
 * proto/schema.c. What is right is decided in proto/validate.c; here only the
 * form is told: which keys are fields, and what kind of value each holds.
 *
 * All numbers are read as reals: an integer of twenty digits is then one
 * event's bad value, where jansson's integers would refuse the whole text.
 * No field holds a number near 2^53, to which reals are exact. jansson refuses a text
 * with a number beyond all reals or a NUL in a key, although both are JSON: they are
 * replaced by wrong values and the text is parsed again, so that only the event that
 * has them is rejected.
 */
#include "ingest/json.h"

#include <math.h>
#include <stdlib.h>

#include "base/check.h"
#include "ingest/cloud_event.h"
#include "ingest/json_text.h"

#define EXACT_MAX 9007199254740992.0 /* 2^53 */

/*
 * Bytes that jansson allocates for each of these characters outside strings, rounded up, with the
 * heads of json_text.c.
 */
#define OBJECT_COST 260 /* { */
#define ARRAY_COST  170 /* [ */
#define VALUE_COST  120 /* , */
#define PAIR_COST   96  /* : */

/* Real batches cost up to 17 bytes per byte; the worst text of `{}`s, 127. */
#define COST_PER_BYTE_MAX 24
#define COST_FREE         (8u << 20)

/* Integers as reals: where one is too large only the event that has it is rejected. */
#define PARSE_FLAGS (JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL)

struct json_batch {
	enum json_form form;
	json_t *root;
	const json_t *events; /* in root */
};

size_t json_parse_cost(struct bytes text)
{
	static const uint16_t costs[256] = {
		['{'] = OBJECT_COST,
		['['] = ARRAY_COST,
		[','] = VALUE_COST,
		[':'] = PAIR_COST,
	};
	size_t cost = 0;
	bool in_string = false;
	for (size_t i = 0; i < text.length; i++) {
		uint8_t c = text.data[i];
		if (c == '"')
			in_string = !in_string;
		else if (!in_string)
			cost += costs[c];
		else if (c == '\\')
			i++;
	}
	return cost;
}

static bool costs_too_much(struct bytes text)
{
	return json_parse_cost(text) > COST_FREE + COST_PER_BYTE_MAX * text.length;
}

/* jansson's own sentence may quote the text, so it is not used. */
static enum err parse_failure(const json_error_t *error, struct reason *reason)
{
	static const char *const sentences[] = {
		[json_error_stack_overflow] = "it is nested too deeply",
		[json_error_invalid_utf8] = "it is not UTF-8",
		[json_error_premature_end_of_input] = "it ends too early",
		[json_error_end_of_input_expected] = "something follows its end",
		[json_error_duplicate_key] = "a key is given twice in one object",
	};
	enum json_error_code code = json_error_code(error);
	const char *sentence = (size_t)code < ARRAY_LENGTH(sentences) ? sentences[code] : NULL;
	return fail(reason, ERR_INVALID, "the body cannot be read as JSON: line %d, column %d: %s",
		error->line, error->column,
		sentence != NULL ? sentence : "this is not the syntax of JSON");
}

/* The end of the number at `at`, by the grammar of JSON (RFC 8259, 6); `at` when there is none. */
static char *number_end(char *at)
{
	static const char digits[] = "0123456789";
	char *end = at + (*at == '-');
	size_t whole = strspn(end, digits);
	if (whole == 0)
		return at;
	end += *end == '0' ? 1 : whole;
	size_t fraction = *end == '.' ? strspn(end + 1, digits) : 0;
	end += fraction > 0 ? fraction + 1 : 0;
	size_t sign = *end != '\0' && (end[1] == '+' || end[1] == '-');
	size_t power = *end == 'e' || *end == 'E' ? strspn(end + 1 + sign, digits) : 0;
	return power > 0 ? end + 1 + sign + power : end;
}

/* Is it beyond all reals? What follows it, which strtod() might read too, plays no part. */
static bool number_is_beyond(const char *number, char *end)
{
	char after = *end;
	*end = '\0';
	bool beyond = isinf(strtod(number, NULL));
	*end = after;
	return beyond;
}

void json_tame(char *text, size_t length)
{
	static const char huge[] = "1e300";
	bool in_string = false;
	for (char *at = text; at < text + length; at++) {
		if (*at == '"') {
			in_string = !in_string;
		} else if (in_string) {
			if (*at == '\\' && strncmp(at + 1, "u0000", 5) == 0)
				at[5] = '1';
			at += *at == '\\';
		} else if (*at == '-' || (*at >= '0' && *at <= '9')) {
			char *end = number_end(at);
			if (end > at && number_is_beyond(at, end)) {
				CHECK((size_t)(end - at) >= sizeof(huge) - 1);
				memset(at, ' ', (size_t)(end - at));
				memcpy(at, huge, sizeof(huge) - 1);
			}
			at = end > at ? end - 1 : at;
		}
	}
}

/* As json_text_read(), of a text of JSON that jansson refuses too. */
static enum err text_parse(struct bytes text, json_t **out, json_error_t *error)
{
	enum err err = json_text_read(text, PARSE_FLAGS, out, error);
	if (err != ERR_INVALID || (json_error_code(error) != json_error_numeric_overflow &&
					  json_error_code(error) != json_error_null_byte_in_key))
		return err;
	char *copy = malloc(text.length + 1);
	if (copy == NULL)
		return ERR_FULL;
	memcpy(copy, text.data, text.length);
	copy[text.length] = '\0';
	json_tame(copy, text.length);
	err = json_text_read(bytes_of(copy, text.length), PARSE_FLAGS, out, error);
	free(copy);
	return err;
}

/* Finds the array in the only object that a batch is. */
static enum err find_events(json_t *root, const json_t **events, struct reason *reason)
{
	static const char form[] = "{\"events\": [{\"id\": ..., \"subject\": ..., ...}]}";
	const char *key;
	json_t *value;
	if (!json_is_object(root))
		return fail(reason, ERR_INVALID,
			"the body must be a JSON object with the array \"events\": %s", form);
	if (json_object_get(root, "events") == NULL)
		return fail(reason, ERR_INVALID,
			"the body must have the array \"events\", also for a single event: %s; or "
			"send "
			"one event a line, as application/x-ndjson",
			form);
	json_object_foreach (root, key, value) {
		if (strcmp(key, "events") != 0)
			return fail(reason, ERR_INVALID,
				"the body must have no key but \"events\"; it has another");
	}
	const json_t *found = json_object_get(root, "events");
	if (!json_is_array(found))
		return fail(reason, ERR_INVALID, "the body must have the array \"events\"");
	if (json_array_size(found) == 0)
		return fail(
			reason, ERR_INVALID, "the array \"events\" must have at least one event");
	*events = found;
	return OK;
}

static enum err find_cloud_events(json_t *root, const json_t **events, struct reason *reason)
{
	if (!json_is_array(root))
		return fail(reason, ERR_INVALID,
			"the body must be a JSON array of CloudEvents, also of a single one: "
			"[{\"specversion\": \"1.0\", \"id\": ..., \"source\": ..., \"type\": ..., "
			"\"data\": {...}}]");
	if (json_array_size(root) == 0)
		return fail(reason, ERR_INVALID, "the array must have at least one CloudEvent");
	*events = root;
	return OK;
}

enum err json_batch_parse(
	struct bytes text, enum json_form form, struct json_batch **out, struct reason *reason)
{
	if (costs_too_much(text))
		return fail(reason, ERR_FULL,
			"the JSON takes too much memory for its size: too many empty values");

	json_error_t error;
	json_t *root;
	enum err err = text_parse(bytes_unmarked(text), &root, &error);
	if (err == ERR_INVALID)
		return parse_failure(&error, reason);
	struct json_batch *batch = err == OK ? malloc(sizeof(*batch)) : NULL;
	if (batch == NULL) {
		if (err == OK)
			json_decref(root);
		return fail(reason, ERR_IO, "there is no memory to read the JSON; try again");
	}
	batch->form = form;
	batch->root = root;
	err = form == JSON_CLOUD_EVENTS ? find_cloud_events(root, &batch->events, reason)
					: find_events(root, &batch->events, reason);
	if (err != OK) {
		json_batch_free(batch);
		return err;
	}
	*out = batch;
	return OK;
}

void json_batch_free(struct json_batch *batch)
{
	if (batch == NULL)
		return;
	json_decref(batch->root);
	free(batch);
}

size_t json_batch_count(const struct json_batch *batch)
{
	return json_array_size(batch->events);
}

/* A value that is neither an array nor an object. */
static enum err read_scalar(const json_t *value, struct arena *arena, struct raw *out)
{
	*out = (struct raw){ .kind = RAW_WRONG };
	if (json_is_null(value)) {
		out->kind = RAW_ABSENT;
	} else if (json_is_boolean(value)) {
		out->kind = RAW_BOOL;
		out->integer = json_is_true(value);
	} else if (json_is_string(value)) {
		out->kind = RAW_TEXT;
		return arena_copy(arena,
			bytes_of(json_string_value(value), json_string_length(value)), &out->text);
	} else if (json_is_real(value)) {
		double real = json_real_value(value);
		if (real < -EXACT_MAX || real > EXACT_MAX || real != (double)(int64_t)real)
			return OK;
		out->kind = RAW_INTEGER;
		out->integer = (int64_t)real;
	}
	return OK;
}

static enum err read_value(const json_t *value, struct arena *arena, struct raw *out)
{
	if (!json_is_array(value))
		return read_scalar(value, arena, out);

	size_t count = json_array_size(value);
	struct raw *items = arena_take(arena, count * sizeof(*items));
	if (items == NULL)
		return ERR_FULL;
	for (size_t i = 0; i < count; i++) {
		enum err err = read_scalar(json_array_get(value, i), arena, &items[i]);
		if (err != OK)
			return err;
	}
	*out = (struct raw){ .kind = RAW_LIST, .items = items, .item_count = count };
	return OK;
}

/* The value of a field; given in both spellings it is wrong, whatever the values are. */
static enum err read_field(const json_t *value, bool *seen, struct arena *arena, struct raw *out)
{
	if (*seen) {
		*out = (struct raw){ .kind = RAW_WRONG };
		return OK;
	}
	*seen = true;
	return read_value(value, arena, out);
}

static enum err note_unknown(const char *key, struct arena *arena, struct raw_event *out)
{
	if (out->has_unknown)
		return OK;
	out->has_unknown = true;
	return arena_copy(arena, bytes_of_string(key), &out->unknown_name);
}

static enum err read_body(
	json_t *body, const struct schema *schema, struct arena *arena, struct raw_event *out)
{
	const char *key;
	json_t *value;
	bool seen[EVENT_VALUES_MAX] = { false };
	json_object_foreach (body, key, value) {
		size_t at = 0;
		while (at < schema->field_count &&
			!field_name_is(schema->fields[at].name, bytes_of_string(key)))
			at++;
		enum err err = at == schema->field_count
				       ? note_unknown(key, arena, out)
				       : read_field(value, &seen[at], arena, &out->fields[at]);
		if (err != OK)
			return err;
	}
	return OK;
}

/* A key of the event that is no field of the envelope. */
static enum err read_other(
	const char *key, json_t *value, struct arena *arena, struct raw_event *out)
{
	const struct schema *schema = schema_find(bytes_of_string(key));
	/* schema_find() knows LadderAssessed too, which is no spelling of the field. */
	if (schema == NULL || strcmp(key, schema->name) == 0)
		return note_unknown(key, arena, out);
	if (json_is_null(value))
		return OK;

	/* Of several bodies the last is kept; that there are several is what the sender is told. */
	out->body_count++;
	out->schema = schema;
	out->body_is_wrong = !json_is_object(value);
	return out->body_is_wrong ? OK : read_body(value, schema, arena, out);
}

static enum err read_event(json_t *event, struct arena *arena, struct raw_event *out)
{
	const char *key;
	json_t *value;
	bool seen[ENVELOPE_COUNT] = { false };
	*out = (struct raw_event){ .not_an_event = !json_is_object(event) };
	json_object_foreach (event, key, value) {
		size_t at = 0;
		while (at < ENVELOPE_COUNT &&
			!field_name_is(envelope_names[at], bytes_of_string(key)))
			at++;
		enum err err = at == ENVELOPE_COUNT
				       ? read_other(key, value, arena, out)
				       : read_field(value, &seen[at], arena, &out->envelope[at]);
		if (err != OK)
			return err;
	}
	return OK;
}

/* The event in a CloudEvent, with the id that is around it. */
static enum err read_cloud_event(json_t *value, struct arena *arena, struct raw_event *out)
{
	const char *unknown;
	*out = (struct raw_event){ .around = cloud_event_fault(value, &unknown) };
	const json_t *id = cloud_event_id(value);
	enum err err = OK;
	if (unknown != NULL)
		err = note_unknown(unknown, arena, out);
	else if (out->around.field == NULL)
		err = read_event(cloud_event_data(value), arena, out);
	if (err == OK && id != NULL)
		err = read_scalar(id, arena, &out->envelope[ENVELOPE_ID]);
	return err;
}

enum err json_batch_event(
	const struct json_batch *batch, size_t index, struct arena *arena, struct raw_event *out)
{
	CHECK(index < json_batch_count(batch));
	json_t *value = json_array_get(batch->events, index);
	return batch->form == JSON_CLOUD_EVENTS && json_is_object(value)
		       ? read_cloud_event(value, arena, out)
		       : read_event(value, arena, out);
}

enum err json_line_event(struct bytes line, struct arena *arena, struct raw_event *out)
{
	json_error_t error;
	json_t *event;
	if (costs_too_much(line))
		return ERR_FULL;
	enum err err = text_parse(bytes_unmarked(line), &event, &error);
	if (err == ERR_INVALID) {
		enum json_error_code code = json_error_code(&error);
		*out = (struct raw_event){
			.key_twice = code == json_error_duplicate_key,
			.not_an_event = code != json_error_duplicate_key,
		};
		return OK;
	}
	if (err != OK)
		return ERR_IO;
	err = read_event(event, arena, out);
	json_decref(event);
	return err;
}
