/*
 * indicators/barriers.c - what keeps people from taking part, as reported in the
 * last year and not resolved since.
 *
 * Source: indicators, section 13, over R.
 */
#include "indicators/registry.h"

#define DAYS 365

enum {
	PEOPLE,
	BY_KIND, /* per barrier from 1 on */
	COUNTERS = BY_KIND + BARRIER_END,
};

static void contribute(const struct person *person, const struct sink *sink)
{
	if (!person->in_population || person->last[EVENT_BARRIER_REPORTED] == NULL)
		return;
	uint16_t home = (uint16_t)person->lives_in;
	/* A report before these days is too old, whatever was resolved. */
	size_t i = person_facts_after(person, person->question->as_of - DAYS);
	unsigned standing = 0; /* bits 1 << barrier */
	for (; i < person->fact_count; i++) {
		const struct fact *fact = &person->facts[i];
		if (fact->type == EVENT_BARRIER_REPORTED)
			standing |= 1u << fact->choice;
		if (fact->type == EVENT_BARRIER_RESOLVED)
			standing &= ~(1u << fact->choice);
	}
	if (standing != 0)
		sink_count(sink, home, PEOPLE, 1);
	for (unsigned kind = 1; kind < BARRIER_END; kind++) {
		if ((standing >> kind & 1) != 0)
			sink_count(sink, home, BY_KIND + kind, 1);
	}
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	figures_object(figures, "barriers");
	figures_count(figures, "people", sums->counters[PEOPLE]);
	figures_object(figures, "by_kind");
	for (unsigned kind = 1; kind < BARRIER_END; kind++) {
		figures_count(
			figures, enumeration_barrier.names[kind], sums->counters[BY_KIND + kind]);
	}
	figures_end(figures);
	figures_end(figures);
}

static const struct metric metrics[] = {
	{ "ladder_barrier_persons",
		"People with a barrier reported in the last year and not resolved.",
		"by_kind/{kind}", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_barriers = {
	.name = "barriers",
	.counters = COUNTERS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
};
