/*
 * indicators/standing_still.c - who is known to have long been on one rung.
 *
 * Source: indicators, section 20, over those in R whose last assessment is not stale. The
 * stay is known from its first assessment on: a late first one or a gap hides longer ones.
 */
#include "indicators/registry.h"

#define RUNG_LAST 5
#define LONG_DAYS 730

enum { PEOPLE, HERE, OVER, COUNTERS_PER_RUNG };

/* The first assessment of the stay on the rung of the last one. */
static const struct assessment *stay_first(const struct person *person)
{
	size_t first = person->assessment_count - 1;
	for (; first > 0; first--) {
		const struct assessment *before = &person->assessments[first - 1];
		const struct assessment *after = &person->assessments[first];
		if (before->rung != after->rung ||
			after->day - before->day > person->question->follow_days)
			break;
	}
	return &person->assessments[first];
}

static void contribute(const struct person *person, const struct sink *sink)
{
	if (!person->in_population || person->assessment_count == 0)
		return;
	int32_t as_of = person->question->as_of;
	const struct assessment *last = &person->assessments[person->assessment_count - 1];
	if (as_of - last->day > person->question->follow_days || last->rung > RUNG_LAST)
		return;
	uint16_t home = (uint16_t)person->lives_in;
	unsigned counter = (unsigned)(last->rung - 1) * COUNTERS_PER_RUNG;
	sink_count(sink, home, counter + PEOPLE, 1);
	if (person->t0 > as_of - LONG_DAYS)
		return;
	sink_count(sink, home, counter + HERE, 1);
	if (as_of - stay_first(person)->day > LONG_DAYS)
		sink_count(sink, home, counter + OVER, 1);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	figures_array(figures, "standing_still");
	for (unsigned index = 0; index < RUNG_LAST; index++) {
		const int64_t *counters = sums->counters + index * COUNTERS_PER_RUNG;
		figures_object(figures, NULL);
		figures_integer(figures, "rung", index + 1);
		figures_count(figures, "people", counters[PEOPLE]);
		figures_count(figures, "here_730_days", counters[HERE]);
		figures_count(figures, "over_730_days", counters[OVER]);
		figures_share(figures, "over_730_days_share", (double)counters[OVER],
			(double)counters[HERE]);
		figures_end(figures);
	}
	figures_end(figures);
}

static const struct metric metrics[] = {
	{ "ladder_standing_still_persons",
		"People by the rung they are on, who settled two years ago or longer.",
		"[rung=rung]/here_730_days", METRIC_PLAIN },
	{ "ladder_standing_still_ratio",
		"Share of them who are known to have been on that rung for over two years.",
		"[rung=rung]/over_730_days_share", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_standing_still = {
	.name = "standing_still",
	.set = DEFINITIONS_COUNCIL,
	.counters = RUNG_LAST * COUNTERS_PER_RUNG,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
};
