/*
 * indicators/logrank.c - see logrank.h.
 *
 * Each row of the variance matrix sums to 0: it is the Laplacian of a graph in
 * which groups are joined by how much they were at risk together, and -V_gh is the
 * weight between g and h. Elimination keeps that, so a pivot is the sum of the
 * weights that are left, and no step subtracts (Grassmann, Taksar and Heyman 1985).
 * A pivot is exactly 0 when a group was never at risk together with those that are
 * left: no tolerance decides about the degrees of freedom.
 */
#include "indicators/logrank.h"

#include <math.h>

#include "base/check.h"

/* A curve's histograms, by slot: see sink_record(). */
enum { ENTRIES, CENSORED, EXITS_WITH_CAUSE };

struct logrank_walk {
	const struct histogram *const *groups;
	unsigned count;
	unsigned slot; /* of the exits with the cause asked */
	uint32_t passed[LOGRANK_GROUPS_MAX][CURVE_HISTOGRAMS]; /* cells that are behind */
	int64_t at_risk[LOGRANK_GROUPS_MAX];
	int64_t events[LOGRANK_GROUPS_MAX];
};

/* The weights between groups: -V_gh for g < h. */
struct weights {
	double of[LOGRANK_GROUPS_MAX][LOGRANK_GROUPS_MAX];
};

/* Passes the cells of a group before `day`; returns what they hold. */
static int64_t walk_pass(struct logrank_walk *walk, unsigned group, unsigned slot, int32_t day)
{
	const struct histogram *histogram = &walk->groups[group][slot];
	int64_t units = 0;
	uint32_t at = walk->passed[group][slot];
	for (; at < histogram->count && histogram->cells[at].at < day; at++)
		units += histogram->cells[at].units;
	walk->passed[group][slot] = at;
	return units;
}

/* Goes to the next t_j: fills at_risk and events. False when there is none. */
static bool walk_next(struct logrank_walk *walk)
{
	bool found = false;
	int32_t day = INT32_MAX;
	for (unsigned g = 0; g < walk->count; g++) {
		const struct histogram *exits = &walk->groups[g][walk->slot];
		uint32_t next = walk->passed[g][walk->slot];
		if (next < exits->count && exits->cells[next].at <= day) {
			day = exits->cells[next].at;
			found = true;
		}
	}
	if (!found)
		return false;
	for (unsigned g = 0; g < walk->count; g++) {
		walk->at_risk[g] -= walk->events[g];
		walk->at_risk[g] += walk_pass(walk, g, ENTRIES, day);
		for (unsigned slot = CENSORED; slot < CURVE_HISTOGRAMS; slot++) {
			if (slot != walk->slot)
				walk->at_risk[g] -= walk_pass(walk, g, slot, day);
		}
		walk->events[g] = walk_pass(walk, g, walk->slot, day + 1);
		CHECK(walk->events[g] >= 0 && walk->events[g] <= walk->at_risk[g]);
	}
	return true;
}

/* Adds the terms of one t_j. */
static void logrank_add(
	struct logrank *logrank, struct weights *weights, const struct logrank_walk *walk)
{
	int64_t at_risk = 0;
	int64_t events = 0;
	for (unsigned g = 0; g < walk->count; g++) {
		at_risk += walk->at_risk[g];
		events += walk->events[g];
	}
	double n = (double)at_risk;
	double d = (double)events;
	/* With one at risk, or the event for all at risk, the outcome is certain: no variance. */
	double choice = events < at_risk ? d * (n - d) / (n - 1) : 0;
	for (unsigned g = 0; g < walk->count; g++) {
		double share = (double)walk->at_risk[g] / n;
		logrank->groups[g].observed += walk->events[g];
		logrank->groups[g].expected += d * share;
		for (unsigned h = g + 1; h < walk->count; h++)
			weights->of[g][h] += choice * share * (double)walk->at_risk[h] / n;
	}
}

/* u' V^-1 u over the groups that can be compared, eliminating one group after the other. */
static void logrank_solve(struct logrank *logrank, struct weights *weights, unsigned count)
{
	double excess[LOGRANK_GROUPS_MAX];
	double statistic = 0;
	for (unsigned g = 0; g < count; g++) {
		const struct logrank_group *group = &logrank->groups[g];
		excess[g] = (double)group->observed - group->expected;
	}
	for (unsigned g = 0; g < count; g++) {
		const double *row = weights->of[g];
		double pivot = 0;
		for (unsigned h = g + 1; h < count; h++)
			pivot += row[h];
		if (pivot <= 0)
			continue; /* the last of a set: its excess follows from the others' */
		logrank->degrees++;
		statistic += excess[g] * excess[g] / pivot;
		for (unsigned h = g + 1; h < count; h++) {
			double part = row[h] / pivot;
			excess[h] += part * excess[g];
			for (unsigned i = h + 1; i < count; i++)
				weights->of[h][i] += part * row[i];
		}
	}
	if (logrank->degrees > 0) {
		logrank->statistic = statistic;
		logrank->p = chi_square_above(statistic, logrank->degrees);
	}
}

void logrank_init(struct logrank *logrank, const struct histogram *const groups[], unsigned count,
	unsigned cause)
{
	CHECK(count <= LOGRANK_GROUPS_MAX);
	CHECK(cause >= 1 && cause <= CURVE_CAUSES);
	struct logrank_walk walk = {
		.groups = groups,
		.count = count,
		.slot = EXITS_WITH_CAUSE + cause - 1,
	};
	struct weights weights = { 0 };
	*logrank = (struct logrank){ .statistic = NAN, .p = NAN };
	while (walk_next(&walk))
		logrank_add(logrank, &weights, &walk);
	logrank_solve(logrank, &weights, count);
}

/*
 * Q(a, x) for a = 1/2 or 1 and from there up to degrees/2 by the recurrence
 *   Q(a + 1, x) = Q(a, x) + x^a e^-x / gamma(a + 1)
 * (NIST Digital Library of Mathematical Functions 8.8.6; 8.4.6 and 8.4.8 for the
 * beginnings; Abramowitz and Stegun 26.4.4 and 26.4.5). All terms are positive.
 */
double chi_square_above(double statistic, unsigned degrees)
{
	CHECK(degrees >= 1 && statistic >= 0);
	double x = statistic / 2;
	bool odd = degrees % 2 == 1;
	double a = odd ? 0.5 : 1;
	double above = odd ? erfc(sqrt(x)) : exp(-x);
	double term = exp(-x) * (odd ? M_2_SQRTPI * sqrt(x) : x);
	for (; a < degrees / 2.0; a++) {
		above += term;
		term *= x / (a + 1);
	}
	return above < 1 ? above : 1;
}
