/*
 * indicators/contact.c - time since the last contact with the case manager.
 *
 * Source: indicators, section 10, over G.
 */
#include "indicators/registry.h"

#define PUBLIC_STEP_DAYS 7

enum { PEOPLE, NEVER, OVER, COUNTERS };
enum { AGES, HISTOGRAMS };

static const struct fact *last_contact(const struct person *person)
{
	if (person->last[EVENT_CONTACT_HELD] == NULL)
		return NULL;
	for (size_t i = person->fact_count; i > 0; i--) {
		const struct fact *fact = &person->facts[i - 1];
		if (contact_counts(fact))
			return fact;
	}
	return NULL;
}

static void contribute(const struct person *person, const struct sink *sink)
{
	if (!person->under_guidance)
		return;
	uint16_t home = (uint16_t)person->lives_in;
	const struct fact *contact = last_contact(person);
	int32_t since = contact != NULL ? fact_day(contact) : person->t0;
	int32_t age = person->question->as_of - since;
	sink_count(sink, home, PEOPLE, 1);
	if (contact == NULL)
		sink_count(sink, home, NEVER, 1);
	else
		sink_value(sink, home, AGES, age);
	if (age > CONTACT_OVER_DAYS)
		sink_count(sink, home, OVER, 1);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	const struct values ages = { &sums->histograms[AGES], 1 };
	figures_object(figures, "contact");
	int64_t people = figures_count_again(
		figures, "people", "population.under_guidance", sums->counters[PEOPLE]);
	int64_t ever = people - figures_count(figures, "never", sums->counters[NEVER]);
	figures_quantile(figures, "median_days", ages, 1, 2, ever, PUBLIC_STEP_DAYS);
	figures_quantile(figures, "p90_days", ages, 9, 10, ever, PUBLIC_STEP_DAYS);
	int64_t over = figures_count(figures, "over_90_days", sums->counters[OVER]);
	figures_share(figures, "over_90_days_share", (double)over, (double)people);
	figures_end(figures);
}

static bool agreed(const struct sums *sums, enum agreed_figure figure, struct agreed_share *out)
{
	const int64_t *counters = sums->counters;
	if (figure != AGREED_FIGURE_CONTACT_WITHIN_90_DAYS)
		return false;
	*out = (struct agreed_share){
		.yes = counters[PEOPLE] - counters[OVER],
		.whole = counters[PEOPLE],
	};
	return true;
}

static const struct metric metrics[] = {
	{ "ladder_contact_age_median_seconds",
		"Median time since the last contact with the case manager.", "median_days",
		METRIC_DAYS },
	{ "ladder_contact_over_ratio",
		"Share of people whose last contact with the case manager is longer ago.",
		"(days=90)/over_90_days_share", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_contact = {
	.name = "contact",
	.counters = COUNTERS,
	.histograms = HISTOGRAMS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.agreed = agreed,
};
