/*
 * daemon/web/api_description.c - see api_description.h.
 *
 * In openapi.json a text that begins with @ stands for what the program knows.
 */
#include "daemon/web/api_description.h"

#include <string.h>

#include "base/check.h"
#include "daemon/web/texts.h"
#include "daemon/web/visit.h"
#include "proto/event.h"
#include "proto/validate.h"

static const char identifier[] = "{\"$ref\": \"#/components/schemas/Identifier\"}";
static const char date[] = "{\"$ref\": \"#/components/schemas/Date\"}";
static const char place[] = "{\"$ref\": \"#/components/schemas/Municipality\"}";

static void enumeration_print(const struct enumeration *enumeration, struct text *out)
{
	text_add_string(out, "{\"type\": \"string\", \"enum\": [");
	for (int value = 1; value <= enumeration->count; value++)
		text_printf(out, "%s\"%s\"", value == 1 ? "" : ", ", enumeration->names[value]);
	text_add_string(out, "]}");
}

static void field_print(const struct field *field, struct text *out)
{
	switch (field->kind) {
	case FIELD_INTEGER:
		text_printf(out, "{\"type\": \"integer\", \"minimum\": %d, \"maximum\": %d}",
			field->min, field->max);
		return;
	case FIELD_BOOL:
		text_add_string(out, "{\"type\": \"boolean\"}");
		return;
	case FIELD_ENUM:
		enumeration_print(field->enumeration, out);
		return;
	case FIELD_ENUM_SET:
		text_add_string(out,
			"{\"type\": \"array\", \"minItems\": 1, \"uniqueItems\": true, "
			"\"items\": ");
		enumeration_print(field->enumeration, out);
		text_add_char(out, '}');
		return;
	case FIELD_IDENTIFIER:
		text_add_string(out, identifier);
		return;
	case FIELD_DATE:
		text_add_string(out, date);
		return;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

static void body_print(const struct schema *schema, struct text *out)
{
	const char *between = "";
	bool has_required = false;
	text_printf(out, "\"%s\": {\"type\": \"object\", \"additionalProperties\": false, ",
		schema->name);
	for (size_t i = 0; i < schema->field_count; i++)
		has_required = has_required || schema->fields[i].required;
	text_add_string(out, has_required ? "\"required\": [" : "");
	for (size_t i = 0; i < schema->field_count; i++) {
		if (schema->fields[i].required) {
			text_printf(out, "%s\"%s\"", between, schema->fields[i].name);
			between = ", ";
		}
	}
	text_add_string(out, has_required ? "], \"properties\": {" : "\"properties\": {");
	for (size_t i = 0; i < schema->field_count; i++) {
		text_printf(out, "%s\"%s\": ", i == 0 ? "" : ", ", schema->fields[i].name);
		field_print(&schema->fields[i], out);
	}
	text_add_string(out, "}},\n");
}

/* An event has one of the bodies, and a subject when that is about a person. */
static void choice_print(const struct schema *schema, struct text *out)
{
	if (schema->about_person)
		text_printf(out, "{\"required\": [\"subject\", \"%s\"]}", schema->key);
	else
		text_printf(out, "{\"required\": [\"%s\"], \"not\": {\"required\": [\"subject\"]}}",
			schema->key);
}

static void events_print(struct text *out)
{
	size_t count;
	const struct schema *schemas = schema_all(&count);
	for (size_t i = 0; i < count; i++)
		body_print(&schemas[i], out);
	text_printf(out,
		"\"Event\": {\"type\": \"object\", \"additionalProperties\": false, \"required\": "
		"[\"id\", \"municipality\", \"occurred_on\"], \"description\": \"What happened, on "
		"a day, in a municipality, almost always to one person; exactly one of the "
		"bodies.\", \"properties\": {\"id\": %s, \"key\": %s, \"subject\": %s, "
		"\"municipality\": %s, \"occurred_on\": %s",
		identifier, identifier, identifier, place, date);
	for (size_t i = 0; i < count; i++)
		text_printf(out, ",\n\"%s\": {\"$ref\": \"#/components/schemas/%s\"}",
			schemas[i].key, schemas[i].name);
	text_add_string(out, "},\n\"oneOf\": [");
	for (size_t i = 0; i < count; i++) {
		text_add_string(out, i == 0 ? "" : ",\n");
		choice_print(&schemas[i], out);
	}
	text_add_string(out, "]}");
}

static void codes_print(struct text *out)
{
	for (int code = 0; code < REJECTION_CODE_COUNT; code++)
		text_printf(out, "%s\"%s\"", code == 0 ? "" : ", ",
			rejection_code_name((enum rejection_code)code));
}

/* Writes what stands for the marker at `at`, and returns what follows it. */
static const char *marker_print(
	const char *at, const struct description_limits *limits, struct text *out)
{
	static const char *const markers[] = { "\"@version\"", "\"@codes\"", "\"@events\": null",
		"@batch_events_max", "@body_bytes_max" };
	size_t which = 0;
	while (which < ARRAY_LENGTH(markers) &&
		strncmp(at, markers[which], strlen(markers[which])) != 0)
		which++;
	switch (which) {
	case 0:
		text_add_string(out, "\"" API_VERSION "\"");
		break;
	case 1:
		codes_print(out);
		break;
	case 2:
		events_print(out);
		break;
	case 3:
		text_printf(out, "%zu", limits->batch_events_max);
		break;
	case 4:
		text_printf(out, "%zu", limits->body_bytes_max);
		break;
	default:
		check_failed("a marker that is known", __FILE__, __LINE__);
	}
	return at + strlen(markers[which]);
}

void description_print(const struct description_limits *limits, struct text *out)
{
	for (const char *at = text_openapi; *at != '\0';) {
		size_t length = strcspn(at, "@");
		/* The quotation mark before the sign is a part of some markers. */
		bool quoted = at[length] == '@' && length > 0 && at[length - 1] == '"';
		text_add(out, bytes_of(at, length - quoted));
		at += length - quoted;
		if (*at != '\0')
			at = marker_print(at, limits, out);
	}
}

/* For any origin: a program in a browser may read what the interface is. */
static void answer(struct request *request, const char *type)
{
	request_add_header(request, "Access-Control-Allow-Origin", "*");
	request_answer(request, 200, type);
}

void openapi_handle(struct request *request)
{
	static const char *const parameters[] = { NULL };
	const struct config *config = visit_of(request)->server->config;
	const struct description_limits limits = {
		.batch_events_max = config->limits_batch_events_max,
		.body_bytes_max = config->limits_body_bytes_max,
	};
	if (!request_query_check(request, parameters))
		return;
	description_print(&limits, &request->out);
	answer(request, "application/json");
}

void proto_handle(struct request *request)
{
	static const char *const parameters[] = { NULL };
	if (!request_query_check(request, parameters))
		return;
	text_add_string(&request->out, text_proto);
	answer(request, "text/plain; charset=utf-8");
}
