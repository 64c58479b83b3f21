/*
 * tools/import/subject_names.h - the local table that says which person a pseudonym is. It never
 * leaves the machine: names are put into what is shown, not into what is sent.
 */
#ifndef TOOLS_IMPORT_SUBJECT_NAMES_H
#define TOOLS_IMPORT_SUBJECT_NAMES_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/err.h"

struct subject_names;

/*
 * Reads a table, CSV with a line of names, in the letters that `ladder import` knows; the
 * column `subject` (or `pseudonym`, `pseudoniem`), or whose name ends so, has the pseudonym,
 * and the other columns together are the person. Delimited by commas, semicolons or tabs, as
 * the first line is. Of several lines about one pseudonym the first counts. ERR_NOT_FOUND,
 * ERR_IO: it cannot be read. ERR_INVALID: it is no such table. ERR_FULL: no memory. *reason
 * says which.
 */
enum err subject_names_read(
	const char *path, struct subject_names **out, struct reason *reason) NODISCARD;
void subject_names_free(struct subject_names *names);

/* The person; empty when the table has none of that pseudonym, or `names` is NULL. */
struct bytes subject_names_find(const struct subject_names *names, struct bytes subject);

#endif
