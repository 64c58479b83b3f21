/*
 * store/verify.c - holds every table of a store against its log.
 *
 * One walk over the log looks up in the tables what each record must have there; then the
 * tables' rows are counted, so that a row too many is found as well.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "store/definitions.h"
#include "store/erased.h"
#include "store/newest.h"
#include "store/reader_inside.h"

#define FINDINGS_MAX 100 /* told; the rest are counted */

struct verifying {
	struct reader *reader;
	struct arena arena;
	void (*tell)(void *context, const char *finding);
	void *context;
	uint64_t findings;
	uint64_t records;
	uint64_t identities; /* of records, in the table */
	uint64_t withdrawals;
	uint64_t publications;
	uint64_t withdrawn;         /* publications */
	uint64_t reports_withdrawn; /* records */
	uint64_t tombstones;        /* of records that had an id */
	int64_t recorded_us;
	uint64_t *newest; /* by partner: the seq of its last record so far */
};

static void found(struct verifying *verifying, const char *format, ...) PRINTF_LIKE(2, 3);

static void found(struct verifying *verifying, const char *format, ...)
{
	char text[256];
	if (++verifying->findings > FINDINGS_MAX)
		return;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	verifying->tell(verifying->context, text);
}

static size_t table_entries(struct reader *reader, MDB_dbi table)
{
	MDB_stat stat;
	return mdb_stat(reader->txn, table, &stat) == 0 ? stat.ms_entries : 0;
}

/* The subject table must lead back to the person. */
static void verify_person(
	struct verifying *verifying, const struct record *record, struct bytes subject)
{
	const struct tables *tables = &verifying->reader->at->tables;
	MDB_val key = val_of(subject.data, subject.length), val;
	uint32_t person = 0;
	int code = mdb_get(verifying->reader->txn, tables->subjects, &key, &val);
	if (code == 0 && val.mv_size == sizeof(person))
		memcpy(&person, val.mv_data, sizeof(person));
	if (person != record->person)
		found(verifying, "record %llu: its subject has another person number",
			(unsigned long long)record->seq);
}

static void verify_withdrawal(struct verifying *verifying, const struct record *record)
{
	uint64_t by;
	if (record->withdraws == 0)
		return;
	verifying->withdrawals++;
	if (record->withdraws >= record->seq ||
		reader_withdrawn_by(verifying->reader, record->withdraws, &by) != OK ||
		by != record->seq)
		found(verifying, "record %llu: its withdrawal of %llu is not in the table",
			(unsigned long long)record->seq, (unsigned long long)record->withdraws);
}

/* The value of a key: in the index lag, or else in the table. */
static enum err value_of(const struct reader *reader, const struct lag_table *lag, MDB_dbi table,
	MDB_val key, uint64_t *out)
{
	if (index_lag_find(lag, bytes_of_val(&key), out))
		return OK;
	return table_get_u64(reader->txn, table, &key, out);
}

/* The key's row must lead to this record or to a later one; verify_keys() looks whose it is. */
static void verify_key(
	struct verifying *verifying, const struct record *record, const struct event *event)
{
	uint8_t space[IDENTITY_KEY_MAX];
	uint64_t last;
	MDB_val key = key_key(record->partner, event->key, space);
	struct reader *reader = verifying->reader;
	enum err err = value_of(reader, &reader->lag->keys, reader->at->tables.keys, key, &last);
	bool counts = record->type != EVENT_REPORT_PUBLISHED;
	if (err != OK || (counts && last < record->seq))
		found(verifying, "record %llu: its key does not lead to it or to a later one",
			(unsigned long long)record->seq);
}

static void verify_publication(
	struct verifying *verifying, const struct record *record, const struct event *event)
{
	struct published row;
	struct reader *reader = verifying->reader;
	verifying->publications++;
	if (reader_published(reader, record->municipality,
		    event->values[REPORT_PUBLISHED_AS_OF].number, record->seq, &row) != OK) {
		found(verifying, "record %llu: the table of publications does not have it",
			(unsigned long long)record->seq);
		return;
	}
	uint32_t definitions = 0;
	if (row.round_to != 0 && (definitions_at(reader->txn, &reader->at->tables, record->seq,
					  &definitions) != OK ||
					 definitions != row.definitions))
		found(verifying, "record %llu: it is not of the set of definitions of its time",
			(unsigned long long)record->seq);
	struct record by;
	if (row.withdrawn_by != 0 &&
		(row.withdrawn_by <= record->seq ||
			reader_record(reader, row.withdrawn_by, &by) != OK ||
			by.kind != RECORD_EVENT || by.type != EVENT_REPORT_WITHDRAWN ||
			by.municipality != record->municipality))
		found(verifying, "record %llu: what withdrew it is no ReportWithdrawn of it",
			(unsigned long long)record->seq);
	verifying->withdrawn += row.withdrawn_by != 0;
}

/* Every row of the keys must lead to a record of that partner with that key. */
static void verify_keys(struct verifying *verifying)
{
	struct reader *reader = verifying->reader;
	MDB_cursor *cursor;
	MDB_val key, val;
	if (mdb_cursor_open(reader->txn, reader->at->tables.keys, &cursor) != 0) {
		found(verifying, "the table of keys cannot be read");
		return;
	}
	while (mdb_cursor_get(cursor, &key, &val, MDB_NEXT) == 0) {
		uint8_t space[IDENTITY_KEY_MAX];
		uint64_t seq = 0;
		struct record record;
		struct record_view view;
		bool right = val.mv_size == sizeof(seq);
		if (right)
			memcpy(&seq, val.mv_data, sizeof(seq));
		/* 0: only a ReportPublished used it. */
		if (right && seq == 0)
			continue;
		arena_reset(&verifying->arena);
		right = right && reader_record(reader, seq, &record) == OK &&
			record.kind == RECORD_EVENT &&
			reader_view(reader, &record, &verifying->arena, &view) == OK;
		if (right) {
			MDB_val own = key_key(record.partner, view.event.key, space);
			right = bytes_equal(bytes_of_val(&own), bytes_of_val(&key));
		}
		if (!right)
			found(verifying, "a row of the keys leads to record %llu, which is not its",
				(unsigned long long)seq);
	}
	mdb_cursor_close(cursor);
}

/* The identity must lead to the record. One in the index lag may be in the table as well. */
static void verify_identity(
	struct verifying *verifying, const struct record *record, struct bytes id)
{
	const struct reader *reader = verifying->reader;
	uint8_t space[IDENTITY_KEY_MAX];
	uint64_t first = 0, in_table = 0;
	MDB_val key = identity_key(record->partner, id, space);
	MDB_dbi table = reader->at->tables.identity;
	enum err err = table_get_u64(reader->txn, table, &key, &in_table);
	verifying->identities += err == OK;
	if (value_of(reader, &reader->lag->ids, table, key, &first) != OK || first != record->seq ||
		(err == OK && in_table != record->seq))
		found(verifying, "record %llu: the identity index does not lead to it",
			(unsigned long long)record->seq);
}

/* What is noted of each partner's newest record: it may be one that is in the log no more. */
static void verify_newest(struct verifying *verifying)
{
	const struct reader *reader = verifying->reader;
	uint64_t format = 0;
	MDB_val key = val_of_string("format");
	if (table_get_u64(reader->txn, reader->at->tables.meta, &key, &format) != OK || format < 3)
		return;
	for (uint32_t partner = 1; partner <= UINT16_MAX; partner++) {
		struct newest row = { 0 };
		if (verifying->newest[partner] == 0)
			continue;
		if (newest_get(reader->txn, &reader->at->tables, (uint16_t)partner, &row) != OK ||
			row.seq < verifying->newest[partner])
			found(verifying,
				"record %llu is the newest of its partner, which is not noted",
				(unsigned long long)verifying->newest[partner]);
	}
}

/* An act is about a person when it restricts one. */
static void verify_act(
	struct verifying *verifying, const struct record *record, const struct record_view *view)
{
	if ((record->person != 0) != (record->act != LOG_ACT_ERASED) || record->withdraws != 0)
		found(verifying, "record %llu: header and act do not agree",
			(unsigned long long)record->seq);
	for (size_t i = 0; i < view->act.seq_count; i++) {
		struct record erased;
		if (view->act.seqs[i] >= record->seq ||
			reader_record(verifying->reader, view->act.seqs[i], &erased) != OK ||
			erased.kind != RECORD_TOMBSTONE)
			found(verifying, "record %llu says that %llu is erased, which it is not",
				(unsigned long long)record->seq,
				(unsigned long long)view->act.seqs[i]);
	}
}

/* Every row of what was erased must lead to a tombstone. */
static void verify_erased(struct verifying *verifying)
{
	struct reader *reader = verifying->reader;
	MDB_cursor *cursor;
	MDB_val key, val;
	uint64_t identities = 0;
	if (reader->at->tables.erased == TABLE_ABSENT)
		return;
	if (mdb_cursor_open(reader->txn, reader->at->tables.erased, &cursor) != 0) {
		found(verifying, "the table of what was erased cannot be read");
		return;
	}
	while (mdb_cursor_get(cursor, &key, &val, MDB_NEXT) == 0) {
		struct erased_row row = { 0 };
		struct record record;
		if (erased_read(&key, &val, &row) != OK ||
			reader_record(reader, row.seq, &record) != OK ||
			record.kind != RECORD_TOMBSTONE)
			found(verifying,
				"a row of what was erased leads to record %llu, which is "
				"no tombstone",
				(unsigned long long)row.seq);
		identities += row.kind == ERASED_IDENTITY;
	}
	mdb_cursor_close(cursor);
	if (identities != verifying->tombstones)
		found(verifying, "%llu identities were erased, of %llu tombstones",
			(unsigned long long)identities, (unsigned long long)verifying->tombstones);
}

/* Every row of who is restricted must lead to the act. */
static void verify_restricted(struct verifying *verifying)
{
	struct reader *reader = verifying->reader;
	MDB_cursor *cursor;
	MDB_val key, val;
	if (reader->at->tables.restricted == TABLE_ABSENT)
		return;
	if (mdb_cursor_open(reader->txn, reader->at->tables.restricted, &cursor) != 0) {
		found(verifying, "the table of who is restricted cannot be read");
		return;
	}
	while (mdb_cursor_get(cursor, &key, &val, MDB_NEXT) == 0) {
		uint32_t person = 0;
		uint64_t seq = 0;
		struct record record;
		if (key.mv_size == sizeof(person))
			memcpy(&person, key.mv_data, sizeof(person));
		if (val.mv_size == sizeof(seq))
			memcpy(&seq, val.mv_data, sizeof(seq));
		if (reader_record(reader, seq, &record) != OK || record.kind != RECORD_ACT ||
			record.act != LOG_ACT_RESTRICTED || record.person != person)
			found(verifying,
				"a row of who is restricted leads to record %llu, which "
				"is not its act",
				(unsigned long long)seq);
	}
	mdb_cursor_close(cursor);
}

static void verify_event(
	struct verifying *verifying, const struct record *record, const struct record_view *view)
{
	const struct schema *schema = schema_of(view->event.type);
	if (view->event.type != record->type || schema->about_person != (record->person != 0))
		found(verifying, "record %llu: header and event do not agree",
			(unsigned long long)record->seq);
	verify_identity(verifying, record, view->event.id);
	if (view->event.key.length > 0)
		verify_key(verifying, record, &view->event);
	if (record->type == EVENT_REPORT_PUBLISHED)
		verify_publication(verifying, record, &view->event);
	verifying->reports_withdrawn += record->type == EVENT_REPORT_WITHDRAWN;
}

static void verify_record(struct verifying *verifying, const struct record *record)
{
	struct record_view view;
	unsigned long long seq = record->seq;
	if (record->recorded_us <= verifying->recorded_us)
		found(verifying, "record %llu: recorded_at does not grow", seq);
	verifying->recorded_us = record->recorded_us;
	verify_withdrawal(verifying, record);
	if (record->kind == RECORD_TOMBSTONE) {
		verifying->tombstones += !record->nameless;
		return;
	}
	verifying->newest[record->partner] = record->seq;
	arena_reset(&verifying->arena);
	if (reader_view(verifying->reader, record, &verifying->arena, &view) != OK) {
		found(verifying, "record %llu: its event cannot be read", seq);
		return;
	}
	if (record->kind == RECORD_ACT)
		verify_act(verifying, record, &view);
	else
		verify_event(verifying, record, &view);
	if (record->person != 0)
		verify_person(verifying, record, view.event.subject);
}

/* `indexed` must not be past the end of the log: such a store is not opened to be written. */
static void verify_indexed(struct verifying *verifying, uint64_t last_seq)
{
	const struct reader *reader = verifying->reader;
	uint64_t indexed;
	if (index_lag_indexed(reader->txn, &reader->at->tables, last_seq, &indexed) != OK)
		found(verifying, "the number of the records in the index is not one of the %llu",
			(unsigned long long)last_seq);
}

static void verify_counts(struct verifying *verifying)
{
	struct reader *reader = verifying->reader;
	const struct tables *tables = &reader->at->tables;
	size_t identities = table_entries(reader, tables->identity);
	size_t withdrawals = table_entries(reader, tables->withdrawals);
	if (identities != verifying->identities)
		found(verifying, "the identity index has %zu rows, %llu of them of records",
			identities, (unsigned long long)verifying->identities);
	if (withdrawals != verifying->withdrawals)
		found(verifying, "the table of withdrawals has %zu rows, the log %llu", withdrawals,
			(unsigned long long)verifying->withdrawals);
	if (table_entries(reader, tables->publications) != verifying->publications)
		found(verifying, "the table of publications has %zu rows, the log %llu",
			table_entries(reader, tables->publications),
			(unsigned long long)verifying->publications);
	if (verifying->withdrawn != verifying->reports_withdrawn)
		found(verifying, "%llu publications are withdrawn, by %llu records",
			(unsigned long long)verifying->withdrawn,
			(unsigned long long)verifying->reports_withdrawn);
	if (table_entries(reader, tables->subjects) != table_entries(reader, tables->persons))
		found(verifying, "the two person tables differ in length");
}

enum err reader_verify(struct reader *reader, void (*tell)(void *context, const char *finding),
	void *context, uint64_t *records)
{
	struct verifying verifying = {
		.reader = reader,
		.tell = tell,
		.context = context,
		.recorded_us = INT64_MIN,
	};
	enum err err = arena_init(&verifying.arena, (size_t)1 << 20);
	if (err != OK)
		return err;
	verifying.newest = calloc(UINT16_MAX + 1, sizeof(*verifying.newest));
	if (verifying.newest == NULL) {
		arena_release(&verifying.arena);
		return ERR_FULL;
	}
	/* ERR_CORRUPT: the walk below reports the record, or the wrong `indexed`. */
	err = reader_lag_load(reader);
	if (err != OK && err != ERR_CORRUPT) {
		arena_release(&verifying.arena);
		free(verifying.newest);
		return err;
	}
	size_t entries = table_entries(reader, reader->at->tables.log);
	for (uint64_t seq = 1; seq <= entries; seq++) {
		struct record record;
		err = reader_next(reader, seq, &record);
		if (err == ERR_NOT_FOUND) {
			found(&verifying, "record %llu is missing: seq has a hole",
				(unsigned long long)seq);
			continue;
		}
		verifying.records++;
		if (err != OK)
			found(&verifying, "record %llu is damaged: its checksum does not hold",
				(unsigned long long)seq);
		else
			verify_record(&verifying, &record);
	}
	verify_keys(&verifying);
	verify_indexed(&verifying, entries);
	verify_counts(&verifying);
	verify_newest(&verifying);
	verify_erased(&verifying);
	verify_restricted(&verifying);
	arena_release(&verifying.arena);
	free(verifying.newest);
	if (verifying.findings > FINDINGS_MAX) {
		char text[64];
		snprintf(text, sizeof(text), "and %llu more",
			(unsigned long long)(verifying.findings - FINDINGS_MAX));
		tell(context, text);
	}
	*records = verifying.records;
	return verifying.findings == 0 ? OK : ERR_CORRUPT;
}
