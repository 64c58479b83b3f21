/*
 * tools/replay/figures.h - `ladder replay` at one reference date, as JSON or CSV.
 */
#ifndef TOOLS_REPLAY_FIGURES_H
#define TOOLS_REPLAY_FIGURES_H

#include "tools/replay/arguments.h"

/* Prints the figures at one reference date, also per group. Returns the exit code. */
int replay_figures(const struct replay *replay, struct reader *reader) NODISCARD;

#endif
