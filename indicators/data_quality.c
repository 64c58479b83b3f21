/*
 * indicators/data_quality.c - how late events are reported, and how often corrected.
 *
 * Source: indicators, section 14. A sum over records, not over people: the engine
 * sends each record recorded in (K - 91 days, K], withdrawn or not.
 */
#include "indicators/registry.h"

#include "base/check.h"

#define PUBLIC_STEP_DAYS 7

enum { RECORDS, CORRECTIONS, PUBLISHING, PUBLISHING_CORRECTIONS, COUNTERS };
enum { DELAYS, PUBLISHING_DELAYS, HISTOGRAMS };

void data_quality_records(const struct sink *sink, uint16_t municipality,
	const struct reported *reported, int64_t count)
{
	unsigned counter = reported->publishing ? PUBLISHING : RECORDS;
	unsigned corrections = reported->publishing ? PUBLISHING_CORRECTIONS : CORRECTIONS;
	unsigned delays = reported->publishing ? PUBLISHING_DELAYS : DELAYS;
	sink_count(sink, municipality, counter, count);
	if (reported->correction)
		sink_count(sink, municipality, corrections, count);
	else
		sink_values(sink, municipality, delays, reported->delay_days, count);
}

/* The public profile leaves the publishing out: it would tell how often one published. */
static void figures_of(const struct sums *sums, struct figures *figures)
{
	const int64_t *counters = sums->counters;
	bool all = !figures_are_public(figures);
	struct values delays = { &sums->histograms[DELAYS], all ? 2 : 1 };
	int64_t corrected = counters[CORRECTIONS] + (all ? counters[PUBLISHING_CORRECTIONS] : 0);
	figures_hide(figures, !figures_have_windows(figures));
	figures_object(figures, "data_quality");
	int64_t records = figures_count(
		figures, "records", counters[RECORDS] + (all ? counters[PUBLISHING] : 0));
	int64_t first = records - figures_shown(figures, "data_quality.corrections", corrected);
	figures_quantile(figures, "delay_p50_days", delays, 1, 2, first, PUBLIC_STEP_DAYS);
	figures_quantile(figures, "delay_p90_days", delays, 9, 10, first, PUBLIC_STEP_DAYS);
	int64_t corrections = figures_count(figures, "corrections", corrected);
	figures_share(figures, "corrections_share", (double)corrections, (double)records);
	figures_end(figures);
	figures_hide(figures, false);
}

CHECK_STATIC(PUBLISHING_DELAYS == DELAYS + 1); /* counted together when internal */

static const struct metric metrics[] = {
	{ "ladder_reporting_delay_p50_seconds",
		"Median time from a day to the day on which its event was recorded.",
		"delay_p50_days", METRIC_DAYS },
	{ "ladder_reporting_delay_p90_seconds",
		"Ninth decile of the time from a day to the day on which its event was recorded.",
		"delay_p90_days", METRIC_DAYS },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_data_quality = {
	.name = "data_quality",
	.counters = COUNTERS,
	.histograms = HISTOGRAMS,
	.figures = figures_of,
	.metrics = metrics,
};
