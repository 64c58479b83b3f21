/*
 * tests/unit/indicator_memory.h - histories written by hand, and a sink that
 * remembers what people contributed.
 */
#ifndef TESTS_UNIT_INDICATOR_MEMORY_H
#define TESTS_UNIT_INDICATOR_MEMORY_H

#include "base/check.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/grow.h"
#include "indicators/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

#define HOME      1000 /* where people live unless a test says otherwise */
#define ELSEWHERE 2000

#define HISTORY_MAX 512

/* A person's facts, in the order of spec/events.md. */
struct history {
	struct fact facts[HISTORY_MAX];
	size_t count;
};

/* Adds a fact in its place; of equal days and classes, in the order of adding. Fill in the rest. */
static inline struct fact *history_add(struct history *history, enum event_type type, int32_t day)
{
	CHECK(history->count < HISTORY_MAX);
	size_t at = history->count;
	for (; at > 0; at--) {
		const struct fact *before = &history->facts[at - 1];
		int order = fact_class((enum event_type)before->type) - fact_class(type);
		if (fact_day(before) < day || (fact_day(before) == day && order <= 0))
			break;
	}
	memmove(&history->facts[at + 1], &history->facts[at],
		(history->count - at) * sizeof(history->facts[0]));
	history->count++;
	history->facts[at] = (struct fact){
		.seq_low = (uint32_t)history->count,
		.type = (uint8_t)type,
		.day_offset = (uint16_t)(day - FACT_DAY_FIRST),
		.municipality = HOME,
	};
	return &history->facts[at];
}

/* Adds a fact with its enumeration, number and reference. */
static inline void history_tell(struct history *history, enum event_type type, int32_t day,
	int choice, int number, int32_t ref)
{
	struct fact *fact = history_add(history, type, day);
	fact->choice = (unsigned)choice & 0xfu;
	fact->number = (unsigned)number & 0x3fffu;
	fact->ref = (unsigned)ref & FACT_REF_MAX;
}

/* The reference date of the tests, 2024-10-04, a Friday. */
#define P 20000

/* One fact of a table, with its day relative to P. */
struct line {
	enum event_type type;
	int32_t day;
	int choice;
	int number;
	int32_t ref;
	uint16_t municipality; /* 0: HOME */
	int more;
	uint16_t partner;
};

#define LINES_MAX 12

/* clang-format off */
#define SETTLED(day, where) {EVENT_MUNICIPALITY_SETTLED, day, 0, 0, 0, where, 0, 0}
#define LEFT(day, to, where) {EVENT_MUNICIPALITY_LEFT, day, DESTINATION_##to, 0, 0, where, 0, 0}
#define EXITED(day, reason) {EVENT_EXITED, day, EXIT_REASON_##reason, 0, 0, 0, 0, 0}
#define ROLE(day, role) {EVENT_HOUSEHOLD_ROLE_SET, day, HOUSEHOLD_ROLE_##role, 0, 0, 0, 0, 0}
#define ASSESSED(day, rung) {EVENT_LADDER_ASSESSED, day, 0, rung, 0, 0, 0, 0}
#define TARGET(day, minutes, until) {EVENT_TARGET_SET, day, 0, minutes, until, 0, 0, 0}
#define PLAN(day, months, more) {EVENT_PLAN_SIGNED, day, 0, months, 0, 0, more, 0}
#define WITHDRAWN(day) {EVENT_PLAN_WITHDRAWN, day, 0, 0, 0, 0, 0, 0}
#define GUIDANCE_ENDED(day, reason) \
	{EVENT_GUIDANCE_ENDED, day, GUIDANCE_END_REASON_##reason, 0, 0, 0, 0, 0}
#define GUIDANCE_STARTED(day) {EVENT_GUIDANCE_STARTED, day, 0, 0, 0, 0, 0, 0}
#define JOB_STARTED(day, ref, hours) \
	{EVENT_JOB_STARTED, day, FUNDING_SUBSIDISED, hours, ref, 0, 0, 0}
#define JOB_CHANGED(day, ref, hours) \
	{EVENT_JOB_CHANGED, day, FUNDING_FULLY_PAID, hours, ref, 0, 0, 0}
#define JOB_CONFIRMED(day, ref) {EVENT_JOB_CONFIRMED, day, 0, 0, ref, 0, 0, 0}
#define JOB_ENDED(day, ref) {EVENT_JOB_ENDED, day, 0, 0, ref, 0, 0, 0}
#define CLAIMED(day, ref, by) {EVENT_PLACEMENT_CLAIMED, day, ORG_TYPE_##by, 0, ref, 0, 0, 0}
#define ADJUDICATED(day, ref, by) \
	{EVENT_PLACEMENT_ADJUDICATED, day, ORG_TYPE_##by, 0, ref, 0, 0, 0}
#define ACTIVE(day, kind, minutes, provider, ref) \
	{EVENT_ACTIVITY_LOGGED, day, ACTIVITY_KIND_##kind, minutes, ref, 0, ORG_TYPE_##provider, 0}
/* clang-format on */

static inline void history_of(struct history *history, const struct line lines[LINES_MAX])
{
	*history = (struct history){ 0 };
	for (size_t i = 0; i < LINES_MAX && lines[i].type != 0; i++) {
		struct fact *fact = history_add(history, lines[i].type, P + lines[i].day);
		fact->choice = (unsigned)lines[i].choice & 0xfu;
		fact->number = (unsigned)lines[i].number & 0x3fffu;
		fact->ref = (unsigned)lines[i].ref & FACT_REF_MAX;
		fact->more = (unsigned)lines[i].more & 0xfu;
		fact->partner = lines[i].partner;
		if (lines[i].municipality != 0)
			fact->municipality = lines[i].municipality & 0x3fffu;
	}
}

/* Works a person out in an arena of exactly the size that is asked for. Release the arena. */
static inline void person_of(struct person *person, const struct history *history,
	const struct question *question, struct arena *arena)
{
	assert_int_equal(arena_init(arena, person_arena_size(history->count)), OK);
	person_prepare(person, question, history->facts, history->count, arena);
}

struct memory_part {
	uint16_t part;
	int64_t *counters;
	struct histogram *histograms;
};

/* The sums of all parts. `sign` -1 takes contributions off again. */
struct memory {
	struct memory_part parts[8];
	size_t part_count;
	int64_t sign;
};

static inline void histogram_add(struct histogram *histogram, int32_t at, int64_t units)
{
	uint32_t i = 0;
	while (i < histogram->count && histogram->cells[i].at < at)
		i++;
	if (i == histogram->count || histogram->cells[i].at != at) {
		CHECK(GROW_TO(histogram->cells, histogram->count + 1));
		memmove(&histogram->cells[i + 1], &histogram->cells[i],
			(histogram->count - i) * sizeof(histogram->cells[0]));
		histogram->cells[i] = (struct cell){ .at = at };
		histogram->count++;
	}
	histogram->cells[i].units += units;
	if (histogram->cells[i].units != 0)
		return;
	histogram->count--;
	memmove(&histogram->cells[i], &histogram->cells[i + 1],
		(histogram->count - i) * sizeof(histogram->cells[0]));
}

static inline struct memory_part *memory_part(struct memory *memory, uint16_t part)
{
	for (size_t i = 0; i < memory->part_count; i++) {
		if (memory->parts[i].part == part)
			return &memory->parts[i];
	}
	CHECK(memory->part_count < ARRAY_LENGTH(memory->parts));
	struct memory_part *added = &memory->parts[memory->part_count++];
	added->part = part;
	added->counters = calloc(registry_counters(), sizeof(added->counters[0]));
	added->histograms = calloc(registry_histograms(), sizeof(added->histograms[0]));
	CHECK(added->counters != NULL && added->histograms != NULL);
	return added;
}

static inline void memory_add(
	void *context, uint16_t part, bool histogram, unsigned place, int32_t at, int64_t units)
{
	struct memory *memory = context;
	struct memory_part *own = memory_part(memory, part);
	CHECK(place < (histogram ? registry_histograms() : registry_counters()));
	if (histogram)
		histogram_add(&own->histograms[place], at, units * memory->sign);
	else
		own->counters[place] += units * memory->sign;
}

static inline struct sink memory_sink(struct memory *memory)
{
	return (struct sink){ .add = memory_add, .context = memory };
}

static inline bool memory_is_empty(const struct memory *memory)
{
	for (size_t i = 0; i < memory->part_count; i++) {
		for (unsigned j = 0; j < registry_counters(); j++) {
			if (memory->parts[i].counters[j] != 0)
				return false;
		}
		for (unsigned j = 0; j < registry_histograms(); j++) {
			if (memory->parts[i].histograms[j].count != 0)
				return false;
		}
	}
	return true;
}

static inline void memory_release(struct memory *memory)
{
	for (size_t i = 0; i < memory->part_count; i++) {
		for (unsigned j = 0; j < registry_histograms(); j++)
			free(memory->parts[i].histograms[j].cells);
		free(memory->parts[i].histograms);
		free(memory->parts[i].counters);
	}
	*memory = (struct memory){ 0 };
}

/* Adds (or takes off) what the person of this history contributes. */
static inline void memory_fold(
	struct memory *memory, const struct history *history, const struct question *question)
{
	struct arena arena;
	struct person person;
	struct sink sink = memory_sink(memory);
	person_of(&person, history, question, &arena);
	registry_contribute(&person, &sink);
	arena_release(&arena);
}

/* The figures of a part, not rounded, as registry_figures() adds them to an empty object. */
static inline void memory_figures(
	struct memory *memory, uint16_t part, struct figures *figures, struct arena *arena)
{
	const struct memory_part *own = memory_part(memory, part);
	assert_int_equal(arena_init(arena, FIGURES_ARENA_SIZE), OK);
	figures_init(figures, arena, 0);
	const struct sums sums = { own->counters, own->histograms, NULL };
	registry_figures(&sums, DEFINITIONS, figures);
}

/* The figure at a path like "indicators/plan/on_time/within/0/share"; NULL when there is none. */
static inline const struct figure *figure_at(const struct figure *figure, const char *path)
{
	char part[64];
	while (figure != NULL && *path != '\0') {
		size_t length = strcspn(path, "/");
		CHECK(length < sizeof(part));
		memcpy(part, path, length);
		part[length] = '\0';
		path += length + (path[length] == '/');
		if (figure->kind != FIGURE_ARRAY) {
			figure = figure_child(figure, part);
			continue;
		}
		figure = figure->as.first;
		for (int i = atoi(part); figure != NULL && i > 0; i--)
			figure = figure->next;
	}
	return figure;
}

#define FIGURE_TEXT_SIZE 64

/* A value as the output has it: 6 decimals without trailing zeros; "nothing" when there is none. */
static inline void figure_print(const struct figure *figure, char out[FIGURE_TEXT_SIZE])
{
	if (figure == NULL || figure->kind == FIGURE_OBJECT || figure->kind == FIGURE_ARRAY) {
		snprintf(out, FIGURE_TEXT_SIZE, "nothing");
	} else if (figure->kind == FIGURE_INTEGER) {
		snprintf(out, FIGURE_TEXT_SIZE, "%lld", (long long)figure->as.integer);
	} else if (figure->kind == FIGURE_TEXT) {
		snprintf(out, FIGURE_TEXT_SIZE, "%s", figure->as.text);
	} else if (figure->kind == FIGURE_NULL) {
		snprintf(out, FIGURE_TEXT_SIZE, "null");
	} else {
		snprintf(out, FIGURE_TEXT_SIZE, "%.6f", figure->as.number);
		size_t length = strlen(out);
		while (out[length - 1] == '0')
			length--;
		length -= out[length - 1] == '.';
		out[length] = '\0';
	}
}

/* What a figure must say. */
struct expected {
	const char *path;
	const char *value;
};

/* How many figures say something else; each is printed. */
static inline size_t figures_wrong(
	const struct figure *root, const struct expected *expected, size_t count)
{
	char value[FIGURE_TEXT_SIZE];
	size_t wrong = 0;
	for (size_t i = 0; i < count; i++) {
		figure_print(figure_at(root, expected[i].path), value);
		if (strcmp(value, expected[i].value) == 0)
			continue;
		print_error("%s: %s, not %s\n", expected[i].path, value, expected[i].value);
		wrong++;
	}
	return wrong;
}

/* The same for the figures of one part. */
static inline size_t memory_wrong(
	struct memory *memory, uint16_t part, const struct expected *expected, size_t count)
{
	struct figures figures;
	struct arena arena;
	memory_figures(memory, part, &figures, &arena);
	size_t wrong = figures_wrong(figures.root, expected, count);
	arena_release(&arena);
	return wrong;
}

#define VALUES_MAX 10

/* A row of a table: what is told of a person, and what then is figured at `paths`. */
struct told {
	struct line lines[LINES_MAX];
	const char *values[VALUES_MAX];
};

/* Each row is a person on their own, whose figures are those of HOME and of all, in a set. */
static inline void told_expect_in(int32_t definitions, const struct told *rows, size_t row_count,
	const char *const paths[VALUES_MAX])
{
	struct question question = question_at(P);
	question.definitions = definitions;
	for (size_t i = 0; i < row_count; i++) {
		struct expected expected[VALUES_MAX];
		struct memory memory = { .sign = 1 };
		struct history history;
		size_t count = 0;
		for (; count < VALUES_MAX && paths[count] != NULL; count++)
			expected[count] = (struct expected){ paths[count], rows[i].values[count] };
		history_of(&history, rows[i].lines);
		memory_fold(&memory, &history, &question);
		size_t wrong = memory_wrong(&memory, HOME, expected, count) +
			       memory_wrong(&memory, PART_ALL, expected, count);
		memory_release(&memory);
		if (wrong != 0)
			print_error("of row %zu\n", i);
		assert_int_equal(wrong, 0);
	}
}

/* The same in the newest set. */
static inline void told_expect(
	const struct told *rows, size_t row_count, const char *const paths[VALUES_MAX])
{
	told_expect_in(DEFINITIONS, rows, row_count, paths);
}

/* Another one each second. */
static inline unsigned seed_of_now(void)
{
	const struct clock clock = clock_system();
	return (unsigned)(clock_now_us(&clock) / US_PER_SECOND);
}

#endif
