/*
 * tools/register/lists.h - lists that go to a partner with aliases, and come back with them.
 *
 * A list is a CSV in any of the forms that `ladder import` reads; events are JSON or NDJSON.
 */
#ifndef TOOLS_REGISTER_LISTS_H
#define TOOLS_REGISTER_LISTS_H

#include "tools/register/aliases.h"

struct partner_list {
	struct subjects *subjects;
	const char *partner;
	const char *path; /* of the list, as people call it */
	bool add;         /* people whom the table does not have get a pseudonym */

	/* Found: */
	struct text out;           /* what is to be written */
	size_t rows;               /* of the list */
	size_t added;              /* people */
	size_t unknown;            /* rows about nobody whom the table, or the partner, has */
	struct text unknown_lines; /* the first few of their lines */
};

/*
 * A list of people becomes name;second;alias, a row each, for the partner; rows about people whom
 * the table does not have, or has several of, are left out. ERR_INVALID: it is no such list.
 * ERR_FULL. *reason says why.
 */
enum err list_give(
	struct partner_list *listing, struct bytes file, struct reason *reason) NODISCARD;

/*
 * A list with aliases, in a column Alias, or events whose `subject` is one, become the same with
 * pseudonyms. When `unknown` is not 0 then, nothing of it may be used. Errors as list_give()'s.
 */
enum err list_turn_back(
	struct partner_list *listing, struct bytes file, struct reason *reason) NODISCARD;

void partner_list_release(struct partner_list *listing);

#endif
