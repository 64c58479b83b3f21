/*
 * looks/access_log.h - the file of spans: who looked at which person.
 *
 * Lines are appended, by any thread and by several processes at once: the daemon and the commands
 * that read its store. A line that was written is in the file, as other processes see it; it is not
 * synced, so that a crash of the system may take the last seconds of it. What could not be written
 * whole is taken off again. The file may be renamed or removed at any time: the next line goes into
 * a new one at its place.
 */
#ifndef LOOKS_ACCESS_LOG_H
#define LOOKS_ACCESS_LOG_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"

/* Behind the name of the store, unless the configuration has another. */
#define ACCESS_LOG_SUFFIX ".access.ndjson"

struct access_log;

/*
 * Opens the file to append to it, and makes it, its owner's alone, when it is absent. The
 * descriptor, or -1 and errno. `context` is of the caller.
 */
typedef int access_log_opener(void *context, const char *path);

/* The usual one; the context is not used. */
int access_log_open_file(void *context, const char *path);

/* Where the access log of a store is, unless it is configured. ERR_INVALID: too long. */
enum err access_log_path(const char *store, char out[FILE_PATH_MAX]) NODISCARD;

/* Nothing is opened yet. `path` is copied. ERR_FULL: no memory. */
enum err access_log_new(const char *path, access_log_opener *opener, void *context,
	struct access_log **out) NODISCARD;
void access_log_free(struct access_log *log);

/* Can it be written, as far as opening it shows? ERR_IO: *reason says why not. */
enum err access_log_try(struct access_log *log, struct reason *reason) NODISCARD;

/* Closes the file: the next line opens it again. */
void access_log_rotate(struct access_log *log);

/* Appends whole lines. ERR_IO: they are not in the file, and errno says why. */
enum err access_log_write(struct access_log *log, struct bytes lines) NODISCARD;

#endif
