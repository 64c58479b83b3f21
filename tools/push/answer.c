/*
 * tools/push/answer.c - see answer.h.
 */
#include "tools/push/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/grow.h"
#include "base/plain.h"
#include "base/text.h"
#include "ingest/json_text.h"
#include "proto/codec.h"

void result_release(struct push_result *result)
{
	for (size_t i = 0; i < result->rejection_count; i++) {
		free(result->rejections[i].code);
		free(result->rejections[i].field);
		free(result->rejections[i].message);
	}
	free(result->rejections);
	*result = (struct push_result){ 0 };
}

size_t answer_bytes_max(size_t items, size_t item_bytes)
{
	return items > (ANSWER_BYTES_MAX - ANSWER_BYTES) / item_bytes
		       ? ANSWER_BYTES_MAX
		       : ANSWER_BYTES + items * item_bytes;
}

bool json_has_at_most(struct bytes json, size_t values)
{
	bool in_text = false;
	size_t count = 0;
	for (size_t i = 0; i < json.length && count <= values; i++) {
		uint8_t c = json.data[i];
		if (in_text && c == '\\')
			i++;
		else if (c == '"')
			in_text = !in_text;
		else if (!in_text)
			count += c == ',' || c == '[' || c == '{';
	}
	return count <= values;
}

enum err answer_json_read(struct bytes body, size_t values, json_t **out)
{
	return json_has_at_most(body, values) ? json_text_read(body, 0, out, NULL) : ERR_INVALID;
}

/* A copy as a string, made plain: it is for people. */
static char *copy_text(struct bytes text)
{
	char *copy = malloc(text.length + 1);
	if (copy == NULL)
		return NULL;
	if (text.length > 0)
		memcpy(copy, text.data, text.length);
	copy[plain_make(copy, text.length, false)] = '\0';
	return copy;
}

/* Adds a rejection; false when there is no memory. */
static bool add_rejection(struct push_result *result, uint64_t index, struct bytes code,
	struct bytes field, struct bytes message)
{
	size_t count = result->rejection_count;
	if (!GROW_TO(result->rejections, count + 1))
		return false;
	struct push_rejection *added = &result->rejections[count];
	*added = (struct push_rejection){
		.index = index,
		.code = copy_text(code),
		.field = copy_text(field),
		.message = copy_text(message),
	};
	result->rejection_count++;
	return added->code != NULL && added->field != NULL && added->message != NULL;
}

/* Hands the result over when it adds up. */
static enum err finish(
	enum err err, struct push_result *result, size_t events, struct push_result *out)
{
	if (err == OK &&
		(result->accepted > events || result->duplicates > events ||
			result->accepted + result->duplicates + result->rejection_count != events))
		err = ERR_INVALID;
	for (size_t i = 0; i < result->rejection_count && err == OK; i++) {
		if (result->rejections[i].index >= events)
			err = ERR_INVALID;
	}
	if (err != OK)
		result_release(result);
	else
		*out = *result;
	return err;
}

static struct bytes json_text(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return json_is_string(value) ? bytes_of(json_string_value(value), json_string_length(value))
				     : bytes_of("", 0);
}

static bool json_count(const json_t *object, const char *key, uint64_t *out)
{
	const json_t *value = json_object_get(object, key);
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*out = (uint64_t)json_integer_value(value);
	return true;
}

static enum err read_json(const json_t *json, size_t events, struct push_result *result)
{
	const json_t *rejected = json_object_get(json, "rejected");
	if (!json_count(json, "accepted", &result->accepted) ||
		!json_count(json, "duplicates", &result->duplicates) ||
		!json_count(json, "last_seq", &result->last_seq) || !json_is_array(rejected) ||
		json_array_size(rejected) > events)
		return ERR_INVALID;
	for (size_t i = 0; i < json_array_size(rejected); i++) {
		const json_t *row = json_array_get(rejected, i);
		uint64_t index;
		if (!json_count(row, "index", &index))
			return ERR_INVALID;
		if (!add_rejection(result, index, json_text(row, "code"), json_text(row, "field"),
			    json_text(row, "message")))
			return ERR_FULL;
	}
	return OK;
}

enum err result_read_json(struct bytes body, size_t events, struct push_result *out)
{
	struct push_result result = { 0 };
	json_t *json = NULL;
	enum err err = answer_json_read(body, ANSWER_VALUES + events * ANSWER_VALUES_EVENT, &json);
	if (err == OK)
		err = read_json(json, events, &result);
	json_decref(json);
	return finish(err, &result, events, out);
}

/* message Rejection of ladder.proto */
static enum err read_rejection(struct bytes rest, struct push_result *result)
{
	struct wire_field field;
	struct bytes texts[6] = { 0 };
	uint64_t index = 0;
	enum err err;
	while ((err = wire_field_take(&rest, &field)) == OK) {
		uint64_t number = field.tag >> 3;
		if (number == 1)
			index = field.value;
		else if (number < ARRAY_LENGTH(texts))
			texts[number] = field.bytes;
	}
	if (err != ERR_NOT_FOUND)
		return err;
	return add_rejection(result, index, texts[3], texts[4], texts[5]) ? OK : ERR_FULL;
}

/* Messages IngestResult and StreamResult of ladder.proto: the same fields, each `after` later. */
static enum err read_protobuf(
	struct bytes rest, uint64_t after, size_t events, struct push_result *result)
{
	struct wire_field field;
	enum err err;
	while ((err = wire_field_take(&rest, &field)) == OK) {
		uint64_t number = field.tag >> 3;
		if (number == after + 1)
			result->accepted = field.value;
		else if (number == after + 2)
			result->duplicates = field.value;
		else if (number == after + 4)
			result->last_seq = field.value;
		else if (number == after + 3 && result->rejection_count == events)
			return ERR_INVALID;
		else if (number == after + 3 && (err = read_rejection(field.bytes, result)) != OK)
			break;
	}
	return err == ERR_NOT_FOUND ? OK : err;
}

enum err result_read_protobuf(struct bytes body, size_t events, struct push_result *out)
{
	struct push_result result = { 0 };
	enum err err = read_protobuf(body, 0, events, &result);
	return finish(err, &result, events, out);
}

enum err result_read_stream(struct bytes body, size_t events, struct push_result *out)
{
	struct push_result result = { 0 };
	enum err err = read_protobuf(body, 1, events, &result);
	return finish(err, &result, events, out);
}

void answer_text(struct bytes text, struct reason *out)
{
	size_t length = text.length < sizeof(out->text) ? text.length : sizeof(out->text) - 1;
	if (length > 0)
		memcpy(out->text, text.data, length);
	length = plain_make(out->text, length, false);
	if (length > 0 && out->text[length - 1] == '.')
		length--;
	out->text[length] = '\0';
}

void problem_read(struct bytes body, long status, struct reason *out)
{
	json_t *json = NULL;
	if (body.length > ANSWER_BYTES || answer_json_read(body, ANSWER_VALUES, &json) != OK)
		json = NULL;
	char *title = copy_text(json_text(json, "title"));
	char *detail = copy_text(json_text(json, "detail"));
	bool has_title = title != NULL && title[0] != '\0';
	bool has_detail = detail != NULL && detail[0] != '\0';
	snprintf(out->text, sizeof(out->text), "%ld%s%s%s%s", status, has_title ? " " : "",
		has_title ? title : "", has_detail ? ": " : "", has_detail ? detail : "");
	size_t length = strlen(out->text);
	if (out->text[length - 1] == '.')
		out->text[length - 1] = '\0';
	free(title);
	free(detail);
	json_decref(json);
}
