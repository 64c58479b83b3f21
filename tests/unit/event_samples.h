/*
 * tests/unit/event_samples.h - a right event of every type, and events compared.
 */
#ifndef TESTS_UNIT_EVENT_SAMPLES_H
#define TESTS_UNIT_EVENT_SAMPLES_H

#include "base/check.h"
#include "base/date.h"
#include "proto/codec.h"

/* 2024-10-04, which is today for what the samples say. */
#define SAMPLE_TODAY 20000

static const struct event_rules sample_rules = { .today = SAMPLE_TODAY };

enum sample {
	SAMPLE_REQUIRED, /* the fields that must be there, and the least values */
	SAMPLE_ALL,      /* all fields, and the largest values */
};

static inline struct value value_sample(const struct field *field, enum sample sample)
{
	struct value value = { .present = true };
	switch (field->kind) {
	case FIELD_INTEGER:
		value.number = sample == SAMPLE_ALL ? field->max : field->min;
		if (value.number == 9999) /* a birth year, which ends at this year */
			value.number = civil_from_day(SAMPLE_TODAY).year;
		break;
	case FIELD_BOOL:
		value.number = sample == SAMPLE_ALL;
		break;
	case FIELD_ENUM:
		value.number = sample == SAMPLE_ALL ? field->enumeration->count : 1;
		break;
	case FIELD_ENUM_SET:
		value.number = sample == SAMPLE_ALL ? (2 << field->enumeration->count) - 2 : 1 << 3;
		break;
	case FIELD_IDENTIFIER:
		value.text = bytes_of_string(sample == SAMPLE_ALL
						     ? "0123456789.abcdefghij_KLMNOPQRST:uvwxyz-"
						       "0123456789.ABCDEFGHIJ_kl"
						     : "r");
		break;
	case FIELD_DATE: /* as_of, the last day of a quarter; until */
		value.number = day_from_civil((struct civil){ 2024, 9, 30 });
		break;
	}
	return value;
}

static inline struct event event_sample(const struct schema *schema, enum sample sample)
{
	struct event event = {
		.type = schema->type,
		.day = sample == SAMPLE_ALL ? SAMPLE_TODAY + 1 : 7305,
		.municipality = sample == SAMPLE_ALL ? 9999 : 0,
		.id = bytes_of_string(
			sample == SAMPLE_ALL ? "0191f0c5-7b1e-7cc0-8000-0123456789ab" : "e"),
	};
	bool retracts = schema->type == EVENT_EVENT_RETRACTED;
	bool agrees = schema->type == EVENT_AGREEMENT_MADE;
	bool has_key = !retracts && schema->type != EVENT_REPORT_PUBLISHED &&
		       schema->type != EVENT_REPORT_WITHDRAWN;
	if (sample == SAMPLE_ALL && has_key)
		event.key = bytes_of_string("row-1");
	if (schema->about_person)
		event.subject = bytes_of_string("p1");
	for (size_t i = 0; i < schema->field_count; i++) {
		/* EventRetracted has one target, by id or by key. */
		bool there = retracts ? (i == 1) == (sample == SAMPLE_ALL)
				      : sample == SAMPLE_ALL || schema->fields[i].required;
		if (there)
			event.values[i] = value_sample(&schema->fields[i], sample);
	}
	/* Of a figure that has a rung and no share, when it has all fields. */
	if (agrees && sample == SAMPLE_ALL) {
		event.values[AGREEMENT_MADE_FIGURE].number = AGREED_FIGURE_RUNG_HALF_TIME;
		event.values[AGREEMENT_MADE_BY].number =
			day_from_civil((struct civil){ 2024, 12, 31 });
	}
	return event;
}

static inline bool events_equal(const struct event *a, const struct event *b)
{
	bool equal = a->type == b->type && a->day == b->day && a->municipality == b->municipality &&
		     bytes_equal(a->id, b->id) && bytes_equal(a->key, b->key) &&
		     bytes_equal(a->subject, b->subject);
	for (size_t i = 0; i < EVENT_VALUES_MAX; i++) {
		const struct value *x = &a->values[i], *y = &b->values[i];
		equal = equal && x->present == y->present && x->number == y->number &&
			bytes_equal(x->text, y->text);
	}
	return equal;
}

#endif
