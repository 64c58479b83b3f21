/*
 * tools/import/fold.c - fold_name() and fold_word() of letters.h, by utf8proc.
 *
 * A name is decomposed first, since folding depends on the order of accents; then it is folded
 * and composed. What a reader does not see is dropped on the way.
 */
#include <stdlib.h>
#include <utf8proc.h>

#include "tools/import/letters.h"

/* What is typed in several ways, and looks like one. */
static utf8proc_int32_t plain_letter(utf8proc_int32_t c, void *data)
{
	(void)data;
	switch (c) {
	case '\t':
	case '\n':
	case '\v':
	case '\f':
	case '\r':
	case 0x85:
		return ' ';
	case '`':
	case 0xB4:
	case 0x2B9: /* and other primes and letters that stand for an apostrophe */
	case 0x2BB:
	case 0x2BC:
	case 0x2BD:
	case 0x2018:
	case 0x2019:
	case 0x201B:
	case 0x2032:
	case 0xFF07:
		return '\'';
	case 0x2212:
		return '-';
	case 0x131: /* A Turkish name is written with and without its dots. */
		return 'i';
	default:
		break;
	}
	utf8proc_category_t category = utf8proc_category(c);
	if (category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
		category == UTF8PROC_CATEGORY_ZP)
		return ' ';
	return category == UTF8PROC_CATEGORY_PD ? '-' : c;
}

/* As plain_letter(); letters with a stroke are accented ones to who types headings. */
static utf8proc_int32_t plain_base(utf8proc_int32_t c, void *data)
{
	return c == 0xF8 ? 'o' : c == 0x142 ? 'l' : plain_letter(c, data);
}

/* The text mapped; NULL: there is no memory, or it is no UTF-8. */
static utf8proc_uint8_t *map(struct bytes text, int options, utf8proc_custom_func custom,
	struct bytes *out, bool *no_memory)
{
	utf8proc_uint8_t *mapped = NULL;
	utf8proc_ssize_t length = utf8proc_map_custom(text.data, (utf8proc_ssize_t)text.length,
		&mapped, (utf8proc_option_t)options, custom, NULL);
	*no_memory = length == UTF8PROC_ERROR_NOMEM || length == UTF8PROC_ERROR_OVERFLOW;
	if (length < 0)
		return NULL;
	*out = bytes_of(mapped, (size_t)length);
	return mapped;
}

/* Takes the dot off each i that has one of its own, in place: what is left of a Turkish I. */
static void drop_dots(utf8proc_uint8_t *text, struct bytes *bytes)
{
	size_t kept = 0;
	for (size_t i = 0; i < bytes->length; i++) {
		bool dot = i + 1 < bytes->length && text[i] == 0xCC && text[i + 1] == 0x87;
		if (dot && kept > 0 && text[kept - 1] == 'i')
			i++;
		else
			text[kept++] = text[i];
	}
	bytes->length = kept;
}

/* Appends with single spaces, none at the ends. */
static void add_words(struct text *out, struct bytes text)
{
	bool space = false, any = false;
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] == ' ') {
			space = any;
			continue;
		}
		if (space)
			text_add_char(out, ' ');
		space = false;
		any = true;
		text_add_char(out, (char)text.data[i]);
	}
}

static void fold(struct bytes utf8, bool strip, struct text *out)
{
	struct bytes parts = bytes_of("", 0), folded = bytes_of("", 0), whole = bytes_of("", 0);
	utf8proc_uint8_t *memory[3] = { NULL, NULL, NULL };
	bool no_memory = false;
	if (utf8.length > 0)
		memory[0] = map(utf8, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_IGNORE, NULL,
			&parts, &no_memory);
	if (memory[0] != NULL)
		memory[1] = map(parts, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD,
			NULL, &folded, &no_memory);
	if (memory[1] != NULL) {
		drop_dots(memory[1], &folded);
		memory[2] = map(folded,
			UTF8PROC_STABLE | UTF8PROC_COMPOSE | (strip ? UTF8PROC_STRIPMARK : 0),
			strip ? plain_base : plain_letter, &whole, &no_memory);
	}
	add_words(out, whole);
	out->failed = out->failed || no_memory;
	for (size_t i = 0; i < 3; i++)
		free(memory[i]);
}

void fold_name(struct bytes utf8, struct text *out)
{
	fold(utf8, false, out);
}

void fold_word(struct bytes utf8, struct text *out)
{
	size_t begin = out->length;
	fold(utf8, true, out);
	while (out->length > begin && strchr(".:?!* \"'", out->data[out->length - 1]) != NULL)
		out->length--;
	size_t head = begin;
	while (head < out->length && strchr("\"' ", out->data[head]) != NULL)
		head++;
	if (head > begin)
		memmove(out->data + begin, out->data + head, out->length - head);
	out->length -= head - begin;
	if (out->data != NULL && out->length < out->size)
		out->data[out->length] = '\0';
}
