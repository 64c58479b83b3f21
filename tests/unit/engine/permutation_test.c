/*
 * tests/unit/engine/permutation_test.c - the permutation test over municipalities,
 * against counting by hand and against a naive twin.
 */
#include "engine/permutation.h"
#include "tests/unit/indicator_memory.h"

#include <math.h>

#define HORIZON   100
#define UNITS_MAX 32

static const struct compared compared = {
	.curves = 1,
	.function = CURVE_INCIDENCE_1,
	.days = HORIZON,
};

#define assert_near(found, expected, by) assert_true(fabs((found) - (expected)) <= (by))

/* Municipalities of people who are all seen up to the horizon: a share is a quotient. */
struct town {
	unsigned group;
	int64_t people;
	int64_t events;
};

struct country {
	struct histogram curves[UNITS_MAX][PERMUTATION_GROUPS_MAX][CURVE_HISTOGRAMS];
	struct permutation_unit units[UNITS_MAX];
	size_t count;
};

static void country_put(
	struct country *country, size_t unit, unsigned group, int64_t people, int64_t events)
{
	struct histogram *curve = country->curves[unit][group];
	histogram_add(&curve[0], 0, people);
	if (people > events)
		histogram_add(&curve[1], HORIZON + 1 + (int32_t)unit, people - events);
	if (events > 0)
		histogram_add(&curve[2], 10 + (int32_t)unit % 7, events);
	country->units[unit].sources[group] = curve;
	if (unit >= country->count)
		country->count = unit + 1;
}

static struct permutation test_towns(const struct town *towns, size_t count)
{
	static struct country country;
	struct permutation result;
	country = (struct country){ .count = 0 };
	for (size_t i = 0; i < count; i++)
		country_put(&country, i, towns[i].group, towns[i].people, towns[i].events);
	assert_int_equal(permutation_test(country.units, country.count, &compared, &result), OK);
	for (size_t i = 0; i < count; i++) {
		for (unsigned place = 0; place < CURVE_HISTOGRAMS; place++)
			free(country.curves[i][towns[i].group][place].cells);
	}
	return result;
}

/* The naive twin, for two groups: every way is a set of bits. */
static double naive_p(const struct town *towns, size_t count, double difference)
{
	int64_t ways = 0, found = 0;
	int size = 0;
	for (size_t i = 0; i < count; i++)
		size += towns[i].group == 1;
	for (uint32_t way = 0; way < UINT32_C(1) << count; way++) {
		int64_t people[2] = { 0 }, events[2] = { 0 };
		if (__builtin_popcount(way) != size)
			continue;
		for (size_t i = 0; i < count; i++) {
			people[way >> i & 1] += towns[i].people;
			events[way >> i & 1] += towns[i].events;
		}
		double found_here = fabs((double)events[0] / (double)people[0] -
					 (double)events[1] / (double)people[1]);
		ways++;
		found += found_here >= difference - 1e-12;
	}
	return (double)found / (double)ways;
}

static void the_most_different_of_all_ways_has_the_smallest_p(void **state)
{
	static const struct town towns[] = {
		{ 0, 10, 9 },
		{ 0, 10, 8 },
		{ 0, 10, 7 },
		{ 1, 10, 1 },
		{ 1, 10, 2 },
	};
	(void)state;
	struct permutation found = test_towns(towns, ARRAY_LENGTH(towns));
	assert_int_equal(found.units[0], 3);
	assert_int_equal(found.units[1], 2);
	assert_int_equal(found.units[2], 0);
	assert_near(found.shares[0], 0.8, 1e-12);
	assert_near(found.shares[1], 0.15, 1e-12);
	assert_true(isnan(found.shares[2]));
	assert_near(found.difference, 0.65, 1e-12);
	assert_int_equal(found.ways, 10);
	assert_false(found.drawn);
	assert_near(found.p, 0.1, 1e-12);
	assert_near(found.p_min, 0.1, 1e-12);
}

/* Of two against two, every way has a mirror: no p is below a third. */
static void groups_of_equal_size_can_change_places(void **state)
{
	static const struct town towns[] = { { 0, 10, 9 }, { 1, 10, 1 }, { 0, 10, 8 },
		{ 1, 10, 2 } };
	(void)state;
	struct permutation found = test_towns(towns, ARRAY_LENGTH(towns));
	assert_int_equal(found.ways, 6);
	assert_near(found.p, 1.0 / 3, 1e-12);
	assert_near(found.p_min, 1.0 / 3, 1e-12);
}

static void three_groups_are_compared_by_their_largest_difference(void **state)
{
	static const struct town towns[] = { { 0, 10, 5 }, { 2, 10, 9 }, { 3, 10, 1 },
		{ 0, 30, 15 } };
	(void)state;
	struct permutation found = test_towns(towns, ARRAY_LENGTH(towns));
	assert_near(found.difference, 0.8, 1e-12);
	assert_int_equal(found.ways, 12);
	/* 9 and 1 alone, in either order: two ways. */
	assert_near(found.p, 2.0 / 12, 1e-12);
	assert_near(found.p_min, 2.0 / 12, 1e-12);
}

static void where_nothing_differs_p_is_one(void **state)
{
	static const struct town towns[] = { { 0, 10, 5 }, { 1, 10, 5 }, { 1, 20, 10 } };
	(void)state;
	struct permutation found = test_towns(towns, ARRAY_LENGTH(towns));
	assert_near(found.difference, 0, 1e-12);
	assert_near(found.p, 1, 1e-12);
	assert_near(found.p_min, 1.0 / 3, 1e-12);
}

static void one_group_is_no_test(void **state)
{
	static const struct town towns[] = { { 1, 10, 5 }, { 1, 10, 9 } };
	(void)state;
	for (size_t count = 0; count <= ARRAY_LENGTH(towns); count++) {
		struct permutation found = test_towns(towns, count);
		assert_int_equal(found.units[1], count);
		assert_int_equal(found.ways, 0);
		assert_true(isnan(found.p) && isnan(found.p_min) && isnan(found.difference));
	}
}

static void a_municipality_belongs_with_all_its_records_to_the_model_of_most(void **state)
{
	static struct country country;
	struct permutation found;
	(void)state;
	country = (struct country){ .count = 0 };
	country_put(&country, 0, 2, 10, 10);
	country_put(&country, 0, 3, 30, 0);
	country_put(&country, 1, 1, 20, 20); /* of equal ones the first */
	country_put(&country, 1, 2, 20, 0);
	assert_int_equal(permutation_test(country.units, 2, &compared, &found), OK);
	assert_int_equal(found.units[3], 1);
	assert_int_equal(found.units[1], 1);
	assert_int_equal(found.units[2], 0);
	assert_near(found.shares[3], 0.25, 1e-12);
	assert_near(found.shares[1], 0.5, 1e-12);
	for (size_t i = 0; i < UNITS_MAX * PERMUTATION_GROUPS_MAX * CURVE_HISTOGRAMS; i++)
		free((&country.curves[0][0][0])[i].cells);
}

/* Towns of chance; the seed is the number of the round. */
static void towns_make(struct town *towns, size_t count, size_t of_one, uint32_t seed)
{
	for (size_t i = 0; i < count; i++) {
		seed = seed * 1664525 + 1013904223;
		towns[i].people = 5 + (seed >> 24) % 40;
		towns[i].events = (seed >> 12) % (uint32_t)(towns[i].people + 1);
		towns[i].group = i < of_one;
	}
}

static void few_ways_are_all_tried(void **state)
{
	struct town towns[11];
	(void)state;
	for (uint32_t round = 0; round < 30; round++) {
		size_t count = 3 + round % 9, of_one = 1 + round % (count - 1);
		towns_make(towns, count, of_one, round);
		struct permutation found = test_towns(towns, count);
		assert_false(found.drawn);
		assert_near(found.p, naive_p(towns, count, found.difference), 1e-12);
		assert_true(found.p >= found.p_min - 1e-12);
	}
}

static void of_many_ways_some_are_drawn_and_p_is_near(void **state)
{
	struct town towns[18];
	(void)state;
	for (uint32_t round = 0; round < 3; round++) {
		towns_make(towns, ARRAY_LENGTH(towns), 8 + round % 2, 77 + round);
		struct permutation found = test_towns(towns, ARRAY_LENGTH(towns));
		struct permutation again = test_towns(towns, ARRAY_LENGTH(towns));
		double exact = naive_p(towns, ARRAY_LENGTH(towns), found.difference);
		assert_true(found.drawn);
		assert_int_equal(found.ways, PERMUTATION_TRIED);
		/* Five standard errors. */
		assert_near(found.p, exact, 5 * sqrt(exact * (1 - exact) / 1e4) + 1e-4);
		assert_near(found.p_min, 1e-4, 1e-12);
		assert_true(found.p == again.p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_different_of_all_ways_has_the_smallest_p),
		cmocka_unit_test(groups_of_equal_size_can_change_places),
		cmocka_unit_test(three_groups_are_compared_by_their_largest_difference),
		cmocka_unit_test(where_nothing_differs_p_is_one),
		cmocka_unit_test(one_group_is_no_test),
		cmocka_unit_test(a_municipality_belongs_with_all_its_records_to_the_model_of_most),
		cmocka_unit_test(few_ways_are_all_tried),
		cmocka_unit_test(of_many_ways_some_are_drawn_and_p_is_near),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
