/*
 * base/plain.h - what others wrote, made fit for a terminal and for a spreadsheet.
 *
 * A terminal obeys control characters, and characters that turn the direction of writing make it
 * show another text than there is. A spreadsheet program runs a cell that begins like a formula,
 * which may send the cells beside it away. So all that is printed for people goes through here,
 * in one place of each program: base/logging.c, tools/common/options.c.
 */
#ifndef BASE_PLAIN_H
#define BASE_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/text.h"

/*
 * Makes each of these one `?`, in place: C0, DEL and C1, what is not UTF-8, U+061C, U+200E,
 * U+200F, U+2028 to U+202E and U+2066 to U+2069. With `lines`, ends of lines and tabs stay.
 * Returns the new length, which is never larger; nothing is written beyond it.
 */
size_t plain_make(char *text, size_t length, bool lines);

/* The same, of a string. */
void plain_make_string(char *text);

/* Appends the same to `out`. */
void text_add_plain(struct text *out, struct bytes text);

/*
 * Does a spreadsheet program take the cell for a formula? It begins with = + - @, a tab or a
 * return, with or without apostrophes before it, and is no plain number.
 */
bool cell_is_formula(struct bytes cell);

/*
 * Appends a cell of CSV: with an apostrophe before it, which makes it text, when it is a formula,
 * and in quotation marks when it has to be, whatever the delimiter.
 */
void text_add_cell(struct text *out, struct bytes cell);

/* Takes that apostrophe off again, where it was put. */
struct bytes cell_unmark(struct bytes cell);

#endif
