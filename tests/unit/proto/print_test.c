/*
 * tests/unit/proto/print_test.c - events, records and results as JSON.
 */
#include "tests/unit/event_samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static void every_field_that_is_present_is_printed_in_the_short_spelling(void **state)
{
	(void)state;
	static const struct {
		enum event_type type;
		enum sample sample;
		const char *json;
	} rows[] = {
		{ EVENT_MUNICIPALITY_SETTLED, SAMPLE_REQUIRED,
			"{\"id\":\"e\",\"subject\":\"p1\",\"municipality\":\"GM0000\","
			"\"occurred_on\":\"1990-01-01\",\"municipality_settled\":{}}" },
		{ EVENT_INTAKE_DONE, SAMPLE_ALL,
			"{\"id\":\"0191f0c5-7b1e-7cc0-8000-0123456789ab\",\"key\":\"row-1\","
			"\"subject\":\"p1\",\"municipality\":\"GM9999\","
			"\"occurred_on\":\"2024-10-05\",\"intake_done\":{\"domains\":[\"WORK\","
			"\"EDUCATION\",\"LANGUAGE\",\"HOUSING\",\"INCOME\",\"FAMILY\","
			"\"SOCIAL_NETWORK\",\"HEALTH\",\"DIGITAL\",\"AMBITION\"]}}" },
		{ EVENT_PLAN_SIGNED, SAMPLE_REQUIRED,
			"{\"id\":\"e\",\"subject\":\"p1\",\"municipality\":\"GM0000\","
			"\"occurred_on\":\"1990-01-01\",\"plan_signed\":{\"has_main_goal\":false,"
			"\"has_own_ambition\":false,\"has_language_part\":false,"
			"\"has_participation_part\":false,\"longest_horizon_months\":0}}" },
		{ EVENT_TARGET_SET, SAMPLE_ALL,
			"{\"id\":\"0191f0c5-7b1e-7cc0-8000-0123456789ab\",\"key\":\"row-1\","
			"\"subject\":\"p1\",\"municipality\":\"GM9999\","
			"\"occurred_on\":\"2024-10-05\",\"target_set\":{\"weekly_minutes\":2400,"
			"\"until\":\"2024-09-30\"}}" },
		{ EVENT_JOB_STARTED, SAMPLE_REQUIRED,
			"{\"id\":\"e\",\"subject\":\"p1\",\"municipality\":\"GM0000\","
			"\"occurred_on\":\"1990-01-01\",\"job_started\":{\"job_ref\":\"r\","
			"\"funding\":\"FULLY_PAID\",\"hours_per_week\":1}}" },
		{ EVENT_EVENT_RETRACTED, SAMPLE_REQUIRED,
			"{\"id\":\"e\",\"municipality\":\"GM0000\",\"occurred_on\":\"1990-01-01\","
			"\"event_retracted\":{\"target_id\":\"r\"}}" },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct text out = { 0 };
		struct event event = event_sample(schema_of(rows[i].type), rows[i].sample);
		event_print_json(&event, &out);
		assert_string_equal(out.data, rows[i].json);
		text_release(&out);
	}
}

static void a_record_is_an_event_with_its_seq_instant_and_partner(void **state)
{
	(void)state;
	struct text out = { 0 }, event = { 0 };
	struct record_view record = {
		.seq = UINT64_C(1) << 40,
		.recorded_us = INT64_C(1772442900123456),
		.partner = bytes_of_string("isd"),
		.event = event_sample(schema_of(EVENT_EXITED), SAMPLE_REQUIRED),
	};
	record_print_json(&record, &out);
	text_add_string(&event,
		"{\"seq\":1099511627776,\"recorded_at\":\"2026-03-02T09:15:00.123456Z\","
		"\"partner\":\"isd\",\"event\":");
	event_print_json(&record.event, &event);
	text_add_char(&event, '}');
	assert_string_equal(out.data, event.data);
	text_release(&out);
	text_release(&event);
}

static void a_result_says_each_rejection(void **state)
{
	(void)state;
	static const struct rejection rejections[] = {
		{ REJECTION_BAD_VALUE, 7, { (const uint8_t *)"e7", 2 }, "rung", "a \"b\" \\ \n" },
		{ REJECTION_BAD_SYNTAX, 0, { NULL, 0 }, "", "must be an object" },
	};
	struct ingest_result none = { 0 }, result = { 3, 1, rejections, 2, 4711 };
	struct text out = { 0 };
	result_print_json(&none, &out);
	result_print_json(&result, &out);
	assert_string_equal(out.data,
		"{\"accepted\":0,\"duplicates\":0,\"rejected\":[],\"last_seq\":0}\n"
		"{\"accepted\":3,\"duplicates\":1,\"rejected\":["
		"{\"index\":7,\"id\":\"e7\",\"code\":\"bad_value\",\"field\":\"rung\","
		"\"message\":\"a \\\"b\\\" \\\\ \\u000a\"},"
		"{\"index\":0,\"code\":\"bad_syntax\",\"field\":\"\","
		"\"message\":\"must be an object\"}],\"last_seq\":4711}\n");
	text_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_that_is_present_is_printed_in_the_short_spelling),
		cmocka_unit_test(a_record_is_an_event_with_its_seq_instant_and_partner),
		cmocka_unit_test(a_result_says_each_rejection),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
