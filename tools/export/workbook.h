/*
 * tools/export/workbook.h - the tables of an export, written row by row: an SQLite file, or a
 * folder of CSV files.
 *
 * A workbook is written under another name beside its own, readable by its owner only, and gets its
 * name when it is whole: so nobody takes half of one for an export, and what is there already is
 * never written over. What an export that was cut off left there is taken away by the next one.
 *
 *   workbook_begin()  nothing has the name yet
 *   workbook_add()    a row, of any table
 *   workbook_end()    synced, under its name; or gone
 */
#ifndef TOOLS_EXPORT_WORKBOOK_H
#define TOOLS_EXPORT_WORKBOOK_H

#include "base/bytes.h"
#include "base/err.h"

enum datum_kind {
	DATUM_INTEGER,
	DATUM_BOOLEAN, /* SQLite: 0 or 1; CSV: false or true */
	DATUM_DATE,    /* YYYY-MM-DD */
	DATUM_TEXT,
	DATUM_NUMERIC, /* a number as it is printed, or a word */
};

struct typed_column {
	const char *name;
	enum datum_kind kind;
	bool required; /* no row is without it */
};

#define COLUMNS_MAX 16

struct table {
	const char *name;
	const char *sentence; /* what it has */
	struct typed_column columns[COLUMNS_MAX];
	size_t column_count;
	bool is_keyed;     /* the first column tells the rows apart */
	bool is_of_people; /* rows are looked for by their `person` */
	bool is_of_events; /* begins with the columns that all events have */
};

/* One value: of a number, a truth or a day `number`, of the rest `text`; both empty: none. */
struct datum {
	bool present;
	int64_t number;
	struct bytes text;
};

static inline struct datum datum_number(int64_t number)
{
	return (struct datum){ .present = true, .number = number };
}

static inline struct datum datum_text(struct bytes text)
{
	return (struct datum){ .present = true, .text = text };
}

/* How many tables a workbook may have. */
#define TABLES_MAX 64

enum workbook_form { WORKBOOK_SQLITE, WORKBOOK_CSV };

struct workbook;

/*
 * Begins a workbook of these tables, which must outlive it; each is there, if only with its names.
 * ERR_CONFLICT: something has the name, or another export is writing it. ERR_NOT_FOUND: nothing can
 * be made there. ERR_IO, ERR_FULL.
 * *reason says why.
 */
enum err workbook_begin(enum workbook_form form, const char *path, const struct table *tables,
	size_t table_count, struct reason *reason, struct workbook **out) NODISCARD;

/* A row of a table, a datum a column. ERR_IO, ERR_FULL: workbook_end() says why. */
enum err workbook_add(struct workbook *book, size_t table, const struct datum *row) NODISCARD;

/*
 * When `written`, syncs the book and gives it its name; else removes it. Releases it. ERR_IO,
 * ERR_CONFLICT: it is gone, *reason says why.
 */
enum err workbook_end(struct workbook *book, bool written, struct reason *reason) NODISCARD;

#endif
