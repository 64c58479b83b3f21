/*
 * engine/answers.c - see answers.h.
 */
#include "engine/answers.h"

#include <stdlib.h>

#include "base/check.h"
#include "engine/csv.h"
#include "engine/gather.h"
#include "engine/print.h"
#include "engine/split.h"
#include "engine/tally.h"

#define SLICE_RECORDS 100000 /* between two renewals of the view */

/* The least work that is worth a thread. */
#define RECORDS_OF_A_PART 20000
#define PEOPLE_OF_A_PART  500

/* Of a folding whose context is the flag. */
static bool is_stopped(const void *context)
{
	const atomic_bool *stop = context;
	return stop != NULL && atomic_load(stop);
}

enum err answers_init(struct answers *answers, unsigned threads, const atomic_bool *stop)
{
	*answers = (struct answers){
		.known_us = INT64_MIN,
		.threads = threads,
		.stop = stop,
		.folding = { .stopped = is_stopped, .context = stop },
	};
	enum err err = histories_init(&answers->histories);
	if (err == OK)
		err = tally_new(&answers->tally);
	if (err == OK)
		err = tally_new(&answers->quality);
	if (err != OK)
		answers_release(answers);
	return err;
}

void answers_release(struct answers *answers)
{
	recall_free(answers->recall);
	lease_drop(&answers->lease);
	answers->recall = NULL;
	folding_release(&answers->folding);
	histories_release(&answers->histories);
	agreements_release(&answers->agreements);
	tally_free(answers->tally);
	tally_free(answers->quality);
	answers->tally = NULL;
	answers->quality = NULL;
}

/* Reads all that is known, from an empty start, and counts data_quality with it. */
static enum err gather(struct answers *answers, struct reader *reader)
{
	const struct gathering gathering = {
		.seq_to = answers->seq,
		.quality_after = answers->quality_after,
		.quality = answers->quality,
		.threads = split_parts(answers->threads, answers->seq, RECORDS_OF_A_PART),
		.folding = &answers->folding,
	};
	enum err err = histories_gather(&answers->histories, reader, &gathering);
	if (err == OK)
		answers->quality_to = answers->seq;
	return err;
}

/*
 * An erasure or a restriction between the first record that was read and the last leaves a mixture
 * of before and after, in which a record may also seem damaged.
 */
enum err answers_settle(struct answers *answers, struct reader *reader, enum err err)
{
	struct acts now;
	if (err != OK && err != ERR_CORRUPT)
		return err;
	enum err looked = reader_renew(reader);
	if (looked == OK)
		looked = reader_acts(reader, &now);
	if (looked != OK)
		return err != OK ? err : looked;
	return now.last_seq == answers->acts.last_seq ? err : ERR_CONFLICT;
}

static enum err know(struct answers *answers, struct reader *reader, int64_t known_us)
{
	CHECK(known_us >= answers->known_us);
	uint64_t quality_after = 0;
	enum err err = OK;
	if (answers->histories.applied_seq == 0)
		err = reader_acts(reader, &answers->acts);
	if (err == OK)
		err = reader_seq_at(reader, known_us, &answers->seq);
	if (err == OK)
		err = reader_seq_at(reader, known_us - QUALITY_WINDOW_US, &quality_after);
	if (err != OK)
		return err;
	answers->known_us = known_us;
	if (answers->histories.applied_seq == 0 && answers->seq > 0) {
		answers->quality_after = quality_after;
		return gather(answers, reader);
	}
	while (err == OK && answers->histories.applied_seq < answers->seq) {
		err = histories_follow(&answers->histories, reader, answers->seq, SLICE_RECORDS);
		if (err == OK)
			err = reader_renew(reader);
		if (err == OK)
			err = folding_go_on(&answers->folding);
	}
	if (err == OK &&
		(answers->quality_after != quality_after || answers->quality_to != answers->seq)) {
		tally_clear(answers->quality);
		answers->quality_after = quality_after;
		answers->quality_to = answers->seq;
		err = fold_quality(&answers->folding, reader, quality_after, answers->seq,
			answers->quality, 1);
	}
	return err;
}

enum err answers_know(struct answers *answers, struct reader *reader, int64_t known_us)
{
	return answers_settle(answers, reader, know(answers, reader, known_us));
}

/* Takes from memory what is asked; for all together that is done person by person. */
static enum err recall(struct answers *answers, struct reader *reader, const struct lease *lease,
	uint16_t municipality)
{
	struct recall *recall;
	struct live *live = lease->live;
	enum err err = recall_new(&live->histories, lease->applied_seq, answers->seq, reader,
		&answers->folding, &recall);
	if (err != OK)
		return err;
	if (municipality == PART_ALL) {
		answers->recall = recall;
		answers->lease = lease_hold(lease);
	} else {
		err = recall_place(
			recall, reader, &answers->folding, municipality, &answers->histories);
		recall_free(recall);
	}
	if (err == OK)
		err = quality_sums_add(live->quality, &answers->folding, reader,
			answers->quality_after, answers->seq, municipality, answers->quality);
	return err;
}

enum err answers_recall(struct answers *answers, struct reader *reader, const struct lease *lease,
	int64_t known_us, uint16_t municipality)
{
	CHECK(answers->recall == NULL && answers->histories.people_count == 0);
	enum err err = reader_acts(reader, &answers->acts);
	if (err == OK && answers->acts.last_seq != lease->last_act)
		return ERR_CONFLICT;
	if (err == OK)
		err = reader_seq_at(reader, known_us, &answers->seq);
	if (err == OK)
		err = reader_seq_at(reader, known_us - QUALITY_WINDOW_US, &answers->quality_after);
	if (err != OK)
		return err;
	answers->known_us = known_us;
	answers->quality_to = answers->seq;
	return answers_settle(answers, reader, recall(answers, reader, lease, municipality));
}

/* What one thread has for itself that folds everybody from memory. */
struct recaller {
	struct folding folding;
	struct reader *reader;
	struct tally *tally;
	struct histories one; /* each person in turn */
};

struct recallers {
	struct answers *answers;
	const struct question *question;
	struct recaller list[SPLIT_MAX];
	atomic_uint shard_next;
};

static enum err recaller_run(void *context, unsigned part)
{
	struct recallers *recallers = context;
	struct recaller *own = &recallers->list[part];
	struct recall *recall = recallers->answers->recall;
	uint32_t shard;
	enum err err = recall_begin(recall, &own->one);
	tally_only(own->tally, PART_ALL);
	while (err == OK &&
		(shard = atomic_fetch_add(&recallers->shard_next, 1)) < HISTORIES_SHARDS) {
		/* people[0] holds the events without a subject. */
		uint32_t person = shard == 0 ? HISTORIES_SHARDS : shard;
		for (; person < recall_people_end(recall) && err == OK;
			person += HISTORIES_SHARDS) {
			err = folding_go_on(&recallers->answers->folding);
			if (err == OK)
				err = recall_person(recall, own->reader, person, &own->one, 1);
			if (err == OK)
				err = fold_person(&own->folding, &own->one, own->reader, 1,
					recallers->question, own->tally, 1);
		}
	}
	return err;
}

/* Folds everybody from memory, by all threads. */
static enum err recall_all(
	struct answers *answers, struct reader *reader, const struct question *question)
{
	struct recallers *recallers = calloc(1, sizeof(*recallers));
	if (recallers == NULL)
		return ERR_FULL;
	unsigned parts =
		split_parts(answers->threads, recall_people_end(answers->recall), PEOPLE_OF_A_PART);
	enum err err = OK;
	recallers->answers = answers;
	recallers->question = question;
	for (unsigned i = 0; i < parts && err == OK; i++) {
		struct recaller *own = &recallers->list[i];
		own->reader = reader;
		own->tally = answers->tally;
		if (i > 0) {
			own->reader = NULL;
			own->tally = NULL;
			err = reader_again(reader, &own->reader);
			if (err == OK)
				err = tally_new(&own->tally);
		}
	}
	if (err == OK)
		err = split_run(parts, recaller_run, recallers);
	for (unsigned i = 0; i < parts; i++) {
		struct recaller *own = &recallers->list[i];
		if (i > 0 && err == OK)
			err = tally_merge(answers->tally, own->tally);
		if (i > 0) {
			reader_close(own->reader);
			tally_free(own->tally);
		}
		folding_release(&own->folding);
		histories_release(&own->one);
	}
	free(recallers);
	return err;
}

enum err answers_ask(
	struct answers *answers, struct reader *reader, const struct question *question)
{
	return answers_ask_of(answers, reader, question, PART_ALL);
}

enum err answers_ask_of(struct answers *answers, struct reader *reader,
	const struct question *question, uint16_t municipality)
{
	answers->question = *question;
	answers->folding.threads =
		split_parts(answers->threads, answers->histories.people_count, PEOPLE_OF_A_PART);
	tally_clear(answers->tally);
	enum err err = answers->recall != NULL ? recall_all(answers, reader, question)
		       : municipality == PART_ALL
			       ? fold_people(&answers->folding, &answers->histories, reader,
					 question, answers->tally)
			       : fold_people_of(&answers->folding, &answers->histories, reader,
					 municipality, question, answers->tally);
	if (err == OK)
		err = tally_merge(answers->tally, answers->quality);
	return answers_settle(answers, reader, err);
}

/* Of answers_visit(). */
struct visiting {
	const struct question *question;
	void (*visit)(void *context, const struct person *person);
	void *context;
};

static enum err visit_person(struct answers *answers, struct reader *reader,
	const struct visiting *visiting, struct histories *histories, uint32_t person)
{
	struct person prepared;
	if (histories->people[person].count == 0)
		return OK;
	enum err err = fold_prepare(
		&answers->folding, histories, reader, person, visiting->question, &prepared);
	if (err == OK)
		visiting->visit(visiting->context, &prepared);
	return err;
}

static enum err visit_recalled(
	struct answers *answers, struct reader *reader, const struct visiting *visiting)
{
	struct histories one = { 0 }; /* each person in turn */
	enum err err = recall_begin(answers->recall, &one);
	/* people[0] holds the events without a subject. */
	for (uint32_t i = 1; i < recall_people_end(answers->recall) && err == OK; i++) {
		err = folding_go_on(&answers->folding);
		if (err == OK)
			err = recall_person(answers->recall, reader, i, &one, 1);
		if (err == OK)
			err = visit_person(answers, reader, visiting, &one, 1);
	}
	histories_release(&one);
	return err;
}

static enum err visit_known(struct answers *answers, struct reader *reader,
	const struct visiting *visiting, uint16_t municipality)
{
	struct histories *histories = &answers->histories;
	enum err err = OK;
	for (uint32_t i = 1; i < histories->people_count && err == OK; i++) {
		if (municipality != PART_ALL && !fold_concerns(&histories->people[i], municipality))
			continue;
		err = folding_go_on(&answers->folding);
		if (err == OK)
			err = visit_person(answers, reader, visiting, histories, i);
	}
	return err;
}

enum err answers_visit(struct answers *answers, struct reader *reader,
	const struct question *question, uint16_t municipality,
	void (*visit)(void *context, const struct person *person), void *context)
{
	const struct visiting visiting = { question, visit, context };
	return answers_settle(answers, reader,
		answers->recall != NULL ? visit_recalled(answers, reader, &visiting)
					: visit_known(answers, reader, &visiting, municipality));
}

enum err answers_fold(struct reader *reader, const struct question *question, int64_t known_us,
	const atomic_bool *stop, struct answers *out)
{
	enum err err = ERR_CONFLICT;
	while (err == ERR_CONFLICT) {
		err = answers_init(out, 1, stop);
		if (err != OK)
			return err;
		err = answers_know(out, reader, known_us);
		if (err == OK)
			err = answers_ask(out, reader, question);
		if (err != OK)
			answers_release(out);
	}
	return err;
}

enum err answers_agree(struct answers *answers, struct reader *reader, uint16_t municipality)
{
	struct agreements *agreements = &answers->agreements;
	agreements_release(agreements);
	if (answers->question.definitions < DEFINITIONS_COUNCIL)
		return OK;
	enum err err = agreements_read(
		agreements, &answers->histories, reader, &answers->question, municipality);
	if (err == OK)
		err = agreements_fold(agreements, &answers->folding, &answers->histories, reader);
	return err == OK ? agreements_judge(agreements) : err;
}

struct answer_head answers_head(
	const struct answers *answers, uint16_t municipality, int64_t round_to)
{
	return (struct answer_head){
		.as_of = answers->question.as_of,
		.known_us = answers->known_us,
		.municipality = municipality,
		.window_days = answers->question.window_days,
		.round_to = round_to,
		.acts = answers->acts,
	};
}

/* Builds the tree in an arena of its own and lets `print` walk over it. */
static enum err answers_print(const struct answers *answers, uint16_t municipality,
	int64_t round_to, void (*print)(const struct figure *root, struct text *out),
	struct text *out)
{
	struct arena arena, agreed;
	struct disclosure disclosure = { 0 };
	struct answer_head head = answers_head(answers, municipality, round_to);
	enum err err = OK;
	if (round_to != 0)
		err = part_disclose(&head, tally_part(answers->tally, municipality), &disclosure);
	if (err == OK && disclosure.withheld)
		return ERR_CONFLICT;
	if (err == OK)
		err = agreements_figures(
			&answers->agreements, municipality, &agreed, &head.agreements);
	if (err != OK)
		return err;
	err = arena_init(&arena, FIGURES_ARENA_SIZE);
	if (err == OK) {
		head.moves = &disclosure.moves;
		print(answer_build(&head, answers->tally, &answers->question, &arena), out);
		arena_release(&arena);
	}
	arena_release(&agreed);
	return err == OK && out->failed ? ERR_FULL : err;
}

enum err answers_print_json(
	const struct answers *answers, uint16_t municipality, int64_t round_to, struct text *out)
{
	return answers_print(answers, municipality, round_to, figure_print_json, out);
}

enum err answers_print_csv(const struct answers *answers, uint16_t municipality, struct text *out)
{
	return answers_print(answers, municipality, 0, csv_print_figures, out);
}
