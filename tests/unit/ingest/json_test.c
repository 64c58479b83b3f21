/*
 * tests/unit/ingest/json_test.c - JSON in, verdicts out.
 */
#include "base/check.h"
#include "base/date.h"
#include "base/text.h"
#include "ingest/batch.h"
#include "tests/all_rights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static const struct batch_limits limits = { .events_max = 100 };

static int32_t today(void)
{
	return day_from_civil((struct civil){ 2026, 3, 2 });
}

static enum err read_as(struct bytes text, enum batch_format format, struct arena *arena,
	struct batch *batch, struct reason *reason)
{
	assert_int_equal(arena_init(arena, batch_arena_size(text.length)), OK);
	return batch_read(text, format, &limits, all_rights(), today(), arena, batch, reason);
}

static enum err read_text(
	struct bytes text, struct arena *arena, struct batch *batch, struct reason *reason)
{
	return read_as(text, BATCH_JSON, arena, batch, reason);
}

/* "accepted", or the code and the field of the rejection. */
static void print_verdict(const struct batch_item *item, char out[128])
{
	if (item->verdict == VERDICT_ACCEPTED)
		snprintf(out, 128, "accepted");
	else
		snprintf(out, 128, "%s %s", rejection_code_name(item->rejection.code),
			item->rejection.field);
}

#define START    "\"id\":\"e1\",\"subject\":\"p1\",\"municipality\":\"GM0823\","
#define ENVELOPE START "\"occurred_on\":\"2026-03-02\","
#define ASSESSED ENVELOPE "\"ladder_assessed\":{\"rung\":3}"
#define ACTIVITY "\"activity_logged\":{\"kind\":\"SPORT\",\"provider\":\"SELF\","

struct event_row {
	const char *event;
	const char *verdict;
};

static const struct event_row event_rows[] = {
	/* Spellings. */
	{ "{" ASSESSED "}", "accepted" },
	{ "{" START "\"occurredOn\":\"2026-03-02\",\"ladderAssessed\":{\"rung\":3}}", "accepted" },
	{ "{" ENVELOPE "\"LadderAssessed\":{\"rung\":3}}", "unknown_field LadderAssessed" },
	{ "{" ENVELOPE "\"targetSet\":{\"weeklyMinutes\":60}}", "accepted" },
	{ "{" ENVELOPE "\"target_set\":{\"weeklyMinutes\":60,\"until\":\"2027-01-01\"}}",
		"accepted" },
	/* Numbers. */
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"3\"}}", "accepted" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":3.0}}", "accepted" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"3.00\"}}", "accepted" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"3e0\"}}", "accepted" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"0.03E+2\"}}", "accepted" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"30e-1\"}}", "accepted" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"3.5e0\"}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"31e-1\"}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"3e\"}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"3e+\"}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"3e0 \"}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"3.e0\"}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\".3e1\"}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"e1\"}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"3e1\"}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"3e99999999999999999999\"}}",
		"bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"3e-99999999999999999999\"}}",
		"bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"3\\u0000\"}}", "bad_value rung" },
	{ "{" ENVELOPE ACTIVITY "\"minutes\":\"-0\"}}", "accepted" },
	{ "{" ENVELOPE ACTIVITY "\"minutes\":\"0e99999999999999999999\"}}", "accepted" },
	{ "{" ENVELOPE ACTIVITY "\"minutes\":\"0.0e-5\"}}", "accepted" },
	{ "{" ENVELOPE ACTIVITY "\"minutes\":\"-1e0\"}}", "bad_value minutes" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":30e-1}}", "accepted" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":3.5}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":7}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":-0}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":4294967299}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":18446744073709551619}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":1e300}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":-1e300}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":1e999}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":-1.5E+999}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":\"1e999\"}}", "bad_value rung" },
	{ "{\"id\":[1e999],\"subject\":\"p\"}", "bad_value id" },
	{ "1e999", "bad_syntax " },
	{ "{" ENVELOPE ACTIVITY "\"minutes\":0}}", "accepted" },
	{ "{" ENVELOPE ACTIVITY "\"minutes\":null}}", "missing_field minutes" },
	/* Wrong types. */
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":true}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":[3]}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":{}}}", "bad_value rung" },
	{ "{" ENVELOPE "\"ladder_assessed\":3}", "bad_value ladder_assessed" },
	{ "{" ENVELOPE "\"ladder_assessed\":[]}", "bad_value ladder_assessed" },
	{ "{\"id\":5,\"subject\":\"p\"}", "bad_value id" },
	{ "{\"id\":\"e1\",\"key\":{},\"subject\":\"p\"}", "bad_value key" },
	/* Enumerations. */
	{ "{" ENVELOPE "\"exited\":{\"reason\":\"DEFINITIVE\"}}", "accepted" },
	{ "{" ENVELOPE "\"exited\":{\"reason\":\"EXIT_REASON_DEFINITIVE\"}}", "accepted" },
	{ "{" ENVELOPE "\"exited\":{\"reason\":2}}", "accepted" },
	{ "{" ENVELOPE "\"exited\":{\"reason\":0}}", "bad_value reason" },
	{ "{" ENVELOPE "\"exited\":{\"reason\":\"definitive\"}}", "bad_value reason" },
	{ "{" ENVELOPE "\"intake_done\":{\"domains\":[\"WORK\",3]}}", "accepted" },
	{ "{" ENVELOPE "\"intake_done\":{\"domains\":[\"WORK\",1]}}", "bad_value domains" },
	{ "{" ENVELOPE "\"intake_done\":{\"domains\":[\"WORK\",null]}}", "bad_value domains" },
	{ "{" ENVELOPE "\"intake_done\":{\"domains\":[[\"WORK\"]]}}", "bad_value domains" },
	{ "{" ENVELOPE "\"intake_done\":{\"domains\":[]}}", "missing_field domains" },
	{ "{" ENVELOPE "\"intake_done\":{\"domains\":null}}", "missing_field domains" },
	{ "{" ENVELOPE "\"intake_done\":{\"domains\":\"WORK\"}}", "bad_value domains" },
	/* Null is absent. */
	{ "{" ASSESSED ",\"key\":null}", "accepted" },
	{ "{" ASSESSED ",\"exited\":null}", "accepted" },
	{ "{" ENVELOPE "\"ladder_assessed\":null}", "missing_field body" },
	{ "{\"id\":null}", "missing_field id" },
	{ "{}", "missing_field id" },
	/* Twice. */
	{ "{" ASSESSED ",\"occurredOn\":\"2026-03-02\"}", "bad_value occurred_on" },
	{ "{" ASSESSED ",\"occurredOn\":null}", "bad_value occurred_on" },
	{ "{" ENVELOPE "\"target_set\":{\"weekly_minutes\":60,\"weeklyMinutes\":60}}",
		"bad_value weekly_minutes" },
	{ "{" ASSESSED ",\"ladderAssessed\":{\"rung\":3}}", "bad_value body" },
	{ "{" ASSESSED ",\"plan_reviewed\":{}}", "bad_value body" },
	{ "{" ASSESSED ",\"plan_reviewed\":7}", "bad_value body" },
	/* Unknown keys. */
	{ "{" ASSESSED ",\"name\":\"x\"}", "unknown_field name" },
	{ "{" ASSESSED ",\"name\":null}", "unknown_field name" },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\":3,\"note\":\"x\"}}", "unknown_field note" },
	{ "{" ENVELOPE "\"plan_reviewed\":{\"rung\":3}}", "unknown_field rung" },
	{ "{" ASSESSED ",\"exited\":{\"note\":1}}", "unknown_field note" },
	{ "{" ASSESSED ",\"\":1}", "unknown_field " },
	{ "{" ASSESSED ",\"a\\u0000b\":1}", "unknown_field " },
	{ "{" ASSESSED ",\"\\\\u0000\\u0000\":1e999}", "unknown_field " },
	{ "{" ENVELOPE "\"ladder_assessed\":{\"rung\\u0000\":3}}", "unknown_field " },
	{ "{\"name\":1,\"id\":7}", "unknown_field name" },
	{ "{" ASSESSED ",\"first\":1,\"second\":{}}", "unknown_field first" },
	/* No event. */
	{ "3", "bad_syntax " },
	{ "null", "bad_syntax " },
	{ "[]", "bad_syntax " },
	{ "\"{}\"", "bad_syntax " },
	/* Characters that no field takes. */
	{ "{\"id\":\"e\\u00001\",\"subject\":\"p\"}", "bad_value id" },
	{ "{\"id\":\"\\u00e91\",\"subject\":\"p\"}", "bad_value id" },
	{ "{\"id\":\"123456789\"}", "looks_like_bsn id" },
};

static void each_event_gets_its_verdict_and_spares_its_neighbours(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(event_rows); i++) {
		struct text text = { 0 };
		text_printf(&text, "{\"events\":[{%s},%s,{%s}]}", ASSESSED, event_rows[i].event,
			ASSESSED);
		struct arena arena;
		struct batch batch = { 0 };
		struct reason reason = { "" };
		char verdict[128];
		if (read_text(text_bytes(&text), &arena, &batch, &reason) != OK)
			fail_msg("%s: %s", event_rows[i].event, reason.text);
		assert_int_equal(batch.count, 3);
		print_verdict(&batch.items[1], verdict);
		if (strcmp(verdict, event_rows[i].verdict) != 0)
			fail_msg("%s: %s, not %s", event_rows[i].event, verdict,
				event_rows[i].verdict);
		if (batch.items[1].verdict == VERDICT_REJECTED) {
			assert_int_equal(batch.items[1].rejection.index, 1);
			/* Keys have names: only fields of protobuf have numbers. */
			assert_null(strstr(batch.items[1].rejection.message, "field number"));
		}
		assert_int_equal(batch.items[0].verdict, VERDICT_ACCEPTED);
		assert_int_equal(batch.items[2].verdict, VERDICT_ACCEPTED);
		arena_release(&arena);
		text_release(&text);
	}
}

struct text_row {
	const char *text;
	const char *words; /* in the reason */
};

static const struct text_row text_rows[] = {
	{ "", "line 1, column 0: it ends too early" },
	{ "nonsense", "line 1, column 8: this is not the syntax" },
	{ "\"secret\"", "line 1, column" },
	{ "{\"events\":\n[secret]}", "line 2, column 7: this is not the syntax" },
	{ "{\"events\":[{}", "it ends too early" },
	{ "{\"events\":[{}]} secret", "something follows its end" },
	{ "{\"events\":[{}]}{}", "something follows its end" },
	{ "{\"events\":[{\"id\":\"\xff\"}]}", "it is not UTF-8" },
	{ "{\"events\":[{\"secret\":1,\"secret\":2}]}", "a key is given twice" },
	{ "{\"events\":[{}],\"events\":[{}]}", "a key is given twice" },
	{ "{\"events\":[{\"a\\u0000b\":1},secret]}", "this is not the syntax" },
	{ "{\"events\":[{\"a\":1e999,\n\"b\":secret}]}",
		"line 2, column 10: this is not the syntax" },
	{ "{\"events\":[1e999.5]}", "this is not the syntax" },
	{ "{\"events\":[1e999,0x1p99999]}", "this is not the syntax" },
	{ "{\"events\":[1e999,-]}", "this is not the syntax" },
	{ "{\"events\":[01e999]}", "this is not the syntax" },
	{ "{\"events\":[1e999e1]}", "this is not the syntax" },
	{ "{\"events\":[+1e999]}", "this is not the syntax" },
	{ "{\"events\":1e999}", "must have the array" },
	{ "[]", "must be a JSON object" },
	{ "{}", "must have the array" },
	{ "{\"events\":null}", "must have the array" },
	{ "{\"events\":{}}", "must have the array" },
	{ "{\"events\":\"secret\"}", "must have the array" },
	{ "{\"events\":[]}", "at least one event" },
	{ "{\"events\":[{}],\"secret\":1}", "no key but \"events\"" },
	{ "{\"secret\":1}",
		"must have the array \"events\", also for a single event: {\"events\": [{" },
	{ "{" ASSESSED "}",
		"must have the array \"events\", also for a single event: {\"events\": [{" },
	{ "[{" ASSESSED "}]", "with the array \"events\": {\"events\": [{" },
};

static void what_is_no_batch_is_refused_with_its_place_and_never_repeated(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(text_rows); i++) {
		struct arena arena;
		struct batch batch;
		struct reason reason = { "" };
		enum err err =
			read_text(bytes_of_string(text_rows[i].text), &arena, &batch, &reason);
		if (err != ERR_INVALID || strstr(reason.text, text_rows[i].words) == NULL)
			fail_msg("%s: %d %s", text_rows[i].text, err, reason.text);
		assert_null(strstr(reason.text, "secret"));
		arena_release(&arena);
	}
}

/* `count` times `unit` with commas between, as the array of events. */
static struct text repeat(const char *unit, size_t count)
{
	struct text text = { 0 };
	text_add_string(&text, "{\"events\":[");
	for (size_t i = 0; i < count; i++) {
		text_add_string(&text, i == 0 ? "" : ",");
		text_add_string(&text, unit);
	}
	text_add_string(&text, "]}");
	assert_false(text.failed);
	return text;
}

static void texts_that_swell_in_memory_are_refused(void **state)
{
	(void)state;
	static const char *const units[] = { "{}", "[]", "0", "\"\"", "{\"\":[]}" };
	for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
		struct text text = repeat(units[i], (4u << 20) / strlen(units[i]));
		struct arena arena;
		struct batch batch;
		struct reason reason = { "" };
		assert_int_equal(read_text(text_bytes(&text), &arena, &batch, &reason), ERR_FULL);
		assert_non_null(strstr(reason.text, "too much memory"));
		arena_release(&arena);
		text_release(&text);
	}
}

static void a_full_batch_of_the_shortest_events_is_read(void **state)
{
	(void)state;
	static const struct batch_limits many = { .events_max = 10000 };
	static const char *const units[] = { "{}", "0",
		("{\"id\":\"a\",\"subject\":\"b\",\"municipality\":\"GM0001\","
		 "\"occurred_on\":\"2026-01-01\",\"exited\":{\"reason\":1}}") };
	for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
		struct text text = repeat(units[i], many.events_max);
		struct arena arena;
		struct batch batch = { 0 };
		struct reason reason = { "" };
		assert_int_equal(arena_init(&arena, batch_arena_size(text.length)), OK);
		assert_int_equal(batch_read(text_bytes(&text), BATCH_JSON, &many, all_rights(),
					 today(), &arena, &batch, &reason),
			OK);
		assert_int_equal(batch.count, many.events_max);
		arena_release(&arena);
		text_release(&text);
	}
}

static void quotes_and_brackets_in_strings_cost_nothing(void **state)
{
	(void)state;
	struct text text = { 0 };
	text_add_string(&text, "{\"events\":[{\"id\":\"\\\"");
	for (size_t i = 0; i < 1u << 20; i++)
		text_add_string(&text, "{[,:\\\\\\\"");
	text_add_string(&text, "\"}]}");
	struct arena arena;
	struct batch batch = { 0 };
	struct reason reason = { "" };
	assert_int_equal(read_text(text_bytes(&text), &arena, &batch, &reason), OK);
	assert_int_equal(batch.items[0].rejection.code, REJECTION_BAD_VALUE);
	arena_release(&arena);
	text_release(&text);
}

static void deep_nesting_is_refused_with_words(void **state)
{
	(void)state;
	struct text text = { 0 };
	for (size_t i = 0; i < 5000; i++)
		text_add_char(&text, '[');
	struct arena arena;
	struct batch batch;
	struct reason reason = { "" };
	assert_int_equal(read_text(text_bytes(&text), &arena, &batch, &reason), ERR_INVALID);
	assert_non_null(strstr(reason.text, "nested too deeply"));
	arena_release(&arena);
	text_release(&text);
}

static void the_events_outlive_the_text(void **state)
{
	(void)state;
	static const char event[] = "{\"events\":[{" ASSESSED ",\"key\":\"row-7\"}]}";
	char *text = strdup(event);
	assert_non_null(text);
	struct arena arena;
	struct batch batch = { 0 };
	struct reason reason;
	assert_int_equal(read_text(bytes_of_string(text), &arena, &batch, &reason), OK);
	memset(text, 'x', strlen(text));
	free(text);
	const struct event *read = &batch.items[0].event;
	assert_true(bytes_are(read->id, "e1"));
	assert_true(bytes_are(read->key, "row-7"));
	assert_true(bytes_are(read->subject, "p1"));
	assert_int_equal(read->type, EVENT_LADDER_ASSESSED);
	assert_int_equal(read->municipality, 823);
	assert_int_equal(read->day, today());
	assert_int_equal(read->values[LADDER_ASSESSED_RUNG].number, 3);
	arena_release(&arena);
}

#define CLOUD "\"specversion\":\"1.0\",\"source\":\"urn:a\",\"type\":\"nl.example.event\","
#define BARE                                                                                       \
	"\"subject\":\"p1\",\"municipality\":\"GM0823\",\"occurred_on\":\"2026-03-02\","           \
	"\"ladder_assessed\":{\"rung\":3}"

static const struct event_row cloud_rows[] = {
	{ "{" CLOUD "\"id\":\"e1\",\"data\":{" BARE "}}", "accepted" },
	{ "{" CLOUD "\"id\":\"e1\",\"data\":{" ASSESSED "}}", "accepted" },
	{ "{" CLOUD "\"id\":\"e1\",\"data\":{\"id\":null," BARE "}}", "accepted" },
	{ "{" CLOUD "\"id\":\"e1\",\"datacontenttype\":\"application/json; charset=utf-8\","
	  "\"time\":\"2026-03-02T10:00:00Z\",\"subject\":\"x\",\"nlgovdataref\":\"y\","
	  "\"dataschema\":\"urn:z\",\"sequence\":7,\"data\":{" BARE "}}",
		"accepted" },
	{ "{" CLOUD "\"id\":\"e1\",\"datacontenttype\":\"application/a+json\",\"data\":{" BARE "}}",
		"accepted" },
	{ "{" CLOUD "\"id\":\"e1\",\"datacontenttype\":\"text/xml\",\"data\":{" BARE "}}",
		"bad_value datacontenttype" },
	{ "{" CLOUD "\"id\":\"e1\",\"datacontenttype\":7,\"data\":{" BARE "}}",
		"bad_value datacontenttype" },
	{ "{" CLOUD "\"id\":\"e2\",\"data\":{" ASSESSED "}}", "bad_value id" },
	{ "{" CLOUD "\"data\":{" ASSESSED "}}", "missing_field id" },
	{ "{" CLOUD "\"id\":\"\",\"data\":{" BARE "}}", "bad_value id" },
	{ "{" CLOUD "\"id\":7,\"data\":{" BARE "}}", "bad_value id" },
	{ "{" CLOUD "\"id\":\"a b\",\"data\":{" BARE "}}", "bad_value id" },
	{ "{" CLOUD "\"id\":\"123456782\",\"data\":{" BARE "}}", "looks_like_bsn id" },
	{ "{" CLOUD "\"id\":\"e1\"}", "missing_field data" },
	{ "{" CLOUD "\"id\":\"e1\",\"data\":null}", "missing_field data" },
	{ "{" CLOUD "\"id\":\"e1\",\"data\":[{" BARE "}]}", "bad_value data" },
	{ "{" CLOUD "\"id\":\"e1\",\"data\":\"{}\"}", "bad_value data" },
	{ "{" CLOUD "\"id\":\"e1\",\"data_base64\":\"e30=\"}", "bad_value data_base64" },
	{ "{" CLOUD "\"id\":\"e1\",\"data\":{\"rung\":3," BARE "}}", "unknown_field rung" },
	/* The event itself, and one that is written into what is around it. */
	{ "{" ASSESSED "}", "unknown_field occurred_on" },
	{ "{" CLOUD ASSESSED "}", "unknown_field occurred_on" },
	{ "{\"id\":\"e1\",\"source\":\"urn:a\",\"type\":\"t\",\"data\":{" BARE "}}",
		"missing_field specversion" },
	{ "{\"specversion\":\"0.3\",\"id\":\"e1\",\"source\":\"urn:a\",\"type\":\"t\",\"data\":"
	  "{" BARE "}}",
		"bad_value specversion" },
	{ "{\"specversion\":\"1.0\\u0000\",\"id\":\"e1\",\"source\":\"urn:a\",\"type\":\"t\","
	  "\"data\":{" BARE "}}",
		"bad_value specversion" },
	{ "{\"specversion\":1.0,\"id\":\"e1\",\"source\":\"urn:a\",\"type\":\"t\",\"data\":{" BARE
	  "}}",
		"bad_value specversion" },
	{ "{\"specversion\":\"1.0\",\"id\":\"e1\",\"type\":\"t\",\"data\":{" BARE "}}",
		"missing_field source" },
	{ "{\"specversion\":\"1.0\",\"id\":\"e1\",\"source\":\"\",\"type\":\"t\",\"data\":{" BARE
	  "}}",
		"bad_value source" },
	{ "{\"specversion\":\"1.0\",\"id\":\"e1\",\"source\":\"urn:a\",\"data\":{" BARE "}}",
		"missing_field type" },
	{ "7", "bad_syntax " },
	{ "[]", "bad_syntax " },
	{ "null", "bad_syntax " },
};

static void each_cloud_event_gets_its_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cloud_rows); i++) {
		struct text text = { 0 };
		struct arena arena;
		struct batch batch = { 0 };
		struct reason reason = { "" };
		char verdict[128];
		text_printf(&text, "[{" CLOUD "\"id\":\"e0\",\"data\":{" BARE "}},%s]",
			cloud_rows[i].event);
		assert_int_equal(
			read_as(text_bytes(&text), BATCH_CLOUD, &arena, &batch, &reason), OK);
		assert_int_equal(batch.count, 2);
		assert_int_equal(batch.items[0].verdict, VERDICT_ACCEPTED);
		assert_true(bytes_are(batch.items[0].event.id, "e0"));
		print_verdict(&batch.items[1], verdict);
		if (strcmp(verdict, cloud_rows[i].verdict) != 0)
			fail_msg("%s: %s", cloud_rows[i].event, verdict);
		arena_release(&arena);
		text_release(&text);
	}
}

static void what_is_no_array_of_cloud_events_is_refused(void **state)
{
	static const struct {
		const char *text;
		const char *words;
	} rows[] = {
		{ "{" CLOUD "\"id\":\"e1\",\"data\":{" BARE "}}",
			"array of CloudEvents, also of a" },
		{ "{\"events\":[]}", "array of CloudEvents" },
		{ "[]", "at least one CloudEvent" },
		{ "[", "ends too early" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct arena arena;
		struct batch batch;
		struct reason reason = { "" };
		assert_int_equal(read_as(bytes_of_string(rows[i].text), BATCH_CLOUD, &arena, &batch,
					 &reason),
			ERR_INVALID);
		if (strstr(reason.text, rows[i].words) == NULL)
			fail_msg("%s: %s", rows[i].text, reason.text);
		arena_release(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_event_gets_its_verdict_and_spares_its_neighbours),
		cmocka_unit_test(what_is_no_batch_is_refused_with_its_place_and_never_repeated),
		cmocka_unit_test(texts_that_swell_in_memory_are_refused),
		cmocka_unit_test(a_full_batch_of_the_shortest_events_is_read),
		cmocka_unit_test(quotes_and_brackets_in_strings_cost_nothing),
		cmocka_unit_test(deep_nesting_is_refused_with_words),
		cmocka_unit_test(the_events_outlive_the_text),
		cmocka_unit_test(each_cloud_event_gets_its_verdict),
		cmocka_unit_test(what_is_no_array_of_cloud_events_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
