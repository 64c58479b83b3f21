/*
 * tools/import/list.h - a file of a spreadsheet program, recognised: its letters, its
 * delimiter, the line of its headings and how it writes days.
 *
 * The map recognises the file: the delimiter and the line are right with which all columns
 * are there that the map needs. So a title above the headings does not matter.
 */
#ifndef TOOLS_IMPORT_LIST_H
#define TOOLS_IMPORT_LIST_H

#include "tools/import/letters.h"
#include "tools/import/map.h"
#include "tools/import/sheet.h"
#include "tools/import/value.h"

#define LIST_HEADING_ROWS     20 /* the headings are among the first */
#define LIST_ABSENT           (-1)
#define LIST_MORE_SECONDS_MAX 8

struct list {
	enum letters letters;
	char delimiter;
	bool delimiter_given; /* by a first line such as sep=; */
	struct sheet sheet;
	size_t heading;                 /* the row */
	int positions[MAP_COLUMNS_MAX]; /* of the map's columns; LIST_ABSENT */
	int also[MAP_COLUMNS_MAX];      /* of a year: the birth date that gives it as well */
	int more_seconds[LIST_MORE_SECONDS_MAX]; /* columns beside that of PERSON_SECOND */
	size_t more_second_count;
	bool month_first;              /* slashed days */
	bool has_instant;              /* days that the zone decides */
	bool has_form[DAY_FORM_COUNT]; /* of the days in it */
	bool has_comma;                /* decimal */
	bool has_point;
};

/*
 * Reads and recognises `file`. ERR_INVALID: *reason says why not, and what to do. ERR_FULL: there
 * is no memory. On error *out needs no release.
 */
enum err list_read(struct bytes file, const struct map *map, struct list *out,
	struct reason *reason) NODISCARD;
void list_release(struct list *list);

/* The row's cell of a column of the map; empty when the list does not have it. */
struct bytes list_cell(const struct list *list, const struct sheet_row *row, size_t column);

/* The heading of a column of the map as the list writes it; empty when it does not have it. */
struct bytes list_heading(const struct list *list, size_t column);

/* Appends what was recognised, in words. */
void list_print(const struct list *list, struct text *out);

/* Appends the headings that the map does not use; nothing when it uses all. */
void list_print_unused(const struct list *list, const struct map *map, struct text *out);

/*
 * The columns of the list, without those that `import` itself adds at the end of a file of rejected
 * rows: `dates`, where the list has slashed days, and `line`, `column` and `reason`.
 */
size_t list_own_columns(const struct list *list);

/* How the list writes slashed days, for the column `dates`; NULL: it has none. */
const char *list_day_order(const struct list *list);

#endif
