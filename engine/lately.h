/*
 * engine/lately.h - the curves of those who entered in the last two years, beside those before.
 *
 * A curve "since ever" hardly moves. Who entered on day o entered lately when o > P - 730:
 * who came onto the rung, or settled, then. Exact, so for the internal profile only.
 */
#ifndef ENGINE_LATELY_H
#define ENGINE_LATELY_H

#include "engine/answers.h"
#include "engine/curves.h"

#define LATELY_DAYS 730

struct lately {
	struct curves recent;
	struct curves earlier;
};

/*
 * Folds what the answers know, for one municipality or PART_ALL: the curves of ladder_step and
 * rung_reached. Errors as answers_ask_of()'s. On error *out is empty.
 */
enum err lately_fold(struct answers *answers, struct reader *reader,
	const struct question *question, uint16_t municipality, struct lately *out) NODISCARD;
void lately_release(struct lately *lately);

#endif
