/*
 * base/plain.c - see plain.h.
 */
#include "base/plain.h"

#include <string.h>

/* The character that `length` bytes of UTF-8 are. */
static uint32_t character_of(const uint8_t *data, size_t length)
{
	static const uint8_t masks[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	uint32_t character = data[0] & masks[length];
	for (size_t i = 1; i < length; i++)
		character = character << 6 | (data[i] & 0x3F);
	return character;
}

static bool is_plain(uint32_t character, bool lines)
{
	if (character < 0x20)
		return lines && (character == '\n' || character == '\t');
	return !((character >= 0x7F && character <= 0x9F) || character == 0x061C ||
		 character == 0x200E || character == 0x200F ||
		 (character >= 0x2028 && character <= 0x202E) ||
		 (character >= 0x2066 && character <= 0x2069));
}

size_t plain_make(char *text, size_t length, bool lines)
{
	size_t kept = 0;
	for (size_t i = 0; i < length;) {
		const uint8_t *data = (const uint8_t *)text + i;
		size_t step = character_length(data, length - i);
		if (step > 0 && is_plain(character_of(data, step), lines)) {
			memmove(text + kept, text + i, step);
			kept += step;
		} else {
			text[kept++] = '?';
		}
		i += step > 0 ? step : 1;
	}
	return kept;
}

void plain_make_string(char *text)
{
	text[plain_make(text, strlen(text), false)] = '\0';
}

void text_add_plain(struct text *out, struct bytes text)
{
	size_t before = out->length;
	text_add(out, text);
	if (!out->failed && text.length > 0)
		out->length = before + plain_make(out->data + before, text.length, false);
}

/* A sign, digits with at most one point or comma, and an exponent: nothing to reckon with. */
static bool is_number(const uint8_t *c, const uint8_t *end)
{
	size_t digits = 0, points = 0;
	if (c < end && (*c == '+' || *c == '-'))
		c++;
	for (; c < end && ((*c >= '0' && *c <= '9') || *c == '.' || *c == ','); c++) {
		digits += *c >= '0' && *c <= '9';
		points += *c == '.' || *c == ',';
	}
	if (digits == 0 || points > 1)
		return false;
	if (c < end && (*c == 'e' || *c == 'E')) {
		c++;
		if (c < end && (*c == '+' || *c == '-'))
			c++;
		if (c == end)
			return false;
		while (c < end && *c >= '0' && *c <= '9')
			c++;
	}
	return c == end;
}

bool cell_is_formula(struct bytes cell)
{
	size_t at = 0;
	while (at < cell.length && cell.data[at] == '\'')
		at++;
	return at < cell.length && memchr("=+-@\t\r", cell.data[at], 6) != NULL &&
	       !is_number(cell.data, cell.data + cell.length);
}

void text_add_cell(struct text *out, struct bytes cell)
{
	bool formula = cell_is_formula(cell), quoted = false;
	for (size_t i = 0; i < cell.length; i++)
		quoted = quoted || memchr(",;\t\"\r\n", cell.data[i], 6) != NULL;
	if (quoted)
		text_add_char(out, '"');
	if (formula)
		text_add_char(out, '\'');
	for (size_t i = 0; i < cell.length; i++) {
		if (cell.data[i] == '"')
			text_add_char(out, '"');
		text_add_char(out, (char)cell.data[i]);
	}
	if (quoted)
		text_add_char(out, '"');
}

struct bytes cell_unmark(struct bytes cell)
{
	if (cell.length == 0 || cell.data[0] != '\'')
		return cell;
	const struct bytes rest = bytes_of(cell.data + 1, cell.length - 1);
	return cell_is_formula(rest) ? rest : cell;
}
