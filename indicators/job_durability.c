/*
 * indicators/job_durability.c - how long work lasts.
 *
 * Source: indicators, section 6. One curve over spells of work; losing work is the
 * event; a silence, and the reference date, censor. From set 2 on all spells are watched to
 * the last day whose ends are certain, as section 18 says: with set 1 an end of the last
 * month is censored while other jobs are watched on, so that jobs seem to last longer.
 */
#include "indicators/registry.h"
#include "indicators/work_spell.h"

#include "base/check.h"

enum { SPELLS, ENDED, SILENT, COUNTERS };

/* As set 1 has it: an end of the last 31 days censores there, all else is watched to P. */
static struct work_observed observed_to_as_of(
	const struct person *person, const struct work_spell *spell)
{
	const struct question *question = person->question;
	struct work_observed observed = spell->observed;
	/* "If P - e > 31, else censored at e": the next job may still come. */
	if (observed.end == WORK_ENDED && question->as_of - observed.until <= question->bridge_days)
		observed.end = WORK_OPEN;
	else if (observed.end == WORK_OPEN)
		observed.until = question->as_of;
	return observed;
}

static void count_spell(
	const struct person *person, const struct work_spell *spell, const struct sink *sink)
{
	const struct job *first = &spell->jobs[0];
	uint16_t home = first->municipality;
	bool cut = person->question->definitions >= DEFINITIONS_COUNCIL;
	if (cut && first->start > work_certain_day(person))
		return;
	struct work_observed observed =
		cut ? work_spell_cut(person, spell) : observed_to_as_of(person, spell);
	sink_spell_of_job(sink, home, first->start, first->started);
	sink_count(sink, home, SPELLS, 1);
	if (observed.end == WORK_ENDED)
		sink_count(sink, home, ENDED, 1);
	if (observed.end == WORK_SILENT)
		sink_count(sink, home, SILENT, 1);
	if (observed.until > first->start)
		sink_record(sink, 0,
			&(struct curve_record){ home, first->start, 0,
				observed.until - first->start,
				observed.end == WORK_ENDED ? 1 : 0 });
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
	.of_work = true,
};

static const struct shown_curve curves[] = {
	{ "job_durability", 0, 0, CURVE_SURVIVAL, { "censored", "ended", NULL } },
};

const struct indicator indicator_job_durability = {
	.name = "job_durability",
	.counters = COUNTERS,
	.histograms = CURVE_HISTOGRAMS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.compared = &compared,
	.curves = curves,
	.curve_count = ARRAY_LENGTH(curves),
};
