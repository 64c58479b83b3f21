/*
 * tests/unit/base/budget_test.c - one amount of memory that all buffers share.
 */
#include "base/budget.h"
#include "base/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PEER HELD_FOR_PEER
#define WORK HELD_FOR_WORK

static void the_example_of_the_header_happens(void **state)
{
	struct budget budget;
	struct share a, b, strangers;
	(void)state;
	budget_init(&budget, 100);
	share_init(&a, &budget, 1);
	share_init(&b, &budget, 1);
	share_init(&strangers, &budget, 4);
	assert_false(share_take(&a, PEER, 51));
	assert_true(share_take(&a, PEER, 50));
	assert_false(share_take(&a, PEER, 1));
	assert_false(share_take(&b, PEER, 26));
	assert_true(share_take(&b, PEER, 25));
	assert_false(share_take(&b, PEER, 1));
	assert_true(share_take(&strangers, PEER, 5));
	assert_false(share_take(&strangers, PEER, 1));
	assert_int_equal(budget_used(&budget), 80);
	share_give(&a, PEER, 50);
	assert_int_equal(share_take_some(&b, PEER, 1, 100), 22);
	share_give(&b, PEER, 47);
	share_give(&strangers, PEER, 5);
	assert_int_equal(budget_used(&budget), 0);
	budget_release(&budget);
}

static void what_waits_for_a_peer_leaves_room_for_work(void **state)
{
	struct budget budget;
	struct share share;
	(void)state;
	budget_init(&budget, 300);
	share_init(&share, &budget, 1);
	assert_int_equal(share_take_some(&share, PEER, 1, SIZE_MAX), 150);
	assert_int_equal(share_take_some(&share, PEER, 0, SIZE_MAX), 0);
	assert_int_equal(share_take_some(&share, WORK, 76, SIZE_MAX), 0);
	assert_int_equal(share_take_some(&share, WORK, 75, SIZE_MAX), 75);
	/* A body that is whole is being worked on from then on, however much that is. */
	share_move(&share, PEER, WORK, 100);
	assert_int_equal(budget_used(&budget), 225);
	assert_false(share_take(&share, WORK, 1));
	assert_false(share_take(&share, PEER, 13));
	assert_true(share_take(&share, PEER, 12));
	share_give(&share, PEER, 62);
	assert_int_equal(share_most(&share, 0), 150);
	assert_int_equal(share_most(&share, 100), 100);
	assert_int_equal(share_most(&share, 301), 0);
	share_give(&share, WORK, 175);
	budget_release(&budget);
}

/* However many take all they can, the next one gets half of what they left. */
static void whoever_comes_next_finds_room(void **state)
{
	const size_t size = 1 << 20;
	struct budget budget;
	struct share shares[10];
	(void)state;
	budget_init(&budget, size);
	for (size_t i = 0; i < ARRAY_LENGTH(shares); i++) {
		share_init(&shares[i], &budget, 1);
		while (share_take(&shares[i], PEER, 64))
			continue;
		assert_int_equal(shares[i].held[PEER], size >> (i + 1));
		assert_int_equal(size - budget_used(&budget), size >> (i + 1));
	}
	for (size_t i = 0; i < ARRAY_LENGTH(shares); i++)
		share_give(&shares[i], PEER, shares[i].held[PEER]);
	budget_release(&budget);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_header_happens),
		cmocka_unit_test(what_waits_for_a_peer_leaves_room_for_work),
		cmocka_unit_test(whoever_comes_next_finds_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
