/*
 * tools/export/workbook.c - see workbook.h.
 */
#include "tools/export/workbook.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/file.h"
#include "tools/export/csv_folder.h"
#include "tools/export/sqlite_file.h"

#define SUFFIX_NEW ".unfinished-export"

struct workbook {
	enum workbook_form form;
	char path[FILE_PATH_MAX];
	char path_new[FILE_PATH_MAX];
	int lock; /* of what is at path_new: who holds it writes there */
	struct sqlite_file *sqlite;
	struct csv_folder *csv;
	struct reason reason; /* of what failed while it was written */
};

/* Removes a file, or a folder with the files in it. */
static void remove_whole(const char *path)
{
	char file[FILE_PATH_MAX];
	DIR *folder = unlink(path) == 0 ? NULL : opendir(path);
	const struct dirent *entry;
	if (folder == NULL)
		return;
	while ((entry = readdir(folder)) != NULL) {
		if (file_join(path, entry->d_name, file, sizeof(file)) == OK)
			unlink(file);
	}
	closedir(folder);
	rmdir(path);
}

/* Locks what is at the path; -1, and errno: EWOULDBLOCK when somebody else holds it. */
static int lock_take(const char *path)
{
	struct stat held, there;
	/* What is no file of ours, such as a pipe, is not waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1)
		return -1;
	/* Between opening and locking it another export may have put its own there. */
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &held) == 0 &&
		lstat(path, &there) == 0 && held.st_ino == there.st_ino)
		return fd;
	close(fd);
	errno = EWOULDBLOCK;
	return -1;
}

/* Makes the place to write to, in that of one that was cut off. */
static enum err place_take(struct workbook *book, struct reason *reason)
{
	struct stat there;
	if (lstat(book->path, &there) == 0)
		return fail(reason, ERR_CONFLICT,
			"%s is there already; an export writes over nothing", book->path);
	int left = lock_take(book->path_new);
	if (left == -1 && errno != ENOENT)
		return fail(reason, ERR_CONFLICT, "%s cannot be taken: another export writes it",
			book->path_new);
	if (left != -1)
		remove_whole(book->path_new);
	int made = book->form == WORKBOOK_CSV
			   ? mkdir(book->path_new, 0700)
			   : open(book->path_new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int error = errno;
	if (left != -1)
		close(left);
	if (made == -1)
		return fail(reason, ERR_NOT_FOUND, "%s cannot be made: %s", book->path_new,
			strerror(error));
	if (book->form == WORKBOOK_SQLITE)
		close(made);
	book->lock = lock_take(book->path_new);
	if (book->lock == -1)
		return fail(reason, ERR_CONFLICT, "%s cannot be taken: another export writes it",
			book->path_new);
	return OK;
}

/* `DEST/` is DEST. */
static enum err paths_set(struct workbook *book, const char *path, struct reason *reason)
{
	size_t length = strlen(path);
	while (length > 1 && path[length - 1] == '/')
		length--;
	if (length == 0 || length + sizeof(SUFFIX_NEW) > FILE_PATH_MAX)
		return fail(reason, ERR_IO, "the name to write to is empty or too long");
	snprintf(book->path, sizeof(book->path), "%.*s", (int)length, path);
	memcpy(book->path_new, path, length);
	memcpy(book->path_new + length, SUFFIX_NEW, sizeof(SUFFIX_NEW));
	return OK;
}

enum err workbook_begin(enum workbook_form form, const char *path, const struct table *tables,
	size_t table_count, struct reason *reason, struct workbook **out)
{
	struct workbook *book = calloc(1, sizeof(*book));
	if (book == NULL)
		return fail(reason, ERR_FULL, "there is not enough memory");
	book->form = form;
	enum err err = paths_set(book, path, reason);
	if (err == OK)
		err = place_take(book, reason);
	if (err != OK) {
		free(book);
		return err;
	}
	err = form == WORKBOOK_SQLITE
		      ? sqlite_file_open(book->path_new, tables, table_count, reason, &book->sqlite)
		      : csv_folder_open(book->path_new, tables, table_count, reason, &book->csv);
	if (err == OK) {
		*out = book;
		return OK;
	}
	CHECK(workbook_end(book, false, NULL) == OK);
	return err;
}

enum err workbook_add(struct workbook *book, size_t table, const struct datum *row)
{
	return book->form == WORKBOOK_SQLITE
		       ? sqlite_file_add(book->sqlite, table, row, &book->reason)
		       : csv_folder_add(book->csv, table, row, &book->reason);
}

enum err workbook_end(struct workbook *book, bool written, struct reason *reason)
{
	enum err err = OK;
	struct reason *why = &book->reason;
	if (book->sqlite != NULL)
		err = sqlite_file_close(book->sqlite, written, why);
	if (book->csv != NULL)
		err = csv_folder_close(book->csv, written, why);
	if (written && err == OK && file_sync(book->path_new) != OK)
		err = fail(why, ERR_IO, "%s cannot be synced: %s", book->path_new, strerror(errno));
	if (written && err == OK) {
		err = file_rename_new(book->path_new, book->path);
		if (err != OK)
			err = fail(why, err, "%s cannot be named %s: %s", book->path_new,
				book->path, strerror(errno));
	}
	if (!written || err != OK)
		remove_whole(book->path_new);
	else if (file_sync_name(book->path) != OK)
		err = fail(why, ERR_IO, "the folder of %s cannot be synced: %s", book->path,
			strerror(errno));
	if (reason != NULL)
		*reason = book->reason;
	close(book->lock);
	free(book);
	return err;
}
