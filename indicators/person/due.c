/*
 * indicators/person/due.c - see due.h.
 *
 * The facts are put in the order of the partners, each one's in the order of the history: so
 * what one partner said stands together and is walked once.
 */
#include "indicators/person/due.h"

#include "base/check.h"
#include "base/sort.h"

CHECK_STATIC(sizeof(struct due) <= sizeof(struct fact));

#define TYPE_BIT(name) (UINT64_C(1) << EVENT_##name)

static const struct {
	const char *name;
	const char *sentence;
	int32_t days;
} reasons[] = {
#define DUE_REASON_ROW(NAME, name, days, sentence) { #name, sentence, days },
	DUE_REASONS(DUE_REASON_ROW)
#undef DUE_REASON_ROW
};

const char *due_reason_name(enum due_reason reason)
{
	return reasons[reason].name;
}

const char *due_reason_sentence(enum due_reason reason)
{
	return reasons[reason].sentence;
}

int32_t due_reason_days(enum due_reason reason)
{
	return reasons[reason].days;
}

uint64_t due_reason_types(enum due_reason reason)
{
	switch (reason) {
	case DUE_RUNG_NOT_ASSESSED:
		return TYPE_BIT(LADDER_ASSESSED);
	case DUE_JOB_NOT_CONFIRMED:
		return TYPE_BIT(JOB_CONFIRMED) | TYPE_BIT(JOB_CHANGED);
	case DUE_NO_CONTACT:
		return TYPE_BIT(CONTACT_HELD);
	case DUE_PLAN_NOT_REVIEWED:
		return TYPE_BIT(PLAN_REVIEWED) | TYPE_BIT(PLAN_SIGNED);
	case DUE_OBLIGATION_WITHOUT_PLAN:
		return TYPE_BIT(PLAN_SIGNED);
	case DUE_BENEFIT_NOT_CONFIRMED:
		return TYPE_BIT(BENEFIT_CONFIRMED);
	case DUE_REFERRAL_OPEN:
		return TYPE_BIT(REFERRAL_CLOSED);
	case DUE_NO_CONTACT_PERSON:
		return TYPE_BIT(CONTACT_PERSON_ASSIGNED);
	case DUE_REASON_COUNT:
		break;
	}
	check_failed("a reason of the enum", __FILE__, __LINE__);
}

/* The facts that one partner sent about the person up to P; NULL where it sent none. */
struct own {
	uint16_t partner;
	const struct fact *last;       /* of any type */
	const struct fact *registered; /* of any date, as everywhere */
	const struct fact *settled;    /* the first */
	const struct fact *assessed;
	const struct fact *worked; /* evidence of a job */
	const struct fact *contact;
	const struct fact *guidance;
	const struct fact *signing;    /* the last PlanSigned */
	const struct fact *planned;    /* the last PlanSigned or PlanReviewed */
	const struct fact *plan;       /* the last PlanSigned or PlanWithdrawn */
	const struct fact *obligation; /* the first */
	const struct fact *receiving;  /* the last BenefitStarted or BenefitConfirmed */
	const struct fact *begun;      /* the last BenefitStarted */
	const struct fact *referred;   /* a ReferralMade with a ref */
	const struct fact *assigned;   /* the last ContactPersonAssigned */
	const struct fact *face;       /* the last ContactPersonAssigned or ContactPersonEnded */
	uint64_t *numbers;             /* of its facts, as number_of() makes them */
	size_t count;                  /* of those up to P */
};

/* A fact as a number whose order is that of `group`, then that of the history. */
static uint64_t number_of(uint32_t group, size_t place)
{
	return (uint64_t)group << 32 | place;
}

static const struct fact *fact_of(const struct person *person, uint64_t number)
{
	return &person->facts[(uint32_t)number];
}

static void own_take(struct own *own, const struct fact *fact)
{
	own->last = fact;
	switch (fact->type) {
	case EVENT_MUNICIPALITY_SETTLED:
		if (own->settled == NULL)
			own->settled = fact;
		break;
	case EVENT_LADDER_ASSESSED:
		own->assessed = fact;
		break;
	case EVENT_JOB_STARTED:
	case EVENT_JOB_CHANGED:
	case EVENT_JOB_CONFIRMED:
		own->worked = fact;
		break;
	case EVENT_CONTACT_HELD:
		if (contact_counts(fact))
			own->contact = fact;
		break;
	case EVENT_GUIDANCE_ENDED:
	case EVENT_GUIDANCE_STARTED:
		own->guidance = fact;
		break;
	case EVENT_PLAN_SIGNED:
		own->signing = own->planned = own->plan = fact;
		break;
	case EVENT_PLAN_REVIEWED:
		own->planned = fact;
		break;
	case EVENT_PLAN_WITHDRAWN:
		own->plan = fact;
		break;
	case EVENT_OBLIGATION_STARTED:
		if (own->obligation == NULL)
			own->obligation = fact;
		break;
	case EVENT_BENEFIT_STARTED:
		own->receiving = own->begun = fact;
		break;
	case EVENT_BENEFIT_CONFIRMED:
		own->receiving = fact;
		break;
	case EVENT_REFERRAL_MADE:
		if (fact->ref != 0)
			own->referred = fact;
		break;
	case EVENT_CONTACT_PERSON_ASSIGNED:
		own->assigned = own->face = fact;
		break;
	case EVENT_CONTACT_PERSON_ENDED:
		own->face = fact;
		break;
	}
}

/*
 * Reads what the partner said whose facts begin at `numbers`, of `count` in the order of the
 * partners. Returns how many are its own.
 */
static size_t own_read(
	struct own *own, const struct person *person, uint64_t *numbers, size_t count)
{
	size_t i = 0;
	*own = (struct own){ .partner = (uint16_t)(numbers[0] >> 32), .numbers = numbers };
	for (; i < count && numbers[i] >> 32 == own->partner; i++) {
		const struct fact *fact = fact_of(person, numbers[i]);
		if (fact->type == EVENT_PERSON_REGISTERED)
			own->registered = fact;
		if ((uint32_t)numbers[i] < person->fact_count) {
			own_take(own, fact);
			own->count = i + 1;
		}
	}
	return i;
}

/* Has any partner reported that the person left, or lives elsewhere? */
static bool is_gone(const struct person *person, const struct own *own)
{
	if (person->lives_in != NOWHERE)
		return person->lives_in != own->last->municipality;
	/* Without a MunicipalitySettled an end has no effect on the figures, but the row goes. */
	return person->settled || person->last[EVENT_MUNICIPALITY_LEFT] != NULL ||
	       person->last[EVENT_EXITED] != NULL;
}

struct asking {
	const struct person *person;
	const struct own *own;
	const uint64_t *closed; /* the last ReferralClosed of each ref, of whomever: number_of() */
	size_t closed_count;
	const struct due_sink *sink;
};

/* A row, when the news of day `since` is old enough. */
static void ask(const struct asking *asking, enum due_reason reason, const struct fact *news,
	int32_t since, int32_t silent_on)
{
	if (asking->person->question->as_of - since < due_reason_days(reason))
		return;
	const struct due due = {
		.seq_low = news->seq_low,
		.seq_high = news->seq_high,
		.since_offset = (uint16_t)(since - FACT_DAY_FIRST),
		.silent_offset = (uint16_t)(silent_on - FACT_DAY_FIRST),
		.partner = asking->own->partner,
		.municipality = asking->own->last->municipality,
		.reason = (uint8_t)reason,
	};
	asking->sink->due(asking->sink->context, &due);
}

/* Stale: "more than 214 days before P". */
static void ask_rung(const struct asking *asking)
{
	const struct fact *news = asking->own->assessed;
	if (news == NULL)
		return;
	int32_t since = fact_day(news);
	ask(asking, DUE_RUNG_NOT_ASSESSED, news, since,
		since + asking->person->question->follow_days + 1);
}

/* Is the last job of this ref ended, whichever partner reported that? */
static bool job_has_ended(const struct person *person, int32_t ref)
{
	const struct job_ref *of = job_ref_find(person, ref);
	return of != NULL && person->jobs[of->last - 1].end != DAY_NONE;
}

static bool is_of_a_job(const struct fact *fact)
{
	return fact->type == EVENT_JOB_STARTED || fact->type == EVENT_JOB_CHANGED ||
	       fact->type == EVENT_JOB_CONFIRMED || fact->type == EVENT_JOB_ENDED;
}

/* Referrals have groups of their own: the ref of one may be that of a job. */
#define REFERRAL_GROUP (UINT32_C(1) << 31)
CHECK_STATIC(FACT_REF_MAX < REFERRAL_GROUP);

/*
 * The partner's last word on each job, and its first on each referral, in the order of the
 * history, in the place of its numbers, which are not needed any more. Returns how many.
 */
static size_t list_of_refs(const struct person *person, const struct own *own)
{
	uint64_t *numbers = own->numbers;
	size_t count = 0;
	size_t refs = 0;
	for (size_t i = 0; i < own->count; i++) {
		const struct fact *fact = fact_of(person, numbers[i]);
		uint32_t ref = fact->ref;
		if (is_of_a_job(fact))
			numbers[count++] = number_of(ref, (uint32_t)numbers[i]);
		else if (fact->type == EVENT_REFERRAL_MADE && ref != 0)
			numbers[count++] = number_of(REFERRAL_GROUP | ref, (uint32_t)numbers[i]);
	}
	sort_numbers(numbers, count);
	uint64_t before = 0; /* the number that stood before, which may be written over */
	for (size_t i = 0; i < count; i++) {
		uint64_t number = numbers[i], group = number >> 32;
		bool is_first = i == 0 || before >> 32 != group;
		bool is_last = i + 1 == count || numbers[i + 1] >> 32 != group;
		if ((group & REFERRAL_GROUP) != 0 ? is_first : is_last)
			numbers[refs++] = number_of(0, (uint32_t)number);
		before = number;
	}
	sort_numbers(numbers, refs);
	return refs;
}

/* Known: "an evidence day in [P - 183, P]". */
static void ask_job(const struct asking *asking, const struct fact *fact)
{
	if (fact->type == EVENT_JOB_ENDED || job_has_ended(asking->person, fact->ref))
		return;
	int32_t since = fact_day(fact);
	ask(asking, DUE_JOB_NOT_CONFIRMED, fact, since,
		since + asking->person->question->news_days + 1);
}

/* All ReferralClosed of a ref, of whomever, by ref: the last of each. Returns how many. */
static size_t list_closed(const struct person *person, uint64_t *numbers)
{
	size_t count = 0, refs = 0;
	if (person->last[EVENT_REFERRAL_CLOSED] == NULL)
		return 0;
	for (size_t i = 0; i < person->fact_count; i++) {
		if (person->facts[i].type == EVENT_REFERRAL_CLOSED)
			numbers[count++] = number_of(person->facts[i].ref, i);
	}
	sort_numbers(numbers, count);
	for (size_t i = 0; i < count; i++) {
		if (i + 1 == count || numbers[i + 1] >> 32 != numbers[i] >> 32)
			numbers[refs++] = numbers[i];
	}
	return refs;
}

/* Has any partner closed it after it was made? */
static bool referral_is_closed(const struct asking *asking, const struct fact *made)
{
	uint64_t least = number_of(made->ref, (size_t)(made - asking->person->facts));
	size_t low = 0, high = asking->closed_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (asking->closed[middle] < least)
			low = middle + 1;
		else
			high = middle;
	}
	return low < asking->closed_count && asking->closed[low] >> 32 == made->ref;
}

/* Silent: "not closed, P - made > 183". */
static void ask_referral(const struct asking *asking, const struct fact *made)
{
	int32_t since = fact_day(made);
	if (!referral_is_closed(asking, made))
		ask(asking, DUE_REFERRAL_OPEN, made, since, since + REFERRAL_NEWS_DAYS + 1);
}

/* A row for each job and each referral. */
static void ask_refs(const struct asking *asking)
{
	if (asking->own->worked == NULL && asking->own->referred == NULL)
		return;
	size_t count = list_of_refs(asking->person, asking->own);
	for (size_t i = 0; i < count; i++) {
		const struct fact *fact = fact_of(asking->person, asking->own->numbers[i]);
		if (fact->type == EVENT_REFERRAL_MADE)
			ask_referral(asking, fact);
		else
			ask_job(asking, fact);
	}
}

/*
 * Silent: more than 400 days before P. The list of a month still names who left in it: what is
 * confirmed so soon after an end, whoever reported that, is over.
 */
static void ask_benefit(const struct asking *asking)
{
	const struct own *own = asking->own;
	const struct fact *news = own->receiving;
	const struct fact *ended = asking->person->last[EVENT_BENEFIT_ENDED];
	if (news == NULL)
		return;
	int32_t since = fact_day(news);
	bool over = ended != NULL && ended->municipality == news->municipality &&
		    (own->begun == NULL || ended > own->begun) &&
		    fact_day(ended) >= since - BENEFIT_JOIN_DAYS;
	if (!over)
		ask(asking, DUE_BENEFIT_NOT_CONFIRMED, news, since, since + BENEFIT_NEWS_DAYS + 1);
}

/* The partner's own last word is that it ended: at once nobody is assigned. */
static void ask_contact_person(const struct asking *asking)
{
	const struct fact *news = asking->own->face;
	if (news != NULL && news->type == EVENT_CONTACT_PERSON_ENDED)
		ask(asking, DUE_NO_CONTACT_PERSON, news, fact_day(news), fact_day(news));
}

/* Over: "last one, or for never t0, more than 90 days ago". */
static void ask_contact(const struct asking *asking)
{
	const struct own *own = asking->own;
	const struct fact *news = own->contact != NULL ? own->contact : own->settled;
	if (news == NULL)
		return;
	int32_t since = fact_day(news);
	ask(asking, DUE_NO_CONTACT, news, since, since + CONTACT_OVER_DAYS + 1);
}

/* With perspective: "signed or reviewed in (P - 365, P]". */
static void ask_plan(const struct asking *asking)
{
	const struct person *person = asking->person;
	const struct fact *news = asking->own->planned, *plan = asking->own->plan;
	bool withdrawn = plan != NULL && plan->type == EVENT_PLAN_WITHDRAWN && plan > news;
	/* A plan that any partner withdrew need not be reviewed. */
	bool none = person->plan == NULL && person->last[EVENT_PLAN_WITHDRAWN] != NULL;
	if (news == NULL || withdrawn || none)
		return;
	int32_t since = fact_day(news);
	ask(asking, DUE_PLAN_NOT_REVIEWED, news, since, since + PLAN_FRESH_DAYS);
}

/*
 * On time: within 70 days from s, the later of t0 and the first obligation. A person
 * whose plan was withdrawn counts as without one from that day.
 */
static void ask_obligation(const struct asking *asking)
{
	const struct own *own = asking->own;
	const struct fact *news = own->obligation;
	bool in_force = own->plan != NULL && own->plan->type == EVENT_PLAN_SIGNED;
	bool old_act = own->registered != NULL && own->registered->choice == ACT_WI2013;
	if (news == NULL || in_force || old_act ||
		asking->person->last[EVENT_CIVIC_INTEGRATION_COMPLETED] != NULL)
		return;
	int32_t since = fact_day(fact_later(own->settled, news));
	int32_t days = PLAN_ON_TIME_DAYS;
	if (own->signing != NULL) {
		days = 0;
		if (fact_day(own->plan) > since)
			since = fact_day(own->plan);
	}
	ask(asking, DUE_OBLIGATION_WITHOUT_PLAN, news, since, since + days);
}

static void tell_kinds(const struct own *own, const struct due_sink *sink)
{
	const struct fact *const news[] = {
		[DUE_RUNG_NOT_ASSESSED] = own->assessed,
		[DUE_JOB_NOT_CONFIRMED] = own->worked,
		[DUE_NO_CONTACT] = own->contact,
		[DUE_PLAN_NOT_REVIEWED] = own->planned,
		[DUE_OBLIGATION_WITHOUT_PLAN] = own->signing,
		[DUE_BENEFIT_NOT_CONFIRMED] = own->receiving,
		[DUE_REFERRAL_OPEN] = own->referred,
		[DUE_NO_CONTACT_PERSON] = own->assigned,
	};
	CHECK_STATIC(ARRAY_LENGTH(news) == DUE_REASON_COUNT);
	for (unsigned reason = 0; reason < DUE_REASON_COUNT; reason++) {
		if (news[reason] != NULL)
			sink->sent(sink->context, own->partner, (enum due_reason)reason);
	}
}

void due_find(const struct person *person, size_t fact_count_all, const struct due_sink *sink)
{
	struct own own;
	uint64_t *numbers = person->work;
	for (size_t i = 0; i < fact_count_all; i++)
		numbers[i] = number_of(person->facts[i].partner, i);
	sort_numbers(numbers, fact_count_all);
	uint64_t *closed = numbers + fact_count_all;
	size_t closed_count = list_closed(person, closed);
	for (size_t i = 0; i < fact_count_all;) {
		i += own_read(&own, person, numbers + i, fact_count_all - i);
		tell_kinds(&own, sink);
		if (sink->due == NULL || own.last == NULL || is_gone(person, &own))
			continue;
		const struct asking asking = { person, &own, closed, closed_count, sink };
		/* The spells on a rung, in work and on welfare count people of every age. */
		ask_rung(&asking);
		ask_refs(&asking);
		ask_benefit(&asking);
		if (guidance_is_over(own.guidance) ||
			!registered_is_adult(own.registered, person->question->as_of))
			continue;
		ask_contact(&asking);
		ask_plan(&asking);
		ask_obligation(&asking);
		ask_contact_person(&asking);
	}
}
