/*
 * indicators/modules.c - the clocks of the law: from a plan that asks for a module to it.
 *
 * Source: indicators, section 24. When it was done is measured, not of what use it was.
 */
#include "indicators/registry.h"
#include "indicators/watch.h"

#include "base/check.h"

enum { ALREADY = ENDED_COUNTERS, COUNTERS_PER_MODULE };

/* Does the plan ask for the module? */
static bool plan_asks(const struct fact *plan, unsigned module)
{
	switch ((enum module)module) {
	case MODULE_PARTICIPATION_DECLARATION:
		return true;
	case MODULE_LABOUR_MARKET:
		return plan->choice != ROUTE_EDUCATION;
	case MODULE_SELF_RELIANCE:
		return plan->choice == ROUTE_SELF_RELIANCE;
	case MODULE_END:
		break;
	}
	check_failed("a module", __FILE__, __LINE__);
}

/* What there is of one module in a history. */
struct module_found {
	const struct fact *plan; /* the first that asks for it; NULL */
	int32_t dropped;         /* the day of the first after it that does not; DAY_NONE */
	int32_t completed;       /* the first day on which it was; DAY_NONE */
};

static struct module_found module_find(const struct person *person, unsigned module)
{
	struct module_found found = { NULL, DAY_NONE, DAY_NONE };
	for (size_t i = 0; i < person->fact_count; i++) {
		const struct fact *fact = &person->facts[i];
		if (fact->type == EVENT_MODULE_COMPLETED && fact->choice == module &&
			found.completed == DAY_NONE)
			found.completed = fact_day(fact);
		if (fact->type != EVENT_PLAN_SIGNED)
			continue;
		bool asks = plan_asks(fact, module);
		if (found.plan == NULL && asks)
			found.plan = fact;
		else if (found.plan != NULL && !asks && found.dropped == DAY_NONE)
			found.dropped = fact_day(fact);
	}
	return found;
}

static void count_module(const struct person *person, unsigned module, const struct sink *sink)
{
	unsigned index = module - 1, counter = index * COUNTERS_PER_MODULE;
	struct module_found found = module_find(person, module);
	if (found.plan == NULL)
		return;
	int32_t start = fact_day(found.plan);
	uint16_t home = found.plan->municipality;
	if (!registered_is_adult(person->registered, start))
		return;
	struct ending ending = { person->question->as_of, ENDED_OPEN };
	ending_meet(&ending, found.dropped, ENDED_OBJECTED);
	/* An exit on the day of the plan comes before it. */
	ending_meet_exit(&ending, person_exit_from(person, start + 1));
	ending_meet(&ending, found.completed, ENDED_REACHED);
	if (found.completed <= start)
		ending = (struct ending){ start + 1, ENDED_REACHED };
	if (found.completed < start)
		sink_count(sink, home, counter + ALREADY, 1);
	ending_count(sink, home, counter, index * CURVE_HISTOGRAMS, start, 0, &ending);
}

static void contribute(const struct person *person, const struct sink *sink)
{
	if (person->last[EVENT_PLAN_SIGNED] == NULL ||
		(person->registered != NULL && person->registered->choice == ACT_WI2013))
		return;
	for (unsigned module = 1; module < MODULE_END; module++)
		count_module(person, module, sink);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	static const struct horizon horizons[] = {
		{ .months = 12, .days = 365 },
		{ .months = 24, .days = 730 },
		{ .months = 36, .days = 1096 },
	};
	figures_array(figures, "modules");
	for (unsigned module = 1; module < MODULE_END; module++) {
		unsigned index = module - 1;
		const int64_t *counters = sums->counters + index * COUNTERS_PER_MODULE;
		struct curve curve;
		curve_init(&curve, sums->histograms + index * CURVE_HISTOGRAMS, 0);
		figures_object(figures, NULL);
		figures_text(figures, "module", enumeration_module.names[module]);
		figures_count(figures, "people", endings_total(counters));
		figures_count(figures, "already", counters[ALREADY]);
		figures_count(figures, "completed", counters[ENDED_REACHED]);
		figures_count(figures, "exited", counters[ENDED_EXITED]);
		figures_count(figures, "censored", endings_censored(counters));
		figures_count(figures, "not_at_risk", counters[ENDED_NOT_AT_RISK]);
		figures_estimates(figures, "within", &curve, CURVE_INCIDENCE_1,
			(struct horizons){ horizons, ARRAY_LENGTH(horizons) });
		figures_medians(figures, &curve, CURVE_INCIDENCE_1);
		figures_end(figures);
	}
	figures_end(figures);
}

static const struct metric metrics[] = {
	{ "ladder_module_persons", "People whose plan asks for a module, by how that ended.",
		"[module=module]/{outcome:completed,exited,censored}", METRIC_PLAIN },
	{ "ladder_module_completed_ratio",
		"Cumulative incidence of completing a module since the plan that asks for it.",
		"[module=module]/within/[within_months=months]/share", METRIC_PLAIN },
	{ "ladder_module_median_seconds", "Time in which half have completed a module.",
		"[module=module]/median_days", METRIC_DAYS },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

static const struct shown_curve curves[] = {
	{ "modules/PARTICIPATION_DECLARATION", 0, 0, CURVE_INCIDENCE_1,
		{ "censored", "completed", "exited" } },
	{ "modules/LABOUR_MARKET", CURVE_HISTOGRAMS, 0, CURVE_INCIDENCE_1,
		{ "censored", "completed", "exited" } },
	{ "modules/SELF_RELIANCE", 2 * CURVE_HISTOGRAMS, 0, CURVE_INCIDENCE_1,
		{ "censored", "completed", "exited" } },
};

const struct indicator indicator_modules = {
	.name = "modules",
	.set = DEFINITIONS_COUNCIL,
	.counters = MODULE_COUNT * COUNTERS_PER_MODULE,
	.histograms = MODULE_COUNT * CURVE_HISTOGRAMS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.curves = curves,
	.curve_count = ARRAY_LENGTH(curves),
};
