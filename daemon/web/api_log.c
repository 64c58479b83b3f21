/*
 * daemon/web/api_log.c - see api_log.h.
 */
#include "daemon/web/api_log.h"

#include <stdlib.h>

#include "base/check.h"
#include "daemon/web/gate.h"
#include "daemon/web/looking.h"
#include "daemon/web/visit.h"
#include "store/reader.h"

#define LOG_LIMIT   1000               /* records unless asked */
#define SEQ_BITS    40                 /* of a seq that is asked for */
#define PIECE_BYTES ((size_t)64 << 10) /* at least, of an answer in pieces */

static const char ndjson[] = "application/x-ndjson";
static const char protobuf[] = "application/x-protobuf";

/*
 * An answer is made in pieces: each is read from a view of its own, which is given up before the
 * piece is sent, so that a reader who does not read keeps no page of the store. All are of the
 * log as it was when the first was read.
 */
struct log_work {
	struct task task;
	struct log *log;
	const struct analyst *analyst; /* of the visit's access */
	uint64_t after;                /* the last record that was looked at */
	uint64_t seq_to;               /* the last of the answer; 0: not known yet */
	uint64_t limit;                /* records that may be shown still */
	bool as_protobuf;
	bool ended;
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
	err = person_note(&work->look, reader, record);
	if (err == OK)
		err = reader_view(reader, record, arena, &view);
	if (err == OK && !work->as_protobuf) {
		record_print_json(&view, &work->out);
		text_add_char(&work->out, '\n');
	} else if (err == OK) {
		err = record_encode(&view, arena, &encoded);
		varint_add(&work->out, encoded.length);
		text_add(&work->out, text_bytes(&encoded));
	}
	bool failed = work->out.failed || encoded.failed;
	text_release(&encoded);
	return failed ? ERR_FULL : err;
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
	work->ended = work->after >= work->seq_to || work->limit == 0;
	if (err == OK)
		err = work->ended ? look_end(&work->look) : look_write(&work->look);
	return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

static void piece_run(struct task *task)
{
	struct log_work *work = (struct log_work *)task;
	struct reader *reader = NULL;
	struct arena arena = { 0 };
	work->err = task_is_stopped(task) ? ERR_STOPPED : reader_open(work->log, &reader);
	if (work->err == OK)
		work->err = arena_init(&arena, VIEW_ARENA_SIZE);
	if (work->err == OK)
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

static void piece_finish(struct request *request)
{
	struct log_work *work = request->work;
	piece_hand_over(request, work);
	if (work->ended || work->err != OK)
		request_pieces_end(request, work->err);
}

static void piece_next(struct request *request)
{
	struct log_work *work = request->pieces.context;
	CHECK(gate_may_read_log(&visit_of(request)->identity) && !work->ended);
	if (!visit_resubmit(request, &work->task, piece_finish))
		request_pieces_end(request, ERR_STOPPED);
}

/* The first piece is there: nothing was said before it, so that a failure can still be told. */
static void log_finish(struct request *request)
{
	struct log_work *work = request->work;
	const struct pieces pieces = { piece_next, work_free, work };
	const char *type = work->as_protobuf ? protobuf : ndjson;
	CHECK(gate_may_read_log(&visit_of(request)->identity));
	if (work->err != OK) {
		if (work->look.is_unwritable)
			looking_unwritable(request);
		else
			visit_store_error(request, work->err);
		work_free(work);
		return;
	}
	looking_noted(request, &work->look);
	piece_hand_over(request, work);
	if (!work->ended) {
		request_answer_pieces(request, 200, type, &pieces);
		return;
	}
	request_answer(request, 200, type);
	work_free(work);
}

void log_handle(struct request *request)
{
	static const char *const parameters[] = { "after", "limit", NULL };
	const struct visit *visit = visit_of(request);
	struct server *server = visit->server;
	if (!gate_may_read_log(&visit->identity)) {
		request_refuse(request, request->route->denied);
		return;
	}
	uint64_t max = server->config->limits_log_records_max;
	uint64_t after = 0, limit = LOG_LIMIT < max ? LOG_LIMIT : max;
	if (!request_query_check(request, parameters) ||
		!request_query_number(request, "after", 0, UINT64_C(1) << SEQ_BITS, &after) ||
		!request_query_number(request, "limit", 1, max, &limit))
		return;
	/* One piece is sent while the next is made, with its spans. */
	if (!request_hold(request, 5 * PIECE_BYTES)) {
		request_full(request);
		return;
	}
	struct log_work *work = calloc(1, sizeof(*work));
	if (work == NULL) {
		visit_store_error(request, ERR_FULL);
		return;
	}
	work->task.run = piece_run;
	work->log = server->log;
	work->analyst = visit->identity.analyst;
	work->after = after;
	work->limit = limit;
	work->as_protobuf = request_prefers(request, protobuf, ndjson);
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
	if (err == OK)
		looking_noted(request, &look);
	bool is_unwritable = look.is_unwritable;
	look_release(&look);
	if (err == OK)
		request_answer(request, 200, "application/json");
	else if (is_unwritable)
		looking_unwritable(request);
	else if (err == ERR_NOT_FOUND)
		request_problem(request, 404, "this partner sent no event with that id");
	else if (err == ERR_CONFLICT)
		request_problem(request, 410, "the event with that id was erased");
	else
		visit_store_error(request, err);
}
