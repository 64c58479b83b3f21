/*
 * daemon/server/erasing.c - see erasing.h.
 */
#include "daemon/server/erasing.h"

#include <sysexits.h>

#include "base/check.h"
#include "base/memory.h"
#include "engine/kept.h"
#include "store/erase.h"
#include "store/follow.h"

#define LOOK_US 5000 /* between two looks at the other threads */
#define TRIES   8    /* of what may be begun anew */
#define TURNS   2    /* of the loop, which wipes its stack: one may have been under way */

/*
 * Waits until the figures hold the record at `seq`. ERR_STOPPED: the daemon ends. ERR_CORRUPT: the
 * store is damaged, so they never will; *reason says so.
 */
static enum err figures_await(struct server *server, uint64_t seq, const atomic_bool *stop,
	struct snapshot *out, struct reason *reason)
{
	struct reason failure;
	while (!atomic_load(stop) && refresher_has_failed(server->refresher, &failure) == OK) {
		/* Looked at first: what is shown after that is the last that will be. */
		bool damaged = log_is_damaged(server->log, reason);
		if (refresher_snapshot(server->refresher, out, &failure) == OK) {
			if (out->seq >= seq)
				return OK;
			snapshot_drop(out);
		}
		if (damaged)
			return ERR_CORRUPT;
		refresher_wake(server->refresher);
		clock_sleep(&server->clock, LOOK_US);
	}
	return ERR_STOPPED;
}

/* What the committer's thread is handed. */
struct finish {
	struct erasure *erasure;
	const struct clock *clock;
	const struct kept *kept;
	uint64_t kept_to; /* publications up to here were looked at */
	const struct erase_request *request;
	const struct record_view *acts; /* of the main, that are followed; NULL: it is done here */
	size_t act_count;
};

/* A publication that came after the figures were kept is shown with the people still. */
static enum err publications_check(struct log *log, uint64_t kept_to)
{
	struct reader *reader;
	struct published more;
	enum err err = reader_open(log, &reader);
	if (err != OK)
		return err;
	err = reader_published_after(reader, kept_to, &more);
	reader_close(reader);
	return err == OK ? ERR_CONFLICT : err == ERR_NOT_FOUND ? OK : err;
}

/* When the acts are stamped at the earliest. */
static int64_t now_of(const struct finish *finish)
{
	return finish->request->place != NULL ? finish->request->at_us
					      : clock_now_us(finish->clock);
}

static enum err finish_run(struct log *log, void *context, struct reason *reason)
{
	struct finish *finish = context;
	enum err err = publications_check(log, finish->kept_to);
	if (err != OK)
		return fail(reason, err, "something was published meanwhile");
	if (finish->acts != NULL)
		return erasure_follow(finish->erasure, finish->acts, finish->act_count,
			finish->kept->items, finish->kept->count, reason);
	if (finish->request->place != NULL)
		erasure_place(finish->erasure, finish->request->place);
	return erasure_finish(
		finish->erasure, now_of(finish), finish->kept->items, finish->kept->count, reason);
}

static enum err choose(const struct erase_request *request, struct erasure *erasure)
{
	return request->subject != NULL
		       ? erasure_choose_subject(erasure, bytes_of_string(request->subject))
		       : erasure_choose_before(erasure, request->before);
}

/* Keeps the figures of what was published after `seq_after`, as they are shown. */
static enum err publications_keep(struct server *server, const struct erase_request *request,
	uint64_t seq_after, struct finish *finish, struct kept *kept, struct reason *reason)
{
	struct snapshot snapshot;
	enum err err = figures_await(
		server, atomic_load(&server->counters.last_seq), request->stop, &snapshot, reason);
	if (err != OK)
		return err;
	finish->kept_to = snapshot.seq;
	err = kept_add(kept, &snapshot.published->publications, seq_after);
	snapshot_drop(&snapshot);
	return err == OK ? OK : fail(reason, err, "the figures that were published cannot be kept");
}

/* After the exchange: nobody reads the old file, and the figures are without the people. */
static enum err end_await(struct server *server, const struct finish *what, struct reason *reason)
{
	struct snapshot snapshot;
	const struct erase_request *request = what->request;
	enum err err = figures_await(
		server, atomic_load(&server->counters.last_seq), request->stop, &snapshot, reason);
	if (err != OK)
		return err;
	atomic_store(&server->last_act, snapshot.figures->head.acts.last_seq);
	snapshot_drop(&snapshot);
	while (erasure_is_read(what->erasure)) {
		if (atomic_load(request->stop))
			return ERR_STOPPED;
		clock_sleep(&server->clock, LOOK_US);
	}
	memory_wipe_stack();
	/* Before the doors open nobody was answered, and the loop does not run. */
	if (!atomic_load(&server->opened))
		return OK;
	/* Answers that were begun before may hold the people still: the loop ends them. */
	unsigned turns = atomic_load(&server->turns);
	unsigned erasure_number = atomic_fetch_add(&server->erasures, 1) + 1;
	while ((int)(atomic_load(&server->forgotten) - erasure_number) < 0 &&
		!atomic_load(request->stop))
		clock_sleep(&server->clock, LOOK_US);
	while (atomic_load(&server->turns) - turns < TURNS && !atomic_load(request->stop))
		clock_sleep(&server->clock, LOOK_US);
	return OK;
}

static enum err erase_chosen(struct server *server, const struct finish *what,
	const struct erase_counts *counts, struct reason *reason)
{
	struct kept kept = { 0 };
	struct finish finish = *what;
	struct erasure *erasure = what->erasure;
	const struct erase_request *request = what->request;
	finish.clock = &server->clock;
	finish.kept = &kept;
	struct exclusive exclusive = { .run = finish_run, .context = &finish };
	enum err err =
		publications_keep(server, request, counts->seq_first, &finish, &kept, reason);
	if (err == OK)
		err = erasure_copy(erasure, request->stop, reason);
	if (err == OK) {
		err = committer_exclusively(server->committer, &exclusive);
		*reason = exclusive.reason;
		err = err == OK ? exclusive.err : fail(reason, err, "the log stopped");
	}
	kept_release(&kept);
	return err == OK ? end_await(server, &finish, reason) : err;
}

static enum err erase_once(struct server *server, const struct erase_request *request,
	struct erase_counts *counts, struct reason *reason)
{
	struct erasure *erasure;
	enum err err = erasure_new(server->log, &erasure);
	if (err != OK)
		return store_fail(reason, err, "the store");
	err = choose(request, erasure);
	if (err == ERR_NOT_FOUND)
		err = fail(reason, err, "the store has nobody of that subject");
	else if (err == OK && (err = erasure_look(erasure, counts)) != OK)
		err = store_fail(reason, err, "who is to be erased");
	else if (err != OK)
		err = store_fail(reason, err, "who is meant");
	if (err == OK && counts->people > 0 && !request->dry_run)
		err = erase_chosen(server,
			&(struct finish){ .erasure = erasure, .request = request }, counts, reason);
	erasure_free(erasure);
	return err;
}

static void act_audit(
	const struct server *server, const struct erase_request *request, enum err err)
{
	const struct audit_entry entry = {
		.kind = AUDIT_ACT,
		.who = "operator",
		.what = request->command,
		.from = request->place != NULL ? "cluster" : "local",
		.outcome = err == OK ? AUDIT_DONE : AUDIT_FAILED,
		.reason = request->reason,
	};
	server_audit(server, &entry);
}

/* Writes what was published before an act, which the act must not change. */
static enum err kept_write(struct log *log, const struct kept *kept)
{
	enum err err = OK;
	for (size_t i = 0; i < kept->count && err == OK; i++)
		err = log_keep_figures(log, kept->items[i].seq, kept->items[i].figures);
	return err;
}

/*
 * Has the committer do an act that erases nobody, and waits until the figures show it.
 * ERR_CONFLICT: something was published meanwhile, try again.
 */
static enum err act_write(struct server *server, const struct finish *what,
	enum err (*run)(struct log *log, void *context, struct reason *reason),
	struct reason *reason)
{
	struct kept kept = { 0 };
	struct snapshot snapshot;
	struct finish finish = *what;
	struct exclusive exclusive = { .run = run, .context = &finish };
	finish.clock = &server->clock;
	finish.kept = &kept;
	enum err err = publications_keep(server, what->request, 0, &finish, &kept, reason);
	if (err == OK)
		err = committer_exclusively(server->committer, &exclusive);
	if (err == OK) {
		*reason = exclusive.reason;
		err = exclusive.err;
	}
	kept_release(&kept);
	if (err != OK)
		return err;
	err = figures_await(server, atomic_load(&server->counters.last_seq), what->request->stop,
		&snapshot, reason);
	if (err != OK)
		return err;
	atomic_store(&server->last_act, snapshot.figures->head.acts.last_seq);
	snapshot_drop(&snapshot);
	return OK;
}

static enum err restrict_write(struct log *log, const struct finish *finish, struct reason *reason)
{
	const struct erase_request *request = finish->request;
	enum err err = kept_write(log, finish->kept);
	if (err == OK)
		err = log_restrict(log, bytes_of_string(request->subject), request->lift);
	if (err == OK && request->place != NULL)
		err = log_place_put(log, request->place);
	return err == OK              ? OK
	       : err == ERR_NOT_FOUND ? fail(reason, err, "the store has nobody of that subject")
				      : fail(reason, err, "the store cannot be written");
}

static enum err restrict_run(struct log *log, void *context, struct reason *reason)
{
	struct finish *finish = context;
	enum err err = publications_check(log, finish->kept_to);
	if (err != OK)
		return fail(reason, err, "something was published meanwhile");
	err = log_begin(log, now_of(finish), reason);
	if (err != OK)
		return ERR_IO;
	err = restrict_write(log, finish, reason);
	if (err != OK) {
		log_abort(log);
		return err;
	}
	err = log_commit(log, reason);
	return err == OK || err == ERR_FULL ? err : ERR_IO;
}

/* *done: it is as it is asked for already. ERR_NOT_FOUND: nobody has the subject. */
static enum err restriction_look(struct server *server, const struct erase_request *request,
	bool *done, struct reason *reason)
{
	struct reader *reader;
	uint32_t person = 0;
	enum err err = reader_open(server->log, &reader);
	if (err != OK)
		return store_fail(reason, err, "who is meant");
	err = reader_person(reader, bytes_of_string(request->subject), &person);
	*done = err == OK && reader_is_restricted(reader, person) != request->lift;
	reader_close(reader);
	if (err == ERR_NOT_FOUND)
		return fail(reason, err, "the store has nobody of that subject");
	return err == OK ? OK : store_fail(reason, err, "who is meant");
}

static enum err restrict_now(
	struct server *server, const struct erase_request *request, struct reason *reason)
{
	const struct finish finish = { .request = request };
	enum err err = ERR_CONFLICT;
	for (int i = 0; i < TRIES && err == ERR_CONFLICT; i++)
		err = act_write(server, &finish, restrict_run, reason);
	return err;
}

static enum err erase_now(struct server *server, const struct erase_request *request,
	struct erase_counts *counts, struct reason *reason)
{
	enum err err = ERR_CONFLICT;
	for (int i = 0; i < TRIES && err == ERR_CONFLICT; i++)
		err = erase_once(server, request, counts, reason);
	return err;
}

/*
 * Has all nodes do it, and waits until this one has. Whom it is about is known only then: what
 * others took before it may not be in this store yet.
 */
static enum err act_propose(struct server *server, const struct erase_request *request,
	struct acted *acted, struct reason *reason)
{
	bool restricts = strcmp(request->command, "restrict") == 0;
	/* No row says what no event can have. */
	if (request->subject != NULL && !identifier_is_valid(bytes_of_string(request->subject)))
		return fail(reason, ERR_NOT_FOUND, "the store has nobody of that subject");
	const struct proposal_act act = {
		.type = !restricts      ? LOG_ACT_ERASED
			: request->lift ? LOG_ACT_UNRESTRICTED
					: LOG_ACT_RESTRICTED,
		.subject = request->subject == NULL ? bytes_of(NULL, 0)
						    : bytes_of_string(request->subject),
		.before = request->before,
	};
	enum err err = committer_act(server->committer, &act, acted);
	if (err == ERR_FULL)
		return fail(reason, err,
			"the cluster does not answer: whether it will be done is unknown, ask "
			"again later");
	return err == OK ? OK : fail(reason, err, "the log stopped");
}

enum err erasing_apply(void *context, const struct proposal_act *act, int64_t at_us,
	const struct log_place *place, struct acted *acted, struct reason *reason)
{
	struct server *server = context;
	char subject[SUBJECT_PATTERN_LENGTH_MAX + 1] = "";
	struct erase_counts counts = { 0 };
	bool done = false;
	CHECK(act->subject.length < sizeof(subject));
	if (act->subject.length > 0)
		memcpy(subject, act->subject.data, act->subject.length);
	const struct erase_request request = {
		.command = act->type != LOG_ACT_ERASED ? "restrict"
			   : act->before != 0          ? "expire"
						       : "erase",
		.subject = act->subject.length > 0 ? subject : NULL,
		.before = act->before,
		.lift = act->type == LOG_ACT_UNRESTRICTED,
		.stop = &server->front_ends,
		.at_us = at_us,
		.place = place,
	};
	enum err err;
	if (act->type == LOG_ACT_ERASED) {
		err = erase_now(server, &request, &counts, reason);
		if (err == OK && counts.people == 0)
			err = ERR_NOT_FOUND;
		acted->people = counts.people;
		acted->records = counts.records;
	} else {
		err = restriction_look(server, &request, &done, reason);
		if (err == OK)
			err = done ? ERR_NOT_FOUND : restrict_now(server, &request, reason);
	}
	if (err != ERR_NOT_FOUND)
		act_audit(server, &request, err);
	explicit_bzero(subject, sizeof(subject));
	return err;
}

int restricting_serve(struct server *server, const struct erase_request *request, struct text *said)
{
	struct reason reason = { "" };
	bool done = false;
	if (request->subject == NULL) {
		text_add_string(said, "a subject says who");
		return EX_USAGE;
	}
	bool clustered = server->front != NULL;
	struct acted acted = { .found = false };
	enum err err = clustered ? act_propose(server, request, &acted, &reason) : OK;
	/* In a cluster it is done by now: only whether there is anybody is to be seen. */
	if (err == OK)
		err = restriction_look(server, request, &done, &reason);
	bool acts = clustered || (err == OK && !done);
	if (acts && !clustered)
		err = restrict_now(server, request, &reason);
	if (acts && err != ERR_NOT_FOUND)
		act_audit(server, request, err);
	if (err != OK) {
		text_add_string(said, err == ERR_STOPPED ? "ladderd is ending" : reason.text);
		return err == ERR_NOT_FOUND ? EX_NOINPUT : err_exit_code(err);
	}
	text_printf(said, "restricted: %s\n", request->lift ? "no" : "yes");
	return EX_OK;
}

int erasing_serve(struct server *server, const struct erase_request *request, struct text *said)
{
	struct reason reason = { "" };
	struct erase_counts counts = { 0 };
	enum err err;
	if ((request->subject == NULL) == (request->before == 0)) {
		text_add_string(said, "either a subject or a day says who");
		return EX_USAGE;
	}
	if (request->before > server_today(server)) {
		text_add_string(said, "--before must not be later than today");
		return EX_USAGE;
	}
	if (server->front != NULL && !request->dry_run) {
		struct acted acted = { .found = false };
		err = act_propose(server, request, &acted, &reason);
		counts.people = acted.people;
		counts.records = acted.records;
		if (err == OK && !acted.found && request->subject != NULL)
			err = fail(&reason, ERR_NOT_FOUND, "the store has nobody of that subject");
	} else {
		err = erase_now(server, request, &counts, &reason);
	}
	if (!request->dry_run && err != ERR_NOT_FOUND)
		act_audit(server, request, err);
	if (err != OK) {
		text_add_string(said, err == ERR_STOPPED ? "ladderd is ending" : reason.text);
		return err == ERR_NOT_FOUND ? EX_NOINPUT : err_exit_code(err);
	}
	text_printf(said, "%s: %llu\nrecords: %llu\n",
		request->dry_run ? "people that would be erased" : "people erased",
		(unsigned long long)counts.people, (unsigned long long)counts.records);
	return EX_OK;
}

/* Writes acts of the main of whom nothing is erased here. */
static enum err acts_run(struct log *log, void *context, struct reason *reason)
{
	struct finish *finish = context;
	enum err err = log_begin(log, 0, reason);
	if (err != OK)
		return err;
	err = kept_write(log, finish->kept);
	for (size_t i = 0; i < finish->act_count && err == OK; i++)
		err = log_follow_act(log, &finish->acts[i], reason);
	if (err != OK) {
		log_abort(log);
		return err;
	}
	return log_commit(log, reason);
}

/* Finds whom the acts erase, of those who are here. */
static enum err acts_look(struct server *server, struct finish *finish, struct erase_counts *counts)
{
	enum err err = erasure_new(server->log, &finish->erasure);
	for (size_t i = 0; i < finish->act_count && err == OK; i++)
		err = erasure_choose_act(finish->erasure, &finish->acts[i]);
	return err == OK ? erasure_look(finish->erasure, counts) : err;
}

enum err erasing_follow(struct server *server, const struct record_view *acts, size_t count,
	const atomic_bool *stop, struct reason *reason)
{
	struct erase_counts counts = { 0 };
	CHECK(count > 0);
	bool erases = acts[0].act.type == LOG_ACT_ERASED;
	const struct erase_request request = {
		.command = erases ? "followed erase" : "followed restrict",
		.stop = stop,
	};
	struct finish finish = { .request = &request, .acts = acts, .act_count = count };
	enum err err = erases ? acts_look(server, &finish, &counts) : OK;
	if (err != OK)
		err = fail(reason, err,
			"record %llu, by which the main erased somebody, cannot be followed",
			(unsigned long long)acts[0].seq);
	else if (counts.people > 0)
		err = erase_chosen(server, &finish, &counts, reason);
	else
		err = act_write(server, &finish, acts_run, reason);
	erasure_free(finish.erasure);
	act_audit(server, &request, err);
	return err;
}
