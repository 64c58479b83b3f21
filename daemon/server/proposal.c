/*
 * daemon/server/proposal.c - see proposal.h.
 */
#include "daemon/server/proposal.h"

#include <stdlib.h>

#include "base/check.h"
#include "proto/codec.h"

#define TAG(number, type) ((uint64_t)(number) << 3 | (type))

enum {
	ROW_VERSION_TAG = TAG(1, WIRE_VARINT),
	ROW_DEFINITIONS = TAG(2, WIRE_VARINT),
	ROW_PERSON_EVENTS_MAX = TAG(3, WIRE_VARINT),
	ROW_PARTNER_MUNICIPALITIES_MAX = TAG(4, WIRE_VARINT),
	ROW_SETTLE = TAG(5, WIRE_VARINT),
	ROW_BATCH = TAG(6, WIRE_BYTES),
	ROW_ACT = TAG(7, WIRE_BYTES),
	BATCH_PARTNER = TAG(1, WIRE_BYTES),
	BATCH_SUCCEEDS = TAG(2, WIRE_BYTES),
	BATCH_ITEM = TAG(3, WIRE_BYTES),
	ITEM_MUNICIPALITY = TAG(1, WIRE_VARINT),
	ITEM_DAY = TAG(2, WIRE_VARINT),
	ITEM_SUBJECT = TAG(3, WIRE_BYTES),
	ITEM_EVENT = TAG(4, WIRE_BYTES),
	ITEM_ROUND_TO = TAG(5, WIRE_VARINT),
	ACT_TYPE = TAG(1, WIRE_VARINT),
	ACT_SUBJECT = TAG(2, WIRE_BYTES),
	ACT_BEFORE = TAG(3, WIRE_VARINT),
};

static void add_number(struct text *out, uint64_t tag, uint64_t number)
{
	if (number == 0)
		return;
	varint_add(out, tag);
	varint_add(out, number);
}

static void add_bytes(struct text *out, uint64_t tag, struct bytes bytes)
{
	if (bytes.length == 0)
		return;
	varint_add(out, tag);
	varint_add(out, bytes.length);
	text_add(out, bytes);
}

static void add_rules(struct text *out, const struct log_rules *rules)
{
	add_number(out, ROW_VERSION_TAG, ROW_VERSION);
	add_number(out, ROW_DEFINITIONS, rules->definitions);
	add_number(out, ROW_PERSON_EVENTS_MAX, rules->person_events_max);
	add_number(out, ROW_PARTNER_MUNICIPALITIES_MAX, rules->partner_municipalities_max);
}

static void add_item(struct text *out, const struct batch_item *item, struct text *space)
{
	CHECK(item->event.day > 0 && item->body.length > 0);
	space->length = 0;
	add_number(space, ITEM_MUNICIPALITY, item->event.municipality);
	add_number(space, ITEM_DAY, (uint64_t)item->event.day);
	add_bytes(space, ITEM_SUBJECT, item->event.subject);
	add_bytes(space, ITEM_EVENT, item->body);
	add_number(space, ITEM_ROUND_TO, item->round_to);
	out->failed = out->failed || space->failed;
	add_bytes(out, BATCH_ITEM, text_bytes(space));
}

static void add_batch(struct text *out, const struct submission *submission)
{
	struct text batch = { 0 }, space = { 0 };
	add_bytes(&batch, BATCH_PARTNER, submission->partner);
	add_bytes(&batch, BATCH_SUCCEEDS, submission->succeeds);
	for (size_t i = 0; i < submission->batch->count; i++) {
		if (submission->batch->items[i].verdict != VERDICT_REJECTED)
			add_item(&batch, &submission->batch->items[i], &space);
	}
	out->failed = out->failed || batch.failed;
	add_bytes(out, ROW_BATCH, text_bytes(&batch));
	text_release(&space);
	text_release(&batch);
}

void proposal_encode(
	const struct submission *group, const struct log_rules *rules, struct text *out)
{
	int64_t settle_us = 0;
	add_rules(out, rules);
	for (const struct submission *at = group; at != NULL; at = at->next) {
		CHECK(at->note == NULL && at->exclusive == NULL);
		if (at->batch == NULL && at->settle_us > settle_us)
			settle_us = at->settle_us;
	}
	/* Before 1970 no record was ever stamped: there is nothing to settle. */
	add_number(out, ROW_SETTLE, (uint64_t)settle_us);
	for (const struct submission *at = group; at != NULL; at = at->next) {
		if (at->batch != NULL)
			add_batch(out, at);
	}
}

void proposal_encode_act(
	const struct proposal_act *act, const struct log_rules *rules, struct text *out)
{
	struct text space = { 0 };
	CHECK(act->type != LOG_ACT_NONE && act->before >= 0);
	add_rules(out, rules);
	add_number(&space, ACT_TYPE, act->type);
	add_bytes(&space, ACT_SUBJECT, act->subject);
	add_number(&space, ACT_BEFORE, (uint64_t)act->before);
	out->failed = out->failed || space.failed;
	add_bytes(out, ROW_ACT, text_bytes(&space));
	text_release(&space);
}

/* How many items a row has. ERR_INVALID: it is broken. */
static enum err items_count(struct bytes bytes, size_t *out)
{
	struct wire_field field, item;
	size_t count = 0;
	enum err err;
	while ((err = wire_field_take(&bytes, &field)) == OK) {
		if (field.tag != ROW_BATCH)
			continue;
		struct bytes batch = field.bytes;
		while ((err = wire_field_take(&batch, &item)) == OK)
			count += item.tag == BATCH_ITEM;
		if (err != ERR_NOT_FOUND)
			return err;
	}
	*out = count;
	return err == ERR_NOT_FOUND ? OK : err;
}

static enum err proposal_item_read(
	struct proposal *proposal, struct bytes bytes, struct log_entry *entry)
{
	struct wire_field field;
	struct event *event = &proposal->events[proposal->entry_count];
	struct bytes subject = { 0 };
	uint64_t municipality = 0, day = 0, round_to = 0;
	enum err err;
	while ((err = wire_field_take(&bytes, &field)) == OK) {
		switch (field.tag) {
		case ITEM_MUNICIPALITY:
			municipality = field.value;
			break;
		case ITEM_DAY:
			day = field.value;
			break;
		case ITEM_SUBJECT:
			subject = field.bytes;
			break;
		case ITEM_EVENT:
			entry->body = field.bytes;
			break;
		case ITEM_ROUND_TO:
			round_to = field.value;
			break;
		default:
			return ERR_INVALID;
		}
	}
	if (err != ERR_NOT_FOUND || municipality > UINT16_MAX || day == 0 || day > INT32_MAX ||
		round_to > UINT32_MAX || (subject.length > 0 && !identifier_is_valid(subject)))
		return ERR_INVALID;
	err = event_read_stored(entry->body, &proposal->arena, event);
	if (err != OK)
		return err == ERR_FULL ? err : ERR_INVALID;
	event->municipality = (uint16_t)municipality;
	event->day = (int32_t)day;
	event->subject = subject;
	entry->event = event;
	entry->round_to = (uint32_t)round_to;
	return OK;
}

static enum err batch_decode(struct proposal *proposal, struct bytes bytes)
{
	struct wire_field field;
	struct log_entry entry = { 0 };
	enum err err = OK;
	while (err == OK && (err = wire_field_take(&bytes, &field)) == OK) {
		switch (field.tag) {
		case BATCH_PARTNER:
			entry.partner = field.bytes;
			break;
		case BATCH_SUCCEEDS:
			entry.succeeds = field.bytes;
			break;
		case BATCH_ITEM:
			entry.body = (struct bytes){ 0 };
			err = entry.partner.length > 0
				      ? proposal_item_read(proposal, field.bytes, &entry)
				      : ERR_INVALID;
			if (err == OK)
				proposal->entries[proposal->entry_count++] = entry;
			break;
		default:
			err = ERR_INVALID;
		}
	}
	return err == ERR_NOT_FOUND ? OK : err;
}

static enum err proposal_act_read(struct proposal *proposal, struct bytes bytes)
{
	struct wire_field field;
	struct proposal_act act = { 0 };
	enum err err;
	while ((err = wire_field_take(&bytes, &field)) == OK) {
		if (field.tag == ACT_TYPE && field.value <= UINT8_MAX &&
			log_act_is((unsigned)field.value))
			act.type = (enum log_act_type)field.value;
		else if (field.tag == ACT_SUBJECT && identifier_is_valid(field.bytes))
			act.subject = field.bytes;
		else if (field.tag == ACT_BEFORE && field.value <= INT32_MAX)
			act.before = (int32_t)field.value;
		else
			return ERR_INVALID;
	}
	bool expires = act.type == LOG_ACT_ERASED && act.before > 0;
	if (err != ERR_NOT_FOUND || act.type == LOG_ACT_NONE ||
		(act.subject.length == 0) != expires)
		return ERR_INVALID;
	proposal->act = act;
	return OK;
}

/* One field of a row. The version stands before all others. */
static enum err field_read(
	struct proposal *proposal, const struct wire_field *field, uint64_t *version)
{
	uint32_t *number = NULL;
	if (field->tag == ROW_VERSION_TAG) {
		*version = field->value;
		return *version == ROW_VERSION ? OK : ERR_INVALID;
	}
	if (*version != ROW_VERSION)
		return ERR_INVALID;
	switch (field->tag) {
	case ROW_DEFINITIONS:
		number = &proposal->rules.definitions;
		break;
	case ROW_PERSON_EVENTS_MAX:
		number = &proposal->rules.person_events_max;
		break;
	case ROW_PARTNER_MUNICIPALITIES_MAX:
		number = &proposal->rules.partner_municipalities_max;
		break;
	case ROW_SETTLE:
		proposal->settle_us = (int64_t)field->value;
		return proposal->settle_us > 0 ? OK : ERR_INVALID;
	case ROW_BATCH:
		return batch_decode(proposal, field->bytes);
	case ROW_ACT:
		return proposal_act_read(proposal, field->bytes);
	default:
		return ERR_INVALID;
	}
	if (field->value > UINT32_MAX)
		return ERR_INVALID;
	*number = (uint32_t)field->value;
	return OK;
}

/* Reads with an arena of that size. ERR_FULL: it is too small, or there is no memory. */
static enum err proposal_read(
	struct bytes bytes, size_t count, size_t arena_size, struct proposal *proposal)
{
	struct wire_field field;
	uint64_t version = 0;
	*proposal = (struct proposal){ .settle_us = INT64_MIN };
	proposal->entries = calloc(count + 1, sizeof(*proposal->entries));
	proposal->events = calloc(count + 1, sizeof(*proposal->events));
	enum err err = proposal->entries == NULL || proposal->events == NULL
			       ? ERR_FULL
			       : arena_init(&proposal->arena, arena_size);
	while (err == OK && (err = wire_field_take(&bytes, &field)) == OK)
		err = field_read(proposal, &field, &version);
	if (err == ERR_NOT_FOUND)
		err = version == ROW_VERSION ? OK : ERR_INVALID;
	CHECK(proposal->entry_count <= count);
	if (err != OK)
		proposal_release(proposal);
	return err;
}

enum err proposal_decode(struct bytes bytes, struct proposal *out, struct reason *reason)
{
	size_t count = 0, size = (size_t)4096 + bytes.length;
	enum err err = items_count(bytes, &count);
	if (err == OK)
		err = proposal_read(bytes, count, size, out);
	/* What reading takes of memory follows from the form; few rows need more than the first. */
	for (unsigned i = 0; err == ERR_FULL && i < 6; i++)
		err = proposal_read(bytes, count, size *= 4, out);
	if (err == ERR_FULL)
		return fail(reason, err, "there is no memory to read a row of the cluster");
	return err == OK ? OK
			 : fail(reason, ERR_INVALID,
				   "the cluster has a row that this program does not know: a "
				   "newer ladderd wrote it, use that one here too");
}

void proposal_release(struct proposal *proposal)
{
	arena_release(&proposal->arena);
	free(proposal->entries);
	free(proposal->events);
	*proposal = (struct proposal){ .settle_us = INT64_MIN };
}
