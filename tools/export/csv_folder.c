/*
 * tools/export/csv_folder.c - see csv_folder.h.
 */
#include "tools/export/csv_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/date.h"
#include "base/file.h"
#include "base/plain.h"

struct csv_folder {
	const struct table *tables;
	size_t table_count;
	FILE *files[TABLES_MAX];
	struct text line;
};

static enum err write_failed(const char *name, struct reason *reason)
{
	return fail(reason, ERR_IO, "%s.csv cannot be written: %s", name, strerror(errno));
}

static enum err line_write(
	struct csv_folder *book, const struct table *table, FILE *file, struct reason *reason)
{
	text_add_char(&book->line, '\n');
	if (book->line.failed)
		return fail(reason, ERR_FULL, "there is not enough memory");
	if (fwrite(book->line.data, 1, book->line.length, file) != book->line.length)
		return write_failed(table->name, reason);
	return OK;
}

static enum err table_open(
	struct csv_folder *book, const char *path, size_t at, struct reason *reason)
{
	const struct table *table = &book->tables[at];
	char name[FILE_PATH_MAX], file[FILE_PATH_MAX];
	snprintf(name, sizeof(name), "%s.csv", table->name);
	if (file_join(path, name, file, sizeof(file)) != OK)
		return fail(reason, ERR_IO, "the name of the folder is too long");
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	book->files[at] = fd == -1 ? NULL : fdopen(fd, "w");
	if (book->files[at] == NULL) {
		enum err err = write_failed(table->name, reason);
		if (fd != -1)
			close(fd);
		return err;
	}
	book->line.length = 0;
	for (size_t i = 0; i < table->column_count; i++) {
		if (i > 0)
			text_add_char(&book->line, ',');
		text_add_string(&book->line, table->columns[i].name);
	}
	return line_write(book, table, book->files[at], reason);
}

enum err csv_folder_open(const char *path, const struct table *tables, size_t table_count,
	struct reason *reason, struct csv_folder **out)
{
	struct csv_folder *book = calloc(1, sizeof(*book));
	enum err err = OK;
	CHECK(table_count <= TABLES_MAX);
	if (book == NULL)
		return fail(reason, ERR_FULL, "there is not enough memory");
	book->tables = tables;
	book->table_count = table_count;
	for (size_t i = 0; i < table_count && err == OK; i++)
		err = table_open(book, path, i, reason);
	if (err == OK)
		*out = book;
	else
		CHECK(csv_folder_close(book, false, NULL) == OK);
	return err;
}

static void datum_print(
	const struct typed_column *column, const struct datum *datum, struct text *out)
{
	char day[DATE_LENGTH + 1];
	if (!datum->present)
		return;
	switch (column->kind) {
	case DATUM_INTEGER:
		text_add_integer(out, datum->number);
		return;
	case DATUM_BOOLEAN:
		text_add_string(out, datum->number != 0 ? "true" : "false");
		return;
	case DATUM_DATE:
		date_print((int32_t)datum->number, day);
		text_add_string(out, day);
		return;
	case DATUM_TEXT:
	case DATUM_NUMERIC:
		text_add_cell(out, datum->text);
		return;
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

enum err csv_folder_add(
	struct csv_folder *book, size_t table, const struct datum *row, struct reason *reason)
{
	const struct table *own = &book->tables[table];
	book->line.length = 0;
	for (size_t i = 0; i < own->column_count; i++) {
		if (i > 0)
			text_add_char(&book->line, ',');
		datum_print(&own->columns[i], &row[i], &book->line);
	}
	return line_write(book, own, book->files[table], reason);
}

enum err csv_folder_close(struct csv_folder *book, bool written, struct reason *reason)
{
	enum err err = OK;
	for (size_t i = 0; i < book->table_count; i++) {
		FILE *file = book->files[i];
		if (file == NULL)
			continue;
		if (written && err == OK && (fflush(file) != 0 || fsync(fileno(file)) != 0))
			err = write_failed(book->tables[i].name, reason);
		if (fclose(file) != 0 && written && err == OK)
			err = write_failed(book->tables[i].name, reason);
	}
	text_release(&book->line);
	free(book);
	return err;
}
