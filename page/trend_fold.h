/*
 * page/trend_fold.h - the points of the trend from a store, or from publications.
 */
#ifndef PAGE_TREND_FOLD_H
#define PAGE_TREND_FOLD_H

#include "engine/answers.h"
#include "engine/publication.h"
#include "page/trend.h"

/*
 * The points of the TREND_POINTS_MAX quarters that ended before the question's reference date,
 * in its set of definitions, oldest first, of a municipality or PART_ALL, with what `answers`
 * knows. Those before anybody lived there are left out: *count says how many there are. `stop` may
 * be NULL; ERR_CONFLICT: it was set.
 */
enum err trend_fold(struct answers *answers, struct reader *reader, uint16_t municipality,
	const struct question *question, struct trend_point points[TREND_POINTS_MAX],
	size_t *count) NODISCARD;

/*
 * The points of what the municipality of `publication` published for earlier days, oldest
 * first; one that is not shown is without figures. ERR_FULL: no memory.
 */
enum err trend_of_publications(const struct publications *publications,
	const struct publication *publication, struct trend_point points[TREND_POINTS_MAX],
	size_t *count) NODISCARD;

#endif
