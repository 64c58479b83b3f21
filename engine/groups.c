/*
 * engine/groups.c - see groups.h.
 */
#include "engine/groups.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "base/grow.h"
#include "engine/service_models.h"

/* Where the contributions of one person go: to the tally of the spell's group. */
struct regroup {
	struct groups *groups;
	struct service_models models;
	int32_t cohort;      /* the person's */
	int32_t route;       /* of its last plan */
	struct tally *tally; /* of the spell whose additions follow; NULL: no memory for it */
	bool failed;
};

/* The tally of a group, made when there is none; NULL: no memory. */
static struct tally *tally_of(struct groups *groups, int32_t key)
{
	size_t at = 0;
	while (at < groups->count && groups->list[at].key < key)
		at++;
	if (at < groups->count && groups->list[at].key == key)
		return groups->list[at].tally;
	if (!GROW(groups->list, groups->size, groups->count + 1))
		return NULL;
	struct tally *tally;
	if (tally_new(&tally) != OK)
		return NULL;
	memmove(groups->list + at + 1, groups->list + at,
		(groups->count - at) * sizeof(*groups->list));
	groups->list[at] = (struct group){ key, tally };
	groups->count++;
	return tally;
}

static int32_t said_or_none(unsigned value)
{
	return value == 0 ? GROUP_NONE : (int32_t)value;
}

/* Routes are of set 2. */
static int32_t route_of(const struct person *person)
{
	const struct fact *plan = person->last[EVENT_PLAN_SIGNED];
	if (plan == NULL || person->question->definitions < DEFINITIONS_COUNCIL)
		return GROUP_NONE;
	return said_or_none(plan->choice);
}

static void regroup_spell(
	void *context, uint16_t home, int32_t start, const struct fact *job_started)
{
	struct regroup *regroup = context;
	int32_t key = 0;
	switch (regroup->groups->grouping) {
	case GROUPING_COHORT:
		key = regroup->cohort;
		break;
	case GROUPING_SERVICE_MODEL:
		key = said_or_none((unsigned)service_models_at(&regroup->models, home, start));
		break;
	case GROUPING_FUNDING:
		key = said_or_none(job_started->choice);
		break;
	case GROUPING_OPEN_HIRING:
		key = said_or_none(fact_open_hiring(job_started));
		break;
	case GROUPING_MATCHES_AMBITION:
		key = said_or_none(fact_ambition(job_started));
		break;
	case GROUPING_ROUTE:
		key = regroup->route;
		break;
	case GROUPING_COUNT:
		break;
	}
	regroup->tally = tally_of(regroup->groups, key);
	regroup->failed = regroup->failed || regroup->tally == NULL;
}

static void regroup_add(
	void *context, uint16_t part, bool histogram, unsigned slot, int32_t at, int64_t units)
{
	struct regroup *regroup = context;
	if (regroup->failed)
		return;
	/* An indicator that has `compared` calls sink_spell() before it adds. */
	CHECK(regroup->tally != NULL);
	struct adder adder = { regroup->tally, 1 };
	struct sink sink = tally_sink(&adder);
	sink.add(sink.context, part, histogram, slot, at, units);
	regroup->failed = regroup->tally->failed;
}

static enum err fold_one(struct regroup *regroup, const struct person *person)
{
	size_t count;
	const struct indicator *const *all = registry_all(&count);
	struct sink sink = { .add = regroup_add, .spell = regroup_spell, .context = regroup };
	regroup->cohort = person->settled ? civil_from_day(person->t0).year : GROUP_NONE;
	regroup->route = route_of(person);
	for (size_t i = 0; i < count; i++) {
		if (!grouping_takes(regroup->groups->grouping, all[i]))
			continue;
		struct sink own = registry_sink(&sink, all[i]);
		regroup->tally = NULL;
		all[i]->contribute(person, &own);
	}
	return regroup->failed ? ERR_FULL : OK;
}

enum err groups_fold(struct folding *folding, struct histories *histories, struct reader *reader,
	const struct question *question, enum grouping grouping, struct groups *out)
{
	*out = (struct groups){ .grouping = grouping };
	struct regroup regroup = { .groups = out };
	enum err err = service_models_read(&regroup.models, histories, reader);
	for (uint32_t i = 1; i < histories->people_count && err == OK; i++) {
		struct person person;
		if (histories->people[i].count == 0)
			continue;
		err = fold_prepare(folding, histories, reader, i, question, &person);
		if (err == OK)
			err = fold_one(&regroup, &person);
	}
	service_models_release(&regroup.models);
	if (err != OK)
		groups_release(out);
	return err;
}

void groups_release(struct groups *groups)
{
	for (size_t i = 0; i < groups->count; i++)
		tally_free(groups->list[i].tally);
	free(groups->list);
	*groups = (struct groups){ .grouping = groups->grouping };
}
