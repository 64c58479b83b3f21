/*
 * tests/unit/engine/packed_test.c - sums in few bytes and back.
 */
#include "engine/packed.h"

#include "base/check.h"
#include "tests/unit/store_memory.h"

static struct tally *tally_random(struct chance *chance, int rounds)
{
	static const int64_t units[] = { 1, -1, 27720, INT64_MAX / 4, INT64_MIN / 4 };
	static const int32_t ats[] = { 0, -1, 1, 1460, INT32_MAX, INT32_MIN };
	struct tally *tally;
	assert_int_equal(tally_new(&tally), OK);
	struct adder adder = { tally, 1 };
	struct sink sink = tally_sink(&adder);
	sink.add(sink.context, 823, false, 0, 0, 1);
	for (int i = 0; i < rounds; i++) {
		bool histogram = chance_below(chance, 3) != 0;
		unsigned places = histogram ? registry_histograms() : registry_counters();
		int32_t at = chance_below(chance, 8) == 0
				     ? ats[chance_below(chance, ARRAY_LENGTH(ats))]
				     : (int32_t)chance_below(chance, 3000);
		int64_t count = chance_below(chance, 8) == 0
					? units[chance_below(chance, ARRAY_LENGTH(units))]
					: (int64_t)chance_below(chance, 50);
		sink.add(sink.context, 823, histogram, (unsigned)chance_below(chance, places),
			histogram ? at : 0, count);
	}
	return tally;
}

static void a_part_is_unpacked_as_it_was(void **state)
{
	(void)state;
	struct chance chance = chance_new();
	for (int round = 0; round < 200; round++) {
		struct tally *tally = tally_random(&chance, round * 5);
		struct packed packed, again;
		struct part *part;
		assert_int_equal(part_pack(tally_part(tally, 823), &packed), OK);
		assert_int_equal(part_unpack(&packed, 823, &part), OK);
		assert_int_equal(part->municipality, 823);
		assert_true(part_equal(part, tally_part(tally, 823)));
		assert_int_equal(part_pack(part, &again), OK);
		assert_true(bytes_equal(
			bytes_of(packed.data, packed.length), bytes_of(again.data, again.length)));
		part_free(part);
		packed_release(&packed);
		packed_release(&again);
		tally_free(tally);
	}
}

static void no_part_is_none_again(void **state)
{
	(void)state;
	struct packed packed;
	struct part *part;
	assert_int_equal(part_pack(NULL, &packed), OK);
	assert_int_equal(packed.length, 0);
	assert_int_equal(part_unpack(&packed, 823, &part), OK);
	assert_null(part);
	packed_release(&packed);
}

static void what_is_cut_off_or_too_long_is_refused(void **state)
{
	(void)state;
	struct chance chance = chance_new();
	struct tally *tally = tally_random(&chance, 300);
	struct packed packed;
	struct part *part = NULL;
	assert_int_equal(part_pack(tally_part(tally, 823), &packed), OK);
	for (size_t length = 0; length < packed.length; length++) {
		struct packed cut = { .data = packed.data, .length = length };
		assert_int_equal(part_unpack(&cut, 823, &part), ERR_CORRUPT);
	}
	uint8_t *longer = calloc(1, packed.length + 1);
	assert_non_null(longer);
	memcpy(longer, packed.data, packed.length);
	struct packed more = { .data = longer, .length = packed.length + 1 };
	assert_int_equal(part_unpack(&more, 823, &part), ERR_CORRUPT);
	assert_null(part);
	free(longer);
	packed_release(&packed);
	tally_free(tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_part_is_unpacked_as_it_was),
		cmocka_unit_test(no_part_is_none_again),
		cmocka_unit_test(what_is_cut_off_or_too_long_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
