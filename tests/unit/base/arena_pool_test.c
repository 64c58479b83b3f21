/*
 * tests/unit/base/arena_pool_test.c - arenas that are used again: with nothing in them, and for a
 * while only.
 */
#include "base/arena_pool.h"
#include "base/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define MIB ((size_t)1 << 20)
#define ALL (32 * MIB)

/* Takes an arena and uses some of it. */
static struct arena used(struct arena_pool *pool, size_t size, size_t bytes)
{
	struct arena arena;
	assert_int_equal(arena_pool_take(pool, size, &arena), OK);
	assert_int_equal(arena.size, size);
	assert_int_equal(arena.used, 0);
	uint8_t *memory = arena_take(&arena, bytes);
	assert_non_null(memory);
	memset(memory, 0xA5, bytes);
	return arena;
}

static void an_arena_is_used_again_and_has_nothing_of_before(void **state)
{
	(void)state;
	struct arena_pool pool = { .bytes_max = ALL };
	struct arena arena = used(&pool, 2 * MIB, 5000);
	uint8_t *memory = arena.memory;
	arena_pool_give(&pool, &arena);
	assert_null(arena.memory);
	assert_int_equal(pool.count, 1);
	assert_int_equal(pool.bytes, 5008);
	/* Another size is another arena. */
	struct arena other = used(&pool, MIB, 1);
	assert_ptr_not_equal(other.memory, memory);
	struct arena again = used(&pool, 2 * MIB, 100);
	assert_ptr_equal(again.memory, memory);
	assert_int_equal(pool.count, 0);
	assert_int_equal(pool.bytes, 0);
	for (size_t i = 112; i < 5008; i++)
		assert_int_equal(memory[i], 0);
	/* It is counted with all that the process has for it. */
	assert_int_equal(again.most, 112);
	assert_int_equal(arena_resident(&again), 5008);
	arena_pool_give(&pool, &again);
	assert_int_equal(pool.bytes, 5008);
	arena_pool_give(&pool, &other);
	assert_int_equal(pool.count, 2);
	arena_pool_release(&pool);
	assert_int_equal(pool.count, 0);
	assert_int_equal(pool.bytes, 0);
}

static void sizes_are_few_and_never_less_than_was_asked_for(void **state)
{
	(void)state;
	assert_int_equal(arena_pool_size(0), 0);
	assert_int_equal(arena_pool_size(1000), 1000);
	assert_int_equal(arena_pool_size(MIB / 2), MIB / 2);
	assert_int_equal(arena_pool_size(MIB / 2 + 1), MIB);
	assert_int_equal(arena_pool_size(MIB), MIB);
	assert_int_equal(arena_pool_size(MIB + 1), 2 * MIB);
	assert_int_equal(arena_pool_size(SIZE_MAX), SIZE_MAX);
}

static void what_is_small_or_of_a_size_of_its_own_is_given_back(void **state)
{
	(void)state;
	struct arena_pool pool = { .bytes_max = ALL };
	struct arena small = used(&pool, 1000, 10), odd = used(&pool, MIB + 1, 10);
	arena_pool_give(&pool, &small);
	arena_pool_give(&pool, &odd);
	assert_int_equal(pool.count, 0);
}

static void no_more_is_kept_than_is_allowed(void **state)
{
	(void)state;
	struct arena_pool pool = { .bytes_max = ALL };
	struct arena arenas[ARENA_POOL_MAX + 1];
	for (size_t i = 0; i < ARENA_POOL_MAX + 1; i++)
		arenas[i] = used(&pool, MIB, 16);
	for (size_t i = 0; i < ARENA_POOL_MAX + 1; i++)
		arena_pool_give(&pool, &arenas[i]);
	assert_int_equal(pool.count, ARENA_POOL_MAX);
	assert_int_equal(pool.bytes, ARENA_POOL_MAX * 16);
	arena_pool_release(&pool);
	/* The most of one arena, and what would be one byte more of it. */
	struct arena large = used(&pool, 2 * MIB, ARENA_POOL_EACH);
	struct arena larger = used(&pool, 2 * MIB, ARENA_POOL_EACH + 1);
	arena_pool_give(&pool, &large);
	arena_pool_give(&pool, &larger);
	assert_int_equal(pool.count, 1);
	assert_int_equal(pool.bytes, ARENA_POOL_EACH);
	arena_pool_release(&pool);
	/* The most of all. */
	pool.bytes_max = 3 * MIB;
	for (size_t i = 0; i < 4; i++)
		arenas[i] = used(&pool, MIB, MIB - 16 * i);
	for (size_t i = 0; i < 4; i++)
		arena_pool_give(&pool, &arenas[i]);
	assert_int_equal(pool.count, 3);
	arena_pool_release(&pool);
	pool.bytes_max = 0;
	large = used(&pool, MIB, 16);
	arena_pool_give(&pool, &large);
	assert_int_equal(pool.count, 0);
}

static void what_nobody_asks_for_is_given_back_after_a_while(void **state)
{
	(void)state;
	struct arena_pool pool = { .bytes_max = ALL };
	struct arena arena = used(&pool, MIB, 16);
	for (unsigned i = 0; i < 3 * ARENA_POOL_RESTS; i++)
		arena_pool_rest(&pool);
	arena_pool_give(&pool, &arena);
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 1; i < ARENA_POOL_RESTS; i++)
			arena_pool_rest(&pool);
		assert_int_equal(pool.count, 1);
		arena = used(&pool, MIB, 16);
		arena_pool_give(&pool, &arena);
	}
	for (unsigned i = 0; i < ARENA_POOL_RESTS; i++)
		arena_pool_rest(&pool);
	assert_int_equal(pool.count, 0);
	assert_int_equal(pool.bytes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_arena_is_used_again_and_has_nothing_of_before),
		cmocka_unit_test(sizes_are_few_and_never_less_than_was_asked_for),
		cmocka_unit_test(what_is_small_or_of_a_size_of_its_own_is_given_back),
		cmocka_unit_test(no_more_is_kept_than_is_allowed),
		cmocka_unit_test(what_nobody_asks_for_is_given_back_after_a_while),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
