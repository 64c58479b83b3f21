/*
 * tests/unit/page/difference_test.c - better, worse, or about the same: never where it is noise.
 */
#include "page/difference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "base/check.h"

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

static void z_is_that_of_the_normal_distribution(void **state)
{
	(void)state;
	static const struct {
		unsigned comparisons;
		double z;
	} rows[] = { { 1, 1.959964 }, { 2, 2.241403 }, { 5, 2.575829 }, { 10, 2.807034 } };
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_true(fabs(difference_z(rows[i].comparisons) - rows[i].z) < 1e-6);
}

static void shares_differ_when_limits_and_rounding_leave_something(void **state)
{
	(void)state;
	static const struct {
		struct compared_share before, now;
		unsigned comparisons;
		enum difference shown;
	} rows[] = {
		/* Newcombe's example (a): 56/70 and 48/80 differ, at one in twenty. */
		{ { 48, 32, 1, 0 }, { 56, 14, 1, 0 }, 1, DIFFERENCE_MORE },
		{ { 56, 14, 1, 0 }, { 48, 32, 1, 0 }, 1, DIFFERENCE_LESS },
		/* But not as one of ten comparisons, */
		{ { 48, 32, 1, 0 }, { 56, 14, 1, 0 }, 10, DIFFERENCE_NOT_SHOWN },
		/* nor when the counts are multiples of 10. */
		{ { 48, 32, 1, 10 }, { 56, 14, 1, 10 }, 1, DIFFERENCE_NOT_SHOWN },
		{ { 100, 300, 2, 5 }, { 200, 200, 2, 5 }, 5, DIFFERENCE_MORE },
		{ { 0, 12, 1, 0 }, { 12, 0, 1, 0 }, 5, DIFFERENCE_MORE },
		{ { 0, 2, 1, 0 }, { 2, 0, 1, 0 }, 5, DIFFERENCE_NOT_SHOWN },
		{ { 5, 5, 1, 0 }, { 5, 5, 1, 0 }, 1, DIFFERENCE_NOT_SHOWN },
		{ { NAN, NAN, 1, 0 }, { 5, 5, 1, 0 }, 1, DIFFERENCE_NONE },
		{ { 5, 5, 1, 0 }, { 0, 0, 1, 0 }, 1, DIFFERENCE_NONE },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_int_equal(
			difference_of_shares(rows[i].before, rows[i].now, rows[i].comparisons),
			rows[i].shown);
}

static void estimates_differ_by_their_errors(void **state)
{
	(void)state;
	static const struct {
		struct compared_estimate before, now;
		enum difference shown;
	} rows[] = {
		{ { 0.2, 0.05, 40 }, { 0.5, 0.05, 40 }, DIFFERENCE_MORE },
		{ { 0.5, 0.05, 40 }, { 0.2, 0.05, 40 }, DIFFERENCE_LESS },
		{ { 0.2, 0.05, 40 }, { 0.3, 0.05, 40 }, DIFFERENCE_NOT_SHOWN },
		/* Of four people nothing is said; a curve at 0 has no error, but few people. */
		{ { 0.2, 0.05, 40 }, { 0.9, 0.01, 4 }, DIFFERENCE_NONE },
		{ { 0, 0, 6 }, { 0.4, 0.05, 60 }, DIFFERENCE_NOT_SHOWN },
		{ { 0, 0, 600 }, { 0.4, 0.05, 60 }, DIFFERENCE_MORE },
		/* Five of five and none of five do differ. */
		{ { 1, 0, 5 }, { 0, 0, 5 }, DIFFERENCE_LESS },
		{ { NAN, NAN, 0 }, { 0.4, 0.05, 60 }, DIFFERENCE_NONE },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_int_equal(
			difference_of_estimates(rows[i].before, rows[i].now, 1), rows[i].shown);
}

static unsigned chance(unsigned *seed, unsigned below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (unsigned)(((uint64_t)*seed * below) >> 32);
}

/*
 * Pages of municipalities in which nothing changed: of 2000, with ten rows each, about 100 may say
 * that something did. The base rounds the counts as published ones are.
 */
static void nothing_is_said_where_there_is_only_noise(void **state)
{
	(void)state;
	static const unsigned people[] = { 12, 60, 400 };
	unsigned seed = 20261130;
	print_message("seed %u\n", seed);
	for (int published = 0; published <= 1; published++) {
		for (size_t size = 0; size < ARRAY_LENGTH(people); size++) {
			double base = published ? 5 : 0;
			unsigned wrong = 0;
			for (int page = 0; page < 2000; page++) {
				unsigned said = 0;
				for (int row = 0; row < 10; row++) {
					unsigned share = 5 + chance(&seed, 90);
					struct compared_share both[2] = { { 0, 0, 1, base },
						{ 0, 0, 1, base } };
					for (unsigned i = 0; i < 2 * people[size]; i++) {
						bool yes = chance(&seed, 100) < share;
						both[i % 2].yes += yes;
						both[i % 2].rest += !yes;
					}
					for (int i = 0; i < 2 && published; i++) {
						both[i].yes =
							base * floor(both[i].yes / base + 0.5);
						both[i].rest =
							base * floor(both[i].rest / base + 0.5);
					}
					enum difference shown =
						difference_of_shares(both[0], both[1], 10);
					said += shown == DIFFERENCE_MORE ||
						shown == DIFFERENCE_LESS;
				}
				wrong += said > 0;
			}
			/* Of 2000 at one in twenty three standard deviations above are 129. */
			assert_true(wrong <= 129);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(z_is_that_of_the_normal_distribution),
		cmocka_unit_test(shares_differ_when_limits_and_rounding_leave_something),
		cmocka_unit_test(estimates_differ_by_their_errors),
		cmocka_unit_test(nothing_is_said_where_there_is_only_noise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
