/*
 * base/file.h - paths and files that must survive a crash: joining a path, making a file or
 * a name durable, and replacing a file so that a crash leaves the old one or the new one,
 * whole.
 *
 * On ERR_IO errno says why.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

/* Bytes of a path with its NUL, enough for every path that the system takes. */
#define FILE_PATH_MAX 4096

/*
 * Writes folder/name into `out`, which has room for `size` bytes. ERR_INVALID: it is longer;
 * `out` is untouched.
 */
enum err file_join(const char *folder, const char *name, char *out, size_t size) NODISCARD;

/* Syncs a file; or a directory, so that the names in it are durable. ERR_IO. */
enum err file_sync(const char *path) NODISCARD;

/* Syncs the directory that `path` is in, so that its name is durable. ERR_IO. */
enum err file_sync_name(const char *path) NODISCARD;

/*
 * Gives what is at `from`, a file or a folder, the name `to`; a file that has it is gone then. The
 * folders are not synced. ERR_NOT_FOUND: nothing is at `from`. ERR_IO.
 */
enum err file_rename(const char *from, const char *to) NODISCARD;

/*
 * The same, but nothing that has the name is lost. ERR_CONFLICT: something has it, whatever it is.
 */
enum err file_rename_new(const char *from, const char *to) NODISCARD;

/*
 * Makes `path_new`, readable and writable by its owner only, in place of one that a crash
 * left. It must be in the directory of the file that it will replace. NULL: *reason says why.
 */
FILE *file_replace_begin(const char *path_new, struct reason *reason) NODISCARD;

/*
 * When `written`, syncs the file and gives it the name `path`; else removes it, and errno
 * should say why it was not written. Closes it; but when `fd` is given, that is closed and
 * becomes the file's own, so that its lock stays. ERR_IO: `path` is what it was, *reason
 * says why; only when the directory could not be synced `path` may be new already.
 */
enum err file_replace_end(FILE *file, bool written, const char *path_new, const char *path, int *fd,
	struct reason *reason) NODISCARD;

#endif
