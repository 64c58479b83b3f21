/*
 * engine/histories.c - see histories.h.
 */
#include "base/grow.h"
#include "engine/histories_inside.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/check.h"
#include "proto/fast_decode.h"

#define NEW_MAX 16 /* unsorted facts that are inserted one by one */

/*
 * A lock for each shard of the people, and one for what all have. The owner alone takes more than
 * one: all, to move the array of people.
 */
struct histories_sharing {
	pthread_mutex_t shards[HISTORIES_SHARDS];
	pthread_mutex_t names;
};

enum err histories_share(struct histories *histories)
{
	CHECK(histories->sharing == NULL && histories->people_count == 0);
	struct histories_sharing *sharing = calloc(1, sizeof(*sharing));
	if (sharing == NULL)
		return ERR_FULL;
	for (size_t i = 0; i < HISTORIES_SHARDS; i++)
		pthread_mutex_init(&sharing->shards[i], NULL);
	pthread_mutex_init(&sharing->names, NULL);
	histories->sharing = sharing;
	return OK;
}

static void sharing_free(struct histories_sharing *sharing)
{
	if (sharing == NULL)
		return;
	for (size_t i = 0; i < HISTORIES_SHARDS; i++)
		pthread_mutex_destroy(&sharing->shards[i]);
	pthread_mutex_destroy(&sharing->names);
	free(sharing);
}

void histories_lock(struct histories *histories, uint32_t person)
{
	if (histories->sharing != NULL)
		pthread_mutex_lock(&histories->sharing->shards[person % HISTORIES_SHARDS]);
}

void histories_unlock(struct histories *histories, uint32_t person)
{
	if (histories->sharing != NULL)
		pthread_mutex_unlock(&histories->sharing->shards[person % HISTORIES_SHARDS]);
}

void histories_lock_names(struct histories *histories)
{
	if (histories->sharing != NULL)
		pthread_mutex_lock(&histories->sharing->names);
}

void histories_unlock_names(struct histories *histories)
{
	if (histories->sharing != NULL)
		pthread_mutex_unlock(&histories->sharing->names);
}

enum err histories_init(struct histories *histories)
{
	*histories = (struct histories){ 0 };
	return arena_init(&histories->arena, EVENT_ARENA_SIZE);
}

void histories_release(struct histories *histories)
{
	for (uint32_t i = 0; i < histories->people_count; i++) {
		free(histories->people[i].facts);
		free(histories->people[i].past);
	}
	free(histories->people);
	localities_release(&histories->localities);
	sharing_free(histories->sharing);
	for (size_t i = 0; i < HISTORIES_SHARDS; i++)
		names_release(&histories->refs[i]);
	names_release(&histories->partners);
	arena_release(&histories->arena);
	free(histories->withdrawn);
	*histories = (struct histories){ 0 };
}

const struct names *histories_refs(const struct histories *histories, uint32_t person)
{
	return &histories->refs[person % HISTORIES_SHARDS];
}

static enum err people_grow(struct histories *histories, uint32_t person)
{
	if (person >= histories->people_size) {
		uint32_t size = histories->people_size + histories->people_size / 2 + 64;
		if (size <= person)
			size = person + 1;
		if (!GROW_TO(histories->people, size))
			return ERR_FULL;
		histories->people_size = size;
	}
	while (histories->people_count <= person)
		histories->people[histories->people_count++] = (struct history){ 0 };
	CHECK(histories->people_count <= histories->people_size);
	return OK;
}

enum err person_reserve(struct histories *histories, uint32_t person)
{
	CHECK(person < UINT32_MAX);
	if (person < histories->people_count)
		return OK;
	for (uint32_t shard = 0; shard < HISTORIES_SHARDS; shard++)
		histories_lock(histories, shard);
	enum err err = people_grow(histories, person);
	for (uint32_t shard = 0; shard < HISTORIES_SHARDS; shard++)
		histories_unlock(histories, shard);
	return err;
}

enum err partner_reserve(struct histories *histories, struct reader *reader, uint16_t partner)
{
	while (histories->partners.count < partner) {
		struct bytes name;
		int32_t number;
		uint16_t next = (uint16_t)(histories->partners.count + 1);
		enum err err = reader_partner(reader, next, &name);
		if (err == OK) {
			histories_lock_names(histories);
			err = names_number(&histories->partners, name, &number);
			histories_unlock_names(histories);
		}
		if (err != OK)
			return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
		if (number != next)
			return ERR_CORRUPT;
	}
	return OK;
}

int fact_compare_within(const struct names *partners, const struct fact *a, const struct fact *b)
{
	int class_a = fact_class(a->type), class_b = fact_class(b->type);
	if (class_a != class_b)
		return class_a - class_b;
	if (a->partner == b->partner)
		return 0;
	return bytes_compare(names_text(partners, a->partner), names_text(partners, b->partner));
}

/*
 * Lists the person with the municipality of a fact that comes, unless a fact before says the same.
 * The last one mostly does.
 */
static enum err place_note(struct histories *histories, uint32_t person, const struct fact *fact)
{
	const struct history *history = &histories->people[person];
	if (histories->sharing == NULL || person == 0)
		return OK;
	bool listed = false;
	if ((history->municipalities & municipality_bit(fact->municipality)) != 0) {
		for (uint32_t i = history->count; i > 0 && !listed; i--)
			listed = history->facts[i - 1].municipality == fact->municipality;
		for (uint32_t i = history->past_count; i > 0 && !listed; i--)
			listed = history->past[i - 1].fact.municipality == fact->municipality;
	}
	if (listed)
		return OK;
	histories_lock_names(histories);
	enum err err = localities_add(&histories->localities, fact->municipality, person);
	histories_unlock_names(histories);
	return err;
}

enum err history_add_past(struct history *history, const struct fact *fact, uint64_t by)
{
	CHECK(by > fact_seq(fact) && by < UINT64_C(1) << 40);
	if (history->past_count == history->past_size) {
		uint32_t size = history->past_size + history->past_size / 8 + 2;
		if (!GROW_TO(history->past, size))
			return ERR_FULL;
		history->past_size = size;
	}
	history->past[history->past_count++] = (struct past_fact){
		.fact = *fact,
		.by_low = (uint32_t)by,
		.by_high = (uint8_t)(by >> 32),
	};
	history->municipalities |= municipality_bit(fact->municipality);
	return OK;
}

static enum err history_add(
	struct histories *histories, struct history *history, const struct fact *fact)
{
	CHECK(history->sorted <= history->count && history->count <= history->size);
	if (history->count == history->size) {
		uint32_t size = history->size + history->size / 16 + 2;
		if (!GROW_TO(history->facts, size))
			return ERR_FULL;
		history->size = size;
	}
	if (history->sorted == history->count &&
		(history->count == 0 || fact_compare(&histories->partners,
						&history->facts[history->count - 1], fact) < 0))
		history->sorted++;
	history->facts[history->count++] = *fact;
	history->municipalities |= municipality_bit(fact->municipality);
	if (history->count > histories->longest)
		histories->longest = history->count;
	histories->fact_count++;
	return OK;
}

static enum err change(struct histories *histories, uint32_t person)
{
	CHECK(person < histories->people_count);
	return histories->before_change == NULL
		       ? OK
		       : histories->before_change(histories->context, person);
}

/* An event that is to be taken out of a person's history. */
struct withdrawn_event {
	uint32_t person;
	uint64_t seq;
	uint64_t by;
};

static int by_person(const void *a, const void *b)
{
	const struct withdrawn_event *left = a, *right = b;
	if (left->person != right->person)
		return left->person < right->person ? -1 : 1;
	return (left->seq > right->seq) - (left->seq < right->seq);
}

/* Notes that the event with `seq` leaves the histories at the end of the slice. */
static enum err withdraw(
	struct histories *histories, struct reader *reader, uint64_t seq, uint64_t by)
{
	struct record record;
	enum err err = reader_record(reader, seq, &record);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	if (!GROW(histories->withdrawn, histories->withdrawn_size, histories->withdrawn_count + 1))
		return ERR_FULL;
	histories->withdrawn[histories->withdrawn_count++] =
		(struct withdrawn_event){ record.person, seq, by };
	return OK;
}

/* Which of those withdrawn events, of one person and in order, is the fact? NULL: none. */
static const struct withdrawn_event *is_withdrawn(
	const struct fact *fact, const struct withdrawn_event *withdrawn, size_t count)
{
	uint64_t seq = fact_seq(fact);
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (withdrawn[middle].seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && withdrawn[low].seq == seq ? &withdrawn[low] : NULL;
}

/* Takes withdrawn events of one person out of its history, whose lock is held. */
static enum err history_withdraw(struct histories *histories, struct history *history,
	const struct withdrawn_event *withdrawn, size_t count)
{
	uint32_t sorted = 0, kept = 0;
	enum err err = OK;
	for (uint32_t i = 0; i < history->count; i++) {
		const struct fact fact = history->facts[i];
		const struct withdrawn_event *by = is_withdrawn(&fact, withdrawn, count);
		if (by == NULL) {
			sorted += i < history->sorted;
			history->facts[kept++] = fact;
		} else if (histories->sharing != NULL && err == OK) {
			err = history_add_past(history, &fact, by->by);
		}
	}
	CHECK(kept < history->count && history->count - kept <= count);
	CHECK(histories->fact_count >= history->count - kept);
	histories->fact_count -= history->count - kept;
	history->count = kept;
	history->sorted = sorted;
	return err;
}

/* Takes the withdrawn events of one person out of its history, those that are there. */
static enum err person_withdraw(
	struct histories *histories, const struct withdrawn_event *withdrawn, size_t count)
{
	uint32_t person = withdrawn[0].person;
	if (person >= histories->people_count)
		return OK;
	struct history *history = &histories->people[person];
	uint32_t kept = 0;
	while (kept < history->count &&
		is_withdrawn(&history->facts[kept], withdrawn, count) == NULL)
		kept++;
	if (kept == history->count)
		return OK;
	enum err err = change(histories, person);
	if (err != OK)
		return err;
	histories_lock(histories, person);
	err = history_withdraw(histories, history, withdrawn, count);
	histories_unlock(histories, person);
	return err;
}

/* Takes out what the slice withdrew. */
static enum err withdrawn_leave(struct histories *histories)
{
	struct withdrawn_event *withdrawn = histories->withdrawn;
	size_t count = histories->withdrawn_count;
	enum err err = OK;
	if (count == 0)
		return OK;
	qsort(withdrawn, count, sizeof(*withdrawn), by_person);
	for (size_t i = 0, end; i < count && err == OK; i = end) {
		end = i + 1;
		while (end < count && withdrawn[end].person == withdrawn[i].person)
			end++;
		err = person_withdraw(histories, withdrawn + i, end - i);
	}
	histories->withdrawn_count = 0;
	return err;
}

enum err event_of_record(const struct record *record, struct arena *arena, struct event *out)
{
	enum err err = OK;
	if (!event_decode_fast(record->body, out)) {
		arena_reset(arena);
		err = event_read_stored(record->body, arena, out);
	}
	out->day = record->day;
	out->municipality = record->municipality;
	return err;
}

bool event_is_kept(const struct event *event)
{
	return event->type != EVENT_EVENT_RETRACTED && event->type != EVENT_REPORT_PUBLISHED &&
	       event->type != EVENT_REPORT_WITHDRAWN;
}

static enum err ref_number(
	struct histories *histories, uint32_t person, struct bytes name, int32_t *out)
{
	*out = 0;
	if (name.length == 0)
		return OK;
	histories_lock(histories, person);
	enum err err = names_number(&histories->refs[person % HISTORIES_SHARDS], name, out);
	histories_unlock(histories, person);
	return err;
}

/*
 * Adds the event of a record. `by`: the record that withdraws it, within the slice; 0: none does.
 * The record's body is a borrowed piece of the store: it is read before the reader is used again.
 */
static enum err apply(struct histories *histories, struct reader *reader,
	const struct record *record, uint64_t by)
{
	struct event event;
	int32_t ref;
	uint32_t person = record->person;
	CHECK(record->seq == histories->applied_seq + 1);
	enum err err = event_of_record(record, &histories->arena, &event);
	if (err != OK || !event_is_kept(&event))
		return err;
	err = ref_number(histories, person, fact_ref_of_event(&event), &ref);
	if (err == OK)
		err = partner_reserve(histories, reader, record->partner);
	if (err == OK)
		err = person_reserve(histories, person);
	/* What was withdrawn before anybody saw it changes nothing that is folded. */
	if (err == OK && by == 0)
		err = change(histories, person);
	if (err != OK)
		return err;
	struct fact fact = fact_of_event(&event, record->seq, record->partner, ref);
	err = place_note(histories, person, &fact);
	if (err != OK)
		return err;
	histories_lock(histories, person);
	err = by == 0 ? history_add(histories, &histories->people[person], &fact)
		      : history_add_past(&histories->people[person], &fact, by);
	histories_unlock(histories, person);
	return err;
}

/* Applies the records of a slice; what they withdraw is noted. */
static enum err slice_apply(
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
		CHECK(record.seq == seq && target < seq);
		bool counts = withdrawn != seq || by > seq_to;
		if (record_counts(&record) && (counts || histories->sharing != NULL))
			err = apply(histories, reader, &record, counts ? 0 : by);
		if (err == OK && target != 0)
			err = withdraw(histories, reader, target, seq);
		if (err == OK && histories->each_record != NULL)
			err = histories->each_record(histories->context, &record);
		if (err != OK)
			return err;
		histories->applied_seq = seq;
	}
	return OK;
}

enum err histories_follow(
	struct histories *histories, struct reader *reader, uint64_t seq_to, uint64_t records_max)
{
	CHECK(histories->withdrawn_count == 0);
	enum err err = slice_apply(histories, reader, seq_to, records_max);
	enum err left = withdrawn_leave(histories);
	return err == OK ? left : err;
}

/* A fact and the id of its event, which is an identifier. */
struct tied {
	struct fact fact;
	uint8_t id_length;
	uint8_t id[64];
};

static enum err tied_read(struct reader *reader, const struct fact *fact, struct tied *out)
{
	struct record record;
	struct event event;
	struct arena arena = { 0 };
	enum err err = reader_record(reader, fact_seq(fact), &record);
	if (err == OK && !event_decode_fast(record.body, &event)) {
		err = arena_init(&arena, EVENT_ARENA_SIZE);
		if (err == OK)
			err = event_read_stored(record.body, &arena, &event);
	}
	if (err == OK) {
		CHECK(event.id.length <= sizeof(out->id));
		out->fact = *fact;
		out->id_length = (uint8_t)event.id.length;
		memcpy(out->id, event.id.data, event.id.length);
	}
	arena_release(&arena);
	return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

static int tied_compare(const void *a, const void *b)
{
	const struct tied *left = a, *right = b;
	return bytes_compare(
		bytes_of(left->id, left->id_length), bytes_of(right->id, right->id_length));
}

/* Sorts facts of equal day, class and partner by their ids. */
static enum err ties_sort(struct reader *reader, struct fact *facts, uint32_t count)
{
	struct tied few[8];
	CHECK(count >= 2);
	struct tied *ties = count <= ARRAY_LENGTH(few) ? few : malloc(count * sizeof(*ties));
	enum err err = ties == NULL ? ERR_FULL : OK;
	for (uint32_t i = 0; i < count && err == OK; i++)
		err = tied_read(reader, &facts[i], &ties[i]);
	if (err == OK) {
		qsort(ties, count, sizeof(*ties), tied_compare);
		for (uint32_t i = 0; i < count; i++)
			facts[i] = ties[i].fact;
	}
	if (ties != few)
		free(ties);
	return err;
}

static int sort_compare(const void *a, const void *b, void *context)
{
	const struct names *const *partners = context;
	return fact_compare(*partners, a, b);
}

/*
 * Insertion sort: histories are almost in order. False: the facts are too far from it, and
 * what is done so far is a permutation of them.
 */
static bool insert_few(const struct names *partners, struct history *history)
{
	uint64_t moves_left = (uint64_t)history->count * 8;
	for (uint32_t i = 1; i < history->count; i++) {
		struct fact fact = history->facts[i];
		uint32_t at = i;
		while (at > 0 && fact_compare(partners, &history->facts[at - 1], &fact) > 0) {
			at--;
			if (moves_left-- == 0)
				return false;
		}
		memmove(&history->facts[at + 1], &history->facts[at], (i - at) * sizeof(fact));
		history->facts[at] = fact;
	}
	return true;
}

/* Sorts the whole history. */
static enum err sort_whole(
	const struct names *partners, struct history *history, struct reader *reader)
{
	enum err err = OK;
	if (!insert_few(partners, history))
		qsort_r(history->facts, history->count, sizeof(*history->facts), sort_compare,
			&partners);
	for (uint32_t i = 0, end; i < history->count && err == OK; i = end) {
		struct fact *first = &history->facts[i];
		end = i + 1;
		while (end < history->count &&
			fact_compare(partners, first, &history->facts[end]) == 0)
			end++;
		CHECK(end > i && end <= history->count);
		if (end > i + 1)
			err = ties_sort(reader, first, end - i);
	}
	return err;
}

/* Does a fact come after the new one? Their ids are read when all else is equal. */
static enum err comes_after(const struct names *partners, struct reader *reader,
	const struct fact *fact, const struct fact *new, bool *after)
{
	struct tied ties[2];
	enum err err = OK;
	int order = fact_compare(partners, fact, new);
	if (order == 0) {
		err = tied_read(reader, fact, &ties[0]);
		if (err == OK)
			err = tied_read(reader, new, &ties[1]);
		if (err == OK)
			order = tied_compare(&ties[0], &ties[1]);
	}
	*after = order > 0;
	return err;
}

/* Inserts the first unsorted fact among the sorted ones. */
static enum err insert_next(
	const struct names *partners, struct history *history, struct reader *reader)
{
	CHECK(history->sorted < history->count);
	struct fact new = history->facts[history->sorted];
	uint32_t low = 0, high = history->sorted;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		bool after;
		enum err err = comes_after(partners, reader, &history->facts[middle], &new, &after);
		if (err != OK)
			return err;
		if (after)
			high = middle;
		else
			low = middle + 1;
	}
	CHECK(low <= history->sorted);
	memmove(&history->facts[low + 1], &history->facts[low],
		(history->sorted - low) * sizeof(new));
	history->facts[low] = new;
	history->sorted++;
	return OK;
}

enum err history_sort(const struct names *partners, struct history *history, struct reader *reader)
{
	enum err err = OK;
	CHECK(history->sorted <= history->count);
	if (history->count - history->sorted > NEW_MAX) {
		err = sort_whole(partners, history, reader);
		history->sorted = err == OK ? history->count : 0;
	}
	while (err == OK && history->sorted < history->count)
		err = insert_next(partners, history, reader);
	CHECK(err != OK || history->sorted == history->count);
	return err;
}

enum err histories_sort(struct histories *histories, struct reader *reader, uint32_t person)
{
	CHECK(person < histories->people_count);
	struct history *history = &histories->people[person];
	if (history->sorted == history->count)
		return OK;
	histories_lock(histories, person);
	enum err err = history_sort(&histories->partners, history, reader);
	histories_unlock(histories, person);
	return err;
}

enum err histories_find_localities(struct histories *histories)
{
	for (uint32_t person = 1; person < histories->people_count; person++) {
		const struct history *history = &histories->people[person];
		for (uint32_t i = 0; i < history->count + history->past_count; i++) {
			const struct fact *fact = i < history->count
							  ? &history->facts[i]
							  : &history->past[i - history->count].fact;
			size_t count;
			const uint32_t *people = localities_people(
				&histories->localities, fact->municipality, &count);
			/* One person after the other: who is listed there already is the last. */
			if (count > 0 && people[count - 1] == person)
				continue;
			enum err err =
				localities_add(&histories->localities, fact->municipality, person);
			if (err != OK)
				return err;
		}
	}
	return OK;
}
