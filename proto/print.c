/*
 * proto/print.c - events, records and results as JSON.
 *
 * Only identifiers, numbers and names of the table are printed here, so that
 * nothing needs escaping but the messages of rejections.
 */
#include "proto/codec.h"

#include "base/check.h"
#include "base/date.h"

static void print_name(const char *name, struct text *out)
{
	text_add_char(out, '"');
	text_add_string(out, name);
	text_add_string(out, "\":");
}

static void print_string(struct bytes value, struct text *out)
{
	text_add_char(out, '"');
	text_add(out, value);
	text_add_char(out, '"');
}

static void print_date(int32_t day, struct text *out)
{
	char date[DATE_LENGTH + 1];
	date_print(day, date);
	print_string(bytes_of(date, DATE_LENGTH), out);
}

static void print_enum_set(const struct field *field, int32_t set, struct text *out)
{
	bool first = true;
	text_add_char(out, '[');
	for (int member = 1; member <= field->enumeration->count; member++) {
		if ((set >> member & 1) == 0)
			continue;
		if (!first)
			text_add_char(out, ',');
		print_string(bytes_of_string(field->enumeration->names[member]), out);
		first = false;
	}
	text_add_char(out, ']');
}

static void print_value(const struct field *field, const struct value *value, struct text *out)
{
	switch (field->kind) {
	case FIELD_INTEGER:
		text_add_integer(out, value->number);
		return;
	case FIELD_BOOL:
		text_add_string(out, value->number ? "true" : "false");
		return;
	case FIELD_ENUM:
		print_string(bytes_of_string(field->enumeration->names[value->number]), out);
		return;
	case FIELD_ENUM_SET:
		print_enum_set(field, value->number, out);
		return;
	case FIELD_IDENTIFIER:
		print_string(value->text, out);
		return;
	case FIELD_DATE:
		print_date(value->number, out);
		return;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

void event_print_json(const struct event *event, struct text *out)
{
	const struct schema *schema = schema_of(event->type);
	char municipality[MUNICIPALITY_LENGTH + 1];
	municipality_print(event->municipality, municipality);

	text_add_string(out, "{\"id\":");
	print_string(event->id, out);
	if (event->key.length > 0) {
		text_add_string(out, ",\"key\":");
		print_string(event->key, out);
	}
	if (event->subject.length > 0) {
		text_add_string(out, ",\"subject\":");
		print_string(event->subject, out);
	}
	text_add_string(out, ",\"municipality\":");
	print_string(bytes_of_string(municipality), out);
	text_add_string(out, ",\"occurred_on\":");
	print_date(event->day, out);
	text_add_char(out, ',');
	print_name(schema->key, out);
	text_add_char(out, '{');
	bool first = true;
	for (size_t i = 0; i < schema->field_count; i++) {
		if (!event->values[i].present)
			continue;
		if (!first)
			text_add_char(out, ',');
		print_name(schema->fields[i].name, out);
		print_value(&schema->fields[i], &event->values[i], out);
		first = false;
	}
	text_add_string(out, "}}");
}

/* An erased record keeps its place and the day of recording. */
static void tombstone_print_json(const struct record_view *record, struct text *out)
{
	text_add_string(out, "{\"seq\":");
	text_add_integer(out, (int64_t)record->seq);
	text_add_string(out, ",\"recorded_on\":");
	print_date(zone_day(record->recorded_us), out);
	text_add_string(out, ",\"erased\":true}");
}

void record_print_json(const struct record_view *record, struct text *out)
{
	char instant[INSTANT_LENGTH + 1];
	if (record->kind == RECORD_TOMBSTONE) {
		tombstone_print_json(record, out);
		return;
	}
	instant_print(record->recorded_us, instant);
	text_add_string(out, "{\"seq\":");
	text_add_integer(out, (int64_t)record->seq);
	text_add_string(out, ",\"recorded_at\":");
	print_string(bytes_of(instant, INSTANT_LENGTH), out);
	text_add_string(out, ",\"partner\":");
	print_string(record->partner, out);
	if (record->round_to != 0) {
		text_add_string(out, ",\"round_to\":");
		text_add_integer(out, record->round_to);
	}
	if (record->definitions != 0) {
		text_add_string(out, ",\"definitions\":");
		text_add_integer(out, record->definitions);
	}
	if (record->withdraws != 0) {
		text_add_string(out, ",\"withdraws\":");
		text_add_integer(out, (int64_t)record->withdraws);
	}
	text_add_string(out, ",\"event\":");
	if (record->kind == RECORD_ACT)
		log_act_print_json(&record->act, out);
	else
		event_print_json(&record->event, out);
	text_add_char(out, '}');
}

static void rejection_print_json(const struct rejection *rejection, struct text *out)
{
	text_add_string(out, "{\"index\":");
	text_add_integer(out, (int64_t)rejection->index);
	if (rejection->id.length > 0) {
		text_add_string(out, ",\"id\":");
		print_string(rejection->id, out);
	}
	text_add_string(out, ",\"code\":");
	print_string(bytes_of_string(rejection_code_name(rejection->code)), out);
	text_add_string(out, ",\"field\":");
	text_add_json(out, bytes_of_string(rejection->field));
	text_add_string(out, ",\"message\":");
	text_add_json(out, bytes_of_string(rejection->message));
	text_add_char(out, '}');
}

void result_print_json(const struct ingest_result *result, struct text *out)
{
	text_add_string(out, "{\"accepted\":");
	text_add_integer(out, (int64_t)result->accepted);
	text_add_string(out, ",\"duplicates\":");
	text_add_integer(out, (int64_t)result->duplicates);
	text_add_string(out, ",\"rejected\":[");
	for (size_t i = 0; i < result->rejection_count; i++) {
		if (i > 0)
			text_add_char(out, ',');
		rejection_print_json(&result->rejections[i], out);
	}
	text_add_string(out, "],\"last_seq\":");
	text_add_integer(out, (int64_t)result->last_seq);
	text_add_string(out, "}\n");
}
