/*
 * indicators/plan.c - plans in force, with perspective, and signed on time.
 *
 * Source: indicators, section 11: in force and with perspective over G; on time as
 * a curve of all who came under the obligation, whose only event is the signing.
 */
#include "indicators/registry.h"

#include "base/check.h"

#define PERSPECTIVE_MONTHS 12

enum { PEOPLE, IN_FORCE, WITH_PERSPECTIVE, ON_TIME_PEOPLE, ON_TIME_SIGNED, COUNTERS };

static bool has_perspective(const struct person *person)
{
	const uint8_t both = FACT_PLAN_MAIN_GOAL | FACT_PLAN_OWN_AMBITION;
	if ((person->plan->more & both) != both || person->plan->number < PERSPECTIVE_MONTHS)
		return false;
	const struct fact *reviewed = person->last[EVENT_PLAN_REVIEWED];
	int32_t before = person->question->as_of - PLAN_FRESH_DAYS;
	return fact_day(person->plan) > before || (reviewed != NULL && fact_day(reviewed) > before);
}

static const struct fact *first_of(const struct person *person, enum event_type type)
{
	if (person->last[type] == NULL)
		return NULL;
	const struct fact *fact = person->facts;
	while (fact->type != type)
		fact++;
	return fact;
}

static void contribute_on_time(const struct person *person, const struct sink *sink)
{
	const struct fact *obligation = first_of(person, EVENT_OBLIGATION_STARTED);
	if (!person->settled || obligation == NULL)
		return;
	if (person->registered != NULL && person->registered->choice == ACT_WI2013)
		return;
	int32_t start = fact_day(obligation) > person->t0 ? fact_day(obligation) : person->t0;
	const struct fact *plan = first_of(person, EVENT_PLAN_SIGNED);
	const struct leaving *exit = person_exit_from(person, start);

	int32_t until = person->question->as_of;
	bool is_signed = false;
	if (plan != NULL && fact_day(plan) <= start) {
		/* "Signed on or before s: event at 1": at 0 nobody is at risk. */
		until = start + 1;
		is_signed = true;
	} else if (exit != NULL && (plan == NULL || exit->day < fact_day(plan))) {
		until = exit->day;
	} else if (plan != NULL) {
		until = fact_day(plan);
		is_signed = true;
	}
	sink_spell(sink, person->t0_home, start);
	sink_count(sink, person->t0_home, ON_TIME_PEOPLE, 1);
	if (is_signed)
		sink_count(sink, person->t0_home, ON_TIME_SIGNED, 1);
	if (until > start)
		sink_record(sink, 0,
			&(struct curve_record){
				person->t0_home, start, 0, until - start, is_signed ? 1 : 0 });
}

static void contribute(const struct person *person, const struct sink *sink)
{
	contribute_on_time(person, sink);
	if (!person->under_guidance)
		return;
	uint16_t home = (uint16_t)person->lives_in;
	sink_count(sink, home, PEOPLE, 1);
	if (person->plan == NULL)
		return;
	sink_count(sink, home, IN_FORCE, 1);
	if (has_perspective(person))
		sink_count(sink, home, WITH_PERSPECTIVE, 1);
}

static void on_time_figures(const struct sums *sums, struct figures *figures)
{
	static const struct horizon ten_weeks[] = { { .days = PLAN_ON_TIME_DAYS } };
	const struct classes exact = {
		.records = sums->counters[ON_TIME_PEOPLE],
		.reached = sums->counters[ON_TIME_SIGNED],
	};
	struct classes shown = figures_classes(figures, &exact);
	struct curve curve;
	curve_init(&curve, sums->histograms, 0);
	figures_hide(figures, !figures_have_windows(figures));
	figures_object(figures, "on_time");
	figures_given(figures, "people", shown.records);
	figures_given(figures, "signed", shown.reached);
	figures_curve(figures, "within", &curve, CURVE_FAILURE, &exact,
		(struct horizons){ ten_weeks, ARRAY_LENGTH(ten_weeks) });
	figures_end(figures);
	figures_hide(figures, false);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	const int64_t *counters = sums->counters;
	figures_object(figures, "plan");
	double people = (double)figures_count_again(
		figures, "people", "population.under_guidance", counters[PEOPLE]);
	int64_t in_force = figures_count(figures, "in_force", counters[IN_FORCE]);
	figures_share(figures, "in_force_share", (double)in_force, people);
	int64_t with = figures_count(figures, "with_perspective", counters[WITH_PERSPECTIVE]);
	figures_share(figures, "with_perspective_share", (double)with, people);
	on_time_figures(sums, figures);
	figures_end(figures);
}

static bool agreed(const struct sums *sums, enum agreed_figure figure, struct agreed_share *out)
{
	const int64_t *counters = sums->counters;
	if (figure != AGREED_FIGURE_PLAN_IN_FORCE && figure != AGREED_FIGURE_PLAN_WITH_PERSPECTIVE)
		return false;
	bool in_force = figure == AGREED_FIGURE_PLAN_IN_FORCE;
	*out = (struct agreed_share){
		.yes = counters[in_force ? IN_FORCE : WITH_PERSPECTIVE],
		.whole = counters[PEOPLE],
	};
	return true;
}

static const struct metric metrics[] = {
	{ "ladder_plan_in_force_ratio", "Share of people under guidance with a plan in force.",
		"in_force_share", METRIC_PLAIN },
	{ "ladder_plan_with_perspective_ratio",
		"Share of people under guidance whose plan has a goal, an ambition and a year to "
		"go.",
		"with_perspective_share", METRIC_PLAIN },
	{ "ladder_plan_within_ratio",
		"Share of people who have a plan so many days after their obligation started.",
		"on_time/within/[days=days]/share", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

static const struct shown_curve curves[] = {
	{ "plan/on_time", 0, 0, CURVE_FAILURE, { "censored", "signed", NULL } },
};

const struct indicator indicator_plan = {
	.name = "plan",
	.counters = COUNTERS,
	.histograms = CURVE_HISTOGRAMS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.agreed = agreed,
	.curves = curves,
	.curve_count = ARRAY_LENGTH(curves),
};
