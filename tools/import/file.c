/*
 * tools/import/file.c - see file.h.
 */
#include "tools/import/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum err file_read(int fd, size_t bytes_max, struct text *out, struct reason *reason)
{
	static char buffer[1 << 16];
	ssize_t count;
	while ((count = read(fd, buffer, sizeof(buffer))) != 0) {
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return fail(reason, ERR_IO, "it cannot be read: %s", strerror(errno));
		text_add(out, bytes_of(buffer, (size_t)count));
		if (out->length > bytes_max)
			return fail(reason, ERR_INVALID,
				"it has more than %zu mebibytes: cut it "
				"in parts",
				bytes_max >> 20);
		if (out->failed)
			return fail(reason, ERR_FULL, "there is not enough memory");
	}
	return OK;
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
		if (fail(reason, ERR_IO, "%s cannot be written: %s", path_new, strerror(error)) !=
			OK)
			return NULL;
	}
	return file;
}

/* A name is durable when its directory is. */
static bool sync_directory(const char *path)
{
	char *directory = strdup(path);
	if (directory == NULL)
		return false;
	char *slash = strrchr(directory, '/');
	if (slash != NULL)
		slash[slash == directory] = '\0';
	int fd = open(slash == NULL ? "." : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool synced = fd != -1 && fsync(fd) == 0;
	if (fd != -1)
		close(fd);
	free(directory);
	return synced;
}

enum err file_replace_end(FILE *file, bool written, const char *path_new, const char *path, int *fd,
	struct reason *reason)
{
	errno = written ? 0 : errno;
	written = written && fflush(file) == 0 && fsync(fileno(file)) == 0;
	int kept = written && fd != NULL ? fcntl(fileno(file), F_DUPFD_CLOEXEC, 0) : -1;
	written = written && (fd == NULL || kept != -1) && rename(path_new, path) == 0 &&
		  sync_directory(path);
	int error = errno;
	fclose(file);
	if (!written) {
		unlink(path_new);
		if (kept != -1)
			close(kept);
		return fail(reason, ERR_IO, "%s cannot be written: %s", path,
			error == 0 ? "the disk did not take it" : strerror(error));
	}
	if (fd != NULL) {
		if (*fd != -1)
			close(*fd);
		*fd = kept;
	}
	return OK;
}
