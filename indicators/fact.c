/*
 * indicators/fact.c - from events to facts.
 */
#include "indicators/fact.h"

#include "base/check.h"

CHECK_STATIC(sizeof(struct fact) == 20);
CHECK_STATIC((int)PLACEMENT_BY == (int)SANCTION_IMPOSED_REGIME);

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
	case EVENT_LADDER_ASSESSED:
	case EVENT_CONTACT_HELD:
	case EVENT_BARRIER_REPORTED:
	case EVENT_BARRIER_RESOLVED:
	case EVENT_TARGET_SET:
	case EVENT_LANGUAGE_EXEMPTED:
	case EVENT_REFERRAL_MADE:
	case EVENT_BENEFIT_STARTED:
	case EVENT_BENEFIT_ENDED:
	case EVENT_EVENT_RETRACTED:
	case EVENT_REPORT_PUBLISHED:
		return bytes_of(NULL, 0);
	}
	check_failed("a type of the table", __FILE__, __LINE__);
}

static uint8_t choice_of(const struct value *value)
{
	return value->present ? (uint8_t)value->number : 0;
}

static uint16_t number_of(const struct value *value)
{
	CHECK(value->number >= 0 && value->number <= UINT16_MAX);
	return (uint16_t)value->number;
}

static int32_t until_of(const struct value *value)
{
	return value->present ? value->number : DAY_NONE;
}

static void job_fill(struct fact *fact, const struct value *values)
{
	fact->choice = choice_of(&values[JOB_STARTED_FUNDING]);
	fact->number = number_of(&values[JOB_STARTED_HOURS_PER_WEEK]);
	if (fact->type != EVENT_JOB_STARTED)
		return;
	if (values[JOB_STARTED_OPEN_HIRING].present && values[JOB_STARTED_OPEN_HIRING].number != 0)
		fact->more |= FACT_JOB_OPEN_HIRING;
	if (choice_of(&values[JOB_STARTED_MATCHES_AMBITION]) == AMBITION_MATCH_YES)
		fact->more |= FACT_JOB_MATCHES_AMBITION;
}

static void plan_fill(struct fact *fact, const struct value *values)
{
	fact->number = number_of(&values[PLAN_SIGNED_LONGEST_HORIZON_MONTHS]);
	if (values[PLAN_SIGNED_HAS_MAIN_GOAL].number != 0)
		fact->more |= FACT_PLAN_MAIN_GOAL;
	if (values[PLAN_SIGNED_HAS_OWN_AMBITION].number != 0)
		fact->more |= FACT_PLAN_OWN_AMBITION;
	if (values[PLAN_SIGNED_HAS_LANGUAGE_PART].number != 0)
		fact->more |= FACT_PLAN_LANGUAGE_PART;
	if (values[PLAN_SIGNED_HAS_PARTICIPATION_PART].number != 0)
		fact->more |= FACT_PLAN_PARTICIPATION_PART;
}

/* What the body says, by type. */
static void fact_fill(struct fact *fact, const struct event *event)
{
	const struct value *values = event->values;
	switch (event->type) {
	case EVENT_PERSON_REGISTERED:
		fact->number = number_of(&values[PERSON_REGISTERED_BIRTH_YEAR]);
		fact->choice = choice_of(&values[PERSON_REGISTERED_ACT]);
		break;
	case EVENT_HOUSEHOLD_ROLE_SET:
	case EVENT_MUNICIPALITY_LEFT:
	case EVENT_EXITED:
	case EVENT_GUIDANCE_ENDED:
	case EVENT_SERVICE_MODEL_SET:
	case EVENT_LANGUAGE_LEVEL_REACHED:
	case EVENT_BARRIER_REPORTED:
	case EVENT_BARRIER_RESOLVED:
	case EVENT_REFERRAL_MADE:
	case EVENT_BENEFIT_STARTED:
		fact->choice = choice_of(&values[0]);
		break;
	case EVENT_PLACEMENT_CLAIMED:
	case EVENT_PLACEMENT_ADJUDICATED:
	case EVENT_SANCTION_IMPOSED:
		fact->choice = choice_of(&values[PLACEMENT_BY]);
		break;
	case EVENT_INTAKE_DONE:
	case EVENT_LADDER_ASSESSED:
		fact->number = number_of(&values[0]);
		break;
	case EVENT_PLAN_SIGNED:
		plan_fill(fact, values);
		break;
	case EVENT_ACTIVITY_LOGGED:
		fact->choice = choice_of(&values[ACTIVITY_LOGGED_KIND]);
		fact->number = number_of(&values[ACTIVITY_LOGGED_MINUTES]);
		fact->more = choice_of(&values[ACTIVITY_LOGGED_PROVIDER]);
		break;
	case EVENT_CONTACT_HELD:
		fact->choice = choice_of(&values[CONTACT_HELD_BY]);
		fact->more = choice_of(&values[CONTACT_HELD_TWO_WAY]);
		break;
	case EVENT_TARGET_SET:
		fact->number = number_of(&values[TARGET_SET_WEEKLY_MINUTES]);
		fact->ref = until_of(&values[TARGET_SET_UNTIL]);
		break;
	case EVENT_LANGUAGE_EXEMPTED:
		fact->ref = until_of(&values[LANGUAGE_EXEMPTED_UNTIL]);
		break;
	case EVENT_JOB_STARTED:
	case EVENT_JOB_CHANGED:
		job_fill(fact, values);
		break;
	case EVENT_MUNICIPALITY_SETTLED:
	case EVENT_GUIDANCE_STARTED:
	case EVENT_OBLIGATION_STARTED:
	case EVENT_PLAN_REVIEWED:
	case EVENT_PLAN_WITHDRAWN:
	case EVENT_CIVIC_INTEGRATION_COMPLETED:
	case EVENT_JOB_CONFIRMED:
	case EVENT_JOB_ENDED:
	case EVENT_BENEFIT_ENDED:
	case EVENT_SANCTION_ANNOUNCED:
	case EVENT_SANCTION_ANNULLED:
	case EVENT_EVENT_RETRACTED:
	case EVENT_REPORT_PUBLISHED:
		break;
	}
}

struct fact fact_of_event(const struct event *event, uint64_t seq, uint16_t partner, int32_t ref)
{
	CHECK(seq < UINT64_C(1) << 40);
	CHECK(event->day >= FACT_DAY_FIRST && event->day - FACT_DAY_FIRST <= UINT16_MAX);
	struct fact fact = {
		.seq_low = (uint32_t)seq,
		.seq_high = (uint8_t)(seq >> 32),
		.type = (uint8_t)event->type,
		.day_offset = (uint16_t)(event->day - FACT_DAY_FIRST),
		.municipality = event->municipality,
		.partner = partner,
		.ref = ref,
	};
	fact_fill(&fact, event);
	return fact;
}
