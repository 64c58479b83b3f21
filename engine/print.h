/*
 * engine/print.h - the tree of figures as bytes.
 */
#ifndef ENGINE_PRINT_H
#define ENGINE_PRINT_H

#include "base/text.h"
#include "indicators/figures.h"

/* One line of JSON: no spaces, numbers rounded as in spec/indicators.md, a newline at the end. */
void figure_print_json(const struct figure *root, struct text *out);

/* A number with at most 6 decimals, half to even on the binary value; no trailing zeros, no -0. */
void number_print(double value, struct text *out);

#endif
