/*
 * engine/answer.c - see answer.h.
 */
#include "engine/answer.h"

#define SLICE_RECORDS 100000 /* between two renewals of the snapshot */

/* Follows the log up to answers->seq in slices. */
static enum err follow(struct answers *answers, struct reader *reader, const volatile bool *stop)
{
	while (answers->histories.applied_seq < answers->seq) {
		enum err err =
			histories_follow(&answers->histories, reader, answers->seq, SLICE_RECORDS);
		if (err == OK)
			err = reader_renew(reader);
		if (err != OK)
			return err;
		if (stop != NULL && *stop)
			return ERR_CONFLICT;
	}
	return OK;
}

enum err answers_fold(struct reader *reader, const struct question *question, int64_t known_us,
	const volatile bool *stop, struct answers *out)
{
	struct folding folding = { 0 };
	uint64_t quality_after;
	*out = (struct answers){ .question = *question, .known_us = known_us };
	enum err err = histories_init(&out->histories);
	if (err == OK)
		err = tally_new(&out->tally);
	if (err == OK)
		err = reader_seq_at(reader, known_us, &out->seq);
	if (err == OK)
		err = follow(out, reader, stop);
	if (err == OK)
		err = fold_people(&folding, &out->histories, reader, question, out->tally);
	if (err == OK)
		err = reader_seq_at(reader, known_us - QUALITY_WINDOW_US, &quality_after);
	if (err == OK)
		err = fold_quality(reader, quality_after, out->seq, out->tally, 1);
	folding_release(&folding);
	if (err != OK)
		answers_release(out);
	return err;
}

void answers_release(struct answers *answers)
{
	histories_release(&answers->histories);
	tally_free(answers->tally);
	answers->tally = NULL;
}

enum err answers_print_json(
	const struct answers *answers, uint16_t municipality, int64_t round_to, struct text *out)
{
	struct arena arena;
	struct answer_head head = {
		.as_of = answers->question.as_of,
		.known_us = answers->known_us,
		.municipality = municipality,
		.window_days = answers->question.window_days,
		.round_to = round_to,
	};
	enum err err = arena_init(&arena, FIGURES_ARENA_SIZE);
	if (err != OK)
		return err;
	figure_print_json(answer_build(&head, answers->tally, &answers->question, &arena), out);
	arena_release(&arena);
	return out->failed ? ERR_FULL : OK;
}
