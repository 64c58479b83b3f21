/*
 * store/space.c - how much of a store is in use, and whether there is room: see log.h.
 *
 * LMDB takes pages that were freed before it lengthens the file, but none that a view still sees.
 * So there is room at the end of the map, and in the pages that were freed before the oldest view.
 */
#include <stdio.h>
#include <sys/statvfs.h>

#include "base/check.h"
#include "store/shield.h"
#include "store/tables.h"

/* Lists of free pages: an answer is as good for one commit more for each so many. */
#define EXACT_ROWS 64

/* The oldest view that somebody holds. */
struct oldest {
	uint64_t txn; /* UINT64_MAX: nobody holds one */
	long pid;
};

/* One reader, as LMDB prints them: process, thread, and the commit that it sees. */
static int reader_note(const char *line, void *context)
{
	struct oldest *oldest = context;
	unsigned long long txn;
	long pid;
	if (sscanf(line, "%ld %*s %llu", &pid, &txn) == 2 && txn < oldest->txn)
		*oldest = (struct oldest){ .txn = txn, .pid = pid };
	return 0;
}

static struct oldest oldest_of(MDB_env *env)
{
	struct oldest oldest = { .txn = UINT64_MAX };
	mdb_reader_list(env, reader_note, &oldest);
	return oldest;
}

/* Pages that were freed: all, and those that the oldest view still sees. */
struct free_pages {
	uint64_t all;
	uint64_t held;
	uint64_t rows;
};

static enum err free_count(MDB_env *env, struct free_pages *out)
{
	const MDB_dbi list = 0; /* of free pages, in every environment */
	struct free_pages pages = { 0 };
	struct oldest oldest = oldest_of(env);
	MDB_cursor *cursor;
	MDB_txn *txn;
	MDB_val key, val;
	if (mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0)
		return OK;
	if (mdb_cursor_open(txn, list, &cursor) == 0) {
		while (mdb_cursor_get(cursor, &key, &val, MDB_NEXT) == 0) {
			uint64_t freed_by, count;
			if (key.mv_size != sizeof(freed_by) || val.mv_size < sizeof(count))
				break;
			memcpy(&freed_by, key.mv_data, sizeof(freed_by));
			memcpy(&count, val.mv_data, sizeof(count));
			pages.all += count;
			pages.held += freed_by > oldest.txn ? count : 0;
			pages.rows++;
		}
		mdb_cursor_close(cursor);
	}
	mdb_txn_abort(txn);
	*out = pages;
	return OK;
}

/* None are known where the list cannot be read. */
static enum err free_look(struct log *log, MDB_env *env, struct free_pages *out)
{
	*out = (struct free_pages){ 0 };
	SHIELD_RETURN(log, free_count(env, out));
}

/* What the head says. */
struct sizes {
	uint64_t pages; /* of the file */
	uint64_t txn;
	size_t page_size;
	size_t map; /* bytes */
};

static enum err sizes_read(MDB_env *env, struct sizes *out)
{
	MDB_envinfo info;
	MDB_stat stat;
	CHECK(mdb_env_info(env, &info) == 0);
	CHECK(mdb_env_stat(env, &stat) == 0);
	*out = (struct sizes){ (uint64_t)info.me_last_pgno + 1, info.me_last_txnid, stat.ms_psize,
		info.me_mapsize };
	return OK;
}

/* A head that cannot be read has none, in a map of one byte. */
static enum err sizes_look(struct log *log, MDB_env *env, struct sizes *out)
{
	*out = (struct sizes){ .map = 1 };
	SHIELD_RETURN(log, sizes_read(env, out));
}

static struct sizes sizes_of(struct log *log, MDB_env *env)
{
	struct sizes sizes;
	return sizes_look(log, env, &sizes) == OK ? sizes : (struct sizes){ .map = 1 };
}

/* A long list is not counted for each commit, but for each so many as its length costs. */
static struct free_pages free_of(struct log *log, MDB_env *env)
{
	struct free_pages pages;
	CHECK(pthread_mutex_lock(&log->mutex) == 0);
	bool counted = log->space.good_for > 0;
	log->space.good_for -= counted;
	pages = (struct free_pages){ log->space.free, log->space.held, 0 };
	CHECK(pthread_mutex_unlock(&log->mutex) == 0);
	if (counted)
		return pages;
	if (free_look(log, env, &pages) != OK)
		return (struct free_pages){ 0 };
	CHECK(pthread_mutex_lock(&log->mutex) == 0);
	log->space.free = pages.all;
	log->space.held = pages.held;
	log->space.good_for = (unsigned)(pages.rows / EXACT_ROWS);
	CHECK(pthread_mutex_unlock(&log->mutex) == 0);
	return pages;
}

size_t log_bytes(struct log *log)
{
	struct environment *at = environment_hold(log);
	const struct sizes sizes = sizes_of(log, at->env);
	struct free_pages pages = free_of(log, at->env);
	environment_drop(log, at);
	uint64_t can_be_used = pages.all - pages.held, all = sizes.pages;
	return (size_t)(all - (can_be_used < all ? can_be_used : 0)) * sizes.page_size;
}

bool log_oldest_reader(struct log *log, int64_t now_us, struct log_reader *out)
{
	struct environment *at = environment_hold(log);
	int dead;
	mdb_reader_check(at->env, &dead);
	struct oldest oldest = oldest_of(at->env);
	/* What it held can be used from now on. */
	bool other = log->space.reader_pid != oldest.pid || log->space.reader_txn != oldest.txn;
	CHECK(pthread_mutex_lock(&log->mutex) == 0);
	log->space.good_for = other ? 0 : log->space.good_for;
	CHECK(pthread_mutex_unlock(&log->mutex) == 0);
	struct free_pages pages = free_of(log, at->env);
	const struct sizes sizes = sizes_of(log, at->env);
	environment_drop(log, at);
	*out = (struct log_reader){ 0 };
	/* LMDB does not know since when: it is the time that it is seen with the same view. */
	if (other) {
		log->space.reader_pid = oldest.pid;
		log->space.reader_txn = oldest.txn;
		log->space.reader_since_us = now_us;
	}
	if (oldest.txn == UINT64_MAX)
		return false;
	/* Who sees the newest commit holds nothing. */
	out->pid = oldest.pid;
	out->age_us = oldest.txn >= sizes.txn ? 0 : now_us - log->space.reader_since_us;
	out->held = (double)(pages.held * sizes.page_size) / (double)sizes.map;
	return true;
}

size_t log_bytes_max(struct log *log)
{
	struct environment *at = environment_hold(log);
	const struct sizes sizes = sizes_of(log, at->env);
	environment_drop(log, at);
	return sizes.map;
}

enum err log_space(struct log *log, struct reason *reason)
{
	struct statvfs disk;
	size_t used = log_bytes(log), max = log_bytes_max(log);
	if (used + log->reserve > max)
		return fail(reason, ERR_FULL,
			"the store is full: %zu of %zu bytes; raise [store] size_max and restart",
			used, max);
	if (statvfs(log->path, &disk) == 0 &&
		(uint64_t)disk.f_bavail * disk.f_frsize < log->reserve)
		return fail(reason, ERR_FULL, "the disk of the store is full: free some space");
	return OK;
}
