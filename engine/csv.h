/*
 * engine/csv.h - the tree of figures as CSV (RFC 4180, lines end with \n): one row
 * a figure, for spreadsheets and for R.
 *
 * `figure` is the path in the JSON below the indicator, keys joined by '.'. An
 * element of an array puts the member that names it among the `labels`, as
 * rung=3;months=12; keys of an enumeration stay in the path. An estimate
 * {share, low, high} is one row, and so is a half-time with its limits, under
 * median_days. Null is an empty field. The rows of `population`, `what_if` (with
 * the window when it is not the contract's) and `groups` have these names in the column
 * `indicator`.
 */
#ifndef ENGINE_CSV_H
#define ENGINE_CSV_H

#include "base/text.h"
#include "indicators/figures.h"

/* The line of the columns' names. */
void csv_print_names(struct text *out);

/* The rows of one answer: a tree of answer_build() or groups_build(). */
void csv_print_figures(const struct figure *root, struct text *out);

/* The rows of one indicator of an answer, or of its `population`; none when there is no such. */
void csv_print_indicator(const struct figure *root, const char *indicator, struct text *out);

#endif
