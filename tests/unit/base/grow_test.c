/*
 * tests/unit/base/grow_test.c - arrays that grow.
 */
#include "base/grow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static void what_is_in_an_array_stays_when_it_grows(void **state)
{
	(void)state;
	uint64_t *items = NULL;
	size_t size = 0;
	for (size_t count = 0; count < 10000; count++) {
		assert_true(GROW(items, size, count + 1));
		assert_true(size > count);
		items[count] = 3 * count;
	}
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(items[i], 3 * i);
	free(items);
}

static void the_room_doubles_and_is_never_less_than_what_is_needed(void **state)
{
	(void)state;
	assert_int_equal(grow_size(0, 1), 16);
	assert_int_equal(grow_size(16, 16), 16);
	assert_int_equal(grow_size(16, 17), 32);
	assert_int_equal(grow_size(32, 1000), 1000);
	assert_int_equal(grow_size(7, 0), 7);
	assert_int_equal(grow_size(SIZE_MAX / 2 + 1, SIZE_MAX), SIZE_MAX);
}

static void room_that_is_there_is_not_made_again(void **state)
{
	(void)state;
	uint16_t *items = NULL;
	size_t size = 0;
	assert_true(GROW(items, size, 100));
	uint16_t *before = items;
	assert_true(GROW(items, size, 100));
	assert_ptr_equal(items, before);
	assert_int_equal(size, 100);
	free(items);
}

static void more_bytes_than_there_are_numbers_for_change_nothing(void **state)
{
	(void)state;
	uint64_t *items = NULL;
	size_t size = 0;
	assert_true(GROW(items, size, 1));
	items[0] = 42;
	/* As a product these would be 8 bytes. */
	assert_false(GROW(items, size, SIZE_MAX / sizeof(*items) + 2));
	assert_false(GROW_TO(items, SIZE_MAX / sizeof(*items) + 2));
	assert_int_equal(size, 16);
	assert_int_equal(items[0], 42);
	free(items);
}

static void an_array_can_be_given_an_exact_size(void **state)
{
	(void)state;
	char *items = NULL;
	assert_true(GROW_TO(items, 3));
	items[2] = 'x';
	assert_true(GROW_TO(items, 4));
	assert_int_equal(items[2], 'x');
	items[3] = 'y'; /* the sanitizer sees a fifth */
	free(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_in_an_array_stays_when_it_grows),
		cmocka_unit_test(the_room_doubles_and_is_never_less_than_what_is_needed),
		cmocka_unit_test(room_that_is_there_is_not_made_again),
		cmocka_unit_test(more_bytes_than_there_are_numbers_for_change_nothing),
		cmocka_unit_test(an_array_can_be_given_an_exact_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
