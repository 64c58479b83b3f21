/*
 * engine/curves.h - the curves behind some figures, copied out of the sums: to draw each of their
 * steps, and to say how many were still watched.
 *
 * Exact, so for the internal profile only.
 */
#ifndef ENGINE_CURVES_H
#define ENGINE_CURVES_H

#include "engine/tally.h"
#include "indicators/curve.h"

/*
 * X(name, indicator, its curves, the fewest at risk from whom estimates start, function): the
 * curves are the first of the indicator's histograms.
 */
#define CURVE_SETS(X)                                                                              \
	X(STEP, ladder_step, 5, 0, CURVE_INCIDENCE_1)                                              \
	X(REACHED, rung_reached, 5, 10, CURVE_INCIDENCE_1)                                         \
	X(LEVEL, language_level, 2, 0, CURVE_INCIDENCE_1)                                          \
	X(DURABILITY, job_durability, 1, 0, CURVE_SURVIVAL)

enum curve_set {
#define CURVE_SET_ENUM(NAME, ...) CURVES_##NAME,
	CURVE_SETS(CURVE_SET_ENUM)
#undef CURVE_SET_ENUM
		CURVE_SET_COUNT
};

#define CURVES_OF_A_SET_MAX 5

struct curves {
	struct histogram histograms[CURVE_SET_COUNT][CURVES_OF_A_SET_MAX * CURVE_HISTOGRAMS];
	struct cell *cells; /* of all of them; owned */
};

/* Copies the curves of a part; NULL: all are empty. ERR_FULL: no memory, *out is empty. */
enum err curves_copy(const struct part *part, struct curves *out) NODISCARD;
void curves_release(struct curves *curves);

/* The curve number `index`, from 0, of a set: it refers to `curves`. */
struct curve curves_find(const struct curves *curves, enum curve_set set, unsigned index);

/* The function that the indicator shows of a set's curves. */
enum curve_function curves_function(enum curve_set set);

#endif
