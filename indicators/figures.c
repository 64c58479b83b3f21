/*
 * indicators/figures.c - see figures.h.
 */
#include "indicators/figures.h"

#include <math.h>
#include <stdio.h>

#include "base/check.h"

#define DAYS_PER_MONTH 30.4375

/* The public profile: what a curve or a share must rest on, in bases b. */
#define BASES_OF_RECORDS 5
#define BASES_OF_EVENTS  2
#define BASES_OF_WHOLE   2
#define RECORDS_FOR_FINE 50

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

void figures_init(struct figures *figures, struct arena *arena, int64_t round_to)
{
	CHECK(round_to >= 0);
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
	if (isnan(value))
		figures_null(figures, key);
	else
		figure_add(figures, FIGURE_NUMBER, key)->as.number = value;
}

void figures_days(struct figures *figures, const char *key, int32_t days)
{
	if (days == DAY_NULL)
		figures_null(figures, key);
	else
		figures_integer(figures, key, days);
}

void figures_text(struct figures *figures, const char *key, const char *value)
{
	figure_add(figures, FIGURE_TEXT, key)->as.text = value;
}

void figures_null(struct figures *figures, const char *key)
{
	figure_add(figures, FIGURE_NULL, key);
}

bool figures_are_public(const struct figures *figures)
{
	return figures->round_to > 0;
}

/* The nearest multiple of 1/per_one, halves up. What is a half but for the last bits is one. */
static double round_to_parts(double value, double per_one)
{
	return floor(value * per_one + 0.5 + 1e-9) / per_one;
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

int64_t figures_shown(const struct figures *figures, const char *name, int64_t count)
{
	CHECK(count >= 0);
	if (!figures_are_public(figures))
		return count;
	int64_t base = figures->round_to;
	return (2 * count + base) / (2 * base) * base + moved_by(figures, name);
}

int64_t figures_count_again(
	struct figures *figures, const char *key, const char *name, int64_t count)
{
	int64_t shown = figures_shown(figures, name, count);
	figures_integer(figures, key, shown);
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
	CHECK(units >= 0);
	double shown = (double)units / units_per_one;
	if (figures_are_public(figures)) {
		double base = (double)figures->round_to;
		shown = round_to_parts(shown / base, 1) * base;
	}
	if (has_moves(figures)) {
		char name[COUNT_NAME_SIZE];
		name_here(figures, key, "*", name);
		shown += (double)moved_by(figures, name);
	}
	figures_number(figures, key, shown);
	return shown;
}

static double share_of(const struct figures *figures, double part, double whole)
{
	double min = BASES_OF_WHOLE * (double)figures->round_to;
	return whole <= 0 || whole < min ? NAN : part / whole;
}

void figures_share(struct figures *figures, const char *key, double part, double whole)
{
	figures_number(figures, key, share_of(figures, part, whole));
}

void figures_per_100(struct figures *figures, const char *key, double part, double whole)
{
	figures_number(figures, key, 100 * share_of(figures, part, whole));
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

/* "Only with ≥ 5b records and ≥ 2b events of that cause". */
static bool curve_is_shown(const struct figures *figures, const struct basis *basis)
{
	return basis->records >= BASES_OF_RECORDS * figures->round_to &&
	       basis->events >= BASES_OF_EVENTS * figures->round_to;
}

static struct estimate estimate_shown(const struct figures *figures, const struct curve *curve,
	enum curve_function function, const struct basis *basis, int32_t days)
{
	struct estimate estimate = { NAN, NAN, NAN, NAN };
	if (!curve_is_shown(figures, basis))
		return estimate;
	estimate = curve_estimate(curve, function, days);
	if (figures_are_public(figures)) {
		double per_one = basis->records < RECORDS_FOR_FINE ? 10 : 20;
		estimate.value = round_to_parts(estimate.value, per_one);
		estimate.low = NAN;
		estimate.high = NAN;
	}
	return estimate;
}

void figures_estimates(struct figures *figures, const char *key, const struct curve *curve,
	enum curve_function function, const struct basis *basis, const struct horizon *horizons,
	size_t horizon_count)
{
	figures_array(figures, key);
	for (size_t i = 0; i < horizon_count; i++) {
		struct estimate shown =
			estimate_shown(figures, curve, function, basis, horizons[i].days);
		figures_object(figures, NULL);
		if (horizons[i].months != 0)
			figures_integer(figures, "months", horizons[i].months);
		figures_integer(figures, "days", horizons[i].days);
		figures_number(figures, "share", shown.value);
		figures_number(figures, "low", shown.low);
		figures_number(figures, "high", shown.high);
		figures_end(figures);
	}
	figures_end(figures);
}

void figures_medians(struct figures *figures, const struct curve *curve,
	enum curve_function function, const struct basis *basis)
{
	struct median shown = { DAY_NULL, DAY_NULL, DAY_NULL };
	if (curve_is_shown(figures, basis))
		shown = curve_median(curve, function);
	if (figures_are_public(figures)) {
		/* "Half-times in whole months": the key says days, so those months' days. */
		if (shown.days != DAY_NULL) {
			double months = round_to_parts(shown.days / DAYS_PER_MONTH, 1);
			shown.days = (int32_t)round_to_parts(months * DAYS_PER_MONTH, 1);
		}
		shown.low = DAY_NULL;
		shown.high = DAY_NULL;
	}
	figures_days(figures, "median_days", shown.days);
	figures_days(figures, "median_low", shown.low);
	figures_days(figures, "median_high", shown.high);
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
			mean = round_to_parts(mean, 1 / step);
		if (has_moves(figures)) {
			char name[COUNT_NAME_SIZE];
			name_here(figures, key, "", name);
			mean += steps_of(figures, name) * step;
		}
	}
	figures_number(figures, key, mean);
}

void figures_quantile(struct figures *figures, const char *key, const struct histogram *values,
	int64_t numerator, int64_t denominator, int64_t shown, int32_t step)
{
	int32_t quantile = DAY_NULL;
	if (count_is_shown(figures, histogram_total(values), shown)) {
		quantile = histogram_quantile(values, numerator, denominator);
		if (figures_are_public(figures))
			quantile = step * (int32_t)round_to_parts((double)quantile / step, 1);
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

int32_t histogram_quantile(const struct histogram *values, int64_t numerator, int64_t denominator)
{
	CHECK(numerator > 0 && numerator <= denominator);
	int64_t total = histogram_total(values);
	int64_t rank = (total * numerator + denominator - 1) / denominator;
	int64_t passed = 0;
	for (uint32_t i = 0; i < values->count; i++) {
		passed += values->cells[i].units;
		if (passed >= rank)
			return values->cells[i].at;
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
