/*
 * tests/faults/world.c - see world.h.
 */
#include "tests/faults/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "engine/answers.h"
#include "engine/state.h"
#include "ingest/batch.h"
#include "store/reader.h"
#include "tests/all_rights.h"

#define PARTNERS      3
#define BATCHES_MAX   4
#define EVENTS_MAX    12
#define BEGIN_US      (20000 * US_PER_DAY + US_PER_DAY / 2)
#define STORE_BYTES   ((size_t)64 << 20)
#define STORE_RESERVE ((size_t)64 << 10) /* of a small one */
#define CODE_DAYS     900                /* that events lie back at most */

static char telling[256];
static char story[4096];
static size_t story_length;
static void (*clean_up)(void);

void world_at_failure(void (*clean)(void))
{
	clean_up = clean;
}

void world_tell(const char *format, ...)
{
	va_list rest;
	va_start(rest, format);
	vsnprintf(telling, sizeof(telling), format, rest);
	va_end(rest);
	story_length = 0;
	story[0] = '\0';
}

void world_note(const char *format, ...)
{
	va_list rest;
	size_t left = sizeof(story) - story_length;
	va_start(rest, format);
	int length = vsnprintf(story + story_length, left, format, rest);
	va_end(rest);
	if (length > 0 && (size_t)length < left)
		story_length += (size_t)length;
}

void world_fails(const struct world *world, const char *what, const char *file, int line)
{
	fprintf(stderr, "faults: %s:%d: does not hold: %s\n  %s\n", file, line, what, telling);
	if (world != NULL)
		fprintf(stderr, "  %zu events were sent; the last start that failed: %s\n",
			world->said_count, world->reason.text);
	fprintf(stderr, "  the story:%s\n", story);
	if (clean_up != NULL)
		clean_up();
	_exit(1);
}

void world_init(struct world *world, const char *store, uint64_t seed)
{
	*world = (struct world){ .chance = { seed }, .size_max = STORE_BYTES };
	snprintf(world->store, sizeof(world->store), "%s", store);
	clock_virtual_init(&world->time, BEGIN_US);
	world->clock = clock_virtual(&world->time);
}

static int64_t now_us(const struct world *world)
{
	return clock_now_us(&world->clock);
}

static struct log_options options_of(const char *path)
{
	return (struct log_options){ .path = path, .size_max = STORE_BYTES, .definitions = 2 };
}

void world_size(struct world *world, size_t size_max)
{
	CHECK(world->log == NULL);
	world->size_max = size_max;
}

bool world_may_fail(const struct world *world)
{
	return disk_has_failed() || disk_has_stopped() || world->size_max < STORE_BYTES;
}

static void live_end(struct world *world)
{
	live_free(world->live);
	world->live = NULL;
}

static void state_at(const struct world *world, char path[PLACE_MAX + 16])
{
	CHECK(state_path(world->store, path, PLACE_MAX + 16) == OK);
}

/* What was saved, if it can be read. A crash leaves the one before or the new one, whole. */
static void live_begin(struct world *world)
{
	struct reader *reader;
	struct reason reason = { "" };
	char path[PLACE_MAX + 16];
	state_at(world, path);
	if (reader_open(world->log, &reader) != OK)
		return;
	enum err err = state_load(path, reader, &world->live, &reason);
	if (err == ERR_CORRUPT)
		HOLDS(world, disk_has_failed());
	if (err != OK && live_new(&world->live) != OK)
		world->live = NULL;
	reader_close(reader);
}

bool world_open(struct world *world)
{
	const struct committer_limits limits = { .batches_max = 1000, .bytes_max = SIZE_MAX };
	struct reason reason = { "" };
	struct log_options options = options_of(world->store);
	options.size_max = world->size_max;
	options.reserve = world->size_max < STORE_BYTES ? STORE_RESERVE : 0;
	CHECK(world->log == NULL && world->committer == NULL);
	enum err err = log_open(&options, LOG_WRITE, &world->log, &reason);
	if (err != OK) {
		world->reason = reason;
		HOLDS(world, reason.text[0] != '\0');
		return false;
	}
	counters_init(&world->counters, now_us(world));
	err = committer_start(
		world->log, &world->clock, &limits, &world->counters, &world->committer);
	if (err != OK) {
		counters_release(&world->counters);
		log_close(world->log);
		world->log = NULL;
		return false;
	}
	live_begin(world);
	return true;
}

void world_close(struct world *world)
{
	if (world->log == NULL)
		return;
	live_end(world);
	committer_stop(world->committer);
	committer_free(world->committer);
	counters_release(&world->counters);
	log_close(world->log);
	world->committer = NULL;
	world->log = NULL;
}

void world_release(struct world *world)
{
	world_close(world);
	for (size_t i = 0; i < world->answered_count; i++)
		text_release(&world->answered[i].text);
	clock_virtual_release(&world->time);
}

/* -- what is sent */

/* An event that was sent before, or nearly. */
static void said_again(struct world *world, struct said *said)
{
	const struct said *before = &world->said[chance_below(&world->chance, world->said_count)];
	*said = (struct said){
		.partner = before->partner,
		.id = before->id,
		.is_bad = before->is_bad,
		.retracts = before->retracts,
		.day = before->day,
	};
	memcpy(said->text, before->text, TEXT_MAX);
	if (!chance_in(&world->chance, 4))
		return;
	/* The id is used again, for something else. */
	char *rung = strstr(said->text, "{\"rung\":");
	if (rung != NULL && rung[8] != '9')
		rung[8] = rung[8] == '2' ? '4' : '2';
}

static void said_new(struct world *world, struct said *said)
{
	struct chance *chance = &world->chance;
	char date[DATE_LENGTH + 1], key[32] = "", body[96];
	int32_t day = zone_day(now_us(world)) - (int32_t)chance_below(chance, CODE_DAYS);
	*said = (struct said){
		.partner = (unsigned)chance_below(chance, PARTNERS),
		.id = (unsigned)world->said_count,
		.is_bad = chance_in(chance, 16),
		.retracts = chance_in(chance, 8),
		.day = day,
	};
	said->retracts = said->retracts && !said->is_bad;
	if (day < day_from_civil((struct civil){ 1990, 1, 1 }))
		said->is_bad = true;
	date_print(day, date);
	if (chance_in(chance, 4) && !said->retracts)
		snprintf(key, sizeof(key), "\"key\":\"k%u\",", (unsigned)chance_below(chance, 9));
	if (said->retracts)
		snprintf(body, sizeof(body), "\"event_retracted\":{\"target_id\":\"e%u\"}",
			(unsigned)chance_below(chance, world->said_count + 1));
	else if (chance_in(chance, 3) && !said->is_bad)
		snprintf(body, sizeof(body), "\"municipality_settled\":{}");
	else
		snprintf(body, sizeof(body), "\"ladder_assessed\":{\"rung\":%u}",
			said->is_bad ? 9 : 1 + (unsigned)chance_below(chance, 6));
	char subject[32] = "";
	if (!said->retracts)
		snprintf(subject, sizeof(subject), "\"subject\":\"s%u\",",
			(unsigned)chance_below(chance, 7));
	snprintf(said->text, TEXT_MAX,
		"{\"id\":\"e%u\",%s%s\"municipality\":\"GM0823\",\"occurred_on\":\"%s\",%s}",
		said->id, key, subject, date, body);
}

/* A batch on its way. */
struct sending {
	struct world *world;
	struct text body;
	struct arena arena;
	struct batch batch;
	struct submission submission;
	size_t first, count; /* of what is said */
	atomic_bool done;
	size_t known_at;
};

/* All of a push are submitted: the committer goes on. */
static atomic_bool all_submitted;

/*
 * The first of a push is a commit of its own, in which the committer waits for the others, that
 * are the next: so that a seed gives one story.
 */
static void sending_done(struct submission *submission)
{
	struct sending *sending = submission->context;
	sending->known_at = disk_length();
	AWAIT(atomic_load(&all_submitted));
	atomic_store(&sending->done, true);
}

static const char *partner_name(unsigned partner)
{
	static const char *const names[PARTNERS] = { "isd", "lev", "vwn" };
	return names[partner];
}

/* Makes up what is said. All of a batch are of one partner. */
static void sending_say(struct world *world, struct sending *sending)
{
	size_t count = 1 + chance_below(&world->chance, EVENTS_MAX);
	if (count > SAID_MAX - world->said_count)
		count = SAID_MAX - world->said_count;
	sending->first = world->said_count;
	unsigned partner = 0;
	for (size_t i = 0; i < count; i++) {
		struct said *said = &world->said[world->said_count];
		if (world->said_count > 0 && chance_in(&world->chance, 4))
			said_again(world, said);
		else
			said_new(world, said);
		if (i == 0)
			partner = said->partner;
		said->partner = partner;
		world->said_count++;
	}
	sending->count = count;
}

/* Protobuf of the texts of a batch: what a partner that speaks it would send. */
static bool body_protobuf(const struct world *world, const struct sending *sending,
	const struct batch_limits *limits, struct text *out)
{
	struct arena arena = { .memory = NULL };
	struct reason reason;
	struct batch batch;
	struct text json = { 0 };
	bool made = arena_init(&arena, (size_t)1 << 18) == OK;
	for (size_t i = 0; made && i < sending->count; i++) {
		text_add_string(&json, world->said[sending->first + i].text);
		text_add_char(&json, '\n');
	}
	made = made && !json.failed &&
	       batch_read(text_bytes(&json), BATCH_NDJSON, limits, all_rights(), INT32_MAX - 1,
		       &arena, &batch, &reason) == OK;
	for (size_t i = 0; made && i < batch.count; i++) {
		struct bytes bytes;
		/* What is wrong has no canonical form. */
		made = batch.items[i].verdict == VERDICT_ACCEPTED &&
		       event_encode(&batch.items[i].event, ENVELOPE_WHOLE, &arena, &bytes) == OK;
		if (made) {
			varint_add(out, 1 << 3 | WIRE_BYTES);
			varint_add(out, bytes.length);
			text_add(out, bytes);
		}
	}
	text_release(&json);
	if (arena.memory != NULL)
		arena_release(&arena);
	return made && !out->failed;
}

static enum batch_format body_make(
	struct world *world, struct sending *sending, const struct batch_limits *limits)
{
	enum batch_format format = (enum batch_format)chance_below(&world->chance, 3);
	if (format == BATCH_PROTOBUF) {
		if (body_protobuf(world, sending, limits, &sending->body))
			return format;
		text_release(&sending->body);
		sending->body = (struct text){ 0 };
		format = BATCH_NDJSON;
	}
	text_add_string(&sending->body, format == BATCH_JSON ? "{\"events\":[" : "");
	for (size_t i = 0; i < sending->count; i++) {
		if (i > 0)
			text_add_char(&sending->body, format == BATCH_JSON ? ',' : '\n');
		text_add_string(&sending->body, world->said[sending->first + i].text);
	}
	text_add_string(&sending->body, format == BATCH_JSON ? "]}" : "\n");
	return format;
}

/* Reads the request and hands it over. False: it was refused, and can be sent again. */
static bool sending_submit(struct world *world, struct sending *sending)
{
	const struct batch_limits limits = { .events_max = EVENTS_MAX };
	struct reason reason = { "" };
	enum batch_format format = body_make(world, sending, &limits);
	if (sending->body.failed)
		return false;
	if (arena_init(&sending->arena, batch_arena_size(sending->body.length)) != OK)
		return false;
	enum err err = batch_read(text_bytes(&sending->body), format, &limits, all_rights(),
		zone_day(now_us(world)), &sending->arena, &sending->batch, &reason);
	if (err != OK) {
		/* Our own fault is never told as the sender's. */
		HOLDS(world, err != ERR_INVALID && disk_has_failed());
		return false;
	}
	HOLDS(world, sending->batch.count == sending->count);
	sending->submission = (struct submission){
		.batch = &sending->batch,
		.partner = bytes_of_string(partner_name(world->said[sending->first].partner)),
		.bytes = sending->body.length,
		.done = sending_done,
		.context = sending,
	};
	return committer_submit(world->committer, &sending->submission) == OK;
}

static bool is_same(const struct said *one, const struct said *other)
{
	return one->partner == other->partner && one->id == other->id;
}

/* Was the id sent before, with this content or another one? */
static bool was_said(const struct world *world, const struct said *said, bool same)
{
	for (const struct said *at = world->said; at != said; at++) {
		if (is_same(at, said) && (strcmp(at->text, said->text) == 0) == same)
			return true;
	}
	return false;
}

/* What a verdict promises, and whether it may be. */
static void verdict_note(struct world *world, struct said *said, const struct batch_item *item,
	int32_t today, size_t known_at)
{
	said->was_taken = true;
	switch (item->verdict) {
	case VERDICT_ACCEPTED:
		HOLDS(world, !said->is_bad);
		said->order = ++world->accepted;
		break;
	case VERDICT_DUPLICATE:
		HOLDS(world, was_said(world, said, true));
		break;
	case VERDICT_REJECTED:
		HOLDS(world, said->is_bad || said->day > today + 1 ||
				     (item->rejection.code == REJECTION_ID_CONFLICT &&
					     was_said(world, said, false)) ||
				     (said->retracts &&
					     (item->rejection.code == REJECTION_TARGET_UNKNOWN ||
						     item->rejection.code ==
							     REJECTION_TARGET_WITHDRAWN)));
		return;
	}
	said->is_known = true;
	said->known_at = known_at;
}

static void sending_note(struct world *world, struct sending *sending, int32_t today)
{
	switch (sending->submission.outcome) {
	case OUTCOME_DURABLE:
		world->pushes++;
		for (size_t i = 0; i < sending->count; i++)
			verdict_note(world, &world->said[sending->first + i],
				&sending->batch.items[i], today, sending->known_at);
		break;
	case OUTCOME_REFUSED:
		HOLDS(world, world_may_fail(world));
		world->refusals++;
		break;
	case OUTCOME_AWAY:
		HOLDS(world, false); /* it is no node of a cluster */
		break;
	case OUTCOME_FAILED:
		HOLDS(world, world_may_fail(world));
		world->refusals++;
		for (size_t i = 0; i < sending->count; i++)
			world->said[sending->first + i].was_taken = true;
		break;
	case OUTCOME_WAITING:
		HOLDS(world, sending->submission.outcome != OUTCOME_WAITING);
	}
}

void world_push(struct world *world)
{
	static struct sending sendings[BATCHES_MAX];
	bool submitted[BATCHES_MAX];
	size_t count = 1 + chance_below(&world->chance, BATCHES_MAX);
	int32_t today = zone_day(now_us(world));
	atomic_store(&all_submitted, false);
	for (size_t i = 0; i < count; i++) {
		sendings[i] = (struct sending){ .world = world };
		if (world->said_count == SAID_MAX) {
			count = i;
			break;
		}
		sending_say(world, &sendings[i]);
		submitted[i] = sending_submit(world, &sendings[i]);
		world->refusals += !submitted[i];
	}
	atomic_store(&all_submitted, true);
	for (size_t i = 0; i < count; i++) {
		if (submitted[i]) {
			AWAIT(atomic_load(&sendings[i].done));
			sending_note(world, &sendings[i], today);
		}
		text_release(&sendings[i].body);
		if (sendings[i].arena.memory != NULL)
			arena_release(&sendings[i].arena);
	}
}

/* -- what is read */

static enum err figures_at(
	struct reader *reader, const struct question *question, int64_t known_us, struct text *out)
{
	struct answers answers;
	enum err err = answers_fold(reader, question, known_us, NULL, &answers);
	if (err != OK)
		return err;
	err = answers_print_json(&answers, PART_ALL, 0, out);
	answers_release(&answers);
	return out->failed ? ERR_FULL : err;
}

/* Figures at a settled instant are given away. */
static enum err answer(struct world *world, struct reader *reader, int64_t known_us)
{
	struct answered given = {
		.known_us = known_us,
		.question = question_at(zone_day(known_us)),
	};
	enum err err = figures_at(reader, &given.question, known_us, &given.text);
	if (err != OK) {
		text_release(&given.text);
		return err;
	}
	given.known_at = disk_length();
	size_t place = world->answered_count < ANSWERED_MAX
			       ? world->answered_count++
			       : chance_below(&world->chance, ANSWERED_MAX);
	text_release(&world->answered[place].text);
	world->answered[place] = given;
	return OK;
}

static enum err follow(struct world *world, struct reader *reader, int64_t known_us)
{
	struct live *live = world->live;
	bool changed;
	uint64_t to;
	int32_t today = zone_day(known_us);
	enum err err = reader_seq_at(reader, known_us, &to);
	while (err == OK && live->histories.applied_seq < to)
		err = live_follow(live, reader, to, 1 + chance_below(&world->chance, 50));
	if (err == OK)
		err = live_refresh(live, reader, known_us, &changed);
	if (err == OK && live_day_find(live, today) == NULL) {
		live_days_drop_before(live, today);
		if (live->day_count == LIVE_DAYS_MAX)
			live_days_drop_before(live, INT32_MAX);
		err = live_day_add(live, reader, today);
	}
	return err;
}

void world_follow(struct world *world)
{
	struct reader *reader;
	struct reason reason = { "" };
	if (world->live == NULL && live_new(&world->live) != OK)
		return;
	int64_t known_us = committer_now_us(world->committer);
	if (committer_settle(world->committer, known_us) != OK) {
		HOLDS(world, world_may_fail(world));
		return;
	}
	if (reader_open(world->log, &reader) != OK) {
		HOLDS(world, world_may_fail(world));
		return;
	}
	enum err err = follow(world, reader, known_us);
	if (err == OK)
		err = answer(world, reader, known_us);
	if (err == OK && chance_in(&world->chance, 4))
		err = state_verify(world->live, reader, &reason);
	reader_close(reader);
	if (err != OK) {
		HOLDS(world, err != ERR_CORRUPT && world_may_fail(world));
		/* What is half done is thrown away: it can be made anew. */
		live_end(world);
	}
}

void world_save(struct world *world)
{
	struct reader *reader;
	struct reason reason = { "" };
	char path[PLACE_MAX + 16];
	if (world->live == NULL || world->live->marked_count > 0 || world->live->day_count == 0 ||
		reader_open(world->log, &reader) != OK)
		return;
	state_at(world, path);
	enum err err = state_save(path, world->live, reader, &reason);
	HOLDS(world, err == OK || world_may_fail(world));
	reader_close(reader);
}

void world_rest(struct world *world)
{
	clock_virtual_advance(&world->time, 100 * US_PER_SECOND);
	/* The committer's own work comes between two pushes; settling shows that it is at rest. */
	int64_t known_us = committer_now_us(world->committer);
	if (committer_settle(world->committer, known_us) != OK)
		HOLDS(world, world_may_fail(world));
}

void world_backup(struct world *world, const char *to)
{
	struct reason reason = { "" };
	enum err err = log_backup(world->log, to, &reason);
	HOLDS(world, err == OK || world_may_fail(world));
	/* Of what is sent now the copy knows nothing; of what was acknowledged it has all. */
	if (err == OK && !disk_has_stopped() && !disk_has_failed())
		world_check(world, to, disk_length(), false);
}

/* -- what must hold */

/* The sending whose event a record is; NULL: nobody sent it. */
static struct said *said_find(struct world *world, struct bytes partner, const char *text)
{
	for (size_t i = 0; i < world->said_count; i++) {
		struct said *said = &world->said[i];
		if (bytes_are(partner, partner_name(said->partner)) && said->was_taken &&
			strcmp(said->text, text) == 0)
			return said;
	}
	return NULL;
}

/* What is in the store: the seq of each sending's event; 0: it is not there. */
static void records_look(struct world *world, struct log *log, uint64_t seqs[SAID_MAX])
{
	struct reader *reader;
	struct arena arena;
	struct record_view view;
	struct text text = { 0 };
	int64_t recorded_us = INT64_MIN;
	enum err err = OK;
	memset(seqs, 0, SAID_MAX * sizeof(seqs[0]));
	CHECK(reader_open(log, &reader) == OK && arena_init(&arena, VIEW_ARENA_SIZE) == OK);
	for (uint64_t seq = 1;; seq++) {
		err = reader_next_view(reader, seq, &arena, &view);
		if (err != OK)
			break;
		HOLDS(world, view.kind == RECORD_EVENT && view.recorded_us > recorded_us);
		recorded_us = view.recorded_us;
		text.length = 0;
		event_print_json(&view.event, &text);
		struct said *found = said_find(world, view.partner, text.data);
		HOLDS(world, found != NULL);
		for (size_t i = 0; i < world->said_count; i++) {
			if (!is_same(&world->said[i], found))
				continue;
			/* Each id once. */
			HOLDS(world, seqs[i] == 0);
			seqs[i] = strcmp(world->said[i].text, found->text) == 0 ? seq : UINT64_MAX;
		}
	}
	HOLDS(world, err == ERR_NOT_FOUND);
	text_release(&text);
	arena_release(&arena);
	reader_close(reader);
}

/* Acknowledged is found, and in order. */
static void acknowledged_check(
	const struct world *world, const uint64_t seqs[SAID_MAX], size_t known_at)
{
	uint64_t order = 0, last = 0;
	for (size_t i = 0; i < world->said_count; i++) {
		const struct said *said = &world->said[i];
		if (!said->is_known || said->known_at > known_at)
			continue;
		HOLDS(world, seqs[i] != 0 && seqs[i] != UINT64_MAX);
		if (said->order == 0)
			continue;
		HOLDS(world, said->order > order && seqs[i] > last);
		order = said->order;
		last = seqs[i];
	}
}

static void answered_check(struct world *world, struct log *log, size_t known_at)
{
	struct reader *reader;
	CHECK(reader_open(log, &reader) == OK);
	for (size_t i = 0; i < world->answered_count; i++) {
		const struct answered *answered = &world->answered[i];
		struct text text = { 0 };
		if (answered->known_at > known_at)
			continue;
		HOLDS(world, log_floor_us(log) >= answered->known_us ||
				     log_last_recorded_us(log) >= answered->known_us);
		CHECK(figures_at(reader, &answered->question, answered->known_us, &text) == OK);
		HOLDS(world, bytes_equal(text_bytes(&text), text_bytes(&answered->text)));
		text_release(&text);
	}
	reader_close(reader);
}

/* One sending more of what was said. */
static void resend(struct world *world, struct log *log, const struct said *said, uint64_t seq)
{
	const struct batch_limits limits = { .events_max = 1 };
	struct reason reason = { "" };
	struct arena arena;
	struct batch batch;
	struct appended appended = { 0 };
	CHECK(arena_init(&arena, (size_t)1 << 17) == OK);
	CHECK(batch_read(bytes_of_string(said->text), BATCH_NDJSON, &limits, all_rights(),
		      INT32_MAX - 1, &arena, &batch, &reason) == OK);
	if (batch.items[0].verdict == VERDICT_ACCEPTED) {
		CHECK(log_append(log, bytes_of_string(partner_name(said->partner)),
			      &batch.items[0].event, &arena, &appended) == OK);
		if (seq == UINT64_MAX)
			HOLDS(world, appended.verdict == VERDICT_REJECTED &&
					     appended.code == REJECTION_ID_CONFLICT);
		else if (seq != 0)
			HOLDS(world, appended.verdict == VERDICT_DUPLICATE && appended.seq == seq);
		else
			HOLDS(world, appended.verdict != VERDICT_REJECTED || said->retracts ||
					     appended.code == REJECTION_ID_CONFLICT);
	} else {
		HOLDS(world, said->is_bad);
	}
	arena_release(&arena);
}

static void finding_tell(void *context, const char *finding)
{
	(void)context;
	fprintf(stderr, "faults: finding: %s\n", finding);
}

void world_check(struct world *world, const char *path, size_t known_at, bool thoroughly)
{
	static uint64_t seqs[SAID_MAX];
	struct log *log;
	struct reason reason = { "" };
	struct log_options options = options_of(path);
	disk_fault(NULL);
	enum err err = log_open(&options, LOG_WRITE, &log, &reason);
	if (err != OK)
		fprintf(stderr, "faults: %s\n", reason.text);
	HOLDS(world, err == OK);
	records_look(world, log, seqs);
	acknowledged_check(world, seqs, known_at);
	if (thoroughly) {
		struct reader *reader;
		uint64_t records;
		answered_check(world, log, known_at);
		CHECK(reader_open(log, &reader) == OK);
		HOLDS(world, reader_verify(reader, finding_tell, NULL, &records) == OK);
		reader_close(reader);
	}
	CHECK(log_begin(log, now_us(world), &reason) == OK);
	for (size_t i = 0; i < world->said_count; i++)
		resend(world, log, &world->said[i], seqs[i]);
	CHECK(log_commit(log, &reason) == OK);
	log_close(log);
}
