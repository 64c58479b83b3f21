/*
 * engine/recall.c - see recall.h.
 */
#include "engine/recall.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/grow.h"
#include "engine/histories_inside.h"

#define SLICE_RECORDS 100000 /* of one view, so that the file need not grow */
#define STOP_RECORDS  4096   /* between two looks whether to go on */

/* A fact of the tail. */
struct tail_fact {
	uint32_t person;
	struct fact fact;
};

/* What the tail takes out of a person's history. */
struct tail_withdrawal {
	uint32_t person;
	uint64_t seq;
};

struct recall {
	struct histories *shared;
	uint64_t seq;      /* what is known */
	uint64_t base_seq; /* what of it is in memory; what comes after is the tail */
	uint32_t people_end;
	struct names partners;
	int32_t refs_before[HISTORIES_SHARDS]; /* how many were in memory before the tail was read
						*/
	struct names refs;                     /* of the tail, that were not */
	struct arena arena;

	struct tail_fact *facts; /* by person, then in the order of the log */
	size_t fact_count;
	size_t fact_size;
	struct tail_withdrawal *withdrawals; /* by person and seq */
	size_t withdrawal_count;
	size_t withdrawal_size;
};

void recall_free(struct recall *recall)
{
	if (recall == NULL)
		return;
	names_release(&recall->partners);
	names_release(&recall->refs);
	arena_release(&recall->arena);
	free(recall->facts);
	free(recall->withdrawals);
	free(recall);
}

static void refs_note(struct recall *recall)
{
	for (uint32_t shard = 0; shard < HISTORIES_SHARDS; shard++) {
		histories_lock(recall->shared, shard);
		recall->refs_before[shard] = histories_refs(recall->shared, shard)->count;
		histories_unlock(recall->shared, shard);
	}
}

/*
 * The number that a reference has within its person, in memory or in the tail alone: what the owner
 * puts into memory meanwhile does not change which of the two.
 */
static enum err tail_ref(struct recall *recall, uint32_t person, struct bytes name, int32_t *out)
{
	histories_lock(recall->shared, person);
	*out = names_find(histories_refs(recall->shared, person), name);
	histories_unlock(recall->shared, person);
	if (name.length == 0 ||
		(*out != 0 && *out <= recall->refs_before[person % HISTORIES_SHARDS]))
		return OK;
	/* From the other end: those in memory, which grow, do not get there. */
	enum err err = names_number(&recall->refs, name, out);
	*out = FACT_REF_MAX - *out;
	return err;
}

static enum err tail_add(struct recall *recall, const struct record *record)
{
	struct event event;
	int32_t ref;
	enum err err = event_of_record(record, &recall->arena, &event);
	if (err != OK || !event_is_kept(&event))
		return err;
	err = tail_ref(recall, record->person, fact_ref_of_event(&event), &ref);
	if (err == OK && !GROW(recall->facts, recall->fact_size, recall->fact_count + 1))
		err = ERR_FULL;
	if (err != OK)
		return err;
	recall->facts[recall->fact_count++] = (struct tail_fact){
		.person = record->person,
		.fact = fact_of_event(&event, record->seq, record->partner, ref),
	};
	if (record->person >= recall->people_end)
		recall->people_end = record->person + 1;
	return OK;
}

static enum err tail_withdraw(struct recall *recall, struct reader *reader, uint64_t seq)
{
	struct record record;
	/* What came in the tail itself was never added. */
	if (seq > recall->base_seq)
		return OK;
	enum err err = reader_record(reader, seq, &record);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	if (!GROW(recall->withdrawals, recall->withdrawal_size, recall->withdrawal_count + 1))
		return ERR_FULL;
	recall->withdrawals[recall->withdrawal_count++] =
		(struct tail_withdrawal){ record.person, seq };
	return OK;
}

/* Is the record withdrawn by another of those that are known? *next is of the calls before. */
static enum err is_withdrawn(const struct recall *recall, struct reader *reader, uint64_t seq,
	struct tail_withdrawal *next, uint64_t *by, bool *out)
{
	enum err err = OK;
	if (next->seq < seq) {
		err = reader_withdrawal_from(reader, seq, &next->seq, by);
		if (err == ERR_NOT_FOUND) {
			next->seq = UINT64_MAX;
			err = OK;
		}
	}
	*out = next->seq == seq && *by <= recall->seq;
	return err;
}

static enum err tail_read(
	struct recall *recall, struct reader *reader, const struct folding *folding)
{
	struct tail_withdrawal next = { 0 };
	uint64_t by = 0;
	enum err err = OK;
	for (uint64_t seq = recall->base_seq + 1; seq <= recall->seq && err == OK; seq++) {
		struct record record;
		bool withdrawn = false;
		if ((seq - recall->base_seq) % STOP_RECORDS == 1)
			err = folding_go_on(folding);
		if (err == OK && (seq - recall->base_seq) % SLICE_RECORDS == 0)
			err = reader_renew(reader);
		if (err == OK)
			err = is_withdrawn(recall, reader, seq, &next, &by, &withdrawn);
		if (err == OK)
			err = reader_next(reader, seq, &record);
		if (err != OK)
			break;
		uint64_t target = record.withdraws;
		if (record_counts(&record) && !withdrawn)
			err = tail_add(recall, &record);
		if (err == OK && target != 0)
			err = tail_withdraw(recall, reader, target);
	}
	return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

static int by_person(const void *a, const void *b)
{
	const struct tail_fact *left = a, *right = b;
	if (left->person != right->person)
		return left->person < right->person ? -1 : 1;
	uint64_t x = fact_seq(&left->fact), y = fact_seq(&right->fact);
	return (x > y) - (x < y);
}

static int by_person_and_seq(const void *a, const void *b)
{
	const struct tail_withdrawal *left = a, *right = b;
	if (left->person != right->person)
		return left->person < right->person ? -1 : 1;
	return (left->seq > right->seq) - (left->seq < right->seq);
}

/* The names of partners that are in memory, and those of the tail. */
static enum err partners_read(struct recall *recall, struct reader *reader)
{
	struct histories names = { 0 };
	uint16_t most = 0;
	histories_lock_names(recall->shared);
	enum err err = names_copy(&recall->shared->partners, &names.partners);
	histories_unlock_names(recall->shared);
	for (size_t i = 0; i < recall->fact_count; i++) {
		if (recall->facts[i].fact.partner > most)
			most = recall->facts[i].fact.partner;
	}
	if (err == OK)
		err = partner_reserve(&names, reader, most);
	recall->partners = names.partners;
	return err;
}

enum err recall_new(struct histories *shared, uint64_t applied_seq, uint64_t seq,
	struct reader *reader, const struct folding *folding, struct recall **out)
{
	CHECK(shared->sharing != NULL);
	struct recall *recall = calloc(1, sizeof(*recall));
	if (recall == NULL)
		return ERR_FULL;
	recall->shared = shared;
	recall->seq = seq;
	recall->base_seq = applied_seq < seq ? applied_seq : seq;
	histories_lock(shared, 0);
	recall->people_end = shared->people_count;
	histories_unlock(shared, 0);
	enum err err = OK;
	if (recall->base_seq < seq) {
		refs_note(recall);
		err = arena_init(&recall->arena, EVENT_ARENA_SIZE);
		if (err == OK)
			err = tail_read(recall, reader, folding);
	}
	if (err == OK)
		err = partners_read(recall, reader);
	if (err != OK) {
		recall_free(recall);
		return err;
	}
	if (recall->fact_count > 0)
		qsort(recall->facts, recall->fact_count, sizeof(*recall->facts), by_person);
	if (recall->withdrawal_count > 0)
		qsort(recall->withdrawals, recall->withdrawal_count, sizeof(*recall->withdrawals),
			by_person_and_seq);
	*out = recall;
	return OK;
}

uint32_t recall_people_end(const struct recall *recall)
{
	return recall->people_end;
}

/* The tail's facts of a person: *count of them. */
static const struct tail_fact *tail_of(const struct recall *recall, uint32_t person, size_t *count)
{
	size_t low = 0, high = recall->fact_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (recall->facts[middle].person < person)
			low = middle + 1;
		else
			high = middle;
	}
	size_t end = low;
	while (end < recall->fact_count && recall->facts[end].person == person)
		end++;
	*count = end - low;
	return *count == 0 ? NULL : recall->facts + low;
}

/* Does the tail take that event out? */
static bool tail_takes_out(const struct recall *recall, uint32_t person, uint64_t seq)
{
	const struct tail_withdrawal one = { person, seq };
	return recall->withdrawal_count > 0 &&
	       bsearch(&one, recall->withdrawals, recall->withdrawal_count, sizeof(one),
		       by_person_and_seq) != NULL;
}

static bool history_reserve(struct history *history, size_t count)
{
	if (count <= history->size)
		return true;
	if (count > UINT32_MAX || !GROW_TO(history->facts, count))
		return false;
	history->size = (uint32_t)count;
	return true;
}

static void history_put(struct history *history, const struct fact *fact)
{
	CHECK(history->count < history->size);
	history->facts[history->count++] = *fact;
	history->municipalities |= municipality_bit(fact->municipality);
}

/* Copies what memory has of a person. With the person's lock held. */
static enum err base_copy(const struct recall *recall, uint32_t person, const struct history *from,
	size_t more, struct history *out)
{
	if (!history_reserve(out, (size_t)from->count + from->past_count + more))
		return ERR_FULL;
	for (uint32_t i = 0; i < from->count; i++) {
		uint64_t seq = fact_seq(&from->facts[i]);
		if (seq > recall->base_seq || tail_takes_out(recall, person, seq))
			continue;
		history_put(out, &from->facts[i]);
		out->sorted += i < from->sorted;
	}
	for (uint32_t i = 0; i < from->past_count; i++) {
		const struct past_fact *past = &from->past[i];
		if (fact_seq(&past->fact) <= recall->base_seq && past_fact_by(past) > recall->seq)
			history_put(out, &past->fact);
	}
	return OK;
}

enum err recall_begin(const struct recall *recall, struct histories *out)
{
	CHECK(out->people_count == 0 && out->sharing == NULL);
	out->applied_seq = recall->seq;
	return names_copy(&recall->partners, &out->partners);
}

enum err recall_person(struct recall *recall, struct reader *reader, uint32_t person,
	struct histories *out, uint32_t slot)
{
	size_t more;
	const struct tail_fact *tail = tail_of(recall, person, &more);
	struct histories *shared = recall->shared;
	enum err err = person_reserve(out, slot);
	if (err != OK)
		return err;
	struct history *history = &out->people[slot];
	out->fact_count -= history->count;
	history->count = history->sorted = 0;
	history->municipalities = 0;
	histories_lock(shared, person);
	if (person < shared->people_count)
		err = base_copy(recall, person, &shared->people[person], more, history);
	histories_unlock(shared, person);
	if (err == OK && !history_reserve(history, history->count + more))
		err = ERR_FULL;
	for (size_t i = 0; i < more && err == OK; i++)
		history_put(history, &tail[i].fact);
	out->fact_count += history->count;
	if (history->count > out->longest)
		out->longest = history->count;
	return err == OK ? history_sort(&out->partners, history, reader) : err;
}

static int by_number(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	return (left > right) - (left < right);
}

/* Everybody who may have an event in the municipality, each once. Freed by the caller. */
static enum err place_list(
	const struct recall *recall, uint16_t municipality, uint32_t **out, size_t *count)
{
	size_t listed, total = 0;
	histories_lock_names(recall->shared);
	const uint32_t *people =
		localities_people(&recall->shared->localities, municipality, &listed);
	uint32_t *list = malloc((listed + recall->fact_count + 1) * sizeof(*list));
	for (size_t i = 0; i < listed && list != NULL; i++)
		list[total++] = people[i];
	histories_unlock_names(recall->shared);
	if (list == NULL)
		return ERR_FULL;
	for (size_t i = 0; i < recall->fact_count; i++) {
		const struct tail_fact *tail = &recall->facts[i];
		if (tail->person != 0 && tail->fact.municipality == municipality)
			list[total++] = tail->person;
	}
	if (total > 0)
		qsort(list, total, sizeof(*list), by_number);
	*count = 0;
	for (size_t i = 0; i < total; i++) {
		if (i == 0 || list[i] != list[i - 1])
			list[(*count)++] = list[i];
	}
	*out = list;
	return OK;
}

enum err recall_place(struct recall *recall, struct reader *reader, const struct folding *folding,
	uint16_t municipality, struct histories *out)
{
	uint32_t *people;
	size_t count;
	enum err err = place_list(recall, municipality, &people, &count);
	if (err != OK)
		return err;
	err = recall_begin(recall, out);
	if (err == OK)
		err = person_reserve(out, (uint32_t)count);
	if (err == OK)
		err = recall_person(recall, reader, 0, out, 0);
	for (size_t i = 0; i < count && err == OK; i++) {
		err = folding_go_on(folding);
		if (err == OK)
			err = recall_person(recall, reader, people[i], out, (uint32_t)i + 1);
	}
	free(people);
	return err;
}
