/*
 * proto/validate.c - see validate.h.
 *
 * One pass in the order of spec/events.md; the first thing found wrong is the
 * event's code. Messages say what is allowed and never repeat what was sent.
 */
#include "proto/validate.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/check.h"
#include "base/date.h"
#include "proto/bsn.h"

#define DECIMAL_MAX  INT64_C(1000000000000000) /* more than any field takes */
#define EXPONENT_MAX INT64_C(1000000000)       /* more than a request has digits */
#define PER_CENT_MAX 100

#define IDENTIFIER_RULE "must be 1 to 64 characters of A-Z a-z 0-9 . _ : -"
#define DATE_RULE       "must be a civil date, YYYY-MM-DD"
#define BSN_RULE                                                                                   \
	"must not be 8, 9 or 10 digits only, nor a citizen service number in groups or after "     \
	"BSN: such numbers, V-numbers and file numbers are never stored"

/* The check of one event. */
struct checking {
	const struct raw_event *raw;
	const struct event_rules *rules;
	struct arena *arena;
	struct event *event;
	struct rejection *rejection;
};

/* What a step of the check found. */
enum found {
	FOUND_RIGHT,
	FOUND_WRONG, /* the rejection is filled */
	FOUND_FULL,  /* no room for the message */
};

const char *rejection_code_name(enum rejection_code code)
{
	static const char *const names[REJECTION_CODE_COUNT] = {
#define REJECTION_CODE_NAME(NAME, code) [REJECTION_##NAME] = #code,
		REJECTION_CODES(REJECTION_CODE_NAME)
	};
	CHECK(code < REJECTION_CODE_COUNT);
	return names[code];
}

static enum found wrong(
	struct checking *checking, enum rejection_code code, const char *field, const char *message)
{
	struct bytes id = checking->raw->envelope[ENVELOPE_ID].text;
	bool id_is_told = checking->raw->envelope[ENVELOPE_ID].kind == RAW_TEXT &&
			  identifier_is_valid(id) && !looks_like_bsn(id);
	*checking->rejection = (struct rejection){
		.code = code,
		.id = id_is_told ? id : bytes_of(NULL, 0),
		.field = field,
		.message = message,
	};
	return FOUND_WRONG;
}

/* wrong() with a message made in the arena. */
static enum found wrong_because(struct checking *checking, enum rejection_code code,
	const char *field, const char *format, ...) PRINTF_LIKE(4, 5);

static enum found wrong_because(struct checking *checking, enum rejection_code code,
	const char *field, const char *format, ...)
{
	char text[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	struct bytes copy;
	if (arena_copy(checking->arena, bytes_of(text, strlen(text) + 1), &copy) != OK)
		return FOUND_FULL;
	return wrong(checking, code, field, (const char *)copy.data);
}

static enum found missing(struct checking *checking, const char *field)
{
	return wrong(checking, REJECTION_MISSING_FIELD, field, "is required");
}

static enum found check_identifier(
	struct checking *checking, const char *field, const struct raw *raw, struct bytes *out)
{
	if (raw->kind != RAW_TEXT || !identifier_is_valid(raw->text))
		return wrong(checking, REJECTION_BAD_VALUE, field, IDENTIFIER_RULE);
	if (looks_like_bsn(raw->text))
		return wrong(checking, REJECTION_LOOKS_LIKE_BSN, field, BSN_RULE);
	*out = raw->text;
	return FOUND_RIGHT;
}

/*
 * The name of a key that the schema does not have, when it can be told without
 * repeating a secret: it looks like the name of a field, not like personal data.
 */
static enum found unknown_field(struct checking *checking)
{
	const struct raw_event *raw = checking->raw;
	struct bytes name = raw->unknown_name;
	static const char message[] = "is not a field of this type; unknown fields are refused so "
				      "that nothing is stored that the contract does not name";
	if (raw->unknown_number != 0)
		return wrong_because(checking, REJECTION_UNKNOWN_FIELD, "", "field number %u %s",
			raw->unknown_number, message);
	bool tellable = name.length > 0 && name.length <= 40;
	for (size_t i = 0; i < name.length && tellable; i++) {
		uint8_t c = name.data[i];
		tellable = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
	}
	const char *field = "";
	if (tellable) {
		char *copy = arena_take(checking->arena, name.length + 1);
		if (copy == NULL)
			return FOUND_FULL;
		memcpy(copy, name.data, name.length);
		field = copy;
	}
	return wrong(checking, REJECTION_UNKNOWN_FIELD, field, message);
}

static enum found check_id_and_key(struct checking *checking)
{
	const struct raw *id = &checking->raw->envelope[ENVELOPE_ID];
	if (id->kind == RAW_ABSENT)
		return missing(checking, "id");
	enum found found = check_identifier(checking, "id", id, &checking->event->id);
	if (found != FOUND_RIGHT)
		return found;

	const struct raw *key = &checking->raw->envelope[ENVELOPE_KEY];
	if (key->kind == RAW_ABSENT)
		return FOUND_RIGHT;
	found = check_identifier(checking, "key", key, &checking->event->key);
	if (found != FOUND_RIGHT)
		return found;
	const struct schema *schema = checking->raw->schema;
	/* What these say is never withdrawn by a key. */
	if (schema != NULL &&
		(schema->type == EVENT_EVENT_RETRACTED || schema->type == EVENT_REPORT_PUBLISHED ||
			schema->type == EVENT_REPORT_WITHDRAWN))
		return wrong_because(checking, REJECTION_BAD_VALUE, "key",
			"must be absent: %s has no key", schema->name);
	return FOUND_RIGHT;
}

/* A municipality that is wrong demands nothing: that is its own field's fault, told later. */
static enum found check_subject_form(struct checking *checking)
{
	const struct raw *municipality = &checking->raw->envelope[ENVELOPE_MUNICIPALITY];
	uint16_t code;
	if (municipality->kind != RAW_TEXT || !municipality_parse(municipality->text, &code))
		return FOUND_RIGHT;
	const char *pattern = subject_forms_find(&checking->rules->subjects, code);
	if (pattern == NULL || subject_matches(checking->event->subject, pattern))
		return FOUND_RIGHT;
	return wrong_because(checking, REJECTION_BAD_VALUE, "subject",
		"must be a pseudonym of the municipality's register, of the form %s (* is any "
		"characters)",
		pattern);
}

static enum found check_subject(struct checking *checking)
{
	const struct raw *subject = &checking->raw->envelope[ENVELOPE_SUBJECT];
	const struct schema *schema = checking->raw->schema;
	if (subject->kind == RAW_ABSENT) {
		/* The type says whether there must be one; without a body, only that is reported.
		 */
		if (schema == NULL || !schema->about_person)
			return FOUND_RIGHT;
		return missing(checking, "subject");
	}
	if (schema != NULL && !schema->about_person)
		return wrong_because(checking, REJECTION_BAD_VALUE, "subject",
			"must be absent: %s is not about a person", schema->name);
	enum found found =
		check_identifier(checking, "subject", subject, &checking->event->subject);
	return found == FOUND_RIGHT ? check_subject_form(checking) : found;
}

static enum found check_place_and_day(struct checking *checking)
{
	const struct raw *municipality = &checking->raw->envelope[ENVELOPE_MUNICIPALITY];
	if (municipality->kind == RAW_ABSENT)
		return missing(checking, "municipality");
	if (municipality->kind != RAW_TEXT ||
		!municipality_parse(municipality->text, &checking->event->municipality))
		return wrong(checking, REJECTION_BAD_VALUE, "municipality",
			"must be a CBS code: GM and four digits, as GM0823");

	const struct raw *day = &checking->raw->envelope[ENVELOPE_OCCURRED_ON];
	if (day->kind == RAW_ABSENT)
		return missing(checking, "occurred_on");
	if (day->kind != RAW_TEXT || date_parse(day->text, &checking->event->day) != OK)
		return wrong(checking, REJECTION_BAD_VALUE, "occurred_on", DATE_RULE);
	if (checking->event->day > checking->rules->today + 1)
		return wrong(checking, REJECTION_OCCURRED_IN_FUTURE, "occurred_on",
			"must not be after tomorrow");
	if (checking->event->day < event_day_first())
		return wrong(checking, REJECTION_OCCURRED_TOO_EARLY, "occurred_on",
			"must not be before 1990-01-01");
	return FOUND_RIGHT;
}

/* value times ten to the power of `zeros`. */
struct decimal {
	int64_t value; /* its last digit is no 0, unless it is 0 */
	int64_t zeros;
};

/* Multiplies the value out. False: it becomes too large. */
static bool decimal_unfold(struct decimal *decimal)
{
	for (; decimal->zeros > 0 && decimal->value != 0; decimal->zeros--) {
		if (decimal->value > DECIMAL_MAX / 10)
			return false;
		decimal->value *= 10;
	}
	decimal->zeros = 0;
	return true;
}

/* Takes the digits at *at, at least one. */
static bool digits_take(struct bytes text, size_t *at, struct decimal *decimal)
{
	size_t first = *at;
	for (; *at < text.length && text.data[*at] >= '0' && text.data[*at] <= '9'; (*at)++) {
		decimal->zeros++;
		if (text.data[*at] == '0')
			continue;
		if (!decimal_unfold(decimal))
			return false;
		decimal->value += text.data[*at] - '0';
	}
	return *at > first;
}

/* Takes `e` and a whole number, when it is there; else *out stays. */
static bool exponent_take(struct bytes text, size_t *at, int64_t *out)
{
	if (*at == text.length || (text.data[*at] != 'e' && text.data[*at] != 'E'))
		return true;
	(*at)++;
	bool minus = *at < text.length && text.data[*at] == '-';
	*at += minus || (*at < text.length && text.data[*at] == '+');
	size_t first = *at;
	int64_t value = 0;
	for (; *at < text.length && text.data[*at] >= '0' && text.data[*at] <= '9'; (*at)++) {
		if (value < EXPONENT_MAX)
			value = value * 10 + (text.data[*at] - '0');
	}
	*out = minus ? -value : value;
	return *at > first;
}

/* A number as JSON writes it, when it is whole: ProtoJSON takes it as a string too. */
static bool integer_parse(struct bytes text, int64_t *out)
{
	size_t at = text.length > 0 && text.data[0] == '-' ? 1 : 0;
	struct decimal decimal = { 0 };
	int64_t behind_point = 0, exponent = 0;
	bool minus = at == 1;
	if (!digits_take(text, &at, &decimal))
		return false;
	if (at < text.length && text.data[at] == '.') {
		size_t point = ++at;
		if (!digits_take(text, &at, &decimal))
			return false;
		behind_point = (int64_t)(at - point);
	}
	if (!exponent_take(text, &at, &exponent) || at != text.length)
		return false;
	decimal.zeros += exponent - behind_point;
	if ((decimal.value != 0 && decimal.zeros < 0) || !decimal_unfold(&decimal))
		return false;
	*out = minus ? -decimal.value : decimal.value;
	return true;
}

static bool raw_as_integer(const struct raw *raw, int64_t *out)
{
	if (raw->kind == RAW_TEXT)
		return integer_parse(raw->text, out);
	*out = raw->integer;
	return raw->kind == RAW_INTEGER;
}

/* The value of an enumeration by name or number; 0 when it is none. */
static int raw_as_enum(const struct raw *raw, const struct enumeration *enumeration)
{
	if (raw->kind == RAW_TEXT)
		return enumeration_find(enumeration, raw->text);
	if (raw->kind == RAW_INTEGER && raw->integer >= 1 && raw->integer <= enumeration->count)
		return (int)raw->integer;
	return 0;
}

static enum found wrong_enum(struct checking *checking, const struct field *field)
{
	char allowed[400] = "";
	size_t length = 0;
	for (int value = 1; value <= field->enumeration->count; value++) {
		int written = snprintf(allowed + length, sizeof(allowed) - length, "%s%s",
			value == 1 ? "" : ", ", field->enumeration->names[value]);
		CHECK(written >= 0 && (size_t)written < sizeof(allowed) - length);
		length += (size_t)written;
	}
	return wrong_because(checking, REJECTION_BAD_VALUE, field->name,
		field->kind == FIELD_ENUM_SET ? "must be one or more, each once, of %s"
					      : "must be one of %s",
		allowed);
}

static enum found check_enum_set(struct checking *checking, const struct field *field,
	const struct raw *raw, struct value *value)
{
	if (raw->kind != RAW_LIST)
		return wrong_enum(checking, field);
	if (raw->item_count == 0)
		return missing(checking, field->name);
	for (size_t i = 0; i < raw->item_count; i++) {
		int member = raw_as_enum(&raw->items[i], field->enumeration);
		if (member == 0 || (value->number >> member & 1) != 0)
			return wrong_enum(checking, field);
		value->number |= 1 << member;
	}
	return FOUND_RIGHT;
}

static enum found check_date(struct checking *checking, const struct field *field,
	const struct raw *raw, struct value *value)
{
	if (raw->kind != RAW_TEXT || date_parse(raw->text, &value->number) != OK)
		return wrong(checking, REJECTION_BAD_VALUE, field->name, DATE_RULE);
	enum event_type type = checking->raw->schema->type;
	if (type == EVENT_REPORT_PUBLISHED &&
		(!date_ends_quarter(value->number) || value->number >= checking->rules->today))
		return wrong(checking, REJECTION_BAD_VALUE, field->name,
			"must be the last day of a calendar quarter that has ended");
	if (type == EVENT_AGREEMENT_MADE &&
		(!date_ends_quarter(value->number) || value->number < checking->event->day))
		return wrong(checking, REJECTION_BAD_VALUE, field->name,
			"must be the last day of a calendar quarter, not before occurred_on");
	return FOUND_RIGHT;
}

static enum found check_integer(struct checking *checking, const struct field *field,
	const struct raw *raw, struct value *value)
{
	int32_t max = field->max;
	if (checking->raw->schema->type == EVENT_PERSON_REGISTERED)
		max = civil_from_day(checking->rules->today).year;
	if (value == &checking->event->values[AGREEMENT_MADE_VALUE] &&
		checking->raw->schema->type == EVENT_AGREEMENT_MADE &&
		agreed_figure_is_share(agreed_figure_of(checking->event)))
		max = PER_CENT_MAX;
	int64_t number;
	if (!raw_as_integer(raw, &number) || number < field->min || number > max)
		return wrong_because(checking, REJECTION_BAD_VALUE, field->name,
			"must be a whole number from %d to %d", field->min, max);
	value->number = (int32_t)number;
	return FOUND_RIGHT;
}

static enum found check_field(struct checking *checking, const struct field *field,
	const struct raw *raw, struct value *value)
{
	*value = (struct value){ 0 };
	if (raw->kind == RAW_ABSENT)
		return field->required ? missing(checking, field->name) : FOUND_RIGHT;
	value->present = true;
	switch (field->kind) {
	case FIELD_INTEGER:
		return check_integer(checking, field, raw, value);
	case FIELD_BOOL:
		if (raw->kind != RAW_BOOL)
			return wrong(checking, REJECTION_BAD_VALUE, field->name,
				"must be true or false");
		value->number = raw->integer != 0;
		return FOUND_RIGHT;
	case FIELD_ENUM:
		value->number = raw_as_enum(raw, field->enumeration);
		return value->number == 0 ? wrong_enum(checking, field) : FOUND_RIGHT;
	case FIELD_ENUM_SET:
		return check_enum_set(checking, field, raw, value);
	case FIELD_IDENTIFIER:
		return check_identifier(checking, field->name, raw, &value->text);
	case FIELD_DATE:
		return check_date(checking, field, raw, value);
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

/* EventRetracted: exactly one of target_id and target_key. */
static enum found check_targets(struct checking *checking)
{
	const struct value *values = checking->event->values;
	bool by_id = values[EVENT_RETRACTED_TARGET_ID].present;
	bool by_key = values[EVENT_RETRACTED_TARGET_KEY].present;
	if (!by_id && !by_key)
		return wrong(checking, REJECTION_MISSING_FIELD, "target_id",
			"is required, or target_key instead");
	if (by_id && by_key)
		return wrong(checking, REJECTION_BAD_VALUE, "target_key",
			"must be absent when target_id is given");
	return FOUND_RIGHT;
}

/* AgreementMade: a rung where the figure has rungs, and nowhere else. */
static enum found check_agreed_rung(struct checking *checking)
{
	bool needed = agreed_figure_has_rung(agreed_figure_of(checking->event));
	if (needed == checking->event->values[AGREEMENT_MADE_RUNG].present)
		return FOUND_RIGHT;
	return needed ? missing(checking, "rung")
		      : wrong(checking, REJECTION_BAD_VALUE, "rung",
				"must be absent: this figure has no rungs");
}

static enum found check_body(struct checking *checking)
{
	const struct raw_event *raw = checking->raw;
	if (raw->body_count == 0)
		return wrong(checking, REJECTION_MISSING_FIELD, "body",
			"is required: exactly one of the event types");
	if (raw->body_count > 1)
		return wrong(checking, REJECTION_BAD_VALUE, "body",
			"must be exactly one of the event types");
	if (raw->body_is_wrong)
		return wrong(checking, REJECTION_BAD_VALUE, raw->schema->key, "must be an object");
	checking->event->type = raw->schema->type;
	for (size_t i = 0; i < raw->schema->field_count; i++) {
		enum found found = check_field(checking, &raw->schema->fields[i], &raw->fields[i],
			&checking->event->values[i]);
		if (found != FOUND_RIGHT)
			return found;
	}
	if (raw->schema->type == EVENT_EVENT_RETRACTED)
		return check_targets(checking);
	if (raw->schema->type == EVENT_AGREEMENT_MADE)
		return check_agreed_rung(checking);
	return FOUND_RIGHT;
}

enum err event_validate(const struct raw_event *raw, const struct event_rules *rules,
	struct arena *arena, enum verdict *verdict, struct event *event,
	struct rejection *rejection)
{
	static enum found (*const steps[])(struct checking *) = {
		check_id_and_key,
		check_subject,
		check_place_and_day,
		check_body,
	};
	struct event checked = { 0 };
	struct checking checking = { raw, rules, arena, &checked, rejection };
	enum found found = FOUND_RIGHT;

	if (raw->not_an_event)
		found = wrong(&checking, REJECTION_BAD_SYNTAX, "", "must be a JSON object");
	else if (raw->key_twice)
		found = wrong(&checking, REJECTION_BAD_VALUE, "", "must not have a key twice");
	else if (raw->has_unknown)
		found = unknown_field(&checking);
	else if (raw->around.field != NULL)
		found = wrong(&checking,
			raw->around.missing ? REJECTION_MISSING_FIELD : REJECTION_BAD_VALUE,
			raw->around.field, raw->around.message);
	for (size_t i = 0; i < ARRAY_LENGTH(steps) && found == FOUND_RIGHT; i++)
		found = steps[i](&checking);

	if (found == FOUND_FULL)
		return ERR_FULL;
	if (found == FOUND_WRONG) {
		*verdict = VERDICT_REJECTED;
		return OK;
	}
	*event = checked;
	*verdict = VERDICT_ACCEPTED;
	return OK;
}
