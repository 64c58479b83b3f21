/*
 * proto/subject_form.h - the form that a municipality demands of the pseudonyms of its register
 * ([municipality GMdddd] subject): a pattern of the characters of an identifier, in which `*`
 * stands for any characters, or none.
 */
#ifndef PROTO_SUBJECT_FORM_H
#define PROTO_SUBJECT_FORM_H

#include "base/bytes.h"

#define SUBJECT_PATTERN_LENGTH_MAX 64

struct subject_form {
	uint16_t municipality;
	const char *pattern;
};

/* What is demanded where. All zero: nothing is. */
struct subject_forms {
	const char *everywhere;     /* the pattern of all municipalities; NULL: each has its own */
	struct subject_form *items; /* sorted by municipality, distinct */
	size_t count;
};

/* True when `pattern` is one: 1 to SUBJECT_PATTERN_LENGTH_MAX characters. */
bool subject_pattern_is_valid(const char *pattern);

/* True when `subject` is of the form. */
bool subject_matches(struct bytes subject, const char *pattern);

/* The pattern that holds in a municipality; NULL: none does. */
const char *subject_forms_find(const struct subject_forms *forms, uint16_t municipality);

/* Puts a form in its place; `items` has room for it, and none of this municipality. */
void subject_forms_add(struct subject_forms *forms, struct subject_form form);

#endif
