/*
 * indicators/job_durability.c - how long work lasts.
 *
 * Source: indicators, section 6. One curve over spells of work; losing work is the
 * event; a silence, and the reference date, censor.
 */
#include "indicators/registry.h"
#include "indicators/work_spell.h"

#include "base/check.h"

enum { SPELLS, ENDED, SILENT, COUNTERS };

/* The three ways a spell is observed to end, in the words of spec/indicators.md. */
static void count_spell(
	const struct person *person, const struct work_spell *spell, const struct sink *sink)
{
	const struct question *question = person->question;
	uint16_t home = spell->jobs[0].municipality;
	int32_t until = spell->observed.until;
	unsigned cause = 0;
	sink_spell(sink, home, spell->jobs[0].start);
	switch (spell->observed.end) {
	case WORK_ENDED:
		/* "If P - e > 31, else censored at e": the next job may still come. */
		if (question->as_of - until > question->bridge_days) {
			cause = 1;
			sink_count(sink, home, ENDED, 1);
		}
		break;
	case WORK_SILENT:
		sink_count(sink, home, SILENT, 1);
		break;
	case WORK_OPEN:
		until = question->as_of;
		break;
	}
	sink_count(sink, home, SPELLS, 1);
	if (until > spell->jobs[0].start)
		sink_record(sink, home, 0, 0, until - spell->jobs[0].start, cause);
}

static void contribute(const struct person *person, const struct sink *sink)
{
	struct work_spell spell;
	for (size_t at = 0; work_spell_next(person, &at, &spell);)
		count_spell(person, &spell, sink);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	static const struct horizon horizons[] = { { .days = 183 }, { .days = 365 } };
	struct curve curve;
	curve_init(&curve, sums->histograms, 0);
	const struct classes exact = {
		.records = sums->counters[SPELLS],
		.reached = sums->counters[ENDED],
		.silent = sums->counters[SILENT],
	};
	struct classes shown = figures_classes(figures, &exact);
	figures_hide(figures, !figures_have_windows(figures));
	figures_object(figures, "job_durability");
	figures_given(figures, "spells", shown.records);
	figures_given(figures, "ended", shown.reached);
	figures_given(figures, "silent", shown.silent);
	figures_curve(figures, "lasting", &curve, CURVE_SURVIVAL, &exact,
		(struct horizons){ horizons, ARRAY_LENGTH(horizons) });
	figures_end(figures);
	figures_hide(figures, false);
}

static const struct metric metrics[] = {
	{ "ladder_job_lasting_ratio", "Share of spells of work that last so many days.",
		"lasting/[days=days]/share", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

static const struct compared compared = {
	.curves = 1,
	.function = CURVE_SURVIVAL,
	.days = 365,
};

const struct indicator indicator_job_durability = {
	.name = "job_durability",
	.counters = COUNTERS,
	.histograms = CURVE_HISTOGRAMS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.compared = &compared,
};
