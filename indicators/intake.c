/*
 * indicators/intake.c - how broad intakes are, and how often people tell their story.
 *
 * Source: indicators, section 12, over R.
 */
#include "indicators/registry.h"

#include "base/check.h"
#include "base/sort.h"

#define PUBLIC_STEP 0.5

/*
 * A public mean of 0 is anything under a quarter: fewer than 21 domains of 82 people, so
 * that 0, 1 or 2 of them had a complete intake, of ten. Of fewer people it would say that
 * nobody had one; there the mean needs enough people with an intake.
 */
#define PEOPLE_FOR_ANY_MEAN 80

enum {
	PEOPLE,
	COMPLETE,
	EXTENDED,
	NONE,
	DOMAINS_SUM, /* of all people */
	PARTIES_SUM, /* of those with an intake */
	COUNTERS,
};

#define ALL_DOMAINS ((1u << DOMAIN_END) - 2)

static void contribute(const struct person *person, const struct sink *sink)
{
	if (!person->in_population)
		return;
	uint16_t home = (uint16_t)person->lives_in;
	const struct fact *last = person->last[EVENT_INTAKE_DONE];
	sink_count(sink, home, PEOPLE, 1);
	if (last == NULL) {
		sink_count(sink, home, NONE, 1);
		return;
	}
	unsigned domains = 0;
	size_t intakes = 0;
	bool extended = false;
	for (size_t i = 0; i < person->fact_count; i++) {
		const struct fact *fact = &person->facts[i];
		if (fact->type != EVENT_INTAKE_DONE)
			continue;
		domains |= fact->number;
		person->work[intakes++] = fact->partner;
		extended |= fact->day_offset != last->day_offset;
	}
	sort_numbers(person->work, intakes);
	int64_t parties = (int64_t)sorted_distinct(person->work, intakes);
	if (domains == ALL_DOMAINS)
		sink_count(sink, home, COMPLETE, 1);
	if (extended)
		sink_count(sink, home, EXTENDED, 1);
	sink_count(sink, home, DOMAINS_SUM, __builtin_popcount(domains));
	sink_count(sink, home, PARTIES_SUM, parties);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	static const struct {
		unsigned counter;
		const char *key;
		const char *share_key;
	} rows[] = {
		{ COMPLETE, "complete", "complete_share" },
		{ EXTENDED, "extended", "extended_share" },
		{ NONE, "none", "none_share" },
	};
	const int64_t *counters = sums->counters;
	int64_t people = figures_shown(figures, "population.persons", counters[PEOPLE]);
	int64_t none = figures_shown(figures, "intake.none", counters[NONE]);
	figures_object(figures, "intake");
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		int64_t shown = figures_count(figures, rows[i].key, counters[rows[i].counter]);
		figures_share(figures, rows[i].share_key, (double)shown, (double)people);
	}
	int64_t behind = people < PEOPLE_FOR_ANY_MEAN ? people - none : people;
	figures_mean(figures, "mean_domains", counters[DOMAINS_SUM], counters[PEOPLE], behind,
		PUBLIC_STEP);
	figures_mean(figures, "mean_parties", counters[PARTIES_SUM],
		counters[PEOPLE] - counters[NONE], people - none, PUBLIC_STEP);
	figures_end(figures);
}

static bool agreed(const struct sums *sums, enum agreed_figure figure, struct agreed_share *out)
{
	const int64_t *counters = sums->counters;
	if (figure != AGREED_FIGURE_INTAKE_COMPLETE)
		return false;
	*out = (struct agreed_share){ counters[COMPLETE], 0, counters[PEOPLE] };
	return true;
}

static const struct metric metrics[] = {
	{ "ladder_intake_complete_ratio",
		"Share of people whose intakes together cover all ten domains of life.",
		"complete_share", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_intake = {
	.name = "intake",
	.counters = COUNTERS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.agreed = agreed,
};
