/*
 * tests/unit/tools/push/screen_test.c - what `ladder push` keeps here, wherever it stands.
 */
#include "proto/codec.h"
#include "tools/push/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* In the JSON ' stands for ". */
struct case_json {
	const char *json;
	const char *code; /* NULL: it may be sent */
	const char *field;
};

static const struct case_json cases[] = {
	{ "{'id':'e','subject':'r1','municipality':'GM0823','occurred_on':'2026-03-02',"
	  "'activity_logged':{'minutes':10080,'activity_ref':'a-1'}}",
		NULL, "" },
	{ "{}", NULL, "" },
	{ "[]", NULL, "" },
	{ "{'value':1000000}", NULL, "" },
	{ "{'value':9999999}", NULL, "" },
	{ "{'id':'123456782'}", "looks_like_bsn", "id" },
	{ "{'key':'BSN-123456782'}", "looks_like_bsn", "key" },
	{ "{'subject':'123.456.782'}", "looks_like_bsn", "subject" },
	{ "{'subject':'123.456.781'}", "bad_value", "subject" },
	{ "{'subject':123456782}", "looks_like_bsn", "subject" },
	{ "{'subject':10000000}", "looks_like_bsn", "subject" },
	{ "{'subject':['123456782']}", "looks_like_bsn", "subject" },
	{ "{'subject':'s1'}", "bad_value", "subject" },
	{ "{'subject':''}", "bad_value", "subject" },
	{ "{'municipality':'123456782'}", "looks_like_bsn", "municipality" },
	{ "{'job_started':{'job_ref':'123456782'}}", "looks_like_bsn", "job_ref" },
	{ "{'jobStarted':{'jobRef':'123456782'}}", "looks_like_bsn", "job_ref" },
	{ "{'municipality':'x','event_retracted':{'target_id':'12345678'}}", "looks_like_bsn",
		"target_id" },
	{ "{'event_retracted':{'target_key':'12345678'}}", "looks_like_bsn", "target_key" },
	/* The contract does not have the key: its name might be a secret. */
	{ "{'bsn':'123456782'}", "looks_like_bsn", "" },
	{ "{'job_started':{'bsn':'123456782'}}", "looks_like_bsn", "" },
	{ "{'123456782':1}", "looks_like_bsn", "" },
	{ "{'job_started':{'123456782':1}}", "looks_like_bsn", "" },
	{ "{'person':{'numbers':[{'number':'123456782'}]}}", "looks_like_bsn", "" },
};

static void a_number_of_a_person_is_found_wherever_it_stands_in_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct case_json *one = &cases[i];
		char *json = strdup(one->json);
		struct screening screening = { "", "", "" };
		assert_non_null(json);
		for (char *at = json; *at != '\0'; at++)
			*at = *at == '\'' ? '"' : *at;
		json_t *event = json_loads(json, 0, NULL);
		if (event == NULL)
			fail_msg("%s: no JSON", json);
		bool stays = screen_json(event, "r*", &screening);
		if (stays != (one->code != NULL) ||
			(stays && (strcmp(screening.code, one->code) != 0 ||
					  strcmp(screening.field, one->field) != 0)))
			fail_msg("%s: %s %s", json, screening.code, screening.field);
		assert_null(strstr(screening.message, "123456782"));
		json_decref(event);
		free(json);
	}
}

/* A field of a message, or of the one in it. */
static void field_add(struct text *out, uint64_t number, struct bytes bytes)
{
	varint_add(out, number << 3 | WIRE_BYTES);
	varint_add(out, bytes.length);
	text_add(out, bytes);
}

static bool protobuf_stays(
	uint64_t number, const char *text, bool inside, const char *code, const char *field)
{
	struct text inner = { 0 }, event = { 0 };
	struct screening screening = { "", "", "" };
	field_add(&inner, 1, bytes_of_string(text));
	field_add(&event, number, inside ? text_bytes(&inner) : bytes_of_string(text));
	bool stays = screen_protobuf(text_bytes(&event), "r*", &screening);
	assert_string_equal(screening.code, code);
	assert_string_equal(screening.field, field);
	text_release(&inner);
	text_release(&event);
	return stays;
}

static void a_number_of_a_person_is_found_wherever_it_stands_in_protobuf(void **state)
{
	(void)state;
	assert_true(protobuf_stays(1, "123456782", false, "looks_like_bsn", "id"));
	assert_true(protobuf_stays(2, "123456782", false, "looks_like_bsn", "key"));
	assert_true(protobuf_stays(3, "1234.56.782", false, "looks_like_bsn", "subject"));
	assert_true(protobuf_stays(3, "s1", false, "bad_value", "subject"));
	assert_true(protobuf_stays(42, "123456782", true, "looks_like_bsn", ""));
	assert_true(protobuf_stays(99, "123456782", false, "looks_like_bsn", ""));
	assert_false(protobuf_stays(3, "r1", false, "", ""));
	assert_false(protobuf_stays(42, "2026-03-02a", true, "", ""));
}

static void without_a_form_any_subject_goes(void **state)
{
	(void)state;
	struct screening screening;
	json_t *event = json_pack("{s:s}", "subject", "s1");
	assert_false(screen_json(event, NULL, &screening));
	json_decref(event);
	assert_false(screen_protobuf(bytes_of("\x1A\x02s1", 4), NULL, &screening));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_of_a_person_is_found_wherever_it_stands_in_json),
		cmocka_unit_test(a_number_of_a_person_is_found_wherever_it_stands_in_protobuf),
		cmocka_unit_test(without_a_form_any_subject_goes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
