/*
 * indicators/data_quality.c - how late events are reported, and how often corrected.
 *
 * Source: indicators, section 14. A sum over records, not over people: the engine
 * sends each record recorded in (K - 91 days, K], withdrawn or not.
 */
#include "indicators/registry.h"

#define PUBLIC_STEP_DAYS 7

enum { RECORDS, CORRECTIONS, COUNTERS };
enum { DELAYS, HISTOGRAMS };

void data_quality_records(const struct sink *sink, uint16_t municipality, bool correction,
	int32_t delay_days, int64_t count)
{
	sink_count(sink, municipality, RECORDS, count);
	if (correction)
		sink_count(sink, municipality, CORRECTIONS, count);
	else
		sink_values(sink, municipality, DELAYS, delay_days, count);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	const struct histogram *delays = &sums->histograms[DELAYS];
	figures_object(figures, "data_quality");
	int64_t records = figures_count(figures, "records", sums->counters[RECORDS]);
	int64_t first = records - figures_shown(figures, "data_quality.corrections",
					  sums->counters[CORRECTIONS]);
	figures_quantile(figures, "delay_p50_days", delays, 1, 2, first, PUBLIC_STEP_DAYS);
	figures_quantile(figures, "delay_p90_days", delays, 9, 10, first, PUBLIC_STEP_DAYS);
	int64_t corrections = figures_count(figures, "corrections", sums->counters[CORRECTIONS]);
	figures_share(figures, "corrections_share", (double)corrections, (double)records);
	figures_end(figures);
}

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
