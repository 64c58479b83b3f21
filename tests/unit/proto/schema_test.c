/*
 * tests/unit/proto/schema_test.c - the table of event types against proto/ladder.proto,
 * read as text, and against spec/events.md.
 */
#include "base/check.h"
#include "proto/event.h"
#include "proto/log_act.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define NAME_MAX 48
#define ROWS_MAX 64
#define LOG_ACTS 3

/* One line of a message or an enumeration. */
struct row {
	char label[NAME_MAX]; /* optional, repeated; empty in a oneof and an enumeration */
	char type[NAME_MAX];  /* empty in an enumeration */
	char name[NAME_MAX];
	int number;
};

struct block {
	char name[NAME_MAX];
	bool is_enum;
	struct row rows[ROWS_MAX];
	size_t count;
};

static struct block blocks[200];
static size_t block_count;

static void row_read(struct block *block, const char *line)
{
	struct row row = { 0 };
	assert_true(block->count < ROWS_MAX);
	if (sscanf(line, " %47s %47s %47s = %d ;", row.label, row.type, row.name, &row.number) !=
		4) {
		row.label[0] = '\0';
		if (sscanf(line, " %47s %47s = %d ;", row.type, row.name, &row.number) != 3) {
			row.type[0] = '\0';
			if (sscanf(line, " %47s = %d ;", row.name, &row.number) != 2)
				fail_msg("not understood: %s", line);
		}
	}
	block->rows[block->count++] = row;
}

/* Reads the schema: one statement a line, as it is written. */
static int proto_read(void **state)
{
	(void)state;
	char line[256], kind[NAME_MAX], name[NAME_MAX], rest[NAME_MAX];
	struct block *block = NULL;
	FILE *file = fopen("proto/ladder.proto", "r");
	if (file == NULL) {
		print_error("run from the top of the project\n");
		return -1;
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		char *comment = strstr(line, "//");
		if (comment != NULL)
			*comment = '\0';
		if (sscanf(line, "%47s %47s %47s", kind, name, rest) == 3 && rest[0] == '{' &&
			(strcmp(kind, "message") == 0 || strcmp(kind, "enum") == 0)) {
			block = &blocks[block_count++];
			snprintf(block->name, sizeof(block->name), "%s", name);
			block->is_enum = kind[0] == 'e';
			if (strcmp(rest, "{}") == 0)
				block = NULL;
		} else if (line[0] == '}') {
			block = NULL;
		} else if (block != NULL && strchr(line, '=') != NULL) {
			row_read(block, line);
		}
	}
	fclose(file);
	return 0;
}

static const struct block *block_find(const char *name)
{
	for (size_t i = 0; i < block_count; i++) {
		if (strcmp(blocks[i].name, name) == 0)
			return &blocks[i];
	}
	fail_msg("ladder.proto has no %s", name);
	return NULL;
}

static void the_oneof_has_every_type_under_its_number(void **state)
{
	(void)state;
	size_t count;
	const struct schema *schemas = schema_all(&count);
	const struct block *event = block_find("Event");
	/* The acts come last. */
	assert_int_equal(event->count, ENVELOPE_COUNT + count + LOG_ACTS);
	for (size_t i = 0; i < LOG_ACTS; i++)
		assert_true(log_act_is((unsigned)event->rows[ENVELOPE_COUNT + count + i].number));
	for (size_t i = 0; i < ENVELOPE_COUNT; i++) {
		assert_string_equal(event->rows[i].label, "optional");
		assert_string_equal(event->rows[i].type, "string");
		assert_string_equal(event->rows[i].name, envelope_names[i]);
		assert_int_equal(event->rows[i].number, i + 1);
	}
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &event->rows[ENVELOPE_COUNT + i];
		assert_string_equal(row->label, "");
		assert_string_equal(row->type, schemas[i].name);
		assert_string_equal(row->name, schemas[i].key);
		assert_int_equal(row->number, schemas[i].type);
		assert_true(row->number < EVENT_TYPE_MAX + 1);
	}
}

/* HouseholdRole -> HOUSEHOLD_ROLE_ */
static void prefix_of(const char *type, char *out)
{
	for (const char *c = type; *c != '\0'; c++) {
		if (c != type && isupper((unsigned char)*c))
			*out++ = '_';
		*out++ = (char)toupper((unsigned char)*c);
	}
	*out++ = '_';
	*out = '\0';
}

static void check_enumeration(const char *type, const struct enumeration *enumeration)
{
	char prefix[2 * NAME_MAX], name[3 * NAME_MAX];
	const struct block *block = block_find(type);
	prefix_of(type, prefix);
	assert_true(block->is_enum);
	assert_string_equal(enumeration->prefix, prefix);
	assert_int_equal(block->count, enumeration->count + 1);
	for (int value = 0; value <= enumeration->count; value++) {
		snprintf(name, sizeof(name), "%s%s", prefix,
			value == 0 ? "UNSPECIFIED" : enumeration->names[value]);
		assert_string_equal(block->rows[value].name, name);
		assert_int_equal(block->rows[value].number, value);
	}
}

static void check_field(const struct row *row, const struct field *field)
{
	const char *type = NULL;
	switch (field->kind) {
	case FIELD_INTEGER:
		type = "int64";
		break;
	case FIELD_BOOL:
		type = "bool";
		break;
	case FIELD_IDENTIFIER:
	case FIELD_DATE:
		type = "string";
		break;
	case FIELD_ENUM:
	case FIELD_ENUM_SET:
		check_enumeration(row->type, field->enumeration);
		type = row->type;
		break;
	}
	assert_string_equal(row->name, field->name);
	assert_string_equal(row->type, type);
	assert_string_equal(row->label, field->kind == FIELD_ENUM_SET ? "repeated" : "optional");
}

static void every_field_has_its_name_number_kind_and_values(void **state)
{
	(void)state;
	size_t count;
	const struct schema *schemas = schema_all(&count);
	for (size_t i = 0; i < count; i++) {
		const struct block *block = block_find(schemas[i].name);
		assert_false(block->is_enum);
		assert_int_equal(block->count, schemas[i].field_count);
		assert_true(schemas[i].field_count <= EVENT_VALUES_MAX);
		for (size_t j = 0; j < block->count; j++) {
			assert_int_equal(block->rows[j].number, j + 1);
			check_field(&block->rows[j], &schemas[i].fields[j]);
		}
	}
}

/* No type in the .proto file that the table does not know, and no enumeration unused. */
static void no_other_type_is_in_the_schema(void **state)
{
	(void)state;
	static const char *const others[] = { "Event", "EventBatch", "Rejection", "IngestResult",
		"Record", "Erased", "Restricted", "Unrestricted", "Sums", "SumsOfIndicator",
		"SumsHistogram" };
	size_t types = 0, enums = 0, count;
	for (size_t i = 0; i < block_count; i++) {
		bool other = strncmp(blocks[i].name, "Stream", 6) == 0;
		for (size_t j = 0; j < ARRAY_LENGTH(others); j++)
			other = other || strcmp(blocks[i].name, others[j]) == 0;
		enums += blocks[i].is_enum;
		types += !blocks[i].is_enum && !other;
	}
	schema_all(&count);
	assert_int_equal(types, count);
#define ENUM_ONE(PREFIX, name, LIST) +1
	assert_int_equal(enums, 0 ENUMERATIONS(ENUM_ONE));
}

/* spec/events.md: fields in their order, ! required. */
static void required_fields_are_those_of_the_contract(void **state)
{
	(void)state;
	static const struct {
		const char *type;
		const char *fields;
	} rows[] = {
		{ "PersonRegistered", "birth_year! act" },
		{ "HouseholdRoleSet", "role!" },
		{ "MunicipalitySettled", "" },
		{ "MunicipalityLeft", "to!" },
		{ "Exited", "reason!" },
		{ "GuidanceEnded", "reason!" },
		{ "GuidanceStarted", "" },
		{ "ServiceModelSet", "model!" },
		{ "ObligationStarted", "" },
		{ "IntakeDone", "domains!" },
		{ "PlanSigned", "has_main_goal! has_own_ambition! has_language_part! "
				"has_participation_part! longest_horizon_months! route" },
		{ "PlanReviewed", "" },
		{ "PlanWithdrawn", "" },
		{ "LanguageLevelReached", "level!" },
		{ "CivicIntegrationCompleted", "" },
		{ "ModuleCompleted", "module!" },
		{ "ActivityLogged", "kind! minutes! provider! activity_ref" },
		{ "LadderAssessed", "rung!" },
		{ "ContactHeld", "by! two_way! worker" },
		{ "ContactPersonAssigned", "worker!" },
		{ "ContactPersonEnded", "" },
		{ "BarrierReported", "barrier!" },
		{ "BarrierResolved", "barrier!" },
		{ "TargetSet", "weekly_minutes! until" },
		{ "LanguageExempted", "until" },
		{ "JobStarted", "job_ref! funding! hours_per_week! open_hiring matches_ambition" },
		{ "JobChanged", "job_ref! funding! hours_per_week!" },
		{ "JobConfirmed", "job_ref!" },
		{ "JobEnded", "job_ref!" },
		{ "PlacementClaimed", "job_ref! by!" },
		{ "PlacementAdjudicated", "job_ref! by!" },
		{ "ReferralMade", "to! referral_ref" },
		{ "ReferralClosed", "referral_ref! outcome!" },
		{ "BenefitStarted", "kind!" },
		{ "BenefitConfirmed", "kind!" },
		{ "BenefitEnded", "" },
		{ "SanctionAnnounced", "sanction_ref!" },
		{ "SanctionImposed", "sanction_ref! regime!" },
		{ "SanctionAnnulled", "sanction_ref!" },
		{ "EventRetracted", "target_id target_key" },
		{ "ReportPublished", "as_of!" },
		{ "ReportWithdrawn", "as_of!" },
		{ "AgreementMade", "figure! comparison! value! by! with rung" },
	};
	size_t count;
	const struct schema *schemas = schema_all(&count);
	assert_int_equal(count, ARRAY_LENGTH(rows));
	for (size_t i = 0; i < count; i++) {
		char fields[256] = "";
		size_t length = 0;
		for (size_t j = 0; j < schemas[i].field_count; j++)
			length += (size_t)snprintf(fields + length, sizeof(fields) - length,
				"%s%s%s", j == 0 ? "" : " ", schemas[i].fields[j].name,
				schemas[i].fields[j].required ? "!" : "");
		assert_string_equal(schemas[i].name, rows[i].type);
		assert_string_equal(fields, rows[i].fields);
		bool about_person = schemas[i].type != EVENT_SERVICE_MODEL_SET &&
				    schemas[i].type != EVENT_REPORT_PUBLISHED &&
				    schemas[i].type != EVENT_REPORT_WITHDRAWN &&
				    schemas[i].type != EVENT_AGREEMENT_MADE &&
				    schemas[i].type != EVENT_EVENT_RETRACTED;
		assert_int_equal(schemas[i].about_person, about_person);
	}
}

static void places_in_an_event_lead_to_the_fields_they_are_named_for(void **state)
{
	(void)state;
	static const struct {
		enum event_type type;
		unsigned place;
		const char *name;
	} rows[] = {
		{ EVENT_PERSON_REGISTERED, PERSON_REGISTERED_BIRTH_YEAR, "birth_year" },
		{ EVENT_PERSON_REGISTERED, PERSON_REGISTERED_ACT, "act" },
		{ EVENT_PLAN_SIGNED, PLAN_SIGNED_HAS_OWN_AMBITION, "has_own_ambition" },
		{ EVENT_PLAN_SIGNED, PLAN_SIGNED_HAS_PARTICIPATION_PART, "has_participation_part" },
		{ EVENT_PLAN_SIGNED, PLAN_SIGNED_LONGEST_HORIZON_MONTHS, "longest_horizon_months" },
		{ EVENT_ACTIVITY_LOGGED, ACTIVITY_LOGGED_MINUTES, "minutes" },
		{ EVENT_ACTIVITY_LOGGED, ACTIVITY_LOGGED_PROVIDER, "provider" },
		{ EVENT_ACTIVITY_LOGGED, ACTIVITY_LOGGED_ACTIVITY_REF, "activity_ref" },
		{ EVENT_CONTACT_HELD, CONTACT_HELD_TWO_WAY, "two_way" },
		{ EVENT_TARGET_SET, TARGET_SET_UNTIL, "until" },
		{ EVENT_LANGUAGE_EXEMPTED, LANGUAGE_EXEMPTED_UNTIL, "until" },
		{ EVENT_JOB_STARTED, JOB_REF, "job_ref" },
		{ EVENT_JOB_STARTED, JOB_STARTED_HOURS_PER_WEEK, "hours_per_week" },
		{ EVENT_JOB_STARTED, JOB_STARTED_OPEN_HIRING, "open_hiring" },
		{ EVENT_JOB_STARTED, JOB_STARTED_MATCHES_AMBITION, "matches_ambition" },
		{ EVENT_JOB_CHANGED, JOB_STARTED_FUNDING, "funding" },
		{ EVENT_JOB_CHANGED, JOB_STARTED_HOURS_PER_WEEK, "hours_per_week" },
		{ EVENT_JOB_ENDED, JOB_REF, "job_ref" },
		{ EVENT_PLACEMENT_CLAIMED, PLACEMENT_BY, "by" },
		{ EVENT_PLACEMENT_ADJUDICATED, PLACEMENT_BY, "by" },
		{ EVENT_SANCTION_IMPOSED, SANCTION_REF, "sanction_ref" },
		{ EVENT_SANCTION_IMPOSED, SANCTION_IMPOSED_REGIME, "regime" },
		{ EVENT_EVENT_RETRACTED, EVENT_RETRACTED_TARGET_ID, "target_id" },
		{ EVENT_EVENT_RETRACTED, EVENT_RETRACTED_TARGET_KEY, "target_key" },
		{ EVENT_REPORT_PUBLISHED, REPORT_PUBLISHED_AS_OF, "as_of" },
		{ EVENT_REPORT_WITHDRAWN, REPORT_WITHDRAWN_AS_OF, "as_of" },
		{ EVENT_PLAN_SIGNED, PLAN_SIGNED_ROUTE, "route" },
		{ EVENT_MODULE_COMPLETED, MODULE_COMPLETED_MODULE, "module" },
		{ EVENT_CONTACT_HELD, CONTACT_HELD_WORKER, "worker" },
		{ EVENT_CONTACT_PERSON_ASSIGNED, CONTACT_PERSON_ASSIGNED_WORKER, "worker" },
		{ EVENT_REFERRAL_MADE, REFERRAL_MADE_REF, "referral_ref" },
		{ EVENT_REFERRAL_CLOSED, REFERRAL_CLOSED_REF, "referral_ref" },
		{ EVENT_REFERRAL_CLOSED, REFERRAL_CLOSED_OUTCOME, "outcome" },
		{ EVENT_BENEFIT_CONFIRMED, BENEFIT_CONFIRMED_KIND, "kind" },
		{ EVENT_AGREEMENT_MADE, AGREEMENT_MADE_FIGURE, "figure" },
		{ EVENT_AGREEMENT_MADE, AGREEMENT_MADE_COMPARISON, "comparison" },
		{ EVENT_AGREEMENT_MADE, AGREEMENT_MADE_VALUE, "value" },
		{ EVENT_AGREEMENT_MADE, AGREEMENT_MADE_BY, "by" },
		{ EVENT_AGREEMENT_MADE, AGREEMENT_MADE_WITH, "with" },
		{ EVENT_AGREEMENT_MADE, AGREEMENT_MADE_RUNG, "rung" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_string_equal(
			schema_of(rows[i].type)->fields[rows[i].place].name, rows[i].name);
}

static void a_type_is_found_by_each_of_its_names_and_its_number(void **state)
{
	(void)state;
	size_t count;
	const struct schema *schemas = schema_all(&count);
	for (size_t i = 0; i < count; i++) {
		char camel[NAME_MAX];
		snprintf(camel, sizeof(camel), "%s", schemas[i].name);
		camel[0] = (char)tolower((unsigned char)camel[0]);
		assert_ptr_equal(schema_find(bytes_of_string(schemas[i].name)), &schemas[i]);
		assert_ptr_equal(schema_find(bytes_of_string(schemas[i].key)), &schemas[i]);
		assert_ptr_equal(schema_find(bytes_of_string(camel)), &schemas[i]);
		assert_ptr_equal(schema_by_number((unsigned)schemas[i].type), &schemas[i]);
	}
	static const char *const unknown[] = { "", "id", "ladderassessed", "Ladder_Assessed",
		"LADDER_ASSESSED", "ladder_assessed_", "ladder_assesse", "_ladder_assessed" };
	for (size_t i = 0; i < ARRAY_LENGTH(unknown); i++)
		assert_null(schema_find(bytes_of_string(unknown[i])));
	assert_null(schema_find(bytes_of("exited\0", 7)));
	static const unsigned numbers[] = { 0, 1, 9, 18, 28, 53, 59, 64, 266, UINT32_MAX };
	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
		assert_null(schema_by_number(numbers[i]));
}

static void a_value_is_found_by_both_spellings_and_no_other(void **state)
{
	(void)state;
	static const struct {
		const struct enumeration *enumeration;
		const char *name;
		int value;
	} rows[] = {
		{ &enumeration_org_type, "ISD", ORG_TYPE_ISD },
		{ &enumeration_org_type, "ORG_TYPE_ISD", ORG_TYPE_ISD },
		{ &enumeration_org_type, "ORG_TYPE_OTHER", ORG_TYPE_OTHER },
		{ &enumeration_service_model, "CHAIN_3D", SERVICE_MODEL_CHAIN_3D },
		{ &enumeration_regime, "REGIME_PWET", REGIME_PWET },
		{ &enumeration_org_type, "", 0 },
		{ &enumeration_org_type, "ORG_TYPE_", 0 },
		{ &enumeration_org_type, "ORG_TYPE_ORG_TYPE_ISD", 0 },
		{ &enumeration_org_type, "ORG_TYPE_UNSPECIFIED", 0 },
		{ &enumeration_org_type, "UNSPECIFIED", 0 },
		{ &enumeration_org_type, "isd", 0 },
		{ &enumeration_org_type, "ISD ", 0 },
		{ &enumeration_org_type, "2", 0 },
		{ &enumeration_org_type, "REGIME_ISD", 0 },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_int_equal(
			enumeration_find(rows[i].enumeration, bytes_of_string(rows[i].name)),
			rows[i].value);
}

#define BYTES(string) string, sizeof(string) - 1
#define SIXTEEN       "abcdefghijklmnop"

static void an_identifier_is_64_harmless_characters_at_max(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t length;
		bool valid;
	} rows[] = {
		{ BYTES("a"), true },
		{ BYTES("0"), true },
		{ BYTES("AZaz09._:-"), true },
		{ BYTES(SIXTEEN SIXTEEN SIXTEEN SIXTEEN), true },
		{ BYTES(SIXTEEN SIXTEEN SIXTEEN SIXTEEN "q"), false },
		{ BYTES(""), false },
		{ BYTES("a b"), false },
		{ BYTES("a\0"), false },
		{ BYTES("\0"), false },
		{ BYTES("a\n"), false },
		{ BYTES("a\""), false },
		{ BYTES("a/b"), false },
		{ BYTES("a@b"), false },
		{ BYTES("a`"), false },
		{ BYTES("a["), false },
		{ BYTES("a{"), false },
		{ BYTES("a;"), false },
		{ BYTES("\xC3\xA9"), false },
		{ BYTES("a\x80"), false },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (identifier_is_valid(bytes_of(rows[i].text, rows[i].length)) != rows[i].valid)
			fail_msg("\"%s\"", rows[i].text);
	}
}

static void a_municipality_is_gm_and_four_digits(void **state)
{
	(void)state;
	static const char *const wrong[] = { "", "GM", "GM823", "GM00823", "gm0823", "Gm0823",
		"MG0823", "GM082a", "GM082 ", "GM-823", "0823", "GM０８" };
	uint16_t municipality = 4711;
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
		assert_false(municipality_parse(bytes_of_string(wrong[i]), &municipality));
	assert_int_equal(municipality, 4711);
	for (uint16_t code = 0; code <= 9999; code++) {
		char text[MUNICIPALITY_LENGTH + 1];
		municipality_print(code, text);
		assert_int_equal(strlen(text), MUNICIPALITY_LENGTH);
		assert_true(municipality_parse(bytes_of_string(text), &municipality));
		assert_int_equal(municipality, code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_oneof_has_every_type_under_its_number),
		cmocka_unit_test(every_field_has_its_name_number_kind_and_values),
		cmocka_unit_test(no_other_type_is_in_the_schema),
		cmocka_unit_test(required_fields_are_those_of_the_contract),
		cmocka_unit_test(places_in_an_event_lead_to_the_fields_they_are_named_for),
		cmocka_unit_test(a_type_is_found_by_each_of_its_names_and_its_number),
		cmocka_unit_test(a_value_is_found_by_both_spellings_and_no_other),
		cmocka_unit_test(an_identifier_is_64_harmless_characters_at_max),
		cmocka_unit_test(a_municipality_is_gm_and_four_digits),
	};
	return cmocka_run_group_tests(tests, proto_read, NULL);
}
