/*
 * indicators/contact_person.c - one regular face.
 *
 * Source: indicators, section 23. The history is read day by day: what begins and ends on one
 * day depends on what was in force when the day began. Workers are pseudonyms and stay in
 * here: no figure is per worker.
 */
#include "indicators/registry.h"

#include "base/check.h"
#include "base/sort.h"

#define CERTAIN_DAYS  32 /* Q is so long before P */
#define CHANGE_DAYS   365
#define CONTACT_DAYS  91
#define CHANGES_SHOWN 3 /* 0, 1, and 2 or more */

enum {
	PEOPLE,
	ASSIGNED,
	CHANGES,
	PAIRINGS = CHANGES + CHANGES_SHOWN,
	ENDED,
	CENSORED,
	NOT_AT_RISK,
	CONTACTS,
	OWN,
	COUNTERS,
};

/* A worker as a number: the partner and its pseudonym. */
#define WORKER_NONE UINT64_MAX
#define REF_BITS    27
CHECK_STATIC(FACT_REF_MAX < 1 << REF_BITS);

static uint64_t worker_of(const struct fact *fact)
{
	return (uint64_t)fact->partner << REF_BITS | fact->ref;
}

/* The stretch of time with one worker that is in force. */
struct stretch {
	uint64_t worker; /* WORKER_NONE: nobody is */
	int32_t from;
	uint16_t home;         /* of the assignment that began it */
	uint16_t municipality; /* of its last assignment */
};

/* Numbers in person->work. */
struct numbers {
	uint64_t *items;
	size_t count;
};

struct face_reading {
	const struct person *person;
	const struct sink *sink;
	struct stretch now;
	struct numbers counted;   /* places of the assignments that count */
	struct numbers stretches; /* those that touch the days of the contacts: stretch_number() */
	struct numbers homes;     /* municipality and first day of each stay, sorted */
	struct numbers ends;      /* municipalities of the ContactPersonEnded of the day, sorted */
};

/* The first of the sorted numbers that is `least` or more; count: there is none. */
static size_t numbers_find(const struct numbers *numbers, uint64_t least)
{
	size_t low = 0, high = numbers->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (numbers->items[middle] < least)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool numbers_have(const struct numbers *numbers, uint64_t number)
{
	size_t at = numbers_find(numbers, number);
	return at < numbers->count && numbers->items[at] == number;
}

/* A stretch by worker and days, counted from the first day whose contacts are looked at. */
#define DAY_BITS 7
CHECK_STATIC(CONTACT_DAYS < 1 << DAY_BITS);

static uint64_t stretch_number(uint64_t worker, int32_t from, int32_t until)
{
	return (worker << DAY_BITS | (uint32_t)from) << DAY_BITS | (uint32_t)until;
}

/* Keeps a stretch for the contacts, in as far as it touches their days. */
static void stretch_keep(struct face_reading *reading, int32_t until)
{
	int32_t as_of = reading->person->question->as_of;
	int32_t first = as_of - CONTACT_DAYS + 1;
	int32_t from = reading->now.from > first ? reading->now.from - first : 0;
	int32_t to = (until < as_of ? until : as_of) - first;
	if (to >= 0)
		reading->stretches.items[reading->stretches.count++] =
			stretch_number(reading->now.worker, from, to);
}

/* Ends what is in force; `by_event`: by another worker or a ContactPersonEnded. */
static void stretch_end(struct face_reading *reading, int32_t day, bool by_event)
{
	struct stretch *now = &reading->now;
	int32_t certain = reading->person->question->as_of - CERTAIN_DAYS;
	if (now->worker == WORKER_NONE)
		return;
	stretch_keep(reading, day);
	if (now->from <= certain) {
		bool ended =
			by_event && day <= certain && !person_is_near_move(reading->person, day);
		int32_t until = day < certain ? day : certain;
		sink_count(reading->sink, now->home, PAIRINGS, 1);
		sink_count(reading->sink, now->home, ended ? ENDED : CENSORED, 1);
		if (until > now->from)
			sink_record(reading->sink, 0,
				&(struct curve_record){
					now->home, now->from, 0, until - now->from, ended });
		else
			sink_count(reading->sink, now->home, NOT_AT_RISK, 1);
	}
	now->worker = WORKER_NONE;
}

/*
 * "Does not count if at the end of its day the person has exited, or does not live in its
 * municipality but did on an earlier day."
 */
static bool place_counts(const struct face_reading *reading, const struct fact *fact)
{
	int32_t day = fact_day(fact);
	int32_t lives_in = person_lives_in(reading->person, day);
	if (lives_in == fact->municipality)
		return true;
	if (lives_in == NOWHERE && person_has_exited(reading->person, day))
		return false;
	/* The first stay there, if there is any. */
	size_t at = numbers_find(&reading->homes, (uint64_t)fact->municipality << 32);
	if (at == reading->homes.count || reading->homes.items[at] >> 32 != fact->municipality)
		return true;
	return (int32_t)(uint32_t)reading->homes.items[at] >= day;
}

/* One day of a history: its facts [first, end). */
struct day {
	int32_t day;
	size_t first;
	size_t end;
	bool censors;     /* what was in force ends, but by no event of its own */
	bool goes_on;     /* the worker in force is assigned again in its municipality */
	bool place_ended; /* a ContactPersonEnded of its municipality */
};

/* What the day has for what is in force at its beginning; lists the ends. */
static void day_look(struct face_reading *reading, struct day *day)
{
	const struct person *person = reading->person;
	const struct stretch *now = &reading->now;
	const struct leaving *exit = person_exit_from(person, day->day);
	day->censors = exit != NULL && exit->day == day->day;
	reading->ends.count = 0;
	for (size_t i = day->first; i < day->end; i++) {
		const struct fact *fact = &person->facts[i];
		switch (fact->type) {
		case EVENT_GUIDANCE_ENDED:
			day->censors |= guidance_is_over(fact);
			break;
		case EVENT_MUNICIPALITY_SETTLED:
			day->censors |= fact->municipality != now->municipality;
			break;
		case EVENT_CONTACT_PERSON_ENDED:
			day->place_ended |= fact->municipality == now->municipality;
			reading->ends.items[reading->ends.count++] = fact->municipality;
			break;
		case EVENT_CONTACT_PERSON_ASSIGNED:
			day->goes_on |= fact->municipality == now->municipality &&
					worker_of(fact) == now->worker;
			break;
		}
	}
	sort_numbers(reading->ends.items, reading->ends.count);
}

/* Puts an assignment that counts in force. */
static void assign(struct face_reading *reading, size_t place)
{
	const struct fact *fact = &reading->person->facts[place];
	uint64_t worker = worker_of(fact);
	reading->counted.items[reading->counted.count++] = place;
	if (reading->now.worker != worker) {
		stretch_end(reading, fact_day(fact), true);
		reading->now = (struct stretch){
			.worker = worker, .from = fact_day(fact), .home = fact->municipality
		};
	}
	reading->now.municipality = fact->municipality;
}

static void day_read(struct face_reading *reading, struct day *day)
{
	const struct person *person = reading->person;
	bool in_force = reading->now.worker != WORKER_NONE;
	uint16_t place = reading->now.municipality;
	day_look(reading, day);
	if (in_force && day->censors)
		stretch_end(reading, day->day, false);
	else if (in_force && day->place_ended && !day->goes_on)
		stretch_end(reading, day->day, true);
	for (size_t i = day->first; i < day->end; i++) {
		const struct fact *fact = &person->facts[i];
		if (fact->type != EVENT_CONTACT_PERSON_ASSIGNED || !place_counts(reading, fact))
			continue;
		/* "Nothing of that municipality in force at its beginning: none of them counts." */
		bool had = in_force && place == fact->municipality;
		if (had || !numbers_have(&reading->ends, fact->municipality))
			assign(reading, i);
	}
}

static void read_days(struct face_reading *reading)
{
	const struct person *person = reading->person;
	for (size_t i = 0; i < person->fact_count;) {
		struct day day = { .day = fact_day(&person->facts[i]), .first = i };
		bool matters = false;
		for (; i < person->fact_count && fact_day(&person->facts[i]) == day.day; i++) {
			uint8_t type = person->facts[i].type;
			matters |= type == EVENT_CONTACT_PERSON_ASSIGNED ||
				   (reading->now.worker != WORKER_NONE &&
					   (type == EVENT_CONTACT_PERSON_ENDED ||
						   type == EVENT_MUNICIPALITY_SETTLED ||
						   type == EVENT_MUNICIPALITY_LEFT ||
						   type == EVENT_EXITED ||
						   type == EVENT_GUIDANCE_ENDED));
		}
		day.end = i;
		if (matters)
			day_read(reading, &day);
	}
}

/*
 * "The number of assignments in (P-365, P], in the municipality of the one in force, of
 * another worker than the assignment there before."
 */
static unsigned count_changes(const struct face_reading *reading)
{
	const struct person *person = reading->person;
	uint64_t before = WORKER_NONE;
	unsigned changes = 0;
	for (size_t i = 0; i < reading->counted.count; i++) {
		const struct fact *fact = &person->facts[reading->counted.items[i]];
		if (fact->municipality != reading->now.municipality)
			continue;
		uint64_t worker = worker_of(fact);
		if (before != WORKER_NONE && worker != before &&
			fact_day(fact) > person->question->as_of - CHANGE_DAYS)
			changes++;
		before = worker;
	}
	return changes < CHANGES_SHOWN ? changes : CHANGES_SHOWN - 1;
}

/* "That worker's assignment was in force at some moment of the day." */
static bool is_own(const struct face_reading *reading, const struct fact *fact)
{
	int32_t first = reading->person->question->as_of - CONTACT_DAYS + 1;
	int32_t day = fact_day(fact) - first;
	uint64_t worker = worker_of(fact);
	size_t at = numbers_find(&reading->stretches, stretch_number(worker, day + 1, 0));
	if (at == 0)
		return false;
	uint64_t last = reading->stretches.items[at - 1];
	return last >> (2 * DAY_BITS) == worker && (int32_t)(last & ((1u << DAY_BITS) - 1)) >= day;
}

/* The partners of the assignments that count, sorted, in the place of these. */
static void list_partners(struct face_reading *reading)
{
	for (size_t i = 0; i < reading->counted.count; i++)
		reading->counted.items[i] =
			reading->person->facts[reading->counted.items[i]].partner;
	sort_numbers(reading->counted.items, reading->counted.count);
	sort_numbers(reading->stretches.items, reading->stretches.count);
}

static void count_contacts(struct face_reading *reading)
{
	const struct person *person = reading->person;
	size_t i = person_facts_after(person, person->question->as_of - CONTACT_DAYS);
	list_partners(reading);
	for (; i < person->fact_count; i++) {
		const struct fact *fact = &person->facts[i];
		if (!contact_counts(fact) || fact->ref == 0 ||
			!numbers_have(&reading->counted, fact->partner))
			continue;
		sink_count(reading->sink, fact->municipality, CONTACTS, 1);
		if (is_own(reading, fact))
			sink_count(reading->sink, fact->municipality, OWN, 1);
	}
}

static void list_homes(struct face_reading *reading)
{
	const struct person *person = reading->person;
	for (size_t i = 0; i < person->stay_count; i++)
		reading->homes.items[reading->homes.count++] =
			(uint64_t)person->stays[i].municipality << 32 |
			(uint32_t)person->stays[i].from;
	sort_numbers(reading->homes.items, reading->homes.count);
}

/* Places the lists in person->work: assignments, stays and ends are facts, each once. */
static struct face_reading reading_begin(const struct person *person, const struct sink *sink)
{
	size_t assigned = 0;
	for (size_t i = 0; i < person->fact_count; i++)
		assigned += person->facts[i].type == EVENT_CONTACT_PERSON_ASSIGNED;
	uint64_t *work = person->work;
	CHECK_STATIC(WORK_NUMBERS >= 3);
	return (struct face_reading){
		.person = person,
		.sink = sink,
		.now = { .worker = WORKER_NONE },
		.counted = { .items = work },
		.stretches = { .items = work + assigned },
		.homes = { .items = work + 2 * assigned },
		.ends = { .items = work + 2 * assigned + person->stay_count },
	};
}

static void contribute(const struct person *person, const struct sink *sink)
{
	if (person->under_guidance)
		sink_count(sink, (uint16_t)person->lives_in, PEOPLE, 1);
	if (person->last[EVENT_CONTACT_PERSON_ASSIGNED] == NULL)
		return;
	struct face_reading reading = reading_begin(person, sink);
	list_homes(&reading);
	read_days(&reading);
	if (person->under_guidance && reading.now.worker != WORKER_NONE) {
		uint16_t home = (uint16_t)person->lives_in;
		sink_count(sink, home, ASSIGNED, 1);
		sink_count(sink, home, CHANGES + count_changes(&reading), 1);
	}
	stretch_end(&reading, DAY_NONE, false);
	count_contacts(&reading);
}

static void pairing_figures(const struct sums *sums, struct figures *figures)
{
	static const struct horizon horizons[] = { { .days = 183 }, { .days = 365 },
		{ .days = 730 } };
	const int64_t *counters = sums->counters;
	struct curve curve;
	curve_init(&curve, sums->histograms, 0);
	figures_object(figures, "pairing");
	figures_count(figures, "pairings", counters[PAIRINGS]);
	figures_count(figures, "ended", counters[ENDED]);
	figures_count(figures, "censored", counters[CENSORED]);
	figures_count(figures, "not_at_risk", counters[NOT_AT_RISK]);
	figures_estimates(figures, "lasting", &curve, CURVE_SURVIVAL,
		(struct horizons){ horizons, ARRAY_LENGTH(horizons) });
	figures_medians(figures, &curve, CURVE_FAILURE);
	figures_end(figures);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	static const char *const changes_keys[CHANGES_SHOWN] = { "0", "1", "2" };
	const int64_t *counters = sums->counters;
	figures_object(figures, "contact_person");
	figures_count(figures, "people", counters[PEOPLE]);
	figures_count(figures, "assigned", counters[ASSIGNED]);
	figures_share(
		figures, "assigned_share", (double)counters[ASSIGNED], (double)counters[PEOPLE]);
	figures_object(figures, "changes");
	for (unsigned i = 0; i < CHANGES_SHOWN; i++)
		figures_count(figures, changes_keys[i], counters[CHANGES + i]);
	figures_end(figures);
	pairing_figures(sums, figures);
	figures_object(figures, "with_own");
	figures_count(figures, "contacts", counters[CONTACTS]);
	figures_count(figures, "own", counters[OWN]);
	figures_share(figures, "share", (double)counters[OWN], (double)counters[CONTACTS]);
	figures_end(figures);
	figures_end(figures);
}

static const struct metric metrics[] = {
	{ "ladder_contact_person_assigned_ratio",
		"Share of people under guidance who have a contact person.", "assigned_share",
		METRIC_PLAIN },
	{ "ladder_contact_person_changes_persons",
		"People with a contact person, by how often it changed in the last year.",
		"changes/{changes}", METRIC_PLAIN },
	{ "ladder_contact_person_lasting_ratio",
		"Share of people's stretches with one contact person that last so many days.",
		"pairing/lasting/[days=days]/share", METRIC_PLAIN },
	{ "ladder_contact_person_median_seconds",
		"Time in which half have another contact person, or none.", "pairing/median_days",
		METRIC_DAYS },
	{ "ladder_contact_person_own_ratio",
		"Share of contacts that were with the person's own contact person.",
		"with_own/share", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

static const struct shown_curve curves[] = {
	{ "contact_person/pairing", 0, 0, CURVE_SURVIVAL, { "censored", "ended", NULL } },
};

const struct indicator indicator_contact_person = {
	.name = "contact_person",
	.set = DEFINITIONS_COUNCIL,
	.counters = COUNTERS,
	.histograms = CURVE_HISTOGRAMS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.curves = curves,
	.curve_count = ARRAY_LENGTH(curves),
};
