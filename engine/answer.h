/*
 * engine/answer.h - F(P, K, m, w): the figures for any reference date and any
 * state of knowledge, from a store.
 */
#ifndef ENGINE_ANSWER_H
#define ENGINE_ANSWER_H

#include "engine/fold.h"
#include "engine/print.h"

/* Everything a store says at one (P, K, w), for all municipalities at once. */
struct answers {
	struct question question;
	int64_t known_us;
	uint64_t seq; /* the last record that is known at K */
	struct tally *tally;
	struct histories histories;
};

/*
 * Folds the log up to the last record known at `known_us`. The reader's snapshot is
 * renewed as it goes. `stop` may be NULL; when it becomes true the fold ends with
 * ERR_CONFLICT. ERR_CORRUPT: the store is damaged. On error *out is released.
 */
enum err answers_fold(struct reader *reader, const struct question *question, int64_t known_us,
	const volatile bool *stop, struct answers *out) NODISCARD;
void answers_release(struct answers *answers);

/* Appends the JSON for `municipality` (or PART_ALL). round_to 0: the internal profile. */
enum err answers_print_json(const struct answers *answers, uint16_t municipality, int64_t round_to,
	struct text *out) NODISCARD;

#endif
