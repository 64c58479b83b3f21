/*
 * store/balance.c - see balance.h.
 */
#include "store/balance.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* Inlined: names are short. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/check.h"
#include "proto/fast_decode.h"
#include "store/shield.h"
#include "store/table_walk.h"

#define THREADS_MAX   16
#define STRETCH_MIN   4096
#define STRETCHES_MAX 65536
#define RECORDS_FEW   65536 /* up to so many one thread weighs */
#define VIEWS_MAX     100   /* that are taken, until all threads see the same commit */
#define EVENT_ARENA   ((size_t)16 << 10)

/* What a thread takes on at once. That of the people is done before the others. */
enum weigh_job { JOB_PEOPLE, JOB_IDENTITY, JOB_KEYS, JOB_WITHDRAWALS, JOB_STRETCHES };

struct log_stretch {
	_Atomic uint64_t ids, keys, withdrawals; /* what the log says, less what the table does */
	atomic_bool doubt;
	bool torn; /* its rows cannot be walked */
	/* Of the job that walks it: */
	int64_t first_us, last_us;
	struct verify_counts counts;
};

struct balance {
	struct reader *reader;
	uint64_t entries; /* records, as the log says */
	uint64_t indexed;
	uint64_t width; /* records of a stretch */
	struct log_stretch *stretches;
	size_t stretch_count;
	uint64_t *people; /* bits: their rows lead to each other; others are looked up */
	bool partners[UINT16_MAX + 1];
	bool one_by_one; /* nothing is weighed */
	_Atomic uint64_t job_next;
	atomic_bool strays;      /* a row of the keys leads to no record */
	atomic_uint broken;      /* bits of jobs: the table cannot be walked */
	_Atomic enum err failed; /* of ours, in a job: it says nothing of the store */
	_Atomic uint64_t newest[UINT16_MAX + 1]; /* by partner */
};

/* A thread, with a view of its own of the same commit. */
struct weigher {
	struct balance *balance;
	struct verifying verifying; /* of records that are not plain; tells nobody */
	struct arena arena;
	struct table_walk walk;
};

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t sentence(struct bytes name, uint64_t seq)
{
	return XXH3_64bits_withSeed(name.data, name.length, seq);
}

/* Record `by` withdraws `seq`. */
static uint64_t withdrawal(uint64_t seq, uint64_t by)
{
	return XXH3_64bits_withSeed(&seq, sizeof(seq), by);
}

static bool is_record(const struct balance *balance, uint64_t seq)
{
	return seq >= 1 && seq <= balance->entries;
}

/* A person has a record: no number is larger. */
static size_t people_words(const struct balance *balance)
{
	return (size_t)(balance->entries / 64 + 1);
}

static struct log_stretch *stretch_of(const struct balance *balance, uint64_t seq)
{
	CHECK(is_record(balance, seq));
	return &balance->stretches[(seq - 1) / balance->width];
}

static void add(_Atomic uint64_t *sum, uint64_t what)
{
	atomic_fetch_add_explicit(sum, what, memory_order_relaxed);
}

static void take_off(_Atomic uint64_t *sum, uint64_t what)
{
	atomic_fetch_sub_explicit(sum, what, memory_order_relaxed);
}

static void doubt(struct balance *balance, uint64_t seq)
{
	atomic_store_explicit(&stretch_of(balance, seq)->doubt, true, memory_order_relaxed);
}

/* False: a value that is no seq. */
static bool number_read(const MDB_val *val, uint64_t *out)
{
	if (val->mv_size != sizeof(*out))
		return false;
	memcpy(out, val->mv_data, sizeof(*out));
	return true;
}

static MDB_txn *txn_of(const struct weigher *weigher)
{
	return weigher->verifying.reader->txn;
}

static const struct tables *tables_of(const struct weigher *weigher)
{
	return &weigher->verifying.reader->at->tables;
}

/* A record that could be read, and its event, in the arena of the weigher. */
static enum err record_find(
	struct weigher *weigher, uint64_t seq, struct record *record, struct event *event)
{
	MDB_val key = val_of(&seq, sizeof(seq)), val;
	int code = mdb_get(txn_of(weigher), tables_of(weigher)->log, &key, &val);
	if (code != 0)
		return lmdb_err(code);
	enum err err = record_read(seq, bytes_of_val(&val), record);
	if (err == OK && record->kind != RECORD_EVENT)
		err = ERR_NOT_FOUND;
	if (err != OK || event_decode_fast(record->body, event))
		return err;
	arena_reset(&weigher->arena);
	return event_read_stored(record->body, &weigher->arena, event);
}

/* What a row of identities or withdrawals says. */
static void row_weigh(struct weigher *weigher, enum weigh_job job)
{
	struct balance *balance = weigher->balance;
	const MDB_val *key = &weigher->walk.key;
	uint64_t value, withdrawn;
	/* A stranger is counted with the rows; what it should have been its stretch misses. */
	if (!number_read(&weigher->walk.val, &value) || !is_record(balance, value))
		return;
	if (job == JOB_IDENTITY)
		take_off(&stretch_of(balance, value)->ids, sentence(bytes_of_val(key), value));
	else if (number_read(key, &withdrawn))
		take_off(&stretch_of(balance, value)->withdrawals, withdrawal(withdrawn, value));
}

/*
 * A row of the keys that is ahead of `indexed`: it took the place of that of an earlier record, of
 * which the log says that it is the last. False: it leads to a record that is not its.
 */
static bool key_ahead(struct weigher *weigher, struct bytes key, uint64_t seq)
{
	struct balance *balance = weigher->balance;
	struct record record;
	struct event event;
	uint8_t space[IDENTITY_KEY_MAX];
	while (seq > balance->indexed) {
		if (record_find(weigher, seq, &record, &event) != OK || record.withdraws >= seq)
			return false;
		MDB_val own = key_key(record.partner, event.key, space);
		if (!bytes_equal(bytes_of_val(&own), key))
			return false;
		seq = record.type == EVENT_EVENT_RETRACTED ? 0 : record.withdraws;
	}
	if (seq != 0)
		take_off(&stretch_of(balance, seq)->keys, sentence(key, seq));
	return true;
}

static void key_weigh(struct weigher *weigher)
{
	struct balance *balance = weigher->balance;
	struct bytes key = bytes_of_val(&weigher->walk.key);
	uint64_t seq;
	bool known = number_read(&weigher->walk.val, &seq);
	/* 0: only a ReportPublished used it. */
	if (known && seq == 0)
		return;
	if (known && is_record(balance, seq) && seq <= balance->indexed)
		take_off(&stretch_of(balance, seq)->keys, sentence(key, seq));
	else if (!known || !is_record(balance, seq) || !key_ahead(weigher, key, seq))
		atomic_store(&balance->strays, true);
}

static enum err table_weigh(struct weigher *weigher, enum weigh_job job, MDB_dbi table)
{
	enum err err = table_walk_begin(&weigher->walk, txn_of(weigher), table);
	while (err == OK && (err = table_walk_next(&weigher->walk)) == OK) {
		if (job == JOB_KEYS)
			key_weigh(weigher);
		else
			row_weigh(weigher, job);
	}
	return err == ERR_NOT_FOUND ? OK : err;
}

/*
 * What was retracted is withdrawn by the retraction, so that a later record with its key says
 * nothing about it: the row says whether there is one.
 */
static enum err retracted_weigh(struct weigher *weigher, uint64_t seq)
{
	struct record record;
	struct event event;
	uint8_t space[IDENTITY_KEY_MAX];
	uint64_t last;
	enum err err = record_find(weigher, seq, &record, &event);
	if (err != OK || event.key.length == 0 || record.type == EVENT_REPORT_PUBLISHED)
		return err == ERR_NOT_FOUND ? OK : err;
	MDB_val key = key_key(record.partner, event.key, space);
	err = table_get_u64(txn_of(weigher), tables_of(weigher)->keys, &key, &last);
	if (err == OK && last > seq)
		take_off(&stretch_of(weigher->balance, seq)->keys,
			sentence(bytes_of_val(&key), seq));
	return err == ERR_NOT_FOUND ? OK : err;
}

/* What a record says of its key, and of that of the record that it withdraws. */
static enum err record_keys_weigh(struct weigher *weigher, struct log_stretch *stretch,
	const struct record *record, const struct event *event)
{
	struct balance *balance = weigher->balance;
	uint8_t space[IDENTITY_KEY_MAX];
	if (record->type == EVENT_EVENT_RETRACTED)
		return record->withdraws == 0 ? OK : retracted_weigh(weigher, record->withdraws);
	if (event->key.length == 0 || record->type == EVENT_REPORT_PUBLISHED)
		return OK;
	MDB_val val = key_key(record->partner, event->key, space);
	struct bytes key = bytes_of_val(&val);
	add(&stretch->keys, sentence(key, record->seq));
	if (record->withdraws != 0)
		take_off(&stretch_of(balance, record->withdraws)->keys,
			sentence(key, record->withdraws));
	return OK;
}

static bool is_known(const struct balance *balance, uint32_t person)
{
	return is_record(balance, person) && (balance->people[person / 64] >> person % 64 & 1) != 0;
}

/* Is there nothing about it that must be looked up? What it lacks verify_record() says. */
static bool is_plain(
	const struct balance *balance, const struct record *record, const struct event *event)
{
	const struct schema *schema = schema_of(event->type);
	return event->type == record->type && record->type != EVENT_REPORT_PUBLISHED &&
	       schema->about_person == (record->person != 0) &&
	       balance->partners[record->partner] &&
	       (record->person == 0 || is_known(balance, record->person));
}

static void newest_note(struct balance *balance, uint16_t partner, uint64_t seq)
{
	uint64_t before = atomic_load_explicit(&balance->newest[partner], memory_order_relaxed);
	while (before < seq &&
		!atomic_compare_exchange_weak(&balance->newest[partner], &before, seq))
		;
}

/* Adds what an event of the log says. False: its stretch is in doubt. */
static bool event_weigh(
	struct weigher *weigher, struct log_stretch *stretch, const struct record *record)
{
	struct event event;
	uint8_t space[IDENTITY_KEY_MAX];
	struct verifying *verifying = &weigher->verifying;
	if (record->withdraws >= record->seq)
		return false;
	if (!event_decode_fast(record->body, &event)) {
		arena_reset(&weigher->arena);
		if (event_read_stored(record->body, &weigher->arena, &event) != OK)
			return false;
	}
	MDB_val id = identity_key(record->partner, event.id, space);
	add(&stretch->ids, sentence(bytes_of_val(&id), record->seq));
	if (!is_plain(weigher->balance, record, &event)) {
		verify_record(verifying, record);
	} else {
		verifying->counts.identities++;
		verifying->counts.withdrawals += record->withdraws != 0;
		verifying->counts.reports_withdrawn += record->type == EVENT_REPORT_WITHDRAWN;
		if (record->recorded_us <= verifying->recorded_us)
			return false;
		verifying->recorded_us = record->recorded_us;
	}
	/* Last: what it borrows may be read anew. */
	return record_keys_weigh(weigher, stretch, record, &event) == OK;
}

static bool record_weigh(
	struct weigher *weigher, struct log_stretch *stretch, uint64_t seq, const MDB_val *val)
{
	struct record record;
	if (record_read(seq, bytes_of_val(val), &record) != OK)
		return false;
	weigher->verifying.counts.records++;
	if (weigher->verifying.counts.records == 1)
		stretch->first_us = record.recorded_us;
	if (record.withdraws != 0)
		add(&stretch->withdrawals, withdrawal(record.withdraws, seq));
	if (record.kind != RECORD_TOMBSTONE)
		newest_note(weigher->balance, record.partner, seq);
	if (record.kind != RECORD_EVENT) {
		verify_record(&weigher->verifying, &record);
		return true;
	}
	return event_weigh(weigher, stretch, &record);
}

/*
 * ERR_CONFLICT: something is not right about a record. ERR_CORRUPT: the rows cannot be walked. Any
 * other: a failure of ours.
 */
static enum err stretch_walk(struct weigher *weigher, struct log_stretch *stretch, uint64_t first)
{
	const struct balance *balance = weigher->balance;
	/* One that is not indexed to its end is weighed for what it says about others. */
	uint64_t last = least(first + balance->width - 1, balance->indexed);
	MDB_val key = val_of(&first, sizeof(first));
	uint64_t seq = first, found;
	enum err err =
		table_walk_begin_at(&weigher->walk, txn_of(weigher), tables_of(weigher)->log, &key);
	for (; err == OK; err = table_walk_next(&weigher->walk), seq++) {
		if (!number_read(&weigher->walk.key, &found) || found != seq)
			return ERR_CORRUPT;
		/* The first of the next stretch, or nothing, must come after the last. */
		if (seq > last)
			return OK;
		if (!record_weigh(weigher, stretch, seq, &weigher->walk.val))
			return ERR_CONFLICT;
	}
	if (err != ERR_NOT_FOUND)
		return err;
	return seq == balance->entries + 1 ? OK : ERR_CORRUPT;
}

/* Walks a stretch of the log. What is not right in it the look at each record tells. */
static enum err stretch_weigh(struct weigher *weigher, uint64_t number)
{
	struct balance *balance = weigher->balance;
	struct log_stretch *stretch = &balance->stretches[number];
	struct verifying *verifying = &weigher->verifying;
	uint64_t first = number * balance->width + 1;
	verifying->counts = (struct verify_counts){ 0 };
	verifying->findings = 0;
	verifying->recorded_us = INT64_MIN;
	enum err err = stretch_walk(weigher, stretch, first);
	stretch->last_us = verifying->recorded_us;
	stretch->counts = verifying->counts;
	stretch->torn = err == ERR_CORRUPT;
	if (err != OK || verifying->findings > 0)
		doubt(balance, first);
	if (verifying->failed != OK)
		return verifying->failed;
	return err == ERR_CONFLICT || err == ERR_CORRUPT ? OK : err;
}

/* The pairs that persons and subjects have, and who is in persons. */
static enum err pairs_weigh(struct weigher *weigher, bool persons, uint64_t *sum)
{
	const struct tables *tables = tables_of(weigher);
	struct balance *balance = weigher->balance;
	struct table_walk *walk = &weigher->walk;
	enum err err = table_walk_begin(
		walk, txn_of(weigher), persons ? tables->persons : tables->subjects);
	while (err == OK && (err = table_walk_next(walk)) == OK) {
		const MDB_val *number = persons ? &walk->key : &walk->val;
		const MDB_val *subject = persons ? &walk->val : &walk->key;
		uint32_t person;
		if (number->mv_size != sizeof(person))
			return ERR_CORRUPT;
		memcpy(&person, number->mv_data, sizeof(person));
		*sum += persons ? sentence(bytes_of_val(subject), person)
				: -sentence(bytes_of_val(subject), person);
		if (persons && person >= 1 && person <= balance->entries)
			balance->people[person / 64] |= (uint64_t)1 << person % 64;
	}
	return err == ERR_NOT_FOUND ? OK : err;
}

static enum err partners_weigh(struct weigher *weigher)
{
	struct table_walk *walk = &weigher->walk;
	enum err err = table_walk_begin(walk, txn_of(weigher), tables_of(weigher)->partners);
	while (err == OK && (err = table_walk_next(walk)) == OK) {
		uint32_t partner;
		if (walk->key.mv_size != sizeof(partner))
			return ERR_CORRUPT;
		memcpy(&partner, walk->key.mv_data, sizeof(partner));
		if (partner <= UINT16_MAX)
			weigher->balance->partners[partner] = true;
	}
	return err == ERR_NOT_FOUND ? OK : err;
}

/* Before all others: who and whose records can be about. */
static enum err people_weigh(struct weigher *weigher)
{
	struct balance *balance = weigher->balance;
	uint64_t sum = 0;
	enum err err = pairs_weigh(weigher, true, &sum);
	table_walk_end(&weigher->walk);
	if (err == OK)
		err = pairs_weigh(weigher, false, &sum);
	table_walk_end(&weigher->walk);
	if (err == OK)
		err = partners_weigh(weigher);
	/* Then each is looked up: there are more records of people than people. */
	if (err != OK || sum != 0)
		memset(balance->people, 0, people_words(balance) * sizeof(uint64_t));
	return err;
}

static enum err job_do(struct weigher *weigher, uint64_t job)
{
	const struct tables *tables = tables_of(weigher);
	if (job >= JOB_STRETCHES)
		return stretch_weigh(weigher, job - JOB_STRETCHES);
	switch ((enum weigh_job)job) {
	case JOB_IDENTITY:
		return table_weigh(weigher, JOB_IDENTITY, tables->identity);
	case JOB_KEYS:
		return table_weigh(weigher, JOB_KEYS, tables->keys);
	case JOB_WITHDRAWALS:
		return table_weigh(weigher, JOB_WITHDRAWALS, tables->withdrawals);
	case JOB_PEOPLE:
		return people_weigh(weigher);
	case JOB_STRETCHES:
		break;
	}
	check_failed("a job of the enum", __FILE__, __LINE__);
}

static enum err job_shielded(struct weigher *weigher, uint64_t job)
{
	SHIELD_RETURN(weigher->balance->reader->log, job_do(weigher, job));
}

static void job_run(struct weigher *weigher, uint64_t job)
{
	struct balance *balance = weigher->balance;
	enum err err = job_shielded(weigher, job);
	table_walk_end(&weigher->walk);
	if (err == OK)
		return;
	if (err != ERR_CORRUPT) {
		atomic_store(&balance->failed, err);
		return;
	}
	if (job < JOB_STRETCHES) {
		atomic_fetch_or(&balance->broken, 1u << job);
		return;
	}
	doubt(balance, (job - JOB_STRETCHES) * balance->width + 1);
	balance->stretches[job - JOB_STRETCHES].torn = true;
}

static void jobs_take(struct weigher *weigher)
{
	struct balance *balance = weigher->balance;
	/* Stretches that are not indexed are looked at record by record. */
	uint64_t stretches = (balance->indexed + balance->width - 1) / balance->width, job;
	while (atomic_load(&balance->failed) == OK &&
		(job = atomic_fetch_add(&balance->job_next, 1)) < JOB_STRETCHES + stretches)
		job_run(weigher, job);
}

static void *weigher_thread(void *context)
{
	jobs_take(context);
	return NULL;
}

static enum err weigher_init(
	struct weigher *weigher, struct balance *balance, struct reader *reader)
{
	weigher->balance = balance;
	enum err err = verifying_init(&weigher->verifying, reader);
	return err == OK ? arena_init(&weigher->arena, EVENT_ARENA) : err;
}

static void weigher_release(struct weigher *weigher)
{
	verifying_release(&weigher->verifying);
	arena_release(&weigher->arena);
}

/* The first of the weighers has the view that all have, and is of this thread. */
static enum err weigh(struct balance *balance, struct reader *const *readers, unsigned count)
{
	struct weigher weighers[THREADS_MAX] = { 0 };
	pthread_t threads[THREADS_MAX];
	unsigned started = 1;
	enum err err = OK;
	for (unsigned i = 0; i < count && err == OK; i++)
		err = weigher_init(&weighers[i], balance, readers[i]);
	if (err == OK)
		job_run(&weighers[0], atomic_fetch_add(&balance->job_next, 1));
	/* One that does not start is not missed. */
	while (err == OK && started < count &&
		pthread_create(&threads[started], NULL, weigher_thread, &weighers[started]) == 0)
		started++;
	if (err == OK)
		jobs_take(&weighers[0]);
	while (started > 1)
		CHECK(pthread_join(threads[--started], NULL) == 0);
	for (unsigned i = 0; i < count; i++)
		weigher_release(&weighers[i]);
	return err == OK ? atomic_load(&balance->failed) : err;
}

static bool same_view(const struct reader *a, const struct reader *b)
{
	return a->at == b->at && mdb_txn_id(a->txn) == mdb_txn_id(b->txn);
}

/*
 * Readers of one commit for so many threads; the first is the caller's. A commit in between is
 * another view: then all are taken again. With too many commits one thread does.
 */
static enum err views_take(struct reader **readers, unsigned wanted, unsigned *count)
{
	enum err err = OK;
	*count = 1;
	for (unsigned tries = 0; tries < VIEWS_MAX && err == OK; tries++) {
		while (*count < wanted && reader_again(readers[0], &readers[*count]) == OK)
			++*count;
		bool same = true;
		for (unsigned i = 1; i < *count; i++)
			same = same && same_view(readers[0], readers[i]);
		if (same)
			return OK;
		while (*count > 1)
			reader_close(readers[--*count]);
		err = reader_renew(readers[0]);
	}
	return err;
}

/* The key of the last record; 0: there is none. */
static enum err last_seq_read(const struct reader *reader, uint64_t *out)
{
	MDB_cursor *cursor = NULL;
	MDB_val key, val;
	*out = 0;
	int code = mdb_cursor_open(reader->txn, reader->at->tables.log, &cursor);
	if (code == 0)
		code = mdb_cursor_get(cursor, &key, &val, MDB_LAST);
	if (code == 0 && key.mv_size == sizeof(*out))
		memcpy(out, key.mv_data, sizeof(*out));
	mdb_cursor_close(cursor);
	return code == MDB_NOTFOUND ? OK : lmdb_err(code);
}

static enum err sizes_read(struct balance *balance, const struct reader *reader)
{
	MDB_stat stat;
	int code = mdb_stat(reader->txn, reader->at->tables.log, &stat);
	if (code != 0)
		return lmdb_err(code);
	balance->entries = stat.ms_entries;
	/* Seqs count from 1: a log of more rows than its last seq is damage, and no size. */
	uint64_t last;
	enum err err = last_seq_read(reader, &last);
	if (err == OK && last < balance->entries)
		err = ERR_CORRUPT;
	if (err != OK)
		return err;
	err = index_lag_indexed(
		reader->txn, &reader->at->tables, balance->entries, &balance->indexed);
	/* It is told when the lag is loaded. */
	if (err == ERR_CORRUPT)
		balance->indexed = 0;
	return err == ERR_CORRUPT ? OK : err;
}

static enum err sizes_shielded(struct balance *balance, const struct reader *reader)
{
	SHIELD_RETURN(reader->log, sizes_read(balance, reader));
}

static enum err room_make(struct balance *balance, const struct verify_way *way)
{
	uint64_t width = way->stretch != 0 ? way->stretch : STRETCH_MIN;
	while (balance->entries / width >= STRETCHES_MAX)
		width *= 2;
	balance->width = width;
	balance->stretch_count = (size_t)((balance->entries + width - 1) / width);
	balance->stretches = calloc(balance->stretch_count + 1, sizeof(*balance->stretches));
	balance->people = calloc(people_words(balance), sizeof(*balance->people));
	if (balance->stretches == NULL || balance->people == NULL)
		return ERR_FULL;
	return OK;
}

static unsigned threads_of(const struct balance *balance, const struct verify_way *way)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	if (way->threads != 0)
		return way->threads < THREADS_MAX ? way->threads : THREADS_MAX;
	if (processors < 1 || balance->entries <= RECORDS_FEW)
		return 1;
	return processors < THREADS_MAX ? (unsigned)processors : THREADS_MAX;
}

enum err balance_new(struct reader *reader, const struct verify_way *way, struct balance **out)
{
	struct reader *readers[THREADS_MAX] = { reader };
	unsigned count = 1;
	struct balance *balance = calloc(1, sizeof(*balance));
	if (balance == NULL)
		return ERR_FULL;
	balance->reader = reader;
	enum err err = sizes_shielded(balance, reader);
	if (err == OK)
		err = views_take(readers, threads_of(balance, way), &count);
	/* Of the view that all have. */
	if (err == OK)
		err = sizes_shielded(balance, reader);
	if (err == OK)
		err = room_make(balance, way);
	if (err == OK && !way->one_by_one)
		err = weigh(balance, readers, count);
	if (way->one_by_one)
		balance->one_by_one = true;
	while (count > 1)
		reader_close(readers[--count]);
	if (err != OK)
		balance_free(balance);
	else
		*out = balance;
	return err;
}

void balance_free(struct balance *balance)
{
	if (balance == NULL)
		return;
	free(balance->stretches);
	free(balance->people);
	free(balance);
}

uint64_t balance_entries(const struct balance *balance)
{
	return balance->entries;
}

void balance_tell(const struct balance *balance, struct verifying *verifying)
{
	static const char *const names[JOB_STRETCHES] = {
		[JOB_IDENTITY] = "identities",
		[JOB_KEYS] = "keys",
		[JOB_WITHDRAWALS] = "withdrawals",
		[JOB_PEOPLE] = "people and partners",
	};
	for (unsigned job = 0; job < JOB_STRETCHES; job++) {
		if ((atomic_load(&balance->broken) & 1u << job) != 0)
			verify_found(verifying,
				"the table of %s is damaged: its rows are not in their order, or "
				"cannot be found",
				names[job]);
	}
}

/* Was it walked, and may its sums be believed? */
static bool is_weighed(const struct balance *balance, const struct log_stretch *stretch)
{
	return !balance->one_by_one && atomic_load(&balance->broken) == 0 &&
	       !atomic_load(&stretch->doubt);
}

bool balance_take(
	const struct balance *balance, uint64_t seq, struct verifying *verifying, uint64_t *last)
{
	const struct log_stretch *stretch = stretch_of(balance, seq);
	const struct verify_counts *from = &stretch->counts;
	struct verify_counts *to = &verifying->counts;
	CHECK((seq - 1) % balance->width == 0);
	*last = least(seq + balance->width - 1, balance->entries);
	if (*last > balance->indexed || !is_weighed(balance, stretch) ||
		atomic_load(&stretch->ids) != 0 || atomic_load(&stretch->keys) != 0 ||
		atomic_load(&stretch->withdrawals) != 0 ||
		stretch->first_us <= verifying->recorded_us)
		return false;
	verifying->recorded_us = stretch->last_us;
	to->records += from->records;
	to->identities += from->identities;
	to->withdrawals += from->withdrawals;
	to->publications += from->publications;
	to->withdrawn += from->withdrawn;
	to->reports_withdrawn += from->reports_withdrawn;
	to->tombstones += from->tombstones;
	return true;
}

bool balance_is_torn(const struct balance *balance, uint64_t seq)
{
	return stretch_of(balance, seq)->torn;
}

void balance_take_newest(const struct balance *balance, struct verifying *verifying)
{
	for (size_t i = 0; i <= UINT16_MAX; i++) {
		uint64_t seq = atomic_load(&balance->newest[i]);
		if (verifying->newest[i] < seq)
			verifying->newest[i] = seq;
	}
}

bool balance_doubts_key(const struct balance *balance, uint64_t seq)
{
	if (balance->one_by_one || !is_record(balance, seq) || seq > balance->indexed)
		return balance->one_by_one || atomic_load(&balance->strays);
	const struct log_stretch *stretch = stretch_of(balance, seq);
	return !is_weighed(balance, stretch) || atomic_load(&stretch->keys) != 0;
}

bool balance_doubts_keys(const struct balance *balance)
{
	for (uint64_t seq = 1; seq <= balance->indexed; seq += balance->width) {
		if (balance_doubts_key(balance, seq))
			return true;
	}
	return balance_doubts_key(balance, 0);
}
