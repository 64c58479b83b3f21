/*
 * page/link.h - the addresses that the page leads to.
 */
#ifndef PAGE_LINK_H
#define PAGE_LINK_H

#include "page/page.h"

/* The page itself in another language, as the address in an attribute. */
void link_print_page(const struct page_view *view, enum language language, struct text *out);

/* The CSV of an indicator, or of the "trend"; NULL: of all. */
void link_print_csv(const struct page_view *view, const char *part, struct text *out);

/* All figures as a table for Excel. */
void link_print_excel(const struct page_view *view, struct text *out);

/*
 * May `address` be gone back to after signing in? A path of a page and a query of plain letters,
 * at most LINK_BACK_MAX long: it leads nowhere else and is written as it stands. NULL may not.
 */
#define LINK_BACK_MAX 200
bool link_is_page(const char *address);

/* The form of signing in that leads back to this page, as the address in an attribute. */
void link_print_sign_in(const struct page_view *view, struct text *out);

/* The definition of an indicator; of the "trend" what better and worse mean. */
void link_print_definition(enum language language, const char *indicator, struct text *out);

/* These very figures for ever: with their day, what was known, and their set of definitions. */
void link_print_permanent(const struct page_view *view, struct text *out);

/* GM0823, or all. */
struct phrase link_municipality(uint16_t municipality);

#endif
