/*
 * daemon/server/committer.c - see committer.h.
 */
#include "daemon/server/committer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/pulse.h"
#include "base/thread.h"
#include "daemon/server/front.h"
#include "engine/publication.h"

#define GROUP_EVENTS_MAX 100000 /* of one transaction, unless one batch has more */
#define LINGER_US        100    /* that a committer looks for work before it sleeps */
#define SWEEP_US         (60 * INT64_C(1000000)) /* between two looks for dead readers */

/* The index catches up when no batch came for so long, in steps that delay the next little. */
#define REST_US      INT64_C(1000000)
#define REST_ROWS    1024
#define END_US       INT64_C(2000000) /* at the end it may take so long ... */
#define END_ROWS     16384            /* ... in larger steps, as nobody waits */
#define SORT_LOOK_US 10000            /* between two looks whether it is sorted, at the end */
#define FULL_US      INT64_C(1000000) /* until a row is tried again that found no room */
#define MEANWHILE_US 50000            /* between two looks of who waits at what else he has */
#define PATIENCE_US  250000           /* that who reads waits for a cluster to settle an instant */

struct committer {
	struct log *log;
	struct clock clock;
	struct committer_limits limits;
	struct counters *counters;
	pthread_t thread;
	int64_t swept_us;          /* monotonic, the thread's own */
	int64_t batch_us;          /* the same: when the last batch came */
	bool restless;             /* the same: what batches took is not given back yet */
	struct log_entry *entries; /* of the group, the thread's own */
	size_t entry_count;
	size_t entry_size;

	atomic_bool queued; /* something waits, or the end has come */
	struct pulse pulse;

	pthread_mutex_t mutex; /* guards all below */
	pthread_cond_t work;
	struct front *front; /* NULL: one machine */
	bool gives_up;       /* a row that finds no room waits no longer */
	struct submission *first;
	struct submission *last;
	size_t batches;
	size_t bytes;
	int64_t settled_us; /* durable: no stamp will be at or before this */
	unsigned overdue;   /* instants that nobody waits for any more, and that are not settled */
	bool follows;
	bool stopping;
	bool failed;
	struct reason failure;
	bool short_of_space;
	struct reason shortage;
};

static void settled_note(struct committer *committer)
{
	int64_t floor_us = log_floor_us(committer->log);
	int64_t recorded_us = log_last_recorded_us(committer->log);
	int64_t settled_us = recorded_us > floor_us ? recorded_us : floor_us;
	CHECK(settled_us >= committer->settled_us);
	committer->settled_us = settled_us;
}

/* Has it a transaction of its own, or none? */
static bool is_alone(const struct submission *submission)
{
	return submission->exclusive != NULL || submission->row != NULL;
}

/* Takes the head of the queue, at least one, as long as the events fit in one group. */
static struct submission *group_take(struct committer *committer)
{
	struct submission *group = committer->first, *end = group;
	size_t events = 0;
	CHECK(thread_is_of(committer) && group != NULL);
	for (;;) {
		CHECK(end->outcome == OUTCOME_WAITING);
		if (end->batch != NULL) {
			CHECK(committer->batches > 0 && committer->bytes >= end->bytes);
			events += end->batch->count;
			committer->batches--;
			committer->bytes -= end->bytes;
		}
		struct submission *next = end->next;
		if (next == NULL || is_alone(end) || is_alone(next) ||
			(next->batch != NULL && events + next->batch->count > GROUP_EVENTS_MAX))
			break;
		end = next;
	}
	committer->first = end->next;
	if (committer->first == NULL) {
		CHECK(end == committer->last && committer->batches == 0 && committer->bytes == 0);
		committer->last = NULL;
	}
	end->next = NULL;
	return group;
}

/* What of a group may go into the log: its events that are not rejected, in order. */
static enum err entries_gather(struct committer *committer, struct submission *group)
{
	size_t count = 0;
	for (struct submission *at = group; at != NULL; at = at->next)
		count += at->batch != NULL ? at->batch->count : 0;
	if (count > committer->entry_size) {
		free(committer->entries);
		committer->entry_size = 0;
		committer->entries = malloc(count * sizeof(*committer->entries));
		if (committer->entries == NULL)
			return ERR_FULL;
		committer->entry_size = count;
	}
	committer->entry_count = 0;
	for (struct submission *at = group; at != NULL; at = at->next) {
		for (size_t i = 0; at->batch != NULL && i < at->batch->count; i++) {
			const struct batch_item *item = &at->batch->items[i];
			if (item->verdict == VERDICT_REJECTED)
				continue;
			CHECK(committer->entry_count < committer->entry_size);
			committer->entries[committer->entry_count++] = (struct log_entry){
				.event = &item->event,
				.partner = at->partner,
				.succeeds = at->succeeds,
				.body = item->body,
				.round_to = item->round_to,
			};
		}
	}
	return OK;
}

/* Tells the batches of the group what became of their events. */
static void entries_tell(const struct log_entry *entries, size_t count, struct submission *group)
{
	size_t told = 0;
	for (struct submission *at = group; at != NULL; at = at->next) {
		for (size_t i = 0; at->batch != NULL && i < at->batch->count; i++) {
			struct batch_item *item = &at->batch->items[i];
			if (item->verdict == VERDICT_REJECTED)
				continue;
			CHECK(told < count);
			const struct appended *appended = &entries[told++].appended;
			item->verdict = appended->verdict;
			if (appended->verdict == VERDICT_REJECTED)
				item->rejection = (struct rejection){
					.code = appended->code,
					.index = i,
					.id = item->event.id,
					.field = appended->field,
					.message = appended->message,
				};
		}
	}
	CHECK(told == count);
}

/* Tells the batches which record of their partner is the newest. */
static enum err newest_tell(struct committer *committer, struct submission *group)
{
	enum err err = OK;
	for (struct submission *at = group; at != NULL && err == OK; at = at->next) {
		struct newest newest = { 0 };
		if (at->batch != NULL)
			err = log_newest(committer->log, at->partner, &newest);
		if (err == ERR_NOT_FOUND)
			err = OK;
		at->last_seq = newest.seq;
		at->last_recorded_us = newest.recorded_us;
	}
	return err;
}

/* How publications are shown, and what. */
static enum err notes_write(struct log *log, const struct shown_note *first)
{
	enum err err = OK;
	for (const struct shown_note *note = first; note != NULL && err == OK; note = note->next) {
		err = log_note_shown(log, note->municipality, note->as_of, note->seq, note->shown);
		if (err == OK && note->figures.length > 0)
			err = log_keep_figures(log, note->seq, note->figures);
	}
	return err;
}

/* Writes the group in the transaction that has begun. */
static enum err group_write(
	struct committer *committer, struct submission *group, bool with_batches)
{
	enum err err = OK;
	CHECK(thread_is_of(committer));
	for (struct submission *at = group; at != NULL && err == OK; at = at->next) {
		if (at->note != NULL)
			err = notes_write(committer->log, at->note);
		else if (at->batch == NULL) {
			CHECK(!committer->limits.clustered);
			err = log_raise_floor(committer->log, at->settle_us);
		}
	}
	if (err == OK && with_batches)
		err = entries_gather(committer, group);
	if (err == OK && with_batches)
		err = log_append_group(committer->log, committer->entries, committer->entry_count);
	if (err == OK && with_batches)
		err = newest_tell(committer, group);
	return err;
}

/* ERR_FULL is for what finds no room in it: one that cannot begin ends the daemon. */
static enum err transaction_begin(struct committer *committer, int64_t at_us, struct reason *reason)
{
	enum err err = log_begin(committer->log, at_us, reason);
	return err == ERR_FULL ? ERR_IO : err;
}

/* Commits it when all was written, else nothing of it stays. */
static enum err transaction_end(
	struct committer *committer, enum err written, struct reason *reason)
{
	if (written == OK)
		return log_commit(committer->log, reason);
	enum err err = log_fail(committer->log, written, reason);
	log_abort(committer->log);
	return err;
}

/*
 * One transaction. ERR_FULL: the batches could not be taken, nothing was written.
 * Any other error: stop.
 */
static enum err group_try(struct committer *committer, struct submission *group, bool with_batches,
	struct reason *reason)
{
	enum err err = transaction_begin(committer, clock_now_us(&committer->clock), reason);
	if (err != OK)
		return err;
	err = transaction_end(committer, group_write(committer, group, with_batches), reason);
	if (err == OK && with_batches)
		entries_tell(committer->entries, committer->entry_count, group);
	return err;
}

/* Before a transaction: readers that died hold nothing up, now and then. */
static void readers_sweep(struct committer *committer, int64_t now_us)
{
	if (now_us - committer->swept_us <= SWEEP_US)
		return;
	log_sweep(committer->log);
	committer->swept_us = now_us;
}

static void group_commit(struct committer *committer, struct submission *group)
{
	struct reason reason = { "" };
	bool refused = false;
	CHECK(thread_is_of(committer) && group != NULL && !committer->failed);
	int64_t started_us = clock_monotonic_us(&committer->clock);
	uint64_t before_seq = log_last_seq(committer->log);
	for (const struct submission *at = group; at != NULL; at = at->next) {
		if (at->batch == NULL)
			continue;
		committer->batch_us = started_us;
		committer->restless = true;
	}
	readers_sweep(committer, started_us);
	/* Looked at for each group, so that a shortage heals and shows without a batch. */
	enum err err = log_space(committer->log, &reason);
	if (err == OK)
		err = group_try(committer, group, true, &reason);
	if (err == ERR_FULL) {
		/* Nothing was written. Instants are still settled, notes are kept: reading goes on.
		 */
		CHECK(log_last_seq(committer->log) == before_seq);
		const struct reason shortage = reason;
		refused = true;
		err = group_try(committer, group, false, &reason);
		if (err == OK)
			reason = shortage;
	}
	if (err == ERR_CORRUPT) {
		/* Nothing was written, and nothing will be: but what was read is not unread. */
		CHECK(log_last_seq(committer->log) == before_seq);
		log_note_damage(committer->log, &reason);
		CHECK(log_is_damaged(committer->log, &reason));
	}
	CHECK(err != OK || log_last_seq(committer->log) >= before_seq);
	histogram_count(&committer->counters->commit_us,
		clock_monotonic_us(&committer->clock) - started_us);
	atomic_store(&committer->counters->last_seq, log_last_seq(committer->log));
	atomic_store(&committer->counters->log_bytes, log_bytes(committer->log));

	pthread_mutex_lock(&committer->mutex);
	bool damaged = err == ERR_CORRUPT;
	refused = refused || damaged;
	committer->short_of_space = refused;
	if (refused)
		committer->shortage = reason;
	if (err != OK && !damaged) {
		committer->failed = true;
		committer->failure = reason;
	} else if (!damaged) {
		settled_note(committer);
	}
	pthread_mutex_unlock(&committer->mutex);

	while (group != NULL) {
		struct submission *next = group->next;
		CHECK(group->outcome == OUTCOME_WAITING);
		group->outcome = refused && group->batch != NULL ? OUTCOME_REFUSED
				 : err != OK                     ? OUTCOME_FAILED
								 : OUTCOME_DURABLE;
		group->done(group);
		group = next;
	}
}

/* What stands in a row, in the transaction that has begun. */
static enum err row_write(struct committer *committer, struct commit_row *row)
{
	enum err err = log_obey(committer->log, &row->rules);
	if (err == OK && row->settle_us != INT64_MIN)
		err = log_raise_floor(committer->log, row->settle_us);
	if (err == OK && row->count > 0)
		err = log_append_group(committer->log, row->entries, row->count);
	if (err == OK)
		err = log_place_put(committer->log, &row->place);
	if (err == OK && row->group != NULL)
		err = newest_tell(committer, row->group);
	return err;
}

/* One transaction with a row. ERR_FULL: there was no room, nothing was written. */
static enum err row_try(struct committer *committer, struct commit_row *row, struct reason *reason)
{
	enum err err = transaction_begin(committer, row->at_us, reason);
	if (err != OK)
		return err;
	err = transaction_end(committer, row_write(committer, row), reason);
	/* Once: what was told that it is rejected is not counted again. */
	if (err == OK && row->group != NULL)
		entries_tell(row->entries, row->count, row->group);
	return err;
}

/*
 * What became of a transaction with a row is seen by others. With little room left no more is
 * taken here, but what other nodes took is applied.
 */
static void row_tell(struct committer *committer, enum err err, const struct reason *reason)
{
	struct reason shortage;
	enum err space = err == OK ? log_space(committer->log, &shortage) : OK;
	atomic_store(&committer->counters->last_seq, log_last_seq(committer->log));
	atomic_store(&committer->counters->log_bytes, log_bytes(committer->log));
	pthread_mutex_lock(&committer->mutex);
	committer->short_of_space = err == ERR_FULL || err == ERR_CORRUPT || space != OK;
	if (committer->short_of_space)
		committer->shortage = err == OK ? shortage : *reason;
	if (err == OK) {
		settled_note(committer);
	} else if (err != ERR_FULL && err != ERR_CORRUPT) {
		committer->failed = true;
		committer->failure = *reason;
	}
	pthread_mutex_unlock(&committer->mutex);
}

/*
 * It is in the cluster's log, and so must come into the store: while there is no room the node
 * waits at it. ERR_FULL: it was given up.
 */
static enum err row_apply(struct committer *committer, struct commit_row *row)
{
	struct reason reason = { "" };
	bool stopping = false;
	enum err err;
	do {
		err = row_try(committer, row, &reason);
		if (err == ERR_CORRUPT)
			log_note_damage(committer->log, &reason);
		row_tell(committer, err, &reason);
		pulse_beat(&committer->pulse, &committer->clock);
		pthread_mutex_lock(&committer->mutex);
		if (err == ERR_FULL && !committer->stopping && !committer->gives_up)
			clock_wait(&committer->clock, &committer->work, &committer->mutex,
				clock_monotonic_us(&committer->clock) + FULL_US);
		stopping = committer->stopping || committer->gives_up;
		pthread_mutex_unlock(&committer->mutex);
	} while (err == ERR_FULL && !stopping);
	return err;
}

static void row_commit(struct committer *committer, struct submission *submission)
{
	struct commit_row *row = submission->row;
	int64_t started_us = clock_monotonic_us(&committer->clock);
	CHECK(thread_is_of(committer) && submission->next == NULL && !committer->failed);
	committer->batch_us = started_us;
	committer->restless = true;
	readers_sweep(committer, started_us);
	/* After one that was given up none is applied: the next start reads that one again. */
	bool follows = row->place.pos == log_place(committer->log)->pos + 1;
	enum err err = follows ? row_apply(committer, row) : ERR_FULL;
	histogram_count(&committer->counters->commit_us,
		clock_monotonic_us(&committer->clock) - started_us);
	submission->outcome = err == OK ? OUTCOME_DURABLE : OUTCOME_FAILED;
	struct submission *group = row->group;
	while (group != NULL) {
		struct submission *next = group->next;
		group->outcome = err == OK         ? OUTCOME_DURABLE
				 : err == ERR_FULL ? OUTCOME_AWAY
						   : OUTCOME_FAILED;
		group->done(group);
		group = next;
	}
	submission->done(submission);
}

/* Runs what must not meet a transaction. */
static void exclusive_run(struct committer *committer, struct submission *submission)
{
	struct exclusive *exclusive = submission->exclusive;
	CHECK(thread_is_of(committer) && submission->next == NULL && !committer->failed);
	exclusive->err = exclusive->run(committer->log, exclusive->context, &exclusive->reason);
	memory_wipe_stack();
	atomic_store(&committer->counters->last_seq, log_last_seq(committer->log));
	atomic_store(&committer->counters->log_bytes, log_bytes(committer->log));
	pthread_mutex_lock(&committer->mutex);
	if (exclusive->err == ERR_IO) {
		committer->failed = true;
		committer->failure = exclusive->reason;
	} else {
		settled_note(committer);
	}
	pthread_mutex_unlock(&committer->mutex);
	submission->outcome = OUTCOME_DURABLE;
	submission->done(submission);
}

/*
 * Looks for work for a moment, giving way to whoever wants the processor: a sender that waits
 * for each answer sends its next event about now, and to be woken takes as long as a sync.
 */
static void linger(struct committer *committer)
{
	CHECK(thread_is_of(committer));
	clock_spin(&committer->clock, &committer->queued,
		clock_monotonic_us(&committer->clock) + LINGER_US);
}

/*
 * Writes some of what the index lacks. ERR_FULL: there is no room, nothing was written. Any
 * other error ends the daemon, as with a group.
 */
static enum err index_write(struct committer *committer, size_t rows)
{
	struct reason reason = { "" };
	CHECK(thread_is_of(committer) && rows > 0 && !committer->failed);
	if (log_space(committer->log, &reason) != OK)
		return ERR_FULL;
	uint64_t before_seq = log_last_seq(committer->log);
	enum err err = log_begin(committer->log, clock_now_us(&committer->clock), &reason);
	if (err == OK)
		err = transaction_end(committer, log_index(committer->log, rows), &reason);
	/* The index is written, and no record. */
	CHECK(log_last_seq(committer->log) == before_seq);
	if (err == ERR_CORRUPT)
		log_note_damage(committer->log, &reason);
	if (err == ERR_FULL || err == ERR_CORRUPT)
		return ERR_FULL;
	if (err != OK) {
		pthread_mutex_lock(&committer->mutex);
		committer->failed = true;
		committer->failure = reason;
		pthread_mutex_unlock(&committer->mutex);
	}
	return err;
}

/* No batch came for a while: the index catches up, then memory goes back to the system. */
static void at_rest(struct committer *committer)
{
	CHECK(thread_is_of(committer) && !committer->failed);
	if (!log_index_lags(committer->log)) {
		CHECK(committer->restless);
		memory_give_back();
		committer->restless = false;
	} else if (index_write(committer, REST_ROWS) == ERR_FULL ||
		   log_index_is_sorting(committer->log)) {
		/* Nothing can be done now: look again later. */
		committer->batch_us = clock_monotonic_us(&committer->clock);
	}
}

/* Sleeps until there is work. True: no batch came for a while, and something is left of them. */
static bool rest(struct committer *committer)
{
	bool wanted = !committer->failed && !committer->short_of_space &&
		      (committer->restless || log_index_lags(committer->log));
	int64_t until_us = committer->batch_us + REST_US;
	CHECK(thread_is_of(committer));
	while (committer->first == NULL && !committer->stopping) {
		if (wanted && clock_monotonic_us(&committer->clock) >= until_us)
			return true;
		clock_wait(&committer->clock, &committer->work, &committer->mutex,
			wanted ? until_us : UNTIL_WOKEN);
	}
	return false;
}

/* At the end: the next start finds the index whole, if that does not take long. */
static void end(struct committer *committer)
{
	int64_t until_us = clock_monotonic_us(&committer->clock) + END_US;
	CHECK(thread_is_of(committer));
	CHECK(committer->stopping && committer->first == NULL && committer->last == NULL);
	enum err err = committer->failed || committer->short_of_space ? ERR_IO : OK;
	while (err == OK && log_index_lags(committer->log) &&
		clock_monotonic_us(&committer->clock) < until_us) {
		err = index_write(committer, END_ROWS);
		if (err == OK && log_index_is_sorting(committer->log))
			clock_sleep(&committer->clock, SORT_LOOK_US);
	}
}

/* Nothing is taken any more. */
static void group_fail(struct submission *group)
{
	while (group != NULL) {
		struct submission *next = group->next;
		if (group->row != NULL)
			group_fail(group->row->group);
		group->outcome = OUTCOME_FAILED;
		group->done(group);
		group = next;
	}
}

static void *committer_run(void *context)
{
	struct committer *committer = context;
	thread_become(committer);
	pthread_mutex_lock(&committer->mutex);
	for (;;) {
		if (committer->first == NULL && !committer->stopping) {
			atomic_store(&committer->queued, false);
			pthread_mutex_unlock(&committer->mutex);
			linger(committer);
			pthread_mutex_lock(&committer->mutex);
		}
		if (rest(committer)) {
			pthread_mutex_unlock(&committer->mutex);
			pulse_beat(&committer->pulse, &committer->clock);
			at_rest(committer);
			pulse_rest(&committer->pulse);
			pthread_mutex_lock(&committer->mutex);
			continue;
		}
		if (committer->first == NULL)
			break;
		struct submission *group = group_take(committer);
		bool failed = committer->failed;
		pthread_mutex_unlock(&committer->mutex);
		if (failed) {
			group_fail(group);
		} else {
			pulse_beat(&committer->pulse, &committer->clock);
			if (group->exclusive != NULL)
				exclusive_run(committer, group);
			else if (group->row != NULL)
				row_commit(committer, group);
			else
				group_commit(committer, group);
			pulse_rest(&committer->pulse);
		}
		pthread_mutex_lock(&committer->mutex);
	}
	pthread_mutex_unlock(&committer->mutex);
	end(committer);
	return NULL;
}

enum err committer_start(struct log *log, const struct clock *clock,
	const struct committer_limits *limits, struct counters *counters, struct committer **out)
{
	CHECK(limits->batches_max > 0 && limits->bytes_max > 0);
	struct committer *committer = calloc(1, sizeof(*committer));
	if (committer == NULL)
		return ERR_FULL;
	committer->log = log;
	committer->clock = *clock;
	committer->limits = *limits;
	committer->counters = counters;
	committer->batch_us = clock_monotonic_us(&committer->clock);
	committer->follows = limits->follows;
	committer->settled_us = INT64_MIN;
	settled_note(committer);
	committer->short_of_space = log_space(log, &committer->shortage) != OK;
	atomic_store(&counters->last_seq, log_last_seq(log));
	atomic_store(&counters->log_bytes, log_bytes(log));
	atomic_store(&counters->log_bytes_max, log_bytes_max(log));
	pthread_mutex_init(&committer->mutex, NULL);
	clock_cond_init(&committer->work);
	if (pthread_create(&committer->thread, NULL, committer_run, committer) != 0) {
		free(committer);
		return ERR_FULL;
	}
	*out = committer;
	return OK;
}

void committer_stop(struct committer *committer)
{
	if (committer == NULL)
		return;
	CHECK(!thread_is_of(committer));
	pthread_mutex_lock(&committer->mutex);
	CHECK(!committer->stopping);
	committer->stopping = true;
	atomic_store(&committer->queued, true);
	clock_wake(&committer->clock, &committer->work);
	pthread_mutex_unlock(&committer->mutex);
	CHECK(pthread_join(committer->thread, NULL) == 0);
}

void committer_free(struct committer *committer)
{
	if (committer == NULL)
		return;
	CHECK(committer->stopping && committer->first == NULL && committer->overdue == 0);
	pthread_cond_destroy(&committer->work);
	pthread_mutex_destroy(&committer->mutex);
	free(committer->entries);
	free(committer);
}

/* With the mutex held. */
static void enqueue(struct committer *committer, struct submission *submission)
{
	CHECK(!committer->stopping && !committer->failed && submission->done != NULL);
	CHECK((committer->first == NULL) == (committer->last == NULL));
	submission->outcome = OUTCOME_WAITING;
	submission->next = NULL;
	if (committer->last == NULL)
		committer->first = submission;
	else
		committer->last->next = submission;
	committer->last = submission;
	atomic_store(&committer->queued, true);
}

/* Without the mutex: who is woken would only wait for it. */
static void wake(struct committer *committer)
{
	clock_wake(&committer->clock, &committer->work);
}

void committer_join(struct committer *committer, struct front *front)
{
	pthread_mutex_lock(&committer->mutex);
	committer->front = front;
	pthread_mutex_unlock(&committer->mutex);
}

enum err committer_apply(struct committer *committer, struct submission *submission)
{
	CHECK(submission->row != NULL && !thread_is_of(committer));
	pthread_mutex_lock(&committer->mutex);
	bool refused = committer->failed || committer->stopping;
	if (!refused)
		enqueue(committer, submission);
	pthread_mutex_unlock(&committer->mutex);
	if (!refused)
		wake(committer);
	return refused ? ERR_IO : OK;
}

/* The front, if what is submitted goes there. */
static struct front *front_of(struct committer *committer)
{
	pthread_mutex_lock(&committer->mutex);
	struct front *front = committer->front;
	pthread_mutex_unlock(&committer->mutex);
	return front;
}

enum err committer_submit(struct committer *committer, struct submission *submission)
{
	CHECK(submission->batch != NULL && !thread_is_of(committer));
	struct front *front = front_of(committer);
	if (front == NULL && committer->limits.clustered)
		return ERR_CONFLICT;
	if (front != NULL) {
		struct reason reason;
		return committer_has_failed(committer, &reason) ? ERR_IO
		       : committer_is_short_of_space(committer, &reason)
			       ? ERR_CONFLICT
			       : front_submit(front, submission);
	}
	enum err err = OK;
	pthread_mutex_lock(&committer->mutex);
	if (committer->failed || committer->stopping || committer->follows)
		err = ERR_IO;
	else if (committer->batches >= committer->limits.batches_max ||
		 (committer->batches > 0 &&
			 committer->bytes + submission->bytes > committer->limits.bytes_max))
		err = ERR_FULL;
	if (err == OK) {
		committer->batches++;
		committer->bytes += submission->bytes;
		enqueue(committer, submission);
	}
	pthread_mutex_unlock(&committer->mutex);
	if (err == OK)
		wake(committer);
	return err;
}

/* A thread that waits for what it submitted. */
struct waiting {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	const struct clock *clock;
	const struct meanwhile *meanwhile; /* or NULL */
	bool done;
};

static void waiting_done(struct submission *submission)
{
	struct waiting *waiting = submission->context;
	pthread_mutex_lock(&waiting->mutex);
	CHECK(!waiting->done);
	waiting->done = true;
	clock_wake(waiting->clock, &waiting->cond);
	pthread_mutex_unlock(&waiting->mutex);
}

/* Puts what is no batch where it belongs. Errors as front_submit() has them. */
static enum err submit(struct committer *committer, struct submission *submission)
{
	struct front *front = front_of(committer);
	struct reason reason;
	/* Nothing is settled here alone: the next record of each node has the same stamp. */
	bool to_front = submission->note == NULL && submission->exclusive == NULL;
	if (to_front && front == NULL && committer->limits.clustered)
		return ERR_CONFLICT;
	if (to_front && front != NULL)
		return committer_has_failed(committer, &reason) ? ERR_IO
								: front_submit(front, submission);
	pthread_mutex_lock(&committer->mutex);
	bool refused = committer->failed || committer->stopping;
	if (!refused)
		enqueue(committer, submission);
	pthread_mutex_unlock(&committer->mutex);
	if (!refused)
		wake(committer);
	return refused ? ERR_IO : OK;
}

/* With its mutex held. */
static void waiting_wait(struct waiting *waiting)
{
	const struct meanwhile *meanwhile = waiting->meanwhile;
	if (meanwhile == NULL) {
		pthread_cond_wait(&waiting->cond, &waiting->mutex);
		return;
	}
	/* From before the look: what takes time in it is no wait. */
	int64_t until_us = clock_monotonic_us(waiting->clock) + MEANWHILE_US;
	pthread_mutex_unlock(&waiting->mutex);
	meanwhile->look(meanwhile->context);
	pthread_mutex_lock(&waiting->mutex);
	if (!waiting->done)
		clock_wait(waiting->clock, &waiting->cond, &waiting->mutex, until_us);
}

/*
 * Submits what is no batch and waits for it; `meanwhile` may be NULL. ERR_FULL: the cluster is
 * away. ERR_IO: it is not taken, or the commit failed.
 */
static enum err submit_and_wait(struct committer *committer, struct submission *submission,
	const struct meanwhile *meanwhile)
{
	struct waiting waiting = { .clock = &committer->clock, .meanwhile = meanwhile };
	/* It would wait for itself. */
	CHECK(!thread_is_of(committer));
	submission->done = waiting_done;
	/* It is not looked at any more once the wait is over. */
	/* cppcheck-suppress autoVariables */
	submission->context = &waiting;
	pthread_mutex_init(&waiting.mutex, NULL);
	clock_cond_init(&waiting.cond);
	enum err err = submit(committer, submission);
	if (err == OK) {
		pthread_mutex_lock(&waiting.mutex);
		while (!waiting.done)
			waiting_wait(&waiting);
		pthread_mutex_unlock(&waiting.mutex);
		CHECK(submission->outcome != OUTCOME_WAITING);
	}
	pthread_cond_destroy(&waiting.cond);
	pthread_mutex_destroy(&waiting.mutex);
	if (err == OK && submission->outcome == OUTCOME_AWAY)
		err = ERR_CONFLICT;
	if (err == OK && submission->outcome != OUTCOME_DURABLE)
		err = ERR_IO;
	return err == ERR_CONFLICT ? ERR_FULL : err;
}

/* An instant that a cluster is to settle. It is freed by who has done with it last. */
struct settling {
	struct submission submission;
	struct committer *committer; /* whose mutex guards the rest */
	pthread_cond_t cond;
	bool done;
	bool is_left; /* nobody waits for it any more */
};

static void settling_free(struct settling *settling)
{
	pthread_cond_destroy(&settling->cond);
	free(settling);
}

static void settling_done(struct submission *submission)
{
	struct settling *settling = submission->context;
	struct committer *committer = settling->committer;
	pthread_mutex_lock(&committer->mutex);
	CHECK(!settling->done);
	settling->done = true;
	bool is_left = settling->is_left;
	if (is_left)
		committer->overdue--;
	else
		clock_wake(&committer->clock, &settling->cond);
	pthread_mutex_unlock(&committer->mutex);
	if (is_left)
		settling_free(settling);
}

/* Waits until it is done; ERR_FULL: that takes too long, and it is left. */
static enum err settling_wait(struct settling *settling)
{
	struct committer *committer = settling->committer;
	int64_t until_us = clock_monotonic_us(&committer->clock) + PATIENCE_US;
	pthread_mutex_lock(&committer->mutex);
	while (!settling->done && clock_monotonic_us(&committer->clock) < until_us)
		clock_wait(&committer->clock, &settling->cond, &committer->mutex, until_us);
	bool is_left = !settling->done;
	settling->is_left = is_left;
	committer->overdue += is_left;
	pthread_mutex_unlock(&committer->mutex);
	if (is_left)
		return ERR_FULL;
	enum commit_outcome outcome = settling->submission.outcome;
	CHECK(outcome != OUTCOME_WAITING);
	settling_free(settling);
	return outcome == OUTCOME_DURABLE ? OK : outcome == OUTCOME_AWAY ? ERR_FULL : ERR_IO;
}

static bool is_overdue(struct committer *committer)
{
	pthread_mutex_lock(&committer->mutex);
	bool overdue = committer->overdue > 0;
	pthread_mutex_unlock(&committer->mutex);
	return overdue;
}

/* Has the cluster settle it, for who only reads. Errors as those of committer_settle(). */
static enum err settle_soon(struct committer *committer, int64_t known_us)
{
	CHECK(!thread_is_of(committer));
	if (is_overdue(committer))
		return ERR_FULL;
	struct settling *settling = calloc(1, sizeof(*settling));
	if (settling == NULL)
		return ERR_FULL;
	settling->committer = committer;
	settling->submission.settle_us = known_us;
	settling->submission.done = settling_done;
	settling->submission.context = settling;
	clock_cond_init(&settling->cond);
	enum err err = submit(committer, &settling->submission);
	if (err == OK)
		return settling_wait(settling);
	settling_free(settling);
	return err == ERR_CONFLICT ? ERR_FULL : err;
}

enum err committer_settle(struct committer *committer, int64_t known_us)
{
	return committer_settle_meanwhile(committer, known_us, NULL);
}

enum err committer_settle_meanwhile(
	struct committer *committer, int64_t known_us, const struct meanwhile *meanwhile)
{
	struct submission submission = { .settle_us = known_us };
	if (known_us <= committer_settled_us(committer))
		return OK;
	if (committer->limits.clustered && meanwhile == NULL)
		return settle_soon(committer, known_us);
	if (committer_follows(committer))
		return ERR_NOT_FOUND;
	return submit_and_wait(committer, &submission, meanwhile);
}

enum err committer_act(
	struct committer *committer, const struct proposal_act *act, struct acted *acted)
{
	struct submission submission = { .act = act };
	enum err err = submit_and_wait(committer, &submission, NULL);
	*acted = submission.acted;
	return err;
}

void committer_give_up(struct committer *committer)
{
	pthread_mutex_lock(&committer->mutex);
	committer->gives_up = true;
	clock_wake(&committer->clock, &committer->work);
	pthread_mutex_unlock(&committer->mutex);
}

enum err committer_note(struct committer *committer, const struct shown_note *note,
	const struct meanwhile *meanwhile)
{
	struct submission submission = { .note = note };
	return submit_and_wait(committer, &submission, meanwhile);
}

enum err committer_exclusively(struct committer *committer, struct exclusive *exclusive)
{
	struct submission submission = { .exclusive = exclusive };
	return submit_and_wait(committer, &submission, NULL);
}

int64_t committer_settled_us(struct committer *committer)
{
	pthread_mutex_lock(&committer->mutex);
	int64_t settled_us = committer->settled_us;
	pthread_mutex_unlock(&committer->mutex);
	return settled_us;
}

void committer_lead(struct committer *committer)
{
	pthread_mutex_lock(&committer->mutex);
	committer->follows = false;
	pthread_mutex_unlock(&committer->mutex);
}

bool committer_follows(struct committer *committer)
{
	pthread_mutex_lock(&committer->mutex);
	bool follows = committer->follows;
	pthread_mutex_unlock(&committer->mutex);
	return follows;
}

/* Of a node: nothing is settled now. */
static bool cluster_is_away(struct committer *committer)
{
	struct front *front = front_of(committer);
	return committer->limits.clustered && (front == NULL || !front_settles(front));
}

bool committer_awaits(struct committer *committer, int64_t known_us, int64_t *settled_us)
{
	*settled_us = committer_settled_us(committer);
	return known_us > *settled_us && known_us <= clock_now_us(&committer->clock) &&
	       (committer_follows(committer) || cluster_is_away(committer) ||
		       is_overdue(committer));
}

bool committer_is_to_come(struct committer *committer, int64_t known_us)
{
	/* Whether others are awaited may change at any time, and says nothing of it. */
	return known_us > clock_now_us(&committer->clock) &&
	       known_us > committer_settled_us(committer);
}

int64_t committer_now_us(struct committer *committer)
{
	int64_t now_us = clock_now_us(&committer->clock);
	int64_t settled_us = committer_settled_us(committer);
	if (committer_follows(committer))
		return settled_us > 0 ? settled_us : 0;
	if (settled_us > 0 && cluster_is_away(committer))
		return settled_us;
	return now_us > settled_us ? now_us : settled_us;
}

bool committer_has_failed(struct committer *committer, struct reason *reason)
{
	pthread_mutex_lock(&committer->mutex);
	bool failed = committer->failed;
	if (failed)
		*reason = committer->failure;
	pthread_mutex_unlock(&committer->mutex);
	return failed;
}

int64_t committer_still_us(const struct committer *committer)
{
	return pulse_still_us(&committer->pulse, &committer->clock);
}

bool committer_is_short_of_space(struct committer *committer, struct reason *reason)
{
	pthread_mutex_lock(&committer->mutex);
	bool is_short = committer->short_of_space;
	struct front *front = committer->front;
	if (is_short)
		*reason = committer->shortage;
	pthread_mutex_unlock(&committer->mutex);
	return is_short || (front != NULL && front_is_away(front, reason));
}
