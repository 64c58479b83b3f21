/*
 * tools/generate/life.c - see life.h.
 *
 * A life is drawn in this order: where and when the person lives (stays), what
 * happens once (registration, intake, plan, language), and then half-year by
 * half-year: an assessment, work, activities by the week, guidance, trouble, and whether
 * the next half-year begins a rung higher or lower. say() drops what would
 * happen while the person lives elsewhere, is out of sight, or after the last
 * day.
 *
 * Rates are per thousand, invented, and tuned so that a person gives 25 to 30
 * events a year, three in five of them activities.
 *
 * C leaves open in which order the arguments of a call are computed. So every draw
 * has its own statement: two compilers give the same life.
 */
#include "tools/generate/life.h"

#include "base/check.h"
#include "base/date.h"

#define YEAR_DAYS      365
#define HALF_YEAR_DAYS 182 /* 26 weeks */
#define STAYS_MAX      6
#define NEVER          INT32_MAX
#define WORKERS        12 /* case managers of a municipality */

/* Numbers that look like chance: Steele, Lea and Flood's splitmix64. */
struct chance {
	uint64_t state;
};

/* Lives in `municipality` from `first` to the day before `left`. */
struct life_stay {
	int32_t first;
	int32_t left;
	uint16_t municipality;
	enum event_type ending; /* MUNICIPALITY_LEFT or EXITED; 0: still there */
	int16_t how;            /* its destination or reason */
};

struct life_job {
	bool open;
	int32_t start;
	int16_t letter;
	int16_t funding;
	int16_t hours;
};

struct life_walk {
	const struct world *world;
	struct life *life;
	struct chance chance;
	uint32_t person;
	struct life_stay stays[STAYS_MAX];
	size_t stay_count;
	int32_t quiet_first; /* out of sight from this day */
	int32_t quiet_end;   /* to the day before this one */
	int32_t speed;       /* of climbing, in per cent */
	bool registers_rows; /* comes from a case system whose rows have keys */
	bool is_new_act;     /* WI2021 */
	int rung;
	int language_level; /* the highest reached, 0 none */
	int half_years_on_top;
	int16_t benefit; /* the open one, 0 none */
	int16_t sanctions;
	int16_t worker; /* the case manager, 0 none */
	int16_t route;  /* of the plan; VALUE_ABSENT */
	uint16_t keys;
	struct life_job job;
	struct life_job last_job;
};

uint64_t mix64(uint64_t value)
{
	value = (value ^ (value >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	value = (value ^ (value >> 27)) * UINT64_C(0x94D049BB133111EB);
	return value ^ (value >> 31);
}

static uint64_t chance_next(struct chance *chance)
{
	chance->state += UINT64_C(0x9E3779B97F4A7C15);
	return mix64(chance->state);
}

/* From `least` to `most`, both included. */
static int32_t between(struct life_walk *walk, int32_t min, int32_t max)
{
	CHECK(min <= max);
	uint64_t width = (uint64_t)((int64_t)max - min) + 1;
	return (int32_t)(min + (int64_t)(((chance_next(&walk->chance) >> 32) * width) >> 32));
}

static bool happens(struct life_walk *walk, int32_t per_thousand)
{
	return between(walk, 1, 1000) <= per_thousand;
}

/* The index of one of the weights, which add up to 100. */
static int16_t pick(struct life_walk *walk, const uint8_t *weights, int16_t count)
{
	int32_t left = between(walk, 0, 99);
	for (int16_t i = 0; i < count; i++) {
		if (left < weights[i])
			return i;
		left -= weights[i];
	}
	check_failed("weights that add up to 100", __FILE__, __LINE__);
}

/* The same, counted from 1 as the enumerations are. */
#define PICK(walk, ...)                                                                            \
	(int16_t)(pick(walk, (const uint8_t[]){ __VA_ARGS__ },                                     \
			  (int16_t)sizeof((const uint8_t[]){ __VA_ARGS__ })) +                     \
		  1)

#define VALUES(...) ((const int16_t[EVENT_VALUES_MAX]){ __VA_ARGS__ })

static struct life_row *push(struct life *life, const struct life_row *row)
{
	CHECK(life->count < LIFE_ROWS_MAX);
	life->rows[life->count] = *row;
	return &life->rows[life->count++];
}

static const struct life_stay *stay_on(const struct life_walk *walk, int32_t day)
{
	for (size_t i = 0; i < walk->stay_count; i++) {
		if (day >= walk->stays[i].first && day < walk->stays[i].left)
			return &walk->stays[i];
	}
	return NULL;
}

/* Adds an event of the person in a municipality; `link` as in struct life_row. */
static struct life_row *say_at(struct life_walk *walk, uint16_t municipality, int32_t day,
	enum event_type type, int32_t link, const int16_t values[EVENT_VALUES_MAX])
{
	struct life_row row = {
		.day = day,
		.person = walk->person,
		.link = (uint32_t)link,
		.municipality = municipality,
		.type = (uint8_t)type,
	};
	memcpy(row.values, values, sizeof(row.values));
	return push(walk->life, &row);
}

/* The changed row, sent again under the same key: one value was wrong. */
static void correct(struct life_walk *walk, const struct life_row *wrong)
{
	struct life_row row = *wrong;
	row.day += happens(walk, 900) ? 0 : between(walk, 1, 5);
	if (row.day > walk->world->until)
		return;
	if (row.type == EVENT_ACTIVITY_LOGGED)
		row.values[ACTIVITY_LOGGED_MINUTES] = (int16_t)between(walk, 2, 16) * 15;
	else if (row.type == EVENT_LADDER_ASSESSED)
		row.values[LADDER_ASSESSED_RUNG] =
			wrong->values[LADDER_ASSESSED_RUNG] == 1
				? 2
				: (int16_t)(wrong->values[LADDER_ASSESSED_RUNG] - 1);
	else
		row.values[CONTACT_HELD_TWO_WAY] = !row.values[CONTACT_HELD_TWO_WAY];
	push(walk->life, &row);
}

/* Withdraws a row and, when it has a key, what was sent again under it. */
static void retract(struct life_walk *walk, size_t target)
{
	const struct life_row *wrong = &walk->life->rows[target];
	bool by_key = wrong->key != 0;
	struct life_row row = {
		.day = wrong->day + between(walk, 6, 40),
		.person = NOBODY,
		.link = (uint32_t)target,
		.municipality = wrong->municipality,
		.type = EVENT_EVENT_RETRACTED,
		.values = { by_key ? VALUE_ABSENT : 1, by_key ? 1 : VALUE_ABSENT },
	};
	if (row.day <= walk->world->until)
		push(walk->life, &row);
}

/* Keys, corrections and retractions, for the types that a hand types in. */
static void make_mistakes(struct life_walk *walk, size_t index)
{
	struct life_row *row = &walk->life->rows[index];
	if (row->type != EVENT_ACTIVITY_LOGGED && row->type != EVENT_LADDER_ASSESSED &&
		row->type != EVENT_CONTACT_HELD)
		return;
	if (walk->registers_rows)
		row->key = ++walk->keys;
	if (row->key != 0 && happens(walk, 40))
		correct(walk, row);
	if (happens(walk, 5))
		retract(walk, index);
}

/* Adds an event, if the person is there and in sight on that day. */
static void say_linked(struct life_walk *walk, int32_t day, enum event_type type, int32_t link,
	const int16_t values[EVENT_VALUES_MAX])
{
	const struct life_stay *stay = stay_on(walk, day);
	if (stay == NULL || day > walk->world->until)
		return;
	size_t index = walk->life->count;
	say_at(walk, stay->municipality, day, type, link, values);
	make_mistakes(walk, index);
}

static bool is_in_sight(const struct life_walk *walk, int32_t day)
{
	return day >= walk->world->first && (day < walk->quiet_first || day >= walk->quiet_end);
}

static void say(struct life_walk *walk, int32_t day, enum event_type type,
	const int16_t values[EVENT_VALUES_MAX])
{
	say_linked(walk, day, type, 0, values);
}

/* say() of what only guidance sees. */
static void say_seen(struct life_walk *walk, int32_t day, enum event_type type,
	const int16_t values[EVENT_VALUES_MAX])
{
	if (is_in_sight(walk, day))
		say(walk, day, type, values);
}

/* Where the person goes after the last stay, and when; true when there is another stay. */
static bool draw_leaving(struct life_walk *walk, struct life_stay *stay, struct life_stay *next)
{
	enum { MOVES, GOES_ABROAD, VANISHES, IS_OUT, OBJECTS };
	const struct world *world = walk->world;
	int16_t fate = PICK(walk, 42, 12, 12, 20, 14) - 1;
	bool returns = false;
	*next = (struct life_stay){ .first = stay->left, .municipality = stay->municipality };
	if (fate == IS_OUT || fate == OBJECTS) {
		stay->ending = EVENT_EXITED;
		stay->how = fate == IS_OUT ? EXIT_REASON_DEFINITIVE : EXIT_REASON_OBJECTION;
		returns = fate == OBJECTS && happens(walk, 300);
		next->first += between(walk, 100, 400);
		return returns;
	}
	stay->ending = EVENT_MUNICIPALITY_LEFT;
	stay->how = fate == MOVES         ? DESTINATION_OTHER_MUNICIPALITY
		    : fate == GOES_ABROAD ? DESTINATION_ABROAD
					  : DESTINATION_UNKNOWN;
	if (fate == MOVES && world->municipality_count > 1) {
		do {
			next->municipality = world->municipalities[between(
				walk, 0, (int32_t)world->municipality_count - 1)];
		} while (next->municipality == stay->municipality);
		next->first += happens(walk, 700) ? 0 : between(walk, 1, 20);
		return true;
	}
	next->first += between(walk, 150, 600);
	return happens(walk, fate == GOES_ABROAD ? 50 : 350);
}

static void draw_stays(struct life_walk *walk, int32_t settled, uint16_t municipality)
{
	struct life_stay stay = { .first = settled, .municipality = municipality };
	bool more = true;
	while (more && walk->stay_count < STAYS_MAX && stay.first <= walk->world->until) {
		struct life_stay next = stay;
		int32_t year = stay.first < walk->world->first ? walk->world->first : stay.first;
		stay.left = NEVER;
		for (; year <= walk->world->until && stay.left == NEVER; year += YEAR_DAYS) {
			if (happens(walk, 75))
				stay.left = year + between(walk, 30, YEAR_DAYS);
		}
		more = stay.left <= walk->world->until;
		if (more)
			more = draw_leaving(walk, &stay, &next);
		else
			stay.left = NEVER;
		walk->stays[walk->stay_count++] = stay;
		stay = next;
	}
}

static void tell_stays(struct life_walk *walk)
{
	static const int16_t nothing[EVENT_VALUES_MAX] = { 0 };
	for (size_t i = 0; i < walk->stay_count; i++) {
		const struct life_stay *stay = &walk->stays[i];
		say_at(walk, stay->municipality, stay->first, EVENT_MUNICIPALITY_SETTLED, 0,
			nothing);
		if (stay->ending != 0)
			say_at(walk, stay->municipality, stay->left, stay->ending, 0,
				VALUES(stay->how));
	}
}

static void tell_arrival(struct life_walk *walk)
{
	int32_t settled = walk->stays[0].first;
	/* Mostly young: 16 to 66. */
	int32_t age = between(walk, 16, 36);
	if (happens(walk, 350))
		age += between(walk, 0, 30);
	int16_t birth_year = (int16_t)(civil_from_day(settled).year - age);
	bool has_act = !happens(walk, 50);
	walk->is_new_act = settled >= day_from_civil((struct civil){ 2022, 1, 1 });
	int16_t act = !has_act ? ACT_NONE : walk->is_new_act ? ACT_WI2021 : ACT_WI2013;
	int16_t role = PICK(walk, 30, 20, 35, 15);
	say(walk, settled, EVENT_PERSON_REGISTERED, VALUES(birth_year, act));
	say(walk, settled, EVENT_HOUSEHOLD_ROLE_SET, VALUES(role));
	if (happens(walk, 250)) {
		int16_t later = PICK(walk, 30, 20, 35, 15);
		say(walk, settled + between(walk, 200, 1500), EVENT_HOUSEHOLD_ROLE_SET,
			VALUES(later));
	}
	if (has_act)
		say(walk, settled + between(walk, 0, 35), EVENT_OBLIGATION_STARTED, VALUES(0));
	if (role != HOUSEHOLD_ROLE_OTHER || happens(walk, 300)) {
		walk->benefit = BENEFIT_KIND_FULL;
		say(walk, settled + between(walk, 0, 20), EVENT_BENEFIT_STARTED,
			VALUES(BENEFIT_KIND_FULL));
	}
}

/* Sessions in the first weeks; each discusses a few of the ten domains. */
static void tell_intake(struct life_walk *walk)
{
	int32_t day = walk->stays[0].first + between(walk, 5, 30);
	int32_t sessions = happens(walk, 60) ? 0 : between(walk, 1, 4);
	for (int32_t i = 0; i < sessions; i++) {
		int16_t domains = 0;
		for (int domain = DOMAIN_WORK; domain <= DOMAIN_COUNT; domain++) {
			if (happens(walk, 450))
				domains = (int16_t)(domains | 1 << domain);
		}
		if (domains == 0)
			domains = 1 << DOMAIN_WORK | 1 << DOMAIN_LANGUAGE;
		say_seen(walk, day, EVENT_INTAKE_DONE, VALUES(domains));
		day += between(walk, 5, 28);
	}
}

static void tell_plan_signed(struct life_walk *walk, int32_t day)
{
	static const int16_t horizons[] = { 3, 6, 12, 12, 18, 24, 36, 60 };
	bool has_main_goal = happens(walk, 900);
	bool has_own_ambition = happens(walk, 650);
	bool has_language_part = happens(walk, 850);
	bool has_participation_part = happens(walk, 700);
	int16_t horizon = horizons[between(walk, 0, ARRAY_LENGTH(horizons) - 1)];
	if (walk->is_new_act && happens(walk, 900))
		walk->route = PICK(walk, 55, 15, 30);
	say_seen(walk, day, EVENT_PLAN_SIGNED,
		VALUES(has_main_goal, has_own_ambition, has_language_part, has_participation_part,
			horizon, walk->route));
}

static void tell_plans(struct life_walk *walk)
{
	static const int16_t nothing[EVENT_VALUES_MAX] = { 0 };
	if (happens(walk, 80))
		return;
	int32_t day = walk->stays[0].first + between(walk, 30, 130);
	tell_plan_signed(walk, day);
	bool withdrawn = false;
	for (day += between(walk, 150, 215); day <= walk->world->until && !withdrawn;
		day += between(walk, 150, 215)) {
		withdrawn = happens(walk, 50);
		if (!withdrawn && happens(walk, 750))
			say_seen(walk, day, EVENT_PLAN_REVIEWED, nothing);
	}
	if (!withdrawn)
		return;
	say_seen(walk, day, EVENT_PLAN_WITHDRAWN, nothing);
	if (happens(walk, 700))
		tell_plan_signed(walk, day + between(walk, 0, 90));
}

/* The modules that the plan asks for, when they are done. */
static void tell_modules(struct life_walk *walk)
{
	int32_t day = walk->stays[0].first;
	if (!walk->is_new_act)
		return;
	if (happens(walk, 800))
		say_seen(walk, day + between(walk, 60, 500), EVENT_MODULE_COMPLETED,
			VALUES(MODULE_PARTICIPATION_DECLARATION));
	if (walk->route != ROUTE_EDUCATION && happens(walk, 600))
		say_seen(walk, day + between(walk, 200, 900), EVENT_MODULE_COMPLETED,
			VALUES(MODULE_LABOUR_MARKET));
	if (walk->route == ROUTE_SELF_RELIANCE && happens(walk, 500))
		say_seen(walk, day + between(walk, 400, 1100), EVENT_MODULE_COMPLETED,
			VALUES(MODULE_SELF_RELIANCE));
}

/* Each stay has a case manager, now and then another one. */
static void tell_contact_persons(struct life_walk *walk)
{
	static const int16_t nothing[EVENT_VALUES_MAX] = { 0 };
	if (happens(walk, 150))
		return;
	for (size_t i = 0; i < walk->stay_count; i++) {
		int32_t day = walk->stays[i].first + between(walk, 3, 45);
		for (; day <= walk->world->until && day < walk->stays[i].left;
			day += between(walk, 250, 1500)) {
			walk->worker = (int16_t)between(walk, 1, WORKERS);
			say_seen(walk, day, EVENT_CONTACT_PERSON_ASSIGNED, VALUES(walk->worker));
			if (happens(walk, 60))
				say_seen(walk, day + between(walk, 100, 240),
					EVENT_CONTACT_PERSON_ENDED, nothing);
		}
	}
}

static void tell_language(struct life_walk *walk)
{
	static const int16_t nothing[EVENT_VALUES_MAX] = { 0 };
	static const int32_t min[] = { 0, 90, 150, 200, 250 };
	static const int32_t max[] = { 0, 400, 550, 700, 900 };
	static const int32_t per_thousand[] = { 0, 900, 800, 650, 250 };
	int32_t day = walk->stays[0].first;
	for (int16_t level = LANGUAGE_LEVEL_A1; level <= LANGUAGE_LEVEL_B2; level++) {
		if (!happens(walk, per_thousand[level]))
			break;
		day += between(walk, min[level], max[level]);
		say(walk, day, EVENT_LANGUAGE_LEVEL_REACHED, VALUES(level));
		if (level == (walk->is_new_act ? LANGUAGE_LEVEL_B1 : LANGUAGE_LEVEL_A2) &&
			happens(walk, 850))
			say(walk, day + between(walk, 20, 150), EVENT_CIVIC_INTEGRATION_COMPLETED,
				nothing);
	}
	if (happens(walk, 80)) {
		int16_t ends = happens(walk, 600) ? 1 : VALUE_ABSENT;
		int32_t start = walk->stays[0].first + between(walk, 100, 1000);
		say_linked(walk, start, EVENT_LANGUAGE_EXEMPTED, start + between(walk, 90, 730),
			VALUES(ends));
	}
}

static void tell_targets(struct life_walk *walk)
{
	static const int16_t minutes[] = { 0, 0, 0, 60, 60, 180, 240, 480, 960 };
	for (int32_t day = walk->stays[0].first + 100; day <= walk->world->until;
		day += YEAR_DAYS) {
		if (!happens(walk, 60))
			continue;
		int32_t start = day + between(walk, 0, YEAR_DAYS - 1);
		int16_t norm = minutes[between(walk, 0, ARRAY_LENGTH(minutes) - 1)];
		int16_t ends = happens(walk, 700) ? 1 : VALUE_ABSENT;
		if (is_in_sight(walk, start))
			say_linked(walk, start, EVENT_TARGET_SET, start + between(walk, 90, 730),
				VALUES(norm, ends));
	}
}

/* Once in a while contact is lost, and often found again. */
static void draw_quiet(struct life_walk *walk)
{
	static const int16_t nothing[EVENT_VALUES_MAX] = { 0 };
	walk->quiet_first = walk->quiet_end = NEVER;
	if (!happens(walk, 220))
		return;
	int32_t day = walk->stays[0].first + between(walk, 200, 1800);
	if (day > walk->world->until || day < walk->world->first)
		return;
	say(walk, day, EVENT_GUIDANCE_ENDED,
		VALUES(happens(walk, 750) ? GUIDANCE_END_REASON_LOST_CONTACT
					  : GUIDANCE_END_REASON_OTHER));
	walk->quiet_first = day;
	if (!happens(walk, 650))
		return;
	walk->quiet_end = day + between(walk, 60, 500);
	say(walk, walk->quiet_end, EVENT_GUIDANCE_STARTED, nothing);
}

/* Half-yearly; some come late or not at all, which is a silence. */
static void live_assessment(struct life_walk *walk, int32_t day)
{
	int16_t rung = (int16_t)walk->rung;
	if (happens(walk, 350))
		say_seen(walk, day + between(walk, 70, 120), EVENT_LADDER_ASSESSED, VALUES(rung));
	if (happens(walk, 870))
		say_seen(walk, day + between(walk, 0, 25), EVENT_LADDER_ASSESSED, VALUES(rung));
	else if (happens(walk, 600))
		say_seen(walk, day + between(walk, 50, 150), EVENT_LADDER_ASSESSED, VALUES(rung));
}

static void change_benefit(struct life_walk *walk, int32_t day, int16_t kind)
{
	static const int16_t nothing[EVENT_VALUES_MAX] = { 0 };
	if (walk->benefit == kind)
		return;
	if (walk->benefit != 0)
		say(walk, day, EVENT_BENEFIT_ENDED, nothing);
	if (kind != 0)
		say(walk, day, EVENT_BENEFIT_STARTED, VALUES(kind));
	walk->benefit = kind;
}

/* Most half-years the list of who receives welfare confirms it. */
static void live_benefit(struct life_walk *walk, int32_t day)
{
	if (walk->benefit != 0 && happens(walk, 700))
		say(walk, day + between(walk, 0, 28), EVENT_BENEFIT_CONFIRMED,
			VALUES(walk->benefit));
}

/* Who says that it found the job, and sometimes who is agreed to have. */
static void tell_placement(struct life_walk *walk, int32_t start, int16_t letter)
{
	/* MUNICIPALITY, ISD, SW_COMPANY, WELFARE, VWN, COA, SCHOOL, VOLUNTEERS, EMPLOYER, SELF */
	int16_t by = PICK(walk, 3, 12, 6, 6, 5, 0, 2, 42, 2, 22);
	int16_t rival = PICK(walk, 5, 30, 15, 10, 10, 0, 0, 20, 0, 10);
	if (happens(walk, 850))
		say_linked(walk, start + between(walk, 0, 40), EVENT_PLACEMENT_CLAIMED, start,
			VALUES(letter, by));
	bool contested = happens(walk, 150) && rival != by;
	if (contested)
		say_linked(walk, start + between(walk, 5, 60), EVENT_PLACEMENT_CLAIMED, start,
			VALUES(letter, rival));
	if (!happens(walk, contested ? 700 : 250))
		return;
	int16_t agreed = happens(walk, 700) ? by : rival;
	say_linked(walk, start + between(walk, 60, 150), EVENT_PLACEMENT_ADJUDICATED, start,
		VALUES(letter, agreed));
}

/* Most of the time somebody asks whether the job is still there. */
static void confirm_job(struct life_walk *walk, int32_t day)
{
	if (happens(walk, 850))
		say_linked(
			walk, day, EVENT_JOB_CONFIRMED, walk->job.start, VALUES(walk->job.letter));
}

static void start_job(struct life_walk *walk, int32_t day)
{
	static const int16_t part_time[] = { 8, 12, 16, 20, 24, 28 };
	static const int16_t full_time[] = { 20, 24, 28, 32, 36, 36, 40 };
	bool on_top = walk->rung == 6;
	struct life_job job = {
		.open = true,
		.start = day,
		.letter = walk->last_job.start == day ? walk->last_job.letter + 1 : 0,
		.funding = on_top ? FUNDING_FULLY_PAID : FUNDING_SUBSIDISED,
	};
	job.hours = on_top ? full_time[between(walk, 0, ARRAY_LENGTH(full_time) - 1)]
			   : part_time[between(walk, 0, ARRAY_LENGTH(part_time) - 1)];
	int16_t open_hiring = happens(walk, 400) ? (int16_t)happens(walk, 200) : VALUE_ABSENT;
	int16_t ambition = happens(walk, 600) ? PICK(walk, 35, 35, 30) : VALUE_ABSENT;
	say_linked(walk, day, EVENT_JOB_STARTED, day,
		VALUES(job.letter, job.funding, job.hours, open_hiring, ambition));
	tell_placement(walk, day, job.letter);
	change_benefit(walk, day, on_top && job.hours >= 28 ? 0 : BENEFIT_KIND_SUPPLEMENTARY);
	walk->job = walk->last_job = job;
	confirm_job(walk, day + between(walk, 70, 120));
}

static void end_job(struct life_walk *walk, int32_t day)
{
	say_linked(walk, day, EVENT_JOB_ENDED, walk->job.start, VALUES(walk->job.letter));
	walk->job.open = false;
}

/* A half-year of a job that is there: confirmed, changed, or at its end. */
static void live_job(struct life_walk *walk, int32_t day)
{
	struct life_job *job = &walk->job;
	if (walk->rung == 6 && job->funding == FUNDING_SUBSIDISED) {
		job->funding = FUNDING_FULLY_PAID;
		job->hours = (int16_t)(job->hours + between(walk, 0, 12));
		say_linked(walk, day + 10, EVENT_JOB_CHANGED, job->start,
			VALUES(job->letter, job->funding, job->hours));
		change_benefit(walk, day + 10, job->hours >= 28 ? 0 : BENEFIT_KIND_SUPPLEMENTARY);
	}
	confirm_job(walk, day + between(walk, 11, 35));
	if (!happens(walk, walk->rung == 6 ? 130 : 220)) {
		confirm_job(walk, day + between(walk, 90, 125));
		return;
	}
	int32_t end = day + between(walk, 36, 150);
	end_job(walk, end);
	if (happens(walk, 450)) {
		start_job(walk, end + between(walk, 0, 45));
		return;
	}
	change_benefit(walk, end + between(walk, 1, 20), BENEFIT_KIND_FULL);
	walk->rung = happens(walk, 600) ? 4 : 3;
}

static void live_work(struct life_walk *walk, int32_t day)
{
	if (walk->job.open && walk->rung < 5) {
		end_job(walk, day + between(walk, 0, 30));
		change_benefit(walk, day + between(walk, 30, 50), BENEFIT_KIND_FULL);
	} else if (walk->job.open) {
		live_job(walk, day);
	} else if (walk->rung >= 5) {
		start_job(walk, day + between(walk, 0, 60));
	}
}

/* An activity kind: who offers it and how long it takes, in steps of 15 minutes. */
struct habit {
	int16_t kind;
	int16_t providers[2];
	int16_t steps_min;
	int16_t steps_max;
};

static void log_activity(
	struct life_walk *walk, int32_t day, const struct habit *habit, int16_t provider)
{
	bool has_ref = happens(walk, 120);
	int16_t steps = (int16_t)between(walk, habit->steps_min, habit->steps_max);
	int16_t minutes = happens(walk, 20) ? 0 : (int16_t)(steps * 15);
	say_seen(walk, day, EVENT_ACTIVITY_LOGGED,
		VALUES(habit->kind, minutes, provider, has_ref ? 1 : VALUE_ABSENT));
	/* The other organisation that was there reports it too. */
	if (has_ref && happens(walk, 80))
		say_seen(walk, day, EVENT_ACTIVITY_LOGGED,
			VALUES(habit->kind, minutes, habit->providers[1], 1));
}

/* A habit kept on one day of the week, with weeks left out. */
static void keep_habit(struct life_walk *walk, int32_t day, const struct habit *habit,
	int32_t weeks, int32_t per_thousand)
{
	int32_t first = day + between(walk, 0, HALF_YEAR_DAYS - 7 * weeks);
	int32_t holiday = first + between(walk, 0, 7 * weeks);
	int16_t provider = habit->providers[happens(walk, 650) ? 0 : 1];
	for (int32_t week = 0; week < weeks; week++) {
		int32_t on = first + 7 * week;
		bool is_away = on >= holiday && on < holiday + 21;
		if (!is_away && happens(walk, per_thousand))
			log_activity(walk, on, habit, provider);
	}
}

static void live_activities(struct life_walk *walk, int32_t day)
{
	static const struct habit participation[] = {
		{ ACTIVITY_KIND_VOLUNTEER, { ORG_TYPE_VOLUNTEERS, ORG_TYPE_WELFARE }, 6, 24 },
		{ ACTIVITY_KIND_INTERNSHIP, { ORG_TYPE_EMPLOYER, ORG_TYPE_SW_COMPANY }, 16, 64 },
		{ ACTIVITY_KIND_WORK_EXPERIENCE, { ORG_TYPE_SW_COMPANY, ORG_TYPE_ISD }, 32, 80 },
		{ ACTIVITY_KIND_SPORT, { ORG_TYPE_OTHER, ORG_TYPE_SELF }, 4, 10 },
		{ ACTIVITY_KIND_CULTURE_HOBBY, { ORG_TYPE_WELFARE, ORG_TYPE_SELF }, 4, 12 },
		{ ACTIVITY_KIND_SCHOOL_SUPPORT, { ORG_TYPE_SCHOOL, ORG_TYPE_VOLUNTEERS }, 3, 8 },
		{ ACTIVITY_KIND_NEIGHBOURHOOD, { ORG_TYPE_WELFARE, ORG_TYPE_VOLUNTEERS }, 4, 12 },
		{ ACTIVITY_KIND_FAMILY_ACTIVITY, { ORG_TYPE_SELF, ORG_TYPE_SCHOOL }, 2, 8 },
	};
	static const struct habit language[] = {
		{ ACTIVITY_KIND_LANGUAGE_COURSE, { ORG_TYPE_SCHOOL, ORG_TYPE_OTHER }, 24, 60 },
		{ ACTIVITY_KIND_LANGUAGE_CAFE, { ORG_TYPE_VOLUNTEERS, ORG_TYPE_WELFARE }, 6, 10 },
		{ ACTIVITY_KIND_LANGUAGE_BUDDY, { ORG_TYPE_VOLUNTEERS, ORG_TYPE_VWN }, 4, 8 },
		{ ACTIVITY_KIND_TUTORING, { ORG_TYPE_VOLUNTEERS, ORG_TYPE_SCHOOL }, 3, 6 },
	};
	static const struct habit guidance[] = {
		{ ACTIVITY_KIND_JOB_COACHING, { ORG_TYPE_ISD, ORG_TYPE_VOLUNTEERS }, 2, 6 },
		{ ACTIVITY_KIND_APPLICATION_HELP, { ORG_TYPE_VOLUNTEERS, ORG_TYPE_ISD }, 2, 6 },
		{ ACTIVITY_KIND_DIPLOMA_VALUATION, { ORG_TYPE_VWN, ORG_TYPE_SCHOOL }, 2, 4 },
		{ ACTIVITY_KIND_FORM_HELP, { ORG_TYPE_VOLUNTEERS, ORG_TYPE_VWN }, 1, 4 },
	};
	static const int32_t takes_part[] = { 0, 150, 430, 780, 900, 500, 300 };
	int32_t since = (day - walk->stays[0].first) / HALF_YEAR_DAYS;
	int32_t studies = since < 6 ? 670 : 300;
	if (happens(walk, takes_part[walk->rung])) {
		int16_t kind = PICK(walk, 28, 8, 10, 15, 11, 9, 12, 7);
		keep_habit(walk, day, &participation[kind - 1], between(walk, 8, 26), 900);
	}
	if (happens(walk, studies)) {
		int16_t kind = PICK(walk, 40, 25, 22, 13);
		keep_habit(walk, day, &language[kind - 1], between(walk, 8, 26), 850);
	}
	for (int32_t i = between(walk, 0, 3); i > 0; i--) {
		int16_t kind = PICK(walk, 25, 25, 10, 40);
		const struct habit *habit = &guidance[kind - 1];
		int16_t provider = habit->providers[happens(walk, 650) ? 0 : 1];
		log_activity(walk, day + between(walk, 0, HALF_YEAR_DAYS - 1), habit, provider);
	}
}

/* A referral, and mostly what became of it. */
static void live_referral(struct life_walk *walk, int32_t day)
{
	/* MUNICIPALITY, ISD, SW_COMPANY, WELFARE, VWN, COA, SCHOOL, VOLUNTEERS */
	int16_t to = PICK(walk, 5, 20, 20, 15, 10, 0, 10, 20);
	bool has_ref = happens(walk, 800);
	if (is_in_sight(walk, day))
		say_linked(walk, day, EVENT_REFERRAL_MADE, day,
			VALUES(to, has_ref ? to : VALUE_ABSENT));
	if (!has_ref || !happens(walk, 700))
		return;
	int32_t closed = day + between(walk, 5, 200);
	int16_t outcome = PICK(walk, 46, 12, 14, 8, 12, 8);
	if (is_in_sight(walk, closed))
		say_linked(walk, closed, EVENT_REFERRAL_CLOSED, day, VALUES(to, outcome));
}

static void live_guidance(struct life_walk *walk, int32_t day)
{
	for (int32_t i = between(walk, 1, 7); i > 0; i--) {
		int16_t by = PICK(walk, 70, 22, 8);
		bool two_way = happens(walk, 800);
		bool own = happens(walk, 800);
		int16_t worker = own ? walk->worker : (int16_t)between(walk, 1, WORKERS);
		if (by != CONTACT_BY_CASE_MANAGER || worker == 0 || !happens(walk, 600))
			worker = VALUE_ABSENT;
		say_seen(walk, day + between(walk, 0, HALF_YEAR_DAYS - 1), EVENT_CONTACT_HELD,
			VALUES(by, two_way, worker));
	}
	if (happens(walk, 300))
		live_referral(walk, day + between(walk, 0, HALF_YEAR_DAYS - 1));
	if (happens(walk, 350)) {
		int16_t barrier = PICK(walk, 14, 10, 16, 8, 8, 10, 8, 8, 8, 10);
		int32_t met = day + between(walk, 0, HALF_YEAR_DAYS - 1);
		say_seen(walk, met, EVENT_BARRIER_REPORTED, VALUES(barrier));
		if (happens(walk, 600))
			say_seen(walk, met + between(walk, 20, 400), EVENT_BARRIER_RESOLVED,
				VALUES(barrier));
	}
}

static void live_trouble(struct life_walk *walk, int32_t day)
{
	if (!happens(walk, 55))
		return;
	int16_t number = ++walk->sanctions;
	int16_t regime = PICK(walk, 25, 30, 20, 25);
	int32_t announced = day + between(walk, 0, HALF_YEAR_DAYS - 1);
	int32_t imposed = announced + between(walk, 14, 60);
	if (happens(walk, 800))
		say_seen(walk, announced, EVENT_SANCTION_ANNOUNCED, VALUES(number));
	if (happens(walk, 250))
		return; /* the warning helped */
	if (!is_in_sight(walk, imposed))
		return;
	say(walk, imposed, EVENT_SANCTION_IMPOSED, VALUES(number, regime));
	if (happens(walk, 450))
		say(walk, imposed + between(walk, 10, 120), EVENT_SANCTION_ANNULLED,
			VALUES(number));
}

/* On which rung the next half-year begins. */
static void climb_or_fall(struct life_walk *walk)
{
	static const int32_t climbs[] = { 0, 250, 230, 220, 220, 260, 0 };
	if (happens(walk, climbs[walk->rung] * walk->speed / 100))
		walk->rung += walk->rung < 5 && happens(walk, 120) ? 2 : 1;
	else if (walk->rung > 1 && happens(walk, 45))
		walk->rung -= 1;
	walk->half_years_on_top = walk->rung == 6 ? walk->half_years_on_top + 1 : 0;
}

/* True when the person needs nobody any more; from then on only work is heard of. */
static bool ends_guidance(struct life_walk *walk, int32_t day)
{
	if (walk->half_years_on_top < 2 || walk->quiet_first != NEVER || !happens(walk, 400))
		return false;
	int32_t end = day + between(walk, 30, 90);
	say(walk, end, EVENT_GUIDANCE_ENDED, VALUES(GUIDANCE_END_REASON_SELF_SUFFICIENT));
	walk->quiet_first = end;
	return true;
}

void life_of_person(const struct world *world, uint32_t person, struct life *out)
{
	struct life_walk walk = {
		.world = world,
		.life = out,
		.chance = { mix64(
			world->seed + UINT64_C(0x632BE59BD9B4E019) * (person + UINT64_C(1))) },
		.person = person,
		.route = VALUE_ABSENT,
	};
	out->count = 0;
	int32_t home = between(&walk, 0, (int32_t)world->municipality_count - 1);
	bool was_there = happens(&walk, 400);
	int32_t settled = was_there ? world->first - between(&walk, 1, DAYS_BEFORE_WORLD)
				    : between(&walk, world->first, world->until);
	walk.speed = between(&walk, 40, 160);
	walk.registers_rows = happens(&walk, 350);
	walk.rung = PICK(&walk, 38, 30, 13, 8, 6, 5);
	draw_stays(&walk, settled, world->municipalities[home]);
	tell_stays(&walk);
	draw_quiet(&walk);
	tell_arrival(&walk);
	tell_intake(&walk);
	tell_plans(&walk);
	tell_modules(&walk);
	tell_contact_persons(&walk);
	tell_language(&walk);
	tell_targets(&walk);

	int32_t seen = was_there ? world->first + between(&walk, 0, HALF_YEAR_DAYS)
				 : settled + between(&walk, 15, 90);
	for (int32_t day = seen; day <= world->until; day += HALF_YEAR_DAYS) {
		live_assessment(&walk, day);
		live_work(&walk, day);
		live_benefit(&walk, day);
		live_activities(&walk, day);
		live_guidance(&walk, day);
		live_trouble(&walk, day);
		climb_or_fall(&walk);
		ends_guidance(&walk, day);
	}
}

/* The last day of the quarter that `day` is in. */
static int32_t quarter_end(int32_t day)
{
	while (!date_ends_quarter(day))
		day++;
	return day;
}

/* What it agrees on at the beginning of a year, for its end. */
static void tell_agreements(struct life_walk *walk, uint16_t municipality, int32_t day, int32_t by)
{
	static const struct {
		int16_t figure, comparison, least, most, rung;
	} promises[] = {
		{ AGREED_FIGURE_PARTICIPATION_NORM, COMPARISON_AT_LEAST, 30, 70, VALUE_ABSENT },
		{ AGREED_FIGURE_PLAN_WITHIN_70_DAYS, COMPARISON_AT_LEAST, 40, 90, VALUE_ABSENT },
		{ AGREED_FIGURE_CONTACT_WITHIN_90_DAYS, COMPARISON_AT_LEAST, 50, 90, VALUE_ABSENT },
		{ AGREED_FIGURE_LASTING_JOBS, COMPARISON_AT_LEAST, 3, 20, VALUE_ABSENT },
		{ AGREED_FIGURE_CLIMBED_WITHIN_12_MONTHS, COMPARISON_AT_LEAST, 20, 50, 2 },
		{ AGREED_FIGURE_RUNG_HALF_TIME, COMPARISON_AT_MOST, 300, 900, 3 },
		{ AGREED_FIGURE_BENEFIT_LEFT, COMPARISON_AT_LEAST, 2, 15, VALUE_ABSENT },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(promises); i++) {
		if (!happens(walk, 450))
			continue;
		int16_t value = (int16_t)between(walk, promises[i].least, promises[i].most);
		int16_t with =
			happens(walk, 400) ? (int16_t)between(walk, 0, PARTNERS - 1) : VALUE_ABSENT;
		say_at(walk, municipality, day, EVENT_AGREEMENT_MADE, by,
			VALUES(promises[i].figure, promises[i].comparison, value, 1, with,
				promises[i].rung));
	}
}

void life_of_municipality(const struct world *world, size_t index, struct life *out)
{
	struct life_walk walk = {
		.world = world,
		.life = out,
		.chance = { mix64(~world->seed + index) },
		.person = NOBODY,
	};
	uint16_t municipality = world->municipalities[index];
	out->count = 0;
	int16_t model = PICK(&walk, 35, 35, 20, 10);
	say_at(&walk, municipality, world->first, EVENT_SERVICE_MODEL_SET, 0, VALUES(model));
	if (happens(&walk, 500)) {
		int32_t day = between(&walk, world->first, world->until);
		model = PICK(&walk, 35, 35, 20, 10);
		say_at(&walk, municipality, day, EVENT_SERVICE_MODEL_SET, 0, VALUES(model));
	}
	for (int32_t day = world->first; day <= world->until; day += YEAR_DAYS)
		tell_agreements(&walk, municipality, day, quarter_end(day + YEAR_DAYS - 20));
	for (int32_t end = quarter_end(world->first); end < world->until;
		end = quarter_end(end + 1)) {
		bool is_last = quarter_end(end + 1) >= world->until;
		int32_t day = end + between(&walk, 10, 24);
		if (is_last && world->publish)
			say_at(&walk, municipality, world->until, EVENT_REPORT_PUBLISHED, end,
				VALUES(1));
		else if (!is_last)
			say_at(&walk, municipality, day, EVENT_REPORT_PUBLISHED, end, VALUES(1));
	}
}
