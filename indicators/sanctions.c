/*
 * indicators/sanctions.c - sanctions imposed in the last year, per regime and per
 * time that people lived here.
 *
 * Source: indicators, section 8.
 */
#include "indicators/registry.h"

#include "base/sort.h"

#define DAYS          365
#define DAYS_PER_YEAR 365.25

enum {
	IMPOSED,
	ANNULLED,
	ANNOUNCED,
	PEOPLE,
	PERSON_DAYS,
	BY_REGIME, /* per regime from 1 on */
	COUNTERS = BY_REGIME + REGIME_END,
};

/* A sanction's fact as a number: those of one ref come together, in their order. */
static uint64_t number_of(const struct person *person, size_t place)
{
	return (uint64_t)person->facts[place].ref << 32 | place;
}

static const struct fact *fact_of(const struct person *person, uint64_t number)
{
	return &person->facts[(uint32_t)number];
}

/* All that is said of sanctions up to P, by ref, in person->work. Returns how many. */
static size_t list_by_ref(const struct person *person)
{
	size_t count = 0;
	for (size_t i = 0; i < person->fact_count; i++) {
		switch (person->facts[i].type) {
		case EVENT_SANCTION_ANNOUNCED:
		case EVENT_SANCTION_IMPOSED:
		case EVENT_SANCTION_ANNULLED:
			person->work[count++] = number_of(person, i);
			break;
		}
	}
	sort_numbers(person->work, count);
	return count;
}

/* How many of the sorted numbers from the first on are of its ref. */
static size_t same_ref(const uint64_t *numbers, size_t count)
{
	size_t same = 1;
	while (same < count && numbers[same] >> 32 == numbers[0] >> 32)
		same++;
	return same;
}

/* What one ref adds. True when its sanction stands, whose municipality goes to *out. */
static bool count_ref(const struct person *person, const uint64_t *numbers, size_t count,
	const struct sink *sink, uint16_t *out)
{
	int32_t before = person->question->as_of - DAYS;
	int32_t announced = DAY_NONE;
	bool annulled = false;
	for (size_t i = count; i > 0; i--) {
		const struct fact *fact = fact_of(person, numbers[i - 1]);
		annulled |= fact->type == EVENT_SANCTION_ANNULLED;
		if (fact->type == EVENT_SANCTION_ANNOUNCED)
			announced = fact_day(fact);
	}
	/* "Only the first ever, if in (P-365, P]." */
	size_t first = 0;
	while (first < count && fact_of(person, numbers[first])->type != EVENT_SANCTION_IMPOSED)
		first++;
	const struct fact *fact = first < count ? fact_of(person, numbers[first]) : NULL;
	if (fact == NULL || fact_day(fact) <= before)
		return false;
	uint16_t home = fact->municipality;
	sink_count(sink, home, IMPOSED, 1);
	sink_count(sink, home, annulled ? ANNULLED : BY_REGIME + fact->choice, 1);
	if (announced <= fact_day(fact))
		sink_count(sink, home, ANNOUNCED, 1);
	*out = home;
	return !annulled;
}

/* The person counts once in all, and once in each municipality that imposed something. */
static void count_person(uint64_t *homes, size_t count, const struct sink *sink)
{
	sort_numbers(homes, count);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || homes[i] != homes[i - 1])
			sink_count_in(sink, (uint16_t)homes[i], PEOPLE, 1);
	}
	if (count > 0)
		sink_count_in(sink, PART_ALL, PEOPLE, 1);
}

/* "Days in (P-365, P] on which people lived in m". */
static void count_stays(const struct person *person, int32_t before, const struct sink *sink)
{
	for (size_t i = 0; i < person->stay_count; i++) {
		const struct stay *stay = &person->stays[i];
		int32_t after = person->question->as_of + 1;
		int32_t from = stay->from > before ? stay->from : before + 1;
		int32_t until = stay->until < after ? stay->until : after;
		if (from < until)
			sink_count(sink, stay->municipality, PERSON_DAYS, until - from);
	}
}

static void contribute(const struct person *person, const struct sink *sink)
{
	int32_t before = person->question->as_of - DAYS;
	count_stays(person, before, sink);
	if (person->last[EVENT_SANCTION_IMPOSED] == NULL)
		return;
	size_t count = list_by_ref(person);
	size_t standing = 0;
	for (size_t i = 0, same; i < count; i += same) {
		same = same_ref(person->work + i, count - i);
		uint16_t home;
		/* No more stand than were read: what is read next is not written over. */
		if (count_ref(person, person->work + i, same, sink, &home))
			person->work[standing++] = home;
	}
	count_person(person->work, standing, sink);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	const int64_t *counters = sums->counters;
	int64_t standing = 0;
	figures_hide(figures, !figures_have_windows(figures));
	figures_object(figures, "sanctions");
	figures_count(figures, "imposed", counters[IMPOSED]);
	figures_count(figures, "annulled", counters[ANNULLED]);
	figures_count(figures, "announced", counters[ANNOUNCED]);
	figures_count(figures, "people", counters[PEOPLE]);
	figures_object(figures, "by_regime");
	for (unsigned regime = 1; regime < REGIME_END; regime++) {
		standing += figures_count(
			figures, enumeration_regime.names[regime], counters[BY_REGIME + regime]);
	}
	figures_end(figures);
	double years =
		figures_amount(figures, "person_years", counters[PERSON_DAYS], DAYS_PER_YEAR);
	figures_per_100(figures, "per_100_person_years", (double)standing, years);
	figures_end(figures);
	figures_hide(figures, false);
}

static const struct metric metrics[] = {
	{ "ladder_sanctions", "Sanctions imposed in the last year and not annulled.",
		"by_regime/{regime}", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_sanctions = {
	.name = "sanctions",
	.counters = COUNTERS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
};
