/*
 * store/erase_copy.c - the copy of a store without those who are erased: see erase.h.
 */
#include "store/erase.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/check.h"
#include "base/date.h"
#include "base/file.h"
#include "base/grow.h"
#include "proto/codec.h"
#include "store/erase_inside.h"
#include "store/newest.h"
#include "store/place.h"
#include "store/shield.h"

#define ROWS_OF_A_TRANSACTION 100000
#define RECORDS_OF_A_SLICE    100000

/* Begins the next transaction of the copy, when there is none. */
static enum err txn_want(struct erasure *erasure)
{
	if (erasure->txn != NULL)
		return OK;
	erasure->txn_rows = 0;
	return lmdb_err(mdb_txn_begin(erasure->target->env, NULL, 0, &erasure->txn));
}

static enum err txn_end(struct erasure *erasure)
{
	/* It is the erasure's until it is done: one that meets damage is given up by its end. */
	int code = erasure->txn == NULL ? 0 : mdb_txn_commit(erasure->txn);
	erasure->txn = NULL;
	return lmdb_err(code);
}

/* Writes a row behind all others of its table. */
static enum err row_append(struct erasure *erasure, MDB_dbi table, MDB_val *key, MDB_val *val)
{
	enum err err = erasure->txn_rows >= ROWS_OF_A_TRANSACTION ? txn_end(erasure) : OK;
	if (err == OK)
		err = txn_want(erasure);
	erasure->txn_rows++;
	return err == OK ? lmdb_err(mdb_put(erasure->txn, table, key, val, MDB_APPEND)) : err;
}

/* Does the copy have the row? NULL: all. */
typedef bool row_stays(const struct erasure *erasure, const MDB_val *key, const MDB_val *val);

static enum err table_copy(struct erasure *erasure, MDB_dbi from, MDB_dbi to, row_stays *stays)
{
	MDB_cursor *cursor;
	MDB_val key, val;
	if (from == TABLE_ABSENT)
		return OK;
	int code = mdb_cursor_open(erasure->reader->txn, from, &cursor);
	enum err err = lmdb_err(code);
	if (err != OK)
		return err;
	while (err == OK && (code = mdb_cursor_get(cursor, &key, &val, MDB_NEXT)) == 0) {
		if (stays == NULL || stays(erasure, &key, &val))
			err = row_append(erasure, to, &key, &val);
	}
	mdb_cursor_close(cursor);
	return err == OK && code != MDB_NOTFOUND ? lmdb_err(code) : err;
}

static uint64_t number_of(const MDB_val *val)
{
	uint64_t number = 0;
	if (val->mv_size == sizeof(number))
		memcpy(&number, val->mv_data, sizeof(number));
	return number;
}

static uint32_t person_in(const MDB_val *val)
{
	uint32_t person = 0;
	if (val->mv_size == sizeof(person))
		memcpy(&person, val->mv_data, sizeof(person));
	return person;
}

/* Of the identities and the keys: those that lead to a record that stays. */
static bool leads_to_what_stays(
	const struct erasure *erasure, const MDB_val *key, const MDB_val *val)
{
	(void)key;
	return !erasure_is_gone(erasure, number_of(val));
}

/* Of the withdrawals: all but of what is erased by what is erased. */
static bool withdraws_what_stays(
	const struct erasure *erasure, const MDB_val *key, const MDB_val *val)
{
	return !erasure_is_gone(erasure, number_of(key)) ||
	       !erasure_is_gone(erasure, number_of(val));
}

static bool subject_stays(const struct erasure *erasure, const MDB_val *key, const MDB_val *val)
{
	(void)key;
	return !erasure_has(erasure, person_in(val));
}

static bool person_stays(const struct erasure *erasure, const MDB_val *key, const MDB_val *val)
{
	(void)val;
	return !erasure_has(erasure, person_in(key));
}

/* The tables beside the log, all of one view; `indexed` goes with the index. */
static enum err tables_copy(struct erasure *erasure)
{
	const struct tables *from = &erasure->reader->at->tables, *to = &erasure->target->tables;
	enum err err = table_copy(erasure, from->identity, to->identity, leads_to_what_stays);
	if (err == OK)
		err = table_copy(erasure, from->keys, to->keys, leads_to_what_stays);
	if (err == OK)
		err = table_copy(erasure, from->withdrawals, to->withdrawals, withdraws_what_stays);
	if (err == OK)
		err = table_copy(erasure, from->subjects, to->subjects, subject_stays);
	if (err == OK)
		err = table_copy(erasure, from->persons, to->persons, person_stays);
	if (err == OK)
		err = table_copy(erasure, from->erased, to->erased, NULL);
	if (err == OK)
		err = table_copy(erasure, from->meta, to->meta, NULL);
	return err;
}

/* Keeps the hashes of the identity and the key of a record, and its entry of the list. */
static enum err hashes_keep(struct erasure *erasure, const struct record *record)
{
	const struct salt *salt = &erasure->target->salt;
	uint8_t space[IDENTITY_KEY_MAX];
	struct event event;
	if (!GROW(erasure->entries, erasure->entry_size, erasure->entry_count + 1) ||
		!GROW(erasure->rows, erasure->row_size, erasure->row_count + 2))
		return ERR_FULL;
	erasure->entries[erasure->entry_count++] =
		erased_entry(salt, erasure->store_id, record->seq, record->checksum);
	if (record->kind != RECORD_EVENT)
		return OK;
	arena_reset(&erasure->arena);
	enum err err = event_read_stored(record->body, &erasure->arena, &event);
	if (err != OK)
		return err;
	MDB_val key = identity_key(record->partner, event.id, space);
	erasure->rows[erasure->row_count++] = (struct erased_row){
		.hash = erased_hash(salt, ERASED_IDENTITY, bytes_of_val(&key)),
		.seq = record->seq,
		.kind = ERASED_IDENTITY,
	};
	if (event.key.length > 0) {
		key = key_key(record->partner, event.key, space);
		erasure->rows[erasure->row_count++] = (struct erased_row){
			.hash = erased_hash(salt, ERASED_KEY, bytes_of_val(&key)),
			.seq = record->seq,
			.kind = ERASED_KEY,
		};
	}
	explicit_bzero(space, sizeof(space));
	return OK;
}

/*
 * What is left of a record: its place and its day. The stamp is the first that the day and the
 * records before it leave, so that it tells nothing more; it is not after that of the record.
 */
static enum err tombstone_append(struct erasure *erasure, const struct record *record)
{
	uint8_t header[RECORD_HEADER_SIZE];
	int64_t day_us = zone_day_first_us(zone_day(record->recorded_us));
	struct record tombstone = {
		.seq = record->seq,
		.kind = RECORD_TOMBSTONE,
		.recorded_us = erasure->stamp_us < day_us ? day_us : erasure->stamp_us + 1,
		/* That of another person's record, which stays withdrawn. */
		.withdraws = erasure_is_gone(erasure, record->withdraws) ? 0 : record->withdraws,
		.nameless = record->kind != RECORD_EVENT,
	};
	CHECK(tombstone.recorded_us <= record->recorded_us);
	enum err err = hashes_keep(erasure, record);
	if (err != OK)
		return err;
	record_header_write(&tombstone, header);
	MDB_val key = val_of(&tombstone.seq, sizeof(tombstone.seq));
	MDB_val val = val_of(header, sizeof(header));
	erasure->stamp_us = tombstone.recorded_us;
	return row_append(erasure, erasure->target->tables.log, &key, &val);
}

static enum err as_it_lies(struct erasure *erasure, const struct record *record)
{
	/* A header before a body. */
	struct bytes whole = bytes_of(
		record->body.data - RECORD_HEADER_SIZE, record->body.length + RECORD_HEADER_SIZE);
	MDB_val key = val_of(&record->seq, sizeof(record->seq));
	MDB_val val = val_of(whole.data, whole.length);
	erasure->stamp_us = record->recorded_us;
	return row_append(erasure, erasure->target->tables.log, &key, &val);
}

/* A tombstone of before, whose withdrawal is of what is erased now, too. */
static enum err tombstone_again(struct erasure *erasure, const struct record *record)
{
	uint8_t header[RECORD_HEADER_SIZE];
	struct record tombstone = *record;
	tombstone.withdraws = 0;
	record_header_write(&tombstone, header);
	MDB_val key = val_of(&record->seq, sizeof(record->seq));
	MDB_val val = val_of(header, sizeof(header));
	erasure->stamp_us = record->recorded_us;
	return row_append(erasure, erasure->target->tables.log, &key, &val);
}

/* Copies one record, or puts a tombstone in its place. */
static enum err record_copy(struct erasure *erasure, const struct record *record)
{
	CHECK(record->seq == erasure->copied_seq + 1 && record->recorded_us > erasure->stamp_us);
	enum err err;
	if (record->kind != RECORD_TOMBSTONE)
		err = erasure_is_gone(erasure, record->seq) ? tombstone_append(erasure, record)
							    : as_it_lies(erasure, record);
	else
		err = record->withdraws != 0 && erasure_is_gone(erasure, record->withdraws)
			      ? tombstone_again(erasure, record)
			      : as_it_lies(erasure, record);
	if (err == OK)
		erasure->copied_seq = record->seq;
	return err;
}

static enum err log_copy(
	struct erasure *erasure, uint64_t seq_to, bool renew, const atomic_bool *stop)
{
	enum err err = OK;
	while (err == OK && erasure->copied_seq < seq_to) {
		struct record record;
		uint64_t seq = erasure->copied_seq + 1;
		if (renew && seq % RECORDS_OF_A_SLICE == 0)
			err = stop != NULL && *stop ? ERR_STOPPED : reader_renew(erasure->reader);
		if (err == OK)
			err = reader_next(erasure->reader, seq, &record);
		if (err == OK)
			err = record_copy(erasure, &record);
	}
	return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

/* Is there room for a second store? */
static enum err room_check(const struct erasure *erasure, struct reason *reason)
{
	struct statvfs disk;
	uint64_t need = log_bytes(erasure->log);
	if (statvfs(erasure->log->path, &disk) == 0 &&
		(uint64_t)disk.f_bavail * disk.f_frsize < need)
		return fail(reason, ERR_FULL,
			"the disk has no room for a second store of %llu MiB beside the first: "
			"free some space",
			(unsigned long long)(need >> 20));
	return OK;
}

static enum err target_open(struct erasure *erasure, struct reason *reason)
{
	char path[FILE_PATH_MAX];
	const struct environment *from = erasure->reader->at;
	enum err err = room_check(erasure, reason);
	/* Without the list nothing is committed that could not be put in place. */
	if (err == OK)
		err = erase_list_hold(erasure->log, reason);
	if (err == OK)
		err = erase_copy_make(erasure->log->path, reason);
	if (err == OK)
		err = erase_path(erasure->log->path, PLACE_COPYING, path, reason);
	/* Nothing of it counts before it is whole: it is synced once. */
	if (err == OK)
		err = environment_new(path, log_bytes_max(erasure->log), MDB_NOSYNC | MDB_NOSUBDIR,
			&erasure->target, reason);
	if (err == OK)
		err = txn_want(erasure);
	if (err == OK)
		err = lmdb_err(tables_open(erasure->txn, MDB_CREATE, &erasure->target->tables));
	if (err == OK)
		err = txn_end(erasure);
	if (err != OK)
		return err;
	erasure->target->salt = from->salt;
	erasure->target->has_salt = from->has_salt;
	err = reader_store_id(erasure->reader, erasure->store_id);
	if (err == ERR_NOT_FOUND || (err == OK && !from->has_salt))
		return fail(reason, ERR_CORRUPT, "the store has no id");
	return err == OK ? OK : store_fail(reason, err, "the store");
}

static enum err shielded_copy(
	struct erasure *erasure, const atomic_bool *stop, struct reason *reason)
{
	uint64_t last = 0;
	int64_t recorded_us;
	CHECK(erasure->target == NULL && erasure->people > 0);
	enum err err = reader_renew(erasure->reader);
	if (err == OK)
		err = target_open(erasure, reason);
	if (err != OK)
		return err;
	err = reader_last(erasure->reader, &last, &recorded_us);
	if (err == OK)
		err = erasure_look_to(erasure, last);
	if (err == OK)
		err = tables_copy(erasure);
	MDB_cursor *cursor;
	MDB_val key, val;
	if (err == OK)
		err = lmdb_err(mdb_cursor_open(
			erasure->reader->txn, erasure->reader->at->tables.persons, &cursor));
	if (err == OK) {
		if (mdb_cursor_get(cursor, &key, &val, MDB_LAST) == 0)
			erasure->last_person = person_in(&key);
		mdb_cursor_close(cursor);
		err = log_copy(erasure, last, true, stop);
	}
	/* LMDB's lock is its thread's; the rest may be another's to copy. */
	if (err == OK)
		err = txn_end(erasure);
	return err == OK            ? OK
	       : err == ERR_STOPPED ? err
				    : fail(reason, err, "the store cannot be copied");
}

enum err erasure_copy(struct erasure *erasure, const atomic_bool *stop, struct reason *reason)
{
	SHIELD_RETURN_REASON(erasure->log, reason, shielded_copy(erasure, stop, reason));
}

/* The withdrawals of the records after `seq_after`. */
static enum err withdrawals_add(struct erasure *erasure, uint64_t seq_after)
{
	enum err err = OK;
	for (uint64_t seq = seq_after + 1; seq <= erasure->copied_seq && err == OK; seq++) {
		struct record record;
		err = reader_record(erasure->reader, seq, &record);
		if (err != OK || record.withdraws == 0 ||
			(erasure_is_gone(erasure, seq) &&
				erasure_is_gone(erasure, record.withdraws)))
			continue;
		MDB_val key = val_of(&record.withdraws, sizeof(record.withdraws));
		err = table_put_u64(erasure->txn, erasure->target->tables.withdrawals, &key, seq);
	}
	return err;
}

/* The people who came since the bulk was copied. */
static enum err people_add(struct erasure *erasure)
{
	const struct tables *to = &erasure->target->tables;
	MDB_cursor *cursor;
	uint32_t next = erasure->last_person + 1;
	MDB_val key = val_of(&next, sizeof(next)), val;
	int code =
		mdb_cursor_open(erasure->reader->txn, erasure->reader->at->tables.persons, &cursor);
	if (code != 0)
		return lmdb_err(code);
	code = mdb_cursor_get(cursor, &key, &val, MDB_SET_RANGE);
	while (code == 0) {
		code = mdb_put(erasure->txn, to->persons, &key, &val, 0);
		if (code == 0)
			code = mdb_put(erasure->txn, to->subjects, &val, &key, 0);
		if (code == 0)
			code = mdb_cursor_get(cursor, &key, &val, MDB_NEXT);
	}
	mdb_cursor_close(cursor);
	return code == MDB_NOTFOUND ? OK : lmdb_err(code);
}

/* Small tables, as they are now. */
static enum err small_copy(struct erasure *erasure)
{
	const struct tables *from = &erasure->reader->at->tables, *to = &erasure->target->tables;
	enum err err = table_copy(erasure, from->partners, to->partners, NULL);
	if (err == OK)
		err = table_copy(erasure, from->publications, to->publications, NULL);
	if (err == OK)
		err = table_copy(erasure, from->kept, to->kept, NULL);
	if (err == OK)
		err = table_copy(erasure, from->restricted, to->restricted, person_stays);
	return err;
}

/* The rows of meta as they are now, but for `indexed`, which is that of the index. */
static enum err meta_update(struct erasure *erasure)
{
	MDB_cursor *cursor;
	MDB_val key, val;
	int code = mdb_cursor_open(erasure->reader->txn, erasure->reader->at->tables.meta, &cursor);
	if (code != 0)
		return lmdb_err(code);
	while ((code = mdb_cursor_get(cursor, &key, &val, MDB_NEXT)) == 0) {
		if (bytes_are(bytes_of_val(&key), "indexed"))
			continue;
		code = mdb_put(erasure->txn, erasure->target->tables.meta, &key, &val, 0);
		if (code != 0)
			break;
	}
	mdb_cursor_close(cursor);
	return code == MDB_NOTFOUND ? OK : lmdb_err(code);
}

/* The number of the partner of acts, given out when it is new. */
static enum err act_partner(struct erasure *erasure, uint16_t *out)
{
	const struct tables *to = &erasure->target->tables;
	uint32_t number = 0;
	for (;;) {
		number++;
		MDB_val key = val_of(&number, sizeof(number)), val;
		int code = mdb_get(erasure->txn, to->partners, &key, &val);
		if (code == MDB_NOTFOUND)
			break;
		if (code != 0)
			return lmdb_err(code);
		if (bytes_are(bytes_of_val(&val), LOG_ACT_PARTNER)) {
			*out = (uint16_t)number;
			return OK;
		}
	}
	if (number >= UINT16_MAX)
		return ERR_FULL;
	MDB_val key = val_of(&number, sizeof(number)), val = val_of_string(LOG_ACT_PARTNER);
	*out = (uint16_t)number;
	return lmdb_err(mdb_put(erasure->txn, to->partners, &key, &val, 0));
}

/* Appends one act. */
static enum err act_append(
	struct erasure *erasure, uint16_t partner, const uint64_t *seqs, size_t count)
{
	const struct log_act act = {
		.type = LOG_ACT_ERASED,
		.seqs = seqs,
		.seq_count = count,
		.before = erasure->before,
	};
	struct record record = {
		.seq = erasure->copied_seq + 1,
		.recorded_us = erasure->stamp_us + 1,
		.kind = RECORD_ACT,
		.act = LOG_ACT_ERASED,
		.partner = partner,
	};
	uint8_t header[RECORD_HEADER_SIZE];
	struct text body = { 0 }, whole = { 0 };
	log_act_encode(&act, false, &body);
	record.body = text_bytes(&body);
	if (!body.failed) {
		record_header_write(&record, header);
		text_add(&whole, bytes_of(header, sizeof(header)));
		text_add(&whole, record.body);
	}
	enum err err = body.failed || whole.failed ? ERR_FULL : OK;
	MDB_val key = val_of(&record.seq, sizeof(record.seq));
	MDB_val val = val_of(whole.data, whole.length);
	if (err == OK)
		err = row_append(erasure, erasure->target->tables.log, &key, &val);
	text_release(&body);
	text_release(&whole);
	erasure->copied_seq = record.seq;
	erasure->stamp_us = record.recorded_us;
	return err;
}

static int by_person_and_seq(const void *a, const void *b)
{
	const struct erased_pair *left = a, *right = b;
	if (left->person != right->person)
		return left->person < right->person ? -1 : 1;
	return (left->seq > right->seq) - (left->seq < right->seq);
}

/* One act for each person, more where there are many records. */
static enum err acts_append(struct erasure *erasure, uint16_t partner)
{
	uint64_t seqs[LOG_ACT_SEQS_MAX];
	size_t count = 0;
	enum err err = OK;
	if (erasure->pair_count > 0)
		qsort(erasure->pairs, erasure->pair_count, sizeof(*erasure->pairs),
			by_person_and_seq);
	for (size_t i = 0; i < erasure->pair_count && err == OK; i++) {
		const struct erased_pair *pair = &erasure->pairs[i];
		seqs[count++] = pair->seq;
		if (i + 1 < erasure->pair_count && pair[1].person == pair->person &&
			count < LOG_ACT_SEQS_MAX)
			continue;
		err = act_append(erasure, partner, seqs, count);
		count = 0;
	}
	return err;
}

/* The acts of the main, with their own places and stamps. */
static enum err acts_follow(struct erasure *erasure, uint16_t partner)
{
	int32_t before = erasure->before;
	enum err err = OK;
	for (size_t i = 0; i < erasure->followed_count && err == OK; i++) {
		const struct record_view *act = &erasure->followed[i];
		if (act->seq != erasure->copied_seq + 1 || act->recorded_us <= erasure->stamp_us)
			return ERR_CONFLICT;
		erasure->stamp_us = act->recorded_us - 1;
		erasure->before = act->act.before;
		err = act_append(erasure, partner, act->act.seqs, act->act.seq_count);
	}
	erasure->before = before;
	return err;
}

static enum err meta_add(struct erasure *erasure, const char *name, uint64_t more)
{
	MDB_val key = val_of_string(name);
	uint64_t before = 0;
	enum err err = table_get_u64(erasure->txn, erasure->target->tables.meta, &key, &before);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	return table_put_u64(erasure->txn, erasure->target->tables.meta, &key, before + more);
}

static enum err meta_raise(struct erasure *erasure, const char *name, uint64_t value)
{
	MDB_val key = val_of_string(name);
	uint64_t before = 0;
	enum err err = table_get_u64(erasure->txn, erasure->target->tables.meta, &key, &before);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	return before >= value
		       ? OK
		       : table_put_u64(erasure->txn, erasure->target->tables.meta, &key, value);
}

/*
 * Of a store that knew the list beside it as it was, the copy knows it with the entries that come.
 * One that did not may be from before other erasures too: those stay to be looked for.
 */
static enum err list_note(struct erasure *erasure)
{
	MDB_val key = val_of_string(META_ERASED_LIST);
	uint64_t noted = 0, bytes = erase_list_bytes(erasure->log->path);
	enum err err = table_get_u64(erasure->txn, erasure->target->tables.meta, &key, &noted);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	return noted != bytes ? OK
			      : table_put_u64(erasure->txn, erasure->target->tables.meta, &key,
					bytes + erasure->entry_count * ERASE_LINE_LENGTH);
}

/* What the store says about itself after the acts. */
static enum err meta_end(struct erasure *erasure, uint16_t partner)
{
	const struct newest newest = { erasure->copied_seq, erasure->stamp_us };
	enum err err = meta_add(erasure, META_ERASED_PEOPLE, erasure->people + erasure->absent);
	if (err == OK && erasure->before != 0)
		err = meta_raise(erasure, META_COMPLETE_FROM, (uint64_t)erasure->before);
	if (err == OK)
		err = meta_raise(erasure, META_LAST_PERSON, erasure->log->last_person);
	if (err == OK)
		err = meta_raise(erasure, META_LAST_ACT, erasure->copied_seq);
	if (err == OK)
		err = list_note(erasure);
	if (err == OK)
		err = newest_put(erasure->txn, &erasure->target->tables, partner, &newest);
	return err;
}

static enum err kept_add(
	struct erasure *erasure, const struct kept_figures *kept, size_t kept_count)
{
	enum err err = OK;
	for (size_t i = 0; i < kept_count && err == OK; i++) {
		MDB_val key = val_of(&kept[i].seq, sizeof(kept[i].seq));
		MDB_val val = val_of(kept[i].figures.data, kept[i].figures.length);
		err = lmdb_err(mdb_put(
			erasure->txn, erasure->target->tables.kept, &key, &val, MDB_NOOVERWRITE));
	}
	return err;
}

/* What came since the bulk was copied. */
static enum err rest_copy(struct erasure *erasure)
{
	uint64_t last = 0, bulk_seq = erasure->copied_seq;
	int64_t recorded_us;
	size_t pairs = erasure->pair_count;
	enum err err = reader_renew(erasure->reader);
	if (err == OK)
		err = reader_last(erasure->reader, &last, &recorded_us);
	if (err == OK)
		err = erasure_look_to(erasure, last);
	if (err == OK && erasure->before != 0 && erasure->pair_count != pairs)
		return ERR_CONFLICT;
	if (err == OK)
		err = log_copy(erasure, last, false, NULL);
	if (err == OK)
		err = txn_want(erasure);
	if (err == OK)
		err = withdrawals_add(erasure, bulk_seq);
	if (err == OK)
		err = people_add(erasure);
	if (err == OK)
		err = small_copy(erasure);
	if (err == OK)
		err = txn_want(erasure);
	return err == OK ? meta_update(erasure) : err;
}

static int by_hash_and_seq(const void *a, const void *b)
{
	const struct erased_row *left = a, *right = b;
	int order = memcmp(&left->hash, &right->hash, sizeof(left->hash));
	return order != 0 ? order : (left->seq > right->seq) - (left->seq < right->seq);
}

/* The acts come after all records, and after every K that was answered. */
static enum err end_write(
	struct erasure *erasure, int64_t now_us, const struct kept_figures *kept, size_t kept_count)
{
	uint16_t partner = 0;
	int64_t after_us = erasure->log->last_recorded_us;
	if (after_us < erasure->log->floor_us)
		after_us = erasure->log->floor_us;
	if (after_us < now_us - 1)
		after_us = now_us - 1;
	if (erasure->stamp_us < after_us)
		erasure->stamp_us = after_us;
	enum err err = act_partner(erasure, &partner);
	if (erasure->row_count > 0)
		qsort(erasure->rows, erasure->row_count, sizeof(*erasure->rows), by_hash_and_seq);
	for (size_t i = 0; i < erasure->row_count && err == OK; i++)
		err = erased_put(erasure->txn, &erasure->target->tables, &erasure->rows[i]);
	if (err == OK)
		err = erasure->followed == NULL ? acts_append(erasure, partner)
						: acts_follow(erasure, partner);
	if (err == OK)
		err = txn_want(erasure);
	if (err == OK)
		err = kept_add(erasure, kept, kept_count);
	if (err == OK)
		err = meta_end(erasure, partner);
	if (err == OK && erasure->place.pos != 0)
		err = place_put(erasure->txn, &erasure->target->tables, &erasure->place);
	if (err == OK)
		err = txn_end(erasure);
	if (err == OK)
		err = lmdb_err(mdb_env_sync(erasure->target->env, 1));
	if (err == OK)
		err = lmdb_err(mdb_env_set_flags(erasure->target->env, MDB_NOSYNC, 0));
	return err;
}

/* From here on everybody who opens or renews a reader gets the new file. */
static enum err exchange(struct erasure *erasure, struct reason *reason)
{
	struct log *log = erasure->log;
	enum err err = log->list_fd < 0 ? erase_list_open(log->path, &log->list_fd, reason) : OK;
	if (err == OK)
		err = erase_exchange(log->path, log->list_fd, reason);
	if (err != OK)
		return err == ERR_FULL ? ERR_IO : err;
	reader_close(erasure->reader);
	erasure->reader = NULL;
	CHECK(pthread_mutex_lock(&log->mutex) == 0);
	erasure->old = log->at;
	log->at = erasure->target;
	erasure->target = NULL;
	CHECK(pthread_mutex_unlock(&log->mutex) == 0);
	err = log_load(log, reason);
	return err == OK ? OK : ERR_IO;
}

static enum err shielded_finish(struct erasure *erasure, int64_t now_us,
	const struct kept_figures *kept, size_t kept_count, struct reason *reason)
{
	CHECK(erasure->target != NULL && erasure->log->lock_fd >= 0 && erasure->log->txn == NULL);
	enum err err = rest_copy(erasure);
	if (err == ERR_CONFLICT)
		return fail(reason, err, "an event of somebody who expired came meanwhile");
	if (err == OK)
		err = end_write(erasure, now_us, kept, kept_count);
	if (err != OK)
		return fail(reason, err, "the rest of the store cannot be copied");
	err = erase_commit(erasure->log->path, erasure->entries, erasure->entry_count, reason);
	return err == OK ? exchange(erasure, reason) : err;
}

enum err erasure_finish(struct erasure *erasure, int64_t now_us, const struct kept_figures *kept,
	size_t kept_count, struct reason *reason)
{
	SHIELD_RETURN_REASON(
		erasure->log, reason, shielded_finish(erasure, now_us, kept, kept_count, reason));
}

enum err erasure_follow(struct erasure *erasure, const struct record_view *acts, size_t count,
	const struct kept_figures *kept, size_t kept_count, struct reason *reason)
{
	CHECK(count > 0);
	erasure->followed = acts;
	erasure->followed_count = count;
	/* The stamps are the acts': no clock is looked at. */
	return erasure_finish(erasure, INT64_MIN + 1, kept, kept_count, reason);
}
