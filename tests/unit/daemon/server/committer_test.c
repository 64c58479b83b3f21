/*
 * tests/unit/daemon/server/committer_test.c - the thread that writes, with a clock and a disk that
 * do as they are told.
 */
#include "daemon/server/committer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "store/tables.h"
#include "tests/unit/store_memory.h"

/* The disk: a sync can be held up, and can fail. */
static struct {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	unsigned held_from; /* the first sync that waits; 0: none */
	bool waiting;       /* one does */
	unsigned count;
	unsigned fails_from; /* the first sync that fails; 0: none */
} disk = { .mutex = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER };

/* Takes the place of the C library's for LMDB. */
int fdatasync(int fd)
{
	pthread_mutex_lock(&disk.mutex);
	unsigned number = ++disk.count;
	while (disk.held_from != 0 && number >= disk.held_from) {
		disk.waiting = true;
		pthread_cond_broadcast(&disk.cond);
		pthread_cond_wait(&disk.cond, &disk.mutex);
	}
	bool failing = disk.fails_from != 0 && number >= disk.fails_from;
	pthread_mutex_unlock(&disk.mutex);
	if (!failing)
		return fsync(fd);
	errno = EIO;
	return -1;
}

static void disk_hold_from(unsigned number)
{
	pthread_mutex_lock(&disk.mutex);
	disk.held_from = number;
	disk.waiting = false;
	pthread_cond_broadcast(&disk.cond);
	pthread_mutex_unlock(&disk.mutex);
}

static void disk_hold(bool held)
{
	disk_hold_from(held ? 1 : 0);
}

/* Returns when a commit that is held is in flight: written, and not synced. */
static void disk_await(void)
{
	struct timespec until;
	int lag = 0;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 20;
	pthread_mutex_lock(&disk.mutex);
	while (!disk.waiting && lag == 0)
		lag = pthread_cond_timedwait(&disk.cond, &disk.mutex, &until);
	pthread_mutex_unlock(&disk.mutex);
	assert_int_equal(lag, 0);
}

/* Every sync fails but those under way and `good - 1` more; 0: they are well again. */
static void disk_fail_after(unsigned good)
{
	pthread_mutex_lock(&disk.mutex);
	disk.fails_from = good == 0 ? 0 : disk.count + good;
	pthread_mutex_unlock(&disk.mutex);
}

static unsigned disk_count(void)
{
	pthread_mutex_lock(&disk.mutex);
	unsigned count = disk.count;
	pthread_mutex_unlock(&disk.mutex);
	return count;
}

/* Takes the place of the C library's for memory_give_back(). */
static atomic_uint memory_given_back;
int malloc_trim(size_t pad);

int malloc_trim(size_t pad)
{
	(void)pad;
	atomic_fetch_add(&memory_given_back, 1);
	return 1;
}

static _Atomic int64_t now_us;

static int64_t clock_told(void *context)
{
	(void)context;
	return atomic_load(&now_us);
}

/* A store with its committer. */
struct house {
	struct store store;
	struct counters counters;
	struct committer *committer;
};

static void house_open(struct house *house, size_t batches_max, size_t bytes_max)
{
	const struct clock clock = { .now_us = clock_told };
	const struct committer_limits limits = { batches_max, bytes_max };
	counters_init(&house->counters, 0);
	assert_int_equal(committer_start(house->store.log, &clock, &limits, &house->counters,
				 &house->committer),
		OK);
}

static void house_make(struct house *house)
{
	store_make(&house->store);
	atomic_store(&now_us, STORE_NOW_US);
	house_open(house, 1000, SIZE_MAX);
}

static void house_close(struct house *house)
{
	committer_stop(house->committer);
	committer_free(house->committer);
	house->committer = NULL;
}

static void house_end(struct house *house)
{
	house_close(house);
	store_end(&house->store);
}

/* One request and whether it was answered. */
struct request {
	struct house *house;
	struct text body;
	struct arena arena;
	struct batch batch;
	struct submission submission;
	atomic_bool done;
	uint64_t seen;    /* the last seq that a reader saw when it was done */
	uint64_t indexed; /* the last record that the index had then */
	unsigned syncs;   /* that there were until then */
};

/* All records up to here are in the tables of the index. */
static uint64_t indexed_of(struct log *log)
{
	MDB_txn *txn;
	uint64_t indexed;
	CHECK(mdb_txn_begin(log->env, NULL, MDB_RDONLY, &txn) == 0);
	CHECK(index_lag_indexed(txn, &log->tables, UINT64_MAX, &indexed) == OK);
	mdb_txn_abort(txn);
	return indexed;
}

static void note_done(struct submission *submission)
{
	struct request *request = submission->context;
	struct reader *reader;
	int64_t recorded_us;
	CHECK(reader_open(request->house->store.log, &reader) == OK);
	CHECK(reader_last(reader, &request->seen, &recorded_us) == OK);
	reader_close(reader);
	request->indexed = indexed_of(request->house->store.log);
	request->syncs = disk_count();
	atomic_store(&request->done, true);
}

/* `count` events with ids of `name`. */
static void request_make(
	struct request *request, struct house *house, const char *name, unsigned count)
{
	static const struct rights rights = { .types = UINT64_MAX, .all_municipalities = true };
	const struct batch_limits limits = { .events_max = count };
	struct reason reason = { "" };
	*request = (struct request){ .house = house };
	text_add_string(&request->body, "{\"events\":[");
	for (unsigned i = 0; i < count; i++) {
		char id[32];
		snprintf(id, sizeof(id), "%s-%u", name, i);
		if (i > 0)
			text_add_char(&request->body, ',');
		text_add_said(&request->body, &(struct said){ .id = id, .subject = id });
	}
	text_add_string(&request->body, "]}");
	assert_int_equal(arena_init(&request->arena, batch_arena_size(request->body.length)), OK);
	assert_int_equal(batch_read(text_bytes(&request->body), BATCH_JSON, &limits, &rights,
				 STORE_TODAY, &request->arena, &request->batch, &reason),
		OK);
	request->submission = (struct submission){
		.batch = &request->batch,
		.partner = bytes_of_string("isd"),
		.bytes = 1000,
		.done = note_done,
		.context = request,
	};
}

static void request_release(struct request *request)
{
	text_release(&request->body);
	arena_release(&request->arena);
}

static enum err submit(struct request *request)
{
	return committer_submit(request->house->committer, &request->submission);
}

static void request_await(struct request *request)
{
	for (int i = 0; i < 20000 && !atomic_load(&request->done); i++)
		usleep(500);
	assert_true(atomic_load(&request->done));
}

static uint64_t last_seq(struct house *house)
{
	uint64_t seq;
	int64_t recorded_us;
	struct reader *reader = store_reader(&house->store);
	assert_int_equal(reader_last(reader, &seq, &recorded_us), OK);
	reader_close(reader);
	return seq;
}

static struct record record_of(struct house *house, uint64_t seq)
{
	struct record record;
	struct reader *reader = store_reader(&house->store);
	assert_int_equal(reader_record(reader, seq, &record), OK);
	reader_close(reader);
	return record;
}

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
	usleep(20000);
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

static void settle_start(struct settling *settling, struct house *house, int64_t known_us)
{
	*settling = (struct settling){ .house = house, .known_us = known_us };
	assert_int_equal(pthread_create(&settling->thread, NULL, settle_run, settling), 0);
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
	usleep(20000);
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
	atomic_store(&now_us, STORE_NOW_US - US_PER_DAY);
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
		atomic_store(&now_us, STORE_NOW_US);
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
		usleep(20000);
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
		store_end(&house.store);
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
	atomic_store(&now_us, STORE_NOW_US);
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
	usleep(20000);
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

/* The reserve is what keeps a commit from failing for want of room. */
static void a_store_fills_up_to_its_reserve_without_harm(void **state)
{
	(void)state;
	struct house house;
	store_make(&house.store);
	house.store.size_max = (size_t)2 << 20;
	house.store.reserve = (size_t)512 << 10;
	store_reopen(&house.store);
	atomic_store(&now_us, STORE_NOW_US);
	house_open(&house, 10, SIZE_MAX);
	enum outcome outcome = OUTCOME_DURABLE;
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
	store_end(&house.store);
	committer_stop(NULL);
	committer_free(NULL);
}

/* So many that the index is written for them at rest, and not with their own commit. */
#define EVENTS_LATE 5000
#define REST_US     US_PER_SECOND /* as the contract has it */
#define END_US      (2 * US_PER_SECOND)

static void while_no_batch_comes_the_index_catches_up_in_small_steps(void **state)
{
	(void)state;
	struct house house;
	struct request first, second, again;
	house_make(&house);
	request_make(&first, &house, "e", EVENTS_LATE);
	request_make(&second, &house, "s", 1);
	request_make(&again, &house, "e", EVENTS_LATE);
	atomic_store(&memory_given_back, 0);
	unsigned before = disk_count();
	disk_hold_from(before + 2);
	int64_t started_us = clock_monotonic_us();
	assert_int_equal(submit(&first), OK);
	request_await(&first);
	assert_int_equal(first.syncs, before + 1);
	assert_int_equal(first.indexed, 0);
	/* The first step; a batch that comes now waits for no more than that. */
	disk_await();
	assert_true(clock_monotonic_us() - started_us >= REST_US);
	started_us = clock_monotonic_us();
	assert_int_equal(submit(&second), OK);
	disk_hold(false);
	request_await(&second);
	assert_int_equal(second.submission.outcome, OUTCOME_DURABLE);
	assert_int_equal(second.syncs, before + 3);
	assert_int_equal(second.indexed, 0);
	/* After another rest the index has all, and then memory goes back. */
	for (int i = 0; i < 20000 && atomic_load(&memory_given_back) == 0; i++)
		usleep(500);
	assert_int_equal(atomic_load(&memory_given_back), 1);
	assert_true(clock_monotonic_us() - started_us >= REST_US);
	assert_int_equal(indexed_of(house.store.log), EVENTS_LATE);
	assert_int_equal(submit(&again), OK);
	request_await(&again);
	for (size_t i = 0; i < again.batch.count; i++)
		assert_int_equal(again.batch.items[i].verdict, VERDICT_DUPLICATE);
	request_release(&first);
	request_release(&second);
	request_release(&again);
	house_end(&house);
}

static void a_disk_that_fails_at_rest_fails_the_committer(void **state)
{
	(void)state;
	struct house house;
	struct request first, second;
	struct reason reason = { "" };
	house_make(&house);
	request_make(&first, &house, "e", EVENTS_LATE);
	request_make(&second, &house, "s", 1);
	disk_fail_after(2);
	assert_int_equal(submit(&first), OK);
	request_await(&first);
	assert_int_equal(first.submission.outcome, OUTCOME_DURABLE);
	for (int i = 0; i < 20000 && !committer_has_failed(house.committer, &reason); i++)
		usleep(500);
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
	store_end(&house.store);
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
	enum err err = ERR_FULL;
	request_make(&first, house, "e", events);
	request_make(&second, house, "s", 1);
	request_make(&refused, house, "r", 1);
	disk_hold(true);
	assert_int_equal(submit(&first), OK);
	disk_await();
	/* The queue has room for one: what comes after it is refused as full, then as stopping. */
	assert_int_equal(submit(&second), OK);
	assert_int_equal(pthread_create(&stopper, NULL, stop_run, house->committer), 0);
	for (int i = 0; i < 20000 && err == ERR_FULL; i++) {
		err = submit(&refused);
		usleep(500);
	}
	assert_int_equal(err, ERR_IO);
	/* The syncs of both batches go on, the next one waits. */
	disk_hold_from(disk_count() + 2);
	disk_await();
	usleep((useconds_t)sync_us);
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

static void at_its_end_the_index_catches_up_too(void **state)
{
	(void)state;
	struct house house;
	store_make(&house.store);
	atomic_store(&now_us, STORE_NOW_US);
	house_open(&house, 1, SIZE_MAX);
	assert_int_equal(syncs_of_an_end(&house, EVENTS_LATE, 0), 1);
	assert_int_equal(indexed_of(house.store.log), EVENTS_LATE + 1);
	store_end(&house.store);
}

static void the_end_does_not_take_long_for_the_index(void **state)
{
	(void)state;
	struct house house;
	store_make(&house.store);
	/* More than a step of the end, in one generation. */
	house.store.log->lag.min = house.store.log->lag.max = 65536;
	atomic_store(&now_us, STORE_NOW_US);
	house_open(&house, 1, SIZE_MAX);
	assert_int_equal(syncs_of_an_end(&house, 17000, END_US), 1);
	assert_int_equal(indexed_of(house.store.log), 0);
	store_end(&house.store);
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
	atomic_store(&now_us, STORE_NOW_US - US_PER_DAY);
	assert_true(committer_now_us(house.committer) == STORE_NOW_US + 2);
	atomic_store(&now_us, STORE_NOW_US + US_PER_DAY);
	assert_true(committer_now_us(house.committer) == STORE_NOW_US + US_PER_DAY);
	request_release(&request);
	house_end(&house);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_acknowledged_before_it_is_durable),
		cmocka_unit_test(what_waits_together_is_one_commit),
		cmocka_unit_test(verdicts_are_put_in_their_places),
		cmocka_unit_test(settling_waits_for_the_commit_in_flight),
		cmocka_unit_test(what_is_settled_already_does_not_wait),
		cmocka_unit_test(a_full_queue_is_a_refusal_that_heals),
		cmocka_unit_test(a_failed_commit_is_unknown_to_all_of_its_group),
		cmocka_unit_test(short_space_refuses_batches_and_settles_instants),
		cmocka_unit_test(a_store_fills_up_to_its_reserve_without_harm),
		cmocka_unit_test(stopping_finishes_what_waits_and_takes_no_more),
		cmocka_unit_test(while_no_batch_comes_the_index_catches_up_in_small_steps),
		cmocka_unit_test(a_disk_that_fails_at_rest_fails_the_committer),
		cmocka_unit_test(at_its_end_the_index_catches_up_too),
		cmocka_unit_test(the_end_does_not_take_long_for_the_index),
		cmocka_unit_test(now_is_never_before_what_was_stamped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
