/*
 * store/index_lag.h - the index lag: the newest ids and keys of the log, which the tables
 * `identity` and `keys` do not have yet, in memory; for store/ only.
 *
 * It is the memtable of a log-structured merge tree, in small. An id that comes in random
 * order costs a page of its table, read and written; ids that are collected and sorted share
 * pages. The log is the write-ahead log of the index: `indexed` (in the table meta) is the
 * last record up to which all ids and keys are in the tables. Those of later records are in
 * the index lag, and are read from the log again when the store is opened.
 *
 * There are two generations. *Young* takes what is appended. When it is large enough, and
 * nothing else is frozen, it becomes *frozen*: it is sorted (when it is large by a thread of
 * its own, which may take a third of a second) and written to the tables in their order, some
 * rows with each commit. The transaction that writes its last row also moves `indexed` to its
 * last record; after that commit it is dropped. A look-up asks young, then frozen, then the
 * table.
 *
 * Example: a generation is 8 records. Partner 1 sends the ids c and a in one batch, then no
 * batch comes for a while, then it sends b (index_lag_test.c plays it):
 *
 *   step                                    young     frozen,   table    indexed
 *                                                     sorted
 *   1 records 1 (c) and 2 (a), commit       c:1 a:2   -         -        0
 *   2 at rest, 1 row, commit                -         a:2 c:1   a        0
 *   3 record 3 (b), commit                  b:3       -         a c      2
 *
 * In step 1 two records are too few for a generation. In step 2, at rest, a quarter of one is
 * enough: they are frozen, and one row is written. Now a is in the table and in the lag,
 * with the same seq. In step 3 a commit writes at least 256 rows: c is the last one, so
 * `indexed` becomes 2, the last record of the frozen generation, and the generation is
 * dropped; b is young. After a kill at the end of step 2 the next start finds `indexed` 0 and reads
 * c:1 and a:2 from the log again as young; a is then written a second time, the same. After a
 * kill at the end of step 3 it reads b:3 only.
 *
 * The writer alone changes the lag; other threads may look ids up by index_lag_find_id().
 */
#ifndef STORE_INDEX_LAG_H
#define STORE_INDEX_LAG_H

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>

#include "store/key_set.h"

/* Keys with their values; a key has the value that was put last. */
struct lag_entry;
struct lag_map {
	struct lag_entry *entries;
	size_t count;
	size_t size;
	uint32_t *slots; /* by hash: index in `entries` plus 1, 0 none */
	size_t slot_count;
	uint8_t *bytes; /* of the keys */
	size_t byte_count;
	size_t byte_size;
};

/* What one table lacks. */
struct lag_table {
	struct lag_map young;
	struct lag_map frozen;
	struct key_set sorted; /* the frozen keys, sorted */
	size_t written;        /* rows of `sorted` that are in the table */
};

struct index_lag {
	struct lag_table ids;
	struct lag_table keys;
	uint64_t indexed;    /* the tables have all records up to here */
	uint64_t frozen_seq; /* the last record that is frozen; 0: none is */
	size_t min;          /* a generation is a part of the log, but at least min ... */
	size_t max;          /* ... and at most max records */
	size_t sort_here;    /* up to so many keys are sorted without a thread */
	bool changed;        /* by the transaction under way */
	bool sorting;        /* `sorter` is not joined yet: only it may use the sorted sets */
	pthread_t sorter;
	atomic_bool sorted; /* the sorter is done, and sort_err is set */
	enum err sort_err;
	pthread_mutex_t mutex; /* held while maps change, and for look-ups of other threads */
};

struct tables;

void index_lag_init(struct index_lag *lag);
void index_lag_release(struct index_lag *lag);

/* True: *value is that of the key. Only in the writer's thread. */
bool index_lag_find(const struct lag_table *table, struct bytes key, uint64_t *value);

/*
 * Fills the rows of a sorted set that the lag has, and says of the others that they are not
 * present. Each key is somewhere else in memory, which is asked for ahead: so many at once take
 * half of the time of as many index_lag_find(). Only in the writer's thread.
 */
void index_lag_fill(const struct lag_table *table, struct key_set *set);

/* index_lag_find() of an identity, from any thread. */
bool index_lag_find_id(struct index_lag *lag, struct bytes key, uint64_t *value);

/* Takes the changed rows of a group's sets into young. ERR_FULL: there is no memory. */
enum err index_lag_take(
	struct index_lag *lag, const struct key_set *ids, const struct key_set *keys) NODISCARD;

/*
 * Replaces all by the ids and keys of records `indexed` + 1 to `last_seq`, read from the log
 * as `txn` sees it. ERR_CORRUPT: a record cannot be read; those of the others are there.
 */
enum err index_lag_load(struct index_lag *lag, MDB_txn *txn, const struct tables *tables,
	uint64_t indexed, uint64_t last_seq) NODISCARD;

/* True while the frozen generation is being sorted: nothing of it can be written yet. */
bool index_lag_is_sorting(struct index_lag *lag);

/*
 * To be called before the commit of a transaction that appended `count` records, the last of
 * them `last_seq`: freezes when that is due, writes some rows of a sorted generation, and
 * moves `indexed` when it wrote the last. ERR_FULL: the map or the memory is full: abort.
 * After an abort, or a commit that failed, call index_lag_load() before the next use.
 */
enum err index_lag_write(struct index_lag *lag, MDB_txn *txn, const struct tables *tables,
	uint64_t last_seq, uint64_t count) NODISCARD;

/* Is the lag large enough to be written while no batch comes? */
bool index_lag_rest_is_due(const struct index_lag *lag, uint64_t last_seq);

/*
 * Like index_lag_write(), in a transaction that appends nothing: freezes whatever is young
 * when nothing is frozen, and writes `rows` rows. Only when index_lag_rest_is_due().
 */
enum err index_lag_write_at_rest(struct index_lag *lag, MDB_txn *txn, const struct tables *tables,
	uint64_t last_seq, size_t rows) NODISCARD;

/* After the commit: drops the frozen generation when the tables have all of it. */
void index_lag_committed(struct index_lag *lag);

/* `indexed` as `txn` sees it. In a store of format 1 the tables have all: `last_seq`. */
enum err index_lag_indexed(
	MDB_txn *txn, const struct tables *tables, uint64_t last_seq, uint64_t *out) NODISCARD;

/* Writes it. */
enum err index_lag_indexed_put(
	MDB_txn *txn, const struct tables *tables, uint64_t indexed) NODISCARD;

#endif
