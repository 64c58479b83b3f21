/*
 * tools/erasing.c - see erasing.h.
 */
#include "tools/erasing.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/date.h"
#include "engine/kept.h"
#include "engine/live.h"
#include "tools/common/acts.h"
#include "tools/common/control.h"
#include "tools/common/options.h"
#include "tools/common/store.h"

/* Notes in the store how what was published is shown, where nobody did yet. */
static enum err notes_keep(struct log *log, const struct live *live, int64_t now_us)
{
	struct reason reason;
	struct text packed = { 0 };
	enum err err = log_begin(log, now_us, &reason);
	if (err != OK)
		return err;
	for (size_t i = 0; i < live->publication_count && err == OK; i++) {
		const struct publication *one = live->publications[i];
		if (!publication_has_base(one))
			continue;
		packed.length = 0;
		disclosure_pack(&one->disclosure, &packed);
		err = packed.failed ? ERR_FULL
				    : log_note_shown(log, one->municipality, one->as_of, one->seq,
					      text_bytes(&packed));
	}
	text_release(&packed);
	if (err == OK)
		return log_commit(log, &reason);
	log_abort(log);
	return err;
}

/* The figures of what was published after `seq_after`, as they are shown. */
static enum err publications_keep(
	struct log *log, uint64_t seq_after, int64_t now_us, struct kept *kept)
{
	struct reader *reader;
	struct published first;
	struct publications publications;
	struct live *live = NULL;
	enum err err = reader_open(log, &reader);
	if (err != OK)
		return err;
	err = reader_published_after(reader, seq_after, &first);
	if (err == ERR_NOT_FOUND) {
		reader_close(reader);
		return OK;
	}
	if (err == OK)
		err = live_new(&live);
	if (err == OK)
		err = live_read_all(live, reader);
	if (err == OK)
		err = notes_keep(log, live, now_us);
	if (err == OK)
		err = publications_init(&publications, live->publications, live->publication_count);
	if (err == OK) {
		err = kept_add(kept, &publications, seq_after);
		publications_release(&publications);
	}
	live_free(live);
	reader_close(reader);
	return err;
}

static enum err choose(const struct erasing *erasing, struct erasure *erasure)
{
	enum err err = OK;
	if (erasing->subject != NULL)
		return erasure_choose_subject(erasure, bytes_of_string(erasing->subject));
	if (erasing->before != 0)
		return erasure_choose_before(erasure, erasing->before);
	for (size_t i = 0; i < erasing->seq_count && err == OK; i++)
		err = erasure_choose_record(erasure, erasing->seqs[i]);
	return err;
}

static void say(const struct erasing *erasing, const struct erase_counts *counts)
{
	printf("%s: %llu\nrecords: %llu\n",
		erasing->dry_run ? "people that would be erased" : "people erased",
		(unsigned long long)counts->people, (unsigned long long)counts->records);
}

static enum err erase(const struct erasing *erasing, struct log *log, struct reason *reason)
{
	struct erasure *erasure;
	struct erase_counts counts = { 0 };
	struct kept kept = { 0 };
	struct clock clock = clock_system();
	if (erasing->before > zone_day(clock_now_us(&clock)))
		return fail(reason, ERR_INVALID, "--before must not be later than today");
	enum err err = erasure_new(log, &erasure);
	if (err != OK)
		return fail(reason, err, "there is not enough memory");
	err = choose(erasing, erasure);
	if (err == ERR_NOT_FOUND)
		err = fail(reason, err, "the store %s has nobody of that subject", erasing->store);
	else if (err == OK)
		err = erasure_look(erasure, &counts);
	else
		err = store_fail(reason, err, "the store");
	if (err == OK && counts.people > 0 && !erasing->dry_run) {
		err = publications_keep(log, counts.seq_first, clock_now_us(&clock), &kept);
		if (err != OK)
			err = fail(reason, err, "what was published cannot be kept");
		if (err == OK)
			err = erasure_copy(erasure, NULL, reason);
		if (err == OK)
			err = erasure_finish(
				erasure, clock_now_us(&clock), kept.items, kept.count, reason);
	}
	kept_release(&kept);
	erasure_free(erasure);
	if (err == OK)
		say(erasing, &counts);
	return err;
}

/* A ladderd has the store open: it does it. */
static int daemon_ask(const struct erasing *erasing)
{
	struct text request = { 0 };
	char day[DATE_LENGTH + 1];
	if (erasing->before != 0)
		date_print(erasing->before, day);
	control_add(&request, "command", erasing->command);
	control_add(&request, "subject", erasing->subject);
	control_add(&request, "before", erasing->before != 0 ? day : NULL);
	control_add(&request, "reason", erasing->reason);
	control_add(&request, "dry_run", erasing->dry_run ? "1" : NULL);
	control_add(&request, "lift", erasing->lift ? "1" : NULL);
	int code = control_ask(erasing->command, erasing->store, &request);
	text_release(&request);
	return code;
}

int erasing_run(const struct erasing *erasing)
{
	struct reason reason = { "" };
	struct log *log;
	int code = store_open_to_write(erasing->command, erasing->store, &log);
	if (code == EX_TEMPFAIL)
		return daemon_ask(erasing);
	if (code != EX_OK)
		return code;
	enum err err = erase(erasing, log, &reason);
	log_close(log);
	if (!erasing->dry_run && err != ERR_NOT_FOUND && err != ERR_INVALID)
		act_audit(erasing->command, erasing->reason, err == OK);
	return err == OK ? EX_OK
			 : complain(erasing->command, err_exit_code(err), "%s.", reason.text);
}

/* Writes the act, and before it the figures that it must not change. */
static enum err act_write(
	const struct erasing *erasing, struct log *log, const struct kept *kept, int64_t now_us)
{
	struct reason reason;
	enum err err = log_begin(log, now_us, &reason);
	if (err != OK)
		return err;
	for (size_t i = 0; i < kept->count && err == OK; i++)
		err = log_keep_figures(log, kept->items[i].seq, kept->items[i].figures);
	if (err == OK)
		err = log_restrict(log, bytes_of_string(erasing->subject), erasing->lift);
	if (err == OK)
		return log_commit(log, &reason);
	log_abort(log);
	return err;
}

/* *done: it is as it is asked for already. ERR_NOT_FOUND: nobody has the subject. */
static enum err restriction_look(const struct erasing *erasing, struct log *log, bool *done)
{
	struct reader *reader;
	uint32_t person = 0;
	enum err err = reader_open(log, &reader);
	if (err != OK)
		return err;
	err = reader_person(reader, bytes_of_string(erasing->subject), &person);
	*done = err == OK && reader_is_restricted(reader, person) != erasing->lift;
	reader_close(reader);
	return err;
}

int restricting_run(const struct erasing *erasing)
{
	struct log *log;
	struct kept kept = { 0 };
	bool done = false;
	struct clock clock = clock_system();
	int code = store_open_to_write(erasing->command, erasing->store, &log);
	if (code == EX_TEMPFAIL)
		return daemon_ask(erasing);
	if (code != EX_OK)
		return code;
	enum err err = restriction_look(erasing, log, &done);
	if (err == OK && !done) {
		err = publications_keep(log, 0, clock_now_us(&clock), &kept);
		if (err == OK)
			err = act_write(erasing, log, &kept, clock_now_us(&clock));
		kept_release(&kept);
		act_audit(erasing->command, erasing->reason, err == OK);
	}
	log_close(log);
	if (err == ERR_NOT_FOUND)
		return complain(erasing->command, EX_NOINPUT,
			"The store %s has nobody of that subject.", erasing->store);
	if (err != OK)
		return store_complain(erasing->command, err, erasing->store);
	printf("restricted: %s\n", erasing->lift ? "no" : "yes");
	return EX_OK;
}
