/*
 * tests/unit/engine/contradictions_test.c - what a partner says twice, and what cannot both be so.
 */
#include "base/check.h"
#include "engine/contradictions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define ONLY(NAME) (1u << CONTRADICTION_##NAME)

static struct fact fact(enum event_type type, int day, unsigned number, int ref)
{
	static uint32_t seq;
	return (struct fact){
		.seq_low = ++seq,
		.type = (uint8_t)type,
		.day_offset = (uint16_t)day,
		.number = number & 0x3fff,
		.municipality = number & 0x3fff,
		.choice = type == EVENT_EXITED ? number & 31 : 0,
		.ref = (uint64_t)ref & FACT_REF_MAX,
	};
}

/* Up to four facts, and what is found in them, in whatever order they come. */
struct line {
	unsigned found;
	size_t count;
	struct {
		enum event_type type;
		int day;
		unsigned number;
		int ref;
	} facts[4];
};

static const struct line lines[] = {
	{ 0, 0, { { 0 } } },
	{ 0, 2,
		{ { EVENT_PERSON_REGISTERED, 1, 1990, 0 },
			{ EVENT_PERSON_REGISTERED, 9, 1990, 0 } } },
	{ ONLY(TWO_BIRTH_YEARS), 2,
		{ { EVENT_PERSON_REGISTERED, 1, 1990, 0 },
			{ EVENT_PERSON_REGISTERED, 9, 1991, 0 } } },
	{ ONLY(TWO_MUNICIPALITIES), 2,
		{ { EVENT_MUNICIPALITY_SETTLED, 5, 823, 0 },
			{ EVENT_MUNICIPALITY_SETTLED, 5, 824, 0 } } },
	{ 0, 2,
		{ { EVENT_MUNICIPALITY_SETTLED, 5, 823, 0 },
			{ EVENT_MUNICIPALITY_SETTLED, 6, 824, 0 } } },
	{ ONLY(TWO_RUNGS), 3,
		{ { EVENT_LADDER_ASSESSED, 5, 3, 0 }, { EVENT_LADDER_ASSESSED, 5, 4, 0 },
			{ EVENT_LADDER_ASSESSED, 6, 4, 0 } } },
	{ 0, 3,
		{ { EVENT_LADDER_ASSESSED, 5, 3, 0 }, { EVENT_LADDER_ASSESSED, 5, 3, 0 },
			{ EVENT_LADDER_ASSESSED, 6, 4, 0 } } },
	{ ONLY(NEWS_AFTER_EXIT), 2,
		{ { EVENT_EXITED, 5, EXIT_REASON_DEFINITIVE, 0 },
			{ EVENT_CONTACT_HELD, 6, 0, 0 } } },
	{ 0, 2,
		{ { EVENT_EXITED, 5, EXIT_REASON_OBJECTION, 0 },
			{ EVENT_CONTACT_HELD, 6, 0, 0 } } },
	{ 0, 2,
		{ { EVENT_EXITED, 5, EXIT_REASON_DEFINITIVE, 0 },
			{ EVENT_CONTACT_HELD, 5, 0, 0 } } },
	{ 0, 2,
		{ { EVENT_EXITED, 5, EXIT_REASON_DEFINITIVE, 0 },
			{ EVENT_BENEFIT_ENDED, 6, 0, 0 } } },
	{ 0, 3,
		{ { EVENT_EXITED, 5, EXIT_REASON_DEFINITIVE, 0 }, { EVENT_CONTACT_HELD, 9, 0, 0 },
			{ EVENT_MUNICIPALITY_SETTLED, 8, 823, 0 } } },
	{ ONLY(JOB_BEFORE_START), 2,
		{ { EVENT_JOB_STARTED, 5, 0, 1 }, { EVENT_JOB_ENDED, 4, 0, 1 } } },
	{ 0, 2, { { EVENT_JOB_STARTED, 5, 0, 1 }, { EVENT_JOB_ENDED, 4, 0, 2 } } },
	/* Another partner may have said that it started. */
	{ 0, 1, { { EVENT_JOB_CONFIRMED, 5, 0, 1 } } },
	{ ONLY(JOB_AFTER_END), 3,
		{ { EVENT_JOB_STARTED, 1, 0, 1 }, { EVENT_JOB_ENDED, 5, 0, 1 },
			{ EVENT_JOB_CONFIRMED, 6, 0, 1 } } },
	{ 0, 3,
		{ { EVENT_JOB_STARTED, 1, 0, 1 }, { EVENT_JOB_ENDED, 5, 0, 1 },
			{ EVENT_JOB_CONFIRMED, 5, 0, 1 } } },
	{ 0, 4,
		{ { EVENT_JOB_STARTED, 1, 0, 1 }, { EVENT_JOB_ENDED, 5, 0, 1 },
			{ EVENT_JOB_STARTED, 6, 0, 1 }, { EVENT_JOB_CONFIRMED, 7, 0, 1 } } },
	{ ONLY(JOB_BEFORE_START) | ONLY(TWO_RUNGS), 4,
		{ { EVENT_LADDER_ASSESSED, 5, 3, 0 }, { EVENT_JOB_STARTED, 9, 0, 3 },
			{ EVENT_JOB_CHANGED, 8, 0, 3 }, { EVENT_LADDER_ASSESSED, 5, 2, 0 } } },
};

static void each_is_found_and_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
		for (size_t turn = 0; turn < 4; turn++) {
			struct fact facts[4];
			for (size_t j = 0; j < lines[i].count; j++) {
				size_t from = (j + turn) % lines[i].count;
				facts[j] = fact(lines[i].facts[from].type, lines[i].facts[from].day,
					lines[i].facts[from].number, lines[i].facts[from].ref);
			}
			unsigned found = contradictions_of(facts, lines[i].count);
			if (found != lines[i].found)
				fail_msg("line %zu, turn %zu: %x, not %x", i, turn, found,
					lines[i].found);
		}
	}
}

static void people_are_counted_of_the_partner_that_is_asked_for(void **state)
{
	struct histories histories;
	atomic_bool stop = false;
	(void)state;
	assert_int_equal(histories_init(&histories), OK);
	struct fact both[] = { fact(EVENT_LADDER_ASSESSED, 5, 3, 0),
		fact(EVENT_LADDER_ASSESSED, 5, 4, 0), fact(EVENT_LADDER_ASSESSED, 5, 4, 0) };
	both[0].partner = both[1].partner = 1;
	both[2].partner = 2;
	struct history people[] = { { .facts = both, .count = 3 }, { .facts = both, .count = 3 },
		{ .facts = both, .count = 1 }, { .facts = both, .count = 2 } };
	struct history *own = histories.people;
	uint32_t own_count = histories.people_count;
	histories.people = people;
	histories.people_count = ARRAY_LENGTH(people);
	for (uint16_t partner = 1; partner <= 3; partner++) {
		uint64_t found[CONTRADICTION_COUNT] = { 0 };
		assert_int_equal(contradictions_count(&histories, partner, &stop, found), OK);
		/* The first history is nobody's. */
		assert_int_equal(found[CONTRADICTION_TWO_RUNGS], partner == 1 ? 2 : 0);
	}
	stop = true;
	uint64_t unread[CONTRADICTION_COUNT] = { 0 };
	assert_int_equal(contradictions_count(&histories, 1, &stop, unread), ERR_STOPPED);
	histories.people = own;
	histories.people_count = own_count;
	histories_release(&histories);
}

static void each_has_a_word_and_a_sentence(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CONTRADICTION_COUNT; i++) {
		assert_non_null(contradiction_name((enum contradiction)i));
		assert_non_null(contradiction_sentence((enum contradiction)i));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_found_and_nothing_else),
		cmocka_unit_test(people_are_counted_of_the_partner_that_is_asked_for),
		cmocka_unit_test(each_has_a_word_and_a_sentence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
