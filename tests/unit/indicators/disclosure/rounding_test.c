/*
 * tests/unit/indicators/disclosure/rounding_test.c - the relations as they
 * are written, the solver against plain enumeration, and the promise: what is shown after
 * the moves leaves every count its values, also to somebody who knows the rule by which they
 * are chosen.
 */
#include "tests/unit/indicator_memory.h"
#include "tests/unit/random_log.h"

#include <time.h>

#include "indicators/disclosure/disclosure.h"

static void table_make(struct arena *arena, struct relations *relations, const char *const *texts)
{
	relations_init(relations, arena);
	for (; *texts != NULL; texts++)
		relations_add(relations, *texts, *texts);
}

static void a_relation_is_read_as_it_is_written(void **state)
{
	static const struct {
		const char *text;
		const char *names[3];
		int32_t coefficients[3];
		int64_t min;
		int64_t max;
	} table[] = {
		{ "a = b + c", { "a", "b", "c" }, { 1, -1, -1 }, 0, 0 },
		{ "a <= b", { "a", "b" }, { -1, 1 }, 0, MANY },
		{ "a + 10 <= b", { "a", "b" }, { -1, 1 }, 10, MANY },
		{ "a + 10 = b", { "a", "b" }, { 1, -1 }, -10, -10 },
		{ "-1 a <= 4 ~b + 2", { "a", "~b" }, { 1, 4 }, -2, MANY },
		{ "2 x.y.z* + 3 b <= 1", { "x.y.z*", "b" }, { -2, -3 }, -1, MANY },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		const char *const texts[] = { table[i].text, NULL };
		struct arena arena;
		struct relations relations;
		assert_int_equal(arena_init(&arena, RELATIONS_ARENA_SIZE), OK);
		table_make(&arena, &relations, texts);
		assert_int_equal(relations.row_count, 1);
		assert_int_equal(relations.rows[0].min, table[i].min);
		assert_int_equal(relations.rows[0].max, table[i].max);
		for (unsigned j = 0; j < relations.rows[0].count; j++) {
			uint16_t number = relations.terms[j].number;
			assert_string_equal(relations.names[number], table[i].names[j]);
			assert_int_equal(relations.terms[j].coefficient, table[i].coefficients[j]);
		}
		arena_release(&arena);
	}
}

static void the_relations_of_the_contract_fit_their_room(void **state)
{
	struct arena arena;
	struct relations relations;
	(void)state;
	assert_int_equal(arena_init(&arena, RELATIONS_ARENA_SIZE), OK);
	relations_init(&relations, &arena);
	relations_add_contract(&relations);
	/* Room is left for what an answer's means and days add. */
	assert_in_range(relations.row_count, 80, RELATIONS_MAX - 20);
	assert_in_range(relations.number_count, 100, NUMBERS_MAX - 20);
	assert_in_range(relations.term_count, 250, TERMS_MAX - 80);
	arena_release(&arena);
}

/* ---- the solver */

#define FEW       5
#define FEW_WIDTH 5

/* Whole numbers within bounds under relations, few enough to try all of them. */
struct small {
	struct arena arena;
	struct relations relations;
	int64_t low[FEW], high[FEW];
	uint32_t possible[FEW]; /* bits: the values above `low` that solutions have */
};

static void small_make(struct small *small, struct chance *chance)
{
	int numbers = (int)random_between(chance, 2, FEW);
	assert_int_equal(arena_init(&small->arena, RELATIONS_ARENA_SIZE + SOLVER_ARENA_SIZE), OK);
	relations_init(&small->relations, &small->arena);
	for (int x = 0; x < numbers; x++) {
		char name[2] = { (char)('a' + x), '\0' };
		assert_int_equal(relations_number(&small->relations, name), x);
		small->low[x] = random_between(chance, 0, 5);
		small->high[x] = small->low[x] + random_between(chance, 0, FEW_WIDTH - 1);
	}
	for (int64_t rows = random_between(chance, 1, 4); rows > 0; rows--) {
		char text[96] = "";
		int64_t sum = 0;
		for (int x = 0; x < numbers; x++) {
			int64_t by = random_between(chance, -3, 3);
			if (by == 0)
				continue;
			sum += by * random_between(chance, small->low[x], small->high[x]);
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%d %c + ",
				(int)by, 'a' + x);
		}
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "0 %s %d",
			chance_below(chance, 2) == 0 ? "=" : "<=", (int)sum);
		relations_add(&small->relations, "", text);
	}
}

static bool all_hold(const struct relations *relations, const int64_t *point)
{
	for (unsigned row = 0; row < relations->row_count; row++) {
		const struct relation *relation = &relations->rows[row];
		int64_t sum = 0;
		for (unsigned i = 0; i < relation->count; i++) {
			struct term term = relations->terms[relation->first + i];
			sum += term.coefficient * point[term.number];
		}
		if (sum < relation->min || sum > relation->max)
			return false;
	}
	return true;
}

/* Goes through all points. */
static bool next_point(const int64_t *low, const int64_t *high, unsigned numbers, int64_t *point)
{
	for (unsigned x = 0; x < numbers; x++) {
		if (point[x]++ < high[x])
			return true;
		point[x] = low[x];
	}
	return false;
}

static unsigned small_try_all(struct small *small)
{
	unsigned numbers = small->relations.number_count, solutions = 0;
	int64_t point[FEW];
	memset(small->possible, 0, sizeof(small->possible));
	memcpy(point, small->low, sizeof(point));
	do {
		if (!all_hold(&small->relations, point))
			continue;
		solutions++;
		for (unsigned x = 0; x < numbers; x++)
			small->possible[x] |= 1u << (point[x] - small->low[x]);
	} while (next_point(small->low, small->high, numbers, point));
	return solutions;
}

static void the_solver_finds_what_trying_all_finds(void **state)
{
	struct chance chance = chance_new();
	unsigned solvable = 0;
	(void)state;
	for (int round = 0; round < 1500; round++) {
		struct small small = { 0 };
		struct solver solver;
		small_make(&small, &chance);
		unsigned solutions = small_try_all(&small);
		solvable += solutions > 0;
		solver_init(&solver, &small.relations, &small.arena);
		memcpy(solver_low(&solver, 0), small.low, sizeof(small.low));
		memcpy(solver_high(&solver, 0), small.high, sizeof(small.high));
		solver.allowance = ROUNDING_QUESTION_WORK;
		enum finding finding = solver_narrow(&solver, 0, NUMBERS_MAX);
		if (finding == FINDING_ONE)
			finding = solver_find_any(&solver);
		assert_int_equal(finding, solutions > 0 ? FINDING_ONE : FINDING_NONE);
		for (unsigned x = 0; finding == FINDING_ONE && x < small.relations.number_count;
			x++) {
			for (int64_t value = small.low[x]; value <= small.high[x]; value++) {
				bool possible = small.possible[x] >> (value - small.low[x]) & 1;
				bool bounded = value >= solver_low(&solver, 0)[x] &&
					       value <= solver_high(&solver, 0)[x];
				assert_true(bounded || !possible);
				if (!bounded)
					continue;
				solver.allowance = ROUNDING_QUESTION_WORK;
				assert_int_equal(solver_find(&solver, x, value),
					possible ? FINDING_ONE : FINDING_NONE);
				assert_true(!possible || solver.solution[x] == value);
				assert_true(
					!possible || all_hold(&small.relations, solver.solution));
			}
		}
		arena_release(&small.arena);
	}
	assert_in_range(solvable, 300, 1499);
}

static void a_search_that_takes_too_long_says_so(void **state)
{
	static const char *const texts[] = { "a + b + c = d + 1", "2 b + 3 c = 5 d", NULL };
	struct arena arena;
	struct relations relations;
	struct solver solver;
	(void)state;
	assert_int_equal(arena_init(&arena, RELATIONS_ARENA_SIZE + SOLVER_ARENA_SIZE), OK);
	table_make(&arena, &relations, texts);
	solver_init(&solver, &relations, &arena);
	for (unsigned x = 0; x < relations.number_count; x++)
		solver_high(&solver, 0)[x] = 1000;
	solver.allowance = 1;
	assert_int_equal(solver_narrow(&solver, 0, NUMBERS_MAX), FINDING_TIRED);
	assert_int_equal(solver_find_any(&solver), FINDING_TIRED);
	solver.allowance = ROUNDING_QUESTION_WORK;
	assert_int_equal(solver_narrow(&solver, 0, NUMBERS_MAX), FINDING_ONE);
	assert_int_equal(solver_find_any(&solver), FINDING_ONE);
	arena_release(&arena);
}

static void the_worked_example_of_the_solver_header_holds(void **state)
{
	static const char *const texts[] = { "t = a + b + c", NULL };
	struct arena arena;
	struct relations relations;
	struct solver solver;
	(void)state;
	assert_int_equal(arena_init(&arena, RELATIONS_ARENA_SIZE + SOLVER_ARENA_SIZE), OK);
	table_make(&arena, &relations, texts);
	solver_init(&solver, &relations, &arena);
	for (unsigned x = 0; x < relations.number_count; x++) {
		solver_low(&solver, 0)[x] = x == 0 ? 8 : 3;
		solver_high(&solver, 0)[x] = x == 0 ? 12 : 7;
	}
	solver.allowance = ROUNDING_QUESTION_WORK;
	assert_int_equal(solver_narrow(&solver, 0, NUMBERS_MAX), FINDING_ONE);
	assert_int_equal(solver_low(&solver, 0)[0], 9);
	assert_int_equal(solver_high(&solver, 0)[1], 6);
	assert_int_equal(solver_find(&solver, 1, 6), FINDING_ONE);
	assert_int_equal(solver.solution[0], 12);
	assert_int_equal(solver.solution[2], 3);
	assert_int_equal(solver.solution[3], 3);
	assert_int_equal(solver_find(&solver, 1, 7), FINDING_NONE);
	arena_release(&arena);
}

/* ---- the moves */

static int64_t rounded(int64_t count, int64_t base)
{
	return (2 * count + base) / (2 * base) * base;
}

/* Softens what is shown, in place; returns the number of moves, -1: impossible. */
static int round_safely(
	const struct relations *relations, int64_t base, int64_t *shown, struct arena *arena)
{
	struct rounding rounding;
	struct rounding_move move;
	int moves = 0;
	rounding_init(&rounding, relations, base);
	memcpy(rounding.shown, shown, relations->number_count * sizeof(*shown));
	for (;;) {
		enum rounding_outcome outcome = rounding_step(&rounding, arena, &move);
		memcpy(shown, rounding.shown, relations->number_count * sizeof(*shown));
		if (outcome != ROUNDING_MOVED)
			return outcome == ROUNDING_SAFE ? moves : -1;
		moves++;
	}
}

static void the_worked_example_of_the_rounding_header_holds(void **state)
{
	static const char *const texts[] = { "t = a + b + c + d", NULL };
	int64_t shown[] = { 10, 5, 5, 5, 5 }, large[] = { 100, 30, 25, 25, 20 };
	struct arena arena;
	struct relations relations;
	bool at_risk[NUMBERS_MAX];
	unsigned count;
	struct rounding rounding;
	(void)state;
	assert_int_equal(arena_init(&arena, RELATIONS_ARENA_SIZE + ROUNDING_ARENA_SIZE), OK);
	table_make(&arena, &relations, texts);
	rounding_init(&rounding, &relations, 5);
	memcpy(rounding.shown, shown, sizeof(shown));
	assert_int_equal(rounding_audit(&rounding, &arena, at_risk, &count), FINDING_ONE);
	assert_int_equal(count, 5);
	assert_int_equal(round_safely(&relations, 5, shown, &arena), 1);
	for (unsigned x = 0; x <= 4; x++)
		assert_int_equal(shown[x], x == 0 ? 10 : x == 1 ? 0 : 5);
	memcpy(rounding.shown, shown, sizeof(shown));
	assert_int_equal(rounding_audit(&rounding, &arena, at_risk, &count), FINDING_ONE);
	assert_int_equal(count, 0);
	assert_int_equal(round_safely(&relations, 5, large, &arena), 0);
	arena_release(&arena);
}

static void what_nobody_can_be_behind_is_not_shown(void **state)
{
	static const char *const texts[] = { "t = a + b", "a <= c", NULL };
	int64_t shown[] = { 100, 5, 5, 50 };
	struct arena arena;
	struct relations relations;
	(void)state;
	assert_int_equal(arena_init(&arena, RELATIONS_ARENA_SIZE + ROUNDING_ARENA_SIZE), OK);
	table_make(&arena, &relations, texts);
	assert_int_equal(round_safely(&relations, 5, shown, &arena), -1);
	arena_release(&arena);
}

static void what_takes_too_long_is_not_shown(void **state)
{
	static const char *const texts[] = { "t = a + b + c + d", NULL };
	static const int64_t shown[] = { 10, 5, 5, 5, 5 };
	struct arena arena;
	struct relations relations;
	struct rounding rounding;
	struct rounding_move move;
	(void)state;
	assert_int_equal(arena_init(&arena, RELATIONS_ARENA_SIZE + ROUNDING_ARENA_SIZE), OK);
	table_make(&arena, &relations, texts);
	/* However little work is allowed: never safe, and at last there is enough of it. */
	unsigned impossible = 0, moved = 0;
	for (int64_t work = 0; work < 500; work++) {
		rounding_init(&rounding, &relations, 5);
		memcpy(rounding.shown, shown, sizeof(shown));
		rounding.work_left = work;
		enum rounding_outcome outcome = rounding_step(&rounding, &arena, &move);
		assert_int_not_equal(outcome, ROUNDING_SAFE);
		assert_in_range(rounding.work_left, 0, work);
		impossible += outcome == ROUNDING_IMPOSSIBLE;
		moved += outcome == ROUNDING_MOVED;
		assert_true(work > 0 || impossible == 1);
	}
	assert_in_range(impossible, 10, 490);
	assert_in_range(moved, 10, 490);
	arena_release(&arena);
}

/* Ten lasting jobs, by two parties; the spells that they are among are shown as 10. */
static void a_running_sum_must_keep_its_least_value_and_is_never_moved(void **state)
{
	static const char *const texts[] = { "jobs = a + b", "jobs <= spells", NULL };
	/* jobs, a, b, spells: 10 are 8 at least, and a and b together 8 to 12. */
	static const int64_t shown[] = { 15, 10, 5, 10 };
	struct arena arena;
	struct relations relations;
	struct rounding rounding;
	struct rounding_move move;
	bool at_risk[NUMBERS_MAX];
	unsigned count;
	(void)state;
	assert_int_equal(arena_init(&arena, RELATIONS_ARENA_SIZE + ROUNDING_ARENA_SIZE), OK);
	table_make(&arena, &relations, texts);
	rounding_init(&rounding, &relations, 5);
	memcpy(rounding.shown, shown, sizeof(shown));
	rounding.is_sum[3] = true;
	/* 13 jobs at least are more than 12 spells at most. */
	assert_int_equal(rounding_audit(&rounding, &arena, at_risk, &count), FINDING_NONE);
	rounding.shown[0] = 10;
	rounding.shown[1] = 5;
	assert_int_equal(rounding_audit(&rounding, &arena, at_risk, &count), FINDING_ONE);
	assert_false(at_risk[3]);
	rounding.shown[1] = 15;
	rounding.shown[2] = 0;
	/* a is 13 at least, so 13 spells are needed. */
	assert_int_equal(rounding_audit(&rounding, &arena, at_risk, &count), FINDING_NONE);
	rounding.shown[1] = 10;
	rounding.shown[2] = 5;
	/* Now 8 and 3 at least: 11 jobs, so 8, 9 or 10 spells are not possible. */
	assert_int_equal(rounding_audit(&rounding, &arena, at_risk, &count), FINDING_ONE);
	assert_true(at_risk[3]);
	while (rounding_step(&rounding, &arena, &move) == ROUNDING_MOVED)
		assert_int_not_equal(move.number, 3);
	assert_int_equal(rounding.shown[3], 10);
	assert_int_equal(rounding_audit(&rounding, &arena, at_risk, &count), FINDING_ONE);
	assert_int_equal(count, 0);
	arena_release(&arena);
}

static void no_move_goes_below_the_least_that_is_shown(void **state)
{
	static const char *const texts[] = { "a = b + c + d + e", NULL };
	/* b to e are at most 2 each, so a is 8: it goes down, or a part up. */
	static const int64_t shown[] = { 10, 0, 0, 0, 0 };
	struct arena arena;
	struct relations relations;
	struct rounding_move move;
	(void)state;
	assert_int_equal(arena_init(&arena, RELATIONS_ARENA_SIZE + ROUNDING_ARENA_SIZE), OK);
	table_make(&arena, &relations, texts);
	for (int64_t least = 0; least <= 10; least += 10) {
		struct rounding rounding;
		rounding_init(&rounding, &relations, 5);
		memcpy(rounding.shown, shown, sizeof(shown));
		rounding.shown_min[0] = least;
		assert_int_equal(rounding_step(&rounding, &arena, &move), ROUNDING_MOVED);
		assert_true((move.number == 0) == (least == 0));
	}
	arena_release(&arena);
}

/* So many people, all alike but for who is a breadwinner and where they stand. */
static struct memory_part *people_make(struct memory *memory, int64_t persons)
{
	const struct question question = question_at(P);
	for (int64_t i = 0; i < persons; i++) {
		const struct line lines[LINES_MAX] = { SETTLED(-900, HOME), ASSESSED(-100, 2) };
		struct history history;
		history_of(&history, lines);
		memory_fold(memory, &history, &question);
	}
	return memory_part(memory, HOME);
}

/* Sums of too few people, and sums that no people have, are withheld. */
static void a_disclosure_of_impossible_sums_is_withheld(void **state)
{
	static const int64_t bases[] = { 5, 10 };
	struct arena arena;
	(void)state;
	int64_t *counters = calloc(registry_counters(), sizeof(*counters));
	struct histogram *histograms = calloc(registry_histograms(), sizeof(*histograms));
	assert_true(counters != NULL && histograms != NULL);
	assert_int_equal(arena_init(&arena, DISCLOSURE_ARENA_SIZE), OK);
	for (size_t i = 0; i < ARRAY_LENGTH(bases); i++) {
		const struct public_question question = { bases[i], false };
		struct disclosure disclosure;
		/* Nobody, and one person too few. */
		for (int64_t persons = 0; persons < 2 * bases[i]; persons++) {
			struct memory memory = { .sign = 1 };
			struct memory_part *part = people_make(&memory, persons);
			disclosure_find(
				part->counters, part->histograms, &question, &arena, &disclosure);
			assert_true(disclosure.withheld == (2 * persons < 3 * bases[i]));
			assert_int_equal(disclosure.round_to, bases[i]);
			memory_release(&memory);
		}
		/* Breadwinners, of no people at all. */
		counters[1] = 100;
		disclosure_find(counters, histograms, &question, &arena, &disclosure);
		assert_true(disclosure.withheld);
	}
	arena_release(&arena);
	free(counters);
	free(histograms);
}

/* A little municipality: a total, its parts, and what else is a part of them. */
struct little {
	const char *texts[5]; /* the first says what the total, number 0, is */
	unsigned parts;       /* numbers 1 to `parts`: all combinations are tried */
	int64_t base;
	int64_t shown_max;   /* of a part, as rounded; those up to here are judged */
	bool rounding_tells; /* alone it leaves too few values to some */
};

#define PARTS_MAX 4

/* What is shown alike: the exact values behind it, per number: bits, 32 is what is shown. */
struct alike {
	int64_t shown[PARTS_MAX + 1];
	uint64_t values[PARTS_MAX + 1];
};

/* How many values of a part, and of the total, can be shown. */
static size_t part_steps(const struct little *little)
{
	return (size_t)(little->shown_max / little->base) + 4;
}

static size_t place_of(const struct little *little, const int64_t *shown)
{
	size_t place = (size_t)(shown[0] / little->base);
	assert_true(place < little->parts * part_steps(little));
	for (unsigned x = 1; x <= little->parts; x++) {
		size_t step = (size_t)(shown[x] / little->base);
		assert_true(step < part_steps(little));
		place = place * part_steps(little) + step;
	}
	return place;
}

/* Fills in the total, number 0. False: no people are like that. */
static bool total_take(const struct relations *relations, int64_t *point)
{
	point[0] = 0;
	for (unsigned i = 0; i < relations->rows[0].count; i++) {
		struct term term = relations->terms[i];
		if (term.number != 0)
			point[0] -= term.coefficient * point[term.number];
	}
	return all_hold(relations, point);
}

static void value_note(struct alike *alike, const int64_t *shown, const int64_t *point)
{
	memcpy(alike->shown, shown, sizeof(alike->shown));
	for (unsigned x = 0; x <= PARTS_MAX; x++)
		alike->values[x] |= UINT64_C(1) << (point[x] - shown[x] + 32);
}

/* The fewest values that a number keeps, where no part is shown as more than shown_max. */
static unsigned fewest_of(const struct little *little, const struct alike *alike, size_t places)
{
	unsigned fewest = UINT32_MAX;
	for (size_t i = 0; i < places; i++) {
		bool judged = alike[i].values[0] != 0;
		for (unsigned x = 1; x <= little->parts; x++)
			judged = judged && alike[i].shown[x] <= little->shown_max;
		for (unsigned x = 0; x <= little->parts && judged; x++) {
			unsigned values = (unsigned)__builtin_popcountll(alike[i].values[x]);
			fewest = values < fewest ? values : fewest;
		}
	}
	return fewest;
}

/* The fewest values that a count keeps by rounding alone, and with the moves. */
static void fewest_values(const struct little *little, unsigned *alone, unsigned *outcome)
{
	struct arena arena;
	struct relations relations;
	int64_t low[PARTS_MAX + 1] = { 0 }, high[PARTS_MAX + 1], point[PARTS_MAX + 1] = { 0 };
	size_t places = little->parts * part_steps(little);
	assert_int_equal(arena_init(&arena, RELATIONS_ARENA_SIZE + ROUNDING_ARENA_SIZE), OK);
	table_make(&arena, &relations, little->texts);
	for (unsigned x = 1; x <= little->parts; x++) {
		places *= part_steps(little);
		high[x] = little->shown_max + little->base + little->base / 2;
	}
	struct alike *of_plain = calloc(places, sizeof(*of_plain));
	struct alike *of_rounded = calloc(places, sizeof(*of_rounded));
	int64_t(*shown_of)[PARTS_MAX + 1] = calloc(places, sizeof(*shown_of));
	assert_true(of_plain != NULL && of_rounded != NULL && shown_of != NULL);
	do {
		int64_t shown[PARTS_MAX + 1] = { 0 };
		if (!total_take(&relations, point))
			continue;
		for (unsigned x = 0; x <= little->parts; x++)
			shown[x] = rounded(point[x], little->base);
		size_t place = place_of(little, shown);
		if (of_plain[place].values[0] == 0) {
			memcpy(shown_of[place], shown, sizeof(shown));
			assert_true(round_safely(&relations, little->base, shown_of[place],
					    &arena) >= 0);
		}
		value_note(&of_plain[place], shown, point);
		value_note(&of_rounded[place_of(little, shown_of[place])], shown_of[place], point);
	} while (next_point(low + 1, high + 1, little->parts, point + 1));
	*alone = fewest_of(little, of_plain, places);
	*outcome = fewest_of(little, of_rounded, places);
	free(of_plain);
	free(of_rounded);
	free(shown_of);
	arena_release(&arena);
}

/*
 * Everything is tried: who knows the program, its rule too, has behind what is shown
 * exactly the cases counted here.
 */
static void who_knows_the_rule_finds_as_many_values(void **state)
{
	static const struct little table[] = {
		{ { "t = a + b" }, 2, 5, 25, true },
		{ { "t = a + b + c" }, 3, 5, 15, true },
		{ { "t = a + b + c + d" }, 4, 5, 10, true },
		{ { "t = a + b", "c <= a", "d <= c" }, 4, 5, 10, true },
		{ { "t = a + b", "c <= t", "d <= c", "t <= 2 c" }, 4, 5, 10, true },
		{ { "t = a + b + c" }, 3, 10, 20, false },
		{ { "t = a + b + c + d" }, 4, 10, 10, true },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		unsigned alone, outcome, min = VALUES_MIN;
		fewest_values(&table[i], &alone, &outcome);
		print_message("base %d, %s: rounding alone leaves %u values, the moves %u\n",
			(int)table[i].base, table[i].texts[0], alone, outcome);
		assert_in_range(outcome, min, 100);
		assert_int_equal(alone < min, table[i].rounding_tells);
	}
}

/* One person of a municipality where much is reported. */
static void anybody(struct chance *chance, struct history *history)
{
	*history = (struct history){ 0 };
	int32_t t0 = P - (int32_t)random_between(chance, 5, 1500);
	history_tell(history, EVENT_MUNICIPALITY_SETTLED, t0, 0, 0, 0);
	for (int64_t left = random_between(chance, 0, 12); left > 0; left--) {
		static const enum event_type types[] = { EVENT_LADDER_ASSESSED,
			EVENT_HOUSEHOLD_ROLE_SET, EVENT_ACTIVITY_LOGGED, EVENT_JOB_STARTED,
			EVENT_JOB_CONFIRMED, EVENT_JOB_ENDED, EVENT_PLAN_SIGNED, EVENT_INTAKE_DONE,
			EVENT_BARRIER_REPORTED, EVENT_CONTACT_HELD, EVENT_SANCTION_IMPOSED,
			EVENT_PLACEMENT_CLAIMED, EVENT_TARGET_SET, EVENT_BENEFIT_STARTED };
		enum event_type type = types[chance_below(chance, ARRAY_LENGTH(types))];
		int32_t day = (int32_t)random_between(chance, t0, P);
		int number = type == EVENT_LADDER_ASSESSED
				     ? (int)random_between(chance, 1, 6)
				     : (int)random_between(chance, 0, 1022) & ~1;
		history_tell(history, type, day, (int)random_between(chance, 1, 4), number,
			(int32_t)random_between(chance, 1, 2));
	}
}

static int by_size(const void *a, const void *b)
{
	const double *left = a, *right = b;
	return (*left > *right) - (*left < *right);
}

static double cpu_ms(void)
{
	return (double)clock() * 1e3 / CLOCKS_PER_SEC;
}

#define TOWNS 200

/*
 * The times are printed, not judged; a publication that is withheld after all its work has
 * taken ROUNDING_WORK looks, which is what bounds it.
 */
static void random_municipalities_are_disclosed_in_little_work(void **state)
{
	struct chance chance = chance_new();
	const struct question at_p = question_at(P);
	double times[TOWNS];
	unsigned withheld = 0, moves = 0, moved = 0;
	struct arena arena;
	(void)state;
	assert_int_equal(arena_init(&arena, DISCLOSURE_ARENA_SIZE), OK);
	for (unsigned town = 0; town < TOWNS; town++) {
		const struct public_question question = { town % 2 == 0 ? 5 : 10, town % 4 < 2 };
		struct memory memory = { .sign = 1 };
		struct disclosure disclosure;
		for (int64_t left = random_between(&chance, 40, 120); left > 0; left--) {
			struct history history;
			anybody(&chance, &history);
			memory_fold(&memory, &history, &at_p);
		}
		const struct memory_part *part = memory_part(&memory, HOME);
		double before = cpu_ms();
		disclosure_find(part->counters, part->histograms, &question, &arena, &disclosure);
		times[town] = cpu_ms() - before;
		withheld += disclosure.withheld;
		moves += disclosure.moves.count;
		moved += disclosure.moves.count > 0;
		memory_release(&memory);
	}
	qsort(times, TOWNS, sizeof(*times), by_size);
	print_message("a publication takes %.2f ms (p50), %.2f (p99), %.2f (most); of %d %u are "
		      "withheld, %u have %u moves\n",
		times[TOWNS / 2], times[TOWNS * 99 / 100], times[TOWNS - 1], TOWNS, withheld, moved,
		moves);
	assert_in_range(withheld, 0, TOWNS / 20);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_relation_is_read_as_it_is_written),
		cmocka_unit_test(the_relations_of_the_contract_fit_their_room),
		cmocka_unit_test(the_solver_finds_what_trying_all_finds),
		cmocka_unit_test(a_search_that_takes_too_long_says_so),
		cmocka_unit_test(the_worked_example_of_the_solver_header_holds),
		cmocka_unit_test(the_worked_example_of_the_rounding_header_holds),
		cmocka_unit_test(a_running_sum_must_keep_its_least_value_and_is_never_moved),
		cmocka_unit_test(no_move_goes_below_the_least_that_is_shown),
		cmocka_unit_test(what_nobody_can_be_behind_is_not_shown),
		cmocka_unit_test(what_takes_too_long_is_not_shown),
		cmocka_unit_test(a_disclosure_of_impossible_sums_is_withheld),
		cmocka_unit_test(who_knows_the_rule_finds_as_many_values),
		cmocka_unit_test(random_municipalities_are_disclosed_in_little_work),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
