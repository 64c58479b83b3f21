/*
 * indicators/combined_pathway.c - language together with work or volunteering.
 *
 * Source: indicators, section 4, over R and the four weeks that end on P.
 * `planned`: of the same people, those whose plan in force has both parts.
 */
#include "indicators/registry.h"

#define DAYS 28

enum { YES, NO, UNKNOWN, EXEMPT, NEW, PLANNED, UNPLANNED, COUNTERS };

static bool is_exempt(const struct person *person)
{
	const struct fact *exempted = person->last[EVENT_LANGUAGE_EXEMPTED];
	return (exempted != NULL && exempted->ref >= person->question->as_of) ||
	       person->last[EVENT_CIVIC_INTEGRATION_COMPLETED] != NULL;
}

static bool works(const struct person *person)
{
	for (size_t i = 0; i < person->job_count; i++) {
		if (job_is_known(person, &person->jobs[i], person->question->as_of))
			return true;
	}
	return false;
}

static unsigned answer(const struct person *person)
{
	bool learns = false;
	bool reported = works(person);
	bool takes_part = reported;
	size_t i = person_facts_after(person, person->question->as_of - DAYS);
	for (; i < person->fact_count; i++) {
		const struct fact *fact = &person->facts[i];
		if (!activity_counts(person, fact))
			continue;
		reported = true;
		if (fact->number == 0)
			continue;
		learns |= activity_is_language(fact);
		takes_part |= fact->choice == ACTIVITY_KIND_VOLUNTEER ||
			      fact->choice == ACTIVITY_KIND_INTERNSHIP ||
			      fact->choice == ACTIVITY_KIND_WORK_EXPERIENCE;
	}
	if (learns && takes_part)
		return YES;
	return reported ? NO : UNKNOWN;
}

static void contribute(const struct person *person, const struct sink *sink)
{
	if (!person->in_population)
		return;
	uint16_t home = (uint16_t)person->lives_in;
	if (is_exempt(person)) {
		sink_count(sink, home, EXEMPT, 1);
	} else if (person->t0 > person->question->as_of - DAYS) {
		sink_count(sink, home, NEW, 1);
	} else {
		const uint8_t both = FACT_PLAN_LANGUAGE_PART | FACT_PLAN_PARTICIPATION_PART;
		bool planned = person->plan != NULL && (person->plan->more & both) == both;
		sink_count(sink, home, answer(person), 1);
		sink_count(sink, home, planned ? PLANNED : UNPLANNED, 1);
	}
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
	figures_object(figures, "combined_pathway");
	figures_people_share(figures, &share);
	figures_object(figures, "planned");
	int64_t yes = figures_count(figures, "yes", sums->counters[PLANNED]);
	int64_t no = figures_count(figures, "no", sums->counters[UNPLANNED]);
	figures_share(figures, "share", (double)yes, (double)(yes + no));
	figures_end(figures);
	figures_end(figures);
}

static bool agreed(const struct sums *sums, enum agreed_figure figure, struct agreed_share *out)
{
	const int64_t *counters = sums->counters;
	if (figure != AGREED_FIGURE_COMBINED_PATHWAY)
		return false;
	*out = (struct agreed_share){ counters[YES], counters[UNKNOWN],
		counters[YES] + counters[NO] + counters[UNKNOWN] };
	return true;
}

static const struct metric metrics[] = {
	{ "ladder_combined_pathway_persons",
		"People by whether they combined language with work or volunteering in four weeks.",
		"{answer:yes,no,unknown,exempt,new}", METRIC_PLAIN },
	{ "ladder_combined_pathway_ratio",
		"Share of people who are shown to combine language with work or volunteering.",
		"share", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_combined_pathway = {
	.name = "combined_pathway",
	.counters = COUNTERS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.agreed = agreed,
};
