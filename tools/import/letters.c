/*
 * tools/import/letters.c - see letters.h.
 */
#include "tools/import/letters.h"

#include "base/check.h"
#include "tools/import/windows_1252.h"

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

static bool begins_with(struct bytes bytes, const char *head, size_t length)
{
	return bytes.length >= length && memcmp(bytes.data, head, length) == 0;
}

#define SAVE_AGAIN                                                                                 \
	"Open it in the spreadsheet program and save it as \"CSV UTF-8\" (Dutch Excel: "           \
	"Opslaan als, CSV UTF-8 (door komma's gescheiden))"

/* What is no list at all. */
static enum err refuse_others(struct bytes file, struct reason *reason)
{
	if (begins_with(file, "PK\x03\x04", 4) || begins_with(file, "PK\x05\x06", 4))
		return fail(reason, ERR_INVALID,
			"this is a workbook (.xlsx, .ods) or another packed file, not a "
			"CSV. " SAVE_AGAIN
			", or make one of it with `xlsx2csv -f %%d-%%m-%%Y LIST.xlsx "
			"list.csv` or with LibreOffice: `soffice --headless --convert-to csv "
			"LIST.xlsx`");
	if (begins_with(file, "\xD0\xCF\x11\xE0", 4))
		return fail(reason, ERR_INVALID,
			"this is an old workbook (.xls), not a CSV. " SAVE_AGAIN
			", or make one of it with LibreOffice: `soffice --headless --convert-to "
			"csv LIST.xls`");
	if (begins_with(file, "%PDF", 4))
		return fail(reason, ERR_INVALID,
			"this is a PDF, not a CSV: ask for the list it was made from");
	size_t nuls = 0;
	for (size_t i = 0; i < file.length && i < BYTES_LOOKED_AT; i++)
		nuls += file.data[i] == 0;
	if (begins_with(file, "\xFF\xFE", 2) || begins_with(file, "\xFE\xFF", 2) || nuls > 10)
		return fail(reason, ERR_INVALID,
			"this is text in two bytes a letter (UTF-16, \"Unicode text\"), or no "
			"text. " SAVE_AGAIN);
	return OK;
}

/* The line of the byte at `at`, from 1. */
static unsigned line_of(struct bytes file, size_t at)
{
	unsigned line = 1;
	for (size_t i = 0; i < at && i < file.length; i++)
		line += file.data[i] == '\n' ||
			(file.data[i] == '\r' &&
				(i + 1 == file.length || file.data[i + 1] != '\n'));
	return line;
}

/* What a text looks like as UTF-8. */
struct utf8_look {
	size_t letters;    /* that take several bytes */
	size_t broken;     /* bytes that are part of none */
	size_t broken_at;  /* the first of them */
	size_t damaged_at; /* of what an earlier program could not read; the length: nothing */
};

/* Is it of Windows-1252 below A0, and of Unicode elsewhere? */
static bool is_of_windows(uint32_t c)
{
	bool found = false;
	for (unsigned byte = 0x80; byte < 0xA0 && c >= 0x100 && !found; byte++)
		found = windows_1252_letter((uint8_t)byte) == c;
	return found;
}

/*
 * What is left of a letter when a program read UTF-8 as Windows-1252, and wrote that as UTF-8:
 * "Ã©", "ÄŸ". What Unicode has from 80 to 9F is nothing that one types.
 */
static bool is_read_twice(uint32_t before, uint32_t c)
{
	bool is_sign = (c > 0xA0 && c < 0xC0 && c != 0xAD) || c == 0x178 || c >= 0x2010;
	if (c >= 0x80 && c < 0xA0 && c != 0x85)
		return true;
	if (before == 0xC3)
		return (c >= 0x80 && c < 0xC0) || is_of_windows(c);
	return (before == 0xC4 || before == 0xC5) && is_sign && (c < 0xC0 || is_of_windows(c));
}

static struct utf8_look look_as_utf8(struct bytes file)
{
	struct utf8_look look = { .broken_at = file.length, .damaged_at = file.length };
	struct bytes rest = file;
	uint32_t before = 0;
	while (rest.length > 0) {
		size_t at = file.length - rest.length;
		uint32_t c = rest.data[0] == 0 ? 0 : utf8_take(&rest);
		if (c == 0) {
			/* A NUL is told later, as a byte that is no letter. */
			look.broken += rest.data[0] != 0;
			if (rest.data[0] != 0 && look.broken_at == file.length)
				look.broken_at = at;
			rest = bytes_of(rest.data + 1, rest.length - 1);
		}
		look.letters += c >= 0x80;
		if (look.damaged_at == file.length && (c == 0xFFFD || is_read_twice(before, c)))
			look.damaged_at = at;
		before = c;
	}
	return look;
}

/*
 * One broken byte must not change how all others are read. ERR_INVALID: neither encoding fits
 * without doubt, and *reason says where.
 */
static enum err check_encoding(
	struct bytes file, const struct utf8_look *look, bool marked, struct reason *reason)
{
	size_t at;
	if (look->broken > 0 && (marked || look->letters > 0))
		return fail(reason, ERR_INVALID,
			"line %u has a byte (%02X, hexadecimal) that is no letter in UTF-8, as "
			"the others are. " SAVE_AGAIN,
			line_of(file, look->broken_at), file.data[look->broken_at]);
	if (look->broken == 0 && look->damaged_at < file.length)
		return fail(reason, ERR_INVALID,
			"line %u has letters that another program has spoilt before: go back to "
			"the list as it was. " SAVE_AGAIN,
			line_of(file, look->damaged_at));
	if (look->broken > 0 && !is_windows_1252(file, &at))
		return fail(reason, ERR_INVALID,
			"line %u has letters that are not those of UTF-8, and hardly those of "
			"Windows-1252: the list may be one of a Mac or of MS-DOS. " SAVE_AGAIN,
			line_of(file, at));
	return OK;
}

enum err letters_decode(
	struct bytes file, enum letters *letters, struct text *out, struct reason *reason)
{
	unsigned line = 1;
	enum err err = refuse_others(file, reason);
	if (err != OK)
		return err;
	bool marked = begins_with(file, "\xEF\xBB\xBF", 3);
	if (marked)
		file = bytes_of(file.data + 3, file.length - 3);
	struct utf8_look look = look_as_utf8(file);
	err = check_encoding(file, &look, marked, reason);
	if (err != OK)
		return err;
	bool utf8 = look.broken == 0, ascii = look.broken == 0 && look.letters == 0;
	for (size_t i = 0; i < file.length; i++) {
		uint8_t c = file.data[i];
		uint32_t letter = c;
		if (c == '\r') {
			if (i + 1 < file.length && file.data[i + 1] == '\n')
				continue;
			letter = '\n';
		} else if (!utf8) {
			letter = windows_1252_letter(c);
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
