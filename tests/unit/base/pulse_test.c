/*
 * tests/unit/base/pulse_test.c - how long a thread stands still.
 */
#include "base/pulse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/clock_virtual.h"

static void who_rests_stands_still_for_no_time_and_who_works_since_the_last_beat(void **state)
{
	struct clock_virtual time;
	struct pulse pulse = { 0 };
	(void)state;
	clock_virtual_init(&time, 0);
	const struct clock clock = clock_virtual(&time);
	assert_int_equal(pulse_still_us(&pulse, &clock), 0);
	pulse_beat(&pulse, &clock);
	assert_int_equal(pulse_still_us(&pulse, &clock), 0);
	clock_virtual_advance(&time, 700);
	assert_int_equal(pulse_still_us(&pulse, &clock), 700);
	pulse_beat(&pulse, &clock);
	clock_virtual_advance(&time, 30);
	assert_int_equal(pulse_still_us(&pulse, &clock), 30);
	pulse_rest(&pulse);
	clock_virtual_advance(&time, 5000);
	assert_int_equal(pulse_still_us(&pulse, &clock), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			who_rests_stands_still_for_no_time_and_who_works_since_the_last_beat),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
