/*
 * daemon/server/delivery.c - see delivery.h.
 */
#include "daemon/server/delivery.h"

#include <stdio.h>

#include "base/check.h"
#include "base/date.h"

#define RESULT_BYTES 640 /* for a rejection in the answer */

enum err delivery_read(struct delivery *delivery, const struct intake *intake,
	const struct partner *partner, struct bytes bytes, enum batch_format format,
	struct reason *reason)
{
	const struct batch_limits limits = {
		.events_max = intake->events_max,
		.subjects = &(*intake->access)->subjects,
	};
	CHECK(partner != NULL && intake->events_max > 0);
	int32_t today = zone_day(clock_now_us(intake->clock));
	*delivery = (struct delivery){ .intake = intake };
	if (arena_init(&delivery->arena, batch_arena_size(bytes.length)) != OK)
		return fail(reason, ERR_CONFLICT, "there is no memory; try again");
	enum err err = batch_read(bytes, format, &limits, &partner->rights, today, &delivery->arena,
		&delivery->batch, reason);
	/* Room for saying what became of each. */
	size_t need = delivery->batch.count * RESULT_BYTES;
	if (err == OK && delivery->arena.size - delivery->arena.used < need)
		err = fail(reason, ERR_FULL,
			"the request takes too much memory for its size: send fewer events at "
			"once");
	if (err != OK) {
		delivery_release(delivery);
		return err;
	}
	for (size_t i = 0; i < delivery->batch.count; i++) {
		struct batch_item *item = &delivery->batch.items[i];
		if (item->verdict == VERDICT_ACCEPTED && item->event.type == EVENT_REPORT_PUBLISHED)
			item->round_to = access_round_to(
				*intake->access, item->event.municipality, intake->round_to);
	}
	/* The committer may have it for longer than a reload keeps the partner. */
	snprintf(delivery->partner, sizeof(delivery->partner), "%s", partner->name);
	snprintf(delivery->succeeds, sizeof(delivery->succeeds), "%s",
		partner->succeeds == NULL ? "" : partner->succeeds);
	histogram_count(&intake->counters->batch_events, (int64_t)delivery->batch.count);
	delivery->submission = (struct submission){
		.batch = &delivery->batch,
		.partner = bytes_of_string(delivery->partner),
		.succeeds = bytes_of_string(delivery->succeeds),
		.bytes = bytes.length + delivery->arena.used,
	};
	return OK;
}

void delivery_release(struct delivery *delivery)
{
	arena_release(&delivery->arena);
}

enum err delivery_result(struct delivery *delivery, struct ingest_result *result)
{
	const struct batch *batch = &delivery->batch;
	struct counters *counters = delivery->intake->counters;
	struct partner_counter *partner = counters_partner(counters, delivery->submission.partner);
	struct rejection *rejections =
		arena_take(&delivery->arena, batch->count * sizeof(*rejections));
	struct ingest_result counted = {
		.rejections = rejections,
		.last_seq = delivery->submission.last_seq,
	};
	CHECK(delivery->submission.outcome == OUTCOME_DURABLE);
	if (rejections == NULL)
		return ERR_FULL;
	for (size_t i = 0; i < batch->count; i++) {
		const struct batch_item *item = &batch->items[i];
		switch (item->verdict) {
		case VERDICT_ACCEPTED:
			counted.accepted++;
			break;
		case VERDICT_DUPLICATE:
			counted.duplicates++;
			break;
		case VERDICT_REJECTED:
			rejections[counted.rejection_count++] = item->rejection;
			counters->rejections[item->rejection.code]++;
			break;
		}
	}
	partner->events[RESULT_ACCEPTED] += counted.accepted;
	partner->events[RESULT_DUPLICATE] += counted.duplicates;
	partner->events[RESULT_REJECTED] += counted.rejection_count;
	if (delivery->submission.last_recorded_us > partner->last_event_us)
		partner->last_event_us = delivery->submission.last_recorded_us;
	*result = counted;
	return OK;
}
