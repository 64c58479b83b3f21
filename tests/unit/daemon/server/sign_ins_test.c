/*
 * tests/unit/daemon/server/sign_ins_test.c - how long an address with wrong tokens must wait.
 */
#include "base/check.h"
#include "daemon/server/sign_ins.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

/* Addresses of IPv4 by their number. */
static struct origin origin_of(uint32_t number)
{
	struct origin origin = { .bytes = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff } };
	memcpy(origin.bytes + 12, &number, sizeof(number));
	return origin;
}

static struct sign_ins *begin(void)
{
	struct sign_ins *sign_ins;
	assert_int_equal(sign_ins_new(&sign_ins), OK);
	return sign_ins;
}

static void the_wait_doubles_with_each_wrong_one_after_it(void **state)
{
	struct sign_ins *sign_ins = begin();
	struct origin origin = origin_of(1), other = origin_of(2);
	int64_t now_us = 0;
	(void)state;
	for (int i = 0; i < SIGN_INS_FREE; i++)
		assert_int_equal(sign_ins_wrong(sign_ins, &origin, now_us), 0);
	for (unsigned wait = 1; wait <= SIGN_INS_SECONDS_MAX; wait *= 2) {
		assert_int_equal(sign_ins_wrong(sign_ins, &origin, now_us), wait);
		/* Meanwhile it grows no more, and nobody else waits. */
		assert_int_equal(sign_ins_wrong(sign_ins, &origin, now_us), wait);
		assert_int_equal(
			sign_ins_wrong(sign_ins, &origin, now_us + wait * US_PER_SECOND - 1), 1);
		now_us += wait * US_PER_SECOND;
	}
	assert_int_equal(sign_ins_wrong(sign_ins, &origin, now_us), SIGN_INS_SECONDS_MAX);
	assert_int_equal(sign_ins_wrong(sign_ins, &other, now_us), 0);
	sign_ins_free(sign_ins);
}

static void an_address_that_was_silent_begins_anew(void **state)
{
	struct sign_ins *sign_ins = begin();
	struct origin origin = origin_of(1);
	const int64_t forget_us = SIGN_INS_FORGET_SECONDS * US_PER_SECOND;
	(void)state;
	for (int i = 0; i < SIGN_INS_FREE + 3; i++)
		sign_ins_wrong(sign_ins, &origin, i * US_PER_SECOND * 10);
	int64_t last_us = (SIGN_INS_FREE + 2) * US_PER_SECOND * 10;
	assert_true(sign_ins_wrong(sign_ins, &origin, last_us + forget_us - 1) > 0);
	last_us += forget_us - 1;
	assert_int_equal(sign_ins_wrong(sign_ins, &origin, last_us + forget_us), 0);
	sign_ins_free(sign_ins);
}

static void many_addresses_take_the_places_of_the_silent_ones(void **state)
{
	struct sign_ins *sign_ins = begin();
	struct origin origin = origin_of(0);
	(void)state;
	/* One that goes on among a hundred thousand that come once keeps its place. */
	for (uint32_t i = 1; i <= 100000; i++) {
		struct origin once = origin_of(i);
		assert_int_equal(sign_ins_wrong(sign_ins, &once, i), 0);
		if (i % 100 == 0)
			sign_ins_wrong(sign_ins, &origin, i);
	}
	assert_true(sign_ins_wrong(sign_ins, &origin, 100001) > 0);
	sign_ins_free(sign_ins);
	sign_ins_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wait_doubles_with_each_wrong_one_after_it),
		cmocka_unit_test(an_address_that_was_silent_begins_anew),
		cmocka_unit_test(many_addresses_take_the_places_of_the_silent_ones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
