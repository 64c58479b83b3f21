/*
 * engine/groups.h - figures per group of spells, and whether the groups differ.
 *
 * The indicators that have `compared` (registry.h) are summed once more, each spell in
 * the tally of its group: the cohort of the person (the year of t0), or the service
 * model of the spell's home on the day it starts. Cohorts are compared
 * by the log-rank test. Service models belong to municipalities, not to people, so they
 * are compared by a permutation test over municipalities and never by a log-rank.
 */
#ifndef ENGINE_GROUPS_H
#define ENGINE_GROUPS_H

#include "engine/fold.h"
#include "engine/answer.h"

enum grouping {
	GROUPING_COHORT,
	GROUPING_SERVICE_MODEL,
};

#define GROUP_NONE INT32_MAX /* the person never settled; no model was ever set */

struct group {
	int32_t key; /* the year, or an enum service_model, or GROUP_NONE */
	struct tally *tally;
};

struct groups {
	enum grouping grouping;
	struct group *list; /* those there are, in the order of their keys */
	size_t count;
	size_t size;
};

/*
 * Folds everybody into groups. The histories are as of K. ERR_FULL: no memory. On
 * error *out is released.
 */
enum err groups_fold(struct folding *folding, struct histories *histories, struct reader *reader,
	const struct question *question, enum grouping grouping, struct groups *out) NODISCARD;
void groups_release(struct groups *groups);

/*
 * Builds the tree of an answer: head, `by`, `groups` (those of head->municipality) and
 * `comparison` (groups_build.c). The arena must have GROUPS_ARENA_SIZE. ERR_FULL: no memory.
 */
enum err groups_build(const struct answer_head *head, const struct groups *groups,
	const struct question *question, struct arena *arena, const struct figure **out) NODISCARD;

/* For that many groups. */
#define GROUPS_ARENA_SIZE(count) (((count) + 1) * FIGURES_ARENA_SIZE)

#endif
