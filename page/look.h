/*
 * page/look.h - looking figures up in the tree of an answer.
 */
#ifndef PAGE_LOOK_H
#define PAGE_LOOK_H

#include "indicators/figures.h"

/*
 * The figure at a path from `root`: keys joined by '/'; in an array [key=value] is the
 * element whose member `key` is `value`. NULL: there is none.
 * "indicators/ladder_step/[rung=3]/within/[months=12]/share"
 */
const struct figure *look_figure(const struct figure *root, const char *path);

/* The number there; NAN when it is null, no number or not there. `root` may be NULL. */
double look_number(const struct figure *root, const char *path);

/* The sum of the numbers at several paths, with blanks between; NAN when one is not there. */
double look_sum(const struct figure *root, const char *paths);

/* The text there; NULL when it is no text or not there. */
const char *look_text(const struct figure *root, const char *path);

/* An estimate with its limits, of an element of `within` or `lasting`; NAN as above. */
struct look_estimate {
	double share;
	double low;
	double high;
};
struct look_estimate look_estimate(const struct figure *root, const char *path);

#endif
