/*
 * engine/contradictions.h - what a partner said of a person and what it said itself beside it
 * cannot both be so.
 *
 * Of each kind the people are counted of whom it holds, in the partner's own effective events
 * alone: so who reads it learns nothing of what others sent, and can mend all of it.
 */
#ifndef ENGINE_CONTRADICTIONS_H
#define ENGINE_CONTRADICTIONS_H

#include <stdatomic.h>

#include "engine/histories.h"

/* X(NAME, name, sentence) */
#define CONTRADICTIONS(X)                                                                          \
	X(TWO_BIRTH_YEARS, two_birth_years, "registered with two years of birth")                  \
	X(TWO_MUNICIPALITIES, two_municipalities, "settled in two municipalities on one day")      \
	X(TWO_RUNGS, two_rungs, "two rungs on one day")                                            \
	X(NEWS_AFTER_EXIT, news_after_exit, "news of after a definitive exit")                     \
	X(JOB_BEFORE_START, job_before_start, "news of a job of before its start")                 \
	X(JOB_AFTER_END, job_after_end, "news of a job of after its end")

enum contradiction {
#define CONTRADICTION_ENUM(NAME, ...) CONTRADICTION_##NAME,
	CONTRADICTIONS(CONTRADICTION_ENUM)
#undef CONTRADICTION_ENUM
		CONTRADICTION_COUNT
};

/* The stable word; the sentence. */
const char *contradiction_name(enum contradiction contradiction);
const char *contradiction_sentence(enum contradiction contradiction);

/*
 * The kinds, bits 1 << enum contradiction, that hold in one partner's facts about one person.
 * Sorts them, in n log n steps.
 */
unsigned contradictions_of(struct fact *facts, size_t count);

/*
 * Counts the people by kind, in histories that may be shared, for the partner of that number. Any
 * thread. `stop`: when it becomes true, ERR_STOPPED. ERR_FULL: no memory.
 */
enum err contradictions_count(struct histories *histories, uint16_t partner,
	const atomic_bool *stop, uint64_t people[CONTRADICTION_COUNT]) NODISCARD;

#endif
