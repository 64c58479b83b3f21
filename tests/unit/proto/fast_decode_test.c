/*
 * tests/unit/proto/fast_decode_test.c - the quick reader of stored events against the whole one.
 */
#include "proto/fast_decode.h"
#include "tests/unit/arena_fixture.h"
#include "tests/unit/event_samples.h"
#include "tests/unit/store_memory.h"

static struct bytes stored(const struct event *event)
{
	struct bytes out;
	assert_int_equal(event_encode(event, ENVELOPE_STORED, &arena, &out), OK);
	return out;
}

/* What a glance says, event_read_stored() says too. Returns whether it said anything. */
static bool fast_decode_agrees(struct bytes bytes)
{
	struct event fast, read;
	if (!event_decode_fast(bytes, &fast))
		return false;
	assert_int_equal(event_read_stored(bytes, &arena, &read), OK);
	assert_true(events_equal(&fast, &read));
	return true;
}

static void an_event_of_every_type_is_decoded_fast(void **state)
{
	(void)state;
	size_t count;
	const struct schema *schemas = schema_all(&count);
	for (size_t i = 0; i < 2 * count; i++) {
		struct event event =
			event_sample(&schemas[i / 2], i % 2 == 0 ? SAMPLE_REQUIRED : SAMPLE_ALL);
		arena_reset(&arena);
		if (!fast_decode_agrees(stored(&event)))
			fail_msg("%s", schemas[i / 2].name);
	}
}

/* A value that the field may have, or that is absent. */
static struct value random_value(struct chance *chance, const struct field *field)
{
	static const char *const texts[] = { "a", "2026-03-02a", "0191f0c5-7b1e-7cc0-8000-0123" };
	struct value value = { .present = chance_below(chance, 4) != 0 };
	if (!value.present)
		return value;
	switch (field->kind) {
	case FIELD_INTEGER:
		value.number = (int32_t)chance_below(chance, (uint64_t)field->max + 1);
		break;
	case FIELD_BOOL:
		value.number = (int32_t)chance_below(chance, 2);
		break;
	case FIELD_ENUM:
		value.number =
			1 + (int32_t)chance_below(chance, (uint64_t)field->enumeration->count);
		break;
	case FIELD_ENUM_SET:
		value.number = (int32_t)chance_below(chance, 1023) * 2 + 2;
		break;
	case FIELD_IDENTIFIER:
		value.text = bytes_of_string(texts[chance_below(chance, ARRAY_LENGTH(texts))]);
		break;
	case FIELD_DATE:
		value.number = 7305 + (int32_t)chance_below(chance, 20000);
		break;
	}
	return value;
}

static struct event random_event(struct chance *chance)
{
	size_t count;
	const struct schema *schemas = schema_all(&count);
	const struct schema *schema = &schemas[chance_below(chance, count)];
	struct event event = event_sample(schema, SAMPLE_ALL);
	if (chance_below(chance, 2) == 0)
		event.key = bytes_of(NULL, 0);
	for (size_t i = 0; i < schema->field_count; i++)
		event.values[i] = random_value(chance, &schema->fields[i]);
	/* These are not in the stored form. */
	event.day = 0;
	event.municipality = 0;
	event.subject = bytes_of(NULL, 0);
	return event;
}

static void random_events_are_decoded_fast_as_they_were(void **state)
{
	(void)state;
	struct chance chance = chance_new();
	for (int i = 0; i < 20000; i++) {
		struct event fast, event = random_event(&chance);
		arena_reset(&arena);
		struct bytes bytes = stored(&event);
		assert_true(event_decode_fast(bytes, &fast));
		assert_true(events_equal(&fast, &event));
	}
}

static void damaged_events_are_never_read_otherwise_than_as_a_whole(void **state)
{
	(void)state;
	struct chance chance = chance_new();
	uint8_t damaged[512];
	size_t read = 0, left = 0;
	for (int i = 0; i < 200000; i++) {
		struct event event = random_event(&chance);
		arena_reset(&arena);
		struct bytes bytes = stored(&event);
		assert_true(bytes.length + 1 < sizeof(damaged));
		memcpy(damaged, bytes.data, bytes.length);
		size_t length = bytes.length;
		for (uint64_t changes = 1 + chance_below(&chance, 3); changes > 0; changes--) {
			size_t at = chance_below(&chance, length);
			damaged[at] =
				(uint8_t)(chance_below(&chance, 2) == 0
						  ? damaged[at] ^ 1 << chance_below(&chance, 8)
						  : (int)chance_below(&chance, 256));
		}
		if (chance_below(&chance, 8) == 0)
			length = chance_below(&chance, length) + 1;
		if (fast_decode_agrees(bytes_of(damaged, length)))
			read++;
		else
			left++;
	}
	/* Both happen, or the test says nothing. */
	assert_true(read > 1000 && left > 1000);
}

/* Right, but not as event_encode() writes it; or wrong. */
static void other_forms_are_left_to_the_whole_reader(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t length;
	} rows[] = {
#define ROW(bytes) { bytes, sizeof(bytes) - 1 }
		ROW(""),
		ROW("\x0A\x01"
		    "e"), /* no body */
		ROW("\x0A\x01"
		    "e\x62"), /* a tag and no length */
		ROW("\x0A\x01"
		    "e\x62\x01"), /* a body cut off */
		ROW("\x62\x00\x0A\x01"
		    "e"),                 /* the body first */
		ROW("\x62\x00"),          /* no id */
		ROW("\x0A\x00\x62\x00"),  /* an empty id */
		ROW("\x0A\x01 \x62\x00"), /* no identifier */
		ROW("\x0A\x01"
		    "e\x12\x01/\x62\x00"), /* nor the key */
		ROW("\x0A\x01"
		    "e\x1A\x01p\x62\x00"), /* a subject */
		ROW("\x0A\x01"
		    "e\x62\x00\x62\x00"), /* two bodies */
		ROW("\x0A\x01"
		    "e\x62\x02\x08\x01"), /* a field that is unknown */
		ROW("\x0A\x81\x00"
		    "e\x62\x00"), /* a long length */
		ROW("\x0A\x01"
		    "e\xFA\x01\x03\x08\x83\x00"), /* a long number */
		ROW("\x0A\x01"
		    "e\xFA\x01\x04\x08\x03\x08\x03"), /* a field twice */
		ROW("\x0A\x01"
		    "e\xA2\x02\x04\x10\x3C\x08\x01"), /* fields in another order */
		ROW("\x0A\x01"
		    "e\xAA\x01\x04\x08\x02\x08\x01"), /* a set in another order */
		ROW("\x0A\x01"
		    "e\xAA\x01\x02\x08\x0B"), /* no such member */
		ROW("\x0A\x01"
		    "e\x5A\x02\x08\x05"), /* no such value */
		ROW("\x0A\x01"
		    "e\xA2\x02\x02\x18\x02"), /* neither true nor false */
		ROW("\x0A\x01"
		    "e\xFA\x01\x06\x08\x80\x80\x80\x80\x08"), /* over 31 bits */
		ROW("\x0A\x01"
		    "e\xA2\x02\x0C\x12\x0A"
		    "2026-02-30"), /* no day */
#undef ROW
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct event event;
		if (event_decode_fast(bytes_of(rows[i].bytes, rows[i].length), &event))
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_of_every_type_is_decoded_fast),
		cmocka_unit_test(random_events_are_decoded_fast_as_they_were),
		cmocka_unit_test(damaged_events_are_never_read_otherwise_than_as_a_whole),
		cmocka_unit_test(other_forms_are_left_to_the_whole_reader),
	};
	return cmocka_run_group_tests(tests, arena_make, arena_drop);
}
