/*
 * indicators/disclosure/solver.h - whole numbers within bounds, under linear relations: is there a
 * solution, and which?
 *
 * Exact: bounds are propagated to their one fixed point, and the search is complete. What
 * it finds is a whole solution; that there is none is proven. It looks near a solution
 * that is known already, which is what makes it fast: to see whether one number can be
 * another, few others have to give way. Deterministic, in memory that is handed in, and
 * each question within an allowance of work.
 *
 * A worked example: t = a + b + c, with t in 8 to 12 and each part in 3 to 7. Three parts of
 * at least 3 are at least 9, so solver_narrow() leaves t 9 to 12; and a is at most
 * 12 - 3 - 3 = 6, as are b and c. Can a be 6? solver_find() finds t 12, b 3, c 3. Can a be 7?
 * No: that needs t 13 (rounding_test.c, the_worked_example_of_the_solver_header_holds).
 */
#ifndef INDICATORS_DISCLOSURE_SOLVER_H
#define INDICATORS_DISCLOSURE_SOLVER_H

#include "indicators/disclosure/relations.h"

enum finding {
	FINDING_ONE,
	FINDING_NONE,  /* it is proven that there is none */
	FINDING_TIRED, /* the allowance was not enough to know */
};

#define SOLVER_LEVELS 128 /* of the search; more is FINDING_TIRED */

struct solver {
	const struct relations *relations;
	int64_t *low;       /* SOLVER_LEVELS + 1 times NUMBERS_MAX */
	int64_t *high;      /* the same */
	int64_t *aim;       /* where an attempt looks first */
	int64_t *near;      /* where the search looks first, per number */
	int64_t *solution;  /* after FINDING_ONE */
	int64_t *sums;      /* of each relation, at a point */
	uint16_t *of_first; /* of_rows[of_first[x]..of_first[x + 1]]: the relations of x */
	uint16_t *of_rows;
	uint32_t *trouble; /* per relation: how often it could not hold; the search looks there
			      first */
	uint16_t *queue;   /* relations that wait to be looked at, and whether they do */
	bool *waiting;
	int64_t allowance; /* looks at a relation that are left for this question */
	int64_t patience;  /* the same for this attempt: then the search begins anew */
};

/* Arena for a solver. */
#define SOLVER_ARENA_SIZE ((size_t)(SOLVER_LEVELS + 4) * NUMBERS_MAX * 16 + ((size_t)64 << 10))

/* CHECKs that the arena has room. The relations must outlive it and stay as they are. */
void solver_init(struct solver *solver, const struct relations *relations, struct arena *arena);

/* The bounds of a level, one per number: level 0 is the caller's to fill. */
int64_t *solver_low(struct solver *solver, unsigned level);
int64_t *solver_high(struct solver *solver, unsigned level);

/*
 * Narrows the bounds of a level as far as single relations tell. `number`: only that
 * one's bounds are new; NUMBERS_MAX: all are.
 */
enum finding solver_narrow(struct solver *solver, unsigned level, unsigned number);

/* Looks for a solution within the bounds of level 0, which stay, where `number` is `value`. */
enum finding solver_find(struct solver *solver, unsigned number, int64_t value);

/* The same with no number set. */
enum finding solver_find_any(struct solver *solver);

#endif
