/*
 * tools/export/sqlite_file.h - a workbook as an SQLite file.
 *
 * On ERR_IO *reason says why.
 */
#ifndef TOOLS_EXPORT_SQLITE_FILE_H
#define TOOLS_EXPORT_SQLITE_FILE_H

#include "tools/export/workbook.h"

/* An SQLite file. `path` is there, empty, and nobody else's. */
struct sqlite_file;
enum err sqlite_file_open(const char *path, const struct table *tables, size_t table_count,
	struct reason *reason, struct sqlite_file **out) NODISCARD;
enum err sqlite_file_add(struct sqlite_file *book, size_t table, const struct datum *row,
	struct reason *reason) NODISCARD;
/* With the indices, when `written`. Releases it. */
enum err sqlite_file_close(struct sqlite_file *book, bool written, struct reason *reason) NODISCARD;

#endif
