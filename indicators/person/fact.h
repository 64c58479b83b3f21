/*
 * indicators/person/fact.h - what the figures need of an event, in few bytes.
 *
 * A person's history is an array of facts in the order of spec/events.md. The
 * engine keeps millions of them in memory: 18 bytes each, packed, with only what
 * some figure reads.
 */
#ifndef INDICATORS_PERSON_FACT_H
#define INDICATORS_PERSON_FACT_H

#include "proto/event.h"

#define FACT_DAY_FIRST 7305 /* 1990-01-01, the first day an event can have */
#define FACT_REF_MAX   0x7ffffff
#define DAY_NONE       FACT_REF_MAX /* later than every day */

struct fact {
	uint32_t seq_low;
	uint8_t seq_high;
	uint8_t type;         /* enum event_type */
	uint16_t day_offset;  /* days since 1990-01-01: see fact_day() */
	uint16_t partner;     /* the store's number of the partner */
	uint64_t ref : 27;    /* number of an identifier, 0 none; or the day `until` or DAY_NONE */
	uint64_t choice : 5;  /* the type's enumeration: kind, role, reason, funding, by, ... */
	uint64_t more : 4;    /* what else: see below */
	uint64_t number : 14; /* birth year, minutes, rung, hours, months, set of domains */
	uint64_t municipality : 14;
} __attribute__((packed, aligned(2)));

/* `more`, by type: */
#define FACT_PLAN_MAIN_GOAL          1 /* PlanSigned: bits */
#define FACT_PLAN_OWN_AMBITION       2
#define FACT_PLAN_LANGUAGE_PART      4
#define FACT_PLAN_PARTICIPATION_PART 8
/* JobStarted: open_hiring, 0 when it does not say, and from here on matches_ambition */
#define FACT_JOB_OPEN_HIRING_NO  1
#define FACT_JOB_OPEN_HIRING_YES 2
#define FACT_JOB_AMBITION_SHIFT  2
/* ActivityLogged: the provider, an enum org_type. ContactHeld: 1 when two_way. */

static inline int32_t fact_day(const struct fact *fact)
{
	return (int32_t)fact->day_offset + FACT_DAY_FIRST;
}

static inline uint64_t fact_seq(const struct fact *fact)
{
	return (uint64_t)fact->seq_high << 32 | fact->seq_low;
}

/* JobStarted: what it says of open hiring; its enum ambition_match, 0 when it does not say. */
static inline unsigned fact_open_hiring(const struct fact *fact)
{
	return fact->more & ((1u << FACT_JOB_AMBITION_SHIFT) - 1);
}

static inline unsigned fact_ambition(const struct fact *fact)
{
	return (unsigned)fact->more >> FACT_JOB_AMBITION_SHIFT;
}

/* The identifier that `ref` stands for: of a job, an activity, a sanction, a referral, a worker. */
struct bytes fact_ref_of_event(const struct event *event);

/* The fact of an event. `ref` is the number of fact_ref_of_event(), 0 when that is empty. */
struct fact fact_of_event(const struct event *event, uint64_t seq, uint16_t partner, int32_t ref);

/*
 * Of two events on one day: endings first (0), all others (1), JobEnded and ReferralClosed
 * last (2).
 * Source: events, "Order within a person".
 */
static inline int fact_class(enum event_type type)
{
	const uint64_t endings =
		UINT64_C(1) << EVENT_MUNICIPALITY_LEFT | UINT64_C(1) << EVENT_EXITED |
		UINT64_C(1) << EVENT_GUIDANCE_ENDED | UINT64_C(1) << EVENT_PLAN_WITHDRAWN |
		UINT64_C(1) << EVENT_BENEFIT_ENDED | UINT64_C(1) << EVENT_BARRIER_RESOLVED |
		UINT64_C(1) << EVENT_CONTACT_PERSON_ENDED;
	if (type == EVENT_JOB_ENDED || type == EVENT_REFERRAL_CLOSED)
		return 2;
	return (endings >> type & 1) != 0 ? 0 : 1;
}

#endif
