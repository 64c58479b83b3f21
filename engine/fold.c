/*
 * engine/fold.c - see fold.h.
 */
#include "engine/fold.h"

#include <stdatomic.h>

#include "base/check.h"
#include "engine/quality.h"
#include "engine/split.h"

#define SLICE_RECORDS 100000 /* of one view, so that the file need not grow */
#define STOP_RECORDS  4096   /* between two looks whether to go on */

void folding_release(struct folding *folding)
{
	arena_release(&folding->arena);
}

enum err folding_go_on(const struct folding *folding)
{
	return folding->stopped != NULL && folding->stopped(folding->context) ? ERR_STOPPED : OK;
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

/* What one thread of fold_people() has for itself. */
struct folder {
	struct folding folding;
	struct reader *reader;
	struct tally *tally;
};

/* All threads of fold_people(); each takes the next shard of people until none is left. */
struct crew {
	struct histories *histories;
	const struct question *question;
	struct folder folders[SPLIT_MAX];
	atomic_uint shard_next;
};

static enum err folder_run(void *context, unsigned part)
{
	struct crew *crew = context;
	struct folder *folder = &crew->folders[part];
	struct histories *histories = crew->histories;
	unsigned shard;
	while ((shard = atomic_fetch_add(&crew->shard_next, 1)) < HISTORIES_SHARDS) {
		/* people[0] holds the events without a subject. */
		uint32_t person = shard == 0 ? HISTORIES_SHARDS : shard;
		for (; person < histories->people_count; person += HISTORIES_SHARDS) {
			if (histories->people[person].marked)
				continue;
			enum err err = folding_go_on(&crew->folders[0].folding);
			if (err == OK)
				err = fold_person(&folder->folding, histories, folder->reader,
					person, crew->question, folder->tally, 1);
			if (err != OK)
				return err;
		}
	}
	return OK;
}

static enum err folder_init(struct folder *folder, const struct reader *reader)
{
	enum err err = reader_again(reader, &folder->reader);
	return err == OK ? tally_new(&folder->tally) : err;
}

static void folder_release(struct folder *folder)
{
	folding_release(&folder->folding);
	reader_close(folder->reader);
	tally_free(folder->tally);
}

enum err fold_people(struct folding *folding, struct histories *histories, struct reader *reader,
	const struct question *question, struct tally *tally)
{
	struct crew crew = { .histories = histories, .question = question };
	unsigned parts = folding->threads == 0 ? 1 : folding->threads;
	enum err err = OK;
	CHECK(parts <= SPLIT_MAX);
	/* The first is the caller. */
	crew.folders[0] = (struct folder){ *folding, reader, tally };
	for (unsigned i = 1; i < parts && err == OK; i++)
		err = folder_init(&crew.folders[i], reader);
	if (err == OK)
		err = split_run(parts, folder_run, &crew);
	*folding = crew.folders[0].folding;
	for (unsigned i = 1; i < parts; i++) {
		if (err == OK)
			err = tally_merge(tally, crew.folders[i].tally);
		folder_release(&crew.folders[i]);
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
