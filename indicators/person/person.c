/*
 * indicators/person/person.c - see person.h.
 *
 * Two passes over the history: the first counts types and finds the last of
 * each, so that the second can fill arrays of the right size.
 */
#include "indicators/person/person.h"

#include "base/check.h"
#include "base/date.h"
#include "base/sort.h"

#define ADULT_AGE_MIN 18
#define ADULT_AGE_MAX 66

/* How many arrays person_prepare() takes; each may waste less than one step of the arena. */
#define ARRAYS         8
#define ARENA_STEP_MAX 64
#define BYTES_OF_ONE_FACT                                                                          \
	(sizeof(struct job) + sizeof(struct job_ref) + sizeof(struct evidence) +                   \
		WORK_NUMBERS * sizeof(uint64_t))

CHECK_STATIC(sizeof(struct stay) + sizeof(int32_t) <= BYTES_OF_ONE_FACT);
CHECK_STATIC(sizeof(struct assessment) <= BYTES_OF_ONE_FACT);
CHECK_STATIC(sizeof(struct leaving) + sizeof(int32_t) <= BYTES_OF_ONE_FACT);

/* The arrays while they are filled. */
struct draft {
	struct stay *stays;
	struct leaving *leavings;
	int32_t *moves;
	int32_t last_lived_in; /* NOWHERE before the first settlement */
	struct assessment *assessments;
	struct job *jobs;
	struct job_ref *job_refs;
	struct evidence *evidences;
	size_t evidence_count;
};

size_t person_arena_size(size_t fact_count)
{
	return fact_count * BYTES_OF_ONE_FACT + (size_t)ARRAYS * ARENA_STEP_MAX;
}

/* The first of `count` sorted facts that is after `day`. */
static size_t facts_after(const struct fact *facts, size_t count, int32_t day)
{
	size_t low = 0;
	size_t high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (fact_day(&facts[middle]) > day)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

size_t person_facts_after(const struct person *person, int32_t day)
{
	return facts_after(person->facts, person->fact_count, day);
}

const struct fact *fact_later(const struct fact *a, const struct fact *b)
{
	if (a == NULL || b == NULL)
		return a == NULL ? b : a;
	return a > b ? a : b;
}

static void *take(struct arena *arena, size_t count, size_t size)
{
	if (count == 0)
		return NULL;
	void *memory = arena_take(arena, count * size);
	CHECK(memory != NULL);
	return memory;
}

/* "Of any date": a birth year that is known later holds for every P. */
static const struct fact *find_registered(const struct person *person, size_t fact_count_all)
{
	for (size_t i = fact_count_all; i > person->fact_count; i--) {
		if (person->facts[i - 1].type == EVENT_PERSON_REGISTERED)
			return &person->facts[i - 1];
	}
	return person->last[EVENT_PERSON_REGISTERED];
}

static void stay_end(struct person *person, struct draft *draft, int32_t day)
{
	if (person->lives_in == NOWHERE)
		return;
	struct stay *stay = &draft->stays[person->stay_count - 1];
	/* "On day d after all events up to and including d": a stay that ends on its first day
	 * does not count. */
	if (stay->from == day)
		person->stay_count--;
	else
		stay->until = day;
	person->lives_in = NOWHERE;
}

static void settle(struct person *person, struct draft *draft, const struct fact *fact)
{
	int32_t day = fact_day(fact);
	if (!person->settled) {
		person->settled = true;
		person->t0 = day;
		person->t0_home = fact->municipality;
	}
	if (draft->last_lived_in != NOWHERE && draft->last_lived_in != fact->municipality)
		draft->moves[person->move_count++] = day;
	draft->last_lived_in = fact->municipality;
	if (person->lives_in == fact->municipality)
		return;
	stay_end(person, draft, day);
	draft->stays[person->stay_count++] =
		(struct stay){ .from = day, .until = DAY_NONE, .municipality = fact->municipality };
	person->lives_in = fact->municipality;
}

/*
 * A MunicipalityLeft or an Exited. Both have effect only on somebody who lives
 * somewhere. After it the person lives nowhere until a MunicipalitySettled, so "no
 * residence" and "inactive" need not be told apart.
 */
static void leave(struct person *person, struct draft *draft, const struct fact *fact)
{
	bool exited = fact->type == EVENT_EXITED;
	if (person->lives_in == NOWHERE || (!exited && person->lives_in != fact->municipality))
		return;
	stay_end(person, draft, fact_day(fact));
	if (!exited && fact->choice == DESTINATION_OTHER_MUNICIPALITY) {
		draft->moves[person->move_count++] = fact_day(fact);
		return;
	}
	draft->leavings[person->leaving_count++] = (struct leaving){
		.day = fact_day(fact),
		.competes = !exited || fact->choice != EXIT_REASON_OBJECTION,
	};
}

/* The same ref while it is filled; NULL when no job has it. */
static struct job_ref *draft_ref(const struct person *person, struct draft *draft, int32_t ref)
{
	const struct job_ref *found = job_ref_find(person, ref);
	return found == NULL ? NULL : &draft->job_refs[found - person->job_refs];
}

/* The refs of the jobs that start up to P, each once. */
static void list_refs(struct person *person, struct draft *draft)
{
	size_t count = 0;
	for (size_t i = 0; i < person->fact_count; i++) {
		if (person->facts[i].type == EVENT_JOB_STARTED)
			person->work[count++] = person->facts[i].ref;
	}
	sort_numbers(person->work, count);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || person->work[i] != person->work[i - 1])
			draft->job_refs[person->job_ref_count++] =
				(struct job_ref){ .ref = (int32_t)person->work[i] };
	}
}

static void job_see(struct draft *draft, struct job *job, const struct fact *fact)
{
	struct evidence *evidence = &draft->evidences[draft->evidence_count++];
	evidence->day = fact_day(fact);
	if (fact->type == EVENT_JOB_CONFIRMED) {
		evidence->hours = job->last->hours;
		evidence->funding = job->last->funding;
	} else {
		evidence->hours = fact->number;
		evidence->funding = (enum funding)fact->choice;
	}
	if (job->last == NULL)
		job->first = evidence;
	else
		job->last->next = evidence;
	job->last = evidence;
}

static void work(struct person *person, struct draft *draft, const struct fact *fact)
{
	struct job_ref *ref = draft_ref(person, draft, fact->ref);
	if (ref == NULL)
		return;
	struct job *job = ref->last == 0 ? NULL : &draft->jobs[ref->last - 1];
	if (job != NULL && job->end != DAY_NONE)
		job = NULL;
	if (job == NULL && fact->type == EVENT_JOB_STARTED) {
		job = &draft->jobs[person->job_count++];
		ref->last = (uint32_t)person->job_count;
		*job = (struct job){
			.ref = ref,
			.started = fact,
			.start = fact_day(fact),
			.end = DAY_NONE,
			.municipality = fact->municipality,
		};
	}
	if (job == NULL)
		return;
	if (fact->type == EVENT_JOB_ENDED) {
		job->end = fact_day(fact);
		return;
	}
	job_see(draft, job, fact);
	if (fact->type == EVENT_JOB_STARTED) {
		job->open_hiring |= fact_open_hiring(fact) == FACT_JOB_OPEN_HIRING_YES;
		job->matches_ambition |= fact_ambition(fact) == AMBITION_MATCH_YES;
	}
}

/* A PlacementClaimed or a PlacementAdjudicated. */
static void claim(struct person *person, struct draft *draft, const struct fact *fact)
{
	struct job_ref *ref = draft_ref(person, draft, fact->ref);
	if (ref == NULL)
		return;
	if (fact->type == EVENT_PLACEMENT_CLAIMED)
		ref->claimed |= (uint16_t)(1u << fact->choice);
	else
		ref->adjudicated = (uint32_t)(fact - person->facts) + 1;
}

static void walk_history(struct person *person, struct draft *draft)
{
	for (size_t i = 0; i < person->fact_count; i++) {
		const struct fact *fact = &person->facts[i];
		switch (fact->type) {
		case EVENT_MUNICIPALITY_SETTLED:
			settle(person, draft, fact);
			break;
		case EVENT_MUNICIPALITY_LEFT:
		case EVENT_EXITED:
			leave(person, draft, fact);
			break;
		case EVENT_LADDER_ASSESSED:
			draft->assessments[person->assessment_count++] = (struct assessment){
				.day = fact_day(fact),
				.rung = fact->number,
				.municipality = fact->municipality,
			};
			break;
		case EVENT_JOB_STARTED:
		case EVENT_JOB_CHANGED:
		case EVENT_JOB_CONFIRMED:
		case EVENT_JOB_ENDED:
			work(person, draft, fact);
			break;
		case EVENT_PLACEMENT_CLAIMED:
		case EVENT_PLACEMENT_ADJUDICATED:
			claim(person, draft, fact);
			break;
		}
	}
}

bool registered_is_adult(const struct fact *registered, int32_t as_of)
{
	if (registered == NULL)
		return true;
	int age = civil_from_day(as_of).year - registered->number;
	return age >= ADULT_AGE_MIN && age <= ADULT_AGE_MAX;
}

bool guidance_is_over(const struct fact *last)
{
	return last != NULL && last->type == EVENT_GUIDANCE_ENDED &&
	       last->choice != GUIDANCE_END_REASON_LOST_CONTACT;
}

/* R, B and G. */
static void population_find(struct person *person)
{
	person->adult = registered_is_adult(person->registered, person->question->as_of);
	person->in_population = person->lives_in != NOWHERE && person->adult;

	const struct fact *role = person->last[EVENT_HOUSEHOLD_ROLE_SET];
	person->breadwinner =
		person->in_population && role != NULL && role->choice != HOUSEHOLD_ROLE_OTHER;

	const struct fact *guidance = fact_later(
		person->last[EVENT_GUIDANCE_ENDED], person->last[EVENT_GUIDANCE_STARTED]);
	person->under_guidance = person->in_population && !guidance_is_over(guidance);
}

/* The target and the plan in force: those of the last such events. */
static void agree(struct person *person)
{
	const struct fact *target = person->last[EVENT_TARGET_SET];
	bool holds = target != NULL && target->ref >= person->question->as_of;
	person->target_minutes = holds ? target->number : person->question->norm_minutes;

	const struct fact *plan =
		fact_later(person->last[EVENT_PLAN_SIGNED], person->last[EVENT_PLAN_WITHDRAWN]);
	person->plan = plan != NULL && plan->type == EVENT_PLAN_SIGNED ? plan : NULL;
}

void person_prepare(struct person *person, const struct question *question,
	const struct fact *facts, size_t fact_count, struct arena *arena)
{
	*person = (struct person){
		.question = question,
		.facts = facts,
		.fact_count = facts_after(facts, fact_count, question->as_of),
		.lives_in = NOWHERE,
	};
	size_t counts[EVENT_TYPE_MAX + 1] = { 0 };
	for (size_t i = 0; i < person->fact_count; i++) {
		CHECK(facts[i].type <= EVENT_TYPE_MAX);
		counts[facts[i].type]++;
		person->last[facts[i].type] = &facts[i];
	}
	person->registered = find_registered(person, fact_count);

	size_t evidence_max =
		counts[EVENT_JOB_STARTED] + counts[EVENT_JOB_CHANGED] + counts[EVENT_JOB_CONFIRMED];
	size_t leaving_max = counts[EVENT_MUNICIPALITY_LEFT] + counts[EVENT_EXITED];
	struct draft draft = {
		.stays = take(arena, counts[EVENT_MUNICIPALITY_SETTLED], sizeof(struct stay)),
		.leavings = take(arena, leaving_max, sizeof(struct leaving)),
		.moves = take(
			arena, leaving_max + counts[EVENT_MUNICIPALITY_SETTLED], sizeof(int32_t)),
		.last_lived_in = NOWHERE,
		.assessments =
			take(arena, counts[EVENT_LADDER_ASSESSED], sizeof(struct assessment)),
		.jobs = take(arena, counts[EVENT_JOB_STARTED], sizeof(struct job)),
		.job_refs = take(arena, counts[EVENT_JOB_STARTED], sizeof(struct job_ref)),
		.evidences = take(arena, evidence_max, sizeof(struct evidence)),
	};
	person->work = take(arena, WORK_NUMBERS * fact_count, sizeof(*person->work));
	person->work_facts = fact_count;
	person->job_refs = draft.job_refs;
	if (counts[EVENT_JOB_STARTED] > 0)
		list_refs(person, &draft);
	walk_history(person, &draft);
	person->stays = draft.stays;
	person->leavings = draft.leavings;
	person->moves = draft.moves;
	person->assessments = draft.assessments;
	person->jobs = draft.jobs;
	population_find(person);
	agree(person);
}

const struct leaving *person_exit_from(const struct person *person, int32_t day)
{
	size_t low = 0;
	size_t high = person->leaving_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (person->leavings[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < person->leaving_count ? &person->leavings[low] : NULL;
}

/* The last stay that begins by `day`; NULL when there is none. */
static const struct stay *stay_by(const struct person *person, int32_t day)
{
	size_t low = 0;
	size_t high = person->stay_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (person->stays[middle].from <= day)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? NULL : &person->stays[low - 1];
}

int32_t person_lives_in(const struct person *person, int32_t day)
{
	const struct stay *stay = stay_by(person, day);
	return stay == NULL || stay->until <= day ? NOWHERE : stay->municipality;
}

bool person_has_exited(const struct person *person, int32_t day)
{
	const struct stay *stay = stay_by(person, day);
	if (stay == NULL || stay->until > day)
		return false;
	/* Only who lives somewhere exits: nothing but what ended the last stay can be one. */
	const struct leaving *exit = person_exit_from(person, stay->until);
	return exit != NULL && exit->day <= day;
}

/* The first move from `day` on, as an index; move_count when there is none. */
static size_t move_from(const struct person *person, int32_t day)
{
	size_t low = 0;
	size_t high = person->move_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (person->moves[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool person_is_near_move(const struct person *person, int32_t day)
{
	size_t first = move_from(person, day - MOVE_DAYS);
	return first < person->move_count && person->moves[first] <= day + MOVE_DAYS;
}

int32_t person_departs_from(const struct person *person, int32_t day)
{
	size_t move = move_from(person, day);
	const struct leaving *exit = person_exit_from(person, day);
	int32_t departs = move < person->move_count ? person->moves[move] : DAY_NONE;
	return exit != NULL && exit->day < departs ? exit->day : departs;
}

const struct job_ref *job_ref_find(const struct person *person, int32_t ref)
{
	size_t low = 0;
	size_t high = person->job_ref_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (person->job_refs[middle].ref < ref)
			low = middle + 1;
		else
			high = middle;
	}
	return low < person->job_ref_count && person->job_refs[low].ref == ref
		       ? &person->job_refs[low]
		       : NULL;
}

bool job_is_open(const struct job *job, int32_t day)
{
	return job->start <= day && job->end > day;
}

/*
 * "An evidence day in [d - 183, d], or an evidence day or its end in (d, P]":
 * all that is here is up to P, so the last evidence decides.
 */
bool job_is_known(const struct person *person, const struct job *job, int32_t day)
{
	if (!job_is_open(job, day))
		return false;
	return job->end != DAY_NONE || job->last->day >= day - person->question->news_days;
}

const struct evidence *job_in_force(const struct job *job, int32_t day)
{
	CHECK(job_is_open(job, day));
	const struct evidence *in_force = job->first;
	while (in_force->next != NULL && in_force->next->day <= day)
		in_force = in_force->next;
	return in_force;
}

bool contact_counts(const struct fact *fact)
{
	return fact->type == EVENT_CONTACT_HELD && fact->more != 0 &&
	       fact->choice == CONTACT_BY_CASE_MANAGER;
}

bool activity_counts(const struct person *person, const struct fact *fact)
{
	return fact->type == EVENT_ACTIVITY_LOGGED &&
	       (fact->choice != ACTIVITY_KIND_FAMILY_ACTIVITY ||
		       person->question->definitions >= DEFINITIONS_COUNCIL);
}

static bool activity_in(const struct fact *fact, unsigned kinds)
{
	return fact->type == EVENT_ACTIVITY_LOGGED && (kinds >> fact->choice & 1) != 0;
}

bool activity_is_participation(const struct fact *fact)
{
	return activity_in(fact,
		1u << ACTIVITY_KIND_VOLUNTEER | 1u << ACTIVITY_KIND_INTERNSHIP |
			1u << ACTIVITY_KIND_WORK_EXPERIENCE | 1u << ACTIVITY_KIND_SPORT |
			1u << ACTIVITY_KIND_CULTURE_HOBBY | 1u << ACTIVITY_KIND_SCHOOL_SUPPORT |
			1u << ACTIVITY_KIND_NEIGHBOURHOOD | 1u << ACTIVITY_KIND_FAMILY_ACTIVITY);
}

bool activity_is_language(const struct fact *fact)
{
	return activity_in(
		fact, 1u << ACTIVITY_KIND_LANGUAGE_COURSE | 1u << ACTIVITY_KIND_LANGUAGE_CAFE |
			      1u << ACTIVITY_KIND_LANGUAGE_BUDDY | 1u << ACTIVITY_KIND_TUTORING);
}

bool activity_is_guidance(const struct fact *fact)
{
	return activity_in(fact,
		1u << ACTIVITY_KIND_JOB_COACHING | 1u << ACTIVITY_KIND_APPLICATION_HELP |
			1u << ACTIVITY_KIND_DIPLOMA_VALUATION | 1u << ACTIVITY_KIND_FORM_HELP);
}
