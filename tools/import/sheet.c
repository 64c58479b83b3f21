/*
 * tools/import/sheet.c - see sheet.h.
 *
 * libcsv does not tell where it is. So it is fed line by line and told to report each
 * end of a line outside quotation marks: a row begins where the one before ended, and at
 * the end of the file a row that has not ended has a quotation mark that is not closed.
 */
#include "tools/import/sheet.h"

#include <csv.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/grow.h"
#include "base/plain.h"

struct sheet_reading {
	struct sheet *sheet;
	unsigned row_line; /* where the row began */
	unsigned line;     /* that is being fed */
	size_t row_cell;   /* its first cell */
	size_t row_letters;
	bool row_has_text;
	bool no_memory;
	unsigned wide_line; /* of a row with too many columns; 0: none */
	bool too_many_cells;
};

void sheet_release(struct sheet *sheet)
{
	text_release(&sheet->letters);
	free(sheet->cells);
	free(sheet->rows);
	*sheet = (struct sheet){ 0 };
}

static bool is_blank(struct bytes text)
{
	for (size_t i = 0; i < text.length; i++) {
		bool hard_space =
			i + 1 < text.length && text.data[i] == 0xC2 && text.data[i + 1] == 0xA0;
		if (hard_space)
			i++;
		else if (text.data[i] != ' ' && text.data[i] != '\t' && text.data[i] != '\n')
			return false;
	}
	return true;
}

static void take_cell(void *data, size_t length, void *context)
{
	struct sheet_reading *reading = context;
	struct sheet *sheet = reading->sheet;
	if (sheet->cell_count - reading->row_cell >= SHEET_COLUMNS_MAX)
		reading->wide_line = reading->row_line;
	if (sheet->cell_count >= SHEET_CELLS_MAX)
		reading->too_many_cells = true;
	if (reading->wide_line != 0 || reading->too_many_cells || reading->no_memory)
		return;
	if (!GROW(sheet->cells, sheet->cell_size, sheet->cell_count + 1)) {
		reading->no_memory = true;
		return;
	}
	struct bytes text = bytes_of(data, length);
	sheet->cells[sheet->cell_count++] =
		(struct sheet_cell){ .offset = (uint32_t)sheet->letters.length,
			.length = (uint32_t)length };
	text_add(&sheet->letters, text);
	reading->row_has_text = reading->row_has_text || !is_blank(text);
}

static void take_row(int end, void *context)
{
	struct sheet_reading *reading = context;
	struct sheet *sheet = reading->sheet;
	(void)end;
	if (!reading->row_has_text) {
		sheet->cell_count = reading->row_cell;
		sheet->letters.length = reading->row_letters;
	} else if (!GROW(sheet->rows, sheet->row_size, sheet->row_count + 1)) {
		reading->no_memory = true;
	} else {
		sheet->rows[sheet->row_count++] = (struct sheet_row){
			.line = reading->row_line,
			.first_cell = reading->row_cell,
			.cell_count = (uint32_t)(sheet->cell_count - reading->row_cell),
		};
	}
	reading->row_cell = sheet->cell_count;
	reading->row_letters = sheet->letters.length;
	reading->row_line = reading->line + 1;
	reading->row_has_text = false;
}

static enum err check(
	const struct sheet_reading *reading, bool cell_too_long, struct reason *reason)
{
	if (reading->wide_line != 0)
		return fail(reason, ERR_INVALID,
			"line %u has more than %d columns: this is no list of people's",
			reading->wide_line, SHEET_COLUMNS_MAX);
	if (cell_too_long)
		return fail(reason, ERR_INVALID,
			"line %u has a cell of more than %d bytes: is a quotation mark not closed?",
			reading->row_line, SHEET_CELL_BYTES_MAX);
	if (reading->too_many_cells)
		return fail(reason, ERR_INVALID, "it has more than %zu cells: cut it in parts",
			SHEET_CELLS_MAX);
	if (reading->no_memory || reading->sheet->letters.failed)
		return fail(reason, ERR_FULL, "there is not enough memory");
	return OK;
}

/* Feeds line by line, until enough rows are there. */
static enum err feed(struct csv_parser *parser, struct sheet_reading *reading, struct bytes text,
	size_t rows_max, struct reason *reason)
{
	enum err err = OK;
	while (text.length > 0 && err == OK && reading->sheet->row_count < rows_max) {
		const uint8_t *newline = memchr(text.data, '\n', text.length);
		size_t length = newline == NULL ? text.length : (size_t)(newline - text.data) + 1;
		size_t fed = csv_parse(parser, text.data, length, take_cell, take_row, reading);
		/* The last line may lack its end. */
		if (fed == length && newline == NULL)
			fed += csv_parse(parser, "\n", 1, take_cell, take_row, reading) - 1;
		if (fed != length)
			return fail(reason, ERR_FULL, "there is not enough memory");
		reading->line++;
		text = bytes_of(text.data + length, text.length - length);
		err = check(reading, parser->entry_pos > SHEET_CELL_BYTES_MAX, reason);
	}
	if (err == OK && text.length == 0 && reading->row_line != reading->line)
		return fail(reason, ERR_INVALID,
			"on line %u a quotation mark opens a cell and none closes it",
			reading->row_line);
	return err;
}

char sheet_given_delimiter(struct bytes text)
{
	size_t at = text.length > 0 && text.data[0] == '"' ? 1 : 0;
	if (text.length < at + 5 || strncasecmp((const char *)text.data + at, "sep=", 4) != 0)
		return 0;
	char given = (char)text.data[at + 4];
	size_t after =
		at == 1 && text.length > at + 5 && text.data[at + 5] == '"' ? at + 6 : at + 5;
	bool alone = after >= text.length || text.data[after] == '\n';
	return alone && given != '"' && given != '\n' ? given : 0;
}

enum err sheet_read(struct bytes text, char delimiter, size_t rows_max, struct sheet *out,
	struct reason *reason)
{
	struct sheet sheet = { 0 };
	struct sheet_reading reading = { .sheet = &sheet, .row_line = 1, .line = 1 };
	struct csv_parser parser;
	if (sheet_given_delimiter(text) != 0) {
		const uint8_t *newline = memchr(text.data, '\n', text.length);
		size_t length = newline == NULL ? text.length : (size_t)(newline - text.data) + 1;
		text = bytes_of(text.data + length, text.length - length);
		reading.row_line = reading.line = 2;
	}
	if (csv_init(&parser, CSV_REPALL_NL) != 0)
		return fail(reason, ERR_FULL, "there is not enough memory");
	csv_set_delim(&parser, (unsigned char)delimiter);
	enum err err = feed(&parser, &reading, text, rows_max, reason);
	if (err == OK)
		err = check(&reading, false, reason);
	for (size_t i = 0; i < sheet.cell_count && err == OK; i++) {
		if (sheet.cells[i].length > SHEET_CELL_BYTES_MAX)
			err = fail(reason, ERR_INVALID, "a cell has more than %d bytes",
				SHEET_CELL_BYTES_MAX);
	}
	csv_free(&parser);
	if (err != OK)
		sheet_release(&sheet);
	else
		*out = sheet;
	return err;
}

struct bytes sheet_cell(const struct sheet *sheet, const struct sheet_row *row, size_t column)
{
	if (column >= row->cell_count)
		return bytes_of("", 0);
	const struct sheet_cell *cell = &sheet->cells[row->first_cell + column];
	return bytes_of(sheet->letters.data + cell->offset, cell->length);
}

bool sheet_cell_write(FILE *file, struct bytes cell)
{
	char marked[SHEET_CELL_BYTES_MAX + 1] = "'";
	CHECK(cell.length <= SHEET_CELL_BYTES_MAX);
	if (!cell_is_formula(cell))
		return csv_fwrite(file, cell.data, cell.length) == 0;
	memcpy(marked + 1, cell.data, cell.length);
	return csv_fwrite(file, marked, cell.length + 1) == 0;
}

void sheet_unmark(struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->cell_count; i++) {
		struct sheet_cell *cell = &sheet->cells[i];
		struct bytes marked = bytes_of(sheet->letters.data + cell->offset, cell->length);
		uint32_t marks = cell->length - (uint32_t)cell_unmark(marked).length;
		cell->offset += marks;
		cell->length -= marks;
	}
}
