/*
 * tests/unit/store_memory.h - a store in a temporary directory that is told events
 * in a line each, and forgotten at the end.
 *
 * What a test says goes the way of a request: JSON, ingest/batch.h, the log.
 * Time is the test's: now_us, which is what the daemon's clock would say.
 */
#ifndef TESTS_UNIT_STORE_MEMORY_H
#define TESTS_UNIT_STORE_MEMORY_H

#include "base/check.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/text.h"
#include "ingest/batch.h"
#include "store/reader.h"
#include "tests/all_rights.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Last: its fail() would hide base/err.h's. */
#include <cmocka.h>

struct store {
	char path[64];
	size_t size_max;
	size_t reserve;
	uint32_t person_events_max; /* 0: any, as the next */
	uint32_t partner_municipalities_max;
	struct log *log; /* NULL: closed */
	struct arena arena;
	int64_t now_us;
	uint32_t round_to;    /* that is noted with what is published; 0: nothing is */
	uint32_t definitions; /* the newest set that the program knows; 0: the first */
};

static inline struct log_options store_options(const struct store *store)
{
	return (struct log_options){
		.path = store->path,
		.size_max = store->size_max,
		.reserve = store->reserve,
		.person_events_max = store->person_events_max,
		.partner_municipalities_max = store->partner_municipalities_max,
		.definitions = store->definitions,
	};
}

static inline void store_reopen(struct store *store)
{
	struct reason reason = { "" };
	struct log_options options = store_options(store);
	log_close(store->log);
	store->log = NULL;
	if (log_open(&options, LOG_WRITE, &store->log, &reason) != OK)
		fail_msg("%s", reason.text);
}

/* 2024-10-04, noon in UTC: civil day 20000. */
#define STORE_TODAY  20000
#define STORE_NOW_US (STORE_TODAY * US_PER_DAY + US_PER_DAY / 2)

/* An empty store. */
static inline void store_make(struct store *store)
{
	*store = (struct store){
		.size_max = (size_t)64 << 20, .now_us = STORE_NOW_US, .round_to = 5
	};
	snprintf(store->path, sizeof(store->path), "/tmp/ladderd-unit-XXXXXX");
	assert_non_null(mkdtemp(store->path));
	assert_int_equal(arena_init(&store->arena, (size_t)1 << 20), OK);
	store_reopen(store);
}

/* Removes a directory and the files in it. */
static inline void directory_remove(const char *path)
{
	char name[512];
	DIR *directory = opendir(path);
	if (directory == NULL)
		return;
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		unlink(name);
	}
	closedir(directory);
	rmdir(path);
}

/* Closes and removes the store without looking at it: for those that a test has damaged. */
static inline void store_drop(struct store *store)
{
	log_close(store->log);
	arena_release(&store->arena);
	directory_remove(store->path);
}

static inline struct reader *store_reader(struct store *store)
{
	struct reader *reader;
	assert_int_equal(reader_open(store->log, &reader), OK);
	return reader;
}

/* All records as NDJSON. Release it. */
static inline struct text store_dump(struct store *store)
{
	struct text out = { 0 };
	struct reader *reader = store_reader(store);
	struct record_view view;
	enum err err = OK;
	for (uint64_t seq = 1; err == OK; seq++) {
		err = reader_next_view(reader, seq, &store->arena, &view);
		if (err != OK)
			break;
		record_print_json(&view, &out);
		text_add_char(&out, '\n');
	}
	assert_int_equal(err, ERR_NOT_FOUND);
	reader_close(reader);
	arena_reset(&store->arena);
	return out;
}

static inline void store_tell_finding(void *context, const char *finding)
{
	(void)context;
	print_error("finding: %s\n", finding);
}

/* Every store that a test wrote must be right, and the same after it is opened again. */
static inline void store_end(struct store *store)
{
	struct text before = store_dump(store);
	store_reopen(store);
	struct text after = store_dump(store);
	assert_true(bytes_equal(text_bytes(&before), text_bytes(&after)));
	text_release(&before);
	text_release(&after);
	struct reader *reader = store_reader(store);
	uint64_t records;
	assert_int_equal(reader_verify(reader, store_tell_finding, NULL, &records), OK);
	assert_int_equal(records, log_last_seq(store->log));
	reader_close(reader);
	store_drop(store);
}

/* Appends `json`, in which ' stands for ". */
static inline void text_add_quoted(struct text *out, const char *json)
{
	for (; *json != '\0'; json++)
		text_add_char(out, *json == '\'' ? '"' : *json);
}

/*
 * What a partner says. What is NULL is the ordinary: partner isd, subject p1 (""
 * none), GM0823, 2024-03-01, rung 3; no key. In `body` ' stands for ".
 */
struct said {
	const char *id;
	const char *key;
	const char *subject;
	const char *day;
	const char *body;
	const char *partner;
	const char *municipality;
};

#define RUNG(rung)           "'ladder_assessed':{'rung':" #rung "}"
#define RETRACTS_ID(target)  "'event_retracted':{'target_id':'" target "'}"
#define RETRACTS_KEY(target) "'event_retracted':{'target_key':'" target "'}"
#define PUBLISHES(as_of)     "'report_published':{'as_of':'" as_of "'}"
#define WITHDRAWS(as_of)     "'report_withdrawn':{'as_of':'" as_of "'}"
#define SETTLES              "'municipality_settled':{}"
#define ABOUT_NOBODY(id_, body_)                                                                   \
	{                                                                                          \
		.id = id_, .subject = "", .body = body_                                            \
	}

static inline void text_add_said(struct text *out, const struct said *said)
{
	text_printf(out, "{\"id\":\"%s\",", said->id);
	if (said->key != NULL)
		text_printf(out, "\"key\":\"%s\",", said->key);
	if (said->subject == NULL || *said->subject != '\0')
		text_printf(
			out, "\"subject\":\"%s\",", said->subject == NULL ? "p1" : said->subject);
	text_printf(out, "\"municipality\":\"%s\",\"occurred_on\":\"%s\",",
		said->municipality == NULL ? "GM0823" : said->municipality,
		said->day == NULL ? "2024-03-01" : said->day);
	text_add_quoted(out, said->body == NULL ? RUNG(3) : said->body);
	text_add_char(out, '}');
}

/* Reads what is said into an event, which borrows from the store's arena. */
static inline struct event store_event(struct store *store, const struct said *said)
{
	static const struct batch_limits limits = { .events_max = 1 };
	struct text json = { 0 };
	struct batch batch;
	struct reason reason = { "" };
	text_add_string(&json, "{\"events\":[");
	text_add_said(&json, said);
	text_add_string(&json, "]}");
	enum err err = batch_read(text_bytes(&json), BATCH_JSON, &limits, all_rights(),
		zone_day(store->now_us), &store->arena, &batch, &reason);
	if (err != OK)
		fail_msg("%s: %s", json.data, reason.text);
	if (batch.items[0].verdict != VERDICT_ACCEPTED)
		fail_msg("%s: %s %s", json.data, batch.items[0].rejection.field,
			batch.items[0].rejection.message);
	text_release(&json);
	return batch.items[0].event;
}

static inline void store_begin(struct store *store)
{
	struct reason reason = { "" };
	if (log_begin(store->log, store->now_us, &reason) != OK)
		fail_msg("%s", reason.text);
}

static inline void store_commit(struct store *store)
{
	struct reason reason = { "" };
	if (log_commit(store->log, &reason) != OK)
		fail_msg("%s", reason.text);
}

/* Appends within a transaction. */
static inline struct appended store_put(struct store *store, struct said said)
{
	struct event event = store_event(store, &said);
	struct log_entry entry = {
		.event = &event,
		.partner = bytes_of_string(said.partner == NULL ? "isd" : said.partner),
		.round_to = store->round_to,
	};
	assert_int_equal(event_encode(&event, ENVELOPE_STORED, &store->arena, &entry.body), OK);
	assert_int_equal(log_append_group(store->log, &entry, 1), OK);
	arena_reset(&store->arena);
	return entry.appended;
}

/* Appends in a transaction of its own. */
static inline struct appended store_say(struct store *store, struct said said)
{
	store_begin(store);
	struct appended appended = store_put(store, said);
	store_commit(store);
	return appended;
}

/* store_say() that must be accepted. Returns the seq. */
static inline uint64_t store_told(struct store *store, struct said said)
{
	struct appended appended = store_say(store, said);
	if (appended.verdict != VERDICT_ACCEPTED)
		fail_msg("%s: %s", said.id,
			appended.verdict == VERDICT_DUPLICATE ? "duplicate"
							      : rejection_code_name(appended.code));
	return appended.seq;
}

/* Chance that can be had again: SEED=n in the environment. */
struct chance {
	uint64_t state;
};

static inline struct chance chance_new(void)
{
	static uint64_t count;
	const char *given = getenv("SEED");
	const struct clock clock = clock_system();
	uint64_t seed =
		given != NULL ? strtoull(given, NULL, 10) : (uint64_t)(clock_now_us(&clock) / 1000);
	print_message("SEED=%llu\n", (unsigned long long)seed);
	/* Each one of a program is another. */
	return (struct chance){ seed + ++count * 0xD1342543DE82EF95 };
}

/* A number below `end`. Source: splitmix64. */
static inline uint64_t chance_below(struct chance *chance, uint64_t end)
{
	uint64_t z = (chance->state += 0x9E3779B97F4A7C15);
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
	return (z ^ (z >> 31)) % end;
}

/* Writes over bytes of a record, wherever the file has them. */
static inline void store_damage(const struct store *store, struct bytes body)
{
	static uint8_t all[4 << 20];
	char path[96];
	snprintf(path, sizeof(path), "%s/data.mdb", store->path);
	int fd = open(path, O_RDWR);
	ssize_t length = pread(fd, all, sizeof(all), 0);
	assert_true(length > 0 && (size_t)length < sizeof(all));
	const uint8_t *at = all, *end = all + length;
	/* They may be of the file, as it is mapped. */
	uint8_t *sought = malloc(body.length);
	memcpy(sought, body.data, body.length);
	while ((at = memmem(at, (size_t)(end - at), sought, body.length)) != NULL) {
		uint8_t flipped = *at ^ 1;
		assert_int_equal(pwrite(fd, &flipped, 1, at - all), 1);
		at++;
	}
	free(sought);
	close(fd);
}

#endif
