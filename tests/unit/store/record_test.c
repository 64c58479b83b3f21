/*
 * tests/unit/store/record_test.c - how one record lies in the log.
 */
#include "base/check.h"
#include "store/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define BODY      "the body"
#define SIZE      (RECORD_HEADER_SIZE + sizeof(BODY) - 1)
#define EVERY_BIT 0xFFFFFFFFFFFFFFFF

static const struct record rows[] = {
	{ .seq = 1, .type = EVENT_REPORT_PUBLISHED, .body = { (const uint8_t *)"", 0 } },
	{
		.seq = EVERY_BIT,
		.recorded_us = INT64_MAX,
		.withdraws = EVERY_BIT,
		.person = UINT32_MAX,
		.day = INT32_MAX,
		.partner = UINT16_MAX,
		.municipality = 9999,
		.type = EVENT_PERSON_REGISTERED,
		.correction = true,
		.body = { (const uint8_t *)BODY, sizeof(BODY) - 1 },
	},
	{
		.seq = 0x0102030405060708,
		.recorded_us = INT64_MIN,
		.withdraws = 0x1112131415161718,
		.person = 0x21222324,
		.day = INT32_MIN,
		.partner = 0x3132,
		.municipality = 823,
		.type = EVENT_JOB_STARTED,
		.body = { (const uint8_t *)BODY, sizeof(BODY) - 1 },
	},
};

static struct bytes write(const struct record *record, uint8_t out[SIZE])
{
	record_header_write(record, out);
	if (record->body.length > 0)
		memcpy(out + RECORD_HEADER_SIZE, record->body.data, record->body.length);
	return bytes_of(out, RECORD_HEADER_SIZE + record->body.length);
}

static void a_record_is_read_back_as_it_was(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		uint8_t space[SIZE];
		struct record back;
		struct bytes bytes = write(&rows[i], space);
		assert_int_equal(record_read(rows[i].seq, bytes, &back), OK);
		assert_true(back.seq == rows[i].seq && back.recorded_us == rows[i].recorded_us);
		assert_true(back.withdraws == rows[i].withdraws && back.person == rows[i].person);
		assert_int_equal(back.day, rows[i].day);
		assert_int_equal(back.partner, rows[i].partner);
		assert_int_equal(back.municipality, rows[i].municipality);
		assert_int_equal(back.type, rows[i].type);
		assert_int_equal(back.correction, rows[i].correction);
		assert_true(bytes_equal(back.body, rows[i].body));
		assert_ptr_equal(back.body.data, space + RECORD_HEADER_SIZE);
	}
}

/* The log is read by programs to come: its bytes are fixed. */
static void integers_are_little_endian_at_their_places(void **state)
{
	(void)state;
	static const uint8_t expected[32] = { 1, EVENT_JOB_STARTED, 0x32, 0x31, 0x37, 0x03, 0, 0,
		0x24, 0x23, 0x22, 0x21, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x18, 0x17, 0x16,
		0x15, 0x14, 0x13, 0x12, 0x11 };
	uint8_t space[SIZE];
	write(&rows[2], space);
	assert_memory_equal(space, expected, sizeof(expected));
}

static void any_flipped_bit_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		uint8_t space[SIZE];
		struct record back;
		struct bytes bytes = write(&rows[i], space);
		for (size_t bit = 0; bit < bytes.length * 8; bit++) {
			space[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_equal(record_read(rows[i].seq, bytes, &back), ERR_CORRUPT);
			space[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_int_equal(record_read(rows[i].seq, bytes, &back), OK);
	}
}

static void a_record_cut_short_or_grown_is_found(void **state)
{
	(void)state;
	uint8_t space[SIZE + 1] = { 0 };
	struct record back;
	write(&rows[1], space);
	for (size_t length = 0; length <= SIZE + 1; length++)
		assert_int_equal(record_read(rows[1].seq, bytes_of(space, length), &back),
			length == SIZE ? OK : ERR_CORRUPT);
}

static void a_record_under_another_seq_is_found(void **state)
{
	(void)state;
	uint8_t space[SIZE];
	struct record back;
	struct bytes bytes = write(&rows[2], space);
	assert_int_equal(record_read(rows[2].seq + 1, bytes, &back), ERR_CORRUPT);
	assert_int_equal(record_read(0, bytes, &back), ERR_CORRUPT);
}

static void a_type_that_there_is_not_is_found(void **state)
{
	(void)state;
	uint8_t space[SIZE];
	struct record record = rows[2], back;
	record.type = (enum event_type)9;
	struct bytes bytes = write(&record, space);
	assert_int_equal(record_read(record.seq, bytes, &back), ERR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_read_back_as_it_was),
		cmocka_unit_test(integers_are_little_endian_at_their_places),
		cmocka_unit_test(any_flipped_bit_is_found),
		cmocka_unit_test(a_record_cut_short_or_grown_is_found),
		cmocka_unit_test(a_record_under_another_seq_is_found),
		cmocka_unit_test(a_type_that_there_is_not_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
