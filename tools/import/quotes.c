/*
 * tools/import/quotes.c - see quotes.h.
 *
 * Cells begin and end here where they do for libcsv, which sheet.c uses. A cell of several lines
 * is common in a remark, so that line ends alone show nothing. Rows that were swallowed have as
 * many delimiters on each of their lines as a row has; a remark has that on none or on some.
 */
#include "tools/import/quotes.h"

#include "tools/import/sheet.h"

struct scan {
	struct bytes rest;
	char delimiter;
	size_t columns;
	unsigned line;      /* of the first letter that is left */
	unsigned open_line; /* where the last cell in quotation marks began */

	/* Of the row so far. */
	size_t line_count;
	size_t full_count;      /* lines with the delimiters of a whole row */
	size_t delimiter_count; /* of this line */
};

static bool is_next(const struct scan *scan, char c)
{
	return scan->rest.length > 0 && scan->rest.data[0] == (uint8_t)c;
}

/* Takes a letter off, and counts it. */
static void step(struct scan *scan)
{
	if (is_next(scan, '\n')) {
		scan->line++;
		scan->line_count++;
		scan->full_count += scan->delimiter_count + 1 == scan->columns;
		scan->delimiter_count = 0;
	} else {
		scan->delimiter_count += is_next(scan, scan->delimiter);
	}
	scan->rest = bytes_of(scan->rest.data + 1, scan->rest.length - 1);
}

static void skip_blanks(struct scan *scan)
{
	while (!is_next(scan, scan->delimiter) && (is_next(scan, ' ') || is_next(scan, '\t')))
		step(scan);
}

static bool is_at_end(const struct scan *scan)
{
	return scan->rest.length == 0 || is_next(scan, '\n') || is_next(scan, scan->delimiter);
}

/* Takes a cell off, up to what ends it. False: its quotation mark does not belong there. */
static bool take_cell(struct scan *scan)
{
	skip_blanks(scan);
	if (!is_next(scan, '"')) {
		while (!is_at_end(scan))
			step(scan);
		return true;
	}
	scan->open_line = scan->line;
	step(scan);
	while (scan->rest.length > 0) {
		bool mark = is_next(scan, '"');
		step(scan);
		if (!mark)
			continue;
		if (!is_next(scan, '"'))
			break;
		step(scan);
	}
	skip_blanks(scan);
	return is_at_end(scan);
}

/* Takes a row off. False: a quotation mark in it does not belong there. */
static bool take_row(struct scan *scan)
{
	scan->line_count = scan->full_count = scan->delimiter_count = 0;
	while (take_cell(scan)) {
		bool ended = scan->rest.length == 0 || is_next(scan, '\n');
		if (scan->rest.length > 0)
			step(scan);
		if (ended) {
			/* The last line may lack its end. */
			if (scan->rest.length == 0 && scan->delimiter_count > 0) {
				scan->line_count++;
				scan->full_count += scan->delimiter_count + 1 == scan->columns;
			}
			return scan->line_count < 2 || scan->columns < 2 ||
			       scan->full_count < scan->line_count;
		}
	}
	return false;
}

enum err quotes_check(struct bytes text, char delimiter, size_t columns, struct reason *reason)
{
	struct scan scan = { .rest = text, .delimiter = delimiter, .columns = columns, .line = 1 };
	while (sheet_given_delimiter(text) != 0 && scan.line == 1 && scan.rest.length > 0)
		step(&scan);
	while (scan.rest.length > 0) {
		if (!take_row(&scan))
			return fail(reason, ERR_INVALID,
				"on line %u a cell begins with a quotation mark that does not "
				"belong there, and would swallow what comes after it: take it "
				"away, or write the cell as \"...\" with each mark in it doubled",
				scan.open_line);
	}
	return OK;
}
