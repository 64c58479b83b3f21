/*
 * tests/unit/engine/metrics_test.c - the text of the metrics, which grows once.
 */
#include "engine/answer.h"
#include "engine/metrics.h"
#include "tests/unit/store_memory.h"

#define MUNICIPALITIES 60

/* The figures of municipalities that nothing was ever said about. */
static void metrics_make(struct metrics *metrics)
{
	struct arena arena;
	const struct question question = question_at(0);
	assert_int_equal(arena_init(&arena, FIGURES_ARENA_SIZE), OK);
	assert_int_equal(metrics_init(metrics), OK);
	for (uint16_t i = 0; i < MUNICIPALITIES; i++) {
		const struct answer_head head = { .municipality = i, .window_days = 365 };
		arena_reset(&arena);
		assert_int_equal(
			metrics_add(metrics, i, answer_build(&head, NULL, &question, &arena), NULL),
			OK);
	}
	arena_release(&arena);
}

static bool is_the_last(const void *context, uint16_t municipality)
{
	(void)context;
	return municipality == MUNICIPALITIES - 1;
}

static bool is_none(const void *context, uint16_t municipality)
{
	(void)context;
	(void)municipality;
	return false;
}

static void the_text_grows_once_and_leaves_room_for_what_comes_after(void **state)
{
	(void)state;
	static const struct {
		bool (*wanted)(const void *context, uint16_t municipality);
		size_t least;
	} rows[] = { { NULL, 8 * METRICS_ROOM }, { is_the_last, 1000 }, { is_none, 0 } };
	struct metrics metrics;
	metrics_make(&metrics);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct text text = { 0 };
		metrics_print(&metrics, rows[i].wanted, NULL, &text);
		assert_false(text.failed);
		assert_true(text.length >= rows[i].least);
		size_t left = text.size - text.length - 1;
		/* The heads of families without samples are not printed. */
		assert_in_range(left, METRICS_ROOM, METRICS_ROOM * 3 / 2);
		text_release(&text);
	}
	metrics_release(&metrics);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_grows_once_and_leaves_room_for_what_comes_after),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
