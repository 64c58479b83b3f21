/*
 * tests/unit/daemon/server/arrivals_test.c - how many handshakes an address may ask for.
 */
#include "daemon/server/arrivals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bucket.h"
#include "base/date.h"

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define RATE 5

static const uint8_t one[ORIGIN_SIZE] = { 1 }, other[ORIGIN_SIZE] = { 2 };

static struct arrivals *begin(uint64_t per_second)
{
	struct arrivals *arrivals;
	assert_int_equal(arrivals_new(per_second, &arrivals), OK);
	return arrivals;
}

static size_t let_in(struct arrivals *arrivals, const uint8_t place[ORIGIN_SIZE], int64_t now_us)
{
	size_t count = 0;
	for (int i = 0; i < 1000; i++)
		count += arrivals_came(arrivals, place, now_us);
	return count;
}

static void so_many_a_second_of_each_address(void **state)
{
	struct arrivals *arrivals = begin(RATE);
	(void)state;
	assert_int_equal(let_in(arrivals, one, 0), RATE);
	assert_int_equal(let_in(arrivals, other, 0), RATE);
	assert_int_equal(let_in(arrivals, one, US_PER_SECOND / RATE), 1);
	assert_int_equal(let_in(arrivals, one, 60 * US_PER_SECOND), RATE);
	arrivals_free(arrivals);
}

static void those_with_a_right_token_do_not_count(void **state)
{
	struct arrivals *arrivals = begin(RATE);
	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_true(arrivals_came(arrivals, one, 0));
		arrivals_known(arrivals, one, 0);
	}
	assert_int_equal(let_in(arrivals, one, 0), RATE);
	arrivals_known(arrivals, one, 0);
	assert_int_equal(let_in(arrivals, one, 0), 1);
	arrivals_free(arrivals);
}

static void without_a_rate_all_are_let_in(void **state)
{
	struct arrivals *arrivals = begin(BUCKET_UNLIMITED);
	(void)state;
	assert_int_equal(let_in(arrivals, one, 0), 1000);
	arrivals_free(arrivals);
}

/* An address that asks all the time keeps its place, however many others come. */
static void a_crowd_of_addresses_does_not_free_one_that_goes_on(void **state)
{
	struct arrivals *arrivals = begin(RATE);
	size_t count = 0;
	(void)state;
	for (uint32_t i = 0; i < 200000; i++) {
		uint8_t place[ORIGIN_SIZE] = { 9, (uint8_t)i, (uint8_t)(i >> 8),
			(uint8_t)(i >> 16) };
		assert_true(arrivals_came(arrivals, place, i));
		count += arrivals_came(arrivals, one, i);
	}
	assert_true(count <= RATE + 1);
	arrivals_free(arrivals);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(so_many_a_second_of_each_address),
		cmocka_unit_test(those_with_a_right_token_do_not_count),
		cmocka_unit_test(without_a_rate_all_are_let_in),
		cmocka_unit_test(a_crowd_of_addresses_does_not_free_one_that_goes_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
