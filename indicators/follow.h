/*
 * indicators/follow.h - following a person's assessments, as ladder_step and
 * rung_reached both do.
 *
 * Source: indicators, section 1: as long as each assessment comes at most
 * follow_days after the one before; until the rung is reached, the person
 * exits, or silence falls.
 */
#ifndef INDICATORS_FOLLOW_H
#define INDICATORS_FOLLOW_H

#include "indicators/figures.h"
#include "indicators/person/person.h"

enum follow_end {
	FOLLOW_REACHED,  /* cause 1 */
	FOLLOW_EXITED,   /* cause 2: an exit that competes */
	FOLLOW_SILENT,   /* censored: the next assessment is overdue or came too late */
	FOLLOW_CENSORED, /* an objection, or not yet due */
};

struct follow {
	enum follow_end end;
	int32_t day; /* of the end */
};

/*
 * Follows from person->assessments[first] to the first later one with a rung of
 * `rung_min` or more.
 */
struct follow follow_from(const struct person *person, size_t first, int32_t rung_min);

/* The counters of a followed record, in the order of enum follow_end, then not_at_risk. */
#define FOLLOW_NOT_AT_RISK (FOLLOW_CENSORED + 1)
#define FOLLOW_COUNTERS    (FOLLOW_NOT_AT_RISK + 1)

/*
 * Counts a followed record in FOLLOW_COUNTERS counters from `counter` on and, when it
 * was ever at risk, in the curve. Time is in days since `origin`, entry on day `entry`.
 */
void follow_count(const struct sink *sink, uint16_t municipality, unsigned counter, unsigned curve,
	int32_t origin, int32_t entry, const struct follow *follow);

/* Those records by how they ended, from the counters. */
struct classes follow_classes(const int64_t *counters);

/*
 * The five counts, the first under the key `reached`: the classes as shown, and who was
 * never at risk.
 */
void follow_figures(struct figures *figures, const struct classes *shown, const char *reached,
	int64_t not_at_risk);

/* `within` 6, 12, 24 and 36 months, and the half-times. */
void follow_curve(struct figures *figures, const struct curve *curve, const struct classes *exact);

#endif
