/*
 * tools/import/rejected.c - see rejected.h.
 */
#include "tools/import/rejected.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "tools/common/options.h"

#define FILES_MAX  99
#define ROWS_SHOWN 10

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

/* The columns of the list but for those that an import added before. */
static size_t own_columns(const struct rows *rows)
{
	const struct sheet *sheet = &rows->list->sheet;
	const struct sheet_row *heading = &sheet->rows[rows->list->heading];
	size_t count = heading->cell_count;
	if (count > 3 && bytes_are(sheet_cell(sheet, heading, count - 3), "line") &&
		bytes_are(sheet_cell(sheet, heading, count - 2), "column") &&
		bytes_are(sheet_cell(sheet, heading, count - 1), "reason"))
		return count - 3;
	return count;
}

static bool write_row(const struct rows *rows, FILE *file, const struct sheet_row *cells,
	const struct bytes added[3])
{
	const struct list *list = rows->list;
	size_t own = own_columns(rows);
	bool written = true;
	for (size_t i = 0; i < own + 3 && written; i++) {
		struct bytes cell = i < own ? sheet_cell(&list->sheet, cells, i) : added[i - own];
		written = (i == 0 || fputc(list->delimiter, file) != EOF) &&
			  sheet_cell_write(file, cell);
	}
	return written && fputs("\r\n", file) != EOF;
}

static bool write_rows(const struct rows *rows, FILE *file)
{
	const struct bytes headings[3] = { bytes_of_string("line"), bytes_of_string("column"),
		bytes_of_string("reason") };
	const struct list *list = rows->list;
	bool written = fputs("\xEF\xBB\xBF", file) != EOF &&
		       write_row(rows, file, &list->sheet.rows[list->heading], headings);
	for (size_t i = 0; i < rows->count && written; i++) {
		const struct row *row = &rows->rows[i];
		char line[16];
		if (!row->is_rejected)
			continue;
		snprintf(line, sizeof(line), "%u", row->cells->line);
		const struct bytes added[3] = { bytes_of_string(line), column_name(rows, row),
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
			*name == NULL ? "the file of rejected rows" : *name, strerror(errno));
		if (fd != -1)
			close(fd);
		return err;
	}
	bool written = write_rows(rows, file);
	written = fclose(file) == 0 && written;
	return written ? OK
		       : fail(reason, ERR_IO, "%s cannot be written: %s", *name, strerror(errno));
}

void rejected_tell(const struct rows *rows)
{
	size_t shown = 0;
	for (size_t i = 0; i < rows->count && shown < ROWS_SHOWN; i++) {
		const struct row *row = &rows->rows[i];
		if (!row->is_rejected)
			continue;
		struct bytes column = column_name(rows, row);
		complain("import", 0, "line %u%s%.*s: %s.", row->cells->line,
			column.length == 0 ? "" : ", column ", (int)column.length,
			(const char *)column.data, row->reason == NULL ? "" : row->reason);
		shown++;
	}
	if (rejected_count(rows) > shown)
		complain("import", 0, "and %zu more rows are rejected.",
			rejected_count(rows) - shown);
}
