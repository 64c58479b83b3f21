/*
 * daemon/http/accept.c - see accept.h.
 */
#include "daemon/http/accept.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/check.h"

#define NOT_NAMED (-1) /* by the header */
#define RANGE_MAX 64   /* characters of a media range, as text followed by a star */

/* 0 to 1 with up to three decimals, in thousandths (RFC 9110, 12.4.2); 0 for anything else. */
static int weight_of(const char *text)
{
	int weight = text[0] == '1' ? ACCEPT_WEIGHT_MAX : 0, digit = 100;
	if ((text[0] != '0' && text[0] != '1') || weight == ACCEPT_WEIGHT_MAX || text[1] != '.')
		return weight;
	for (text += 2; *text >= '0' && *text <= '9' && digit > 0; text++, digit /= 10)
		weight += (*text - '0') * digit;
	return weight;
}

/* The weight of one element of the header, by its parameter q. */
static int element_weight(const char *element, size_t length)
{
	const char *end = element + length;
	for (const char *at = element; at < end; at++) {
		if (*at != ';')
			continue;
		const char *name = at + 1;
		while (name < end && (*name == ' ' || *name == '\t'))
			name++;
		if (name + 2 < end && (*name == 'q' || *name == 'Q') && name[1] == '=')
			return weight_of(name + 2);
	}
	return ACCEPT_WEIGHT_MAX;
}

/* `parts`: also what goes on with a hyphen. NOT_NAMED: `wanted` is not there. */
static int header_weight(const char *accept, const char *wanted, bool parts)
{
	int best = NOT_NAMED;
	CHECK(*wanted != '\0');
	for (const char *at = accept; at != NULL && *at != '\0';) {
		while (*at == ' ' || *at == ',' || *at == '\t')
			at++;
		size_t length = strcspn(at, ",");
		size_t compared = strcspn(at, parts ? "-,; \t" : ",; \t");
		if (compared == strlen(wanted) && strncasecmp(at, wanted, compared) == 0) {
			int weight = element_weight(at, length);
			best = weight > best ? weight : best;
		}
		at += length;
	}
	CHECK(best >= NOT_NAMED && best <= ACCEPT_WEIGHT_MAX);
	return best;
}

int accept_weight(const char *accept, const char *name)
{
	int weight = header_weight(accept, name, false);
	return weight == NOT_NAMED ? 0 : weight;
}

bool accept_prefers(const char *accept, const char *wanted, const char *usual)
{
	char range[RANGE_MAX];
	int weight = accept_weight(accept, wanted);
	int min = header_weight(accept, usual, false);
	if (weight == 0)
		return false;
	if (min != NOT_NAMED)
		return weight > min;
	int length = snprintf(range, sizeof(range), "%.*s*", (int)strcspn(usual, "/") + 1, usual);
	CHECK(length > 0 && (size_t)length < sizeof(range));
	min = header_weight(accept, range, false);
	if (min == NOT_NAMED)
		min = header_weight(accept, "*/*", false);
	return weight >= min;
}

int accept_language_weight(const char *accept, const char *language)
{
	int weight = header_weight(accept, language, true);
	return weight == NOT_NAMED ? 0 : weight;
}
