/*
 * engine/fold.c - see fold.h.
 */
#include "engine/fold.h"

#include "base/check.h"
#include "base/date.h"

#define SLICE_RECORDS 100000 /* of one snapshot, so that the file need not grow */

void folding_release(struct folding *folding)
{
	arena_release(&folding->arena);
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

enum err fold_people(struct folding *folding, struct histories *histories, struct reader *reader,
	const struct question *question, struct tally *tally)
{
	/* people[0] holds the events that are about nobody. */
	for (uint32_t person = 1; person < histories->people_count; person++) {
		enum err err = fold_person(folding, histories, reader, person, question, tally, 1);
		if (err != OK)
			return err;
	}
	return OK;
}

static bool history_names(const struct history *history, uint16_t municipality)
{
	for (uint32_t i = 0; i < history->count; i++) {
		if (history->facts[i].municipality == municipality)
			return true;
	}
	return false;
}

enum err fold_people_of(struct folding *folding, struct histories *histories, struct reader *reader,
	uint16_t municipality, const struct question *question, struct tally *tally)
{
	for (uint32_t person = 1; person < histories->people_count; person++) {
		if (!history_names(&histories->people[person], municipality))
			continue;
		enum err err = fold_person(folding, histories, reader, person, question, tally, 1);
		if (err != OK)
			return err;
	}
	return OK;
}

enum err fold_quality(struct reader *reader, uint64_t seq_after, uint64_t seq_to,
	struct tally *tally, int64_t sign)
{
	struct adder adder = { tally, sign };
	struct sink all = tally_sink(&adder);
	struct sink sink = registry_sink(&all, &indicator_data_quality);
	for (uint64_t seq = seq_after + 1; seq <= seq_to; seq++) {
		struct record record;
		enum err err = OK;
		if ((seq - seq_after) % SLICE_RECORDS == 0)
			err = reader_renew(reader);
		if (err == OK)
			err = reader_next(reader, seq, &record);
		if (err != OK)
			return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
		data_quality_record(&sink, record.municipality, record.correction,
			zone_day(record.recorded_us) - record.day);
	}
	return tally->failed ? ERR_FULL : OK;
}
