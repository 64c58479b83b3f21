/*
 * indicators/person/fact.c - from events to facts.
 */
#include "indicators/person/fact.h"

#include "base/check.h"

/* The largest values that fit. The CHECKs below refuse larger ones. */
#define REF_BITS          ((unsigned)FACT_REF_MAX)
#define CHOICE_BITS       0x1fu
#define MORE_BITS         0xfu
#define NUMBER_BITS       0x3fffu
#define MUNICIPALITY_BITS 0x3fffu

CHECK_STATIC(sizeof(struct fact) == 18);
CHECK_STATIC(ACTIVITY_KIND_COUNT <= CHOICE_BITS && ORG_TYPE_COUNT <= MORE_BITS);
CHECK_STATIC((AMBITION_MATCH_COUNT << FACT_JOB_AMBITION_SHIFT) <= MORE_BITS);
CHECK_STATIC((int)PLACEMENT_BY == (int)SANCTION_IMPOSED_REGIME);
CHECK_STATIC((int)PLACEMENT_BY == (int)REFERRAL_CLOSED_OUTCOME);

struct bytes fact_ref_of_event(const struct event *event)
{
	switch (event->type) {
	case EVENT_JOB_STARTED:
	case EVENT_JOB_CHANGED:
	case EVENT_JOB_CONFIRMED:
	case EVENT_JOB_ENDED:
	case EVENT_PLACEMENT_CLAIMED:
	case EVENT_PLACEMENT_ADJUDICATED:
		return event->values[JOB_REF].text;
	case EVENT_SANCTION_ANNOUNCED:
	case EVENT_SANCTION_IMPOSED:
	case EVENT_SANCTION_ANNULLED:
		return event->values[SANCTION_REF].text;
	case EVENT_ACTIVITY_LOGGED:
		return event->values[ACTIVITY_LOGGED_ACTIVITY_REF].text;
	case EVENT_CONTACT_HELD:
		return event->values[CONTACT_HELD_WORKER].text;
	case EVENT_CONTACT_PERSON_ASSIGNED:
		return event->values[CONTACT_PERSON_ASSIGNED_WORKER].text;
	case EVENT_REFERRAL_MADE:
		return event->values[REFERRAL_MADE_REF].text;
	case EVENT_REFERRAL_CLOSED:
		return event->values[REFERRAL_CLOSED_REF].text;
	case EVENT_PERSON_REGISTERED:
	case EVENT_HOUSEHOLD_ROLE_SET:
	case EVENT_MUNICIPALITY_SETTLED:
	case EVENT_MUNICIPALITY_LEFT:
	case EVENT_EXITED:
	case EVENT_GUIDANCE_ENDED:
	case EVENT_GUIDANCE_STARTED:
	case EVENT_SERVICE_MODEL_SET:
	case EVENT_OBLIGATION_STARTED:
	case EVENT_INTAKE_DONE:
	case EVENT_PLAN_SIGNED:
	case EVENT_PLAN_REVIEWED:
	case EVENT_PLAN_WITHDRAWN:
	case EVENT_LANGUAGE_LEVEL_REACHED:
	case EVENT_CIVIC_INTEGRATION_COMPLETED:
	case EVENT_MODULE_COMPLETED:
	case EVENT_LADDER_ASSESSED:
	case EVENT_CONTACT_PERSON_ENDED:
	case EVENT_BARRIER_REPORTED:
	case EVENT_BARRIER_RESOLVED:
	case EVENT_TARGET_SET:
	case EVENT_LANGUAGE_EXEMPTED:
	case EVENT_BENEFIT_STARTED:
	case EVENT_BENEFIT_CONFIRMED:
	case EVENT_BENEFIT_ENDED:
	case EVENT_EVENT_RETRACTED:
	case EVENT_REPORT_PUBLISHED:
	case EVENT_REPORT_WITHDRAWN:
	case EVENT_AGREEMENT_MADE:
		return bytes_of(NULL, 0);
	}
	check_failed("a type of the table", __FILE__, __LINE__);
}

/* A body's values, before they are packed. */
struct said {
	int32_t choice;
	int32_t more;
	int32_t number;
	int32_t ref; /* or `until` */
};

static int32_t choice_of(const struct value *value)
{
	return value->present ? value->number : 0;
}

/* An `until` before 1970 has passed on every day on which the event can count; so has 0. */
static int32_t until_of(const struct value *value)
{
	int32_t until = value->present ? value->number : DAY_NONE;
	return until < 0 ? 0 : until;
}

static void job_fill(struct said *said, enum event_type type, const struct value *values)
{
	said->choice = choice_of(&values[JOB_STARTED_FUNDING]);
	said->number = values[JOB_STARTED_HOURS_PER_WEEK].number;
	if (type != EVENT_JOB_STARTED)
		return;
	if (values[JOB_STARTED_OPEN_HIRING].present)
		said->more = values[JOB_STARTED_OPEN_HIRING].number != 0 ? FACT_JOB_OPEN_HIRING_YES
									 : FACT_JOB_OPEN_HIRING_NO;
	said->more |= choice_of(&values[JOB_STARTED_MATCHES_AMBITION]) << FACT_JOB_AMBITION_SHIFT;
}

static void plan_fill(struct said *said, const struct value *values)
{
	said->number = values[PLAN_SIGNED_LONGEST_HORIZON_MONTHS].number;
	said->choice = choice_of(&values[PLAN_SIGNED_ROUTE]);
	if (values[PLAN_SIGNED_HAS_MAIN_GOAL].number != 0)
		said->more |= FACT_PLAN_MAIN_GOAL;
	if (values[PLAN_SIGNED_HAS_OWN_AMBITION].number != 0)
		said->more |= FACT_PLAN_OWN_AMBITION;
	if (values[PLAN_SIGNED_HAS_LANGUAGE_PART].number != 0)
		said->more |= FACT_PLAN_LANGUAGE_PART;
	if (values[PLAN_SIGNED_HAS_PARTICIPATION_PART].number != 0)
		said->more |= FACT_PLAN_PARTICIPATION_PART;
}

static void activity_fill(struct said *said, const struct value *values)
{
	said->choice = choice_of(&values[ACTIVITY_LOGGED_KIND]);
	said->number = values[ACTIVITY_LOGGED_MINUTES].number;
	said->more = choice_of(&values[ACTIVITY_LOGGED_PROVIDER]);
}

/* The body's values, by type. */
static void said_fill(struct said *said, const struct event *event)
{
	const struct value *values = event->values;
	switch (event->type) {
	case EVENT_PERSON_REGISTERED:
		said->number = values[PERSON_REGISTERED_BIRTH_YEAR].number;
		said->choice = choice_of(&values[PERSON_REGISTERED_ACT]);
		break;
	case EVENT_HOUSEHOLD_ROLE_SET:
	case EVENT_MUNICIPALITY_LEFT:
	case EVENT_EXITED:
	case EVENT_GUIDANCE_ENDED:
	case EVENT_SERVICE_MODEL_SET:
	case EVENT_LANGUAGE_LEVEL_REACHED:
	case EVENT_BARRIER_REPORTED:
	case EVENT_BARRIER_RESOLVED:
	case EVENT_MODULE_COMPLETED:
	case EVENT_REFERRAL_MADE:
	case EVENT_BENEFIT_STARTED:
	case EVENT_BENEFIT_CONFIRMED:
		said->choice = choice_of(&values[0]);
		break;
	case EVENT_PLACEMENT_CLAIMED:
	case EVENT_PLACEMENT_ADJUDICATED:
	case EVENT_SANCTION_IMPOSED:
	case EVENT_REFERRAL_CLOSED:
		said->choice = choice_of(&values[PLACEMENT_BY]);
		break;
	case EVENT_INTAKE_DONE:
	case EVENT_LADDER_ASSESSED:
		said->number = values[0].number;
		break;
	case EVENT_PLAN_SIGNED:
		plan_fill(said, values);
		break;
	case EVENT_ACTIVITY_LOGGED:
		activity_fill(said, values);
		break;
	case EVENT_CONTACT_HELD:
		said->choice = choice_of(&values[CONTACT_HELD_BY]);
		said->more = choice_of(&values[CONTACT_HELD_TWO_WAY]);
		break;
	case EVENT_TARGET_SET:
		said->number = values[TARGET_SET_WEEKLY_MINUTES].number;
		said->ref = until_of(&values[TARGET_SET_UNTIL]);
		break;
	case EVENT_LANGUAGE_EXEMPTED:
		said->ref = until_of(&values[LANGUAGE_EXEMPTED_UNTIL]);
		break;
	case EVENT_JOB_STARTED:
	case EVENT_JOB_CHANGED:
		job_fill(said, event->type, values);
		break;
	case EVENT_MUNICIPALITY_SETTLED:
	case EVENT_GUIDANCE_STARTED:
	case EVENT_OBLIGATION_STARTED:
	case EVENT_PLAN_REVIEWED:
	case EVENT_PLAN_WITHDRAWN:
	case EVENT_CIVIC_INTEGRATION_COMPLETED:
	case EVENT_CONTACT_PERSON_ASSIGNED:
	case EVENT_CONTACT_PERSON_ENDED:
	case EVENT_JOB_CONFIRMED:
	case EVENT_JOB_ENDED:
	case EVENT_BENEFIT_ENDED:
	case EVENT_SANCTION_ANNOUNCED:
	case EVENT_SANCTION_ANNULLED:
	case EVENT_EVENT_RETRACTED:
	case EVENT_REPORT_PUBLISHED:
	case EVENT_REPORT_WITHDRAWN:
	case EVENT_AGREEMENT_MADE:
		break;
	}
}

struct fact fact_of_event(const struct event *event, uint64_t seq, uint16_t partner, int32_t ref)
{
	struct said said = { .ref = ref };
	said_fill(&said, event);
	CHECK(seq < UINT64_C(1) << 40);
	CHECK(event->day >= FACT_DAY_FIRST && event->day - FACT_DAY_FIRST <= UINT16_MAX);
	CHECK((unsigned)said.ref <= REF_BITS && event->municipality <= MUNICIPALITY_BITS);
	CHECK((unsigned)said.choice <= CHOICE_BITS && (unsigned)said.more <= MORE_BITS);
	CHECK((unsigned)said.number <= NUMBER_BITS);
	return (struct fact){
		.seq_low = (uint32_t)seq,
		.seq_high = (uint8_t)(seq >> 32),
		.type = (uint8_t)event->type,
		.day_offset = (uint16_t)(event->day - FACT_DAY_FIRST),
		.partner = partner,
		.ref = (unsigned)said.ref & REF_BITS,
		.choice = (unsigned)said.choice & CHOICE_BITS,
		.more = (unsigned)said.more & MORE_BITS,
		.number = (unsigned)said.number & NUMBER_BITS,
		.municipality = event->municipality & MUNICIPALITY_BITS,
	};
}
