/*
 * store/erase_files.c - the files of an erasure: the copy, the exchange, and the list beside the
 * store; see erase.h. No folder is made: the daemon that is confined cannot.
 */
#include "store/erase.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/file.h"
#include "base/grow.h"
#include "store/erase_inside.h"

/* By enum erase_place: what stands behind the path of the store. */
static const char *const places[] = {
	[PLACE_COPYING] = "/rewrite.new",
	[PLACE_COPIED] = "/rewrite.mdb",
	[PLACE_LOCK] = "/rewrite.new-lock",
	[PLACE_ENTRIES] = "/rewrite.erased",
	[PLACE_DATA] = "/data.mdb",
	[PLACE_DATA_LOCK] = "/lock.mdb",
	[PLACE_SUMS] = "/data.sums",
	[PLACE_STATE] = "/state",
	[PLACE_STATE_NEW] = "/state.new",
	[PLACE_LIST] = ".erased",
};

enum err erase_path(
	const char *store, enum erase_place place, char out[4096], struct reason *reason)
{
	size_t length = strlen(store);
	while (length > 1 && store[length - 1] == '/')
		length--;
	int written = snprintf(out, FILE_PATH_MAX, "%.*s%s", (int)length, store, places[place]);
	CHECK_STATIC(FILE_PATH_MAX == 4096);
	return written > 0 && written < FILE_PATH_MAX
		       ? OK
		       : fail(reason, ERR_IO, "%s: %s", store, strerror(ENAMETOOLONG));
}

static enum err fail_at(struct reason *reason, const char *path)
{
	return fail(reason, ERR_IO, "%s: %s", path, strerror(errno));
}

/* Removes a file, if it is there. */
static enum err place_remove(const char *store, enum erase_place place, struct reason *reason)
{
	char path[FILE_PATH_MAX];
	enum err err = erase_path(store, place, path, reason);
	if (err == OK && unlink(path) != 0 && errno != ENOENT)
		err = fail_at(reason, path);
	return err;
}

static enum err copy_remove(const char *store, struct reason *reason)
{
	/* The lock last: alone it would look like the middle of an exchange. */
	enum err err = place_remove(store, PLACE_ENTRIES, reason);
	if (err == OK)
		err = place_remove(store, PLACE_LOCK, reason);
	return err == OK ? place_remove(store, PLACE_COPYING, reason) : err;
}

/* A new file, of its owner alone. */
static int place_make(const char *store, enum erase_place place, struct reason *reason)
{
	char path[FILE_PATH_MAX];
	if (erase_path(store, place, path, reason) != OK)
		return -1;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		enum err err = fail_at(reason, path);
		(void)err;
	}
	return fd;
}

enum err erase_copy_make(const char *store, struct reason *reason)
{
	enum err err = copy_remove(store, reason);
	/* An empty file is there before its lock is. */
	int fd = err == OK ? place_make(store, PLACE_COPYING, reason) : -1;
	if (fd < 0)
		return ERR_IO;
	close(fd);
	return OK;
}

void erase_copy_remove(const char *store)
{
	struct reason unused;
	/* What stays is removed when the store is opened next. */
	enum err err = copy_remove(store, &unused);
	(void)err;
}

static enum err lines_write(FILE *file, const struct salted_hash *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char line[SALTED_HASH_LENGTH + 1];
		salted_hash_print(&entries[i], line);
		if (fprintf(file, "%s\n", line) != ERASE_LINE_LENGTH)
			return ERR_IO;
	}
	return fflush(file) == 0 && fsync(fileno(file)) == 0 ? OK : ERR_IO;
}

/* Gives a file its name, which is durable then. ERR_NOT_FOUND: there is no file. */
static enum err place_rename(
	const char *store, enum erase_place from, enum erase_place to, struct reason *reason)
{
	char from_path[FILE_PATH_MAX], to_path[FILE_PATH_MAX];
	enum err err = erase_path(store, from, from_path, reason);
	if (err == OK)
		err = erase_path(store, to, to_path, reason);
	if (err != OK)
		return err;
	err = file_rename(from_path, to_path);
	if (err == ERR_NOT_FOUND)
		return err;
	if (err == OK && file_sync(store) != OK)
		err = ERR_IO;
	return err == OK ? OK : fail_at(reason, from_path);
}

enum err erase_commit(
	const char *store, const struct salted_hash *entries, size_t count, struct reason *reason)
{
	int fd = place_make(store, PLACE_ENTRIES, reason);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	if (file == NULL) {
		if (fd >= 0)
			close(fd);
		return ERR_IO;
	}
	enum err err = lines_write(file, entries, count);
	if (fclose(file) != 0 || err != OK)
		return fail(reason, ERR_IO, "the list of what is erased: %s", strerror(errno));
	if (file_sync(store) != OK)
		return fail_at(reason, store);
	return place_rename(store, PLACE_COPYING, PLACE_COPIED, reason);
}

enum err erase_list_open(const char *store, int *fd, struct reason *reason)
{
	char path[FILE_PATH_MAX];
	enum err err = erase_path(store, PLACE_LIST, path, reason);
	if (err != OK)
		return err;
	int list = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (list < 0 || file_sync_name(path) != OK) {
		err = fail_at(reason, path);
		if (list >= 0)
			close(list);
		return err;
	}
	*fd = list;
	return OK;
}

/* A crash may have left a part of a line at the end of the list. */
static bool list_mend(int list)
{
	struct stat file;
	if (fstat(list, &file) != 0 || file.st_nlink == 0)
		return false;
	off_t rest = file.st_size % ERASE_LINE_LENGTH;
	return rest == 0 || ftruncate(list, file.st_size - rest) == 0;
}

/* Appends the entries of the copy to the list beside the store. */
static enum err list_append(const char *store, int list, struct reason *reason)
{
	char path[FILE_PATH_MAX], buffer[1 << 14];
	enum err err = erase_path(store, PLACE_ENTRIES, path, reason);
	if (err != OK)
		return err;
	int source = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (source < 0)
		return errno == ENOENT ? OK : fail_at(reason, path);
	bool done = list_mend(list);
	ssize_t length = 0;
	while (done && (length = read(source, buffer, sizeof(buffer))) > 0)
		done = write(list, buffer, (size_t)length) == length;
	done = done && length == 0 && fsync(list) == 0;
	if (!done)
		err = fail(reason, ERR_IO, "the list %s.erased cannot be written: %s", store,
			strerror(errno));
	close(source);
	/* Done once: another time would do no harm, but lengthen the list. */
	return err == OK ? place_remove(store, PLACE_ENTRIES, reason) : err;
}

static bool is_there(const char *store, enum erase_place place)
{
	char path[FILE_PATH_MAX];
	return erase_path(store, place, path, NULL) == OK && access(path, F_OK) == 0;
}

enum err erase_exchange(const char *store, int list, struct reason *reason)
{
	enum err err = list_append(store, list, reason);
	/* The saved state has names of references of people's events. */
	if (err == OK)
		err = place_remove(store, PLACE_STATE, reason);
	if (err == OK)
		err = place_remove(store, PLACE_STATE_NEW, reason);
	/* It is of the old file. */
	if (err == OK)
		err = place_remove(store, PLACE_SUMS, reason);
	if (err == OK)
		err = place_rename(store, PLACE_COPIED, PLACE_DATA, reason);
	/* A lock that is missing LMDB makes. */
	if (err == OK || err == ERR_NOT_FOUND)
		err = place_rename(store, PLACE_LOCK, PLACE_DATA_LOCK, reason);
	return err == ERR_NOT_FOUND ? OK : err;
}

enum err erase_recover(const char *path, struct reason *reason)
{
	int list = -1;
	enum err err = OK;
	if (is_there(path, PLACE_COPIED)) {
		err = erase_list_open(path, &list, reason);
		if (err == OK) {
			err = erase_exchange(path, list, reason);
			close(list);
		}
	} else if (erase_is_exchanging(path)) {
		err = place_rename(path, PLACE_LOCK, PLACE_DATA_LOCK, reason);
	}
	return err == OK ? copy_remove(path, reason) : err;
}

bool erase_is_exchanging(const char *path)
{
	return is_there(path, PLACE_LOCK) && !is_there(path, PLACE_COPYING) &&
	       !is_there(path, PLACE_COPIED);
}

uint64_t erase_list_bytes(const char *store)
{
	char path[FILE_PATH_MAX];
	struct stat file;
	if (erase_path(store, PLACE_LIST, path, NULL) != OK || stat(path, &file) != 0)
		return 0;
	return (uint64_t)file.st_size - (uint64_t)file.st_size % ERASE_LINE_LENGTH;
}

static int by_hash(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct salted_hash));
}

/* Reads the list, sorted. *count 0: it is not there. */
static enum err list_read(
	const char *store, struct salted_hash **out, size_t *count, struct reason *reason)
{
	char path[FILE_PATH_MAX], line[ERASE_LINE_LENGTH + 1];
	*out = NULL;
	*count = 0;
	enum err err = erase_path(store, PLACE_LIST, path, reason);
	if (err != OK)
		return err;
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return errno == ENOENT ? OK : fail_at(reason, path);
	size_t size = (size_t)(erase_list_bytes(store) / ERASE_LINE_LENGTH) + 1;
	struct salted_hash *entries = calloc(size, sizeof(*entries));
	if (entries == NULL)
		err = fail(reason, ERR_FULL, "no memory");
	while (err == OK && *count < size && fread(line, ERASE_LINE_LENGTH, 1, file) == 1) {
		if (line[SALTED_HASH_LENGTH] != '\n' ||
			salted_hash_parse(bytes_of(line, SALTED_HASH_LENGTH), &entries[*count]) !=
				OK)
			err = fail(reason, ERR_IO, "%s is damaged: line %zu is no hash", path,
				*count + 1);
		++*count;
	}
	fclose(file);
	if (err != OK) {
		free(entries);
		return err;
	}
	qsort(entries, *count, sizeof(*entries), by_hash);
	*out = entries;
	return OK;
}

/* Looks for each record of the store among the entries. */
static enum err records_compare(struct reader *reader, const struct salted_hash *entries,
	size_t count, uint64_t **seqs, size_t *found)
{
	uint8_t id[STORE_ID_SIZE];
	uint64_t last;
	int64_t recorded_us;
	size_t size = 0;
	enum err err = reader_store_id(reader, id);
	if (err == OK)
		err = reader_last(reader, &last, &recorded_us);
	for (uint64_t seq = 1; err == OK && seq <= last; seq++) {
		struct record record = { 0 };
		if (seq % 100000 == 0)
			err = reader_renew(reader);
		if (err == OK)
			err = reader_next(reader, seq, &record);
		if (err != OK || record.kind == RECORD_TOMBSTONE)
			continue;
		struct salted_hash entry =
			erased_entry(&reader->at->salt, id, seq, record.checksum);
		if (bsearch(&entry, entries, count, sizeof(entry), by_hash) == NULL)
			continue;
		if (!GROW(*seqs, size, *found + 1))
			return ERR_FULL;
		(*seqs)[(*found)++] = seq;
	}
	return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

enum err erase_pending(struct reader *reader, const char *path, uint64_t **seqs, size_t *count,
	struct reason *reason)
{
	struct salted_hash *entries;
	size_t entry_count;
	uint64_t noted = 0;
	MDB_val key = val_of_string(META_ERASED_LIST);
	*seqs = NULL;
	*count = 0;
	enum err err = table_get_u64(reader->txn, reader->at->tables.meta, &key, &noted);
	if (err != OK && err != ERR_NOT_FOUND)
		return store_fail(reason, err, "the store");
	/* The store knows the list as long as it is: all of it was applied. */
	if (erase_list_bytes(path) == noted || !reader->at->has_salt)
		return OK;
	err = list_read(path, &entries, &entry_count, reason);
	if (err != OK)
		return err;
	if (entry_count > 0)
		err = records_compare(reader, entries, entry_count, seqs, count);
	free(entries);
	if (err != OK) {
		free(*seqs);
		*seqs = NULL;
		return store_fail(reason, err, "the store");
	}
	return OK;
}

enum err erase_list_note(struct log *log, int64_t now_us, struct reason *reason)
{
	uint64_t noted = 0, bytes = erase_list_bytes(log->path);
	MDB_val key = val_of_string(META_ERASED_LIST);
	enum err err = log_begin(log, now_us, reason);
	if (err != OK)
		return err;
	err = table_get_u64(log->txn, log->at->tables.meta, &key, &noted);
	if (err == ERR_NOT_FOUND)
		err = OK;
	if (err != OK || noted == bytes) {
		log_abort(log);
		return err == OK ? OK : fail(reason, err, "the store cannot be read");
	}
	err = table_put_u64(log->txn, log->at->tables.meta, &key, bytes);
	if (err != OK) {
		log_abort(log);
		return fail(reason, err, "the store cannot be written");
	}
	return log_commit(log, reason);
}

enum err erase_list_hold(struct log *log, struct reason *reason)
{
	return log->list_fd < 0 ? erase_list_open(log->path, &log->list_fd, reason) : OK;
}
