/*
 * tools/register/aliases.h - other names of people for one partner: so that two lists that leak
 * cannot be joined.
 *
 * An alias is a keyed hash of partner and pseudonym; the key is the salt of the table of people.
 * So nothing has to be kept for it, the same person has the same alias each time, and without the
 * table nobody can tell that two aliases are one person, not even a partner of its own list. A
 * partner whose list leaked gets other aliases under another name.
 */
#ifndef TOOLS_REGISTER_ALIASES_H
#define TOOLS_REGISTER_ALIASES_H

#include "tools/import/subjects.h"

#define ALIAS_LENGTH (2 + SALTED_HASH_LENGTH) /* "a-" and 32 digits */

/* Writes ALIAS_LENGTH characters and a NUL. */
void alias_make(const struct salt *salt, const char *partner, const char *subject,
	char out[ALIAS_LENGTH + 1]);

/* The aliases that a partner has for all people of a table, to find who an alias is. */
struct aliases;

/* ERR_FULL: there is no memory. The table must outlive it. aliases_free() accepts NULL. */
enum err aliases_new(
	const struct subjects *subjects, const char *partner, struct aliases **out) NODISCARD;
void aliases_free(struct aliases *aliases);

/* The pseudonym; NULL: the alias is none of this partner's. */
const char *aliases_find(const struct aliases *aliases, struct bytes alias);

#endif
