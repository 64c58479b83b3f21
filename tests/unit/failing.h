/*
 * tests/unit/failing.h - calls that fail when a test says so: of memory, of files, of LMDB.
 *
 * A program whose name ends on failing_test is linked so that what ladderd's own objects call comes
 * here first (FAILING_CALLS in the Makefile); what a library calls itself does not. Of the calls of
 * one kind the n-th from failing_arm() on fails, once, in whatever thread it is.
 */
#ifndef TESTS_UNIT_FAILING_H
#define TESTS_UNIT_FAILING_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "store/tables.h"

enum failing {
	FAILING_NOTHING,
	FAILING_MEMORY, /* an allocation: there is none */
	FAILING_FILE,   /* a call about a file: EIO */
	FAILING_LMDB,   /* a call of LMDB: EIO; a commit did nothing */
	FAILING_FULL,   /* a call of LMDB that writes: the map is full */
	FAILING_ROT,    /* a call of LMDB meets a page that is not there: SIGBUS */
};

static struct {
	_Atomic enum failing kind;
	atomic_ullong left; /* calls until the one that fails, that one too */
	atomic_bool failed;
} failing;

/* The call of this kind with this number, from 1, fails. */
static inline void failing_arm(enum failing kind, uint64_t number)
{
	atomic_store(&failing.left, number);
	atomic_store(&failing.failed, false);
	atomic_store(&failing.kind, kind);
}

/* No call fails any more. Did one? */
static inline bool failing_end(void)
{
	atomic_store(&failing.kind, FAILING_NOTHING);
	return atomic_load(&failing.failed);
}

static inline bool failing_now(enum failing kind)
{
	if (atomic_load(&failing.kind) != kind || atomic_fetch_sub(&failing.left, 1) != 1)
		return false;
	atomic_store(&failing.failed, true);
	return true;
}

/* What LMDB says instead of doing a call; 0: it is done. */
static inline int failing_lmdb(bool writes)
{
	if (failing_now(FAILING_ROT))
		raise(SIGBUS);
	if (writes && failing_now(FAILING_FULL))
		return MDB_MAP_FULL;
	return failing_now(FAILING_LMDB) ? EIO : 0;
}

static inline bool failing_memory(void)
{
	if (!failing_now(FAILING_MEMORY))
		return false;
	errno = ENOMEM;
	return true;
}

static inline bool failing_file(void)
{
	if (!failing_now(FAILING_FILE))
		return false;
	errno = EIO;
	return true;
}

/* A call `name` that fails with `bad`, where `fails` says so. */
#define FAILING_CALL(type, name, parameters, arguments, fails, bad)                                \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		return fails ? bad : __real_##name arguments;                                      \
	}

/* The same of LMDB, which gives its code. */
#define FAILING_LMDB_CALL(name, writes, parameters, arguments)                                     \
	int __real_##name parameters;                                                              \
	int __wrap_##name parameters;                                                              \
	int __wrap_##name parameters                                                               \
	{                                                                                          \
		int failing_code = failing_lmdb(writes);                                           \
		return failing_code != 0 ? failing_code : __real_##name arguments;                 \
	}

FAILING_CALL(void *, malloc, (size_t size), (size), failing_memory(), NULL)
FAILING_CALL(void *, calloc, (size_t count, size_t size), (count, size), failing_memory(), NULL)
FAILING_CALL(void *, realloc, (void *before, size_t size), (before, size), failing_memory(), NULL)
FAILING_CALL(char *, strdup, (const char *text), (text), failing_memory(), NULL)
FAILING_CALL(int, posix_memalign, (void **out, size_t alignment, size_t size),
	(out, alignment, size), failing_memory(), ENOMEM)

FAILING_CALL(ssize_t, pread, (int fd, void *to, size_t size, off_t at), (fd, to, size, at),
	failing_file(), -1)
FAILING_CALL(ssize_t, pwrite, (int fd, const void *from, size_t size, off_t at),
	(fd, from, size, at), failing_file(), -1)
FAILING_CALL(ssize_t, read, (int fd, void *to, size_t size), (fd, to, size), failing_file(), -1)
FAILING_CALL(ssize_t, write, (int fd, const void *from, size_t size), (fd, from, size),
	failing_file(), -1)
FAILING_CALL(int, fsync, (int fd), (fd), failing_file(), -1)
FAILING_CALL(int, ftruncate, (int fd, off_t size), (fd, size), failing_file(), -1)
FAILING_CALL(int, unlink, (const char *path), (path), failing_file(), -1)
FAILING_CALL(int, mkdir, (const char *path, mode_t mode), (path, mode), failing_file(), -1)
FAILING_CALL(int, rename, (const char *from, const char *to), (from, to), failing_file(), -1)
FAILING_CALL(int, fstat, (int fd, struct stat *out), (fd, out), failing_file(), -1)
FAILING_CALL(int, stat, (const char *path, struct stat *out), (path, out), failing_file(), -1)
FAILING_CALL(
	FILE *, fopen, (const char *path, const char *mode), (path, mode), failing_file(), NULL)
FAILING_CALL(FILE *, fdopen, (int fd, const char *mode), (fd, mode), failing_file(), NULL)
FAILING_CALL(int, fflush, (FILE * file), (file), failing_file(), EOF)

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

int __wrap_open(const char *path, int flags, ...)
{
	va_list list;
	va_start(list, flags);
	unsigned mode = (flags & O_CREAT) != 0 ? va_arg(list, unsigned) : 0;
	va_end(list);
	return failing_file() ? -1 : __real_open(path, flags, mode);
}

/* What was written and not flushed is lost; the file is closed. */
int __real_fclose(FILE *file);
int __wrap_fclose(FILE *file);

int __wrap_fclose(FILE *file)
{
	bool fails = failing_file();
	int code = __real_fclose(file);
	return fails ? EOF : code;
}

FAILING_LMDB_CALL(mdb_get, false, (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *val),
	(txn, dbi, key, val))
FAILING_LMDB_CALL(mdb_put, true,
	(MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *val, unsigned flags),
	(txn, dbi, key, val, flags))
FAILING_LMDB_CALL(mdb_del, true, (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *val),
	(txn, dbi, key, val))
FAILING_LMDB_CALL(mdb_drop, true, (MDB_txn * txn, MDB_dbi dbi, int del), (txn, dbi, del))
FAILING_LMDB_CALL(mdb_stat, false, (MDB_txn * txn, MDB_dbi dbi, MDB_stat *out), (txn, dbi, out))
FAILING_LMDB_CALL(
	mdb_cursor_open, false, (MDB_txn * txn, MDB_dbi dbi, MDB_cursor **out), (txn, dbi, out))
FAILING_LMDB_CALL(mdb_cursor_get, false,
	(MDB_cursor * cursor, MDB_val *key, MDB_val *val, MDB_cursor_op op), (cursor, key, val, op))
FAILING_LMDB_CALL(mdb_cursor_put, true,
	(MDB_cursor * cursor, MDB_val *key, MDB_val *val, unsigned flags),
	(cursor, key, val, flags))
FAILING_LMDB_CALL(mdb_cursor_renew, false, (MDB_txn * txn, MDB_cursor *cursor), (txn, cursor))
FAILING_LMDB_CALL(mdb_txn_begin, false,
	(MDB_env * env, MDB_txn *parent, unsigned flags, MDB_txn **out), (env, parent, flags, out))
FAILING_LMDB_CALL(mdb_txn_renew, false, (MDB_txn * txn), (txn))
FAILING_LMDB_CALL(mdb_dbi_open, false,
	(MDB_txn * txn, const char *name, unsigned flags, MDB_dbi *out), (txn, name, flags, out))
FAILING_LMDB_CALL(mdb_env_create, false, (MDB_env * *out), (out))
FAILING_LMDB_CALL(mdb_env_open, false,
	(MDB_env * env, const char *path, unsigned flags, mdb_mode_t mode),
	(env, path, flags, mode))
FAILING_LMDB_CALL(mdb_env_sync, false, (MDB_env * env, int force), (env, force))
FAILING_LMDB_CALL(mdb_env_set_mapsize, false, (MDB_env * env, size_t size), (env, size))
FAILING_LMDB_CALL(
	mdb_env_set_flags, false, (MDB_env * env, unsigned flags, int on), (env, flags, on))
FAILING_LMDB_CALL(mdb_env_copyfd2, false, (MDB_env * env, mdb_filehandle_t fd, unsigned flags),
	(env, fd, flags))

/* The transaction is gone, whatever comes of it. */
int __real_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_txn_commit(MDB_txn *txn);

int __wrap_mdb_txn_commit(MDB_txn *txn)
{
	int code = failing_lmdb(true);
	if (code == 0)
		return __real_mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return code;
}

#endif
