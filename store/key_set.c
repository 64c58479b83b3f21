/*
 * store/key_set.c - see key_set.h.
 */
#include "store/key_set.h"

#include <endian.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/grow.h"
#include "store/tables.h"

#define SIZE_FIRST      64
#define KEY_BYTES_GUESS 24

struct key_entry {
	uint64_t high; /* the first 16 bytes of the key as numbers that compare as they do */
	uint64_t low;
	uint32_t offset; /* in the set's bytes */
	uint16_t length;
	uint32_t number;
};

void key_set_release(struct key_set *set)
{
	free(set->entries);
	free(set->merged);
	free(set->rows);
	free(set->row_of);
	free(set->entry_of);
	free(set->bytes);
	*set = (struct key_set){ 0 };
}

void key_set_clear(struct key_set *set)
{
	set->count = 0;
	set->row_count = 0;
	set->byte_count = 0;
}

enum err key_set_reserve(struct key_set *set, size_t count, size_t bytes)
{
	if (count > UINT32_MAX || bytes > UINT32_MAX)
		return ERR_FULL;
	if (count > set->size) {
		if (!GROW_TO(set->entries, count) || !GROW_TO(set->merged, count) ||
			!GROW_TO(set->rows, count) || !GROW_TO(set->row_of, count) ||
			!GROW_TO(set->entry_of, count))
			return ERR_FULL;
		set->size = count;
	}
	if (bytes > set->byte_size) {
		if (!GROW_TO(set->bytes, bytes))
			return ERR_FULL;
		set->byte_size = bytes;
	}
	return OK;
}

/* Makes room for one key more. */
static enum err set_grow(struct key_set *set, size_t length)
{
	size_t count = set->size, bytes = set->byte_size;
	if (set->count == count)
		count = count == 0 ? SIZE_FIRST : 2 * count;
	if (bytes - set->byte_count < length)
		bytes = 2 * bytes + SIZE_FIRST * KEY_BYTES_GUESS + length;
	return key_set_reserve(set, count, bytes);
}

/* Eight bytes of a key from `at` on, as if zeros followed its end. */
static uint64_t word_of(struct bytes key, size_t at)
{
	uint64_t word = 0;
	if (at < key.length) {
		size_t left = key.length - at;
		memcpy(&word, key.data + at, left < sizeof(word) ? left : sizeof(word));
	}
	return be64toh(word);
}

enum err key_set_add(struct key_set *set, struct bytes key, uint32_t *number)
{
	CHECK(key.length > 0 && key.length <= UINT16_MAX);
	enum err err = set_grow(set, key.length);
	if (err != OK)
		return err;
	memcpy(set->bytes + set->byte_count, key.data, key.length);
	set->entries[set->count] = (struct key_entry){
		.high = word_of(key, 0),
		.low = word_of(key, 8),
		.offset = (uint32_t)set->byte_count,
		.length = (uint16_t)key.length,
		.number = (uint32_t)set->count,
	};
	set->byte_count += key.length;
	*number = (uint32_t)set->count++;
	return OK;
}

static struct bytes key_of(const struct key_set *set, const struct key_entry *entry)
{
	return bytes_of(set->bytes + entry->offset, entry->length);
}

/* The order of LMDB: that of the bytes. */
static int entry_compare(
	const struct key_set *set, const struct key_entry *a, const struct key_entry *b)
{
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	if (a->low != b->low)
		return a->low < b->low ? -1 : 1;
	return bytes_compare(key_of(set, a), key_of(set, b));
}

/* Merges two sorted halves into `out`; of equal keys the one of the left comes first. */
static void merge(const struct key_set *set, const struct key_entry *from, size_t middle,
	size_t count, struct key_entry *out)
{
	size_t left = 0, right = middle;
	for (size_t i = 0; i < count; i++) {
		bool take_left = right == count || (left < middle && entry_compare(set, &from[left],
									     &from[right]) <= 0);
		out[i] = from[take_left ? left++ : right++];
	}
}

/* Merge sort from runs of one upwards. What is in order already, as time-ordered ids are,
 * costs one comparison a merge. */
static void entries_sort(struct key_set *set)
{
	bool in_order = true;
	for (size_t i = 1; i < set->count && in_order; i++)
		in_order = entry_compare(set, &set->entries[i - 1], &set->entries[i]) <= 0;
	for (size_t width = 1; width < set->count && !in_order; width *= 2) {
		for (size_t at = 0; at < set->count; at += 2 * width) {
			size_t count = set->count - at < 2 * width ? set->count - at : 2 * width;
			size_t middle = count < width ? count : width;
			merge(set, set->entries + at, middle, count, set->merged + at);
		}
		struct key_entry *sorted = set->merged;
		set->merged = set->entries;
		set->entries = sorted;
	}
}

/* One row for each distinct key of the sorted entries. */
static void rows_make(struct key_set *set)
{
	set->row_count = 0;
	for (size_t i = 0; i < set->count; i++) {
		const struct key_entry *entry = &set->entries[i];
		if (i == 0 || entry_compare(set, entry - 1, entry) != 0) {
			set->entry_of[set->row_count] = (uint32_t)i;
			set->rows[set->row_count++] = (struct key_row){ 0 };
		}
		set->row_of[entry->number] = (uint32_t)(set->row_count - 1);
	}
}

void key_set_sort(struct key_set *set)
{
	entries_sort(set);
	rows_make(set);
}

struct bytes key_set_key(const struct key_set *set, size_t row)
{
	CHECK(row < set->row_count);
	return key_of(set, &set->entries[set->entry_of[row]]);
}

static enum err row_read(MDB_cursor *cursor, struct bytes name, struct key_row *row)
{
	MDB_val key = val_of(name.data, name.length), val;
	int code = mdb_cursor_get(cursor, &key, &val, MDB_SET);
	if (code == MDB_NOTFOUND)
		return OK;
	if (code != 0)
		return lmdb_err(code);
	if (val.mv_size != sizeof(row->value))
		return ERR_CORRUPT;
	memcpy(&row->value, val.mv_data, sizeof(row->value));
	row->present = true;
	return OK;
}

enum err key_set_look_up(struct key_set *set, MDB_txn *txn, MDB_dbi table)
{
	MDB_cursor *cursor;
	if (set->row_count == 0)
		return OK;
	int code = mdb_cursor_open(txn, table, &cursor);
	if (code != 0)
		return lmdb_err(code);
	enum err err = OK;
	for (size_t i = 0; i < set->row_count && err == OK; i++)
		if (!set->rows[i].present)
			err = row_read(cursor, key_set_key(set, i), &set->rows[i]);
	mdb_cursor_close(cursor);
	return err;
}

struct key_row *key_set_row(struct key_set *set, uint32_t number)
{
	CHECK(number < set->count);
	return &set->rows[set->row_of[number]];
}

const struct key_row *key_set_find(const struct key_set *set, struct bytes key)
{
	size_t low = 0, high = set->row_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = bytes_compare(key_set_key(set, middle), key);
		if (order == 0)
			return &set->rows[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/*
 * Whether `key` comes after all of the table: such keys are appended, which leaves full
 * pages behind where an insertion leaves half-full ones.
 */
static enum err is_beyond(MDB_cursor *cursor, struct bytes key, bool *out)
{
	MDB_val last, val;
	int code = mdb_cursor_get(cursor, &last, &val, MDB_LAST);
	if (code != 0 && code != MDB_NOTFOUND)
		return lmdb_err(code);
	*out = code == MDB_NOTFOUND || bytes_compare(bytes_of_val(&last), key) < 0;
	return OK;
}

/* The row from which on the keys come after all of the table. */
static enum err beyond_find(
	const struct key_set *set, MDB_cursor *cursor, size_t low, size_t high, size_t *out)
{
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		bool beyond = false;
		enum err err = is_beyond(cursor, key_set_key(set, middle), &beyond);
		if (err != OK)
			return err;
		if (beyond)
			high = middle;
		else
			low = middle + 1;
	}
	*out = low;
	return OK;
}

enum err key_set_write(
	const struct key_set *set, MDB_txn *txn, MDB_dbi table, size_t first, size_t count)
{
	MDB_cursor *cursor;
	size_t beyond = 0, end = first + count;
	CHECK(end <= set->row_count);
	if (count == 0)
		return OK;
	int code = mdb_cursor_open(txn, table, &cursor);
	if (code != 0)
		return lmdb_err(code);
	enum err err = beyond_find(set, cursor, first, end, &beyond);
	for (size_t i = first; i < end && err == OK; i++) {
		struct bytes name = key_set_key(set, i);
		MDB_val key = val_of(name.data, name.length);
		MDB_val val = val_of(&set->rows[i].value, sizeof(set->rows[i].value));
		if (set->rows[i].changed)
			err = lmdb_err(
				mdb_cursor_put(cursor, &key, &val, i >= beyond ? MDB_APPEND : 0));
	}
	mdb_cursor_close(cursor);
	return err;
}
