/*
 * indicators/disclosure/disclosure.h - how the public profile shows one answer: which
 * of its rounded counts are moved by one base, so that nobody can reckon an exact count
 * from it.
 *
 * The intruder who is reckoned with knows this program, its rules and all public output,
 * and not one exact count. What grows (life_table.h) keeps its values by construction; all
 * other counts of one answer are audited together with the relations between them, and with
 * what means, quantiles and nulls tell that depend on exact counts. Shares, rates and most
 * nulls are made of shown counts only, and tell nothing more.
 *
 * A pure function of the sums, the base and whether it is the newest quarter: live, a
 * restart and a replay find the same.
 */
#ifndef INDICATORS_DISCLOSURE_DISCLOSURE_H
#define INDICATORS_DISCLOSURE_DISCLOSURE_H

#include "indicators/registry.h"
#include "indicators/disclosure/rounding.h"

struct disclosure {
	int64_t round_to;
	bool withheld; /* too few people, no moves make it safe, or it took too long */
	struct count_moves moves;
};

/* Arena for disclosure_find(). */
#define DISCLOSURE_ARENA_SIZE (FIGURES_ARENA_SIZE + RELATIONS_ARENA_SIZE + ROUNDING_ARENA_SIZE)

/*
 * Finds the moves for the figures of one part, as registry_figures() takes it, in the
 * public profile that is asked. CHECKs that the arena, which it resets, has room.
 */
struct public_question {
	int64_t round_to;
	bool newest_quarter;
};
void disclosure_find(const int64_t *counters, const struct histogram *histograms,
	const struct public_question *question, struct arena *arena, struct disclosure *out);

#endif
