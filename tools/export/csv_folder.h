/*
 * tools/export/csv_folder.h - a workbook as a folder of CSV files.
 *
 * On ERR_IO *reason says why.
 */
#ifndef TOOLS_EXPORT_CSV_FOLDER_H
#define TOOLS_EXPORT_CSV_FOLDER_H

#include "tools/export/workbook.h"

/* A folder with a CSV file a table, each with the names of its columns. `path` is there, empty. */
struct csv_folder;
enum err csv_folder_open(const char *path, const struct table *tables, size_t table_count,
	struct reason *reason, struct csv_folder **out) NODISCARD;
enum err csv_folder_add(struct csv_folder *book, size_t table, const struct datum *row,
	struct reason *reason) NODISCARD;
/* Syncs the files when `written`. Releases it. */
enum err csv_folder_close(struct csv_folder *book, bool written, struct reason *reason) NODISCARD;

#endif
