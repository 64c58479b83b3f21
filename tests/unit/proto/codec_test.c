/*
 * tests/unit/proto/codec_test.c - protobuf in and out, written and read by hand beside it.
 */
#include "ingest/batch.h"
#include "tests/unit/arena_fixture.h"
#include "tests/unit/event_samples.h"
#include "tests/all_rights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

/* The wire by hand. */
enum { WIRE_FIXED64 = 1, WIRE_FIXED32 = 5 }; /* that the schema does not have */

static void add_tag(struct text *out, unsigned number, unsigned wire)
{
	varint_add(out, (uint64_t)number << 3 | wire);
}

static void add_number(struct text *out, unsigned number, uint64_t value)
{
	add_tag(out, number, WIRE_VARINT);
	varint_add(out, value);
}

static void add_bytes(struct text *out, unsigned number, struct bytes bytes)
{
	add_tag(out, number, WIRE_BYTES);
	varint_add(out, bytes.length);
	text_add(out, bytes);
}

static void add_text(struct text *out, unsigned number, const char *string)
{
	add_bytes(out, number, bytes_of_string(string));
}

static void add_envelope(struct text *out)
{
	add_text(out, 1, "e");
	add_text(out, 3, "p");
	add_text(out, 4, "GM0823");
	add_text(out, 5, "2024-03-01");
}

/* Reads one field of a message; false at its end. */
static bool field_take(
	struct bytes *rest, unsigned *number, unsigned *wire, uint64_t *value, struct bytes *bytes)
{
	uint64_t tag;
	if (rest->length == 0)
		return false;
	assert_int_equal(varint_take(rest, &tag), OK);
	*number = (unsigned)(tag >> 3);
	*wire = (unsigned)(tag & 7);
	assert_int_equal(varint_take(rest, value), OK);
	if (*wire == WIRE_BYTES) {
		assert_true(*value <= rest->length);
		*bytes = bytes_of(rest->data, (size_t)*value);
		*rest = bytes_of(rest->data + *value, rest->length - (size_t)*value);
	} else {
		assert_int_equal(*wire, WIRE_VARINT);
	}
	return true;
}

/* Decodes and checks an event that must be right. */
static struct event event_of(struct bytes bytes)
{
	struct raw_event raw;
	struct event event;
	struct rejection rejection;
	enum verdict verdict;
	assert_int_equal(event_decode(bytes, &arena, &raw), OK);
	assert_int_equal(
		event_validate(&raw, &sample_rules, &arena, &verdict, &event, &rejection), OK);
	if (verdict != VERDICT_ACCEPTED)
		fail_msg("%s: %s %s", rejection_code_name(rejection.code), rejection.field,
			rejection.message);
	return event;
}

/* Decodes and checks an event that must be wrong. */
static void check_wrong(struct text *event, enum rejection_code code, const char *field)
{
	struct raw_event raw;
	struct event unused;
	struct rejection rejection = { .field = "nothing" };
	enum verdict verdict;
	assert_int_equal(event_decode(text_bytes(event), &arena, &raw), OK);
	assert_int_equal(
		event_validate(&raw, &sample_rules, &arena, &verdict, &unused, &rejection), OK);
	assert_int_equal(verdict, VERDICT_REJECTED);
	assert_string_equal(rejection_code_name(rejection.code), rejection_code_name(code));
	assert_string_equal(rejection.field, field);
	text_release(event);
}

static struct bytes encoded(const struct event *event, enum envelope_choice choice)
{
	struct bytes out;
	assert_int_equal(event_encode(event, choice, &arena, &out), OK);
	return out;
}

static void an_event_of_every_type_is_read_back_as_it_was(void **state)
{
	(void)state;
	size_t count;
	const struct schema *schemas = schema_all(&count);
	for (size_t i = 0; i < 2 * count; i++) {
		struct event event =
			event_sample(&schemas[i / 2], i % 2 == 0 ? SAMPLE_REQUIRED : SAMPLE_ALL);
		struct bytes whole = encoded(&event, ENVELOPE_WHOLE);
		struct event back = event_of(whole);
		if (!events_equal(&event, &back))
			fail_msg("%s", schemas[i / 2].name);
		assert_true(bytes_equal(encoded(&back, ENVELOPE_WHOLE), whole));
	}
}

static void the_stored_form_lacks_what_the_header_has(void **state)
{
	(void)state;
	size_t count;
	const struct schema *schemas = schema_all(&count);
	for (size_t i = 0; i < 2 * count; i++) {
		struct event event =
			event_sample(&schemas[i / 2], i % 2 == 0 ? SAMPLE_REQUIRED : SAMPLE_ALL);
		struct event back;
		struct bytes stored = encoded(&event, ENVELOPE_STORED), bytes = stored, field;
		unsigned number;
		uint64_t value;
		unsigned wire;
		while (field_take(&bytes, &number, &wire, &value, &field))
			assert_true(number == 1 || number == 2 || number == event.type);
		assert_int_equal(event_read_stored(stored, &arena, &back), OK);
		back.day = event.day;
		back.municipality = event.municipality;
		back.subject = event.subject;
		assert_true(events_equal(&event, &back));
	}
}

static void canonical_fields_stand_in_the_order_of_their_numbers(void **state)
{
	(void)state;
	size_t count;
	const struct schema *schemas = schema_all(&count);
	for (size_t i = 0; i < count; i++) {
		struct event event = event_sample(&schemas[i], SAMPLE_ALL);
		struct bytes whole = encoded(&event, ENVELOPE_WHOLE), field = { 0 };
		unsigned number, last = 0;
		uint64_t value;
		unsigned wire;
		while (field_take(&whole, &number, &wire, &value, &field)) {
			assert_true(number > last);
			last = number;
		}
		assert_int_equal(last, schemas[i].type);
		last = 0;
		while (field_take(&field, &number, &wire, &value, &whole)) {
			/* A set has its values in order. */
			assert_true(number > last || schemas[i].type == EVENT_INTAKE_DONE);
			last = schemas[i].type == EVENT_INTAKE_DONE ? (unsigned)value : number;
		}
	}
}

static void json_and_protobuf_of_every_type_are_the_same_event(void **state)
{
	(void)state;
	static const struct batch_limits limits = { .events_max = 1 };
	size_t count;
	const struct schema *schemas = schema_all(&count);
	for (size_t i = 0; i < 2 * count; i++) {
		struct event event =
			event_sample(&schemas[i / 2], i % 2 == 0 ? SAMPLE_REQUIRED : SAMPLE_ALL);
		struct text json = { 0 };
		struct batch batch;
		struct reason reason;
		text_add_string(&json, "{\"events\":[");
		event_print_json(&event, &json);
		text_add_string(&json, "]}");
		assert_int_equal(batch_read(text_bytes(&json), BATCH_JSON, &limits, all_rights(),
					 SAMPLE_TODAY, &arena, &batch, &reason),
			OK);
		if (batch.items[0].verdict != VERDICT_ACCEPTED)
			fail_msg("%s: %s", json.data, batch.items[0].rejection.message);
		assert_true(bytes_equal(encoded(&event, ENVELOPE_WHOLE),
			encoded(&batch.items[0].event, ENVELOPE_WHOLE)));
		text_release(&json);
	}
}

static void protobuf_that_is_not_canonical_is_packed_again(void **state)
{
	(void)state;
	struct text shuffled = { 0 }, body = { 0 }, right = { 0 };
	/* The body first, its fields backwards and twice, the envelope twice. */
	add_number(&body, 2, 1);
	add_number(&body, 1, CONTACT_BY_OTHER);
	add_number(&body, 1, CONTACT_BY_VOLUNTEER);
	add_bytes(&shuffled, EVENT_CONTACT_HELD, text_bytes(&body));
	add_text(&shuffled, 5, "1999-01-01");
	add_text(&shuffled, 4, "GM9999");
	add_text(&shuffled, 1, "other");
	add_envelope(&shuffled);
	body.length = 0;
	add_envelope(&right);
	add_number(&body, 1, CONTACT_BY_VOLUNTEER);
	add_number(&body, 2, 1);
	add_bytes(&right, EVENT_CONTACT_HELD, text_bytes(&body));
	struct event event = event_of(text_bytes(&shuffled));
	assert_true(bytes_equal(encoded(&event, ENVELOPE_WHOLE), text_bytes(&right)));
	text_release(&shuffled);
	text_release(&body);
	text_release(&right);
}

/* Of two bodies in protobuf the last one counts, as in every protobuf library. */
static void the_last_of_two_bodies_counts(void **state)
{
	(void)state;
	struct text event = { 0 };
	add_envelope(&event);
	add_bytes(&event, EVENT_LADDER_ASSESSED, bytes_of("\x08\x03", 2));
	add_bytes(&event, EVENT_EXITED, bytes_of("\x08\x02", 2));
	struct event back = event_of(text_bytes(&event));
	assert_int_equal(back.type, EVENT_EXITED);
	assert_int_equal(back.values[EXITED_REASON].number, EXIT_REASON_OBJECTION);
	text_release(&event);
}

/* The pieces of one body are one body, as in every protobuf library but protobuf-c. */
static void a_body_in_pieces_is_put_together(void **state)
{
	(void)state;
	struct text event = { 0 }, body = { 0 };
	add_text(&body, 1, "2026-03-02a");
	add_number(&body, 2, FUNDING_SUBSIDISED);
	add_number(&body, 3, 60);
	/* What stands before another body plays no part. */
	add_bytes(&event, EVENT_JOB_STARTED, bytes_of("\x20\x00\x28\x03", 4));
	add_bytes(&event, EVENT_EXITED, bytes_of("\x08\x02", 2));
	add_bytes(&event, EVENT_JOB_STARTED, text_bytes(&body));
	add_envelope(&event);
	add_bytes(&event, EVENT_JOB_STARTED, bytes_of("", 0));
	add_bytes(&event, EVENT_JOB_STARTED, bytes_of("\x18\x14\x20\x01", 4));
	struct event back = event_of(text_bytes(&event));
	assert_int_equal(back.type, EVENT_JOB_STARTED);
	assert_true(bytes_equal(back.values[0].text, bytes_of_string("2026-03-02a")));
	assert_int_equal(back.values[1].number, FUNDING_SUBSIDISED);
	assert_int_equal(back.values[2].number, 20);
	assert_true(back.values[3].present && back.values[3].number == 1);
	assert_false(back.values[4].present);

	event.length = 0;
	add_bytes(&event, EVENT_INTAKE_DONE, bytes_of("\x08\x01", 2));
	add_bytes(&event, EVENT_INTAKE_DONE, bytes_of("\x0A\x02\x0A\x03", 4));
	add_envelope(&event);
	back = event_of(text_bytes(&event));
	assert_int_equal(back.values[0].number, 1 << 1 | 1 << 10 | 1 << 3);
	text_release(&event);
	text_release(&body);
}

static void domains_are_one_set_however_they_are_packed(void **state)
{
	(void)state;
	static const struct {
		const char *body;
		size_t length;
		int32_t set;
	} rows[] = {
		{ "\x08\x01\x08\x0A\x08\x03", 6, 1 << 1 | 1 << 10 | 1 << 3 },
		{ "\x0A\x03\x01\x0A\x03", 5, 1 << 1 | 1 << 10 | 1 << 3 },
		{ "\x0A\x03\x0A\x03\x01", 5, 1 << 1 | 1 << 10 | 1 << 3 },
		{ "\x08\x0A\x0A\x02\x01\x03", 6, 1 << 1 | 1 << 10 | 1 << 3 },
		{ "\x0A\x01\x01\x0A\x00\x0A\x02\x0A\x03", 9, 1 << 1 | 1 << 10 | 1 << 3 },
	};
	struct bytes first = { 0 };
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct text event = { 0 };
		add_envelope(&event);
		add_bytes(&event, EVENT_INTAKE_DONE, bytes_of(rows[i].body, rows[i].length));
		struct event back = event_of(text_bytes(&event));
		assert_int_equal(back.values[0].number, rows[i].set);
		struct bytes canonical = encoded(&back, ENVELOPE_WHOLE);
		if (i == 0)
			first = canonical;
		assert_true(bytes_equal(canonical, first));
		text_release(&event);
	}
}

#define BODY(string) string, sizeof(string) - 1
#define FOUR_G       "\x80\x80\x80\x80\x10" /* 1 << 32 */
#define FOUR_G_1     "\x81\x80\x80\x80\x10"
#define MINUS_1      "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"

struct wrong_row {
	enum event_type type;
	const char *body;
	size_t length;
	enum rejection_code code;
	const char *field;
};

/* Numbers wider than 32 bits are seen as they are, never cut to something right. */
static const struct wrong_row wrong_rows[] = {
	{ EVENT_LADDER_ASSESSED, BODY("\x08" FOUR_G_1), REJECTION_BAD_VALUE, "rung" },
	{ EVENT_LADDER_ASSESSED, BODY("\x08" MINUS_1), REJECTION_BAD_VALUE, "rung" },
	{ EVENT_LADDER_ASSESSED, BODY("\x08\x83\x80\x80\x80\x80\x80\x80\x80\x80\x01"),
		REJECTION_BAD_VALUE, "rung" },
	{ EVENT_LADDER_ASSESSED, BODY(""), REJECTION_MISSING_FIELD, "rung" },
	{ EVENT_ACTIVITY_LOGGED, BODY("\x08\x01\x10" FOUR_G "\x18\x01"), REJECTION_BAD_VALUE,
		"minutes" },
	{ EVENT_EXITED, BODY("\x08" FOUR_G_1), REJECTION_BAD_VALUE, "reason" },
	{ EVENT_EXITED, BODY("\x08" MINUS_1), REJECTION_BAD_VALUE, "reason" },
	{ EVENT_EXITED, BODY("\x08\x00"), REJECTION_BAD_VALUE, "reason" },
	{ EVENT_EXITED, BODY("\x08\x03"), REJECTION_BAD_VALUE, "reason" },
	{ EVENT_INTAKE_DONE, BODY("\x0A\x05" FOUR_G_1), REJECTION_BAD_VALUE, "domains" },
	{ EVENT_INTAKE_DONE, BODY("\x08" FOUR_G_1), REJECTION_BAD_VALUE, "domains" },
	{ EVENT_INTAKE_DONE, BODY("\x08\x01\x08\x01"), REJECTION_BAD_VALUE, "domains" },
	{ EVENT_INTAKE_DONE, BODY("\x0A\x02\x01\x01"), REJECTION_BAD_VALUE, "domains" },
	{ EVENT_INTAKE_DONE, BODY("\x08\x0B"), REJECTION_BAD_VALUE, "domains" },
	{ EVENT_INTAKE_DONE, BODY("\x08\x00"), REJECTION_BAD_VALUE, "domains" },
	{ EVENT_INTAKE_DONE, BODY(""), REJECTION_MISSING_FIELD, "domains" },
	{ EVENT_INTAKE_DONE, BODY("\x0A\x00"), REJECTION_MISSING_FIELD, "domains" },
	/* What stands behind a NUL is not lost. */
	{ EVENT_JOB_ENDED,
		BODY("\x0A\x03"
		     "a\0b"),
		REJECTION_BAD_VALUE, "job_ref" },
	{ EVENT_JOB_ENDED, BODY("\x0A\x00"), REJECTION_BAD_VALUE, "job_ref" },
	{ EVENT_LANGUAGE_EXEMPTED,
		BODY("\x0A\x0B"
		     "2024-01-01\0"),
		REJECTION_BAD_VALUE, "until" },
	/* Unknown fields, whatever they are. */
	{ EVENT_LADDER_ASSESSED, BODY("\x08\x03\x10\x01"), REJECTION_UNKNOWN_FIELD, "" },
	{ EVENT_LADDER_ASSESSED, BODY("\x08\x03\x9A\x06\x02hi"), REJECTION_UNKNOWN_FIELD, "" },
	{ EVENT_LADDER_ASSESSED,
		BODY("\x08\x03\x11"
		     "12345678"),
		REJECTION_UNKNOWN_FIELD, "" },
	{ EVENT_LADDER_ASSESSED,
		BODY("\x08\x03\x15"
		     "1234"),
		REJECTION_UNKNOWN_FIELD, "" },
	{ EVENT_PLAN_REVIEWED, BODY("\x08\x01"), REJECTION_UNKNOWN_FIELD, "" },
};

static void a_wrong_value_is_seen_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(wrong_rows); i++) {
		const struct wrong_row *row = &wrong_rows[i];
		struct text event = { 0 };
		add_envelope(&event);
		add_bytes(&event, (unsigned)row->type, bytes_of(row->body, row->length));
		check_wrong(&event, row->code, row->field);
	}
}

static void an_unknown_field_of_the_envelope_is_seen(void **state)
{
	(void)state;
	static const unsigned numbers[] = { 6, 9, 18, 53, 1000, 536870911 };
	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
		struct text event = { 0 };
		add_envelope(&event);
		add_bytes(&event, EVENT_PLAN_REVIEWED, bytes_of("", 0));
		add_text(&event, numbers[i], "Jansen");
		check_wrong(&event, REJECTION_UNKNOWN_FIELD, "");
	}
}

static void an_identifier_with_a_nul_is_refused_in_every_place(void **state)
{
	(void)state;
	static const char *const fields[] = { "id", "key", "subject", "municipality",
		"occurred_on" };
	for (unsigned number = 1; number <= 5; number++) {
		struct text event = { 0 };
		add_envelope(&event);
		add_bytes(&event, EVENT_PLAN_REVIEWED, bytes_of("", 0));
		add_bytes(&event, number, bytes_of("GM0823\0", 7));
		check_wrong(&event, REJECTION_BAD_VALUE, fields[number - 1]);
	}
}

static void bytes_that_are_no_event_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t length;
	} rows[] = {
		{ BODY("\x0A") },
		{ BODY("\x0A\x05"
		       "abc") },
		{ BODY("\x08\x01") },                                 /* id as a number */
		{ BODY("\xFA\x01\x02\x0A\x00") },                     /* rung as bytes */
		{ BODY("\xFA\x01\x02\x08\x80") },                     /* a varint without end */
		{ BODY("\xFA\x01\x7F\x08") },                         /* longer than there is */
		{ BODY("\x00\x00") },                                 /* field 0 */
		{ BODY("\x0B\x0C") },                                 /* a group */
		{ BODY("\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F") }, /* a length without measure */
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct raw_event raw;
		if (event_decode(bytes_of(rows[i].bytes, rows[i].length), &arena, &raw) !=
			ERR_INVALID)
			fail_msg("row %zu was taken", i);
	}
}

static void what_was_not_written_is_not_read_as_stored(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t length;
	} rows[] = {
		{ BODY("") },
		{ BODY("\x0A\x01"
		       "e") },            /* no body */
		{ BODY("\xC2\x01\x00") }, /* no id */
		{ BODY("\x0A\x01"
		       "e\xC2\x01\x02\x08\x01") }, /* an unknown field */
		{ BODY("\x0A\x01"
		       "e\x72\x02\x08\x03") }, /* no such reason */
		{ BODY("\x0A\x01"
		       "e\x72\x0B\x08" MINUS_1) },
		{ BODY("\x0A\x01"
		       "e\xFA\x01\x06\x08" FOUR_G) },
		{ BODY("\x0A\x01"
		       "e\xAA\x01\x02\x08\x0B") }, /* no such domain */
		{ BODY("\x0A\x01"
		       "e\xA2\x02\x04\x0A\x02hi") }, /* until: no day */
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct event event;
		if (event_read_stored(bytes_of(rows[i].bytes, rows[i].length), &arena, &event) !=
			ERR_CORRUPT)
			fail_msg("row %zu was read", i);
	}
}

static void varints_are_read_back(void **state)
{
	(void)state;
	static const struct {
		uint64_t value;
		size_t length;
	} rows[] = { { 0, 1 }, { 127, 1 }, { 128, 2 }, { 16383, 2 }, { 16384, 3 },
		{ UINT32_MAX, 5 }, { UINT64_C(1) << 63, 10 }, { UINT64_MAX, 10 } };
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct text out = { 0 };
		varint_add(&out, rows[i].value);
		assert_int_equal(out.length, rows[i].length);
		for (size_t length = 0; length <= out.length; length++) {
			struct bytes rest = bytes_of(out.data, length);
			uint64_t value;
			enum err err = varint_take(&rest, &value);
			assert_int_equal(err, length == out.length ? OK : ERR_INVALID);
			if (err == OK)
				assert_true(value == rows[i].value && rest.length == 0);
		}
		text_release(&out);
	}
	static const char *const wide[] = { "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02",
		"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01" };
	for (size_t i = 0; i < ARRAY_LENGTH(wide); i++) {
		struct bytes rest = bytes_of_string(wide[i]);
		uint64_t value;
		assert_int_equal(varint_take(&rest, &value), ERR_INVALID);
	}
}

static void a_batch_is_cut_into_its_events(void **state)
{
	(void)state;
	struct bytes rest = bytes_of("\x0A\x02hi\x0A\x00\x0A\x01!", 9), event;
	static const char *const events[] = { "hi", "", "!" };
	for (size_t i = 0; i < ARRAY_LENGTH(events); i++) {
		assert_int_equal(batch_next(&rest, &event), OK);
		assert_true(bytes_are(event, events[i]));
	}
	assert_int_equal(batch_next(&rest, &event), ERR_NOT_FOUND);
	static const char *const wrong[] = { "\x0A", "\x12\x01!", "\x08\x01", "\x0A\x02!", "\x80",
		"\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01!" };
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
		rest = bytes_of_string(wrong[i]);
		assert_int_equal(batch_next(&rest, &event), ERR_INVALID);
		assert_int_equal(rest.length, strlen(wrong[i]));
	}
}

static void a_record_is_written_with_its_event(void **state)
{
	(void)state;
	struct record_view record = {
		.seq = UINT64_C(1) << 40,
		.recorded_us = 1,
		.partner = bytes_of_string("isd"),
		.event = event_sample(schema_of(EVENT_JOB_STARTED), SAMPLE_ALL),
	};
	struct text out = { 0 };
	struct bytes fields[5] = { 0 }, bytes = { 0 };
	uint64_t value, seq = 0;
	unsigned number;
	unsigned wire;
	assert_int_equal(record_encode(&record, &arena, &out), OK);
	struct bytes rest = text_bytes(&out);
	while (field_take(&rest, &number, &wire, &value, &bytes)) {
		assert_in_range(number, 1, 4);
		fields[number] = bytes;
		seq = number == 1 ? value : seq;
	}
	assert_true(seq == record.seq);
	assert_true(bytes_are(fields[2], "1970-01-01T00:00:00.000001Z"));
	assert_true(bytes_are(fields[3], "isd"));
	assert_true(bytes_equal(fields[4], encoded(&record.event, ENVELOPE_WHOLE)));
	text_release(&out);
}

static void a_result_is_written_with_its_rejections(void **state)
{
	(void)state;
	static const struct rejection rejections[] = {
		{ REJECTION_BAD_VALUE, 7, { (const uint8_t *)"e7", 2 }, "rung", "must be less" },
		{ REJECTION_BAD_SYNTAX, 300, { NULL, 0 }, "", "must be an object" },
	};
	struct ingest_result result = { 3, 1, rejections, 2, 4711 };
	struct text out = { 0 };
	uint64_t value, numbers[5] = { 0 }, index[2] = { 0 };
	struct bytes bytes, inner, texts[2][6] = { 0 };
	unsigned number;
	unsigned wire;
	size_t rows = 0;
	assert_int_equal(result_encode(&result, &arena, &out), OK);
	struct bytes rest = text_bytes(&out);
	while (field_take(&rest, &number, &wire, &value, &bytes)) {
		assert_in_range(number, 1, 4);
		numbers[number] = value;
		if (number != 3)
			continue;
		while (field_take(&bytes, &number, &wire, &value, &inner)) {
			if (number == 1)
				index[rows] = value;
			else
				texts[rows][number] = inner;
		}
		rows++;
	}
	assert_true(numbers[1] == 3 && numbers[2] == 1 && numbers[4] == 4711);
	assert_int_equal(rows, 2);
	assert_true(index[0] == 7 && index[1] == 300);
	assert_true(bytes_are(texts[0][2], "e7") && bytes_are(texts[0][3], "bad_value"));
	assert_true(bytes_are(texts[0][4], "rung") && bytes_are(texts[0][5], "must be less"));
	assert_null(texts[1][2].data);
	assert_true(bytes_are(texts[1][3], "bad_syntax"));
	text_release(&out);
}

/* However small the arena is: ERR_FULL until there is room, never anything else. */
static void a_full_arena_is_said_everywhere(void **state)
{
	(void)state;
	struct event event = event_sample(schema_of(EVENT_INTAKE_DONE), SAMPLE_ALL), back;
	struct record_view record = { .seq = 1, .partner = event.id, .event = event };
	struct bytes whole = encoded(&event, ENVELOPE_WHOLE), out;
	struct bytes stored = encoded(&event, ENVELOPE_STORED);
	size_t refused[4] = { 0 };
	for (size_t size = 16; size < 4096; size += 16) {
		struct arena small;
		struct raw_event raw;
		struct text text = { 0 };
		assert_int_equal(arena_init(&small, size), OK);
		enum err errs[4];
		errs[0] = event_encode(&event, ENVELOPE_WHOLE, &small, &out);
		arena_reset(&small);
		errs[1] = event_decode(whole, &small, &raw);
		arena_reset(&small);
		errs[2] = event_read_stored(stored, &small, &back);
		arena_reset(&small);
		errs[3] = record_encode(&record, &small, &text);
		text_release(&text);
		arena_release(&small);
		for (size_t i = 0; i < ARRAY_LENGTH(errs); i++) {
			assert_true(errs[i] == OK || errs[i] == ERR_FULL);
			/* Once there is room there is room. */
			assert_true(errs[i] == OK || refused[i] == size / 16 - 1);
			refused[i] += errs[i] == ERR_FULL;
		}
	}
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++)
		assert_in_range(refused[i], 5, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_event_of_every_type_is_read_back_as_it_was, arena_empty),
		cmocka_unit_test_setup(the_stored_form_lacks_what_the_header_has, arena_empty),
		cmocka_unit_test_setup(
			canonical_fields_stand_in_the_order_of_their_numbers, arena_empty),
		cmocka_unit_test_setup(
			json_and_protobuf_of_every_type_are_the_same_event, arena_empty),
		cmocka_unit_test_setup(protobuf_that_is_not_canonical_is_packed_again, arena_empty),
		cmocka_unit_test_setup(the_last_of_two_bodies_counts, arena_empty),
		cmocka_unit_test_setup(a_body_in_pieces_is_put_together, arena_empty),
		cmocka_unit_test_setup(domains_are_one_set_however_they_are_packed, arena_empty),
		cmocka_unit_test_setup(a_wrong_value_is_seen_whole, arena_empty),
		cmocka_unit_test_setup(an_unknown_field_of_the_envelope_is_seen, arena_empty),
		cmocka_unit_test_setup(
			an_identifier_with_a_nul_is_refused_in_every_place, arena_empty),
		cmocka_unit_test_setup(bytes_that_are_no_event_are_refused, arena_empty),
		cmocka_unit_test_setup(what_was_not_written_is_not_read_as_stored, arena_empty),
		cmocka_unit_test_setup(varints_are_read_back, arena_empty),
		cmocka_unit_test_setup(a_batch_is_cut_into_its_events, arena_empty),
		cmocka_unit_test_setup(a_record_is_written_with_its_event, arena_empty),
		cmocka_unit_test_setup(a_result_is_written_with_its_rejections, arena_empty),
		cmocka_unit_test_setup(a_full_arena_is_said_everywhere, arena_empty),
	};
	return cmocka_run_group_tests(tests, arena_make, arena_drop);
}
