/*
 * tests/unit/daemon/server/committer_fixture.h - a committer on a store in a temporary directory,
 * with a clock and a disk that do as they are told.
 */
#ifndef TESTS_UNIT_DAEMON_SERVER_COMMITTER_FIXTURE_H
#define TESTS_UNIT_DAEMON_SERVER_COMMITTER_FIXTURE_H

#include "daemon/server/committer.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "store/tables.h"
#include "tests/unit/clock_virtual.h"
#include "tests/unit/store_memory.h"
#include "tests/all_rights.h"

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

static inline void disk_hold_from(unsigned number)
{
	pthread_mutex_lock(&disk.mutex);
	disk.held_from = number;
	disk.waiting = false;
	pthread_cond_broadcast(&disk.cond);
	pthread_mutex_unlock(&disk.mutex);
}

static inline void disk_hold(bool held)
{
	disk_hold_from(held ? 1 : 0);
}

static inline bool disk_waits(void)
{
	pthread_mutex_lock(&disk.mutex);
	bool waits = disk.waiting;
	pthread_mutex_unlock(&disk.mutex);
	return waits;
}

/* Returns when a commit that is held is in flight: written, and not synced. */
static inline void disk_await(void)
{
	AWAIT(disk_waits());
}

/* Every sync fails but those under way and `good - 1` more; 0: they are well again. */
static inline void disk_fail_after(unsigned good)
{
	pthread_mutex_lock(&disk.mutex);
	disk.fails_from = good == 0 ? 0 : disk.count + good;
	pthread_mutex_unlock(&disk.mutex);
}

static inline unsigned disk_count(void)
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

/* A store with its committer, in virtual time. */
struct house {
	struct store store;
	struct clock_virtual time;
	struct counters counters;
	struct committer *committer;
};

static inline void house_open(struct house *house, size_t batches_max, size_t bytes_max)
{
	const struct clock clock = clock_virtual(&house->time);
	const struct committer_limits limits = { batches_max, bytes_max, false, false };
	counters_init(&house->counters, 0);
	assert_int_equal(committer_start(house->store.log, &clock, &limits, &house->counters,
				 &house->committer),
		OK);
}

static inline void house_make(struct house *house)
{
	store_make(&house->store);
	clock_virtual_init(&house->time, STORE_NOW_US);
	house_open(house, 1000, SIZE_MAX);
}

static inline void house_close(struct house *house)
{
	committer_stop(house->committer);
	committer_free(house->committer);
	house->committer = NULL;
	counters_release(&house->counters);
}

/* After house_close(). */
static inline void house_forget(struct house *house)
{
	clock_virtual_release(&house->time);
	store_end(&house->store);
}

static inline void house_end(struct house *house)
{
	house_close(house);
	house_forget(house);
}

/* Until the committer sleeps it looks for work for so long. */
#define LINGER_US 100

/*
 * Lets the committer look for work in vain, again and again, until it sleeps. Gives for how
 * long that will be, or UNTIL_WOKEN.
 */
static inline int64_t house_sleep(struct house *house)
{
	int64_t us;
	while ((us = clock_virtual_rest(&house->time, 1)) <= LINGER_US)
		clock_virtual_advance(&house->time, us);
	return us;
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
static inline uint64_t indexed_of(struct log *log)
{
	MDB_txn *txn;
	uint64_t indexed;
	CHECK(mdb_txn_begin(log->at->env, NULL, MDB_RDONLY, &txn) == 0);
	CHECK(index_lag_indexed(txn, &log->at->tables, UINT64_MAX, &indexed) == OK);
	mdb_txn_abort(txn);
	return indexed;
}

static inline void note_done(struct submission *submission)
{
	struct request *request = submission->context;
	struct reader *reader;
	int64_t recorded_us;
	struct reason damage;
	/* Nobody reads a damaged store. */
	if (!log_is_damaged(request->house->store.log, &damage)) {
		CHECK(reader_open(request->house->store.log, &reader) == OK);
		CHECK(reader_last(reader, &request->seen, &recorded_us) == OK);
		reader_close(reader);
		request->indexed = indexed_of(request->house->store.log);
	}
	request->syncs = disk_count();
	atomic_store(&request->done, true);
}

/* Reads its body. */
static inline void request_read(struct request *request)
{
	const struct batch_limits limits = { .events_max = SIZE_MAX };
	struct reason reason = { "" };
	assert_int_equal(arena_init(&request->arena, batch_arena_size(request->body.length)), OK);
	assert_int_equal(batch_read(text_bytes(&request->body), BATCH_JSON, &limits, all_rights(),
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

/* `count` events with ids of `name`. */
static inline void request_make(
	struct request *request, struct house *house, const char *name, unsigned count)
{
	*request = (struct request){ .house = house };
	text_add_string(&request->body, "{\"events\":[");
	for (unsigned i = 0; i < count; i++) {
		char id[48];
		snprintf(id, sizeof(id), "%s-%u", name, i);
		if (i > 0)
			text_add_char(&request->body, ',');
		text_add_said(&request->body, &(struct said){ .id = id, .subject = id });
	}
	text_add_string(&request->body, "]}");
	request_read(request);
}

static inline void request_release(struct request *request)
{
	text_release(&request->body);
	arena_release(&request->arena);
}

static inline enum err submit(struct request *request)
{
	return committer_submit(request->house->committer, &request->submission);
}

static inline void request_await(struct request *request)
{
	AWAIT(atomic_load(&request->done));
}

static inline uint64_t last_seq(struct house *house)
{
	uint64_t seq;
	int64_t recorded_us;
	struct reader *reader = store_reader(&house->store);
	assert_int_equal(reader_last(reader, &seq, &recorded_us), OK);
	reader_close(reader);
	return seq;
}

static inline struct record record_of(struct house *house, uint64_t seq)
{
	struct record record;
	struct reader *reader = store_reader(&house->store);
	assert_int_equal(reader_record(reader, seq, &record), OK);
	reader_close(reader);
	return record;
}

#endif
