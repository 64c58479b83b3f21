/*
 * tests/unit/engine/kept_test.c - figures as bytes and back.
 */
#include "base/check.h"
#include "base/date.h"
#include "engine/kept.h"
#include "engine/print.h"
#include "engine/summed.h"
#include "tests/unit/arena_fixture.h"
#include "tests/unit/random_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* The checksum; xxhash.h itself is for store/ and engine/. */
uint64_t XXH3_64bits(const void *data, size_t length);

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
	figures_truth(&figures, "true", true);
	figures_truth(&figures, "false", false);
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

static void put(struct text *out, const void *data, size_t length)
{
	text_add(out, bytes_of(data, length));
}

/* As a store of format 4 has it: {"n":-5,"list":[0.5,null,"x"]}. */
static void what_was_packed_by_a_program_of_before_comes_back(void **state)
{
	struct text packed = { 0 }, printed = { 0 };
	const struct figure *root;
	const int64_t number = -5;
	const double half = 0.5;
	(void)state;
	put(&packed, "\1\0\0\0", 4);  /* version 1; an object without a key */
	put(&packed, "\2\2\0n\0", 5); /* a whole number, "n" */
	put(&packed, &number, sizeof(number));
	put(&packed, "\1\5\0list\0", 8); /* an array, "list" */
	put(&packed, "\3\0\0", 3);
	put(&packed, &half, sizeof(half));
	put(&packed, "\5\0\0", 3);
	put(&packed, "\4\0\0\2\0x\0", 7);
	put(&packed, "\377\377", 2);
	uint64_t sum = XXH3_64bits(packed.data, packed.length);
	put(&packed, &sum, sizeof(sum));
	assert_int_equal(figures_unpack(text_bytes(&packed), &arena, &root), OK);
	figure_print_json(root, &printed);
	assert_string_equal(printed.data, "{\"n\":-5,\"list\":[0.5,null,\"x\"]}\n");
	text_release(&packed);
	text_release(&printed);
}

/* Takes bytes, and holds what is printed again against them. */
static void take(struct tree_pool *pool, struct bytes packed, struct kept_tree *out)
{
	struct text again = { 0 };
	assert_int_equal(kept_tree_take(pool, packed, out), OK);
	kept_tree_print(out, &again);
	assert_true(bytes_equal(text_bytes(&again), packed));
	text_release(&again);
}

static void trees_of_one_shape_have_their_keys_once(void **state)
{
	struct text packed = { 0 };
	struct tree_pool pool = { .count = 0 };
	struct kept_tree trees[3];
	const struct figure *again;
	(void)state;
	figures_pack(tree(), &packed);
	take(&pool, text_bytes(&packed), &trees[0]);
	take(&pool, text_bytes(&packed), &trees[1]);
	assert_int_equal(pool.count, 1);
	assert_true(trees[0].keys == trees[1].keys);
	assert_true(trees[0].rest.length < packed.length);
	/* What is not sound is kept as it is, and told when it is shown. */
	packed.data[packed.length - 1] ^= 1;
	take(&pool, text_bytes(&packed), &trees[2]);
	assert_int_equal(kept_tree_unpack(&trees[2], &arena, &again), ERR_CORRUPT);
	kept_tree_release(&trees[2]);
	for (size_t length = 1; length < packed.length; length++) {
		take(&pool, bytes_of(packed.data, length), &trees[2]);
		kept_tree_release(&trees[2]);
	}
	/* It outlives the pool. */
	tree_pool_release(&pool);
	kept_tree_release(&trees[0]);
	assert_int_equal(kept_tree_unpack(&trees[1], &arena, &again), OK);
	kept_tree_release(&trees[1]);
	text_release(&packed);
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

/* The names of keys that were met. */
struct met {
	const char *names[2 * KEPT_KEYS_MAX];
	size_t count;
};

static void keys_meet(struct met *met, const struct figure *figure)
{
	size_t i = 0;
	if (figure->key != NULL) {
		while (i < met->count && strcmp(met->names[i], figure->key) != 0)
			i++;
		assert_true(i < ARRAY_LENGTH(met->names));
		met->names[i] = figure->key;
		met->count += i == met->count;
	}
	if (figure->kind != FIGURE_OBJECT && figure->kind != FIGURE_ARRAY)
		return;
	for (const struct figure *child = figure->as.first; child != NULL; child = child->next)
		keys_meet(met, child);
}

/* The tables name the keys; lists are as long as what was counted, so that much is. */
static void an_answer_has_no_more_keys_than_can_be_packed(void **state)
{
	struct met met = { .count = 0 };
	struct store store;
	struct answers answers;
	struct summed sums;
	bool impossible = false;
	(void)state;
	store_make(&store);
	struct chance chance = chance_new();
	struct random_log log = { .store = &store, .chance = &chance };
	random_log_grow(&log, 3000);
	struct reader *reader = store_reader(&store);
	struct question question = question_at(zone_day(store.now_us) - 10);
	assert_int_equal(answers_fold(reader, &question, store.now_us, NULL, &answers), OK);
	assert_int_equal(summed_take(&answers, reader, PART_ALL, &sums), OK);
	for (int64_t base = 0; base <= 5; base += 5) {
		struct text packed = { 0 };
		struct answer_head head = sums.head;
		head.round_to = base;
		head.impossible = &impossible;
		arena_reset(&arena);
		const struct figure *root = part_build(&head, sums.part, &question, &arena);
		assert_non_null(root);
		keys_meet(&met, root);
		figures_pack(root, &packed);
		assert_false(packed.failed);
		text_release(&packed);
	}
	summed_release(&sums);
	answers_release(&answers);
	reader_close(reader);
	store_end(&store);
	/* There is time to raise it. */
	assert_in_range(met.count, 150, KEPT_KEYS_MAX - 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_tree_comes_back_as_it_was, arena_empty),
		cmocka_unit_test_setup(
			what_was_packed_by_a_program_of_before_comes_back, arena_empty),
		cmocka_unit_test_setup(trees_of_one_shape_have_their_keys_once, arena_empty),
		cmocka_unit_test_setup(damage_is_noticed, arena_empty),
		cmocka_unit_test_setup(an_answer_has_no_more_keys_than_can_be_packed, arena_empty),
	};
	return cmocka_run_group_tests(tests, arena_make, arena_drop);
}
