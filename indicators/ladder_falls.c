/*
 * indicators/ladder_falls.c - assessments lower than the one before, per time
 * under observation.
 *
 * Source: indicators, section 1. Only pairs of assessments close enough to be
 * one observation count, both as falls and as person-years.
 */
#include "indicators/registry.h"

#define DAYS_PER_YEAR 365.25

enum { FALLS, PERSON_DAYS, COUNTERS };

static void contribute(const struct person *person, const struct sink *sink)
{
	for (size_t i = 1; i < person->assessment_count; i++) {
		const struct assessment *before = &person->assessments[i - 1];
		const struct assessment *later = &person->assessments[i];
		int32_t distance = later->day - before->day;
		if (distance > person->question->follow_days)
			continue;
		if (distance > 0)
			sink_count(sink, later->municipality, PERSON_DAYS, distance);
		if (later->rung < before->rung)
			sink_count(sink, later->municipality, FALLS, 1);
	}
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	figures_hide(figures, !figures_have_windows(figures));
	figures_object(figures, "ladder_falls");
	int64_t falls = figures_count(figures, "falls", sums->counters[FALLS]);
	double years =
		figures_amount(figures, "person_years", sums->counters[PERSON_DAYS], DAYS_PER_YEAR);
	figures_per_100(figures, "per_100", (double)falls, years);
	figures_end(figures);
	figures_hide(figures, false);
}

const struct indicator indicator_ladder_falls = {
	.name = "ladder_falls",
	.counters = COUNTERS,
	.contribute = contribute,
	.figures = figures_of,
};
