/*
 * indicators/figures.c - see figures.h.
 */
#include "indicators/figures.h"

#include <stdio.h>

#include "base/check.h"
#include "indicators/coarse.h"

/* The public profile: what a share must rest on, in bases b; one of 0 or 1. */
#define BASES_OF_WHOLE     2
#define BASES_OF_ALL_OR_NO 10

#define SHARE_STEP 0.05 /* of a curve */

static struct figure *figure_add(struct figures *figures, enum figure_kind kind, const char *key)
{
	struct figure *figure = arena_take(figures->arena, sizeof(*figure));
	CHECK(figure != NULL);
	figure->kind = kind;
	figure->key = key;
	CHECK(figures->depth > 0);
	size_t inner = figures->depth - 1;
	CHECK((figures->open[inner]->kind == FIGURE_OBJECT) == (key != NULL));
	if (figures->last[inner] == NULL)
		figures->open[inner]->as.first = figure;
	else
		figures->last[inner]->next = figure;
	figures->last[inner] = figure;
	return figure;
}

static void figures_enter(struct figures *figures, struct figure *figure)
{
	CHECK(figures->depth < FIGURES_DEPTH_MAX);
	figures->open[figures->depth] = figure;
	figures->last[figures->depth] = NULL;
	figures->depth++;
}

bool round_to_is_base(int64_t round_to)
{
	return round_to == 5 || round_to == ROUND_TO_MAX;
}

void figures_init(struct figures *figures, struct arena *arena, int64_t round_to)
{
	CHECK(round_to == 0 || round_to_is_base(round_to));
	*figures = (struct figures){ .arena = arena, .round_to = round_to };
	figures->root = arena_take(arena, sizeof(*figures->root));
	CHECK(figures->root != NULL);
	figures->root->kind = FIGURE_OBJECT;
	figures_enter(figures, figures->root);
}

void figures_object(struct figures *figures, const char *key)
{
	figures_enter(figures, figure_add(figures, FIGURE_OBJECT, key));
}

void figures_array(struct figures *figures, const char *key)
{
	figures_enter(figures, figure_add(figures, FIGURE_ARRAY, key));
}

void figures_end(struct figures *figures)
{
	CHECK(figures->depth > 1);
	figures->depth--;
}

void figures_integer(struct figures *figures, const char *key, int64_t value)
{
	figure_add(figures, FIGURE_INTEGER, key)->as.integer = value;
}

void figures_number(struct figures *figures, const char *key, double value)
{
	if (isnan(value) || figures->hidden)
		figures_null(figures, key);
	else
		figure_add(figures, FIGURE_NUMBER, key)->as.number = value;
}

void figures_days(struct figures *figures, const char *key, int32_t days)
{
	if (days == DAY_NULL || figures->hidden)
		figures_null(figures, key);
	else
		figures_integer(figures, key, days);
}

void figures_text(struct figures *figures, const char *key, const char *value)
{
	figure_add(figures, FIGURE_TEXT, key)->as.text = value;
}

void figures_truth(struct figures *figures, const char *key, bool value)
{
	figure_add(figures, FIGURE_TRUTH, key)->as.integer = value;
}

void figures_null(struct figures *figures, const char *key)
{
	figure_add(figures, FIGURE_NULL, key);
}

void figures_adopt(struct figures *figures, const char *key, const struct figure *first)
{
	figure_add(figures, FIGURE_ARRAY, key)->as.first = first;
}

bool figures_are_public(const struct figures *figures)
{
	return figures->round_to > 0;
}

bool figures_have_windows(const struct figures *figures)
{
	return !figures_are_public(figures) || figures->newest_quarter;
}

void figures_hide(struct figures *figures, bool hidden)
{
	figures->hidden = hidden;
}

static bool has_moves(const struct figures *figures)
{
	return figures_are_public(figures) && figures->moves != NULL && figures->moves->count > 0;
}

/* By how many steps what has that name is moved. */
static int32_t steps_of(const struct figures *figures, const char *name)
{
	for (uint32_t i = 0; has_moves(figures) && i < figures->moves->count; i++) {
		const struct count_move *move = &figures->moves->items[i];
		if (strcmp(move->name, name) == 0)
			return move->steps;
	}
	return 0;
}

/* By how much the count of that name is moved. */
static int64_t moved_by(const struct figures *figures, const char *name)
{
	return steps_of(figures, name) * figures->round_to;
}

/* The name of a count in the open object. What is too long for a name is nobody's. */
static void name_here(const struct figures *figures, const char *key, const char *more, char *out)
{
	size_t length = 0;
	*out = '\0';
	for (size_t i = 1; i < figures->depth && length < COUNT_NAME_SIZE; i++) {
		const struct figure *open = figures->open[i];
		char number[24];
		const char *part = open->key;
		if (part == NULL && open->as.first->kind == FIGURE_INTEGER) {
			snprintf(number, sizeof(number), "%lld",
				(long long)open->as.first->as.integer);
			part = number;
		} else if (part == NULL) {
			part = open->as.first->as.text;
		}
		if (strcmp(part, "indicators") != 0)
			length += (size_t)snprintf(
				out + length, COUNT_NAME_SIZE - length, "%s.", part);
	}
	if (length < COUNT_NAME_SIZE)
		snprintf(out + length, COUNT_NAME_SIZE - length, "%s%s", key, more);
}

static int64_t count_sound(const struct figures *figures, int64_t count)
{
	if (count >= 0)
		return count;
	CHECK(figures->impossible != NULL);
	*figures->impossible = true;
	return 0;
}

int64_t figures_shown(const struct figures *figures, const char *name, int64_t count)
{
	count = count_sound(figures, count);
	if (!figures_are_public(figures))
		return count;
	return coarse_count(count, figures->round_to) + moved_by(figures, name);
}

void figures_given(struct figures *figures, const char *key, int64_t shown)
{
	if (figures->hidden)
		figures_null(figures, key);
	else
		figures_integer(figures, key, shown);
}

void figures_internal(struct figures *figures, const char *key, int64_t count)
{
	if (figures_are_public(figures))
		figures_null(figures, key);
	else
		figures_given(figures, key, count);
}

int64_t figures_count_again(
	struct figures *figures, const char *key, const char *name, int64_t count)
{
	int64_t shown = figures_shown(figures, name, count);
	figures_given(figures, key, shown);
	return shown;
}

int64_t figures_count(struct figures *figures, const char *key, int64_t count)
{
	char name[COUNT_NAME_SIZE] = "";
	if (has_moves(figures))
		name_here(figures, key, "", name);
	return figures_count_again(figures, key, name, count);
}

double figures_amount(struct figures *figures, const char *key, int64_t units, double units_per_one)
{
	units = count_sound(figures, units);
	double shown = (double)units / units_per_one;
	if (figures_are_public(figures))
		shown = coarse_step(shown, (double)figures->round_to);
	if (has_moves(figures)) {
		char name[COUNT_NAME_SIZE];
		name_here(figures, key, "*", name);
		shown += (double)moved_by(figures, name);
	}
	figures_number(figures, key, shown);
	return shown;
}

/* True when a share or rate of so many must not be shown. */
static bool whole_is_small(const struct figures *figures, double whole, bool all_or_none)
{
	int64_t bases = all_or_none ? BASES_OF_ALL_OR_NO : BASES_OF_WHOLE;
	return whole <= 0 || whole < (double)(bases * figures->round_to);
}

void figures_share(struct figures *figures, const char *key, double part, double whole)
{
	/* Shown counts need not add up: a part may be more than its whole. */
	if (figures_are_public(figures) && part > whole)
		part = whole;
	bool small = whole_is_small(figures, whole, part <= 0 || part >= whole);
	figures_number(figures, key, small ? NAN : part / whole);
}

void figures_per_100(struct figures *figures, const char *key, double part, double whole)
{
	bool small = whole_is_small(figures, whole, part <= 0);
	figures_number(figures, key, small ? NAN : 100 * (part / whole));
}

void figures_people_share(struct figures *figures, const struct people_share *share)
{
	int64_t yes = figures_count(figures, "yes", share->yes);
	int64_t no = figures_count(figures, "no", share->no);
	int64_t unknown = figures_count(figures, "unknown", share->unknown);
	figures_count(figures, "exempt", share->exempt);
	figures_count(figures, "new", share->fresh);

	int64_t all = yes + no + unknown;
	struct estimate limits = wilson(yes, all);
	bool coarse = figures_are_public(figures);
	figures_share(figures, "share", (double)yes, (double)all);
	figures_number(figures, "low", coarse ? NAN : limits.low);
	figures_number(figures, "high", coarse ? NAN : limits.high);
	figures_share(figures, "max", (double)(yes + unknown), (double)all);
}

struct classes figures_classes(const struct figures *figures, const struct classes *exact)
{
	return figures_are_public(figures) ? classes_shown(exact, figures->round_to) : *exact;
}

/* What a curve shows: an estimate a horizon, and the half-times. */
struct curve_shown {
	struct estimate estimates[LIFE_HORIZONS_MAX];
	struct median median;
};

static void curve_internal(const struct curve *curve, enum curve_function function,
	struct horizons horizons, struct curve_shown *out)
{
	for (size_t i = 0; i < horizons.count; i++)
		out->estimates[i] = curve_estimate(curve, function, horizons.items[i].days);
	out->median = curve_median(curve, function);
}

static void curve_public(int64_t base, const struct curve *curve, enum curve_function function,
	const struct classes *exact, struct horizons horizons, struct curve_shown *out)
{
	struct life_table table;
	life_table_reckon(exact, curve->histograms, base, horizons.items, horizons.count, &table);
	for (size_t i = 0; i < horizons.count; i++) {
		double value = table.incidence[i];
		if (function == CURVE_SURVIVAL)
			value = 1 - value;
		if (!isnan(value))
			value = coarse_step(value, SHARE_STEP);
		out->estimates[i] = (struct estimate){ value, NAN, NAN, NAN };
	}
	out->median = (struct median){ table.median_days, DAY_NULL, DAY_NULL };
}

static void horizon_show(
	struct figures *figures, const struct horizon *horizon, const struct estimate *estimate)
{
	figures_object(figures, NULL);
	if (horizon->months != 0)
		figures_integer(figures, "months", horizon->months);
	figures_integer(figures, "days", horizon->days);
	figures_number(figures, "share", estimate->value);
	figures_number(figures, "low", estimate->low);
	figures_number(figures, "high", estimate->high);
	figures_end(figures);
}

void figures_curve(struct figures *figures, const char *key, const struct curve *curve,
	enum curve_function function, const struct classes *exact, struct horizons horizons)
{
	struct curve_shown shown;
	CHECK(horizons.count <= LIFE_HORIZONS_MAX);
	if (figures_are_public(figures))
		curve_public(figures->round_to, curve, function, exact, horizons, &shown);
	else
		curve_internal(curve, function, horizons, &shown);
	figures_array(figures, key);
	for (size_t i = 0; i < horizons.count; i++)
		horizon_show(figures, &horizons.items[i], &shown.estimates[i]);
	figures_end(figures);
	figures_days(figures, "median_days", shown.median.days);
	figures_days(figures, "median_low", shown.median.low);
	figures_days(figures, "median_high", shown.median.high);
}

void figures_estimates(struct figures *figures, const char *key, const struct curve *curve,
	enum curve_function function, struct horizons horizons)
{
	CHECK(!figures_are_public(figures));
	figures_array(figures, key);
	for (size_t i = 0; i < horizons.count; i++) {
		struct estimate estimate = curve_estimate(curve, function, horizons.items[i].days);
		horizon_show(figures, &horizons.items[i], &estimate);
	}
	figures_end(figures);
}

void figures_medians(
	struct figures *figures, const struct curve *curve, enum curve_function function)
{
	struct median median = curve_median(curve, function);
	CHECK(!figures_are_public(figures));
	figures_days(figures, "median_days", median.days);
	figures_days(figures, "median_low", median.low);
	figures_days(figures, "median_high", median.high);
}

/* "Means and quantiles over people: only over ≥ 2b people". */
static bool count_is_shown(const struct figures *figures, int64_t count, int64_t shown)
{
	return count > 0 && shown >= BASES_OF_WHOLE * figures->round_to;
}

void figures_mean(struct figures *figures, const char *key, int64_t total, int64_t count,
	int64_t shown, double step)
{
	double mean = NAN;
	if (count_is_shown(figures, count, shown)) {
		mean = (double)total / (double)count;
		if (figures_are_public(figures))
			mean = coarse_step(mean, step);
		if (has_moves(figures)) {
			char name[COUNT_NAME_SIZE];
			name_here(figures, key, "", name);
			mean += steps_of(figures, name) * step;
		}
	}
	figures_number(figures, key, mean);
}

void figures_quantile(struct figures *figures, const char *key, struct values values,
	int64_t numerator, int64_t denominator, int64_t shown, int32_t step)
{
	int32_t quantile = DAY_NULL;
	if (count_is_shown(figures, values_total(values), shown)) {
		quantile = values_quantile(values, numerator, denominator);
		if (figures_are_public(figures))
			quantile = (int32_t)coarse_step(quantile, step);
	}
	figures_days(figures, key, quantile);
}

int64_t histogram_total(const struct histogram *values)
{
	int64_t total = 0;
	for (uint32_t i = 0; i < values->count; i++)
		total += values->cells[i].units;
	return total;
}

int64_t values_total(struct values values)
{
	int64_t total = 0;
	for (unsigned i = 0; i < values.count; i++)
		total += histogram_total(&values.histograms[i]);
	return total;
}

int32_t values_quantile(struct values values, int64_t numerator, int64_t denominator)
{
	uint32_t behind[2] = { 0, 0 };
	CHECK(numerator > 0 && numerator <= denominator);
	CHECK(values.count <= ARRAY_LENGTH(behind));
	int64_t total = values_total(values);
	int64_t rank = (total * numerator + denominator - 1) / denominator;
	while (total > 0) {
		/* The histogram whose next value is the least. */
		const struct cell *next = NULL;
		unsigned of = 0;
		for (unsigned i = 0; i < values.count; i++) {
			const struct histogram *histogram = &values.histograms[i];
			if (behind[i] == histogram->count)
				continue;
			const struct cell *cell = &histogram->cells[behind[i]];
			if (next == NULL || cell->at < next->at) {
				next = cell;
				of = i;
			}
		}
		CHECK(next != NULL);
		behind[of]++;
		rank -= next->units;
		if (rank <= 0)
			return next->at;
	}
	return DAY_NULL;
}

const struct figure *figure_child(const struct figure *figure, const char *key)
{
	if (figure->kind != FIGURE_OBJECT)
		return NULL;
	for (const struct figure *child = figure->as.first; child != NULL; child = child->next) {
		if (strcmp(child->key, key) == 0)
			return child;
	}
	return NULL;
}
