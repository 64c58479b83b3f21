/*
 * daemon/http/query.c - see query.h.
 */
#include "daemon/http/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

#define DIGITS_MAX 18 /* fit 64 bits */

static enum err unknown_say(const struct query_check *check, struct reason *reason)
{
	char allowed[200] = "";
	if (check->known[0] == NULL)
		return fail(reason, ERR_INVALID, "this path takes no parameter");
	for (unsigned i = 0; check->known[i] != NULL; i++)
		snprintf(allowed + strlen(allowed), sizeof(allowed) - strlen(allowed), "%s%s",
			i == 0 ? "" : ", ", check->known[i]);
	return fail(reason, ERR_INVALID,
		"the address has a parameter that is not known; there are: %s", allowed);
}

enum err query_take(
	struct query_check *check, const char *name, const char *value, struct reason *reason)
{
	for (unsigned i = 0; check->known[i] != NULL; i++) {
		CHECK(i < QUERY_PARAMETERS_MAX);
		if (strcmp(check->known[i], name) != 0)
			continue;
		if ((check->seen >> i & 1) != 0)
			return fail(reason, ERR_INVALID, "%s is given twice", check->known[i]);
		/* Asked for by name and left empty is not the same as not asked for. */
		if (value == NULL)
			return fail(reason, ERR_INVALID, "%s has no value", check->known[i]);
		check->seen |= UINT32_C(1) << i;
		return OK;
	}
	return unknown_say(check, reason);
}

enum err query_number(const char *name, const char *text, uint64_t min, uint64_t max, uint64_t *out,
	struct reason *reason)
{
	size_t length = strlen(text);
	CHECK(min <= max);
	if (length > 0 && length <= DIGITS_MAX && strspn(text, "0123456789") == length) {
		uint64_t number = strtoull(text, NULL, 10);
		if (number >= min && number <= max) {
			*out = number;
			return OK;
		}
	}
	return fail(reason, ERR_INVALID, "%s must be a whole number from %llu to %llu", name,
		(unsigned long long)min, (unsigned long long)max);
}
