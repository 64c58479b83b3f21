/*
 * store/log.c - opening a store and committing to it: see log.h. What is appended is
 * decided in append.c.
 */
#include "store/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/file.h"
#include "store/definitions.h"
#include "store/erase.h"
#include "store/newest.h"
#include "store/place.h"
#include "store/published.h"
#include "store/shield.h"
#include "store/sound.h"
#include "store/tables.h"

#define NEW           "made.new" /* the data of a store while it is made */
#define NEW_LOCK      "made.new-lock"
#define HEADS_BYTES   8192      /* that LMDB writes first */
#define NEW_BYTES_MAX (1 << 20) /* a new store is smaller: beyond it zeros are damage */
#define READERS_MAX   256
#define TABLES_MAX    16
#define NAME_MAX_     64
#define LOCK_TRIES    50    /* a millisecond each */
#define OPENS         3     /* beside a writer, until damage is believed */
#define TRIES         10000 /* to find the store between two exchanges of its files */

static const char meta_format[] = "format";
static const char meta_zone[] = "zone";
static const char meta_floor[] = "floor";

enum err store_path(
	const char *store, const char *name, char out[FILE_PATH_MAX], struct reason *reason)
{
	if (file_join(store, name, out, FILE_PATH_MAX) != OK)
		return fail(reason, ERR_IO, "%s: %s", store, strerror(ENAMETOOLONG));
	return OK;
}

enum err store_path_sync(const char *path, struct reason *reason)
{
	return file_sync(path) == OK ? OK : fail(reason, ERR_IO, "%s: %s", path, strerror(errno));
}

enum err store_directory_make(const char *path, struct reason *reason)
{
	char parent[FILE_PATH_MAX];
	if (mkdir(path, 0700) == 0) {
		/* The new name must survive a crash too. */
		enum err err = store_path(path, "..", parent, reason);
		return err == OK ? store_path_sync(parent, reason) : err;
	}
	if (errno != EEXIST)
		return fail(reason, ERR_IO, "cannot make the store %s: %s", path, strerror(errno));
	return OK;
}

static enum err writer_lock(const char *path, int *fd_out, struct reason *reason)
{
	char name[FILE_PATH_MAX];
	enum err err = store_path(path, "writer.lock", name, reason);
	if (err != OK)
		return err;
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(reason, ERR_IO, "%s: %s", name, strerror(errno));
	int code = flock(fd, LOCK_EX | LOCK_NB);
	/* Who reads looks whether there is a writer, and has the lock for that moment. */
	for (unsigned i = 0; code != 0 && errno == EWOULDBLOCK && i < LOCK_TRIES; i++) {
		const struct clock clock = clock_system();
		clock_sleep(&clock, 1000);
		code = flock(fd, LOCK_EX | LOCK_NB);
	}
	if (code != 0) {
		close(fd);
		return fail(reason, ERR_CONFLICT,
			"the store %s is in use: another ladderd is writing to it", path);
	}
	*fd_out = fd;
	return OK;
}

/*
 * The lock file has a byte once the store was made. When that is there and the data are
 * not, the store is damaged, not new.
 */
static enum err made_check(const struct log *log, const char *path, struct reason *reason)
{
	char name[FILE_PATH_MAX];
	struct stat lock, data;
	CHECK(log->lock_fd >= 0);
	if (fstat(log->lock_fd, &lock) != 0 || lock.st_size == 0)
		return OK;
	enum err err = store_path(path, STORE_DATA, name, reason);
	if (err != OK)
		return err;
	if (stat(name, &data) == 0 && data.st_size > 0)
		return OK;
	return fail(
		reason, ERR_CORRUPT, "the data of the store %s are gone: restore a backup", path);
}

static bool is_zeros(int fd, off_t size)
{
	uint8_t piece[4096];
	for (off_t at = 0; at < size; at += (off_t)sizeof(piece)) {
		ssize_t length = pread(fd, piece, sizeof(piece), at);
		for (ssize_t i = 0; i < length; i++) {
			if (piece[i] != 0)
				return false;
		}
		if (length <= 0)
			return false;
	}
	return true;
}

/* Were the data never made? They are absent, or what a crash left of them before anything. */
static enum err data_is_new(
	const struct log *log, const char *path, bool *out, struct reason *reason)
{
	char name[FILE_PATH_MAX];
	struct stat lock, data;
	*out = false;
	CHECK(log->lock_fd >= 0);
	if (fstat(log->lock_fd, &lock) != 0 || lock.st_size > 0)
		return OK;
	enum err err = store_path(path, STORE_DATA, name, reason);
	if (err != OK)
		return err;
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	*out = fd == -1 && errno == ENOENT;
	if (fd == -1)
		return *out ? OK : fail(reason, ERR_IO, "%s: %s", name, strerror(errno));
	*out = fstat(fd, &data) == 0 &&
	       (data.st_size < HEADS_BYTES ||
		       (data.st_size <= NEW_BYTES_MAX && is_zeros(fd, data.st_size)));
	close(fd);
	return OK;
}

static enum err made_mark(const struct log *log, struct reason *reason)
{
	CHECK(log->lock_fd >= 0);
	if (pwrite(log->lock_fd, "1", 1, 0) != 1 || fsync(log->lock_fd) != 0)
		return fail(reason, ERR_IO, "the lock file of the store: %s", strerror(errno));
	return OK;
}

/* A file shorter than its own pages would end a reader with SIGBUS. */
static enum err length_check(MDB_env *env, const char *path, struct reason *reason)
{
	char name[FILE_PATH_MAX];
	struct stat file;
	MDB_envinfo info;
	MDB_stat page;
	enum err err = store_path(path, STORE_DATA, name, reason);
	if (err != OK)
		return err;
	CHECK(mdb_env_info(env, &info) == 0);
	CHECK(mdb_env_stat(env, &page) == 0);
	/* After its head, or a commit in between makes it seem too short. */
	if (stat(name, &file) != 0)
		return fail(reason, ERR_IO, "%s: %s", name, strerror(errno));
	if ((uint64_t)file.st_size < (uint64_t)(info.me_last_pgno + 1) * page.ms_psize)
		return fail(reason, ERR_CORRUPT,
			"%s is shorter than what was written to it: restore a backup", name);
	return OK;
}

static void environment_free(struct environment *environment)
{
	if (environment == NULL)
		return;
	if (environment->env != NULL)
		mdb_env_close(environment->env);
	free(environment);
}

/* LMDB's own codes: 0 is success. The environment is to be closed also after an error. */
static int env_try(const char *path, size_t size_max, unsigned flags, MDB_env **env)
{
	int code = mdb_env_create(env);
	if (code != 0) {
		*env = NULL;
		return code;
	}
	mdb_env_set_maxdbs(*env, TABLES_MAX);
	mdb_env_set_maxreaders(*env, READERS_MAX);
	if (size_max != 0)
		code = mdb_env_set_mapsize(*env, size_max);
	return code == 0 ? mdb_env_open(*env, path, MDB_NOTLS | flags, 0600) : code;
}

enum err environment_new(const char *path, size_t size_max, unsigned flags,
	struct environment **out, struct reason *reason)
{
	struct environment *environment = calloc(1, sizeof(*environment));
	if (environment == NULL)
		return fail(reason, ERR_FULL, "no memory");
	int code = env_try(path, size_max, flags, &environment->env);
	if ((code == EROFS || code == EACCES) && (flags & MDB_RDONLY) != 0) {
		/* A backup on a medium that cannot be written: nobody else writes it either. */
		mdb_env_close(environment->env);
		code = env_try(path, size_max, flags | MDB_NOLOCK, &environment->env);
	}
	if (code != 0) {
		environment_free(environment);
		return code == ENOENT ? fail(reason, ERR_NOT_FOUND, "there is no store in %s", path)
				      : fail(reason, lmdb_err(code), "cannot open the store %s: %s",
						path, mdb_strerror(code));
	}
	environment->users = 1;
	shield_environment(environment->env);
	*out = environment;
	return OK;
}

struct environment *environment_hold(struct log *log)
{
	CHECK(pthread_mutex_lock(&log->mutex) == 0);
	struct environment *environment = log->at;
	environment->users++;
	CHECK(pthread_mutex_unlock(&log->mutex) == 0);
	return environment;
}

void environment_drop(struct log *log, struct environment *environment)
{
	CHECK(pthread_mutex_lock(&log->mutex) == 0);
	CHECK(environment->users > 0);
	bool last = --environment->users == 0;
	CHECK(pthread_mutex_unlock(&log->mutex) == 0);
	if (last)
		environment_free(environment);
}

/* The file of data that is in place; 0: none. */
static ino_t data_in_place(const char *store)
{
	char path[FILE_PATH_MAX];
	struct stat file;
	return store_path(store, STORE_DATA, path, NULL) == OK && stat(path, &file) == 0
		       ? file.st_ino
		       : 0;
}

/*
 * While the writer exchanges the files after an erasure, the data and the lock that one finds do
 * not belong together: that takes no longer than to give two files their names.
 */
static enum err environment_read(const char *path, struct environment **out, struct reason *reason)
{
	struct environment *environment;
	for (unsigned i = 0; i < TRIES; i++) {
		ino_t data = data_in_place(path);
		bool exchanging = erase_is_exchanging(path);
		enum err err = environment_new(path, 0, MDB_RDONLY, &environment, reason);
		if (err != OK)
			return err;
		if (!exchanging && !erase_is_exchanging(path) && data_in_place(path) == data) {
			*out = environment;
			return OK;
		}
		environment_free(environment);
		/* It was interrupted: the data are whole, and nobody writes to them. */
		if (exchanging && !log_has_writer(path))
			return environment_new(path, 0, MDB_RDONLY | MDB_NOLOCK, out, reason);
		sched_yield();
	}
	return fail(reason, ERR_CONFLICT,
		"the store %s is being exchanged after an erasure: try again", path);
}

static enum err env_open(struct log *log, const struct log_options *options, enum log_mode mode,
	struct reason *reason)
{
	CHECK(log->at == NULL);
	enum err err = sound_look(options->path, mode, reason);
	if (err == OK)
		err = mode == LOG_WRITE ? environment_new(options->path, options->size_max, 0,
						  &log->at, reason)
					: environment_read(options->path, &log->at, reason);
	if (err != OK)
		return err;
	int dead;
	mdb_reader_check(log->at->env, &dead);
	err = length_check(log->at->env, options->path, reason);
	return err == OK ? sound_check(log, mode, reason) : err;
}

int tables_open(MDB_txn *txn, unsigned create, struct tables *tables)
{
	const struct {
		const char *name;
		unsigned flags;
		MDB_dbi *dbi;
		bool since_then; /* not in each store of format 3 or before */
	} rows[] = {
		{ "meta", 0, &tables->meta, false },
		{ "log", MDB_INTEGERKEY, &tables->log, false },
		{ "identity", 0, &tables->identity, false },
		{ "keys", 0, &tables->keys, false },
		{ "withdrawals", MDB_INTEGERKEY, &tables->withdrawals, false },
		{ "subjects", 0, &tables->subjects, false },
		{ "persons", MDB_INTEGERKEY, &tables->persons, false },
		{ "partners", MDB_INTEGERKEY, &tables->partners, false },
		{ "publications", 0, &tables->publications, false },
		{ "kept", MDB_INTEGERKEY, &tables->kept, true },
		{ "erased", 0, &tables->erased, true },
		{ "restricted", MDB_INTEGERKEY, &tables->restricted, true },
	};
	CHECK_STATIC(ARRAY_LENGTH(rows) <= TABLES_MAX);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		int code = mdb_dbi_open(txn, rows[i].name, rows[i].flags | create, rows[i].dbi);
		if (code == MDB_NOTFOUND && rows[i].since_then)
			*rows[i].dbi = TABLE_ABSENT;
		else if (code != 0)
			return code;
	}
	return 0;
}

/* Names the store. A backup of it has the same name. */
static int id_make(const struct log *log, MDB_txn *txn)
{
	uint8_t id[STORE_ID_SIZE];
	MDB_val key = val_of_string(META_ID), val = val_of(id, sizeof(id));
	if (getrandom(id, sizeof(id), 0) != sizeof(id))
		return EIO;
	return mdb_put(txn, log->at->tables.meta, &key, &val, 0);
}

/* The secret of the hashes of what was erased; made when the store is opened to be written. */
static int salt_read(struct environment *at, MDB_txn *txn, bool make)
{
	MDB_val key = val_of_string(META_SALT), val;
	int code = mdb_get(txn, at->tables.meta, &key, &val);
	if (code == 0 && val.mv_size != sizeof(at->salt))
		return MDB_CORRUPTED;
	if (code == 0)
		memcpy(&at->salt, val.mv_data, sizeof(at->salt));
	at->has_salt = code == 0;
	if (code != MDB_NOTFOUND || !make)
		return code == MDB_NOTFOUND ? 0 : code;
	salt_make(&at->salt);
	at->has_salt = true;
	val = val_of(&at->salt, sizeof(at->salt));
	return mdb_put(txn, at->tables.meta, &key, &val, 0);
}

static enum err zone_fail(enum err err, const char *zone, struct reason *reason)
{
	return fail(reason, err,
		"the time zone %s cannot be read: its file is broken, or there is not enough "
		"memory",
		zone);
}

/* Writes the facts that hold for the life of the store. */
static enum err meta_make(struct log *log, MDB_txn *txn, const char *zone, struct reason *reason)
{
	uint64_t format = STORE_FORMAT;
	MDB_val format_key = val_of_string(meta_format), zone_key = val_of_string(meta_zone);
	MDB_val format_val = val_of(&format, sizeof(format)), zone_val = val_of_string(zone);
	enum err err = zone_set(zone);
	if (err == ERR_NOT_FOUND)
		return fail(
			reason, ERR_INVALID, "this machine does not know the time zone %s", zone);
	if (err != OK)
		return zone_fail(err, zone, reason);
	int code = mdb_put(txn, log->at->tables.meta, &format_key, &format_val, 0);
	if (code == 0)
		code = mdb_put(txn, log->at->tables.meta, &zone_key, &zone_val, 0);
	if (code == 0)
		code = id_make(log, txn);
	if (code != 0)
		return lmdb_fail(code, reason, "cannot make the store");
	err = index_lag_indexed_put(txn, &log->at->tables, 0);
	return err == OK ? OK : fail(reason, err, "cannot make the store");
}

/*
 * A store of format 1 has all identities and keys in its tables. One of format 1 or 2 has no
 * name, nothing but a seq of what was published, and no newest record of each partner. One of
 * format 3 has no note of definitions, nor the types of set 2, and one of format 4 keeps the
 * figures of what was published in another form: only the number changes.
 */
static enum err format_raise(struct log *log, MDB_txn *txn, struct reason *reason)
{
	uint64_t format = 0;
	MDB_val key = val_of_string(meta_format), val = val_of(&format, sizeof(format));
	enum err err = table_get_u64(txn, log->at->tables.meta, &key, &format);
	if (err != OK || format == STORE_FORMAT)
		return err == OK ? OK : fail(reason, err, "the store has no format number");
	if (format == 1)
		err = index_lag_indexed_put(txn, &log->at->tables, log->last_seq);
	if (err == OK && format < 3)
		err = published_raise(txn, &log->at->tables);
	if (err == OK && format < 3)
		err = newest_raise(txn, &log->at->tables);
	if (err == OK && format < 3)
		err = lmdb_err(id_make(log, txn));
	format = STORE_FORMAT;
	if (err == OK)
		err = lmdb_err(mdb_put(txn, log->at->tables.meta, &key, &val, 0));
	return err == OK
		       ? OK
		       : fail(reason, err, "the store cannot be raised to format %d", STORE_FORMAT);
}

/* Notes from which record on the program's set of definitions is current. */
static enum err definitions_keep(
	struct log *log, MDB_txn *txn, uint32_t definitions, struct reason *reason)
{
	uint64_t next = log->last_seq + 1;
	enum err err = definitions_note(txn, &log->at->tables, definitions, next);
	if (err == OK)
		err = definitions_at(txn, &log->at->tables, next, &log->definitions);
	return err == OK ? OK : fail(reason, err, "the set of definitions cannot be noted");
}

/* Loads the index lag from the log. */
static enum err index_lag_read(struct log *log, MDB_txn *txn, struct reason *reason)
{
	uint64_t indexed;
	enum err err = index_lag_indexed(txn, &log->at->tables, log->last_seq, &indexed);
	if (err == OK)
		err = index_lag_load(&log->lag, txn, &log->at->tables, indexed, log->last_seq);
	return err == OK ? OK : store_fail(reason, err, "the end of the log");
}

/* Counts what each partner sent, in all records. */
static enum err usage_read(struct log *log, MDB_txn *txn, struct reason *reason)
{
	const struct usage_ends ends = { log->last_partner, log->last_person };
	enum err err = usage_load(&log->usage, txn, log->at->tables.log, &ends, 0);
	return err == OK ? OK : store_fail(reason, err, "the log");
}

/* With a view of its own: threads that count see no table that is opened in a transaction. */
static enum err usage_count(struct log *log, struct reason *reason)
{
	MDB_txn *txn;
	int code = mdb_txn_begin(log->at->env, NULL, MDB_RDONLY, &txn);
	if (code != 0)
		return lmdb_fail(code, reason, "cannot read the store");
	enum err err = usage_read(log, txn, reason);
	mdb_txn_abort(txn);
	return err;
}

static enum err meta_read(struct log *log, MDB_txn *txn, struct reason *reason)
{
	uint64_t format, floor;
	char zone[NAME_MAX_];
	MDB_val key = val_of_string(meta_format), val;
	enum err err = table_get_u64(txn, log->at->tables.meta, &key, &format);
	if (err == ERR_NOT_FOUND || err == ERR_CORRUPT)
		return fail(reason, ERR_CORRUPT, "the store has no format number");
	if (err != OK)
		return store_fail(reason, err, "the store");
	if (format > STORE_FORMAT)
		return fail(reason, ERR_CONFLICT,
			"the store has format %llu; this program knows up to %d: use a newer one",
			(unsigned long long)format, STORE_FORMAT);
	key = val_of_string(meta_zone);
	int code = mdb_get(txn, log->at->tables.meta, &key, &val);
	if (code != 0 || val.mv_size >= sizeof(zone))
		return fail(reason, ERR_CORRUPT, "the store has no time zone");
	memcpy(zone, val.mv_data, val.mv_size);
	zone[val.mv_size] = '\0';
	err = zone_set(zone);
	if (err == ERR_NOT_FOUND)
		return fail(reason, ERR_IO,
			"this machine does not know the store's time zone %s: install tzdata",
			zone);
	if (err != OK)
		return zone_fail(err, zone, reason);
	key = val_of_string(meta_floor);
	err = table_get_u64(txn, log->at->tables.meta, &key, &floor);
	log->floor_us = err == OK ? (int64_t)floor : INT64_MIN;
	if (err == OK || err == ERR_NOT_FOUND)
		err = place_get(txn, &log->at->tables, &log->place);
	return err == OK ? OK : store_fail(reason, err, "what the store knows of itself");
}

/* The largest key of an integer table, 0 when it is empty. */
static enum err last_key(MDB_txn *txn, MDB_dbi table, size_t key_size, uint64_t *out)
{
	MDB_cursor *cursor;
	MDB_val key, val;
	CHECK(key_size <= sizeof(*out));
	int code = mdb_cursor_open(txn, table, &cursor);
	if (code != 0)
		return lmdb_err(code);
	code = mdb_cursor_get(cursor, &key, &val, MDB_LAST);
	uint64_t found = 0;
	if (code == 0 && key.mv_size == key_size)
		memcpy(&found, key.mv_data, key_size);
	mdb_cursor_close(cursor);
	if (code == 0 && key.mv_size != key_size)
		return ERR_CORRUPT;
	if (code != 0 && code != MDB_NOTFOUND)
		return lmdb_err(code);
	*out = found;
	return OK;
}

/* Reads the last seq, stamp, person and partner, as this transaction sees them. */
static enum err ends_read(struct log *log, MDB_txn *txn, struct reason *reason)
{
	uint64_t seq = 0, person = 0, partner = 0;
	enum err err = last_key(txn, log->at->tables.log, sizeof(uint64_t), &seq);
	if (err == OK)
		err = last_key(txn, log->at->tables.persons, sizeof(uint32_t), &person);
	if (err == OK)
		err = last_key(txn, log->at->tables.partners, sizeof(uint32_t), &partner);
	if (err != OK)
		return store_fail(reason, err, "the store");
	uint64_t ever = 0;
	MDB_val ever_key = val_of_string(META_LAST_PERSON);
	err = table_get_u64(txn, log->at->tables.meta, &ever_key, &ever);
	if (err != OK && err != ERR_NOT_FOUND)
		return store_fail(reason, err, "the store");
	/* The number of somebody who was erased is not given out again. */
	person = ever > person ? ever : person;
	log->last_seq = seq;
	log->last_person = (uint32_t)person;
	log->last_partner = (uint16_t)partner;
	log->last_recorded_us = INT64_MIN;
	if (seq == 0)
		return OK;
	MDB_val key = val_of(&seq, sizeof(seq)), val;
	struct record record;
	int code = mdb_get(txn, log->at->tables.log, &key, &val);
	if (code != 0)
		return lmdb_fail(code, reason, "the log's last record");
	if (record_read(seq, bytes_of_val(&val), &record) != OK)
		return fail(
			reason, ERR_CORRUPT, "the log's last record is damaged: run ladder verify");
	log->last_recorded_us = record.recorded_us;
	return OK;
}

static int txn_begin(struct log *log, unsigned flags, MDB_txn **txn)
{
	int code = mdb_txn_begin(log->at->env, NULL, flags, txn);
	if (code == MDB_MAP_RESIZED) {
		/* The writer runs with a larger map than the one that is open here. */
		mdb_env_set_mapsize(log->at->env, 0);
		code = mdb_txn_begin(log->at->env, NULL, flags, txn);
	}
	return code;
}

static enum err store_load(struct log *log, const struct log_options *options, enum log_mode mode,
	struct reason *reason)
{
	MDB_txn *txn;
	MDB_stat stat;
	int code = txn_begin(log, mode == LOG_READ ? MDB_RDONLY : 0, &txn);
	if (code != 0)
		return lmdb_fail(code, reason, "cannot read the store");
	code = tables_open(txn, mode == LOG_WRITE ? MDB_CREATE : 0, &log->at->tables);
	if (code == 0)
		code = mdb_stat(txn, log->at->tables.meta, &stat);
	enum err err = OK;
	if (code == MDB_NOTFOUND)
		err = fail(reason, ERR_NOT_FOUND, "there is no store in %s", options->path);
	else if (code != 0)
		err = lmdb_fail(code, reason, "cannot read the store");
	if (err == OK && stat.ms_entries == 0 && mode == LOG_WRITE)
		err = meta_make(log, txn,
			options->zone != NULL ? options->zone : STORE_ZONE_DEFAULT, reason);
	if (err == OK)
		err = meta_read(log, txn, reason);
	if (err == OK)
		err = ends_read(log, txn, reason);
	if (err == OK && mode == LOG_WRITE)
		err = format_raise(log, txn, reason);
	if (err == OK && (code = salt_read(log->at, txn, mode == LOG_WRITE)) != 0)
		err = lmdb_fail(code, reason, "the secret of the store");
	if (err == OK && mode == LOG_WRITE)
		err = definitions_keep(log, txn, options->definitions, reason);
	if (err == OK && mode == LOG_WRITE)
		err = index_lag_read(log, txn, reason);
	if (err != OK) {
		mdb_txn_abort(txn);
		return err;
	}
	/* Also when reading: handles of tables are kept by a commit. */
	code = mdb_txn_commit(txn);
	if (code != 0)
		return lmdb_fail(code, reason, "cannot make the store");
	return mode == LOG_WRITE ? usage_count(log, reason) : OK;
}

/*
 * Makes a store beside its place, and gives it its name when it is whole and durable: a crash
 * leaves none, and the next start makes it.
 */
static enum err store_make(
	struct log *log, const struct log_options *options, struct reason *reason)
{
	char made[FILE_PATH_MAX], lock[FILE_PATH_MAX], data[FILE_PATH_MAX];
	enum err err = store_path(options->path, NEW, made, reason);
	if (err == OK)
		err = store_path(options->path, NEW_LOCK, lock, reason);
	if (err == OK)
		err = store_path(options->path, STORE_DATA, data, reason);
	if (err != OK)
		return err;
	unlink(made);
	unlink(lock);
	err = witness_remove(options->path, reason);
	if (err != OK)
		return err;
	err = environment_new(made, options->size_max, MDB_NOSUBDIR, &log->at, reason);
	if (err == OK)
		err = store_load(log, options, LOG_WRITE, reason);
	environment_free(log->at);
	log->at = NULL;
	if (err == OK)
		err = store_path_sync(made, reason);
	/* Before the data has its name: what is made is not looked at again. */
	unlink(lock);
	if (err == OK && file_rename(made, data) != OK)
		err = fail(reason, ERR_IO, "%s: %s", made, strerror(errno));
	return err == OK ? store_path_sync(options->path, reason) : err;
}

/*
 * What is found is made durable before it is answered for, or written over: who wrote it may have
 * ended before it was. A commit that was written and reported as failed is taken back by LMDB in
 * the head alone, without a sync; were that lost later, its head would name pages of another.
 */
static enum err found_sync(struct log *log, struct reason *reason)
{
	int code = mdb_env_sync(log->at->env, 1);
	return code == 0 ? OK : lmdb_fail(code, reason, "the store cannot be synced");
}

static enum err shielded_load(struct log *log, struct reason *reason)
{
	MDB_txn *txn;
	int code = mdb_txn_begin(log->at->env, NULL, MDB_RDONLY, &txn);
	if (code != 0)
		return lmdb_fail(code, reason, "cannot read the store");
	enum err err = meta_read(log, txn, reason);
	if (err == OK)
		err = ends_read(log, txn, reason);
	if (err == OK)
		err = index_lag_read(log, txn, reason);
	if (err == OK)
		err = usage_read(log, txn, reason);
	mdb_txn_abort(txn);
	subject_cache_clear(log->subjects);
	/* They keep the memory of the last group. */
	key_set_release(&log->ids);
	key_set_release(&log->keys);
	return err == OK ? sound_renew(log, reason) : err;
}

enum err log_load(struct log *log, struct reason *reason)
{
	SHIELD_RETURN_REASON(log, reason, shielded_load(log, reason));
}

static enum err open_once(const struct log_options *options, enum log_mode mode, struct log **out,
	struct reason *reason)
{
	struct log *log = calloc(1, sizeof(*log));
	if (log == NULL)
		return fail(reason, ERR_FULL, "no memory");
	index_lag_init(&log->lag);
	witness_init(&log->witness);
	CHECK(pthread_mutex_init(&log->mutex, NULL) == 0);
	log->lock_fd = -1;
	log->list_fd = -1;
	log->reserve = options->reserve;
	log->person_events_max = options->person_events_max;
	log->partner_municipalities_max = options->partner_municipalities_max;
	log->path = strdup(options->path);
	enum err err = log->path == NULL ? fail(reason, ERR_FULL, "no memory") : OK;
	if (err == OK && mode == LOG_WRITE && subject_cache_new(&log->subjects) != OK)
		err = fail(reason, ERR_FULL, "no memory");
	if (err == OK && mode == LOG_WRITE)
		err = store_directory_make(options->path, reason);
	if (err == OK && mode == LOG_WRITE)
		err = writer_lock(options->path, &log->lock_fd, reason);
	if (err == OK && mode == LOG_WRITE)
		err = erase_recover(options->path, reason);
	if (err == OK && mode == LOG_WRITE)
		err = made_check(log, options->path, reason);
	bool is_new = false;
	if (err == OK && mode == LOG_WRITE)
		err = data_is_new(log, options->path, &is_new, reason);
	if (err == OK && is_new)
		err = store_make(log, options, reason);
	if (err == OK)
		err = env_open(log, options, mode, reason);
	if (err == OK && mode == LOG_WRITE)
		err = found_sync(log, reason);
	if (err == OK)
		err = store_load(log, options, mode, reason);
	if (err == OK && mode == LOG_WRITE)
		err = witness_open(&log->witness, options->path, reason);
	if (err == OK && mode == LOG_WRITE)
		err = sound_follow(log, log->last_seq, reason);
	if (err == OK && mode == LOG_WRITE)
		err = made_mark(log, reason);
	if (err == OK && mode == LOG_WRITE)
		err = store_path_sync(options->path, reason);
	if (err != OK) {
		log_close(log);
		return err;
	}
	*out = log;
	return OK;
}

enum err log_open(const struct log_options *options, enum log_mode mode, struct log **out,
	struct reason *reason)
{
	CHECK(mode == LOG_READ || options->size_max > 0);
	shield_install();
	enum err err = open_once(options, mode, out, reason);
	/* Beside a writer that erases, files may not belong together for a moment. */
	for (unsigned i = 1; mode == LOG_READ && err == ERR_CORRUPT && i < OPENS; i++) {
		if (!log_has_writer(options->path))
			break;
		err = open_once(options, mode, out, reason);
	}
	return err;
}

/*
 * A transaction that met damage is left as it is, and its environment stays open: nobody writes any
 * more, and LMDB may not find its way in it.
 */
static void txn_end(struct log *log)
{
	/* A list, for who looks for lost memory. */
	static struct environment *_Atomic left;
	if (log->txn != NULL && atomic_load(&log->damaged)) {
		struct environment *at = environment_hold(log);
		at->left = atomic_exchange(&left, at);
	} else {
		mdb_txn_abort(log->txn);
	}
	log->txn = NULL;
	log->cursor = NULL;
}

void log_close(struct log *log)
{
	if (log == NULL)
		return;
	txn_end(log);
	if (log->at != NULL)
		environment_drop(log, log->at);
	pthread_mutex_destroy(&log->mutex);
	if (log->lock_fd >= 0)
		close(log->lock_fd);
	if (log->list_fd >= 0)
		close(log->list_fd);
	key_set_release(&log->ids);
	key_set_release(&log->keys);
	index_lag_release(&log->lag);
	subject_cache_free(log->subjects);
	usage_release(&log->usage);
	witness_release(&log->witness);
	free(log->path);
	free(log);
}

bool log_is_in_txn(const struct log *log)
{
	return log->txn != NULL && pthread_equal(log->txn_thread, pthread_self());
}

uint64_t log_last_seq(const struct log *log)
{
	return log->last_seq;
}

int64_t log_last_recorded_us(const struct log *log)
{
	CHECK(log->lock_fd >= 0);
	return log->last_recorded_us;
}

int64_t log_floor_us(const struct log *log)
{
	CHECK(log->lock_fd >= 0);
	return log->floor_us;
}

void log_sweep(struct log *log)
{
	int dead;
	CHECK(log->txn == NULL);
	mdb_reader_check(log->at->env, &dead);
}

static enum err shielded_begin(struct log *log, int64_t now_us, struct reason *reason)
{
	CHECK(log->txn == NULL && log->lock_fd >= 0);
	/* Nothing is written on top of damage. */
	struct reason damage;
	if (log_is_damaged(log, &damage))
		return fail(reason, ERR_CORRUPT, "%s", damage.text);
	enum err err = sound_begin(log, reason);
	if (err != OK)
		return err;
	int code = mdb_txn_begin(log->at->env, NULL, 0, &log->txn);
	if (code != 0) {
		log->txn = NULL;
		return lmdb_fail(code, reason, "cannot begin a transaction");
	}
	/* The transaction before was given up: the index lag still has its identities. */
	err = log->lag.changed ? index_lag_read(log, log->txn, reason) : OK;
	/* That has a shield of its own, which tells nobody. */
	if (err == ERR_CORRUPT)
		return shield_told(log, reason);
	if (err != OK)
		return err == ERR_FULL ? ERR_IO : err;
	int64_t stamp = now_us;
	if (stamp <= log->last_recorded_us)
		stamp = log->last_recorded_us + 1;
	if (stamp <= log->floor_us)
		stamp = log->floor_us + 1;
	CHECK(stamp >= now_us && stamp > log->last_recorded_us && stamp > log->floor_us);
	log->txn_thread = pthread_self();
	log->txn_stamp_us = stamp;
	log->txn_recorded_us = stamp - 1;
	log->txn_seq = log->last_seq;
	log->txn_floor_us = log->floor_us;
	log->txn_definitions = log->definitions;
	log->txn_limits = (struct log_rules){
		.person_events_max = log->person_events_max,
		.partner_municipalities_max = log->partner_municipalities_max,
	};
	log->txn_place = log->place;
	log->txn_person = log->last_person;
	log->txn_follows = false;
	log->txn_partner = log->last_partner;
	log->known_partner = 0;
	return OK;
}

static enum err begin_try(struct log *log, int64_t now_us, struct reason *reason)
{
	SHIELD_RETURN_REASON(log, reason, shielded_begin(log, now_us, reason));
}

enum err log_begin(struct log *log, int64_t now_us, struct reason *reason)
{
	enum err err = begin_try(log, now_us, reason);
	/* It did not come to its end. */
	if (err != OK && log->txn != NULL)
		txn_end(log);
	return err;
}

int64_t log_stamp_us(const struct log *log)
{
	CHECK(log_is_in_txn(log));
	return log->txn_stamp_us;
}

static enum err shielded_note_shown(
	struct log *log, uint16_t municipality, int32_t as_of, uint64_t seq, struct bytes shown)
{
	struct published row;
	CHECK(log->txn != NULL && shown.length > 0);
	enum err err = published_find(log->txn, &log->at->tables, municipality, as_of, seq, &row);
	if (err != OK || row.shown.length > 0)
		return err;
	row.shown = shown;
	return published_put(log->txn, &log->at->tables, &row);
}

enum err log_note_shown(
	struct log *log, uint16_t municipality, int32_t as_of, uint64_t seq, struct bytes shown)
{
	SHIELD_RETURN(log, shielded_note_shown(log, municipality, as_of, seq, shown));
}

static enum err shielded_raise_floor(struct log *log, int64_t floor_us)
{
	CHECK(log_is_in_txn(log));
	if (floor_us <= log->txn_floor_us)
		return OK;
	uint64_t value = (uint64_t)floor_us;
	MDB_val key = val_of_string(meta_floor), val = val_of(&value, sizeof(value));
	int code = mdb_put(log->txn, log->at->tables.meta, &key, &val, 0);
	if (code != 0)
		return lmdb_err(code);
	log->txn_floor_us = floor_us;
	return OK;
}

enum err log_raise_floor(struct log *log, int64_t floor_us)
{
	SHIELD_RETURN(log, shielded_raise_floor(log, floor_us));
}

const struct log_place *log_place(const struct log *log)
{
	return &log->place;
}

static enum err shielded_place_put(struct log *log, const struct log_place *place)
{
	CHECK(log_is_in_txn(log) && place->pos > log->txn_place.pos);
	enum err err = place_put(log->txn, &log->at->tables, place);
	if (err == OK)
		log->txn_place = *place;
	return err;
}

enum err log_place_put(struct log *log, const struct log_place *place)
{
	SHIELD_RETURN(log, shielded_place_put(log, place));
}

static enum err shielded_obey(struct log *log, const struct log_rules *rules)
{
	CHECK(log_is_in_txn(log) && log->txn_seq == log->last_seq);
	log->txn_limits = *rules;
	if (rules->definitions <= log->txn_definitions)
		return OK;
	uint64_t next = log->last_seq + 1;
	enum err err = definitions_note(log->txn, &log->at->tables, rules->definitions, next);
	if (err == OK)
		err = definitions_at(log->txn, &log->at->tables, next, &log->txn_definitions);
	return err;
}

enum err log_obey(struct log *log, const struct log_rules *rules)
{
	SHIELD_RETURN(log, shielded_obey(log, rules));
}

bool log_index_lags(const struct log *log)
{
	return index_lag_rest_is_due(&log->lag, log->last_seq);
}

bool log_index_is_sorting(struct log *log)
{
	return index_lag_is_sorting(&log->lag);
}

static enum err shielded_index(struct log *log, size_t rows)
{
	CHECK(log_is_in_txn(log) && rows > 0);
	CHECK(log->txn_seq == log->last_seq);
	return index_lag_write_at_rest(&log->lag, log->txn, &log->at->tables, log->last_seq, rows);
}

enum err log_index(struct log *log, size_t rows)
{
	SHIELD_RETURN(log, shielded_index(log, rows));
}

enum err log_fail(const struct log *log, enum err err, struct reason *reason)
{
	MDB_stat stat;
	CHECK(log_is_in_txn(log));
	if (err == ERR_CORRUPT || err == ERR_NOT_FOUND)
		return fail(reason, err, "the log cannot be written: run ladder verify");
	if (err != ERR_FULL)
		return fail(reason, err, "the log cannot be written: %s",
			lmdb_failure() == 0 ? "the system failed" : mdb_strerror(lmdb_failure()));
	/* LMDB takes no call any more in a transaction for which it found no room, or no memory. */
	bool is_bad = mdb_stat(log->txn, log->at->tables.meta, &stat) == MDB_BAD_TXN;
	return is_bad && lmdb_failure() != ENOMEM
		       ? fail(reason, err, "the store is full: raise [store] size_max and restart")
		       : fail(reason, err, "there is no memory to write the events");
}

enum err store_fail(struct reason *reason, enum err err, const char *what)
{
	switch (err) {
	case ERR_FULL:
		return fail(reason, err, "%s cannot be read: there is not enough memory", what);
	case ERR_IO:
		return fail(reason, err, "%s cannot be read: the system failed", what);
	case ERR_STOPPED:
		return fail(reason, err, "%s cannot be read: ladderd is stopping", what);
	case OK:
	case ERR_INVALID:
	case ERR_NOT_FOUND:
	case ERR_CONFLICT:
	case ERR_CORRUPT:
		return fail(reason, err, "%s cannot be read: run ladder verify", what);
	}
	check_failed("an error of the enum", __FILE__, __LINE__);
}

static enum err shielded_commit(struct log *log, struct reason *reason)
{
	uint64_t appended = log->txn_seq - log->last_seq;
	CHECK(log_is_in_txn(log) && log->cursor == NULL);
	/* Records were added to the end, each stamped a microsecond after the one before. */
	CHECK(log->txn_seq >= log->last_seq && log->txn_floor_us >= log->floor_us);
	CHECK(log->txn_follows ||
		log->txn_recorded_us == log->txn_stamp_us - 1 + (int64_t)appended);
	CHECK(appended == 0 || log->txn_recorded_us > log->last_recorded_us);
	CHECK(log->txn_person >= log->last_person && log->txn_partner >= log->last_partner);
	struct reason damage;
	if (log_is_damaged(log, &damage)) {
		log_abort(log);
		return fail(reason, ERR_CORRUPT, "%s", damage.text);
	}
	enum err err =
		index_lag_write(&log->lag, log->txn, &log->at->tables, log->txn_seq, appended);
	if (err != OK) {
		err = log_fail(log, err, reason);
		log_abort(log);
		return err;
	}
	/* It is the log's until it is done: one that meets damage is left, see txn_end(). */
	int code = mdb_txn_commit(log->txn);
	log->txn = NULL;
	if (code != 0) {
		subject_cache_clear(log->subjects);
		usage_undo(&log->usage);
	}
	/* LMDB finds this while it makes the list of free pages, before anything is written. */
	if (code == MDB_MAP_FULL)
		return lmdb_fail(code, reason, "the store is full");
	if (code != 0) {
		err = lmdb_fail(
			code, reason, "the commit failed, what reached the disk is unknown");
		/* Memory may have been out for the system, in the middle of writing. */
		return err == ERR_FULL ? ERR_IO : err;
	}
	index_lag_committed(&log->lag);
	usage_keep(&log->usage);
	if (log->txn_seq > log->last_seq)
		log->last_recorded_us = log->txn_recorded_us;
	log->last_seq = log->txn_seq;
	log->floor_us = log->txn_floor_us;
	log->definitions = log->txn_definitions;
	log->place = log->txn_place;
	log->last_person = log->txn_person;
	log->last_partner = log->txn_partner;
	sound_committed(log);
	return OK;
}

static enum err commit_try(struct log *log, struct reason *reason)
{
	SHIELD_RETURN_REASON(log, reason, shielded_commit(log, reason));
}

enum err log_commit(struct log *log, struct reason *reason)
{
	enum err err = commit_try(log, reason);
	/* It met damage, and did not come to its end. */
	if (log->txn != NULL)
		log_abort(log);
	return err;
}

void log_abort(struct log *log)
{
	CHECK(log_is_in_txn(log));
	txn_end(log);
	usage_undo(&log->usage);
	if (log->txn_person != log->last_person)
		subject_cache_clear(log->subjects);
}
