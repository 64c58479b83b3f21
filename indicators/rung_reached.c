/*
 * indicators/rung_reached.c - from settlement to a rung or higher.
 *
 * Source: indicators, section 2. Time runs from t0, the entry is the first
 * assessment: those who lived here long before their first assessment enter late, so
 * estimates start only where enough people are at risk.
 *
 * The public profile shows one rung, and of it those who were first assessed soon after
 * they settled, at risk from t0 on: nobody joins late, so a life table fits. They have
 * sums of their own.
 */
#include "indicators/follow.h"
#include "indicators/registry.h"

#include "base/check.h"

#define RUNG_FIRST  2
#define RUNG_LAST   6
#define RUNGS       (RUNG_LAST - RUNG_FIRST + 1)
#define AT_RISK_MIN 10

#define PUBLIC_RUNG      4
#define SEEN_SOON_DAYS   214 /* public: first assessed at most this long after t0 */
#define PUBLIC_COUNTER   (RUNGS * COUNTERS_PER_RUNG)
#define PUBLIC_HISTOGRAM (RUNGS * CURVE_HISTOGRAMS)

enum {
	ALREADY = FOLLOW_COUNTERS,
	UNASSESSED,
	COUNTERS_PER_RUNG,
};

static void contribute(const struct person *person, const struct sink *sink)
{
	if (!person->settled)
		return;
	sink_spell(sink, person->t0_home, person->t0);
	/* The first assessment from t0 on, and the highest rung up to and on its day. */
	size_t first = 0;
	int32_t rung_seen = 0;
	for (; first < person->assessment_count; first++) {
		if (person->assessments[first].day >= person->t0)
			break;
		if (person->assessments[first].rung > rung_seen)
			rung_seen = person->assessments[first].rung;
	}
	bool assessed = first < person->assessment_count;
	int32_t day = assessed ? person->assessments[first].day : 0;
	for (size_t i = first; i < person->assessment_count; i++) {
		if (person->assessments[i].day != day)
			break;
		if (person->assessments[i].rung > rung_seen)
			rung_seen = person->assessments[i].rung;
	}

	for (int32_t rung = RUNG_FIRST; rung <= RUNG_LAST; rung++) {
		unsigned index = (unsigned)(rung - RUNG_FIRST);
		unsigned counter = index * COUNTERS_PER_RUNG;
		if (rung_seen >= rung) {
			sink_count(sink, person->t0_home, counter + ALREADY, 1);
		} else if (!assessed) {
			sink_count(sink, person->t0_home, counter + UNASSESSED, 1);
		} else {
			struct follow follow = follow_from(person, first, rung);
			follow_count(sink, person->t0_home, counter, index * CURVE_HISTOGRAMS,
				person->t0, day - person->t0, &follow);
			if (rung == PUBLIC_RUNG && day - person->t0 <= SEEN_SOON_DAYS) {
				follow_count(sink, person->t0_home, PUBLIC_COUNTER,
					PUBLIC_HISTOGRAM, person->t0, 0, &follow);
			}
		}
	}
}

static void rung_figures(const struct sums *sums, int32_t rung, struct figures *figures)
{
	unsigned index = (unsigned)(rung - RUNG_FIRST);
	const int64_t *counters = sums->counters + index * COUNTERS_PER_RUNG;
	const int64_t *followed = counters;
	struct curve curve;
	curve_init(&curve, sums->histograms + index * CURVE_HISTOGRAMS, AT_RISK_MIN);
	if (figures_are_public(figures)) {
		followed = sums->counters + PUBLIC_COUNTER;
		curve_init(&curve, sums->histograms + PUBLIC_HISTOGRAM, 0);
		figures_hide(figures, rung != PUBLIC_RUNG || !figures_have_windows(figures));
	}
	struct classes exact = follow_classes(followed);
	struct classes shown = figures_classes(figures, &exact);
	figures_object(figures, NULL);
	figures_integer(figures, "rung", rung);
	figures_given(figures, "people", shown.records);
	figures_internal(figures, "already", counters[ALREADY]);
	figures_internal(figures, "unassessed", counters[UNASSESSED]);
	follow_figures(figures, &shown, "reached", counters[FOLLOW_NOT_AT_RISK]);
	figures_days(
		figures, "from_days", figures_are_public(figures) ? DAY_NULL : curve.from_days);
	follow_curve(figures, &curve, &exact);
	figures_end(figures);
	figures_hide(figures, false);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	figures_array(figures, "rung_reached");
	for (int32_t rung = RUNG_FIRST; rung <= RUNG_LAST; rung++)
		rung_figures(sums, rung, figures);
	figures_end(figures);
}

static const struct metric metrics[] = {
	{ "ladder_rung_reached_ratio",
		"Cumulative incidence of reaching a rung or a higher one since settlement.",
		"[rung=rung]/within/[within_months=months]/share", METRIC_PLAIN },
	{ "ladder_rung_reached_median_seconds",
		"Time since settlement in which half have reached a rung or a higher one.",
		"[rung=rung]/median_days", METRIC_DAYS },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

static const struct compared compared = {
	.curves = RUNGS,
	.rung_first = RUNG_FIRST,
	.at_risk_min = AT_RISK_MIN,
	.function = CURVE_INCIDENCE_1,
	.days = 761,
};

static const struct shown_curve curves[] = {
	{ "rung_reached/2", 0, AT_RISK_MIN, CURVE_INCIDENCE_1,
		{ "censored", "reached", "exited" } },
	{ "rung_reached/3", CURVE_HISTOGRAMS, AT_RISK_MIN, CURVE_INCIDENCE_1,
		{ "censored", "reached", "exited" } },
	{ "rung_reached/4", 2 * CURVE_HISTOGRAMS, AT_RISK_MIN, CURVE_INCIDENCE_1,
		{ "censored", "reached", "exited" } },
	{ "rung_reached/5", 3 * CURVE_HISTOGRAMS, AT_RISK_MIN, CURVE_INCIDENCE_1,
		{ "censored", "reached", "exited" } },
	{ "rung_reached/6", 4 * CURVE_HISTOGRAMS, AT_RISK_MIN, CURVE_INCIDENCE_1,
		{ "censored", "reached", "exited" } },
};

const struct indicator indicator_rung_reached = {
	.name = "rung_reached",
	.counters = PUBLIC_COUNTER + FOLLOW_COUNTERS,
	.histograms = PUBLIC_HISTOGRAM + CURVE_HISTOGRAMS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.compared = &compared,
	.curves = curves,
	.curve_count = ARRAY_LENGTH(curves),
};
