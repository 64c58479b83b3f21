/*
 * indicators/question.h - what is asked: the reference date P, the window w,
 * and the definitions that are policy, not law.
 *
 * The knowledge instant K and the municipality m are the engine's: it hands
 * over the events effective at K, and sums per municipality.
 */
#ifndef INDICATORS_QUESTION_H
#define INDICATORS_QUESTION_H

#include <stdint.h>

#define DEFINITIONS         1 /* the number of the contract, raised when a definition changes */
#define WINDOW_DAYS_DEFAULT 365
#define WINDOW_DAYS_LEAST   30
#define WINDOW_DAYS_MOST    3660

struct question {
	int32_t as_of;       /* P, a civil day */
	int32_t window_days; /* w */
	/* Policy: the defaults are the contract's. */
	int32_t norm_minutes; /* the participation norm a week, 120 */
	int32_t follow_days;  /* an assessment later than this after the one before is silence, 214
			       */
	int32_t news_days;    /* a job without news for longer than this is silent, 183 */
	int32_t bridge_days;  /* jobs at most this far apart are one spell of work, 31 */
	int32_t lasting_days; /* work with news this long after its start lasts, 183 */
};

static inline struct question question_at(int32_t as_of)
{
	return (struct question){
		.as_of = as_of,
		.window_days = WINDOW_DAYS_DEFAULT,
		.norm_minutes = 120,
		.follow_days = 214,
		.news_days = 183,
		.bridge_days = 31,
		.lasting_days = 183,
	};
}

#endif
