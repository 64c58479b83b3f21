/*
 * engine/groups_build.c - the tree of figures per group, and the comparisons: see groups.h.
 */
#include "engine/groups.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "engine/permutation.h"
#include "indicators/logrank.h"

CHECK_STATIC(PERMUTATION_GROUPS_MAX == SERVICE_MODEL_COUNT);

static const struct {
	const char *name;
	bool of_work;
} groupings[GROUPING_COUNT] = {
#define GROUPING_ROW(NAME, name, of_work) { #name, of_work },
	GROUPINGS(GROUPING_ROW)
#undef GROUPING_ROW
};

enum grouping grouping_find(const char *name)
{
	unsigned grouping = 0;
	while (grouping < GROUPING_COUNT && strcmp(groupings[grouping].name, name) != 0)
		grouping++;
	return (enum grouping)grouping;
}

bool grouping_takes(enum grouping grouping, const struct indicator *indicator)
{
	const struct compared *compared = indicator->compared;
	return compared != NULL && (compared->of_work || !groupings[grouping].of_work);
}

/* What is built: a comparison goes through the curves of all indicators. */
struct building {
	const struct groups *groups;
	uint16_t municipality;
	struct figures figures;
	struct arena *arena;
	const struct indicator *indicator;
	unsigned histogram_base; /* where the indicator's histograms begin in a part */
};

static const char *name_of(const struct groups *groups, int32_t key, struct arena *arena)
{
#define VALUE_NAME(number, NAME) [number] = #NAME,
	static const char *const fundings[FUNDING_END] = { FUNDINGS(VALUE_NAME) };
	static const char *const matches[AMBITION_MATCH_END] = { AMBITION_MATCHES(VALUE_NAME) };
	static const char *const routes[ROUTE_END] = { ROUTES(VALUE_NAME) };
#undef VALUE_NAME
	static const char *const hirings[] = { NULL, "false", "true" };
	const char *const *const names[GROUPING_COUNT] = {
		[GROUPING_SERVICE_MODEL] = enumeration_service_model.names,
		[GROUPING_FUNDING] = fundings,
		[GROUPING_OPEN_HIRING] = hirings,
		[GROUPING_MATCHES_AMBITION] = matches,
		[GROUPING_ROUTE] = routes,
	};
	const char *const *values = names[groups->grouping];
	if (values != NULL)
		return key == GROUP_NONE ? "UNSET" : values[key];
	if (key == GROUP_NONE)
		return "none";
	char *name = arena_take(arena, 16);
	CHECK(name != NULL);
	snprintf(name, 16, "%d", (int)key);
	return name;
}

/* In how many municipalities a group has spells; of one that is asked: in that one. */
static int64_t municipalities_of(const struct building *building, const struct tally *tally)
{
	int64_t count = 0;
	for (size_t i = 0; i < tally->used_count; i++) {
		uint16_t municipality = tally->parts[tally->used[i]]->municipality;
		count +=
			municipality != PART_ALL && (building->municipality == PART_ALL ||
							    building->municipality == municipality);
	}
	return count;
}

static void group_build(struct building *building, const struct group *group)
{
	struct figures *figures = &building->figures;
	const struct part *part = tally_part(group->tally, building->municipality);
	enum grouping grouping = building->groups->grouping;
	size_t count;
	const struct indicator *const *all = registry_all(&count);
	if (part == NULL)
		return;
	figures_object(figures, NULL);
	figures_text(figures, groupings[grouping].name,
		name_of(building->groups, group->key, building->arena));
	if (grouping == GROUPING_SERVICE_MODEL)
		figures_integer(
			figures, "municipalities", municipalities_of(building, group->tally));
	figures_object(figures, "indicators");
	for (size_t i = 0; i < count; i++) {
		if (!grouping_takes(grouping, all[i]))
			continue;
		struct sink at = registry_sink(&(struct sink){ 0 }, all[i]);
		struct sums sums = { part->counters + at.counter_base,
			part->histograms + at.histogram_base, NULL };
		all[i]->figures(&sums, figures);
	}
	figures_end(figures);
	figures_end(figures);
}

/* The histograms of one curve in a part. */
static const struct histogram *curve_of(
	const struct building *building, const struct part *part, unsigned curve)
{
	return part == NULL ? NULL
			    : part->histograms + building->histogram_base +
				      (size_t)curve * CURVE_HISTOGRAMS;
}

/* Compares the groups; of whom the group is not known takes no part. */
static void logrank_build(struct building *building, unsigned curve)
{
	struct figures *figures = &building->figures;
	const struct histogram *compared[LOGRANK_GROUPS_MAX];
	struct logrank logrank = { .statistic = NAN, .p = NAN };
	size_t count = 0;
	for (size_t i = 0; i < building->groups->count; i++) {
		const struct group *group = &building->groups->list[i];
		const struct histogram *histograms =
			curve_of(building, tally_part(group->tally, building->municipality), curve);
		if (group->key == GROUP_NONE || histograms == NULL ||
			histogram_total(histograms) == 0)
			continue;
		if (count < LOGRANK_GROUPS_MAX)
			compared[count] = histograms;
		count++;
	}
	/* More groups than the test takes: no test. */
	if (count <= LOGRANK_GROUPS_MAX)
		logrank_init(&logrank, compared, (unsigned)count, 1);
	figures_object(figures, "log_rank");
	figures_number(figures, "statistic", logrank.statistic);
	figures_integer(figures, "degrees_of_freedom", logrank.degrees);
	figures_number(figures, "p", logrank.p);
	figures_end(figures);
}

/* Collects the municipalities' records of a curve; the number of them. */
static size_t units_collect(
	const struct building *building, unsigned curve, struct permutation_unit *units)
{
	size_t count = 0;
	for (uint16_t m = 0; m < PARTS_MAX - 1; m++) {
		struct permutation_unit unit = { { NULL } };
		bool found = false;
		if (building->municipality != PART_ALL && building->municipality != m)
			continue;
		for (size_t i = 0; i < building->groups->count; i++) {
			const struct group *group = &building->groups->list[i];
			const struct part *part = tally_part(group->tally, m);
			/* A spell from before any model was set belongs to no model. */
			if (group->key == GROUP_NONE || part == NULL)
				continue;
			unit.sources[group->key - 1] = curve_of(building, part, curve);
			found = true;
		}
		if (found)
			units[count++] = unit;
	}
	return count;
}

static void permutation_figures(
	struct figures *figures, const struct permutation *test, int32_t days)
{
	figures_object(figures, "permutation");
	figures_integer(figures, "days", days);
	figures_object(figures, "municipalities");
	for (int32_t model = 1; model <= SERVICE_MODEL_COUNT; model++)
		figures_integer(
			figures, enumeration_service_model.names[model], test->units[model - 1]);
	figures_end(figures);
	figures_object(figures, "share");
	for (int32_t model = 1; model <= SERVICE_MODEL_COUNT; model++)
		figures_number(
			figures, enumeration_service_model.names[model], test->shares[model - 1]);
	figures_end(figures);
	figures_number(figures, "difference", test->difference);
	figures_integer(figures, "assignments", test->ways);
	figures_text(figures, "chosen", test->drawn ? "random" : "all");
	figures_number(figures, "p", test->p);
	figures_number(figures, "p_least", test->p_min);
	figures_end(figures);
}

static enum err permutation_build(struct building *building, unsigned curve)
{
	struct permutation test;
	const struct compared *compared = building->indicator->compared;
	struct permutation_unit *units = calloc(PARTS_MAX, sizeof(*units));
	if (units == NULL)
		return ERR_FULL;
	size_t count = units_collect(building, curve, units);
	enum err err = permutation_test(units, count, compared, &test);
	if (err == OK)
		permutation_figures(&building->figures, &test, compared->days);
	free(units);
	return err;
}

static enum err curve_compare(struct building *building, unsigned curve)
{
	if (building->groups->grouping == GROUPING_SERVICE_MODEL)
		return permutation_build(building, curve);
	logrank_build(building, curve);
	return OK;
}

/* The curves of one indicator: an array over rungs, or an object. */
static enum err indicator_compare(struct building *building)
{
	struct figures *figures = &building->figures;
	const struct indicator *indicator = building->indicator;
	const struct compared *compared = indicator->compared;
	enum err err = OK;
	if (compared->rung_first == 0) {
		figures_object(figures, indicator->name);
		err = curve_compare(building, 0);
		figures_end(figures);
		return err;
	}
	figures_array(figures, indicator->name);
	for (unsigned curve = 0; curve < compared->curves && err == OK; curve++) {
		figures_object(figures, NULL);
		figures_integer(figures, "rung", compared->rung_first + (int32_t)curve);
		err = curve_compare(building, curve);
		figures_end(figures);
	}
	figures_end(figures);
	return err;
}

enum err groups_build(const struct answer_head *head, const struct groups *groups,
	const struct question *question, struct arena *arena, const struct figure **out)
{
	struct building building = {
		.groups = groups,
		.municipality = head->municipality,
		.arena = arena,
	};
	struct figures *figures = &building.figures;
	size_t count;
	const struct indicator *const *all = registry_all(&count);
	enum err err = OK;
	answer_begin(head, question, arena, figures);
	figures_text(figures, "by", groupings[groups->grouping].name);
	figures_array(figures, "groups");
	for (size_t i = 0; i < groups->count; i++)
		group_build(&building, &groups->list[i]);
	figures_end(figures);
	figures_object(figures, "comparison");
	for (size_t i = 0; i < count && err == OK; i++) {
		if (!grouping_takes(groups->grouping, all[i]))
			continue;
		building.indicator = all[i];
		building.histogram_base = registry_sink(&(struct sink){ 0 }, all[i]).histogram_base;
		err = indicator_compare(&building);
	}
	figures_end(figures);
	if (err == OK)
		*out = figures->root;
	return err;
}
