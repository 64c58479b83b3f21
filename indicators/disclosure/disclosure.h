/*
 * indicators/disclosure/disclosure.h - how the public profile shows one answer: which
 * of its rounded counts are moved by one base, so that nobody can reckon an exact count
 * from it.
 *
 * A pure function of the sums and the base: live, a restart and a replay find the same.
 */
#ifndef INDICATORS_DISCLOSURE_DISCLOSURE_H
#define INDICATORS_DISCLOSURE_DISCLOSURE_H

#include "indicators/registry.h"
#include "indicators/disclosure/rounding.h"

struct disclosure {
	int64_t round_to;
	bool withheld; /* no moves make it safe, or it took too long: it must not be shown */
	struct count_moves moves;
};

/* Arena for disclosure_find(). */
#define DISCLOSURE_ARENA_SIZE (FIGURES_ARENA_SIZE + RELATIONS_ARENA_SIZE + ROUNDING_ARENA_SIZE)

/*
 * Finds the moves for the figures of one part, as registry_figures() takes it, rounded to
 * `round_to`. CHECKs that the arena, which it resets, has room.
 */
void disclosure_find(const int64_t *counters, const struct histogram *histograms, int64_t round_to,
	struct arena *arena, struct disclosure *out);

#endif
