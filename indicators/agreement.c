/*
 * indicators/agreement.c - see agreement.h.
 */
#include "indicators/agreement.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/date.h"
#include "indicators/registry.h"

#define RECORDS_MIN 10
#define HALF        (0.5 - 1e-9)
#define MILLIONTHS  1e6

const char *verdict_word_name(enum verdict_word verdict)
{
	static const char *const names[] = {
#define VERDICT_NAME(NAME, name) #name,
		VERDICTS(VERDICT_NAME)
#undef VERDICT_NAME
	};
	CHECK(verdict < VERDICT_WORD_COUNT);
	return names[verdict];
}

/* A figure that is read off a curve. */
struct curve_figure {
	enum agreed_figure figure;
	const struct indicator *indicator;
	unsigned curve; /* of the first rung */
	enum curve_function function;
	int32_t days;
	enum agreement_span span;
};

static const struct curve_figure curve_figures[] = {
	{ AGREED_FIGURE_PLAN_WITHIN_70_DAYS, &indicator_plan, 0, CURVE_FAILURE, 70,
		AGREEMENT_SPAN_HORIZON },
	{ AGREED_FIGURE_JOBS_LASTING_365_DAYS, &indicator_job_durability, 0, CURVE_SURVIVAL, 365,
		AGREEMENT_SPAN_HORIZON },
	{ AGREED_FIGURE_CLIMBED_WITHIN_12_MONTHS, &indicator_ladder_step, 0, CURVE_INCIDENCE_1, 396,
		AGREEMENT_SPAN_HORIZON },
	{ AGREED_FIGURE_LEVEL_B1_WITHIN_36_MONTHS, &indicator_language_level, 1, CURVE_INCIDENCE_1,
		1096, AGREEMENT_SPAN_HORIZON },
	{ AGREED_FIGURE_RUNG_HALF_TIME, &indicator_ladder_step, 0, CURVE_INCIDENCE_1, 1096,
		AGREEMENT_SPAN_HALF_TIME },
};

static const struct curve_figure *curve_figure_of(enum agreed_figure figure)
{
	for (size_t i = 0; i < ARRAY_LENGTH(curve_figures); i++) {
		if (curve_figures[i].figure == figure)
			return &curve_figures[i];
	}
	return NULL;
}

void agreement_slots_init(struct agreement_slots *slots)
{
	const struct sink begin = { 0 };
	*slots = (struct agreement_slots){ 0 };
	for (size_t i = 0; i < ARRAY_LENGTH(curve_figures); i++) {
		const struct curve_figure *figure = &curve_figures[i];
		unsigned at = slots->counts[figure->span]++;
		CHECK(at < ARRAY_LENGTH(slots->spans[0]));
		unsigned first = registry_sink(&begin, figure->indicator).histogram_base;
		slots->spans[figure->span][at].first = first;
		slots->spans[figure->span][at].end = first + figure->indicator->histograms;
		slots->spans[figure->span][at].days = figure->days;
	}
}

bool agreement_slots_have(const struct agreement_slots *slots, enum agreement_span span,
	unsigned histogram, int32_t start, int32_t as_of)
{
	for (unsigned i = 0; i < slots->counts[span]; i++) {
		if (histogram >= slots->spans[span][i].first &&
			histogram < slots->spans[span][i].end)
			return start > as_of - slots->spans[span][i].days - AGREEMENT_PAST_DAYS;
	}
	return false;
}

/* A share or value as it is printed, in millionths. */
static double printed(double value)
{
	return rint(value * MILLIONTHS);
}

/* At least v when `sign` is 1, at most v when it is -1; NAN: neither. */
static bool keeps(double value, double bound, enum comparison comparison)
{
	return comparison == COMPARISON_AT_LEAST ? value >= bound : value <= bound;
}

static enum verdict_word verdict_of(bool met, bool missed)
{
	return met ? VERDICT_WORD_MET : missed ? VERDICT_WORD_MISSED : VERDICT_WORD_UNDECIDED;
}

/* "Which are counted, not estimated": even if all unknown were yes, or none. */
static void judge_share(const struct agreement *agreement, const struct agreed_share *share,
	struct agreement_answer *out)
{
	double bound = printed(agreement->value / 100.0);
	struct estimate limits = wilson(share->yes, share->whole);
	out->records = share->whole;
	out->realised = limits.value;
	out->low = limits.low;
	out->high = limits.high;
	if (share->whole > 0)
		out->max = (double)(share->yes + share->unknown) / (double)share->whole;
	double least = printed(out->realised), most = printed(out->max);
	bool at_least = agreement->comparison == COMPARISON_AT_LEAST;
	out->verdict = verdict_of(keeps(at_least ? least : most, bound, agreement->comparison),
		at_least ? most < bound : least > bound);
}

static void judge_count(const struct agreement *agreement, const struct agreed_share *share,
	struct agreement_answer *out)
{
	out->realised = (double)share->yes;
	bool met = keeps(out->realised, agreement->value, agreement->comparison);
	out->verdict = verdict_of(met, !met);
}

static void judge_curve(const struct agreement *agreement, const struct curve *curve,
	const struct curve_figure *figure, struct agreement_answer *out)
{
	double bound = printed(agreement->value / 100.0);
	struct estimate estimate = curve_estimate(curve, figure->function, figure->days);
	if (!isnan(estimate.value))
		estimate = curve_completed(curve, figure->function, figure->days);
	out->realised = estimate.value;
	out->low = estimate.low;
	out->high = estimate.high;
	double low = printed(estimate.low), high = printed(estimate.high);
	bool at_least = agreement->comparison == COMPARISON_AT_LEAST;
	out->verdict = verdict_of(keeps(at_least ? low : high, bound, agreement->comparison),
		at_least ? high < bound : low > bound);
}

/* From the incidence, which says the same more surely than the limits of the half-time. */
static void judge_half_time(const struct agreement *agreement, const struct curve *curve,
	const struct curve_figure *figure, struct agreement_answer *out)
{
	bool at_least = agreement->comparison == COMPARISON_AT_LEAST;
	int32_t day = at_least ? agreement->value - 1 : agreement->value;
	struct median median = curve_median(curve, figure->function);
	out->realised = median.days == DAY_NULL ? (double)NAN : median.days;
	out->low = median.low == DAY_NULL ? (double)NAN : median.low;
	out->high = median.high == DAY_NULL ? (double)NAN : median.high;
	out->verdict = VERDICT_WORD_UNDECIDED;
	if (curve->records == 0)
		return;
	struct estimate estimate = curve_completed(curve, figure->function, day);
	bool reached = estimate.low >= HALF;
	bool not_reached = day <= curve->exit_last && estimate.high < HALF;
	out->verdict =
		at_least ? verdict_of(not_reached, reached) : verdict_of(reached, not_reached);
}

/* The indicator that has the figure as a share of people, or as a count. */
static void share_of(const struct sums *at, enum agreed_figure figure, struct agreed_share *out)
{
	size_t count;
	const struct indicator *const *all = registry_all(&count);
	struct sums begin = { at->counters, at->histograms, at };
	for (size_t i = 0; i < count; i++) {
		struct sums own = registry_sums(&begin, all[i]);
		if (all[i]->agreed != NULL && all[i]->agreed(&own, figure, out))
			return;
	}
	check_failed("a figure that an indicator has", __FILE__, __LINE__);
}

static void judge(const struct agreement *agreement, const struct sums *at,
	const struct sums spans[AGREEMENT_SPANS], struct agreement_answer *out)
{
	const struct curve_figure *figure = curve_figure_of(agreement->figure);
	struct agreed_share share = { 0 };
	if (figure == NULL) {
		share_of(at, agreement->figure, &share);
		if (agreed_figure_is_share(agreement->figure))
			judge_share(agreement, &share, out);
		else
			judge_count(agreement, &share, out);
		return;
	}
	struct sums begin = { spans[figure->span].counters, spans[figure->span].histograms,
		&spans[figure->span] };
	struct sums own = registry_sums(&begin, figure->indicator);
	/* A rung that the figure does not have, and no door lets in, is no place in its curves. */
	bool has_rung = agreed_figure_has_rung(agreement->figure) && agreement->rung > 0;
	unsigned index = figure->curve + (has_rung ? (unsigned)agreement->rung - 1 : 0);
	struct curve curve;
	curve_init(&curve, own.histograms + index * CURVE_HISTOGRAMS, 0);
	out->records = curve.records;
	if (agreement->figure == AGREED_FIGURE_RUNG_HALF_TIME)
		judge_half_time(agreement, &curve, figure, out);
	else
		judge_curve(agreement, &curve, figure, out);
}

void agreement_judge(const struct agreement *agreement, int32_t as_of, const struct sums *at,
	const struct sums spans[AGREEMENT_SPANS], struct agreement_answer *out)
{
	*out = (struct agreement_answer){
		.running = as_of < agreement->by,
		.realised = NAN,
		.low = NAN,
		.high = NAN,
		.max = NAN,
		.records = -1,
	};
	judge(agreement, at, spans, out);
	if (out->records >= 0 && out->records < RECORDS_MIN)
		out->verdict = VERDICT_WORD_TOO_FEW;
	if (out->running && out->verdict == VERDICT_WORD_MET)
		out->verdict = VERDICT_WORD_ON_COURSE;
	if (out->running && out->verdict == VERDICT_WORD_MISSED)
		out->verdict = VERDICT_WORD_NOT_YET;
}

static const char *day_text(struct figures *figures, int32_t day)
{
	char *text = arena_take(figures->arena, DATE_LENGTH + 1);
	CHECK(text != NULL);
	date_print(day, text);
	return text;
}

/* The tree outlives the list of what is agreed. */
static const char *text_copy(struct figures *figures, const char *text)
{
	struct bytes copy;
	CHECK(arena_copy(figures->arena, bytes_of(text, strlen(text) + 1), &copy) == OK);
	return (const char *)copy.data;
}

/* Days and counts are integers, shares are numbers. */
static void number_of(struct figures *figures, const char *key, double value, bool whole)
{
	if (whole && !isnan(value))
		figures_integer(figures, key, (int64_t)value);
	else
		figures_number(figures, key, value);
}

void agreement_figures(struct figures *figures, const struct agreement *agreement, const char *with,
	const struct agreement_answer *answer, const char *municipality)
{
	bool whole = !agreed_figure_is_share(agreement->figure);
	figures_object(figures, NULL);
	if (municipality != NULL)
		figures_text(figures, "municipality", municipality);
	figures_text(figures, "figure", enumeration_agreed_figure.names[agreement->figure]);
	if (agreement->rung > 0)
		figures_integer(figures, "rung", agreement->rung);
	if (with != NULL)
		figures_text(figures, "with", text_copy(figures, with));
	figures_text(figures, "comparison", enumeration_comparison.names[agreement->comparison]);
	figures_integer(figures, "value", agreement->value);
	figures_text(figures, "by", day_text(figures, agreement->by));
	figures_truth(figures, "running", answer->running);
	number_of(figures, "realised", answer->realised, whole);
	number_of(figures, "low", answer->low, whole);
	number_of(figures, "high", answer->high, whole);
	figures_number(figures, "max", answer->max);
	number_of(figures, "records", answer->records < 0 ? NAN : (double)answer->records, true);
	if (answer->verdict == VERDICT_WORD_COUNT)
		figures_null(figures, "verdict");
	else
		figures_text(figures, "verdict", verdict_word_name(answer->verdict));
	figures_end(figures);
}
