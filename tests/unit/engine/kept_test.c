/*
 * tests/unit/engine/kept_test.c - figures as bytes and back.
 */
#include "base/check.h"
#include "engine/kept.h"
#include "engine/print.h"
#include "tests/unit/arena_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

/* A tree of every kind. */
static const struct figure *tree(void)
{
	struct figures figures;
	figures_init(&figures, &arena, 0);
	figures_integer(&figures, "count", -12345678901);
	figures_number(&figures, "share", 1.0 / 3);
	figures_text(&figures, "text", "");
	figures_null(&figures, "none");
	figures_array(&figures, "list");
	figures_integer(&figures, NULL, 1);
	figures_object(&figures, NULL);
	figures_text(&figures, "name", "x");
	figures_end(&figures);
	figures_end(&figures);
	figures_object(&figures, "empty");
	figures_end(&figures);
	return figures.root;
}

static void a_tree_comes_back_as_it_was(void **state)
{
	struct text packed = { 0 }, before = { 0 }, after = { 0 };
	const struct figure *root = tree(), *again;
	(void)state;
	figures_pack(root, &packed);
	assert_false(packed.failed);
	assert_int_equal(figures_unpack(text_bytes(&packed), &arena, &again), OK);
	figure_print_json(root, &before);
	figure_print_json(again, &after);
	assert_string_equal(before.data, after.data);
	text_release(&packed);
	text_release(&before);
	text_release(&after);
}

static void damage_is_noticed(void **state)
{
	struct text packed = { 0 };
	const struct figure *again;
	(void)state;
	figures_pack(tree(), &packed);
	for (size_t i = 0; i < packed.length; i++) {
		packed.data[i] ^= 4;
		assert_int_equal(figures_unpack(text_bytes(&packed), &arena, &again), ERR_CORRUPT);
		packed.data[i] ^= 4;
		assert_int_equal(
			figures_unpack(bytes_of(packed.data, i), &arena, &again), ERR_CORRUPT);
	}
	text_release(&packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_tree_comes_back_as_it_was, arena_empty),
		cmocka_unit_test_setup(damage_is_noticed, arena_empty),
	};
	return cmocka_run_group_tests(tests, arena_make, arena_drop);
}
