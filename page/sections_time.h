/*
 * page/sections_time.h - the sections that rest on curves and on time.
 */
#ifndef PAGE_SECTIONS_TIME_H
#define PAGE_SECTIONS_TIME_H

#include "page/html.h"

void steps_print(struct page *page);    /* time per rung */
void lasting_print(struct page *page);  /* how long work lasts */
void plan_print(struct page *page);     /* in force, with perspective, on time */
void language_print(struct page *page); /* until A2 and B1 */
void trend_print(struct page *page);    /* by quarter */

/* The curve of the time on a rung, 1 to 5; and from settlement to a rung or higher, 2 to 6. */
struct chart_curve;
void step_curve(const struct page *page, int rung, struct chart_curve *out);
void reached_curve(const struct page *page, int rung, struct chart_curve *out);

#endif
