/*
 * tests/unit/histories_same.h - two sets of histories say the same, however they were made.
 */
#ifndef TESTS_UNIT_HISTORIES_SAME_H
#define TESTS_UNIT_HISTORIES_SAME_H

#include "engine/histories.h"
#include "tests/unit/store_memory.h"

/* Two facts alike, but for the numbers that stand for their references in two sets of names. */
static inline bool facts_same(
	const struct names *a, const struct fact *x, const struct names *b, const struct fact *y)
{
	struct fact left = *x, right = *y;
	bool until = left.type == EVENT_TARGET_SET || left.type == EVENT_LANGUAGE_EXEMPTED;
	if (!until && left.ref != 0 && right.ref != 0 &&
		bytes_equal(names_text(a, left.ref), names_text(b, right.ref)))
		left.ref = right.ref;
	return memcmp(&left, &right, sizeof(left)) == 0;
}

static inline void sort_all(struct histories *histories, struct reader *reader)
{
	for (uint32_t person = 0; person < histories->people_count; person++)
		assert_int_equal(histories_sort(histories, reader, person), OK);
}

/* Both are sorted. One may have people of whom nothing is in force. */
static inline void check_same(const struct histories *a, const struct histories *b)
{
	assert_int_equal(a->applied_seq, b->applied_seq);
	assert_int_equal(a->fact_count, b->fact_count);
	for (uint32_t person = 0; person < a->people_count || person < b->people_count; person++) {
		uint32_t count = person < a->people_count ? a->people[person].count : 0;
		assert_int_equal(count, person < b->people_count ? b->people[person].count : 0);
		for (uint32_t i = 0; i < count; i++)
			assert_true(
				facts_same(histories_refs(a, person), &a->people[person].facts[i],
					histories_refs(b, person), &b->people[person].facts[i]));
	}
}

#endif
