/*
 * indicators/guidance.c - how long it takes to stand on one's own feet.
 *
 * Source: indicators, section 16. From settlement to the end of the guidance because the
 * person is self-sufficient; another end, and an exit, compete. People are seen as long as
 * somebody reports something about them: time alone shows nothing.
 */
#include "indicators/registry.h"
#include "indicators/watch.h"

#include "base/check.h"

#define NEWS_DAYS   400
#define AT_RISK_MIN 10
#define JUDGED_DAYS 31 /* so long after it an end may still turn out to be a hand-over */

enum {
	NOT_FOLLOWED = ENDED_COUNTERS,
	RESTARTED_PEOPLE,
	RESTARTED,
	COUNTERS,
};
enum { CURVE_GUIDANCE = 0, CURVE_RESTARTED = CURVE_HISTOGRAMS };

static bool is_news(const struct fact *fact)
{
	return fact->type != EVENT_PERSON_REGISTERED && fact->type != EVENT_HOUSEHOLD_ROLE_SET &&
	       fact->type != EVENT_MUNICIPALITY_SETTLED;
}

static bool ends_for(const struct fact *fact, enum guidance_end_reason reason)
{
	return fact->type == EVENT_GUIDANCE_ENDED && fact->choice == reason;
}

/* The first end for another reason that is no hand-over; not judged yet, it censors. */
static void meet_other_end(const struct person *person, size_t from, struct ending *ending)
{
	for (size_t i = from; i < person->fact_count; i++) {
		int32_t day = fact_day(&person->facts[i]);
		if (!ends_for(&person->facts[i], GUIDANCE_END_REASON_OTHER) ||
			person_is_near_move(person, day))
			continue;
		bool judged = person->question->as_of - day > JUDGED_DAYS;
		ending_meet(ending, day, judged ? ENDED_OTHERWISE : ENDED_OBJECTED);
		return;
	}
}

static void meet_self_sufficient(const struct person *person, size_t from, struct ending *ending)
{
	for (size_t i = from; i < person->fact_count; i++) {
		if (!ends_for(&person->facts[i], GUIDANCE_END_REASON_SELF_SUFFICIENT))
			continue;
		ending_meet(ending, fact_day(&person->facts[i]), ENDED_REACHED);
		return;
	}
}

/*
 * Follows the news from facts[from] on, the first of which is on day `first`, up to what ends the
 * record before: of what comes later a silence could only come later still.
 */
static struct ending ending_find(const struct person *person, size_t from, int32_t first)
{
	int32_t as_of = person->question->as_of;
	struct ending ending = { as_of, ENDED_OPEN };
	ending_meet_exit(&ending, person_exit_from(person, person->t0));
	if (person->last[EVENT_GUIDANCE_ENDED] != NULL) {
		/* "On a later day than t0". */
		size_t later = person_facts_after(person, person->t0);
		meet_self_sufficient(person, later, &ending);
		meet_other_end(person, later, &ending);
	}
	struct watch watch = watch_from(NEWS_DAYS, first);
	for (size_t i = from; i < person->fact_count && !watch.silent; i++) {
		int32_t day = fact_day(&person->facts[i]);
		if (day > ending.day)
			break;
		if (is_news(&person->facts[i]))
			watch_news(&watch, day);
	}
	watch_news(&watch, as_of);
	ending_meet(&ending, watch_silent_on(&watch), ENDED_SILENT);
	return ending;
}

/* From the day on which the guidance ended to the first GuidanceStarted on a later day. */
static void count_restart(const struct person *person, int32_t ended, const struct sink *sink)
{
	struct ending ending = { person->question->as_of, ENDED_OPEN };
	ending_meet(&ending, person_departs_from(person, ended), ENDED_OBJECTED);
	for (size_t i = person_facts_after(person, ended); i < person->fact_count; i++) {
		if (person->facts[i].type != EVENT_GUIDANCE_STARTED)
			continue;
		ending_meet(&ending, fact_day(&person->facts[i]), ENDED_REACHED);
		break;
	}
	bool restarted = ending.how == ENDED_REACHED;
	sink_count(sink, person->t0_home, RESTARTED_PEOPLE, 1);
	if (restarted)
		sink_count(sink, person->t0_home, RESTARTED, 1);
	if (ending.day > ended)
		sink_record(sink, CURVE_RESTARTED,
			&(struct curve_record){
				person->t0_home, ended, 0, ending.day - ended, restarted ? 1 : 0 });
}

static void contribute(const struct person *person, const struct sink *sink)
{
	if (!person->settled || !registered_is_adult(person->registered, person->t0))
		return;
	size_t first = person_facts_after(person, person->t0 - 1);
	while (first < person->fact_count && !is_news(&person->facts[first]))
		first++;
	if (first == person->fact_count) {
		sink_count(sink, person->t0_home, NOT_FOLLOWED, 1);
		return;
	}
	int32_t entry = fact_day(&person->facts[first]);
	struct ending ending = ending_find(person, first, entry);
	ending_count(
		sink, person->t0_home, 0, CURVE_GUIDANCE, person->t0, entry - person->t0, &ending);
	if (ending.how == ENDED_REACHED)
		count_restart(person, ending.day, sink);
}

static void restarted_figures(const struct sums *sums, struct figures *figures)
{
	static const struct horizon horizons[] = {
		{ .months = 6, .days = 183 },
		{ .months = 12, .days = 365 },
	};
	struct curve curve;
	curve_init(&curve, sums->histograms + CURVE_RESTARTED, 0);
	figures_object(figures, "restarted");
	figures_count(figures, "people", sums->counters[RESTARTED_PEOPLE]);
	figures_count(figures, "restarted", sums->counters[RESTARTED]);
	figures_estimates(figures, "within", &curve, CURVE_FAILURE,
		(struct horizons){ horizons, ARRAY_LENGTH(horizons) });
	figures_end(figures);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	static const struct horizon horizons[] = {
		{ .months = 3, .days = 92 },
		{ .months = 6, .days = 183 },
		{ .months = 12, .days = 365 },
		{ .months = 24, .days = 730 },
		{ .months = 36, .days = 1096 },
	};
	const int64_t *counters = sums->counters;
	struct curve curve;
	curve_init(&curve, sums->histograms + CURVE_GUIDANCE, AT_RISK_MIN);
	figures_object(figures, "guidance");
	figures_count(figures, "people", endings_total(counters));
	figures_count(figures, "not_followed", counters[NOT_FOLLOWED]);
	figures_count(figures, "self_sufficient", counters[ENDED_REACHED]);
	figures_count(figures, "ended_otherwise", counters[ENDED_OTHERWISE]);
	figures_count(figures, "exited", counters[ENDED_EXITED]);
	figures_count(figures, "silent", counters[ENDED_SILENT]);
	figures_count(figures, "censored", endings_censored(counters));
	figures_count(figures, "not_at_risk", counters[ENDED_NOT_AT_RISK]);
	figures_days(figures, "from_days", curve.from_days);
	figures_estimates(figures, "within", &curve, CURVE_INCIDENCE_1,
		(struct horizons){ horizons, ARRAY_LENGTH(horizons) });
	figures_medians(figures, &curve, CURVE_INCIDENCE_1);
	restarted_figures(sums, figures);
	figures_end(figures);
}

static const struct metric metrics[] = {
	{ "ladder_guidance_persons", "People since they settled, by how their guidance ended.",
		"{outcome:self_sufficient,ended_otherwise,exited,silent,censored}", METRIC_PLAIN },
	{ "ladder_guidance_self_sufficient_ratio",
		"Cumulative incidence of an end of guidance because a person is self-sufficient.",
		"within/[within_months=months]/share", METRIC_PLAIN },
	{ "ladder_guidance_median_seconds",
		"Time since settlement in which half have become self-sufficient.", "median_days",
		METRIC_DAYS },
	{ "ladder_guidance_restarted_ratio",
		"Share of those who were self-sufficient whose guidance started again.",
		"restarted/within/[within_months=months]/share", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

static const struct shown_curve curves[] = {
	{ "guidance", CURVE_GUIDANCE, AT_RISK_MIN, CURVE_INCIDENCE_1,
		{ "censored", "self_sufficient", "exited or ended_otherwise" } },
	{ "guidance/restarted", CURVE_RESTARTED, 0, CURVE_FAILURE,
		{ "censored", "restarted", NULL } },
};

const struct indicator indicator_guidance = {
	.name = "guidance",
	.set = DEFINITIONS_COUNCIL,
	.counters = COUNTERS,
	.histograms = 2 * CURVE_HISTOGRAMS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.curves = curves,
	.curve_count = ARRAY_LENGTH(curves),
};
