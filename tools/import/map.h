/*
 * tools/import/map.h - a map says which columns of a list become which events.
 *
 * It is an INI file that people write; docs/import.md explains it. The ready maps
 * (tools/import/maps/) are compiled in. A map that was read is right: every field that an event
 * requires has a column or a constant, and every constant is one that its field takes.
 */
#ifndef TOOLS_IMPORT_MAP_H
#define TOOLS_IMPORT_MAP_H

#include "base/arena.h"
#include "base/text.h"
#include "proto/event.h"

#define MAP_COLUMNS_MAX    64
#define MAP_EVENTS_MAX     16
#define MAP_REFERENCES_MAX 4
#define MAP_KEYS_MAX       8

struct ready_map {
	const char *name;
	const char *text;
};

/* The last has no name. */
extern const struct ready_map ready_maps[];

/* NULL: there is none. */
const struct ready_map *ready_map_find(const char *name);

/* X(NAME, name, what it is) */
#define COLUMN_KINDS(X)                                                                            \
	X(TEXT, text, "names a row, and is never sent")                                            \
	X(DATE, date, "a day, or an ISO week")                                                     \
	X(YEAR, year, "a year, or the year of a day")                                              \
	X(WORD, word, "one of the words in [words COLUMN]")                                        \
	X(YES_NO, yes_no, "ja or nee")                                                             \
	X(NUMBER, number, "a number, rounded to a whole one")                                      \
	X(HOURS, hours, "hours, which become minutes")

enum column_kind {
#define COLUMN_KIND_ENUM(NAME, name, sentence) COLUMN_##NAME,
	COLUMN_KINDS(COLUMN_KIND_ENUM)
#undef COLUMN_KIND_ENUM
		COLUMN_KIND_COUNT,
};

/* A word of a list, in folded form, and what it stands for. */
struct map_word {
	struct bytes word;
	struct bytes constant;
	struct map_word *next;
};

/* Where a value comes from: a constant, or columns of which one has it. */
struct map_reference {
	struct bytes text; /* as the map has it; length 0: not given */
	unsigned line;
	bool is_template;    /* {column} in an identifier; the columns are those in it */
	size_t column_count; /* 0: a constant */
	size_t columns[MAP_REFERENCES_MAX]; /* indexes of map.columns */
};

struct map_column {
	struct bytes name;          /* as the map calls it */
	struct map_word *spellings; /* of its heading, in order; no constants */
	enum column_kind kind;
	struct map_word *words; /* COLUMN_WORD */
	struct map_word *units; /* COLUMN_NUMBER: what may stand after the number; no constants */
	struct map_reference not_before; /* COLUMN_DATE: a column of days that do not come later */
	struct bytes value;              /* where the cell is empty; length 0: none */
	unsigned line;
	bool kind_given;
};

struct map_event {
	const struct schema *schema;
	struct map_reference occurred_on;
	struct map_reference when; /* only where this column has a value */
	struct map_reference fields[EVENT_VALUES_MAX];
	unsigned line;
};

/* What says who a row is about: columns of the kind text that every map has. */
enum person_column {
	PERSON_NAME,
	PERSON_FIRST,
	PERSON_INFIX,
	PERSON_LAST,
	PERSON_SECOND,  /* tells apart people of one name */
	PERSON_SUBJECT, /* a pseudonym, used as it is */
	PERSON_COLUMN_COUNT,
};

struct map {
	struct bytes name;
	struct map_reference municipality;
	struct map_reference removed; /* a yes_no column: the row is to be as if never sent */
	struct map_reference key;     /* its columns name a row, with the person */
	size_t key_count;
	size_t keys[MAP_KEYS_MAX];
	struct map_column columns[MAP_COLUMNS_MAX]; /* the first are those of the person */
	size_t column_count;
	struct map_event events[MAP_EVENTS_MAX];
	size_t event_count;
	bool about_people;
	struct arena arena;
};

/*
 * Reads a map. `path` is how people call it. ERR_INVALID: *problems has a sentence a
 * line, each with file, line and what is allowed. ERR_FULL: it is too large, which
 * *problems says. On error *out needs no release.
 */
enum err map_read(
	const char *path, struct bytes text, struct map *out, struct text *problems) NODISCARD;

/*
 * Reads a map that says only who is who: [list] with a name, and [person]. It is the program's own,
 * so a mistake in it is ours. ERR_FULL: there is no memory.
 */
enum err map_read_people(const char *text, struct map *out) NODISCARD;
void map_release(struct map *map);

/* What a word of the list stands for; NULL when the map does not have it. */
const struct map_word *map_word_find(const struct map_word *words, struct bytes folded);

#endif
