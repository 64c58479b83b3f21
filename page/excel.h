/*
 * page/excel.h - figures as one table for people: what Excel opens with a double click in the
 * Netherlands, and LibreOffice, with the words of the page.
 *
 * It is made of the rows of engine/csv.h and trend_print_csv(), so that both show the same
 * figures. UTF-8 with a byte-order mark, semicolons between the cells, commas in the numbers,
 * shares as fractions, days as 2026-09-30; no cell is a formula. A rung and a number of months
 * have columns of their own, to sort and to pivot by.
 */
#ifndef PAGE_EXCEL_H
#define PAGE_EXCEL_H

#include "page/words.h"

struct excel_view {
	enum language language;
	const char *place; /* the municipality's name; NULL: its code, or that it is all of them */
};

/*
 * Appends the table: a line of names and one for each row of `csv`, which begins with its own line
 * of names.
 */
void excel_print(struct bytes csv, const struct excel_view *view, struct text *out);

/* A word of the CSV in the language; NULL: there is none. */
enum excel_kind { EXCEL_SUBJECT, EXCEL_FIGURE, EXCEL_LABEL };
const char *excel_word(enum language language, enum excel_kind kind, struct bytes word);

#endif
