/*
 * engine/split.h - one piece of work in parts that run in parallel.
 *
 * Sums are integers, and adding integers gives the same result in any order: the result
 * does not depend on the number of parts.
 */
#ifndef ENGINE_SPLIT_H
#define ENGINE_SPLIT_H

#include <stdint.h>

#include "base/err.h"

#define SPLIT_MAX 16 /* parts */

/* How many parts can run at once on this machine: 1 to SPLIT_MAX. */
unsigned split_cores(void);

/*
 * Into how many parts to split `work`, when a thread is worth at least `work_of_a_part` of
 * it: 1 to `threads`, and 1 when `threads` is 0.
 */
unsigned split_parts(unsigned threads, uint64_t work, uint64_t work_of_a_part);

/*
 * Runs run(context, 0) to run(context, parts - 1) and returns when all have ended: part
 * 0 in the caller's thread, each other in a thread of its own or, when the system
 * gives none, in the caller's too. Returns the error of the first part that has one.
 */
enum err split_run(
	unsigned parts, enum err (*run)(void *context, unsigned part), void *context) NODISCARD;

#endif
