/*
 * tests/unit/engine/csv_test.c - rows of CSV from a tree made by hand.
 */
#include "engine/csv.h"
#include "tests/unit/indicator_memory.h"

#include <math.h>

static void head_build(struct figures *figures, struct arena *arena, int64_t window)
{
	figures_init(figures, arena, 0);
	figures_integer(figures, "definitions", 1);
	figures_text(figures, "as_of", "2026-06-30");
	figures_text(figures, "known_at", "K");
	figures_text(figures, "municipality", "all");
	figures_integer(figures, "window", window);
}

static void estimate_build(struct figures *figures, int32_t months, double share)
{
	figures_object(figures, NULL);
	if (months != 0)
		figures_integer(figures, "months", months);
	figures_integer(figures, "days", 30);
	figures_number(figures, "share", share);
	figures_number(figures, "low", share - 0.25);
	figures_number(figures, "high", NAN);
	figures_end(figures);
}

/* The rows that the tree gives, without what each begins with. */
static void rows_are(const struct figures *figures, const char *expected)
{
	static const char begin[] = "2026-06-30,K,all,";
	struct text out = { 0 }, rows = { 0 };
	csv_print_figures(figures->root, &out);
	char *rest = out.data;
	for (char *line; (line = strsep(&rest, "\n")) != NULL && *line != '\0';) {
		assert_memory_equal(line, begin, strlen(begin));
		text_printf(&rows, "%s\n", line + strlen(begin));
	}
	assert_string_equal(rows.data, expected);
	text_release(&out);
	text_release(&rows);
}

static void a_figure_is_a_row_and_limits_stand_beside_it(void **state)
{
	struct figures figures;
	struct arena arena;
	(void)state;
	assert_int_equal(arena_init(&arena, FIGURES_ARENA_SIZE), OK);
	head_build(&figures, &arena, 365);
	figures_object(&figures, "indicators");
	figures_array(&figures, "steps");
	figures_object(&figures, NULL);
	figures_integer(&figures, "rung", 3);
	figures_array(&figures, "within");
	estimate_build(&figures, 12, 0.5);
	estimate_build(&figures, 0, NAN);
	figures_end(&figures);
	figures_days(&figures, "median_days", 7);
	figures_days(&figures, "median_low", DAY_NULL);
	figures_days(&figures, "median_high", 9);
	figures_end(&figures);
	figures_end(&figures);
	figures_object(&figures, "of_people");
	figures_number(&figures, "share", 0.1);
	figures_object(&figures, "by");
	figures_integer(&figures, "A", 1);
	figures_days(&figures, "median_days", 5);
	figures_end(&figures);
	figures_end(&figures);
	figures_end(&figures);
	rows_are(&figures, "steps,within.share,rung=3;months=12,0.5,0.25,\n"
			   "steps,within.share,rung=3;days=30,,,\n"
			   "steps,median_days,rung=3,7,,9\n"
			   "of_people,share,,0.1,,\n"
			   "of_people,by.A,,1,,\n"
			   "of_people,by.median_days,,5,,\n");
	arena_release(&arena);
}

static void groups_are_labels_and_what_is_changed_is_told(void **state)
{
	struct figures figures;
	struct arena arena;
	(void)state;
	assert_int_equal(arena_init(&arena, FIGURES_ARENA_SIZE), OK);
	head_build(&figures, &arena, 90);
	figures_object(&figures, "what_if");
	figures_integer(&figures, "norm_minutes", 60);
	figures_end(&figures);
	figures_array(&figures, "groups");
	figures_object(&figures, NULL);
	figures_text(&figures, "model", "A");
	figures_integer(&figures, "municipalities", 2);
	figures_object(&figures, "indicators");
	figures_object(&figures, "work");
	figures_integer(&figures, "spells", 4);
	figures_end(&figures);
	figures_end(&figures);
	figures_end(&figures);
	figures_end(&figures);
	figures_object(&figures, "comparison");
	figures_object(&figures, "work");
	figures_text(&figures, "said", "a \"b\", c");
	figures_end(&figures);
	figures_end(&figures);
	rows_are(&figures, "what_if,window,,90,,\n"
			   "what_if,norm_minutes,,60,,\n"
			   "groups,municipalities,model=A,2,,\n"
			   "work,spells,model=A,4,,\n"
			   "work,said,,\"a \"\"b\"\", c\",,\n");
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_figure_is_a_row_and_limits_stand_beside_it),
		cmocka_unit_test(groups_are_labels_and_what_is_changed_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
