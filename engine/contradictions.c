/*
 * engine/contradictions.c - see contradictions.h.
 */
#include "engine/contradictions.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/grow.h"

const char *contradiction_name(enum contradiction contradiction)
{
	static const char *const names[] = {
#define CONTRADICTION_NAME(NAME, name, sentence) #name,
		CONTRADICTIONS(CONTRADICTION_NAME)
#undef CONTRADICTION_NAME
	};
	CHECK(contradiction < CONTRADICTION_COUNT);
	return names[contradiction];
}

const char *contradiction_sentence(enum contradiction contradiction)
{
	static const char *const sentences[] = {
#define CONTRADICTION_SENTENCE(NAME, name, sentence) sentence,
		CONTRADICTIONS(CONTRADICTION_SENTENCE)
#undef CONTRADICTION_SENTENCE
	};
	CHECK(contradiction < CONTRADICTION_COUNT);
	return sentences[contradiction];
}

static bool is_of_job(const struct fact *fact)
{
	return fact->type == EVENT_JOB_STARTED || fact->type == EVENT_JOB_CHANGED ||
	       fact->type == EVENT_JOB_CONFIRMED || fact->type == EVENT_JOB_ENDED;
}

/* Facts that are held against each other come together: of a job, else of a type; by day. */
static int fact_compare(const void *a, const void *b)
{
	const struct fact *left = a, *right = b;
	const uint64_t keys[][2] = {
		{ is_of_job(left), is_of_job(right) },
		{ is_of_job(left) ? left->ref : left->type,
			is_of_job(right) ? right->ref : right->type },
		{ left->day_offset, right->day_offset },
		{ fact_seq(left), fact_seq(right) },
	};
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	}
	return 0;
}

static unsigned bit(enum contradiction contradiction)
{
	return 1u << contradiction;
}

/* Two facts of one type, the second not earlier than the first. */
static unsigned pair_find(const struct fact *before, const struct fact *fact)
{
	bool one_day = before->day_offset == fact->day_offset;
	if (before->type != fact->type)
		return 0;
	if (fact->type == EVENT_PERSON_REGISTERED && before->number != fact->number)
		return bit(CONTRADICTION_TWO_BIRTH_YEARS);
	if (fact->type == EVENT_MUNICIPALITY_SETTLED && one_day &&
		before->municipality != fact->municipality)
		return bit(CONTRADICTION_TWO_MUNICIPALITIES);
	if (fact->type == EVENT_LADDER_ASSESSED && one_day && before->number != fact->number)
		return bit(CONTRADICTION_TWO_RUNGS);
	return 0;
}

/* Of one job, by day. */
static unsigned job_find(const struct fact *facts, size_t count)
{
	int32_t first_start = DAY_NONE, last_start = 0, last_end = DAY_NONE;
	unsigned found = 0;
	for (size_t i = 0; i < count; i++) {
		int32_t day = fact_day(&facts[i]);
		if (facts[i].type == EVENT_JOB_STARTED) {
			first_start = day < first_start ? day : first_start;
			last_start = day;
		} else if (facts[i].type == EVENT_JOB_ENDED) {
			last_end = day;
		}
	}
	for (size_t i = 0; i < count && facts[i].ref != 0; i++) {
		int32_t day = fact_day(&facts[i]);
		bool is_news = facts[i].type != EVENT_JOB_STARTED;
		if (is_news && first_start != DAY_NONE && day < first_start)
			found |= bit(CONTRADICTION_JOB_BEFORE_START);
		if (is_news && day > last_end && last_start <= last_end)
			found |= bit(CONTRADICTION_JOB_AFTER_END);
	}
	return found;
}

/* Whoever left for good has no news but endings, unless the partner says the person is back. */
static unsigned exit_find(const struct fact *facts, size_t count)
{
	int32_t exit = DAY_NONE, settled = 0, last = 0;
	for (size_t i = 0; i < count; i++) {
		int32_t day = fact_day(&facts[i]);
		if (facts[i].type == EVENT_EXITED && facts[i].choice == EXIT_REASON_DEFINITIVE)
			exit = day;
		else if (facts[i].type == EVENT_MUNICIPALITY_SETTLED)
			settled = day;
		else if (fact_class(facts[i].type) == 1 && day > last)
			last = day;
	}
	return last > exit && settled < exit ? bit(CONTRADICTION_NEWS_AFTER_EXIT) : 0;
}

unsigned contradictions_of(struct fact *facts, size_t count)
{
	unsigned found = 0;
	qsort(facts, count, sizeof(*facts), fact_compare);
	for (size_t i = 0, begin = 0; i < count; i++) {
		if (!is_of_job(&facts[i])) {
			found |= i > 0 ? pair_find(&facts[i - 1], &facts[i]) : 0;
			begin = i + 1;
		} else if (i + 1 == count || facts[i + 1].ref != facts[i].ref) {
			found |= job_find(facts + begin, i + 1 - begin);
			begin = i + 1;
		}
	}
	return found | exit_find(facts, count);
}

/* A partner's facts about one person, copied. */
struct copied {
	struct fact *facts;
	size_t size;
	size_t count;
};

/* ERR_NOT_FOUND: nobody has so high a number. */
static enum err facts_copy(
	struct histories *histories, uint32_t person, uint16_t partner, struct copied *copied)
{
	enum err err = OK;
	copied->count = 0;
	histories_lock(histories, person);
	if (person >= histories->people_count)
		err = ERR_NOT_FOUND;
	else if (!GROW(copied->facts, copied->size, histories->people[person].count))
		err = ERR_FULL;
	for (uint32_t i = 0; err == OK && i < histories->people[person].count; i++) {
		if (histories->people[person].facts[i].partner == partner)
			copied->facts[copied->count++] = histories->people[person].facts[i];
	}
	histories_unlock(histories, person);
	return err;
}

enum err contradictions_count(struct histories *histories, uint16_t partner,
	const atomic_bool *stop, uint64_t people[CONTRADICTION_COUNT])
{
	struct copied copied = { 0 };
	enum err err = OK;
	/* people[0] has the events without subject. */
	for (uint32_t person = 1; err == OK; person++) {
		err = atomic_load(stop) ? ERR_STOPPED
					: facts_copy(histories, person, partner, &copied);
		unsigned found = err == OK ? contradictions_of(copied.facts, copied.count) : 0;
		for (unsigned kind = 0; found != 0 && kind < CONTRADICTION_COUNT; kind++)
			people[kind] += found >> kind & 1;
	}
	free(copied.facts);
	return err == ERR_NOT_FOUND ? OK : err;
}
