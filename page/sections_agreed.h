/*
 * page/sections_agreed.h - the section of what the municipality agreed on, and what became of
 * it. Internal: what is published has no agreements.
 */
#ifndef PAGE_SECTIONS_AGREED_H
#define PAGE_SECTIONS_AGREED_H

#include "page/html.h"

/* Prints nothing where nothing is agreed. */
void agreed_print(struct page *page);

#endif
