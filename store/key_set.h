/*
 * store/key_set.h - the keys that a group of events uses in one table; for store/ only.
 *
 * A table to which keys are added in random order costs a descent of its tree and a written
 * page for each key. Here the keys of a group are collected, sorted, looked up in order and
 * in the end written in order: neighbours share the descent and the page. In between, the
 * rows are the table's values with the group's changes, in memory.
 *
 *   add each key, sort, look up, read and change rows, write, clear
 */
#ifndef STORE_KEY_SET_H
#define STORE_KEY_SET_H

#include <lmdb.h>

#include "base/bytes.h"
#include "base/err.h"

/* A distinct key of the set and what the table has for it. */
struct key_row {
	uint64_t value;
	bool present; /* the key has a value: in the table, or given by the group */
	bool changed; /* to be written */
};

struct key_entry;

struct key_set {
	struct key_entry *entries; /* as they were added; after looking up, sorted */
	struct key_entry *merged;  /* room for sorting */
	struct key_row *rows;      /* of the distinct keys, sorted */
	uint32_t *row_of;          /* by the number that key_set_add() gave */
	uint32_t *entry_of;        /* by row: its first entry */
	size_t count;
	size_t size;
	size_t row_count;
	uint8_t *bytes; /* of the keys */
	size_t byte_count;
	size_t byte_size;
};

/* `*set = (struct key_set){0}` is an empty one. */
void key_set_release(struct key_set *set);

/* Forgets the keys; the memory is kept for the next group. */
void key_set_clear(struct key_set *set);

/* Makes room for so many keys of so many bytes together. ERR_FULL: there is no memory. */
enum err key_set_reserve(struct key_set *set, size_t count, size_t bytes) NODISCARD;

/* Adds a key, which is copied; *number is for key_set_row(). ERR_FULL: there is no memory. */
enum err key_set_add(struct key_set *set, struct bytes key, uint32_t *number) NODISCARD;

/* Sorts the keys and makes the rows, without values. */
void key_set_sort(struct key_set *set);

/*
 * Fills the rows that are not present from the table, after key_set_sort(). ERR_CORRUPT: a
 * value is not 8 bytes.
 */
enum err key_set_look_up(struct key_set *set, MDB_txn *txn, MDB_dbi table) NODISCARD;

/* The key of the row at an index. */
struct bytes key_set_key(const struct key_set *set, size_t row);

/* The row of an added key. */
struct key_row *key_set_row(struct key_set *set, uint32_t number);

/* The row of a key; NULL when it was not added. */
const struct key_row *key_set_find(const struct key_set *set, struct bytes key);

/* Writes those of `count` rows from `first` on that changed. ERR_FULL: the map is full. */
enum err key_set_write(const struct key_set *set, MDB_txn *txn, MDB_dbi table, size_t first,
	size_t count) NODISCARD;

#endif
