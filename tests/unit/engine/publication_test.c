/*
 * tests/unit/engine/publication_test.c - the gate: what is shown of what was published.
 */
#include "engine/publication.h"
#include "base/check.h"
#include "tests/unit/store_memory.h"

enum { HERE = 823, THERE = 820, ELSEWHERE = 1 };

/* Quarters of two municipalities; of HERE the newest is withheld. */
static struct publication rows[] = {
	{ .seq = 1, .recorded_us = 100, .municipality = HERE, .as_of = 91 },
	{ .seq = 2, .recorded_us = 200, .municipality = THERE, .as_of = 182 },
	{ .seq = 3,
		.recorded_us = 300,
		.municipality = HERE,
		.as_of = 182,
		.disclosure = { .withheld = true } },
	{ .seq = 4, .recorded_us = 400, .municipality = HERE, .as_of = 0 },
};

static struct publications publications_of_rows(void)
{
	struct publication *list[ARRAY_LENGTH(rows)];
	struct publications publications;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		list[i] = &rows[i];
	assert_int_equal(publications_init(&publications, list, ARRAY_LENGTH(rows)), OK);
	return publications;
}

static void only_what_was_published_is_shown(void **state)
{
	(void)state;
	static const struct {
		struct publication_question question;
		enum publication_state state;
		size_t row; /* ARRAY_LENGTH(rows): none */
	} cases[] = {
		{ { HERE, 91, false, 0 }, PUBLICATION_SHOWN, 0 },
		{ { HERE, 91, true, 100 }, PUBLICATION_SHOWN, 0 },
		{ { HERE, 91, true, 101 }, PUBLICATION_NONE, 4 },
		{ { HERE, 92, false, 0 }, PUBLICATION_NONE, 4 },
		{ { HERE, 182, false, 0 }, PUBLICATION_WITHHELD, 2 },
		{ { THERE, DAY_NONE, false, 0 }, PUBLICATION_SHOWN, 1 },
		{ { THERE, 91, false, 0 }, PUBLICATION_NONE, 4 },
		{ { ELSEWHERE, DAY_NONE, false, 0 }, PUBLICATION_NONE, 4 },
		{ { PART_ALL, DAY_NONE, false, 0 }, PUBLICATION_NONE, 4 },
	};
	struct publications publications = publications_of_rows();
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct publication *found = &rows[0];
		assert_int_equal(publications_ask(&publications, &cases[i].question, &found),
			cases[i].state);
		assert_ptr_equal(
			found, cases[i].row == ARRAY_LENGTH(rows) ? NULL : &rows[cases[i].row]);
	}
	publications_release(&publications);
}

static void the_quarters_before_are_the_municipalitys_own(void **state)
{
	(void)state;
	struct publications publications = publications_of_rows();
	size_t count;
	const struct publication *const *before =
		publications_before(&publications, &rows[2], 8, &count);
	assert_int_equal(count, 2);
	assert_ptr_equal(before[0], &rows[3]);
	assert_ptr_equal(before[1], &rows[0]);
	before = publications_before(&publications, &rows[2], 1, &count);
	assert_int_equal(count, 1);
	assert_ptr_equal(before[0], &rows[0]);
	publications_before(&publications, &rows[1], 8, &count);
	assert_int_equal(count, 0);
	publications_release(&publications);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_was_published_is_shown),
		cmocka_unit_test(the_quarters_before_are_the_municipalitys_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
