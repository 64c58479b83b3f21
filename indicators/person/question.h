/*
 * indicators/person/question.h - what is asked: the reference date P, the window w,
 * and the definitions that are policy, not law.
 *
 * The knowledge instant K and the municipality m are the engine's: it hands
 * over the events effective at K, and sums per municipality.
 */
#ifndef INDICATORS_PERSON_QUESTION_H
#define INDICATORS_PERSON_QUESTION_H

#include <stdint.h>

/*
 * The sets of definitions (spec/indicators.md, "Sets") that can be asked for, the newest
 * last: it is answered unless another is asked for, and printed as `definitions`.
 */
#define DEFINITIONS_MIN     1
#define DEFINITIONS         2
#define DEFINITIONS_COUNCIL 2 /* from this set on: what the council asks, 16 to 25 */
#define WINDOW_DAYS_DEFAULT 365
#define WINDOW_DAYS_MIN     30
#define WINDOW_DAYS_MAX     3660

/*
 * The definitions that are policy: X(name, the contract's value, least, most, the option
 * that sets it in a what-if, what it is counted in, what it means).
 */
#define POLICIES(X)                                                                                \
	X(norm_minutes, 120, 0, 2400, "norm-minutes", "MINUTES", "the participation norm a week")  \
	X(follow_days, 214, 30, 730, "follow-days", "DAYS",                                        \
		"an assessment that comes later than this is a silence")                           \
	X(news_days, 183, 30, 730, "news-days", "DAYS",                                            \
		"a job without news for longer than this is silent")                               \
	X(bridge_days, 31, 0, 365, "bridge-days", "DAYS",                                          \
		"jobs at most this far apart are one spell of work")                               \
	X(lasting_days, 183, 30, 1826, "lasting-days", "DAYS",                                     \
		"work with news this long after its start lasts")

/* Definitions that no what-if changes and more than one file reads, in days. */
#define CONTACT_OVER_DAYS  90  /* indicator 10: a contact longer ago than this is over */
#define PLAN_FRESH_DAYS    365 /* indicator 11: signed or reviewed in (P - this, P] */
#define REFERRAL_NEWS_DAYS 183 /* indicator 22: not closed, and made longer ago, is silent */
#define BENEFIT_NEWS_DAYS  400 /* indicator 17: without news for longer a spell is silent */
#define BENEFIT_JOIN_DAYS  31  /* indicator 17: a start so soon after an end joins both */
#define PLAN_ON_TIME_DAYS  70  /* indicator 11: the ten weeks of the law */

struct question {
	int32_t as_of;       /* P, a civil day */
	int32_t window_days; /* w */
	int32_t definitions; /* the number of the set */
#define POLICY_MEMBER(name, ...) int32_t name;
	POLICIES(POLICY_MEMBER)
#undef POLICY_MEMBER
};

static inline struct question question_at(int32_t as_of)
{
	return (struct question){ .as_of = as_of,
		.window_days = WINDOW_DAYS_DEFAULT,
		.definitions = DEFINITIONS,
#define POLICY_VALUE(name, value, ...) .name = (value),
		POLICIES(POLICY_VALUE)
#undef POLICY_VALUE
	};
}

#endif
