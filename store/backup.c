/*
 * store/backup.c - a copy of a store: see log_backup() in log.h.
 *
 * LMDB makes the copy compact, so that it has other pages than the store: it gets a witness of its
 * own, and is held against its log before anybody relies on it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/file.h"
#include "store/reader.h"
#include "store/shield.h"
#include "store/tables.h"

static void copy_remove(const char *path)
{
	char name[FILE_PATH_MAX];
	if (store_path(path, STORE_DATA, name, NULL) == OK)
		unlink(name);
}

static enum err data_write(struct log *log, int fd, struct reason *reason)
{
	int code = mdb_env_copyfd2(log->at->env, fd, MDB_CP_COMPACT);
	/* Its thread did not start. */
	if (code == EAGAIN)
		code = ENOMEM;
	return code == 0 ? OK : lmdb_fail(code, reason, "cannot copy the store");
}

static enum err data_copy(struct log *log, int fd, struct reason *reason)
{
	SHIELD_RETURN_REASON(log, reason, data_write(log, fd, reason));
}

static enum err copy_make(struct log *log, const char *path, struct reason *reason)
{
	char name[FILE_PATH_MAX];
	/* LMDB waits for a transaction that writes: it must not be this thread's own. */
	CHECK(!log_is_in_txn(log));
	enum err err = store_directory_make(path, reason);
	if (err == OK)
		err = store_path(path, STORE_DATA, name, reason);
	if (err != OK)
		return err;
	/* A file of our own: LMDB would make one that others can read. */
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 && errno == EEXIST)
		return fail(reason, ERR_CONFLICT, "there is a store in %s already", path);
	if (fd < 0)
		return fail(reason, ERR_IO, "%s: %s", name, strerror(errno));
	/* That of another store, once here, would call the copy damaged. */
	err = witness_remove(path, reason);
	if (err == OK)
		err = data_copy(log, fd, reason);
	if (close(fd) != 0 && err == OK)
		err = fail(reason, ERR_IO, "%s: %s", name, strerror(errno));
	if (err == OK)
		err = store_path_sync(name, reason);
	if (err == OK)
		err = store_path_sync(path, reason);
	if (err != OK)
		copy_remove(path);
	return err;
}

static void ignore(void *context, const char *finding)
{
	(void)context;
	(void)finding;
}

/* Reads the copy back, all of it, as one will who needs it. */
static enum err copy_verify(const char *path, struct reason *reason)
{
	struct log *copy;
	struct reader *reader;
	uint64_t records;
	const struct log_options options = { .path = path };
	enum err err = log_open(&options, LOG_READ, &copy, reason);
	if (err != OK)
		return err;
	err = reader_open(copy, &reader);
	if (err == OK) {
		err = reader_verify(reader, ignore, NULL, &records);
		reader_close(reader);
	}
	log_close(copy);
	if (err == ERR_CORRUPT)
		return fail(reason, err, "the copy %s does not agree with its log", path);
	return err == OK ? OK : store_fail(reason, err, "the copy");
}

enum err log_backup(struct log *log, const char *path, struct reason *reason)
{
	enum err err = copy_make(log, path, reason);
	if (err != OK)
		return err;
	err = witness_of_copy(path, log->last_seq, reason);
	if (err == OK)
		err = copy_verify(path, reason);
	if (err == OK)
		err = store_path_sync(path, reason);
	if (err != OK)
		copy_remove(path);
	return err;
}
