/*
 * tests/fuzz/record.c - any bytes as a record of the log, and its body as a stored
 * event: a damaged store never crashes who reads it, and the quick reader says what the
 * whole one says.
 */
#include "proto/fast_decode.h"
#include "store/record.h"
#include "tests/fuzz/property.h"

/* What was read is written and read again as itself, and can be printed. */
static void check_stored(struct bytes body)
{
	static _Alignas(16) uint8_t memory[1 << 18];
	struct arena arena = { .memory = memory, .size = sizeof(memory) };
	struct event event, again;
	struct bytes stored;
	struct text json = { 0 };
	enum err err = event_read_stored(body, &arena, &event);
	CHECK(err == OK || err == ERR_CORRUPT || err == ERR_FULL);
	if (event_decode_fast(body, &again))
		CHECK(err == OK && events_equal(&event, &again));
	if (err == OK) {
		CHECK(event_encode(&event, ENVELOPE_STORED, &arena, &stored) == OK);
		CHECK(event_decode_fast(stored, &again) && events_equal(&event, &again));
		CHECK(event_read_stored(stored, &arena, &again) == OK);
		CHECK(events_equal(&event, &again));
		event_print_json(&event, &json);
	}
	text_release(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record record;
	if (size < RECORD_HEADER_SIZE)
		return 0;
	struct bytes body = bytes_of(data + RECORD_HEADER_SIZE, size - RECORD_HEADER_SIZE);
	if (record_read(1, bytes_of(data, size), &record) == OK) {
		uint8_t header[RECORD_HEADER_SIZE];
		struct record again;
		CHECK(bytes_equal(record.body, body));
		record_header_write(&record, header);
		CHECK(record_read(1, bytes_of(data, size), &again) == OK);
	}
	/* Also when the checksum does not hold, which it hardly ever does. */
	check_stored(body);
	return 0;
}
