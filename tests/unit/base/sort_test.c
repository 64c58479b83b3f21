/*
 * tests/unit/base/sort_test.c - numbers in order.
 */
#include "base/check.h"
#include "base/sort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define MOST 400

/* The same sequence in each run. */
static uint64_t next(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 20;
}

/* How often a number is among them. */
static size_t times(const uint64_t *numbers, size_t count, uint64_t number)
{
	size_t found = 0;
	for (size_t i = 0; i < count; i++)
		found += numbers[i] == number;
	return found;
}

static void any_number_of_any_numbers_comes_in_order(void **state)
{
	uint64_t seed = 1;
	(void)state;
	for (size_t count = 0; count <= MOST; count += count < 40 ? 1 : 90) {
		for (uint64_t range = 1; range < 5000; range *= 7) {
			uint64_t numbers[MOST], before[MOST];
			size_t distinct = 0;
			for (size_t i = 0; i < count; i++) {
				before[i] = numbers[i] = next(&seed) % range;
				distinct += times(before, i, before[i]) == 0;
			}
			sort_numbers(numbers, count);
			for (size_t i = 0; i < count; i++) {
				assert_true(i == 0 || numbers[i - 1] <= numbers[i]);
				assert_int_equal(times(numbers, count, before[i]),
					times(before, count, before[i]));
			}
			assert_int_equal(sorted_distinct(numbers, count), distinct);
		}
	}
}

static void what_is_in_order_or_in_reverse_comes_in_order(void **state)
{
	uint64_t numbers[MOST];
	(void)state;
	for (size_t i = 0; i < MOST; i++)
		numbers[i] = MOST - i;
	for (unsigned round = 0; round < 2; round++) {
		sort_numbers(numbers, MOST);
		for (size_t i = 0; i < MOST; i++)
			assert_int_equal(numbers[i], i + 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_number_of_any_numbers_comes_in_order),
		cmocka_unit_test(what_is_in_order_or_in_reverse_comes_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
