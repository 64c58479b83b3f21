/*
 * tools/import/rejected.h - the rows that were rejected, in a file beside the list: to be
 * corrected and imported again.
 *
 * It has the columns of the list, and line, column and reason after them, which an import
 * does not look at. Imported as it is, it means what the rows meant in their list: days are
 * written YYYY-MM-DD, the order of day and month that the list showed stands in a column `dates`,
 * the delimiter is the list's, with its line sep=, and letters are UTF-8 with a mark, which Excel
 * opens.
 */
#ifndef TOOLS_IMPORT_REJECTED_H
#define TOOLS_IMPORT_REJECTED_H

#include "tools/import/rows.h"

size_t rejected_count(const struct rows *rows);

/*
 * Writes the file beside the list `path`: uren.csv gives uren.rejected.csv, or
 * uren.rejected-2.csv when that is there: somebody may be correcting it. *name is its name,
 * for the caller to free. ERR_IO: *reason says why not.
 */
enum err rejected_write(
	const struct rows *rows, const char *path, char **name, struct reason *reason) NODISCARD;

/* Tells the first few rejected rows on standard error: line, column and reason. */
void rejected_tell(const struct rows *rows);

#endif
