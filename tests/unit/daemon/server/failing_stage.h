/*
 * tests/unit/daemon/server/failing_stage.h - a daemon without doors, in which each call fails once:
 * whatever fails, nothing is half done, no failure is told as an answer or as damage, and what was
 * not done can be done again: at once, or after the next start.
 *
 * As tests/unit/store/failing_test.c, with the threads of the daemon. Time stands still.
 */
#ifndef TESTS_UNIT_DAEMON_SERVER_FAILING_STAGE_H
#define TESTS_UNIT_DAEMON_SERVER_FAILING_STAGE_H

#include "daemon/server/erasing.h"

#include <sysexits.h>

#include "daemon/server/follower.h"
#include "daemon/server/takeover.h"
#include "proto/log_message.h"
#include "store/erase.h"
#include "tests/unit/failing.h"
#include "tests/unit/folder_copy.h"
#include "tests/unit/random_log.h"

#define PLACES       2   /* at which a trial fails of a kind, before it does so more seldom */
#define HASTE        50  /* so many times faster than it is do pauses pass */
#define HANG_SECONDS 350 /* of the whole program: then a thread waits for what never comes */

/* The records of a log, and what a main sends of each. */
struct sent {
	uint64_t first;
	struct text messages[64];
	size_t count;
};

static struct {
	char path[80];  /* of a store that each trial begins with */
	char ahead[64]; /* the same store, of a main that went on */
	uint8_t id[READER_STORE_ID_SIZE];
	struct sent sent;
	int64_t now_us;
	struct chance chance;
	uint64_t places;
	bool thorough;
} model;

/* A daemon without doors. */
struct stage {
	struct store store;
	struct config config;
	struct server server;
	struct follower *follower;
	struct takeover *takeover;
	atomic_bool stop;
	struct text said;
	struct reason reason;
};

struct trial {
	const char *name;
	bool follows;
	/* Gives an exit code; what is said is in stage->said, else in stage->reason. */
	int (*run)(struct stage *stage);
};

/* The wall clock stands still; pauses take a fraction of what they would. */
static inline int64_t hasty_now(void *context)
{
	(void)context;
	return model.now_us;
}

static inline int64_t hasty_monotonic(void *context)
{
	const struct clock real = clock_system();
	(void)context;
	return clock_monotonic_us(&real) * HASTE;
}

static inline void hasty_wait(
	void *context, pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until_us)
{
	const struct clock real = clock_system();
	(void)context;
	clock_wait(&real, cond, mutex, until_us == UNTIL_WOKEN ? UNTIL_WOKEN : until_us / HASTE);
}

static inline void hasty_spin(void *context, const atomic_bool *flag, int64_t until_us)
{
	const struct clock real = clock_system();
	(void)context;
	clock_spin(&real, flag, until_us / HASTE);
}

static inline void at_main_erased(struct store *store, const char *subject)
{
	struct erasure *erasure;
	struct erase_counts counts;
	struct reason reason;
	assert_int_equal(erasure_new(store->log, &erasure), OK);
	assert_int_equal(erasure_choose_subject(erasure, bytes_of_string(subject)), OK);
	assert_int_equal(erasure_look(erasure, &counts), OK);
	assert_int_equal(erasure_copy(erasure, NULL, &reason), OK);
	assert_int_equal(erasure_finish(erasure, store->now_us, NULL, 0, &reason), OK);
	erasure_free(erasure);
}

static inline void at_main_restricted(struct store *store, const char *subject, bool lift)
{
	store_begin(store);
	assert_int_equal(log_restrict(store->log, bytes_of_string(subject), lift), OK);
	store_commit(store);
}

static inline void folder_remove(const char *path)
{
	char list[96];
	snprintf(list, sizeof(list), "%s.erased", path);
	unlink(list);
	directory_remove(path);
}

/* Each record as /v1/log has it, with its length before it. */
static inline void sent_make(struct store *store, uint64_t first)
{
	struct reader *reader = store_reader(store);
	struct record_view view;
	model.sent.first = first;
	for (uint64_t seq = first; seq <= log_last_seq(store->log); seq++) {
		struct text encoded = { 0 }, *out = &model.sent.messages[model.sent.count++];
		CHECK(model.sent.count <= ARRAY_LENGTH(model.sent.messages));
		assert_int_equal(reader_next_view(reader, seq, &store->arena, &view), OK);
		assert_int_equal(record_encode(&view, &store->arena, &encoded), OK);
		varint_add(out, encoded.length);
		text_add(out, text_bytes(&encoded));
		text_release(&encoded);
		arena_reset(&store->arena);
	}
	reader_close(reader);
}

static inline void model_end(void)
{
	folder_remove(model.path);
	folder_remove(model.ahead);
	for (size_t i = 0; i < model.sent.count; i++)
		text_release(&model.sent.messages[i]);
}

static inline void stage_make(struct stage *stage)
{
	*stage = (struct stage){ .store = { .size_max = (size_t)64 << 20, .round_to = 5 } };
	stage->store.now_us = model.now_us;
	stage->store.definitions = 2;
	/* There are many stages, and nothing is asked of the disk. */
	snprintf(stage->store.path, sizeof(stage->store.path), "%s/ladderd-unit-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(stage->store.path));
	folder_copy(model.path, stage->store.path);
	assert_int_equal(arena_init(&stage->store.arena, VIEW_ARENA_SIZE), OK);
}

/* Starts it, as the daemon does. */
static inline void stage_start(struct stage *stage, bool follows)
{
	const struct committer_limits limits = { 1000, SIZE_MAX, follows, false };
	struct server *server = &stage->server;
	store_reopen(&stage->store);
	*server = (struct server){ .config = &stage->config, .log = stage->store.log };
	stage->config.store_path = stage->store.path;
	stage->config.follow_main = "http://127.0.0.1:1";
	stage->config.follow_token_file = stage->config.follow_ca = "";
	server->audit.journal = -1;
	server->clock = clock_system();
	server->clock.now_us = hasty_now;
	server->clock.monotonic_us = hasty_monotonic;
	server->clock.wait = hasty_wait;
	server->clock.spin = hasty_spin;
	counters_init(&server->counters, 0);
	assert_int_equal(server_erasures_check(server, &stage->reason), OK);
	if (follows)
		assert_int_equal(follower_new(server, &stage->follower), OK);
	if (follows)
		assert_int_equal(
			takeover_new(server, stage->follower, &stage->stop, &stage->takeover), OK);
	assert_int_equal(committer_start(server->log, &server->clock, &limits, &server->counters,
				 &server->committer),
		OK);
	assert_int_equal(refresher_start(server->log, stage->store.path, &server->clock,
				 server->committer, &server->counters, &server->refresher),
		OK);
	struct snapshot snapshot;
	while (refresher_snapshot(server->refresher, &snapshot, &stage->reason) != OK)
		clock_sleep(&server->clock, 500);
	snapshot_drop(&snapshot);
}

static inline void stage_stop(struct stage *stage)
{
	struct server *server = &stage->server;
	refresher_stop(server->refresher);
	committer_stop(server->committer);
	refresher_free(server->refresher);
	committer_free(server->committer);
	takeover_free(stage->takeover);
	follower_free(stage->follower);
	stage->takeover = NULL;
	stage->follower = NULL;
	counters_release(&server->counters);
	if (log_is_in_txn(stage->store.log))
		log_abort(stage->store.log);
	log_close(stage->store.log);
	stage->store.log = NULL;
}

static inline void stage_end(struct stage *stage)
{
	log_close(stage->store.log);
	arena_release(&stage->store.arena);
	text_release(&stage->said);
	folder_remove(stage->store.path);
}

/* A daemon ran on the store: what was published is decided, and the figures are saved. */
static inline void daemon_ran(const char *path)
{
	struct stage stage;
	stage_make(&stage);
	stage_start(&stage, false);
	stage_stop(&stage);
	folder_copy(stage.store.path, path);
	stage_end(&stage);
}

/* The store that trials begin with, and the same of a main that went on with all there is. */
static inline void model_make(void)
{
	struct store store;
	struct chance chance = { 20241004 };
	struct random_log log = { .store = &store, .chance = &chance };
	store_make(&store);
	store.definitions = 2;
	store_reopen(&store);
	random_log_grow(&log, 60);
	store_told(&store, (struct said)ABOUT_NOBODY("pub", PUBLISHES("2024-09-30")));
	at_main_restricted(&store, "p3", false);
	struct reader *reader = store_reader(&store);
	assert_int_equal(reader_store_id(reader, model.id), OK);
	reader_close(reader);
	uint64_t last = log_last_seq(store.log);
	snprintf(model.path, sizeof(model.path), "%s-0", store.path);
	log_close(store.log);
	store.log = NULL;
	assert_int_equal(mkdir(model.path, 0700), 0);
	folder_copy(store.path, model.path);
	model.now_us = store.now_us;
	daemon_ran(model.path);
	folder_copy(model.path, store.path);

	store_reopen(&store);
	store.now_us += US_PER_DAY;
	store_told(&store, (struct said){ .id = "more-1", .subject = "p1", .key = "more" });
	store_told(&store, (struct said){ .id = "more-2", .subject = "p2" });
	at_main_restricted(&store, "p1", false);
	store_told(&store, (struct said){ .id = "more-3", .subject = "p6" });
	at_main_erased(&store, "p1");
	at_main_erased(&store, "p6");
	store_told(&store, (struct said)ABOUT_NOBODY("more-4", RETRACTS_ID("more-2")));
	at_main_restricted(&store, "p3", true);
	sent_make(&store, last + 1);
	model.now_us = store.now_us + 2 * US_PER_DAY;
	snprintf(model.ahead, sizeof(model.ahead), "%s", store.path);
	log_close(store.log);
	arena_release(&store.arena);
}

/* Opens what is left, as the next start does, and gives what is in it. */
static inline struct text stage_dump(struct stage *stage)
{
	uint64_t records;
	store_reopen(&stage->store);
	struct reader *reader = store_reader(&stage->store);
	assert_int_equal(reader_verify(reader, store_tell_finding, NULL, &records), OK);
	reader_close(reader);
	struct text out = store_dump(&stage->store);
	log_close(stage->store.log);
	stage->store.log = NULL;
	return out;
}

static inline int trial_run(
	const struct trial *trial, struct stage *stage, enum failing kind, uint64_t number)
{
	text_release(&stage->said);
	/* Room for all that it says, so that it takes no memory meanwhile. */
	stage->said.size = (size_t)4 << 10;
	stage->said.data = calloc(1, stage->said.size);
	if (kind != FAILING_NOTHING)
		failing_arm(kind, number);
	return trial->run(stage);
}

/* What there is before and after the task, and what it says. */
struct truth {
	struct text before, after, said;
};

static inline void truth_find(const struct trial *trial, struct truth *out)
{
	struct stage stage;
	stage_make(&stage);
	out->before = stage_dump(&stage);
	stage_start(&stage, trial->follows);
	if (trial_run(trial, &stage, FAILING_NOTHING, 0) != EX_OK)
		fail_msg("%s is not done though nothing fails: %s %s", trial->name, stage.said.data,
			stage.reason.text);
	out->said = stage.said;
	stage.said = (struct text){ 0 };
	stage_stop(&stage);
	out->after = stage_dump(&stage);
	stage_end(&stage);
}

static inline void same(const struct trial *trial, uint64_t number, const char *what,
	const struct text *found, const struct text *wanted)
{
	if (!bytes_equal(text_bytes(found), text_bytes(wanted)))
		fail_msg("%s, call %llu: %s is not what it must be:\n%.2000s\nbut\n%.2000s",
			trial->name, (unsigned long long)number, what, found->data, wanted->data);
}

/* A failure is ours: it is never told as what the operator did wrong, nor as damage. */
static inline void told_check(const struct trial *trial, struct stage *stage, uint64_t number,
	enum failing kind, int code)
{
	struct reason reason = { "" };
	bool ours = code == EX_OK || code == EX_OSERR || code == EX_IOERR || code == EX_TEMPFAIL;
	if (!ours)
		fail_msg("%s, call %llu of %d: ends with %d: %s %s", trial->name,
			(unsigned long long)number, (int)kind, code, stage->said.data,
			stage->reason.text);
	if (log_is_damaged(stage->store.log, &reason))
		fail_msg("%s, call %llu of %d: it is told as damage: %s", trial->name,
			(unsigned long long)number, (int)kind, reason.text);
	enum err err = server_has_failed(&stage->server, &reason);
	if (err != OK && err != ERR_FULL && err != ERR_IO)
		fail_msg("%s, call %llu of %d: it ends with %d: %s", trial->name,
			(unsigned long long)number, (int)kind, err_exit_code(err), reason.text);
}

/* Does the trial with one call that fails. False: it has fewer calls. */
static inline bool fails_at(
	const struct trial *trial, enum failing kind, uint64_t number, const struct truth *truth)
{
	struct stage stage;
	struct reason unused;
	stage_make(&stage);
	stage_start(&stage, trial->follows);
	int code = trial_run(trial, &stage, kind, number);
	bool failed = failing_end();
	told_check(trial, &stage, number, kind, code);
	if (code == EX_OK)
		same(trial, number, "what it said", &stage.said, &truth->said);
	/* A refusal can be tried again at once, unless the daemon ends for it. */
	bool again = code != EX_OK && server_has_failed(&stage.server, &unused) == OK;
	if (again && (code = trial_run(trial, &stage, FAILING_NOTHING, 0)) != EX_OK)
		fail_msg("%s, call %llu of %d: it cannot be tried again: %d %s %s", trial->name,
			(unsigned long long)number, (int)kind, code, stage.said.data,
			stage.reason.text);
	stage_stop(&stage);
	struct text left = stage_dump(&stage);
	bool done = bytes_equal(text_bytes(&left), text_bytes(&truth->after));
	if (!done && (code == EX_OK || !trial->follows))
		same(trial, number, "what is left", &left,
			code == EX_OK ? &truth->after : &truth->before);
	text_release(&left);
	if (!done) {
		stage_start(&stage, trial->follows);
		assert_int_equal(trial_run(trial, &stage, FAILING_NOTHING, 0), EX_OK);
		stage_stop(&stage);
		left = stage_dump(&stage);
		same(trial, number, "what is there after the next start", &left, &truth->after);
		text_release(&left);
	}
	stage_end(&stage);
	return failed;
}

static inline void fails_everywhere(const struct trial *trial)
{
	/* So many places lie between two at which it fails, at most. */
	static const struct {
		const char *name;
		enum failing kind;
		uint64_t stride;
	} kinds[] = {
		{ "memory", FAILING_MEMORY, 1 },
		{ "files", FAILING_FILE, 1 },
		{ "LMDB", FAILING_LMDB, 4 },
		{ "full", FAILING_FULL, 4 },
	};
	struct truth truth = { 0 };
	truth_find(trial, &truth);
	print_message("%s:", trial->name);
	size_t first = (size_t)chance_below(&model.chance, ARRAY_LENGTH(kinds));
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		if (!model.thorough && i != first)
			continue;
		uint64_t places = 0, number = 1 + chance_below(&model.chance, kinds[i].stride);
		for (; fails_at(trial, kinds[i].kind, number, &truth); places++)
			number += 1 + chance_below(&model.chance,
					      kinds[i].stride +
						      (places < model.places ? 0 : 2 * number));
		print_message(" %s %llu", kinds[i].name, (unsigned long long)places);
	}
	print_message("\n");
	text_release(&truth.before);
	text_release(&truth.after);
	text_release(&truth.said);
}

/* The program of these tests. */
static inline int failing_run(const struct CMUnitTest *tests, size_t count)
{
	const char *places = getenv("LADDERD_PLACES");
	alarm(HANG_SECONDS);
	model_make();
	model.thorough = places != NULL;
	model.places = places == NULL ? PLACES : strtoull(places, NULL, 10);
	model.chance = chance_new();
	int code = _cmocka_run_group_tests("tests", tests, count, NULL, NULL);
	model_end();
	return code;
}

#endif
