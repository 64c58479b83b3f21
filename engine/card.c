/*
 * engine/card.c - see card.h.
 */
#include "engine/card.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "engine/fold.h"

#define DELAY_MIN (-1)  /* occurred_on may be the day after recorded_at */
#define DELAYS    20000 /* days: since 1990, until 2044; longer ones count as that */

/* What is counted while records are read. */
struct card_scan {
	uint16_t partner;
	int32_t as_of;
	int64_t quality_after_us;
	struct card *card;
	uint64_t first_reports;
	uint32_t delays[DELAYS];
	/* Was there a record of the type so many days before as_of? */
	bool days[EVENT_TYPE_MAX + 1][CARD_HABIT_DAYS + 1];
};

static void record_take(struct card_scan *scan, const struct record *record)
{
	if (!record_counts(record) || record->partner != scan->partner)
		return;
	int32_t day = zone_day(record->recorded_us), ago = scan->as_of - day;
	struct card_type *type = &scan->card->types[record->type];
	type->records++;
	if (ago >= 0 && ago <= CARD_HABIT_DAYS)
		scan->days[record->type][ago] = true;
	if (record->recorded_us <= scan->quality_after_us)
		return;
	scan->card->records++;
	if (record->correction) {
		scan->card->corrections++;
		return;
	}
	int64_t at = (int64_t)day - record->day - DELAY_MIN;
	scan->first_reports++;
	scan->delays[at < 0 ? 0 : at >= DELAYS ? DELAYS - 1 : at]++;
}

static enum err records_take(
	struct card_scan *scan, const struct card_ask *ask, struct reader *reader, int64_t after_us)
{
	uint64_t seq = 0;
	enum err err = reader_seq_at(reader, after_us, &seq);
	while (err == OK && seq < ask->seq) {
		struct record record;
		seq++;
		if (atomic_load(ask->stop))
			err = ERR_STOPPED;
		else if (seq % RECORDS_OF_A_VIEW == 0)
			err = reader_renew(reader);
		if (err == OK)
			err = reader_next(reader, seq, &record);
		if (err == OK)
			record_take(scan, &record);
	}
	return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

/* The nearest rank, `tenths` of ten. */
static int32_t delay_at(const struct card_scan *scan, uint64_t tenths)
{
	uint64_t rank = (scan->first_reports * tenths + 9) / 10, below = 0;
	int32_t at = 0;
	while (at + 1 < DELAYS && below + scan->delays[at] < rank)
		below += scan->delays[at++];
	return at + DELAY_MIN;
}

static void habit_find(const bool *days, struct card_type *type)
{
	uint32_t gaps[CARD_HABIT_DAYS + 1] = { 0 }, gap_count = 0;
	int32_t before = -1; /* how many days ago the day after it was */
	type->usual_days = -1;
	type->days_since = -1;
	for (int32_t ago = 0; ago <= CARD_HABIT_DAYS; ago++) {
		if (!days[ago])
			continue;
		if (before < 0)
			type->days_since = ago;
		else
			gap_count++, gaps[ago - before]++;
		before = ago;
	}
	if (gap_count < CARD_HABIT_GAPS)
		return;
	uint32_t rank = (gap_count * 9 + 9) / 10, below = 0;
	for (type->usual_days = 0; below + gaps[type->usual_days] < rank; type->usual_days++)
		below += gaps[type->usual_days];
	type->is_late = type->days_since > type->usual_days;
}

static void scan_end(const struct card_scan *scan)
{
	struct card *card = scan->card;
	if (scan->first_reports > 0) {
		card->delay_p50_days = delay_at(scan, 5);
		card->delay_p90_days = delay_at(scan, 9);
	}
	for (size_t i = 0; i <= EVENT_TYPE_MAX; i++) {
		struct card_type *type = &card->types[i];
		if (type->records == 0)
			continue;
		habit_find(scan->days[i], type);
		type->last_on = card->as_of - type->days_since;
	}
}

/* The records, which say how the partner reports. */
static enum err reports_read(
	const struct card_ask *ask, struct reader *reader, uint16_t partner, struct card *card)
{
	struct card_scan *scan = calloc(1, sizeof(*scan));
	if (scan == NULL)
		return ERR_FULL;
	scan->partner = partner;
	scan->as_of = ask->as_of;
	scan->quality_after_us = ask->known_us - QUALITY_WINDOW_US;
	scan->card = card;
	enum err err = records_take(
		scan, ask, reader, zone_day_first_us(ask->as_of - CARD_HABIT_DAYS) - 1);
	if (err == OK)
		scan_end(scan);
	free(scan);
	return err;
}

enum err card_read(const struct card_ask *ask, struct reader *reader, struct card *out)
{
	uint16_t partner;
	*out = (struct card){ .as_of = ask->as_of, .known_us = ask->known_us };
	enum err err = reader_partner_number(reader, ask->rows.partner, &partner);
	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	err = reports_read(ask, reader, partner, out);
	if (err == OK)
		err = worklist_rows_count(ask->list, &ask->rows, reader, &out->due);
	if (err == OK)
		err = contradictions_count(ask->histories, partner, ask->stop, out->contradictions);
	return err;
}

static void outcome_print(const struct card_outcome *outcome, struct text *out)
{
	char instant[INSTANT_LENGTH + 1];
	const char *between = "";
	instant_print(outcome->since_us, instant);
	text_printf(out,
		"\"since\":\"%s\",\"accepted\":%llu,\"duplicates\":%llu,\"rejected\":%llu,",
		instant, (unsigned long long)outcome->accepted,
		(unsigned long long)outcome->duplicates, (unsigned long long)outcome->rejected);
	text_add_string(out, "\"rejected_by_code\":{");
	for (size_t i = 0; i < REJECTION_CODE_COUNT; i++) {
		if (outcome->codes[i] == 0)
			continue;
		text_printf(out, "%s\"%s\":%llu", between,
			rejection_code_name((enum rejection_code)i),
			(unsigned long long)outcome->codes[i]);
		between = ",";
	}
	text_add_string(out, "},\"last_rejected\":[");
	for (size_t i = 0; i < outcome->last_count; i++) {
		const struct card_rejected *one = &outcome->last[i];
		instant_print(one->at_us, instant);
		text_printf(out, "%s{\"at\":\"%s\",\"index\":%llu,\"code\":\"%s\",\"id\":",
			i == 0 ? "" : ",", instant, (unsigned long long)one->index,
			rejection_code_name(one->code));
		if (one->id[0] == '\0')
			text_add_string(out, "null");
		else
			text_add_json(out, bytes_of_string(one->id));
		text_add_char(out, '}');
	}
	text_add_char(out, ']');
}

/* A number, or null. */
static void number_print(struct text *out, const char *name, bool is_known, int64_t value)
{
	text_printf(out, ",\"%s\":", name);
	if (is_known)
		text_add_integer(out, value);
	else
		text_add_string(out, "null");
}

static void reports_print(const struct card *card, struct text *out)
{
	bool has_first = card->records > card->corrections;
	text_printf(out, ",\"reports\":{\"days\":91,\"records\":%llu,\"corrections\":%llu",
		(unsigned long long)card->records, (unsigned long long)card->corrections);
	text_add_string(out, ",\"corrections_share\":");
	if (card->records == 0)
		text_add_string(out, "null");
	else
		text_printf(out, "%.6g", (double)card->corrections / (double)card->records);
	number_print(out, "delay_p50_days", has_first, card->delay_p50_days);
	number_print(out, "delay_p90_days", has_first, card->delay_p90_days);
	text_add_char(out, '}');
}

static void types_print(const struct card *card, struct text *out)
{
	const char *between = "";
	size_t count;
	const struct schema *schemas = schema_all(&count);
	text_add_string(out, ",\"types\":[");
	for (size_t i = 0; i < count; i++) {
		const struct card_type *type = &card->types[schemas[i].type];
		char day[DATE_LENGTH + 1];
		if (type->records == 0)
			continue;
		date_print(type->last_on, day);
		text_printf(out, "%s{\"type\":\"%s\",\"records\":%llu,\"last_on\":\"%s\"", between,
			schemas[i].key, (unsigned long long)type->records, day);
		number_print(out, "days_since", true, type->days_since);
		number_print(out, "usual_days", type->usual_days >= 0, type->usual_days);
		text_printf(out, ",\"late\":%s}", type->is_late ? "true" : "false");
		between = ",";
	}
	text_add_char(out, ']');
}

void card_print_json(const struct card *card, const struct card_outcome *outcome,
	struct bytes partner, struct text *out)
{
	char day[DATE_LENGTH + 1], instant[INSTANT_LENGTH + 1];
	date_print(card->as_of, day);
	instant_print(card->known_us, instant);
	text_printf(out, "{\"as_of\":\"%s\",\"known_at\":\"%s\",\"partner\":", day, instant);
	text_add_json(out, partner);
	text_add_char(out, ',');
	outcome_print(outcome, out);
	reports_print(card, out);
	types_print(card, out);
	text_add_string(out, ",\"news\":[");
	for (size_t i = 0; i < DUE_REASON_COUNT; i++)
		text_printf(out, "%s{\"reason\":\"%s\",\"silent\":%llu,\"coming\":%llu}",
			i == 0 ? "" : ",", due_reason_name((enum due_reason)i),
			(unsigned long long)card->due.silent[i],
			(unsigned long long)card->due.coming[i]);
	text_add_string(out, "],\"contradictions\":[");
	for (size_t i = 0; i < CONTRADICTION_COUNT; i++)
		text_printf(out, "%s{\"kind\":\"%s\",\"persons\":%llu}", i == 0 ? "" : ",",
			contradiction_name((enum contradiction)i),
			(unsigned long long)card->contradictions[i]);
	text_add_string(out, "]}\n");
}
