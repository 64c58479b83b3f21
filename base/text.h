/*
 * base/text.h - a growing buffer of bytes that is printed into.
 *
 * Running out of memory is remembered, not returned by each call: look at
 * `failed` once, at the end.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/bytes.h"
#include "base/err.h"

struct text {
	char *data; /* NUL-terminated once something was added */
	size_t length;
	size_t size;
	bool failed;
};

/* `*text = (struct text){0}` is an empty one. */
void text_release(struct text *text);

/* Makes room at once for so many bytes that are about to be added: to grow is to copy. */
void text_room(struct text *text, size_t bytes);

void text_add(struct text *text, struct bytes bytes);
void text_add_string(struct text *text, const char *string);
void text_add_char(struct text *text, char c);
void text_add_integer(struct text *text, int64_t value);
void text_printf(struct text *text, const char *format, ...) PRINTF_LIKE(2, 3);

/* The length of the UTF-8 sequence at `data`, of `length` > 0 bytes; 0: it is none (RFC 3629). */
size_t character_length(const uint8_t *data, size_t length);

/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void text_add_json(struct text *text, struct bytes bytes);

static inline struct bytes text_bytes(const struct text *text)
{
	return bytes_of(text->data, text->length);
}

#endif
