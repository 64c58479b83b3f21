/*
 * tools/replay/series.c - `ladder replay` of many reference dates: their CSV one after another;
 * and with `--format openmetrics` the metrics of every municipality at a reference date, or at
 * many, as the history of a Prometheus.
 *
 * The log is read once: K moves forward with the reference date, or stands still.
 */
#include "tools/replay/series.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"
#include "engine/series.h"
#include "engine/split.h"
#include "tools/common/options.h"
#include "tools/replay/figures.h"

/* The last day of the step that `day` is in; by weeks, the Sunday. */
static int32_t step_end(const char *step, int32_t day)
{
	struct civil civil = civil_from_day(day);
	if (strcmp(step, "day") == 0)
		return day;
	if (strcmp(step, "week") == 0)
		return date_monday(day) + 6;
	int months = strcmp(step, "quarter") == 0 ? 3 : 1;
	civil.month += months - (civil.month - 1) % months;
	if (civil.month > 12) {
		civil.month = 1;
		civil.year++;
	}
	civil.day = 1;
	return day_from_civil(civil) - 1;
}

/* The last reference date of the range; DAY_NONE: there is none in it. */
static int32_t range_last(const struct replay *replay)
{
	int32_t last = DAY_NONE;
	for (int32_t day = step_end(replay->step, replay->from); day <= replay->to;
		day = step_end(replay->step, day + 1))
		last = day;
	return last;
}

static int range_check(const struct replay *replay, int64_t known_us, int64_t latest_us)
{
	char date[DATE_LENGTH + 1];
	int32_t last = range_last(replay);
	if (last == DAY_NONE)
		return complain("replay", EX_USAGE,
			"No %s ends between --from and --to: there is nothing to print.",
			replay->step);
	date_print(last, date);
	if (replay->known_at != NULL && last > zone_day(known_us))
		return complain(
			"replay", EX_USAGE, "--to must not be later than the day of --known-at.");
	if (replay->known_at == NULL && zone_day_last_us(last) > latest_us)
		return complain("replay", EX_USAGE,
			"%s has not ended: --to must be an earlier day, or --known-at given.",
			date);
	return EX_OK;
}

/* The label of all series when definitions are not the contract's: else NULL. */
static const char *what_if_label(const struct question *question, struct text *out)
{
	const struct question contract = question_at(question->as_of);
	const char *joint = "what_if=\"";
#define POLICY_LABEL(name, ...)                                                                    \
	if (question->name != contract.name) {                                                     \
		text_printf(out, "%s" #name "=%d", joint, (int)question->name);                    \
		joint = ";";                                                                       \
	}
	POLICIES(POLICY_LABEL)
#undef POLICY_LABEL
	if (question->window_days != contract.window_days) {
		text_printf(out, "%swindow=%d", joint, (int)question->window_days);
		joint = ";";
	}
	if (out->length == 0)
		return NULL;
	text_add_char(out, '"');
	return out->data;
}

/* When a figure of that day is said to have been so: at its end, never after what is known. */
static int64_t stamp_seconds(int32_t day, int64_t known_us)
{
	int64_t end_us = zone_day_last_us(day);
	return (end_us < known_us ? end_us : known_us) / US_PER_SECOND;
}

/* Adds the samples of all municipalities that are asked, or of one. */
static enum err day_add(const struct replay *replay, const struct answers *answers, int64_t seconds,
	struct series_set *set, struct arena *arena)
{
	enum err err = OK;
	for (size_t i = 0; i < answers->tally->used_count && err == OK; i++) {
		const struct part *part = answers->tally->parts[answers->tally->used[i]];
		/* Sums over municipalities are the reader's, as on /metrics. */
		if (part->municipality == PART_ALL ||
			(replay->only != PART_ALL && replay->only != part->municipality))
			continue;
		struct answer_head head = answers_head(answers, part->municipality, 0);
		arena_reset(arena);
		const struct figure *root =
			answer_build(&head, answers->tally, &answers->question, arena);
		err = series_add(set, part->municipality, root, &answers->agreements, seconds);
	}
	return err;
}

/*
 * Writes the rows of a day, the first after the line of names. ERR_STOPPED: standard output does
 * not take them, which is said at the end.
 */
static enum err day_write(const struct replay *replay, const struct answers *answers, bool is_first)
{
	struct text out = { 0 };
	enum err err = replay_answers_print(replay, answers, is_first, &out);
	if (err == OK && output_write(text_bytes(&out)) != OK)
		err = ERR_STOPPED;
	text_release(&out);
	return err;
}

static void show_progress(int32_t day)
{
	char date[DATE_LENGTH + 1];
	date_print(day, date);
	fprintf(stderr, "\r%s", date);
}

static enum err range_fold(const struct replay *replay, struct reader *reader, int64_t known_us,
	struct answers *answers, struct series_set *set)
{
	struct arena arena;
	bool watched = progress_is_wanted();
	enum err err = arena_init(&arena, FIGURES_ARENA_SIZE);
	if (err != OK)
		return err;
	const int32_t first = step_end(replay->step, replay->from);
	for (int32_t day = first; err == OK && day <= replay->to;
		day = step_end(replay->step, day + 1)) {
		struct question question = replay_question(replay, day);
		bool moves = replay->history && replay->known_at == NULL;
		int64_t us = moves ? zone_day_last_us(day) : known_us;
		if (watched)
			show_progress(day);
		err = answers_know(answers, reader, us);
		if (err == OK)
			err = answers_ask(answers, reader, &question);
		if (err == OK)
			err = answers_agree(answers, reader, replay->only);
		if (err == OK && replay->csv)
			err = day_write(replay, answers, day == first);
		else if (err == OK)
			err = day_add(replay, answers, stamp_seconds(day, us), set, &arena);
	}
	if (watched)
		fprintf(stderr, "\r%*s\r", DATE_LENGTH, "");
	arena_release(&arena);
	return err;
}

static int series_write(const struct replay *replay, struct series_set *set)
{
	enum err err = series_print(set, output_write);
	/* What standard output does not take is said at the end. */
	if (err == OK || err == ERR_IO)
		return err == OK ? EX_OK : EX_IOERR;
	return store_complain("replay", err, replay->store);
}

/* A range of the one reference date, as the other formats have it. */
static int range_of_date(struct replay *replay, int64_t known_us)
{
	int32_t known_day = zone_day(known_us);
	if (replay->as_of != DAY_NONE && replay->as_of > known_day)
		return complain("replay", EX_USAGE,
			"--as-of must not be later than the day of --known-at.");
	replay->from = replay->as_of == DAY_NONE ? known_day : replay->as_of;
	replay->to = replay->from;
	replay->step = "day";
	return EX_OK;
}

int replay_series(struct replay *replay, struct reader *reader)
{
	int64_t known_us, latest_us;
	struct answers answers;
	struct text label = { 0 };
	struct question question = replay_question(replay, replay->from);
	struct series_set set = { .label = what_if_label(&question, &label) };
	int code = replay_known(replay, reader, &known_us, &latest_us);
	if (code == EX_OK)
		code = replay->history ? range_check(replay, known_us, latest_us)
				       : range_of_date(replay, known_us);
	if (code == EX_OK) {
		enum err err = answers_init(&answers, split_cores(), NULL);
		if (err == OK) {
			err = range_fold(replay, reader, known_us, &answers, &set);
			answers_release(&answers);
		}
		if (err == ERR_STOPPED)
			code = EX_IOERR;
		else if (err == OK && replay->csv)
			code = EX_OK;
		else
			code = err == OK ? series_write(replay, &set)
					 : store_complain("replay", err, replay->store);
	}
	series_release(&set);
	text_release(&label);
	return code;
}
