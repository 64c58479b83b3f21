/*
 * store/index_lag.c - see index_lag.h.
 */
#include "store/index_lag.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "base/check.h"
#include "base/grow.h"
#include "proto/codec.h"
#include "secret/keyed_hash.h"
#include "store/shield.h"
#include "store/tables.h"

#define ENTRIES_FIRST 256
#define GENERATION    16           /* a generation is at least this part of the log, ... */
#define MIN           (16u << 10)  /* ... at least so many records, ... */
#define MAX           (512u << 10) /* ... and at most so many */
#define WRITE_MIN     256          /* rows written with a commit, at least */
#define AT_REST       4            /* at rest this part of a generation is written */
#define SORT_HERE     4096         /* keys that are sorted without a thread, at most */
#define NICENESS      10           /* of the thread that sorts */
#define STORED_ARENA  8192
#define AHEAD         16 /* rows: so far ahead slots are fetched, entries half */

struct lag_entry {
	uint64_t value;
	uint32_t hash;
	uint32_t offset; /* of the key in the map's bytes */
	uint16_t length;
};

static MDB_val meta_key(void)
{
	static const char name[] = "indexed";
	return val_of(name, strlen(name));
}

enum err index_lag_indexed(
	MDB_txn *txn, const struct tables *tables, uint64_t last_seq, uint64_t *out)
{
	MDB_val key = meta_key();
	uint64_t indexed = last_seq;
	enum err err = table_get_u64(txn, tables->meta, &key, &indexed);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	*out = indexed;
	return indexed > last_seq ? ERR_CORRUPT : OK;
}

enum err index_lag_indexed_put(MDB_txn *txn, const struct tables *tables, uint64_t indexed)
{
	MDB_val key = meta_key(), val = val_of(&indexed, sizeof(indexed));
	return lmdb_err(mdb_put(txn, tables->meta, &key, &val, 0));
}

static void map_release(struct lag_map *map)
{
	free(map->entries);
	free(map->slots);
	free(map->bytes);
	*map = (struct lag_map){ 0 };
}

static uint32_t hash_of(struct bytes key)
{
	return (uint32_t)keyed_hash(key);
}

static struct bytes entry_key(const struct lag_map *map, const struct lag_entry *entry)
{
	return bytes_of(map->bytes + entry->offset, entry->length);
}

/* The slot of a key: where it is, or where it belongs. */
static uint32_t *slot_of(const struct lag_map *map, uint32_t hash, struct bytes key)
{
	size_t mask = map->slot_count - 1;
	/* One slot at least is free: the search ends. */
	CHECK(map->count < map->slot_count);
	for (size_t at = hash & mask;; at = (at + 1) & mask) {
		uint32_t *slot = &map->slots[at];
		if (*slot == 0)
			return slot;
		const struct lag_entry *entry = &map->entries[*slot - 1];
		if (entry->hash == hash && bytes_equal(entry_key(map, entry), key))
			return slot;
	}
}

static bool map_find(const struct lag_map *map, uint32_t hash, struct bytes key, uint64_t *value)
{
	if (map->count == 0)
		return false;
	uint32_t slot = *slot_of(map, hash, key);
	if (slot == 0)
		return false;
	*value = map->entries[slot - 1].value;
	return true;
}

/* Twice the slots, as soon as half of them are taken. */
static enum err slots_grow(struct lag_map *map)
{
	size_t slot_count = map->slot_count == 0 ? 2 * ENTRIES_FIRST : 2 * map->slot_count;
	uint32_t *slots = calloc(slot_count, sizeof(*slots));
	if (slots == NULL)
		return ERR_FULL;
	free(map->slots);
	map->slots = slots;
	map->slot_count = slot_count;
	for (size_t i = 0; i < map->count; i++) {
		const struct lag_entry *entry = &map->entries[i];
		*slot_of(map, entry->hash, entry_key(map, entry)) = (uint32_t)(i + 1);
	}
	return OK;
}

static enum err map_grow(struct lag_map *map, size_t length)
{
	if (map->count == map->size) {
		size_t size = map->size == 0 ? ENTRIES_FIRST : 2 * map->size;
		if (size > UINT32_MAX / 2 || !GROW(map->entries, map->size, size))
			return ERR_FULL;
	}
	if (map->byte_size - map->byte_count < length) {
		size_t size = 2 * map->byte_size + ENTRIES_FIRST * IDENTITY_KEY_MAX;
		if (size > UINT32_MAX || !GROW(map->bytes, map->byte_size, size))
			return ERR_FULL;
	}
	return 2 * (map->count + 1) > map->slot_count ? slots_grow(map) : OK;
}

static enum err map_put(struct lag_map *map, uint32_t hash, struct bytes key, uint64_t value)
{
	CHECK(key.length <= IDENTITY_KEY_MAX);
	enum err err = map_grow(map, key.length);
	if (err != OK)
		return err;
	uint32_t *slot = slot_of(map, hash, key);
	CHECK(map->count < map->size && map->byte_size - map->byte_count >= key.length);
	if (*slot == 0) {
		map->entries[map->count] = (struct lag_entry){
			.hash = hash,
			.offset = (uint32_t)map->byte_count,
			.length = (uint16_t)key.length,
		};
		memcpy(map->bytes + map->byte_count, key.data, key.length);
		map->byte_count += key.length;
		*slot = (uint32_t)++map->count;
	}
	map->entries[*slot - 1].value = value;
	return OK;
}

/* A slot is about to be looked at, or the entry that it leads to. */
static void slot_expect(const struct lag_map *map, uint32_t hash)
{
	if (map->slot_count > 0)
		__builtin_prefetch(&map->slots[hash & (map->slot_count - 1)]);
}

static void entry_expect(const struct lag_map *map, uint32_t hash)
{
	uint32_t slot = map->slot_count == 0 ? 0 : map->slots[hash & (map->slot_count - 1)];
	if (slot != 0)
		__builtin_prefetch(&map->entries[slot - 1]);
}

static void lock(struct index_lag *lag)
{
	CHECK(pthread_mutex_lock(&lag->mutex) == 0);
}

static void unlock(struct index_lag *lag)
{
	CHECK(pthread_mutex_unlock(&lag->mutex) == 0);
}

/* Waits for the thread that sorts, before its sets are used or freed. */
static void sorter_join(struct index_lag *lag)
{
	if (lag->sorting)
		CHECK(pthread_join(lag->sorter, NULL) == 0);
	lag->sorting = false;
}

bool index_lag_is_sorting(struct index_lag *lag)
{
	if (lag->sorting && atomic_load(&lag->sorted))
		sorter_join(lag);
	return lag->sorting;
}

static void table_forget(struct lag_table *table)
{
	map_release(&table->young);
	map_release(&table->frozen);
	key_set_release(&table->sorted);
	table->written = 0;
}

void index_lag_init(struct index_lag *lag)
{
	*lag = (struct index_lag){ .min = MIN, .max = MAX, .sort_here = SORT_HERE };
	pthread_mutexattr_t attributes;
	CHECK(pthread_mutexattr_init(&attributes) == 0);
	/* So that the CHECKs of lock() and unlock() see a mistake. */
	CHECK(pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK) == 0);
	CHECK(pthread_mutex_init(&lag->mutex, &attributes) == 0);
	pthread_mutexattr_destroy(&attributes);
}

void index_lag_release(struct index_lag *lag)
{
	sorter_join(lag);
	table_forget(&lag->ids);
	table_forget(&lag->keys);
	CHECK(pthread_mutex_destroy(&lag->mutex) == 0);
}

static bool table_find(
	const struct lag_table *table, uint32_t hash, struct bytes key, uint64_t *value)
{
	return map_find(&table->young, hash, key, value) ||
	       map_find(&table->frozen, hash, key, value);
}

bool index_lag_find(const struct lag_table *table, struct bytes key, uint64_t *value)
{
	return table_find(table, hash_of(key), key, value);
}

void index_lag_fill(const struct lag_table *table, struct key_set *set)
{
	uint32_t hashes[AHEAD];
	for (size_t next = 0; next < set->row_count + AHEAD; next++) {
		/* The row that is looked up, and those for which something is fetched. */
		size_t row = next - AHEAD, half = next - AHEAD / 2;
		if (next >= AHEAD) {
			struct key_row *found = &set->rows[row];
			found->present = table_find(
				table, hashes[row % AHEAD], key_set_key(set, row), &found->value);
		}
		if (next < set->row_count) {
			uint32_t hash = hashes[next % AHEAD] = hash_of(key_set_key(set, next));
			slot_expect(&table->young, hash);
			slot_expect(&table->frozen, hash);
		}
		if (next >= AHEAD / 2 && half < set->row_count) {
			entry_expect(&table->young, hashes[half % AHEAD]);
			entry_expect(&table->frozen, hashes[half % AHEAD]);
		}
	}
}

bool index_lag_find_id(struct index_lag *lag, struct bytes key, uint64_t *value)
{
	lock(lag);
	bool found = index_lag_find(&lag->ids, key, value);
	unlock(lag);
	return found;
}

static enum err rows_take(struct lag_map *map, const struct key_set *set)
{
	uint32_t hashes[AHEAD];
	enum err err = OK;
	for (size_t next = 0; next < set->row_count + AHEAD && err == OK; next++) {
		size_t i = next - AHEAD;
		if (next >= AHEAD) {
			const struct key_row *row = &set->rows[i];
			CHECK(row->present || !row->changed);
			if (row->changed)
				err = map_put(
					map, hashes[i % AHEAD], key_set_key(set, i), row->value);
		}
		if (next < set->row_count) {
			hashes[next % AHEAD] = hash_of(key_set_key(set, next));
			slot_expect(map, hashes[next % AHEAD]);
		}
	}
	return err;
}

enum err index_lag_take(
	struct index_lag *lag, const struct key_set *ids, const struct key_set *keys)
{
	lock(lag);
	lag->changed = true;
	enum err err = rows_take(&lag->ids.young, ids);
	if (err == OK)
		err = rows_take(&lag->keys.young, keys);
	unlock(lag);
	return err;
}

/* Loads the key of a record, with the value that key_take() gave it. */
static enum err key_load(struct index_lag *lag, MDB_txn *txn, const struct tables *tables,
	const struct record *record, struct bytes name)
{
	uint8_t space[IDENTITY_KEY_MAX];
	MDB_val key = key_key(record->partner, name, space);
	uint64_t last = record->seq;
	if (record->type == EVENT_REPORT_PUBLISHED) {
		last = 0;
		enum err err = OK;
		if (!index_lag_find(&lag->keys, bytes_of_val(&key), &last))
			err = table_get_u64(txn, tables->keys, &key, &last);
		if (err != OK && err != ERR_NOT_FOUND)
			return err;
	}
	struct bytes bytes = bytes_of_val(&key);
	return map_put(&lag->keys.young, hash_of(bytes), bytes, last);
}

static enum err record_load(struct index_lag *lag, MDB_txn *txn, const struct tables *tables,
	const struct record *record, struct arena *arena)
{
	struct event event;
	uint8_t space[IDENTITY_KEY_MAX];
	CHECK(record->seq > lag->indexed);
	/* An act has no id. Those of what was erased are in the table `erased` at once. */
	if (record->kind != RECORD_EVENT)
		return OK;
	arena_reset(arena);
	enum err err = event_read_stored(record->body, arena, &event);
	if (err != OK)
		return err;
	MDB_val id = identity_key(record->partner, event.id, space);
	struct bytes bytes = bytes_of_val(&id);
	err = map_put(&lag->ids.young, hash_of(bytes), bytes, record->seq);
	if (err == OK && event.key.length > 0)
		err = key_load(lag, txn, tables, record, event.key);
	return err;
}

/* Loads the ids and keys of all records that can be read, also after one that cannot. */
static enum err records_load(struct index_lag *lag, MDB_txn *txn, const struct tables *tables,
	uint64_t last_seq, struct arena *arena)
{
	MDB_cursor *cursor;
	uint64_t seq = lag->indexed + 1;
	MDB_val key = val_of(&seq, sizeof(seq)), val;
	if (last_seq <= lag->indexed)
		return OK;
	int code = mdb_cursor_open(txn, tables->log, &cursor);
	if (code != 0)
		return lmdb_err(code);
	enum err err = OK, damage = OK;
	code = mdb_cursor_get(cursor, &key, &val, MDB_SET_RANGE);
	while (code == 0 && err == OK && key.mv_size == sizeof(seq)) {
		struct record record;
		memcpy(&seq, key.mv_data, sizeof(seq));
		err = record_read(seq, bytes_of_val(&val), &record);
		if (err == OK)
			err = record_load(lag, txn, tables, &record, arena);
		if (err == ERR_CORRUPT) {
			damage = err;
			err = OK;
		}
		code = mdb_cursor_get(cursor, &key, &val, MDB_NEXT);
	}
	mdb_cursor_close(cursor);
	if (err == OK && code != MDB_NOTFOUND)
		err = code == 0 ? ERR_CORRUPT : lmdb_err(code);
	return err != OK ? err : damage;
}

/* With a shield of its own: one around it would leave the mutex held. */
static enum err records_load_shielded(struct index_lag *lag, MDB_txn *txn,
	const struct tables *tables, uint64_t last_seq, struct arena *arena)
{
	SHIELD_RETURN_OR(records_load(lag, txn, tables, last_seq, arena), ERR_CORRUPT);
}

enum err index_lag_load(struct index_lag *lag, MDB_txn *txn, const struct tables *tables,
	uint64_t indexed, uint64_t last_seq)
{
	struct arena arena;
	CHECK(indexed <= last_seq);
	if (arena_init(&arena, STORED_ARENA) != OK)
		return ERR_FULL;
	sorter_join(lag);
	lock(lag);
	table_forget(&lag->ids);
	table_forget(&lag->keys);
	lag->indexed = indexed;
	lag->frozen_seq = 0;
	lag->changed = false;
	enum err err = records_load_shielded(lag, txn, tables, last_seq, &arena);
	unlock(lag);
	arena_release(&arena);
	return err;
}

/* Sorts the frozen keys of a table. */
static enum err table_sort(struct lag_table *table)
{
	const struct lag_map *frozen = &table->frozen;
	uint32_t number;
	key_set_clear(&table->sorted);
	table->written = 0;
	enum err err = key_set_reserve(&table->sorted, frozen->count, frozen->byte_count);
	for (size_t i = 0; i < frozen->count && err == OK; i++)
		err = key_set_add(&table->sorted, entry_key(frozen, &frozen->entries[i]), &number);
	if (err != OK)
		return err;
	key_set_sort(&table->sorted);
	/* The map has no key twice, so that entry i is row number i below. */
	CHECK(table->sorted.row_count == frozen->count);
	for (size_t i = 0; i < frozen->count; i++)
		*key_set_row(&table->sorted, (uint32_t)i) = (struct key_row){
			.value = frozen->entries[i].value,
			.present = true,
			.changed = true,
		};
	return OK;
}

static void sort(struct index_lag *lag)
{
	lag->sort_err = table_sort(&lag->ids);
	if (lag->sort_err == OK)
		lag->sort_err = table_sort(&lag->keys);
}

static void *sorter_run(void *context)
{
	struct index_lag *lag = context;
	/* On Linux this is the priority of this thread alone. Batches are more urgent. */
	(void)setpriority(PRIO_PROCESS, 0, NICENESS);
	sort(lag);
	atomic_store(&lag->sorted, true);
	return NULL;
}

/*
 * Young becomes frozen. The next young generation gets as much room: it will be as large. Without
 * memory it grows as it needs to.
 */
static void table_freeze(struct lag_table *table)
{
	struct lag_map *young = &table->young;
	/* The last generation was dropped after the commit that wrote the end of it. */
	CHECK(table->frozen.count == 0 && table->written == 0);
	table->frozen = *young;
	*young = (struct lag_map){ 0 };
	young->slots = calloc(table->frozen.slot_count, sizeof(*young->slots));
	if (young->slots != NULL)
		young->slot_count = table->frozen.slot_count;
	if (table->frozen.count > 0 && GROW_TO(young->entries, table->frozen.count))
		young->size = table->frozen.count;
	if (table->frozen.byte_count > 0 && GROW_TO(young->bytes, table->frozen.byte_count))
		young->byte_size = table->frozen.byte_count;
}

/* The mutex is held for the exchange only, so that no look-up waits for the sorting. */
static void freeze(struct index_lag *lag, uint64_t last_seq)
{
	CHECK(lag->frozen_seq == 0 && !lag->sorting);
	CHECK(last_seq > lag->indexed && lag->ids.young.count > 0);
	lag->changed = true;
	lock(lag);
	table_freeze(&lag->ids);
	table_freeze(&lag->keys);
	lag->frozen_seq = last_seq;
	unlock(lag);
	atomic_store(&lag->sorted, false);
	lag->sorting = lag->ids.frozen.count + lag->keys.frozen.count > lag->sort_here &&
		       pthread_create(&lag->sorter, NULL, sorter_run, lag) == 0;
	if (!lag->sorting)
		sort(lag);
}

/* How many records make a generation. */
static size_t generation(const struct index_lag *lag, uint64_t last_seq)
{
	uint64_t min = last_seq / GENERATION;
	if (min < lag->min)
		min = lag->min;
	if (min > lag->max)
		min = lag->max;
	return min;
}

static bool freeze_is_due(const struct index_lag *lag, uint64_t last_seq)
{
	return lag->frozen_seq == 0 && lag->ids.young.count >= generation(lag, last_seq);
}

/* Writes up to `count` rows of the frozen generation, in the order of the table. */
static enum err table_write(struct lag_table *table, MDB_txn *txn, MDB_dbi dbi, size_t count)
{
	CHECK(table->written <= table->sorted.row_count);
	size_t left = table->sorted.row_count - table->written;
	count = count < left ? count : left;
	enum err err = key_set_write(&table->sorted, txn, dbi, table->written, count);
	table->written += count;
	return err;
}

static void frozen_forget(struct lag_table *table)
{
	map_release(&table->frozen);
	key_set_release(&table->sorted);
	table->written = 0;
}

/* The tables have all of the frozen generation, as this transaction sees them. */
static enum err frozen_end(struct index_lag *lag, MDB_txn *txn, const struct tables *tables)
{
	CHECK(lag->frozen_seq > lag->indexed);
	enum err err = index_lag_indexed_put(txn, tables, lag->frozen_seq);
	if (err != OK)
		return err;
	lag->indexed = lag->frozen_seq;
	lag->frozen_seq = 0;
	return OK;
}

/* Writes some rows of the frozen generation; with the last of them `indexed` moves on. */
static enum err frozen_write(
	struct index_lag *lag, MDB_txn *txn, const struct tables *tables, size_t rows)
{
	CHECK(lag->frozen_seq != 0 && rows > 0);
	lag->changed = true;
	if (index_lag_is_sorting(lag))
		return OK;
	if (lag->sort_err != OK)
		return lag->sort_err;
	enum err err = table_write(&lag->ids, txn, tables->identity, rows);
	if (err == OK)
		err = table_write(&lag->keys, txn, tables->keys, rows);
	if (err == OK && lag->ids.written == lag->ids.sorted.row_count &&
		lag->keys.written == lag->keys.sorted.row_count)
		err = frozen_end(lag, txn, tables);
	return err;
}

enum err index_lag_write(struct index_lag *lag, MDB_txn *txn, const struct tables *tables,
	uint64_t last_seq, uint64_t count)
{
	/* Two rows for each record: a generation is written before the next one is due. */
	CHECK(count <= last_seq - lag->indexed);
	size_t rows = 2 * count > WRITE_MIN ? (size_t)(2 * count) : WRITE_MIN;
	if (count == 0)
		return OK;
	if (freeze_is_due(lag, last_seq))
		freeze(lag, last_seq);
	return lag->frozen_seq != 0 ? frozen_write(lag, txn, tables, rows) : OK;
}

bool index_lag_rest_is_due(const struct index_lag *lag, uint64_t last_seq)
{
	size_t enough = generation(lag, last_seq) / AT_REST;
	return lag->frozen_seq != 0 || (enough > 0 && lag->ids.young.count >= enough);
}

enum err index_lag_write_at_rest(struct index_lag *lag, MDB_txn *txn, const struct tables *tables,
	uint64_t last_seq, size_t rows)
{
	if (lag->frozen_seq == 0)
		freeze(lag, last_seq);
	return frozen_write(lag, txn, tables, rows);
}

void index_lag_committed(struct index_lag *lag)
{
	lag->changed = false;
	if (lag->frozen_seq != 0 || lag->ids.frozen.count == 0)
		return;
	CHECK(!lag->sorting && lag->ids.written == lag->ids.sorted.row_count);
	lock(lag);
	frozen_forget(&lag->ids);
	frozen_forget(&lag->keys);
	unlock(lag);
}
