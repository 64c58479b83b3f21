/*
 * indicators/population.c - how many the other figures are about: R, B and G of
 * the shared definitions of spec/indicators.md. Stands beside the indicators in the output.
 */
#include "indicators/registry.h"

enum { PERSONS, BREADWINNERS, UNDER_GUIDANCE, COUNTERS };

static void contribute(const struct person *person, const struct sink *sink)
{
	if (!person->in_population)
		return;
	uint16_t home = (uint16_t)person->lives_in;
	sink_count(sink, home, PERSONS, 1);
	if (person->breadwinner)
		sink_count(sink, home, BREADWINNERS, 1);
	if (person->under_guidance)
		sink_count(sink, home, UNDER_GUIDANCE, 1);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	figures_object(figures, "population");
	figures_count(figures, "persons", sums->counters[PERSONS]);
	figures_count(figures, "breadwinners", sums->counters[BREADWINNERS]);
	figures_count(figures, "under_guidance", sums->counters[UNDER_GUIDANCE]);
	figures_end(figures);
}

static const struct metric metrics[] = {
	{ "ladder_persons", "Adult status holders who live in the municipality.", "persons",
		METRIC_PLAIN },
	{ "ladder_breadwinners", "Those of them who are breadwinners or single.", "breadwinners",
		METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_population = {
	.name = "population",
	.counters = COUNTERS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
};
