/*
 * tests/unit/engine/quality_test.c - many records counted at once are the same sums as each
 * added by itself, whatever the delay.
 */
#include "engine/quality.h"

#include "tests/unit/store_memory.h"

static struct record record_of(uint16_t municipality, bool correction, int32_t delay)
{
	return (struct record){
		.municipality = municipality,
		.correction = correction,
		.recorded_us = STORE_NOW_US,
		.day = STORE_TODAY - delay,
	};
}

/* Delays before and behind those that are counted in an array, on both borders. */
static void counted_at_once_is_added_one_by_one(void **state)
{
	(void)state;
	static const int32_t delays[] = { -2, -1, 0, 1, 91, 2045, 2046, 2047, 2048, 12000 };
	static const uint16_t municipalities[] = { 0, 823, 9999 };
	struct tally *together, *singly;
	struct quality *quality;
	assert_int_equal(zone_set("Europe/Amsterdam"), OK);
	assert_int_equal(tally_new(&together), OK);
	assert_int_equal(tally_new(&singly), OK);
	assert_int_equal(quality_new(together, 1, &quality), OK);
	struct adder adder = { singly, 1 };
	struct sink sink = tally_sink(&adder);
	sink = registry_sink(&sink, &indicator_data_quality);
	for (size_t i = 0; i < ARRAY_LENGTH(delays); i++) {
		for (size_t j = 0; j < ARRAY_LENGTH(municipalities); j++) {
			bool correction = (i + j) % 4 == 0;
			struct record record = record_of(municipalities[j], correction, delays[i]);
			const struct reported reported = {
				.correction = correction,
				.delay_days = delays[i],
			};
			for (size_t times = 0; times <= j; times++) {
				quality_count(quality, &record);
				data_quality_records(&sink, municipalities[j], &reported, 1);
			}
		}
	}
	assert_int_equal(quality_end(quality), OK);
	assert_true(together->used_count == ARRAY_LENGTH(municipalities) + 1);
	assert_true(tally_equal(together, singly));

	/* Subtracted again nothing is left. */
	struct tally *nothing;
	assert_int_equal(tally_new(&nothing), OK);
	assert_false(tally_equal(together, nothing));
	assert_int_equal(quality_new(together, -1, &quality), OK);
	for (size_t i = 0; i < ARRAY_LENGTH(delays); i++) {
		for (size_t j = 0; j < ARRAY_LENGTH(municipalities); j++) {
			struct record record =
				record_of(municipalities[j], (i + j) % 4 == 0, delays[i]);
			for (size_t times = 0; times <= j; times++)
				quality_count(quality, &record);
		}
	}
	assert_int_equal(quality_end(quality), OK);
	assert_true(tally_equal(together, nothing));
	assert_int_equal(quality_end(NULL), OK);
	tally_free(nothing);
	tally_free(together);
	tally_free(singly);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counted_at_once_is_added_one_by_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
