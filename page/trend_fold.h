/*
 * page/trend_fold.h - the background of the page from a store, and its points from publications.
 */
#ifndef PAGE_TREND_FOLD_H
#define PAGE_TREND_FOLD_H

#include "engine/answers.h"
#include "engine/publication.h"
#include "page/background.h"

/*
 * Folds the background of a question about a municipality or PART_ALL, in its set of definitions,
 * from what the answers know: all but changes.then. Its points are those of the TREND_POINTS_MAX
 * quarters that ended before the question's reference date, oldest first; those before anybody
 * lived there are left out. The answers may be asked more thereafter. Errors as answers_ask_of()'s.
 */
enum err background_fold(struct answers *answers, struct reader *reader, uint16_t municipality,
	const struct question *question, struct background *out) NODISCARD;

/* The instant that changes.then is known at, of what is known at `known_us`: not after that. */
int64_t background_then_us(const struct question *question, int64_t known_us);

/* Folds changes.then alone, from answers that know that instant. Errors as answers_ask_of()'s. */
enum err background_fold_then(struct answers *answers, struct reader *reader, uint16_t municipality,
	const struct question *question, struct background *out) NODISCARD;

/*
 * The points of what the municipality of `publication` published for earlier days, oldest
 * first; one that is not shown is without figures. ERR_FULL: no memory.
 */
enum err trend_of_publications(const struct publications *publications,
	const struct publication *publication, struct trend_point points[TREND_POINTS_MAX],
	size_t *count) NODISCARD;

#endif
