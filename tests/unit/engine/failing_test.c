/*
 * tests/unit/engine/failing_test.c - whatever call fails while figures are made, there is the right
 * answer or none: a failure is told as what it is, and what was begun is given back.
 *
 * Each task is done again and again on one store: every call that it makes fails once, of memory,
 * of files and of LMDB.
 */
#include "engine/answers.h"

#include <sys/stat.h>

#include "engine/card.h"
#include "engine/kept.h"
#include "engine/lately.h"
#include "engine/snapshot.h"
#include "engine/state.h"
#include "engine/summed.h"
#include "tests/unit/failing.h"
#include "tests/unit/random_log.h"

/*
 * LADDERD_PLACES: a task fails at FOLD times as many places of each kind, and at few of those
 * after. Without it the seed chooses the kind, and most of the places.
 */
#define PLACES 3
#define FOLD   16 /* a place costs little */
#define HOME   823

static struct {
	struct store store;
	int64_t known_us;
	char path[128]; /* of a state that was saved */
	struct chance chance;
	uint64_t places;
	bool thorough;
} model;

struct task {
	const char *name;
	enum err (*run)(struct reader *reader, struct text *out);
};

static bool has_every_place(const void *context, uint16_t municipality)
{
	(void)context;
	return municipality != 0;
}

static enum err day_added(struct live *live, struct reader *reader, int32_t days)
{
	return live_day_add(live, reader, zone_day(model.known_us) + days);
}

/* Follows the log in pieces, as the refresher does, with two days. */
static enum err live_made(struct reader *reader, struct live **out)
{
	struct live *live;
	uint64_t last = log_last_seq(model.store.log);
	bool changed;
	enum err err = live_new(&live);
	if (err != OK)
		return err;
	err = live_follow(live, reader, last / 2, 20);
	while (err == OK && live->histories.applied_seq < last / 2)
		err = live_follow(live, reader, last / 2, 20);
	if (err == OK)
		err = day_added(live, reader, 0);
	if (err == OK)
		err = day_added(live, reader, 1);
	while (err == OK && live->histories.applied_seq < last)
		err = live_follow(live, reader, last, 20);
	if (err == OK)
		err = live_refresh(live, reader, model.known_us, &changed);
	if (err != OK)
		live_free(live);
	else
		*out = live;
	return err;
}

static enum err due_printed(const struct live *live, struct reader *reader, struct text *out)
{
	const struct live_day *day = live_day_find(live, zone_day(model.known_us));
	const struct worklist_ask ask = {
		.partner = bytes_of_string("isd"),
		.types = UINT64_MAX,
		.has_municipality = has_every_place,
	};
	const struct worklist_head head = {
		.as_of = day->question.as_of,
		.known_us = model.known_us,
		.partner = ask.partner,
		.limit = 1000,
	};
	struct worklist_rows rows;
	struct worklist_counts counts;
	uint16_t places[16];
	size_t count = 0;
	enum err err = worklist_rows_read(day->worklist, &ask, reader, NULL, &rows);
	if (err != OK)
		return err;
	worklist_rows_print_json(&rows, &head, out);
	worklist_rows_print_csv(&rows, &head, out);
	worklist_rows_release(&rows);
	err = worklist_places_read(
		day->worklist, &ask, reader, places, ARRAY_LENGTH(places), &count);
	if (err == OK)
		err = worklist_rows_count(day->worklist, &ask, reader, &counts);
	for (size_t i = 0; err == OK && i < DUE_REASON_COUNT; i++)
		text_printf(out, "%zu: %llu %llu\n", count, (unsigned long long)counts.silent[i],
			(unsigned long long)counts.coming[i]);
	return err;
}

static enum err card_printed(struct live *live, struct reader *reader, struct text *out)
{
	static const atomic_bool stop;
	static const struct card_outcome outcome;
	const struct live_day *day = live_day_find(live, zone_day(model.known_us));
	struct card card;
	const struct card_ask ask = {
		.rows = { .partner = bytes_of_string("isd"),
			.types = UINT64_MAX,
			.has_municipality = has_every_place },
		.list = day->worklist,
		.histories = &live->histories,
		.as_of = day->question.as_of,
		.known_us = model.known_us,
		.seq = live->histories.applied_seq,
		.stop = &stop,
	};
	enum err err = card_read(&ask, reader, &card);
	if (err == OK)
		card_print_json(&card, &outcome, ask.rows.partner, out);
	return err;
}

static enum err published_printed(struct live *live, struct reader *reader, struct text *out)
{
	struct publication *one = NULL;
	enum err err = live_disclose(live, reader, &one);
	while (err == OK && one != NULL) {
		text_printf(out, "%llu\n", (unsigned long long)one->seq);
		if (!one->disclosure.withheld)
			err = publication_pack(one, out);
		one->stored = true;
		if (err == OK)
			err = live_disclose(live, reader, &one);
	}
	return err;
}

static enum err snapshot_printed(const struct live *live, struct text *out)
{
	const struct live_day *day = live_day_find(live, zone_day(model.known_us));
	struct snapshot snapshot = { .known_us = model.known_us,
		.as_of = day->question.as_of,
		.seq = live->histories.applied_seq };
	struct curves *curves = calloc(1, sizeof(*curves));
	if (curves == NULL)
		return ERR_FULL;
	enum err err = snapshot_figures_new(live, day, model.known_us, &snapshot.figures);
	if (err != OK) {
		free(curves);
		return err;
	}
	err = snapshot_published_new(live, &snapshot.published);
	if (err != OK) {
		/* Nobody holds the figures alone: the empty list of publications goes with them. */
		failing_end();
		assert_int_equal(snapshot_published_new(live, &snapshot.published), OK);
	} else {
		err = snapshot_print(&snapshot, HOME, out);
	}
	if (err == OK)
		err = snapshot_print(&snapshot, PART_ALL, out);
	if (err == OK)
		err = snapshot_curves(&snapshot, HOME, curves);
	snapshot.worklist = worklist_hold(day->worklist);
	snapshot_drop(&snapshot);
	curves_release(curves);
	free(curves);
	return err;
}

/* What the refresher does, and what is shown from it. */
static enum err refreshed(struct reader *reader, struct text *out)
{
	struct live *live;
	enum err err = live_made(reader, &live);
	if (err != OK)
		return err;
	err = published_printed(live, reader, out);
	if (err == OK)
		err = snapshot_printed(live, out);
	if (err == OK)
		err = due_printed(live, reader, out);
	if (err == OK)
		err = card_printed(live, reader, out);
	live_free(live);
	return err;
}

static enum err asked(
	struct answers *answers, struct reader *reader, uint16_t municipality, struct text *out)
{
	const struct question question = question_at(zone_day(model.known_us) - 90);
	enum err err = answers_ask_of(answers, reader, &question, municipality);
	if (err == OK && municipality != PART_ALL)
		err = answers_agree(answers, reader, municipality);
	if (err == OK)
		err = answers_print_json(answers, municipality, 0, out);
	if (err == OK)
		err = answers_print_csv(answers, municipality, out);
	return err;
}

/* A question of before, from the log. */
static enum err replayed(struct reader *reader, struct text *out)
{
	const struct question question = question_at(zone_day(model.known_us) - 30);
	struct answers answers;
	enum err err = answers_fold(reader, &question, model.known_us, NULL, &answers);
	if (err != OK)
		return err;
	err = asked(&answers, reader, HOME, out);
	answers_release(&answers);
	return err;
}

/* The same from memory, of one place and of all. */
static enum err recalled(struct reader *reader, struct text *out)
{
	static const uint16_t places[] = { HOME, PART_ALL };
	struct live *live;
	enum err err = live_made(reader, &live);
	if (err != OK)
		return err;
	struct lease lease = live_lease(live);
	for (size_t i = 0; i < ARRAY_LENGTH(places) && err == OK; i++) {
		struct answers answers;
		err = answers_init(&answers, 2, NULL);
		if (err != OK)
			break;
		err = answers_recall(&answers, reader, &lease, model.known_us, places[i]);
		if (err == OK)
			err = asked(&answers, reader, places[i], out);
		answers_release(&answers);
	}
	lease_drop(&lease);
	live_free(live);
	return err;
}

/* Sums are sent, read and added to others. */
static enum err summed_up(struct reader *reader, struct text *out)
{
	const struct question question = question_at(zone_day(model.known_us) - 30);
	struct answers answers;
	struct summed mine, other;
	struct text sent = { 0 };
	struct reason reason = { "" };
	enum err err = answers_fold(reader, &question, model.known_us, NULL, &answers);
	if (err != OK)
		return err;
	err = summed_take(&answers, reader, HOME, &mine);
	answers_release(&answers);
	if (err != OK)
		return err;
	err = summed_encode(&mine, &sent);
	if (err == OK && (err = summed_read(text_bytes(&sent), &other, &reason)) == OK) {
		/* Of another store, by its id. */
		other.stores[0].id[0] ^= 1;
		err = summed_add(&mine, &other, &reason);
		summed_release(&other);
	}
	if (err == OK)
		err = summed_print_json(&mine, out);
	text_release(&sent);
	summed_release(&mine);
	return err;
}

/* The state is saved and read again, and held against the log. */
static enum err saved(struct reader *reader, struct text *out)
{
	struct live *live;
	struct reason reason = { "" };
	char path[160];
	bool changed;
	snprintf(path, sizeof(path), "%s-2", model.path);
	/* One that cannot be read is as one that is damaged: the log is read instead. */
	enum err err = state_load(model.path, reader, &live, &reason);
	if (err != OK)
		return err == ERR_CORRUPT ? ERR_IO : err;
	err = live_refresh(live, reader, model.known_us, &changed);
	if (err == OK)
		err = published_printed(live, reader, out);
	if (err == OK)
		err = snapshot_printed(live, out);
	if (err == OK)
		err = state_verify(live, reader, &reason);
	if (err == OK)
		err = state_save(path, live, reader, &reason);
	live_free(live);
	return err;
}

static enum err task_run(
	const struct task *task, enum failing kind, uint64_t number, struct text *out, bool *failed)
{
	struct reader *reader = store_reader(&model.store);
	/* Room for all that is printed, so that it takes no memory meanwhile. */
	*out = (struct text){ .size = (size_t)1 << 20 };
	out->data = calloc(1, out->size);
	if (kind != FAILING_NOTHING)
		failing_arm(kind, number);
	enum err err = task->run(reader, out);
	*failed = failing_end();
	if (err == OK && out->failed)
		err = ERR_FULL;
	reader_close(reader);
	return err;
}

/* Does the task with one call that fails. False: it has fewer calls. */
static bool fails_at(
	const struct task *task, enum failing kind, uint64_t number, const struct text *truth)
{
	struct text out;
	struct reason reason = { "" };
	bool failed;
	enum err err = task_run(task, kind, number, &out, &failed);
	if (err == OK && !bytes_equal(text_bytes(&out), text_bytes(truth)))
		fail_msg("%s, call %llu of %d: what it says is wrong:\n%.2000s", task->name,
			(unsigned long long)number, (int)kind, out.data);
	if (err != OK && err != ERR_IO && (err != ERR_FULL || kind != FAILING_MEMORY))
		fail_msg("%s, call %llu of %d: it is told as %d", task->name,
			(unsigned long long)number, (int)kind, (int)err);
	if (log_is_damaged(model.store.log, &reason))
		fail_msg("%s, call %llu of %d: it is told as damage: %s", task->name,
			(unsigned long long)number, (int)kind, reason.text);
	text_release(&out);
	return failed;
}

static void fails_everywhere(const struct task *task)
{
	static const struct {
		const char *name;
		enum failing kind;
	} kinds[] = {
		{ "memory", FAILING_MEMORY },
		{ "files", FAILING_FILE },
		{ "LMDB", FAILING_LMDB },
	};
	struct text truth;
	bool failed;
	assert_int_equal(task_run(task, FAILING_NOTHING, 0, &truth, &failed), OK);
	print_message("%s:", task->name);
	size_t first = (size_t)chance_below(&model.chance, ARRAY_LENGTH(kinds));
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		if (!model.thorough && i != first)
			continue;
		uint64_t places = 0, number = 1;
		for (; fails_at(task, kinds[i].kind, number, &truth); places++)
			number += 1 + chance_below(&model.chance,
					      1 + (places < model.places ? 0 : number / 2));
		print_message(" %s %llu", kinds[i].name, (unsigned long long)places);
	}
	print_message("\n");
	text_release(&truth);
}

static void what_is_shown_is_right_or_is_not_shown(void **state)
{
	(void)state;
	fails_everywhere(&(const struct task){ "refresh", refreshed });
}

static void an_answer_is_right_or_there_is_none(void **state)
{
	(void)state;
	fails_everywhere(&(const struct task){ "replay", replayed });
	fails_everywhere(&(const struct task){ "recall", recalled });
}

static void sums_are_whole_or_there_are_none(void **state)
{
	(void)state;
	fails_everywhere(&(const struct task){ "sums", summed_up });
}

static void a_state_is_what_was_saved_or_is_none(void **state)
{
	(void)state;
	fails_everywhere(&(const struct task){ "state", saved });
}

/* Something of everything, with a state of most of it. */
static void model_make(void)
{
	struct chance chance = { 20241004 };
	struct random_log log = { .store = &model.store, .chance = &chance };
	struct reason reason = { "" };
	struct live *live;
	store_make(&model.store);
	random_log_grow(&log, 150);
	store_told(&model.store, (struct said)ABOUT_NOBODY("pub-1", PUBLISHES("2024-06-30")));
	random_log_grow(&log, 30);
	store_told(&model.store, (struct said)ABOUT_NOBODY("pub-2", PUBLISHES("2024-09-30")));
	store_told(&model.store, (struct said)ABOUT_NOBODY("pub-3", WITHDRAWS("2024-06-30")));
	model.known_us = log_last_recorded_us(model.store.log) + US_PER_SECOND;
	assert_int_equal(state_path(model.store.path, model.path, sizeof(model.path)), OK);
	struct reader *reader = store_reader(&model.store);
	assert_int_equal(live_made(reader, &live), OK);
	if (state_save(model.path, live, reader, &reason) != OK)
		fail_msg("%s", reason.text);
	live_free(live);
	reader_close(reader);
}

int main(void)
{
	const char *places = getenv("LADDERD_PLACES");
	model_make();
	model.thorough = places != NULL;
	model.places = places == NULL ? PLACES : FOLD * strtoull(places, NULL, 10);
	model.chance = chance_new();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_shown_is_right_or_is_not_shown),
		cmocka_unit_test(an_answer_is_right_or_there_is_none),
		cmocka_unit_test(sums_are_whole_or_there_are_none),
		cmocka_unit_test(a_state_is_what_was_saved_or_is_none),
	};
	int code = cmocka_run_group_tests(tests, NULL, NULL);
	store_end(&model.store);
	return code;
}
