/*
 * tools/import/value.h - what is written in a cell becomes a value: days, numbers, hours.
 *
 * Nothing is guessed: what can be read in two ways is refused with what to write instead.
 * A reason never repeats the cell.
 */
#ifndef TOOLS_IMPORT_VALUE_H
#define TOOLS_IMPORT_VALUE_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/text.h"

/* How the days of a list are written. */
enum day_form {
	DAY_DASHED,  /* 3-4-2025, 3.4.2025: always the day first, as the Dutch do */
	DAY_SLASHED, /* 3/4/2025: the list as a whole tells which comes first */
	DAY_ISO,     /* 2025-04-03 */
	DAY_WORDS,   /* 3 april 2025 */
	DAY_WEEK,    /* 2025-W14: the Monday of the week */
	DAY_FORM_COUNT,
};

struct day_cell {
	enum day_form form;
	int32_t day;         /* of the zone that is set, when the cell tells an instant */
	int32_t written_day; /* as it stands there */
	bool has_zone;       /* it is an instant: a time with its distance from UTC */
	bool first_over_12;  /* DAY_SLASHED: the first number can be no month */
	bool second_over_12; /* DAY_SLASHED: the second can be none */
};

/*
 * Reads a day; a time of day after it plays no part, but for an instant: programs write the
 * midnight of a day as `2025-04-02T22:00:00.000Z`, and that is 3 April. A weekday before it must
 * be the day's. ERR_INVALID: *why says what to write.
 * When a slashed day does not exist in this order only, `out->form` and the two flags are
 * set all the same.
 */
enum err day_cell_read(struct bytes cell, bool month_first, struct day_cell *out, const char **why);

struct number_cell {
	int64_t millionths;
	bool comma; /* decimal */
	bool point;
};

/* Reads a number alone, not below 0, `2`, `2,5` or `2.5`. ERR_INVALID as above. */
enum err number_cell_read(struct bytes cell, struct number_cell *out, const char **why);

/* The same, and appends in folded form what stands after the number: a unit, as `uur`. */
enum err amount_cell_read(
	struct bytes cell, struct number_cell *out, struct text *unit, const char **why);

/* What to write where there is no such unit. */
extern const char number_alone[];

/*
 * Reads hours as whole minutes: `2,5`, `2.5`, `2:30`, `2 uur`, `2u30`, `90 min`. `number` is filled
 * as by number_cell_read() when there is one. ERR_INVALID as above.
 */
enum err hours_cell_read(
	struct bytes cell, int64_t *minutes, struct number_cell *number, const char **why);

/* A birthday of which the year is known: 00-00-1990, xx-xx-1990, 1990-05-00; 0: not known. */
struct unknown_birthday {
	int year;
	int month;
	int day;
};

/* False: it is no such birthday. */
bool unknown_birthday_read(struct bytes cell, bool month_first, struct unknown_birthday *out);

/* A year of four digits, or that of a day or of an unknown birthday. ERR_INVALID as above. */
enum err year_cell_read(struct bytes cell, bool month_first, int64_t *year, const char **why);

/* Appends a birthday as YYYY-MM-DD, with 00 for what is not known. False: it is none. */
bool birthday_print(struct bytes cell, bool month_first, struct text *out);

/*
 * Appends what tells apart people of one name in the form in which it is compared: birthdays as
 * days, however they are written, other things as names.
 */
void second_fold(struct bytes cell, bool month_first, struct text *out);

#endif
