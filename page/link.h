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

/* GM0823, or all. */
struct phrase link_municipality(uint16_t municipality);

#endif
