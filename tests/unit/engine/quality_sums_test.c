/*
 * tests/unit/engine/quality_sums_test.c - any range of the log, counted in blocks, against the
 * records one by one.
 */
#include "engine/quality_sums.h"
#include "tests/unit/random_log.h"

#define BLOCK 50

static void count(struct quality_sums *sums, struct reader *reader, uint64_t after, uint64_t to)
{
	for (uint64_t seq = after + 1; seq <= to; seq++) {
		struct record record;
		assert_int_equal(reader_next(reader, seq, &record), OK);
		assert_int_equal(quality_sums_count(sums, &record), OK);
	}
}

/* Holds (after, to] of a part against a count of each of its records. */
static void check_range(struct quality_sums *sums, struct reader *reader, uint64_t after,
	uint64_t to, uint16_t municipality)
{
	const struct folding folding = { 0 };
	struct tally *blocks, *records;
	assert_int_equal(tally_new(&blocks), OK);
	assert_int_equal(tally_new(&records), OK);
	assert_int_equal(
		quality_sums_add(sums, &folding, reader, after, to, municipality, blocks), OK);
	assert_int_equal(fold_quality(&folding, reader, after, to, records, 1), OK);
	assert_true(
		part_equal(tally_part(blocks, municipality), tally_part(records, municipality)));
	/* Of no other part anything is there. */
	assert_true(blocks->used_count <= 1);
	tally_free(blocks);
	tally_free(records);
}

static void check_ranges(struct quality_sums *sums, struct reader *reader, struct chance *chance,
	uint64_t last, int count)
{
	static const uint16_t municipalities[] = { 753, 823, 1724, 4711, PART_ALL };
	for (int i = 0; i < count; i++) {
		uint64_t to = chance_below(chance, last + 1);
		uint64_t after = chance_below(chance, to + 1);
		check_range(sums, reader, after, to,
			municipalities[chance_below(chance, ARRAY_LENGTH(municipalities))]);
	}
	check_range(sums, reader, 0, last, PART_ALL);
	check_range(sums, reader, 0, 0, 823);
	check_range(sums, reader, last, last, 823);
}

/* Also beyond what is counted: that is read from the log. */
static void any_range_has_the_records_that_are_in_it(void **state)
{
	(void)state;
	struct store store;
	struct quality_sums *sums;
	struct chance chance = chance_new();
	struct random_log log = { .store = &store, .chance = &chance };
	store_make(&store);
	random_log_grow(&log, 900);
	struct reader *reader = store_reader(&store);
	uint64_t last = log_last_seq(store.log);
	assert_int_equal(quality_sums_new(BLOCK, &sums), OK);
	const uint64_t ends[] = { 0, 1, BLOCK - 1, BLOCK, 3 * BLOCK + 7, last };
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
		count(sums, reader, i == 0 ? 0 : ends[i - 1], ends[i]);
		check_ranges(sums, reader, &chance, last, 150);
	}
	quality_sums_free(sums);
	reader_close(reader);
	store_end(&store);
}

/* What the state does with them. */
static void blocks_that_are_listed_and_taken_count_the_same(void **state)
{
	(void)state;
	struct store store;
	struct chance chance = chance_new();
	struct random_log log = { .store = &store, .chance = &chance };
	store_make(&store);
	random_log_grow(&log, 400);
	struct reader *reader = store_reader(&store);
	uint64_t last = log_last_seq(store.log);
	const uint64_t ends[] = { 0, 7, 2 * BLOCK, 2 * BLOCK + 1 };
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
		struct quality_sums *sums, *again;
		struct quality_block *blocks;
		size_t blocks_count;
		assert_int_equal(quality_sums_new(BLOCK, &sums), OK);
		assert_int_equal(quality_sums_new(BLOCK, &again), OK);
		count(sums, reader, 0, ends[i]);
		assert_int_equal(quality_sums_list(sums, &blocks, &blocks_count), OK);
		assert_int_equal(quality_sums_take(again, blocks, blocks_count, ends[i]), OK);
		free(blocks);
		quality_sums_free(sums);
		count(again, reader, ends[i], last);
		check_ranges(again, reader, &chance, last, 60);
		quality_sums_free(again);
	}
	reader_close(reader);
	store_end(&store);
}

static bool says_stop(const void *context)
{
	(void)context;
	return true;
}

static void a_question_that_is_stopped_reads_no_further(void **state)
{
	(void)state;
	struct store store;
	struct quality_sums *sums;
	struct tally *tally;
	const struct folding folding = { .stopped = says_stop };
	store_make(&store);
	store_told(&store, (struct said){ .id = "a" });
	struct reader *reader = store_reader(&store);
	assert_int_equal(quality_sums_new(BLOCK, &sums), OK);
	assert_int_equal(tally_new(&tally), OK);
	assert_int_equal(
		quality_sums_add(sums, &folding, reader, 0, 1, PART_ALL, tally), ERR_STOPPED);
	tally_free(tally);
	quality_sums_free(sums);
	reader_close(reader);
	store_end(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_range_has_the_records_that_are_in_it),
		cmocka_unit_test(blocks_that_are_listed_and_taken_count_the_same),
		cmocka_unit_test(a_question_that_is_stopped_reads_no_further),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
