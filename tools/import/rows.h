/*
 * tools/import/rows.h - the rows of a list become events, or are rejected with a reason.
 *
 * A row's key is made of the list's name, the person's pseudonym and the columns that name
 * the row, salted; each event of the row has a key of its own. A row is sent whole or, when
 * one of its values is wrong, not at all.
 */
#ifndef TOOLS_IMPORT_ROWS_H
#define TOOLS_IMPORT_ROWS_H

#include "proto/validate.h"
#include "tools/import/list.h"
#include "tools/import/subjects.h"

/* An event of a row, as bytes of rows.events. */
struct row_event {
	size_t row;
	size_t offset;
	size_t length;
	const struct map_event *made_by;
	bool is_retraction; /* the row does not give this event any more */
	bool corrects;      /* something with this key was sent with another content */
};

struct row {
	const struct sheet_row *cells;
	bool is_rejected;
	bool is_repeated; /* the same as a row above: it is not sent again */
	bool is_removed;  /* marked as to be taken back */
	size_t column;    /* of the map; MAP_COLUMNS_MAX: none is meant */
	char *reason;     /* when rejected; owned */

	/* While the rows are made. */
	size_t first_part;
	size_t part_count;
	size_t name_offset; /* in `names`: what names it */
	size_t name_length;
	size_t entry; /* of the table of people; SIZE_MAX: none */
	bool is_like_others;
	bool is_of_new_person; /* the first that is sent of somebody who was not in the table */
};

struct rows {
	const struct map *map;
	const struct list *list;
	struct subjects *subjects;
	struct bytes municipality; /* of the option; length 0: the map says it */
	struct event_rules rules;

	struct row *rows;
	size_t count;

	/* What is to be sent, in the order of the rows. */
	struct text events;
	struct row_event *made;
	size_t made_count;
	size_t made_size;

	/* While the rows are made. */
	struct text names;
	struct text bodies; /* of events, from after their id */
	struct row_event *parts;
	size_t part_count;
	size_t part_size;
	struct arena arena;
};

/*
 * Makes the events; map, list, subjects, municipality and rules are set, the rest is zero.
 * ERR_FULL: there is no memory; release it all the same.
 */
enum err rows_make(struct rows *rows) NODISCARD;
void rows_release(struct rows *rows);

/* Rejects a row, if it is not yet. `field` is one of an event of the row, or "". */
void rows_reject(
	struct rows *rows, const struct row_event *event, const char *field, const char *message);

#endif
