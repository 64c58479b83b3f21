/*
 * tests/bench/requests.c - makes events, and the requests that carry them, before the clock
 * starts.
 *
 * The lifelike mix has the types, the share of rows with a key and of corrections that
 * `ladder generate` has; each person is registered and settles first.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/date.h"
#include "proto/codec.h"
#include "tests/bench/load.h"

#define YEARS_DAYS     1461 /* over which the events are spread */
#define KEY_PERCENT    30
#define KEY_AGAIN      4   /* of 100 with a key: it is the person's last one */
#define EVENTS_A_MS    600 /* how fast ids of version 7 tell time */
#define EVENT_ARENA    8192
#define SUBJECT_LENGTH 13

struct maker {
	const struct load *load;
	struct random random;
	uint64_t made;
	int64_t start_ms;
	int32_t today;
	uint16_t municipality;
	uint32_t *seen; /* events of each person so far */
	uint32_t *rows; /* keys of each person so far */
	char id[37];
	char key[32];
	char subject[SUBJECT_LENGTH + 1];
	char reference[16];
};

static uint32_t below(struct maker *maker, uint32_t bound)
{
	return (uint32_t)((random_next(&maker->random) >> 32) * bound >> 32);
}

static void id_make(struct maker *maker)
{
	uint64_t high = random_next(&maker->random), low = random_next(&maker->random);
	if (maker->load->random_ids) {
		high = (high & ~UINT64_C(0xF000)) | 0x4000;
	} else {
		uint64_t ms = (uint64_t)maker->start_ms + maker->made / EVENTS_A_MS;
		uint64_t within = maker->made % EVENTS_A_MS;
		high = ms << 16 | 0x7000 | within;
	}
	low = (low & ~(UINT64_C(3) << 62)) | UINT64_C(1) << 63;
	snprintf(maker->id, sizeof(maker->id), "%08x-%04x-%04x-%04x-%012llx",
		(unsigned)(high >> 32), (unsigned)(high >> 16 & 0xFFFF), (unsigned)(high & 0xFFFF),
		(unsigned)(low >> 48), (unsigned long long)(low & UINT64_C(0xFFFFFFFFFFFF)));
}

/* A pseudonym that looks like chance, always the same for a person. */
static void subject_make(struct maker *maker, uint32_t person)
{
	static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
	struct random random = { .state = person + UINT64_C(77) };
	uint64_t bits = random_next(&random);
	for (size_t i = 0; i < SUBJECT_LENGTH; i++, bits >>= 4)
		maker->subject[i] = letters[(bits & 15) + (i % 2) * 16];
	maker->subject[0] = 's';
}

static void number_set(struct event *event, size_t place, int32_t number)
{
	event->values[place] = (struct value){ .present = true, .number = number };
}

static void text_set(struct event *event, size_t place, const char *text)
{
	event->values[place] = (struct value){ .present = true, .text = bytes_of_string(text) };
}

static void activity_fill(struct maker *maker, struct event *event)
{
	event->type = EVENT_ACTIVITY_LOGGED;
	number_set(event, ACTIVITY_LOGGED_KIND, 1 + (int32_t)below(maker, ACTIVITY_KIND_COUNT));
	number_set(event, ACTIVITY_LOGGED_MINUTES, 15 * (int32_t)below(maker, 17));
	number_set(event, ACTIVITY_LOGGED_PROVIDER, 1 + (int32_t)below(maker, ORG_TYPE_COUNT));
}

/* A type by its share of a hundred in what `ladder generate` makes. */
static void body_fill(struct maker *maker, struct event *event)
{
	uint32_t share = below(maker, 100);
	if (share < 61) {
		activity_fill(maker, event);
	} else if (share < 78) {
		event->type = EVENT_CONTACT_HELD;
		number_set(event, CONTACT_HELD_BY, 1 + (int32_t)below(maker, CONTACT_BY_COUNT));
		number_set(event, CONTACT_HELD_TWO_WAY, (int32_t)below(maker, 2));
	} else if (share < 85) {
		event->type = EVENT_LADDER_ASSESSED;
		number_set(event, LADDER_ASSESSED_RUNG, 1 + (int32_t)below(maker, 6));
	} else if (share < 88) {
		event->type = EVENT_PLAN_REVIEWED;
	} else if (share < 90) {
		event->type = EVENT_LANGUAGE_LEVEL_REACHED;
		number_set(event, LANGUAGE_LEVEL_REACHED_LEVEL, 1 + (int32_t)below(maker, 4));
	} else if (share < 92) {
		event->type = EVENT_BARRIER_REPORTED;
		number_set(event, BARRIER_REPORTED_BARRIER, 1 + (int32_t)below(maker, 10));
	} else if (share < 94) {
		event->type = EVENT_INTAKE_DONE;
		number_set(event, INTAKE_DONE_DOMAINS, (int32_t)(below(maker, 1023) + 1) << 1);
	} else if (share < 96) {
		event->type = EVENT_REFERRAL_MADE;
		number_set(event, REFERRAL_MADE_TO, 1 + (int32_t)below(maker, ORG_TYPE_COUNT));
	} else if (share < 98) {
		event->type = EVENT_BENEFIT_STARTED;
		number_set(event, BENEFIT_STARTED_KIND, 1 + (int32_t)below(maker, 2));
	} else if (share < 99) {
		event->type = EVENT_JOB_CONFIRMED;
		snprintf(maker->reference, sizeof(maker->reference), "2025-%02u-01a",
			1 + below(maker, 12));
		text_set(event, JOB_REF, maker->reference);
	} else {
		event->type = EVENT_HOUSEHOLD_ROLE_SET;
		number_set(event, HOUSEHOLD_ROLE_SET_ROLE, 1 + (int32_t)below(maker, 4));
	}
}

/* The next event; it borrows from the maker until the one after. */
static void event_make(struct maker *maker, struct event *event)
{
	const struct load *load = maker->load;
	uint32_t person = below(maker, (uint32_t)load->people);
	int32_t ago = YEARS_DAYS - (int32_t)(maker->made * YEARS_DAYS / load->events);
	id_make(maker);
	subject_make(maker, person);
	*event = (struct event){
		.day = maker->today - ago,
		.municipality = maker->municipality,
		.id = bytes_of_string(maker->id),
		.subject = bytes_of_string(maker->subject),
	};
	uint32_t seen = maker->seen[person]++;
	if (load->fixed_mix) {
		event->type = EVENT_LADDER_ASSESSED;
		number_set(event, LADDER_ASSESSED_RUNG, 1 + (int32_t)(maker->made % 6));
	} else if (seen == 0) {
		event->type = EVENT_PERSON_REGISTERED;
		number_set(event, PERSON_REGISTERED_BIRTH_YEAR, 1960 + (int32_t)below(maker, 45));
		number_set(event, PERSON_REGISTERED_ACT, 1 + (int32_t)below(maker, ACT_COUNT));
	} else if (seen == 1) {
		event->type = EVENT_MUNICIPALITY_SETTLED;
	} else {
		body_fill(maker, event);
	}
	if (!load->fixed_mix && below(maker, 100) < KEY_PERCENT) {
		if (maker->rows[person] == 0 || below(maker, 100) >= KEY_AGAIN)
			maker->rows[person]++;
		snprintf(maker->key, sizeof(maker->key), "row-%u-%u-%u", (unsigned)load->seed,
			person, maker->rows[person]);
		event->key = bytes_of_string(maker->key);
	}
	maker->made++;
}

bool load_is_stream(const struct load *load)
{
	return strcmp(load->what, "stream") == 0;
}

char *token_read(const struct load *load)
{
	char token[256] = "";
	FILE *file = load->token_file == NULL ? NULL : fopen(load->token_file, "r");
	if (file == NULL || fscanf(file, "%255s", token) != 1)
		give_up("--token-file must name a file with a token");
	fclose(file);
	return strdup(token);
}

/* What stands around the events: the frame of the stream, or the headers of HTTP. */
static void request_add(const struct load *load, const char *token, size_t number,
	const struct text *body, struct text *out)
{
	if (load_is_stream(load)) {
		struct text tail = { 0 }, head = { 0 };
		text_add_char(&tail, 0x10); /* StreamBatch.number */
		varint_add(&tail, number);
		text_add_char(&head, 0x12); /* StreamRequest.batch */
		varint_add(&head, body->length + tail.length);
		varint_add(out, head.length + body->length + tail.length);
		text_add(out, text_bytes(&head));
		text_add(out, text_bytes(body));
		text_add(out, text_bytes(&tail));
		text_release(&tail);
		text_release(&head);
		return;
	}
	text_printf(out,
		"POST /v1/events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n"
		"Content-Type: application/%s\r\nContent-Length: %zu\r\n\r\n",
		token, strcmp(load->what, "http-json") == 0 ? "json" : "x-protobuf", body->length);
	text_add(out, text_bytes(body));
}

/* Appends one event to a body, in the form of the door. */
static size_t event_add(
	const struct load *load, const struct event *event, struct arena *arena, struct text *body)
{
	struct bytes packed;
	arena_reset(arena);
	if (event_encode(event, ENVELOPE_WHOLE, arena, &packed) != OK)
		give_up("an event is too large");
	if (strcmp(load->what, "http-json") == 0) {
		text_add_string(body, body->length == 0 ? "{\"events\":[" : ",");
		event_print_json(event, body);
	} else {
		text_add_char(body, 0x0A);
		varint_add(body, packed.length);
		text_add(body, packed);
	}
	return packed.length;
}

void requests_make(const struct load *load, struct requests *out)
{
	const struct clock clock = clock_system();
	struct maker maker = {
		.load = load,
		.random = { .state = load->seed },
		.start_ms = clock_now_us(&clock) / 1000000 * 1000,
		.seen = memory_take(load->people, sizeof(uint32_t)),
		.rows = memory_take(load->people, sizeof(uint32_t)),
	};
	char *token = token_read(load);
	struct arena arena;
	struct text body = { 0 };
	if (strcmp(load->what, "stream") != 0 && strcmp(load->what, "http-json") != 0 &&
		strcmp(load->what, "http-protobuf") != 0)
		give_up("there is no %s; see the top of tests/bench/load.c", load->what);
	if (arena_init(&arena, EVENT_ARENA) != OK || zone_set("Europe/Amsterdam") != OK)
		give_up("no memory, or no tzdata");
	if (!municipality_parse(bytes_of_string(load->municipality), &maker.municipality))
		give_up("--municipality must be a CBS code, as GM0823");
	maker.today = zone_day(clock_now_us(&clock));
	size_t count = (load->events + load->batch - 1) / load->batch;
	*out = (struct requests){ .ends = memory_take(count, sizeof(size_t)), .count = count };
	for (size_t i = 0; i < count; i++) {
		struct event event;
		body.length = 0;
		for (size_t k = 0; k < load->batch && maker.made < load->events; k++) {
			event_make(&maker, &event);
			out->protobuf_bytes += event_add(load, &event, &arena, &body);
		}
		if (strcmp(load->what, "http-json") == 0)
			text_add_string(&body, "]}");
		request_add(load, token, i, &body, &out->bytes);
		out->ends[i] = out->bytes.length;
	}
	if (out->bytes.failed || body.failed)
		give_up("no memory for so many events");
	text_release(&body);
	arena_release(&arena);
	free(maker.seen);
	free(maker.rows);
	free(token);
}

void requests_release(struct requests *requests)
{
	text_release(&requests->bytes);
	free(requests->ends);
}
