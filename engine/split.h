/*
 * engine/split.h - one piece of work in parts that run side by side.
 *
 * Sums are integers, so that parts add up to the same in any order: what is split
 * gives the same bytes as what is not.
 */
#ifndef ENGINE_SPLIT_H
#define ENGINE_SPLIT_H

#include <stdint.h>

#include "base/err.h"

#define SPLIT_MAX 16 /* parts */

/* How many parts can run at once on this machine: 1 to SPLIT_MAX. */
unsigned split_cores(void);

/*
 * Into how many parts to split so much work, when at least `work_of_a_part` is worth the
 * making of a thread: 1 to `threads`, 1 when that is 0.
 */
unsigned split_parts(unsigned threads, uint64_t work, uint64_t work_of_a_part);

/*
 * Runs run(context, 0) to run(context, parts - 1) and returns when all have ended: part
 * 0 in the caller's thread, each other in a thread of its own or, when there is none to
 * be had, in the caller's too. Returns the error of the first part that has one.
 */
enum err split_run(
	unsigned parts, enum err (*run)(void *context, unsigned part), void *context) NODISCARD;

#endif
