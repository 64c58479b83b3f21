/*
 * indicators/person/person.h - one person at a reference date: the shared definitions
 * of spec/indicators.md, worked out once for all indicators.
 *
 * Events are the facts with day <= P, in the order of spec/events.md
 * (PersonRegistered: of any date). All arrays live in the arena handed in.
 *
 * A sender chooses how many events of each type there are of one person. So whatever
 * looks at a person takes at most in the order of n log n steps of n events: it walks the
 * history a fixed number of times, and finds what belongs together by sorting.
 */
#ifndef INDICATORS_PERSON_PERSON_H
#define INDICATORS_PERSON_PERSON_H

#include "base/arena.h"
#include "indicators/person/fact.h"
#include "indicators/person/question.h"

#define NOWHERE (-1) /* no municipality */

/* From `from` until before `until` (DAY_NONE: still at P) the person lives in `municipality`. */
struct stay {
	int32_t from;
	int32_t until;
	uint16_t municipality;
};

/* An Exited, or a MunicipalityLeft to ABROAD or UNKNOWN, that has effect. */
struct leaving {
	int32_t day;
	bool competes; /* false: an objection, which censors */
};

struct assessment {
	int32_t day;
	int32_t rung;
	uint16_t municipality;
};

/* A day that shows a job is there: its JobStarted, JobChanged, JobConfirmed, in order. */
struct evidence {
	int32_t day;
	int32_t hours;        /* hours a week in force from here on */
	enum funding funding; /* in force from here on */
	struct evidence *next;
};

/* What is said of all jobs of one ref together. */
struct job_ref {
	int32_t ref;
	uint32_t last;        /* the last of its jobs: one more than its place; 0: none yet */
	uint32_t adjudicated; /* the last PlacementAdjudicated: one more than its place; 0: none */
	uint16_t claimed;     /* the set of those who claimed it, bits 1 << enum org_type */
};

struct job {
	const struct job_ref *ref;
	const struct fact *started; /* the JobStarted that opened it */
	int32_t start;
	int32_t end;            /* the day of its JobEnded; DAY_NONE when there is none */
	uint16_t municipality;  /* of the JobStarted that opened it */
	bool open_hiring;       /* one of its JobStarted says so */
	bool matches_ambition;  /* one of its JobStarted says YES */
	struct evidence *first; /* never NULL: the start */
	struct evidence *last;
};

struct person {
	const struct question *question;
	const struct fact *facts; /* day <= P */
	size_t fact_count;
	const struct fact *registered; /* the last PersonRegistered, of any date; NULL */

	bool settled;     /* there is a first MunicipalitySettled: */
	int32_t t0;       /*   its day */
	uint16_t t0_home; /*   its municipality */
	int32_t lives_in; /* the municipality at P, or NOWHERE */
	bool adult;
	bool in_population;     /* R: lives somewhere at P and is adult */
	bool breadwinner;       /* B, within R */
	bool under_guidance;    /* G, within R */
	int32_t target_minutes; /* the weekly target at P; 0: exempt */

	const struct stay *stays; /* in order of time */
	size_t stay_count;
	const struct leaving *leavings; /* in order */
	size_t leaving_count;
	const int32_t *moves; /* days, in order: see person_is_near_move() */
	size_t move_count;
	const struct assessment *assessments; /* in order */
	size_t assessment_count;
	const struct job *jobs; /* in the order of their starts in the history */
	size_t job_count;
	const struct job_ref *job_refs; /* of the jobs, in the order of the refs */
	size_t job_ref_count;
	const struct fact *plan; /* the plan in force; NULL */

	const struct fact *last[EVENT_TYPE_MAX + 1]; /* by type: the last with day <= P; NULL */

	/*
	 * Room for WORK_NUMBERS numbers for each fact of the whole history, of any date, for an
	 * index that a contribution makes and forgets: each overwrites that of the one before.
	 */
	uint64_t *work;
	size_t work_facts; /* so many facts */
};

#define WORK_NUMBERS 3

/* Bytes of arena that person_prepare() may take for a history of `fact_count` facts. */
size_t person_arena_size(size_t fact_count);

/*
 * Works the definitions out. `facts` is the whole history in order, of any date;
 * it and `question` must outlive the person. CHECKs that the arena has room
 * for person_arena_size().
 */
void person_prepare(struct person *person, const struct question *question,
	const struct fact *facts, size_t fact_count, struct arena *arena);

/* The first fact of day > `day`, as an index in person->facts: fact_count when there is none. */
size_t person_facts_after(const struct person *person, int32_t day);

/* The later of two facts of one history in its order; either may be NULL. */
const struct fact *fact_later(const struct fact *a, const struct fact *b);

/* The first leaving of day >= `day`; NULL when there is none ("Exit from day d on"). */
const struct leaving *person_exit_from(const struct person *person, int32_t day);

/* Where the person lives at the end of `day`, up to P; NOWHERE. */
int32_t person_lives_in(const struct person *person, int32_t day);

/* Does the person live nowhere at the end of `day` because of an exit? */
bool person_has_exited(const struct person *person, int32_t day);

/*
 * A move: a MunicipalityLeft to OTHER_MUNICIPALITY with effect, or a MunicipalitySettled in
 * another municipality than the one last lived in. Is there one at most MOVE_DAYS from `day`?
 */
#define MOVE_DAYS 31
bool person_is_near_move(const struct person *person, int32_t day);

/* The day of the first exit or move from `day` on; DAY_NONE when there is none. */
int32_t person_departs_from(const struct person *person, int32_t day);

/* What is said of the jobs of `ref`; NULL: there is no such job up to P. */
const struct job_ref *job_ref_find(const struct person *person, int32_t ref);

/* Open on `day`: start <= day and not (end <= day). */
bool job_is_open(const struct job *job, int32_t day);

/* Known on `day`: open, and news within news_days before it, or later news up to P. */
bool job_is_known(const struct person *person, const struct job *job, int32_t day);

/* The evidence whose funding and hours are in force on `day`: job_is_open() must hold. */
const struct evidence *job_in_force(const struct job *job, int32_t day);

/* Age 18 to 66 in the year of `as_of`; adult too when `registered` is NULL, as the age is unknown.
 */
bool registered_is_adult(const struct fact *registered, int32_t as_of);

/*
 * True when the last of the GuidanceEnded and GuidanceStarted ends the guidance; NULL:
 * there is none. A person whose guidance ended as LOST_CONTACT is still under guidance.
 */
bool guidance_is_over(const struct fact *last);

/* A two-way ContactHeld by the case manager. */
bool contact_counts(const struct fact *fact);

/* An ActivityLogged of a kind that the set of definitions knows. */
bool activity_counts(const struct person *person, const struct fact *fact);

/* True for an activity of a participation kind; a language kind; a guidance kind. */
bool activity_is_participation(const struct fact *fact);
bool activity_is_language(const struct fact *fact);
bool activity_is_guidance(const struct fact *fact);

#endif
