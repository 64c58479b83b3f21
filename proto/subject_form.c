/*
 * proto/subject_form.c - see subject_form.h.
 */
#include "proto/subject_form.h"

#include "base/check.h"

bool subject_pattern_is_valid(const char *pattern)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-*";
	size_t length = strlen(pattern);
	return length >= 1 && length <= SUBJECT_PATTERN_LENGTH_MAX &&
	       strspn(pattern, allowed) == length;
}

/*
 * When letters differ after a star, the star takes one more. Only the last star need be
 * tried again: what stands before it is matched as early as can be.
 */
bool subject_matches(struct bytes subject, const char *pattern)
{
	const char *star = NULL;
	size_t at = 0, taken = 0;
	while (at < subject.length) {
		if (*pattern == '*') {
			star = pattern++;
			taken = at;
		} else if (*pattern != '\0' && (uint8_t)*pattern == subject.data[at]) {
			pattern++;
			at++;
		} else if (star != NULL) {
			pattern = star + 1;
			at = ++taken;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

/* The first place that is not before `municipality`. */
static size_t place_of(const struct subject_forms *forms, uint16_t municipality)
{
	size_t low = 0, high = forms->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (forms->items[middle].municipality < municipality)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *subject_forms_find(const struct subject_forms *forms, uint16_t municipality)
{
	if (forms->everywhere != NULL)
		return forms->everywhere;
	size_t at = place_of(forms, municipality);
	return at < forms->count && forms->items[at].municipality == municipality
		       ? forms->items[at].pattern
		       : NULL;
}

void subject_forms_add(struct subject_forms *forms, struct subject_form form)
{
	size_t at = place_of(forms, form.municipality);
	CHECK(at == forms->count || forms->items[at].municipality != form.municipality);
	memmove(forms->items + at + 1, forms->items + at,
		(forms->count - at) * sizeof(*forms->items));
	forms->items[at] = form;
	forms->count++;
}
