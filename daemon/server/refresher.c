/*
 * daemon/server/refresher.c - see refresher.h.
 */
#include "daemon/server/refresher.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "base/logging.h"
#include "base/memory.h"
#include "base/pulse.h"
#include "base/thread.h"
#include "engine/state.h"

#define FRESH_US      (US_PER_SECOND)           /* a snapshot younger than this is fresh */
#define UNDER_LOAD_US (4 * US_PER_SECOND)       /* and one younger than this, under load */
#define PAUSE_US      (US_PER_SECOND / 4)       /* between two refreshes, while events come in */
#define PAUSE_US_MAX  (US_PER_SECOND)           /* after a long one */
#define IDLE_US       (60 * US_PER_SECOND)      /* between two looks at the calendar */
#define PREPARE_US    (10 * 60 * US_PER_SECOND) /* before midnight */
#define CROWD         10 /* batches between two refreshes: a commit more would be felt */
#define SAVE_US       (10 * 60 * US_PER_SECOND) /* between two saves of the state */
#define SLICE_RECORDS 2000
#define PATIENCE_US   (US_PER_SECOND / 4) /* nobody waits longer for what is under way */
#define STOP_US       US_PER_SECOND       /* a refresh may take to its end once the daemon stops */
#define LATE_US       (5 * US_PER_SECOND) /* figures that lack records for longer are late */

struct refresher {
	struct log *log;
	struct committer *committer;
	struct clock clock;
	struct counters *counters;
	char state_path[4096];
	pthread_t thread;

	/* The thread's own. */
	struct live *live;
	struct reader *reader;
	int64_t saved_us; /* monotonic */
	uint64_t saved_seq;
	bool broken_off; /* the last fold was, or it failed: the sums are of no use */
	bool renewed;    /* the log is read anew, while the snapshot of before is shown */
	struct refresher_wait *served; /* wait for the refresh under way; `waits` for the next */
	struct refresher *own;         /* itself: what folds are given */

	/* When folds are to stop, monotonic; INT64_MAX: not. Any thread. */
	_Atomic int64_t halt_us;
	struct pulse pulse;

	pthread_mutex_t mutex; /* guards all below */
	pthread_cond_t work;
	struct snapshot snapshot;
	bool has_snapshot;
	struct lease lease; /* of the live, for others; zeros: there is none */
	struct refresher_wait *waits;
	unsigned news;    /* batches since the last refresh began */
	bool works;       /* a refresh is under way, or the state is saved */
	bool busy;        /* the log had grown when the refresh under way began */
	bool drags;       /* nobody waits for what is under way, or comes: it takes long */
	int64_t begun_us; /* of the refresh under way, monotonic */
	bool stopping;
	enum err failed; /* ERR_IO, ERR_FULL or ERR_CORRUPT; OK: it has not */
	struct reason failure;
	uint64_t behind_seq; /* while catching up: where it is */
};

static enum err say_failure(struct refresher *refresher, enum err err, const char *what)
{
	if (err == ERR_STOPPED)
		return err;
	pthread_mutex_lock(&refresher->mutex);
	refresher->failed = err == ERR_FULL || err == ERR_CORRUPT ? err : ERR_IO;
	snprintf(refresher->failure.text, sizeof(refresher->failure.text), "%s%s", what,
		err == ERR_CORRUPT ? ": the store is damaged, run ladder verify"
		: err == ERR_FULL  ? ": no memory"
				   : "");
	pthread_mutex_unlock(&refresher->mutex);
	return err;
}

static void waits_finish(struct refresher_wait *waits)
{
	while (waits != NULL) {
		struct refresher_wait *next = waits->next;
		CHECK(waits->done != NULL);
		waits->done(waits);
		waits = next;
	}
}

/*
 * What is under way takes long: whoever waits is answered from what is shown, and until it is over
 * nobody waits any more.
 */
static void let_go(struct refresher *refresher)
{
	struct refresher_wait *served = refresher->served;
	CHECK(thread_is_of(refresher));
	refresher->served = NULL;
	pthread_mutex_lock(&refresher->mutex);
	struct refresher_wait *waits = refresher->waits;
	refresher->waits = NULL;
	refresher->drags = true;
	pthread_mutex_unlock(&refresher->mutex);
	waits_finish(served);
	waits_finish(waits);
}

/* Has the refresh under way outlasted the patience of those who wait? Then they are let go. */
static void patience_look(void *context)
{
	struct refresher *refresher = context;
	CHECK(thread_is_of(refresher));
	/* What this thread alone writes. */
	if ((!refresher->drags || refresher->served != NULL) &&
		clock_monotonic_us(&refresher->clock) - refresher->begun_us >= PATIENCE_US)
		let_go(refresher);
}

/* Also asked by the threads that help to fold everybody. */
static bool is_halted(const void *context)
{
	struct refresher *const *own = context;
	struct refresher *refresher = *own;
	int64_t halt_us = atomic_load(&refresher->halt_us);
	if (thread_is_of(refresher))
		patience_look(refresher);
	return halt_us != INT64_MAX && clock_monotonic_us(&refresher->clock) >= halt_us;
}

static bool is_stopping(struct refresher *refresher)
{
	pthread_mutex_lock(&refresher->mutex);
	bool stopping = refresher->stopping;
	pthread_mutex_unlock(&refresher->mutex);
	return stopping;
}

/* What others answer from is the live as it is now; NULL: nothing. */
static void lease_renew(struct refresher *refresher, struct live *live)
{
	struct lease next = { 0 };
	CHECK(thread_is_of(refresher));
	if (live != NULL)
		next = live_lease(live);
	pthread_mutex_lock(&refresher->mutex);
	struct lease before = refresher->lease;
	refresher->lease = next;
	pthread_mutex_unlock(&refresher->mutex);
	lease_drop(&before);
}

/* Follows the log up to the last record known at `known_us`. */
static enum err follow(struct refresher *refresher, int64_t known_us)
{
	uint64_t seq;
	CHECK(thread_is_of(refresher));
	enum err err = reader_renew(refresher->reader);
	if (err == OK)
		err = reader_seq_at(refresher->reader, known_us, &seq);
	const struct live *live = refresher->live;
	if (err == OK && live->histories.applied_seq == 0 && live->day_count == 0)
		err = live_gather(refresher->live, refresher->reader, known_us);
	if (err == OK)
		err = reader_renew(refresher->reader);
	while (err == OK && refresher->live->histories.applied_seq < seq &&
		!is_stopping(refresher)) {
		pulse_beat(&refresher->pulse, &refresher->clock);
		patience_look(refresher);
		err = live_follow(refresher->live, refresher->reader, seq, SLICE_RECORDS);
		if (err == OK)
			err = reader_renew(refresher->reader);
		pthread_mutex_lock(&refresher->mutex);
		refresher->behind_seq = refresher->live->histories.applied_seq;
		if (err == OK && refresher->lease.live == refresher->live)
			refresher->lease.applied_seq = refresher->behind_seq;
		pthread_mutex_unlock(&refresher->mutex);
		CHECK(err != OK || refresher->live->histories.applied_seq <= seq);
	}
	return err;
}

#define NOTES_MAX 64 /* of publications, in one commit */

/* What the store is to keep of some publications, before they are shown to anybody. */
struct notes {
	struct publication *of[NOTES_MAX];
	struct shown_note notes[NOTES_MAX];
	struct text texts[NOTES_MAX];
	struct text figures[NOTES_MAX];
	size_t count;
};

static void notes_add(struct notes *notes, struct publication *publication)
{
	size_t at = notes->count++;
	struct text *text = &notes->texts[at], *figures = &notes->figures[at];
	CHECK(at < NOTES_MAX);
	text->length = figures->length = 0;
	kept_tree_print(&publication->kept, figures);
	disclosure_pack(&publication->disclosure, text);
	notes->of[at] = publication;
	notes->notes[at] = (struct shown_note){
		.municipality = publication->municipality,
		.as_of = publication->as_of,
		.seq = publication->seq,
		.shown = text_bytes(text),
		.figures = text_bytes(figures),
	};
	if (at > 0)
		notes->notes[at - 1].next = &notes->notes[at];
}

static enum err notes_keep(struct refresher *refresher, struct notes *notes)
{
	enum err err = OK;
	if (notes->count == 0)
		return OK;
	for (size_t i = 0; i < notes->count; i++)
		err = notes->texts[i].failed || notes->figures[i].failed ? ERR_FULL : err;
	if (err == OK)
		err = committer_note(refresher->committer, &notes->notes[0],
			&(struct meanwhile){ .look = patience_look, .context = refresher });
	for (size_t i = 0; i < notes->count && err == OK; i++)
		notes->of[i]->stored = notes->notes[i].figures.length > 0;
	notes->count = 0;
	return err;
}

static void say_withheld(const struct publication *publication)
{
	if (publication->disclosure.withheld)
		logging(SEVERITY_WARNING,
			"the publication in record %llu is withheld: too few people live there, or "
			"rounded to %lld its figures would give exact counts away",
			(unsigned long long)publication->seq,
			(long long)publication->disclosure.round_to);
}

/* Finds how what was published is shown. What cannot be shown safely is withheld. */
static enum err disclose(struct refresher *refresher)
{
	struct publication *publication;
	struct notes notes = { .count = 0 };
	enum err err;
	CHECK(thread_is_of(refresher));
	do {
		pulse_beat(&refresher->pulse, &refresher->clock);
		err = live_disclose(refresher->live, refresher->reader, &publication);
		if (err == OK && publication != NULL) {
			say_withheld(publication);
			notes_add(&notes, publication);
		}
		if (err == OK && (publication == NULL || notes.count == NOTES_MAX))
			err = notes_keep(refresher, &notes);
	} while (err == OK && publication != NULL && !is_stopping(refresher));
	/* Those that were found are kept, also when it stops. */
	enum err kept = err == OK ? notes_keep(refresher, &notes) : OK;
	for (size_t i = 0; i < NOTES_MAX; i++) {
		text_release(&notes.texts[i]);
		text_release(&notes.figures[i]);
	}
	return err == OK ? kept : err;
}

/* What ladderd 0.1 published was shown by other rules. */
static void say_without_base(const struct live *live)
{
	size_t count = 0;
	for (size_t i = 0; i < live->publication_count; i++) {
		const struct publication *publication = live->publications[i];
		count += !publication_has_base(publication) &&
			 publication->withdrawn_us == WITHDRAWN_NEVER;
	}
	if (count > 0)
		logging(SEVERITY_WARNING,
			"%zu publications of ladderd 0.1 are withheld: withdraw each and publish "
			"it anew, see docs/publishing.md",
			count);
}

/* Has the sums of the day of `known_us`, and near its end those of the next. */
static enum err days_keep(struct refresher *refresher, int64_t known_us)
{
	int32_t today = zone_day(known_us);
	CHECK(thread_is_of(refresher));
	live_days_drop_before(refresher->live, today);
	if (live_day_find(refresher->live, today) == NULL) {
		/* The clock stepped back over midnight: the day to come is not that of now. */
		if (refresher->live->day_count == LIVE_DAYS_MAX)
			live_days_drop_before(refresher->live, INT32_MAX);
		enum err err = live_day_add(refresher->live, refresher->reader, today);
		if (err != OK)
			return err;
	}
	CHECK(live_day_find(refresher->live, today) != NULL);
	CHECK(zone_day_last_us(today) >= known_us);
	if (zone_day_last_us(today) - known_us < PREPARE_US &&
		live_day_find(refresher->live, today + 1) == NULL &&
		refresher->live->day_count < LIVE_DAYS_MAX)
		return live_day_add(refresher->live, refresher->reader, today + 1);
	return OK;
}

/*
 * Shows the state as of the settled `known_us`. Figures are printed anew when they
 * changed, publications when more came or one was withdrawn.
 */
static enum err show(struct refresher *refresher, int64_t known_us, bool changed)
{
	const struct live *live = refresher->live;
	struct snapshot before = refresher->snapshot;
	struct snapshot next = {
		.figures = before.figures,
		.published = before.published,
		.known_us = known_us,
		.as_of = zone_day(known_us),
		.seq = live->histories.applied_seq,
	};
	enum err err = OK;
	/* Neither knowledge nor the log goes back, and nobody is left out. */
	CHECK(thread_is_of(refresher) && known_us > before.known_us && next.seq >= before.seq);
	CHECK(live->marked_count == 0 && live_day_find(live, next.as_of) != NULL);
	bool anew = changed || before.figures == NULL || before.as_of != next.as_of;
	bool more =
		before.published == NULL || before.published->version != live->published_version;
	if (anew)
		err = snapshot_figures_new(
			live, live_day_find(live, next.as_of), known_us, &next.figures);
	else
		atomic_fetch_add(&next.figures->holders, 1);
	if (err != OK)
		return err;
	if (more)
		err = snapshot_published_new(live, &next.published);
	else
		atomic_fetch_add(&next.published->holders, 1);
	if (err != OK) {
		snapshot_drop(&(struct snapshot){ .figures = next.figures });
		return err;
	}
	next.worklist = worklist_hold(live_day_find(live, next.as_of)->worklist);
	CHECK(next.figures != NULL && next.published != NULL && next.worklist != NULL);
	pthread_mutex_lock(&refresher->mutex);
	refresher->snapshot = next;
	refresher->has_snapshot = true;
	pthread_mutex_unlock(&refresher->mutex);
	snapshot_drop(&before);
	atomic_store(&refresher->counters->applied_seq, next.seq);
	return OK;
}

/*
 * The instant to show: now, which a commit settles. While many batches come in each of them
 * would wait for that: then the last stamp, which is settled already, says the same of them.
 */
static int64_t instant_choose(struct refresher *refresher, bool crowded)
{
	int64_t shown_us = refresher->snapshot.known_us;
	CHECK(thread_is_of(refresher));
	int64_t settled_us = committer_settled_us(refresher->committer);
	if (crowded && refresher->has_snapshot && settled_us > shown_us)
		return settled_us;
	int64_t now_us = committer_now_us(refresher->committer);
	/* Never back behind what was shown already. A follower cannot settle more than its main. */
	return now_us > shown_us || committer_follows(refresher->committer) ? now_us : shown_us + 1;
}

/* Is there nothing newer that may be shown? Of a follower; a main settles what is now. */
static bool awaits_main(struct refresher *refresher)
{
	return committer_follows(refresher->committer) &&
	       committer_settled_us(refresher->committer) <= refresher->snapshot.known_us;
}

/* Follows, folds and shows. *what: what failed, for people. */
static enum err refresh_try(struct refresher *refresher, int64_t known_us, const char **what)
{
	bool changed;
	*what = "the log cannot be followed";
	enum err err = follow(refresher, known_us);
	refresher->broken_off = err != OK;
	if (err != OK)
		return err;
	*what = "the publications cannot be rounded";
	err = disclose(refresher);
	if (err != OK || is_stopping(refresher))
		return err;
	if (!refresher->has_snapshot)
		say_without_base(refresher->live);
	*what = "the figures cannot be computed";
	pulse_beat(&refresher->pulse, &refresher->clock);
	patience_look(refresher);
	err = days_keep(refresher, known_us);
	pulse_beat(&refresher->pulse, &refresher->clock);
	if (err == OK)
		err = live_refresh(refresher->live, refresher->reader, known_us, &changed);
	refresher->broken_off = err != OK;
	/* What was read while somebody was erased is neither of before nor of after. */
	if (err == OK)
		err = reader_renew(refresher->reader);
	if (err == OK)
		err = live_check(refresher->live, refresher->reader);
	bool from_nothing = refresher->renewed || !refresher->has_snapshot;
	if (err == OK)
		err = show(refresher, known_us, changed || refresher->renewed);
	/* What folding everybody took is as much as all that is kept beside the facts. */
	if (err == OK && from_nothing)
		memory_give_back();
	if (err == OK) {
		refresher->renewed = false;
		lease_renew(refresher, refresher->live);
	}
	return err;
}

/*
 * After an error: was somebody erased or restricted meanwhile? Then the log is to be read anew.
 * A record may have seemed damaged, that is a tombstone now.
 */
static bool acts_changed(struct refresher *refresher)
{
	return reader_renew(refresher->reader) == OK &&
	       live_check(refresher->live, refresher->reader) == ERR_CONFLICT;
}

/* Forgets what was read, and with it those who were erased. */
static enum err live_begin_anew(struct refresher *refresher)
{
	struct live *before = refresher->live;
	logging(SEVERITY_INFO, "somebody was erased or restricted: the log is read anew");
	lease_renew(refresher, NULL);
	refresher->live = NULL;
	enum err err = live_new(&refresher->live);
	if (err == OK) {
		refresher->live->folding.stopped = is_halted;
		refresher->live->folding.context = &refresher->own;
		refresher->live->published_version = before->published_version + 1;
	}
	live_free(before);
	memory_wipe_stack();
	refresher->saved_seq = 0;
	refresher->renewed = true;
	return err;
}

/*
 * After damage was seen, what was shown before it is shown on, and nothing newer: no view is taken
 * any more. `err` is what a refresh met. False: there is nothing to show, or it is no damage.
 */
static bool shows_on(struct refresher *refresher, enum err err)
{
	struct reason reason;
	if (refresher->has_snapshot && err == ERR_CORRUPT &&
		!log_is_damaged(refresher->log, &reason)) {
		err = fail(&reason, err,
			"the figures met what is not as it was written: run ladder verify, and "
			"restore a backup");
		log_note_damage(refresher->log, &reason);
	}
	return refresher->has_snapshot && log_is_damaged(refresher->log, &reason);
}

static enum err refresh(struct refresher *refresher, bool crowded)
{
	const char *what;
	if (awaits_main(refresher))
		return OK;
	int64_t known_us = instant_choose(refresher, crowded);
	CHECK(known_us > refresher->snapshot.known_us);
	const struct meanwhile meanwhile = { .look = patience_look, .context = refresher };
	enum err settled = committer_settle_meanwhile(refresher->committer, known_us, &meanwhile);
	patience_look(refresher);
	if (settled == ERR_FULL) {
		/* The cluster is away: until it is back, what was settled before is shown. */
		known_us = committer_settled_us(refresher->committer);
		if (!refresher->has_snapshot)
			clock_sleep(&refresher->clock, PAUSE_US);
		if (!refresher->has_snapshot || known_us <= refresher->snapshot.known_us)
			return OK;
	} else if (settled != OK) {
		struct reason damage;
		if (log_is_damaged(refresher->log, &damage))
			settled = ERR_CORRUPT;
		return is_stopping(refresher) || shows_on(refresher, settled)
			       ? OK
			       : say_failure(refresher, settled, "the log stopped");
	}
	enum err err = refresh_try(refresher, known_us, &what);
	while ((err == ERR_CONFLICT || err == ERR_CORRUPT) && !is_stopping(refresher) &&
		acts_changed(refresher)) {
		err = live_begin_anew(refresher);
		if (err == OK)
			err = refresh_try(refresher, known_us, &what);
	}
	if (err != OK && is_stopping(refresher) && err != ERR_CORRUPT)
		return OK;
	if (err == OK || shows_on(refresher, err))
		return OK;
	return say_failure(refresher, err, what);
}

/* Saves the state; a failure is told and does no harm: the log is the truth. */
static void save(struct refresher *refresher)
{
	struct reason reason;
	CHECK(thread_is_of(refresher) && refresher->live != NULL);
	refresher->saved_us = clock_monotonic_us(&refresher->clock);
	pulse_beat(&refresher->pulse, &refresher->clock);
	if (refresher->live->histories.applied_seq == refresher->saved_seq ||
		refresher->live->marked_count > 0 || refresher->broken_off)
		return;
	if (reader_renew(refresher->reader) != OK ||
		live_check(refresher->live, refresher->reader) != OK)
		return;
	let_go(refresher);
	if (state_save(refresher->state_path, refresher->live, refresher->reader, &reason) != OK)
		logging(SEVERITY_WARNING, "the state could not be saved: %s", reason.text);
	else
		refresher->saved_seq = refresher->live->histories.applied_seq;
	/* Somebody was erased while it was written, and is in it. */
	if (acts_changed(refresher)) {
		state_remove(refresher->state_path);
		refresher->saved_seq = 0;
	}
	CHECK(refresher->saved_seq <= refresher->live->histories.applied_seq);
}

/*
 * What was followed when the end came, and was not folded any more: is folded before it is saved,
 * so that a start after a busy end reads no log anew. Not when a fold was broken off.
 */
static void end_fold(struct refresher *refresher)
{
	bool changed;
	struct live *live = refresher->live;
	CHECK(thread_is_of(refresher));
	if (!refresher->has_snapshot || refresher->broken_off || live->marked_count == 0)
		return;
	live->folding.stopped = NULL;
	pulse_beat(&refresher->pulse, &refresher->clock);
	enum err err = reader_renew(refresher->reader);
	if (err == OK)
		err = live_refresh(live, refresher->reader,
			committer_settled_us(refresher->committer), &changed);
	refresher->broken_off = err != OK;
	if (err != OK)
		logging(SEVERITY_WARNING,
			"the figures could not be computed to the end: the state is not saved");
}

static enum err load(struct refresher *refresher)
{
	struct reason reason = { "" };
	CHECK(thread_is_of(refresher) && refresher->live == NULL);
	enum err err =
		state_load(refresher->state_path, refresher->reader, &refresher->live, &reason);
	if (err == OK) {
		refresher->saved_seq = refresher->live->histories.applied_seq;
		return OK;
	}
	if (err != ERR_NOT_FOUND)
		logging(SEVERITY_INFO, "the saved state is not used, the log is read anew: %s",
			reason.text);
	return live_new(&refresher->live);
}

/* True when a day begins or is about to, and its sums are not there yet. */
static bool day_is_due(struct refresher *refresher)
{
	CHECK(thread_is_of(refresher) && refresher->has_snapshot);
	int64_t now_us = committer_now_us(refresher->committer);
	int32_t today = zone_day(now_us);
	if (live_day_find(refresher->live, today) == NULL)
		return true;
	return zone_day_last_us(today) - now_us < PREPARE_US &&
	       live_day_find(refresher->live, today + 1) == NULL;
}

/* Sleeps until woken, but no longer than `pause_us`. With the mutex held. */
static void doze(struct refresher *refresher, int64_t pause_us)
{
	CHECK(thread_is_of(refresher) && pause_us >= PAUSE_US && pause_us <= IDLE_US);
	pulse_rest(&refresher->pulse);
	clock_wait(&refresher->clock, &refresher->work, &refresher->mutex,
		clock_monotonic_us(&refresher->clock) + pause_us);
}

/*
 * One refresh, for those who wait too, and the state saved when that is due. *last_us: when the
 * refresh ended, monotonic; *pause_us: until the next. With the mutex held, which is let go of.
 */
static enum err turn(struct refresher *refresher, int64_t *last_us, int64_t *pause_us)
{
	bool crowded = refresher->waits == NULL && refresher->news >= CROWD;
	CHECK(thread_is_of(refresher) && refresher->served == NULL);
	refresher->busy = refresher->news > 0 || !refresher->has_snapshot;
	/* What took long before will again, as long as events come in. */
	refresher->drags = refresher->drags && refresher->news > 0;
	refresher->works = true;
	refresher->begun_us = clock_monotonic_us(&refresher->clock);
	refresher->news = 0;
	refresher->served = refresher->waits;
	refresher->waits = NULL;
	pthread_mutex_unlock(&refresher->mutex);

	pulse_beat(&refresher->pulse, &refresher->clock);
	enum err err = refresh(refresher, crowded);
	waits_finish(refresher->served);
	refresher->served = NULL;
	*last_us = clock_monotonic_us(&refresher->clock);
	CHECK(*last_us >= refresher->begun_us);
	bool dragged = *last_us - refresher->begun_us >= PATIENCE_US;
	/* A long refresh leaves the cores to the others for as long, within limits. */
	*pause_us = *last_us - refresher->begun_us;
	if (*pause_us < PAUSE_US)
		*pause_us = PAUSE_US;
	if (*pause_us > PAUSE_US_MAX)
		*pause_us = PAUSE_US_MAX;
	if (err == OK && *last_us - refresher->saved_us > SAVE_US)
		save(refresher);
	reader_rest(refresher->reader);

	pthread_mutex_lock(&refresher->mutex);
	refresher->works = false;
	refresher->busy = false;
	refresher->drags = dragged;
	return err;
}

static void *refresher_run(void *context)
{
	struct refresher *refresher = context;
	thread_become(refresher);
	thread_give_way();
	pulse_beat(&refresher->pulse, &refresher->clock);
	enum err err = load(refresher);
	if (err != OK) {
		say_failure(refresher, err, "the saved state cannot be read");
	} else {
		refresher->live->folding.stopped = is_halted;
		refresher->live->folding.context = &refresher->own;
	}
	int64_t last_us = -PAUSE_US; /* monotonic: of the last refresh */
	int64_t pause_us = PAUSE_US;
	pthread_mutex_lock(&refresher->mutex);
	while (err == OK && !refresher->stopping) {
		int64_t rested_us = clock_monotonic_us(&refresher->clock) - last_us;
		bool first = !refresher->has_snapshot;
		bool due = refresher->waits != NULL ||
			   (refresher->news > 0 && rested_us >= pause_us) ||
			   (!first && rested_us >= IDLE_US && day_is_due(refresher));
		if (!first && !due) {
			doze(refresher, refresher->news > 0 ? pause_us : IDLE_US);
			continue;
		}
		/* A follower that has nothing yet: whoever asks is told so. */
		if (first && refresher->waits == NULL && rested_us < pause_us) {
			doze(refresher, pause_us);
			continue;
		}
		err = turn(refresher, &last_us, &pause_us);
	}
	struct refresher_wait *waits = refresher->waits;
	refresher->waits = NULL;
	pthread_mutex_unlock(&refresher->mutex);
	waits_finish(waits);
	if (err == OK) {
		end_fold(refresher);
		save(refresher);
	}
	pulse_rest(&refresher->pulse);
	return NULL;
}

enum err refresher_start(struct log *log, const char *store_path, const struct clock *clock,
	struct committer *committer, struct counters *counters, struct refresher **out)
{
	CHECK(committer != NULL);
	struct refresher *refresher = calloc(1, sizeof(*refresher));
	if (refresher == NULL)
		return ERR_FULL;
	refresher->committer = committer;
	refresher->log = log;
	refresher->clock = *clock;
	refresher->counters = counters;
	refresher->own = refresher;
	refresher->snapshot.known_us = INT64_MIN;
	atomic_init(&refresher->halt_us, INT64_MAX);
	refresher->saved_us = clock_monotonic_us(&refresher->clock);
	pthread_mutex_init(&refresher->mutex, NULL);
	clock_cond_init(&refresher->work);
	enum err err = state_path(store_path, refresher->state_path, sizeof(refresher->state_path));
	if (err == OK)
		err = reader_open(log, &refresher->reader);
	if (err == OK && pthread_create(&refresher->thread, NULL, refresher_run, refresher) != 0) {
		reader_close(refresher->reader);
		err = ERR_FULL;
	}
	if (err != OK) {
		free(refresher);
		return err;
	}
	*out = refresher;
	return OK;
}

void refresher_stop(struct refresher *refresher)
{
	if (refresher == NULL)
		return;
	CHECK(!thread_is_of(refresher));
	pthread_mutex_lock(&refresher->mutex);
	CHECK(!refresher->stopping);
	refresher->stopping = true;
	atomic_store(&refresher->halt_us, clock_monotonic_us(&refresher->clock) + STOP_US);
	clock_wake(&refresher->clock, &refresher->work);
	pthread_mutex_unlock(&refresher->mutex);
	CHECK(pthread_join(refresher->thread, NULL) == 0);
}

void refresher_free(struct refresher *refresher)
{
	if (refresher == NULL)
		return;
	CHECK(refresher->stopping && refresher->waits == NULL);
	snapshot_drop(&refresher->snapshot);
	lease_drop(&refresher->lease);
	live_free(refresher->live);
	reader_close(refresher->reader);
	pthread_cond_destroy(&refresher->work);
	pthread_mutex_destroy(&refresher->mutex);
	free(refresher);
}

enum err refresher_snapshot(
	struct refresher *refresher, struct snapshot *out, struct reason *reason)
{
	enum err err = OK;
	pthread_mutex_lock(&refresher->mutex);
	if (refresher->has_snapshot) {
		*out = refresher->snapshot;
		snapshot_hold(out);
	} else {
		err = fail(reason, ERR_NOT_FOUND,
			"catching up with the log: at record %llu of %llu",
			(unsigned long long)refresher->behind_seq,
			(unsigned long long)atomic_load(&refresher->counters->last_seq));
	}
	pthread_mutex_unlock(&refresher->mutex);
	return err;
}

enum err refresher_lease(struct refresher *refresher, struct lease *out)
{
	pthread_mutex_lock(&refresher->mutex);
	bool has = refresher->lease.live != NULL;
	if (has)
		*out = lease_hold(&refresher->lease);
	pthread_mutex_unlock(&refresher->mutex);
	return has ? OK : ERR_NOT_FOUND;
}

int64_t refresher_age_us(struct refresher *refresher)
{
	int64_t age_us = 0;
	pthread_mutex_lock(&refresher->mutex);
	uint64_t shown = refresher->has_snapshot ? refresher->snapshot.seq : 0;
	if (refresher->has_snapshot && shown < atomic_load(&refresher->counters->last_seq))
		age_us = clock_now_us(&refresher->clock) - refresher->snapshot.known_us;
	pthread_mutex_unlock(&refresher->mutex);
	return age_us > 0 ? age_us : 0;
}

bool refresher_is_late(struct refresher *refresher)
{
	return refresher_age_us(refresher) > LATE_US;
}

int64_t refresher_still_us(const struct refresher *refresher)
{
	return pulse_still_us(&refresher->pulse, &refresher->clock);
}

void refresher_wake(struct refresher *refresher)
{
	pthread_mutex_lock(&refresher->mutex);
	if (refresher->news++ == 0)
		clock_wake(&refresher->clock, &refresher->work);
	pthread_mutex_unlock(&refresher->mutex);
}

bool refresher_is_fresh(struct refresher *refresher, struct refresher_wait *wait)
{
	bool fresh = true;
	CHECK(!thread_is_of(refresher) && wait->done != NULL);
	int64_t now_us = committer_now_us(refresher->committer);
	pthread_mutex_lock(&refresher->mutex);
	int64_t age_us = now_us - refresher->snapshot.known_us;
	/*
	 * While events come in a refresh comes by itself: nobody waits for it. Nor does anybody
	 * for one that takes long, however old what is shown has become.
	 */
	bool comes = (refresher->news > 0 || refresher->busy) && age_us < UNDER_LOAD_US;
	int64_t worked_us = clock_monotonic_us(&refresher->clock) - refresher->begun_us;
	bool drags = refresher->works ? refresher->drags || worked_us >= PATIENCE_US
				      : refresher->drags && refresher->news > 0;
	if (refresher->has_snapshot && age_us >= FRESH_US && !comes && !drags &&
		!refresher->stopping && refresher->failed == OK) {
		fresh = false;
		wait->next = refresher->waits;
		refresher->waits = wait;
		clock_wake(&refresher->clock, &refresher->work);
	}
	pthread_mutex_unlock(&refresher->mutex);
	return fresh;
}

enum err refresher_has_failed(struct refresher *refresher, struct reason *reason)
{
	pthread_mutex_lock(&refresher->mutex);
	enum err err = refresher->failed;
	if (err != OK)
		*reason = refresher->failure;
	pthread_mutex_unlock(&refresher->mutex);
	return err;
}
