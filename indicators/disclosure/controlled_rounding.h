/*
 * indicators/disclosure/controlled_rounding.h - which shown count to move, so that
 * rounding gives none away.
 *
 * A total and its parts, each rounded on its own, can give counts away: four rungs of
 * three people are shown as 5, 5, 5 and 5 with 10 people, and only twelve people fit. A
 * count is *tight* when fewer values than VALUES_LEAST are possible for it, reckoned by
 * somebody who sees all that is shown and knows all relations.
 *
 * While some count is tight, one is moved by one base: the one, and the way, after which
 * the fewest are. Only shown figures decide. So what comes out does not tell that
 * something was moved: it is what plain rounding would show of other people, none of its
 * counts is tight, and of those people nothing would be moved. Who knows this rule knows
 * only that some more cases than those are behind it.
 */
#ifndef INDICATORS_DISCLOSURE_CONTROLLED_ROUNDING_H
#define INDICATORS_DISCLOSURE_CONTROLLED_ROUNDING_H

#include "indicators/disclosure/solver.h"

/* At base 3 a shown 0 is 0 or 1: there the promise is that no count is known exactly. */
#define VALUES_LEAST(base) ((base) < 5 ? 2u : 3u)

#define SOFTENING_BASE_MAX 10

/* Looks at a relation: for one question, and for one answer with all its moves. */
#define SOFTENING_QUESTION_WORK 400000
#define SOFTENING_WORK          60000000

#define SHOWN_NONE (-1) /* a hidden number */

struct softening {
	const struct relations *relations;
	int64_t base;
	int64_t shown[NUMBERS_MAX]; /* multiples of the base; SHOWN_NONE */
	bool moved[NUMBERS_MAX];    /* a count is moved once at most */
	int64_t work_left;
};

enum softened {
	SOFTENED_SAFE,       /* no count is tight: it can be shown */
	SOFTENED_MOVED,      /* one count was moved; look again */
	SOFTENED_IMPOSSIBLE, /* no move helps, or it takes too long: it must not be shown */
};

/* One count and by how many bases it was moved: 1 or -1. */
struct soft_move {
	uint16_t number;
	int32_t steps;
};

/* Nothing is shown yet: fill in `shown`. The relations must outlive it. */
void softening_init(struct softening *softening, const struct relations *relations, int64_t base);

/* Room in an arena for one step; it is given back. */
#define SOFTENING_ARENA_SIZE (SOLVER_ARENA_SIZE + ((size_t)16 << 10))

/*
 * Looks at what is shown and, when a count is tight, moves one, in `shown` and `moved`
 * too. *move is set when it does. CHECKs that the arena has room.
 */
enum softened softening_step(
	struct softening *softening, struct arena *arena, struct soft_move *move);

/* How many counts are tight; `tight`, of NUMBERS_MAX, says which. */
enum finding softening_audit(
	struct softening *softening, struct arena *arena, bool *tight, unsigned *tight_count);

#endif
