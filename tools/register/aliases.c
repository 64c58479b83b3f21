/*
 * tools/register/aliases.c - see aliases.h.
 */
#include "tools/register/aliases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

struct alias {
	char text[ALIAS_LENGTH + 1];
	size_t entry;
};

struct aliases {
	const struct subjects *subjects;
	size_t count;
	struct alias list[]; /* in the order of their texts */
};

void alias_make(const struct salt *salt, const char *partner, const char *subject,
	char out[ALIAS_LENGTH + 1])
{
	char named[sizeof("alias>>") + 2 * SUBJECT_LENGTH_MAX];
	/* No name has a > in it: no key of a row of a list is the hash of such a text. */
	int length = snprintf(named, sizeof(named), "alias>%s>%s", partner, subject);
	CHECK(length > 0 && (size_t)length < sizeof(named));
	struct salted_hash hash = salted_hash_of(salt, bytes_of_string(named));
	out[0] = 'a';
	out[1] = '-';
	salted_hash_print(&hash, out + 2);
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct alias *)a)->text, ((const struct alias *)b)->text);
}

enum err aliases_new(const struct subjects *subjects, const char *partner, struct aliases **out)
{
	size_t count = subjects_count(subjects);
	struct aliases *aliases = calloc(1, sizeof(*aliases) + count * sizeof(aliases->list[0]));
	if (aliases == NULL)
		return ERR_FULL;
	aliases->subjects = subjects;
	aliases->count = count;
	for (size_t i = 0; i < count; i++) {
		aliases->list[i].entry = i;
		alias_make(subjects_salt(subjects), partner, subjects_pseudonym(subjects, i),
			aliases->list[i].text);
	}
	qsort(aliases->list, count, sizeof(aliases->list[0]), compare);
	*out = aliases;
	return OK;
}

void aliases_free(struct aliases *aliases)
{
	free(aliases);
}

const char *aliases_find(const struct aliases *aliases, struct bytes alias)
{
	struct alias wanted = { { 0 }, 0 };
	if (alias.length != ALIAS_LENGTH)
		return NULL;
	memcpy(wanted.text, alias.data, ALIAS_LENGTH);
	const struct alias *found =
		bsearch(&wanted, aliases->list, aliases->count, sizeof(aliases->list[0]), compare);
	return found == NULL ? NULL : subjects_pseudonym(aliases->subjects, found->entry);
}
