/*
 * indicators/disclosure/solver.c - see solver.h.
 */
#include "indicators/disclosure/solver.h"

#include <stdlib.h>

#include "base/check.h"

#define AIM_WIDTH_MAX 1000
#define FIRST_WORK    8000 /* looks at a relation in the first attempt; twice as many in the next */

static void *take(struct arena *arena, size_t count, size_t size)
{
	void *memory = arena_take(arena, count * size);
	CHECK(memory != NULL);
	return memory;
}

void solver_init(struct solver *solver, const struct relations *relations, struct arena *arena)
{
	size_t bounds = (size_t)(SOLVER_LEVELS + 1) * NUMBERS_MAX;
	unsigned numbers = relations->number_count;
	*solver = (struct solver){ .relations = relations };
	solver->low = take(arena, bounds, sizeof(*solver->low));
	solver->high = take(arena, bounds, sizeof(*solver->high));
	solver->aim = take(arena, NUMBERS_MAX, sizeof(*solver->aim));
	solver->near = take(arena, NUMBERS_MAX, sizeof(*solver->near));
	solver->solution = take(arena, NUMBERS_MAX, sizeof(*solver->solution));
	solver->sums = take(arena, RELATIONS_MAX, sizeof(*solver->sums));
	solver->of_first = take(arena, NUMBERS_MAX + 1, sizeof(*solver->of_first));
	solver->of_rows = take(arena, TERMS_MAX, sizeof(*solver->of_rows));
	solver->trouble = take(arena, RELATIONS_MAX, sizeof(*solver->trouble));
	solver->queue = take(arena, RELATIONS_MAX, sizeof(*solver->queue));
	solver->waiting = take(arena, RELATIONS_MAX, sizeof(*solver->waiting));

	/* Count, add up, fill backwards. */
	for (unsigned i = 0; i < relations->term_count; i++)
		solver->of_first[relations->terms[i].number]++;
	for (unsigned x = 1; x <= numbers; x++)
		solver->of_first[x] = (uint16_t)(solver->of_first[x] + solver->of_first[x - 1]);
	for (uint16_t row = relations->row_count; row-- > 0;) {
		const struct relation *relation = &relations->rows[row];
		for (unsigned i = 0; i < relation->count; i++) {
			uint16_t x = relations->terms[relation->first + i].number;
			solver->of_rows[--solver->of_first[x]] = row;
		}
	}
}

int64_t *solver_low(struct solver *solver, unsigned level)
{
	return solver->low + (size_t)level * NUMBERS_MAX;
}

int64_t *solver_high(struct solver *solver, unsigned level)
{
	return solver->high + (size_t)level * NUMBERS_MAX;
}

/* Rounded down, and up; the divisor is positive. */
static int64_t divide_down(int64_t value, int64_t by)
{
	CHECK(by > 0);
	return value / by - (value % by < 0);
}

static int64_t divide_up(int64_t value, int64_t by)
{
	CHECK(by > 0);
	return value / by + (value % by > 0);
}

/* The least and the most that a relation's sum can be. */
struct reach {
	int64_t min;
	int64_t max;
};

static struct reach reach_of(const struct relation *relation, const struct term *terms,
	const int64_t *low, const int64_t *high)
{
	struct reach reach = { 0, 0 };
	for (unsigned i = 0; i < relation->count; i++) {
		int64_t coefficient = terms[i].coefficient;
		unsigned x = terms[i].number;
		reach.min += coefficient * (coefficient > 0 ? low[x] : high[x]);
		reach.max += coefficient * (coefficient > 0 ? high[x] : low[x]);
	}
	return reach;
}

/* The relations that a number's new bounds may tell something. */
struct waiting_rows {
	unsigned first;
	unsigned count;
};

static void wait_for(struct solver *solver, unsigned number, struct waiting_rows *rows)
{
	unsigned size = solver->relations->row_count;
	for (unsigned i = solver->of_first[number]; i < solver->of_first[number + 1]; i++) {
		uint16_t row = solver->of_rows[i];
		if (solver->waiting[row])
			continue;
		solver->waiting[row] = true;
		solver->queue[(rows->first + rows->count++) % size] = row;
	}
}

/* Narrows the numbers of one relation. False: it cannot hold. */
static bool row_narrow(struct solver *solver, const struct relation *relation, int64_t *low,
	int64_t *high, struct waiting_rows *rows)
{
	const struct term *terms = solver->relations->terms + relation->first;
	struct reach reach = reach_of(relation, terms, low, high);
	if (reach.min > relation->max || reach.max < relation->min)
		return false;
	if (reach.min >= relation->min && reach.max <= relation->max)
		return true;
	for (unsigned i = 0; i < relation->count; i++) {
		int64_t by = terms[i].coefficient;
		unsigned x = terms[i].number;
		int64_t new_low, new_high;
		if (low[x] == high[x])
			continue;
		/* What the other terms leave for this one. */
		if (by > 0) {
			new_high = divide_down(relation->max - reach.min + by * low[x], by);
			new_low = divide_up(relation->min - reach.max + by * high[x], by);
		} else {
			new_low = divide_up(reach.min - by * high[x] - relation->max, -by);
			new_high = divide_down(reach.max - by * low[x] - relation->min, -by);
		}
		if (new_low < low[x])
			new_low = low[x];
		if (new_high > high[x])
			new_high = high[x];
		if (new_low > new_high)
			return false;
		if (new_low == low[x] && new_high == high[x])
			continue;
		reach.min += by * (by > 0 ? new_low - low[x] : new_high - high[x]);
		reach.max += by * (by > 0 ? new_high - high[x] : new_low - low[x]);
		low[x] = new_low;
		high[x] = new_high;
		wait_for(solver, x, rows);
	}
	return true;
}

enum finding solver_narrow(struct solver *solver, unsigned level, unsigned number)
{
	const struct relations *relations = solver->relations;
	int64_t *low = solver_low(solver, level), *high = solver_high(solver, level);
	struct waiting_rows rows = { 0, 0 };
	enum finding finding = FINDING_ONE;
	if (number < NUMBERS_MAX) {
		wait_for(solver, number, &rows);
	} else {
		for (uint16_t row = 0; row < relations->row_count; row++) {
			solver->waiting[row] = true;
			solver->queue[rows.count++] = row;
		}
	}
	while (rows.count > 0) {
		uint16_t row = solver->queue[rows.first];
		rows.first = (rows.first + 1) % relations->row_count;
		rows.count--;
		solver->waiting[row] = false;
		if (finding != FINDING_ONE)
			continue; /* nothing may stay waiting */
		if (solver->allowance-- <= 0) {
			finding = FINDING_TIRED;
		} else if (!row_narrow(solver, &relations->rows[row], low, high, &rows)) {
			solver->trouble[row]++;
			finding = FINDING_NONE;
		}
	}
	return finding;
}

/* How far a sum is from where a relation holds. */
static int64_t missing(const struct relation *relation, int64_t sum)
{
	if (sum < relation->min)
		return sum - relation->min;
	return sum > relation->max ? sum - relation->max : 0;
}

/*
 * Puts the point within a level's bounds that is nearest to `aim` into `solution`, with
 * the sums of all relations there. Returns one that does not hold, of those the one with the most
 * trouble so far; row_count: all do.
 */
static unsigned point_take(struct solver *solver, unsigned level)
{
	const struct relations *relations = solver->relations;
	const int64_t *low = solver_low(solver, level), *high = solver_high(solver, level);
	int64_t *point = solver->solution;
	unsigned broken = relations->row_count;
	for (unsigned x = 0; x < relations->number_count; x++) {
		int64_t value = solver->aim[x];
		point[x] = value < low[x] ? low[x] : value > high[x] ? high[x] : value;
	}
	for (unsigned row = relations->row_count; row-- > 0;) {
		const struct relation *relation = &relations->rows[row];
		const struct term *terms = relations->terms + relation->first;
		int64_t sum = 0;
		for (unsigned i = 0; i < relation->count; i++)
			sum += terms[i].coefficient * point[terms[i].number];
		solver->sums[row] = sum;
		if (missing(relation, sum) != 0 &&
			(broken == relations->row_count ||
				solver->trouble[row] >= solver->trouble[broken]))
			broken = row;
	}
	solver->allowance -= relations->row_count;
	return broken;
}

/* What moving a number by `step` breaks: relations, each as heavy as the trouble it made. */
static uint64_t broken_by(struct solver *solver, unsigned number, int64_t step)
{
	const struct relations *relations = solver->relations;
	uint64_t broken = 0;
	for (unsigned i = solver->of_first[number]; i < solver->of_first[number + 1]; i++) {
		uint16_t row = solver->of_rows[i];
		const struct relation *relation = &relations->rows[row];
		const struct term *terms = relations->terms + relation->first;
		int64_t coefficient = 0;
		for (unsigned j = 0; j < relation->count; j++) {
			if (terms[j].number == number)
				coefficient += terms[j].coefficient;
		}
		int64_t before = llabs(missing(relation, solver->sums[row]));
		int64_t after = llabs(missing(relation, solver->sums[row] + coefficient * step));
		if (after > before)
			broken += 1 + solver->trouble[row];
	}
	return broken;
}

/* One number that gives way. */
struct way {
	unsigned number;
	int64_t step; /* 0: none can */
};

/* Of the numbers in a relation that does not hold the one whose move breaks fewest others. */
static struct way way_of(
	struct solver *solver, unsigned level, const struct relation *relation, int64_t sum)
{
	const struct term *terms = solver->relations->terms + relation->first;
	const int64_t *low = solver_low(solver, level), *high = solver_high(solver, level);
	struct way best = { 0, 0 };
	uint64_t best_broken = 0;
	for (unsigned i = 0; i < relation->count; i++) {
		int64_t by = terms[i].coefficient, need = -missing(relation, sum);
		unsigned x = terms[i].number;
		if (by < 0) {
			by = -by;
			need = -need;
		}
		int64_t step = need > 0 ? divide_up(need, by) : -divide_up(-need, by);
		int64_t room_up = high[x] - solver->solution[x];
		int64_t room_down = low[x] - solver->solution[x];
		step = step > room_up ? room_up : step < room_down ? room_down : step;
		if (step == 0)
			continue;
		uint64_t broken = broken_by(solver, x, step);
		if (best.step == 0 || broken < best_broken ||
			(broken == best_broken && llabs(step) > llabs(best.step))) {
			best = (struct way){ x, step };
			best_broken = broken;
		}
	}
	return best;
}

/* A solution within the narrowed bounds of a level, which it spoils. */
static enum finding search(struct solver *solver, unsigned level)
{
	size_t size = solver->relations->number_count * sizeof(int64_t);
	int64_t *low = solver_low(solver, level), *high = solver_high(solver, level);
	for (;;) {
		if (solver->allowance <= solver->patience || level == SOLVER_LEVELS)
			return FINDING_TIRED;
		unsigned row = point_take(solver, level);
		if (row == solver->relations->row_count)
			return FINDING_ONE;
		const struct relation *relation = &solver->relations->rows[row];
		struct way way = way_of(solver, level, relation, solver->sums[row]);
		CHECK(way.step != 0);
		/* First with the number moved so far or further, then with less. */
		int64_t to = solver->solution[way.number] + way.step;
		memcpy(solver_low(solver, level + 1), low, size);
		memcpy(solver_high(solver, level + 1), high, size);
		if (way.step > 0)
			solver_low(solver, level + 1)[way.number] = to;
		else
			solver_high(solver, level + 1)[way.number] = to;
		enum finding finding = solver_narrow(solver, level + 1, way.number);
		if (finding == FINDING_ONE)
			finding = search(solver, level + 1);
		if (finding != FINDING_NONE)
			return finding;
		if (way.step > 0)
			high[way.number] = to - 1;
		else
			low[way.number] = to + 1;
		finding = solver_narrow(solver, level, way.number);
		if (finding != FINDING_ONE)
			return finding;
	}
}

/* The first attempt looks near what is known, every other one at a place of its own. */
static void aim_take(struct solver *solver, unsigned attempt)
{
	const int64_t *low = solver_low(solver, 0), *high = solver_high(solver, 0);
	uint32_t dice = attempt * 2654435761u;
	memcpy(solver->aim, solver->near, solver->relations->number_count * sizeof(int64_t));
	for (unsigned x = 0; x < solver->relations->number_count && attempt % 2 == 1; x++) {
		dice = dice * 1664525u + 1013904223u;
		if (high[x] - low[x] < AIM_WIDTH_MAX)
			solver->aim[x] = low[x] + (int64_t)(dice >> 16) % (high[x] - low[x] + 1);
	}
}

enum finding solver_find(struct solver *solver, unsigned number, int64_t value)
{
	size_t size = solver->relations->number_count * sizeof(int64_t);
	enum finding finding = FINDING_TIRED;
	/* What took long is begun anew with what was learned of where it fails. */
	int64_t work = FIRST_WORK;
	for (unsigned i = 0; finding == FINDING_TIRED && solver->allowance > 0; i++, work *= 2) {
		aim_take(solver, i);
		memcpy(solver_low(solver, 1), solver_low(solver, 0), size);
		memcpy(solver_high(solver, 1), solver_high(solver, 0), size);
		finding = FINDING_ONE;
		if (number < NUMBERS_MAX) {
			solver_low(solver, 1)[number] = value;
			solver_high(solver, 1)[number] = value;
			finding = solver_narrow(solver, 1, number);
		}
		solver->patience = solver->allowance > work ? solver->allowance - work : 0;
		if (finding == FINDING_ONE)
			finding = search(solver, 1);
	}
	return finding;
}

enum finding solver_find_any(struct solver *solver)
{
	return solver_find(solver, NUMBERS_MAX, 0);
}
