/*
 * indicators/benefit.c - leaving welfare, and coming back.
 *
 * Source: indicators, section 17. The curve is of the spells whose beginning is known,
 * watched to the last day whose ends are certain.
 */
#include "indicators/benefit_spell.h"
#include "indicators/registry.h"
#include "indicators/watch.h"

#include "base/check.h"

#define CERTAIN_DAYS  (BENEFIT_JOIN_DAYS + 1) /* Q is so long before P */
#define AGREED_WINDOW 365                     /* an agreement counts who left in (Q - this, Q] */

enum {
	RECEIVING = ENDED_COUNTERS, /* by enum receiving */
	BEGUN_EARLIER = RECEIVING + RECEIVING_UNKNOWN + 1,
	SPELLS_LEFT,
	RETURNED,
	LEFT_IN_YEAR, /* for agreements: BENEFIT_LEFT */
	COUNTERS,
};
enum { CURVE_LEFT = 0, CURVE_RETURNED = CURVE_HISTOGRAMS };

/* From the day of the end to the next start or confirmation. */
static void count_return(
	const struct person *person, const struct benefit_spell *spell, const struct sink *sink)
{
	uint16_t home = spell->opened->municipality;
	struct ending ending = { person->question->as_of, ENDED_OPEN };
	ending_meet(&ending, person_departs_from(person, spell->until + 1), ENDED_OBJECTED);
	ending_meet(&ending, spell->returned, ENDED_REACHED);
	bool returned = ending.how == ENDED_REACHED;
	sink_count(sink, home, SPELLS_LEFT, 1);
	if (returned)
		sink_count(sink, home, RETURNED, 1);
	if (ending.day > spell->until)
		sink_record(sink, CURVE_RETURNED,
			&(struct curve_record){ home, spell->until, 0, ending.day - spell->until,
				returned ? 1 : 0 });
}

/* How a spell ends that is looked at up to `certain`. */
static struct ending spell_ending(
	const struct person *person, const struct benefit_spell *spell, int32_t certain)
{
	struct ending ending = { certain, ENDED_OPEN };
	const struct leaving *exit;
	switch (spell->end) {
	case BENEFIT_OPEN:
		break;
	case BENEFIT_LEFT:
		if (spell->until > certain)
			break;
		ending = (struct ending){ spell->until, ENDED_REACHED };
		exit = person_exit_from(person, spell->until);
		if (exit != NULL && exit->day <= spell->until + BENEFIT_JOIN_DAYS)
			ending.how = exit->competes ? ENDED_EXITED : ENDED_OBJECTED;
		else if (person_is_near_move(person, spell->until))
			ending.how = ENDED_OBJECTED;
		break;
	case BENEFIT_EXITED:
		ending_meet_exit(&ending, person_exit_from(person, spell->until));
		break;
	case BENEFIT_SILENT:
		if (spell->until < certain)
			ending = (struct ending){ spell->until, ENDED_SILENT };
		break;
	}
	return ending;
}

static void count_spell(
	const struct person *person, const struct benefit_spell *spell, const struct sink *sink)
{
	uint16_t home = spell->opened->municipality;
	int32_t certain = person->question->as_of - CERTAIN_DAYS;
	int32_t opened = fact_day(spell->opened);
	if (opened > certain)
		return;
	struct ending ending = spell_ending(person, spell, certain);
	if (spell->opened->type == EVENT_BENEFIT_CONFIRMED)
		sink_count(sink, home, BEGUN_EARLIER, 1);
	else
		ending_count(sink, home, 0, CURVE_LEFT, opened, 0, &ending);
	if (ending.how != ENDED_REACHED)
		return;
	count_return(person, spell, sink);
	if (ending.day > certain - AGREED_WINDOW)
		sink_count(sink, home, LEFT_IN_YEAR, 1);
}

static void contribute(const struct person *person, const struct sink *sink)
{
	struct benefit_walk walk = benefit_walk_begin(person);
	struct benefit_spell spell;
	while (benefit_spell_next(&walk, &spell))
		count_spell(person, &spell, sink);
	walk.at = 0;
	if (person->in_population)
		sink_count(
			sink, (uint16_t)person->lives_in, RECEIVING + benefit_receiving(&walk), 1);
}

static void returned_figures(const struct sums *sums, struct figures *figures)
{
	static const struct horizon horizons[] = {
		{ .months = 6, .days = 183 },
		{ .months = 12, .days = 365 },
	};
	struct curve curve;
	curve_init(&curve, sums->histograms + CURVE_RETURNED, 0);
	figures_object(figures, "returned");
	figures_count(figures, "spells_left", sums->counters[SPELLS_LEFT]);
	figures_count(figures, "returned", sums->counters[RETURNED]);
	figures_estimates(figures, "within", &curve, CURVE_FAILURE,
		(struct horizons){ horizons, ARRAY_LENGTH(horizons) });
	figures_end(figures);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	static const struct horizon horizons[] = {
		{ .months = 12, .days = 365 },
		{ .months = 24, .days = 730 },
		{ .months = 36, .days = 1096 },
	};
	const int64_t *counters = sums->counters;
	struct curve curve;
	curve_init(&curve, sums->histograms + CURVE_LEFT, 0);
	figures_object(figures, "benefit");
	figures_object(figures, "receiving");
	figures_count(figures, "full", counters[RECEIVING + RECEIVING_FULL]);
	figures_count(figures, "supplementary", counters[RECEIVING + RECEIVING_SUPPLEMENTARY]);
	figures_count(figures, "none", counters[RECEIVING + RECEIVING_NONE]);
	figures_count(figures, "unknown", counters[RECEIVING + RECEIVING_UNKNOWN]);
	figures_end(figures);
	figures_count(figures, "spells", endings_total(counters));
	figures_count(figures, "begun_earlier", counters[BEGUN_EARLIER]);
	figures_count(figures, "left", counters[ENDED_REACHED]);
	figures_count(figures, "exited", counters[ENDED_EXITED]);
	figures_count(figures, "silent", counters[ENDED_SILENT]);
	figures_count(figures, "censored", endings_censored(counters));
	figures_count(figures, "not_at_risk", counters[ENDED_NOT_AT_RISK]);
	figures_estimates(figures, "within", &curve, CURVE_INCIDENCE_1,
		(struct horizons){ horizons, ARRAY_LENGTH(horizons) });
	figures_medians(figures, &curve, CURVE_INCIDENCE_1);
	returned_figures(sums, figures);
	figures_end(figures);
}

static bool agreed(const struct sums *sums, enum agreed_figure figure, struct agreed_share *out)
{
	const int64_t *counters = sums->counters;
	if (figure != AGREED_FIGURE_BENEFIT_LEFT)
		return false;
	*out = (struct agreed_share){ .yes = counters[LEFT_IN_YEAR] };
	return true;
}

static const struct metric metrics[] = {
	{ "ladder_benefit_persons", "People by what welfare they are known to receive.",
		"receiving/{receiving}", METRIC_PLAIN },
	{ "ladder_benefit_spells", "Spells of welfare, by how they ended.",
		"{outcome:left,exited,silent,censored}", METRIC_PLAIN },
	{ "ladder_benefit_left_ratio", "Cumulative incidence of leaving welfare.",
		"within/[within_months=months]/share", METRIC_PLAIN },
	{ "ladder_benefit_median_seconds", "Time in which half have left welfare.", "median_days",
		METRIC_DAYS },
	{ "ladder_benefit_returned_ratio", "Share of those who left welfare who came back.",
		"returned/within/[within_months=months]/share", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

static const struct shown_curve curves[] = {
	{ "benefit", CURVE_LEFT, 0, CURVE_INCIDENCE_1, { "censored", "left", "exited" } },
	{ "benefit/returned", CURVE_RETURNED, 0, CURVE_FAILURE, { "censored", "returned", NULL } },
};

const struct indicator indicator_benefit = {
	.name = "benefit",
	.set = DEFINITIONS_COUNCIL,
	.counters = COUNTERS,
	.histograms = 2 * CURVE_HISTOGRAMS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.agreed = agreed,
	.curves = curves,
	.curve_count = ARRAY_LENGTH(curves),
};
