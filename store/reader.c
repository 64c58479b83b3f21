/*
 * store/reader.c - views of a store: see reader.h.
 */
#include "store/reader.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/grow.h"
#include "store/erase_inside.h"
#include "store/erased.h"
#include "store/newest.h"
#include "store/published.h"
#include "store/reader_inside.h"
#include "store/shield.h"

#define SCAN_LEAVES 8 /* that are read in turn, before the log is scanned */

/*
 * May this thread read from the view? The first thread that does claims it: a reader is often
 * opened by one thread for another.
 */
static bool reader_is_ours(struct reader *reader)
{
	pthread_t self = pthread_self();
	if (!reader->claimed) {
		reader->claimed = true;
		reader->thread = self;
	}
	return !reader->rests && pthread_equal(reader->thread, self);
}

/* Reads who is restricted, as of the view. They are few, and nearly always nobody. */
static enum err restricted_load(struct reader *reader)
{
	MDB_dbi table = reader->at->tables.restricted;
	MDB_cursor *cursor = NULL;
	MDB_val key, val;
	MDB_stat stat;
	reader->restricted_count = 0;
	int code = table == TABLE_ABSENT ? 0 : mdb_stat(reader->txn, table, &stat);
	if (table == TABLE_ABSENT || code != 0 || stat.ms_entries == 0)
		return lmdb_err(code);
	code = mdb_cursor_open(reader->txn, table, &cursor);
	enum err err = lmdb_err(code);
	/* How many there are is in a page too, and may be wrong: no room is made by it. */
	while (err == OK && (code = mdb_cursor_get(cursor, &key, &val, MDB_NEXT)) == 0) {
		size_t count = reader->restricted_count;
		if (key.mv_size != sizeof(uint32_t) || count == stat.ms_entries)
			err = ERR_CORRUPT;
		else if (!GROW(reader->restricted, reader->restricted_size, count + 1))
			err = ERR_FULL;
		else
			memcpy(&reader->restricted[reader->restricted_count++], key.mv_data,
				sizeof(uint32_t));
	}
	mdb_cursor_close(cursor);
	if (err == OK && code != MDB_NOTFOUND)
		err = lmdb_err(code);
	return err == OK && reader->restricted_count != stat.ms_entries ? ERR_CORRUPT : err;
}

static int by_person(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	return (left > right) - (left < right);
}

bool reader_is_restricted(const struct reader *reader, uint32_t person)
{
	return reader->restricted_count > 0 && person != 0 &&
	       bsearch(&person, reader->restricted, reader->restricted_count, sizeof(person),
		       by_person) != NULL;
}

/* A record is restricted with its person, and with whom it is about. */
static enum err record_restrict(struct reader *reader, struct record *record)
{
	struct record target;
	record->restricted = reader_is_restricted(reader, record->person);
	if (record->person != 0 || record->withdraws == 0)
		return OK;
	MDB_val key = val_of(&record->withdraws, sizeof(record->withdraws)), found;
	int code = mdb_get(reader->txn, reader->at->tables.log, &key, &found);
	if (code != 0)
		return code == MDB_NOTFOUND ? ERR_CORRUPT : lmdb_err(code);
	enum err err = record_read(record->withdraws, bytes_of_val(&found), &target);
	record->restricted = err == OK && reader_is_restricted(reader, target.person);
	return err;
}

/* Reads the record in a row of the log. */
static enum err record_take(
	struct reader *reader, uint64_t seq, struct bytes row, struct record *out)
{
	enum err err = record_read(seq, row, out);
	if (err == ERR_CORRUPT)
		return shield_tripped(reader->log);
	return err == OK && reader->restricted_count > 0 ? record_restrict(reader, out) : err;
}

static bool environment_is_current(const struct reader *reader)
{
	struct environment *now = environment_hold(reader->log);
	environment_drop(reader->log, now);
	return now == reader->at;
}

/* Takes a view of the environment that is in use now. */
static enum err view_open(struct reader *reader)
{
	reader->txn = NULL;
	reader->cursor = NULL;
	reader->at = environment_hold(reader->log);
	MDB_stat stat;
	int code = mdb_env_stat(reader->at->env, &stat);
	if (code == 0)
		code = mdb_txn_begin(reader->at->env, NULL, MDB_RDONLY, &reader->txn);
	if (code == 0) {
		reader->page_size = stat.ms_psize;
		code = mdb_cursor_open(reader->txn, reader->at->tables.log, &reader->cursor);
		if (code != 0)
			mdb_txn_abort(reader->txn);
	}
	if (code != 0) {
		environment_drop(reader->log, reader->at);
		reader->at = NULL;
	}
	return lmdb_err(code);
}

static enum err view_fill(struct reader *reader)
{
	enum err err = view_open(reader);
	return err == OK ? restricted_load(reader) : err;
}

static enum err view_take(struct reader *reader)
{
	SHIELD_RETURN(reader->log, view_fill(reader));
}

static void view_close(struct reader *reader)
{
	if (reader->at == NULL)
		return;
	mdb_cursor_close(reader->cursor);
	mdb_txn_abort(reader->txn);
	environment_drop(reader->log, reader->at);
	reader->at = NULL;
}

enum err reader_open(struct log *log, struct reader **out)
{
	CHECK(log->at != NULL);
	if (atomic_load(&log->damaged))
		return ERR_CORRUPT;
	struct reader *reader = calloc(1, sizeof(*reader));
	if (reader == NULL)
		return ERR_FULL;
	reader->log = log;
	enum err err = view_take(reader);
	if (err != OK) {
		reader_close(reader);
		return err;
	}
	*out = reader;
	return OK;
}

enum err reader_again(const struct reader *reader, struct reader **out)
{
	return reader_open(reader->log, out);
}

static void scan_end(struct reader *reader)
{
	/* The leaf is of its room. */
	if (reader->scan != NULL)
		reader->rows = (struct page_rows){ 0 };
	page_scan_close(reader->scan);
	reader->scan = NULL;
	reader->leaves = 0;
}

void reader_close(struct reader *reader)
{
	if (reader == NULL)
		return;
	reader_lag_free(reader);
	scan_end(reader);
	view_close(reader);
	free(reader->restricted);
	free(reader->published);
	free(reader);
}

/* An erasure puts another file in the place of the one that was read. */
static enum err view_renew(struct reader *reader)
{
	if (reader->at == NULL || !environment_is_current(reader)) {
		view_close(reader);
		return view_fill(reader);
	}
	int code = mdb_txn_renew(reader->txn);
	if (code == 0)
		code = mdb_cursor_renew(reader->txn, reader->cursor);
	return code == 0 ? restricted_load(reader) : lmdb_err(code);
}

static enum err view_again(struct reader *reader)
{
	SHIELD_RETURN(reader->log, view_renew(reader));
}

/* Rows, and what is listed, are of one view. */
static void rows_forget(struct reader *reader)
{
	reader->rows = reader->withdrawn = (struct page_rows){ 0 };
	reader->rows_seq = reader->withdrawn_seq = 0;
	scan_end(reader);
	reader->published_listed = false;
}

void reader_rest(struct reader *reader)
{
	reader_lag_free(reader);
	if (reader->at != NULL)
		mdb_txn_reset(reader->txn);
	rows_forget(reader);
	reader->rests = true;
	reader->claimed = false;
}

enum err reader_renew(struct reader *reader)
{
	reader_rest(reader);
	CHECK(reader->lag == NULL && reader->rows_seq == 0);
	if (atomic_load(&reader->log->damaged))
		return ERR_CORRUPT;
	enum err err = view_again(reader);
	reader->rests = err != OK;
	return err;
}

static enum err shielded_last(struct reader *reader, uint64_t *seq, int64_t *recorded_us)
{
	MDB_val key, val;
	struct record record;
	CHECK(reader_is_ours(reader));
	int code = mdb_cursor_get(reader->cursor, &key, &val, MDB_LAST);
	if (code == MDB_NOTFOUND) {
		*seq = 0;
		*recorded_us = INT64_MIN;
		return OK;
	}
	if (code != 0)
		return lmdb_err(code);
	if (key.mv_size != sizeof(uint64_t))
		return ERR_CORRUPT;
	uint64_t last;
	memcpy(&last, key.mv_data, sizeof(last));
	enum err err = record_read(last, bytes_of_val(&val), &record);
	if (err != OK)
		return err;
	*seq = last;
	*recorded_us = record.recorded_us;
	return OK;
}

enum err reader_last(struct reader *reader, uint64_t *seq, int64_t *recorded_us)
{
	SHIELD_RETURN(reader->log, shielded_last(reader, seq, recorded_us));
}

enum err reader_seq_at(struct reader *reader, int64_t known_us, uint64_t *seq)
{
	uint64_t last;
	int64_t recorded_us;
	enum err err = reader_last(reader, &last, &recorded_us);
	if (err != OK)
		return err;
	/* Stamps grow with seq: below `low` all are known, from `high` on none is. */
	uint64_t low = 1, high = last + 1;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		struct record record;
		err = reader_record(reader, middle, &record);
		if (err != OK)
			return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
		if (record.recorded_us <= known_us)
			low = middle + 1;
		else
			high = middle;
	}
	CHECK(low >= 1 && low - 1 <= last);
	*seq = low - 1;
	return OK;
}

static enum err shielded_record(struct reader *reader, uint64_t seq, struct record *out)
{
	MDB_val key = val_of(&seq, sizeof(seq)), val;
	CHECK(reader_is_ours(reader));
	int code = mdb_get(reader->txn, reader->at->tables.log, &key, &val);
	if (code != 0)
		return lmdb_err(code);
	return record_take(reader, seq, bytes_of_val(&val), out);
}

enum err reader_record(struct reader *reader, uint64_t seq, struct record *out)
{
	SHIELD_RETURN(reader->log, shielded_record(reader, seq, out));
}

static bool row_take(struct reader *reader, uint64_t seq, struct bytes *out)
{
	const uint8_t *key;
	return page_row_next(&reader->rows, sizeof(seq), &key, &out->data, &out->length) &&
	       memcmp(key, &seq, sizeof(seq)) == 0;
}

/*
 * The row after the one before, when it stands in the same leaf, or in the next one of a scan, and
 * is that of `seq`.
 */
static bool row_follows(struct reader *reader, uint64_t seq, struct bytes *out)
{
	if (reader->rows_seq == 0 || seq != reader->rows_seq + 1)
		return false;
	if (row_take(reader, seq, out))
		return true;
	return reader->scan != NULL && page_scan_next(reader->scan, &reader->rows) &&
	       row_take(reader, seq, out);
}

/*
 * Goes on by a scan, whose leaf has the row of `seq` too. Where it has not, as it is too long for a
 * leaf, all is as it was.
 */
static void scan_begin(struct reader *reader, uint64_t seq)
{
	int fd;
	struct bytes row;
	const struct page_rows rows = reader->rows;
	CHECK(reader->scan == NULL);
	CHECK(mdb_env_get_fd(reader->at->env, &fd) == 0);
	bool found = page_scan_open(fd, mdb_txn_id(reader->txn), "log", &reader->scan) == OK &&
		     page_scan_seek(reader->scan, seq, &reader->rows);
	for (unsigned i = 0; found && i < reader->rows.count; i++) {
		if (row_take(reader, seq, &row))
			return;
	}
	scan_end(reader);
	reader->rows = rows;
}

/* As mdb_get(), and what stands behind it in its leaf. */
static enum err row_find(struct reader *reader, uint64_t seq, struct bytes *out)
{
	uint64_t before = reader->rows_seq;
	bool follows = before != 0 && seq == before + 1;
	MDB_val key = val_of(follows ? &before : &seq, sizeof(seq)), val;
	reader->rows_seq = 0;
	if (reader->scan != NULL)
		scan_end(reader);
	/* From the last row of a leaf to the next leaf: no search, which would wait for memory. */
	int code = mdb_cursor_get(reader->cursor, &key, &val, MDB_SET_KEY);
	if (code == 0 && follows)
		code = mdb_cursor_get(reader->cursor, &key, &val, MDB_NEXT);
	if (code != 0)
		return lmdb_err(code);
	if (key.mv_size != sizeof(seq) || memcmp(key.mv_data, &seq, sizeof(seq)) != 0)
		return ERR_CORRUPT;
	*out = bytes_of_val(&val);
	reader->leaves = follows ? reader->leaves + 1 : 0;
	reader->rows = page_rows_after(key.mv_data, reader->page_size);
	if (reader->leaves >= SCAN_LEAVES)
		scan_begin(reader, seq);
	return OK;
}

static enum err shielded_next(struct reader *reader, uint64_t seq, struct record *out)
{
	struct bytes row;
	CHECK(reader_is_ours(reader));
	if (!row_follows(reader, seq, &row)) {
		enum err err = row_find(reader, seq, &row);
		if (err != OK)
			return err;
	}
	reader->rows_seq = seq;
	return record_take(reader, seq, row, out);
}

enum err reader_next(struct reader *reader, uint64_t seq, struct record *out)
{
	SHIELD_RETURN(reader->log, shielded_next(reader, seq, out));
}

static enum err shielded_withdrawn_by(struct reader *reader, uint64_t seq, uint64_t *by)
{
	MDB_val key = val_of(&seq, sizeof(seq));
	CHECK(reader_is_ours(reader));
	enum err err = table_get_u64(reader->txn, reader->at->tables.withdrawals, &key, by);
	if (err == ERR_NOT_FOUND) {
		*by = 0;
		return OK;
	}
	return err;
}

enum err reader_withdrawn_by(struct reader *reader, uint64_t seq, uint64_t *by)
{
	SHIELD_RETURN(reader->log, shielded_withdrawn_by(reader, seq, by));
}

/* A row of the table withdrawals. */
static enum err withdrawal_read(
	const struct bytes key, const struct bytes value, uint64_t *withdrawn, uint64_t *by)
{
	if (key.length != sizeof(*withdrawn) || value.length != sizeof(*by))
		return ERR_CORRUPT;
	memcpy(withdrawn, key.data, sizeof(*withdrawn));
	memcpy(by, value.data, sizeof(*by));
	return OK;
}

/* Looks for the first row at `seq` or later in the leaf of the one before. */
static bool withdrawal_follows(
	struct reader *reader, uint64_t seq, uint64_t *withdrawn, uint64_t *by)
{
	struct bytes key = { .length = sizeof(seq) }, value;
	if (reader->withdrawn_seq == 0 || seq <= reader->withdrawn_seq)
		return false;
	while (page_row_next(
		&reader->withdrawn, sizeof(seq), &key.data, &value.data, &value.length)) {
		if (withdrawal_read(key, value, withdrawn, by) != OK)
			return false;
		if (*withdrawn >= seq)
			return true;
	}
	return false;
}

static enum err withdrawal_find(
	struct reader *reader, uint64_t seq, uint64_t *withdrawn, uint64_t *by)
{
	MDB_cursor *cursor;
	MDB_val key = val_of(&seq, sizeof(seq)), val;
	int code = mdb_cursor_open(reader->txn, reader->at->tables.withdrawals, &cursor);
	if (code != 0)
		return lmdb_err(code);
	enum err err = lmdb_err(mdb_cursor_get(cursor, &key, &val, MDB_SET_RANGE));
	if (err == OK)
		err = withdrawal_read(bytes_of_val(&key), bytes_of_val(&val), withdrawn, by);
	if (err == OK)
		reader->withdrawn = page_rows_after(key.mv_data, reader->page_size);
	mdb_cursor_close(cursor);
	return err;
}

static enum err shielded_withdrawal_from(
	struct reader *reader, uint64_t seq, uint64_t *withdrawn, uint64_t *by)
{
	CHECK(reader_is_ours(reader));
	enum err err = OK;
	if (!withdrawal_follows(reader, seq, withdrawn, by))
		err = withdrawal_find(reader, seq, withdrawn, by);
	reader->withdrawn_seq = err == OK ? *withdrawn : 0;
	return err;
}

enum err reader_withdrawal_from(
	struct reader *reader, uint64_t seq, uint64_t *withdrawn, uint64_t *by)
{
	SHIELD_RETURN(reader->log, shielded_withdrawal_from(reader, seq, withdrawn, by));
}

static enum err name_of(struct reader *reader, MDB_dbi table, uint32_t number, struct bytes *out)
{
	MDB_val key = val_of(&number, sizeof(number)), val;
	CHECK(reader_is_ours(reader));
	int code = mdb_get(reader->txn, table, &key, &val);
	if (code != 0)
		return lmdb_err(code);
	*out = bytes_of_val(&val);
	return OK;
}

static enum err shielded_subject(struct reader *reader, uint32_t person, struct bytes *out)
{
	return name_of(reader, reader->at->tables.persons, person, out);
}

enum err reader_subject(struct reader *reader, uint32_t person, struct bytes *out)
{
	SHIELD_RETURN(reader->log, shielded_subject(reader, person, out));
}

static enum err shielded_partner(struct reader *reader, uint16_t partner, struct bytes *out)
{
	return name_of(reader, reader->at->tables.partners, partner, out);
}

enum err reader_partner(struct reader *reader, uint16_t partner, struct bytes *out)
{
	SHIELD_RETURN(reader->log, shielded_partner(reader, partner, out));
}

enum err reader_partner_number(struct reader *reader, struct bytes name, uint16_t *out)
{
	for (uint16_t number = 1; number != 0; number++) {
		struct bytes found = { 0 };
		enum err err = reader_partner(reader, number, &found);
		if (err != OK)
			return err;
		if (bytes_equal(found, name)) {
			*out = number;
			return OK;
		}
	}
	return ERR_NOT_FOUND;
}

static enum err shielded_person(struct reader *reader, struct bytes subject, uint32_t *out)
{
	MDB_val key = val_of(subject.data, subject.length), val;
	CHECK(reader_is_ours(reader));
	if (!identifier_is_valid(subject))
		return ERR_NOT_FOUND;
	int code = mdb_get(reader->txn, reader->at->tables.subjects, &key, &val);
	if (code != 0)
		return lmdb_err(code);
	if (val.mv_size != sizeof(*out))
		return ERR_CORRUPT;
	memcpy(out, val.mv_data, sizeof(*out));
	return OK;
}

enum err reader_person(struct reader *reader, struct bytes subject, uint32_t *out)
{
	SHIELD_RETURN(reader->log, shielded_person(reader, subject, out));
}

enum err reader_person_of(struct reader *reader, const struct record *record, uint32_t *out)
{
	struct record target;
	*out = record->person;
	if (record->person != 0 || record->kind != RECORD_EVENT ||
		record->type != EVENT_EVENT_RETRACTED || record->withdraws == 0)
		return OK;
	enum err err = reader_record(reader, record->withdraws, &target);
	if (err == OK)
		*out = target.person;
	return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

static enum err shielded_store_id(struct reader *reader, uint8_t out[READER_STORE_ID_SIZE])
{
	MDB_val key = val_of_string(META_ID), val;
	CHECK_STATIC(READER_STORE_ID_SIZE == STORE_ID_SIZE);
	int code = mdb_get(reader->txn, reader->at->tables.meta, &key, &val);
	if (code != 0)
		return lmdb_err(code);
	if (val.mv_size != STORE_ID_SIZE)
		return ERR_CORRUPT;
	memcpy(out, val.mv_data, STORE_ID_SIZE);
	return OK;
}

enum err reader_store_id(struct reader *reader, uint8_t out[READER_STORE_ID_SIZE])
{
	SHIELD_RETURN(reader->log, shielded_store_id(reader, out));
}

/* A number of the table meta; 0 when it is not there. */
static enum err meta_number(struct reader *reader, const char *name, uint64_t *out)
{
	MDB_val key = val_of_string(name);
	*out = 0;
	enum err err = table_get_u64(reader->txn, reader->at->tables.meta, &key, out);
	return err == ERR_NOT_FOUND ? OK : err;
}

static enum err shielded_acts(struct reader *reader, struct acts *out)
{
	struct acts acts = { 0 };
	uint64_t day = 0;
	CHECK(reader_is_ours(reader));
	enum err err = meta_number(reader, META_ERASED_PEOPLE, &acts.erased_people);
	if (err == OK)
		err = meta_number(reader, META_COMPLETE_FROM, &day);
	if (err == OK)
		err = meta_number(reader, META_LAST_ACT, &acts.last_seq);
	acts.complete_from = (int32_t)day;
	if (err == OK)
		*out = acts;
	return err;
}

enum err reader_acts(struct reader *reader, struct acts *out)
{
	SHIELD_RETURN(reader->log, shielded_acts(reader, out));
}

static enum err shielded_kept(struct reader *reader, uint64_t seq, struct bytes *out)
{
	MDB_val key = val_of(&seq, sizeof(seq)), val;
	CHECK(reader_is_ours(reader));
	if (reader->at->tables.kept == TABLE_ABSENT)
		return ERR_NOT_FOUND;
	int code = mdb_get(reader->txn, reader->at->tables.kept, &key, &val);
	if (code != 0)
		return lmdb_err(code);
	*out = bytes_of_val(&val);
	return OK;
}

enum err reader_kept(struct reader *reader, uint64_t seq, struct bytes *out)
{
	SHIELD_RETURN(reader->log, shielded_kept(reader, seq, out));
}

static enum err shielded_newest(struct reader *reader, struct bytes name, struct newest *out)
{
	uint16_t number;
	enum err err = reader_partner_number(reader, name, &number);
	return err == OK ? newest_get(reader->txn, &reader->at->tables, number, out) : err;
}

enum err reader_newest(struct reader *reader, struct bytes name, struct newest *out)
{
	SHIELD_RETURN(reader->log, shielded_newest(reader, name, out));
}

/* ERR_NOT_FOUND: the record that the view has at `seq`, if any, has not this identity. */
static enum err record_is(struct reader *reader, uint64_t seq, uint16_t partner, struct bytes id)
{
	struct record record;
	enum err err = reader_record(reader, seq, &record);
	if (err != OK)
		return err;
	/* A body begins with its id: tag, length, characters. */
	return record.partner == partner && record.kind == RECORD_EVENT &&
			       record.body.length > 2 + id.length &&
			       record.body.data[1] == id.length &&
			       bytes_equal(bytes_of(record.body.data + 2, id.length), id)
		       ? OK
		       : ERR_NOT_FOUND;
}

/* In the table, or among what was erased. */
static enum err identity_find(struct reader *reader, MDB_val *key, uint64_t *seq)
{
	enum err err = table_get_u64(reader->txn, reader->at->tables.identity, key, seq);
	return err == ERR_NOT_FOUND
		       ? erased_find(reader->txn, reader->at, ERASED_IDENTITY, *key, seq)
		       : err;
}

/*
 * The writer is in this process and has the index lag in memory. It is asked first, and the
 * view is renewed after that: an identity that left the lag in between is in the table.
 */
static enum err find_now(
	struct reader *reader, uint16_t partner, struct bytes id, MDB_val *key, uint64_t *seq)
{
	uint64_t lag;
	CHECK(reader->log->lock_fd >= 0);
	bool found = index_lag_find_id(&reader->log->lag, bytes_of_val(key), &lag);
	enum err err = reader_renew(reader);
	if (err != OK)
		return err;
	if (!found)
		return identity_find(reader, key, seq);
	/* It may belong to a transaction that is not committed yet, or will be aborted. */
	err = record_is(reader, lag, partner, id);
	if (err == OK)
		*seq = lag;
	return err;
}

static enum err shielded_find(
	struct reader *reader, uint16_t partner, struct bytes id, uint64_t *seq)
{
	uint8_t space[IDENTITY_KEY_MAX];
	if (!identifier_is_valid(id))
		return ERR_NOT_FOUND;
	CHECK(reader_is_ours(reader));
	MDB_val key = identity_key(partner, id, space);
	if (reader->log->lock_fd >= 0)
		return find_now(reader, partner, id, &key, seq);
	/* The writer is another process, or there is none: read the index lag from the log. */
	enum err err = reader_lag_load(reader);
	if (err != OK || index_lag_find(&reader->lag->ids, bytes_of_val(&key), seq))
		return err;
	return identity_find(reader, &key, seq);
}

enum err reader_find(struct reader *reader, uint16_t partner, struct bytes id, uint64_t *seq)
{
	SHIELD_RETURN(reader->log, shielded_find(reader, partner, id, seq));
}

static enum err shielded_lag_load(struct reader *reader)
{
	uint64_t last = 0, indexed;
	MDB_val key, val;
	CHECK(reader_is_ours(reader));
	if (reader->lag != NULL)
		return OK;
	int code = mdb_cursor_get(reader->cursor, &key, &val, MDB_LAST);
	if (code == 0 && key.mv_size == sizeof(last))
		memcpy(&last, key.mv_data, sizeof(last));
	else if (code != MDB_NOTFOUND)
		return code == 0 ? ERR_CORRUPT : lmdb_err(code);
	struct index_lag *lag = malloc(sizeof(*lag));
	if (lag == NULL)
		return ERR_FULL;
	index_lag_init(lag);
	reader->lag = lag;
	enum err err = index_lag_indexed(reader->txn, &reader->at->tables, last, &indexed);
	return err != OK ? err
			 : index_lag_load(lag, reader->txn, &reader->at->tables, indexed, last);
}

enum err reader_lag_load(struct reader *reader)
{
	SHIELD_RETURN(reader->log, shielded_lag_load(reader));
}

void reader_lag_free(struct reader *reader)
{
	if (reader->lag == NULL)
		return;
	index_lag_release(reader->lag);
	free(reader->lag);
	reader->lag = NULL;
}

static int by_seq(const void *a, const void *b)
{
	const struct published_place *left = a, *right = b;
	return (left->seq > right->seq) - (left->seq < right->seq);
}

/* Lists what is published, in the order of the log; the table has another. */
static enum err published_list(struct reader *reader)
{
	MDB_cursor *cursor;
	MDB_val key, val;
	int code = mdb_cursor_open(reader->txn, reader->at->tables.publications, &cursor);
	if (code != 0)
		return lmdb_err(code);
	size_t count = 0;
	enum err err = OK;
	while (err == OK && (code = mdb_cursor_get(cursor, &key, &val, MDB_NEXT)) == 0) {
		struct published row;
		err = published_read(&key, &val, &row);
		if (err == OK && !GROW(reader->published, reader->published_size, count + 1))
			err = ERR_FULL;
		if (err == OK)
			reader->published[count++] =
				(struct published_place){ row.seq, row.municipality, row.as_of };
	}
	mdb_cursor_close(cursor);
	if (err != OK || code != MDB_NOTFOUND)
		return err != OK ? err : lmdb_err(code);
	if (count > 0)
		qsort(reader->published, count, sizeof(*reader->published), by_seq);
	reader->published_count = count;
	reader->published_listed = true;
	return OK;
}

static enum err shielded_published_after(
	struct reader *reader, uint64_t seq_after, struct published *out)
{
	CHECK(reader_is_ours(reader));
	enum err err = reader->published_listed ? OK : published_list(reader);
	if (err != OK)
		return err;
	size_t low = 0, high = reader->published_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (reader->published[middle].seq <= seq_after)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == reader->published_count)
		return ERR_NOT_FOUND;
	const struct published_place *place = &reader->published[low];
	return published_find(reader->txn, &reader->at->tables, place->municipality, place->as_of,
		place->seq, out);
}

enum err reader_published_after(struct reader *reader, uint64_t seq_after, struct published *out)
{
	SHIELD_RETURN(reader->log, shielded_published_after(reader, seq_after, out));
}

static enum err shielded_published(struct reader *reader, uint16_t municipality, int32_t as_of,
	uint64_t seq, struct published *out)
{
	return published_find(reader->txn, &reader->at->tables, municipality, as_of, seq, out);
}

enum err reader_published(struct reader *reader, uint16_t municipality, int32_t as_of, uint64_t seq,
	struct published *out)
{
	SHIELD_RETURN(reader->log, shielded_published(reader, municipality, as_of, seq, out));
}

/* What a record says that its sender did not. */
static enum err view_note(
	struct reader *reader, const struct record *record, struct record_view *view)
{
	struct published row;
	if (record->type == EVENT_EVENT_RETRACTED)
		view->withdraws = record->withdraws;
	if (record->type != EVENT_REPORT_PUBLISHED)
		return OK;
	enum err err = reader_published(reader, record->municipality,
		view->event.values[REPORT_PUBLISHED_AS_OF].number, record->seq, &row);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	view->round_to = row.round_to;
	view->definitions = row.definitions;
	return OK;
}

static enum err event_view(struct reader *reader, const struct record *record, struct arena *arena,
	struct record_view *view)
{
	struct bytes body;
	enum err err = arena_copy(arena, record->body, &body);
	if (err == OK)
		err = event_read_stored(body, arena, &view->event);
	if (err != OK)
		return err;
	view->event.day = record->day;
	view->event.municipality = record->municipality;
	return view_note(reader, record, view);
}

static enum err act_view(const struct record *record, struct arena *arena, struct record_view *view)
{
	struct bytes body;
	enum err err = arena_copy(arena, record->body, &body);
	if (err == OK)
		err = log_act_decode(body, arena, &view->act);
	return err == OK && view->act.type != record->act ? ERR_CORRUPT : err;
}

static enum err shielded_view(struct reader *reader, const struct record *record,
	struct arena *arena, struct record_view *out)
{
	struct record_view view = {
		.seq = record->seq,
		.recorded_us = record->recorded_us,
		.kind = record->kind,
	};
	struct bytes name;
	CHECK(record->seq > 0 && (record->partner > 0 || record->kind == RECORD_TOMBSTONE));
	if (record->kind == RECORD_TOMBSTONE) {
		*out = view;
		return OK;
	}
	enum err err = record->kind == RECORD_ACT ? act_view(record, arena, &view)
						  : event_view(reader, record, arena, &view);
	if (err == OK)
		err = reader_partner(reader, record->partner, &name);
	if (err == OK)
		err = arena_copy(arena, name, &view.partner);
	if (err == OK && record->person != 0) {
		err = reader_subject(reader, record->person, &name);
		if (err == OK)
			err = arena_copy(arena, name, &view.event.subject);
		view.act.subject = view.event.subject;
	}
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	*out = view;
	return OK;
}

enum err reader_view(struct reader *reader, const struct record *record, struct arena *arena,
	struct record_view *out)
{
	SHIELD_RETURN(reader->log, shielded_view(reader, record, arena, out));
}

enum err reader_next_view(
	struct reader *reader, uint64_t seq, struct arena *arena, struct record_view *out)
{
	struct record record;
	arena_reset(arena);
	enum err err = seq % RECORDS_OF_A_VIEW == 0 ? reader_renew(reader) : OK;
	if (err == OK)
		err = reader_next(reader, seq, &record);
	return err == OK ? reader_view(reader, &record, arena, out) : err;
}
