/*
 * tests/unit/daemon/http/leash_test.c - for how long the door waits for a peer.
 */
#include "daemon/http/leash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "base/date.h"

#include <cmocka.h>

static const struct leash_limits limits = {
	.idle_us_max = 300 * US_PER_SECOND,
	.head_us_max = 10 * US_PER_SECOND,
	.transfer_us_max = 30 * US_PER_SECOND,
	.bytes_per_second_min = 1000,
};

/* A connection, and the time in seconds. */
struct peer {
	struct leash leash;
	bool stranger;
};

static struct peer peer_of(bool stranger)
{
	struct peer peer = { .stranger = stranger };
	leash_begin(&peer.leash, &limits, stranger, 0);
	return peer;
}

static bool over(struct peer *peer, enum leash_stage stage, uint64_t bytes, int64_t seconds)
{
	return leash_is_over(
		&peer->leash, &limits, stage, bytes, peer->stranger, seconds * US_PER_SECOND);
}

static void who_showed_a_token_may_be_idle_and_a_stranger_not(void **state)
{
	struct peer known = peer_of(false), stranger = peer_of(true);
	(void)state;
	assert_false(over(&known, LEASH_IDLE, 0, 300));
	assert_true(over(&known, LEASH_IDLE, 0, 301));
	assert_false(over(&stranger, LEASH_IDLE, 0, 10));
	assert_true(over(&stranger, LEASH_IDLE, 0, 11));
}

static void a_head_has_its_time_from_its_first_byte_but_a_strangers(void **state)
{
	struct peer known = peer_of(false), stranger = peer_of(true);
	(void)state;
	assert_false(over(&known, LEASH_IDLE, 0, 100));
	assert_false(over(&known, LEASH_HEAD, 0, 101));
	assert_false(over(&known, LEASH_HEAD, 0, 111));
	assert_true(over(&known, LEASH_HEAD, 0, 112));
	assert_false(over(&stranger, LEASH_HEAD, 0, 9));
	assert_false(over(&stranger, LEASH_HEAD, 0, 10));
	assert_true(over(&stranger, LEASH_HEAD, 0, 11));
}

static void a_body_that_comes_fast_enough_gets_there(void **state)
{
	struct peer slow = peer_of(false), dripping = peer_of(false);
	bool cut = false;
	(void)state;
	/* After thirty seconds, exactly as many bytes as there must be in each one. */
	for (int64_t second = 0; second <= 8000; second++)
		assert_false(over(&slow, LEASH_BODY, 500 + (uint64_t)second * 1000, second));
	for (int64_t second = 0; second <= 61 && !cut; second++)
		cut = over(&dripping, LEASH_BODY, (uint64_t)second * 500, second);
	assert_true(cut);
	/* However much has come, nothing for too long is too long. */
	struct peer stuck = peer_of(false);
	assert_false(over(&stuck, LEASH_BODY, 1, 0));
	assert_false(over(&stuck, LEASH_BODY, 1 << 30, 1));
	assert_false(over(&stuck, LEASH_BODY, 1 << 30, 31));
	assert_true(over(&stuck, LEASH_BODY, 1 << 30, 32));
}

static void an_answer_that_is_not_read_is_not_kept(void **state)
{
	struct peer peer = peer_of(false);
	(void)state;
	assert_false(over(&peer, LEASH_DAEMON, 0, 4000));
	assert_false(over(&peer, LEASH_READER, 70000, 4001));
	assert_false(over(&peer, LEASH_READER, 70000, 4031));
	assert_true(over(&peer, LEASH_READER, 70000, 4032));
	/* All was taken; the next piece begins anew. */
	assert_false(over(&peer, LEASH_DAEMON, 0, 5000));
	assert_false(over(&peer, LEASH_READER, 80000, 5001));
	assert_false(over(&peer, LEASH_READER, 85000, 5036));
	assert_true(over(&peer, LEASH_READER, 85000, 5037));
}

/* Of an answer in pieces some leaves while the next piece is awaited. */
static void who_waits_for_the_daemon_waits_for_ever_also_while_bytes_leave(void **state)
{
	struct peer peer = peer_of(false);
	(void)state;
	assert_false(over(&peer, LEASH_READER, 1000, 1));
	for (int64_t second = 2; second <= 100; second++)
		assert_false(over(&peer, LEASH_DAEMON, (uint64_t)second * 100000, second));
	assert_false(over(&peer, LEASH_READER, 10000000, 101));
	assert_false(over(&peer, LEASH_READER, 10000000, 131));
	assert_true(over(&peer, LEASH_READER, 10000000, 132));
}

static void a_farewell_is_short(void **state)
{
	struct peer peer = peer_of(true);
	(void)state;
	assert_false(over(&peer, LEASH_FAREWELL, 0, 9));
	assert_false(over(&peer, LEASH_FAREWELL, 0, 11));
	assert_true(over(&peer, LEASH_FAREWELL, 0, 12));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_showed_a_token_may_be_idle_and_a_stranger_not),
		cmocka_unit_test(a_head_has_its_time_from_its_first_byte_but_a_strangers),
		cmocka_unit_test(a_body_that_comes_fast_enough_gets_there),
		cmocka_unit_test(an_answer_that_is_not_read_is_not_kept),
		cmocka_unit_test(who_waits_for_the_daemon_waits_for_ever_also_while_bytes_leave),
		cmocka_unit_test(a_farewell_is_short),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
