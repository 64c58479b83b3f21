/*
 * tests/unit/ingest/batch_test.c - protobuf in, and what all formats share.
 */
#include "base/check.h"
#include "base/date.h"
#include "base/text.h"
#include "ingest/batch.h"
#include "proto/codec.h"
#include "tests/all_rights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

/* One request and what became of it. */
struct request {
	struct text body;
	struct arena arena;
	struct batch batch;
	struct reason reason;
};

static void request_release(struct request *request)
{
	text_release(&request->body);
	arena_release(&request->arena);
}

static enum err request_read(struct request *request, enum batch_format format, size_t events_max,
	const struct rights *rights)
{
	const struct batch_limits limits = { .events_max = events_max };
	assert_false(request->body.failed);
	assert_int_equal(arena_init(&request->arena, batch_arena_size(request->body.length)), OK);
	return batch_read(text_bytes(&request->body), format, &limits, rights,
		day_from_civil((struct civil){ 2026, 3, 2 }), &request->arena, &request->batch,
		&request->reason);
}

/* Appends an event to an EventBatch. */
static void add_event(struct text *body, struct bytes event)
{
	text_add_char(body, 0x0A);
	varint_add(body, event.length);
	text_add(body, event);
}

static const char *const bodies[] = {
	"\"ladder_assessed\":{\"rung\":3}",
	"\"intake_done\":{\"domains\":[\"WORK\",\"AMBITION\",\"LANGUAGE\"]}",
	"\"plan_reviewed\":{}",
	"\"contact_held\":{\"by\":\"VOLUNTEER\",\"two_way\":false}",
	("\"job_started\":{\"job_ref\":\"2026-03-02a\",\"funding\":\"SUBSIDISED\","
	 "\"hours_per_week\":24,\"matches_ambition\":\"PARTLY\"}"),
	"\"activity_logged\":{\"kind\":\"SPORT\",\"minutes\":0,\"provider\":\"SELF\"}",
	"\"target_set\":{\"weekly_minutes\":60,\"until\":\"2027-01-01\"}",
};

static void add_json_bodies(struct text *body)
{
	text_add_string(body, "{\"events\":[");
	for (size_t i = 0; i < ARRAY_LENGTH(bodies); i++)
		text_printf(body,
			"%s{\"id\":\"e%zu\",\"key\":\"k\",\"subject\":\"p\","
			"\"municipality\":\"GM0823\",\"occurred_on\":\"2026-01-31\",%s}",
			i == 0 ? "" : ",", i, bodies[i]);
	text_add_string(body, "]}");
}

static void json_and_protobuf_of_one_event_are_the_same(void **state)
{
	(void)state;
	struct request json = { 0 }, protobuf = { 0 };
	struct arena work;
	assert_int_equal(arena_init(&work, 1u << 20), OK);
	add_json_bodies(&json.body);
	assert_int_equal(request_read(&json, BATCH_JSON, 100, all_rights()), OK);
	assert_int_equal(json.batch.count, ARRAY_LENGTH(bodies));

	struct bytes canonical[ARRAY_LENGTH(bodies)];
	for (size_t i = 0; i < json.batch.count; i++) {
		assert_int_equal(json.batch.items[i].verdict, VERDICT_ACCEPTED);
		assert_int_equal(event_encode(&json.batch.items[i].event, ENVELOPE_WHOLE, &work,
					 &canonical[i]),
			OK);
		add_event(&protobuf.body, canonical[i]);
	}
	assert_int_equal(request_read(&protobuf, BATCH_PROTOBUF, 100, all_rights()), OK);
	assert_int_equal(protobuf.batch.count, json.batch.count);
	for (size_t i = 0; i < protobuf.batch.count; i++) {
		struct bytes again;
		assert_int_equal(protobuf.batch.items[i].verdict, VERDICT_ACCEPTED);
		assert_int_equal(
			event_encode(&protobuf.batch.items[i].event, ENVELOPE_WHOLE, &work, &again),
			OK);
		assert_true(bytes_equal(again, canonical[i]));
	}
	arena_release(&work);
	request_release(&json);
	request_release(&protobuf);
}

struct body_row {
	const char *bytes;
	size_t length;
	const char *words;
};

#define BYTES(string) string, sizeof(string) - 1

static const struct body_row body_rows[] = {
	{ BYTES(""), "has no event" },
	{ BYTES("{\"events\":[]}"), "no protobuf EventBatch" },
	{ BYTES("\x0A"), "no protobuf EventBatch" },
	{ BYTES("\x0A\x05"
		"abc"),
		"no protobuf EventBatch" },
	{ BYTES("\x12\x00"), "no protobuf EventBatch" },
	{ BYTES("\x0A\x00\x12\x00"), "no protobuf EventBatch" },
	{ BYTES("\x0A\x00\x0A\x02\x0A\x05"), "event 1 cannot be read" },
	{ BYTES("\x0A\x01\xFF"), "event 0 cannot be read" },
};

static void what_is_no_event_batch_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(body_rows); i++) {
		struct request request = { 0 };
		text_add(&request.body, bytes_of(body_rows[i].bytes, body_rows[i].length));
		enum err err = request_read(&request, BATCH_PROTOBUF, 100, all_rights());
		if (err != ERR_INVALID || strstr(request.reason.text, body_rows[i].words) == NULL)
			fail_msg("row %zu: %d %s", i, err, request.reason.text);
		request_release(&request);
	}
}

static void add_empty_events(struct text *body, enum batch_format format, size_t count)
{
	if (format == BATCH_JSON)
		text_add_string(body, "{\"events\":[");
	for (size_t i = 0; i < count; i++) {
		if (format == BATCH_JSON)
			text_add_string(body, i == 0 ? "{}" : ",{}");
		else
			add_event(body, bytes_of("", 0));
	}
	if (format == BATCH_JSON)
		text_add_string(body, "]}");
}

static void one_event_over_the_limit_is_refused_by_name_and_none_below_it(void **state)
{
	(void)state;
	static const size_t limits[] = { 1, 7, 10000 };
	for (size_t i = 0; i < ARRAY_LENGTH(limits); i++) {
		for (int format = BATCH_PROTOBUF; format <= BATCH_JSON; format++) {
			struct request right = { 0 }, over = { 0 };
			char words[64];
			add_empty_events(&right.body, (enum batch_format)format, limits[i]);
			add_empty_events(&over.body, (enum batch_format)format, limits[i] + 1);
			assert_int_equal(request_read(&right, (enum batch_format)format, limits[i],
						 all_rights()),
				OK);
			assert_int_equal(right.batch.count, limits[i]);
			assert_int_equal(request_read(&over, (enum batch_format)format, limits[i],
						 all_rights()),
				ERR_FULL);
			snprintf(words, sizeof(words), "at most %zu events", limits[i]);
			assert_non_null(strstr(over.reason.text, words));
			request_release(&right);
			request_release(&over);
		}
	}
}

static void a_rejected_event_keeps_its_place_and_spares_the_others(void **state)
{
	(void)state;
	struct request json = { 0 };
	struct rights rights = { .types = UINT64_C(1) << EVENT_LADDER_ASSESSED,
		.all_municipalities = true };
	add_json_bodies(&json.body);
	assert_int_equal(request_read(&json, BATCH_JSON, 100, &rights), OK);
	assert_int_equal(json.batch.items[0].verdict, VERDICT_ACCEPTED);
	for (size_t i = 1; i < json.batch.count; i++) {
		const struct rejection *rejection = &json.batch.items[i].rejection;
		char id[32];
		snprintf(id, sizeof(id), "e%zu", i);
		assert_int_equal(json.batch.items[i].verdict, VERDICT_REJECTED);
		assert_int_equal(rejection->code, REJECTION_TYPE_NOT_ALLOWED);
		assert_int_equal(rejection->index, i);
		assert_true(bytes_are(rejection->id, id));
	}
	request_release(&json);
}

static void a_full_arena_is_a_refusal(void **state)
{
	(void)state;
	const struct batch_limits limits = { .events_max = 100 };
	struct request request = { 0 };
	add_json_bodies(&request.body);
	size_t refused = 0;
	for (size_t size = 16;; size += 48) {
		struct arena arena;
		assert_int_equal(arena_init(&arena, size), OK);
		enum err err = batch_read(text_bytes(&request.body), BATCH_JSON, &limits,
			all_rights(), 20000, &arena, &request.batch, &request.reason);
		arena_release(&arena);
		if (err == OK)
			break;
		assert_int_equal(err, ERR_CONFLICT);
		assert_non_null(strstr(request.reason.text, "too much memory"));
		refused++;
	}
	assert_true(refused > 10);
	request_release(&request);
}

/* The shortest event that is right, many times over: the arena must hold it. */
static void the_shortest_right_events_fit_in_their_arena(void **state)
{
	(void)state;
	static const char event[] = "\x0A\x01"
				    "a\x1A\x01"
				    "p\x22\x06GM0823\x2A\x0A"
				    "2026-01-31"
				    "\xBA\x01\x00";
	struct request request = { 0 };
	for (size_t i = 0; i < 100000; i++)
		add_event(&request.body, bytes_of(event, sizeof(event) - 1));
	enum err err = request_read(&request, BATCH_PROTOBUF, 100000, all_rights());
	if (err != OK)
		fail_msg("%s", request.reason.text);
	for (size_t i = 0; i < request.batch.count; i++)
		assert_int_equal(request.batch.items[i].verdict, VERDICT_ACCEPTED);
	request_release(&request);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_and_protobuf_of_one_event_are_the_same),
		cmocka_unit_test(what_is_no_event_batch_is_refused),
		cmocka_unit_test(one_event_over_the_limit_is_refused_by_name_and_none_below_it),
		cmocka_unit_test(a_rejected_event_keeps_its_place_and_spares_the_others),
		cmocka_unit_test(a_full_arena_is_a_refusal),
		cmocka_unit_test(the_shortest_right_events_fit_in_their_arena),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
