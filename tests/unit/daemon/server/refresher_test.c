/*
 * tests/unit/daemon/server/refresher_test.c - the thread that keeps the figures of today, in
 * virtual time. Which days are folded shows nowhere outside, so this reads the source itself.
 */
#include "daemon/server/refresher.c"

#include "tests/unit/daemon/server/front_fixture.h"

/* Two threads: the committer and the refresher. */
#define THREADS 2

struct desk {
	struct house house;
	struct refresher *refresher;
	uint64_t pushed; /* the last seq */
};

/* When the two threads have nothing to do but to wait: from here on time may pass. */
static void desk_rest(struct desk *desk)
{
	int64_t us;
	while ((us = clock_virtual_rest(&desk->house.time, THREADS)) <= LINGER_US)
		clock_virtual_advance(&desk->house.time, us);
}

/* Lets time pass, and each thread do what is due at its time. */
static void desk_pass(struct desk *desk, int64_t us)
{
	while (us > 0) {
		int64_t first_us = clock_virtual_rest(&desk->house.time, THREADS);
		int64_t step_us = first_us < us ? first_us : us;
		clock_virtual_advance(&desk->house.time, step_us);
		us -= step_us;
	}
	clock_virtual_rest(&desk->house.time, THREADS);
}

static int64_t desk_now(struct desk *desk)
{
	return clock_virtual_wall(&desk->house.time);
}

static void desk_open(struct desk *desk)
{
	const struct clock clock = clock_virtual(&desk->house.time);
	assert_int_equal(refresher_start(desk->house.store.log, desk->house.store.path, &clock,
				 desk->house.committer, &desk->house.counters, &desk->refresher),
		OK);
}

/* Begins at the instant `now_us`, and has shown the empty log. */
static void desk_make(struct desk *desk, int64_t now_us)
{
	*desk = (struct desk){ 0 };
	store_make(&desk->house.store);
	clock_virtual_init(&desk->house.time, now_us);
	house_open(&desk->house, 1000, SIZE_MAX);
	desk_open(desk);
	desk_rest(desk);
}

static void desk_end(struct desk *desk)
{
	refresher_stop(desk->refresher);
	refresher_free(desk->refresher);
	house_end(&desk->house);
}

/* One event comes, is durable, and the refresher is told. */
static void desk_push(struct desk *desk)
{
	struct request request;
	char name[32];
	snprintf(name, sizeof(name), "e%llu", (unsigned long long)desk->pushed);
	request_make(&request, &desk->house, name, 1);
	assert_int_equal(submit(&request), OK);
	request_await(&request);
	desk->pushed = request.submission.last_seq;
	refresher_wake(desk->refresher);
	request_release(&request);
}

/* What is shown: K, the last record, the day. */
struct shown {
	int64_t known_us;
	uint64_t seq;
	int32_t as_of;
};

static struct shown desk_shown(struct desk *desk)
{
	struct snapshot snapshot;
	struct reason reason = { "" };
	assert_int_equal(refresher_snapshot(desk->refresher, &snapshot, &reason), OK);
	struct shown shown = { snapshot.known_us, snapshot.seq, snapshot.as_of };
	snapshot_drop(&snapshot);
	return shown;
}

/* Somebody who asks. */
struct asker {
	struct refresher_wait wait;
	struct desk *desk;
	struct shown shown; /* when the wait was over */
	atomic_bool answered;
};

static void asker_done(struct refresher_wait *wait)
{
	struct asker *asker = (struct asker *)((char *)wait - offsetof(struct asker, wait));
	asker->shown = desk_shown(asker->desk);
	atomic_store(&asker->answered, true);
}

/* True: what is there is good enough. */
static bool desk_asks(struct desk *desk, struct asker *asker)
{
	*asker = (struct asker){ .wait.done = asker_done, .desk = desk };
	return refresher_is_fresh(desk->refresher, &asker->wait);
}

/* Asks, and waits for the answer if one must. */
static struct shown desk_answer(struct desk *desk)
{
	struct asker asker;
	if (!desk_asks(desk, &asker))
		AWAIT(atomic_load(&asker.answered));
	desk_rest(desk);
	return desk_shown(desk);
}

static void at_rest_news_are_shown_at_once(void **state)
{
	(void)state;
	struct desk desk;
	desk_make(&desk, STORE_NOW_US);
	desk_pass(&desk, PAUSE_US);
	int64_t now_us = desk_now(&desk);
	desk_push(&desk);
	clock_virtual_rest(&desk.house.time, THREADS);
	assert_int_equal(desk_shown(&desk).seq, 1);
	assert_true(desk_now(&desk) == now_us);
	desk_end(&desk);
}

static void while_events_come_it_publishes_every_quarter_of_a_second(void **state)
{
	(void)state;
	struct desk desk;
	desk_make(&desk, STORE_NOW_US);
	desk_pass(&desk, PAUSE_US);
	desk_push(&desk);
	clock_virtual_rest(&desk.house.time, THREADS);
	for (int round = 0; round < 3; round++) {
		struct shown before = desk_shown(&desk);
		assert_int_equal(before.seq, desk.pushed);
		/* Ten a quarter, and nothing is shown until it is over; then all is. */
		desk_push(&desk);
		clock_virtual_rest(&desk.house.time, THREADS);
		for (int i = 0; i < 9; i++) {
			desk_pass(&desk, PAUSE_US / 10);
			desk_push(&desk);
		}
		desk_pass(&desk, PAUSE_US / 10 - 1);
		assert_int_equal(desk_shown(&desk).seq, before.seq);
		desk_pass(&desk, 1);
		assert_int_equal(desk_shown(&desk).seq, desk.pushed);
	}
	desk_end(&desk);
}

static void what_comes_late_in_a_pause_is_shown_a_whole_pause_later(void **state)
{
	(void)state;
	struct desk desk;
	desk_make(&desk, STORE_NOW_US);
	desk_pass(&desk, PAUSE_US);
	desk_push(&desk);
	desk_pass(&desk, PAUSE_US - 1);
	assert_int_equal(desk_shown(&desk).seq, 1);
	desk_push(&desk);
	desk_pass(&desk, PAUSE_US - 1);
	assert_int_equal(desk_shown(&desk).seq, 1);
	desk_pass(&desk, 1);
	assert_int_equal(desk_shown(&desk).seq, 2);
	desk_end(&desk);
}

static void figures_that_lack_records_for_five_seconds_are_late(void **state)
{
	(void)state;
	struct desk desk;
	desk_make(&desk, STORE_NOW_US);
	desk_push(&desk);
	desk_rest(&desk);
	desk_pass(&desk, 60 * US_PER_SECOND);
	/* However old: they lack nothing. */
	assert_true(refresher_age_us(desk.refresher) == 0);
	/* The log has a record more, of which the refresher is not told. */
	uint64_t last = atomic_load(&desk.house.counters.last_seq);
	int64_t known_us = desk_shown(&desk).known_us;
	atomic_store(&desk.house.counters.last_seq, last + 1);
	assert_true(refresher_age_us(desk.refresher) == desk_now(&desk) - known_us);
	assert_true(refresher_is_late(desk.refresher));
	atomic_store(&desk.house.counters.last_seq, last);
	assert_false(refresher_is_late(desk.refresher));
	desk_end(&desk);
}

static void a_fold_is_stopped_a_second_after_the_end_was_asked_for(void **state)
{
	(void)state;
	struct desk desk;
	desk_make(&desk, STORE_NOW_US);
	struct refresher *refresher = desk.refresher;
	const struct folding *folding = &refresher->live->folding;
	assert_int_equal(folding_go_on(folding), OK);
	atomic_store(&refresher->halt_us, clock_monotonic_us(&refresher->clock) + 10);
	assert_int_equal(folding_go_on(folding), OK);
	clock_virtual_advance(&desk.house.time, 10);
	assert_int_equal(folding_go_on(folding), ERR_STOPPED);
	atomic_store(&refresher->halt_us, INT64_MAX);
	desk_end(&desk);
}

static void when_nobody_asks_it_rests(void **state)
{
	(void)state;
	struct desk desk;
	desk_make(&desk, STORE_NOW_US);
	desk_push(&desk);
	desk_pass(&desk, PAUSE_US);
	struct shown shown = desk_shown(&desk);
	assert_int_equal(shown.seq, 1);
	/* It looks at the calendar each minute, which costs no refresh. */
	desk_pass(&desk, 30 * 60 * US_PER_SECOND);
	assert_true(desk_shown(&desk).known_us == shown.known_us);
	desk_end(&desk);
}

static void who_finds_it_older_than_a_second_waits_for_a_new_one(void **state)
{
	(void)state;
	struct desk desk;
	struct asker asker;
	desk_make(&desk, STORE_NOW_US);
	desk_pass(&desk, 2 * FRESH_US);
	struct shown shown = desk_answer(&desk);
	assert_true(shown.known_us >= STORE_NOW_US + 2 * FRESH_US);
	/* Younger than a second it is good enough. */
	desk_pass(&desk, shown.known_us + FRESH_US - 1 - desk_now(&desk));
	assert_true(desk_asks(&desk, &asker));
	desk_pass(&desk, 1);
	assert_false(desk_asks(&desk, &asker));
	AWAIT(atomic_load(&asker.answered));
	assert_true(desk_shown(&desk).known_us == shown.known_us + FRESH_US);
	desk_rest(&desk);
	desk_end(&desk);
}

/* A refresh that does not end, with news: the instant it wants is not settled. */
static void desk_hold_refresh(struct desk *desk)
{
	disk_hold(true);
	refresher_wake(desk->refresher);
	disk_await();
}

static void under_load_nobody_waits_until_it_is_older_than_four_seconds(void **state)
{
	(void)state;
	for (int64_t older_us = -1; older_us <= 0; older_us++) {
		struct desk desk;
		struct asker asker;
		desk_make(&desk, STORE_NOW_US);
		struct shown shown = desk_shown(&desk);
		desk_pass(&desk, shown.known_us + UNDER_LOAD_US + older_us - desk_now(&desk));
		desk_hold_refresh(&desk);
		assert_true(desk_asks(&desk, &asker) == (older_us < 0));
		disk_hold(false);
		if (older_us == 0) {
			AWAIT(atomic_load(&asker.answered));
			assert_true(asker.shown.known_us > shown.known_us);
		}
		desk_rest(&desk);
		desk_end(&desk);
	}
}

static void who_waits_is_answered_from_what_is_shown_when_the_refresh_takes_long(void **state)
{
	(void)state;
	for (int64_t longer_us = -1; longer_us <= 0; longer_us++) {
		struct desk desk;
		struct asker asker;
		desk_make(&desk, STORE_NOW_US);
		desk_pass(&desk, 2 * FRESH_US);
		struct shown shown = desk_shown(&desk);
		disk_hold(true);
		assert_false(desk_asks(&desk, &asker));
		disk_await();
		clock_virtual_advance(&desk.house.time, PATIENCE_US + longer_us);
		disk_hold(false);
		AWAIT(atomic_load(&asker.answered));
		assert_true((asker.shown.known_us == shown.known_us) == (longer_us == 0));
		desk_rest(&desk);
		assert_true(desk_shown(&desk).known_us > shown.known_us);
		desk_end(&desk);
	}
}

static void who_waits_is_answered_although_what_is_settled_is_not(void **state)
{
	(void)state;
	struct desk desk;
	struct asker asker;
	desk_make(&desk, STORE_NOW_US);
	desk_pass(&desk, 2 * FRESH_US);
	struct shown shown = desk_shown(&desk);
	disk_hold(true);
	assert_false(desk_asks(&desk, &asker));
	disk_await();
	/* The refresher alone sleeps: the committer is at the disk. */
	for (int64_t us = 0; us < PATIENCE_US;) {
		int64_t look_us = clock_virtual_rest(&desk.house.time, 1);
		assert_false(atomic_load(&asker.answered));
		assert_true(look_us <= PATIENCE_US - us);
		clock_virtual_advance(&desk.house.time, look_us);
		us += look_us;
	}
	AWAIT(atomic_load(&asker.answered));
	assert_true(asker.shown.known_us == shown.known_us);
	/* The commit is in flight until now; then the refresh goes on. */
	disk_hold(false);
	desk_rest(&desk);
	assert_true(desk_shown(&desk).known_us > shown.known_us);
	desk_end(&desk);
}

/* Damage ends the daemon with 65 when it has nothing to show yet: a restart does not mend it. */
static void damage_that_is_met_before_anything_is_shown_is_told_as_that(void **state)
{
	(void)state;
	for (unsigned noted = 0; noted < 2; noted++) {
		struct desk desk;
		struct request request;
		struct reason reason = { "" };
		const struct reason damage = { "a page is not as it was written" };
		desk_make(&desk, STORE_NOW_US);
		desk_push(&desk);
		desk_pass(&desk, 2 * FRESH_US);
		refresher_stop(desk.refresher);
		assert_int_equal(unlink(desk.refresher->state_path), 0);
		refresher_free(desk.refresher);
		request_make(&request, &desk.house, "new", 1);
		/* It is met by the refresher, or by the commit that it waits for. */
		struct record record = record_of(&desk.house, 1);
		if (noted == 0) {
			store_damage(&desk.house.store, record.body);
		} else {
			disk_hold(true);
			assert_int_equal(submit(&request), OK);
			disk_await();
			clock_virtual_advance(&desk.house.time, US_PER_SECOND);
		}
		desk_open(&desk);
		if (noted != 0)
			log_note_damage(desk.house.store.log, &damage);
		disk_hold(false);
		AWAIT(refresher_has_failed(desk.refresher, &reason) != OK);
		assert_int_equal(refresher_has_failed(desk.refresher, &reason), ERR_CORRUPT);
		assert_non_null(strstr(reason.text, "run ladder verify"));
		refresher_stop(desk.refresher);
		refresher_free(desk.refresher);
		house_close(&desk.house);
		clock_virtual_release(&desk.house.time);
		store_drop(&desk.house.store);
		request_release(&request);
	}
}

/* Is that shown of a node: the last record, and K; 0: any? */
static bool node_shows(struct refresher *refresher, uint64_t seq, int64_t known_us)
{
	struct snapshot snapshot;
	struct reason reason;
	if (refresher_snapshot(refresher, &snapshot, &reason) != OK)
		return false;
	bool shows = snapshot.seq == seq && (known_us == 0 || snapshot.known_us == known_us);
	snapshot_drop(&snapshot);
	return shows;
}

/* An act of another node waits until the figures have what came before it. */
static void what_came_to_be_settled_is_shown_though_the_instant_of_the_refresh_is_not(void **state)
{
	(void)state;
	static struct engine engine;
	static struct node node;
	struct refresher *refresher;
	struct request request;
	struct text batch = { 0 }, erased = { 0 };
	struct reason reason;
	const struct log_rules rules = { 0 };
	const struct proposal_act act = { LOG_ACT_ERASED, bytes_of_string("s"), 0 };
	node_make(&node, &engine);
	atomic_store(&node.settles, true);
	const struct clock clock = clock_virtual(&node.house.time);
	request_make(&request, &node.house, "e", 1);
	proposal_encode(&request.submission, &rules, &batch);
	proposal_encode_act(&act, &rules, &erased);
	assert_int_equal(refresher_start(node.house.store.log, node.house.store.path, &clock,
				 node.house.committer, &node.house.counters, &refresher),
		OK);
	AWAIT(node_shows(refresher, 0, 0));
	node_rest(&node, THREADS);
	pthread_mutex_lock(&engine.mutex);
	engine.overtakes[0] = text_bytes(&batch);
	engine.overtakes[1] = text_bytes(&erased);
	pthread_mutex_unlock(&engine.mutex);
	clock_virtual_advance(&node.house.time, 2 * FRESH_US);
	refresher_wake(refresher);
	AWAIT(atomic_load(&node.acts) == 1);
	AWAIT(node_shows(refresher, 1, committer_settled_us(node.house.committer)));
	assert_int_equal(refresher_has_failed(refresher, &reason), OK);
	/* Its own instant is settled after the act. */
	assert_true(committer_settled_us(node.house.committer) < clock_now_us(&clock));
	uint64_t pos = front_applied_pos(node.front);
	atomic_store(&node.settles, false);
	AWAIT(front_applied_pos(node.front) == pos + 2);
	refresher_stop(refresher);
	refresher_free(refresher);
	text_release(&batch);
	text_release(&erased);
	request_release(&request);
	node_close(&node);
	engine_release(&engine);
}

/* Takes all the patience there is, before each person that is folded. */
static struct desk *slow_desk;

static bool folds_slowly(const void *context)
{
	clock_virtual_advance(&slow_desk->house.time, PATIENCE_US);
	return is_halted(context);
}

static void who_waits_for_a_long_fold_is_answered_before_it_ends(void **state)
{
	(void)state;
	struct desk desk;
	struct asker asker;
	desk_make(&desk, STORE_NOW_US);
	desk_pass(&desk, 5 * UNDER_LOAD_US);
	struct shown shown = desk_shown(&desk);
	slow_desk = &desk;
	desk.refresher->live->folding.stopped = folds_slowly;
	/* The event is committed, and who asks finds the refresher at rest. */
	struct request request;
	request_make(&request, &desk.house, "e0", 1);
	assert_int_equal(submit(&request), OK);
	request_await(&request);
	assert_false(desk_asks(&desk, &asker));
	AWAIT(atomic_load(&asker.answered));
	assert_true(asker.shown.known_us == shown.known_us);
	assert_int_equal(asker.shown.seq, 0);
	desk_rest(&desk);
	assert_int_equal(desk_shown(&desk).seq, 1);
	request_release(&request);
	desk_end(&desk);
}

static void nobody_waits_for_what_takes_long_however_old_the_figures_are(void **state)
{
	(void)state;
	struct desk desk;
	struct asker asker, last;
	desk_make(&desk, STORE_NOW_US);
	desk_pass(&desk, 5 * UNDER_LOAD_US);
	desk_hold_refresh(&desk);
	clock_virtual_advance(&desk.house.time, PATIENCE_US - 1);
	assert_false(desk_asks(&desk, &asker));
	clock_virtual_advance(&desk.house.time, 1);
	assert_true(desk_asks(&desk, &last));
	/* It takes long, and more comes in: the next will take long too. */
	clock_virtual_advance(&desk.house.time, 2 * UNDER_LOAD_US);
	refresher_wake(desk.refresher);
	disk_hold(false);
	AWAIT(atomic_load(&asker.answered));
	clock_virtual_rest(&desk.house.time, THREADS);
	clock_virtual_advance(&desk.house.time, PAUSE_US_MAX - 1);
	assert_true(desk_now(&desk) - desk_shown(&desk).known_us > 2 * UNDER_LOAD_US);
	assert_true(desk_asks(&desk, &last));
	/* Once it was short, and nothing comes, figures are again as new as one may expect. */
	desk_pass(&desk, PAUSE_US_MAX);
	desk_pass(&desk, 2 * FRESH_US);
	assert_false(desk_asks(&desk, &last));
	AWAIT(atomic_load(&last.answered));
	assert_true(last.shown.known_us == desk_now(&desk));
	desk_rest(&desk);
	desk_end(&desk);
}

static void nobody_waits_while_the_state_is_saved(void **state)
{
	(void)state;
	struct desk desk;
	struct asker asker, next;
	desk_make(&desk, STORE_NOW_US);
	desk_push(&desk);
	desk_pass(&desk, SAVE_US + 1);
	disk_hold(true);
	assert_false(desk_asks(&desk, &asker));
	disk_await();
	assert_false(desk_asks(&desk, &next));
	clock_virtual_advance(&desk.house.time, 1);
	disk_hold(false);
	/* Both are answered by the refresh before the save; the second waits for no other. */
	AWAIT(atomic_load(&asker.answered) && atomic_load(&next.answered));
	assert_true(next.shown.known_us == asker.shown.known_us);
	desk_rest(&desk);
	assert_true(desk_shown(&desk).known_us == next.shown.known_us);
	desk_end(&desk);
}

static void a_long_refresh_is_followed_by_as_long_a_pause_up_to_a_second(void **state)
{
	(void)state;
	static const struct {
		int64_t took_us;
		int64_t pause_us;
	} rows[] = { { PAUSE_US / 2, PAUSE_US }, { 2 * PAUSE_US, 2 * PAUSE_US },
		{ PAUSE_US_MAX, PAUSE_US_MAX }, { 9 * PAUSE_US_MAX, PAUSE_US_MAX } };
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct desk desk;
		desk_make(&desk, STORE_NOW_US);
		desk_pass(&desk, PAUSE_US);
		disk_hold(true);
		refresher_wake(desk.refresher);
		disk_await();
		clock_virtual_advance(&desk.house.time, rows[i].took_us);
		disk_hold(false);
		clock_virtual_rest(&desk.house.time, THREADS);
		int64_t known_us = desk_shown(&desk).known_us;
		desk_push(&desk);
		clock_virtual_rest(&desk.house.time, THREADS);
		desk_pass(&desk, rows[i].pause_us - 1);
		assert_true(desk_shown(&desk).known_us == known_us);
		desk_pass(&desk, 1);
		assert_int_equal(desk_shown(&desk).seq, 1);
		desk_end(&desk);
	}
}

static void who_stands_at_its_work_says_for_how_long_and_nothing_once_it_rests(void **state)
{
	(void)state;
	struct desk desk;
	desk_make(&desk, STORE_NOW_US);
	desk_pass(&desk, PAUSE_US);
	assert_int_equal(refresher_still_us(desk.refresher), 0);
	assert_int_equal(committer_still_us(desk.house.committer), 0);
	disk_hold(true);
	refresher_wake(desk.refresher);
	disk_await();
	clock_virtual_advance(&desk.house.time, 700 * US_PER_SECOND);
	assert_int_equal(committer_still_us(desk.house.committer), 700 * US_PER_SECOND);
	assert_int_equal(refresher_still_us(desk.refresher), 700 * US_PER_SECOND);
	disk_hold(false);
	clock_virtual_rest(&desk.house.time, THREADS);
	assert_int_equal(refresher_still_us(desk.refresher), 0);
	assert_int_equal(committer_still_us(desk.house.committer), 0);
	desk_end(&desk);
}

static void while_many_batches_come_it_shows_the_last_stamp_without_a_commit(void **state)
{
	(void)state;
	struct desk desk;
	desk_make(&desk, STORE_NOW_US);
	for (int batches = CROWD - 1; batches <= CROWD; batches++) {
		desk_pass(&desk, 2 * PAUSE_US);
		/* The first is shown at once, the others wait for the pause. */
		desk_push(&desk);
		clock_virtual_rest(&desk.house.time, THREADS);
		for (int i = 0; i < batches; i++)
			desk_push(&desk);
		clock_virtual_rest(&desk.house.time, THREADS);
		int64_t stamped_us = record_of(&desk.house, desk.pushed).recorded_us;
		unsigned before = disk_count();
		desk_pass(&desk, PAUSE_US);
		assert_int_equal(desk_shown(&desk).seq, desk.pushed);
		bool crowded = batches >= CROWD;
		assert_int_equal(disk_count() - before, crowded ? 0 : 1);
		assert_true((desk_shown(&desk).known_us == stamped_us) == crowded);
	}
	desk_end(&desk);
}

static void the_state_is_saved_every_ten_minutes_and_at_the_end(void **state)
{
	(void)state;
	struct desk desk;
	char path[96];
	desk_make(&desk, STORE_NOW_US);
	snprintf(path, sizeof(path), "%s/state", desk.house.store.path);
	desk_push(&desk);
	desk_pass(&desk, SAVE_US - PAUSE_US);
	assert_int_equal(desk_shown(&desk).seq, 1);
	assert_int_not_equal(access(path, F_OK), 0);
	desk_pass(&desk, 2 * PAUSE_US);
	desk_push(&desk);
	clock_virtual_rest(&desk.house.time, THREADS);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(unlink(path), 0);
	desk_push(&desk);
	desk_pass(&desk, PAUSE_US);
	assert_int_not_equal(access(path, F_OK), 0);
	refresher_stop(desk.refresher);
	assert_int_equal(access(path, F_OK), 0);
	refresher_free(desk.refresher);
	house_end(&desk.house);
}

/* Nights of the time zone: the ordinary, the one that lacks an hour, the one that has one twice. */
static const struct {
	struct civil day;
	int hours; /* of the next day */
} nights[] = {
	{ { 2024, 10, 4 }, 24 },
	{ { 2024, 3, 29 }, 24 },
	{ { 2024, 3, 30 }, 23 },
	{ { 2024, 10, 26 }, 25 },
	{ { 2024, 12, 31 }, 24 },
};

static void the_next_day_is_folded_before_midnight_and_shown_after_it(void **state)
{
	(void)state;
	assert_int_equal(zone_set("Europe/Amsterdam"), OK);
	for (size_t i = 0; i < ARRAY_LENGTH(nights); i++) {
		struct desk desk;
		int32_t day = day_from_civil(nights[i].day);
		int64_t last_us = zone_day_last_us(day);
		assert_int_equal(zone_day_last_us(day + 1) - last_us,
			nights[i].hours * 3600 * US_PER_SECOND);
		desk_make(&desk, last_us - PREPARE_US - 2 * IDLE_US);
		desk_push(&desk);
		desk_pass(&desk, IDLE_US);
		assert_null(live_day_find(desk.refresher->live, day + 1));
		/* A look at the calendar later it is there, and nobody sees it. */
		desk_pass(&desk, 2 * IDLE_US + PAUSE_US);
		assert_non_null(live_day_find(desk.refresher->live, day + 1));
		assert_int_equal(desk_shown(&desk).as_of, day);
		desk_pass(&desk, last_us - desk_now(&desk));
		assert_int_equal(desk_answer(&desk).as_of, day);
		/* The day is there: it rests until somebody asks. */
		desk_pass(&desk, 2 * IDLE_US);
		assert_int_equal(desk_shown(&desk).as_of, day);
		assert_int_equal(desk_answer(&desk).as_of, day + 1);
		assert_null(live_day_find(desk.refresher->live, day));
		desk_end(&desk);
	}
}

static void a_second_after_midnight_whoever_asks_sees_the_new_day(void **state)
{
	(void)state;
	assert_int_equal(zone_set("Europe/Amsterdam"), OK);
	for (size_t i = 0; i < ARRAY_LENGTH(nights); i++) {
		struct desk desk;
		int32_t day = day_from_civil(nights[i].day);
		int64_t last_us = zone_day_last_us(day);
		desk_make(&desk, last_us - 2 * FRESH_US);
		desk_pass(&desk, last_us - desk_now(&desk));
		assert_int_equal(desk_answer(&desk).as_of, day);
		/* What is younger than a second is good enough, also then. */
		desk_pass(&desk, 1);
		assert_int_equal(desk_answer(&desk).as_of, day);
		desk_pass(&desk, FRESH_US);
		assert_int_equal(desk_answer(&desk).as_of, day + 1);
		desk_end(&desk);
	}
}

static void a_clock_that_steps_back_over_midnight_shows_no_day_again(void **state)
{
	(void)state;
	assert_int_equal(zone_set("Europe/Amsterdam"), OK);
	struct desk desk;
	int32_t day = day_from_civil((struct civil){ 2024, 10, 4 });
	desk_make(&desk, zone_day_last_us(day) + US_PER_SECOND);
	struct shown shown = desk_shown(&desk);
	assert_int_equal(shown.as_of, day + 1);
	clock_virtual_set(&desk.house.time, zone_day_last_us(day) - 3600 * US_PER_SECOND);
	desk_push(&desk);
	desk_pass(&desk, PAUSE_US);
	assert_int_equal(desk_shown(&desk).as_of, day + 1);
	assert_int_equal(desk_shown(&desk).seq, 1);
	assert_true(desk_shown(&desk).known_us > shown.known_us);
	desk_end(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_rest_news_are_shown_at_once),
		cmocka_unit_test(while_events_come_it_publishes_every_quarter_of_a_second),
		cmocka_unit_test(what_comes_late_in_a_pause_is_shown_a_whole_pause_later),
		cmocka_unit_test(when_nobody_asks_it_rests),
		cmocka_unit_test(figures_that_lack_records_for_five_seconds_are_late),
		cmocka_unit_test(a_fold_is_stopped_a_second_after_the_end_was_asked_for),
		cmocka_unit_test(who_finds_it_older_than_a_second_waits_for_a_new_one),
		cmocka_unit_test(under_load_nobody_waits_until_it_is_older_than_four_seconds),
		cmocka_unit_test(
			who_waits_is_answered_from_what_is_shown_when_the_refresh_takes_long),
		cmocka_unit_test(who_waits_is_answered_although_what_is_settled_is_not),
		cmocka_unit_test(damage_that_is_met_before_anything_is_shown_is_told_as_that),
		cmocka_unit_test(
			what_came_to_be_settled_is_shown_though_the_instant_of_the_refresh_is_not),
		cmocka_unit_test(who_waits_for_a_long_fold_is_answered_before_it_ends),
		cmocka_unit_test(nobody_waits_for_what_takes_long_however_old_the_figures_are),
		cmocka_unit_test(nobody_waits_while_the_state_is_saved),
		cmocka_unit_test(a_long_refresh_is_followed_by_as_long_a_pause_up_to_a_second),
		cmocka_unit_test(
			who_stands_at_its_work_says_for_how_long_and_nothing_once_it_rests),
		cmocka_unit_test(while_many_batches_come_it_shows_the_last_stamp_without_a_commit),
		cmocka_unit_test(the_state_is_saved_every_ten_minutes_and_at_the_end),
		cmocka_unit_test(the_next_day_is_folded_before_midnight_and_shown_after_it),
		cmocka_unit_test(a_second_after_midnight_whoever_asks_sees_the_new_day),
		cmocka_unit_test(a_clock_that_steps_back_over_midnight_shows_no_day_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
