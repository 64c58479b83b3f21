/*
 * page/background.h - what the page sets beside its figures, and what takes a fold of its own: the
 * quarters before, those who entered lately, and what changed since the last quarter.
 *
 * Internal but for the points. Plain values, so that they can be kept when the answer is gone.
 */
#ifndef PAGE_BACKGROUND_H
#define PAGE_BACKGROUND_H

#include "engine/lately.h"
#include "page/trend.h"
#include "page/difference.h"

/* X(word, set of curves, curve of the set, day): what is compared between entries. */
#define LATELY_ROWS(X)                                                                             \
	X(LATELY_REACHED, CURVES_REACHED, 2, 396)                                                  \
	X(LATELY_1, CURVES_STEP, 0, 396)                                                           \
	X(LATELY_2, CURVES_STEP, 1, 396)                                                           \
	X(LATELY_3, CURVES_STEP, 2, 396)                                                           \
	X(LATELY_4, CURVES_STEP, 3, 396)                                                           \
	X(LATELY_5, CURVES_STEP, 4, 396)

enum {
#define LATELY_INDEX(word, ...) INDEX_##word,
	LATELY_ROWS(LATELY_INDEX)
#undef LATELY_INDEX
		LATELY_ROW_COUNT,
};

struct lately_share {
	struct compared_estimate earlier;
	struct compared_estimate recent;
};

/* X(word, paths of the counts that add up to it, from the root, blanks between). */
#define CHANGE_ROWS(X)                                                                             \
	X(CHANGE_PERSONS, "population/persons")                                                    \
	X(CHANGE_WORK, "indicators/ladder_position/4 indicators/ladder_position/5 "                \
		       "indicators/ladder_position/6")                                             \
	X(CHANGE_NORM, "indicators/participation_norm/yes")                                        \
	X(CHANGE_COMBINED, "indicators/combined_pathway/yes")                                      \
	X(CHANGE_PAID, "indicators/job_outcome/breadwinners/fully_paid")                           \
	X(CHANGE_PLAN, "indicators/plan/in_force")                                                 \
	X(CHANGE_CONTACT, "indicators/contact/over_90_days")

enum {
#define CHANGE_INDEX(word, ...) INDEX_##word,
	CHANGE_ROWS(CHANGE_INDEX)
#undef CHANGE_INDEX
		CHANGE_ROW_COUNT,
};

/* The counts of a tree, in the order of CHANGE_ROWS; NAN: null. */
struct counts {
	double values[CHANGE_ROW_COUNT];
};
struct counts counts_of(const struct figure *root);
enum word counts_word(size_t index);

/* The last day of the quarter before the reference date, as it was known then and as it is now. */
struct changes_since {
	int32_t day;
	struct counts then; /* known on that day's end */
	struct counts since;
};

struct background {
	struct trend_point points[TREND_POINTS_MAX];
	size_t count;
	struct lately_share lately[LATELY_ROW_COUNT];
	struct changes_since changes;
};

enum word lately_word(size_t index);

/* What the curves of both entries say at the days of LATELY_ROWS. */
void lately_read(const struct lately *lately, struct lately_share out[LATELY_ROW_COUNT]);

#endif
