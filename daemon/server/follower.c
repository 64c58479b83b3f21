/*
 * daemon/server/follower.c - see follower.h. What is done with what comes is in takeover.c.
 */
#include "daemon/server/follower.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/check.h"
#include "base/date.h"
#include "base/logging.h"
#include "base/thread.h"
#include "daemon/remote/remote.h"
#include "daemon/server/takeover.h"
#include "store/follow.h"

#define SILENT_SECONDS_MAX 30                   /* the main says something every few */
#define PAUSE_US           (US_PER_SECOND / 5)  /* before it is asked again, ... */
#define PAUSE_US_MAX       (15 * US_PER_SECOND) /* ... and longer each time nothing came */
#define WARN_US            (15 * US_PER_SECOND) /* of silence */

struct follower {
	struct server *server;
	struct remote *remote;
	struct takeover *takeover; /* the thread's */
	pthread_t thread;
	bool started;
	atomic_bool stopping;

	pthread_mutex_t mutex; /* guards all below */
	pthread_cond_t wake;
	struct following state;
	int64_t heard_us;  /* monotonic */
	uint64_t main_seq; /* the newest record of the main that was heard of */
	bool is_heard;     /* the main answers, now */
	enum err failed;   /* OK: not */
	struct reason failure;
};

enum err follower_check(const struct config *config, bool *follows, struct reason *reason)
{
	struct follow_note note;
	const char *main = config->follow_main;
	bool asked = main[0] != '\0';
	enum err err = follow_note_read(config->store_path, &note, reason);
	if (err != OK)
		return err;
	*follows = asked;
	if (!asked && (note.role == FOLLOW_BEGUN || note.role == FOLLOW_ON))
		return fail(reason, ERR_INVALID,
			"the store %s follows %s, and is not to be written to: give [follow] main, "
			"or make it the main by ladder promote",
			config->store_path, note.main);
	if (asked && note.role == FOLLOW_PROMOTED && strcmp(note.main, main) == 0)
		return fail(reason, ERR_INVALID,
			"the store %s followed %s until it was promoted: it is the main now. Take "
			"[follow] out of the configuration",
			config->store_path, main);
	return OK;
}

enum err follower_new(struct server *server, struct follower **out)
{
	const struct config *config = server->config;
	const struct remote_options options = {
		.address = config->follow_main,
		.token_file = config->follow_token_file,
		.ca = config->follow_ca,
	};
	struct follower *follower = calloc(1, sizeof(*follower));
	if (follower == NULL)
		return ERR_FULL;
	follower->server = server;
	follower->state.main = config->follow_main;
	follower->heard_us = clock_monotonic_us(&server->clock);
	pthread_mutex_init(&follower->mutex, NULL);
	clock_cond_init(&follower->wake);
	enum err err = remote_new(&options, &follower->remote);
	if (err == OK)
		err = takeover_new(server, follower, &follower->stopping, &follower->takeover);
	if (err != OK) {
		follower_free(follower);
		return err;
	}
	follower->state.was_caught_up = takeover_was_whole(follower->takeover);
	*out = follower;
	return OK;
}

void follower_heard(struct follower *follower, uint64_t main_seq, bool is_end)
{
	pthread_mutex_lock(&follower->mutex);
	struct following *state = &follower->state;
	bool first = !state->was_caught_up && is_end;
	follower->heard_us = clock_monotonic_us(&follower->server->clock);
	follower->is_heard = true;
	state->was_heard = true;
	if (main_seq > follower->main_seq)
		follower->main_seq = main_seq;
	state->was_caught_up = state->was_caught_up || is_end;
	bool news = state->is_catching_up == is_end || first;
	state->is_catching_up = !is_end;
	state->trouble.text[0] = '\0';
	pthread_mutex_unlock(&follower->mutex);
	if (is_end && news)
		logging(SEVERITY_INFO, "this ladderd has all records of %s, %llu",
			follower->state.main, (unsigned long long)main_seq);
}

/* Why it does not go on now; told once for each. */
static void trouble_note(struct follower *follower, const struct reason *reason)
{
	pthread_mutex_lock(&follower->mutex);
	bool news = strcmp(follower->state.trouble.text, reason->text) != 0;
	follower->state.trouble = *reason;
	follower->state.is_catching_up = false;
	follower->is_heard = false;
	pthread_mutex_unlock(&follower->mutex);
	if (news)
		logging(SEVERITY_WARNING, "%s cannot be followed now, and is tried again: %s",
			follower->state.main, reason->text);
}

static void failure_note(struct follower *follower, enum err err, const struct reason *reason)
{
	pthread_mutex_lock(&follower->mutex);
	follower->failed = err;
	follower->failure = *reason;
	pthread_mutex_unlock(&follower->mutex);
}

/* What an answer that is no log means. Only another log is never asked for again. */
static enum err refusal(
	const struct follower *follower, const struct remote_answer *answer, struct reason *reason)
{
	const char *main = follower->state.main;
	uint64_t last = atomic_load(&follower->server->counters.last_seq);
	switch (answer->status) {
	case 409:
		return takeover_is_other_store(follower->takeover, answer)
			       ? fail(reason, ERR_CONFLICT,
					 "%s has another store than that of the records that are "
					 "here: follow it with an empty store, or with a backup of "
					 "its own",
					 main)
			       : fail(reason, ERR_CONFLICT,
					 "%s has another record %llu than the last one here, or "
					 "none: it was taken back to a backup, or both were the "
					 "main "
					 "at some time. Begin this one with a backup of it; or, "
					 "where "
					 "this one is right, make it the main by ladder promote",
					 main, (unsigned long long)last);
	case 401:
		return fail(reason, ERR_IO, "it does not know the token (401)");
	case 403:
		return fail(reason, ERR_IO,
			"the token may not read the log (403): its section there must be [analyst "
			"…] with log = yes, follower = yes and municipalities = *");
	default:
		return fail(reason, ERR_IO, "it answers %ld", answer->status);
	}
}

/* Takes a piece of the log, in the follower's thread. */
static bool piece_take(void *context, const struct remote_answer *answer, struct bytes piece)
{
	struct follower *follower = context;
	return takeover_take(follower->takeover, answer, piece);
}

/*
 * Asks the main, and listens for as long as that says anything. ERR_CONFLICT, ERR_CORRUPT: never
 * again. ERR_IO: later. ERR_STOPPED: it is to end.
 */
static enum err follow_once(struct follower *follower, struct reason *reason)
{
	struct remote_answer answer = { 0 };
	char path[TAKEOVER_PATH_MAX];
	enum err err = takeover_begin(follower->takeover, path, reason);
	if (err != OK)
		return err;
	const struct remote_request request = {
		.path = path,
		.accept = "application/x-protobuf",
		.take = piece_take,
		.context = follower,
		.silent_seconds_max = SILENT_SECONDS_MAX,
	};
	err = remote_get(follower->remote, &request, &answer, reason);
	struct reason why;
	enum err taken = takeover_error(follower->takeover, &why);
	if (taken != OK) {
		err = taken;
		*reason = why;
	} else if (err == OK && answer.status != 200) {
		err = refusal(follower, &answer, reason);
	} else if (err == OK && !takeover_was_greeted(follower->takeover)) {
		err = fail(reason, ERR_IO, "it answers 200 and says nothing: it is no ladderd");
	}
	remote_answer_release(&answer);
	return err;
}

/* Rests; sooner when it is to end. */
static void pause_for(struct follower *follower, int64_t pause_us)
{
	const struct clock *clock = &follower->server->clock;
	int64_t until_us = clock_monotonic_us(clock) + pause_us;
	pthread_mutex_lock(&follower->mutex);
	while (!atomic_load(&follower->stopping) && clock_monotonic_us(clock) < until_us)
		clock_wait(clock, &follower->wake, &follower->mutex, until_us);
	pthread_mutex_unlock(&follower->mutex);
}

static void *follower_run(void *context)
{
	struct follower *follower = context;
	int64_t pause_us = PAUSE_US;
	thread_become(follower);
	while (!atomic_load(&follower->stopping)) {
		struct reason reason = { "" };
		uint64_t before = takeover_messages(follower->takeover);
		enum err err = follow_once(follower, &reason);
		if (err == ERR_STOPPED || atomic_load(&follower->stopping))
			break;
		if (err == ERR_CONFLICT || err == ERR_CORRUPT) {
			failure_note(follower, err, &reason);
			break;
		}
		if (err != OK)
			trouble_note(follower, &reason);
		bool came = takeover_messages(follower->takeover) > before;
		pause_us = came ? PAUSE_US : 2 * pause_us;
		if (pause_us > PAUSE_US_MAX)
			pause_us = PAUSE_US_MAX;
		pause_for(follower, pause_us);
	}
	return NULL;
}

enum err follower_start(struct follower *follower)
{
	logging(SEVERITY_INFO, "follows %s from record %llu on", follower->state.main,
		(unsigned long long)atomic_load(&follower->server->counters.last_seq) + 1);
	follower->started = pthread_create(&follower->thread, NULL, follower_run, follower) == 0;
	return follower->started ? OK : ERR_FULL;
}

void follower_stop(struct follower *follower)
{
	if (follower == NULL || !follower->started)
		return;
	atomic_store(&follower->stopping, true);
	remote_stop(follower->remote);
	pthread_mutex_lock(&follower->mutex);
	clock_wake(&follower->server->clock, &follower->wake);
	pthread_mutex_unlock(&follower->mutex);
	CHECK(pthread_join(follower->thread, NULL) == 0);
	follower->started = false;
}

void follower_free(struct follower *follower)
{
	if (follower == NULL)
		return;
	CHECK(!follower->started);
	takeover_free(follower->takeover);
	remote_free(follower->remote);
	pthread_cond_destroy(&follower->wake);
	pthread_mutex_destroy(&follower->mutex);
	free(follower);
}

void follower_look(struct follower *follower, struct following *out)
{
	const struct server *server = follower->server;
	uint64_t here = atomic_load(&server->counters.last_seq);
	pthread_mutex_lock(&follower->mutex);
	*out = follower->state;
	out->lag_records = follower->main_seq > here ? follower->main_seq - here : 0;
	out->silent_us = clock_monotonic_us(&server->clock) - follower->heard_us;
	pthread_mutex_unlock(&follower->mutex);
}

bool follower_has_failed(struct follower *follower, struct reason *reason)
{
	if (follower == NULL)
		return false;
	pthread_mutex_lock(&follower->mutex);
	bool failed = follower->failed != OK;
	if (failed)
		*reason = follower->failure;
	pthread_mutex_unlock(&follower->mutex);
	return failed;
}

bool follower_cannot_serve(struct follower *follower, struct reason *reason)
{
	struct following state;
	if (follower == NULL || follower_has_failed(follower, reason))
		return follower != NULL;
	follower_look(follower, &state);
	if (state.is_promoted || (state.was_caught_up && !state.is_catching_up))
		return false;
	enum err unused =
		fail(reason, ERR_CONFLICT, "catching up with %s: %llu records are not here yet%s%s",
			state.main, (unsigned long long)state.lag_records,
			state.trouble.text[0] == '\0' ? "" : "; ", state.trouble.text);
	(void)unused;
	return true;
}

void follower_warnings_add(
	struct follower *follower, const char *before, const char *after, struct text *out)
{
	struct following state;
	if (follower == NULL)
		return;
	follower_look(follower, &state);
	if (state.is_promoted || (state.silent_us < WARN_US && state.trouble.text[0] == '\0'))
		return;
	text_printf(out,
		"%snothing was heard of %s, which this ladderd follows, for %lld seconds; at least "
		"%llu of its records are not here%s%s%s",
		before, state.main, (long long)(state.silent_us / US_PER_SECOND),
		(unsigned long long)state.lag_records, state.trouble.text[0] == '\0' ? "" : ": ",
		state.trouble.text, after);
}

/* What the operator is told, once it is done. */
static void promotion_say(
	const struct server *server, const struct following *state, struct text *said)
{
	text_printf(said, "promoted: yes\nrecords: %llu\nmissing: ",
		(unsigned long long)atomic_load(&server->counters.last_seq));
	if (state->was_heard)
		text_printf(said, "%llu\n", (unsigned long long)state->lag_records);
	else
		text_add_string(said, "unknown\n");
	text_printf(said,
		"%s is followed no more, and this ladderd takes what is pushed. Send partners "
		"here, "
		"keep the\nformer main from taking anything, and take [follow] out of the "
		"configuration before the next start.\n",
		state->main);
}

int follower_promote(struct server *server, struct text *said)
{
	struct follower *follower = server->follower;
	struct reason reason = { "" };
	struct following state;
	struct follow_note note = { .role = FOLLOW_PROMOTED };
	if (follower == NULL || !committer_follows(server->committer)) {
		text_add_string(said, "promoted: no\nthis ladderd is the main already\n");
		return EX_OK;
	}
	follower_look(follower, &state);
	if (!state.was_caught_up) {
		text_printf(said,
			"the store began empty and never had all records of %s: it cannot be the "
			"main",
			state.main);
		return EX_DATAERR;
	}
	follower_stop(follower);
	follower_look(follower, &state);
	snprintf(note.main, sizeof(note.main), "%s", state.main);
	enum err err = follow_note_write(server->config->store_path, &note, &reason);
	const struct audit_entry entry = {
		.kind = AUDIT_ACT,
		.who = "operator",
		.what = "promote",
		.from = "local",
		.outcome = err == OK ? AUDIT_DONE : AUDIT_FAILED,
	};
	server_audit(server, &entry);
	if (err != OK) {
		text_printf(said, "%s: it follows no more until it is started again", reason.text);
		return EX_IOERR;
	}
	pthread_mutex_lock(&follower->mutex);
	follower->state.is_promoted = true;
	pthread_mutex_unlock(&follower->mutex);
	committer_lead(server->committer);
	refresher_wake(server->refresher);
	logging(SEVERITY_WARNING, "promoted: %s is followed no more", state.main);
	promotion_say(server, &state, said);
	return EX_OK;
}
