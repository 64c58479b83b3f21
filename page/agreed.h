/*
 * page/agreed.h - what was realised of each agreement at the ends of the quarters before.
 *
 * A point is small and owns nothing, so that points can be kept when the answer is long gone.
 */
#ifndef PAGE_AGREED_H
#define PAGE_AGREED_H

#include "engine/answers.h"

#define AGREED_QUARTERS_MAX 4  /* before the reference date */
#define AGREED_NAME_MAX     64 /* of whom it is with */

/* One agreement at the end of one quarter. */
struct agreed_point {
	int32_t as_of;
	struct agreement agreement;
	char with[AGREED_NAME_MAX + 1]; /* empty: nobody */
	double realised;                /* as the tree has it; NAN: null */
};

/* `{ 0 }` is an empty one. */
struct agreed_past {
	struct agreed_point *points; /* by quarter, oldest first */
	size_t count;
	int64_t known_us; /* as known then; 0: nothing was asked */
};

void agreed_past_release(struct agreed_past *past);

/* ERR_FULL: no memory, and there is nothing to release. */
enum err agreed_past_copy(const struct agreed_past *past, struct agreed_past *out) NODISCARD;

/*
 * The points of what answers_agree() listed, at the ends of the AGREED_QUARTERS_MAX quarters
 * before the reference date, as known now; of one that was over, none for later ends. Nothing
 * can be printed of the answers' agreements after this. Errors as answers_agree()'s; then there
 * is nothing to release.
 */
enum err agreed_past_fold(
	struct answers *answers, struct reader *reader, struct agreed_past *out) NODISCARD;

/* Has it points of all of `agreements`, the array of a tree? NULL: of none. */
bool agreed_past_covers(const struct agreed_past *past, const struct figure *agreements);

/*
 * What was realised of the agreement that `item`, an element of the array `agreements` of a
 * tree, is about; NAN: null, or there is no such point.
 */
double agreed_past_realised(
	const struct agreed_past *past, const struct figure *item, int32_t as_of);

#endif
