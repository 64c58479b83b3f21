/*
 * indicators/curve.c - see curve.h.
 *
 * The variance of an incidence at t is a sum over all t_j <= t of terms in
 * (I(t) - I(t_j)). A walk carries those sums along: when I grows by `rise`, each
 * difference does, so the sums of differences and of their squares follow from
 * the sums of their weights. All parts are positive, so nothing is lost to
 * cancellation, and a whole curve costs one walk.
 */
#include "indicators/curve.h"

#include <math.h>

#include "base/check.h"

#define Z_95   1.959963984540054
#define NOUGHT 1e-9 /* spec/indicators.md: null where the value is < 1e-9 or > 1 - 1e-9 */
#define HALF   (0.5 - 1e-9)
#define TAIL   0.025 /* beyond each of the 95 % limits */

/* A curve's histograms, by slot: see sink_record(). */
enum { ENTRIES, CENSORED, EXITS_WITH_CAUSE };

/* One cause at the walk's day t. A_j = d_j/(n_j(n_j - d_j)), C_j = S(t_j-) d_cj/n_j^2. */
struct cause {
	double incidence;
	double squares;      /* sum of (I(t) - I(t_j))^2 A_j */
	double differences;  /* sum of (I(t) - I(t_j)) A_j */
	double own;          /* sum of S(t_j-)^2 (n_j - d_cj) d_cj/n_j^3 */
	double crossed;      /* sum of (I(t) - I(t_j)) C_j */
	double cross_weight; /* sum of C_j */
};

struct walk {
	const struct curve *curve;
	uint32_t passed[CURVE_HISTOGRAMS]; /* cells that are behind */
	int64_t at_risk;
	int32_t day; /* t_j */
	double survival;
	double greenwood; /* sum of A_j */
	struct cause causes[CURVE_CAUSES];
};

static struct walk walk_from_start(const struct curve *curve)
{
	return (struct walk){ .curve = curve, .survival = 1 };
}

/* Passes the cells before `day`; returns what they hold. */
static int64_t walk_pass(struct walk *walk, unsigned slot, int32_t day)
{
	const struct histogram *histogram = &walk->curve->histograms[slot];
	int64_t units = 0;
	uint32_t at = walk->passed[slot];
	for (; at < histogram->count && histogram->cells[at].at < day; at++)
		units += histogram->cells[at].units;
	walk->passed[slot] = at;
	return units;
}

/* Enters the events of a day: `events` per cause, `all` of them, of walk->at_risk. */
static void walk_apply(struct walk *walk, const int64_t events[CURVE_CAUSES], int64_t all)
{
	double n = (double)walk->at_risk;
	for (unsigned i = 0; i < CURVE_CAUSES; i++) {
		struct cause *cause = &walk->causes[i];
		double d = (double)events[i];
		double rise = walk->survival * d / n;
		cause->squares += 2 * rise * cause->differences + rise * rise * walk->greenwood;
		cause->differences += rise * walk->greenwood;
		cause->crossed += rise * cause->cross_weight;
		cause->incidence += rise;
		cause->own += walk->survival * walk->survival * (n - d) * d / (n * n * n);
		cause->cross_weight += walk->survival * d / (n * n);
	}
	double d = (double)all;
	if (all < walk->at_risk)
		walk->greenwood += d / (n * (n - d));
	walk->survival *= (n - d) / n;
}

/* Goes to the next t_j that is at most `day_max`. False when there is none. */
static bool walk_next(struct walk *walk, int32_t day_max)
{
	const struct histogram *exits = walk->curve->histograms + EXITS_WITH_CAUSE;
	int32_t from_days = walk->curve->from_days;
	if (from_days == DAY_NULL)
		return false;
	for (;;) {
		int32_t day = INT32_MAX;
		for (unsigned i = 0; i < CURVE_CAUSES; i++) {
			uint32_t next = walk->passed[EXITS_WITH_CAUSE + i];
			if (next < exits[i].count && exits[i].cells[next].at < day)
				day = exits[i].cells[next].at;
		}
		if (day == INT32_MAX || day > day_max)
			return false;
		walk->at_risk += walk_pass(walk, ENTRIES, day);
		walk->at_risk -= walk_pass(walk, CENSORED, day);

		int64_t events[CURVE_CAUSES];
		int64_t all = 0;
		for (unsigned i = 0; i < CURVE_CAUSES; i++) {
			events[i] = walk_pass(walk, EXITS_WITH_CAUSE + i, day + 1);
			all += events[i];
		}
		CHECK(all > 0 && all <= walk->at_risk);
		if (day >= from_days)
			walk_apply(walk, events, all);
		walk->at_risk -= all;
		walk->day = day;
		if (day >= from_days)
			return true;
	}
}

/* share^exp(+-width): limits on the log-log scale. */
static void estimate_limit(struct estimate *estimate, double width)
{
	if (estimate->value < NOUGHT || estimate->value > 1 - NOUGHT)
		return;
	double a = pow(estimate->value, exp(width));
	double b = pow(estimate->value, exp(-width));
	estimate->low = a < b ? a : b;
	estimate->high = a < b ? b : a;
}

static struct estimate incidence_at(const struct cause *cause)
{
	double variance = cause->squares + cause->own - 2 * cause->crossed;
	struct estimate estimate = {
		.value = cause->incidence,
		.error = variance > 0 ? sqrt(variance) : 0,
		.low = NAN,
		.high = NAN,
	};
	estimate_limit(&estimate, Z_95 * estimate.error / (estimate.value * log(estimate.value)));
	return estimate;
}

static struct estimate survival_at(const struct walk *walk)
{
	double root = sqrt(walk->greenwood);
	struct estimate estimate = {
		.value = walk->survival,
		.error = walk->survival * root,
		.low = NAN,
		.high = NAN,
	};
	estimate_limit(&estimate, Z_95 * root / log(estimate.value));
	return estimate;
}

static struct estimate walk_estimate(const struct walk *walk, enum curve_function function)
{
	struct estimate survival;
	switch (function) {
	case CURVE_INCIDENCE_1:
		return incidence_at(&walk->causes[0]);
	case CURVE_INCIDENCE_2:
		return incidence_at(&walk->causes[1]);
	case CURVE_SURVIVAL:
		return survival_at(walk);
	case CURVE_FAILURE:
		survival = survival_at(walk);
		return (struct estimate){
			.value = 1 - survival.value,
			.error = survival.error,
			.low = 1 - survival.high,
			.high = 1 - survival.low,
		};
	}
	check_failed("a function of a curve", __FILE__, __LINE__);
}

/* "The first day t >= 1 with >= 10 records at risk (entry < t <= exit)". */
static int32_t find_start(const struct curve *curve, int64_t at_risk_min)
{
	if (at_risk_min == 0)
		return 0;
	struct walk walk = walk_from_start(curve);
	const struct histogram *entries = &curve->histograms[ENTRIES];
	for (uint32_t i = 0; i < entries->count; i++) {
		/* Only entries add to those at risk: the day after one is the first. */
		int32_t day = entries->cells[i].at + 1;
		walk.at_risk += entries->cells[i].units;
		for (unsigned slot = CENSORED; slot < CURVE_HISTOGRAMS; slot++)
			walk.at_risk -= walk_pass(&walk, slot, day);
		if (walk.at_risk >= at_risk_min && day >= 1)
			return day;
	}
	return DAY_NULL;
}

void curve_init(struct curve *curve, const struct histogram *histograms, int64_t at_risk_min)
{
	*curve = (struct curve){ .histograms = histograms, .exit_last = DAY_NULL };
	curve->from_days = find_start(curve, at_risk_min);
	const struct histogram *entries = &histograms[ENTRIES];
	for (uint32_t i = 0; i < entries->count; i++)
		curve->records += entries->cells[i].units;
	for (unsigned slot = CENSORED; slot < CURVE_HISTOGRAMS; slot++) {
		const struct histogram *exits = &histograms[slot];
		if (exits->count > 0 && exits->cells[exits->count - 1].at > curve->exit_last)
			curve->exit_last = exits->cells[exits->count - 1].at;
	}
	for (unsigned i = 0; i < CURVE_CAUSES; i++) {
		const struct histogram *exits = &histograms[EXITS_WITH_CAUSE + i];
		for (uint32_t j = 0; j < exits->count; j++) {
			if (curve->from_days != DAY_NULL && exits->cells[j].at >= curve->from_days)
				curve->events[i] += exits->cells[j].units;
		}
	}
}

struct estimate curve_estimate(
	const struct curve *curve, enum curve_function function, int32_t days)
{
	const struct estimate none = { NAN, NAN, NAN, NAN };
	if (curve->records == 0 || curve->from_days == DAY_NULL || days < curve->from_days)
		return none;
	struct walk walk = walk_from_start(curve);
	while (walk_next(&walk, days))
		continue;
	if (days > curve->exit_last && walk.survival > NOUGHT)
		return none;
	return walk_estimate(&walk, function);
}

/* How many records leave on `day` or later. */
static int64_t exits_from(const struct curve *curve, int32_t day)
{
	int64_t count = 0;
	for (unsigned slot = CENSORED; slot < CURVE_HISTOGRAMS; slot++) {
		const struct histogram *exits = &curve->histograms[slot];
		for (uint32_t i = 0; i < exits->count; i++) {
			if (exits->cells[i].at >= day)
				count += exits->cells[i].units;
		}
	}
	return count;
}

/* The last day up to `days` on which a cause came; DAY_NULL: none has. */
static int32_t last_event_day(const struct curve *curve, int32_t days)
{
	int32_t last = DAY_NULL;
	for (unsigned cause = 0; cause < CURVE_CAUSES; cause++) {
		const struct histogram *exits = &curve->histograms[EXITS_WITH_CAUSE + cause];
		for (uint32_t i = 0; i < exits->count && exits->cells[i].at <= days; i++)
			last = exits->cells[i].at > last ? exits->cells[i].at : last;
	}
	return last;
}

/* Has an event of cause 1 come by `days`? */
static bool has_come(const struct curve *curve, int32_t days)
{
	const struct histogram *exits = &curve->histograms[EXITS_WITH_CAUSE];
	return exits->count > 0 && exits->cells[0].at <= days;
}

/* The limits where nobody had it yet: of `value` 0, or of a survival share of 1. */
static struct estimate nobody_yet(
	const struct curve *curve, enum curve_function function, int32_t days)
{
	struct walk walk = walk_from_start(curve);
	while (walk_next(&walk, days - 1))
		continue;
	struct estimate estimate = walk_estimate(&walk, function);
	double tail = pow(TAIL, walk.survival / (double)exits_from(curve, days));
	bool survives = function == CURVE_SURVIVAL;
	estimate.low = survives ? tail : 0;
	estimate.high = survives ? 1 : 1 - tail;
	return estimate;
}

/* The limits where all had it: of the curve with one event less on the last day of events. */
static struct estimate all_had_it(
	const struct curve *curve, enum curve_function function, int32_t days)
{
	struct walk walk = walk_from_start(curve);
	while (walk_next(&walk, days))
		continue;
	struct estimate estimate = walk_estimate(&walk, function);
	/* Once more, up to the last day; its events are of cause 1 alone, but for one of them. */
	int32_t last = last_event_day(curve, days);
	walk = walk_from_start(curve);
	while (walk_next(&walk, last - 1))
		continue;
	int64_t at_risk =
		walk.at_risk + walk_pass(&walk, ENTRIES, last) - walk_pass(&walk, CENSORED, last);
	int64_t events[CURVE_CAUSES] = { walk_pass(&walk, EXITS_WITH_CAUSE, last + 1) - 1 };
	walk.at_risk = at_risk;
	if (events[0] > 0)
		walk_apply(&walk, events, events[0]);
	struct estimate less = walk_estimate(&walk, function);
	bool survives = function == CURVE_SURVIVAL;
	bool none_left = survives ? isnan(less.high) : isnan(less.low);
	if (survives) {
		estimate.low = 0;
		estimate.high = none_left ? 1 - TAIL : less.high;
	} else {
		estimate.low = none_left ? TAIL : less.low;
		estimate.high = 1;
	}
	return estimate;
}

struct estimate curve_completed(
	const struct curve *curve, enum curve_function function, int32_t days)
{
	CHECK(curve->records > 0 && curve->from_days == 0 && function != CURVE_INCIDENCE_2);
	if (days > curve->exit_last)
		days = curve->exit_last;
	if (!has_come(curve, days))
		return nobody_yet(curve, function, days);
	struct walk walk = walk_from_start(curve);
	while (walk_next(&walk, days))
		continue;
	struct estimate estimate = walk_estimate(&walk, function);
	bool all =
		function == CURVE_SURVIVAL ? estimate.value < NOUGHT : estimate.value > 1 - NOUGHT;
	return all ? all_had_it(curve, function, days) : estimate;
}

struct median curve_median(const struct curve *curve, enum curve_function function)
{
	struct median median = { DAY_NULL, DAY_NULL, DAY_NULL };
	if (function == CURVE_SURVIVAL)
		function = CURVE_FAILURE;
	struct walk walk = walk_from_start(curve);
	while (walk_next(&walk, INT32_MAX)) {
		/* A null limit is NAN and never at least a half. */
		struct estimate estimate = walk_estimate(&walk, function);
		if (median.days == DAY_NULL && estimate.value >= HALF)
			median.days = walk.day;
		if (median.low == DAY_NULL && estimate.high >= HALF)
			median.low = walk.day;
		if (median.high == DAY_NULL && estimate.low >= HALF)
			median.high = walk.day;
		if (median.days != DAY_NULL && median.low != DAY_NULL && median.high != DAY_NULL)
			break;
	}
	return median;
}

int64_t curve_at_risk(const struct curve *curve, int32_t day)
{
	int64_t count = 0;
	const struct histogram *entries = &curve->histograms[ENTRIES];
	for (uint32_t i = 0; i < entries->count && entries->cells[i].at < day; i++)
		count += entries->cells[i].units;
	for (unsigned slot = CENSORED; slot < CURVE_HISTOGRAMS; slot++) {
		const struct histogram *exits = &curve->histograms[slot];
		for (uint32_t i = 0; i < exits->count && exits->cells[i].at < day; i++)
			count -= exits->cells[i].units;
	}
	return count;
}

/* The limits of the function at its start, where none of `watched` people had the event. */
static struct curve_step step_first(
	const struct curve *curve, enum curve_function function, int64_t watched)
{
	double tail = pow(TAIL, 1 / (double)watched);
	bool survives = function == CURVE_SURVIVAL;
	return (struct curve_step){
		.day = curve->from_days,
		.share = survives ? 1 : 0,
		.low = survives ? tail : 0,
		.high = survives ? 1 : 1 - tail,
	};
}

size_t curve_steps(const struct curve *curve, enum curve_function function, int32_t day_max,
	int64_t watched_min, struct curve_step *out, size_t max)
{
	size_t count = 1;
	struct walk walk = walk_from_start(curve);
	bool begins = false;
	CHECK(max > 0 && watched_min > 0);
	if (curve->from_days == DAY_NULL ||
		curve_at_risk(curve, curve->from_days + 1) < watched_min)
		return 0;
	while (count < max && walk_next(&walk, day_max) &&
		curve_at_risk(curve, walk.day) >= watched_min) {
		struct estimate now = walk_estimate(&walk, function);
		/* While nobody had it (only the other cause came) there is no step to draw. */
		if (!begins && (now.value < NOUGHT || now.value > 1 - NOUGHT))
			continue;
		if (!begins)
			out[0] = step_first(curve, function, curve_at_risk(curve, walk.day));
		begins = true;
		out[count++] = (struct curve_step){ walk.day, now.value, now.low, now.high };
	}
	if (!begins) {
		/* None had it: those of the last day that so many are watched. */
		int32_t last = day_max < curve->exit_last ? day_max : curve->exit_last;
		while (last > curve->from_days + 1 && curve_at_risk(curve, last) < watched_min)
			last--;
		out[0] = step_first(curve, function, curve_at_risk(curve, last));
	}
	return count;
}

struct estimate wilson(int64_t yes, int64_t n)
{
	CHECK(yes >= 0 && yes <= n);
	if (n == 0)
		return (struct estimate){ NAN, NAN, NAN, NAN };
	double count = (double)n;
	double share = (double)yes / count;
	double weight = Z_95 * Z_95 / count;
	double variance = share * (1 - share) / count;
	double middle = (share + weight / 2) / (1 + weight);
	double width = Z_95 * sqrt(variance + weight / (4 * count)) / (1 + weight);
	return (struct estimate){
		.value = share,
		.error = sqrt(variance),
		.low = middle > width ? middle - width : 0,
		.high = middle + width < 1 ? middle + width : 1,
	};
}
