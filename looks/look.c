/*
 * looks/look.c - see look.h.
 */
#include "looks/look.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "secret/random.h"

#define LINES_BYTES_MAX ((size_t)64 << 10) /* then they are written */
#define SEEN_SIZE_FIRST 64                 /* a power of two, and so are the later ones */
#define SUBJECT_MAX     256

void auditor_fill(const struct seal_key *key, const char *activity,
	const uint8_t id[STORE_ID_BYTES], struct auditor *out)
{
	static const uint8_t nil[STORE_ID_BYTES];
	const uint8_t *b = id == NULL ? nil : id;
	*out = (struct auditor){ .has_key = key != NULL };
	if (key != NULL)
		out->key = *key;
	snprintf(out->store, sizeof(out->store),
		"urn:uuid:%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12],
		b[13], b[14], b[15]);
	bool configured = activity != NULL && activity[0] != '\0';
	CHECK(!configured || strlen(activity) <= LOOK_ACTIVITY_MAX);
	snprintf(out->activity, sizeof(out->activity), "%s", configured ? activity : out->store);
}

/* Who calls, as a URI: the part of the store's that is about it. */
static void entity_print(const struct look *look, char *out, size_t size)
{
	int length = snprintf(out, size, "%s#%s", look->looking.auditor->store, look->who);
	CHECK(length > 0 && (size_t)length < size);
	for (char *c = out; *c != '\0'; c++) {
		if (*c == ' ')
			*c = '/';
	}
}

void look_begin(const struct looking *looking, struct look *out)
{
	CHECK(looking->log != NULL && looking->auditor != NULL);
	*out = (struct look){
		.looking = *looking,
		.trace = trace_of(looking->traceparent),
		.start_us = clock_now_us(looking->clock),
	};
	snprintf(out->who, sizeof(out->who), "%s", looking->who);
	snprintf(out->what, sizeof(out->what), "%s", looking->what);
	entity_print(out, out->entity, sizeof(out->entity));
	out->looking.who = out->looking.what = out->looking.traceparent = NULL;
}

void look_release(struct look *look)
{
	text_release(&look->lines);
	free(look->seen);
	*look = (struct look){ .spans = 0 };
}

/* Where the person stands in the table, or would. Numbers are dense: to spread them is enough. */
static size_t seen_slot(const uint32_t *seen, size_t size, uint32_t person)
{
	size_t slot = (size_t)(person * UINT32_C(2654435769)) & (size - 1);
	while (seen[slot] != 0 && seen[slot] != person)
		slot = (slot + 1) & (size - 1);
	return slot;
}

bool look_has(const struct look *look, uint32_t person)
{
	return look->seen_size > 0 &&
	       look->seen[seen_slot(look->seen, look->seen_size, person)] == person;
}

/* Room for one person more. */
static enum err seen_grow(struct look *look)
{
	if (2 * (look->seen_count + 1) <= look->seen_size)
		return OK;
	size_t size = look->seen_size == 0 ? SEEN_SIZE_FIRST : 2 * look->seen_size;
	size_t more = (size - look->seen_size) * sizeof(*look->seen);
	if (look->looking.has_room != NULL && !look->looking.has_room(look->looking.owner, more))
		return ERR_FULL;
	uint32_t *seen = calloc(size, sizeof(*seen));
	if (seen == NULL)
		return ERR_FULL;
	for (size_t i = 0; i < look->seen_size; i++) {
		if (look->seen[i] != 0)
			seen[seen_slot(seen, size, look->seen[i])] = look->seen[i];
	}
	free(look->seen);
	look->seen = seen;
	look->seen_size = size;
	return OK;
}

static void span_add(struct look *look, struct bytes subject, bool is_of_person)
{
	const struct auditor *auditor = look->looking.auditor;
	char sealed[SEAL_BASE64_LENGTH(SUBJECT_MAX) + 1];
	uint8_t id[SPAN_ID_SIZE];
	bool is_first = look->spans == 0;
	random_fill(id, sizeof(id));
	if (is_first)
		memcpy(look->first, id, sizeof(id));
	bool is_sealed = is_of_person && auditor->has_key;
	if (is_sealed) {
		CHECK(subject.length <= SUBJECT_MAX);
		seal_close_base64(&auditor->key, subject, sealed);
	}
	const struct span span = {
		.trace = &look->trace,
		.id = id,
		.parent = is_first ? NULL : look->first,
		.name = look->what,
		.who = look->who,
		.entity = look->entity,
		.activity = auditor->activity,
		.start_us = look->start_us,
		.end_us = clock_now_us(look->looking.clock),
		.is_of_person = is_of_person,
		.subject = is_sealed ? sealed : NULL,
	};
	span_print(&span, &look->lines);
	look->spans++;
}

enum err look_at(struct look *look, uint32_t person, struct bytes subject)
{
	CHECK(person != 0);
	if (look_has(look, person))
		return OK;
	enum err err = look->lines.length >= LINES_BYTES_MAX ? look_write(look) : OK;
	if (err == OK)
		err = seen_grow(look);
	if (err != OK)
		return err;
	span_add(look, subject, true);
	look->seen[seen_slot(look->seen, look->seen_size, person)] = person;
	look->seen_count++;
	return look->lines.failed ? ERR_FULL : OK;
}

enum err look_write(struct look *look)
{
	if (look->lines.failed)
		return ERR_FULL;
	if (look->lines.length == 0)
		return OK;
	enum err err = access_log_write(look->looking.log, text_bytes(&look->lines));
	if (err != OK) {
		look->is_unwritable = true;
		look->error = errno;
	}
	look->lines.length = 0;
	return err;
}

enum err look_end(struct look *look)
{
	if (look->spans == 0)
		span_add(look, bytes_of(NULL, 0), false);
	return look_write(look);
}
