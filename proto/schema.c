/*
 * proto/schema.c - the table of event types. Adding a type is a row here and
 * in event.h, and a message in ladder.proto.
 */
#include "proto/event.h"

#include <stdio.h>

#include "base/check.h"

#define ENUM_NAME(number, NAME) [number] = #NAME,
#define ENUM_TABLE(PREFIX, name, LIST)                                                             \
	static const char *const name##_names[] = { [0] = NULL, LIST(ENUM_NAME) };                 \
	CHECK_STATIC(ARRAY_LENGTH(name##_names) == PREFIX##_COUNT + 1);                            \
	extern const struct enumeration enumeration_##name;                                        \
	const struct enumeration enumeration_##name = { #PREFIX "_", name##_names, PREFIX##_COUNT };
ENUMERATIONS(ENUM_TABLE)

#define INTEGER(name, min, max)                                                                    \
	{                                                                                          \
		name, FIELD_INTEGER, true, min, max, NULL                                          \
	}
#define BOOLEAN(name)                                                                              \
	{                                                                                          \
		name, FIELD_BOOL, true, 0, 1, NULL                                                 \
	}
#define ENUM(name, type)                                                                           \
	{                                                                                          \
		name, FIELD_ENUM, true, 0, 0, &enumeration_##type                                  \
	}
#define IDENTIFIER(name)                                                                           \
	{                                                                                          \
		name, FIELD_IDENTIFIER, true, 0, 0, NULL                                           \
	}
#define DATE(name)                                                                                 \
	{                                                                                          \
		name, FIELD_DATE, true, 0, 0, NULL                                                 \
	}
#define OPTIONAL_INTEGER(name, min, max)                                                           \
	{                                                                                          \
		name, FIELD_INTEGER, false, min, max, NULL                                         \
	}
#define OPTIONAL_BOOLEAN(name)                                                                     \
	{                                                                                          \
		name, FIELD_BOOL, false, 0, 1, NULL                                                \
	}
#define OPTIONAL_ENUM(name, type)                                                                  \
	{                                                                                          \
		name, FIELD_ENUM, false, 0, 0, &enumeration_##type                                 \
	}
#define OPTIONAL_IDENTIFIER(name)                                                                  \
	{                                                                                          \
		name, FIELD_IDENTIFIER, false, 0, 0, NULL                                          \
	}
#define OPTIONAL_DATE(name)                                                                        \
	{                                                                                          \
		name, FIELD_DATE, false, 0, 0, NULL                                                \
	}

/* `birth_year` ends at this year and `as_of` at the last quarter: validate.c knows the day. */
static const struct field person_registered_fields[] = { INTEGER("birth_year", 1900, 9999),
	OPTIONAL_ENUM("act", act) };
static const struct field household_role_set_fields[] = { ENUM("role", household_role) };
static const struct field municipality_left_fields[] = { ENUM("to", destination) };
static const struct field exited_fields[] = { ENUM("reason", exit_reason) };
static const struct field guidance_ended_fields[] = { ENUM("reason", guidance_end_reason) };
static const struct field service_model_set_fields[] = { ENUM("model", service_model) };
static const struct field intake_done_fields[] = {
	{ "domains", FIELD_ENUM_SET, true, 0, 0, &enumeration_domain },
};
static const struct field plan_signed_fields[] = {
	BOOLEAN("has_main_goal"),
	BOOLEAN("has_own_ambition"),
	BOOLEAN("has_language_part"),
	BOOLEAN("has_participation_part"),
	INTEGER("longest_horizon_months", 0, 120),
	OPTIONAL_ENUM("route", route),
};
static const struct field language_level_reached_fields[] = { ENUM("level", language_level) };
static const struct field module_completed_fields[] = { ENUM("module", module) };
static const struct field activity_logged_fields[] = {
	ENUM("kind", activity_kind),
	INTEGER("minutes", 0, 10080),
	ENUM("provider", org_type),
	OPTIONAL_IDENTIFIER("activity_ref"),
};
static const struct field ladder_assessed_fields[] = { INTEGER("rung", 1, 6) };
static const struct field contact_held_fields[] = { ENUM("by", contact_by), BOOLEAN("two_way"),
	OPTIONAL_IDENTIFIER("worker") };
static const struct field contact_person_assigned_fields[] = { IDENTIFIER("worker") };
static const struct field barrier_fields[] = { ENUM("barrier", barrier) };
static const struct field target_set_fields[] = { INTEGER("weekly_minutes", 0, 2400),
	OPTIONAL_DATE("until") };
static const struct field language_exempted_fields[] = { OPTIONAL_DATE("until") };
static const struct field job_started_fields[] = {
	IDENTIFIER("job_ref"),
	ENUM("funding", funding),
	INTEGER("hours_per_week", 1, 60),
	OPTIONAL_BOOLEAN("open_hiring"),
	OPTIONAL_ENUM("matches_ambition", ambition_match),
};
static const struct field job_changed_fields[] = {
	IDENTIFIER("job_ref"),
	ENUM("funding", funding),
	INTEGER("hours_per_week", 1, 60),
};
static const struct field job_ref_fields[] = { IDENTIFIER("job_ref") };
static const struct field placement_fields[] = { IDENTIFIER("job_ref"), ENUM("by", org_type) };
static const struct field referral_made_fields[] = { ENUM("to", org_type),
	OPTIONAL_IDENTIFIER("referral_ref") };
static const struct field referral_closed_fields[] = { IDENTIFIER("referral_ref"),
	ENUM("outcome", referral_outcome) };
static const struct field benefit_kind_fields[] = { ENUM("kind", benefit_kind) };
static const struct field sanction_ref_fields[] = { IDENTIFIER("sanction_ref") };
static const struct field sanction_imposed_fields[] = { IDENTIFIER("sanction_ref"),
	ENUM("regime", regime) };
static const struct field event_retracted_fields[] = { OPTIONAL_IDENTIFIER("target_id"),
	OPTIONAL_IDENTIFIER("target_key") };
static const struct field report_published_fields[] = { DATE("as_of") };
static const struct field report_withdrawn_fields[] = { DATE("as_of") };
/* `value` ends at 100 of a share, and whether there is a `rung` the figure says: validate.c. */
static const struct field agreement_made_fields[] = {
	ENUM("figure", agreed_figure),
	ENUM("comparison", comparison),
	INTEGER("value", 0, 1000000),
	DATE("by"),
	OPTIONAL_IDENTIFIER("with"),
	OPTIONAL_INTEGER("rung", 1, 5),
};

#define NO_FIELDS   .field_count = 0, .fields = NULL
#define FIELDS(row) .field_count = ARRAY_LENGTH(row), .fields = row

#define person_registered_row           FIELDS(person_registered_fields)
#define household_role_set_row          FIELDS(household_role_set_fields)
#define municipality_settled_row        NO_FIELDS
#define municipality_left_row           FIELDS(municipality_left_fields)
#define exited_row                      FIELDS(exited_fields)
#define guidance_ended_row              FIELDS(guidance_ended_fields)
#define guidance_started_row            NO_FIELDS
#define service_model_set_row           FIELDS(service_model_set_fields)
#define obligation_started_row          NO_FIELDS
#define intake_done_row                 FIELDS(intake_done_fields)
#define plan_signed_row                 FIELDS(plan_signed_fields)
#define plan_reviewed_row               NO_FIELDS
#define plan_withdrawn_row              NO_FIELDS
#define language_level_reached_row      FIELDS(language_level_reached_fields)
#define civic_integration_completed_row NO_FIELDS
#define module_completed_row            FIELDS(module_completed_fields)
#define activity_logged_row             FIELDS(activity_logged_fields)
#define ladder_assessed_row             FIELDS(ladder_assessed_fields)
#define contact_held_row                FIELDS(contact_held_fields)
#define contact_person_assigned_row     FIELDS(contact_person_assigned_fields)
#define contact_person_ended_row        NO_FIELDS
#define barrier_reported_row            FIELDS(barrier_fields)
#define barrier_resolved_row            FIELDS(barrier_fields)
#define target_set_row                  FIELDS(target_set_fields)
#define language_exempted_row           FIELDS(language_exempted_fields)
#define job_started_row                 FIELDS(job_started_fields)
#define job_changed_row                 FIELDS(job_changed_fields)
#define job_confirmed_row               FIELDS(job_ref_fields)
#define job_ended_row                   FIELDS(job_ref_fields)
#define placement_claimed_row           FIELDS(placement_fields)
#define placement_adjudicated_row       FIELDS(placement_fields)
#define referral_made_row               FIELDS(referral_made_fields)
#define referral_closed_row             FIELDS(referral_closed_fields)
#define benefit_started_row             FIELDS(benefit_kind_fields)
#define benefit_confirmed_row           FIELDS(benefit_kind_fields)
#define benefit_ended_row               NO_FIELDS
#define sanction_announced_row          FIELDS(sanction_ref_fields)
#define sanction_imposed_row            FIELDS(sanction_imposed_fields)
#define sanction_annulled_row           FIELDS(sanction_ref_fields)
#define event_retracted_row             FIELDS(event_retracted_fields)
#define report_published_row            FIELDS(report_published_fields)
#define report_withdrawn_row            FIELDS(report_withdrawn_fields)
#define agreement_made_row              FIELDS(agreement_made_fields)

static const struct schema schemas[] = {
#define SCHEMA_ROW(NAME, name, Name, number, person)                                               \
	{ EVENT_##NAME, #Name, #name, person, name##_row },
	EVENT_TYPES(SCHEMA_ROW)
};

/* The index of each type's row in `schemas`. */
enum schema_index {
#define SCHEMA_INDEX(NAME, name, Name, number, person) SCHEMA_##NAME,
	EVENT_TYPES(SCHEMA_INDEX)
};

const struct schema *schema_by_number(unsigned number)
{
	/* 0: no such type. */
	static const uint8_t index_after[EVENT_TYPE_MAX + 1] = {
#define INDEX_AFTER(NAME, name, Name, number, person) [number] = SCHEMA_##NAME + 1,
		EVENT_TYPES(INDEX_AFTER)
	};
	if (number > EVENT_TYPE_MAX || index_after[number] == 0)
		return NULL;
	return &schemas[index_after[number] - 1];
}

const struct schema *schema_of(enum event_type type)
{
	const struct schema *schema = schema_by_number((unsigned)type);
	CHECK(schema != NULL);
	return schema;
}

const struct schema *schema_all(size_t *count)
{
	*count = ARRAY_LENGTH(schemas);
	return schemas;
}

const struct schema *schema_find(struct bytes name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(schemas); i++) {
		if (bytes_are(name, schemas[i].name) || field_name_is(schemas[i].key, name))
			return &schemas[i];
	}
	return NULL;
}

enum agreed_figure agreed_figure_of(const struct event *event)
{
	return (enum agreed_figure)event->values[AGREEMENT_MADE_FIGURE].number;
}

bool agreed_figure_has_rung(enum agreed_figure figure)
{
	return figure == AGREED_FIGURE_CLIMBED_WITHIN_12_MONTHS ||
	       figure == AGREED_FIGURE_RUNG_HALF_TIME;
}

bool agreed_figure_is_share(enum agreed_figure figure)
{
	return figure != AGREED_FIGURE_LASTING_JOBS && figure != AGREED_FIGURE_RUNG_HALF_TIME &&
	       figure != AGREED_FIGURE_BENEFIT_LEFT;
}

int enumeration_find(const struct enumeration *enumeration, struct bytes name)
{
	struct bytes prefix = bytes_of_string(enumeration->prefix);
	if (name.length > prefix.length && memcmp(name.data, prefix.data, prefix.length) == 0)
		name = bytes_of(name.data + prefix.length, name.length - prefix.length);
	for (int value = 1; value <= enumeration->count; value++) {
		if (bytes_are(name, enumeration->names[value]))
			return value;
	}
	return 0;
}

const char *const envelope_names[ENVELOPE_COUNT] = {
	[ENVELOPE_ID] = "id",
	[ENVELOPE_KEY] = "key",
	[ENVELOPE_SUBJECT] = "subject",
	[ENVELOPE_MUNICIPALITY] = "municipality",
	[ENVELOPE_OCCURRED_ON] = "occurred_on",
};

bool field_name_is(const char *field, struct bytes name)
{
	if (bytes_are(name, field))
		return true;
	/* lowerCamelCase: each underscore goes and the next letter is a capital. */
	size_t at = 0;
	for (const char *c = field; *c != '\0'; c++, at++) {
		char expected = *c;
		if (expected == '_' && c[1] >= 'a' && c[1] <= 'z')
			expected = (char)(*++c - 'a' + 'A');
		if (at >= name.length || name.data[at] != (uint8_t)expected)
			return false;
	}
	return at == name.length;
}

bool identifier_is_valid(struct bytes text)
{
	/* clang-format off */
	static const bool allowed[256] = {
		['.'] = true, ['_'] = true, [':'] = true, ['-'] = true,
		['0'] = true, true, true, true, true, true, true, true, true, true,
		['A'] = true, true, true, true, true, true, true, true, true, true, true, true,
		true, true, true, true, true, true, true, true, true, true, true, true, true, true,
		['a'] = true, true, true, true, true, true, true, true, true, true, true, true,
		true, true, true, true, true, true, true, true, true, true, true, true, true, true,
	};
	/* clang-format on */
	if (text.length < 1 || text.length > 64)
		return false;
	bool valid = true;
	for (size_t i = 0; i < text.length; i++)
		valid &= allowed[text.data[i]];
	return valid;
}

bool municipality_parse(struct bytes text, uint16_t *municipality)
{
	if (text.length != MUNICIPALITY_LENGTH || text.data[0] != 'G' || text.data[1] != 'M')
		return false;
	unsigned code = 0;
	for (size_t i = 2; i < MUNICIPALITY_LENGTH; i++) {
		uint8_t c = text.data[i];
		if (c < '0' || c > '9')
			return false;
		code = code * 10 + (c - '0');
	}
	*municipality = (uint16_t)code;
	return true;
}

void municipality_print(uint16_t municipality, char out[MUNICIPALITY_LENGTH + 1])
{
	CHECK(municipality <= 9999);
	snprintf(out, MUNICIPALITY_LENGTH + 1, "GM%04u", municipality % 10000u);
}
