/*
 * base/file.c - see file.h.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"

enum err file_join(const char *folder, const char *name, char *out, size_t size)
{
	size_t folder_length = strlen(folder), name_length = strlen(name);
	if (folder_length >= size || name_length >= size - folder_length - 1)
		return ERR_INVALID;
	memcpy(out, folder, folder_length);
	out[folder_length] = '/';
	memcpy(out + folder_length + 1, name, name_length + 1);
	return OK;
}

static enum err sync_opened(const char *path, int flags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
	if (fd < 0)
		return ERR_IO;
	enum err err = fsync(fd) == 0 ? OK : ERR_IO;
	int error = errno;
	close(fd);
	errno = error;
	return err;
}

enum err file_sync(const char *path)
{
	return sync_opened(path, 0);
}

enum err file_sync_name(const char *path)
{
	char directory[FILE_PATH_MAX] = ".";
	const char *slash = strrchr(path, '/');
	if (slash != NULL) {
		/* "/name" is in "/". */
		size_t length = slash == path ? 1 : (size_t)(slash - path);
		if (length >= sizeof(directory)) {
			errno = ENAMETOOLONG;
			return ERR_IO;
		}
		memcpy(directory, path, length);
		directory[length] = '\0';
	}
	return sync_opened(directory, O_DIRECTORY);
}

enum err file_rename(const char *from, const char *to)
{
	if (rename(from, to) == 0)
		return OK;
	return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
}

enum err file_rename_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return OK;
	/* Not every file system can: then it is looked for first. */
	if (errno == EINVAL && faccessat(AT_FDCWD, to, F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
		errno == ENOENT)
		return file_rename(from, to);
	if (errno == EEXIST || errno == EINVAL)
		return ERR_CONFLICT;
	return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
}

FILE *file_replace_begin(const char *path_new, struct reason *reason)
{
	unlink(path_new);
	int fd = open(path_new, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	FILE *file = fd == -1 ? NULL : fdopen(fd, "w");
	if (file == NULL) {
		int error = errno;
		if (fd != -1)
			close(fd);
		enum err err =
			fail(reason, ERR_IO, "%s cannot be written: %s", path_new, strerror(error));
		CHECK(err == ERR_IO);
		errno = error;
	}
	return file;
}

enum err file_replace_end(FILE *file, bool written, const char *path_new, const char *path, int *fd,
	struct reason *reason)
{
	CHECK(file != NULL);
	errno = written ? 0 : errno;
	written = written && fflush(file) == 0 && ferror(file) == 0 && fsync(fileno(file)) == 0;
	int kept = written && fd != NULL ? fcntl(fileno(file), F_DUPFD_CLOEXEC, 0) : -1;
	written = written && (fd == NULL || kept != -1) && rename(path_new, path) == 0 &&
		  file_sync_name(path) == OK;
	int error = errno;
	fclose(file);
	if (!written) {
		unlink(path_new);
		if (kept != -1)
			close(kept);
		enum err err = fail(reason, ERR_IO, "%s cannot be written: %s", path,
			error == 0 ? "the disk did not take it" : strerror(error));
		errno = error == 0 ? EIO : error;
		return err;
	}
	if (fd != NULL) {
		if (*fd != -1)
			close(*fd);
		*fd = kept;
	}
	return OK;
}
