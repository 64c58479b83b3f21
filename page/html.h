/*
 * page/html.h - writing the document: what its parts share.
 */
#ifndef PAGE_HTML_H
#define PAGE_HTML_H

#include "page/page.h"

/* A document while it is written. */
struct page {
	const struct page_view *view;
	struct text *out;
	unsigned charts; /* so far: their titles have ids */
	bool row_is_open;
	bool table_is_shown; /* and not in a <details> */
};

/* Markup as it stands; escaped text; a sentence of the table with its arguments. */
void put(struct page *page, const char *markup);
void put_escaped(struct page *page, const char *string);
void put_words(struct page *page, enum word word, const char *const *arguments);
#define SAY(page, ...)            SAY_WITH(page, __VA_ARGS__, NULL)
#define SAY_WITH(page, word, ...) put_words(page, word, (const char *const[]){ __VA_ARGS__ })

void put_bytes(struct page *page, struct bytes bytes);

/*
 * From the first byte to the open body, with the style. The title begins with `subject`, NULL:
 * none. `policy`: a Content-Security-Policy in the document itself, NULL: none.
 */
void page_head(struct page *page, const char *subject, const char *policy);

/*
 * Parts of the frame, in page.c. The other language, the way to all municipalities, and who is
 * signed in.
 */
void page_account(struct page *page);
/* Who was signed in must not take what is published for what is internal. */
void page_ended(struct page *page);
/* What the figures are: published or internal. */
void page_tag(struct page *page);
/*
 * At the head of every sheet of paper: what it is about (NULL: the municipality), and whether it
 * may be passed on.
 */
void page_sheet(struct page *page, const char *subject);

/* The plain text of a word, without arguments. */
const char *word_of(const struct page *page, enum word word);

/* Phrases in the page's language. */
struct phrase count_of(const struct page *page, double value);
struct phrase number_of(const struct page *page, double value);
struct phrase duration_of(const struct page *page, double days);

/*
 * A share of the figures in percent. In public it follows from rounded counts: it is said to be
 * about so much, in fives.
 */
struct phrase share_of(const struct page *page, double share);

/* A count in a sentence: in public it is about so many. */
struct phrase about_count(const struct page *page, double value);

/* A value of a series of the trend. */
struct phrase trend_text(const struct page *page, size_t series, double value);

/* The number at a path of the view's figures. */
double at(const struct page *page, const char *path);

/* True in the public profile. */
bool page_is_public(const struct page *page);

/* <section> with its heading, up to </section>. `name` is its id and class. */
void section_begin(struct page *page, const char *name, enum word title);
void section_end(struct page *page);

/* The number of a section in large type, and the sentence that begins with it. */
void section_number(struct page *page, const char *number, enum word word);
/*
 * The links of a card: to the definition and the CSV of an indicator, or of the "trend", and to
 * the permanent address of these very figures. A file has none.
 */
void links_print(struct page *page, const char *indicator);

/* In place of the number, when there is none: that nothing can be said. */
void section_nothing(struct page *page);
/* The same, of what the public sees of the newest quarter only: says so in another one. */
void section_nothing_grown(struct page *page);

/*
 * The table behind a chart, in a <details>: its columns, the first that of the rows' names;
 * then its rows; then a link to the CSV of an indicator, or of the trend (NULL).
 */
void table_open(struct page *page, enum word title);
void table_column(struct page *page, const char *name);
void table_body(struct page *page);
void table_row(struct page *page, const char *name);
void table_cell(struct page *page, const char *text);
void table_end(struct page *page, enum word title, const char *indicator);

/* The first three at once: `columns` ends with WORD_COUNT. */
void table_begin(struct page *page, enum word title, const enum word *columns);

/* The table alone, up to its columns. */
void table_frame(struct page *page, enum word title);

/* A table that stands open, for what has no other values: begins as table_begin(). */
void table_shown(struct page *page, enum word title, const enum word *columns);

/* low – high as percentages; a dash when there are none. */
struct phrase band_of(const struct look_estimate *estimate);

/* A sentence in a paragraph of its own, of the class `kind`. */
#define PARAGRAPH(page, kind, ...)                                                                 \
	do {                                                                                       \
		put(page, "<p class=\"" kind "\">");                                               \
		SAY(page, __VA_ARGS__);                                                            \
		put(page, "</p>\n");                                                               \
	} while (0)

#endif
