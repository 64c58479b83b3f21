/*
 * tools/import/letters.h - the letters of a list: from what a spreadsheet program wrote
 * to UTF-8, and how two spellings of one name or word are seen to be the same.
 */
#ifndef TOOLS_IMPORT_LETTERS_H
#define TOOLS_IMPORT_LETTERS_H

#include "base/text.h"

enum letters {
	LETTERS_ASCII, /* no letter tells UTF-8 from Windows-1252 */
	LETTERS_UTF8,
	LETTERS_UTF8_MARKED, /* with the mark at the beginning (BOM) that Excel writes */
	LETTERS_WINDOWS_1252,
};

/* As people call it. */
const char *letters_name(enum letters letters);

/*
 * Appends the file's text as UTF-8, without a mark, each line ended by LF alone.
 * ERR_INVALID: it is no text that can be read without doubt (a workbook, UTF-16, a NUL, a byte that
 * is no letter, the encodings of a Mac and of MS-DOS); *reason says where, and what to do.
 * ERR_FULL: there is no memory.
 */
enum err letters_decode(struct bytes file, enum letters *letters, struct text *out,
	struct reason *reason) NODISCARD;

/*
 * Appends the name of a person in the form in which names are compared: Unicode NFC of the full
 * case folding, without what nobody sees (marks of direction, joiners), with one kind of space,
 * hyphen and apostrophe, single spaces, none at the ends. Names that look alike are one; what is
 * no UTF-8 is nothing. Both are in fold.c.
 */
void fold_name(struct bytes utf8, struct text *out);

/* Appends a word in the form in which headings and words are compared: as fold_name(), and
 * without accents, without . : ? ! * at the end, and without quotation marks around. */
void fold_word(struct bytes utf8, struct text *out);

#endif
