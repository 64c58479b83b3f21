/*
 * indicators/ladder_step.c - time per rung of the participation ladder.
 *
 * Source: indicators, section 1. An average over finished steps would leave out the
 * steps that still run, and silence does not mean that a person stands still: one spell per person
 * and rung, in a curve with climbing and exit as competing causes.
 */
#include "indicators/follow.h"
#include "indicators/registry.h"

#include "base/check.h"

#define RUNG_LAST         5 /* the sixth is the highest: nobody climbs from it */
#define COUNTERS_PER_RUNG FOLLOW_COUNTERS

static void contribute(const struct person *person, const struct sink *sink)
{
	unsigned seen = 0;
	for (size_t i = 0; i < person->assessment_count; i++) {
		const struct assessment *first = &person->assessments[i];
		if (first->rung > RUNG_LAST || (seen >> first->rung & 1) != 0)
			continue;
		seen |= 1u << first->rung;
		unsigned index = (unsigned)first->rung - 1;
		unsigned counter = index * COUNTERS_PER_RUNG;
		struct follow follow = follow_from(person, i, first->rung + 1);
		sink_spell(sink, first->municipality, first->day);
		follow_count(sink, first->municipality, counter, index * CURVE_HISTOGRAMS,
			first->day, 0, &follow);
	}
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	figures_hide(figures, !figures_have_windows(figures));
	figures_array(figures, "ladder_step");
	for (unsigned index = 0; index < RUNG_LAST; index++) {
		const int64_t *counters = sums->counters + index * COUNTERS_PER_RUNG;
		struct curve curve;
		curve_init(&curve, sums->histograms + index * CURVE_HISTOGRAMS, 0);
		figures_object(figures, NULL);
		figures_integer(figures, "rung", index + 1);
		struct classes exact = follow_classes(counters);
		struct classes shown = figures_classes(figures, &exact);
		figures_given(figures, "entered", shown.records);
		follow_figures(figures, &shown, "climbed", counters[FOLLOW_NOT_AT_RISK]);
		follow_curve(figures, &curve, &exact);
		figures_end(figures);
	}
	figures_end(figures);
	figures_hide(figures, false);
}

static const struct metric metrics[] = {
	{ "ladder_step_spells", "Spells on a rung of the participation ladder, by how they ended.",
		"[rung=rung]/{outcome:climbed,exited,silent,censored}", METRIC_PLAIN },
	{ "ladder_step_climbed_ratio", "Cumulative incidence of climbing from a rung.",
		"[rung=rung]/within/[within_months=months]/share", METRIC_PLAIN },
	{ "ladder_step_median_seconds", "Time in which half of those on a rung have climbed.",
		"[rung=rung]/median_days", METRIC_DAYS },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

static const struct compared compared = {
	.curves = RUNG_LAST,
	.rung_first = 1,
	.function = CURVE_INCIDENCE_1,
	.days = 761,
};

static const struct shown_curve curves[] = {
	{ "ladder_step/1", 0, 0, CURVE_INCIDENCE_1, { "censored", "climbed", "exited" } },
	{ "ladder_step/2", CURVE_HISTOGRAMS, 0, CURVE_INCIDENCE_1,
		{ "censored", "climbed", "exited" } },
	{ "ladder_step/3", 2 * CURVE_HISTOGRAMS, 0, CURVE_INCIDENCE_1,
		{ "censored", "climbed", "exited" } },
	{ "ladder_step/4", 3 * CURVE_HISTOGRAMS, 0, CURVE_INCIDENCE_1,
		{ "censored", "climbed", "exited" } },
	{ "ladder_step/5", 4 * CURVE_HISTOGRAMS, 0, CURVE_INCIDENCE_1,
		{ "censored", "climbed", "exited" } },
};

const struct indicator indicator_ladder_step = {
	.name = "ladder_step",
	.counters = RUNG_LAST * COUNTERS_PER_RUNG,
	.histograms = RUNG_LAST * CURVE_HISTOGRAMS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.compared = &compared,
	.curves = curves,
	.curve_count = ARRAY_LENGTH(curves),
};
