/*
 * tests/unit/daemon/server/committer_test.c - the thread that writes, with a clock and a disk that
 * do as they are told.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/unit/daemon/server/committer_fixture.h"

static void nothing_is_acknowledged_before_it_is_durable(void **state)
{
	(void)state;
	struct house house;
	struct request request;
	house_make(&house);
	request_make(&request, &house, "e", 3);
	disk_hold(true);
	assert_int_equal(submit(&request), OK);
	disk_await();
	assert_false(atomic_load(&request.done));
	assert_int_equal(request.submission.outcome, OUTCOME_WAITING);
	assert_int_equal(last_seq(&house), 0);
	disk_hold(false);
	request_await(&request);
	assert_int_equal(request.submission.outcome, OUTCOME_DURABLE);
	assert_int_equal(request.submission.last_seq, 3);
	assert_int_equal(request.seen, 3);
	request_release(&request);
	house_end(&house);
}

static void a_start_makes_durable_what_it_finds(void **state)
{
	(void)state;
	struct house house;
	house_make(&house);
	house_close(&house);
	unsigned before = disk_count();
	store_reopen(&house.store);
	assert_true(disk_count() > before);
	disk_fail_after(1);
	log_close(house.store.log);
	house.store.log = NULL;
	struct log_options options = store_options(&house.store);
	struct reason reason = { "" };
	assert_int_equal(log_open(&options, LOG_WRITE, &house.store.log, &reason), ERR_IO);
	disk_fail_after(0);
	assert_null(house.store.log);
	store_reopen(&house.store);
	house_forget(&house);
}

static void what_waits_together_is_one_commit(void **state)
{
	(void)state;
	struct house house;
	static struct request requests[20];
	char name[16];
	house_make(&house);
	disk_hold(true);
	for (size_t i = 0; i < ARRAY_LENGTH(requests); i++) {
		snprintf(name, sizeof(name), "r%zu", i);
		request_make(&requests[i], &house, name, 2);
		assert_int_equal(submit(&requests[i]), OK);
		if (i == 0)
			disk_await();
	}
	unsigned before = disk_count();
	disk_hold(false);
	for (size_t i = 0; i < ARRAY_LENGTH(requests); i++) {
		request_await(&requests[i]);
		assert_int_equal(requests[i].submission.outcome, OUTCOME_DURABLE);
		assert_int_equal(requests[i].submission.last_seq, i == 0 ? 2 : 40);
		request_release(&requests[i]);
	}
	assert_int_equal(disk_count(), before + 1);
	/* In the order of submitting. */
	for (uint64_t seq = 1; seq <= 40; seq++)
		assert_int_equal(record_of(&house, seq).person, seq);
	house_end(&house);
}

static void verdicts_are_put_in_their_places(void **state)
{
	(void)state;
	struct house house;
	struct request first, second;
	house_make(&house);
	request_make(&first, &house, "e", 2);
	assert_int_equal(submit(&first), OK);
	request_await(&first);
	/* The same again; one with other content; one that was wrong before; a new one. */
	request_make(&second, &house, "e", 4);
	second.batch.items[1].event.day++;
	second.batch.items[2].verdict = VERDICT_REJECTED;
	second.batch.items[2].rejection.code = REJECTION_BAD_VALUE;
	assert_int_equal(submit(&second), OK);
	request_await(&second);
	assert_int_equal(second.submission.outcome, OUTCOME_DURABLE);
	assert_int_equal(second.submission.last_seq, 3);
	static const enum verdict verdicts[] = { VERDICT_DUPLICATE, VERDICT_REJECTED,
		VERDICT_REJECTED, VERDICT_ACCEPTED };
	for (size_t i = 0; i < ARRAY_LENGTH(verdicts); i++)
		assert_int_equal(second.batch.items[i].verdict, verdicts[i]);
	const struct rejection *conflict = &second.batch.items[1].rejection;
	assert_int_equal(conflict->code, REJECTION_ID_CONFLICT);
	assert_int_equal(conflict->index, 1);
	assert_true(bytes_are(conflict->id, "e-1"));
	assert_int_equal(second.batch.items[2].rejection.code, REJECTION_BAD_VALUE);
	request_release(&first);
	request_release(&second);
	house_end(&house);
}

struct settling {
	struct house *house;
	int64_t known_us;
	enum err err;
	atomic_bool returned;
	pthread_t thread;
};

static void *settle_run(void *context)
{
	struct settling *settling = context;
	settling->err = committer_settle(settling->house->committer, settling->known_us);
	atomic_store(&settling->returned, true);
	return NULL;
}

/* Returns when it waits for the committer. */
static void settle_start(struct settling *settling, struct house *house, int64_t known_us)
{
	unsigned before = clock_virtual_wakes(&house->time);
	*settling = (struct settling){ .house = house, .known_us = known_us };
	assert_int_equal(pthread_create(&settling->thread, NULL, settle_run, settling), 0);
	AWAIT(clock_virtual_wakes(&house->time) > before);
}

static void settling_waits_for_the_commit_in_flight(void **state)
{
	(void)state;
	struct house house;
	struct request first, later;
	struct settling settling;
	int64_t known_us = STORE_NOW_US + 3600 * US_PER_SECOND;
	house_make(&house);
	request_make(&first, &house, "e", 2);
	request_make(&later, &house, "l", 1);
	disk_hold(true);
	assert_int_equal(submit(&first), OK);
	disk_await();
	settle_start(&settling, &house, known_us);
	assert_false(atomic_load(&settling.returned));
	disk_hold(false);
	pthread_join(settling.thread, NULL);
	assert_int_equal(settling.err, OK);
	assert_true(atomic_load(&first.done));
	assert_int_equal(last_seq(&house), 2);
	/* From here on every stamp is after it, also when the clock is before, and reopened. */
	assert_true(committer_now_us(house.committer) >= known_us);
	house_close(&house);
	store_reopen(&house.store);
	house_open(&house, 10, SIZE_MAX);
	assert_true(committer_now_us(house.committer) >= known_us);
	clock_virtual_set(&house.time, STORE_NOW_US - US_PER_DAY);
	assert_int_equal(submit(&later), OK);
	request_await(&later);
	assert_true(record_of(&house, 3).recorded_us > known_us);
	request_release(&first);
	request_release(&later);
	house_end(&house);
}

static void what_is_settled_already_does_not_wait(void **state)
{
	(void)state;
	struct house house;
	struct request request;
	house_make(&house);
	assert_int_equal(committer_settle(house.committer, STORE_NOW_US), OK);
	request_make(&request, &house, "e", 1);
	disk_hold(true);
	assert_int_equal(submit(&request), OK);
	disk_await();
	unsigned before = disk_count();
	assert_int_equal(committer_settle(house.committer, STORE_NOW_US), OK);
	assert_int_equal(committer_settle(house.committer, INT64_MIN), OK);
	assert_int_equal(disk_count(), before);
	disk_hold(false);
	request_await(&request);
	assert_true(record_of(&house, 1).recorded_us > STORE_NOW_US);
	/* The stamp of what is durable is settled too. */
	before = disk_count();
	assert_int_equal(committer_settle(house.committer, record_of(&house, 1).recorded_us), OK);
	assert_int_equal(disk_count(), before);
	request_release(&request);
	house_end(&house);
}

static void a_full_queue_is_a_refusal_that_heals(void **state)
{
	(void)state;
	static const struct {
		size_t batches_max;
		size_t bytes_max;
		size_t fit;
	} rows[] = { { 3, SIZE_MAX, 3 }, { 100, 2500, 2 }, { 100, 2000, 2 }, { 1, 1, 1 } };
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct house house;
		struct request requests[6];
		size_t taken = 0;
		store_make(&house.store);
		clock_virtual_init(&house.time, STORE_NOW_US);
		house_open(&house, rows[i].batches_max, rows[i].bytes_max);
		for (size_t j = 0; j < ARRAY_LENGTH(requests); j++) {
			char name[2] = { (char)('a' + j), '\0' };
			request_make(&requests[j], &house, name, 1);
		}
		disk_hold(true);
		assert_int_equal(submit(&requests[0]), OK);
		disk_await();
		/* The first is being committed: it does not wait any more. */
		while (submit(&requests[1 + taken]) == OK)
			taken++;
		assert_int_equal(taken, rows[i].fit);
		assert_int_equal(submit(&requests[1 + taken]), ERR_FULL);
		disk_hold(false);
		for (size_t j = 0; j <= taken; j++)
			request_await(&requests[j]);
		assert_false(atomic_load(&requests[1 + taken].done));
		assert_int_equal(submit(&requests[1 + taken]), OK);
		request_await(&requests[1 + taken]);
		assert_int_equal(last_seq(&house), taken + 2);
		for (size_t j = 0; j < ARRAY_LENGTH(requests); j++)
			request_release(&requests[j]);
		house_end(&house);
	}
}

enum disaster { SYNC_FAILS, WRITE_FAILS };

/* A commit fails with a whole group in it and more behind it. */
static void a_failed_commit_is_unknown_to_all_of_its_group(void **state)
{
	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	for (int disaster = SYNC_FAILS; disaster <= WRITE_FAILS; disaster++) {
		struct house house;
		struct request requests[5];
		struct settling settling;
		struct reason reason = { "" };
		struct rlimit limit, small;
		struct stat file;
		char data[128];
		house_make(&house);
		snprintf(data, sizeof(data), "%s/data.mdb", house.store.path);
		for (size_t i = 0; i < ARRAY_LENGTH(requests); i++) {
			char name[2] = { (char)('a' + i), '\0' };
			request_make(&requests[i], &house, name, i == 1 ? 2000 : 1);
		}
		disk_hold(true);
		assert_int_equal(submit(&requests[0]), OK);
		disk_await();
		/* These are one group. */
		assert_int_equal(submit(&requests[1]), OK);
		assert_int_equal(submit(&requests[2]), OK);
		settle_start(&settling, &house, STORE_NOW_US + US_PER_DAY);
		assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
		assert_int_equal(stat(data, &file), 0);
		small = limit;
		/* The commit in flight goes well, the one of the group does not. */
		if (disaster == WRITE_FAILS)
			small.rlim_cur = (rlim_t)file.st_size + 100000;
		else
			disk_fail_after(1);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		disk_hold(false);
		for (size_t i = 0; i < 3; i++)
			request_await(&requests[i]);
		pthread_join(settling.thread, NULL);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		disk_fail_after(0);
		assert_int_equal(requests[0].submission.outcome, OUTCOME_DURABLE);
		assert_int_equal(requests[1].submission.outcome, OUTCOME_FAILED);
		assert_int_equal(requests[2].submission.outcome, OUTCOME_FAILED);
		assert_int_equal(settling.err, ERR_IO);
		assert_true(committer_has_failed(house.committer, &reason));
		assert_non_null(strstr(reason.text, "unknown"));
		/* Nothing more is taken, even though the disk is well again. */
		assert_int_equal(submit(&requests[3]), ERR_IO);
		assert_int_equal(
			committer_settle(house.committer, STORE_NOW_US + 2 * US_PER_DAY), ERR_IO);
		assert_false(atomic_load(&requests[3].done));
		for (size_t i = 0; i < ARRAY_LENGTH(requests); i++)
			request_release(&requests[i]);
		/* A restart looks: all of the group is there, or nothing. */
		house_close(&house);
		store_reopen(&house.store);
		uint64_t seq = log_last_seq(house.store.log);
		assert_true(seq == 1 || seq == 2002);
		house_forget(&house);
	}
}

/* A group of batches and an instant to be settled when there is no room for the batches. */
static void short_space_refuses_batches_and_settles_instants(void **state)
{
	(void)state;
	struct house house;
	struct request requests[4];
	struct settling settling;
	struct reason reason = { "" };
	store_make(&house.store);
	house.store.size_max = (size_t)512 << 10;
	store_reopen(&house.store);
	clock_virtual_init(&house.time, STORE_NOW_US);
	house_open(&house, 10, SIZE_MAX);
	static const unsigned counts[] = { 1, 5, 5000, 1 };
	for (size_t i = 0; i < ARRAY_LENGTH(requests); i++) {
		char name[2] = { (char)('a' + i), '\0' };
		request_make(&requests[i], &house, name, counts[i]);
	}
	disk_hold(true);
	assert_int_equal(submit(&requests[0]), OK);
	disk_await();
	assert_int_equal(submit(&requests[1]), OK);
	int64_t known_us = STORE_NOW_US + US_PER_DAY;
	settle_start(&settling, &house, known_us);
	assert_int_equal(submit(&requests[2]), OK);
	disk_hold(false);
	for (size_t i = 0; i < 3; i++)
		request_await(&requests[i]);
	pthread_join(settling.thread, NULL);
	assert_int_equal(requests[0].submission.outcome, OUTCOME_DURABLE);
	assert_int_equal(requests[1].submission.outcome, OUTCOME_REFUSED);
	assert_int_equal(requests[2].submission.outcome, OUTCOME_REFUSED);
	assert_int_equal(settling.err, OK);
	assert_int_equal(last_seq(&house), 1);
	assert_true(committer_is_short_of_space(house.committer, &reason));
	assert_non_null(strstr(reason.text, "size_max"));
	assert_false(committer_has_failed(house.committer, &reason));
	/* What fits is taken again, after what was settled. */
	assert_int_equal(submit(&requests[3]), OK);
	request_await(&requests[3]);
	assert_int_equal(requests[3].submission.outcome, OUTCOME_DURABLE);
	assert_true(record_of(&house, 2).recorded_us > known_us);
	assert_false(committer_is_short_of_space(house.committer, &reason));
	for (size_t i = 0; i < ARRAY_LENGTH(requests); i++)
		request_release(&requests[i]);
	house_end(&house);
}

/* What an operator's act runs between two transactions, and what it is to return. */
struct operator_act {
	const struct house *house;
	enum err gives;
	unsigned times;
};

static enum err act_run(struct log *log, void *context, struct reason *reason)
{
	struct operator_act *act = context;
	act->times++;
	assert_ptr_equal(log, act->house->store.log);
	assert_false(log_is_in_txn(log));
	return act->gives == OK ? OK : (fail)(reason, act->gives, "the act found something");
}

static void an_act_meets_no_transaction_and_only_a_disk_that_fails_ends_the_committer(void **state)
{
	(void)state;
	struct house house;
	struct request request;
	struct reason reason = { "" };
	static const enum err errs[] = { OK, ERR_NOT_FOUND, ERR_CONFLICT, ERR_IO };
	house_make(&house);
	struct operator_act act = { .house = &house };
	struct exclusive exclusive = { .run = act_run, .context = &act };
	for (size_t i = 0; i < ARRAY_LENGTH(errs); i++) {
		assert_false(committer_has_failed(house.committer, &reason));
		act.gives = errs[i];
		assert_int_equal(committer_exclusively(house.committer, &exclusive), OK);
		assert_int_equal(exclusive.err, errs[i]);
		assert_int_equal(act.times, i + 1);
	}
	assert_true(committer_has_failed(house.committer, &reason));
	assert_string_equal(reason.text, "the act found something");
	/* Nothing more is taken, and nothing more is run. */
	assert_int_equal(committer_exclusively(house.committer, &exclusive), ERR_IO);
	assert_int_equal(act.times, ARRAY_LENGTH(errs));
	request_make(&request, &house, "e", 1);
	assert_int_not_equal(submit(&request), OK);
	request_release(&request);
	house_end(&house);
}

/* Where both are so, the store is not called full: more room would not help. */
static void damage_is_told_also_where_space_is_short(void **state)
{
	(void)state;
	struct house house;
	struct request request;
	struct reason reason = { "page 7 is not as it was written" };
	house_make(&house);
	house.store.log->reserve = house.store.size_max;
	log_note_damage(house.store.log, &reason);
	request_make(&request, &house, "e", 1);
	assert_int_equal(submit(&request), OK);
	request_await(&request);
	assert_int_equal(request.submission.outcome, OUTCOME_REFUSED);
	assert_true(committer_is_short_of_space(house.committer, &reason));
	assert_string_equal(reason.text, "page 7 is not as it was written");
	assert_false(committer_has_failed(house.committer, &reason));
	request_release(&request);
	house_close(&house);
	/* There was none. */
	store_reopen(&house.store);
	house_forget(&house);
}

/* The reserve is what keeps a commit from failing for want of room. */
static void a_store_fills_up_to_its_reserve_without_harm(void **state)
{
	(void)state;
	struct house house;
	store_make(&house.store);
	house.store.size_max = (size_t)2 << 20;
	house.store.reserve = (size_t)512 << 10;
	store_reopen(&house.store);
	clock_virtual_init(&house.time, STORE_NOW_US);
	house_open(&house, 10, SIZE_MAX);
	enum commit_outcome outcome = OUTCOME_DURABLE;
	uint64_t taken = 0;
	for (unsigned i = 0; outcome == OUTCOME_DURABLE && i < 2000; i++) {
		struct request request;
		char name[16];
		snprintf(name, sizeof(name), "r%u", i);
		request_make(&request, &house, name, 100);
		assert_int_equal(submit(&request), OK);
		request_await(&request);
		outcome = request.submission.outcome;
		taken += outcome == OUTCOME_DURABLE ? 100 : 0;
		request_release(&request);
	}
	assert_int_equal(outcome, OUTCOME_REFUSED);
	assert_true(taken > 1000);
	assert_int_equal(last_seq(&house), taken);
	/* Reading goes on. */
	assert_int_equal(committer_settle(house.committer, STORE_NOW_US + US_PER_DAY), OK);
	house_end(&house);
}

static void stopping_finishes_what_waits_and_takes_no_more(void **state)
{
	(void)state;
	struct house house;
	struct request requests[5];
	house_make(&house);
	for (size_t i = 0; i < ARRAY_LENGTH(requests); i++) {
		char name[2] = { (char)('a' + i), '\0' };
		request_make(&requests[i], &house, name, 10);
		if (i < 4)
			assert_int_equal(submit(&requests[i]), OK);
	}
	committer_stop(house.committer);
	for (size_t i = 0; i < 4; i++) {
		assert_true(atomic_load(&requests[i].done));
		assert_int_equal(requests[i].submission.outcome, OUTCOME_DURABLE);
	}
	assert_int_equal(submit(&requests[4]), ERR_IO);
	assert_int_equal(committer_settle(house.committer, STORE_NOW_US + US_PER_DAY), ERR_IO);
	for (size_t i = 0; i < ARRAY_LENGTH(requests); i++)
		request_release(&requests[i]);
	committer_free(house.committer);
	assert_int_equal(log_last_seq(house.store.log), 40);
	house_forget(&house);
	committer_stop(NULL);
	committer_free(NULL);
}

/* The committer's time, as its header has it. */
#define REST_US   US_PER_SECOND
#define END_US    (2 * US_PER_SECOND)
#define REST_ROWS 1024

/* So many that the index is written for them at rest, and not with their own commit. */
#define EVENTS_LATE 5000
#define STEPS_LATE  ((EVENTS_LATE + REST_ROWS - 1) / REST_ROWS)

/* A house whose index is sorted by the committer itself: no other thread takes real time. */
static void house_make_sorting_here(struct house *house)
{
	store_make(&house->store);
	house->store.log->lag.sort_here = SIZE_MAX;
	clock_virtual_init(&house->time, STORE_NOW_US);
	house_open(house, 1000, SIZE_MAX);
	atomic_store(&memory_given_back, 0);
}

/* Submits, and returns when it is answered. */
static void push(struct request *request)
{
	assert_int_equal(submit(request), OK);
	request_await(request);
	assert_int_equal(request->submission.outcome, OUTCOME_DURABLE);
}

static void it_looks_for_work_for_a_moment_before_it_sleeps(void **state)
{
	(void)state;
	struct house house;
	struct request request;
	house_make(&house);
	request_make(&request, &house, "e", 1);
	assert_int_equal(clock_virtual_rest(&house.time, 1), LINGER_US);
	clock_virtual_advance(&house.time, LINGER_US - 1);
	assert_int_equal(clock_virtual_rest(&house.time, 1), 1);
	/* What comes now is taken without anything that wakes a thread, and it looks again. */
	push(&request);
	assert_int_equal(clock_virtual_rest(&house.time, 1), LINGER_US);
	clock_virtual_advance(&house.time, LINGER_US);
	assert_true(clock_virtual_rest(&house.time, 1) > LINGER_US);
	request_release(&request);
	house_end(&house);
}

static void without_a_batch_it_sleeps_until_it_is_woken(void **state)
{
	(void)state;
	struct house house;
	struct request request;
	house_make(&house);
	assert_true(house_sleep(&house) == UNTIL_WOKEN);
	clock_virtual_advance(&house.time, 365 * US_PER_DAY);
	assert_true(clock_virtual_rest(&house.time, 1) == UNTIL_WOKEN);
	/* An instant to settle is no batch: nothing is left of it. */
	assert_int_equal(committer_settle(house.committer, STORE_NOW_US + 366 * US_PER_DAY), OK);
	assert_true(house_sleep(&house) == UNTIL_WOKEN);
	request_make(&request, &house, "e", 1);
	push(&request);
	assert_int_equal(house_sleep(&house), REST_US - LINGER_US);
	request_release(&request);
	house_end(&house);
}

static void a_second_after_the_last_batch_memory_goes_back_once(void **state)
{
	(void)state;
	struct house house;
	struct request first, second;
	house_make_sorting_here(&house);
	request_make(&first, &house, "e", 1);
	request_make(&second, &house, "s", 1);
	push(&first);
	assert_int_equal(house_sleep(&house), REST_US - LINGER_US);
	clock_virtual_advance(&house.time, REST_US / 2);
	/* Each batch begins the rest anew, an instant to settle does not. */
	push(&second);
	assert_int_equal(house_sleep(&house), REST_US - LINGER_US);
	clock_virtual_advance(&house.time, REST_US / 4);
	assert_int_equal(committer_settle(house.committer, STORE_NOW_US + US_PER_DAY), OK);
	assert_int_equal(house_sleep(&house), REST_US - REST_US / 4 - 2 * LINGER_US);
	clock_virtual_advance(&house.time, REST_US - REST_US / 4 - 2 * LINGER_US - 1);
	assert_int_equal(clock_virtual_rest(&house.time, 1), 1);
	assert_int_equal(atomic_load(&memory_given_back), 0);
	clock_virtual_advance(&house.time, 1);
	assert_true(house_sleep(&house) == UNTIL_WOKEN);
	assert_int_equal(atomic_load(&memory_given_back), 1);
	/* One record is too little for the index to be written. */
	assert_int_equal(indexed_of(house.store.log), 0);
	request_release(&first);
	request_release(&second);
	house_end(&house);
}

static void while_no_batch_comes_the_index_catches_up_in_small_steps(void **state)
{
	(void)state;
	struct house house;
	struct request first, again;
	house_make_sorting_here(&house);
	request_make(&first, &house, "e", EVENTS_LATE);
	request_make(&again, &house, "e", EVENTS_LATE);
	unsigned before = disk_count();
	push(&first);
	assert_int_equal(first.syncs, before + 1);
	assert_int_equal(first.indexed, 0);
	clock_virtual_advance(&house.time, house_sleep(&house) - 1);
	assert_int_equal(clock_virtual_rest(&house.time, 1), 1);
	assert_int_equal(disk_count(), before + 1);
	clock_virtual_advance(&house.time, 1);
	/* Then step follows step, and memory goes back when the index has all. */
	assert_true(house_sleep(&house) == UNTIL_WOKEN);
	assert_int_equal(disk_count(), before + 1 + STEPS_LATE);
	assert_int_equal(indexed_of(house.store.log), EVENTS_LATE);
	assert_int_equal(atomic_load(&memory_given_back), 1);
	push(&again);
	for (size_t i = 0; i < again.batch.count; i++)
		assert_int_equal(again.batch.items[i].verdict, VERDICT_DUPLICATE);
	request_release(&first);
	request_release(&again);
	house_end(&house);
}

static void a_batch_waits_for_one_step_of_the_index_at_most(void **state)
{
	(void)state;
	struct house house;
	struct request first, second;
	house_make_sorting_here(&house);
	request_make(&first, &house, "e", EVENTS_LATE);
	request_make(&second, &house, "s", 1);
	unsigned before = disk_count();
	push(&first);
	int64_t us = house_sleep(&house);
	disk_hold(true);
	clock_virtual_advance(&house.time, us);
	disk_await();
	assert_int_equal(submit(&second), OK);
	disk_hold(false);
	request_await(&second);
	assert_int_equal(second.submission.outcome, OUTCOME_DURABLE);
	assert_int_equal(second.syncs, before + 3);
	assert_int_equal(second.indexed, 0);
	/* It begins another rest, and after that the index has all. */
	assert_int_equal(house_sleep(&house), REST_US - LINGER_US);
	assert_int_equal(disk_count(), before + 3);
	clock_virtual_advance(&house.time, REST_US - LINGER_US);
	assert_true(house_sleep(&house) == UNTIL_WOKEN);
	assert_int_equal(indexed_of(house.store.log), EVENTS_LATE);
	assert_int_equal(atomic_load(&memory_given_back), 1);
	request_release(&first);
	request_release(&second);
	house_end(&house);
}

static void while_the_index_is_being_sorted_it_rests_again(void **state)
{
	(void)state;
	struct house house;
	struct request request;
	house_make(&house);
	atomic_store(&memory_given_back, 0);
	request_make(&request, &house, "e", EVENTS_LATE);
	push(&request);
	/* Sorting takes real time: one look finds it done. */
	for (int looks = 0; house_sleep(&house) != UNTIL_WOKEN; looks++) {
		assert_int_equal(house_sleep(&house), REST_US - LINGER_US);
		if (looks > 0)
			AWAIT(atomic_load(&house.store.log->lag.sorted));
		assert_true(looks < 4);
		clock_virtual_advance(&house.time, REST_US - LINGER_US);
	}
	assert_int_equal(indexed_of(house.store.log), EVENTS_LATE);
	assert_int_equal(atomic_load(&memory_given_back), 1);
	request_release(&request);
	house_end(&house);
}

static void without_room_the_index_waits_and_nothing_fails(void **state)
{
	(void)state;
	struct house house;
	struct request request;
	struct reason reason = { "" };
	house_make_sorting_here(&house);
	request_make(&request, &house, "e", EVENTS_LATE);
	push(&request);
	assert_int_equal(house_sleep(&house), REST_US - LINGER_US);
	unsigned before = disk_count();
	/* The committer sleeps: the log is the test's. */
	size_t reserve = house.store.log->reserve;
	house.store.log->reserve = house.store.size_max;
	for (int looks = 0; looks < 3; looks++) {
		clock_virtual_advance(&house.time, house_sleep(&house));
		/* It looked, wrote nothing, and looks again after another rest. */
		assert_int_equal(house_sleep(&house), REST_US - LINGER_US);
		assert_int_equal(disk_count(), before);
	}
	assert_false(committer_has_failed(house.committer, &reason));
	assert_int_equal(indexed_of(house.store.log), 0);
	assert_int_equal(atomic_load(&memory_given_back), 0);
	/* Once there is room the index has all. */
	house.store.log->reserve = reserve;
	clock_virtual_advance(&house.time, house_sleep(&house));
	assert_true(house_sleep(&house) == UNTIL_WOKEN);
	assert_int_equal(indexed_of(house.store.log), EVENTS_LATE);
	assert_int_equal(atomic_load(&memory_given_back), 1);
	request_release(&request);
	house_end(&house);
}

static void a_disk_that_fails_at_rest_fails_the_committer(void **state)
{
	(void)state;
	struct house house;
	struct request first, second;
	struct reason reason = { "" };
	house_make_sorting_here(&house);
	request_make(&first, &house, "e", EVENTS_LATE);
	request_make(&second, &house, "s", 1);
	disk_fail_after(2);
	push(&first);
	clock_virtual_advance(&house.time, house_sleep(&house));
	assert_true(house_sleep(&house) == UNTIL_WOKEN);
	assert_true(committer_has_failed(house.committer, &reason));
	assert_non_null(strstr(reason.text, "unknown"));
	assert_int_equal(submit(&second), ERR_IO);
	/* Nor does it try again at its end. */
	unsigned before = disk_count();
	house_close(&house);
	assert_int_equal(disk_count(), before);
	disk_fail_after(0);
	request_release(&first);
	request_release(&second);
	store_reopen(&house.store);
	assert_int_equal(log_last_seq(house.store.log), EVENTS_LATE);
	house_forget(&house);
}

/* Makes a batch of one event and `count - 1` that are rejected already. */
static void request_make_hollow(
	struct request *request, struct house *house, const char *name, size_t count)
{
	request_make(request, house, name, 1);
	struct batch_item *items = calloc(count, sizeof(*items));
	assert_non_null(items);
	items[0] = request->batch.items[0];
	for (size_t i = 1; i < count; i++)
		items[i].verdict = VERDICT_REJECTED;
	request->batch = (struct batch){ .items = items, .count = count };
}

static void a_group_has_at_most_100000_events_unless_one_batch_has_more(void **state)
{
	(void)state;
	static const size_t counts[] = { 1, 60000, 40000, 1, 150000, 1 };
	/* How many syncs there are until each is answered. */
	static const unsigned syncs[] = { 1, 2, 2, 3, 4, 5 };
	struct house house;
	struct request requests[ARRAY_LENGTH(counts)];
	house_make(&house);
	unsigned before = disk_count();
	disk_hold(true);
	for (size_t i = 0; i < ARRAY_LENGTH(counts); i++) {
		char name[2] = { (char)('a' + i), '\0' };
		request_make_hollow(&requests[i], &house, name, counts[i]);
		assert_int_equal(submit(&requests[i]), OK);
		if (i == 0)
			disk_await();
	}
	disk_hold(false);
	for (size_t i = 0; i < ARRAY_LENGTH(counts); i++) {
		request_await(&requests[i]);
		assert_int_equal(requests[i].submission.outcome, OUTCOME_DURABLE);
		assert_int_equal(requests[i].syncs - before, syncs[i]);
		free(requests[i].batch.items);
		request_release(&requests[i]);
	}
	house_end(&house);
}

static void *stop_run(void *context)
{
	committer_stop(context);
	return NULL;
}

/*
 * Stops a committer while the commit of the first batch is in flight, so that it never rests.
 * The end's first sync takes `sync_us`. Returns how many syncs the end made.
 */
static unsigned syncs_of_an_end(struct house *house, unsigned events, int64_t sync_us)
{
	struct request first, second, refused;
	pthread_t stopper;
	request_make(&first, house, "e", events);
	request_make(&second, house, "s", 1);
	request_make(&refused, house, "r", 1);
	disk_hold(true);
	assert_int_equal(submit(&first), OK);
	disk_await();
	/* The queue has room for one: what comes after it is refused as full, then as stopping. */
	assert_int_equal(submit(&second), OK);
	assert_int_equal(submit(&refused), ERR_FULL);
	assert_int_equal(pthread_create(&stopper, NULL, stop_run, house->committer), 0);
	AWAIT(submit(&refused) == ERR_IO);
	/* The syncs of both batches go on, the next one waits. */
	disk_hold_from(disk_count() + 2);
	disk_await();
	clock_virtual_advance(&house->time, sync_us);
	disk_hold(false);
	pthread_join(stopper, NULL);
	committer_free(house->committer);
	assert_int_equal(second.submission.outcome, OUTCOME_DURABLE);
	assert_int_equal(second.indexed, 0);
	unsigned syncs = disk_count() - second.syncs;
	request_release(&first);
	request_release(&second);
	request_release(&refused);
	return syncs;
}

/* A house for syncs_of_an_end(); more than `late` events are more than a step of the end. */
static void house_make_to_end(struct house *house, size_t late)
{
	store_make(&house->store);
	house->store.log->lag.sort_here = SIZE_MAX;
	house->store.log->lag.min = house->store.log->lag.max = late;
	clock_virtual_init(&house->time, STORE_NOW_US);
	house_open(house, 1, SIZE_MAX);
}

static void at_its_end_the_index_catches_up_too(void **state)
{
	(void)state;
	struct house house;
	house_make_to_end(&house, 16384);
	assert_int_equal(syncs_of_an_end(&house, EVENTS_LATE, END_US - 1), 1);
	assert_int_equal(indexed_of(house.store.log), EVENTS_LATE + 1);
	house_forget(&house);
}

static void the_end_does_not_take_long_for_the_index(void **state)
{
	(void)state;
	static const struct {
		int64_t sync_us;
		unsigned syncs;
		uint64_t indexed;
	} rows[] = { { END_US - 1, 2, 17001 }, { END_US, 1, 0 }, { US_PER_DAY, 1, 0 } };
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct house house;
		/* More than a step of the end, in one generation. */
		house_make_to_end(&house, 65536);
		assert_int_equal(syncs_of_an_end(&house, 17000, rows[i].sync_us), rows[i].syncs);
		assert_int_equal(indexed_of(house.store.log), rows[i].indexed);
		house_forget(&house);
	}
}

/* The end looks every ten milliseconds whether the index is sorted. */
static void the_end_waits_for_the_sorting(void **state)
{
	(void)state;
	struct house house;
	struct request request;
	pthread_t stopper;
	house_make(&house);
	request_make(&request, &house, "e", EVENTS_LATE);
	disk_hold(true);
	assert_int_equal(submit(&request), OK);
	disk_await();
	unsigned before = clock_virtual_wakes(&house.time);
	assert_int_equal(pthread_create(&stopper, NULL, stop_run, house.committer), 0);
	AWAIT(clock_virtual_wakes(&house.time) > before);
	disk_hold(false);
	AWAIT(atomic_load(&house.store.log->lag.sorted));
	/* At most the look that came before it was sorted is slept through. */
	AWAIT(indexed_of(house.store.log) == EVENTS_LATE ||
		(clock_virtual_asleep(&house.time) == 1 &&
			(clock_virtual_advance(&house.time, 10000), false)));
	pthread_join(stopper, NULL);
	committer_free(house.committer);
	request_release(&request);
	house_forget(&house);
}

static void now_is_never_before_what_was_stamped(void **state)
{
	(void)state;
	struct house house;
	struct request request;
	house_make(&house);
	assert_true(committer_now_us(house.committer) == STORE_NOW_US);
	request_make(&request, &house, "e", 3);
	assert_int_equal(submit(&request), OK);
	request_await(&request);
	clock_virtual_set(&house.time, STORE_NOW_US - US_PER_DAY);
	assert_true(committer_now_us(house.committer) == STORE_NOW_US + 2);
	clock_virtual_set(&house.time, STORE_NOW_US + US_PER_DAY);
	assert_true(committer_now_us(house.committer) == STORE_NOW_US + US_PER_DAY);
	request_release(&request);
	house_end(&house);
}

static enum err floor_raise(struct log *log, void *context, struct reason *reason)
{
	const int64_t *settled_us = context;
	enum err err = log_begin(log, 0, reason);
	if (err == OK)
		err = log_raise_floor(log, *settled_us);
	return err == OK ? log_commit(log, reason) : err;
}

static void a_followers_now_is_what_its_main_settled(void **state)
{
	struct house house;
	struct request request;
	const struct committer_limits limits = { 10, SIZE_MAX, true, false };
	const struct clock clock = clock_virtual(&house.time);
	int64_t main_us = STORE_NOW_US - 5, settled_us;
	struct exclusive exclusive = { .run = floor_raise, .context = &main_us };
	(void)state;
	store_make(&house.store);
	clock_virtual_init(&house.time, STORE_NOW_US);
	counters_init(&house.counters, 0);
	assert_int_equal(committer_start(house.store.log, &clock, &limits, &house.counters,
				 &house.committer),
		OK);
	request_make(&request, &house, "a", 1);
	assert_int_equal(submit(&request), ERR_IO);
	assert_true(committer_now_us(house.committer) == 0);
	assert_int_equal(committer_settle(house.committer, main_us), ERR_NOT_FOUND);
	assert_true(committer_awaits(house.committer, STORE_NOW_US, &settled_us));
	assert_int_equal(committer_exclusively(house.committer, &exclusive), OK);
	assert_int_equal(exclusive.err, OK);
	assert_true(committer_now_us(house.committer) == main_us);
	assert_int_equal(committer_settle(house.committer, main_us), OK);
	assert_int_equal(committer_settle(house.committer, main_us + 1), ERR_NOT_FOUND);
	assert_true(committer_awaits(house.committer, main_us + 1, &settled_us));
	assert_true(settled_us == main_us);
	assert_false(committer_awaits(house.committer, main_us, &settled_us));
	assert_false(committer_awaits(house.committer, STORE_NOW_US + 1, &settled_us));
	/* Promoted it goes on as any. */
	committer_lead(house.committer);
	assert_true(committer_now_us(house.committer) == STORE_NOW_US);
	assert_int_equal(committer_settle(house.committer, STORE_NOW_US), OK);
	assert_int_equal(submit(&request), OK);
	request_await(&request);
	assert_int_equal(request.submission.outcome, OUTCOME_DURABLE);
	request_release(&request);
	house_end(&house);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_acknowledged_before_it_is_durable),
		cmocka_unit_test(a_start_makes_durable_what_it_finds),
		cmocka_unit_test(what_waits_together_is_one_commit),
		cmocka_unit_test(verdicts_are_put_in_their_places),
		cmocka_unit_test(settling_waits_for_the_commit_in_flight),
		cmocka_unit_test(what_is_settled_already_does_not_wait),
		cmocka_unit_test(a_full_queue_is_a_refusal_that_heals),
		cmocka_unit_test(a_failed_commit_is_unknown_to_all_of_its_group),
		cmocka_unit_test(short_space_refuses_batches_and_settles_instants),
		cmocka_unit_test(damage_is_told_also_where_space_is_short),
		cmocka_unit_test(a_store_fills_up_to_its_reserve_without_harm),
		cmocka_unit_test(stopping_finishes_what_waits_and_takes_no_more),
		cmocka_unit_test(a_group_has_at_most_100000_events_unless_one_batch_has_more),
		cmocka_unit_test(it_looks_for_work_for_a_moment_before_it_sleeps),
		cmocka_unit_test(without_a_batch_it_sleeps_until_it_is_woken),
		cmocka_unit_test(a_second_after_the_last_batch_memory_goes_back_once),
		cmocka_unit_test(while_no_batch_comes_the_index_catches_up_in_small_steps),
		cmocka_unit_test(a_batch_waits_for_one_step_of_the_index_at_most),
		cmocka_unit_test(while_the_index_is_being_sorted_it_rests_again),
		cmocka_unit_test(without_room_the_index_waits_and_nothing_fails),
		cmocka_unit_test(a_disk_that_fails_at_rest_fails_the_committer),
		cmocka_unit_test(at_its_end_the_index_catches_up_too),
		cmocka_unit_test(the_end_does_not_take_long_for_the_index),
		cmocka_unit_test(
			an_act_meets_no_transaction_and_only_a_disk_that_fails_ends_the_committer),
		cmocka_unit_test(the_end_waits_for_the_sorting),
		cmocka_unit_test(now_is_never_before_what_was_stamped),
		cmocka_unit_test(a_followers_now_is_what_its_main_settled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
