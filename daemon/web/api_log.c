/*
 * daemon/web/api_log.c - see api_log.h.
 */
#include "daemon/web/api_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/date.h"
#include "daemon/http/query.h"
#include "daemon/web/gate.h"
#include "daemon/web/looking.h"
#include "daemon/web/visit.h"
#include "proto/log_mark.h"
#include "store/reader.h"

#define LOG_LIMIT   1000               /* records unless asked */
#define SEQ_BITS    40                 /* of a seq that is asked for */
#define PIECE_BYTES ((size_t)64 << 10) /* at least, of an answer in pieces */
#define WAIT_MAX    60                 /* seconds */
/* Of a stream: between two signs of life, and until the client has to come again. */
#define BEAT_US       (15 * US_PER_SECOND)
#define STREAM_US_MAX (3600 * US_PER_SECOND)
/* The same to a follower, whose figures are known at the instant that a mark has settled. */
#define BEAT_FOLLOWER_US US_PER_SECOND

static const char ndjson[] = "application/x-ndjson";
static const char protobuf[] = "application/x-protobuf";
static const char event_stream[] = "text/event-stream";

enum log_form {
	LOG_NDJSON,
	LOG_PROTOBUF,
	LOG_STREAM, /* of events, as the HTML standard has it (9.2) */
};

/*
 * An answer is made in pieces: each is read from a view of its own, which is given up before the
 * piece is sent, so that a reader who does not read keeps no page of the store. All are of the
 * log as it was when the first was read.
 *
 * An answer that follows the log begins again with the log as it is then, when it has come to its
 * end: after it has waited (tail.h). It waits for as long as was asked and nothing was shown; a
 * stream for an hour, after which its client comes again.
 *
 * To a follower each mark settles what is now, so that it can answer for that instant. It says
 * which record is its last, and when that was recorded: where the log has another it gets nothing.
 */
struct log_work {
	struct task task;
	struct log *log;
	struct committer *committer;
	const struct analyst *analyst; /* of the visit's access */
	uint64_t after;                /* the last record that was looked at */
	uint64_t seq_to;               /* the last of the answer; 0: not known yet */
	uint64_t limit;                /* records that may be shown still */
	enum log_form form;
	bool has_at;      /* what is known of the record at `after`: */
	int64_t at_us;    /* when it was recorded */
	bool streams;     /* it goes on after its end */
	bool follows;     /* its end is marked */
	int64_t until_us; /* monotonic: until then it waits for something to show */
	bool has_shown;   /* a record, in this answer */
	bool is_over;     /* the time to wait, or the peer has gone, or the daemon goes */
	bool has_caught_up;
	bool ended;
	bool has_begun;
	bool is_other; /* the log does not have the record that was said to be there */
	struct log_mark mark;
	uint64_t last_seq; /* of the log, when the answer began */
	struct tail_wait wait;
	struct bytes reader; /* its name; of the request */
	enum err err;
	struct look look;
	struct text out;
};

/* Does the analyst see a record, before an act, of the person whom it is about? */
static enum err person_is_shown(
	const struct log_work *work, struct reader *reader, const struct record *act, bool *shown)
{
	enum err err = OK;
	*shown = false;
	for (uint64_t seq = 1; seq < act->seq && err == OK && !*shown; seq++) {
		struct record record;
		err = task_is_stopped(&work->task) ? ERR_STOPPED
						   : reader_record(reader, seq, &record);
		*shown = err == OK && record.person == act->person && record.kind == RECORD_EVENT &&
			 gate_may_see_record(work->analyst, record.municipality, NULL);
	}
	return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

/*
 * Of acts and tombstones an analyst of some municipalities sees every erasure, since a record of
 * its own may be among them, no tombstone, and a restriction of whom it sees a record of.
 */
static enum err act_is_shown(const struct log_work *work, struct reader *reader,
	const struct record *record, bool *shown)
{
	*shown = record->kind == RECORD_ACT && record->act == LOG_ACT_ERASED;
	if (record->kind != RECORD_ACT || record->act == LOG_ACT_ERASED)
		return OK;
	return person_is_shown(work, reader, record, shown);
}

/* Is the record one of those that the analyst may see? */
static enum err record_is_shown(const struct log_work *work, struct reader *reader,
	const struct record *record, bool *shown)
{
	struct record withdrawn;
	enum err err = OK;
	if (work->analyst->all_municipalities) {
		*shown = true;
		return OK;
	}
	if (record->kind != RECORD_EVENT)
		return act_is_shown(work, reader, record, shown);
	if (record->withdraws == 0) {
		*shown = gate_may_see_record(work->analyst, record->municipality, NULL);
		return OK;
	}
	err = reader_record(reader, record->withdraws, &withdrawn);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	*shown = gate_may_see_record(work->analyst, record->municipality, &withdrawn.municipality);
	return OK;
}

/* The person whom a record is about goes into the access log, before anybody sees the record. */
static enum err person_note(struct look *look, struct reader *reader, const struct record *record)
{
	uint32_t person;
	struct bytes subject;
	enum err err = reader_person_of(reader, record, &person);
	if (err != OK || person == 0 || look_has(look, person))
		return err;
	err = reader_subject(reader, person, &subject);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	return look_at(look, person, subject);
}

/* Appends a record, if it is shown. */
static enum err record_add(struct log_work *work, struct reader *reader, struct arena *arena,
	const struct record *record)
{
	struct record_view view;
	struct text encoded = { 0 };
	bool shown = false;
	arena_reset(arena);
	enum err err = record_is_shown(work, reader, record, &shown);
	if (err != OK || !shown)
		return err;
	CHECK(work->limit > 0);
	work->limit--;
	/* What another ladderd shows of it, that one writes down. */
	if (!work->analyst->is_follower)
		err = person_note(&work->look, reader, record);
	if (err == OK)
		err = reader_view(reader, record, arena, &view);
	if (err == OK && work->form != LOG_PROTOBUF) {
		if (work->form == LOG_STREAM)
			text_printf(
				&work->out, "id: %llu\ndata: ", (unsigned long long)record->seq);
		record_print_json(&view, &work->out);
		text_add_string(&work->out, work->form == LOG_STREAM ? "\n\n" : "\n");
	} else if (err == OK) {
		err = record_encode(&view, arena, &encoded);
		varint_add(&work->out, encoded.length);
		text_add(&work->out, text_bytes(&encoded));
	}
	work->has_shown = work->has_shown || err == OK;
	bool failed = work->out.failed || encoded.failed;
	text_release(&encoded);
	return failed ? ERR_FULL : err;
}

/* At the end of the log: is something awaited still? */
static bool goes_on(const struct log_work *work)
{
	if (!work->follows || work->is_over)
		return false;
	return work->streams || !work->has_shown;
}

/* The end of the log, as it is told to who follows it: at the end, in a stream after each wait. */
static enum err mark_print(struct log_work *work)
{
	struct text encoded = { 0 };
	work->mark.caught_up = work->seq_to;
	if (work->form == LOG_PROTOBUF) {
		log_mark_encode(&work->mark, &encoded);
		varint_add(&work->out, encoded.length);
		text_add(&work->out, text_bytes(&encoded));
	} else {
		if (work->form == LOG_STREAM)
			text_printf(&work->out, "event: caught_up\nid: %llu\ndata: ",
				(unsigned long long)work->seq_to);
		log_mark_print_json(&work->mark, &work->out);
		text_add_string(&work->out, work->form == LOG_STREAM ? "\n\n" : "\n");
	}
	bool failed = work->out.failed || encoded.failed;
	text_release(&encoded);
	return failed ? ERR_FULL : OK;
}

/* Of the whole answer: whose log it is, and whether it has what the reader says it has. */
static enum err begin_look(struct log_work *work, struct reader *reader)
{
	struct record record;
	int64_t unused;
	enum err err = reader_store_id(reader, work->mark.store);
	if (err == OK)
		err = reader_last(reader, &work->last_seq, &unused);
	if (err != OK || !work->has_at)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	err = reader_record(reader, work->after, &record);
	if (err == ERR_NOT_FOUND)
		work->is_other = true;
	else if (err == OK && record.kind == RECORD_TOMBSTONE)
		work->is_other = zone_day(record.recorded_us) != zone_day(work->at_us);
	else if (err == OK)
		work->is_other = record.recorded_us != work->at_us;
	work->has_at = false;
	work->ended = work->is_other;
	return err == ERR_NOT_FOUND ? OK : err;
}

/* Appends records until the piece is large enough, or there are no more. */
static enum err piece_print(struct log_work *work, struct reader *reader, struct arena *arena)
{
	enum err err = OK;
	int64_t unused;
	if (work->seq_to == 0)
		err = reader_last(reader, &work->seq_to, &unused);
	while (err == OK && work->after < work->seq_to && work->limit > 0 &&
		work->out.length < PIECE_BYTES) {
		struct record record;
		uint64_t seq = work->after + 1;
		if (task_is_stopped(&work->task))
			err = ERR_STOPPED;
		else if (seq % RECORDS_OF_A_VIEW == 0)
			err = reader_renew(reader);
		if (err == OK)
			err = reader_next(reader, seq, &record);
		if (err == OK)
			err = record_add(work, reader, arena, &record);
		work->after = seq;
	}
	work->has_caught_up = work->after >= work->seq_to && work->limit > 0;
	work->ended = work->has_caught_up ? !goes_on(work) : work->limit == 0;
	if (err == OK && work->has_caught_up && work->follows && (work->ended || work->streams))
		err = mark_print(work);
	/* A stream that has shown nobody so far is a look at nobody: who reads it may leave. */
	bool is_whole = work->ended || (work->streams && work->look.spans == 0);
	if (err == OK)
		err = is_whole ? look_end(&work->look) : look_write(&work->look);
	return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

/* 1970 as long as nothing is. */
static int64_t settled_already(struct committer *committer)
{
	int64_t settled_us = committer_settled_us(committer);
	return settled_us > 0 ? settled_us : 0;
}

/* Of a follower's: while the cluster does not settle what is now, it says what it has settled. */
static enum err mark_settle(struct log_work *work)
{
	enum err err = committer_settle(work->committer, work->mark.settled_us);
	if (err != ERR_FULL)
		return err;
	int64_t settled_us = settled_already(work->committer);
	if (settled_us < work->mark.settled_us)
		work->mark.settled_us = settled_us;
	return OK;
}

static void piece_run(struct task *task)
{
	struct log_work *work = (struct log_work *)task;
	struct reader *reader = NULL;
	struct arena arena = { 0 };
	work->err = task_is_stopped(task) ? ERR_STOPPED : OK;
	if (work->err == OK && work->seq_to == 0 && work->analyst->is_follower)
		work->err = mark_settle(work);
	if (work->err == OK)
		work->err = reader_open(work->log, &reader);
	if (work->err == OK && !work->has_begun)
		work->err = begin_look(work, reader);
	work->has_begun = true;
	if (work->err == OK)
		work->err = arena_init(&arena, VIEW_ARENA_SIZE);
	if (work->err == OK && !work->is_other)
		work->err = piece_print(work, reader, &arena);
	arena_release(&arena);
	reader_close(reader);
}

static void work_free(void *context)
{
	struct log_work *work = context;
	look_release(&work->look);
	text_release(&work->out);
	free(work);
}

/* The piece becomes the request's, and what was the request's is written into again. */
static void piece_hand_over(struct request *request, struct log_work *work)
{
	struct text sent = request->out;
	request->out = work->out;
	sent.length = 0;
	work->out = sent;
}

/* Up to where a reader that gave its name has the log, or is being sent it. */
static void reader_count(const struct request *request, const struct log_work *work, uint64_t seq)
{
	struct server *server = visit_of(request)->server;
	if (work->reader.length > 0)
		counters_reader(
			&server->counters, work->reader, seq, clock_monotonic_us(&server->clock));
}

static void piece_finish(struct request *request)
{
	struct log_work *work = request->work;
	piece_hand_over(request, work);
	if (work->streams && work->err == OK)
		reader_count(request, work, work->after);
	if (work->look.is_unwritable)
		looking_failed(request, &work->look);
	if (work->ended || work->err != OK)
		request_pieces_end(request, work->err);
}

/* What the answer settles: of a follower's all up to now, and it waits a moment for that. */
static int64_t settled_now(const struct server *server, const struct analyst *analyst)
{
	return analyst->is_follower ? committer_now_us(server->committer)
				    : settled_already(server->committer);
}

/* Reads on, with the log as it is now. The instant is taken before: what comes later is after. */
static bool piece_submit(
	struct request *request, struct log_work *work, void (*finish)(struct request *request))
{
	struct server *server = visit_of(request)->server;
	if (work->has_caught_up)
		work->seq_to = 0;
	if (work->seq_to == 0)
		work->mark.settled_us = settled_now(server, work->analyst);
	return visit_resubmit(request, &work->task, finish);
}

/*
 * It is over too when rights were read anew: who may still have it comes again. A stream looks
 * before each piece, so that it ends also where it has not caught up yet.
 */
static bool is_over(const struct request *request, const struct log_work *work)
{
	const struct visit *visit = visit_of(request);
	const struct server *server = visit->server;
	return server->stopping || visit->left || server->access != visit->access ||
	       clock_monotonic_us(&server->clock) >= work->until_us;
}

/* After a wait: what came, or that nothing did. */
static void stream_woken(struct request *request)
{
	struct log_work *work = request->work;
	visit_of(request)->tail_wait = NULL;
	work->is_over = is_over(request, work);
	if (!piece_submit(request, work, piece_finish))
		request_pieces_end(request, ERR_STOPPED);
}

static void log_wait(
	struct request *request, struct log_work *work, void (*finish)(struct request *request))
{
	struct visit *visit = visit_of(request);
	int64_t beat_us = clock_monotonic_us(&visit->server->clock) +
			  (work->analyst->is_follower ? BEAT_FOLLOWER_US : BEAT_US);
	work->wait.request = request;
	work->wait.after = work->seq_to;
	work->wait.until_us = work->until_us;
	if (work->streams && beat_us < work->until_us)
		work->wait.until_us = beat_us;
	visit->tail_wait = &work->wait;
	tail_wait(visit->tail, &work->wait, finish, work);
}

static void piece_next(struct request *request)
{
	struct log_work *work = request->pieces.context;
	CHECK(gate_may_read_log(&visit_of(request)->identity) && !work->ended);
	if (work->streams && is_over(request, work))
		request_pieces_end(request, OK);
	else if (work->has_caught_up)
		log_wait(request, work, stream_woken);
	else if (!piece_submit(request, work, piece_finish))
		request_pieces_end(request, ERR_STOPPED);
}

static void log_finish(struct request *request);

/* Whose log it is, and how long it was when the answer began. */
static void log_headers(struct request *request, const struct log_work *work)
{
	char store[LOG_MARK_STORE_LENGTH + 1], seq[24];
	log_mark_store_print(work->mark.store, store);
	snprintf(seq, sizeof(seq), "%llu", (unsigned long long)work->last_seq);
	request_add_header(request, "Ladder-Store", store);
	request_add_header(request, "Ladder-Last-Seq", seq);
}

static void log_woken(struct request *request)
{
	struct log_work *work = request->work;
	visit_of(request)->tail_wait = NULL;
	work->is_over = is_over(request, work);
	if (piece_submit(request, work, log_finish))
		return;
	work_free(work);
	visit_busy(request);
}

/* The first piece is there: nothing was said before it, so that a failure can still be told. */
static void log_finish(struct request *request)
{
	static const char *const types[] = { ndjson, protobuf, event_stream };
	struct log_work *work = request->work;
	const struct pieces pieces = { piece_next, work_free, work };
	CHECK(gate_may_read_log(&visit_of(request)->identity));
	if (work->err != OK) {
		if (work->look.is_unwritable)
			looking_unwritable(request, &work->look);
		else
			visit_store_error(request, work->err);
		work_free(work);
		return;
	}
	if (work->is_other) {
		log_headers(request, work);
		request_problem(request, 409,
			"this log has another record there, or none: it is not the log that was "
			"read before, or it was taken back to a backup");
		work_free(work);
		return;
	}
	if (work->has_caught_up && !work->ended && !work->streams) {
		/* What ends waits may have come before this one. */
		if (is_over(request, work))
			log_woken(request);
		else
			log_wait(request, work, log_woken);
		return;
	}
	looking_noted(request, &work->look);
	log_headers(request, work);
	piece_hand_over(request, work);
	if (!work->ended) {
		request_answer_pieces(request, 200, types[work->form], &pieces);
		return;
	}
	request_answer(request, 200, types[work->form]);
	work_free(work);
}

/* What is asked for. */
struct log_asked {
	uint64_t after, limit, wait;
	bool waits;
	bool streams;
	bool has_at;
	int64_t at_us;
	struct bytes reader;
	enum log_form form;
};

/* Both answer when that cannot be. */
static bool reader_name_read(struct request *request, struct log_asked *asked)
{
	const char *name = request_query(request, "reader");
	if (name == NULL)
		return true;
	asked->reader = bytes_of_string(name);
	if (gate_name_is_good(asked->reader))
		return true;
	request_problem(request, 400,
		"reader must be a name of at most 64 letters, digits and . _ : -, and no number of "
		"a person");
	return false;
}

static bool follow_read(struct request *request, struct log_asked *asked)
{
	const char *follow = request_query(request, "follow");
	const char *at = request_query(request, "at");
	asked->streams = follow != NULL;
	asked->has_at = at != NULL;
	if (follow != NULL && strcmp(follow, "yes") != 0) {
		request_problem(request, 400, "follow must be yes, or absent");
		return false;
	}
	if (at != NULL && !gate_may_read_whole_log(&visit_of(request)->identity)) {
		request_problem(request, 403, "at is for an analyst of all municipalities");
		return false;
	}
	if (at != NULL && asked->after == 0) {
		request_problem(request, 400, "at is when the record of after was recorded");
		return false;
	}
	if (at != NULL && instant_parse(bytes_of_string(at), &asked->at_us) != OK) {
		request_problem(request, 400,
			"at must be an instant as in RFC 3339, 2026-03-02T09:15:00.123456Z");
		return false;
	}
	return true;
}

static bool asked_read(struct request *request, struct log_asked *asked)
{
	static const char *const parameters[] = { "after", "at", "limit", "wait", "follow",
		"reader", NULL };
	const struct analyst *analyst = visit_of(request)->identity.analyst;
	uint64_t max = visit_of(request)->server->config->limits_log_records_max;
	const char *resumed = request_header(request, "Last-Event-ID");
	struct reason reason;
	*asked = (struct log_asked){ .limit = LOG_LIMIT < max ? LOG_LIMIT : max };
	if (!request_query_check(request, parameters) ||
		!request_query_number(
			request, "after", 0, UINT64_C(1) << SEQ_BITS, &asked->after) ||
		!request_query_number(request, "limit", 1, max, &asked->limit) ||
		!request_query_number(request, "wait", 0, WAIT_MAX, &asked->wait) ||
		!reader_name_read(request, asked) || !follow_read(request, asked))
		return false;
	if (analyst->is_follower && asked->reader.length == 0)
		asked->reader = bytes_of_string(analyst->name);
	asked->waits = request_query(request, "wait") != NULL;
	if (request_prefers(request, event_stream, ndjson)) {
		asked->form = LOG_STREAM;
		asked->streams = true;
		/* A browser or a library that was cut off comes again with what it saw last. */
		if (resumed != NULL &&
			query_number("Last-Event-ID", resumed, 0, UINT64_C(1) << SEQ_BITS,
				&asked->after, &reason) != OK) {
			request_problem(request, 400, "%s", reason.text);
			return false;
		}
	} else if (request_prefers(request, protobuf, ndjson)) {
		asked->form = LOG_PROTOBUF;
	}
	if (asked->streams && request_query(request, "limit") == NULL)
		asked->limit = UINT64_MAX;
	return true;
}

static struct log_work *work_new(const struct request *request, const struct log_asked *asked)
{
	const struct visit *visit = visit_of(request);
	struct log_work *work = calloc(1, sizeof(*work));
	if (work == NULL)
		return NULL;
	work->task.run = piece_run;
	work->log = visit->server->log;
	work->committer = visit->server->committer;
	work->analyst = visit->identity.analyst;
	work->after = asked->after;
	work->limit = asked->limit;
	work->form = asked->form;
	work->has_at = asked->has_at;
	work->at_us = asked->at_us;
	work->streams = asked->streams;
	work->follows = asked->waits || asked->streams;
	work->until_us = clock_monotonic_us(&visit->server->clock) +
			 (asked->streams ? STREAM_US_MAX : (int64_t)asked->wait * US_PER_SECOND);
	work->is_over = asked->wait == 0 && !asked->streams;
	work->mark.settled_us = settled_now(visit->server, work->analyst);
	work->reader = asked->reader;
	return work;
}

void log_handle(struct request *request)
{
	const struct visit *visit = visit_of(request);
	struct log_asked asked;
	if (!gate_may_read_log(&visit->identity)) {
		request_refuse(request, request->route->denied);
		return;
	}
	if (!asked_read(request, &asked))
		return;
	/* One piece is sent while the next is made, with its spans. */
	if (!request_hold(request, 5 * PIECE_BYTES)) {
		request_full(request);
		return;
	}
	struct log_work *work = work_new(request, &asked);
	if (work == NULL) {
		visit_store_error(request, ERR_FULL);
		return;
	}
	reader_count(request, work, work->after);
	looking_begin(request, &visit->identity, visit->user, &work->look);
	if (!visit_submit(request, &work->task, log_finish)) {
		work_free(work);
		visit_busy(request);
	}
}

/*
 * Appends the partner's own event. ERR_NOT_FOUND: it sent none with that id. ERR_CONFLICT: it was
 * erased.
 */
static enum err event_print(
	struct request *request, struct reader *reader, struct arena *arena, struct look *look)
{
	struct bytes name = bytes_of_string(visit_of(request)->identity.partner->name);
	struct record record;
	struct record_view view;
	uint64_t seq, by;
	uint16_t partner;
	enum err err = reader_partner_number(reader, name, &partner);
	if (err == OK)
		err = reader_find(reader, partner, bytes_of_string(request->rest), &seq);
	if (err != OK)
		return err;
	err = reader_withdrawn_by(reader, seq, &by);
	if (err == OK)
		err = reader_record(reader, seq, &record);
	if (err == OK && record.kind == RECORD_TOMBSTONE)
		return ERR_CONFLICT;
	if (err == OK)
		err = person_note(look, reader, &record);
	if (err == OK)
		err = look_end(look);
	if (err == OK)
		err = reader_view(reader, &record, arena, &view);
	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	record_print_json(&view, &request->out);
	CHECK(request->out.failed || request->out.data[request->out.length - 1] == '}');
	if (!request->out.failed)
		request->out.length--;
	text_add_string(
		&request->out, by == 0 ? ",\"withdrawn\":false}\n" : ",\"withdrawn\":true}\n");
	return OK;
}

void event_handle(struct request *request)
{
	static const char *const parameters[] = { NULL };
	struct reader *reader = NULL;
	struct arena arena = { 0 };
	const struct visit *visit = visit_of(request);
	CHECK(visit->identity.partner != NULL);
	struct look look;
	if (!request_query_check(request, parameters))
		return;
	looking_begin(request, &visit->identity, visit->user, &look);
	enum err err = reader_open(visit->server->log, &reader);
	if (err == OK)
		err = arena_init(&arena, VIEW_ARENA_SIZE);
	if (err == OK)
		err = event_print(request, reader, &arena, &look);
	arena_release(&arena);
	reader_close(reader);
	if (err == OK) {
		looking_noted(request, &look);
		request_answer(request, 200, "application/json");
	} else if (look.is_unwritable)
		looking_unwritable(request, &look);
	else if (err == ERR_NOT_FOUND)
		request_problem(request, 404, "this partner sent no event with that id");
	else if (err == ERR_CONFLICT)
		request_problem(request, 410, "the event with that id was erased");
	else
		visit_store_error(request, err);
	look_release(&look);
}
