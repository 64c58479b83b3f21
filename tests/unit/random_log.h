/*
 * tests/unit/random_log.h - a log of a few people about whom much is said: late,
 * corrected, withdrawn, in transactions of any length, over some years.
 */
#ifndef TESTS_UNIT_RANDOM_LOG_H
#define TESTS_UNIT_RANDOM_LOG_H

#include "tests/unit/store_memory.h"

struct random_log {
	struct store *store;
	struct chance *chance;
	uint64_t said; /* events, accepted or not */
	char texts[4][32];
};

static inline int64_t random_between(struct chance *chance, int64_t min, int64_t max)
{
	return min + (int64_t)chance_below(chance, (uint64_t)(max - min) + 1);
}

static inline struct value random_value(
	struct random_log *log, const struct field *field, int32_t today)
{
	static const char *const refs[] = { "a", "b", "c" };
	struct chance *chance = log->chance;
	struct value value = { .present = true };
	switch (field->kind) {
	case FIELD_INTEGER:
		value.number = (int32_t)random_between(chance, field->min, field->max);
		if (field->max == 9999) /* a birth year */
			value.number = (int32_t)random_between(chance, 1950, 2010);
		break;
	case FIELD_BOOL:
		value.number = (int32_t)chance_below(chance, 2);
		break;
	case FIELD_ENUM:
		value.number = (int32_t)random_between(chance, 1, field->enumeration->count);
		break;
	case FIELD_ENUM_SET:
		value.number = (int32_t)random_between(chance, 1, 1023) << 1;
		break;
	case FIELD_IDENTIFIER:
		value.text = bytes_of_string(refs[chance_below(chance, ARRAY_LENGTH(refs))]);
		break;
	case FIELD_DATE:
		value.number = today + (int32_t)random_between(chance, -200, 400);
		break;
	}
	return value;
}

static inline struct bytes random_text(
	struct random_log *log, size_t place, char kind, uint64_t end)
{
	snprintf(log->texts[place], sizeof(log->texts[place]), "%c%llu", kind,
		(unsigned long long)chance_below(log->chance, end));
	return bytes_of_string(log->texts[place]);
}

/* The target of a retraction: an earlier event, or the key of one. */
static inline void random_target(struct random_log *log, struct event *event)
{
	unsigned place = (unsigned)chance_below(log->chance, 2);
	event->values[place] = (struct value){
		.present = true,
		.text = place == EVENT_RETRACTED_TARGET_ID ? random_text(log, 3, 'e', log->said + 1)
							   : random_text(log, 3, 'k', 30),
	};
}

static inline enum event_type random_type(struct chance *chance)
{
	/* What makes people count, more often than the rest. */
	static const enum event_type often[] = { EVENT_PERSON_REGISTERED,
		EVENT_MUNICIPALITY_SETTLED, EVENT_MUNICIPALITY_SETTLED, EVENT_LADDER_ASSESSED,
		EVENT_LADDER_ASSESSED, EVENT_ACTIVITY_LOGGED, EVENT_JOB_STARTED,
		EVENT_EVENT_RETRACTED, EVENT_EVENT_RETRACTED, EVENT_HOUSEHOLD_ROLE_SET };
	size_t count;
	const struct schema *schemas = schema_all(&count);
	if (chance_below(chance, 2) == 0)
		return often[chance_below(chance, ARRAY_LENGTH(often))];
	return schemas[chance_below(chance, count)].type;
}

static inline struct event random_event(struct random_log *log)
{
	static const uint16_t municipalities[] = { 753, 823, 823, 1724 };
	struct chance *chance = log->chance;
	int32_t today = zone_day(log->store->now_us);
	const struct schema *schema = schema_of(random_type(chance));
	struct event event = {
		.type = schema->type,
		.day = today -
		       (int32_t)chance_below(chance, chance_below(chance, 3) == 0 ? 1000 : 20),
		.municipality = municipalities[chance_below(chance, 4)],
	};
	snprintf(log->texts[0], sizeof(log->texts[0]), "e%llu", (unsigned long long)log->said++);
	event.id = bytes_of_string(log->texts[0]);
	if (schema->about_person)
		event.subject = random_text(log, 1, 'p', 8);
	if (schema->type == EVENT_EVENT_RETRACTED) {
		random_target(log, &event);
		return event;
	}
	if (schema->type != EVENT_REPORT_WITHDRAWN && chance_below(chance, 3) == 0)
		event.key = random_text(log, 2, 'k', 30);
	for (size_t i = 0; i < schema->field_count; i++) {
		if (schema->fields[i].required || chance_below(chance, 2) == 0)
			event.values[i] = random_value(log, &schema->fields[i], today);
	}
	if (schema->type == EVENT_REPORT_PUBLISHED || schema->type == EVENT_REPORT_WITHDRAWN) {
		int32_t as_of = today - 1 - (int32_t)chance_below(chance, 400);
		while (!date_ends_quarter(as_of))
			as_of--;
		event.values[0].number = as_of;
	}
	return event;
}

/* Says `events` more, in transactions of any length; rejected ones are not in the log. */
static inline void random_log_grow(struct random_log *log, size_t events)
{
	static const char *const partners[] = { "isd", "vwn", "coa" };
	struct store *store = log->store;
	while (events > 0) {
		size_t group = 1 + chance_below(log->chance, events < 9 ? events : 9);
		/* Three days on, or a little back. */
		store->now_us += random_between(
			log->chance, -US_PER_DAY / 50, (int64_t)group * 4 * US_PER_DAY / 10);
		store_begin(store);
		for (size_t i = 0; i < group; i++) {
			struct appended appended;
			struct event event = random_event(log);
			const char *partner = partners[chance_below(log->chance, 3)];
			assert_int_equal(log_append(store->log, bytes_of_string(partner), &event,
						 &store->arena, &appended),
				OK);
		}
		store_commit(store);
		events -= group;
	}
}

#endif
