/*
 * tests/unit/store/index_lag_test.c - the ids and keys that the tables do not have yet: the
 * example of index_lag.h step by step, and its map against a naive one.
 */
#include "store/index_lag.h"

#include "store/tables.h"
#include "tests/unit/store_memory.h"

static MDB_val id_key(const char *id, uint8_t space[IDENTITY_KEY_MAX])
{
	return identity_key(1, bytes_of_string(id), space);
}

/* The seq that a map of the lag has for an id of partner 1; 0: it has none. */
static uint64_t lag_seq(const struct lag_map *map, const char *id)
{
	uint8_t space[IDENTITY_KEY_MAX];
	MDB_val key = id_key(id, space);
	const struct lag_table table = { .young = *map };
	uint64_t seq = 0;
	return index_lag_find(&table, bytes_of_val(&key), &seq) ? seq : 0;
}

/* The seq that the table has; 0: it has none. */
static uint64_t table_seq(const struct log *log, const char *id)
{
	uint8_t space[IDENTITY_KEY_MAX];
	MDB_val key = id_key(id, space);
	MDB_txn *txn;
	uint64_t seq = 0;
	assert_int_equal(mdb_txn_begin(log->at->env, NULL, MDB_RDONLY, &txn), 0);
	enum err err = table_get_u64(txn, log->at->tables.identity, &key, &seq);
	mdb_txn_abort(txn);
	assert_true(err == OK || err == ERR_NOT_FOUND);
	return seq;
}

/* What the store has on its disk. */
static uint64_t indexed_of(const struct log *log)
{
	MDB_txn *txn;
	uint64_t indexed = 0;
	assert_int_equal(mdb_txn_begin(log->at->env, NULL, MDB_RDONLY, &txn), 0);
	assert_int_equal(index_lag_indexed(txn, &log->at->tables, log->last_seq, &indexed), OK);
	mdb_txn_abort(txn);
	assert_int_equal(indexed, log->lag.indexed);
	return indexed;
}

/* One row of the example: the seqs of a, b and c, 0 where they are not. */
struct row {
	uint64_t young[3];
	uint64_t frozen[3];
	uint64_t table[3];
	uint64_t indexed;
};

static void check_row(const struct store *store, const struct row *row)
{
	static const char *const ids[] = { "a", "b", "c" };
	const struct lag_table *lag = &store->log->lag.ids;
	for (size_t i = 0; i < ARRAY_LENGTH(ids); i++) {
		assert_int_equal(lag_seq(&lag->young, ids[i]), row->young[i]);
		assert_int_equal(lag_seq(&lag->frozen, ids[i]), row->frozen[i]);
		assert_int_equal(table_seq(store->log, ids[i]), row->table[i]);
	}
	assert_int_equal(indexed_of(store->log), row->indexed);
}

/* Nothing is written to the index when a store is closed: it is as after a kill. */
static void reopen(struct store *store)
{
	store_reopen(store);
	store->log->lag.min = store->log->lag.max = 8;
}

static void step_1(struct store *store)
{
	store_make(store);
	reopen(store);
	store_begin(store);
	assert_int_equal(store_put(store, (struct said){ .id = "c" }).seq, 1);
	assert_int_equal(store_put(store, (struct said){ .id = "a" }).seq, 2);
	store_commit(store);
}

static void step_2(struct store *store)
{
	store_begin(store);
	assert_int_equal(log_index(store->log, 1), OK);
	store_commit(store);
}

static void the_example_of_the_header_happens_step_by_step(void **state)
{
	(void)state;
	struct store store;
	step_1(&store);
	check_row(&store, &(struct row){ .young = { 2, 0, 1 } });
	assert_true(log_index_lags(store.log));
	step_2(&store);
	check_row(&store, &(struct row){ .frozen = { 2, 0, 1 }, .table = { 2, 0, 0 } });
	assert_int_equal(store_told(&store, (struct said){ .id = "b" }), 3);
	check_row(
		&store, &(struct row){ .young = { 0, 3, 0 }, .table = { 2, 0, 1 }, .indexed = 2 });
	reopen(&store);
	check_row(
		&store, &(struct row){ .young = { 0, 3, 0 }, .table = { 2, 0, 1 }, .indexed = 2 });
	store_end(&store);
}

static void after_a_kill_in_the_example_the_ids_are_read_from_the_log_again(void **state)
{
	(void)state;
	struct store store;
	step_1(&store);
	step_2(&store);
	reopen(&store);
	check_row(&store, &(struct row){ .young = { 2, 0, 1 }, .table = { 2, 0, 0 } });
	/* Whichever of the two has an id, it is taken. */
	assert_int_equal(store_say(&store, (struct said){ .id = "a" }).verdict, VERDICT_DUPLICATE);
	assert_int_equal(store_say(&store, (struct said){ .id = "c" }).verdict, VERDICT_DUPLICATE);
	/* The next generation is of three: all of it is written at once. */
	store.log->lag.max = 3;
	store_told(&store, (struct said){ .id = "b" });
	check_row(&store, &(struct row){ .table = { 2, 3, 1 }, .indexed = 3 });
	store_end(&store);
}

static void what_was_written_at_rest_and_given_up_is_written_again(void **state)
{
	(void)state;
	struct store store;
	step_1(&store);
	step_2(&store);
	/* The last row, with which the generation would be dropped, and `indexed` be 2. */
	store_begin(&store);
	assert_int_equal(log_index(store.log, 1), OK);
	log_abort(store.log);
	/* It is read from the log again with the next transaction, be it one that writes nothing.
	 */
	store_begin(&store);
	check_row(&store, &(struct row){ .young = { 2, 0, 1 }, .table = { 2, 0, 0 } });
	store_commit(&store);
	assert_int_equal(store_say(&store, (struct said){ .id = "c" }).verdict, VERDICT_DUPLICATE);
	store.log->lag.max = 3;
	store_told(&store, (struct said){ .id = "b" });
	check_row(&store, &(struct row){ .table = { 2, 3, 1 }, .indexed = 3 });
	store_end(&store);
}

static void what_a_group_took_and_gave_up_is_not_in_the_lag(void **state)
{
	(void)state;
	struct store store;
	step_1(&store);
	store_begin(&store);
	assert_int_equal(store_put(&store, (struct said){ .id = "b" }).seq, 3);
	log_abort(store.log);
	store_begin(&store);
	check_row(&store, &(struct row){ .young = { 2, 0, 1 } });
	/* Its seq is that of another event now. */
	assert_int_equal(store_put(&store, (struct said){ .id = "d" }).seq, 3);
	assert_int_equal(store_put(&store, (struct said){ .id = "b" }).seq, 4);
	store_commit(&store);
	check_row(&store, &(struct row){ .young = { 2, 4, 1 } });
	store_end(&store);
}

#define KEYS 3000

/* A key by its number: one is the beginning of another, as 1 is of 12. */
static struct bytes key_of(uint64_t number, char space[24])
{
	snprintf(space, 24, "%llu", (unsigned long long)number);
	return bytes_of_string(space);
}

/* The other way round. */
static const char *bytes_to_string(struct bytes bytes, char space[24])
{
	assert_true(bytes.length < 24);
	memcpy(space, bytes.data, bytes.length);
	space[bytes.length] = '\0';
	return space;
}

/* A set with one key, which has `value` and is to be taken. */
static void set_make(struct key_set *set, struct bytes key, uint64_t value)
{
	uint32_t number;
	key_set_clear(set);
	assert_int_equal(key_set_add(set, key, &number), OK);
	key_set_sort(set);
	*key_set_row(set, number) =
		(struct key_row){ .value = value, .present = true, .changed = true };
}

static void a_key_has_the_value_that_was_taken_last(void **state)
{
	(void)state;
	static uint64_t values[KEYS];
	struct chance chance = chance_new();
	struct index_lag lag;
	struct key_set set = { 0 }, none = { 0 };
	char space[24];
	size_t count = 0;
	index_lag_init(&lag);
	memset(values, 0, sizeof(values));
	for (uint64_t i = 1; i <= 2 * KEYS; i++) {
		uint64_t number = chance_below(&chance, KEYS);
		set_make(&set, key_of(number, space), i);
		assert_int_equal(index_lag_take(&lag, &set, &none), OK);
		values[number] = i;
	}
	for (uint64_t number = 0; number < KEYS; number++) {
		uint64_t value = 0;
		bool found = index_lag_find_id(&lag, key_of(number, space), &value);
		assert_int_equal(found, values[number] != 0);
		assert_int_equal(value, values[number]);
		count += found;
	}
	assert_int_equal(lag.ids.young.count, count);
	assert_int_equal(lag.keys.young.count, 0);
	key_set_release(&set);
	index_lag_release(&lag);
}

/* Sets of every size around that of the window in which memory is fetched ahead. */
static void many_keys_at_once_are_found_as_one_by_one(void **state)
{
	(void)state;
	static uint64_t values[KEYS];
	struct chance chance = chance_new();
	struct index_lag lag;
	struct key_set set = { 0 }, none = { 0 };
	char space[24];
	index_lag_init(&lag);
	memset(values, 0, sizeof(values));
	for (uint64_t round = 1; round <= 200; round++) {
		size_t count = chance_below(&chance, round % 2 == 0 ? 40 : 300);
		key_set_clear(&set);
		for (size_t i = 0; i < count; i++) {
			uint32_t ignored;
			struct bytes key = key_of(chance_below(&chance, KEYS), space);
			assert_int_equal(key_set_add(&set, key, &ignored), OK);
		}
		key_set_sort(&set);
		if (round == 100) {
			lag.ids.frozen = lag.ids.young;
			lag.ids.young = (struct lag_map){ 0 };
		}
		/* What was there before says nothing. */
		for (size_t row = 0; row < set.row_count; row++)
			set.rows[row].present = chance_below(&chance, 2) == 0;
		index_lag_fill(&lag.ids, &set);
		for (size_t row = 0; row < set.row_count; row++) {
			uint64_t number =
				strtoull(bytes_to_string(key_set_key(&set, row), space), NULL, 10);
			assert_int_equal(set.rows[row].present, values[number] != 0);
			if (values[number] != 0)
				assert_int_equal(set.rows[row].value, values[number]);
			if (chance_below(&chance, 3) == 0)
				continue;
			values[number] = round * KEYS + row;
			set.rows[row] = (struct key_row){ values[number], true, true };
		}
		assert_int_equal(index_lag_take(&lag, &set, &none), OK);
	}
	assert_true(lag.ids.young.count > 0 && lag.ids.frozen.count > 0);
	key_set_release(&set);
	index_lag_release(&lag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_header_happens_step_by_step),
		cmocka_unit_test(after_a_kill_in_the_example_the_ids_are_read_from_the_log_again),
		cmocka_unit_test(what_was_written_at_rest_and_given_up_is_written_again),
		cmocka_unit_test(what_a_group_took_and_gave_up_is_not_in_the_lag),
		cmocka_unit_test(a_key_has_the_value_that_was_taken_last),
		cmocka_unit_test(many_keys_at_once_are_found_as_one_by_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
