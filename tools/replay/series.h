/*
 * tools/replay/series.h - `ladder replay --format openmetrics`.
 */
#ifndef TOOLS_REPLAY_SERIES_H
#define TOOLS_REPLAY_SERIES_H

#include "tools/replay/arguments.h"

/* Prints the metrics at one reference date, or over a range of them. Returns the exit code. */
int replay_series(struct replay *replay, struct reader *reader) NODISCARD;

#endif
