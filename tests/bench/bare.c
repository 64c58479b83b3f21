/*
 * tests/bench/bare.c - LMDB alone, to compare with: what the disk and the library can do.
 */
#include <errno.h>
#include <lmdb.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "tests/bench/load.h"

#define MAP_SIZE      (UINT64_C(64) << 30)
#define ID_SIZE       16
#define PRELOAD_GROUP 1000000

struct bare {
	const struct load *load;
	MDB_env *env;
	MDB_dbi log;
	MDB_dbi ids;
	struct random random;
	uint64_t seq;
	uint8_t *record;
};

static void right(int code, const char *what)
{
	if (code != 0)
		give_up("%s: %s", what, mdb_strerror(code));
}

static void bare_open(struct bare *bare, unsigned flags)
{
	MDB_txn *txn;
	const char *path = bare->load->store;
	unsigned create = (flags & MDB_RDONLY) == 0 ? MDB_CREATE : 0;
	if (path == NULL || (create != 0 && mkdir(path, 0700) != 0 && errno != EEXIST))
		give_up("--store must name a directory");
	right(mdb_env_create(&bare->env), "LMDB");
	mdb_env_set_maxdbs(bare->env, 16);
	right(mdb_env_set_mapsize(bare->env, (size_t)MAP_SIZE), "the map");
	right(mdb_env_open(bare->env, path, flags, 0600), path);
	right(mdb_txn_begin(bare->env, NULL, flags & MDB_RDONLY, &txn), path);
	right(mdb_dbi_open(txn, "log", MDB_INTEGERKEY | create, &bare->log), "the table log");
	if (create != 0)
		right(mdb_dbi_open(txn, "ids", MDB_CREATE, &bare->ids), "the table ids");
	right(mdb_txn_commit(txn), path);
}

static void log_put(struct bare *bare, MDB_txn *txn)
{
	uint64_t seq = ++bare->seq;
	MDB_val key = { sizeof(seq), &seq };
	MDB_val val = { bare->load->record, bare->record };
	right(mdb_put(txn, bare->log, &key, &val, MDB_APPEND), "MDB_APPEND");
}

static void id_put(struct bare *bare, MDB_txn *txn, const uint8_t id[ID_SIZE])
{
	uint8_t space[ID_SIZE];
	memcpy(space, id, ID_SIZE);
	MDB_val key = { ID_SIZE, space };
	MDB_val val = { sizeof(bare->seq), &bare->seq };
	right(mdb_put(txn, bare->ids, &key, &val, MDB_NOOVERWRITE), "the id");
}

static void id_make(struct bare *bare, uint8_t out[ID_SIZE])
{
	uint64_t words[2] = { random_next(&bare->random), random_next(&bare->random) };
	memcpy(out, words, ID_SIZE);
}

static int id_compare(const void *a, const void *b)
{
	return memcmp(a, b, ID_SIZE);
}

/* Ids that are there before the clock starts: in large sorted groups, which is quick. */
static void preload(struct bare *bare)
{
	uint8_t(*ids)[ID_SIZE] = memory_take(PRELOAD_GROUP, ID_SIZE);
	mdb_env_set_flags(bare->env, MDB_NOSYNC, 1);
	for (size_t done = 0; done < bare->load->preload; done += PRELOAD_GROUP) {
		MDB_txn *txn;
		for (size_t i = 0; i < PRELOAD_GROUP; i++)
			id_make(bare, ids[i]);
		qsort(ids, PRELOAD_GROUP, ID_SIZE, id_compare);
		right(mdb_txn_begin(bare->env, NULL, 0, &txn), "begin");
		for (size_t i = 0; i < PRELOAD_GROUP; i++) {
			log_put(bare, txn);
			id_put(bare, txn, ids[i]);
		}
		right(mdb_txn_commit(txn), "commit");
	}
	mdb_env_set_flags(bare->env, MDB_NOSYNC, 0);
	right(mdb_env_sync(bare->env, 1), "sync");
	free(ids);
}

/* Sleeps until a group is due, when there is a rate; gives the time it counts from. */
static int64_t pace(const struct load *load, int64_t started_us, size_t events)
{
	if (load->rate == 0)
		return monotonic_us();
	int64_t due_us = started_us + (int64_t)((double)events * 1e6 / (double)load->rate);
	const struct timespec due = { due_us / 1000000, due_us % 1000000 * 1000 };
	while (monotonic_us() < due_us)
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
	return due_us;
}

static void append(struct bare *bare, size_t group, bool with_ids, struct bare_result *out)
{
	const struct load *load = bare->load;
	size_t groups = (load->events + group - 1) / group, left = load->events;
	uint8_t(*ids)[ID_SIZE] = memory_take(with_ids ? load->events : 0, ID_SIZE);
	for (size_t i = 0; with_ids && i < load->events; i++)
		id_make(bare, ids[i]);
	out->times.ms = memory_take(groups, sizeof(float));
	int64_t started_us = monotonic_us();
	for (size_t i = 0; i < groups; i++) {
		MDB_txn *txn;
		int64_t begun_us = pace(load, started_us, load->events - left);
		right(mdb_txn_begin(bare->env, NULL, 0, &txn), "begin");
		for (size_t k = 0; k < group && left > 0; k++, left--) {
			log_put(bare, txn);
			if (with_ids)
				id_put(bare, txn, ids[left - 1]);
		}
		right(mdb_txn_commit(txn), "commit");
		out->times.ms[out->times.count++] = (float)(monotonic_us() - begun_us) / 1000.0f;
	}
	out->seconds = (double)(monotonic_us() - started_us) / 1e6;
	out->events = load->events;
	free(ids);
}

static void scan(struct bare *bare, struct bare_result *out)
{
	MDB_txn *txn;
	MDB_cursor *cursor;
	MDB_val key, val;
	uint64_t sum = 0;
	int64_t started_us = monotonic_us();
	right(mdb_txn_begin(bare->env, NULL, MDB_RDONLY, &txn), "begin");
	right(mdb_cursor_open(txn, bare->log, &cursor), "cursor");
	int code = mdb_cursor_get(cursor, &key, &val, MDB_FIRST);
	for (; code == 0; code = mdb_cursor_get(cursor, &key, &val, MDB_NEXT)) {
		sum += *(const uint8_t *)val.mv_data; /* touches the record */
		out->events++;
	}
	if (code != MDB_NOTFOUND || sum == 0)
		give_up("the table log has nothing to scan");
	out->seconds = (double)(monotonic_us() - started_us) / 1e6;
	mdb_cursor_close(cursor);
	mdb_txn_abort(txn);
}

void bare_run(const struct load *load, struct bare_result *out)
{
	struct bare bare = {
		.load = load,
		.random = { .state = load->seed },
		.record = memory_take(load->record, 1),
	};
	bool only_scan = strcmp(load->what, "bare-scan") == 0;
	bool naive = strcmp(load->what, "bare-naive") == 0;
	bool single = strcmp(load->what, "bare-commit") == 0;
	if (!only_scan && !naive && !single && strcmp(load->what, "bare-append") != 0)
		give_up("there is no %s; see the top of tests/bench/load.c", load->what);
	memset(bare.record, 'r', load->record);
	bare_open(&bare, only_scan ? MDB_RDONLY : 0);
	if (naive)
		preload(&bare);
	if (only_scan)
		scan(&bare, out);
	else
		append(&bare, single ? 1 : load->group, naive, out);
	mdb_env_close(bare.env);
	free(bare.record);
}
