/*
 * tests/unit/engine/recall_test.c - the third way to the same bytes: answers from memory against
 * those of a replay, while events come in.
 */
#include <pthread.h>

#include "engine/answers.h"
#include "engine/lately.h"
#include "engine/state.h"
#include "tests/unit/random_log.h"

static const uint16_t municipalities[] = { 753, 823, 1724, 4711, PART_ALL };

static void follow(struct live *live, struct reader *reader, uint64_t to, uint64_t records)
{
	assert_int_equal(reader_renew(reader), OK);
	assert_int_equal(live_follow(live, reader, to, records), OK);
}

static void the_example_of_the_header_recalls_those_facts(void **state)
{
	(void)state;
	static const struct said says[] = {
		{ .id = "x", .key = "k" },
		{ .id = "y" },
		{ .id = "z" },
		{ .id = "u", .key = "k" },
		ABOUT_NOBODY("v", RETRACTS_ID("y")),
	};
	static const struct {
		uint64_t known;
		size_t count;
		uint64_t seqs[3];
	} rows[] = { { 2, 2, { 1, 2 } }, { 4, 3, { 4, 2, 3 } }, { 5, 2, { 4, 3 } } };
	const struct folding folding = { 0 };
	struct store store;
	struct live *live;
	store_make(&store);
	for (size_t i = 0; i < ARRAY_LENGTH(says); i++)
		store_told(&store, says[i]);
	struct reader *reader = store_reader(&store);
	assert_int_equal(live_new(&live), OK);
	follow(live, reader, 2, 2);
	follow(live, reader, 4, 2);
	assert_int_equal(live->histories.people[1].past_count, 1);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct recall *recall;
		struct histories out;
		assert_int_equal(histories_init(&out), OK);
		assert_int_equal(
			recall_new(&live->histories, 4, rows[i].known, reader, &folding, &recall),
			OK);
		assert_int_equal(recall_place(recall, reader, &folding, 823, &out), OK);
		assert_int_equal(out.people_count, 2);
		assert_int_equal(out.people[1].count, rows[i].count);
		/* By id, as day, class and partner are equal: u x y z. */
		for (size_t j = 0; j < rows[i].count; j++)
			assert_int_equal(fact_seq(&out.people[1].facts[j]), rows[i].seqs[j]);
		recall_free(recall);
		histories_release(&out);
	}
	live_free(live);
	reader_close(reader);
	store_end(&store);
}

/* The owner goes on while the tail is read: once, between two looks whether to go on. */
struct going_on {
	struct live *live;
	struct reader *reader;
	uint64_t to;
	unsigned looks;
};

static bool goes_on(const void *context)
{
	/* The folding's context is ours to change. */
	struct going_on *going = (struct going_on *)(uintptr_t)context;
	if (++going->looks == 2)
		follow(going->live, going->reader, going->to, going->to);
	return false;
}

#define BETWEEN 4200 /* more than are read between two looks */

static void a_job_keeps_its_number_when_the_owner_goes_on_meanwhile(void **state)
{
	(void)state;
	struct store store;
	struct recall *recall;
	struct histories out;
	struct going_on going = { 0 };
	store_make(&store);
	store_begin(&store);
	store_put(&store, (struct said){ .id = "first",
				  .body = "'job_started':{'job_ref':'a','funding':'FULLY_PAID','"
					  "hours_per_week':32}" });
	for (int i = 0; i < BETWEEN; i++) {
		char id[16];
		snprintf(id, sizeof(id), "e%d", i);
		store_put(&store, (struct said){ .id = id, .subject = "p2" });
	}
	store_put(&store, (struct said){ .id = "last",
				  .day = "2024-03-02",
				  .body = "'job_confirmed':{'job_ref':'a'}" });
	store_commit(&store);
	struct reader *reader = store_reader(&store);
	going.reader = store_reader(&store);
	going.to = log_last_seq(store.log);
	assert_int_equal(going.to, BETWEEN + 2);
	assert_int_equal(live_new(&going.live), OK);
	assert_int_equal(histories_init(&out), OK);
	const struct folding folding = { .stopped = goes_on, .context = &going };
	assert_int_equal(
		recall_new(&going.live->histories, 0, going.to, reader, &folding, &recall), OK);
	assert_int_equal(going.live->histories.applied_seq, going.to);
	assert_int_equal(recall_begin(recall, &out), OK);
	assert_int_equal(recall_person(recall, reader, 1, &out, 1), OK);
	assert_int_equal(out.people[1].count, 2);
	assert_int_not_equal(out.people[1].facts[0].ref, 0);
	assert_int_equal(out.people[1].facts[0].ref, out.people[1].facts[1].ref);
	recall_free(recall);
	histories_release(&out);
	live_free(going.live);
	reader_close(going.reader);
	reader_close(reader);
	store_end(&store);
}

/* What is asked. */
struct asked {
	struct question question;
	int64_t known_us;
	uint16_t municipality;
};

static struct asked asked_random(struct chance *chance, int64_t first_us, int64_t last_us)
{
	int64_t known_us = first_us - US_PER_DAY +
			   (int64_t)chance_below(chance,
				   (uint64_t)(last_us - first_us) + 2 * (uint64_t)US_PER_DAY);
	if (chance_below(chance, 3) == 0)
		known_us = last_us + 1;
	struct asked asked = {
		.question = question_at(zone_day(known_us) - (int32_t)chance_below(chance, 900)),
		.known_us = known_us,
		.municipality = municipalities[chance_below(chance, ARRAY_LENGTH(municipalities))],
	};
	asked.question.definitions = (int32_t)random_between(chance, 1, DEFINITIONS);
	asked.question.window_days = (int32_t)random_between(chance, 30, 1000);
	return asked;
}

static void printed(
	struct answers *answers, struct reader *reader, const struct asked *asked, struct text *out)
{
	assert_int_equal(
		answers_ask_of(answers, reader, &asked->question, asked->municipality), OK);
	if (asked->municipality != PART_ALL)
		assert_int_equal(answers_agree(answers, reader, asked->municipality), OK);
	assert_int_equal(answers_print_json(answers, asked->municipality, 0, out), OK);
}

static struct text replayed(struct reader *reader, const struct asked *asked)
{
	struct text out = { 0 };
	struct answers answers;
	assert_int_equal(
		answers_fold(reader, &asked->question, asked->known_us, NULL, &answers), OK);
	if (asked->municipality != PART_ALL)
		assert_int_equal(answers_agree(&answers, reader, asked->municipality), OK);
	assert_int_equal(answers_print_json(&answers, asked->municipality, 0, &out), OK);
	answers_release(&answers);
	return out;
}

static struct text recalled(
	struct reader *reader, const struct lease *lease, const struct asked *asked, unsigned cores)
{
	struct text out = { 0 };
	struct answers answers;
	assert_int_equal(answers_init(&answers, cores, NULL), OK);
	assert_int_equal(
		answers_recall(&answers, reader, lease, asked->known_us, asked->municipality), OK);
	printed(&answers, reader, asked, &out);
	/* A second question at the same K. */
	text_release(&out);
	out = (struct text){ 0 };
	printed(&answers, reader, asked, &out);
	answers_release(&answers);
	return out;
}

/* How many cells the curves have; each must be the same in both. */
static size_t check_curves(const struct curves *a, const struct curves *b)
{
	size_t cells = 0;
	for (size_t set = 0; set < CURVE_SET_COUNT; set++) {
		for (size_t i = 0; i < ARRAY_LENGTH(a->histograms[set]); i++) {
			const struct histogram *one = &a->histograms[set][i];
			const struct histogram *other = &b->histograms[set][i];
			assert_int_equal(one->count, other->count);
			for (uint32_t j = 0; j < one->count; j++) {
				assert_int_equal(one->cells[j].at, other->cells[j].at);
				assert_int_equal(one->cells[j].units, other->cells[j].units);
			}
			cells += one->count;
		}
	}
	return cells;
}

/* What those who entered lately and those before say, from memory and from the log. */
static size_t check_lately(struct reader *reader, const struct lease *lease, struct asked asked)
{
	struct answers answers;
	struct lately recall, replay;
	assert_int_equal(answers_init(&answers, 2, NULL), OK);
	assert_int_equal(
		answers_recall(&answers, reader, lease, asked.known_us, asked.municipality), OK);
	assert_int_equal(
		lately_fold(&answers, reader, &asked.question, asked.municipality, &recall), OK);
	answers_release(&answers);
	assert_int_equal(answers_init(&answers, 2, NULL), OK);
	assert_int_equal(answers_know(&answers, reader, asked.known_us), OK);
	assert_int_equal(
		lately_fold(&answers, reader, &asked.question, asked.municipality, &replay), OK);
	/* Both parts are the whole. */
	struct curves whole;
	int64_t units[2] = { 0 };
	assert_int_equal(answers_ask_of(&answers, reader, &asked.question, asked.municipality), OK);
	assert_int_equal(curves_copy(tally_part(answers.tally, asked.municipality), &whole), OK);
	for (size_t i = 0; i < ARRAY_LENGTH(whole.histograms[CURVES_STEP]); i++) {
		const struct histogram *all = &whole.histograms[CURVES_STEP][i];
		const struct histogram *parts[] = { &replay.recent.histograms[CURVES_STEP][i],
			&replay.earlier.histograms[CURVES_STEP][i] };
		for (uint32_t j = 0; j < all->count; j++)
			units[0] += all->cells[j].units;
		for (size_t part = 0; part < 2; part++)
			for (uint32_t j = 0; j < parts[part]->count; j++)
				units[1] += parts[part]->cells[j].units;
	}
	assert_int_equal(units[0], units[1]);
	size_t cells = check_curves(&recall.recent, &replay.recent) +
		       check_curves(&recall.earlier, &replay.earlier);
	curves_release(&whole);
	lately_release(&recall);
	lately_release(&replay);
	answers_release(&answers);
	return cells;
}

static void those_who_entered_lately_are_the_same_from_memory(void **state)
{
	(void)state;
	struct store store;
	struct live *live;
	struct chance chance = chance_new();
	struct random_log log = { .store = &store, .chance = &chance };
	size_t cells = 0;
	store_make(&store);
	int64_t first_us = store.now_us;
	random_log_grow(&log, 400);
	struct reader *reader = store_reader(&store);
	assert_int_equal(live_new(&live), OK);
	follow(live, reader, log_last_seq(store.log), 250);
	struct lease lease = live_lease(live);
	for (size_t i = 0; i < ARRAY_LENGTH(municipalities); i++) {
		struct asked asked =
			asked_random(&chance, first_us, log_last_recorded_us(store.log));
		cells += check_lately(reader, &lease, asked);
		asked.municipality = municipalities[i];
		asked.known_us = log_last_recorded_us(store.log) + 1;
		asked.question = question_at(zone_day(asked.known_us));
		cells += check_lately(reader, &lease, asked);
	}
	assert_true(cells > 0);
	lease_drop(&lease);
	live_free(live);
	reader_close(reader);
	store_end(&store);
}

static void check_asked(struct reader *reader, const struct lease *lease, const struct asked *asked)
{
	struct text replay = replayed(reader, asked);
	struct text recall = recalled(reader, lease, asked, 2);
	assert_true(replay.length > 1000);
	assert_string_equal(replay.data, recall.data);
	text_release(&replay);
	text_release(&recall);
}

/* However far the live is: what it has not followed is read from the log. */
static void every_answer_from_memory_has_the_bytes_of_the_replay(void **state)
{
	(void)state;
	struct store store;
	struct live *live;
	bool changed;
	struct chance chance = chance_new();
	struct random_log log = { .store = &store, .chance = &chance };
	store_make(&store);
	assert_int_equal(live_new(&live), OK);
	int64_t first_us = store.now_us;
	struct reader *own = store_reader(&store), *reader = store_reader(&store);
	for (int round = 0; round < 12; round++) {
		random_log_grow(&log, 60);
		uint64_t last = log_last_seq(store.log);
		while (live->histories.applied_seq < last && chance_below(&chance, 12) != 0)
			follow(live, own, last, 1 + chance_below(&chance, 25));
		if (live->histories.applied_seq == last) {
			int64_t now_us = log_last_recorded_us(store.log);
			if (live_day_find(live, zone_day(now_us)) == NULL) {
				live_days_drop_before(live, INT32_MAX);
				assert_int_equal(live_day_add(live, own, zone_day(now_us)), OK);
			}
			assert_int_equal(live_refresh(live, own, now_us, &changed), OK);
		}
		struct lease lease = live_lease(live);
		/* The live goes on after the lease was given. */
		if (chance_below(&chance, 2) == 0)
			follow(live, own, last, 10);
		assert_int_equal(reader_renew(reader), OK);
		for (int i = 0; i < 8; i++) {
			struct asked asked =
				asked_random(&chance, first_us, log_last_recorded_us(store.log));
			check_asked(reader, &lease, &asked);
		}
		lease_drop(&lease);
	}
	live_free(live);
	reader_close(own);
	reader_close(reader);
	store_end(&store);
}

/* A saved state has what was withdrawn, and who is where. */
static void a_state_that_was_loaded_recalls_the_past_too(void **state)
{
	(void)state;
	struct store store;
	struct live *live, *loaded;
	struct reason reason = { "" };
	char path[128];
	struct chance chance = chance_new();
	struct random_log log = { .store = &store, .chance = &chance };
	store_make(&store);
	int64_t first_us = store.now_us;
	random_log_grow(&log, 500);
	struct reader *reader = store_reader(&store);
	assert_int_equal(live_new(&live), OK);
	assert_int_equal(live_read_all(live, reader), OK);
	assert_int_equal(state_path(store.path, path, sizeof(path)), OK);
	assert_int_equal(state_save(path, live, reader, &reason), OK);
	live_free(live);
	if (state_load(path, reader, &loaded, &reason) != OK)
		fail_msg("%s", reason.text);
	random_log_grow(&log, 100);
	follow(loaded, reader, log_last_seq(store.log), 50);
	assert_int_equal(reader_renew(reader), OK);
	struct lease lease = live_lease(loaded);
	for (int i = 0; i < 25; i++) {
		struct asked asked =
			asked_random(&chance, first_us, log_last_recorded_us(store.log));
		check_asked(reader, &lease, &asked);
	}
	live_free(loaded);
	/* The lease is the last that holds it. */
	struct asked asked = asked_random(&chance, first_us, log_last_recorded_us(store.log));
	check_asked(reader, &lease, &asked);
	lease_drop(&lease);
	reader_close(reader);
	store_end(&store);
}

/* Somebody was restricted after the log was followed: memory knows too much. */
static void after_an_act_nothing_is_recalled_from_before_it(void **state)
{
	(void)state;
	struct store store;
	struct live *live;
	struct answers answers;
	store_make(&store);
	store_told(&store, (struct said){ .id = "a", .body = SETTLES });
	struct reader *reader = store_reader(&store);
	assert_int_equal(live_new(&live), OK);
	follow(live, reader, 1, 1);
	struct lease lease = live_lease(live);
	store_begin(&store);
	assert_int_equal(log_restrict(store.log, bytes_of_string("p1"), false), OK);
	store_commit(&store);
	assert_int_equal(reader_renew(reader), OK);
	for (size_t i = 0; i < ARRAY_LENGTH(municipalities); i++) {
		assert_int_equal(answers_init(&answers, 1, NULL), OK);
		assert_int_equal(answers_recall(&answers, reader, &lease, store.now_us + 1,
					 municipalities[i]),
			ERR_CONFLICT);
		answers_release(&answers);
	}
	lease_drop(&lease);
	live_free(live);
	reader_close(reader);
	store_end(&store);
}

static void a_question_that_is_stopped_gives_up(void **state)
{
	(void)state;
	struct store store;
	struct live *live;
	struct answers answers;
	atomic_bool stop = true;
	store_make(&store);
	store_told(&store, (struct said){ .id = "a" });
	struct reader *reader = store_reader(&store);
	assert_int_equal(live_new(&live), OK);
	follow(live, reader, 1, 1);
	struct lease lease = live_lease(live);
	assert_int_equal(answers_init(&answers, 2, &stop), OK);
	assert_int_equal(
		answers_recall(&answers, reader, &lease, store.now_us + 1, 823), ERR_STOPPED);
	answers_release(&answers);
	stop = false;
	const struct question question = question_at(STORE_TODAY);
	assert_int_equal(answers_init(&answers, 2, &stop), OK);
	assert_int_equal(answers_recall(&answers, reader, &lease, store.now_us + 1, PART_ALL), OK);
	stop = true;
	assert_int_equal(answers_ask_of(&answers, reader, &question, PART_ALL), ERR_STOPPED);
	answers_release(&answers);
	lease_drop(&lease);
	live_free(live);
	reader_close(reader);
	store_end(&store);
}

/* One thread asks while another follows and refreshes: what it says is held against a replay. */
struct asker {
	struct store *store;
	struct lease lease;
	struct chance chance;
	int64_t first_us;
	int64_t last_us;
	pthread_t thread;
};

#define QUESTIONS 10

static void *asker_run(void *context)
{
	struct asker *asker = context;
	struct reader *reader = store_reader(asker->store);
	for (int i = 0; i < QUESTIONS; i++) {
		struct asked asked = asked_random(&asker->chance, asker->first_us, asker->last_us);
		check_asked(reader, &asker->lease, &asked);
	}
	reader_close(reader);
	return NULL;
}

static void threads_ask_while_the_owner_follows(void **state)
{
	(void)state;
	struct store store;
	struct live *live;
	bool changed;
	struct asker askers[2];
	struct chance chance = chance_new();
	struct random_log log = { .store = &store, .chance = &chance };
	store_make(&store);
	int64_t first_us = store.now_us;
	random_log_grow(&log, 600);
	struct reader *reader = store_reader(&store);
	uint64_t last = log_last_seq(store.log);
	int64_t now_us = log_last_recorded_us(store.log);
	assert_int_equal(live_new(&live), OK);
	follow(live, reader, last, 150);
	assert_int_equal(live_day_add(live, reader, zone_day(now_us)), OK);
	for (size_t i = 0; i < ARRAY_LENGTH(askers); i++) {
		askers[i] = (struct asker){
			.store = &store,
			.lease = live_lease(live),
			.chance = chance_new(),
			.first_us = first_us,
			.last_us = now_us,
		};
		assert_int_equal(pthread_create(&askers[i].thread, NULL, asker_run, &askers[i]), 0);
	}
	while (live->histories.applied_seq < last) {
		follow(live, reader, last, 7);
		if (live->histories.applied_seq == last)
			assert_int_equal(live_refresh(live, reader, now_us, &changed), OK);
	}
	live_free(live);
	for (size_t i = 0; i < ARRAY_LENGTH(askers); i++) {
		assert_int_equal(pthread_join(askers[i].thread, NULL), 0);
		lease_drop(&askers[i].lease);
	}
	reader_close(reader);
	store_end(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_header_recalls_those_facts),
		cmocka_unit_test(a_job_keeps_its_number_when_the_owner_goes_on_meanwhile),
		cmocka_unit_test(every_answer_from_memory_has_the_bytes_of_the_replay),
		cmocka_unit_test(those_who_entered_lately_are_the_same_from_memory),
		cmocka_unit_test(a_state_that_was_loaded_recalls_the_past_too),
		cmocka_unit_test(after_an_act_nothing_is_recalled_from_before_it),
		cmocka_unit_test(a_question_that_is_stopped_gives_up),
		cmocka_unit_test(threads_ask_while_the_owner_follows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
