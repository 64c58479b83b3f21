/*
 * store/sound.c - see sound.h.
 */
#include "store/sound.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/check.h"
#include "base/file.h"
#include "store/reader.h"

#define VIEWS_MAX 1000 /* that are taken, until the head of one is not written over */

bool log_has_writer(const char *path)
{
	char lock[FILE_PATH_MAX];
	int fd = file_join(path, "writer.lock", lock, sizeof(lock)) == OK
			 ? open(lock, O_RDONLY | O_CLOEXEC)
			 : -1;
	bool there = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0;
	if (fd >= 0)
		close(fd);
	return there;
}

/* Damage is told with the name of the store. */
static enum err told(const char *path, enum err err, struct reason *reason)
{
	struct reason what = *reason;
	if (err != ERR_CORRUPT)
		return err;
	return fail(reason, err, "the store %.200s is damaged: %.280s", path, what.text);
}

enum err sound_look(const char *path, enum log_mode mode, struct reason *reason)
{
	return told(
		path, witness_look(path, mode == LOG_READ && log_has_writer(path), reason), reason);
}

static int fd_of(const struct log *log)
{
	mdb_filehandle_t fd;
	CHECK(mdb_env_get_fd(log->at->env, &fd) == 0);
	return fd;
}

/* Of a reader: a view holds the pages while they are looked at. */
static enum err view_check(struct log *log, enum witness_state *state, struct reason *reason)
{
	struct witness witness;
	enum err err = ERR_NOT_FOUND;
	for (unsigned i = 0; err == ERR_NOT_FOUND && i < VIEWS_MAX; i++) {
		MDB_txn *txn;
		int code = mdb_txn_begin(log->at->env, NULL, MDB_RDONLY, &txn);
		if (code == MDB_MAP_RESIZED) {
			mdb_env_set_mapsize(log->at->env, 0);
			code = mdb_txn_begin(log->at->env, NULL, MDB_RDONLY, &txn);
		}
		if (code != 0)
			return lmdb_fail(code, reason, "cannot read the store");
		witness_init(&witness);
		err = witness_check(&witness, log->path, fd_of(log), mdb_txn_id(txn),
			log_has_writer(log->path), state, reason);
		witness_release(&witness);
		mdb_txn_abort(txn);
	}
	return err == ERR_NOT_FOUND ? fail(reason, ERR_CONFLICT, "the store is too busy") : err;
}

struct first_finding {
	char text[256];
};

static void finding_note(void *context, const char *finding)
{
	struct first_finding *first = context;
	if (first->text[0] == '\0')
		snprintf(first->text, sizeof(first->text), "%s", finding);
}

/* Nothing is written to such a store, not even its format, before all of it is known to agree. */
static enum err against_log(struct log *log, struct reason *reason)
{
	MDB_txn *txn;
	MDB_stat stat = { 0 };
	struct reader *reader;
	struct first_finding first = { "" };
	uint64_t records;
	int code = mdb_txn_begin(log->at->env, NULL, MDB_RDONLY, &txn);
	if (code != 0)
		return lmdb_fail(code, reason, "cannot read the store");
	code = tables_open(txn, 0, &log->at->tables);
	if (code == 0)
		code = mdb_stat(txn, log->at->tables.meta, &stat);
	if (code == 0)
		code = mdb_txn_commit(txn);
	else
		mdb_txn_abort(txn);
	/* A store that is not made yet has nothing; what lacks a table store_load() refuses. */
	if (code == MDB_NOTFOUND || (code == 0 && stat.ms_entries == 0))
		return OK;
	if (code != 0)
		return lmdb_fail(code, reason, "cannot read the store");
	enum err err = reader_open(log, &reader);
	if (err != OK)
		return store_fail(reason, err, "the store");
	err = reader_verify(reader, finding_note, &first, &records);
	reader_close(reader);
	if (err == ERR_CORRUPT)
		return fail(reason, err, "%s", first.text);
	if (err != OK)
		return store_fail(reason, err, "the store");
	log->verified = true;
	log->verified_records = records;
	return OK;
}

bool log_was_verified(const struct log *log, uint64_t *records)
{
	if (log->verified)
		*records = log->verified_records;
	return log->verified;
}

enum err sound_check(struct log *log, enum log_mode mode, struct reason *reason)
{
	enum witness_state state = WITNESS_HOLDS;
	enum err err = mode == LOG_READ ? view_check(log, &state, reason)
					: witness_check(&log->witness, log->path, fd_of(log), 0,
						  false, &state, reason);
	if (err == OK && state == WITNESS_BEHIND)
		err = against_log(log, reason);
	return told(log->path, err, reason);
}

enum err sound_follow(struct log *log, uint64_t last_seq, struct reason *reason)
{
	CHECK(log->lock_fd >= 0);
	return witness_follow(&log->witness, fd_of(log), last_seq, reason);
}

enum err sound_renew(struct log *log, struct reason *reason)
{
	CHECK(log->lock_fd >= 0);
	return witness_renew(&log->witness, log->path, fd_of(log), log->last_seq, reason);
}

enum err sound_begin(struct log *log, struct reason *reason)
{
	enum err err = witness_head(&log->witness, fd_of(log), reason);
	if (err == ERR_CORRUPT)
		log_note_damage(log, reason);
	return err;
}

void sound_committed(struct log *log)
{
	struct reason reason;
	if (sound_follow(log, log->last_seq, &reason) == ERR_CORRUPT)
		log_note_damage(log, &reason);
}

void log_note_damage(struct log *log, const struct reason *reason)
{
	CHECK(pthread_mutex_lock(&log->mutex) == 0);
	if (!atomic_load(&log->damaged))
		log->damage = *reason;
	atomic_store(&log->damaged, true);
	CHECK(pthread_mutex_unlock(&log->mutex) == 0);
}

bool log_is_damaged(struct log *log, struct reason *reason)
{
	if (!atomic_load(&log->damaged))
		return false;
	CHECK(pthread_mutex_lock(&log->mutex) == 0);
	*reason = log->damage;
	CHECK(pthread_mutex_unlock(&log->mutex) == 0);
	return true;
}

enum err log_scrub(struct log *log, unsigned pages, double *round, struct reason *reason)
{
	CHECK(log->lock_fd >= 0);
	enum err err = witness_scrub(&log->witness, pages, round, reason);
	if (err == ERR_CORRUPT)
		log_note_damage(log, reason);
	return err;
}
