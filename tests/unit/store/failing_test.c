/*
 * tests/unit/store/failing_test.c - whatever call fails, nothing is half done, no failure is taken
 * for an answer, and the store is whole afterwards.
 *
 * Each task is done again and again: every call that it makes fails once, one after the other, of
 * memory, of files and of LMDB. When the task says that it was done, all that it does must be
 * there; when it says that it was not, nothing or all of it; and after the next start it can be
 * done.
 */
#include "store/erase.h"

#include "store/follow.h"
#include "store/tables.h"
#include "tests/unit/failing.h"
#include "tests/unit/folder_copy.h"
#include "tests/unit/random_log.h"

/*
 * LADDERD_PLACES: a task fails at so many places of each kind, and at few of those after them.
 * Without it the seed chooses the kinds, and most of the places.
 */
#define PLACES 3
#define KINDS  1 /* of a task */

/*
 * What a call has that meets a rotten page is lost (store/shield.h): none of it is looked for, nor
 * what a thread of its own opened.
 */
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:mdb_cursor_open\nleak:mdb_txn_begin\n";
}

/* A store in a folder, beside which lie others that the task makes. */
struct stage {
	struct store store;
	struct reason reason;
	struct text said; /* what the task read */
	struct arena arena;
	struct log_entry entries[8];
	struct event events[8];
};

struct task {
	const char *name;
	void (*before)(struct stage *stage); /* NULL: nothing is to be done */
	enum err (*run)(struct stage *stage);
	bool scrubs; /* it looks at the disk itself */
};

static struct {
	char path[64]; /* of a store that each task begins with */
	int64_t now_us;
	struct chance chance;
	uint64_t places;
	bool thorough;
} model;

static void beside(const struct stage *stage, const char *suffix, char out[96])
{
	snprintf(out, 96, "%s%s", stage->store.path, suffix);
}

static enum err subject_erase(struct stage *stage, const char *subject, bool many)
{
	static const char figures[] = "the figures of a publication";
	const struct kept_figures kept = { 1, bytes_of_string(figures) };
	struct erasure *erasure;
	struct erase_counts counts;
	enum err err = erasure_new(stage->store.log, &erasure);
	if (err != OK)
		return err;
	err = erasure_choose_subject(erasure, bytes_of_string(subject));
	if (err == OK && many)
		err = erasure_choose_before(erasure, zone_day(model.now_us) - 60);
	if (err == OK)
		err = erasure_look(erasure, &counts);
	if (err == OK)
		err = erasure_copy(erasure, NULL, &stage->reason);
	if (err == OK)
		err = erasure_finish(
			erasure, model.now_us + US_PER_DAY, &kept, many, &stage->reason);
	erasure_free(erasure);
	return err;
}

/* After a commit that failed the log is asked for another transaction, as the committer does. */
static enum err commit(struct log *log, struct reason *reason)
{
	struct reason why;
	enum err err = log_commit(log, reason);
	if (err != OK) {
		log_sweep(log);
		if (log_begin(log, model.now_us, &why) == OK)
			log_abort(log);
	}
	return err;
}

static enum err restricted(struct stage *stage, const char *subject)
{
	struct log *log = stage->store.log;
	enum err err = log_begin(log, model.now_us, &stage->reason);
	if (err != OK)
		return err;
	err = log_restrict(log, bytes_of_string(subject), false);
	if (err == OK)
		return commit(log, &stage->reason);
	log_abort(log);
	return err;
}

/* Something of everything: corrected, withdrawn, published, restricted, erased. */
static void model_make(void)
{
	struct stage stage = { 0 };
	struct chance chance = { 20241004 };
	char list[96];
	store_make(&stage.store);
	struct random_log log = { .store = &stage.store, .chance = &chance };
	random_log_grow(&log, 70);
	store_told(&stage.store, (struct said)ABOUT_NOBODY("pub", PUBLISHES("2024-09-30")));
	model.now_us = stage.store.now_us;
	assert_int_equal(restricted(&stage, "p3"), OK);
	assert_int_equal(subject_erase(&stage, "p5", false), OK);
	stage.store.now_us = model.now_us += 2 * US_PER_DAY;
	store_told(&stage.store, (struct said){ .id = "late", .subject = "p1", .key = "late" });
	log_close(stage.store.log);
	arena_release(&stage.store.arena);
	beside(&stage, ".erased", list);
	snprintf(model.path, sizeof(model.path), "%s", stage.store.path);
}

static void model_end(void)
{
	char list[96];
	snprintf(list, sizeof(list), "%s.erased", model.path);
	unlink(list);
	directory_remove(model.path);
}

/* The store of the model, closed. */
static void stage_make(struct stage *stage)
{
	char from[96], to[96];
	*stage = (struct stage){ .store = { .size_max = (size_t)64 << 20, .round_to = 5 } };
	stage->store.now_us = model.now_us;
	/* There are many stages, and nothing is asked of the disk. */
	snprintf(stage->store.path, sizeof(stage->store.path), "%s/ladderd-unit-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(stage->store.path));
	folder_copy(model.path, stage->store.path);
	snprintf(from, sizeof(from), "%s.erased", model.path);
	beside(stage, ".erased", to);
	file_copy(from, to);
	assert_int_equal(arena_init(&stage->store.arena, VIEW_ARENA_SIZE), OK);
	assert_int_equal(arena_init(&stage->arena, VIEW_ARENA_SIZE), OK);
}

static void stage_end(struct stage *stage)
{
	char path[96];
	log_close(stage->store.log);
	stage->store.log = NULL;
	text_release(&stage->said);
	arena_release(&stage->arena);
	arena_release(&stage->store.arena);
	beside(stage, ".erased", path);
	unlink(path);
	beside(stage, ".copy", path);
	directory_remove(path);
	directory_remove(stage->store.path);
}

/* Opens it anew, as the next start does, and gives what is in it. */
static struct text stage_dump(struct stage *stage)
{
	uint64_t records;
	store_reopen(&stage->store);
	struct reader *reader = store_reader(&stage->store);
	assert_int_equal(reader_verify(reader, store_tell_finding, NULL, &records), OK);
	reader_close(reader);
	return store_dump(&stage->store);
}

static enum err task_run(const struct task *task, struct stage *stage, enum failing kind,
	uint64_t number, bool *failed)
{
	text_release(&stage->said);
	/* Room for all that it says, so that it takes no memory meanwhile. */
	stage->said.size = (size_t)32 << 10;
	stage->said.data = calloc(1, stage->said.size);
	if (kind != FAILING_NOTHING)
		failing_arm(kind, number);
	if (kind == FAILING_ROT && __lsan_disable != NULL)
		__lsan_disable();
	enum err err = task->run(stage);
	*failed = failing_end();
	if (kind == FAILING_ROT && __lsan_enable != NULL)
		__lsan_enable();
	if (stage->store.log != NULL && log_is_in_txn(stage->store.log))
		log_abort(stage->store.log);
	return err;
}

/* What there is before and after the task, and what it says. */
struct truth {
	struct text before, after, said;
};

static void truth_find(const struct task *task, struct truth *out)
{
	struct stage stage;
	bool failed;
	stage_make(&stage);
	out->before = stage_dump(&stage);
	if (task->before != NULL)
		task->before(&stage);
	if (task_run(task, &stage, FAILING_NOTHING, 0, &failed) != OK)
		fail_msg("%s is not done though nothing fails: %s", task->name, stage.reason.text);
	out->said = stage.said;
	stage.said = (struct text){ 0 };
	out->after = stage_dump(&stage);
	stage_end(&stage);
}

static void same(const struct task *task, uint64_t number, const char *what, struct text *found,
	const struct text *wanted)
{
	if (!bytes_equal(text_bytes(found), text_bytes(wanted)))
		fail_msg("%s, call %llu: %s is not what it must be:\n%.2000s", task->name,
			(unsigned long long)number, what, found->data);
	text_release(found);
}

/* Does the task with one call that fails. False: it has fewer calls. */
static bool fails_at(
	const struct task *task, enum failing kind, uint64_t number, const struct truth *truth)
{
	struct stage stage;
	bool failed, again;
	stage_make(&stage);
	store_reopen(&stage.store);
	if (task->before != NULL)
		task->before(&stage);
	enum err err = task_run(task, &stage, kind, number, &failed);
	struct text said = stage.said;
	stage.said = (struct text){ 0 };
	if (err == OK)
		same(task, number, "what it said", &said, &truth->said);
	/* To the scrub a sector that cannot be read is damage. */
	bool may_be_damage = kind == FAILING_ROT || (kind == FAILING_FILE && task->scrubs);
	if (!may_be_damage && stage.store.log != NULL &&
		log_is_damaged(stage.store.log, &stage.reason))
		fail_msg("%s, call %llu: it is told as damage: %s", task->name,
			(unsigned long long)number, stage.reason.text);
	text_release(&said);
	if (err == ERR_NOT_FOUND || err == ERR_INVALID)
		fail_msg("%s, call %llu: a failure is taken for an answer", task->name,
			(unsigned long long)number);
	struct text left = stage_dump(&stage);
	bool done = bytes_equal(text_bytes(&left), text_bytes(&truth->after));
	if (!done)
		same(task, number, "what is left", &left, &truth->before);
	else
		text_release(&left);
	if (!done && err == OK)
		fail_msg("%s, call %llu: it was not done", task->name, (unsigned long long)number);
	if (!done && chance_below(&model.chance, 4) == 0) {
		if (task->before != NULL)
			task->before(&stage);
		assert_int_equal(task_run(task, &stage, FAILING_NOTHING, 0, &again), OK);
		struct text after = stage_dump(&stage);
		same(task, number, "what is there", &after, &truth->after);
	}
	stage_end(&stage);
	return failed;
}

static void fails_everywhere(const struct task *task)
{
	/* So many places lie between two at which it fails, at most. */
	static const struct {
		const char *name;
		enum failing kind;
		uint64_t stride;
	} kinds[] = {
		{ "memory", FAILING_MEMORY, 1 },
		{ "files", FAILING_FILE, 1 },
		{ "LMDB", FAILING_LMDB, 1 },
		{ "full", FAILING_FULL, 4 },
		{ "rot", FAILING_ROT, 8 },
	};
	struct truth truth = { 0 };
	truth_find(task, &truth);
	print_message("%s:", task->name);
	size_t first = (size_t)chance_below(&model.chance, ARRAY_LENGTH(kinds));
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		if (!model.thorough && (i + first) % ARRAY_LENGTH(kinds) >= KINDS)
			continue;
		uint64_t places = 0, number = 1 + chance_below(&model.chance, kinds[i].stride);
		for (; fails_at(task, kinds[i].kind, number, &truth); places++)
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

/* What a partner says at once: a correction, withdrawals, a report, and more. */
static void group_make(struct stage *stage)
{
	static const struct said group[] = {
		{ .id = "n1", .key = "late", .body = RUNG(4) },
		{ .id = "n2", .subject = "somebody-new" },
		ABOUT_NOBODY("n3", RETRACTS_ID("n2")),
		ABOUT_NOBODY("n4", RETRACTS_KEY("late")),
		ABOUT_NOBODY("n5", PUBLISHES("2024-06-30")),
		ABOUT_NOBODY("n6", WITHDRAWS("2024-09-30")),
		{ .id = "late", .subject = "p1", .key = "late" },
		{ .id = "n8", .partner = "a new one" },
	};
	arena_reset(&stage->arena);
	for (size_t i = 0; i < ARRAY_LENGTH(group); i++) {
		struct arena kept = stage->store.arena;
		stage->store.arena = stage->arena;
		stage->events[i] = store_event(&stage->store, &group[i]);
		stage->arena = stage->store.arena;
		stage->store.arena = kept;
		stage->entries[i] = (struct log_entry){
			.event = &stage->events[i],
			.partner = bytes_of_string(
				group[i].partner == NULL ? "isd" : group[i].partner),
			.succeeds = bytes_of_string("vwn"),
			.round_to = 5,
		};
		assert_int_equal(event_encode(&stage->events[i], ENVELOPE_STORED, &stage->arena,
					 &stage->entries[i].body),
			OK);
	}
}

static enum err group_append(struct stage *stage)
{
	struct log *log = stage->store.log;
	const struct log_rules rules = { 1000, 100, 2 };
	struct newest newest;
	enum err err = log_begin(log, model.now_us, &stage->reason);
	if (err == OK)
		err = log_obey(log, &rules);
	if (err == OK)
		err = log_append_group(log, stage->entries, ARRAY_LENGTH(stage->entries));
	if (err == OK)
		err = log_restrict(log, bytes_of_string("p1"), false);
	if (err == OK)
		err = log_restrict(log, bytes_of_string("p3"), true);
	if (err == OK)
		err = log_keep_figures(log, 1, bytes_of_string("figures"));
	if (err == OK)
		err = log_newest(log, bytes_of_string("isd"), &newest);
	if (err == OK)
		err = log_place_put(log, &(const struct log_place){ .pos = 7 });
	if (err == OK)
		err = log_raise_floor(log, model.now_us + US_PER_SECOND);
	for (size_t i = 0; i < ARRAY_LENGTH(stage->entries) && err == OK; i++)
		text_printf(&stage->said, "%d %llu %s\n", stage->entries[i].appended.verdict,
			(unsigned long long)stage->entries[i].appended.seq,
			stage->entries[i].appended.verdict == VERDICT_REJECTED
				? stage->entries[i].appended.field
				: "");
	return err == OK ? commit(log, &stage->reason) : err;
}

/* What meets the page: to begin after one that was given up, or to commit. */
static enum err rot_met(struct stage *stage, uint64_t number, bool commits, bool *failed)
{
	struct log *log = stage->store.log;
	enum err err;
	assert_int_equal(log_begin(log, model.now_us, &stage->reason), OK);
	assert_int_equal(log_append_group(log, stage->entries, ARRAY_LENGTH(stage->entries)), OK);
	if (!commits)
		log_abort(log);
	failing_arm(FAILING_ROT, number);
	if (commits)
		err = log_commit(log, &stage->reason);
	else
		err = log_begin(log, model.now_us, &stage->reason);
	*failed = failing_end();
	if (err == OK && !commits)
		log_abort(log);
	return err;
}

static void a_transaction_that_meets_a_rotten_page_is_none(void **state)
{
	(void)state;
	for (unsigned commits = 0; commits < 2; commits++) {
		bool failed = true;
		unsigned tried = 0;
		/* At each call where LADDERD_PLACES is set, else at some of them by the seed. */
		uint64_t stride = model.thorough ? 1 : 12;
		uint64_t number = 1 + chance_below(&model.chance, stride);
		for (; failed; number += 1 + chance_below(&model.chance, stride), tried++) {
			struct stage stage;
			struct reason reason = { "" };
			stage_make(&stage);
			store_reopen(&stage.store);
			stage.store.log->lag.max = 1; /* into the tables at once */
			group_make(&stage);
			if (__lsan_disable != NULL)
				__lsan_disable();
			enum err err = rot_met(&stage, number, commits, &failed);
			if (__lsan_enable != NULL)
				__lsan_enable();
			assert_int_equal(err, failed ? ERR_CORRUPT : OK);
			assert_false(log_is_in_txn(stage.store.log));
			/* The next one, and the end, are told and no broken invariants. */
			err = log_begin(stage.store.log, model.now_us, &reason);
			assert_int_equal(err, failed ? ERR_CORRUPT : OK);
			assert_true(!failed || strstr(reason.text, "not as it was written"));
			if (err == OK)
				log_abort(stage.store.log);
			stage_end(&stage);
		}
		print_message("%s: at %u calls\n", commits ? "commit" : "begin", tried - 1);
		assert_true(tried > 3);
	}
}

static void a_group_is_appended_whole_or_not_at_all(void **state)
{
	(void)state;
	fails_everywhere(&(const struct task){ "append", group_make, group_append, false });
}

/* Tells all that a reader can be asked, of all records. */
static enum err names_read(struct stage *stage, struct reader *reader, const struct record *record)
{
	struct bytes name = bytes_of(NULL, 0);
	uint64_t by = 0, seq = 0, withdrawn = 0;
	uint32_t person = 0;
	struct newest newest = { 0 };
	enum err err = reader_withdrawn_by(reader, record->seq, &by);
	if (err == OK && record->partner != 0)
		err = reader_partner(reader, record->partner, &name);
	if (err == OK && record->partner != 0)
		err = reader_newest(reader, name, &newest);
	if (err == OK)
		err = reader_person_of(reader, record, &person);
	if (err == OK && person != 0)
		err = reader_subject(reader, person, &name);
	if (err == OK && person != 0)
		err = reader_person(reader, name, &person);
	if (err == OK)
		err = reader_withdrawal_from(reader, record->seq, &withdrawn, &seq);
	if (err == ERR_NOT_FOUND)
		err = OK; /* there is none: that is told too */
	if (err == OK)
		err = reader_seq_at(reader, record->recorded_us, &seq);
	text_printf(&stage->said, "%llu by %llu, next %llu, of %u, %llu %llu\n",
		(unsigned long long)record->seq, (unsigned long long)by,
		(unsigned long long)withdrawn, person, (unsigned long long)seq,
		(unsigned long long)newest.seq);
	return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

static enum err published_read(struct stage *stage, struct reader *reader)
{
	struct published row = { 0 };
	struct acts acts;
	uint8_t id[READER_STORE_ID_SIZE];
	uint64_t *seqs = NULL;
	size_t count = 0;
	enum err err = reader_acts(reader, &acts);
	if (err == OK)
		err = reader_store_id(reader, id);
	while (err == OK && (err = reader_published_after(reader, row.seq, &row)) == OK) {
		text_printf(&stage->said, "%llu published\n", (unsigned long long)row.seq);
		err = reader_published(reader, row.municipality, row.as_of, row.seq, &row);
		if (err == ERR_NOT_FOUND)
			return ERR_CORRUPT;
	}
	if (err == ERR_NOT_FOUND)
		err = erase_pending(reader, stage->store.path, &seqs, &count, &stage->reason);
	text_printf(&stage->said, "%zu erased records are there\n", count);
	free(seqs);
	return err;
}

static void not_told(void *context, const char *finding)
{
	(void)context;
	(void)finding;
}

static enum err all_read(struct stage *stage)
{
	struct reader *reader, *other = NULL;
	struct record record;
	uint64_t last = 0, records = 0;
	int64_t recorded_us;
	enum err err = reader_open(stage->store.log, &reader);
	if (err != OK)
		return err;
	err = reader_last(reader, &last, &recorded_us);
	for (uint64_t seq = last; err == OK && seq > last - 40; seq--) {
		err = reader_record(reader, seq, &record);
		if (err == OK)
			err = names_read(stage, reader, &record);
	}
	if (err == OK)
		err = published_read(stage, reader);
	if (err == OK)
		err = reader_again(reader, &other);
	reader_close(other);
	reader_rest(reader);
	if (err == OK)
		err = reader_renew(reader);
	if (err == OK)
		err = reader_verify(reader, not_told, NULL, &records);
	text_printf(&stage->said, "%llu records\n", (unsigned long long)records);
	reader_close(reader);
	return err;
}

static void what_cannot_be_read_is_no_answer(void **state)
{
	(void)state;
	fails_everywhere(&(const struct task){ "read", NULL, all_read, false });
}

static void log_shut(struct stage *stage)
{
	log_close(stage->store.log);
	stage->store.log = NULL;
}

static enum err store_open(struct stage *stage, enum log_mode mode)
{
	struct log_options options = store_options(&stage->store);
	options.definitions = 2;
	enum err err = log_open(&options, mode, &stage->store.log, &stage->reason);
	if (err == OK)
		text_printf(&stage->said, "%llu records\n",
			(unsigned long long)log_last_seq(stage->store.log));
	return err;
}

static enum err opened_to_write(struct stage *stage)
{
	return store_open(stage, LOG_WRITE);
}

static enum err opened_to_read(struct stage *stage)
{
	return store_open(stage, LOG_READ);
}

static void a_store_is_opened_or_not(void **state)
{
	(void)state;
	fails_everywhere(&(const struct task){ "open to write", log_shut, opened_to_write, false });
	fails_everywhere(&(const struct task){ "open to read", log_shut, opened_to_read, false });
}

/* As it is when the witness was never written: the store is held against its log. */
static void witness_lose(struct stage *stage)
{
	char path[96];
	log_shut(stage);
	beside(stage, "/data.sums", path);
	unlink(path);
}

static void a_store_without_its_witness_is_opened_or_not(void **state)
{
	(void)state;
	fails_everywhere(
		&(const struct task){ "open to write", witness_lose, opened_to_write, false });
	fails_everywhere(
		&(const struct task){ "open to read", witness_lose, opened_to_read, false });
}

static enum err one_erased(struct stage *stage)
{
	return subject_erase(stage, "p1", false);
}

static enum err many_erased(struct stage *stage)
{
	return subject_erase(stage, "p2", true);
}

static void people_are_erased_or_not(void **state)
{
	(void)state;
	fails_everywhere(&(const struct task){ "erase one", NULL, one_erased, false });
	fails_everywhere(&(const struct task){ "erase many", NULL, many_erased, false });
}

/* Made whole, and the files not exchanged, as a crash leaves it. */
static void exchange_interrupt(struct stage *stage)
{
	char data[96], before[96], copy[96], entries[96];
	beside(stage, "/data.mdb", data);
	beside(stage, "/before", before);
	beside(stage, "/rewrite.mdb", copy);
	beside(stage, "/rewrite.erased", entries);
	file_copy(data, before);
	assert_int_equal(subject_erase(stage, "p1", false), OK);
	log_shut(stage);
	assert_int_equal(__real_rename(data, copy), 0);
	assert_int_equal(__real_rename(before, data), 0);
	FILE *file = __real_fopen(entries, "w");
	fprintf(file, "%064d\n", 0);
	__real_fclose(file);
}

static void an_exchange_that_was_interrupted_is_ended_by_the_next_start(void **state)
{
	(void)state;
	fails_everywhere(
		&(const struct task){ "recover", exchange_interrupt, opened_to_write, false });
}

static void copy_forget(struct stage *stage)
{
	char path[96];
	beside(stage, ".copy", path);
	directory_remove(path);
}

/* What is left of a copy that failed is no store. */
static enum err backed_up(struct stage *stage)
{
	char path[96];
	struct log *copy;
	beside(stage, ".copy", path);
	enum err err = log_backup(stage->store.log, path, &stage->reason);
	bool failed = failing_end();
	const struct log_options options = { .path = path };
	struct reason reason;
	enum err opened = log_open(&options, LOG_READ, &copy, &reason);
	if ((err == OK) != (opened == OK))
		fail_msg("the backup ended with %d, and was opened with %d", err, opened);
	if (opened == OK)
		log_close(copy);
	if (failed)
		atomic_store(&failing.failed, true);
	return err;
}

static void a_backup_is_whole_or_is_none(void **state)
{
	(void)state;
	fails_everywhere(&(const struct task){ "back up", copy_forget, backed_up, false });
}

static enum err looked_after(struct stage *stage)
{
	struct log *log = stage->store.log;
	struct log_reader reader;
	double round = 0;
	enum err err = log_space(log, &stage->reason);
	while (err == OK && round < 1)
		err = log_scrub(log, 64, &round, &stage->reason);
	(void)log_oldest_reader(log, model.now_us, &reader);
	log_sweep(log);
	if (err == OK)
		err = erase_list_note(log, model.now_us, &stage->reason);
	if (err != OK)
		return err;
	err = log_begin(log, model.now_us, &stage->reason);
	if (err == OK)
		err = log_index(log, 1000);
	return err == OK ? commit(log, &stage->reason) : err;
}

static void what_is_looked_after_stays_as_it_is(void **state)
{
	(void)state;
	fails_everywhere(&(const struct task){ "look after", NULL, looked_after, true });
}

int main(void)
{
	model_make();
	const char *places = getenv("LADDERD_PLACES");
	model.thorough = places != NULL;
	model.places = places == NULL ? PLACES : strtoull(places, NULL, 10);
	model.chance = chance_new();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_transaction_that_meets_a_rotten_page_is_none),
		cmocka_unit_test(a_group_is_appended_whole_or_not_at_all),
		cmocka_unit_test(what_cannot_be_read_is_no_answer),
		cmocka_unit_test(a_store_is_opened_or_not),
		cmocka_unit_test(a_store_without_its_witness_is_opened_or_not),
		cmocka_unit_test(people_are_erased_or_not),
		cmocka_unit_test(an_exchange_that_was_interrupted_is_ended_by_the_next_start),
		cmocka_unit_test(a_backup_is_whole_or_is_none),
		cmocka_unit_test(what_is_looked_after_stays_as_it_is),
	};
	int code = cmocka_run_group_tests(tests, NULL, NULL);
	model_end();
	return code;
}
