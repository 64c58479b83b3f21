/*
 * page/first.h - the first screen: a council's three questions, answered in words, a drawing and
 * numbers; and what changed since the last quarter.
 */
#ifndef PAGE_FIRST_H
#define PAGE_FIRST_H

#include "page/html.h"

/* How long does it take to climb, is it getting better, does everybody take part? */
void first_print(struct page *page);

/* What happened since the last quarter, and what was only reported late; nothing in public. */
void changes_print(struct page *page);

#endif
