/*
 * tests/fuzz/batch_protobuf.c - any bytes as a protobuf EventBatch; and as one Event, in
 * which what is read by hand must be what protobuf-c reads.
 */
#include "proto/canonical.h"
#include "tests/fuzz/property.h"

static bool raws_equal(const struct raw *a, const struct raw *b)
{
	bool equal = a->kind == b->kind && a->integer == b->integer &&
		     bytes_equal(a->text, b->text) && a->item_count == b->item_count;
	for (size_t i = 0; equal && i < a->item_count; i++)
		equal = raws_equal(&a->items[i], &b->items[i]);
	return equal;
}

/* Reading by hand says nothing, or the same as protobuf-c. */
static void check_canonical(struct bytes bytes)
{
	struct arena arena;
	struct raw_event raw, unpacked;
	CHECK(arena_init(&arena, (size_t)1 << 20) == OK);
	if (event_read_canonical(bytes, &arena, &raw)) {
		CHECK(event_unpack(bytes, &arena, &unpacked) == OK);
		CHECK(!unpacked.has_unknown && unpacked.body_count == raw.body_count &&
			unpacked.schema == raw.schema);
		for (size_t i = 0; i < ENVELOPE_COUNT; i++)
			CHECK(raws_equal(&raw.envelope[i], &unpacked.envelope[i]));
		for (size_t i = 0; i < EVENT_VALUES_MAX; i++)
			CHECK(raws_equal(&raw.fields[i], &unpacked.fields[i]));
	}
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = bytes_of(data, size), event;
	check_bytes(rest, BATCH_PROTOBUF);
	check_canonical(rest);
	while (batch_next(&rest, &event) == OK)
		check_canonical(event);
	return 0;
}
