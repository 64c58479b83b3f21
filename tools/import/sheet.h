/*
 * tools/import/sheet.h - the text of a CSV file becomes rows of cells, each with the line it
 * begins on. Only this file uses libcsv.
 *
 * Rows without any text are dropped. What is too large for a list made by people is refused,
 * because it is one that was read wrongly: a quotation mark that is not closed, a file
 * that is no list.
 */
#ifndef TOOLS_IMPORT_SHEET_H
#define TOOLS_IMPORT_SHEET_H

#include <stdio.h>

#include "base/text.h"

#define SHEET_FILE_BYTES_MAX ((size_t)32 << 20)
#define SHEET_COLUMNS_MAX    1000
#define SHEET_CELL_BYTES_MAX 4096
#define SHEET_CELLS_MAX      ((size_t)10 * 1000 * 1000)

struct sheet_cell {
	uint32_t offset; /* in `letters` */
	uint32_t length;
};

struct sheet_row {
	unsigned line; /* of its first letter, from 1 */
	uint32_t cell_count;
	size_t first_cell;
};

struct sheet {
	struct text letters; /* of all cells, UTF-8 */
	struct sheet_cell *cells;
	size_t cell_count;
	size_t cell_size;
	struct sheet_row *rows;
	size_t row_count;
	size_t row_size;
};

/* The delimiter that a first line `sep=;` gives, as Excel writes and reads it; 0: none. */
char sheet_given_delimiter(struct bytes text);

/*
 * Reads the first `rows_max` rows of `text`, whose lines end with LF. ERR_INVALID: *reason says
 * on which line is what. ERR_FULL: there is no memory. On error *out needs no release.
 */
enum err sheet_read(struct bytes text, char delimiter, size_t rows_max, struct sheet *out,
	struct reason *reason) NODISCARD;
void sheet_release(struct sheet *sheet);

/* A cell of a row; empty when the row is not so long. Borrows from the sheet. */
struct bytes sheet_cell(const struct sheet *sheet, const struct sheet_row *row, size_t column);

/*
 * Writes a cell in quotation marks, with an apostrophe before what a spreadsheet program would
 * run (base/plain.h). False: the file does not take it.
 */
bool sheet_cell_write(FILE *file, struct bytes cell) NODISCARD;

/* Takes those apostrophes off again, of a sheet that was written so. */
void sheet_unmark(struct sheet *sheet);

#endif
