/*
 * tests/unit/store/key_set_test.c - the keys of a group, sorted, looked up and written,
 * against a naive search; and the cache of subjects.
 */
#include "store/key_set.h"

#include "store/subject_cache.h"
#include "store/tables.h"
#include "tests/unit/store_memory.h"

#define KEYS 700

/* Keys that share beginnings longer than the 16 bytes that are compared first. */
static struct bytes key_make(struct chance *chance, char space[48])
{
	static const char *const begins[] = { "", "a", "0123456789abcdef", "0123456789abcdef\x01" };
	snprintf(space, 48, "%s%llu", begins[chance_below(chance, ARRAY_LENGTH(begins))],
		(unsigned long long)chance_below(chance, 200));
	return bytes_of_string(space);
}

static void keys_are_sorted_each_once_and_found_by_number_and_by_key(void **state)
{
	(void)state;
	static char keys[KEYS][48];
	struct chance chance = chance_new();
	struct key_set set = { 0 };
	/* Empty, one key, in order, in any order; the memory is used again. */
	for (size_t count = 0; count <= KEYS; count = count * 3 + 1) {
		key_set_clear(&set);
		for (size_t i = 0; i < count; i++) {
			uint32_t number;
			struct bytes key = key_make(&chance, keys[i]);
			assert_int_equal(key_set_add(&set, key, &number), OK);
			assert_int_equal(number, i);
		}
		key_set_sort(&set);
		for (size_t row = 1; row < set.row_count; row++)
			assert_true(bytes_compare(key_set_key(&set, row - 1),
					    key_set_key(&set, row)) < 0);
		for (size_t i = 0; i < count; i++) {
			struct bytes key = bytes_of_string(keys[i]);
			struct key_row *row = key_set_row(&set, (uint32_t)i);
			assert_true(bytes_equal(key_set_key(&set, (size_t)(row - set.rows)), key));
			assert_ptr_equal(key_set_find(&set, key), row);
		}
		assert_null(key_set_find(&set, bytes_of_string("not there")));
	}
	key_set_release(&set);
}

static void set_of(struct key_set *set, const char *const *keys, size_t count)
{
	uint32_t number;
	key_set_clear(set);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(key_set_add(set, bytes_of_string(keys[i]), &number), OK);
	key_set_sort(set);
}

static void what_a_set_writes_a_set_looks_up(void **state)
{
	(void)state;
	static const char *const written[] = { "d", "b", "f", "b" };
	static const char *const asked[] = { "a", "b", "c", "d", "e", "f" };
	struct store store;
	struct key_set set = { 0 };
	store_make(&store);
	MDB_dbi table = store.log->at->tables.identity;
	store_begin(&store);
	set_of(&set, written, ARRAY_LENGTH(written));
	assert_int_equal(set.row_count, 3);
	for (size_t i = 0; i < set.row_count; i++)
		set.rows[i] = (struct key_row){ .value = 10 + i, .changed = i != 1 };
	/* Row 0 alone, then the rest: one of them did not change. */
	assert_int_equal(key_set_write(&set, store.log->txn, table, 0, 1), OK);
	assert_int_equal(key_set_write(&set, store.log->txn, table, 1, 2), OK);
	assert_int_equal(key_set_write(&set, store.log->txn, table, 3, 0), OK);
	set_of(&set, asked, ARRAY_LENGTH(asked));
	/* What a row has already is not looked up. */
	set.rows[5] = (struct key_row){ .value = 99, .present = true };
	assert_int_equal(key_set_look_up(&set, store.log->txn, table), OK);
	static const uint64_t values[] = { 0, 10, 0, 0, 0, 99 };
	for (size_t i = 0; i < ARRAY_LENGTH(values); i++) {
		assert_int_equal(set.rows[i].present, values[i] != 0);
		assert_int_equal(set.rows[i].value, values[i]);
		assert_false(set.rows[i].changed);
	}
	log_abort(store.log);
	key_set_release(&set);
	store_drop(&store);
}

static void the_cache_has_what_was_put_last_or_nothing(void **state)
{
	(void)state;
	struct subject_cache *cache;
	char name[40];
	size_t found = 0;
	assert_int_equal(subject_cache_new(&cache), OK);
	for (uint32_t i = 1; i <= 300000; i++) {
		snprintf(name, sizeof(name), "subject-%u", (unsigned)i);
		subject_cache_put(cache, bytes_of_string(name), i);
		assert_int_equal(subject_cache_find(cache, bytes_of_string(name)), i);
	}
	/* Older ones may be gone; none has another's number. */
	for (uint32_t i = 1; i <= 300000; i++) {
		snprintf(name, sizeof(name), "subject-%u", (unsigned)i);
		uint32_t number = subject_cache_find(cache, bytes_of_string(name));
		assert_true(number == 0 || number == i);
		found += number != 0;
	}
	assert_in_range(found, 150000, 1u << 18);
	/* Longer than the cache keeps. */
	memset(name, 'x', 36);
	subject_cache_put(cache, bytes_of(name, 36), 7);
	assert_int_equal(subject_cache_find(cache, bytes_of(name, 36)), 0);
	subject_cache_put(cache, bytes_of(name, 35), 7);
	assert_int_equal(subject_cache_find(cache, bytes_of(name, 35)), 7);
	subject_cache_clear(cache);
	assert_int_equal(subject_cache_find(cache, bytes_of(name, 35)), 0);
	subject_cache_free(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_sorted_each_once_and_found_by_number_and_by_key),
		cmocka_unit_test(what_a_set_writes_a_set_looks_up),
		cmocka_unit_test(the_cache_has_what_was_put_last_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
