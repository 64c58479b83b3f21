/*
 * page/sections.h - the sections of the page, one a question of a council.
 */
#ifndef PAGE_SECTIONS_H
#define PAGE_SECTIONS_H

#include "page/html.h"

/* All, in their order. */
void sections_print(struct page *page);

#endif
