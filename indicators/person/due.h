/*
 * indicators/person/due.h - the rows of one person in the partners' work lists: whose last
 * news is so old that a figure will soon count the person as silent.
 *
 * A partner does not learn from its list what others sent. A row is made of the events of
 * one partner alone: its own last news, and the day on which the figure would call
 * the person silent if there were no other news. An event of another partner can remove a
 * row, but never make one or change a date in it, and only by ending what the row asks for:
 * the person has left, died or moved to a municipality about which the partner said
 * nothing since; the job, the plan or the benefit has ended; the referral is closed; the
 * person is ingeburgerd.
 */
#ifndef INDICATORS_PERSON_DUE_H
#define INDICATORS_PERSON_DUE_H

#include "indicators/person/person.h"

/*
 * X(NAME, name, days, sentence): a row comes when the last news is so many days old. The
 * day on which a figure calls it silent comes later, and follows from the definitions of
 * the figures: see due.c.
 */
#define DUE_REASONS(X)                                                                             \
	X(RUNG_NOT_ASSESSED, rung_not_assessed, 150, "the rung was not assessed")                  \
	X(JOB_NOT_CONFIRMED, job_not_confirmed, 120, "the job was not confirmed")                  \
	X(NO_CONTACT, no_contact, 60, "there was no contact with the case manager")                \
	X(PLAN_NOT_REVIEWED, plan_not_reviewed, 300, "the plan was not reviewed")                  \
	X(OBLIGATION_WITHOUT_PLAN, obligation_without_plan, 0,                                     \
		"the obligation runs without a plan")                                              \
	X(BENEFIT_NOT_CONFIRMED, benefit_not_confirmed, 330, "the benefit was not confirmed")      \
	X(REFERRAL_OPEN, referral_open, 120, "nothing was heard of the referral")                  \
	X(NO_CONTACT_PERSON, no_contact_person, 0, "there is no contact person any more")

enum due_reason {
#define DUE_REASON_ENUM(NAME, ...) DUE_##NAME,
	DUE_REASONS(DUE_REASON_ENUM)
#undef DUE_REASON_ENUM
		DUE_REASON_COUNT
};

/* A row of a work list. As small as a fact: there may be one for everybody. */
struct due {
	uint32_t person;       /* the engine's number, left 0 by due_find() */
	uint32_t seq_low;      /* of the record that is the news */
	uint16_t since_offset; /* days since 1990-01-01: see due_since() */
	uint16_t silent_offset;
	uint16_t partner;
	uint16_t municipality; /* of the partner's last event about the person */
	uint8_t seq_high;
	uint8_t reason; /* enum due_reason */
} __attribute__((packed, aligned(2)));

/* The day of the last news; without news, the day from which the time is counted. */
static inline int32_t due_since(const struct due *due)
{
	return (int32_t)due->since_offset + FACT_DAY_FIRST;
}

/* The first reference date whose figure calls it silent when there is no other news by then. */
static inline int32_t due_silent_on(const struct due *due)
{
	return (int32_t)due->silent_offset + FACT_DAY_FIRST;
}

static inline uint64_t due_seq(const struct due *due)
{
	return (uint64_t)due->seq_high << 32 | due->seq_low;
}

/* The stable word, as rung_not_assessed; the sentence; the days. */
const char *due_reason_name(enum due_reason reason);
const char *due_reason_sentence(enum due_reason reason);
int32_t due_reason_days(enum due_reason reason);

/* The set of types, bits 1 << enum event_type, by which a partner can answer the row. */
uint64_t due_reason_types(enum due_reason reason);

struct due_sink {
	/* Called for each row; may be NULL. */
	void (*due)(void *context, const struct due *due);
	/*
	 * Called when the partner sent news of this kind about the person, up to P. A partner
	 * that sent such news about no person at all does not send the kind: it gets no rows.
	 */
	void (*sent)(void *context, uint16_t partner, enum due_reason reason);
	void *context;
};

/*
 * All rows of a person, of all partners. The whole history, of any date, has
 * `fact_count_all` facts and begins at person->facts.
 */
void due_find(const struct person *person, size_t fact_count_all, const struct due_sink *sink);

#endif
