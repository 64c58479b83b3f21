/*
 * indicators/ladder_position.c - where on the ladder people were last seen.
 *
 * Source: indicators, section 1, over R. `stale` counts those whose last
 * assessment is too long ago; they are in their rung's count too.
 */
#include "indicators/registry.h"

#define RUNGS 6
enum { UNASSESSED = RUNGS, STALE, COUNTERS };

static void contribute(const struct person *person, const struct sink *sink)
{
	if (!person->in_population)
		return;
	uint16_t home = (uint16_t)person->lives_in;
	if (person->assessment_count == 0) {
		sink_count(sink, home, UNASSESSED, 1);
		return;
	}
	const struct assessment *last = &person->assessments[person->assessment_count - 1];
	sink_count(sink, home, (unsigned)last->rung - 1, 1);
	if (person->question->as_of - last->day > person->question->follow_days)
		sink_count(sink, home, STALE, 1);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	static const char *const keys[COUNTERS] = { "1", "2", "3", "4", "5",
		"6", [UNASSESSED] = "unassessed", [STALE] = "stale" };
	figures_object(figures, "ladder_position");
	for (unsigned i = 0; i < COUNTERS; i++)
		figures_count(figures, keys[i], sums->counters[i]);
	figures_end(figures);
}

static const struct metric metrics[] = {
	{ "ladder_position_persons", "People by the rung of their last assessment.",
		"{rung:1,2,3,4,5,6,unassessed}", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_ladder_position = {
	.name = "ladder_position",
	.counters = COUNTERS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
};
