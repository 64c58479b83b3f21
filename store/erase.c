/*
 * store/erase.c - who is erased, and which records: see erase.h. The copy is made in
 * erase_copy.c, and put in place in erase_files.c.
 */
#include "store/erase.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/grow.h"
#include "store/erase_inside.h"

#define ARENA_SIZE    ((size_t)256 << 10)
#define SLICE_RECORDS 100000 /* of one view */

enum err erasure_new(struct log *log, struct erasure **out)
{
	struct erasure *erasure = calloc(1, sizeof(*erasure));
	if (erasure == NULL)
		return ERR_FULL;
	erasure->log = log;
	erasure->stamp_us = INT64_MIN;
	enum err err = arena_init(&erasure->arena, ARENA_SIZE);
	if (err == OK)
		err = reader_open(log, &erasure->reader);
	if (err != OK) {
		erasure_free(erasure);
		return err;
	}
	*out = erasure;
	return OK;
}

/* What was read of people is written over. */
static void forget(void *memory, size_t size)
{
	if (memory != NULL)
		explicit_bzero(memory, size);
	free(memory);
}

void erasure_free(struct erasure *erasure)
{
	if (erasure == NULL)
		return;
	if (erasure->txn != NULL)
		mdb_txn_abort(erasure->txn);
	if (erasure->target != NULL) {
		environment_drop(erasure->log, erasure->target);
		erase_copy_remove(erasure->log->path);
	}
	if (erasure->old != NULL)
		environment_drop(erasure->log, erasure->old);
	reader_close(erasure->reader);
	free(erasure->chosen);
	free(erasure->gone);
	free(erasure->pairs);
	forget(erasure->rows, erasure->row_size * sizeof(*erasure->rows));
	free(erasure->entries);
	if (erasure->arena.memory != NULL)
		explicit_bzero(erasure->arena.memory, erasure->arena.size);
	arena_release(&erasure->arena);
	free(erasure);
}

static enum err choose(struct erasure *erasure, uint32_t person)
{
	size_t had = erasure->chosen_size;
	CHECK(person != 0 && erasure->looked_seq == 0);
	if (!GROW(erasure->chosen, erasure->chosen_size, (size_t)person + 1))
		return ERR_FULL;
	if (erasure->chosen_size > had)
		memset(erasure->chosen + had, 0, erasure->chosen_size - had);
	erasure->people += erasure->chosen[person] == 0;
	erasure->chosen[person] = 1;
	return OK;
}

enum err erasure_choose_subject(struct erasure *erasure, struct bytes subject)
{
	uint32_t person = 0;
	enum err err = reader_person(erasure->reader, subject, &person);
	return err == OK ? choose(erasure, person) : err;
}

enum err erasure_choose_record(struct erasure *erasure, uint64_t seq)
{
	struct record record;
	enum err err = reader_record(erasure->reader, seq, &record);
	if (err == OK && record.person == 0 && record.withdraws != 0)
		err = reader_record(erasure->reader, record.withdraws, &record);
	return err != OK || record.person == 0 ? err : choose(erasure, record.person);
}

enum err erasure_choose_act(struct erasure *erasure, const struct record_view *act)
{
	const struct log_act *erased = &act->act;
	size_t count = erased->seq_count;
	bool found = false;
	enum err err = OK;
	CHECK(act->kind == RECORD_ACT && erased->type == LOG_ACT_ERASED);
	for (size_t i = 0; i < count && err == OK; i++) {
		struct record record;
		if (erased->seqs[i] >= act->seq)
			return ERR_CONFLICT;
		err = reader_record(erasure->reader, erased->seqs[i], &record);
		if (err == OK && record.kind != RECORD_TOMBSTONE)
			err = erasure_choose_record(erasure, erased->seqs[i]);
		found = found || (err == OK && record.kind != RECORD_TOMBSTONE);
	}
	/* The rest of a list that was too long for one act is of the same person. */
	bool goes_on = erasure->act_last != 0 && count > 0 && erased->seqs[0] > erasure->act_last;
	erasure->absent += !found && !goes_on;
	erasure->act_last = count == LOG_ACT_SEQS_MAX ? erased->seqs[count - 1] : 0;
	if (erased->before > erasure->before)
		erasure->before = erased->before;
	return err;
}

/* The last occurred_on of each person, INT32_MIN: no event. */
static enum err last_days(struct erasure *erasure, int32_t **out, size_t *count)
{
	uint64_t last;
	int64_t recorded_us;
	int32_t *days = NULL;
	size_t size = 0, used = 0;
	enum err err = reader_last(erasure->reader, &last, &recorded_us);
	for (uint64_t seq = 1; err == OK && seq <= last; seq++) {
		struct record record = { 0 };
		if (seq % SLICE_RECORDS == 0)
			err = reader_renew(erasure->reader);
		if (err == OK)
			err = reader_next(erasure->reader, seq, &record);
		if (err != OK || record.kind != RECORD_EVENT || record.person == 0)
			continue;
		if (!GROW(days, size, (size_t)record.person + 1))
			err = ERR_FULL;
		while (err == OK && used <= record.person)
			days[used++] = INT32_MIN;
		if (err == OK && record.day > days[record.person])
			days[record.person] = record.day;
	}
	*out = days;
	*count = used;
	return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

enum err erasure_choose_before(struct erasure *erasure, int32_t before)
{
	int32_t *days;
	size_t count;
	CHECK(before > 0);
	enum err err = last_days(erasure, &days, &count);
	for (size_t person = 1; person < count && err == OK; person++) {
		if (days[person] != INT32_MIN && days[person] < before)
			err = choose(erasure, (uint32_t)person);
	}
	free(days);
	erasure->before = before;
	return err;
}

static enum err gone_set(struct erasure *erasure, uint64_t seq)
{
	size_t had = erasure->gone_size;
	if (!GROW(erasure->gone, erasure->gone_size, (size_t)(seq / 8) + 1))
		return ERR_FULL;
	if (erasure->gone_size > had)
		memset(erasure->gone + had, 0, erasure->gone_size - had);
	erasure->gone[seq / 8] |= (uint8_t)(1u << seq % 8);
	return OK;
}

/* Whose the record is: whom it is about, or of a retraction whom its target is about. */
static enum err person_of(struct erasure *erasure, const struct record *record, uint32_t *out)
{
	struct record target;
	*out = record->person;
	if (record->person != 0 || record->withdraws == 0 || record->kind != RECORD_EVENT ||
		record->type != EVENT_EVENT_RETRACTED)
		return OK;
	enum err err = reader_record(erasure->reader, record->withdraws, &target);
	if (err == OK)
		*out = target.person;
	return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

static enum err record_look(struct erasure *erasure, const struct record *record)
{
	uint32_t person;
	if (record->kind == RECORD_TOMBSTONE)
		return gone_set(erasure, record->seq);
	enum err err = person_of(erasure, record, &person);
	if (err != OK || !erasure_has(erasure, person))
		return err;
	if (!GROW(erasure->pairs, erasure->pair_size, erasure->pair_count + 1))
		return ERR_FULL;
	erasure->pairs[erasure->pair_count++] = (struct erased_pair){ record->seq, person };
	return gone_set(erasure, record->seq);
}

enum err erasure_look_to(struct erasure *erasure, uint64_t seq_to)
{
	enum err err = OK;
	while (err == OK && erasure->looked_seq < seq_to) {
		struct record record = { 0 };
		uint64_t seq = erasure->looked_seq + 1;
		err = reader_next(erasure->reader, seq, &record);
		if (err == OK)
			err = record_look(erasure, &record);
		if (err == OK)
			erasure->looked_seq = seq;
	}
	return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

enum err erasure_look(struct erasure *erasure, struct erase_counts *out)
{
	uint64_t last = 0;
	int64_t recorded_us;
	enum err err = reader_renew(erasure->reader);
	if (err == OK)
		err = reader_last(erasure->reader, &last, &recorded_us);
	while (err == OK && erasure->looked_seq < last) {
		uint64_t to = erasure->looked_seq + SLICE_RECORDS;
		err = erasure_look_to(erasure, to < last ? to : last);
		if (err == OK)
			err = reader_renew(erasure->reader);
	}
	*out = (struct erase_counts){
		.people = erasure->people,
		.records = erasure->pair_count,
		.seq_first = erasure->pair_count == 0 ? 0 : erasure->pairs[0].seq,
	};
	return err;
}

void erasure_place(struct erasure *erasure, const struct log_place *place)
{
	CHECK(place->pos > erasure->log->place.pos);
	erasure->place = *place;
}

bool erasure_is_read(struct erasure *erasure)
{
	struct log *log = erasure->log;
	CHECK(erasure->old != NULL);
	CHECK(pthread_mutex_lock(&log->mutex) == 0);
	bool read = erasure->old->users > 1;
	CHECK(pthread_mutex_unlock(&log->mutex) == 0);
	return read;
}
