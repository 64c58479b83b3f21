/*
 * indicators/language_level.c - from settlement to the language levels A2 and B1.
 *
 * Source: indicators, section 15. Exit competes with reaching the level.
 */
#include "indicators/registry.h"

#include "base/check.h"

enum { PEOPLE, ALREADY, REACHED, EXITED, COUNTERS_PER_LEVEL };

static const uint8_t levels[] = { LANGUAGE_LEVEL_A2, LANGUAGE_LEVEL_B1 };
static const char *const level_names[] = { "A2", "B1" };
CHECK_STATIC(ARRAY_LENGTH(levels) == ARRAY_LENGTH(level_names));

/* The day of the first LanguageLevelReached of `level` or higher; DAY_NONE when never. */
static int32_t first_reached(const struct person *person, uint8_t level)
{
	if (person->last[EVENT_LANGUAGE_LEVEL_REACHED] == NULL)
		return DAY_NONE;
	for (size_t i = 0; i < person->fact_count; i++) {
		const struct fact *fact = &person->facts[i];
		if (fact->type == EVENT_LANGUAGE_LEVEL_REACHED && fact->choice >= level)
			return fact_day(fact);
	}
	return DAY_NONE;
}

static void contribute(const struct person *person, const struct sink *sink)
{
	if (!person->settled)
		return;
	uint16_t home = person->t0_home;
	sink_spell(sink, home, person->t0);
	const struct leaving *exit = person_exit_from(person, person->t0);
	for (unsigned index = 0; index < ARRAY_LENGTH(levels); index++) {
		unsigned counter = index * COUNTERS_PER_LEVEL;
		int32_t reached = first_reached(person, levels[index]);
		if (reached <= person->t0) {
			sink_count(sink, home, counter + ALREADY, 1);
			continue;
		}
		int32_t until = person->question->as_of;
		unsigned cause = 0;
		if (exit != NULL && exit->day < reached) {
			until = exit->day;
			cause = exit->competes ? 2 : 0;
		} else if (reached != DAY_NONE) {
			until = reached;
			cause = 1;
		}
		sink_count(sink, home, counter + PEOPLE, 1);
		if (cause != 0)
			sink_count(sink, home, counter + (cause == 1 ? REACHED : EXITED), 1);
		if (until > person->t0) {
			sink_record(sink, index * CURVE_HISTOGRAMS,
				&(struct curve_record){
					home, person->t0, 0, until - person->t0, cause });
		}
	}
}

static void level_figures(const struct sums *sums, unsigned index, struct figures *figures)
{
	static const struct horizon horizons[] = {
		{ .months = 12, .days = 365 },
		{ .months = 24, .days = 730 },
		{ .months = 36, .days = 1096 },
	};
	const int64_t *counters = sums->counters + index * COUNTERS_PER_LEVEL;
	const struct classes exact = {
		.records = counters[PEOPLE],
		.reached = counters[REACHED],
		.exited = counters[EXITED],
	};
	struct classes shown = figures_classes(figures, &exact);
	struct curve curve;
	curve_init(&curve, sums->histograms + index * CURVE_HISTOGRAMS, 0);
	/* Of curves over the same people one is public. */
	if (figures_are_public(figures))
		figures_hide(figures,
			levels[index] != LANGUAGE_LEVEL_B1 || !figures_have_windows(figures));
	figures_object(figures, NULL);
	figures_text(figures, "level", level_names[index]);
	figures_given(figures, "people", shown.records);
	figures_internal(figures, "already", counters[ALREADY]);
	figures_given(figures, "reached", shown.reached);
	figures_given(figures, "exited", shown.exited);
	figures_curve(figures, "within", &curve, CURVE_INCIDENCE_1, &exact,
		(struct horizons){ horizons, ARRAY_LENGTH(horizons) });
	figures_end(figures);
	figures_hide(figures, false);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	figures_array(figures, "language_level");
	for (unsigned index = 0; index < ARRAY_LENGTH(levels); index++)
		level_figures(sums, index, figures);
	figures_end(figures);
}

static const struct metric metrics[] = {
	{ "ladder_language_level_ratio",
		"Cumulative incidence of reaching a language level since settlement.",
		"[level=level]/within/[within_months=months]/share", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

static const struct shown_curve curves[] = {
	{ "language_level/A2", 0, 0, CURVE_INCIDENCE_1, { "censored", "reached", "exited" } },
	{ "language_level/B1", CURVE_HISTOGRAMS, 0, CURVE_INCIDENCE_1,
		{ "censored", "reached", "exited" } },
};

const struct indicator indicator_language_level = {
	.name = "language_level",
	.counters = ARRAY_LENGTH(levels) * COUNTERS_PER_LEVEL,
	.histograms = ARRAY_LENGTH(levels) * CURVE_HISTOGRAMS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.curves = curves,
	.curve_count = ARRAY_LENGTH(curves),
};
