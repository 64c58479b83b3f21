/*
 * indicators/sanctions.c - sanctions imposed in the last year, per regime and per
 * time that people lived here.
 *
 * Source: indicators, section 8.
 */
#include "indicators/registry.h"

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

/* True when the person has a fact of `type`, a sanction's, with this ref up to `day`. */
static bool sanction_has(
	const struct person *person, enum event_type type, int32_t ref, int32_t day)
{
	if (person->last[type] == NULL)
		return false;
	for (size_t i = 0; i < person->fact_count; i++) {
		const struct fact *fact = &person->facts[i];
		if (fact_day(fact) > day)
			return false;
		if (fact->type == type && fact->ref == ref)
			return true;
	}
	return false;
}

static bool sanction_stands(const struct person *person, const struct fact *fact)
{
	return fact->type == EVENT_SANCTION_IMPOSED &&
	       !sanction_has(person, EVENT_SANCTION_ANNULLED, fact->ref, person->question->as_of);
}

/* The person counts once in all, and once in each municipality that imposed something. */
static void count_person(const struct person *person, size_t first, const struct sink *sink)
{
	bool any = false;
	for (size_t i = first; i < person->fact_count; i++) {
		const struct fact *fact = &person->facts[i];
		if (!sanction_stands(person, fact))
			continue;
		bool counted = false;
		for (size_t j = first; j < i && !counted; j++) {
			const struct fact *other = &person->facts[j];
			counted = other->municipality == fact->municipality &&
				  sanction_stands(person, other);
		}
		if (!counted)
			sink_count_in(sink, fact->municipality, PEOPLE, 1);
		any = true;
	}
	if (any)
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
	size_t first = person_facts_after(person, before);
	for (size_t i = first; i < person->fact_count; i++) {
		const struct fact *fact = &person->facts[i];
		if (fact->type != EVENT_SANCTION_IMPOSED)
			continue;
		uint16_t home = fact->municipality;
		sink_count(sink, home, IMPOSED, 1);
		if (sanction_stands(person, fact))
			sink_count(sink, home, BY_REGIME + fact->choice, 1);
		else
			sink_count(sink, home, ANNULLED, 1);
		if (sanction_has(person, EVENT_SANCTION_ANNOUNCED, fact->ref, fact_day(fact)))
			sink_count(sink, home, ANNOUNCED, 1);
	}
	count_person(person, first, sink);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	const int64_t *counters = sums->counters;
	int64_t standing = 0;
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
