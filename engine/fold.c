/*
 * engine/fold.c - see fold.h.
 */
#include "engine/fold.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/check.h"
#include "engine/quality.h"
#include "engine/split.h"

#define SLICE_RECORDS 100000 /* of one view, so that the file need not grow */
#define STOP_RECORDS  4096   /* between two looks whether to go on */

#define PEOPLE_AT_ONCE 64  /* that a thread takes */
#define PEOPLE_FEW     512 /* are folded as they come */
#define FETCH_AHEAD    16  /* people, whose memory is asked for before it is needed */
#define APART_BYTES    128 /* two threads that write closer together wait for each other */
#define PLACES         (1u << 14)

void folding_release(struct folding *folding)
{
	arena_release(&folding->arena);
}

enum err folding_go_on(const struct folding *folding)
{
	return folding->stopped != NULL && folding->stopped(folding->context) ? ERR_STOPPED : OK;
}

unsigned folding_threads(const struct folding *folding)
{
	CHECK(folding->threads <= SPLIT_MAX);
	return folding->threads == 0 ? 1 : folding->threads;
}

static enum err folding_reserve(struct folding *folding, size_t size)
{
	if (folding->arena.size >= size) {
		arena_reset(&folding->arena);
		return OK;
	}
	arena_release(&folding->arena);
	return arena_init(&folding->arena, size + size / 2);
}

enum err fold_prepare(struct folding *folding, struct histories *histories, struct reader *reader,
	uint32_t person, const struct question *question, struct person *out)
{
	struct history *history = &histories->people[person];
	CHECK(history->count > 0);
	enum err err = histories_sort(histories, reader, person);
	if (err == OK)
		err = folding_reserve(folding, person_arena_size(history->count));
	if (err != OK)
		return err;
	person_prepare(out, question, history->facts, history->count, &folding->arena);
	return OK;
}

enum err fold_prepared(const struct person *person, struct tally *tally, int64_t sign)
{
	struct adder adder = { tally, sign };
	struct sink sink = tally_sink(&adder);
	registry_contribute(person, &sink);
	return tally->failed ? ERR_FULL : OK;
}

enum err fold_person(struct folding *folding, struct histories *histories, struct reader *reader,
	uint32_t person, const struct question *question, struct tally *tally, int64_t sign)
{
	struct person prepared;
	if (histories->people[person].count == 0)
		return OK;
	enum err err = fold_prepare(folding, histories, reader, person, question, &prepared);
	return err == OK ? fold_prepared(&prepared, tally, sign) : err;
}

/* What one thread of fold_each() has for itself. */
struct folder {
	_Alignas(APART_BYTES) struct folding folding;
	struct reader *reader;
	void *own;
};

/* All threads of fold_each(); each takes the next people until there are none left. */
struct crew {
	struct histories *histories;
	fold_visit *one;
	struct folder folders[SPLIT_MAX];
	uint32_t *order; /* of all people; NULL: by their numbers */
	_Alignas(APART_BYTES) atomic_uint_fast64_t next;
};

/* Where a person was last, for people_order(). */
static unsigned place_of(const struct history *history)
{
	CHECK_STATIC(PARTS_MAX <= PLACES);
	return history->count == 0 ? 0 : history->facts[history->count - 1].municipality;
}

/*
 * All people, those of one municipality together: what they add to is at hand then, while the sums
 * of all municipalities are too many for that. The order changes no sum. NULL: they are few, or
 * there is no memory.
 */
static uint32_t *people_order(const struct histories *histories)
{
	const struct history *people = histories->people;
	uint32_t count = histories->people_count;
	if (count < PEOPLE_FEW)
		return NULL;
	uint32_t *ends = calloc(PLACES + 1, sizeof(*ends));
	uint16_t *places = malloc(count * sizeof(*places));
	uint32_t *order = malloc(count * sizeof(*order));
	for (uint32_t i = 0; i < count && ends != NULL && places != NULL; i++) {
		const struct history *ahead =
			&people[i + FETCH_AHEAD < count ? i + FETCH_AHEAD : i];
		if (ahead->count > 0)
			__builtin_prefetch(&ahead->facts[ahead->count - 1]);
		places[i] = (uint16_t)place_of(&people[i]);
		ends[places[i] + 1]++;
	}
	if (ends == NULL || places == NULL) {
		free(order);
		order = NULL;
	}
	for (unsigned place = 0; place < PLACES && order != NULL; place++)
		ends[place + 1] += ends[place];
	for (uint32_t i = 0; i < count && order != NULL; i++)
		order[ends[places[i]]++] = i;
	free(ends);
	free(places);
	return order;
}

static enum err folder_run(void *context, unsigned part)
{
	struct crew *crew = context;
	struct folder *folder = &crew->folders[part];
	struct histories *histories = crew->histories;
	uint64_t first;
	while ((first = atomic_fetch_add(&crew->next, PEOPLE_AT_ONCE)) < histories->people_count) {
		for (uint64_t i = first; i < first + PEOPLE_AT_ONCE; i++) {
			if (i >= histories->people_count)
				break;
			uint32_t person = crew->order == NULL ? (uint32_t)i : crew->order[i];
			/* people[0] holds the events without a subject. */
			if (person == 0 || histories->people[person].marked)
				continue;
			enum err err = folding_go_on(&folder->folding);
			if (err == OK)
				err = crew->one(
					folder->own, &folder->folding, folder->reader, person);
			if (err != OK)
				return err;
		}
	}
	return OK;
}

/* fold_each(), in this order of the people; NULL: by their numbers. */
static enum err fold_in_order(struct folding *folding, struct histories *histories,
	struct reader *reader, fold_visit *one, void *const *owns, uint32_t *order)
{
	struct crew crew = {
		.histories = histories,
		.one = one,
		.order = order,
	};
	unsigned parts = folding_threads(folding);
	enum err err = OK;
	/* The first is the caller. */
	crew.folders[0] = (struct folder){ *folding, reader, owns[0] };
	for (unsigned i = 1; i < parts && err == OK; i++) {
		struct folder *folder = &crew.folders[i];
		folder->folding.stopped = folding->stopped;
		folder->folding.context = folding->context;
		folder->own = owns[i];
		err = reader_again(reader, &folder->reader);
	}
	if (err == OK)
		err = split_run(parts, folder_run, &crew);
	*folding = crew.folders[0].folding;
	for (unsigned i = 1; i < parts; i++) {
		folding_release(&crew.folders[i].folding);
		reader_close(crew.folders[i].reader);
	}
	return err;
}

enum err fold_each(struct folding *folding, struct histories *histories, struct reader *reader,
	fold_visit *one, void *const *owns)
{
	return fold_in_order(folding, histories, reader, one, owns, NULL);
}

/* What one thread of fold_people() adds to. */
struct people_folder {
	struct histories *histories;
	const struct question *question;
	struct tally *tally;
};

static enum err people_fold(
	void *own, struct folding *folding, struct reader *reader, uint32_t person)
{
	const struct people_folder *folder = own;
	return fold_person(
		folding, folder->histories, reader, person, folder->question, folder->tally, 1);
}

enum err fold_people(struct folding *folding, struct histories *histories, struct reader *reader,
	const struct question *question, struct tally *tally)
{
	struct people_folder folders[SPLIT_MAX];
	void *owns[SPLIT_MAX];
	unsigned parts = folding_threads(folding);
	enum err err = OK;
	for (unsigned i = 0; i < parts; i++) {
		folders[i] = (struct people_folder){ histories, question, i == 0 ? tally : NULL };
		owns[i] = &folders[i];
		if (i > 0 && err == OK)
			err = tally_new(&folders[i].tally);
	}
	uint32_t *order = people_order(histories);
	if (err == OK)
		err = fold_in_order(folding, histories, reader, people_fold, owns, order);
	free(order);
	for (unsigned i = 1; i < parts; i++) {
		if (err == OK)
			err = tally_merge(tally, folders[i].tally);
		tally_free(folders[i].tally);
	}
	return err;
}

bool fold_concerns(const struct history *history, uint16_t municipality)
{
	if ((history->municipalities & municipality_bit(municipality)) == 0)
		return false;
	for (uint32_t i = 0; i < history->count; i++) {
		if (history->facts[i].municipality == municipality)
			return true;
	}
	return false;
}

enum err fold_people_of(struct folding *folding, struct histories *histories, struct reader *reader,
	uint16_t municipality, const struct question *question, struct tally *tally)
{
	tally_only(tally, municipality);
	/* Shared ones know who is where; the owner looks without a lock. */
	size_t count = histories->people_count;
	const uint32_t *people = NULL;
	if (histories->sharing != NULL)
		people = localities_people(&histories->localities, municipality, &count);
	for (size_t i = 0; i < count; i++) {
		uint32_t person = people == NULL ? (uint32_t)i : people[i];
		/* people[0] has the events without a subject. */
		if (person == 0 || !fold_concerns(&histories->people[person], municipality))
			continue;
		enum err err = folding_go_on(folding);
		if (err == OK)
			err = fold_person(folding, histories, reader, person, question, tally, 1);
		if (err != OK)
			return err;
	}
	return OK;
}

enum err fold_quality(const struct folding *folding, struct reader *reader, uint64_t seq_after,
	uint64_t seq_to, struct tally *tally, int64_t sign)
{
	struct quality *quality;
	enum err err = quality_new(tally, sign, &quality);
	if (err != OK)
		return err;
	for (uint64_t seq = seq_after + 1; seq <= seq_to && err == OK; seq++) {
		struct record record;
		if ((seq - seq_after) % STOP_RECORDS == 1)
			err = folding_go_on(folding);
		if (err == OK && (seq - seq_after) % SLICE_RECORDS == 0)
			err = reader_renew(reader);
		if (err == OK)
			err = reader_next(reader, seq, &record);
		if (err == OK)
			quality_count(quality, &record);
	}
	enum err ended = quality_end(quality);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	return ended;
}
