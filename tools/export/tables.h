/*
 * tools/export/tables.h - the tables of an export: one a type of event, made of the table of types
 * (proto/event.h), and those that are the same in each.
 */
#ifndef TOOLS_EXPORT_TABLES_H
#define TOOLS_EXPORT_TABLES_H

#include "proto/event.h"
#include "tools/export/workbook.h"

/* The tables that are no type's: X(NAME, name, keyed, of people, sentence) */
#define EXPORT_TABLES(X)                                                                           \
	X(ABOUT, export, false, false, "what was asked, and how much there is of it")              \
	X(PEOPLE, people, true, true, "who there is, at the reference date")                       \
	X(SPELLS, spells, false, true, "the records of the curves: each was at risk")              \
	X(CURVES, curves, true, false, "how each curve is reckoned from its spells")               \
	X(FIGURES, figures, false, false, "the figures, as ladder replay --format csv has them")

enum export_table {
#define EXPORT_TABLE_ENUM(NAME, ...) TABLE_##NAME,
	EXPORT_TABLES(EXPORT_TABLE_ENUM)
#undef EXPORT_TABLE_ENUM
		TABLE_EVENTS, /* and the types from here on, in the order of the schema */
};

/* Places in a row of these tables. */
enum {
	ABOUT_AS_OF,
	ABOUT_KNOWN_AT,
	ABOUT_MUNICIPALITY,
	ABOUT_WINDOW,
	ABOUT_DEFINITIONS,
	ABOUT_PEOPLE,
	ABOUT_EVENTS,
	ABOUT_SPELLS,
	ABOUT_COLUMNS,
};
enum {
	PEOPLE_PERSON,
	PEOPLE_BIRTH_YEAR,
	PEOPLE_ACT,
	PEOPLE_SETTLED_ON,
	PEOPLE_HOME,
	PEOPLE_LIVES_IN,
	PEOPLE_ADULT,
	PEOPLE_IN_POPULATION,
	PEOPLE_BREADWINNER,
	PEOPLE_UNDER_GUIDANCE,
	PEOPLE_TARGET_MINUTES,
	PEOPLE_COLUMNS,
};
enum {
	SPELLS_CURVE,
	SPELLS_PERSON,
	SPELLS_MUNICIPALITY,
	SPELLS_STARTED_ON,
	SPELLS_ENTRY,
	SPELLS_EXIT,
	SPELLS_CAUSE,
	SPELLS_COLUMNS,
};
enum {
	CURVES_CURVE,
	CURVES_SHOWS,
	CURVES_AT_RISK_MIN,
	CURVES_CAUSE_1,
	CURVES_CAUSE_2,
	CURVES_COLUMNS,
};
enum { FIGURES_COLUMNS = 9 }; /* as engine/csv.h has them */

/* Places in a row of an event: `person` stands between, where its type is about one. */
enum { EVENT_NUMBER, EVENT_FIRST };
#define EVENT_COLUMNS 5 /* event, municipality, occurred_on, recorded_on, partner */

/* All of them. *count of them; the same at each call. */
const struct table *export_tables(size_t *count);

/* The table of a type; false: its events are not exported. */
bool export_table_of(enum event_type type, size_t *out);

#endif
