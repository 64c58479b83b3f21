/*
 * daemon/server/server.c - see server.h.
 */
#include "daemon/server/server.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/logging.h"
#include "daemon/server/follower.h"
#include "store/erase.h"
#include "store/reader.h"

void server_audit(const struct server *server, const struct audit_entry *entry)
{
	audit_write(&server->audit, entry, clock_now_us(&server->clock));
}

unsigned server_wrong_token(
	struct server *server, const struct origin *origin, enum sign_in_way way)
{
	CHECK(way < SIGN_IN_WAYS);
	server->counters.sign_ins_refused[way]++;
	return sign_ins_wrong(server->sign_ins, origin, clock_monotonic_us(&server->clock));
}

void server_handshake_failed(struct server *server, const struct origin *origin, enum door door)
{
	static const char *const whats[] = { "handshake http", "handshake stream" };
	struct handshakes *handshakes = &server->handshakes;
	int64_t now_us = clock_monotonic_us(&server->clock);
	CHECK_STATIC(sizeof(whats) / sizeof(whats[0]) == DOORS);
	server->counters.handshakes_failed[door]++;
	if (handshakes->lines == 0 || now_us - handshakes->minute_us >= 60 * US_PER_SECOND)
		*handshakes = (struct handshakes){ .minute_us = now_us };
	if (handshakes->lines == HANDSHAKE_LINES_MAX)
		return;
	handshakes->lines++;
	const struct audit_entry entry = {
		.kind = AUDIT_SIGN_IN,
		.who = "nobody",
		.what = whats[door],
		.from = origin->text,
		.outcome = AUDIT_REFUSED,
	};
	server_audit(server, &entry);
}

const char *server_who(
	const struct identity *identity, const char *user, char space[SERVER_WHO_MAX])
{
	const char *name = identity_name(identity);
	const char *kind = identity->partner != NULL   ? "partner"
			   : identity->analyst != NULL ? "analyst"
						       : "scraper";
	if (name == NULL)
		return "nobody";
	int length = snprintf(space, SERVER_WHO_MAX, "%s %s%s%s", kind, name,
		user == NULL ? "" : "/", user == NULL ? "" : user);
	CHECK(length > 0 && length < SERVER_WHO_MAX);
	return space;
}

bool server_cannot_serve(const struct server *server, struct reason *reason)
{
	return log_is_damaged(server->log, reason) ||
	       committer_has_failed(server->committer, reason) ||
	       refresher_has_failed(server->refresher, reason) != OK ||
	       follower_cannot_serve(server->follower, reason) ||
	       committer_is_short_of_space(server->committer, reason);
}

enum err server_has_failed(const struct server *server, struct reason *reason)
{
	enum err err = server->front == NULL ? OK : front_has_failed(server->front, reason);
	if (err == OK && committer_has_failed(server->committer, reason))
		err = ERR_IO;
	return err == OK ? refresher_has_failed(server->refresher, reason) : err;
}

void server_warnings_add(
	const struct server *server, const char *before, const char *after, struct text *out)
{
	struct care care;
	if (server->front != NULL && server->config->cluster_acknowledge_without_promise)
		text_printf(out,
			"%sevents are acknowledged without a promise of the cluster, as "
			"[cluster] acknowledge_without_promise says%s",
			before, after);
	if (refresher_is_late(server->refresher))
		text_printf(out, "%sthe figures are %lld seconds old, and newer records wait%s",
			before, (long long)(refresher_age_us(server->refresher) / US_PER_SECOND),
			after);
	follower_warnings_add(server->follower, before, after, out);
	caretaker_look(server->caretaker, &care);
	if (care.reader_is_stuck)
		text_printf(out,
			"%sprocess %ld has held a view of the store for %lld seconds, "
			"which keeps %.0f %% of [store] size_max from being used again%s",
			before, care.reader.pid, (long long)(care.reader.age_us / US_PER_SECOND),
			100 * care.reader.held, after);
}

enum err server_partners_read(struct server *server)
{
	const struct access *access = server->access;
	struct reader *reader;
	enum err err = reader_open(server->log, &reader);
	if (err != OK)
		return err;
	for (size_t i = 0; i < access->partner_count && err == OK; i++) {
		struct newest newest = { 0 };
		struct bytes name = bytes_of_string(access->partners[i].name);
		err = reader_newest(reader, name, &newest);
		if (err == ERR_NOT_FOUND)
			err = OK;
		struct partner_counter *partner = counters_partner(&server->counters, name);
		if (err == OK && newest.recorded_us > partner->last_event_us)
			partner->last_event_us = newest.recorded_us;
	}
	reader_close(reader);
	return err;
}

/*
 * How many records of the store were erased, and are there again. Only acts make them fewer: it is
 * as it was while *act, UINT64_MAX at first, is the last one.
 */
static enum err erasures_count(
	struct server *server, uint64_t *act, size_t *count, struct reason *reason)
{
	struct reader *reader;
	struct acts acts = { 0 };
	uint64_t *seqs = NULL;
	enum err err = reader_open(server->log, &reader);
	if (err != OK)
		return fail(reason, err, "the store cannot be read");
	err = reader_acts(reader, &acts);
	atomic_store(&server->last_act, acts.last_seq);
	if (err == OK && acts.last_seq != *act)
		err = erase_pending(reader, server->config->store_path, &seqs, count, reason);
	*act = acts.last_seq;
	reader_close(reader);
	free(seqs);
	return err;
}

/* Are the figures that are shown those after the act in this record? */
static bool act_is_shown(struct server *server, uint64_t act)
{
	struct snapshot snapshot;
	struct reason reason;
	refresher_wake(server->refresher);
	if (refresher_snapshot(server->refresher, &snapshot, &reason) != OK)
		return false;
	bool shown = snapshot.figures->head.acts.last_seq >= act;
	snapshot_drop(&snapshot);
	return shown;
}

enum err server_erasures_await(struct server *server, bool (*ends)(void), struct reason *reason)
{
	size_t count = 0;
	uint64_t act = UINT64_MAX;
	enum err err = erasures_count(server, &act, &count, reason);
	if (err == OK && count > 0)
		logging(SEVERITY_WARNING,
			"the store is of before an erasure: nothing is shown until the rows of the "
			"cluster have done it again");
	bool shown = count == 0;
	while (err == OK && !shown) {
		clock_sleep(&server->clock, US_PER_SECOND / 5);
		err = server_has_failed(server, reason);
		if (err == OK && ends())
			err = fail(reason, ERR_STOPPED, "ladderd was told to end");
		if (err == OK && count > 0)
			err = erasures_count(server, &act, &count, reason);
		/* Whoever asks does not wait for the figures: they must be without them before. */
		shown = err == OK && count == 0 && act_is_shown(server, act);
	}
	return err;
}

enum err server_erasures_check(struct server *server, struct reason *reason)
{
	const char *path = server->config->store_path;
	size_t count = 0;
	uint64_t act = UINT64_MAX;
	bool follows = log_place(server->log)->pos != 0;
	enum err err = erasures_count(server, &act, &count, reason);
	if (err != OK)
		return err;
	if (count > 0 && !follows)
		return fail(reason, ERR_INVALID,
			"the store %s has %zu records that were erased: it is of before, see "
			"ladder erase --list and ladder restore",
			path, count);
	if (erase_list_hold(server->log, reason) != OK)
		logging(SEVERITY_WARNING,
			"%s: nobody can be erased as long as this file cannot be written",
			reason->text);
	return count > 0 ? OK : erase_list_note(server->log, clock_now_us(&server->clock), reason);
}

size_t server_connections(const struct server *server)
{
	return (size_t)(atomic_load(&server->counters.http_connections) +
			atomic_load(&server->counters.stream_connections));
}

bool server_admits(struct server *server, const struct origin *origin, enum door door)
{
	uint8_t place[ORIGIN_SIZE];
	origin_place(origin, place);
	if (server->certificates.of[door] == NULL ||
		networks_have(&server->config->http_trusted_proxies, origin) ||
		arrivals_came(server->arrivals, place, clock_monotonic_us(&server->clock)))
		return true;
	server_handshake_failed(server, origin, door);
	return false;
}

void server_stranger_known(struct server *server, struct stranger *stranger)
{
	if (stranger->listed && stranger->counted)
		arrivals_known(
			server->arrivals, stranger->place, clock_monotonic_us(&server->clock));
	strangers_remove(&server->strangers, stranger);
}

void server_stranger_came(struct server *server, struct stranger *stranger,
	const struct origin *origin, enum door door)
{
	const struct config *config = server->config;
	strangers_add(&server->strangers, stranger, origin, &config->http_trusted_proxies);
	stranger->counted = server->certificates.of[door] != NULL && !stranger->shared;
	if (server_connections(server) >= config->limits_connections_max)
		strangers_cut_oldest(&server->strangers, stranger);
}
