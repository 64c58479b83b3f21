/*
 * engine/worklist_rows.c - see worklist_rows.h.
 */
#include "engine/worklist_rows.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "base/plain.h"

#define EVENT_ARENA_SIZE ((size_t)64 << 10) /* for one stored event */
#define NAME_BYTES       64                 /* the longest identifier */

static bool is_asked(const struct worklist *list, const struct worklist_ask *ask, uint16_t partner,
	const struct due *due)
{
	enum due_reason reason = due->reason;
	bool silent = due_silent_on(due) <= list->as_of;
	return due->partner == partner && (ask->types & due_reason_types(reason)) != 0 &&
	       worklist_sends(list, partner, reason) &&
	       ask->has_municipality(ask->context, due->municipality) &&
	       (ask->part == WORKLIST_ALL || silent == (ask->part == WORKLIST_SILENT));
}

/* ERR_NOT_FOUND: the person was erased or restricted since the list was made. */
static enum err subject_read(
	struct worklist_rows *rows, struct reader *reader, struct worklist_row *row)
{
	struct bytes subject;
	if (reader_is_restricted(reader, row->due.person))
		return ERR_NOT_FOUND;
	enum err err = reader_subject(reader, row->due.person, &subject);
	return err == OK ? arena_copy(&rows->arena, subject, &row->subject) : err;
}

/* The reference of a job or a referral is in the record of the last news, not in the row. */
static enum err ref_read(struct worklist_rows *rows, struct reader *reader, struct arena *scratch,
	struct worklist_row *row)
{
	struct record record;
	struct event event;
	if (row->due.reason != DUE_JOB_NOT_CONFIRMED && row->due.reason != DUE_REFERRAL_OPEN)
		return OK;
	arena_reset(scratch);
	enum err err = reader_record(reader, due_seq(&row->due), &record);
	if (err == OK && record.kind != RECORD_EVENT)
		return ERR_NOT_FOUND;
	if (err == OK)
		err = event_read_stored(record.body, scratch, &event);
	return err == OK ? arena_copy(&rows->arena, fact_ref_of_event(&event), &row->ref) : err;
}

static int row_compare(const void *a, const void *b)
{
	const struct worklist_row *left = a, *right = b;
	if (left->due.silent_offset != right->due.silent_offset)
		return left->due.silent_offset < right->due.silent_offset ? -1 : 1;
	int order = bytes_compare(left->subject, right->subject);
	if (order == 0)
		order = (left->due.reason > right->due.reason) -
			(left->due.reason < right->due.reason);
	return order != 0 ? order : bytes_compare(left->ref, right->ref);
}

/* Fills in the names of all rows. */
static enum err names_read(
	struct worklist_rows *rows, struct reader *reader, const atomic_bool *stop)
{
	struct arena scratch;
	enum err err = arena_init(&scratch, EVENT_ARENA_SIZE);
	if (err != OK)
		return err;
	size_t kept = 0;
	for (size_t i = 0; i < rows->count && err == OK; i++) {
		struct worklist_row row = rows->items[i];
		if (stop != NULL && *stop)
			err = ERR_STOPPED;
		if (err == OK)
			err = subject_read(rows, reader, &row);
		if (err == OK)
			err = ref_read(rows, reader, &scratch, &row);
		if (err == OK)
			rows->items[kept++] = row;
		else if (err == ERR_NOT_FOUND)
			err = OK;
	}
	rows->count = kept;
	arena_release(&scratch);
	return err;
}

enum err worklist_rows_read(const struct worklist *list, const struct worklist_ask *ask,
	struct reader *reader, const atomic_bool *stop, struct worklist_rows *out)
{
	struct worklist_rows rows = { 0 };
	uint16_t partner;
	size_t count = 0;
	enum err err = reader_partner_number(reader, ask->partner, &partner);
	if (err == ERR_NOT_FOUND) {
		/* It never sent anything. */
		*out = rows;
		return OK;
	}
	if (err != OK)
		return err;
	for (size_t i = 0; i < list->row_count; i++)
		count += is_asked(list, ask, partner, &list->rows[i]);
	if (ask->has_room != NULL && !ask->has_room(ask->owner, count))
		return ERR_FULL;
	rows.items = calloc(count + 1, sizeof(*rows.items));
	err = rows.items == NULL ? ERR_FULL
				 : arena_init(&rows.arena, (count + 1) * 2 * (NAME_BYTES + 16));
	for (size_t i = 0; i < list->row_count && err == OK; i++) {
		if (is_asked(list, ask, partner, &list->rows[i]))
			rows.items[rows.count++].due = list->rows[i];
	}
	if (err == OK)
		err = names_read(&rows, reader, stop);
	if (err != OK) {
		worklist_rows_release(&rows);
		return err;
	}
	qsort(rows.items, rows.count, sizeof(*rows.items), row_compare);
	*out = rows;
	return OK;
}

enum err worklist_rows_count(const struct worklist *list, const struct worklist_ask *ask,
	struct reader *reader, struct worklist_counts *out)
{
	struct worklist_ask all = *ask;
	uint16_t partner;
	enum err err = reader_partner_number(reader, ask->partner, &partner);
	*out = (struct worklist_counts){ .silent = { 0 } };
	all.part = WORKLIST_ALL;
	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	for (size_t i = 0; i < list->row_count; i++) {
		const struct due *due = &list->rows[i];
		if (!is_asked(list, &all, partner, due) ||
			reader_is_restricted(reader, due->person))
			continue;
		if (due_silent_on(due) <= list->as_of)
			out->silent[due->reason]++;
		else
			out->coming[due->reason]++;
	}
	return OK;
}

enum err worklist_places_read(const struct worklist *list, const struct worklist_ask *ask,
	struct reader *reader, uint16_t *places, size_t max, size_t *count)
{
	struct worklist_ask all = *ask;
	uint16_t partner;
	enum err err = reader_partner_number(reader, ask->partner, &partner);
	*count = 0;
	all.part = WORKLIST_ALL;
	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	for (size_t i = 0; i < list->row_count; i++) {
		uint16_t municipality = list->rows[i].municipality;
		size_t place = 0;
		if (list->rows[i].partner != partner ||
			!is_asked(list, &all, partner, &list->rows[i]))
			continue;
		while (place < *count && places[place] < municipality)
			place++;
		if ((place < *count && places[place] == municipality) || *count == max)
			continue;
		memmove(places + place + 1, places + place, (*count - place) * sizeof(*places));
		places[place] = municipality;
		++*count;
	}
	return OK;
}

void worklist_rows_release(struct worklist_rows *rows)
{
	free(rows->items);
	arena_release(&rows->arena);
	*rows = (struct worklist_rows){ 0 };
}

/* A row's fields as they are printed. */
struct row_text {
	char municipality[MUNICIPALITY_LENGTH + 1];
	char since[DATE_LENGTH + 1];
	char silent_on[DATE_LENGTH + 1];
	const char *reason;
	int days;
};

static struct row_text row_text(const struct worklist_row *row, int32_t as_of)
{
	struct row_text text = {
		.reason = due_reason_name((enum due_reason)row->due.reason),
		.days = as_of - due_since(&row->due),
	};
	municipality_print(row->due.municipality, text.municipality);
	date_print(due_since(&row->due), text.since);
	date_print(due_silent_on(&row->due), text.silent_on);
	return text;
}

void worklist_rows_print_json(
	const struct worklist_rows *rows, const struct worklist_head *head, struct text *out)
{
	char as_of[DATE_LENGTH + 1], known_at[INSTANT_LENGTH + 1];
	date_print(head->as_of, as_of);
	instant_print(head->known_us, known_at);
	text_printf(out, "{\"as_of\":\"%s\",\"known_at\":\"%s\",\"partner\":", as_of, known_at);
	text_add_json(out, head->partner);
	text_printf(out, ",\"total\":%zu,\"items\":[", rows->count);
	for (size_t i = 0; i < rows->count && i < head->limit; i++) {
		const struct worklist_row *row = &rows->items[i];
		struct row_text text = row_text(row, head->as_of);
		text_add_string(out, i == 0 ? "{\"subject\":" : ",{\"subject\":");
		text_add_json(out, row->subject);
		text_printf(out,
			",\"municipality\":\"%s\",\"reason\":\"%s\",\"since\":\"%s\",\"days\":%d,"
			"\"falls_silent_on\":\"%s\",\"ref\":",
			text.municipality, text.reason, text.since, text.days, text.silent_on);
		if (row->ref.length == 0)
			text_add_string(out, "null");
		else
			text_add_json(out, row->ref);
		text_add_char(out, '}');
	}
	text_add_string(out, "]}\n");
}

void worklist_rows_print_csv(
	const struct worklist_rows *rows, const struct worklist_head *head, struct text *out)
{
	text_add_string(out, "subject,municipality,reason,since,days,falls_silent_on,ref\n");
	for (size_t i = 0; i < rows->count && i < head->limit; i++) {
		const struct worklist_row *row = &rows->items[i];
		struct row_text text = row_text(row, head->as_of);
		text_add_cell(out, row->subject);
		text_printf(out, ",%s,%s,%s,%d,%s,", text.municipality, text.reason, text.since,
			text.days, text.silent_on);
		text_add_cell(out, row->ref);
		text_add_char(out, '\n');
	}
}
