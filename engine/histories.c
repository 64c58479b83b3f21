/*
 * engine/histories.c - see histories.h.
 */
#include "engine/histories.h"

#include <stdlib.h>

#include "base/check.h"
#include "proto/glance.h"

#define ARENA_SIZE ((size_t)64 << 10) /* for one stored event */

enum err histories_init(struct histories *histories)
{
	*histories = (struct histories){ 0 };
	return arena_init(&histories->arena, ARENA_SIZE);
}

void histories_release(struct histories *histories)
{
	for (uint32_t i = 0; i < histories->people_count; i++)
		free(histories->people[i].facts);
	free(histories->people);
	names_release(&histories->refs);
	names_release(&histories->partners);
	arena_release(&histories->arena);
	*histories = (struct histories){ 0 };
}

static enum err person_reserve(struct histories *histories, uint32_t person)
{
	if (person >= histories->people_size) {
		uint32_t size = histories->people_size + histories->people_size / 2 + 64;
		if (size <= person)
			size = person + 1;
		struct history *people = realloc(histories->people, size * sizeof(*people));
		if (people == NULL)
			return ERR_FULL;
		histories->people = people;
		histories->people_size = size;
	}
	while (histories->people_count <= person)
		histories->people[histories->people_count++] = (struct history){ 0 };
	return OK;
}

/* Makes sure that the names of partners up to `partner` are known. */
static enum err partner_reserve(
	struct histories *histories, struct reader *reader, uint16_t partner)
{
	while (histories->partners.count < partner) {
		struct bytes name;
		int32_t number;
		uint16_t next = (uint16_t)(histories->partners.count + 1);
		enum err err = reader_partner(reader, next, &name);
		if (err == OK)
			err = names_number(&histories->partners, name, &number);
		if (err != OK)
			return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
		if (number != next)
			return ERR_CORRUPT;
	}
	return OK;
}

/* By day, class and partner; 0: the ids decide. */
static int fact_compare(const struct names *partners, const struct fact *a, const struct fact *b)
{
	if (a->day_offset != b->day_offset)
		return a->day_offset < b->day_offset ? -1 : 1;
	int class_a = fact_class(a->type), class_b = fact_class(b->type);
	if (class_a != class_b)
		return class_a - class_b;
	if (a->partner == b->partner)
		return 0;
	return bytes_compare(names_text(partners, a->partner), names_text(partners, b->partner));
}

static enum err history_add(
	struct histories *histories, struct history *history, const struct fact *fact)
{
	if (history->count == history->size) {
		uint32_t size = history->size + history->size / 4 + 4;
		struct fact *facts = realloc(history->facts, size * sizeof(*facts));
		if (facts == NULL)
			return ERR_FULL;
		history->facts = facts;
		history->size = size;
	}
	if (history->count > 0 &&
		fact_compare(&histories->partners, &history->facts[history->count - 1], fact) >= 0)
		history->unsorted = true;
	history->facts[history->count++] = *fact;
	if (history->count > histories->longest)
		histories->longest = history->count;
	histories->fact_count++;
	return OK;
}

static enum err change(struct histories *histories, uint32_t person)
{
	return histories->before_change == NULL
		       ? OK
		       : histories->before_change(histories->context, person);
}

/* Takes the event with `seq` out of the histories, if it is there. */
static enum err withdraw(struct histories *histories, struct reader *reader, uint64_t seq)
{
	struct record record;
	enum err err = reader_record(reader, seq, &record);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	if (record.person >= histories->people_count)
		return OK;
	uint32_t person = record.person;
	struct history *history = &histories->people[person];
	for (uint32_t i = 0; i < history->count; i++) {
		if (fact_seq(&history->facts[i]) != seq)
			continue;
		err = change(histories, person);
		if (err != OK)
			return err;
		history->count--;
		histories->fact_count--;
		memmove(history->facts + i, history->facts + i + 1,
			(history->count - i) * sizeof(*history->facts));
		return OK;
	}
	return OK;
}

/* What a record says; it borrows from the record or the arena. */
static enum err event_of_record(
	struct histories *histories, const struct record *record, struct event *out)
{
	if (event_glance(record->body, out))
		return OK;
	arena_reset(&histories->arena);
	return event_read_stored(record->body, &histories->arena, out);
}

/* Adds what a record says, which nothing has withdrawn. `record->body` is read first. */
static enum err apply(
	struct histories *histories, struct reader *reader, const struct record *record)
{
	struct event event;
	int32_t ref;
	enum err err = event_of_record(histories, record, &event);
	if (err != OK)
		return err;
	event.day = record->day;
	event.municipality = record->municipality;
	if (event.type == EVENT_EVENT_RETRACTED || event.type == EVENT_REPORT_PUBLISHED)
		return OK;
	err = names_number(&histories->refs, fact_ref_of_event(&event), &ref);
	if (err == OK)
		err = partner_reserve(histories, reader, record->partner);
	if (err == OK)
		err = person_reserve(histories, record->person);
	if (err == OK)
		err = change(histories, record->person);
	if (err != OK)
		return err;
	struct fact fact = fact_of_event(&event, record->seq, record->partner, ref);
	return history_add(histories, &histories->people[record->person], &fact);
}

enum err histories_follow(
	struct histories *histories, struct reader *reader, uint64_t seq_to, uint64_t records_max)
{
	uint64_t withdrawn = 0, by = 0; /* the next withdrawn seq at or after the current one */
	for (uint64_t done = 0; histories->applied_seq < seq_to && done < records_max; done++) {
		uint64_t seq = histories->applied_seq + 1;
		struct record record;
		enum err err = OK;
		if (withdrawn < seq)
			err = reader_withdrawal_from(reader, seq, &withdrawn, &by);
		if (err == ERR_NOT_FOUND)
			withdrawn = UINT64_MAX;
		else if (err != OK)
			return err;
		err = reader_next(reader, seq, &record);
		if (err != OK)
			return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
		uint64_t target = record.withdraws;
		if (withdrawn != seq || by > seq_to)
			err = apply(histories, reader, &record);
		if (err == OK && target != 0)
			err = withdraw(histories, reader, target);
		if (err != OK)
			return err;
		histories->applied_seq = seq;
	}
	return OK;
}

/* The id of the event at `seq`, in the arena. */
static enum err id_of(
	struct histories *histories, struct reader *reader, uint64_t seq, struct bytes *out)
{
	struct record record;
	struct event event;
	enum err err = reader_record(reader, seq, &record);
	if (err == OK)
		err = event_read_stored(record.body, &histories->arena, &event);
	if (err == OK)
		err = arena_copy(&histories->arena, event.id, out);
	return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

struct sorting {
	struct histories *histories;
	struct reader *reader;
	enum err err;
};

static int sort_compare(const void *a, const void *b, void *context)
{
	struct sorting *sorting = context;
	const struct fact *left = a, *right = b;
	int order = fact_compare(&sorting->histories->partners, left, right);
	if (order != 0 || sorting->err != OK)
		return order;
	struct bytes id_left, id_right;
	arena_reset(&sorting->histories->arena);
	sorting->err = id_of(sorting->histories, sorting->reader, fact_seq(left), &id_left);
	if (sorting->err == OK)
		sorting->err =
			id_of(sorting->histories, sorting->reader, fact_seq(right), &id_right);
	return sorting->err == OK ? bytes_compare(id_left, id_right) : 0;
}

enum err histories_sort(struct histories *histories, struct reader *reader, uint32_t person)
{
	struct history *history = &histories->people[person];
	if (!history->unsorted)
		return OK;
	struct sorting sorting = { histories, reader, OK };
	qsort_r(history->facts, history->count, sizeof(*history->facts), sort_compare, &sorting);
	if (sorting.err == OK)
		history->unsorted = false;
	return sorting.err;
}
