/*
 * tests/unit/engine/names_test.c - identifiers as numbers.
 */
#include "base/check.h"
#include "engine/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static int32_t number_of(struct names *names, const char *name, size_t length)
{
	int32_t number = -1;
	assert_int_equal(names_number(names, bytes_of(name, length), &number), OK);
	return number;
}

static void equal_names_have_equal_numbers_and_others_have_others(void **state)
{
	(void)state;
	struct names names = { 0 };
	char name[32];
	for (int round = 0; round < 2; round++) {
		for (int i = 1; i <= 5000; i++) {
			int length = snprintf(name, sizeof(name), "name-%d", i * 7919 % 5003);
			assert_int_equal(number_of(&names, name, (size_t)length), i);
		}
	}
	assert_int_equal(names.count, 5000);
	for (int i = 1; i <= 5000; i++) {
		snprintf(name, sizeof(name), "name-%d", i * 7919 % 5003);
		assert_true(bytes_are(names_text(&names, i), name));
	}
	names_release(&names);
	assert_int_equal(names.count, 0);
}

static void a_name_is_all_its_bytes(void **state)
{
	(void)state;
	struct names names = { 0 };
	static const struct {
		const char *name;
		size_t length;
		int32_t number;
	} rows[] = { { "a", 1, 1 }, { "", 0, 0 }, { "ab", 2, 2 }, { "a\0b", 3, 3 },
		{ "a\0c", 3, 4 }, { "A", 1, 5 }, { "a", 1, 1 }, { "a\0b", 3, 3 }, { "b", 1, 6 } };
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_int_equal(number_of(&names, rows[i].name, rows[i].length), rows[i].number);
	names_release(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_names_have_equal_numbers_and_others_have_others),
		cmocka_unit_test(a_name_is_all_its_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
