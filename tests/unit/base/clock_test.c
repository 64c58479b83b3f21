/*
 * tests/unit/base/clock_test.c - the machine's clock, and the virtual one that tests use: what
 * a thread sees of one it sees of the other.
 */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include "base/date.h"
#include "tests/unit/clock_virtual.h"

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define SOON_US (US_PER_SECOND / 50)

/* A thread that waits once, and what it saw. */
struct sleeper {
	struct clock clock;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	int64_t until_us;
	bool wanted; /* what it waits for */
	bool had;    /* it was there when the wait ended */
	int64_t ended_us;
};

static void *sleeper_run(void *context)
{
	struct sleeper *sleeper = context;
	pthread_mutex_lock(&sleeper->mutex);
	while (!sleeper->wanted && clock_monotonic_us(&sleeper->clock) < sleeper->until_us)
		clock_wait(&sleeper->clock, &sleeper->cond, &sleeper->mutex, sleeper->until_us);
	sleeper->had = sleeper->wanted;
	sleeper->ended_us = clock_monotonic_us(&sleeper->clock);
	pthread_mutex_unlock(&sleeper->mutex);
	return NULL;
}

/* Waits for `us`, or without a deadline. */
static void sleeper_start(struct sleeper *sleeper, const struct clock *clock, int64_t us)
{
	*sleeper = (struct sleeper){ .clock = *clock };
	sleeper->until_us = us == UNTIL_WOKEN ? us : clock_monotonic_us(clock) + us;
	pthread_mutex_init(&sleeper->mutex, NULL);
	clock_cond_init(&sleeper->cond);
	assert_int_equal(pthread_create(&sleeper->thread, NULL, sleeper_run, sleeper), 0);
}

static void sleeper_wake(struct sleeper *sleeper)
{
	pthread_mutex_lock(&sleeper->mutex);
	sleeper->wanted = true;
	clock_wake(&sleeper->clock, &sleeper->cond);
	pthread_mutex_unlock(&sleeper->mutex);
}

static void sleeper_end(struct sleeper *sleeper)
{
	pthread_join(sleeper->thread, NULL);
	pthread_cond_destroy(&sleeper->cond);
	pthread_mutex_destroy(&sleeper->mutex);
}

static void the_machines_clock_waits_until_the_deadline_and_no_less(void **state)
{
	(void)state;
	const struct clock clock = clock_system();
	struct sleeper sleeper;
	sleeper_start(&sleeper, &clock, SOON_US);
	sleeper_end(&sleeper);
	assert_false(sleeper.had);
	assert_true(sleeper.ended_us >= sleeper.until_us);
	int64_t begun_us = clock_monotonic_us(&clock);
	clock_sleep(&clock, SOON_US);
	assert_true(clock_monotonic_us(&clock) - begun_us >= SOON_US);
}

static void the_machines_clock_wakes_who_is_told(void **state)
{
	(void)state;
	static const int64_t waits_us[] = { UNTIL_WOKEN, 3600 * US_PER_SECOND };
	const struct clock clock = clock_system();
	for (size_t i = 0; i < ARRAY_LENGTH(waits_us); i++) {
		struct sleeper sleeper;
		sleeper_start(&sleeper, &clock, waits_us[i]);
		sleeper_wake(&sleeper);
		sleeper_end(&sleeper);
		assert_true(sleeper.had);
	}
}

static void a_spin_ends_at_its_flag_or_its_deadline(void **state)
{
	(void)state;
	const struct clock clock = clock_system();
	atomic_bool flag = true;
	int64_t begun_us = clock_monotonic_us(&clock);
	clock_spin(&clock, &flag, UNTIL_WOKEN);
	atomic_store(&flag, false);
	clock_spin(&clock, &flag, begun_us + 1000);
	assert_true(clock_monotonic_us(&clock) - begun_us >= 1000);
}

static void the_machines_clocks_go_forward_and_are_about_now(void **state)
{
	(void)state;
	const struct clock clock = clock_system();
	int64_t before_us = clock_monotonic_us(&clock);
	for (int i = 0; i < 1000; i++) {
		int64_t us = clock_monotonic_us(&clock);
		assert_true(us >= before_us);
		before_us = us;
	}
	/* After 2024 and before 2200. */
	assert_true(clock_now_us(&clock) > 19700 * US_PER_DAY);
	assert_true(clock_now_us(&clock) < 84000 * US_PER_DAY);
}

static void virtual_time_stands_still_until_it_is_advanced(void **state)
{
	(void)state;
	struct clock_virtual time;
	clock_virtual_init(&time, 5 * US_PER_DAY);
	const struct clock clock = clock_virtual(&time);
	int64_t begun_us = clock_monotonic_us(&clock);
	assert_true(clock_now_us(&clock) == 5 * US_PER_DAY);
	clock_virtual_advance(&time, 7);
	assert_true(clock_now_us(&clock) == 5 * US_PER_DAY + 7);
	assert_true(clock_monotonic_us(&clock) == begun_us + 7);
	/* The wall clock may step; the other one does not. */
	clock_virtual_set(&time, 0);
	assert_true(clock_now_us(&clock) == 0);
	assert_true(clock_monotonic_us(&clock) == begun_us + 7);
	clock_virtual_release(&time);
}

static void advancing_wakes_those_whose_deadline_has_come_and_no_others(void **state)
{
	(void)state;
	struct clock_virtual time;
	struct sleeper early, late, never;
	clock_virtual_init(&time, 0);
	const struct clock clock = clock_virtual(&time);
	sleeper_start(&early, &clock, 100);
	sleeper_start(&late, &clock, 300);
	sleeper_start(&never, &clock, UNTIL_WOKEN);
	assert_int_equal(clock_virtual_rest(&time, 3), 100);
	clock_virtual_advance(&time, 99);
	assert_int_equal(clock_virtual_rest(&time, 3), 1);
	clock_virtual_advance(&time, 1);
	sleeper_end(&early);
	assert_int_equal(clock_virtual_rest(&time, 2), 200);
	assert_true(early.ended_us == early.until_us);
	/* Far past a deadline is as good. */
	clock_virtual_advance(&time, US_PER_DAY);
	sleeper_end(&late);
	assert_true(clock_virtual_rest(&time, 1) == UNTIL_WOKEN);
	sleeper_wake(&never);
	sleeper_end(&never);
	assert_false(early.had || late.had);
	assert_true(never.had);
	clock_virtual_release(&time);
}

static void who_was_woken_is_awake_before_its_thread_runs(void **state)
{
	(void)state;
	struct clock_virtual time;
	struct sleeper sleeper;
	clock_virtual_init(&time, 0);
	const struct clock clock = clock_virtual(&time);
	sleeper_start(&sleeper, &clock, US_PER_SECOND);
	clock_virtual_rest(&time, 1);
	pthread_mutex_lock(&sleeper.mutex);
	sleeper.wanted = true;
	clock_wake(&clock, &sleeper.cond);
	/* It cannot run: it needs the mutex. */
	assert_true(clock_virtual_rest(&time, 0) == UNTIL_WOKEN);
	pthread_mutex_unlock(&sleeper.mutex);
	sleeper_end(&sleeper);
	assert_true(sleeper.had);
	clock_virtual_release(&time);
}

/* A thread that spins, then sleeps. */
struct spinner {
	struct clock clock;
	atomic_bool flag;
	int64_t spun_us;
	int64_t slept_us;
};

static void *spinner_run(void *context)
{
	struct spinner *spinner = context;
	clock_spin(&spinner->clock, &spinner->flag, clock_monotonic_us(&spinner->clock) + 100);
	spinner->spun_us = clock_monotonic_us(&spinner->clock);
	clock_sleep(&spinner->clock, 1000);
	spinner->slept_us = clock_monotonic_us(&spinner->clock);
	return NULL;
}

static void spinning_and_sleeping_take_virtual_time(void **state)
{
	(void)state;
	for (int flagged = 0; flagged < 2; flagged++) {
		struct clock_virtual time;
		pthread_t thread;
		clock_virtual_init(&time, 0);
		struct spinner spinner = { .clock = clock_virtual(&time) };
		int64_t begun_us = clock_monotonic_us(&spinner.clock);
		assert_int_equal(pthread_create(&thread, NULL, spinner_run, &spinner), 0);
		assert_int_equal(clock_virtual_rest(&time, 1), 100);
		if (flagged)
			atomic_store(&spinner.flag, true);
		else
			clock_virtual_advance(&time, 100);
		assert_int_equal(clock_virtual_rest(&time, 1), 1000);
		clock_virtual_advance(&time, 1000);
		pthread_join(thread, NULL);
		assert_true(spinner.spun_us == begun_us + (flagged ? 0 : 100));
		assert_true(spinner.slept_us == spinner.spun_us + 1000);
		clock_virtual_release(&time);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_machines_clock_waits_until_the_deadline_and_no_less),
		cmocka_unit_test(the_machines_clock_wakes_who_is_told),
		cmocka_unit_test(a_spin_ends_at_its_flag_or_its_deadline),
		cmocka_unit_test(the_machines_clocks_go_forward_and_are_about_now),
		cmocka_unit_test(virtual_time_stands_still_until_it_is_advanced),
		cmocka_unit_test(advancing_wakes_those_whose_deadline_has_come_and_no_others),
		cmocka_unit_test(who_was_woken_is_awake_before_its_thread_runs),
		cmocka_unit_test(spinning_and_sleeping_take_virtual_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
