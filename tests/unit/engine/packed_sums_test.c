/*
 * tests/unit/engine/packed_sums_test.c - packed sums that are kept up, against a tally.
 */
#include "engine/packed_sums.h"

#include "base/check.h"
#include "tests/unit/store_memory.h"

static void add(struct tally *tally, uint16_t municipality, unsigned slot, int64_t units)
{
	struct adder adder = { tally, 1 };
	struct sink sink = tally_sink(&adder);
	sink_count(&sink, municipality, slot, units);
}

static int64_t counted(struct packed_part *packed, unsigned slot)
{
	struct part *part;
	assert_int_equal(packed_part_unpack(packed, &part), OK);
	int64_t count = part->counters[slot];
	part_free(part);
	return count;
}

static void a_part_that_changes_is_another_and_one_that_does_not_is_the_same(void **state)
{
	(void)state;
	struct packed_sums sums = { .count = 0 };
	struct tally *news;
	assert_int_equal(tally_new(&news), OK);
	add(news, 823, 0, 1);
	assert_int_equal(packed_sums_add(&sums, news), OK);
	assert_int_equal(sums.count, 2);
	assert_int_equal(news->used_count, 0);
	struct packed_part *shown = packed_part_hold(packed_sums_find(&sums, 823));
	struct packed_part *all = packed_sums_find(&sums, PART_ALL);
	assert_null(packed_sums_find(&sums, 824));

	add(news, 823, 0, -1);
	add(news, 823, 0, 1);
	assert_int_equal(packed_sums_add(&sums, news), OK);
	assert_ptr_equal(packed_sums_find(&sums, 823), shown);
	assert_ptr_equal(packed_sums_find(&sums, PART_ALL), all);

	add(news, 823, 0, 1);
	assert_int_equal(packed_sums_add(&sums, news), OK);
	assert_ptr_not_equal(packed_sums_find(&sums, 823), shown);
	assert_int_equal(counted(packed_sums_find(&sums, 823), 0), 2);
	assert_int_equal(counted(packed_sums_find(&sums, PART_ALL), 0), 2);
	assert_int_equal(counted(shown, 0), 1);
	packed_part_drop(shown);
	packed_sums_release(&sums);
	tally_free(news);
}

/* Adds the same at random to both. */
static void add_random(struct chance *chance, struct tally *a, struct tally *b)
{
	struct adder to_a = { a, 1 }, to_b = { b, 1 };
	const struct sink sinks[] = { tally_sink(&to_a), tally_sink(&to_b) };
	uint16_t municipality = (uint16_t)chance_below(chance, 5);
	bool histogram = chance_below(chance, 3) != 0;
	unsigned slot = (unsigned)chance_below(
		chance, histogram ? registry_histograms() : registry_counters());
	int32_t at = histogram ? (int32_t)chance_below(chance, 40) : 0;
	int64_t units = (int64_t)chance_below(chance, 5) - 2;
	for (size_t i = 0; i < ARRAY_LENGTH(sinks); i++)
		sinks[i].add(sinks[i].context, municipality == 0 ? PART_ALL : municipality,
			histogram, slot, at, units);
}

static bool are_equal(const struct packed_sums *a, const struct packed_sums *b)
{
	bool equal;
	assert_int_equal(packed_sums_compare(a, b, &equal), OK);
	return equal;
}

static void sums_that_are_kept_up_are_those_that_are_added_at_once(void **state)
{
	(void)state;
	struct chance chance = chance_new();
	for (int round = 0; round < 50; round++) {
		struct packed_sums sums = { .count = 0 }, at_once = { .count = 0 };
		struct tally *news, *all;
		assert_int_equal(tally_new(&news), OK);
		assert_int_equal(tally_new(&all), OK);
		for (int i = 0; i < 400; i++) {
			add_random(&chance, news, all);
			if (chance_below(&chance, 50) == 0)
				assert_int_equal(packed_sums_add(&sums, news), OK);
		}
		assert_int_equal(packed_sums_add(&sums, news), OK);
		assert_int_equal(packed_sums_add(&at_once, all), OK);
		assert_true(are_equal(&sums, &at_once));
		add(news, 3, 7, 1);
		assert_int_equal(packed_sums_add(&sums, news), OK);
		assert_false(are_equal(&sums, &at_once));
		assert_false(are_equal(&at_once, &sums));
		packed_sums_release(&sums);
		packed_sums_release(&at_once);
		tally_free(news);
		tally_free(all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_part_that_changes_is_another_and_one_that_does_not_is_the_same),
		cmocka_unit_test(sums_that_are_kept_up_are_those_that_are_added_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
