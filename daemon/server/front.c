/*
 * daemon/server/front.c - see front.h.
 */
#include "daemon/server/front.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/logging.h"
#include "base/thread.h"

#define GROUP_EVENTS_MAX 100000                  /* of one row, unless one batch has more */
#define GROUP_BYTES_MAX  ((size_t)32 << 20)      /* of the bodies of one row, likewise */
#define ROWS_OUT_MAX     16                      /* that the committer may have at once ... */
#define BYTES_OUT_MAX    ((size_t)64 << 20)      /* ... and about so many bytes of them */
#define LOOK_US          (30 * INT64_C(1000000)) /* between two looks at the promise */
#define RELOOK_US        (1 * INT64_C(1000000))
#define LOOKED_US_MAX    (60 * INT64_C(1000000)) /* the last look may be so old */
#define HOLD_US          (30 * INT64_C(1000000)) /* for who waits for an unknown outcome */
#define WAIT_US          (250 * INT64_C(1000))   /* between two turns without news */
#define RETRY_US_MIN     (100 * INT64_C(1000))   /* to connect again; doubles ... */
#define RETRY_US_MAX     (3 * INT64_C(1000000))  /* ... up to this */

/* A row that the committer has. */
struct handed {
	struct submission submission;
	struct front *front;
	struct proposal proposal;
	struct commit_row row;
	uint8_t *bytes; /* that the proposal borrows from */
	size_t size;
};

struct front {
	struct front_options options;
	struct clock clock;
	pthread_t thread;

	/* The thread's own. */
	bool connected;
	bool told_away;           /* the operator knows */
	int64_t retry_us;         /* monotonic: when to connect again, ... */
	int64_t pause_us;         /* ... and how long was waited for that */
	int64_t look_us;          /* monotonic: when to look at the promise again */
	struct log_place place;   /* of the last row that was handed to the committer */
	uint64_t number;          /* of the last proposal */
	struct text flight;       /* the proposal whose outcome is not known yet; empty: none */
	int64_t flight_since_us;  /* monotonic */
	bool flight_unknown;      /* it was proposed, and may be in the log */
	struct submission *group; /* who waits for it; NULL: nobody any more */

	pthread_mutex_t mutex; /* guards all below */
	pthread_cond_t room;
	struct submission *first;
	struct submission *last;
	size_t batches;
	size_t bytes;
	unsigned rows_out;
	size_t bytes_out;
	uint64_t applied_pos;
	bool stopping;
	bool acting;       /* an act is done: nothing is settled meanwhile */
	int64_t looked_us; /* monotonic: when the promise was last seen to be kept */
	bool away;
	struct reason why; /* it is away */
	enum err failed;
	struct reason failure;
};

static void lock(struct front *front)
{
	CHECK(pthread_mutex_lock(&front->mutex) == 0);
}

static void unlock(struct front *front)
{
	CHECK(pthread_mutex_unlock(&front->mutex) == 0);
}

/* Answers a list of submissions that were not applied. */
static void group_end(struct submission *group, enum commit_outcome outcome)
{
	while (group != NULL) {
		struct submission *next = group->next;
		group->outcome = outcome;
		group->done(group);
		group = next;
	}
}

/* Who waits for an outcome that stays unknown is told so; the proposal is made all the same. */
static void flight_tell(struct front *front)
{
	struct submission *group = front->group;
	front->group = NULL;
	group_end(group, OUTCOME_AWAY);
}

static void fail_for_good(struct front *front, enum err err, const struct reason *reason)
{
	lock(front);
	if (front->failed == OK) {
		front->failed = err;
		front->failure = *reason;
	}
	unlock(front);
}

/* Whether something may be proposed. What waits is answered once it may not. */
static void away_set(struct front *front, const struct reason *reason)
{
	struct submission *waiting = NULL;
	lock(front);
	front->away = reason != NULL;
	if (reason != NULL) {
		front->why = *reason;
		waiting = front->first;
		front->first = NULL;
		front->last = NULL;
		front->batches = 0;
		front->bytes = 0;
	}
	unlock(front);
	group_end(waiting, OUTCOME_AWAY);
	if (reason != NULL && !front->told_away)
		logging(SEVERITY_WARNING, "%s; nothing is acknowledged meanwhile", reason->text);
	else if (reason == NULL && front->told_away)
		logging(SEVERITY_INFO, "the cluster answers, and keeps its promise");
	front->told_away = reason != NULL;
}

/* What a call of the intake met. False: the front cannot go on with it now. */
static bool went_well(struct front *front, enum err err, const struct reason *reason)
{
	if (err == OK)
		return true;
	if (err == ERR_INVALID || err == ERR_CORRUPT) {
		fail_for_good(front, err, reason);
		front->told_away = true;
		away_set(front, reason);
		return false;
	}
	if (err == ERR_STOPPED) {
		/* An act was broken off, as the daemon ends: its row is read again at the start. */
		front->options.intake.disconnect(front->options.intake.self);
		front->connected = false;
		front->retry_us = INT64_MAX;
		front->told_away = true;
	}
	if (err == ERR_IO || err == ERR_FULL) {
		front->options.intake.disconnect(front->options.intake.self);
		front->connected = false;
		front->pause_us = front->pause_us == 0 ? RETRY_US_MIN : 2 * front->pause_us;
		if (front->pause_us > RETRY_US_MAX)
			front->pause_us = RETRY_US_MAX;
		front->retry_us = clock_monotonic_us(&front->clock) + front->pause_us;
	}
	/* What is broken is looked at more often, until it is whole: nobody knows how long. */
	if (err == ERR_CONFLICT)
		front->look_us = clock_monotonic_us(&front->clock) + RELOOK_US;
	away_set(front, reason);
	if (err == ERR_CONFLICT)
		flight_tell(front);
	return false;
}

/* In the committer's thread. */
static void row_done(struct submission *submission)
{
	struct handed *handed = submission->context;
	struct front *front = handed->front;
	CHECK(submission->outcome != OUTCOME_WAITING);
	bool applied = submission->outcome == OUTCOME_DURABLE;
	bool news = applied && handed->row.count > 0;
	lock(front);
	front->rows_out--;
	front->bytes_out -= handed->size;
	if (applied)
		front->applied_pos = handed->row.place.pos;
	pthread_cond_signal(&front->room);
	unlock(front);
	if (news)
		front->options.applied(front->options.context);
	proposal_release(&handed->proposal);
	free(handed->bytes);
	free(handed);
}

/* Waits until the committer has no more than so many rows. */
static void rows_await(struct front *front, unsigned rows_max)
{
	lock(front);
	while (front->rows_out > rows_max || front->bytes_out > BYTES_OUT_MAX)
		CHECK(pthread_cond_wait(&front->room, &front->mutex) == 0);
	unlock(front);
}

/* Has the committer apply it; who waits for the group is answered by that. */
static enum err row_hand(struct front *front, struct handed *handed, struct submission *group)
{
	handed->row.rules = handed->proposal.rules;
	handed->row.settle_us = handed->proposal.settle_us;
	handed->row.entries = handed->proposal.entries;
	handed->row.count = handed->proposal.entry_count;
	handed->row.group = group;
	handed->front = front;
	handed->submission = (struct submission){
		.row = &handed->row,
		.done = row_done,
		.context = handed,
	};
	lock(front);
	front->rows_out++;
	front->bytes_out += handed->size;
	unlock(front);
	enum err err = committer_apply(front->options.committer, &handed->submission);
	if (err != OK) {
		lock(front);
		front->rows_out--;
		front->bytes_out -= handed->size;
		unlock(front);
	}
	return err;
}

/* Moves what waits for a K to be settled, and for nothing else, from a list to another's end. */
static void settling_move(struct submission **list, struct submission ***end)
{
	while (*list != NULL) {
		struct submission *submission = *list;
		if (submission->batch != NULL || submission->act != NULL) {
			list = &submission->next;
			continue;
		}
		*list = submission->next;
		submission->next = NULL;
		**end = submission;
		*end = &submission->next;
	}
}

/*
 * While an act is done it waits for the figures, and they for nothing to be settled: what waits for
 * that, in the queue or in flight, is told that it cannot be now. What is in flight goes on.
 */
static void acting_set(struct front *front, bool acting)
{
	struct submission *settling = NULL, **end = &settling;
	lock(front);
	front->acting = acting;
	if (acting) {
		settling_move(&front->first, &end);
		front->last = front->first;
		while (front->last != NULL && front->last->next != NULL)
			front->last = front->last->next;
		settling_move(&front->group, &end);
	}
	unlock(front);
	group_end(settling, OUTCOME_AWAY);
}

/*
 * An act is done by this thread, when all before it is applied. One that finds nobody is a row
 * without events.
 */
static enum err act_do(struct front *front, struct handed *handed, struct submission *group,
	bool *done, struct reason *reason)
{
	const struct proposal_act *act = &handed->proposal.act;
	struct acted acted = { .found = false };
	rows_await(front, 0);
	if (front_applied_pos(front) + 1 != handed->row.place.pos)
		return fail(reason, ERR_STOPPED, "a row before the act was not applied");
	acting_set(front, true);
	enum err err = front->options.act(
		front->options.context, act, handed->row.at_us, &handed->row.place, &acted, reason);
	acting_set(front, false);
	if (err == ERR_STOPPED)
		return fail(reason, err, "ladderd is stopping");
	/* Its row is read again, on another connection. */
	if (err == ERR_CONFLICT)
		err = ERR_FULL;
	*done = err == OK;
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	acted.found = err == OK;
	if (group != NULL)
		group->acted = acted;
	if (!*done)
		return OK;
	lock(front);
	front->applied_pos = handed->row.place.pos;
	unlock(front);
	group_end(group, OUTCOME_DURABLE);
	return OK;
}

/* Goes on by one row. `group` waits for it, or NULL. Takes `bytes`. */
static enum err row_take(struct front *front, const struct intake_row *row, uint8_t *bytes,
	struct submission *group, struct reason *reason)
{
	struct handed *handed = calloc(1, sizeof(*handed));
	bool done = false;
	if (handed == NULL) {
		free(bytes);
		return fail(reason, ERR_FULL, "there is no memory to read a row of the cluster");
	}
	handed->bytes = bytes;
	handed->size = row->bytes.length;
	handed->row.at_us = row->at_us;
	handed->row.place = front->place;
	handed->row.place.pos = row->pos;
	memcpy(handed->row.place.chain, row->chain, sizeof(row->chain));
	struct log_place place = handed->row.place;
	enum err err =
		proposal_decode(bytes_of(bytes, row->bytes.length), &handed->proposal, reason);
	if (err == OK && handed->proposal.act.type != LOG_ACT_NONE)
		err = act_do(front, handed, group, &done, reason);
	if (err == OK && !done) {
		rows_await(front, ROWS_OUT_MAX);
		err = row_hand(front, handed, group);
		if (err != OK)
			err = fail(reason, ERR_STOPPED, "ladderd is stopping");
		else
			handed = NULL;
	}
	if (handed != NULL) {
		proposal_release(&handed->proposal);
		free(handed->bytes);
		free(handed);
	}
	if (err == OK)
		front->place = place;
	return err;
}

/* The row must be the next one, and its chain what follows from the store's. */
static enum err row_check(
	const struct front *front, const struct intake_row *row, struct reason *reason)
{
	uint8_t chain[LOG_CHAIN_SIZE];
	intake_chain(front->place.chain, row, chain);
	if (row->pos == front->place.pos + 1 && memcmp(chain, row->chain, sizeof(chain)) == 0)
		return OK;
	return fail(reason, ERR_INVALID,
		"row %llu of the cluster does not follow from what this store has: two servers "
		"have written, or the cluster was taken back",
		(unsigned long long)row->pos);
}

/* The outcome of what was proposed is known: it is this row. */
static enum err flight_land(
	struct front *front, const struct intake_row *row, struct reason *reason)
{
	struct submission *group = front->group;
	uint8_t *bytes = (uint8_t *)front->flight.data;
	enum err err = row_check(front, row, reason);
	if (err == OK) {
		CHECK(row->bytes.length == front->flight.length);
		front->flight = (struct text){ 0 };
		front->group = NULL;
		err = row_take(front, row, bytes, group, reason);
		if (err != OK)
			group_end(group, OUTCOME_AWAY);
	}
	return err;
}

/* Is it what is in flight? Its outcome may come to be known so before it is proposed again. */
static bool is_flight(const struct front *front, const struct intake_row *row)
{
	return front->flight.length > 0 && row->number == front->number;
}

/* Reads the rows there are, up to `to`. ERR_NOT_FOUND: they end before. */
static enum err rows_read(struct front *front, uint64_t to, struct reason *reason)
{
	const struct intake *intake = &front->options.intake;
	struct intake_row row;
	enum err err = OK;
	while (err == OK && front->place.pos < to) {
		err = intake->next(
			intake->self, front->place.pos, front_applied_pos(front), &row, reason);
		if (err != OK)
			break;
		err = row_check(front, &row, reason);
		if (err == OK && is_flight(front, &row)) {
			err = flight_land(front, &row, reason);
			continue;
		}
		uint8_t *bytes = err == OK ? malloc(row.bytes.length) : NULL;
		if (err == OK && bytes == NULL)
			err = fail(reason, ERR_FULL, "there is no memory");
		if (err == OK) {
			memcpy(bytes, row.bytes.data, row.bytes.length);
			err = row_take(front, &row, bytes, NULL, reason);
		}
	}
	return err;
}

/* Takes the head of the queue, as much as fits in one row. With the mutex held. */
static struct submission *group_take(struct front *front)
{
	struct submission *group = front->first, *end = group;
	size_t events = 0, bytes = 0;
	for (;;) {
		if (end->batch != NULL) {
			CHECK(front->batches > 0 && front->bytes >= end->bytes);
			events += end->batch->count;
			bytes += end->bytes;
			front->batches--;
			front->bytes -= end->bytes;
		}
		const struct submission *next = end->next;
		if (next == NULL || end->act != NULL || next->act != NULL ||
			(next->batch != NULL && (events + next->batch->count > GROUP_EVENTS_MAX ||
							bytes + next->bytes > GROUP_BYTES_MAX)))
			break;
		end = end->next;
	}
	front->first = end->next;
	if (front->first == NULL)
		front->last = NULL;
	end->next = NULL;
	return group;
}

/* Makes what waits the proposal in flight. False: nothing waits. */
static bool flight_begin(struct front *front)
{
	struct submission *group = NULL;
	lock(front);
	if (front->first != NULL && !front->away)
		group = group_take(front);
	unlock(front);
	if (group == NULL)
		return false;
	if (group->act != NULL)
		proposal_encode_act(group->act, &front->options.rules, &front->flight);
	else
		proposal_encode(group, &front->options.rules, &front->flight);
	if (front->flight.failed) {
		text_release(&front->flight);
		front->flight = (struct text){ 0 };
		group_end(group, OUTCOME_AWAY);
		return false;
	}
	front->group = group;
	front->flight_unknown = false;
	front->number++;
	front->flight_since_us = clock_monotonic_us(&front->clock);
	return true;
}

/* It was refused, and is not in the log: who waits for it is told so at once. */
static void flight_drop(struct front *front)
{
	struct submission *group = front->group;
	text_release(&front->flight);
	front->flight = (struct text){ 0 };
	front->group = NULL;
	group_end(group, OUTCOME_AWAY);
}

/* Proposes what is in flight, and reads up to where it went. */
static enum err propose(struct front *front, struct reason *reason)
{
	const struct intake *intake = &front->options.intake;
	struct intake_row row;
	enum err err = intake->propose(intake->self, front->number, clock_now_us(&front->clock),
		text_bytes(&front->flight), &row, reason);
	if (err == ERR_CONFLICT && !front->flight_unknown)
		flight_drop(front);
	front->flight_unknown = err != OK;
	if (err != OK)
		return err;
	if (row.pos <= front->place.pos)
		return fail(reason, ERR_INVALID,
			"the cluster gave row %llu out again: two servers have written",
			(unsigned long long)row.pos);
	if (row.pos == front->place.pos + 1)
		return flight_land(front, &row, reason);
	err = rows_read(front, row.pos, reason);
	return err == ERR_NOT_FOUND
		       ? fail(reason, ERR_IO, "row %llu of the cluster is not there yet",
				 (unsigned long long)row.pos)
		       : err;
}

static enum err connect_now(struct front *front, struct reason *reason)
{
	const struct intake *intake = &front->options.intake;
	const struct intake_store store = {
		.place = &front->place,
		.last_seq = log_last_seq(front->options.log),
		.last_recorded_us = committer_settled_us(front->options.committer),
	};
	uint8_t cluster[LOG_CLUSTER_SIZE];
	/* It says what the store has, so all that was handed out is there. */
	rows_await(front, 0);
	enum err err = intake->connect(intake->self, &store, cluster, reason);
	if (err != OK)
		return err == ERR_CONFLICT ? ERR_IO : err;
	memcpy(front->place.cluster, cluster, sizeof(cluster));
	front->connected = true;
	front->look_us = INT64_MIN;
	return OK;
}

/* Looks whether the promise is kept, when that is due. */
static enum err look(struct front *front, struct reason *reason)
{
	const struct intake *intake = &front->options.intake;
	int64_t now_us = clock_monotonic_us(&front->clock);
	if (now_us < front->look_us)
		return OK;
	enum err err = intake->look(intake->self, reason);
	front->look_us = now_us + LOOK_US;
	if (err == OK) {
		front->pause_us = 0;
		lock(front);
		front->looked_us = now_us;
		unlock(front);
		away_set(front, NULL);
	}
	return err;
}

/* One turn. False: it has nothing to do, or cannot now. */
static bool turn(struct front *front)
{
	struct reason reason = { "" };
	if (!front->connected) {
		if (clock_monotonic_us(&front->clock) < front->retry_us ||
			!went_well(front, connect_now(front, &reason), &reason))
			return false;
	}
	enum err read = rows_read(front, UINT64_MAX, &reason);
	if (!went_well(front, read == ERR_NOT_FOUND ? OK : read, &reason))
		return false;
	bool promised = went_well(front, look(front, &reason), &reason);
	if (!front->connected)
		return false;
	lock(front);
	bool away = front->away;
	unlock(front);
	if (!promised || away || (front->flight.length == 0 && !flight_begin(front)))
		return false;
	return went_well(front, propose(front, &reason), &reason);
}

static bool is_over(struct front *front)
{
	lock(front);
	bool over = front->failed != OK ||
		    (front->stopping &&
			    ((front->first == NULL && front->flight.length == 0) || front->away));
	unlock(front);
	return over;
}

static void *front_run(void *context)
{
	struct front *front = context;
	const struct intake *intake = &front->options.intake;
	struct reason reason = { "" };
	thread_become(front);
	while (!is_over(front)) {
		bool busy = turn(front);
		if (clock_monotonic_us(&front->clock) - front->flight_since_us >= HOLD_US)
			flight_tell(front);
		if (!busy && !is_over(front) && intake->wait(intake->self, WAIT_US, &reason) != OK)
			went_well(front, ERR_IO, &reason);
	}
	/* From here on nothing is taken. */
	const struct reason ends = { "ladderd is stopping" };
	flight_tell(front);
	front->told_away = true;
	away_set(front, &ends);
	rows_await(front, 0);
	return NULL;
}

enum err front_start(const struct front_options *options, struct front **out)
{
	struct front *front = calloc(1, sizeof(*front));
	if (front == NULL)
		return ERR_FULL;
	front->options = *options;
	front->clock = *options->clock;
	front->place = *log_place(options->log);
	front->applied_pos = front->place.pos;
	front->retry_us = INT64_MIN;
	front->look_us = INT64_MIN;
	front->away = true;
	front->why = (struct reason){ "the cluster was not reached yet" };
	pthread_mutex_init(&front->mutex, NULL);
	pthread_cond_init(&front->room, NULL);
	committer_join(options->committer, front);
	if (pthread_create(&front->thread, NULL, front_run, front) != 0) {
		committer_join(options->committer, NULL);
		free(front);
		return ERR_FULL;
	}
	*out = front;
	return OK;
}

void front_stop(struct front *front)
{
	if (front == NULL)
		return;
	CHECK(!thread_is_of(front));
	lock(front);
	front->stopping = true;
	unlock(front);
	committer_give_up(front->options.committer);
	front->options.intake.wake(front->options.intake.self);
	CHECK(pthread_join(front->thread, NULL) == 0);
}

void front_free(struct front *front)
{
	if (front == NULL)
		return;
	CHECK(front->stopping && front->first == NULL && front->rows_out == 0);
	text_release(&front->flight);
	pthread_cond_destroy(&front->room);
	pthread_mutex_destroy(&front->mutex);
	free(front);
}

enum err front_submit(struct front *front, struct submission *submission)
{
	const struct committer_limits *limits = &front->options.limits;
	enum err err = OK;
	CHECK(!thread_is_of(front) && submission->note == NULL && submission->exclusive == NULL);
	lock(front);
	if (front->stopping || front->failed != OK)
		err = ERR_IO;
	else if (front->away ||
		 (front->acting && submission->batch == NULL && submission->act == NULL))
		err = ERR_CONFLICT;
	else if (submission->batch != NULL &&
		 (front->batches >= limits->batches_max ||
			 (front->batches > 0 &&
				 front->bytes + submission->bytes > limits->bytes_max)))
		err = ERR_FULL;
	if (err == OK) {
		submission->outcome = OUTCOME_WAITING;
		submission->next = NULL;
		front->batches += submission->batch != NULL;
		front->bytes += submission->batch != NULL ? submission->bytes : 0;
		if (front->last == NULL)
			front->first = submission;
		else
			front->last->next = submission;
		front->last = submission;
	}
	unlock(front);
	if (err == OK)
		front->options.intake.wake(front->options.intake.self);
	return err;
}

bool front_is_away(struct front *front, struct reason *reason)
{
	lock(front);
	bool away = front->away;
	if (away) {
		*reason = front->why;
	} else if (clock_monotonic_us(&front->clock) - front->looked_us > LOOKED_US_MAX) {
		away = true;
		*reason = (struct reason){ "the cluster was not asked for a minute whether it "
					   "keeps its promise" };
	}
	unlock(front);
	return away;
}

bool front_settles(struct front *front)
{
	lock(front);
	bool settles = !front->away && !front->acting;
	unlock(front);
	return settles;
}

enum err front_has_failed(struct front *front, struct reason *reason)
{
	lock(front);
	enum err failed = front->failed;
	if (failed != OK)
		*reason = front->failure;
	unlock(front);
	return failed;
}

uint64_t front_applied_pos(struct front *front)
{
	lock(front);
	uint64_t pos = front->applied_pos;
	unlock(front);
	return pos;
}
