/*
 * tests/unit/engine/tally_test.c - sums that can be taken off exactly.
 */
#include "engine/tally.h"
#include "tests/unit/store_memory.h"

/* One contribution. */
struct term {
	uint16_t municipality;
	bool histogram;
	unsigned place;
	int32_t at;
	int64_t units;
};

static struct term term_random(struct chance *chance)
{
	static const uint16_t municipalities[] = { 0, 823, 9999, PART_ALL };
	bool histogram = chance_below(chance, 2) == 0;
	return (struct term){
		.municipality = municipalities[chance_below(chance, 4)],
		.histogram = histogram,
		.place = (unsigned)chance_below(
			chance, histogram ? registry_histograms() : registry_counters()),
		.at = (int32_t)chance_below(chance, 40) - 20,
		.units = (int64_t)chance_below(chance, 7) - 3,
	};
}

static void add(struct tally *tally, const struct term *term, int64_t sign)
{
	struct adder adder = { tally, sign };
	struct sink sink = tally_sink(&adder);
	sink.add(sink.context, term->municipality, term->histogram, term->place, term->at,
		term->units);
}

static struct tally *tally_make(void)
{
	struct tally *tally;
	assert_int_equal(tally_new(&tally), OK);
	return tally;
}

#define TERMS 3000

static void what_was_added_can_be_taken_off_in_any_order_to_nothing(void **state)
{
	(void)state;
	static struct term terms[TERMS];
	struct chance chance = chance_new();
	struct tally *tally = tally_make(), *empty = tally_make();
	for (size_t i = 0; i < TERMS; i++) {
		terms[i] = term_random(&chance);
		add(tally, &terms[i], 1);
	}
	assert_false(tally_equal(tally, empty));
	for (size_t i = TERMS; i > 0; i--) {
		size_t chosen = chance_below(&chance, i);
		add(tally, &terms[chosen], -1);
		terms[chosen] = terms[i - 1];
	}
	assert_true(tally_equal(tally, empty));
	/* Not a cell is left, of no histogram of no part. */
	for (size_t i = 0; i < tally->used_count; i++) {
		const struct part *part = tally->parts[tally->used[i]];
		for (unsigned j = 0; j < registry_histograms(); j++)
			assert_int_equal(part->histograms[j].count, 0);
		for (unsigned j = 0; j < registry_counters(); j++)
			assert_int_equal(part->counters[j], 0);
	}
	tally_free(tally);
	tally_free(empty);
}

/* A naive twin: a histogram is an array that is looked through. */
static void cells_are_sorted_sums(void **state)
{
	(void)state;
	struct chance chance = chance_new();
	struct tally *tally = tally_make();
	int64_t naive[41] = { 0 };
	for (int i = 0; i < 2000; i++) {
		struct term term = term_random(&chance);
		term.histogram = true;
		term.place = 0;
		term.municipality = 823;
		int64_t sign = chance_below(&chance, 3) == 0 ? -1 : 1;
		naive[term.at + 20] += sign * term.units;
		add(tally, &term, sign);
	}
	const struct histogram *histogram = &tally_part(tally, 823)->histograms[0];
	uint32_t count = 0;
	for (int32_t at = -20; at <= 20; at++) {
		if (naive[at + 20] == 0)
			continue;
		assert_true(count < histogram->count);
		assert_int_equal(histogram->cells[count].at, at);
		assert_int_equal(histogram->cells[count++].units, naive[at + 20]);
	}
	assert_int_equal(count, histogram->count);
	tally_free(tally);
}

static void the_order_of_adding_leaves_no_trace(void **state)
{
	(void)state;
	struct chance chance = chance_new();
	struct tally *a = tally_make(), *b = tally_make();
	static struct term terms[200];
	for (size_t i = 0; i < ARRAY_LENGTH(terms); i++) {
		terms[i] = term_random(&chance);
		add(a, &terms[i], 1);
	}
	for (size_t i = ARRAY_LENGTH(terms); i-- > 0;)
		add(b, &terms[i], 1);
	assert_true(tally_equal(a, b));
	/* Every single difference is seen. */
	for (size_t i = 0; i < ARRAY_LENGTH(terms); i++) {
		if (terms[i].units == 0)
			continue;
		add(b, &terms[i], 1);
		assert_false(tally_equal(a, b));
		assert_false(tally_equal(b, a));
		add(b, &terms[i], -1);
		assert_true(tally_equal(b, a));
	}
	tally_free(a);
	tally_free(b);
}

static void a_part_of_zeros_is_as_none(void **state)
{
	(void)state;
	struct tally *a = tally_make(), *b = tally_make();
	struct term nothing = { .municipality = 823 };
	assert_null(tally_part(a, 823));
	add(a, &nothing, 1);
	assert_non_null(tally_part(a, 823));
	assert_true(tally_equal(a, b));
	assert_true(tally_equal(b, a));
	tally_free(a);
	tally_free(b);
}

static void a_part_that_is_taken_is_the_callers(void **state)
{
	(void)state;
	struct tally *tally = tally_make();
	for (uint16_t i = 0; i < 4; i++) {
		struct term term = { .municipality = i == 3 ? PART_ALL : i, .units = i + 1 };
		add(tally, &term, 1);
	}
	struct part *part = tally_part_take(tally, 1);
	assert_int_equal(part->municipality, 1);
	assert_int_equal(part->counters[0], 2);
	assert_null(tally_part(tally, 1));
	assert_null(tally_part_take(tally, 1));
	assert_null(tally_part_take(tally, 4711));
	assert_int_equal(tally->used_count, 3);
	assert_int_equal(tally_part(tally, PART_ALL)->counters[0], 4);
	tally_clear(tally);
	assert_int_equal(tally->used_count, 0);
	assert_int_equal(part->counters[0], 2);
	part_free(part);
	part_free(NULL);
	tally_free(tally);
	tally_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_can_be_taken_off_in_any_order_to_nothing),
		cmocka_unit_test(cells_are_sorted_sums),
		cmocka_unit_test(the_order_of_adding_leaves_no_trace),
		cmocka_unit_test(a_part_of_zeros_is_as_none),
		cmocka_unit_test(a_part_that_is_taken_is_the_callers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
