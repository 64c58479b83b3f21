/*
 * tests/unit/proto/canonical_test.c - what is read by hand is what protobuf-c reads; events are
 * written in the one form that both read.
 */
#include "proto/canonical.h"

#include "tests/unit/arena_fixture.h"
#include "tests/unit/event_samples.h"
#include "tests/unit/store_memory.h"

static bool raws_equal(const struct raw *a, const struct raw *b)
{
	bool equal = a->kind == b->kind && a->integer == b->integer &&
		     bytes_equal(a->text, b->text) && a->item_count == b->item_count;
	for (size_t i = 0; equal && i < a->item_count; i++)
		equal = raws_equal(&a->items[i], &b->items[i]);
	return equal;
}

/* True: it was read by hand, and protobuf-c says the same. */
static bool is_canonical(struct bytes bytes)
{
	struct raw_event raw, unpacked;
	size_t mark = arena.used;
	bool canonical = event_read_canonical(bytes, &arena, &raw);
	if (canonical) {
		assert_int_equal(event_unpack(bytes, &arena, &unpacked), OK);
		assert_false(unpacked.has_unknown);
		assert_false(raw.has_unknown);
		assert_int_equal(unpacked.body_count, raw.body_count);
		assert_ptr_equal(unpacked.schema, raw.schema);
		for (size_t i = 0; i < ENVELOPE_COUNT; i++)
			assert_true(raws_equal(&raw.envelope[i], &unpacked.envelope[i]));
		for (size_t i = 0; i < EVENT_VALUES_MAX; i++)
			assert_true(raws_equal(&raw.fields[i], &unpacked.fields[i]));
	}
	arena_rewind(&arena, mark);
	return canonical;
}

static struct bytes sample_bytes(const struct schema *schema, enum sample sample)
{
	struct event event = event_sample(schema, sample);
	struct bytes bytes;
	assert_int_equal(event_encode(&event, ENVELOPE_WHOLE, &arena, &bytes), OK);
	return bytes;
}

static void what_is_written_is_read_by_hand(void **state)
{
	(void)state;
	size_t count;
	const struct schema *schemas = schema_all(&count);
	for (size_t i = 0; i < count; i++) {
		assert_true(is_canonical(sample_bytes(&schemas[i], SAMPLE_REQUIRED)));
		assert_true(is_canonical(sample_bytes(&schemas[i], SAMPLE_ALL)));
	}
}

/* Every prefix, and many changes of a byte or two, of every sample. */
static void what_was_changed_is_left_alone_or_read_alike(void **state)
{
	(void)state;
	struct chance chance = chance_new();
	size_t count, alike = 0;
	const struct schema *schemas = schema_all(&count);
	for (size_t i = 0; i < count; i++) {
		struct bytes whole = sample_bytes(&schemas[i], SAMPLE_ALL);
		uint8_t changed[700];
		assert_true(whole.length < sizeof(changed));
		for (size_t length = 0; length < whole.length; length++)
			assert_false(is_canonical(bytes_of(whole.data, length)));
		for (size_t round = 0; round < 3000; round++) {
			memcpy(changed, whole.data, whole.length);
			for (uint64_t flips = 1 + chance_below(&chance, 2); flips > 0; flips--)
				changed[chance_below(&chance, whole.length)] =
					(uint8_t)chance_below(&chance, 256);
			alike += is_canonical(bytes_of(changed, whole.length));
		}
		arena_reset(&arena);
	}
	assert_true(alike > 1000);
}

/* Right protobuf, but not in the one form: protobuf-c decides. */
static void another_form_is_left_to_protobuf_c(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t length;
		bool canonical;
	} rows[] = {
		{ "\x0A\x01"
		  "e"
		  "\xB2\x01\x00",
			6, true }, /* plan_signed */
		{ "\xB2\x01\x00\x0A\x01"
		  "e",
			6, false }, /* the id comes last */
		{ "\x0A\x01"
		  "e\x0A\x01"
		  "f\xB2\x01\x00",
			9, false }, /* the id twice */
		{ "\x0A\x81\x00"
		  "e\xB2\x01\x00",
			7, false }, /* a length in two bytes */
		{ "\x0A\x01"
		  "e\xB2\x01\x02\x08\x02",
			8, false }, /* true is 2 */
		{ "\x0A\x01"
		  "e\xB2\x01\x02\x08\x01",
			8, true },
		{ "\x0A\x01"
		  "e\xB2\x01\x02\x38\x01",
			8, false }, /* an unknown field */
		{ "\x0A\x01"
		  "e\xB2\x01\x00\xB2\x01\x00",
			9, false }, /* two bodies */
		{ "\x0A\x01"
		  "e",
			3, false }, /* none */
		{ "", 0, false },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (is_canonical(bytes_of(rows[i].bytes, rows[i].length)) != rows[i].canonical)
			fail_msg("row %zu", i);
	}
}

/* What a batch may take of its arena is counted with one reading of each event. */
static void what_is_left_to_protobuf_c_takes_no_more_memory(void **state)
{
	(void)state;
	/* An IntakeDone of two domains, and in it a field 15. */
	static const uint8_t intake[] = { 0x0A, 1, 'e', 0xAA, 0x01, 6, 8, 1, 8, 2, 0x78, 1 };
	const struct bytes bytes = bytes_of(intake, sizeof(intake));
	struct raw_event raw;
	size_t mark = arena.used;
	assert_int_equal(event_unpack(bytes, &arena, &raw), OK);
	assert_true(raw.has_unknown);
	assert_int_equal(raw.fields[0].item_count, 2);
	size_t taken = arena.used - mark;
	arena_rewind(&arena, mark);
	assert_int_equal(event_decode(bytes, &arena, &raw), OK);
	assert_true(raw.has_unknown);
	assert_int_equal(arena.used - mark, taken);
	arena_rewind(&arena, mark);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_by_hand),
		cmocka_unit_test(what_was_changed_is_left_alone_or_read_alike),
		cmocka_unit_test(another_form_is_left_to_protobuf_c),
		cmocka_unit_test(what_is_left_to_protobuf_c_takes_no_more_memory),
	};
	return cmocka_run_group_tests(tests, arena_make, arena_drop);
}
