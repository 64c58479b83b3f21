/*
 * page/compare.h - municipalities side by side, as one HTML document.
 *
 * Pure, as page.h. Grouped by service model, sorted by name, and never by a figure: there is no
 * rank. Of each figure it says whether a municipality differs from the others of the page taken
 * together, by the rule of difference.h; what decides how strict it is are all comparisons of the
 * page.
 */
#ifndef PAGE_COMPARE_H
#define PAGE_COMPARE_H

#include "engine/curves.h"
#include "page/place.h"
#include "page/trend.h"
#include "page/words.h"

/* X(word, path of the estimate, set of curves, curve of the set, day): shares of a curve. */
#define COMPARE_CURVES(X)                                                                          \
	X(COMPARE_WORK, "indicators/rung_reached/[rung=4]/within/[months=36]", CURVES_REACHED, 2,  \
		1126)                                                                              \
	X(COMPARE_1, "indicators/ladder_step/[rung=1]/within/[months=12]", CURVES_STEP, 0, 396)    \
	X(COMPARE_2, "indicators/ladder_step/[rung=2]/within/[months=12]", CURVES_STEP, 1, 396)    \
	X(COMPARE_3, "indicators/ladder_step/[rung=3]/within/[months=12]", CURVES_STEP, 2, 396)    \
	X(COMPARE_4, "indicators/ladder_step/[rung=4]/within/[months=12]", CURVES_STEP, 3, 396)    \
	X(COMPARE_5, "indicators/ladder_step/[rung=5]/within/[months=12]", CURVES_STEP, 4, 396)    \
	X(TREND_LASTING, "indicators/job_durability/lasting/[days=365]", CURVES_DURABILITY, 0,     \
		365)                                                                               \
	X(TREND_LANGUAGE, "indicators/language_level/[level=B1]/within/[months=36]", CURVES_LEVEL, \
		1, 1096)

enum {
#define COMPARE_INDEX(word, ...) INDEX_COMPARED_##word,
	COMPARE_CURVES(COMPARE_INDEX)
#undef COMPARE_INDEX
		COMPARE_CURVE_COUNT,
};

struct compare_curve {
	struct look_estimate shown;        /* NAN: null */
	struct compared_estimate compared; /* of internal figures; else its share is NAN */
};

/* A municipality: plain values, so that its tree need not be kept. */
struct compare_row {
	struct named_place place;
	int32_t model; /* an enum service_model; 0: nobody said */
	int32_t definitions;
	struct trend_point point;
	struct compare_curve curves[COMPARE_CURVE_COUNT];
};

/*
 * The values of a tree; `curves` NULL: it is public. `place` and `model` stay as they are.
 */
void compare_take(const struct figure *root, const struct curves *curves, int32_t as_of,
	int64_t known_us, struct compare_row *out);

/* What to show. All is borrowed. */
struct compare_view {
	enum language language;
	bool is_public;
	struct compare_row *rows; /* in any order: compare_print() sorts them */
	size_t count;
	const char *analyst; /* who is signed in; NULL: nobody */
	bool signed_in_by_cookie;
	bool session_ended;
};

/* Appends the whole document. ERR_FULL: no memory. */
enum err compare_print(const struct compare_view *view, struct text *out) NODISCARD;

#endif
