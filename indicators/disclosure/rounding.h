/*
 * indicators/disclosure/rounding.h - which shown count to move, so that
 * rounding gives none away.
 *
 * A total and its parts, each rounded on its own, can give counts away: four rungs of
 * three people are shown as 5, 5, 5 and 5 with 10 people, and only twelve people fit. A
 * count is *at risk* when fewer values than VALUES_MIN are possible for it, reckoned by
 * somebody who sees all that is shown and knows all relations.
 *
 * A running sum (life_table.h) that counts are tied to is never moved. It is at risk when
 * its least value, of those that round to what is shown, is not possible: then the values
 * of the other running sums, which keep their distances to it, would not be either.
 *
 * While some count is at risk, one is moved by one base: the one, and the way, after which
 * the fewest are. Only shown figures decide. So what comes out does not tell that
 * something was moved: it is what plain rounding would show of other people, none of its
 * counts is at risk, and of those people nothing would be moved. Who knows this rule knows
 * only that some more cases than those are behind it.
 *
 * A worked example, base 5. Four rungs of three people each: 12 people are shown as 10, and
 * each rung as 5. A shown 5 is 3 to 7, and a shown 10 is 8 to 12; four rungs of at least 3
 * are at least 12. So each count is known exactly, and all five are at risk. With one rung
 * shown as 0, which is 0 to 2, the other three have 3, 4 or 5 and the total 9 to 12: no count
 * is at risk. Of the moves that help as much, the first by name is made (rounding_test.c,
 * the_worked_example_of_the_rounding_header_holds).
 */
#ifndef INDICATORS_DISCLOSURE_ROUNDING_H
#define INDICATORS_DISCLOSURE_ROUNDING_H

#include "indicators/disclosure/solver.h"

#define VALUES_MIN 3u

/* Looks at a relation: for one question, and for one answer with all its moves. */
#define ROUNDING_QUESTION_WORK 400000
#define ROUNDING_WORK          12000000

#define SHOWN_NONE (-1) /* a hidden number */

struct rounding {
	const struct relations *relations;
	int64_t base;
	int64_t shown[NUMBERS_MAX];     /* multiples of the base; SHOWN_NONE */
	int64_t shown_min[NUMBERS_MAX]; /* no move goes below it */
	bool moved[NUMBERS_MAX];        /* a count is moved once at most */
	bool is_sum[NUMBERS_MAX];       /* a running sum, see above */
	int64_t work_left;
};

enum rounding_outcome {
	ROUNDING_SAFE,       /* no count is at risk: it can be shown */
	ROUNDING_MOVED,      /* one count was moved; look again */
	ROUNDING_IMPOSSIBLE, /* no move helps, or it takes too long: it must not be shown */
};

/* One count and by how many bases it was moved: 1 or -1. */
struct rounding_move {
	uint16_t number;
	int32_t steps;
};

/* Nothing is shown yet: fill in `shown`, and what else is not 0. The relations must outlive it. */
void rounding_init(struct rounding *rounding, const struct relations *relations, int64_t base);

/* Room in an arena for one step; it is given back. */
#define ROUNDING_ARENA_SIZE (SOLVER_ARENA_SIZE + ((size_t)16 << 10))

/*
 * Looks at what is shown and, when a count is at risk, moves one, in `shown` and `moved`
 * too. *move is set when it does. CHECKs that the arena has room.
 */
enum rounding_outcome rounding_step(
	struct rounding *rounding, struct arena *arena, struct rounding_move *move);

/* How many counts are at risk; `at risk`, of NUMBERS_MAX, says which. */
enum finding rounding_audit(
	struct rounding *rounding, struct arena *arena, bool *at_risk, unsigned *at_risk_count);

#endif
