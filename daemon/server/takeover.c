/*
 * daemon/server/takeover.c - see takeover.h.
 */
#include "daemon/server/takeover.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "base/grow.h"
#include "daemon/server/erasing.h"
#include "proto/log_message.h"
#include "store/follow.h"

#define ARENA_BYTES       ((size_t)4 << 20) /* of the records that are written at once */
#define ARENA_FULL        (ARENA_BYTES / 2)
#define RECORDS_MAX       1024              /* the same */
#define MESSAGE_BYTES_MAX ((size_t)1 << 20) /* of one record: a stored event has 64 KiB at most */

struct takeover {
	struct server *server;
	struct follower *follower;
	const atomic_bool *stop;
	enum follow_role role;
	uint8_t store[READER_STORE_ID_SIZE]; /* of what is here */
	uint64_t last_seq;                   /* the same; and of what waits to be written */
	uint64_t messages;

	/* Of the answer that is read. */
	bool greeted; /* it is a ladderd's, of the same store */
	uint8_t main[READER_STORE_ID_SIZE];
	struct text rest; /* of a message that is not whole */
	enum err err;
	struct reason reason;

	/* What waits to be written: events and tombstones, or acts that erase somebody. */
	struct arena arena;
	struct record_view *views;
	size_t count;
	bool are_acts;

	/* Records that were erased before they came here, of which no act has told yet. */
	uint64_t *holes;
	size_t hole_count, hole_size;
	bool holes_known; /* also those that came before this daemon's start */
};

static enum err store_look(struct takeover *takeover, int64_t *recorded_us, struct reason *reason)
{
	struct reader *reader;
	enum err err = reader_open(takeover->server->log, &reader);
	if (err == OK) {
		err = reader_store_id(reader, takeover->store);
		if (err == OK)
			err = reader_last(reader, &takeover->last_seq, recorded_us);
		reader_close(reader);
	}
	return err == OK ? OK : fail(reason, ERR_IO, "the store cannot be read");
}

enum err takeover_new(struct server *server, struct follower *follower, const atomic_bool *stop,
	struct takeover **out)
{
	struct takeover *takeover = calloc(1, sizeof(*takeover));
	struct follow_note note;
	struct reason unused;
	int64_t recorded_us;
	if (takeover == NULL)
		return ERR_FULL;
	takeover->server = server;
	takeover->follower = follower;
	takeover->stop = stop;
	takeover->views = calloc(RECORDS_MAX, sizeof(*takeover->views));
	enum err err =
		takeover->views == NULL ? ERR_FULL : arena_init(&takeover->arena, ARENA_BYTES);
	if (err == OK)
		err = store_look(takeover, &recorded_us, &unused);
	if (err == OK)
		err = follow_note_read(server->config->store_path, &note, &unused);
	if (err != OK) {
		takeover_free(takeover);
		return err;
	}
	/* Records that are here without a note of their own are a backup's, or were a main's. */
	takeover->role =
		note.role == FOLLOW_BEGUN || takeover->last_seq == 0 ? FOLLOW_BEGUN : FOLLOW_ON;
	*out = takeover;
	return OK;
}

void takeover_free(struct takeover *takeover)
{
	if (takeover == NULL)
		return;
	text_release(&takeover->rest);
	arena_release(&takeover->arena);
	free(takeover->views);
	free(takeover->holes);
	free(takeover);
}

bool takeover_was_whole(const struct takeover *takeover)
{
	return takeover->role == FOLLOW_ON;
}

uint64_t takeover_messages(const struct takeover *takeover)
{
	return takeover->messages;
}

enum err takeover_error(const struct takeover *takeover, struct reason *reason)
{
	if (takeover->err != OK)
		*reason = takeover->reason;
	return takeover->err;
}

enum err takeover_begin(
	struct takeover *takeover, char path[TAKEOVER_PATH_MAX], struct reason *reason)
{
	int64_t recorded_us;
	char at[INSTANT_LENGTH + 1] = "";
	takeover->greeted = false;
	takeover->err = OK;
	text_release(&takeover->rest);
	takeover->count = 0;
	takeover->are_acts = false;
	arena_reset(&takeover->arena);
	enum err err = store_look(takeover, &recorded_us, reason);
	if (err != OK)
		return err;
	if (takeover->last_seq > 0)
		instant_print(recorded_us, at);
	int length =
		takeover->last_seq == 0
			? snprintf(path, TAKEOVER_PATH_MAX, "/v1/log?after=0&follow=yes")
			: snprintf(path, TAKEOVER_PATH_MAX, "/v1/log?after=%llu&at=%s&follow=yes",
				  (unsigned long long)takeover->last_seq, at);
	CHECK(length > 0 && length < TAKEOVER_PATH_MAX);
	return OK;
}

bool takeover_was_greeted(const struct takeover *takeover)
{
	return takeover->greeted;
}

static enum err main_read(const struct remote_answer *answer, uint8_t out[READER_STORE_ID_SIZE])
{
	char store[LOG_MARK_STORE_LENGTH + 1];
	CHECK_STATIC(LOG_MARK_STORE_SIZE == READER_STORE_ID_SIZE);
	return remote_header(answer, "Ladder-Store", store, sizeof(store))
		       ? log_mark_store_parse(bytes_of_string(store), out)
		       : ERR_NOT_FOUND;
}

bool takeover_is_other_store(const struct takeover *takeover, const struct remote_answer *answer)
{
	uint8_t main[READER_STORE_ID_SIZE];
	return main_read(answer, main) == OK && memcmp(main, takeover->store, sizeof(main)) != 0;
}

/* Writes down whom the store follows, when that is news. */
static enum err role_note(struct takeover *takeover, enum follow_role role, struct reason *reason)
{
	const struct config *config = takeover->server->config;
	struct follow_note note, before;
	enum err err = follow_note_read(config->store_path, &before, reason);
	note.role = role;
	snprintf(note.main, sizeof(note.main), "%s", config->follow_main);
	if (err == OK && (before.role != role || strcmp(before.main, note.main) != 0))
		err = follow_note_write(config->store_path, &note, reason);
	if (err == OK)
		takeover->role = role;
	return err == OK ? OK : ERR_IO;
}

/* The first bytes of an answer: whose is it? */
static enum err greet(
	struct takeover *takeover, const struct remote_answer *answer, struct reason *reason)
{
	char last[24];
	if (main_read(answer, takeover->main) != OK)
		return fail(reason, ERR_IO,
			"what answers there is no ladderd, or one that cannot be followed yet");
	if (takeover->last_seq > 0 && takeover_is_other_store(takeover, answer))
		return fail(reason, ERR_CONFLICT,
			"%s has another store than that of the records that are here: follow it "
			"with an empty store, or with a backup of its own",
			takeover->server->config->follow_main);
	takeover->greeted = true;
	if (remote_header(answer, "Ladder-Last-Seq", last, sizeof(last))) {
		uint64_t main_seq = strtoull(last, NULL, 10);
		follower_heard(takeover->follower, main_seq, main_seq <= takeover->last_seq);
	}
	return role_note(takeover, takeover->role, reason);
}

/* What the committer's thread is handed. */
struct takeover_write {
	struct takeover *takeover;
	int64_t settled_us;
};

static enum err records_write(
	struct log *log, const struct takeover_write *writing, struct reason *reason)
{
	struct takeover *takeover = writing->takeover;
	enum err err = log_follow_store(log, takeover->main, reason);
	if (err == OK)
		err = log_follow(log, takeover->views, takeover->count, &takeover->arena, reason);
	if (err == OK)
		err = log_raise_floor(log, writing->settled_us);
	if (err == ERR_FULL)
		err = log_fail(log, err, reason);
	return err;
}

static enum err write_run(struct log *log, void *context, struct reason *reason)
{
	enum err err = log_space(log, reason);
	if (err == OK)
		err = log_begin(log, 0, reason);
	if (err != OK)
		return err;
	err = records_write(log, context, reason);
	if (err != OK) {
		log_abort(log);
		return err;
	}
	return log_commit(log, reason);
}

/* What the acts that wait say is done. */
static enum err acts_do(struct takeover *takeover, const struct record_view *acts, size_t count,
	struct reason *reason);

/* Waits until what waits is durable, and so much is settled. */
static enum err flush(struct takeover *takeover, int64_t settled_us, struct reason *reason)
{
	struct server *server = takeover->server;
	struct takeover_write writing = { takeover, settled_us };
	struct exclusive exclusive = { .run = write_run, .context = &writing };
	if (takeover->are_acts) {
		enum err done = acts_do(takeover, takeover->views, takeover->count, reason);
		takeover->count = 0;
		takeover->are_acts = false;
		arena_reset(&takeover->arena);
		if (done != OK)
			return done;
	}
	if (takeover->count == 0 && settled_us <= committer_settled_us(server->committer)) {
		arena_reset(&takeover->arena);
		return OK;
	}
	enum err err = committer_exclusively(server->committer, &exclusive);
	if (err != OK)
		return ERR_STOPPED;
	if (exclusive.err == ERR_CORRUPT)
		log_note_damage(server->log, &exclusive.reason);
	memcpy(takeover->store, takeover->main, sizeof(takeover->store));
	takeover->count = 0;
	arena_reset(&takeover->arena);
	refresher_wake(server->refresher);
	if (exclusive.err == OK)
		return OK;
	*reason = exclusive.reason;
	/* After the last the committer has failed, and the daemon ends. */
	return exclusive.err == ERR_FULL ? ERR_IO : exclusive.err;
}

static enum err hole_add(struct takeover *takeover, uint64_t seq)
{
	if (!GROW(takeover->holes, takeover->hole_size, takeover->hole_count + 1))
		return ERR_FULL;
	takeover->holes[takeover->hole_count++] = seq;
	return OK;
}

/* A record that was erased before it came here: only its place is told. */
static enum err hole_note(struct takeover *takeover, uint64_t seq, struct reason *reason)
{
	if (takeover->role == FOLLOW_BEGUN)
		return fail(reason, ERR_CONFLICT,
			"record %llu of %s is erased, and what is needed of it is not in its log: "
			"begin this store with a backup of the main's",
			(unsigned long long)seq, takeover->server->config->follow_main);
	return hole_add(takeover, seq) == OK ? OK
					     : fail(reason, ERR_IO, "there is not enough memory");
}

/* The act tells who it was. */
static void holes_close(struct takeover *takeover, const struct log_act *act)
{
	size_t left = 0;
	for (size_t i = 0; i < takeover->hole_count; i++) {
		bool told = false;
		for (size_t j = 0; j < act->seq_count && !told; j++)
			told = act->seqs[j] == takeover->holes[i];
		if (!told)
			takeover->holes[left++] = takeover->holes[i];
	}
	takeover->hole_count = left;
}

/* Looks at a record that was here at the start: a hole, or the act that tells of some? */
static enum err hole_look(
	struct takeover *takeover, const struct record *record, struct arena *arena)
{
	struct log_act act;
	if (record->kind == RECORD_TOMBSTONE && record->nameless)
		return hole_add(takeover, record->seq);
	if (record->kind != RECORD_ACT || record->act != LOG_ACT_ERASED)
		return OK;
	arena_reset(arena);
	enum err err = log_act_decode(record->body, arena, &act);
	if (err == OK)
		holes_close(takeover, &act);
	return err;
}

/* Finds the holes that are in the store. It reads the log: only for what cannot do without. */
static enum err holes_find(struct takeover *takeover)
{
	struct reader *reader;
	struct arena arena = { 0 };
	uint64_t last_seq;
	int64_t unused;
	enum err err = reader_open(takeover->server->log, &reader);
	if (err != OK)
		return err;
	err = reader_last(reader, &last_seq, &unused);
	if (err == OK)
		err = arena_init(&arena, (LOG_ACT_SEQS_MAX + 2) * sizeof(uint64_t));
	for (uint64_t seq = 1; err == OK && seq <= last_seq; seq++) {
		struct record record;
		err = atomic_load(takeover->stop)    ? ERR_STOPPED
		      : seq % RECORDS_OF_A_VIEW == 0 ? reader_renew(reader)
						     : OK;
		if (err == OK)
			err = reader_next(reader, seq, &record);
		if (err == OK)
			err = hole_look(takeover, &record, &arena);
	}
	arena_release(&arena);
	reader_close(reader);
	takeover->holes_known = err == OK;
	return err;
}

/* What is published must not be of somebody whose records never came here. */
static enum err publication_check(
	struct takeover *takeover, const struct record_view *view, struct reason *reason)
{
	enum err err =
		takeover->holes_known || takeover->role == FOLLOW_BEGUN ? OK : holes_find(takeover);
	if (err != OK)
		return fail(reason, err == ERR_STOPPED ? ERR_STOPPED : ERR_IO,
			"the store cannot be read");
	if (takeover->hole_count == 0)
		return OK;
	return fail(reason, ERR_CONFLICT,
		"record %llu of %s publishes figures of somebody who was erased before the records "
		"came here: begin this store with a backup of the main's",
		(unsigned long long)view->seq, takeover->server->config->follow_main);
}

static enum err acts_do(struct takeover *takeover, const struct record_view *acts, size_t count,
	struct reason *reason)
{
	enum err err = erasing_follow(takeover->server, acts, count, takeover->stop, reason);
	for (size_t i = 0; i < count && err == OK; i++) {
		if (acts[i].act.type == LOG_ACT_ERASED)
			holes_close(takeover, &acts[i].act);
	}
	return err == ERR_FULL ? ERR_IO : err;
}

/* Erasures wait for those that follow, since each copies the store; a restriction does not. */
static enum err act_take(
	struct takeover *takeover, const struct record_view *view, struct reason *reason)
{
	if (view->seq != takeover->last_seq + 1)
		return fail(reason, ERR_CONFLICT, "the main sent record %llu where %llu comes next",
			(unsigned long long)view->seq, (unsigned long long)takeover->last_seq + 1);
	CHECK(takeover->count == 0 || takeover->are_acts);
	takeover->last_seq = view->seq;
	if (view->act.type != LOG_ACT_ERASED)
		return acts_do(takeover, view, 1, reason);
	takeover->are_acts = true;
	takeover->views[takeover->count++] = *view;
	return OK;
}

/* A record that waits from now on. */
static enum err record_take(
	struct takeover *takeover, const struct record_view *view, struct reason *reason)
{
	enum err err = OK;
	if (view->kind == RECORD_TOMBSTONE)
		err = hole_note(takeover, view->seq, reason);
	else if (view->kind == RECORD_EVENT && view->event.type == EVENT_REPORT_PUBLISHED)
		err = publication_check(takeover, view, reason);
	if (err != OK)
		return err;
	takeover->views[takeover->count++] = *view;
	takeover->last_seq = view->seq;
	return OK;
}

static enum err mark_take(
	struct takeover *takeover, const struct log_mark *mark, struct reason *reason)
{
	enum err err = flush(takeover, mark->settled_us, reason);
	if (err != OK)
		return err;
	if (mark->caught_up != takeover->last_seq)
		return fail(reason, ERR_CONFLICT,
			"%s says that record %llu is its last, where %llu is the last here",
			takeover->server->config->follow_main, (unsigned long long)mark->caught_up,
			(unsigned long long)takeover->last_seq);
	if (takeover->role == FOLLOW_BEGUN)
		err = role_note(takeover, FOLLOW_ON, reason);
	if (err == OK)
		follower_heard(takeover->follower, mark->caught_up, true);
	return err;
}

/* Reads a message, of which a copy is kept as long as it waits. */
static enum err message_read(struct takeover *takeover, struct bytes bytes, struct log_message *out)
{
	uint8_t *copy = arena_take(&takeover->arena, bytes.length + 1);
	if (copy == NULL)
		return ERR_FULL;
	memcpy(copy, bytes.data, bytes.length);
	return log_message_decode(bytes_of(copy, bytes.length), &takeover->arena, out);
}

/* May it wait beside what waits? A mark writes that itself. */
static bool is_of_what_waits(const struct takeover *takeover, const struct log_message *message)
{
	if (message->is_mark || takeover->count == 0)
		return true;
	bool is_act = message->view.kind == RECORD_ACT;
	return takeover->are_acts ? is_act && message->view.act.type == LOG_ACT_ERASED : !is_act;
}

static enum err message_take(struct takeover *takeover, struct bytes bytes, struct reason *reason)
{
	struct log_message message;
	enum err err = OK;
	if (takeover->count == RECORDS_MAX || takeover->arena.used > ARENA_FULL)
		err = flush(takeover, INT64_MIN, reason);
	if (err != OK)
		return err;
	err = message_read(takeover, bytes, &message);
	if (err == OK && !is_of_what_waits(takeover, &message)) {
		/* What waits is written, and this one is read again, behind nothing. */
		err = flush(takeover, INT64_MIN, reason);
		arena_reset(&takeover->arena);
		if (err != OK)
			return err;
		err = message_read(takeover, bytes, &message);
	}
	if (err == ERR_FULL)
		return fail(reason, ERR_IO, "there is not enough memory");
	if (err != OK)
		return fail(reason, ERR_CORRUPT,
			"%s sends what this program does not know: it must not be older than the "
			"main's",
			takeover->server->config->follow_main);
	takeover->messages++;
	if (message.is_mark)
		return mark_take(takeover, &message.mark, reason);
	return message.view.kind == RECORD_ACT ? act_take(takeover, &message.view, reason)
					       : record_take(takeover, &message.view, reason);
}

/* The messages that are whole, out of what came. */
static enum err messages_take(struct takeover *takeover, struct reason *reason)
{
	struct bytes bytes = text_bytes(&takeover->rest);
	enum err err = OK;
	while (err == OK && !atomic_load(takeover->stop)) {
		struct bytes rest = bytes;
		uint64_t length;
		if (varint_take(&rest, &length) != OK) {
			if (bytes.length >= 10)
				err = fail(reason, ERR_CORRUPT, "what the main sends is no log");
			break;
		}
		if (length > MESSAGE_BYTES_MAX)
			return fail(reason, ERR_CORRUPT, "what the main sends is no log");
		if (length > rest.length)
			break;
		err = message_take(takeover, bytes_of(rest.data, (size_t)length), reason);
		bytes = bytes_of(rest.data + length, rest.length - (size_t)length);
	}
	size_t done = takeover->rest.length - bytes.length;
	if (err == OK && done > 0) {
		memmove(takeover->rest.data, takeover->rest.data + done, bytes.length);
		takeover->rest.length = bytes.length;
	}
	return err;
}

bool takeover_take(
	struct takeover *takeover, const struct remote_answer *answer, struct bytes piece)
{
	struct reason *reason = &takeover->reason;
	enum err err = takeover->greeted ? OK : greet(takeover, answer, reason);
	if (err == OK) {
		text_add(&takeover->rest, piece);
		if (takeover->rest.failed)
			err = fail(reason, ERR_IO, "there is not enough memory");
	}
	if (err == OK)
		err = messages_take(takeover, reason);
	if (err == OK && atomic_load(takeover->stop))
		err = ERR_STOPPED;
	takeover->err = err;
	return err == OK;
}
