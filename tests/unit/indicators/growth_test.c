/*
 * tests/unit/indicators/growth_test.c - what a person costs who has very many events.
 *
 * A sender chooses how many, of which type, on which days and of which refs. Four times as
 * many may take little more than four times as many steps: n log n gives about five, n
 * squared sixteen.
 */
#include "base/check.h"
#include "indicators/person/due.h"
#include "indicators/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define P      20000
#define FEW    1024
#define MANY   (4 * FEW)
#define GROWTH 6 /* at most so many times as many steps */

/* How days, refs, places and senders go on from event to event. */
struct pattern {
	const char *name;
	unsigned refs; /* 0: each has one of its own; else so many events share one */
	unsigned days; /* the last of so many days up to P, one after the other */
	bool in_turns; /* refs come again and again, not one after the other */
	unsigned senders;
	unsigned municipalities;
};

static const struct pattern patterns[] = {
	{ "each a ref of its own, on one day", 0, 1, false, 1, 1 },
	{ "each a ref of its own, in a year", 0, 365, false, 1, 1 },
	{ "one ref, in a month", MANY, 28, false, 1, 1 },
	{ "two of each ref, in thirty years", 2, 12000, false, 1, 1 },
	{ "refs in turns, in thirty years", 4, 12000, true, 1, 1 },
	{ "many senders and places", 2, 365, false, 1000, 300 },
};

/* Types that come in turns. */
struct mixture {
	const char *name;
	enum event_type types[4];
	unsigned count;
};

static const struct mixture mixtures[] = {
	{ "sanctions",
		{ EVENT_SANCTION_ANNOUNCED, EVENT_SANCTION_IMPOSED, EVENT_SANCTION_ANNULLED,
			EVENT_SANCTION_IMPOSED },
		4 },
	{ "jobs that end", { EVENT_JOB_STARTED, EVENT_JOB_ENDED }, 2 },
	{ "jobs that go on",
		{ EVENT_JOB_STARTED, EVENT_JOB_CONFIRMED, EVENT_JOB_CHANGED,
			EVENT_LADDER_ASSESSED },
		4 },
	{ "claims",
		{ EVENT_JOB_STARTED, EVENT_JOB_ENDED, EVENT_PLACEMENT_CLAIMED,
			EVENT_PLACEMENT_ADJUDICATED },
		4 },
	{ "comings and goings",
		{ EVENT_MUNICIPALITY_SETTLED, EVENT_LADDER_ASSESSED, EVENT_EXITED,
			EVENT_MUNICIPALITY_LEFT },
		4 },
	{ "plans", { EVENT_PLAN_SIGNED, EVENT_PLAN_REVIEWED, EVENT_PLAN_WITHDRAWN }, 3 },
	{ "barriers", { EVENT_BARRIER_REPORTED, EVENT_BARRIER_RESOLVED }, 2 },
};

static int by_order(const void *a, const void *b)
{
	const struct fact *left = a, *right = b;
	if (left->day_offset != right->day_offset)
		return left->day_offset < right->day_offset ? -1 : 1;
	int classes =
		fact_class((enum event_type)left->type) - fact_class((enum event_type)right->type);
	return classes != 0 ? classes
			    : (left->seq_low > right->seq_low) - (left->seq_low < right->seq_low);
}

static struct fact fact_at(
	const struct mixture *mixture, const struct pattern *pattern, unsigned i, unsigned count)
{
	unsigned ref = pattern->refs == 0 ? i : i / pattern->refs;
	if (pattern->in_turns)
		ref = i % (count / pattern->refs);
	return (struct fact){
		.seq_low = i + 1,
		.type = (uint8_t)mixture->types[i % mixture->count],
		.day_offset = (uint16_t)(P - FACT_DAY_FIRST - i % pattern->days),
		.partner = (uint16_t)(1 + i % pattern->senders),
		.ref = (ref + 1) & FACT_REF_MAX,
		.choice = (1 + i % 3) & 0xfu,
		.more = (1 + i % 2) & 0xfu,
		.number = (1 + i % 5) & 0x3fffu,
		.municipality = (1000 + i % pattern->municipalities) & 0x3fffu,
	};
}

static void nothing_added(
	void *context, uint16_t part, bool histogram, unsigned place, int32_t at, int64_t units)
{
	(void)context, (void)part, (void)histogram, (void)place, (void)at, (void)units;
}

static void nothing_due(void *context, const struct due *due)
{
	(void)context, (void)due;
}

static void nothing_sent(void *context, uint16_t partner, enum due_reason reason)
{
	(void)context, (void)partner, (void)reason;
}

/* The compiler calls this in each straight piece of code of indicators/ and base/sort.c. */
void __sanitizer_cov_trace_pc(void);

static uint64_t steps;

void __sanitizer_cov_trace_pc(void)
{
	steps++;
}

/* Steps of all that is made of a person of so many events: contributions and work lists. */
static uint64_t steps_of(
	const struct mixture *mixture, const struct pattern *pattern, unsigned count)
{
	static struct fact facts[MANY + 1];
	const struct question question = question_at(P);
	const struct sink sink = { .add = nothing_added };
	const struct due_sink due = { nothing_due, nothing_sent, NULL };
	static const struct mixture settled = { "", { EVENT_MUNICIPALITY_SETTLED }, 1 };
	static const struct pattern long_ago = { "", 0, 1, false, 1, 1 };
	struct arena arena;
	struct person person;
	facts[0] = fact_at(&settled, &long_ago, 0, 1);
	facts[0].day_offset = 100;
	for (unsigned i = 0; i < count; i++)
		facts[i + 1] = fact_at(mixture, pattern, i, count);
	qsort(facts, count + 1, sizeof(facts[0]), by_order);
	assert_int_equal(arena_init(&arena, person_arena_size(count + 1)), OK);
	steps = 0;
	person_prepare(&person, &question, facts, count + 1, &arena);
	registry_contribute(&person, &sink);
	due_find(&person, count + 1, &due);
	arena_release(&arena);
	assert_true(steps > count);
	return steps;
}

static size_t too_slow(const struct mixture *mixture)
{
	size_t slow = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(patterns); i++) {
		const struct pattern *pattern = &patterns[i];
		uint64_t few = steps_of(mixture, pattern, FEW);
		uint64_t many = steps_of(mixture, pattern, MANY);
		if (many <= few * GROWTH)
			continue;
		print_error("%s, %s: %d events take %llu steps, %d take %llu\n", mixture->name,
			pattern->name, FEW, (unsigned long long)few, MANY,
			(unsigned long long)many);
		slow++;
	}
	return slow;
}

static void each_type_grows_like_n_log_n(void **state)
{
	size_t slow = 0;
	(void)state;
	for (unsigned type = 1; type <= EVENT_TYPE_MAX; type++) {
		char name[32];
		snprintf(name, sizeof(name), "type %u", type);
		const struct mixture alone = { name, { (enum event_type)type }, 1 };
		if (type != EVENT_EVENT_RETRACTED && type != EVENT_REPORT_PUBLISHED)
			slow += too_slow(&alone);
	}
	assert_int_equal(slow, 0);
}

static void types_that_belong_together_grow_like_n_log_n(void **state)
{
	size_t slow = 0;
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(mixtures); i++)
		slow += too_slow(&mixtures[i]);
	assert_int_equal(slow, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_grows_like_n_log_n),
		cmocka_unit_test(types_that_belong_together_grow_like_n_log_n),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
