/*
 * tools/import/rejected.c - see rejected.h.
 */
#include "tools/import/rejected.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "tools/common/language.h"
#include "tools/common/options.h"

#define FILES_MAX  99
#define ROWS_SHOWN 10
#define ADDED_MAX  4

size_t rejected_count(const struct rows *rows)
{
	size_t count = 0;
	for (size_t i = 0; i < rows->count; i++)
		count += rows->rows[i].is_rejected;
	return count;
}

/* As the list calls the column; the map's name where it has none. */
static struct bytes column_name(const struct rows *rows, const struct row *row)
{
	if (row->column >= rows->map->column_count)
		return bytes_of("", 0);
	struct bytes heading = list_heading(rows->list, row->column);
	return heading.length > 0 ? heading : rows->map->columns[row->column].name;
}

/* Is the column of the list one of days? */
static bool has_days(const struct rows *rows, size_t position)
{
	const struct list *list = rows->list;
	bool found = false;
	for (size_t i = 0; i < list->more_second_count && !found; i++)
		found = list->more_seconds[i] == (int)position;
	for (size_t i = PERSON_SECOND; i < rows->map->column_count && !found; i++) {
		enum column_kind kind = rows->map->columns[i].kind;
		found = list->positions[i] == (int)position &&
			(i == PERSON_SECOND || kind == COLUMN_DATE || kind == COLUMN_YEAR);
	}
	return found;
}

/* A day is written as what it means: alone, its row does not tell which number is the month. */
static bool write_cell(
	const struct rows *rows, FILE *file, const struct sheet_row *cells, size_t position)
{
	struct bytes cell = sheet_cell(&rows->list->sheet, cells, position);
	struct text day = { 0 };
	bool is_day = cell.length > 0 && has_days(rows, position) &&
		      birthday_print(cell, rows->list->month_first, &day);
	bool written = !day.failed && sheet_cell_write(file, is_day ? text_bytes(&day) : cell);
	text_release(&day);
	return written;
}

static bool write_delimiter(const struct rows *rows, FILE *file)
{
	return fputc(rows->list->delimiter, file) != EOF;
}

/*
 * The cells of the list, those that are added, and behind them what a row had beyond its headings:
 * without it the row would be another one.
 */
static bool write_row(const struct rows *rows, FILE *file, const struct sheet_row *cells,
	const struct bytes added[ADDED_MAX])
{
	const struct list *list = rows->list;
	size_t own = list_own_columns(list), headings = list->sheet.rows[list->heading].cell_count;
	bool written = true;
	for (size_t i = 0; i < own && written; i++)
		written =
			(i == 0 || write_delimiter(rows, file)) && write_cell(rows, file, cells, i);
	for (size_t i = 0; i < ADDED_MAX && written; i++) {
		/* The first is the order of days, which not every list has. */
		if (i > 0 || list_day_order(list) != NULL)
			written = write_delimiter(rows, file) && sheet_cell_write(file, added[i]);
	}
	for (size_t i = headings; i < cells->cell_count && written; i++)
		written = write_delimiter(rows, file) &&
			  sheet_cell_write(file, sheet_cell(&list->sheet, cells, i));
	return written && fputs("\r\n", file) != EOF;
}

static bool write_head(const struct rows *rows, FILE *file)
{
	const struct bytes headings[ADDED_MAX] = { bytes_of_string("dates"),
		bytes_of_string("line"), bytes_of_string("column"), bytes_of_string("reason") };
	const struct list *list = rows->list;
	return fputs("\xEF\xBB\xBF", file) != EOF &&
	       (!list->delimiter_given || fprintf(file, "sep=%c\r\n", list->delimiter) > 0) &&
	       write_row(rows, file, &list->sheet.rows[list->heading], headings);
}

static bool write_rows(const struct rows *rows, FILE *file)
{
	const char *order = list_day_order(rows->list);
	bool written = write_head(rows, file);
	for (size_t i = 0; i < rows->count && written; i++) {
		const struct row *row = &rows->rows[i];
		char line[16];
		if (!row->is_rejected)
			continue;
		snprintf(line, sizeof(line), "%u", row->cells->line);
		const struct bytes added[ADDED_MAX] = { bytes_of_string(order == NULL ? "" : order),
			bytes_of_string(line), column_name(rows, row),
			bytes_of_string(row->reason == NULL ? "" : row->reason) };
		written = write_row(rows, file, row->cells, added);
	}
	return written;
}

/* Opens a file that is not there yet; its name in *name. -1: none. */
static int open_new(const char *path, char **name)
{
	size_t length = strlen(path);
	int fd = -1;
	if (length > 4 && strcasecmp(path + length - 4, ".csv") == 0)
		length -= 4;
	for (int number = 1; number <= FILES_MAX && fd == -1; number++) {
		char suffix[8] = "";
		if (number > 1)
			snprintf(suffix, sizeof(suffix), "-%d", number);
		free(*name);
		if (asprintf(name, "%.*s.rejected%s.csv", (int)length, path, suffix) < 0) {
			*name = NULL;
			return -1;
		}
		/* It has names of people: its owner's only. */
		fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd == -1 && errno != EEXIST)
			return -1;
	}
	return fd;
}

enum err rejected_write(
	const struct rows *rows, const char *path, char **name, struct reason *reason)
{
	*name = NULL;
	int fd = open_new(path, name);
	FILE *file = fd == -1 ? NULL : fdopen(fd, "w");
	if (file == NULL) {
		enum err err = fail(reason, ERR_IO, "%s cannot be written: %s",
			*name == NULL ? said("the file of rejected rows") : *name,
			said(strerror(errno)));
		if (fd != -1)
			close(fd);
		return err;
	}
	bool written = write_rows(rows, file);
	written = fclose(file) == 0 && written;
	return written ? OK
		       : fail(reason, ERR_IO, "%s cannot be written: %s", *name,
				 said(strerror(errno)));
}

void rejected_tell(const struct rows *rows)
{
	size_t shown = 0;
	for (size_t i = 0; i < rows->count && shown < ROWS_SHOWN; i++) {
		const struct row *row = &rows->rows[i];
		if (!row->is_rejected)
			continue;
		struct bytes column = column_name(rows, row);
		const char *reason = row->reason == NULL ? "" : row->reason;
		if (column.length == 0)
			complain("import", 0, "line %u: %s.", row->cells->line, reason);
		else
			complain("import", 0, "line %u, column %.*s: %s.", row->cells->line,
				(int)column.length, (const char *)column.data, reason);
		shown++;
	}
	if (rejected_count(rows) > shown)
		complain("import", 0, "and %zu more rows are rejected.",
			rejected_count(rows) - shown);
}
