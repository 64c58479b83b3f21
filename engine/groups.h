/*
 * engine/groups.h - figures per group of spells, and whether the groups differ.
 *
 * The indicators that have `compared` (registry.h) are summed once more, each spell in
 * the tally of its group: the cohort of the person (the year of t0), the route of its last
 * plan, the service model of the spell's home on the day it starts, or, of spells of work,
 * what the JobStarted says that begins it. They are compared by the log-rank test, but for
 * service models. These belong to municipalities, not to people, so they
 * are compared by a permutation test over municipalities and never by a log-rank.
 */
#ifndef ENGINE_GROUPS_H
#define ENGINE_GROUPS_H

#include "engine/fold.h"
#include "engine/answer.h"

/* X(NAME, name, of_work): the enumeration, and the word of --by. */
#define GROUPINGS(X)                                                                               \
	X(COHORT, cohort, false)                                                                   \
	X(SERVICE_MODEL, service_model, false)                                                     \
	X(FUNDING, funding, true)                                                                  \
	X(OPEN_HIRING, open_hiring, true)                                                          \
	X(MATCHES_AMBITION, matches_ambition, true)                                                \
	X(ROUTE, route, false)

enum grouping {
#define GROUPING_ENUM(NAME, ...) GROUPING_##NAME,
	GROUPINGS(GROUPING_ENUM)
#undef GROUPING_ENUM
		GROUPING_COUNT
};

/* GROUPING_COUNT: no such word. */
enum grouping grouping_find(const char *name);

/* Is the indicator among the figures per group? */
bool grouping_takes(enum grouping grouping, const struct indicator *indicator);

#define GROUP_NONE INT32_MAX /* the person never settled; nobody said so */

struct group {
	int32_t key; /* the year, or a value of an enumeration, or GROUP_NONE */
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
