/*
 * store/verify.c - holds every table of a store against its log.
 *
 * Where log and tables are in balance (balance.h) nothing is looked up. Each other record is looked
 * at by itself, in order (verify_record.c). Then the tables' rows are counted, so that a row too
 * many is found as well.
 */
#include <stdio.h>

#include "base/check.h"
#include "store/balance.h"
#include "store/erased.h"
#include "store/newest.h"
#include "store/shield.h"
#include "store/table_walk.h"
#include "store/verify_inside.h"

static size_t table_entries(struct reader *reader, MDB_dbi table)
{
	MDB_stat stat;
	return mdb_stat(reader->txn, table, &stat) == 0 ? stat.ms_entries : 0;
}

typedef void row_look(struct verifying *verifying, const MDB_val *key, const MDB_val *val);

static enum err rows_walk(
	struct verifying *verifying, struct table_walk *walk, MDB_dbi table, row_look *look)
{
	enum err err = table_walk_begin(walk, verifying->reader->txn, table);
	while (err == OK && verifying->failed == OK && (err = table_walk_next(walk)) == OK)
		look(verifying, &walk->key, &walk->val);
	return err == ERR_NOT_FOUND ? OK : err;
}

static enum err rows_shielded(
	struct verifying *verifying, struct table_walk *walk, MDB_dbi table, row_look *look)
{
	SHIELD_RETURN(verifying->reader->log, rows_walk(verifying, walk, table, look));
}

/* Looks at each row of a table, "of what it has". */
static void rows_look(
	struct verifying *verifying, MDB_dbi table, const char *of_what, row_look *look)
{
	struct table_walk walk = { 0 };
	if (table == TABLE_ABSENT)
		return;
	if (verify_is_wrong(verifying, rows_shielded(verifying, &walk, table, look)))
		verify_found(verifying, "the table of %s cannot be read", of_what);
	table_walk_end(&walk);
}

/* Every row of the keys must lead to a record of that partner with that key. */
static void key_look(struct verifying *verifying, const MDB_val *key, const MDB_val *val)
{
	uint64_t seq = 0;
	bool right = val->mv_size == sizeof(seq);
	if (right)
		memcpy(&seq, val->mv_data, sizeof(seq));
	/* 0: only a ReportPublished used it. */
	if ((right && seq == 0) || !balance_doubts_key(verifying->balance, seq))
		return;
	if (!right || !verify_key_leads(verifying, bytes_of_val(key), seq))
		verify_found(verifying, "a row of the keys leads to record %llu, which is not its",
			(unsigned long long)seq);
}

/* Every row of what was erased must lead to a tombstone. */
static void erased_look(struct verifying *verifying, const MDB_val *key, const MDB_val *val)
{
	struct erased_row row = { 0 };
	struct record record;
	enum err err = erased_read(key, val, &row);
	if (err == OK)
		err = reader_record(verifying->reader, row.seq, &record);
	if (verify_is_wrong(verifying, err) || (err == OK && record.kind != RECORD_TOMBSTONE))
		verify_found(verifying,
			"a row of what was erased leads to record %llu, which is no tombstone",
			(unsigned long long)row.seq);
	verifying->erased_identities += row.kind == ERASED_IDENTITY;
}

/* Every row of who is restricted must lead to the act. */
static void restricted_look(struct verifying *verifying, const MDB_val *key, const MDB_val *val)
{
	uint32_t person = 0;
	uint64_t seq = 0;
	struct record record;
	if (key->mv_size == sizeof(person))
		memcpy(&person, key->mv_data, sizeof(person));
	if (val->mv_size == sizeof(seq))
		memcpy(&seq, val->mv_data, sizeof(seq));
	enum err err = reader_record(verifying->reader, seq, &record);
	if (verify_is_wrong(verifying, err) ||
		(err == OK && (record.kind != RECORD_ACT || record.act != LOG_ACT_RESTRICTED ||
				      record.person != person)))
		verify_found(verifying,
			"a row of who is restricted leads to record %llu, which is not its act",
			(unsigned long long)seq);
}

/* What is noted of each partner's newest record: it may be one that is in the log no more. */
static void verify_newest(struct verifying *verifying)
{
	const struct reader *reader = verifying->reader;
	uint64_t format = 0;
	MDB_val key = val_of_string("format");
	enum err err = table_get_u64(reader->txn, reader->at->tables.meta, &key, &format);
	if (verify_is_wrong(verifying, err) || format < 3)
		return;
	for (uint32_t partner = 1; partner <= UINT16_MAX; partner++) {
		struct newest row = { 0 };
		if (verifying->newest[partner] == 0)
			continue;
		err = newest_get(reader->txn, &reader->at->tables, (uint16_t)partner, &row);
		if (verify_is_wrong(verifying, err) ||
			(err == OK && row.seq < verifying->newest[partner]))
			verify_found(verifying,
				"record %llu is the newest of its partner, which is not noted",
				(unsigned long long)verifying->newest[partner]);
	}
}

/* `indexed` must not be past the end of the log: such a store is not opened to be written. */
static void verify_indexed(struct verifying *verifying, uint64_t last_seq)
{
	const struct reader *reader = verifying->reader;
	uint64_t indexed;
	if (verify_is_wrong(verifying,
		    index_lag_indexed(reader->txn, &reader->at->tables, last_seq, &indexed)))
		verify_found(verifying,
			"the number of the records in the index is not one of the %llu",
			(unsigned long long)last_seq);
}

static void verify_counts(struct verifying *verifying)
{
	struct reader *reader = verifying->reader;
	const struct tables *tables = &reader->at->tables;
	size_t identities = table_entries(reader, tables->identity);
	size_t withdrawals = table_entries(reader, tables->withdrawals);
	if (identities != verifying->counts.identities)
		verify_found(verifying, "the identity index has %zu rows, %llu of them of records",
			identities, (unsigned long long)verifying->counts.identities);
	if (withdrawals != verifying->counts.withdrawals)
		verify_found(verifying, "the table of withdrawals has %zu rows, the log %llu",
			withdrawals, (unsigned long long)verifying->counts.withdrawals);
	if (table_entries(reader, tables->publications) != verifying->counts.publications)
		verify_found(verifying, "the table of publications has %zu rows, the log %llu",
			table_entries(reader, tables->publications),
			(unsigned long long)verifying->counts.publications);
	if (verifying->counts.withdrawn != verifying->counts.reports_withdrawn)
		verify_found(verifying, "%llu publications are withdrawn, by %llu records",
			(unsigned long long)verifying->counts.withdrawn,
			(unsigned long long)verifying->counts.reports_withdrawn);
	if (table_entries(reader, tables->subjects) != table_entries(reader, tables->persons))
		verify_found(verifying, "the two person tables differ in length");
}

/* What is looked up besides: few rows. */
static enum err rest_verify(struct verifying *verifying, uint64_t entries)
{
	verify_indexed(verifying, entries);
	verify_counts(verifying);
	verify_newest(verifying);
	return OK;
}

static enum err rest_shielded(struct verifying *verifying, uint64_t entries)
{
	SHIELD_RETURN(verifying->reader->log, rest_verify(verifying, entries));
}

/* Looks at one record of the log. */
static void record_look(struct verifying *verifying, uint64_t seq)
{
	struct reader *reader = verifying->reader;
	struct record record;
	enum err err = reader_next(reader, seq, &record);
	if (err != OK && !verify_is_wrong(verifying, err))
		return;
	if (err == ERR_NOT_FOUND) {
		verify_found(verifying, "record %llu is missing: seq has a hole",
			(unsigned long long)seq);
		return;
	}
	verifying->counts.records++;
	if (err == OK) {
		verify_record(verifying, &record);
		return;
	}
	verify_found(verifying, "record %llu is damaged: its checksum does not hold",
		(unsigned long long)seq);
	/* Its cursor may stand where it met damage. */
	(void)mdb_cursor_renew(reader->txn, reader->cursor);
}

/* Looks at each record of a stretch that is in doubt. */
static void stretch_look(struct verifying *verifying, uint64_t first, uint64_t last)
{
	uint64_t before = verifying->findings;
	for (uint64_t seq = first; seq <= last && verifying->failed == OK; seq++)
		record_look(verifying, seq);
	if (verifying->findings == before && balance_is_torn(verifying->balance, first))
		verify_found(verifying,
			"records %llu to %llu: a page of the log is damaged, not each can be found",
			(unsigned long long)first, (unsigned long long)last);
}

/* The log, a stretch at a time. Returns how many records were looked at by themselves. */
static uint64_t log_verify(struct verifying *verifying, uint64_t entries)
{
	uint64_t doubts = 0, last;
	for (uint64_t first = 1; first <= entries && verifying->failed == OK; first = last + 1) {
		if (balance_take(verifying->balance, first, verifying, &last))
			continue;
		doubts += last - first + 1;
		stretch_look(verifying, first, last);
	}
	return doubts;
}

static void all_verify(struct verifying *verifying, const struct verify_way *way)
{
	uint64_t entries = balance_entries(verifying->balance);
	const struct tables *tables = &verifying->reader->at->tables;
	uint64_t doubts = log_verify(verifying, entries);
	if (way->doubts != NULL)
		*way->doubts = doubts;
	balance_take_newest(verifying->balance, verifying);
	balance_tell(verifying->balance, verifying);
	if (balance_doubts_keys(verifying->balance))
		rows_look(verifying, tables->keys, "keys", key_look);
	if (verify_is_wrong(verifying, rest_shielded(verifying, entries)))
		verify_found(verifying, "the table of what is noted of the store cannot be read");
	rows_look(verifying, tables->erased, "what was erased", erased_look);
	if (verifying->erased_identities != verifying->counts.tombstones)
		verify_found(verifying, "%llu identities were erased, of %llu tombstones",
			(unsigned long long)verifying->erased_identities,
			(unsigned long long)verifying->counts.tombstones);
	rows_look(verifying, tables->restricted, "who is restricted", restricted_look);
}

enum err verify_by(struct reader *reader, const struct verify_way *way,
	void (*tell)(void *context, const char *finding), void *context, uint64_t *records)
{
	struct verifying verifying;
	struct balance *balance = NULL;
	enum err err = verifying_init(&verifying, reader);
	verifying.tell = tell;
	verifying.context = context;
	/* It settles the view. */
	if (err == OK)
		err = balance_new(reader, way, &balance);
	/* ERR_CORRUPT: the look at each record tells which, or the wrong `indexed` is told. */
	if (err == OK && (err = reader_lag_load(reader)) == ERR_CORRUPT)
		err = OK;
	verifying.lag = reader->lag;
	verifying.balance = balance;
	if (err == OK)
		all_verify(&verifying, way);
	else if (err == ERR_CORRUPT)
		verify_found(&verifying, "the log cannot be read");
	balance_free(balance);
	verifying_release(&verifying);
	if (verifying.failed != OK)
		return verifying.failed;
	if (err != OK && err != ERR_CORRUPT)
		return err;
	if (verifying.findings > VERIFY_FINDINGS_MAX) {
		char text[64];
		snprintf(text, sizeof(text), "and %llu more",
			(unsigned long long)(verifying.findings - VERIFY_FINDINGS_MAX));
		tell(context, text);
	}
	*records = verifying.counts.records;
	return verifying.findings == 0 ? OK : ERR_CORRUPT;
}

enum err reader_verify(struct reader *reader, void (*tell)(void *context, const char *finding),
	void *context, uint64_t *records)
{
	const struct verify_way way = { 0 };
	return verify_by(reader, &way, tell, context, records);
}
