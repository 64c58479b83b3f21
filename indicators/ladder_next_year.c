/*
 * indicators/ladder_next_year.c - of those still on a rung, who climbs within the next year.
 *
 * Source: indicators, section 21. From the records of ladder_step: those whose exit is after
 * a, watched from a on. Nothing comes from people.
 */
#include "indicators/registry.h"

#include <math.h>

#include "base/check.h"

#define RUNGS       5
#define AT_RISK_MIN 10

CHECK_STATIC(CURVE_HISTOGRAMS == 4);

/* The half-yearly grid of ladder_step. */
static const struct {
	int32_t from_days;
	int32_t to_days;
} years[] = { { 0, 396 }, { 396, 761 }, { 761, 1126 } };

/* Of a curve's histograms the exits after `from`; all enter there, in *entry. */
static void view_from(const struct histogram *histograms, int32_t from, struct cell *entry,
	struct histogram view[CURVE_HISTOGRAMS])
{
	*entry = (struct cell){ .at = from };
	for (unsigned slot = 1; slot < CURVE_HISTOGRAMS; slot++) {
		struct histogram exits = histograms[slot];
		for (; exits.count > 0 && exits.cells->at <= from; exits.count--)
			exits.cells++;
		view[slot] = exits;
		entry->units += histogram_total(&exits);
	}
	view[0] = (struct histogram){ .cells = entry, .count = entry->units > 0 };
}

static void year_figures(const struct histogram *histograms, int32_t from_days, int32_t to_days,
	struct figures *figures)
{
	struct estimate estimate = { NAN, NAN, NAN, NAN };
	struct cell entry;
	struct histogram view[CURVE_HISTOGRAMS];
	struct curve curve;
	view_from(histograms, from_days, &entry, view);
	curve_init(&curve, view, 0);
	if (curve.records >= AT_RISK_MIN)
		estimate = curve_estimate(&curve, CURVE_INCIDENCE_1, to_days);
	figures_object(figures, NULL);
	figures_integer(figures, "from_days", from_days);
	figures_integer(figures, "to_days", to_days);
	figures_count(figures, "at_risk", curve.records);
	figures_number(figures, "share", estimate.value);
	figures_number(figures, "low", estimate.low);
	figures_number(figures, "high", estimate.high);
	figures_end(figures);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	struct sums ladder = registry_sums(sums, &indicator_ladder_step);
	figures_array(figures, "ladder_next_year");
	for (unsigned index = 0; index < RUNGS; index++) {
		figures_object(figures, NULL);
		figures_integer(figures, "rung", index + 1);
		figures_array(figures, "years");
		for (size_t i = 0; i < ARRAY_LENGTH(years); i++)
			year_figures(ladder.histograms + index * CURVE_HISTOGRAMS,
				years[i].from_days, years[i].to_days, figures);
		figures_end(figures);
		figures_end(figures);
	}
	figures_end(figures);
}

static const struct metric metrics[] = {
	{ "ladder_next_year_at_risk_spells", "Spells on a rung that still ran after so many days.",
		"[rung=rung]/years/[from_days=from_days]/at_risk", METRIC_PLAIN },
	{ "ladder_next_year_climbed_ratio",
		"Of those still on a rung after so many days, the share who climb within the next "
		"year.",
		"[rung=rung]/years/[from_days=from_days]/share", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_ladder_next_year = {
	.name = "ladder_next_year",
	.set = DEFINITIONS_COUNCIL,
	.figures = figures_of,
	.metrics = metrics,
};
