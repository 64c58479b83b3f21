/*
 * tests/fuzz/log_message.c - any bytes as what a follower reads of /v1/log: a record that is taken
 * is written again as a record that is read as the same.
 */
#include "proto/log_message.h"
#include "tests/fuzz/property.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static _Alignas(16) uint8_t memory[1 << 20];
	struct arena arena = { .memory = memory, .size = sizeof(memory) };
	struct log_message message, again;
	struct text once = { 0 }, twice = { 0 };
	CHECK(zone_set("Europe/Amsterdam") == OK);
	enum err err = log_message_decode(bytes_of(data, size), &arena, &message);
	CHECK(err == OK || err == ERR_CORRUPT || err == ERR_FULL);
	if (err != OK || message.is_mark)
		return 0;
	CHECK(record_encode(&message.view, &arena, &once) == OK);
	CHECK(log_message_decode(text_bytes(&once), &arena, &again) == OK);
	CHECK(record_encode(&again.view, &arena, &twice) == OK);
	CHECK(bytes_equal(text_bytes(&once), text_bytes(&twice)));
	record_print_json(&message.view, &twice);
	text_release(&once);
	text_release(&twice);
	return 0;
}
