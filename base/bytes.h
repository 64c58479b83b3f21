/*
 * base/bytes.h - borrowed bytes: a view of memory that somebody else owns.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
	const uint8_t *data;
	size_t length;
};

static inline struct bytes bytes_of(const void *data, size_t length)
{
	return (struct bytes){ data, length };
}

static inline struct bytes bytes_of_string(const char *string)
{
	return (struct bytes){ (const uint8_t *)string, strlen(string) };
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

static inline bool bytes_are(struct bytes a, const char *string)
{
	return bytes_equal(a, bytes_of_string(string));
}

/* Order of the bytes, a prefix before what it begins: <0, 0, >0 as memcmp. */
static inline int bytes_compare(struct bytes a, struct bytes b)
{
	size_t shorter = a.length < b.length ? a.length : b.length;
	int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);
	if (order != 0)
		return order;
	return (a.length > b.length) - (a.length < b.length);
}

/* Without the mark of UTF-8 (BOM) that programs of Windows begin a text with. */
static inline struct bytes bytes_unmarked(struct bytes text)
{
	if (text.length >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0)
		return bytes_of(text.data + 3, text.length - 3);
	return text;
}

/* Without the white space at its ends. */
static inline struct bytes bytes_trim(struct bytes bytes)
{
	while (bytes.length > 0 && isspace(bytes.data[0]))
		bytes = bytes_of(bytes.data + 1, bytes.length - 1);
	while (bytes.length > 0 && isspace(bytes.data[bytes.length - 1]))
		bytes.length--;
	return bytes;
}

#endif
