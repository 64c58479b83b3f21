/*
 * indicators/disclosure/controlled_rounding.c - see controlled_rounding.h.
 */
#include "indicators/disclosure/controlled_rounding.h"

#include <stdlib.h>

#include "base/check.h"

#define TRIES 40 /* moves that are looked at closely */

/* One look at a set of shown counts. */
struct look {
	struct softening *softening;
	struct solver solver;
	uint32_t *seen; /* per number: the values that solutions have, from `first` on */
	int64_t *first; /* the least value that is rounded to what is shown */
	bool *tight;
};

/* A move that may help. */
struct candidate {
	unsigned rank; /* counts that are tight by what single relations tell */
	const char *name;
	uint16_t number;
	int32_t steps;
};

void softening_init(struct softening *softening, const struct relations *relations, int64_t base)
{
	CHECK(base > 0 && base <= SOFTENING_BASE_MAX);
	*softening = (struct softening){
		.relations = relations,
		.base = base,
		.work_left = SOFTENING_WORK,
	};
	for (unsigned x = 0; x < NUMBERS_MAX; x++)
		softening->shown[x] = SHOWN_NONE;
}

static void look_init(struct look *look, struct softening *softening, struct arena *arena)
{
	look->softening = softening;
	solver_init(&look->solver, softening->relations, arena);
	look->seen = arena_take(arena, NUMBERS_MAX * sizeof(*look->seen));
	look->first = arena_take(arena, NUMBERS_MAX * sizeof(*look->first));
	look->tight = arena_take(arena, NUMBERS_MAX * sizeof(*look->tight));
	CHECK(look->seen != NULL && look->first != NULL && look->tight != NULL);
}

static void allowance_set(struct look *look)
{
	int64_t left = look->softening->work_left;
	look->solver.allowance = left < SOFTENING_QUESTION_WORK ? left : SOFTENING_QUESTION_WORK;
	look->softening->work_left -= look->solver.allowance;
}

/* What is left of the allowance goes back. */
static void allowance_return(struct look *look)
{
	if (look->solver.allowance > 0)
		look->softening->work_left += look->solver.allowance;
	look->solver.allowance = 0;
}

/* The bounds that rounding leaves, and what single relations make of them. */
static enum finding bounds_set(struct look *look)
{
	const struct softening *softening = look->softening;
	int64_t *low = solver_low(&look->solver, 0), *high = solver_high(&look->solver, 0);
	int64_t base = softening->base;
	for (uint16_t x = 0; x < softening->relations->number_count; x++) {
		int64_t shown = softening->shown[x];
		low[x] = 0;
		high[x] = MANY;
		if (shown == SHOWN_NONE)
			continue;
		if (number_is_weight(softening->relations, x)) {
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

static bool is_shown(const struct look *look, unsigned number)
{
	return look->softening->shown[number] != SHOWN_NONE;
}

static bool has_enough(const struct look *look, unsigned number)
{
	return (unsigned)__builtin_popcount(look->seen[number]) >=
	       VALUES_LEAST(look->softening->base);
}

/* Notes the values of a solution. */
static void solution_note(struct look *look)
{
	for (unsigned x = 0; x < look->softening->relations->number_count; x++) {
		if (is_shown(look, x))
			look->seen[x] |= 1u << (look->solver.solution[x] - look->first[x]);
	}
}

/* Can the number be the value? A question that was too hard is answered with no. */
static void value_try(struct look *look, unsigned number, int64_t value)
{
	if ((look->seen[number] >> (value - look->first[number]) & 1) != 0)
		return;
	allowance_set(look);
	if (solver_find(&look->solver, number, value) == FINDING_ONE)
		solution_note(look);
	allowance_return(look);
}

/* Looks for enough values of a number, the ends first. */
static bool is_tight(struct look *look, unsigned number)
{
	int64_t low = solver_low(&look->solver, 0)[number];
	int64_t high = solver_high(&look->solver, 0)[number];
	if (high - low + 1 < VALUES_LEAST(look->softening->base))
		return true;
	if (!has_enough(look, number))
		value_try(look, number, low);
	if (!has_enough(look, number))
		value_try(look, number, high);
	for (int64_t value = low + 1; value < high && !has_enough(look, number); value++)
		value_try(look, number, value);
	return !has_enough(look, number);
}

/*
 * Finds the tight counts, those of `first` before the others; stops at `most` of them.
 * FINDING_NONE: nobody can be behind what is shown.
 */
static enum finding look_at(struct look *look, const bool *first, unsigned most, unsigned *count)
{
	unsigned numbers = look->softening->relations->number_count;
	memset(look->seen, 0, numbers * sizeof(*look->seen));
	memset(look->tight, 0, numbers * sizeof(*look->tight));
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
		for (unsigned x = 0; x < numbers && *count < most; x++) {
			bool now = first == NULL ? turn == 0 : first[x] == (turn == 0);
			if (!now || !is_shown(look, x))
				continue;
			look->tight[x] = is_tight(look, x);
			*count += look->tight[x];
		}
	}
	return look->softening->work_left > 0 ? FINDING_ONE : FINDING_TIRED;
}

enum finding softening_audit(
	struct softening *softening, struct arena *arena, bool *tight, unsigned *tight_count)
{
	size_t mark = arena->used;
	struct look look;
	look_init(&look, softening, arena);
	enum finding finding = look_at(&look, NULL, NUMBERS_MAX, tight_count);
	memcpy(tight, look.tight, NUMBERS_MAX * sizeof(*tight));
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
static bool candidate_rank(struct look *look, struct candidate *candidate)
{
	struct softening *softening = look->softening;
	int64_t before = softening->shown[candidate->number];
	softening->shown[candidate->number] += candidate->steps * softening->base;
	bool possible = softening->shown[candidate->number] >= 0 && bounds_set(look) == FINDING_ONE;
	softening->shown[candidate->number] = before;
	candidate->rank = 0;
	for (unsigned x = 0; x < softening->relations->number_count && possible; x++) {
		int64_t low = solver_low(&look->solver, 0)[x];
		int64_t high = solver_high(&look->solver, 0)[x];
		candidate->rank += is_shown(look, x) && high - low < 2;
	}
	return possible;
}

/* The moves of counts in a relation with a tight one, or with one of those; the best first. */
static unsigned candidates_find(
	struct look *look, const bool *tight, struct candidate candidates[2 * NUMBERS_MAX])
{
	const struct relations *relations = look->softening->relations;
	bool near[NUMBERS_MAX];
	unsigned count = 0;
	memcpy(near, tight, sizeof(near));
	set_widen(relations, near);
	set_widen(relations, near);
	for (uint16_t x = 0; x < relations->number_count; x++) {
		if (!near[x] || !is_shown(look, x) || look->softening->moved[x])
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
 * Chooses the move after which the fewest are tight. Should none be better than no move,
 * it is still a way out of here.
 */
static bool move_choose(struct look *look, const bool *tight, struct soft_move *move)
{
	struct softening *softening = look->softening;
	struct candidate candidates[2 * NUMBERS_MAX];
	unsigned count = candidates_find(look, tight, candidates);
	unsigned best = NUMBERS_MAX;
	for (unsigned i = 0; i < count && best > 0 && softening->work_left > 0; i++) {
		const struct candidate *candidate = &candidates[i];
		int64_t before = softening->shown[candidate->number];
		unsigned left;
		softening->shown[candidate->number] += candidate->steps * softening->base;
		enum finding finding = look_at(look, tight, best, &left);
		softening->shown[candidate->number] = before;
		if (finding == FINDING_ONE && left < best) {
			best = left;
			*move = (struct soft_move){ candidate->number, candidate->steps };
		}
	}
	return best < NUMBERS_MAX && softening->work_left > 0;
}

enum softened softening_step(
	struct softening *softening, struct arena *arena, struct soft_move *move)
{
	size_t mark = arena->used;
	bool tight[NUMBERS_MAX];
	unsigned bad;
	struct look look;
	look_init(&look, softening, arena);
	enum softened softened = SOFTENED_IMPOSSIBLE;
	enum finding finding = look_at(&look, NULL, NUMBERS_MAX, &bad);
	if (finding == FINDING_ONE && bad == 0) {
		softened = SOFTENED_SAFE;
	} else if (finding == FINDING_ONE) {
		memcpy(tight, look.tight, sizeof(tight));
		if (move_choose(&look, tight, move)) {
			softening->shown[move->number] += move->steps * softening->base;
			softening->moved[move->number] = true;
			softened = SOFTENED_MOVED;
		}
	}
	arena_rewind(arena, mark);
	return softened;
}
