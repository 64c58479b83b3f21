/*
 * store/index_lag.h - the identities and keys of the last records, which their tables do not have
 * yet; for store/ only.
 *
 * The log itself is the durable form of what is late: records after `indexed` (in the table
 * meta) may be missing from the tables, and are read again when the store is opened. So a
 * commit need not write a page for each id that comes at random; many wait in memory until
 * enough of them share a page. A generation that is large enough is frozen, sorted (a large
 * one by a thread of its own, as it takes up to a third of a second), and written to the
 * tables in their order, some with each commit; when all of it is there, `indexed` moves on in
 * the same transaction. Who looks for a key looks here first, then in the table.
 *
 * The writer alone changes it; other threads may look things up (index_lag_find_id()).
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
	uint32_t *slots; /* by hash: place in `entries` plus 1, 0 none */
	size_t slot_count;
	uint8_t *bytes; /* of the keys */
	size_t byte_count;
	size_t byte_size;
};

/* A table's late part. */
struct lag_table {
	struct lag_map young;
	struct lag_map frozen;
	struct key_set sorted; /* the frozen ones, while they are written */
	size_t written;        /* rows of it */
};

struct index_lag {
	struct lag_table ids;
	struct lag_table keys;
	uint64_t indexed;    /* all records up to here are in the tables */
	uint64_t frozen_seq; /* the last record of the frozen ones; 0: there are none */
	size_t min;          /* a generation is a part of the log, but at least so many ... */
	size_t max;          /* ... and at most so many records */
	size_t sort_here;    /* so many keys are sorted without a thread */
	bool changed;        /* by the transaction under way */
	bool sorting;        /* `sorter` runs, or is to be joined: it alone has the sorted sets */
	pthread_t sorter;
	atomic_bool sorted;    /* its last act ... */
	enum err sort_err;     /* ... and how it ended */
	pthread_mutex_t mutex; /* held for changes, and by other threads that look */
};

struct tables;

void index_lag_init(struct index_lag *lag);
void index_lag_release(struct index_lag *lag);

/* True: *value is that of the key. In the thread that changes it. */
bool index_lag_find(const struct lag_table *table, struct bytes key, uint64_t *value);

/* index_lag_find() of an identity, from any thread. */
bool index_lag_find_id(struct index_lag *lag, struct bytes key, uint64_t *value);

/* Takes the changed rows of the sets of a group. ERR_FULL: there is no memory. */
enum err index_lag_take(
	struct index_lag *lag, const struct key_set *ids, const struct key_set *keys) NODISCARD;

/*
 * Reads what is late from the log as `txn` sees it, in the place of what was there: records
 * `indexed` + 1 to `last_seq`. ERR_CORRUPT: one cannot be read; the others are there.
 */
enum err index_lag_load(struct index_lag *lag, MDB_txn *txn, const struct tables *tables,
	uint64_t indexed, uint64_t last_seq) NODISCARD;

/* Is what is frozen still being sorted, so that nothing of it can be written? */
bool index_lag_is_sorting(struct index_lag *lag);

/*
 * Before the commit of a transaction that appended `count` records, the last of them
 * `last_seq`: freezes, writes some of what is frozen and sorted, moves `indexed` on. ERR_FULL: the
 * map or the memory is full: abort. After an abort, or a commit that failed, index_lag_load()
 * again.
 */
enum err index_lag_write(struct index_lag *lag, MDB_txn *txn, const struct tables *tables,
	uint64_t last_seq, uint64_t count) NODISCARD;

/* Is there enough that is late to write it while nothing comes? */
bool index_lag_rest_is_due(const struct index_lag *lag, uint64_t last_seq);

/*
 * The same as index_lag_write(), of `rows` rows, in a transaction that appends nothing: while
 * nothing comes the tables catch up, and memory is given back.
 */
enum err index_lag_write_at_rest(struct index_lag *lag, MDB_txn *txn, const struct tables *tables,
	uint64_t last_seq, size_t rows) NODISCARD;

/* After the commit: what the tables have by now is forgotten. */
void index_lag_committed(struct index_lag *lag);

/* `indexed` as `txn` sees it; a store of an older format has all in the tables: `last_seq`. */
enum err index_lag_indexed(
	MDB_txn *txn, const struct tables *tables, uint64_t last_seq, uint64_t *out) NODISCARD;

/* Writes it. */
enum err index_lag_indexed_put(
	MDB_txn *txn, const struct tables *tables, uint64_t indexed) NODISCARD;

#endif
