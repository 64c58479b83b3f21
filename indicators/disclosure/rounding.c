/*
 * indicators/disclosure/rounding.c - see rounding.h.
 */
#include "indicators/disclosure/rounding.h"

#include <stdlib.h>

#include "base/check.h"
#include "indicators/figures.h"

#define TRIES 40 /* moves that are looked at closely */

/* One look at a set of shown counts. */
struct trial {
	struct rounding *rounding;
	struct solver solver;
	uint32_t *seen; /* per number: the values that solutions have, from `first` on */
	int64_t *first; /* the least value that is rounded to what is shown */
	bool *at_risk;
};

/* A move that may help. */
struct candidate {
	unsigned rank; /* counts that are at risk by what single relations tell */
	const char *name;
	uint16_t number;
	int32_t steps;
};

void rounding_init(struct rounding *rounding, const struct relations *relations, int64_t base)
{
	CHECK(round_to_is_base(base));
	*rounding = (struct rounding){
		.relations = relations,
		.base = base,
		.work_left = ROUNDING_WORK,
	};
	for (unsigned x = 0; x < NUMBERS_MAX; x++)
		rounding->shown[x] = SHOWN_NONE;
}

static void look_init(struct trial *look, struct rounding *rounding, struct arena *arena)
{
	look->rounding = rounding;
	solver_init(&look->solver, rounding->relations, arena);
	look->seen = arena_take(arena, NUMBERS_MAX * sizeof(*look->seen));
	look->first = arena_take(arena, NUMBERS_MAX * sizeof(*look->first));
	look->at_risk = arena_take(arena, NUMBERS_MAX * sizeof(*look->at_risk));
	CHECK(look->seen != NULL && look->first != NULL && look->at_risk != NULL);
}

static void allowance_set(struct trial *look)
{
	int64_t left = look->rounding->work_left;
	look->solver.allowance = left < ROUNDING_QUESTION_WORK ? left : ROUNDING_QUESTION_WORK;
	look->rounding->work_left -= look->solver.allowance;
}

/* What is left of the allowance goes back. */
static void allowance_return(struct trial *look)
{
	if (look->solver.allowance > 0)
		look->rounding->work_left += look->solver.allowance;
	look->solver.allowance = 0;
}

/* The bounds that rounding leaves, and what single relations make of them. */
static enum finding bounds_set(struct trial *look)
{
	const struct rounding *rounding = look->rounding;
	int64_t *low = solver_low(&look->solver, 0), *high = solver_high(&look->solver, 0);
	int64_t base = rounding->base;
	for (uint16_t x = 0; x < rounding->relations->number_count; x++) {
		int64_t shown = rounding->shown[x];
		low[x] = 0;
		high[x] = MANY;
		if (shown == SHOWN_NONE)
			continue;
		if (number_is_weight(rounding->relations, x)) {
			low[x] = 2 * shown - base;
			high[x] = 2 * shown + base - 1;
		} else {
			/* Halves up: of 2 x + base the half, rounded down, is a multiple. */
			low[x] = (2 * shown - base + 1) / 2;
			high[x] = (2 * shown + base + 1) / 2 - 1;
		}
		if (low[x] < 0)
			low[x] = 0;
		look->first[x] = low[x];
	}
	allowance_set(look);
	enum finding finding = solver_narrow(&look->solver, 0, NUMBERS_MAX);
	allowance_return(look);
	return finding;
}

static bool is_shown(const struct trial *look, unsigned number)
{
	return look->rounding->shown[number] != SHOWN_NONE;
}

static bool has_enough(const struct trial *look, unsigned number)
{
	return (unsigned)__builtin_popcount(look->seen[number]) >= VALUES_MIN;
}

/* Notes the values of a solution. */
static void solution_note(struct trial *look)
{
	for (unsigned x = 0; x < look->rounding->relations->number_count; x++) {
		if (is_shown(look, x))
			look->seen[x] |= 1u << (look->solver.solution[x] - look->first[x]);
	}
}

/* Can the number be the value? A question that was too hard is answered with no. */
static void value_try(struct trial *look, unsigned number, int64_t value)
{
	if ((look->seen[number] >> (value - look->first[number]) & 1) != 0)
		return;
	allowance_set(look);
	if (solver_find(&look->solver, number, value) == FINDING_ONE)
		solution_note(look);
	allowance_return(look);
}

/* By what single relations tell, too few values are left, or not those of a running sum. */
static bool is_narrow(struct trial *look, unsigned number)
{
	int64_t low = solver_low(&look->solver, 0)[number];
	int64_t high = solver_high(&look->solver, 0)[number];
	if (look->rounding->is_sum[number])
		return low > look->first[number];
	return high - low + 1 < VALUES_MIN;
}

/* Looks for enough values of a number, the ends first. */
static bool is_at_risk(struct trial *look, unsigned number)
{
	int64_t low = solver_low(&look->solver, 0)[number];
	int64_t high = solver_high(&look->solver, 0)[number];
	if (is_narrow(look, number))
		return true;
	if (look->rounding->is_sum[number]) {
		value_try(look, number, low);
		return (look->seen[number] & 1) == 0;
	}
	if (!has_enough(look, number))
		value_try(look, number, low);
	if (!has_enough(look, number))
		value_try(look, number, high);
	for (int64_t value = low + 1; value < high && !has_enough(look, number); value++)
		value_try(look, number, value);
	return !has_enough(look, number);
}

/*
 * Finds the at risk counts, those of `first` before the others; stops at `most` of them.
 * FINDING_NONE: nobody can be behind what is shown.
 */
static enum finding look_at(struct trial *look, const bool *first, unsigned max, unsigned *count)
{
	unsigned numbers = look->rounding->relations->number_count;
	memset(look->seen, 0, numbers * sizeof(*look->seen));
	memset(look->at_risk, 0, numbers * sizeof(*look->at_risk));
	memset(look->solver.trouble, 0, RELATIONS_MAX * sizeof(*look->solver.trouble));
	enum finding finding = bounds_set(look);
	if (finding != FINDING_ONE)
		return finding;
	for (unsigned x = 0; x < numbers; x++) {
		int64_t low = solver_low(&look->solver, 0)[x];
		int64_t high = solver_high(&look->solver, 0)[x];
		look->solver.near[x] = is_shown(look, x) ? low + (high - low) / 2 : low;
	}
	allowance_set(look);
	finding = solver_find_any(&look->solver);
	allowance_return(look);
	if (finding != FINDING_ONE)
		return finding;
	solution_note(look);
	memcpy(look->solver.near, look->solver.solution, numbers * sizeof(int64_t));

	*count = 0;
	for (int turn = 0; turn < 2; turn++) {
		for (unsigned x = 0; x < numbers && *count < max; x++) {
			bool now = first == NULL ? turn == 0 : first[x] == (turn == 0);
			if (!now || !is_shown(look, x))
				continue;
			look->at_risk[x] = is_at_risk(look, x);
			*count += look->at_risk[x];
		}
	}
	return look->rounding->work_left > 0 ? FINDING_ONE : FINDING_TIRED;
}

enum finding rounding_audit(
	struct rounding *rounding, struct arena *arena, bool *at_risk, unsigned *at_risk_count)
{
	size_t mark = arena->used;
	struct trial look;
	look_init(&look, rounding, arena);
	enum finding finding = look_at(&look, NULL, NUMBERS_MAX, at_risk_count);
	memcpy(at_risk, look.at_risk, NUMBERS_MAX * sizeof(*at_risk));
	arena_rewind(arena, mark);
	return finding;
}

/* Adds to a set of numbers those in a relation with one of it. */
static void set_widen(const struct relations *relations, bool *set)
{
	bool wider[NUMBERS_MAX];
	memcpy(wider, set, sizeof(wider));
	for (unsigned row = 0; row < relations->row_count; row++) {
		const struct relation *relation = &relations->rows[row];
		const struct term *terms = relations->terms + relation->first;
		bool touched = false;
		for (unsigned i = 0; i < relation->count; i++)
			touched = touched || set[terms[i].number];
		for (unsigned i = 0; i < relation->count && touched; i++)
			wider[terms[i].number] = true;
	}
	memcpy(set, wider, sizeof(wider));
}

static int by_rank(const void *a, const void *b)
{
	const struct candidate *left = a, *right = b;
	if (left->rank != right->rank)
		return left->rank < right->rank ? -1 : 1;
	int order = strcmp(left->name, right->name);
	return order != 0 ? order : (left->steps > right->steps) - (left->steps < right->steps);
}

/* Ranks one move by what single relations tell. False: nobody can be behind it. */
static bool candidate_rank(struct trial *look, struct candidate *candidate)
{
	struct rounding *rounding = look->rounding;
	int64_t before = rounding->shown[candidate->number];
	rounding->shown[candidate->number] += candidate->steps * rounding->base;
	bool possible =
		rounding->shown[candidate->number] >= rounding->shown_min[candidate->number] &&
		bounds_set(look) == FINDING_ONE;
	rounding->shown[candidate->number] = before;
	candidate->rank = 0;
	for (unsigned x = 0; x < rounding->relations->number_count && possible; x++)
		candidate->rank += is_shown(look, x) && !rounding->is_sum[x] && is_narrow(look, x);
	return possible;
}

/* The moves of counts in a relation with a at risk one, or with one of those; the best first. */
static unsigned candidates_find(
	struct trial *look, const bool *at_risk, struct candidate candidates[2 * NUMBERS_MAX])
{
	const struct relations *relations = look->rounding->relations;
	bool near[NUMBERS_MAX];
	unsigned count = 0;
	memcpy(near, at_risk, sizeof(near));
	set_widen(relations, near);
	set_widen(relations, near);
	for (uint16_t x = 0; x < relations->number_count; x++) {
		if (!near[x] || !is_shown(look, x) || look->rounding->moved[x] ||
			look->rounding->is_sum[x])
			continue;
		for (int32_t steps = -1; steps <= 1; steps += 2) {
			candidates[count] = (struct candidate){
				.name = relations->names[x],
				.number = x,
				.steps = steps,
			};
			count += candidate_rank(look, &candidates[count]);
		}
	}
	qsort(candidates, count, sizeof(*candidates), by_rank);
	return count < TRIES ? count : TRIES;
}

/*
 * Chooses the move after which the fewest are at risk. Should none be better than no move,
 * it is still a way out of here.
 */
static bool move_choose(struct trial *look, const bool *at_risk, struct rounding_move *move)
{
	struct rounding *rounding = look->rounding;
	struct candidate candidates[2 * NUMBERS_MAX];
	unsigned count = candidates_find(look, at_risk, candidates);
	unsigned best = NUMBERS_MAX;
	for (unsigned i = 0; i < count && best > 0 && rounding->work_left > 0; i++) {
		const struct candidate *candidate = &candidates[i];
		int64_t before = rounding->shown[candidate->number];
		unsigned left;
		rounding->shown[candidate->number] += candidate->steps * rounding->base;
		enum finding finding = look_at(look, at_risk, best, &left);
		rounding->shown[candidate->number] = before;
		if (finding == FINDING_ONE && left < best) {
			best = left;
			*move = (struct rounding_move){ candidate->number, candidate->steps };
		}
	}
	return best < NUMBERS_MAX && rounding->work_left > 0;
}

enum rounding_outcome rounding_step(
	struct rounding *rounding, struct arena *arena, struct rounding_move *move)
{
	size_t mark = arena->used;
	bool at_risk[NUMBERS_MAX];
	unsigned bad;
	struct trial look;
	look_init(&look, rounding, arena);
	enum rounding_outcome outcome = ROUNDING_IMPOSSIBLE;
	enum finding finding = look_at(&look, NULL, NUMBERS_MAX, &bad);
	if (finding == FINDING_ONE && bad == 0) {
		outcome = ROUNDING_SAFE;
	} else if (finding == FINDING_ONE) {
		memcpy(at_risk, look.at_risk, sizeof(at_risk));
		if (move_choose(&look, at_risk, move)) {
			rounding->shown[move->number] += move->steps * rounding->base;
			rounding->moved[move->number] = true;
			outcome = ROUNDING_MOVED;
		}
	}
	arena_rewind(arena, mark);
	return outcome;
}
