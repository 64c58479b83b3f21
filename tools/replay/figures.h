/*
 * tools/replay/figures.h - `ladder replay` at one reference date, as JSON or CSV.
 */
#ifndef TOOLS_REPLAY_FIGURES_H
#define TOOLS_REPLAY_FIGURES_H

#include "engine/answers.h"
#include "tools/replay/arguments.h"

/* Prints the figures at one reference date, also per group. Returns the exit code. */
int replay_figures(const struct replay *replay, struct reader *reader) NODISCARD;

/*
 * Appends the answers of the municipalities that are asked; in CSV after the line of names when
 * `with_names`. ERR_FULL: no memory.
 */
enum err replay_answers_print(const struct replay *replay, const struct answers *answers,
	bool with_names, struct text *out) NODISCARD;

#endif
