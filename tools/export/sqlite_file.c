/*
 * tools/export/sqlite_file.c - see sqlite_file.h. Alone sees SQLite.
 *
 * The file is nobody's before it is whole, so that a journal and syncs on the way would keep
 * nothing: one transaction, and the book syncs the file at its end. Indices grow with their tables,
 * at their ends, since people come in the order of their numbers: made of a whole table they would
 * be sorted in files elsewhere, where there may be no room, and nobody expects what is of people.
 */
#include "tools/export/sqlite_file.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "base/file.h"
#include "base/text.h"

struct sqlite_file {
	const struct table *tables;
	size_t table_count;
	sqlite3 *base;
	sqlite3_stmt *inserts[TABLES_MAX];
};

/* Maps what SQLite says to an error. */
static enum err sqlite_failed(struct sqlite_file *book, struct reason *reason)
{
	int code = book->base == NULL ? SQLITE_NOMEM : sqlite3_errcode(book->base);
	if (code == SQLITE_NOMEM)
		return fail(reason, ERR_FULL, "there is not enough memory");
	return fail(reason, ERR_IO, "the file cannot be written: %s", sqlite3_errmsg(book->base));
}

/* Runs the statements in `text` and releases it. */
static enum err run(struct sqlite_file *book, struct text *text, struct reason *reason)
{
	enum err err = OK;
	if (text->failed)
		err = fail(reason, ERR_FULL, "there is not enough memory");
	else if (sqlite3_exec(book->base, text->data, NULL, NULL, NULL) != SQLITE_OK)
		err = sqlite_failed(book, reason);
	text_release(text);
	return err;
}

/* BOOLEAN, DATE and NUMERIC are of one affinity; R and DuckDB read more into the names. */
static const char *kind_name(enum datum_kind kind)
{
	switch (kind) {
	case DATUM_INTEGER:
		return "INTEGER";
	case DATUM_BOOLEAN:
		return "BOOLEAN";
	case DATUM_DATE:
		return "DATE";
	case DATUM_TEXT:
		return "TEXT";
	case DATUM_NUMERIC:
		return "NUMERIC";
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

static void table_define(const struct table *table, struct text *out)
{
	text_printf(out, "CREATE TABLE \"%s\" ( -- %s\n", table->name, table->sentence);
	for (size_t i = 0; i < table->column_count; i++) {
		const struct typed_column *column = &table->columns[i];
		text_printf(out, "\t\"%s\" %s%s%s%s\n", column->name, kind_name(column->kind),
			i == 0 && table->is_keyed ? " PRIMARY KEY" : "",
			column->required ? " NOT NULL" : "",
			i + 1 < table->column_count ? "," : "");
	}
	text_add_string(out, ");\n");
	if (table->is_of_people)
		text_printf(out, "CREATE INDEX \"%s_person\" ON \"%s\"(person);\n", table->name,
			table->name);
}

static enum err insert_prepare(struct sqlite_file *book, size_t at, struct reason *reason)
{
	struct text text = { 0 };
	enum err err = OK;
	text_printf(&text, "INSERT INTO \"%s\" VALUES (?", book->tables[at].name);
	for (size_t i = 1; i < book->tables[at].column_count; i++)
		text_add_string(&text, ",?");
	text_add_char(&text, ')');
	if (text.failed)
		err = fail(reason, ERR_FULL, "there is not enough memory");
	else if (sqlite3_prepare_v2(book->base, text.data, (int)text.length, &book->inserts[at],
			 NULL) != SQLITE_OK)
		err = sqlite_failed(book, reason);
	text_release(&text);
	return err;
}

enum err sqlite_file_open(const char *path, const struct table *tables, size_t table_count,
	struct reason *reason, struct sqlite_file **out)
{
	/* What begins with "file:" were an address to SQLite, and may be of another file. */
	char plain[FILE_PATH_MAX];
	bool whole = path[0] == '/';
	struct text text = { 0 };
	struct sqlite_file *book = calloc(1, sizeof(*book));
	enum err err = OK;
	CHECK(table_count <= TABLES_MAX);
	if (book == NULL)
		return fail(reason, ERR_FULL, "there is not enough memory");
	book->tables = tables;
	book->table_count = table_count;
	if (file_join(whole ? "" : ".", path + whole, plain, sizeof(plain)) != OK)
		err = fail(reason, ERR_IO, "the name of the file is too long");
	else if (sqlite3_open_v2(plain, &book->base, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		err = sqlite_failed(book, reason);
	text_add_string(&text,
		"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;\n"
		"PRAGMA temp_store=MEMORY;\n"
		"BEGIN;\n");
	for (size_t i = 0; i < table_count; i++)
		table_define(&tables[i], &text);
	if (err == OK)
		err = run(book, &text, reason);
	else
		text_release(&text);
	for (size_t i = 0; i < table_count && err == OK; i++)
		err = insert_prepare(book, i, reason);
	if (err == OK)
		*out = book;
	else
		CHECK(sqlite_file_close(book, false, NULL) == OK);
	return err;
}

static int bind(sqlite3_stmt *insert, int place, enum datum_kind kind, const struct datum *datum)
{
	char day[DATE_LENGTH + 1];
	if (!datum->present)
		return sqlite3_bind_null(insert, place);
	switch (kind) {
	case DATUM_INTEGER:
	case DATUM_BOOLEAN:
		return sqlite3_bind_int64(insert, place, datum->number);
	case DATUM_DATE:
		date_print((int32_t)datum->number, day);
		return sqlite3_bind_text(insert, place, day, DATE_LENGTH, SQLITE_TRANSIENT);
	case DATUM_TEXT:
	case DATUM_NUMERIC:
		return sqlite3_bind_text(insert, place, (const char *)datum->text.data,
			(int)datum->text.length, SQLITE_STATIC);
	}
	check_failed("a kind of the enum", __FILE__, __LINE__);
}

enum err sqlite_file_add(
	struct sqlite_file *book, size_t table, const struct datum *row, struct reason *reason)
{
	const struct table *own = &book->tables[table];
	sqlite3_stmt *insert = book->inserts[table];
	bool taken = true;
	for (size_t i = 0; i < own->column_count && taken; i++)
		taken = bind(insert, (int)i + 1, own->columns[i].kind, &row[i]) == SQLITE_OK;
	if (taken && sqlite3_step(insert) == SQLITE_DONE && sqlite3_reset(insert) == SQLITE_OK)
		return OK;
	return sqlite_failed(book, reason);
}

/* All events with what they have in common. */
static enum err finish(struct sqlite_file *book, struct reason *reason)
{
	struct text text = { 0 };
	const char *joint = "CREATE VIEW \"events\" AS";
	for (size_t i = 0; i < book->table_count; i++) {
		const struct table *table = &book->tables[i];
		if (!table->is_of_events)
			continue;
		text_printf(&text,
			"%s SELECT event, %s AS person, municipality, occurred_on, recorded_on, "
			"partner, '%s' AS type FROM \"%s\"\n",
			joint, table->is_of_people ? "person" : "NULL", table->name, table->name);
		joint = "UNION ALL";
	}
	text_add_string(&text, ";\nCOMMIT;\n");
	return run(book, &text, reason);
}

enum err sqlite_file_close(struct sqlite_file *book, bool written, struct reason *reason)
{
	enum err err = OK;
	for (size_t i = 0; i < book->table_count; i++)
		sqlite3_finalize(book->inserts[i]);
	if (written)
		err = finish(book, reason);
	if (sqlite3_close(book->base) != SQLITE_OK && written && err == OK)
		err = fail(reason, ERR_IO, "the file cannot be closed");
	free(book);
	return err;
}
