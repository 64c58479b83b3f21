/*
 * store/verify_record.c - one record of a store that is verified, and what the tables have of it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "proto/fast_decode.h"
#include "store/definitions.h"
#include "store/erased.h"
#include "store/shield.h"
#include "store/verify_inside.h"

#define ARENA_SIZE ((size_t)1 << 20)

enum err verifying_init(struct verifying *verifying, struct reader *reader)
{
	*verifying = (struct verifying){ .reader = reader, .recorded_us = INT64_MIN };
	verifying->newest = calloc(UINT16_MAX + 1, sizeof(*verifying->newest));
	return verifying->newest == NULL ? ERR_FULL : arena_init(&verifying->arena, ARENA_SIZE);
}

void verifying_release(struct verifying *verifying)
{
	free(verifying->newest);
	arena_release(&verifying->arena);
}

void verify_found(struct verifying *verifying, const char *format, ...)
{
	char text[256];
	if (verifying->failed != OK)
		return;
	if (++verifying->findings > VERIFY_FINDINGS_MAX || verifying->tell == NULL)
		return;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	verifying->tell(verifying->context, text);
}

bool verify_is_wrong(struct verifying *verifying, enum err err)
{
	switch (err) {
	case OK:
		return false;
	case ERR_FULL:
	case ERR_IO:
	case ERR_STOPPED:
		if (verifying->failed == OK)
			verifying->failed = err;
		return false;
	case ERR_INVALID:
	case ERR_NOT_FOUND:
	case ERR_CONFLICT:
	case ERR_CORRUPT:
		return true;
	}
	check_failed("an error of the enum", __FILE__, __LINE__);
}

/* The subject table must lead back to the person. */
static void verify_person(
	struct verifying *verifying, const struct record *record, struct bytes subject)
{
	const struct tables *tables = &verifying->reader->at->tables;
	MDB_val key = val_of(subject.data, subject.length), val;
	uint32_t person = 0;
	enum err err = lmdb_err(mdb_get(verifying->reader->txn, tables->subjects, &key, &val));
	if (err == OK && val.mv_size == sizeof(person))
		memcpy(&person, val.mv_data, sizeof(person));
	if (verify_is_wrong(verifying, err) || (err == OK && person != record->person))
		verify_found(verifying, "record %llu: its subject has another person number",
			(unsigned long long)record->seq);
}

static void verify_withdrawal(struct verifying *verifying, const struct record *record)
{
	uint64_t by;
	if (record->withdraws == 0)
		return;
	verifying->counts.withdrawals++;
	enum err err = reader_withdrawn_by(verifying->reader, record->withdraws, &by);
	if (record->withdraws >= record->seq || verify_is_wrong(verifying, err) ||
		(err == OK && by != record->seq))
		verify_found(verifying, "record %llu: its withdrawal of %llu is not in the table",
			(unsigned long long)record->seq, (unsigned long long)record->withdraws);
}

/* The key's row must lead to this record or to a later one; verify_key_leads() says whose it is. */
static void verify_key(
	struct verifying *verifying, const struct record *record, const struct event *event)
{
	uint8_t space[IDENTITY_KEY_MAX];
	uint64_t last = 0;
	const struct reader *reader = verifying->reader;
	MDB_val key = key_key(record->partner, event->key, space);
	enum err err = OK;
	if (verifying->lag == NULL ||
		!index_lag_find(&verifying->lag->keys, bytes_of_val(&key), &last))
		err = table_get_u64(reader->txn, reader->at->tables.keys, &key, &last);
	/* The last that had it may be erased, with a later record about somebody else. */
	if (err == ERR_NOT_FOUND)
		err = erased_find(reader->txn, reader->at, ERASED_KEY, key, &last);
	bool counts = record->type != EVENT_REPORT_PUBLISHED;
	if (verify_is_wrong(verifying, err) || (err == OK && counts && last < record->seq))
		verify_found(verifying,
			"record %llu: its key does not lead to it or to a later one",
			(unsigned long long)record->seq);
}

static bool key_leads(struct verifying *verifying, struct bytes key, uint64_t seq)
{
	uint8_t space[IDENTITY_KEY_MAX];
	struct record record;
	struct record_view view;
	arena_reset(&verifying->arena);
	enum err err = reader_record(verifying->reader, seq, &record);
	if (err == OK && record.kind != RECORD_EVENT)
		return false;
	if (err == OK)
		err = reader_view(verifying->reader, &record, &verifying->arena, &view);
	if (err != OK)
		return !verify_is_wrong(verifying, err);
	MDB_val own = key_key(record.partner, view.event.key, space);
	return bytes_equal(bytes_of_val(&own), key);
}

bool verify_key_leads(struct verifying *verifying, struct bytes key, uint64_t seq)
{
	struct shield shield;
	if (sigsetjmp(shield.place, 0) != 0)
		return false;
	shield_enter(&shield);
	bool leads = key_leads(verifying, key, seq);
	shield_leave(&shield);
	return leads;
}

static void verify_withdrawn_by(
	struct verifying *verifying, const struct record *record, uint64_t seq)
{
	struct record by;
	enum err err = reader_record(verifying->reader, seq, &by);
	bool right = err == OK && seq > record->seq && by.kind == RECORD_EVENT &&
		     by.type == EVENT_REPORT_WITHDRAWN && by.municipality == record->municipality;
	if (verify_is_wrong(verifying, err) || (err == OK && !right))
		verify_found(verifying, "record %llu: what withdrew it is no ReportWithdrawn of it",
			(unsigned long long)record->seq);
}

static void verify_publication(
	struct verifying *verifying, const struct record *record, const struct event *event)
{
	struct published row;
	struct reader *reader = verifying->reader;
	verifying->counts.publications++;
	enum err err = reader_published(reader, record->municipality,
		event->values[REPORT_PUBLISHED_AS_OF].number, record->seq, &row);
	if (verify_is_wrong(verifying, err))
		verify_found(verifying, "record %llu: the table of publications does not have it",
			(unsigned long long)record->seq);
	if (err != OK)
		return;
	uint32_t definitions = 0;
	if (row.round_to != 0)
		err = definitions_at(reader->txn, &reader->at->tables, record->seq, &definitions);
	if (verify_is_wrong(verifying, err) ||
		(err == OK && row.round_to != 0 && definitions != row.definitions))
		verify_found(verifying,
			"record %llu: it is not of the set of definitions of its time",
			(unsigned long long)record->seq);
	verifying->counts.withdrawn += row.withdrawn_by != 0;
	if (row.withdrawn_by != 0)
		verify_withdrawn_by(verifying, record, row.withdrawn_by);
}

/* The identity must lead to the record. One in the index lag may be in the table as well. */
static void verify_identity(
	struct verifying *verifying, const struct record *record, struct bytes id)
{
	const struct reader *reader = verifying->reader;
	uint8_t space[IDENTITY_KEY_MAX];
	uint64_t in_lag = 0, in_table = 0;
	MDB_val key = identity_key(record->partner, id, space);
	enum err err = table_get_u64(reader->txn, reader->at->tables.identity, &key, &in_table);
	bool lags = verifying->lag != NULL &&
		    index_lag_find(&verifying->lag->ids, bytes_of_val(&key), &in_lag);
	verifying->counts.identities += err == OK;
	bool absent = verify_is_wrong(verifying, err);
	if ((lags && in_lag != record->seq) || (!lags && absent) ||
		(err == OK && in_table != record->seq))
		verify_found(verifying, "record %llu: the identity index does not lead to it",
			(unsigned long long)record->seq);
}

/* An act is about a person when it restricts one. */
static void verify_act(
	struct verifying *verifying, const struct record *record, const struct record_view *view)
{
	if ((record->person != 0) != (record->act != LOG_ACT_ERASED) || record->withdraws != 0)
		verify_found(verifying, "record %llu: header and act do not agree",
			(unsigned long long)record->seq);
	for (size_t i = 0; i < view->act.seq_count; i++) {
		struct record erased;
		enum err err = reader_record(verifying->reader, view->act.seqs[i], &erased);
		if (view->act.seqs[i] >= record->seq || verify_is_wrong(verifying, err) ||
			(err == OK && erased.kind != RECORD_TOMBSTONE))
			verify_found(verifying,
				"record %llu says that %llu is erased, which it is not",
				(unsigned long long)record->seq,
				(unsigned long long)view->act.seqs[i]);
	}
}

static void verify_event(
	struct verifying *verifying, const struct record *record, const struct record_view *view)
{
	const struct schema *schema = schema_of(view->event.type);
	if (view->event.type != record->type || schema->about_person != (record->person != 0))
		verify_found(verifying, "record %llu: header and event do not agree",
			(unsigned long long)record->seq);
	verify_identity(verifying, record, view->event.id);
	if (view->event.key.length > 0)
		verify_key(verifying, record, &view->event);
	if (record->type == EVENT_REPORT_PUBLISHED)
		verify_publication(verifying, record, &view->event);
	verifying->counts.reports_withdrawn += record->type == EVENT_REPORT_WITHDRAWN;
}

static void record_verify(struct verifying *verifying, const struct record *record)
{
	struct record_view view;
	unsigned long long seq = record->seq;
	if (record->recorded_us <= verifying->recorded_us)
		verify_found(verifying, "record %llu: recorded_at does not grow", seq);
	verifying->recorded_us = record->recorded_us;
	verify_withdrawal(verifying, record);
	if (record->kind == RECORD_TOMBSTONE) {
		verifying->counts.tombstones += !record->nameless;
		return;
	}
	verifying->newest[record->partner] = record->seq;
	arena_reset(&verifying->arena);
	enum err err = reader_view(verifying->reader, record, &verifying->arena, &view);
	if (verify_is_wrong(verifying, err))
		verify_found(verifying, "record %llu: its event cannot be read", seq);
	if (err != OK)
		return;
	if (record->kind == RECORD_ACT)
		verify_act(verifying, record, &view);
	else
		verify_event(verifying, record, &view);
	if (record->person != 0)
		verify_person(verifying, record, view.event.subject);
}

static enum err shielded(struct verifying *verifying, const struct record *record)
{
	record_verify(verifying, record);
	return OK;
}

/* The view goes on after that: of what was read nothing stays, and nothing is written. */
static enum err record_shield(struct verifying *verifying, const struct record *record)
{
	SHIELD_RETURN(verifying->reader->log, shielded(verifying, record));
}

void verify_record(struct verifying *verifying, const struct record *record)
{
	if (record_shield(verifying, record) != OK)
		verify_found(verifying,
			"record %llu: a page of the tables is damaged that has something of it",
			(unsigned long long)record->seq);
}
