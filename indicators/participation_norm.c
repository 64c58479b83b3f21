/*
 * indicators/participation_norm.c - who takes part for at least two hours a week.
 *
 * Source: indicators, section 3, over R. The four weeks before the week of P, from
 * Monday to Sunday. Language lessons do not count towards the norm.
 */
#include "indicators/participation.h"
#include "indicators/registry.h"

#include "base/date.h"

#define WEEKS        4
#define WEEKS_NEEDED 3

enum { YES, NO, UNKNOWN, EXEMPT, NEW, COUNTERS };

static unsigned answer(const struct person *person)
{
	int32_t monday = date_monday(person->question->as_of) - WEEKS * DAYS_OF_WEEK;
	int32_t target = person->target_minutes;
	if (target == 0)
		return EXEMPT;
	if (person->t0 > monday)
		return NEW;

	bool reported = false, known = false;
	int32_t total = 0;
	int32_t weeks = 0;
	size_t at = person_facts_after(person, monday - 1);
	for (int32_t week = 0; week < WEEKS; week++, monday += DAYS_OF_WEEK) {
		int32_t minutes = participation_week(person, monday, &at, &reported);
		minutes += participation_work(person, monday + DAYS_OF_WEEK - 1, &known);
		total += minutes;
		weeks += minutes >= target;
	}
	if (total >= WEEKS * target && weeks >= WEEKS_NEEDED)
		return YES;
	return reported || known ? NO : UNKNOWN;
}

static void contribute(const struct person *person, const struct sink *sink)
{
	if (person->in_population)
		sink_count(sink, (uint16_t)person->lives_in, answer(person), 1);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	struct people_share share = {
		.yes = sums->counters[YES],
		.no = sums->counters[NO],
		.unknown = sums->counters[UNKNOWN],
		.exempt = sums->counters[EXEMPT],
		.fresh = sums->counters[NEW],
	};
	figures_object(figures, "participation_norm");
	figures_people_share(figures, &share);
	figures_end(figures);
}

static bool agreed(const struct sums *sums, enum agreed_figure figure, struct agreed_share *out)
{
	const int64_t *counters = sums->counters;
	if (figure != AGREED_FIGURE_PARTICIPATION_NORM)
		return false;
	*out = (struct agreed_share){ counters[YES], counters[UNKNOWN],
		counters[YES] + counters[NO] + counters[UNKNOWN] };
	return true;
}

static const struct metric metrics[] = {
	{ "ladder_participation_norm_persons",
		"People by whether they took part for the hours of the norm in the last four "
		"weeks.",
		"{answer:yes,no,unknown,exempt,new}", METRIC_PLAIN },
	{ "ladder_participation_norm_ratio",
		"Share of people who are shown to meet the participation norm.", "share",
		METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_participation_norm = {
	.name = "participation_norm",
	.counters = COUNTERS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.agreed = agreed,
};
