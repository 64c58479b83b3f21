/*
 * tests/unit/engine/gather_test.c - many threads say what one says: gathering against following,
 * a fold of everybody in parts against a fold in one.
 */
#include "engine/gather.h"
#include "engine/live.h"
#include "engine/split.h"
#include "tests/unit/histories_same.h"
#include "tests/unit/random_log.h"

static void check_gathered(
	struct histories *followed, struct histories *gathered, struct reader *reader)
{
	sort_all(followed, reader);
	sort_all(gathered, reader);
	check_same(followed, gathered);
}

static void follow(struct histories *histories, struct reader *reader, uint64_t seq_to)
{
	assert_int_equal(histories_init(histories), OK);
	assert_int_equal(histories_follow(histories, reader, seq_to, UINT64_MAX), OK);
}

static void gather(struct histories *histories, struct reader *reader, uint64_t seq_to,
	uint64_t quality_after, struct tally *quality, unsigned threads)
{
	const struct gathering gathering = {
		.seq_to = seq_to,
		.quality_after = quality_after,
		.quality = quality,
		.threads = threads,
	};
	assert_int_equal(histories_init(histories), OK);
	assert_int_equal(histories_gather(histories, reader, &gathering), OK);
}

static void check_quality(struct reader *reader, uint64_t after, uint64_t to, const struct tally *t)
{
	struct tally *one;
	assert_int_equal(tally_new(&one), OK);
	assert_int_equal(fold_quality(&(struct folding){ 0 }, reader, after, to, one, 1), OK);
	assert_true(tally_equal(one, t));
	/* And off again. */
	assert_int_equal(fold_quality(&(struct folding){ 0 }, reader, after, to, one, -1), OK);
	assert_false(to > after && tally_equal(one, t));
	tally_free(one);
}

static void the_example_of_the_header_gathers_those_facts(void **state)
{
	(void)state;
	static const struct said says[] = {
		{ .id = "a" },
		{ .id = "b", .subject = "p2" },
		{ .id = "c", .day = "2024-02-01" },
		{ .id = "d" },
		ABOUT_NOBODY("e", RETRACTS_ID("b")),
	};
	static const uint64_t facts[] = { 3, 1, 4 };
	struct store store;
	store_make(&store);
	for (size_t i = 0; i < ARRAY_LENGTH(says); i++)
		store_told(&store, says[i]);
	struct reader *reader = store_reader(&store);
	for (uint64_t to = 4; to <= 5; to++) {
		struct histories histories;
		gather(&histories, reader, to, 0, NULL, 2);
		const struct history *history = &histories.people[1];
		assert_int_equal(history->count, ARRAY_LENGTH(facts));
		assert_int_equal(history->size, ARRAY_LENGTH(facts));
		/* Nothing is left to histories_sort(). */
		assert_int_equal(history->sorted, ARRAY_LENGTH(facts));
		for (size_t i = 0; i < ARRAY_LENGTH(facts); i++)
			assert_int_equal(fact_seq(&history->facts[i]), facts[i]);
		/* Person 2 has record 2 while nothing withdraws it, and then is not there. */
		assert_int_equal(histories.people_count, to == 4 ? 3 : 2);
		assert_int_equal(histories.fact_count, to == 4 ? 4 : 3);
		histories_release(&histories);
	}
	reader_close(reader);
	store_end(&store);
}

static void ids_with_the_same_first_16_bytes_are_left_to_sorting(void **state)
{
	(void)state;
	struct store store;
	struct histories histories;
	store_make(&store);
	store_told(&store, (struct said){ .id = "0123456789abcdef-2" });
	store_told(&store, (struct said){ .id = "0123456789abcdef-1" });
	struct reader *reader = store_reader(&store);
	gather(&histories, reader, 2, 0, NULL, 2);
	assert_int_equal(histories.people[1].sorted, 1);
	assert_int_equal(histories_sort(&histories, reader, 1), OK);
	assert_int_equal(fact_seq(&histories.people[1].facts[0]), 2);
	histories_release(&histories);
	reader_close(reader);
	store_end(&store);
}

/* At any seq: what is withdrawn later is still in force. */
static void gathered_by_any_number_of_threads_it_is_as_followed(void **state)
{
	(void)state;
	struct store store;
	struct chance chance = chance_new();
	struct random_log log = { .store = &store, .chance = &chance };
	store_make(&store);
	random_log_grow(&log, 900);
	struct reader *reader = store_reader(&store);
	uint64_t last = log_last_seq(store.log);
	for (unsigned threads = 1; threads <= 8; threads++) {
		struct histories followed, gathered;
		struct tally *quality;
		uint64_t to = threads == 1 ? last : chance_below(&chance, last + 1);
		uint64_t after = chance_below(&chance, to + 1);
		assert_int_equal(tally_new(&quality), OK);
		follow(&followed, reader, to);
		gather(&gathered, reader, to, after, quality, threads);
		check_gathered(&followed, &gathered, reader);
		assert_int_equal(gathered.longest > 0, gathered.fact_count > 0);
		check_quality(reader, after, to, quality);
		/* It goes on from there. */
		assert_int_equal(histories_follow(&followed, reader, last, UINT64_MAX), OK);
		assert_int_equal(histories_follow(&gathered, reader, last, UINT64_MAX), OK);
		check_gathered(&followed, &gathered, reader);
		histories_release(&followed);
		histories_release(&gathered);
		tally_free(quality);
	}
	reader_close(reader);
	store_end(&store);
}

/* Blocks that are shorter than what a thread deals, and longer. */
static void all_records_are_counted_in_the_blocks_of_a_count_one_by_one(void **state)
{
	(void)state;
	struct store store;
	struct chance chance = chance_new();
	struct random_log log = { .store = &store, .chance = &chance };
	store_make(&store);
	random_log_grow(&log, 600);
	struct reader *reader = store_reader(&store);
	uint64_t last = log_last_seq(store.log);
	for (unsigned threads = 1; threads <= 6; threads++) {
		struct histories histories;
		struct quality_sums *counted, *gathered;
		struct quality_block *one, *other;
		size_t count, also;
		uint32_t block = 1 + (uint32_t)chance_below(&chance, 300);
		const uint64_t to = threads == 1 ? block : chance_below(&chance, last + 1);
		assert_int_equal(quality_sums_new(block, &counted), OK);
		assert_int_equal(quality_sums_new(block, &gathered), OK);
		for (uint64_t seq = 1; seq <= to; seq++) {
			struct record record;
			assert_int_equal(reader_record(reader, seq, &record), OK);
			assert_int_equal(quality_sums_count(counted, &record), OK);
		}
		const struct gathering gathering = {
			.seq_to = to,
			.sums = gathered,
			.threads = threads,
		};
		assert_int_equal(histories_init(&histories), OK);
		assert_int_equal(histories_gather(&histories, reader, &gathering), OK);
		assert_int_equal(quality_sums_list(counted, &one, &count), OK);
		assert_int_equal(quality_sums_list(gathered, &other, &also), OK);
		assert_int_equal(count, also);
		for (size_t i = 0; i < count; i++) {
			assert_int_equal(one[i].count, other[i].count);
			assert_memory_equal(
				one[i].rows, other[i].rows, one[i].count * sizeof(*one[i].rows));
		}
		quality_blocks_free(one, count);
		quality_blocks_free(other, count);
		quality_sums_free(counted);
		quality_sums_free(gathered);
		histories_release(&histories);
	}
	reader_close(reader);
	store_end(&store);
}

/* More late facts of one day and partner than are put into their places one by one. */
static void ids_that_begin_alike_and_come_backwards_are_put_in_order(void **state)
{
	(void)state;
	struct store store;
	struct histories followed, gathered;
	store_make(&store);
	for (int i = 0; i < 300; i++) {
		char id[40];
		/* Some differ early, some only behind the part that is kept at hand. */
		snprintf(id, sizeof(id), i % 3 == 0 ? "%04d-early" : "0000-0000-0000-0000-%04d",
			999 - i);
		store_told(&store, (struct said){ .id = id, .subject = i % 2 == 0 ? "p" : "q" });
	}
	struct reader *reader = store_reader(&store);
	follow(&followed, reader, 300);
	gather(&gathered, reader, 300, 0, NULL, 3);
	check_gathered(&followed, &gathered, reader);
	for (uint32_t i = 1; i < gathered.people[1].count; i++)
		assert_true(gathered.people[1].facts[i].day_offset ==
			    gathered.people[1].facts[0].day_offset);
	histories_release(&followed);
	histories_release(&gathered);
	reader_close(reader);
	store_end(&store);
}

static void everybody_folded_in_parts_adds_up_to_the_same(void **state)
{
	(void)state;
	struct store store;
	struct chance chance = chance_new();
	struct random_log log = { .store = &store, .chance = &chance };
	struct histories histories;
	struct tally *one;
	store_make(&store);
	random_log_grow(&log, 600);
	struct reader *reader = store_reader(&store);
	struct question question = question_at(zone_day(store.now_us));
	gather(&histories, reader, log_last_seq(store.log), 0, NULL, 2);
	struct folding folding = { .threads = 1 };
	assert_int_equal(tally_new(&one), OK);
	assert_int_equal(fold_people(&folding, &histories, reader, &question, one), OK);
	for (unsigned threads = 2; threads <= 5; threads++) {
		struct tally *parts;
		folding.threads = threads;
		assert_int_equal(tally_new(&parts), OK);
		assert_int_equal(fold_people(&folding, &histories, reader, &question, parts), OK);
		assert_true(tally_equal(one, parts));
		tally_free(parts);
	}
	tally_free(one);
	folding_release(&folding);
	histories_release(&histories);
	reader_close(reader);
	store_end(&store);
}

static bool says_stop(const void *context)
{
	(void)context;
	return true;
}

static void gathering_stops_when_it_is_told_to(void **state)
{
	(void)state;
	struct store store;
	struct histories histories;
	const struct folding folding = { .stopped = says_stop };
	store_make(&store);
	store_told(&store, (struct said){ .id = "e" });
	struct reader *reader = store_reader(&store);
	const struct gathering gathering = { .seq_to = 1, .threads = 1, .folding = &folding };
	assert_int_equal(histories_init(&histories), OK);
	assert_int_equal(histories_gather(&histories, reader, &gathering), ERR_STOPPED);
	histories_release(&histories);
	reader_close(reader);
	store_end(&store);
}

static enum err count_runs(void *context, unsigned part)
{
	atomic_uint *runs = context;
	atomic_fetch_add(&runs[part], 1);
	return part == 2 ? ERR_FULL : part == 3 ? ERR_IO : OK;
}

static void every_part_runs_once_and_the_first_error_is_told(void **state)
{
	(void)state;
	atomic_uint runs[SPLIT_MAX] = { 0 };
	assert_int_equal(split_run(1, count_runs, runs), OK);
	assert_int_equal(split_run(2, count_runs, runs), OK);
	assert_int_equal(split_run(SPLIT_MAX, count_runs, runs), ERR_FULL);
	for (unsigned i = 0; i < SPLIT_MAX; i++)
		assert_int_equal(runs[i], i == 0 ? 3 : i == 1 ? 2 : 1);
	assert_int_equal(split_parts(4, 0, 10), 1);
	assert_int_equal(split_parts(4, 39, 10), 3);
	assert_int_equal(split_parts(4, 1000, 10), 4);
	assert_int_equal(split_parts(1000, 1000, 10), SPLIT_MAX);
	assert_int_equal(split_parts(0, 1000, 10), 1);
	assert_in_range(split_cores(), 1, SPLIT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gathered_by_any_number_of_threads_it_is_as_followed),
		cmocka_unit_test(the_example_of_the_header_gathers_those_facts),
		cmocka_unit_test(ids_with_the_same_first_16_bytes_are_left_to_sorting),
		cmocka_unit_test(all_records_are_counted_in_the_blocks_of_a_count_one_by_one),
		cmocka_unit_test(ids_that_begin_alike_and_come_backwards_are_put_in_order),
		cmocka_unit_test(everybody_folded_in_parts_adds_up_to_the_same),
		cmocka_unit_test(gathering_stops_when_it_is_told_to),
		cmocka_unit_test(every_part_runs_once_and_the_first_error_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
