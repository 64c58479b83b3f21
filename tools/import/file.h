/*
 * tools/import/file.h - reading a whole file that people made.
 */
#ifndef TOOLS_IMPORT_FILE_H
#define TOOLS_IMPORT_FILE_H

#include "base/text.h"

/*
 * Appends all there is. ERR_INVALID: it is more than `bytes_max`. ERR_IO, ERR_FULL. *reason
 * says it. One thread at a time.
 */
enum err file_read(int fd, size_t bytes_max, struct text *out, struct reason *reason) NODISCARD;

#endif
