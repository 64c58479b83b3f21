/*
 * store/index_lag.c - see index_lag.h.
 */
#include "store/index_lag.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <xxhash.h>

#include "base/check.h"
#include "proto/codec.h"
#include "store/tables.h"

#define ENTRIES_FIRST 256
#define GENERATION    16           /* a generation is at least this part of the log, ... */
#define LEAST         (16u << 10)  /* ... at least so many records, ... */
#define MOST          (512u << 10) /* ... and at most so many */
#define WRITE_LEAST   256          /* rows of the frozen written with a commit */
#define AT_REST       4            /* at rest this part of a generation is enough */
#define SORT_HERE     4096         /* keys that are sorted without a thread */
#define NICENESS      10           /* of the thread that sorts */
#define STORED_ARENA  8192

struct late_entry {
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

enum err late_indexed(MDB_txn *txn, const struct tables *tables, uint64_t last_seq, uint64_t *out)
{
	MDB_val key = meta_key();
	uint64_t indexed = last_seq;
	enum err err = table_get_u64(txn, tables->meta, &key, &indexed);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	*out = indexed;
	return indexed > last_seq ? ERR_CORRUPT : OK;
}

enum err late_indexed_put(MDB_txn *txn, const struct tables *tables, uint64_t indexed)
{
	MDB_val key = meta_key(), val = val_of(&indexed, sizeof(indexed));
	return lmdb_err(mdb_put(txn, tables->meta, &key, &val, 0));
}

static void map_release(struct late_map *map)
{
	free(map->entries);
	free(map->slots);
	free(map->bytes);
	*map = (struct late_map){ 0 };
}

static uint32_t hash_of(struct bytes key)
{
	return (uint32_t)XXH3_64bits(key.data, key.length);
}

static struct bytes entry_key(const struct late_map *map, const struct late_entry *entry)
{
	return bytes_of(map->bytes + entry->offset, entry->length);
}

/* The slot of a key: where it is, or where it belongs. */
static uint32_t *slot_of(const struct late_map *map, uint32_t hash, struct bytes key)
{
	size_t mask = map->slot_count - 1;
	for (size_t at = hash & mask;; at = (at + 1) & mask) {
		uint32_t *slot = &map->slots[at];
		if (*slot == 0)
			return slot;
		const struct late_entry *entry = &map->entries[*slot - 1];
		if (entry->hash == hash && bytes_equal(entry_key(map, entry), key))
			return slot;
	}
}

static bool map_find(const struct late_map *map, struct bytes key, uint64_t *value)
{
	if (map->count == 0)
		return false;
	uint32_t slot = *slot_of(map, hash_of(key), key);
	if (slot == 0)
		return false;
	*value = map->entries[slot - 1].value;
	return true;
}

/* Twice the slots, as soon as half of them are taken. */
static enum err slots_grow(struct late_map *map)
{
	size_t slot_count = map->slot_count == 0 ? 2 * ENTRIES_FIRST : 2 * map->slot_count;
	uint32_t *slots = calloc(slot_count, sizeof(*slots));
	if (slots == NULL)
		return ERR_FULL;
	free(map->slots);
	map->slots = slots;
	map->slot_count = slot_count;
	for (size_t i = 0; i < map->count; i++) {
		const struct late_entry *entry = &map->entries[i];
		*slot_of(map, entry->hash, entry_key(map, entry)) = (uint32_t)(i + 1);
	}
	return OK;
}

static enum err map_grow(struct late_map *map, size_t length)
{
	if (map->count == map->size) {
		size_t size = map->size == 0 ? ENTRIES_FIRST : 2 * map->size;
		struct late_entry *entries = realloc(map->entries, size * sizeof(*entries));
		if (entries == NULL || size > UINT32_MAX / 2)
			return ERR_FULL;
		map->entries = entries;
		map->size = size;
	}
	if (map->byte_size - map->byte_count < length) {
		size_t size = 2 * map->byte_size + ENTRIES_FIRST * IDENTITY_KEY_MAX;
		uint8_t *bytes = size > UINT32_MAX ? NULL : realloc(map->bytes, size);
		if (bytes == NULL)
			return ERR_FULL;
		map->bytes = bytes;
		map->byte_size = size;
	}
	return 2 * (map->count + 1) > map->slot_count ? slots_grow(map) : OK;
}

static enum err map_put(struct late_map *map, struct bytes key, uint64_t value)
{
	CHECK(key.length <= IDENTITY_KEY_MAX);
	enum err err = map_grow(map, key.length);
	if (err != OK)
		return err;
	uint32_t hash = hash_of(key), *slot = slot_of(map, hash, key);
	if (*slot == 0) {
		map->entries[map->count] = (struct late_entry){
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

/* Waits for the thread that sorts: what it works on is about to go. */
static void sorter_join(struct late *late)
{
	if (late->sorting)
		pthread_join(late->sorter, NULL);
	late->sorting = false;
}

bool late_is_sorting(struct late *late)
{
	if (late->sorting && atomic_load(&late->sorted))
		sorter_join(late);
	return late->sorting;
}

static void table_forget(struct late_table *table)
{
	map_release(&table->young);
	map_release(&table->frozen);
	key_set_release(&table->sorted);
	table->written = 0;
}

void late_init(struct late *late)
{
	*late = (struct late){ .least = LEAST, .most = MOST, .sort_here = SORT_HERE };
	pthread_mutex_init(&late->mutex, NULL);
}

void late_release(struct late *late)
{
	sorter_join(late);
	table_forget(&late->ids);
	table_forget(&late->keys);
	pthread_mutex_destroy(&late->mutex);
}

bool late_find(const struct late_table *table, struct bytes key, uint64_t *value)
{
	return map_find(&table->young, key, value) || map_find(&table->frozen, key, value);
}

bool late_find_id(struct late *late, struct bytes key, uint64_t *value)
{
	pthread_mutex_lock(&late->mutex);
	bool found = late_find(&late->ids, key, value);
	pthread_mutex_unlock(&late->mutex);
	return found;
}

static enum err rows_take(struct late_map *map, const struct key_set *set)
{
	enum err err = OK;
	for (size_t i = 0; i < set->row_count && err == OK; i++) {
		if (set->rows[i].changed)
			err = map_put(map, key_set_key(set, i), set->rows[i].value);
	}
	return err;
}

enum err late_take(struct late *late, const struct key_set *ids, const struct key_set *keys)
{
	pthread_mutex_lock(&late->mutex);
	late->changed = true;
	enum err err = rows_take(&late->ids.young, ids);
	if (err == OK)
		err = rows_take(&late->keys.young, keys);
	pthread_mutex_unlock(&late->mutex);
	return err;
}

/* The key of a record that is read again: what key_take() made of it. */
static enum err key_load(struct late *late, MDB_txn *txn, const struct tables *tables,
	const struct record *record, struct bytes name)
{
	uint8_t space[IDENTITY_KEY_MAX];
	MDB_val key = key_key(record->partner, name, space);
	uint64_t last = record->seq;
	if (record->type == EVENT_REPORT_PUBLISHED) {
		last = 0;
		enum err err = OK;
		if (!late_find(&late->keys, bytes_of_val(&key), &last))
			err = table_get_u64(txn, tables->keys, &key, &last);
		if (err != OK && err != ERR_NOT_FOUND)
			return err;
	}
	return map_put(&late->keys.young, bytes_of_val(&key), last);
}

static enum err record_load(struct late *late, MDB_txn *txn, const struct tables *tables,
	const struct record *record, struct arena *arena)
{
	struct event event;
	uint8_t space[IDENTITY_KEY_MAX];
	arena_reset(arena);
	enum err err = event_read_stored(record->body, arena, &event);
	if (err != OK)
		return ERR_CORRUPT;
	MDB_val id = identity_key(record->partner, event.id, space);
	err = map_put(&late->ids.young, bytes_of_val(&id), record->seq);
	if (err == OK && event.key.length > 0)
		err = key_load(late, txn, tables, record, event.key);
	return err;
}

/* All that can be read, also after a record that cannot. */
static enum err records_load(struct late *late, MDB_txn *txn, const struct tables *tables,
	uint64_t last_seq, struct arena *arena)
{
	MDB_cursor *cursor;
	uint64_t seq = late->indexed + 1;
	MDB_val key = val_of(&seq, sizeof(seq)), val;
	if (last_seq <= late->indexed)
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
			err = record_load(late, txn, tables, &record, arena);
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

enum err late_load(struct late *late, MDB_txn *txn, const struct tables *tables, uint64_t indexed,
	uint64_t last_seq)
{
	struct arena arena;
	if (arena_init(&arena, STORED_ARENA) != OK)
		return ERR_FULL;
	sorter_join(late);
	pthread_mutex_lock(&late->mutex);
	table_forget(&late->ids);
	table_forget(&late->keys);
	late->indexed = indexed;
	late->frozen_seq = 0;
	late->changed = false;
	enum err err = records_load(late, txn, tables, last_seq, &arena);
	pthread_mutex_unlock(&late->mutex);
	arena_release(&arena);
	return err;
}

/* Sorts what is frozen. */
static enum err table_sort(struct late_table *table)
{
	const struct late_map *frozen = &table->frozen;
	uint32_t number;
	key_set_clear(&table->sorted);
	table->written = 0;
	for (size_t i = 0; i < frozen->count; i++) {
		enum err err = key_set_add(
			&table->sorted, entry_key(frozen, &frozen->entries[i]), &number);
		if (err != OK)
			return err;
	}
	key_set_sort(&table->sorted);
	for (size_t i = 0; i < frozen->count; i++)
		*key_set_row(&table->sorted, (uint32_t)i) = (struct key_row){
			.value = frozen->entries[i].value,
			.present = true,
			.changed = true,
		};
	return OK;
}

static void sort(struct late *late)
{
	late->sort_err = table_sort(&late->ids);
	if (late->sort_err == OK)
		late->sort_err = table_sort(&late->keys);
}

static void *sorter_run(void *context)
{
	struct late *late = context;
	/* Of this thread alone, on Linux: batches go first. */
	(void)setpriority(PRIO_PROCESS, 0, NICENESS);
	sort(late);
	atomic_store(&late->sorted, true);
	return NULL;
}

/* What is young becomes the frozen; the next will be about as many. */
static void table_freeze(struct late_table *table)
{
	table->frozen = table->young;
	table->young = (struct late_map){ 0 };
	table->young.slots = calloc(table->frozen.slot_count, sizeof(*table->young.slots));
	if (table->young.slots != NULL)
		table->young.slot_count = table->frozen.slot_count;
}

/* Who looks for an identity meanwhile waits for the change of places only, not for the sorting. */
static void freeze(struct late *late, uint64_t last_seq)
{
	late->changed = true;
	pthread_mutex_lock(&late->mutex);
	table_freeze(&late->ids);
	table_freeze(&late->keys);
	late->frozen_seq = last_seq;
	pthread_mutex_unlock(&late->mutex);
	atomic_store(&late->sorted, false);
	late->sorting = late->ids.frozen.count + late->keys.frozen.count > late->sort_here &&
			pthread_create(&late->sorter, NULL, sorter_run, late) == 0;
	if (!late->sorting)
		sort(late);
}

/* How many records are worth a generation. */
static size_t generation(const struct late *late, uint64_t last_seq)
{
	uint64_t least = last_seq / GENERATION;
	if (least < late->least)
		least = late->least;
	if (least > late->most)
		least = late->most;
	return least;
}

static bool freeze_is_due(const struct late *late, uint64_t last_seq)
{
	return late->frozen_seq == 0 && late->ids.young.count >= generation(late, last_seq);
}

/* Writes up to `count` rows of the frozen, in the order of the table. */
static enum err table_write(struct late_table *table, MDB_txn *txn, MDB_dbi dbi, size_t count)
{
	size_t left = table->sorted.row_count - table->written;
	count = count < left ? count : left;
	enum err err = key_set_write(&table->sorted, txn, dbi, table->written, count);
	table->written += count;
	return err;
}

static void frozen_forget(struct late_table *table)
{
	map_release(&table->frozen);
	key_set_release(&table->sorted);
	table->written = 0;
}

/* All of the frozen is in the tables, as of this transaction. */
static enum err frozen_end(struct late *late, MDB_txn *txn, const struct tables *tables)
{
	enum err err = late_indexed_put(txn, tables, late->frozen_seq);
	if (err != OK)
		return err;
	late->indexed = late->frozen_seq;
	late->frozen_seq = 0;
	return OK;
}

/* Writes some of the frozen; with the last of them `indexed` moves on. */
static enum err frozen_write(
	struct late *late, MDB_txn *txn, const struct tables *tables, size_t rows)
{
	late->changed = true;
	if (late_is_sorting(late))
		return OK;
	if (late->sort_err != OK)
		return late->sort_err;
	enum err err = table_write(&late->ids, txn, tables->identity, rows);
	if (err == OK)
		err = table_write(&late->keys, txn, tables->keys, rows);
	if (err == OK && late->ids.written == late->ids.sorted.row_count &&
		late->keys.written == late->keys.sorted.row_count)
		err = frozen_end(late, txn, tables);
	return err;
}

enum err late_write(struct late *late, MDB_txn *txn, const struct tables *tables, uint64_t last_seq,
	uint64_t count)
{
	/* Twice as fast as they come: a generation is written before the next is due. */
	size_t rows = 2 * count > WRITE_LEAST ? (size_t)(2 * count) : WRITE_LEAST;
	if (count == 0)
		return OK;
	if (freeze_is_due(late, last_seq))
		freeze(late, last_seq);
	return late->frozen_seq != 0 ? frozen_write(late, txn, tables, rows) : OK;
}

bool late_rest_is_due(const struct late *late, uint64_t last_seq)
{
	size_t enough = generation(late, last_seq) / AT_REST;
	return late->frozen_seq != 0 || (enough > 0 && late->ids.young.count >= enough);
}

enum err late_write_at_rest(struct late *late, MDB_txn *txn, const struct tables *tables,
	uint64_t last_seq, size_t rows)
{
	if (late->frozen_seq == 0)
		freeze(late, last_seq);
	return frozen_write(late, txn, tables, rows);
}

void late_committed(struct late *late)
{
	late->changed = false;
	if (late->frozen_seq != 0 || late->ids.frozen.count == 0)
		return;
	pthread_mutex_lock(&late->mutex);
	frozen_forget(&late->ids);
	frozen_forget(&late->keys);
	pthread_mutex_unlock(&late->mutex);
}
