/*
 * ingest/cloud_event.c - see cloud_event.h.
 */
#include "ingest/cloud_event.h"

#include <string.h>
#include <strings.h>

#include "base/check.h"

static struct raw_fault missing(const char *field)
{
	return (struct raw_fault){ field, "is missing", true };
}

static struct raw_fault wrong(const char *field, const char *must)
{
	return (struct raw_fault){ field, must, false };
}

/* Names of attributes are small letters and digits (CloudEvents 1.0.2, 3.1.1). */
static bool is_attribute(const char *key)
{
	size_t length = strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789");
	return length > 0 && key[length] == '\0';
}

static bool is_text(const json_t *value)
{
	return json_is_string(value) && json_string_length(value) > 0;
}

/* application/json, or whatever ends with +json; parameters aside. */
static bool is_json_type(const json_t *value)
{
	static const char plain[] = "application/json", suffix[] = "+json";
	if (!is_text(value))
		return false;
	const char *type = json_string_value(value);
	size_t length = strcspn(type, "; \t"), end = sizeof(suffix) - 1;
	if (length == sizeof(plain) - 1 && strncasecmp(type, plain, length) == 0)
		return true;
	return length > end && strncasecmp(type + length - end, suffix, end) == 0;
}

static struct raw_fault context_fault(const json_t *value)
{
	static const char *const texts[] = { "id", "source", "type" };
	const json_t *version = json_object_get(value, "specversion");
	const json_t *type = json_object_get(value, "datacontenttype");
	if (version == NULL || json_is_null(version))
		return missing("specversion");
	if (!json_is_string(version) || json_string_length(version) != 3 ||
		strcmp(json_string_value(version), "1.0") != 0)
		return wrong("specversion", "must be \"1.0\"");
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		const json_t *text = json_object_get(value, texts[i]);
		if (text == NULL || json_is_null(text))
			return missing(texts[i]);
		if (!is_text(text))
			return wrong(texts[i], "must be a text that is not empty");
	}
	if (type != NULL && !json_is_null(type) && !is_json_type(type))
		return wrong("datacontenttype", "must be application/json");
	return (struct raw_fault){ 0 };
}

/* Of the event in `data`, and of its id. */
static struct raw_fault data_fault(const json_t *value)
{
	const json_t *data = json_object_get(value, "data");
	if (json_object_get(value, "data_base64") != NULL)
		return wrong("data_base64", "must not be given: the event is in data, as JSON");
	if (data == NULL || json_is_null(data))
		return missing("data");
	if (!json_is_object(data))
		return wrong("data", "must be an event, a JSON object");
	const json_t *id = json_object_get(data, "id");
	if (id != NULL && !json_is_null(id) && !json_equal(id, cloud_event_id(value)))
		return wrong("id", "must be the same in data as around it, or only around it");
	return (struct raw_fault){ 0 };
}

struct raw_fault cloud_event_fault(json_t *value, const char **unknown)
{
	const char *key;
	json_t *other;
	CHECK(json_is_object(value));
	*unknown = NULL;
	json_object_foreach (value, key, other) {
		if (*unknown == NULL && !is_attribute(key) && strcmp(key, "data_base64") != 0)
			*unknown = key;
	}
	struct raw_fault fault = context_fault(value);
	return fault.field != NULL ? fault : data_fault(value);
}

const json_t *cloud_event_id(const json_t *value)
{
	const json_t *id = json_object_get(value, "id");
	return is_text(id) ? id : NULL;
}

json_t *cloud_event_data(const json_t *value)
{
	return json_object_get(value, "data");
}
