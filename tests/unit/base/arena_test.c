/*
 * tests/unit/base/arena_test.c - the bump allocator whose size is the limit.
 */
#include "base/arena.h"
#include "base/check.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static void memory_is_zeroed_and_aligned_also_when_it_was_used_before(void **state)
{
	(void)state;
	struct arena arena;
	assert_int_equal(arena_init(&arena, 1024), OK);
	for (int round = 0; round < 2; round++) {
		for (size_t size = 1; size < 30; size++) {
			uint8_t *memory = arena_take(&arena, size);
			assert_non_null(memory);
			assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
			for (size_t i = 0; i < size; i++)
				assert_int_equal(memory[i], 0);
			memset(memory, 0xFF, size);
		}
		arena_reset(&arena);
	}
	arena_release(&arena);
}

static void a_full_arena_gives_nothing_and_keeps_what_it_gave(void **state)
{
	(void)state;
	struct arena arena;
	struct bytes copy = { NULL, 4711 };
	assert_int_equal(arena_init(&arena, 64), OK);
	assert_non_null(arena_take(&arena, 48));
	static const size_t sizes[] = { 17, 64, SIZE_MAX, SIZE_MAX - 15, SIZE_MAX - 48 };
	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++)
		assert_null(arena_take(&arena, sizes[i]));
	assert_int_equal(arena_copy(&arena, bytes_of("12345678901234567", 17), &copy), ERR_FULL);
	assert_int_equal(copy.length, 4711);
	assert_non_null(arena_take(&arena, 16));
	assert_null(arena_take(&arena, 1));
	arena_release(&arena);
}

static void rewinding_forgets_only_what_came_after_the_mark(void **state)
{
	(void)state;
	struct arena arena;
	struct bytes kept, empty, gone, again;
	assert_int_equal(arena_init(&arena, 256), OK);
	assert_int_equal(arena_copy(&arena, bytes_of_string("kept"), &kept), OK);
	assert_int_equal(arena_copy(&arena, bytes_of(NULL, 0), &empty), OK);
	size_t mark = arena.used;
	assert_int_equal(arena_copy(&arena, bytes_of_string("gone"), &gone), OK);
	arena_rewind(&arena, mark);
	assert_int_equal(arena_copy(&arena, bytes_of_string("again"), &again), OK);
	assert_ptr_equal(gone.data, again.data);
	assert_true(bytes_are(kept, "kept"));
	assert_int_equal(empty.length, 0);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned_also_when_it_was_used_before),
		cmocka_unit_test(a_full_arena_gives_nothing_and_keeps_what_it_gave),
		cmocka_unit_test(rewinding_forgets_only_what_came_after_the_mark),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
