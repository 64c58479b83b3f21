/*
 * tools/import/quotes.h - quotation marks that swallow rows: a cell that happens to begin with
 * one is read on until the next, over the ends of lines.
 */
#ifndef TOOLS_IMPORT_QUOTES_H
#define TOOLS_IMPORT_QUOTES_H

#include "base/bytes.h"
#include "base/err.h"

/*
 * Looks at the whole text of a sheet that has so many columns, its lines ended by LF. ERR_INVALID:
 * *reason names the line on which a cell begins with a quotation mark that does not belong there:
 * what closes it stands within a cell, or each line that it spans is a row by itself.
 */
enum err quotes_check(
	struct bytes text, char delimiter, size_t columns, struct reason *reason) NODISCARD;

#endif
