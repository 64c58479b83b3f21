/*
 * tests/unit/proto/validate_test.c - the codes of spec/events.md and their order.
 */
#include "ingest/batch.h"
#include "tests/unit/event_samples.h"
#include "tests/all_rights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

/* What became of the JSON of one event, in which ' stands for ". Its texts live until the next. */
struct verdict_on {
	enum verdict verdict;
	struct event event;
	struct rejection rejection;
};

static struct verdict_on judge(const char *json, int32_t today, const struct rights *rights)
{
	static const struct batch_limits limits = { .events_max = 1 };
	static uint8_t memory[1 << 18];
	struct arena arena = { .memory = memory, .size = sizeof(memory) };
	struct text body = { 0 };
	struct batch batch;
	struct reason reason;
	text_printf(&body, "{\"events\":[%s]}", json);
	for (size_t i = 0; i < body.length; i++)
		body.data[i] = body.data[i] == '\'' ? '"' : body.data[i];
	if (batch_read(text_bytes(&body), BATCH_JSON, &limits, rights, today, &arena, &batch,
		    &reason) != OK)
		fail_msg("%s: %s", body.data, reason.text);
	text_release(&body);
	return (struct verdict_on){ batch.items[0].verdict, batch.items[0].event,
		batch.items[0].rejection };
}

static void check_right(const char *json)
{
	struct verdict_on on = judge(json, SAMPLE_TODAY, all_rights());
	if (on.verdict != VERDICT_ACCEPTED)
		fail_msg("%s: %s %s", json, rejection_code_name(on.rejection.code),
			on.rejection.field);
}

static void check_code(const char *json, const char *code, const char *field)
{
	struct verdict_on on = judge(json, SAMPLE_TODAY, all_rights());
	if (on.verdict != VERDICT_REJECTED)
		fail_msg("%s: accepted", json);
	if (strcmp(rejection_code_name(on.rejection.code), code) != 0 ||
		strcmp(on.rejection.field, field) != 0)
		fail_msg("%s: %s %s", json, rejection_code_name(on.rejection.code),
			on.rejection.field);
}

#define ENVELOPE "'id':'e','subject':'p','municipality':'GM0823','occurred_on':'2024-03-01',"

/* All that can be wrong with one event, in the order of spec/events.md. */
struct fault {
	const char *wrong; /* members; NULL: the event is no object */
	const char *right;
	const char *code;
	const char *field;
};

static const struct fault faults[] = {
	{ NULL, "", "bad_syntax", "" },
	{ "'naam':1,", "", "unknown_field", "naam" },
	{ "", "'id':'e',", "missing_field", "id" },
	{ "'key':'a b',", "'key':'k',", "bad_value", "key" },
	{ "", "'subject':'p',", "missing_field", "subject" },
	{ "'municipality':'GM1',", "'municipality':'GM0823',", "bad_value", "municipality" },
	{ "'occurred_on':'2024-10-06',", "'occurred_on':'2024-10-05',", "occurred_in_future",
		"occurred_on" },
	{ "'job_started':{'job_ref':'12345678',", "'job_started':{'job_ref':'j',", "looks_like_bsn",
		"job_ref" },
	{ "'funding':'PAID',", "'funding':'FULLY_PAID',", "bad_value", "funding" },
	{ "", "'hours_per_week':24,", "missing_field", "hours_per_week" },
	{ "'open_hiring':1,", "'open_hiring':true,", "bad_value", "open_hiring" },
	{ "'matches_ambition':'MAYBE'}", "'matches_ambition':'NO'}", "bad_value",
		"matches_ambition" },
};

/* Everything is wrong; then one fault after the other is mended, from the first on. */
static void the_first_fault_in_the_order_of_the_contract_is_told(void **state)
{
	(void)state;
	for (size_t mended = 0; mended <= ARRAY_LENGTH(faults); mended++) {
		struct text json = { 0 };
		text_add_char(&json, mended == 0 ? '[' : '{');
		for (size_t i = 1; i < ARRAY_LENGTH(faults) && mended > 0; i++)
			text_add_string(&json, i < mended ? faults[i].right : faults[i].wrong);
		text_add_char(&json, mended == 0 ? ']' : '}');
		if (mended < ARRAY_LENGTH(faults))
			check_code(json.data, faults[mended].code, faults[mended].field);
		else
			check_right(json.data);
		text_release(&json);
	}
}

static void rights_come_after_all_that_can_be_wrong_in_itself(void **state)
{
	(void)state;
	static const uint16_t municipalities[] = { 753 };
	struct rights none = { .types = 0 };
	struct rights type = { .types = UINT64_C(1) << EVENT_LADDER_ASSESSED };
	struct rights both = { .types = UINT64_C(1) << EVENT_LADDER_ASSESSED,
		.municipalities = municipalities,
		.municipality_count = 1 };
	const struct {
		const char *json;
		const struct rights *rights;
		enum rejection_code code;
	} rows[] = {
		{ "{" ENVELOPE "'ladder_assessed':{'rung':7}}", &none, REJECTION_BAD_VALUE },
		{ "{" ENVELOPE "'ladder_assessed':{'rung':6}}", &none, REJECTION_TYPE_NOT_ALLOWED },
		{ "{" ENVELOPE "'exited':{'reason':'OBJECTION'}}", &both,
			REJECTION_TYPE_NOT_ALLOWED },
		{ "{" ENVELOPE "'ladder_assessed':{'rung':6}}", &type,
			REJECTION_MUNICIPALITY_NOT_ALLOWED },
		{ "{" ENVELOPE "'ladder_assessed':{'rung':6}}", &both,
			REJECTION_MUNICIPALITY_NOT_ALLOWED },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct verdict_on on = judge(rows[i].json, SAMPLE_TODAY, rows[i].rights);
		assert_int_equal(on.verdict, VERDICT_REJECTED);
		assert_int_equal(on.rejection.code, rows[i].code);
	}
}

struct code_row {
	const char *json;
	const char *code;
	const char *field;
};

#define HEAD(id, subject, place, day)                                                              \
	"{'id':" id ",'subject':" subject ",'municipality':" place ",'occurred_on':" day
#define SETTLED ",'municipality_settled':{}}"
#define NOBODY  "{'id':'e','municipality':'GM0823','occurred_on':'2024-03-01',"
#define AGREES(figure, value, by)                                                                  \
	NOBODY "'agreement_made':{'figure':" figure ",'comparison':'AT_MOST','value':" value       \
	       ",'by':" by
#define LONG_64  "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"
#define LONG_65  "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"
#define PLACE    "'GM0823'"
#define SOME_DAY "'2024-03-01'"

static const struct code_row code_rows[] = {
	{ "1", "bad_syntax", "" },
	{ "null", "bad_syntax", "" },
	{ "'e'", "bad_syntax", "" },
	{ "{}", "missing_field", "id" },
	/* Unknown keys, in the envelope and in the body, before anything else. */
	{ "{'body':{}}", "unknown_field", "body" },
	{ "{'id':'12345678','bsn':1}", "unknown_field", "bsn" },
	{ "{" ENVELOPE "'ladder_assessed':{'rung':9,'note':'x'}}", "unknown_field", "note" },
	/* The envelope. */
	{ HEAD("null", "'p'", PLACE, SOME_DAY) SETTLED, "missing_field", "id" },
	{ HEAD("''", "'p'", PLACE, SOME_DAY) SETTLED, "bad_value", "id" },
	{ HEAD("7", "'p'", PLACE, SOME_DAY) SETTLED, "bad_value", "id" },
	{ HEAD("['e']", "'p'", PLACE, SOME_DAY) SETTLED, "bad_value", "id" },
	{ HEAD("'a b'", "'p'", PLACE, SOME_DAY) SETTLED, "bad_value", "id" },
	{ HEAD("'a\\u0000'", "'p'", PLACE, SOME_DAY) SETTLED, "bad_value", "id" },
	{ HEAD(LONG_65, "'p'", PLACE, SOME_DAY) SETTLED, "bad_value", "id" },
	{ HEAD("'12345678'", "'p'", PLACE, SOME_DAY) SETTLED, "looks_like_bsn", "id" },
	{ HEAD("'123456789'", "'p'", PLACE, SOME_DAY) SETTLED, "looks_like_bsn", "id" },
	{ HEAD("'1234567890'", "'p'", PLACE, SOME_DAY) SETTLED, "looks_like_bsn", "id" },
	{ HEAD("'e'", "'123456789'", PLACE, SOME_DAY) SETTLED, "looks_like_bsn", "subject" },
	{ HEAD("'e'", "''", PLACE, SOME_DAY) SETTLED, "bad_value", "subject" },
	{ HEAD("'e'", "null", PLACE, SOME_DAY) SETTLED, "missing_field", "subject" },
	{ HEAD("'e'", "'p'", "null", SOME_DAY) SETTLED, "missing_field", "municipality" },
	{ HEAD("'e'", "'p'", "823", SOME_DAY) SETTLED, "bad_value", "municipality" },
	{ HEAD("'e'", "'p'", "'GM082'", SOME_DAY) SETTLED, "bad_value", "municipality" },
	{ HEAD("'e'", "'p'", PLACE, "null") SETTLED, "missing_field", "occurred_on" },
	{ HEAD("'e'", "'p'", PLACE, "20240301") SETTLED, "bad_value", "occurred_on" },
	{ HEAD("'e'", "'p'", PLACE, "'2024-02-30'") SETTLED, "bad_value", "occurred_on" },
	{ HEAD("'e'", "'p'", PLACE, "'2024-10-06'") SETTLED, "occurred_in_future", "occurred_on" },
	{ HEAD("'e'", "'p'", PLACE, "'9999-12-31'") SETTLED, "occurred_in_future", "occurred_on" },
	{ HEAD("'e'", "'p'", PLACE, "'1989-12-31'") SETTLED, "occurred_too_early", "occurred_on" },
	{ HEAD("'e'", "'p'", PLACE, "'0001-01-01'") SETTLED, "occurred_too_early", "occurred_on" },
	{ "{" ENVELOPE "'key':'123456789','plan_reviewed':{}}", "looks_like_bsn", "key" },
	{ "{" ENVELOPE "'key':'','plan_reviewed':{}}", "bad_value", "key" },
	/* The body. */
	{ HEAD("'e'", "'p'", PLACE, SOME_DAY) "}", "missing_field", "body" },
	{ HEAD("'e'", "'p'", PLACE, SOME_DAY) ",'exited':null}", "missing_field", "body" },
	{ "{" ENVELOPE "'plan_reviewed':{},'plan_withdrawn':{}}", "bad_value", "body" },
	{ "{" ENVELOPE "'plan_reviewed':[]}", "bad_value", "plan_reviewed" },
	{ "{" ENVELOPE "'plan_reviewed':true}", "bad_value", "plan_reviewed" },
	/* Not about a person. */
	{ "{" ENVELOPE "'service_model_set':{'model':'OTHER'}}", "bad_value", "subject" },
	{ "{" ENVELOPE "'report_published':{'as_of':'2024-06-30'}}", "bad_value", "subject" },
	{ "{" ENVELOPE "'event_retracted':{'target_id':'x'}}", "bad_value", "subject" },
	{ NOBODY "'key':'k','event_retracted':{'target_id':'x'}}", "bad_value", "key" },
	{ NOBODY "'key':'k','report_published':{'as_of':'2024-06-30'}}", "bad_value", "key" },
	{ NOBODY "'key':'k','report_withdrawn':{'as_of':'2024-06-30'}}", "bad_value", "key" },
	{ "{" ENVELOPE "'report_withdrawn':{'as_of':'2024-06-30'}}", "bad_value", "subject" },
	{ NOBODY "'report_withdrawn':{}}", "missing_field", "as_of" },
	{ NOBODY "'report_withdrawn':{'as_of':'2024-06'}}", "bad_value", "as_of" },
	{ NOBODY "'event_retracted':{}}", "missing_field", "target_id" },
	{ NOBODY "'event_retracted':{'target_id':'x','target_key':'x'}}", "bad_value",
		"target_key" },
	{ NOBODY "'event_retracted':{'target_id':'123456789'}}", "looks_like_bsn", "target_id" },
	{ NOBODY "'event_retracted':{'target_key':'123456789'}}", "looks_like_bsn", "target_key" },
	/* Only a quarter that has ended can be published. */
	{ NOBODY "'report_published':{'as_of':'2024-06-29'}}", "bad_value", "as_of" },
	{ NOBODY "'report_published':{'as_of':'2024-12-31'}}", "bad_value", "as_of" },
	{ NOBODY "'report_published':{'as_of':'2024-05-31'}}", "bad_value", "as_of" },
	/* An agreement: what its figure has decides. */
	{ "{" ENVELOPE "'agreement_made':{'figure':'LASTING_JOBS','comparison':'AT_LEAST',"
	  "'value':1,'by':'2025-03-31'}}",
		"bad_value", "subject" },
	{ NOBODY "'agreement_made':{}}", "missing_field", "figure" },
	{ AGREES("'FULLY_PAID'", "101", "'2025-03-31'") "}}", "bad_value", "value" },
	{ AGREES("'FULLY_PAID'", "-1", "'2025-03-31'") "}}", "bad_value", "value" },
	{ AGREES("'LANGUAGE_SUPPORT_RECENT'", "1000", "'2025-03-31'") "}}", "bad_value", "value" },
	{ AGREES("'BENEFIT_LEFT'", "1000001", "'2025-03-31'") "}}", "bad_value", "value" },
	{ AGREES("'BENEFIT_LEFT'", "1", "'2025-03-30'") "}}", "bad_value", "by" },
	{ AGREES("'BENEFIT_LEFT'", "1", "'2023-12-31'") "}}", "bad_value", "by" },
	{ AGREES("'BENEFIT_LEFT'", "1", "'2025-03-31'") ",'with':'12345678'}}", "looks_like_bsn",
		"with" },
	{ AGREES("'BENEFIT_LEFT'", "1", "'2025-03-31'") ",'rung':1}}", "bad_value", "rung" },
	{ AGREES("'RUNG_HALF_TIME'", "1", "'2025-03-31'") "}}", "missing_field", "rung" },
	{ AGREES("'CLIMBED_WITHIN_12_MONTHS'", "1", "'2025-03-31'") "}}", "missing_field", "rung" },
	{ AGREES("'RUNG_HALF_TIME'", "1", "'2025-03-31'") ",'rung':6}}", "bad_value", "rung" },
	{ AGREES("'CLIMBED_WITHIN_12_MONTHS'", "101", "'2025-03-31'") ",'rung':6}}", "bad_value",
		"value" },
	{ "{" ENVELOPE "'contact_person_assigned':{}}", "missing_field", "worker" },
	{ "{" ENVELOPE "'contact_person_assigned':{'worker':'123456789'}}", "looks_like_bsn",
		"worker" },
	{ "{" ENVELOPE "'referral_closed':{'outcome':'OTHER'}}", "missing_field", "referral_ref" },
	{ "{" ENVELOPE "'benefit_confirmed':{}}", "missing_field", "kind" },
	{ "{" ENVELOPE "'module_completed':{'module':'PVT'}}", "bad_value", "module" },
	/* Kinds. */
	{ "{" ENVELOPE "'ladder_assessed':{'rung':'3x'}}", "bad_value", "rung" },
	{ "{" ENVELOPE "'ladder_assessed':{'rung':3.5}}", "bad_value", "rung" },
	{ "{" ENVELOPE "'ladder_assessed':{'rung':true}}", "bad_value", "rung" },
	{ "{" ENVELOPE "'ladder_assessed':{'rung':[3]}}", "bad_value", "rung" },
	{ "{" ENVELOPE "'ladder_assessed':{'rung':4294967299}}", "bad_value", "rung" },
	{ "{" ENVELOPE "'ladder_assessed':{'rung':'18446744073709551619'}}", "bad_value", "rung" },
	{ "{" ENVELOPE "'ladder_assessed':{'rung':''}}", "bad_value", "rung" },
	{ "{" ENVELOPE "'ladder_assessed':{'rung':' 3'}}", "bad_value", "rung" },
	{ "{" ENVELOPE "'contact_held':{'by':'OTHER','two_way':'true'}}", "bad_value", "two_way" },
	{ "{" ENVELOPE "'contact_held':{'by':'OTHER','two_way':1}}", "bad_value", "two_way" },
	{ "{" ENVELOPE "'exited':{'reason':'UNSPECIFIED'}}", "bad_value", "reason" },
	{ "{" ENVELOPE "'exited':{'reason':0}}", "bad_value", "reason" },
	{ "{" ENVELOPE "'exited':{'reason':3}}", "bad_value", "reason" },
	{ "{" ENVELOPE "'intake_done':{'domains':'WORK'}}", "bad_value", "domains" },
	{ "{" ENVELOPE "'intake_done':{'domains':[]}}", "missing_field", "domains" },
	{ "{" ENVELOPE "'intake_done':{'domains':['WORK','WORK']}}", "bad_value", "domains" },
	{ "{" ENVELOPE "'intake_done':{'domains':['WORK',1]}}", "bad_value", "domains" },
	{ "{" ENVELOPE "'intake_done':{'domains':['WORK',null]}}", "bad_value", "domains" },
	{ "{" ENVELOPE "'target_set':{'weekly_minutes':0,'until':'2024-13-01'}}", "bad_value",
		"until" },
	{ "{" ENVELOPE "'target_set':{'weekly_minutes':0,'until':7}}", "bad_value", "until" },
};

static void every_wrong_event_has_its_code_and_field(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(code_rows); i++)
		check_code(code_rows[i].json, code_rows[i].code, code_rows[i].field);
}

static void what_is_just_right_is_taken(void **state)
{
	(void)state;
	static const char *const rows[] = {
		HEAD("'1234567'", "'12345678901'", "'GM0000'", "'1990-01-01'") SETTLED,
		HEAD(LONG_64, "'1234-5678'", "'GM9999'", "'2024-10-05'") SETTLED,
		"{" ENVELOPE "'key':'a12345678','planReviewed':{}}",
		"{" ENVELOPE "'key':null,'exited':null,'plan_reviewed':{}}",
		"{" ENVELOPE "'ladder_assessed':{'rung':'3'}}",
		"{" ENVELOPE "'ladder_assessed':{'rung':3.0}}",
		"{" ENVELOPE "'ladder_assessed':{'rung':'3.00'}}",
		"{" ENVELOPE "'exited':{'reason':2}}",
		"{" ENVELOPE "'exited':{'reason':'EXIT_REASON_OBJECTION'}}",
		"{" ENVELOPE "'language_exempted':{}}",
		"{" ENVELOPE "'language_exempted':{'until':'9999-12-31'}}",
		"{" ENVELOPE "'language_exempted':{'until':null}}",
		NOBODY "'report_published':{'as_of':'2024-09-30'}}",
		NOBODY "'report_published':{'as_of':'1990-03-31'}}",
		NOBODY "'report_withdrawn':{'as_of':'1990-03-30'}}",
		NOBODY "'event_retracted':{'target_key':'e','target_id':null}}",
		AGREES("'FULLY_PAID'", "100", "'2024-03-31'") "}}",
		AGREES("'LASTING_JOBS'", "101", "'2031-12-31'") ",'with':'lev'}}",
		AGREES("'BENEFIT_LEFT'", "1000000", "'2031-12-31'") ",'rung':null}}",
		AGREES("'RUNG_HALF_TIME'", "400", "'2031-12-31'") ",'rung':5}}",
		NOBODY "'key':'k','agreement_made':{'figure':'AGREED_FIGURE_LASTING_JOBS',"
		       "'comparison':2,'value':'0','by':'2024-09-30'}}",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		check_right(rows[i]);
}

/* Both ends of every integer, and one beyond. */
static void integers_have_the_ends_of_the_contract(void **state)
{
	(void)state;
	static const struct {
		const char *before;
		int min;
		int max;
		const char *after;
		const char *field;
	} rows[] = {
		{ "'person_registered':{'birth_year':", 1900, 2024, "}", "birth_year" },
		{ "'plan_signed':{'has_main_goal':true,'has_own_ambition':true,"
		  "'has_language_part':true,'has_participation_part':true,"
		  "'longest_horizon_months':",
			0, 120, "}", "longest_horizon_months" },
		{ "'activity_logged':{'kind':'SPORT','provider':'SELF','minutes':", 0, 10080, "}",
			"minutes" },
		{ "'ladder_assessed':{'rung':", 1, 6, "}", "rung" },
		{ "'target_set':{'weekly_minutes':", 0, 2400, "}", "weekly_minutes" },
		{ "'job_started':{'job_ref':'j','funding':'SUBSIDISED','hours_per_week':", 1, 60,
			"}", "hours_per_week" },
		{ "'job_changed':{'job_ref':'j','funding':'SUBSIDISED','hours_per_week':", 1, 60,
			"}", "hours_per_week" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		for (int beyond = 0; beyond <= 1; beyond++) {
			for (int end = 0; end <= 1; end++) {
				char json[400];
				int value = end == 0 ? rows[i].min - beyond : rows[i].max + beyond;
				snprintf(json, sizeof(json), "{" ENVELOPE "%s%d%s}", rows[i].before,
					value, rows[i].after);
				if (beyond == 0)
					check_right(json);
				else
					check_code(json, "bad_value", rows[i].field);
			}
		}
	}
}

static void today_moves_the_ends_that_depend_on_it(void **state)
{
	(void)state;
	static const struct {
		const char *json;
		const char *today; /* the first day on which it is right */
	} rows[] = {
		{ HEAD("'e'", "'p'", PLACE, "'2024-03-01'") SETTLED, "2024-02-29" },
		{ HEAD("'e'", "'p'", PLACE, "'2025-01-01'") SETTLED, "2024-12-31" },
		{ "{'id':'e','subject':'p','municipality':'GM0823','occurred_on':'2020-01-01',"
		  "'person_registered':{'birth_year':2025}}",
			"2025-01-01" },
		{ "{'id':'e','municipality':'GM0823','occurred_on':'2020-01-01',"
		  "'report_published':{'as_of':'2024-06-30'}}",
			"2024-07-01" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		int32_t today;
		assert_int_equal(date_parse(bytes_of_string(rows[i].today), &today), OK);
		assert_int_equal(
			judge(rows[i].json, today, all_rights()).verdict, VERDICT_ACCEPTED);
		assert_int_equal(
			judge(rows[i].json, today - 1, all_rights()).verdict, VERDICT_REJECTED);
	}
}

/* For every type: each required field left out alone, each field wrong alone, and in order. */
static void every_field_of_every_type_is_checked_in_its_order(void **state)
{
	(void)state;
	static uint8_t memory[1 << 16];
	struct arena arena = { .memory = memory, .size = sizeof(memory) };
	size_t count;
	const struct schema *schemas = schema_all(&count);
	for (size_t i = 0; i < count; i++) {
		struct event event = event_sample(&schemas[i], SAMPLE_REQUIRED), out;
		struct bytes bytes;
		struct raw_event raw;
		struct rejection rejection;
		enum verdict verdict;
		arena_reset(&arena);
		assert_int_equal(event_encode(&event, ENVELOPE_WHOLE, &arena, &bytes), OK);
		assert_int_equal(event_decode(bytes, &arena, &raw), OK);
		/* From the last to the first: what comes before in the order wins. */
		for (size_t j = schemas[i].field_count; j-- > 0;) {
			const struct field *field = &schemas[i].fields[j];
			struct raw was = raw.fields[j];
			raw.fields[j] = (struct raw){ .kind = RAW_ABSENT };
			assert_int_equal(event_validate(&raw, &sample_rules, &arena, &verdict, &out,
						 &rejection),
				OK);
			if (field->required) {
				assert_int_equal(verdict, VERDICT_REJECTED);
				assert_string_equal(rejection.field, field->name);
				assert_int_equal(rejection.code, REJECTION_MISSING_FIELD);
			}
			raw.fields[j] = was;
			raw.fields[j].kind = RAW_WRONG;
			assert_int_equal(event_validate(&raw, &sample_rules, &arena, &verdict, &out,
						 &rejection),
				OK);
			assert_int_equal(verdict, VERDICT_REJECTED);
			assert_string_equal(rejection.field, field->name);
			assert_int_equal(rejection.code, REJECTION_BAD_VALUE);
		}
	}
}

/* What must not be stored must not be told either: only an identifier's own id is. */
static void a_rejection_never_repeats_what_was_sent(void **state)
{
	(void)state;
	static const char *const rows[] = {
		"{'id':'123456782'}",
		"{'id':'Jansen 42'}",
		"{'id':'e','Jansen 42':1}",
		"{'id':'e','jansenjansenjansenjansenjansenjansenjansenjansen':1}",
		"{'id':'e','subject':'123456782','plan_reviewed':{}}",
		"{'id':'e','key':'Jansen 42'}",
		"{'id':'e','subject':'p','municipality':'Jansen 42','plan_reviewed':{}}",
		HEAD("'e'", "'p'", PLACE, "'Jansen 42'") SETTLED,
		"{" ENVELOPE "'exited':{'reason':'Jansen 42'}}",
		"{" ENVELOPE "'exited':{'Jansen 42':1}}",
		"{" ENVELOPE "'intake_done':{'domains':['Jansen 42']}}",
		"{" ENVELOPE "'ladder_assessed':{'rung':'Jansen 42'}}",
		"{" ENVELOPE "'ladder_assessed':{'rung':123456782}}",
		"{" ENVELOPE "'job_ended':{'job_ref':'Jansen 42'}}",
		"{" ENVELOPE "'job_ended':{'job_ref':'123456782'}}",
		"{" ENVELOPE "'language_exempted':{'until':'Jansen 42'}}",
		"{" ENVELOPE "'plan_reviewed':'Jansen 42'}",
	};
	static const char *const secrets[] = { "Jansen", "jansen", "42", "123456782" };
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct verdict_on on = judge(rows[i], SAMPLE_TODAY, all_rights());
		assert_int_equal(on.verdict, VERDICT_REJECTED);
		assert_true(strlen(on.rejection.message) > 10 ||
			    on.rejection.code == REJECTION_MISSING_FIELD);
		for (size_t j = 0; j < ARRAY_LENGTH(secrets); j++) {
			if (strstr(on.rejection.message, secrets[j]) != NULL ||
				strstr(on.rejection.field, secrets[j]) != NULL)
				fail_msg("%s: %s %s", rows[i], on.rejection.field,
					on.rejection.message);
		}
		assert_true(on.rejection.id.length == 0 || bytes_are(on.rejection.id, "e"));
		assert_int_equal(on.rejection.id.length == 0, i < 2);
	}
}

/* The code and field of an event where GM0823 demands r*; "" when it is right. */
static void judge_form(const char *json, char out[64])
{
	static struct subject_form items[] = { { 823, "r*" } };
	static const struct subject_forms forms = { .items = items, .count = 1 };
	static const struct batch_limits limits = { .events_max = 1, .subjects = &forms };
	static uint8_t memory[1 << 18];
	struct arena arena = { .memory = memory, .size = sizeof(memory) };
	struct text body = { 0 };
	struct batch batch;
	struct reason reason;
	text_printf(&body, "{\"events\":[{%s}]}", json);
	for (size_t i = 0; i < body.length; i++)
		body.data[i] = body.data[i] == '\'' ? '"' : body.data[i];
	assert_int_equal(batch_read(text_bytes(&body), BATCH_JSON, &limits, all_rights(),
				 SAMPLE_TODAY, &arena, &batch, &reason),
		OK);
	out[0] = '\0';
	const struct rejection *rejection = &batch.items[0].rejection;
	if (batch.items[0].verdict == VERDICT_REJECTED) {
		snprintf(out, 64, "%s %s", rejection_code_name(rejection->code), rejection->field);
		assert_null(strstr(rejection->message, "s1"));
	}
	text_release(&body);
}

static void a_subject_has_the_form_that_its_municipality_demands(void **state)
{
	(void)state;
#define RUNG "'ladder_assessed':{'rung':6}"
	const struct {
		const char *json;
		const char *found;
	} rows[] = {
		{ "'id':'e','subject':'r1','municipality':'GM0823','occurred_on':'2024-03-01'"
		  "," RUNG,
			"" },
		{ "'id':'e','subject':'s1','municipality':'GM0823','occurred_on':'2024-03-01'"
		  "," RUNG,
			"bad_value subject" },
		{ "'id':'e','subject':'s1','municipality':'GM0824','occurred_on':'2024-03-01'"
		  "," RUNG,
			"" },
		/* It is told where the subject stands in the table. */
		{ "'id':'e','key':'a b','subject':'s1','municipality':'GM0823'," RUNG,
			"bad_value key" },
		{ "'id':'e','subject':'s1','municipality':'GM0823','occurred_on':'x'," RUNG,
			"bad_value subject" },
		{ "'id':'e','subject':'s1','municipality':'GM823'," RUNG,
			"bad_value municipality" },
		{ "'id':'e','subject':'s1'," RUNG, "missing_field municipality" },
		{ "'id':'e','subject':'123.456.782','municipality':'GM0823'," RUNG,
			"looks_like_bsn subject" },
		{ "'id':'e','municipality':'GM0823','occurred_on':'2024-03-01',"
		  "'service_model_set':{'model':'OTHER'}",
			"" },
	};
#undef RUNG
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		char found[64];
		judge_form(rows[i].json, found);
		if (strcmp(found, rows[i].found) != 0)
			fail_msg("%s: %s", rows[i].json, found);
	}
}

static void the_codes_are_spelled_as_in_the_contract(void **state)
{
	(void)state;
	static const char *const names[] = { "bad_syntax", "unknown_field", "missing_field",
		"bad_value", "looks_like_bsn", "occurred_in_future", "occurred_too_early",
		"type_not_allowed", "municipality_not_allowed", "id_conflict", "target_unknown",
		"target_withdrawn", "already_published", "too_many_events",
		"too_many_municipalities" };
	assert_int_equal(ARRAY_LENGTH(names), REJECTION_CODE_COUNT);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		assert_string_equal(rejection_code_name((enum rejection_code)i), names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_fault_in_the_order_of_the_contract_is_told),
		cmocka_unit_test(rights_come_after_all_that_can_be_wrong_in_itself),
		cmocka_unit_test(every_wrong_event_has_its_code_and_field),
		cmocka_unit_test(what_is_just_right_is_taken),
		cmocka_unit_test(integers_have_the_ends_of_the_contract),
		cmocka_unit_test(today_moves_the_ends_that_depend_on_it),
		cmocka_unit_test(every_field_of_every_type_is_checked_in_its_order),
		cmocka_unit_test(a_rejection_never_repeats_what_was_sent),
		cmocka_unit_test(a_subject_has_the_form_that_its_municipality_demands),
		cmocka_unit_test(the_codes_are_spelled_as_in_the_contract),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
