/*
 * tools/import/who.h - whom a row is about, as the list says it: a name, and what tells apart
 * people of one name.
 */
#ifndef TOOLS_IMPORT_WHO_H
#define TOOLS_IMPORT_WHO_H

#include "tools/import/list.h"

struct who {
	struct text name; /* as the list writes it; parts of it in their order */
	struct text name_folded;
	struct text second; /* as the list writes it, birthdays as YYYY-MM-DD */
	struct text second_folded;
	struct text more; /* what other columns for it say, folded */
	bool is_certain;  /* false: which name is meant cannot be known */
};

/* Reads it; release it. */
void who_read(const struct list *list, const struct sheet_row *row, struct who *out);
void who_release(struct who *who);

/* All people that a list names, to see who shares a name. */
struct people;

/* ERR_FULL: there is no memory. people_free() accepts NULL. */
enum err people_read(const struct list *list, struct people **out) NODISCARD;
void people_free(struct people *people);

/* Does the list have people of this name that it tells apart? */
bool people_share_name(const struct people *people, const struct who *who);

/*
 * Has another row this name and the same second, and something else in the other columns that
 * tell people apart? Or has this row only something in those? Then who is meant cannot be known.
 */
bool people_contradict(const struct people *people, const struct who *who);

#endif
