/*
 * tools/import/file.h - reading a whole file, and replacing one so that a crash leaves the
 * old or the new one, whole.
 */
#ifndef TOOLS_IMPORT_FILE_H
#define TOOLS_IMPORT_FILE_H

#include <stdio.h>

#include "base/text.h"

/* Appends all there is. ERR_INVALID: more than `bytes_max`. ERR_IO, ERR_FULL. *reason says it. */
enum err file_read(int fd, size_t bytes_max, struct text *out, struct reason *reason) NODISCARD;

/* Makes `path_new`, its owner's only, in place of one that a crash left. NULL: *reason says why. */
FILE *file_replace_begin(const char *path_new, struct reason *reason) NODISCARD;

/*
 * When `written`, syncs the file and gives it the name `path`; else removes it. Closes it; but
 * when `fd` is given, that is closed and becomes the file's own, so that its lock stays.
 * ERR_IO: `path` is what it was.
 */
enum err file_replace_end(FILE *file, bool written, const char *path_new, const char *path, int *fd,
	struct reason *reason) NODISCARD;

#endif
