/*
 * tests/unit/proto/bsn_test.c - how the number of a person is recognised.
 */
#include "proto/bsn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct spelling {
	const char *text;
	bool looks_like_one;
};

static const struct spelling spellings[] = {
	/* Digits only. */
	{ "", false },
	{ "1", false },
	{ "1234567", false },
	{ "12345678", true },
	{ "123456782", true },
	{ "123456789", true },
	{ "000000000", true },
	{ "0123456782", true },
	{ "12345678901", false },
	{ "a12345678", false },
	{ "12345678a", false },
	/* In groups: the eleven-test decides. */
	{ "123.456.782", true },
	{ "123_456_782", true },
	{ "123:456:782", true },
	{ "123-456-782", true },
	{ "123.456-782", true },
	{ "1234.56.782", true },
	{ "1234-56-782", true },
	{ "1112.22.333", true },
	{ "111.222.333", true },
	{ "123.456.789", false },
	{ "1234.56.789", false },
	{ "123.456.781", false },
	{ "123.456.783", false },
	/* The last digit weighs -1: 8 - 8 is 0. */
	{ "010.000.008", true },
	{ "010.000.003", false },
	/* Other groups, other letters between, more around. */
	{ "12.345.6782", false },
	{ "12345.6782", false },
	{ "123.456782", false },
	{ "123456.782", false },
	{ "123..456.782", false },
	{ "123/456/782", false },
	{ "123a456a782", false },
	{ ".123.456.782", false },
	{ "123.456.782.", false },
	{ "123.456.7821", false },
	{ "p123.456.782", false },
	{ "2026-03-02", false },
	{ "2026-03-021", false },
	{ "2026-03-02a", false },
	{ "1234.567.82", false },
	/* After BSN. */
	{ "BSN", false },
	{ "BSN1234567", false },
	{ "BSN12345678", true },
	{ "BSN123456782", true },
	{ "BSN123456789", true },
	{ "bsn123456782", true },
	{ "bSn123456782", true },
	{ "BSN-123456782", true },
	{ "BSN:123456782", true },
	{ "BSN_.:-123456782", true },
	{ "BSN1234567890", true },
	{ "BSN123456782-a", true },
	{ "BSN123.456.782", true },
	{ "bsn.1234.56.782", true },
	{ "BSN-123-456-789", true },
	{ "BSN-123-456-78", false },
	{ "BSN-2026-03-02", false },
	{ "BSNa123456782", false },
	{ "BS123456782", false },
	{ "xBSN123456782", false },
	{ "BSN-a-123456782", false },
	/* What identifiers look like. */
	{ "0192f0c4-5b1a-7c3e-9d2f-3b1a5c7e9f01", false },
	{ "r7f3k2", false },
	{ "s-1", false },
	{ "12345678-1", false },
};

static void numbers_of_persons_are_recognised_in_every_spelling(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		const struct spelling *one = &spellings[i];
		size_t length = strlen(one->text);
		/* On the heap, without a NUL: reading past its end shows. */
		char *copy = malloc(length == 0 ? 1 : length);
		assert_non_null(copy);
		memcpy(copy, one->text, length);
		if (looks_like_bsn(bytes_of(copy, length)) != one->looks_like_one)
			fail_msg("%s is taken for %s number", one->text,
				one->looks_like_one ? "no" : "a");
		free(copy);
	}
}

/* One in eleven of all numbers passes: those with a last digit that fits. */
static void grouped_numbers_are_those_that_pass_the_eleven_test(void **state)
{
	(void)state;
	unsigned passed = 0;
	for (unsigned number = 0; number < 1000000; number += 7) {
		char text[16];
		snprintf(text, sizeof(text), "%03u.%03u.%03u", number / 1000, number % 1000,
			number * 31 % 1000);
		int sum = 0, weight = 9;
		for (const char *at = text; *at != '\0'; at++) {
			if (*at == '.')
				continue;
			sum += (*at - '0') * (weight == 1 ? -1 : weight);
			weight--;
		}
		bool looks = looks_like_bsn(bytes_of_string(text));
		passed += looks;
		assert_int_equal(looks, sum % 11 == 0);
	}
	assert_in_range(passed, 12000, 14000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_persons_are_recognised_in_every_spelling),
		cmocka_unit_test(grouped_numbers_are_those_that_pass_the_eleven_test),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
