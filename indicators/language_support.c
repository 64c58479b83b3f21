/*
 * indicators/language_support.c - who had language support by volunteers.
 *
 * Source: indicators, section 9, over R. Outcomes with and without support
 * are never compared, because support is given to those who need it most.
 */
#include "indicators/registry.h"

#define RECENT_DAYS 91

enum { PEOPLE, EVER, RECENT, COUNTERS };

static bool is_support(const struct fact *fact)
{
	return activity_is_language(fact) && fact->choice != ACTIVITY_KIND_LANGUAGE_COURSE &&
	       fact->more == ORG_TYPE_VOLUNTEERS && fact->number > 0;
}

static void contribute(const struct person *person, const struct sink *sink)
{
	if (!person->in_population)
		return;
	uint16_t home = (uint16_t)person->lives_in;
	sink_count(sink, home, PEOPLE, 1);
	if (person->last[EVENT_ACTIVITY_LOGGED] == NULL)
		return;
	for (size_t i = person->fact_count; i > 0; i--) {
		const struct fact *fact = &person->facts[i - 1];
		if (!is_support(fact))
			continue;
		sink_count(sink, home, EVER, 1);
		if (fact_day(fact) > person->question->as_of - RECENT_DAYS)
			sink_count(sink, home, RECENT, 1);
		return;
	}
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	double people =
		(double)figures_shown(figures, "population.persons", sums->counters[PEOPLE]);
	figures_object(figures, "language_support");
	int64_t ever = figures_count(figures, "ever", sums->counters[EVER]);
	figures_share(figures, "ever_share", (double)ever, people);
	int64_t recent = figures_count(figures, "recent", sums->counters[RECENT]);
	figures_share(figures, "recent_share", (double)recent, people);
	figures_end(figures);
}

static bool agreed(const struct sums *sums, enum agreed_figure figure, struct agreed_share *out)
{
	const int64_t *counters = sums->counters;
	if (figure != AGREED_FIGURE_LANGUAGE_SUPPORT_RECENT)
		return false;
	*out = (struct agreed_share){ counters[RECENT], 0, counters[PEOPLE] };
	return true;
}

static const struct metric metrics[] = {
	{ "ladder_language_support_persons",
		"People who had language support by volunteers, ever and in the last 91 days.",
		"{window:ever,recent}", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_language_support = {
	.name = "language_support",
	.counters = COUNTERS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.agreed = agreed,
};
