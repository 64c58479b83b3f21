/*
 * indicators/work_spell.h - spells of work: jobs with little time between them.
 *
 * Source: indicators, section 6. Shared by job_durability and placement.
 */
#ifndef INDICATORS_WORK_SPELL_H
#define INDICATORS_WORK_SPELL_H

#include "indicators/person/person.h"

/* How long a job, or a spell, is observed. */
enum work_end {
	WORK_ENDED,  /* until a JobEnded */
	WORK_SILENT, /* until news_days after the last evidence before a silence */
	WORK_OPEN,   /* it is open at P */
};

struct work_observed {
	enum work_end end;
	int32_t until; /* DAY_NONE when open */
};

struct work_spell {
	const struct job *jobs; /* sorted by start, then order; at least one */
	size_t job_count;
	struct work_observed observed; /* of its jobs, the latest; of equal ones, silent wins */
	bool lasts; /* there is news lasting_days or more after its start: section 7 */
};

/* "A job is observed from its start, as long as each next news comes at most 183 days after". */
struct work_observed work_observe(const struct person *person, const struct job *job);

/*
 * The last day whose ends are certain (section 18): 32 days before P, as a job that starts
 * within the 31 days after an end joins the spell.
 */
int32_t work_certain_day(const struct person *person);

/*
 * How long a spell that begins by work_certain_day() is observed, cut at that day: what is not
 * certain by then is WORK_OPEN, and `until` is that day.
 */
struct work_observed work_spell_cut(const struct person *person, const struct work_spell *spell);

/*
 * The spell that starts with person->jobs[*at]; moves *at past it. False, and
 * *spell untouched, when there are no more jobs. Begin with *at 0.
 */
bool work_spell_next(const struct person *person, size_t *at, struct work_spell *spell);

#endif
