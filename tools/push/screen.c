/*
 * tools/push/screen.c - see screen.h.
 */
#include "tools/push/screen.h"

#include "proto/bsn.h"
#include "proto/codec.h"

#define DIGITS_8  1e7 /* the least number of 8 digits */
#define DIGITS_11 1e10

static bool stays_for_number(const char *field, struct screening *out)
{
	*out = (struct screening){
		.code = rejection_code_name(REJECTION_LOOKS_LIKE_BSN),
		.field = field,
		.message = "it was not sent: what is 8, 9 or 10 digits only, or a citizen service "
			   "number in groups or after BSN, never leaves this machine",
	};
	return true;
}

static bool stays_for_form(struct screening *out)
{
	*out = (struct screening){
		.code = rejection_code_name(REJECTION_BAD_VALUE),
		.field = envelope_names[ENVELOPE_SUBJECT],
		.message = "it was not sent: a subject must be of the form that --subject-form "
			   "gives",
	};
	return true;
}

/* The name in the contract of a key of the event, or of its body of that schema; "": none. */
static const char *field_name(const struct schema *body, struct bytes key)
{
	for (size_t i = 0; body == NULL && i < ENVELOPE_COUNT; i++) {
		if (field_name_is(envelope_names[i], key))
			return envelope_names[i];
	}
	for (size_t i = 0; body != NULL && i < body->field_count; i++) {
		if (field_name_is(body->fields[i].name, key))
			return body->fields[i].name;
	}
	return "";
}

/* A value that is no list and no object. A number that was meant as a text is one all the same. */
static bool is_number_of_person(const json_t *value)
{
	if (json_is_string(value))
		return looks_like_bsn(
			bytes_of(json_string_value(value), json_string_length(value)));
	double number = json_number_value(value);
	return json_is_number(value) && number >= DIGITS_8 && number < DIGITS_11;
}

/* Looks at all that is below `value`, which stands in the field `field`. */
static bool screen_below(const json_t *value, const char *field, struct screening *out)
{
	const char *key;
	const json_t *member;
	size_t i;
	if (is_number_of_person(value))
		return stays_for_number(field, out);
	for (i = 0; i < json_array_size(value); i++) {
		if (screen_below(json_array_get(value, i), field, out))
			return true;
	}
	json_object_foreach ((json_t *)(uintptr_t)value, key, member) {
		if (looks_like_bsn(bytes_of_string(key)))
			return stays_for_number("", out);
		const struct schema *body = schema_find(bytes_of_string(field));
		if (screen_below(member,
			    body == NULL ? field : field_name(body, bytes_of_string(key)), out))
			return true;
	}
	return false;
}

bool screen_json(const json_t *event, const char *subject_form, struct screening *out)
{
	const char *key;
	const json_t *member;
	json_object_foreach ((json_t *)(uintptr_t)event, key, member) {
		struct bytes name = bytes_of_string(key);
		const struct schema *body = schema_find(name);
		if (looks_like_bsn(name))
			return stays_for_number("", out);
		if (screen_below(member, body != NULL ? body->key : field_name(NULL, name), out))
			return true;
	}
	const json_t *subject = json_object_get(event, envelope_names[ENVELOPE_SUBJECT]);
	if (subject_form != NULL && json_is_string(subject) &&
		!subject_matches(bytes_of(json_string_value(subject), json_string_length(subject)),
			subject_form))
		return stays_for_form(out);
	return false;
}

/* The texts of a message, and of those in it. What cannot be read is for the daemon to refuse. */
bool screen_protobuf(struct bytes event, const char *subject_form, struct screening *out)
{
	struct wire_field field, inner;
	struct bytes subject = bytes_of(NULL, 0);
	while (wire_field_take(&event, &field) == OK) {
		uint64_t number = field.tag >> 3;
		const char *name =
			number >= 1 && number <= ENVELOPE_COUNT ? envelope_names[number - 1] : "";
		if (looks_like_bsn(field.bytes))
			return stays_for_number(name, out);
		if (number == ENVELOPE_SUBJECT + 1)
			subject = field.bytes;
		struct bytes body = number > ENVELOPE_COUNT ? field.bytes : bytes_of(NULL, 0);
		while (wire_field_take(&body, &inner) == OK) {
			if (looks_like_bsn(inner.bytes))
				return stays_for_number("", out);
		}
	}
	if (subject_form != NULL && subject.data != NULL && !subject_matches(subject, subject_form))
		return stays_for_form(out);
	return false;
}
