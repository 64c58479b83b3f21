/*
 * indicators/first_participation.c - how soon after settling people take part.
 *
 * Source: indicators, section 19. Who is not heard of by the process itself in the first
 * weeks is left out: to take in those of whom only participation was reported would choose
 * the ones who took part.
 */
#include "indicators/participation.h"
#include "indicators/registry.h"
#include "indicators/watch.h"

#include "base/check.h"
#include "base/date.h"

#define NEWS_DAYS  214
#define FIRST_DAYS 91

enum { NOT_FOLLOWED = ENDED_COUNTERS, NEW, COUNTERS };

enum news {
	NEWS_NONE,
	NEWS_PARTICIPATION, /* by whom participation itself was reported */
	NEWS_PROCESS,
};

static enum news news_of(const struct person *person, const struct fact *fact)
{
	switch (fact->type) {
	case EVENT_ACTIVITY_LOGGED:
		if (!activity_counts(person, fact))
			return NEWS_NONE;
		return activity_is_participation(fact) ? NEWS_PARTICIPATION : NEWS_PROCESS;
	case EVENT_JOB_STARTED:
	case EVENT_JOB_CHANGED:
	case EVENT_JOB_CONFIRMED:
	case EVENT_JOB_ENDED:
		return NEWS_PARTICIPATION;
	case EVENT_CONTACT_HELD:
		return fact->more != 0 ? NEWS_PROCESS : NEWS_NONE;
	case EVENT_LADDER_ASSESSED:
	case EVENT_INTAKE_DONE:
	case EVENT_PLAN_SIGNED:
	case EVENT_PLAN_REVIEWED:
		return NEWS_PROCESS;
	}
	return NEWS_NONE;
}

/* "News of the process in [t0, t0 + 91]". */
static bool is_followed(const struct person *person)
{
	size_t i = person_facts_after(person, person->t0 - 1);
	for (; i < person->fact_count; i++) {
		if (fact_day(&person->facts[i]) > person->t0 + FIRST_DAYS)
			return false;
		if (news_of(person, &person->facts[i]) == NEWS_PROCESS)
			return true;
	}
	return false;
}

/* The Sunday of the first whole week with enough minutes, up to `until`; DAY_NONE. */
static int32_t participation_day(const struct person *person, int32_t until)
{
	int32_t monday = date_monday(person->t0 + DAYS_OF_WEEK - 1);
	size_t at = person_facts_after(person, monday - 1);
	for (; monday + DAYS_OF_WEEK - 1 <= until; monday += DAYS_OF_WEEK) {
		bool seen = false;
		int32_t sunday = monday + DAYS_OF_WEEK - 1;
		int32_t minutes = participation_week(person, monday, &at, &seen);
		if (minutes < person->question->norm_minutes && person->job_count > 0)
			minutes += participation_work(person, sunday, &seen);
		if (minutes >= person->question->norm_minutes)
			return sunday;
		if (at == person->fact_count && person->job_count == 0)
			break;
	}
	return DAY_NONE;
}

/*
 * How the record ends. Most take part soon: news is followed only up to what ends the record
 * before, as of what comes later a silence could only come later still.
 */
static struct ending ending_find(const struct person *person)
{
	int32_t as_of = person->question->as_of;
	struct ending ending = { as_of, ENDED_OPEN };
	struct watch watch = watch_from(NEWS_DAYS, person->t0);
	ending_meet_exit(&ending, person_exit_from(person, person->t0));
	ending_meet(&ending, participation_day(person, ending.day), ENDED_REACHED);
	size_t i = person_facts_after(person, person->t0 - 1);
	for (; i < person->fact_count && !watch.silent; i++) {
		int32_t day = fact_day(&person->facts[i]);
		if (day > ending.day)
			break;
		if (day > watch.last && news_of(person, &person->facts[i]) != NEWS_NONE)
			watch_news(&watch, day);
	}
	watch_news(&watch, as_of);
	ending_meet(&ending, watch_silent_on(&watch), ENDED_SILENT);
	return ending;
}

static void contribute(const struct person *person, const struct sink *sink)
{
	if (!person->settled || !registered_is_adult(person->registered, person->t0))
		return;
	uint16_t home = person->t0_home;
	if (person->t0 >= person->question->as_of - FIRST_DAYS) {
		sink_count(sink, home, NEW, 1);
	} else if (!is_followed(person)) {
		sink_count(sink, home, NOT_FOLLOWED, 1);
	} else {
		struct ending ending = ending_find(person);
		ending_count(sink, home, 0, 0, person->t0, 0, &ending);
	}
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	static const struct horizon horizons[] = {
		{ .months = 3, .days = 92 },
		{ .months = 6, .days = 183 },
		{ .months = 12, .days = 365 },
		{ .months = 24, .days = 730 },
	};
	const int64_t *counters = sums->counters;
	struct curve curve;
	curve_init(&curve, sums->histograms, 0);
	figures_object(figures, "first_participation");
	figures_count(figures, "people", endings_total(counters));
	figures_count(figures, "not_followed", counters[NOT_FOLLOWED]);
	figures_count(figures, "new", counters[NEW]);
	figures_count(figures, "reached", counters[ENDED_REACHED]);
	figures_count(figures, "exited", counters[ENDED_EXITED]);
	figures_count(figures, "silent", counters[ENDED_SILENT]);
	figures_count(figures, "censored", endings_censored(counters));
	figures_count(figures, "not_at_risk", counters[ENDED_NOT_AT_RISK]);
	figures_estimates(figures, "within", &curve, CURVE_INCIDENCE_1,
		(struct horizons){ horizons, ARRAY_LENGTH(horizons) });
	figures_medians(figures, &curve, CURVE_INCIDENCE_1);
	figures_end(figures);
}

static const struct metric metrics[] = {
	{ "ladder_first_participation_persons",
		"People since they settled, by whether they have taken part for two hours a week.",
		"{outcome:not_followed,new,reached,exited,silent,censored}", METRIC_PLAIN },
	{ "ladder_first_participation_ratio",
		"Cumulative incidence of a first week of participation since settlement.",
		"within/[within_months=months]/share", METRIC_PLAIN },
	{ "ladder_first_participation_median_seconds",
		"Time since settlement in which half have taken part.", "median_days",
		METRIC_DAYS },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

static const struct shown_curve curves[] = {
	{ "first_participation", 0, 0, CURVE_INCIDENCE_1, { "censored", "reached", "exited" } },
};

const struct indicator indicator_first_participation = {
	.name = "first_participation",
	.set = DEFINITIONS_COUNCIL,
	.counters = COUNTERS,
	.histograms = CURVE_HISTOGRAMS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.curves = curves,
	.curve_count = ARRAY_LENGTH(curves),
};
