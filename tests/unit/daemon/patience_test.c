/*
 * tests/unit/daemon/patience_test.c - for how long the stream waits for a peer, in virtual time.
 */
#include "daemon/patience.h"

#include <setjmp.h>
#include <stdarg.h>

#include "base/date.h"
#include "tests/unit/clock_virtual.h"

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

/* A peer that has just come, or has just said who it is. */
struct peer {
	struct clock_virtual time;
	struct clock clock;
	struct patience patience;
};

static void peer_begin(struct peer *peer, size_t seconds)
{
	clock_virtual_init(&peer->time, 0);
	peer->clock = clock_virtual(&peer->time);
	patience_begin(&peer->patience, &peer->clock, seconds);
}

/* Is it over after `us` more? */
static bool over_after(struct peer *peer, int64_t us)
{
	clock_virtual_advance(&peer->time, us);
	return patience_is_over(&peer->patience);
}

static void it_lasts_as_long_as_is_configured(void **state)
{
	(void)state;
	struct peer peer;
	peer_begin(&peer, 10);
	assert_false(over_after(&peer, 10 * US_PER_SECOND));
	assert_true(over_after(&peer, 1));
	clock_virtual_release(&peer.time);
}

static void after_the_hello_it_begins_anew(void **state)
{
	(void)state;
	struct peer peer;
	peer_begin(&peer, 10);
	assert_false(over_after(&peer, 9 * US_PER_SECOND));
	patience_begin(&peer.patience, &peer.clock, 300);
	assert_false(over_after(&peer, 300 * US_PER_SECOND));
	assert_true(over_after(&peer, 1));
	clock_virtual_release(&peer.time);
}

static void each_whole_message_begins_the_time_anew(void **state)
{
	(void)state;
	struct peer peer;
	peer_begin(&peer, 300);
	for (int i = 0; i < 10; i++) {
		assert_false(over_after(&peer, 299 * US_PER_SECOND));
		patience_renew(&peer.patience);
	}
	assert_false(over_after(&peer, 300 * US_PER_SECOND));
	assert_true(over_after(&peer, 1));
	clock_virtual_release(&peer.time);
}

static void the_wall_clock_neither_hurries_nor_delays_it(void **state)
{
	(void)state;
	struct peer peer;
	peer_begin(&peer, 300);
	clock_virtual_set(&peer.time, 365 * US_PER_DAY);
	assert_false(patience_is_over(&peer.patience));
	clock_virtual_set(&peer.time, -365 * US_PER_DAY);
	assert_true(over_after(&peer, 301 * US_PER_SECOND));
	clock_virtual_release(&peer.time);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_lasts_as_long_as_is_configured),
		cmocka_unit_test(after_the_hello_it_begins_anew),
		cmocka_unit_test(each_whole_message_begins_the_time_anew),
		cmocka_unit_test(the_wall_clock_neither_hurries_nor_delays_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
