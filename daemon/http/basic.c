/*
 * daemon/http/basic.c - see basic.h.
 */
#include "daemon/http/basic.h"

#include <string.h>
#include <strings.h>

#include "base/check.h"

/* The six bits of a character of base64; -1: it is none. */
static int digit_of(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = c == '\0' ? NULL : strchr(digits, c);
	return found == NULL ? -1 : (int)(found - digits);
}

/* Decodes base64 with its padding. False: it is none, or longer than the space. */
static bool base64_read(const char *text, uint8_t *out, size_t size, size_t *length)
{
	size_t characters = strlen(text), used = 0;
	if (characters % 4 != 0 || characters / 4 * 3 > size)
		return false;
	for (size_t i = 0; i < characters; i += 4) {
		bool last = i + 4 == characters;
		size_t count = 4;
		uint32_t bits = 0;
		while (last && count > 2 && text[i + count - 1] == '=')
			count--;
		for (size_t j = 0; j < 4; j++) {
			int digit = j < count ? digit_of(text[i + j]) : 0;
			if (digit < 0)
				return false;
			bits = bits << 6 | (uint32_t)digit;
		}
		for (size_t j = 0; j + 1 < count; j++)
			out[used++] = (uint8_t)(bits >> (16 - 8 * j));
	}
	CHECK(used <= size);
	*length = used;
	return true;
}

bool basic_read(const char *authorization, struct basic *out)
{
	static const char scheme[] = "Basic ";
	size_t length;
	if (authorization == NULL || strncasecmp(authorization, scheme, sizeof(scheme) - 1) != 0)
		return false;
	const char *text = authorization + sizeof(scheme) - 1;
	text += strspn(text, " ");
	if (!base64_read(text, out->space, sizeof(out->space), &length) || length == 0)
		return false;
	const uint8_t *colon = memchr(out->space, ':', length);
	if (colon == NULL)
		return false;
	size_t name = (size_t)(colon - out->space);
	out->name = bytes_of(out->space, name);
	out->password = bytes_of(colon + 1, length - name - 1);
	return true;
}
