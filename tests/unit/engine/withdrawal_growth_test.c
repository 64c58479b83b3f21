/*
 * tests/unit/engine/withdrawal_growth_test.c - what it costs to follow the withdrawals of one
 * person's events.
 *
 * A sender chooses how many there are, and in what order they come. Four times as many may take
 * little more than four times as many steps: n log n gives about five, n squared sixteen.
 */
#include "engine/histories.h"
#include "tests/unit/histories_same.h"
#include "tests/unit/store_memory.h"

#define FEW    256
#define MANY   (4 * FEW)
#define GROWTH 6 /* at most so many times as many steps */

/* The compiler calls this in each straight piece of code of engine/histories.c. */
void __sanitizer_cov_trace_pc(void);

static uint64_t steps;

void __sanitizer_cov_trace_pc(void)
{
	steps++;
}

/* Which event is withdrawn by the i-th withdrawal. */
static unsigned first_first(unsigned i, unsigned count)
{
	(void)count;
	return i;
}

static unsigned last_first(unsigned i, unsigned count)
{
	return count - 1 - i;
}

static unsigned in_leaps(unsigned i, unsigned count)
{
	return i * 37 % count; /* no power of two has it as a factor */
}

/* Steps that it takes to follow the withdrawals of all events of a person. */
static uint64_t steps_of(unsigned count, unsigned (*order)(unsigned i, unsigned count))
{
	struct store store;
	struct histories histories;
	char id[24], body[64];
	store_make(&store);
	store_begin(&store);
	for (unsigned i = 0; i < count; i++) {
		snprintf(id, sizeof(id), "e%u", i);
		store_put(&store, (struct said){ .id = id });
	}
	store_commit(&store);
	struct reader *reader = store_reader(&store);
	assert_int_equal(histories_init(&histories), OK);
	assert_int_equal(histories_follow(&histories, reader, count, UINT64_MAX), OK);
	assert_int_equal(histories_sort(&histories, reader, 1), OK);
	assert_int_equal(histories.people[1].count, count);
	store_begin(&store);
	for (unsigned i = 0; i < count; i++) {
		snprintf(id, sizeof(id), "r%u", i);
		snprintf(body, sizeof(body), "'event_retracted':{'target_id':'e%u'}",
			order(i, count));
		store_put(&store, (struct said)ABOUT_NOBODY(id, body));
	}
	store_commit(&store);
	assert_int_equal(reader_renew(reader), OK);
	steps = 0;
	assert_int_equal(histories_follow(&histories, reader, 2 * count, UINT64_MAX), OK);
	assert_true(steps > count);
	assert_int_equal(histories.people[1].count, 0);
	assert_int_equal(histories.fact_count, 0);
	histories_release(&histories);
	reader_close(reader);
	store_drop(&store);
	return steps;
}

static void withdrawals_of_one_person_grow_like_n_log_n(void **state)
{
	static unsigned (*const orders[])(
		unsigned, unsigned) = { first_first, last_first, in_leaps };
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(orders); i++) {
		uint64_t few = steps_of(FEW, orders[i]), many = steps_of(MANY, orders[i]);
		if (many > few * GROWTH)
			fail_msg("order %zu: %d withdrawals take %llu steps, %d take %llu", i, FEW,
				(unsigned long long)few, MANY, (unsigned long long)many);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(withdrawals_of_one_person_grow_like_n_log_n),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
