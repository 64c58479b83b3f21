/*
 * page/trend.h - the few figures that are followed from quarter to quarter.
 *
 * A point is what one answer says of them: small, so that points can be kept when the
 * answer is long gone.
 */
#ifndef PAGE_TREND_H
#define PAGE_TREND_H

#include "base/text.h"
#include "page/difference.h"
#include "page/look.h"
#include "page/words.h"

#define TREND_POINTS_MAX 8 /* quarters before the reference date */

/*
 * X(word, path of the object, member with the value, indicator, figure and labels of its
 * row in the CSV, the members that add up to the whole). A member `share` has its limits beside
 * it where there are any; no whole: the value is no share of people that are counted.
 */
#define TREND_SERIES(X)                                                                            \
	X(TREND_PERSONS, "population", "persons", "population", "persons", "", NULL)               \
	X(TREND_NORM, "indicators/participation_norm", "share", "participation_norm", "share", "", \
		"yes no unknown")                                                                  \
	X(TREND_COMBINED, "indicators/combined_pathway", "share", "combined_pathway", "share", "", \
		"yes no unknown")                                                                  \
	X(TREND_PAID, "indicators/job_outcome/breadwinners", "fully_paid_share", "job_outcome",    \
		"breadwinners.fully_paid_share", "", "fully_paid subsidised none unknown")         \
	X(TREND_LASTING, "indicators/job_durability/lasting/[days=365]", "share",                  \
		"job_durability", "lasting.share", "days=365", NULL)                               \
	X(TREND_CONTACT, "indicators/contact", "over_90_days_share", "contact",                    \
		"over_90_days_share", "", "people")                                                \
	X(TREND_PLAN, "indicators/plan", "in_force_share", "plan", "in_force_share", "", "people") \
	X(TREND_LANGUAGE, "indicators/language_level/[level=B1]/within/[months=36]", "share",      \
		"language_level", "within.share", "level=B1;months=36", NULL)

enum {
#define TREND_INDEX(word, ...) INDEX_##word,
	TREND_SERIES(TREND_INDEX)
#undef TREND_INDEX
		TREND_SERIES_COUNT,
};

/* One of TREND_SERIES. */
struct trend_series {
	enum word word;
	const char *object;
	const char *member;
	const char *indicator;
	const char *figure;
	const char *labels;
	const char *whole; /* NULL: none */
};

const struct trend_series *trend_series(size_t index);

struct trend_point {
	int32_t as_of;
	int64_t known_us;
	struct look_estimate values[TREND_SERIES_COUNT]; /* NAN: null; counts have no limits */
	double wholes[TREND_SERIES_COUNT];               /* how many people a share is of; NAN */
	double base; /* of the rounding of its counts; 0: they are exact */
};

/* Takes the point out of the tree of an answer. */
struct trend_point trend_point_of(const struct figure *root, int32_t as_of, int64_t known_us);

/* A series of the point, one that has a whole, to be compared. */
struct compared_share trend_share(const struct trend_point *point, size_t series);

/*
 * The last day of the quarter before that of `as_of`; of the one before it when `quarters`
 * is 2, and so on.
 */
int32_t trend_quarter_end(int32_t as_of, int quarters);

/*
 * Rows of CSV as those of the answers themselves, without the line of names. Of what is
 * published known_at is a civil day.
 */
void trend_print_csv(const struct trend_point *points, size_t count, const char *municipality,
	bool is_published, struct text *out);

#endif
