/*
 * tools/import/letters.c - see letters.h.
 */
#include "tools/import/letters.h"

#include "base/check.h"

#define BYTES_LOOKED_AT 4096 /* for UTF-16 without a mark */

const char *letters_name(enum letters letters)
{
	switch (letters) {
	case LETTERS_ASCII:
		return "plain letters";
	case LETTERS_UTF8:
		return "UTF-8";
	case LETTERS_UTF8_MARKED:
		return "UTF-8 with a mark (BOM)";
	case LETTERS_WINDOWS_1252:
		return "Windows-1252";
	}
	check_failed("letters of the enum", __FILE__, __LINE__);
}

/* The character at the beginning of *rest, taken off; 0 when there is none in UTF-8. */
static uint32_t utf8_take(struct bytes *rest)
{
	static const uint32_t min[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t first = rest->data[0];
	size_t length = first < 0x80   ? 1
			: first < 0xC0 ? 0
			: first < 0xE0 ? 2
			: first < 0xF0 ? 3
				       : 4;
	if (length == 0 || length > rest->length || first > 0xF4)
		return 0;
	uint32_t c = length == 1 ? first : first & (0xFFu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if ((rest->data[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (rest->data[i] & 0x3F);
	}
	if (c < min[length] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return 0;
	*rest = bytes_of(rest->data + length, rest->length - length);
	return c;
}

static void utf8_add(struct text *out, uint32_t c)
{
	if (c < 0x80) {
		text_add_char(out, (char)c);
	} else if (c < 0x800) {
		text_add_char(out, (char)(0xC0 | c >> 6));
		text_add_char(out, (char)(0x80 | (c & 0x3F)));
	} else {
		if (c < 0x10000) {
			text_add_char(out, (char)(0xE0 | c >> 12));
		} else {
			text_add_char(out, (char)(0xF0 | c >> 18));
			text_add_char(out, (char)(0x80 | (c >> 12 & 0x3F)));
		}
		text_add_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
		text_add_char(out, (char)(0x80 | (c & 0x3F)));
	}
}

/* 0x80 to 0x9F of Windows-1252; 0: no letter. The others are those of Unicode. */
static const uint16_t windows_1252[32] = {
	0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, /* 80 */
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,      /* 88 */
	0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, /* 90 */
	0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178, /* 98 */
};

static bool begins_with(struct bytes bytes, const char *head, size_t length)
{
	return bytes.length >= length && memcmp(bytes.data, head, length) == 0;
}

/* What is no list at all. */
static enum err look(struct bytes file, struct reason *reason)
{
	static const char again[] =
		"Open it in the spreadsheet program and save it as \"CSV UTF-8\" (Dutch Excel: "
		"Opslaan als, CSV UTF-8 (door komma's gescheiden))";
	if (begins_with(file, "PK\x03\x04", 4) || begins_with(file, "PK\x05\x06", 4))
		return fail(reason, ERR_INVALID,
			"this is a workbook (.xlsx, .ods) or another packed file, not a CSV. %s",
			again);
	if (begins_with(file, "\xD0\xCF\x11\xE0", 4))
		return fail(reason, ERR_INVALID, "this is an old workbook (.xls), not a CSV. %s",
			again);
	if (begins_with(file, "%PDF", 4))
		return fail(reason, ERR_INVALID,
			"this is a PDF, not a CSV: ask for the list it was made from");
	size_t nuls = 0;
	for (size_t i = 0; i < file.length && i < BYTES_LOOKED_AT; i++)
		nuls += file.data[i] == 0;
	if (begins_with(file, "\xFF\xFE", 2) || begins_with(file, "\xFE\xFF", 2) || nuls > 10)
		return fail(reason, ERR_INVALID,
			"this is text in two bytes a letter (UTF-16, \"Unicode text\"), or no "
			"text. "
			"%s",
			again);
	return OK;
}

static bool is_utf8(struct bytes rest, bool *ascii)
{
	*ascii = true;
	while (rest.length > 0) {
		*ascii = *ascii && rest.data[0] < 0x80;
		if (rest.data[0] == 0)
			rest = bytes_of(rest.data + 1, rest.length - 1);
		else if (utf8_take(&rest) == 0)
			return false;
	}
	return true;
}

enum err letters_decode(
	struct bytes file, enum letters *letters, struct text *out, struct reason *reason)
{
	bool ascii;
	unsigned line = 1;
	enum err err = look(file, reason);
	if (err != OK)
		return err;
	bool marked = begins_with(file, "\xEF\xBB\xBF", 3);
	if (marked)
		file = bytes_of(file.data + 3, file.length - 3);
	bool utf8 = is_utf8(file, &ascii);
	for (size_t i = 0; i < file.length; i++) {
		uint8_t c = file.data[i];
		uint32_t letter = c;
		if (c == '\r') {
			if (i + 1 < file.length && file.data[i + 1] == '\n')
				continue;
			letter = '\n';
		} else if (!utf8 && c >= 0x80 && c < 0xA0) {
			letter = windows_1252[c - 0x80];
		}
		if (letter == 0)
			return fail(reason, ERR_INVALID,
				"line %u has a byte (%02X, hexadecimal) that is no letter, neither "
				"in UTF-8 nor in Windows-1252. Save it again as \"CSV UTF-8\"",
				line, c);
		line += letter == '\n';
		if (utf8)
			text_add_char(out, (char)letter);
		else
			utf8_add(out, letter);
	}
	if (out->failed)
		return fail(reason, ERR_FULL, "there is not enough memory");
	*letters = marked && utf8 ? LETTERS_UTF8_MARKED
		   : !utf8        ? LETTERS_WINDOWS_1252
		   : ascii        ? LETTERS_ASCII
				  : LETTERS_UTF8;
	return OK;
}

/* Small letters with accents: the letter, what it is made of. Compose and strip use it. */
static const struct {
	uint16_t letter;
	uint8_t base;
	uint16_t accent;
} accents[] = {
	{ 0xE0, 'a', 0x300 },
	{ 0xE1, 'a', 0x301 },
	{ 0xE2, 'a', 0x302 },
	{ 0xE3, 'a', 0x303 },
	{ 0xE4, 'a', 0x308 },
	{ 0xE5, 'a', 0x30A },
	{ 0x101, 'a', 0x304 },
	{ 0x103, 'a', 0x306 },
	{ 0x105, 'a', 0x328 },
	{ 0xE7, 'c', 0x327 },
	{ 0x107, 'c', 0x301 },
	{ 0x10D, 'c', 0x30C },
	{ 0x10F, 'd', 0x30C },
	{ 0xE8, 'e', 0x300 },
	{ 0xE9, 'e', 0x301 },
	{ 0xEA, 'e', 0x302 },
	{ 0xEB, 'e', 0x308 },
	{ 0x113, 'e', 0x304 },
	{ 0x117, 'e', 0x307 },
	{ 0x119, 'e', 0x328 },
	{ 0x11B, 'e', 0x30C },
	{ 0x11F, 'g', 0x306 },
	{ 0xEC, 'i', 0x300 },
	{ 0xED, 'i', 0x301 },
	{ 0xEE, 'i', 0x302 },
	{ 0xEF, 'i', 0x308 },
	{ 0x12B, 'i', 0x304 },
	{ 0x13A, 'l', 0x301 },
	{ 0xF1, 'n', 0x303 },
	{ 0x144, 'n', 0x301 },
	{ 0x148, 'n', 0x30C },
	{ 0xF2, 'o', 0x300 },
	{ 0xF3, 'o', 0x301 },
	{ 0xF4, 'o', 0x302 },
	{ 0xF5, 'o', 0x303 },
	{ 0xF6, 'o', 0x308 },
	{ 0x14D, 'o', 0x304 },
	{ 0x151, 'o', 0x30B },
	{ 0x155, 'r', 0x301 },
	{ 0x159, 'r', 0x30C },
	{ 0x15B, 's', 0x301 },
	{ 0x15F, 's', 0x327 },
	{ 0x161, 's', 0x30C },
	{ 0x165, 't', 0x30C },
	{ 0x163, 't', 0x327 },
	{ 0xF9, 'u', 0x300 },
	{ 0xFA, 'u', 0x301 },
	{ 0xFB, 'u', 0x302 },
	{ 0xFC, 'u', 0x308 },
	{ 0x16B, 'u', 0x304 },
	{ 0x16F, 'u', 0x30A },
	{ 0x171, 'u', 0x30B },
	{ 0xFD, 'y', 0x301 },
	{ 0xFF, 'y', 0x308 },
	{ 0x17A, 'z', 0x301 },
	{ 0x17C, 'z', 0x307 },
	{ 0x17E, 'z', 0x30C },
	{ 0x219, 's', 0x326 },
	{ 0x21B, 't', 0x326 },
};

static uint32_t small_letter(uint32_t c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
		(c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F))
		return c + 0x20;
	if (c >= 0x400 && c <= 0x40F)
		return c + 0x50;
	/* A Turkish name is written with and without its dots. */
	if (c == 0x130 || c == 0x131)
		return 'i';
	if (c == 0x178)
		return 0xFF;
	if ((c >= 0x139 && c <= 0x147) || (c >= 0x179 && c <= 0x17D))
		return c + (c & 1);
	if ((c >= 0x100 && c <= 0x137) || (c >= 0x14A && c <= 0x177) || (c >= 0x218 && c <= 0x21B))
		return c | 1;
	return c;
}

/* What is typed in several ways, and invisible spaces. */
static uint32_t plain_letter(uint32_t c)
{
	switch (c) {
	case '\t':
	case '\n':
	case 0xA0:
	case 0x2009:
	case 0x202F:
	case 0x3000:
		return ' ';
	case 0x2018:
	case 0x2019:
	case 0x201B:
	case 0xB4:
	case '`':
		return '\'';
	case 0x2010:
	case 0x2011:
	case 0x2012:
	case 0x2013:
	case 0x2014:
		return '-';
	default:
		return small_letter(c);
	}
}

static bool is_invisible(uint32_t c)
{
	return c == 0xAD || (c >= 0x200B && c <= 0x200F) || c == 0xFEFF;
}

static uint32_t composed(uint32_t base, uint32_t accent)
{
	for (size_t i = 0; i < ARRAY_LENGTH(accents); i++) {
		if (accents[i].base == base && accents[i].accent == accent)
			return accents[i].letter;
	}
	return 0;
}

static uint32_t without_accent(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_LENGTH(accents); i++) {
		if (accents[i].letter == c)
			return accents[i].base;
	}
	return c == 0xF8 ? 'o' : c == 0x142 ? 'l' : c;
}

static void fold(struct bytes rest, bool strip, struct text *out)
{
	uint32_t waiting = 0; /* the letter that an accent may still follow */
	bool space = false, any = false;
	while (rest.length > 0) {
		uint32_t c = utf8_take(&rest);
		if (c == 0) {
			rest = bytes_of(rest.data + 1, rest.length - 1);
			continue;
		}
		c = plain_letter(c);
		if (is_invisible(c))
			continue;
		bool accent = c >= 0x300 && c <= 0x36F;
		if (accent && waiting == 'i' && c == 0x307)
			continue;
		if (accent && waiting != 0 && composed(waiting, c) != 0) {
			waiting = composed(waiting, c);
			continue;
		}
		if (waiting != 0)
			utf8_add(out, strip ? without_accent(waiting) : waiting);
		waiting = 0;
		if (c == ' ') {
			space = any;
			continue;
		}
		if (space)
			text_add_char(out, ' ');
		space = false;
		any = true;
		waiting = c;
	}
	if (waiting != 0)
		utf8_add(out, strip ? without_accent(waiting) : waiting);
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
