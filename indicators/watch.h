/*
 * indicators/watch.h - following a person from news to news, and what ends a record first.
 *
 * Source: indicators, "Set 2". As long as each next news comes at most so many days after
 * the one before; else the person is silent, censored that long after the last news,
 * whatever comes later.
 */
#ifndef INDICATORS_WATCH_H
#define INDICATORS_WATCH_H

#include "indicators/figures.h"
#include "indicators/person/person.h"

struct watch {
	int32_t days; /* the longest time between two news */
	int32_t last; /* the last news that was followed */
	bool silent;
};

static inline struct watch watch_from(int32_t days, int32_t first)
{
	return (struct watch){ .days = days, .last = first };
}

/* News, or the end of the watch, on this day, in order of time. */
static inline void watch_news(struct watch *watch, int32_t day)
{
	if (day - watch->last > watch->days)
		watch->silent = true;
	if (!watch->silent)
		watch->last = day;
}

/* The day on which the silence censors; DAY_NONE when there is none. */
static inline int32_t watch_silent_on(const struct watch *watch)
{
	return watch->silent ? watch->last + watch->days : DAY_NONE;
}

/*
 * How a record ended. On one day cause 1 goes before cause 2, both before any censoring: an
 * earlier value wins.
 */
enum ended {
	ENDED_REACHED,   /* cause 1 */
	ENDED_EXITED,    /* cause 2: an exit that competes */
	ENDED_OTHERWISE, /* cause 2, of an indicator that has another */
	ENDED_OBJECTED,  /* an objection, or what an indicator censors at */
	ENDED_SILENT,
	ENDED_OPEN, /* at the end of the watch */
	ENDED_COUNT,
};

struct ending {
	int32_t day;
	enum ended how;
};

/* Takes another ending in the place of this one when it comes first. */
static inline void ending_meet(struct ending *ending, int32_t day, enum ended how)
{
	if (day < ending->day || (day == ending->day && how < ending->how))
		*ending = (struct ending){ day, how };
}

/* The same for an exit; NULL: there is none. */
static inline void ending_meet_exit(struct ending *ending, const struct leaving *exit)
{
	if (exit != NULL)
		ending_meet(ending, exit->day, exit->competes ? ENDED_EXITED : ENDED_OBJECTED);
}

/* The counters of records by how they ended: by enum ended, then those never at risk. */
#define ENDED_NOT_AT_RISK ENDED_COUNT
#define ENDED_COUNTERS    (ENDED_NOT_AT_RISK + 1)

/*
 * Counts a record in ENDED_COUNTERS counters from `counter` on and, when it was ever at risk,
 * in the curve. Time is in days since `origin`, entry on day `entry`.
 */
void ending_count(const struct sink *sink, uint16_t municipality, unsigned counter, unsigned curve,
	int32_t origin, int32_t entry, const struct ending *ending);

/* All of them; those that are neither of the causes nor silent. */
int64_t endings_total(const int64_t *counters);
int64_t endings_censored(const int64_t *counters);

#endif
