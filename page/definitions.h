/*
 * page/definitions.h - what each figure means: docs/indicators.md, or its Dutch twin, as a page.
 *
 * The documents are in the program, so that the page's links lead to the definitions of this very
 * version. They use few marks: headings, paragraphs, lists, tables, code, `*` and `**`.
 */
#ifndef PAGE_DEFINITIONS_H
#define PAGE_DEFINITIONS_H

#include "page/words.h"

/* Appends the whole document of the language. Each heading has the id that links lead to. */
void definitions_print(enum language language, struct text *out);

/*
 * Appends the HTML of the marks above, from the text of a document: what is no mark is escaped.
 * The id of a heading is the `name` that it begins with, else "better" where it begins so, else its
 * number in the document.
 */
void markdown_print(struct bytes document, struct text *out);

/* The document of a language; in assets.c. */
struct bytes page_definitions(enum language language);

#endif
