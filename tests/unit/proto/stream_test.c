/*
 * tests/unit/proto/stream_test.c - the two sides of the stream understand each other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"
#include "proto/stream.h"

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

/* The one message of `text`, without its length. */
static struct bytes message_of(const struct text *text)
{
	struct bytes rest = text_bytes(text);
	uint64_t length;
	assert_false(text->failed);
	assert_int_equal(varint_take(&rest, &length), OK);
	assert_int_equal(length, rest.length);
	return rest;
}

static void what_a_sender_says_is_what_the_daemon_reads(void **state)
{
	static const uint64_t numbers[] = { 0, 1, 127, 128, 1u << 20, UINT64_MAX };
	static const size_t lengths[] = { 0, 1, 100, 127, 128, 20000 };
	static uint8_t events[20000];
	struct arena arena;
	struct stream_request request;
	struct text said = { 0 };
	(void)state;
	assert_int_equal(arena_init(&arena, 65536), OK);
	stream_hello_add(bytes_of_string("a token"), &said);
	assert_int_equal(stream_request_read(message_of(&said), &arena, &request), OK);
	assert_int_equal(request.kind, STREAM_HELLO);
	assert_true(bytes_are(request.token, "a token"));
	assert_int_equal(request.protocol_version, STREAM_PROTOCOL_VERSION);

	said.length = 0;
	stream_ping_add(&said);
	assert_int_equal(stream_request_read(message_of(&said), &arena, &request), OK);
	assert_int_equal(request.kind, STREAM_PING);

	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
		/* One event that fills the batch: its tag, its length, zeroes. */
		struct text batch = { 0 };
		if (lengths[i] > 0) {
			text_add_char(&batch, 0x0A);
			varint_add(&batch, lengths[i]);
			text_add(&batch, bytes_of(events, lengths[i]));
		}
		said.length = 0;
		stream_batch_head_add(numbers[i], batch.length, &said);
		text_add(&said, text_bytes(&batch));
		assert_int_equal(stream_request_read(message_of(&said), &arena, &request), OK);
		assert_int_equal(request.kind, STREAM_BATCH);
		assert_int_equal(request.number, numbers[i]);
		assert_true(bytes_equal(request.events, text_bytes(&batch)));
		text_release(&batch);
	}
	text_release(&said);
	arena_release(&arena);
}

static void what_the_daemon_answers_is_what_a_sender_reads(void **state)
{
	const struct stream_limits limits = { 1u << 23, 10000, 64 };
	const struct ingest_result result = { .accepted = 3, .duplicates = 2, .last_seq = 5 };
	struct arena arena;
	struct stream_reply reply;
	struct text said = { 0 };
	(void)state;
	assert_int_equal(arena_init(&arena, 65536), OK);
	assert_int_equal(stream_welcome_add(&limits, &arena, &said), OK);
	assert_int_equal(stream_reply_read(message_of(&said), &reply), OK);
	assert_int_equal(reply.kind, STREAM_WELCOME);
	assert_int_equal(reply.protocol_version, STREAM_PROTOCOL_VERSION);
	assert_int_equal(reply.limits.message_bytes_max, limits.message_bytes_max);
	assert_int_equal(reply.limits.batch_events_max, limits.batch_events_max);
	assert_int_equal(reply.limits.pipelined_batches_max, limits.pipelined_batches_max);

	said.length = 0;
	assert_int_equal(stream_result_add(77, &result, &arena, &said), OK);
	assert_int_equal(stream_reply_read(message_of(&said), &reply), OK);
	assert_int_equal(reply.kind, STREAM_RESULT);
	assert_int_equal(reply.number, 77);
	assert_true(reply.result.length > 0);

	said.length = 0;
	assert_int_equal(stream_pong_add(&arena, &said), OK);
	assert_int_equal(stream_reply_read(message_of(&said), &reply), OK);
	assert_int_equal(reply.kind, STREAM_PONG);

	said.length = 0;
	assert_int_equal(stream_error_add("idle", "no message came", &arena, &said), OK);
	assert_int_equal(stream_reply_read(message_of(&said), &reply), OK);
	assert_int_equal(reply.kind, STREAM_ERROR);
	assert_true(bytes_are(reply.code, "idle"));
	assert_true(bytes_are(reply.message, "no message came"));
	text_release(&said);
	arena_release(&arena);
}

static void what_is_no_reply_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} wrong[] = {
		{ "", 0 },
		{ "\x0A", 1 },
		{ "\x0A\x05\x08", 3 },
		{ "\x2A\x00", 2 },         /* a fifth kind */
		{ "\x02\x00", 2 },         /* kind 0 */
		{ "\x08\x01", 2 },         /* a welcome that is a number */
		{ "\x1A\x00\x1A\x00", 4 }, /* two at once */
		{ "\x12\x01\x08", 3 },     /* a number that is missing */
		{ "\x12\x02\x0D\x00", 4 }, /* a wire type we do not have */
		{ "\x0A\x03\x12\x01\xFF", 5 },
	};
	struct stream_reply reply = { .kind = STREAM_PONG };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
		assert_int_equal(
			stream_reply_read(bytes_of(wrong[i].bytes, wrong[i].length), &reply),
			ERR_INVALID);
	/* A field of a later version is skipped. */
	assert_int_equal(stream_reply_read(bytes_of("\x12\x06\x08\x03\x4A\x02xy", 8), &reply), OK);
	assert_int_equal(reply.number, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_sender_says_is_what_the_daemon_reads),
		cmocka_unit_test(what_the_daemon_answers_is_what_a_sender_reads),
		cmocka_unit_test(what_is_no_reply_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
