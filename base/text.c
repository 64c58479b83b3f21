/*
 * base/text.c - see text.h.
 */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/grow.h"

#define TEXT_FIRST 256

void text_release(struct text *text)
{
	free(text->data);
	*text = (struct text){ 0 };
}

/* Makes room for `more` bytes and a NUL. */
static bool text_reserve(struct text *text, size_t more)
{
	if (text->failed || more > SIZE_MAX - text->length - 1) {
		text->failed = true;
		return false;
	}
	size_t need = text->length + more + 1;
	if (need <= text->size)
		return true;
	text->failed = !GROW(text->data, text->size, need < TEXT_FIRST ? TEXT_FIRST : need);
	return !text->failed;
}

void text_room(struct text *text, size_t bytes)
{
	(void)text_reserve(text, bytes);
}

void text_add(struct text *text, struct bytes bytes)
{
	if (!text_reserve(text, bytes.length))
		return;
	if (bytes.length > 0)
		memcpy(text->data + text->length, bytes.data, bytes.length);
	text->length += bytes.length;
	text->data[text->length] = '\0';
}

void text_add_string(struct text *text, const char *string)
{
	text_add(text, bytes_of_string(string));
}

void text_add_char(struct text *text, char c)
{
	text_add(text, bytes_of(&c, 1));
}

void text_add_integer(struct text *text, int64_t value)
{
	char digits[24];
	size_t at = sizeof(digits);
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		digits[--at] = '-';
	text_add(text, bytes_of(digits + at, sizeof(digits) - at));
}

void text_printf(struct text *text, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	CHECK(length >= 0);
	if (!text_reserve(text, (size_t)length))
		return;
	va_start(arguments, format);
	vsnprintf(text->data + text->length, (size_t)length + 1, format, arguments);
	va_end(arguments);
	text->length += (size_t)length;
}

size_t character_length(const uint8_t *data, size_t length)
{
	uint8_t first = data[0];
	size_t need = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
	if (need == 0 || first > 0xF4 || need > length)
		return 0;
	for (size_t i = 1; i < need; i++) {
		if ((data[i] & 0xC0) != 0x80)
			return 0;
	}
	if ((first == 0xE0 && data[1] < 0xA0) || (first == 0xED && data[1] > 0x9F) ||
		(first == 0xF0 && data[1] < 0x90) || (first == 0xF4 && data[1] > 0x8F))
		return 0;
	return need;
}

void text_add_json(struct text *text, struct bytes bytes)
{
	text_add_char(text, '"');
	for (size_t i = 0; i < bytes.length;) {
		uint8_t c = bytes.data[i];
		size_t length = character_length(bytes.data + i, bytes.length - i);
		if (c == '"' || c == '\\') {
			text_add_char(text, '\\');
			text_add_char(text, (char)c);
		} else if (c < 0x20) {
			text_printf(text, "\\u%04x", c);
		} else if (length > 0) {
			text_add(text, bytes_of(bytes.data + i, length));
		} else {
			text_add_string(text, "\xEF\xBF\xBD");
		}
		i += length > 0 ? length : 1;
	}
	text_add_char(text, '"');
}
