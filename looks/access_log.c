/*
 * looks/access_log.c - see access_log.h.
 */
#include "looks/access_log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"

struct access_log {
	pthread_mutex_t mutex;
	char *path;
	access_log_opener *opener;
	void *context;
	int fd;    /* -1: not open */
	bool torn; /* the file ends in the middle of a line */
};

/* Neither a pipe without a reader nor a terminal may hold it up. */
#define OPEN_FLAGS (O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

int access_log_open_file(void *context, const char *path)
{
	(void)context;
	return open(path, OPEN_FLAGS, 0600);
}

enum err access_log_path(const char *store, char out[FILE_PATH_MAX])
{
	size_t length = strlen(store);
	while (length > 1 && store[length - 1] == '/')
		length--;
	if (length + sizeof(ACCESS_LOG_SUFFIX) > FILE_PATH_MAX)
		return ERR_INVALID;
	memcpy(out, store, length);
	memcpy(out + length, ACCESS_LOG_SUFFIX, sizeof(ACCESS_LOG_SUFFIX));
	return OK;
}

enum err access_log_new(
	const char *path, access_log_opener *opener, void *context, struct access_log **out)
{
	struct access_log *log = calloc(1, sizeof(*log));
	if (log == NULL)
		return ERR_FULL;
	log->path = strdup(path);
	if (log->path == NULL) {
		free(log);
		return ERR_FULL;
	}
	pthread_mutex_init(&log->mutex, NULL);
	log->opener = opener;
	log->context = context;
	log->fd = -1;
	*out = log;
	return OK;
}

static void close_file(struct access_log *log)
{
	if (log->fd >= 0)
		close(log->fd);
	log->fd = -1;
}

void access_log_free(struct access_log *log)
{
	if (log == NULL)
		return;
	close_file(log);
	pthread_mutex_destroy(&log->mutex);
	free(log->path);
	free(log);
}

/* Is what is open what the path leads to? It may have been renamed, removed or replaced. */
static bool is_in_place(const struct access_log *log)
{
	struct stat open_one, at_path;
	return log->fd >= 0 && fstat(log->fd, &open_one) == 0 && stat(log->path, &at_path) == 0 &&
	       open_one.st_dev == at_path.st_dev && open_one.st_ino == at_path.st_ino;
}

/*
 * Did a crash leave half a line at the end? A confined process cannot look into a file that it
 * opens later; then its first line begins behind what is there.
 */
static bool ends_within_line(const char *path)
{
	char last = '\n';
	struct stat file;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	if (fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_size > 0 &&
		pread(fd, &last, 1, file.st_size - 1) != 1)
		last = '\n';
	close(fd);
	return last != '\n';
}

static enum err file_open(struct access_log *log)
{
	if (is_in_place(log))
		return OK;
	close_file(log);
	log->fd = log->opener(log->context, log->path);
	if (log->fd < 0)
		return ERR_IO;
	log->torn = ends_within_line(log->path);
	return OK;
}

enum err access_log_try(struct access_log *log, struct reason *reason)
{
	pthread_mutex_lock(&log->mutex);
	enum err err = file_open(log);
	int error = errno;
	pthread_mutex_unlock(&log->mutex);
	return err == OK ? OK : fail(reason, err, "%s: %s", log->path, strerror(error));
}

void access_log_rotate(struct access_log *log)
{
	pthread_mutex_lock(&log->mutex);
	close_file(log);
	pthread_mutex_unlock(&log->mutex);
}

/* Appends all of it. False: `written` bytes of it are there, and errno says why not more. */
static bool append(int fd, struct bytes bytes, size_t *written)
{
	*written = 0;
	while (*written < bytes.length) {
		ssize_t count = write(fd, bytes.data + *written, bytes.length - *written);
		if (count > 0)
			*written += (size_t)count;
		else if (count == 0 || errno != EINTR)
			return false;
	}
	return true;
}

/* Takes half a line off again, unless somebody has written behind it. */
static bool taken_off(int fd, size_t written)
{
	struct stat file;
	return fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_size >= (off_t)written &&
	       ftruncate(fd, file.st_size - (off_t)written) == 0;
}

static enum err lines_append(struct access_log *log, struct bytes lines)
{
	static const char line_end[] = "\n";
	struct stat file;
	size_t written;
	if (log->torn && !append(log->fd, bytes_of(line_end, 1), &written))
		return ERR_IO;
	log->torn = false;
	off_t end = fstat(log->fd, &file) == 0 ? file.st_size : 0;
	if (append(log->fd, lines, &written))
		return OK;
	int error = errno;
	bool alone = fstat(log->fd, &file) == 0 && file.st_size == end + (off_t)written;
	if (written > 0)
		log->torn = !alone || !taken_off(log->fd, written);
	errno = error;
	return ERR_IO;
}

enum err access_log_write(struct access_log *log, struct bytes lines)
{
	CHECK(lines.length > 0 && lines.data[lines.length - 1] == '\n');
	pthread_mutex_lock(&log->mutex);
	enum err err = file_open(log);
	if (err == OK)
		err = lines_append(log, lines);
	int error = errno;
	pthread_mutex_unlock(&log->mutex);
	errno = error;
	return err;
}
