/*
 * tests/unit/base/bucket_test.c - a rate that may not be exceeded, in virtual time.
 */
#include "base/bucket.h"
#include "base/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/clock_virtual.h"

#define SECOND INT64_C(1000000)

static void up_to_the_rate_nobody_waits_and_at_it_all_do(void **state)
{
	struct bucket bucket;
	int64_t now = VIRTUAL_BEGIN_US;
	(void)state;
	bucket_init(&bucket, 100, now);
	bucket_take(&bucket, 99, now);
	assert_int_equal(bucket_wait_us(&bucket, now), 0);
	bucket_take(&bucket, 1, now);
	/* The next one has come in a hundredth of a second. */
	assert_int_equal(bucket_wait_us(&bucket, now), SECOND / 100);
	assert_int_equal(bucket_wait_us(&bucket, now + SECOND / 100 - 1), 1);
	assert_int_equal(bucket_wait_us(&bucket, now + SECOND / 100), 0);
}

static void what_was_taken_too_much_is_a_debt(void **state)
{
	struct bucket bucket;
	int64_t now = VIRTUAL_BEGIN_US;
	(void)state;
	bucket_init(&bucket, 100, now);
	bucket_take(&bucket, 1000, now);
	assert_int_equal(bucket_wait_us(&bucket, now), 9 * SECOND + SECOND / 100);
	now += 9 * SECOND;
	assert_int_equal(bucket_wait_us(&bucket, now), SECOND / 100);
	/* However long nobody came, there is one second's worth and no more. */
	now += 3600 * SECOND;
	bucket_take(&bucket, 100, now);
	assert_int_equal(bucket_wait_us(&bucket, now), SECOND / 100);
}

static void what_is_given_back_can_be_taken_again_and_no_more(void **state)
{
	struct bucket bucket;
	int64_t now = VIRTUAL_BEGIN_US;
	(void)state;
	bucket_init(&bucket, 3, now);
	bucket_take(&bucket, 3, now);
	bucket_give(&bucket, 1, now);
	assert_int_equal(bucket_wait_us(&bucket, now), 0);
	bucket_take(&bucket, 1, now);
	assert_true(bucket_wait_us(&bucket, now) > 0);
	bucket_give(&bucket, 1000, now);
	bucket_take(&bucket, 3, now);
	assert_true(bucket_wait_us(&bucket, now) > 0);
}

static void over_any_time_no_more_is_taken_than_the_rate_allows(void **state)
{
	struct bucket bucket;
	uint64_t taken = 0;
	(void)state;
	bucket_init(&bucket, 1000, VIRTUAL_BEGIN_US);
	for (int64_t us = 0; us < 60 * SECOND; us += 7919) {
		if (bucket_wait_us(&bucket, VIRTUAL_BEGIN_US + us) > 0)
			continue;
		bucket_take(&bucket, 30, VIRTUAL_BEGIN_US + us);
		taken += 30;
	}
	assert_true(taken <= 61 * 1000 + 30);
	assert_true(taken >= 60 * 1000);
}

static void without_a_rate_nobody_ever_waits(void **state)
{
	struct bucket bucket;
	(void)state;
	bucket_init(&bucket, BUCKET_UNLIMITED, 5);
	bucket_take(&bucket, UINT64_C(1) << 40, 5);
	assert_int_equal(bucket_wait_us(&bucket, 5), 0);
}

static void the_largest_rates_and_debts_fit(void **state)
{
	struct bucket bucket;
	const uint64_t most = UINT64_C(1) << 40;
	(void)state;
	bucket_init(&bucket, most, 0);
	for (int i = 0; i < 20; i++)
		bucket_take(&bucket, most, 0);
	assert_true(bucket_wait_us(&bucket, 0) > SECOND);
	assert_int_equal(bucket_wait_us(&bucket, INT64_MAX), 0);
	bucket_init(&bucket, 1, 0);
	bucket_take(&bucket, most, 0);
	assert_true(bucket_wait_us(&bucket, 0) > 1000 * SECOND);
	assert_int_equal(bucket_wait_us(&bucket, INT64_MAX), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(up_to_the_rate_nobody_waits_and_at_it_all_do),
		cmocka_unit_test(what_was_taken_too_much_is_a_debt),
		cmocka_unit_test(what_is_given_back_can_be_taken_again_and_no_more),
		cmocka_unit_test(over_any_time_no_more_is_taken_than_the_rate_allows),
		cmocka_unit_test(without_a_rate_nobody_ever_waits),
		cmocka_unit_test(the_largest_rates_and_debts_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
