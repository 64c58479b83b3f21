/*
 * tests/unit/engine/snapshot_test.c - what a snapshot keeps packed is what it was made of, and
 * little.
 */
#include "engine/print.h"
#include "engine/snapshot.h"
#include "tests/unit/random_log.h"

/* A live of a random log, with the sums of its last day. */
static void live_make(struct store *store, struct live **live)
{
	struct chance chance = chance_new();
	struct random_log log = { .store = store, .chance = &chance };
	struct publication *publication;
	bool changed;
	store_make(store);
	random_log_grow(&log, 400);
	struct reader *reader = store_reader(store);
	store->now_us = log_last_recorded_us(store->log) + 1;
	assert_int_equal(live_new(live), OK);
	assert_int_equal(live_gather(*live, reader, store->now_us), OK);
	do
		assert_int_equal(live_disclose(*live, reader, &publication), OK);
	while (publication != NULL);
	assert_int_equal(live_day_add(*live, reader, zone_day(store->now_us)), OK);
	assert_int_equal(live_refresh(*live, reader, store->now_us, &changed), OK);
	reader_close(reader);
}

static void snapshot_make(const struct live *live, int64_t known_us, struct snapshot *out)
{
	*out = (struct snapshot){
		.known_us = known_us,
		.as_of = zone_day(known_us),
		.seq = live->histories.applied_seq,
	};
	assert_int_equal(snapshot_figures_new(live, &live->days[0], known_us, &out->figures), OK);
	assert_int_equal(snapshot_published_new(live, &out->published), OK);
	out->worklist = worklist_hold(live->days[0].worklist);
}

/* The tree and the curves of a municipality against its JSON and its sums. */
static void check_answer(
	const struct live *live, const struct snapshot *snapshot, uint16_t municipality)
{
	struct text json = { 0 }, printed = { 0 };
	struct arena arena;
	const struct figure *tree;
	assert_int_equal(snapshot_print(snapshot, municipality, &json), OK);
	assert_int_equal(snapshot_tree(snapshot, municipality, &arena, &tree), OK);
	figure_print_json(tree, &printed);
	assert_string_equal(json.data, printed.data);
	arena_release(&arena);
	text_release(&json);
	text_release(&printed);

	struct packed_part *packed = packed_sums_find(&live->days[0].sums, municipality);
	struct curves shown, own;
	struct part *part;
	assert_int_equal(packed_part_unpack(packed, &part), OK);
	assert_int_equal(curves_copy(part, &own), OK);
	enum err err = snapshot_curves(snapshot, municipality, &shown);
	assert_int_equal(err, packed == NULL ? ERR_NOT_FOUND : OK);
	for (unsigned set = 0; set < CURVE_SET_COUNT; set++) {
		struct curve a = curves_find(&shown, (enum curve_set)set, 0);
		struct curve b = curves_find(&own, (enum curve_set)set, 0);
		assert_int_equal(a.records, b.records);
	}
	curves_release(&shown);
	curves_release(&own);
	part_free(part);
}

static void what_is_unpacked_is_what_is_printed(void **state)
{
	struct store store;
	struct live *live;
	struct snapshot snapshot;
	(void)state;
	live_make(&store, &live);
	snapshot_make(live, store.now_us, &snapshot);
	/* It may be shown at a later instant than it was made at. */
	snapshot.known_us += 1234567;
	assert_true(snapshot.figures->answer_count > 2);
	for (size_t i = 0; i < snapshot.figures->answer_count; i++)
		check_answer(live, &snapshot, snapshot.figures->answers[i].municipality);
	check_answer(live, &snapshot, 9999);
	snapshot_drop(&snapshot);
	live_free(live);
	store_end(&store);
}

/* Of two trees of one shape the keys are there once. */
static void check_shape(const struct kept_tree *tree, const struct kept_tree *other)
{
	struct text text = { 0 }, other_text = { 0 };
	kept_tree_print(tree, &text);
	kept_tree_print(other, &other_text);
	struct bytes keys = bytes_of(text.data, text.length - tree->rest.length);
	struct bytes other_keys = bytes_of(other_text.data, other_text.length - other->rest.length);
	assert_true((tree->keys == other->keys) == bytes_equal(keys, other_keys));
	text_release(&text);
	text_release(&other_text);
}

/* There are hundreds of municipalities: what each of them takes is bounded here. */
static void a_municipality_takes_little(void **state)
{
	struct store store;
	struct live *live;
	struct snapshot snapshot;
	(void)state;
	live_make(&store, &live);
	snapshot_make(live, store.now_us, &snapshot);
	for (size_t i = 0; i < snapshot.figures->answer_count; i++) {
		const struct snapshot_answer *answer = &snapshot.figures->answers[i];
		for (size_t j = 0; j < i; j++)
			check_shape(&answer->tree, &snapshot.figures->answers[j].tree);
		if (answer->part != NULL)
			assert_ptr_equal(answer->part,
				packed_sums_find(&live->days[0].sums, answer->municipality));
		assert_true(answer->tree.rest.length * 2 < answer->json.length);
	}
	snapshot_drop(&snapshot);
	live_free(live);
	store_end(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_unpacked_is_what_is_printed),
		cmocka_unit_test(a_municipality_takes_little),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
