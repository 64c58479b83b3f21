/*
 * daemon/server/delivery.c - see delivery.h.
 */
#include "daemon/server/delivery.h"

#include <stdio.h>

#include "base/check.h"
#include "base/date.h"

#define RESULT_BYTES 640                     /* for a rejection in the answer */
#define MORE(bytes)  ((bytes) + (bytes) / 4) /* to try with, when those were not enough */

/* There was too little memory: will there ever be enough? */
static enum err lack(
	const struct delivery *delivery, size_t need, size_t beside, struct reason *reason)
{
	if (need > share_most(delivery->share, beside))
		return fail(reason, ERR_FULL,
			"the request takes too much memory for its size: send fewer events at "
			"once");
	return fail(reason, ERR_CONFLICT, "too much is waiting; try again");
}

/* Reads into as much memory as there is now, and keeps what the batch takes of it. */
static enum err arena_fill(struct delivery *delivery, const struct partner *partner, int32_t today,
	struct bytes bytes, enum batch_format format, size_t heap, struct reason *reason)
{
	const struct reception *reception = delivery->reception;
	const struct batch_limits limits = {
		.events_max = reception->events_max,
		.subjects = &(*reception->access)->subjects,
	};
	struct arena *arena = &delivery->arena;
	size_t most = arena_pool_size(batch_arena_size(bytes.length));
	size_t beside =
		bytes.length + 2 * heap; /* it is less that is free, and more that is held */
	if (delivery->least == 0)
		delivery->least = batch_arena_size(0);
	if (delivery->least > most)
		delivery->least = most;
	delivery->held = share_take_some(delivery->share, HELD_FOR_WORK, delivery->least, most);
	if (delivery->held == 0)
		return lack(delivery, delivery->least, beside, reason);
	if (arena_pool_take(reception->arenas, delivery->held, arena) != OK)
		return fail(reason, ERR_CONFLICT, "there is no memory; try again");
	enum err err = batch_read(
		bytes, format, &limits, &partner->rights, today, arena, &delivery->batch, reason);
	/* Room for saying what became of each. */
	size_t need = delivery->batch.count * RESULT_BYTES;
	bool is_short = err == OK && arena->size - arena->used < need;
	if (is_short || err == ERR_CONFLICT) {
		delivery->least = delivery->held < most ? MORE(delivery->held) : SIZE_MAX;
		return lack(delivery, delivery->least, beside, reason);
	}
	if (err != OK)
		return err == ERR_IO ? ERR_CONFLICT : err;
	/* Also what others used of its memory before. */
	size_t kept = arena->used + need, resident = arena_resident(arena);
	if (kept < resident)
		kept = resident;
	CHECK(kept <= delivery->held);
	share_give(delivery->share, HELD_FOR_WORK, delivery->held - kept);
	delivery->held = kept;
	return OK;
}

/* The same, with what reading takes beside it for as long as that takes. */
static enum err batch_fill(struct delivery *delivery, const struct partner *partner,
	struct bytes bytes, enum batch_format format, struct reason *reason)
{
	size_t heap = batch_heap_size(bytes, format);
	int32_t today = zone_day(committer_now_us(*delivery->reception->committer));
	/* Every event would be rejected as in the future, which is no fault of its sender. */
	if (today < event_day_first())
		return fail(reason, ERR_CONFLICT,
			"the clock of this machine is wrong, it stands before 1990; try again");
	if (!share_take(delivery->share, HELD_FOR_WORK, heap))
		return lack(delivery, heap, bytes.length, reason);
	enum err err = arena_fill(delivery, partner, today, bytes, format, heap, reason);
	share_give(delivery->share, HELD_FOR_WORK, heap);
	return err;
}

enum err delivery_read(struct delivery *delivery, const struct reception *reception,
	const struct partner *partner, struct share *share, struct bytes bytes,
	enum batch_format format, struct reason *reason)
{
	CHECK(partner != NULL && share != NULL && reception->events_max > 0);
	*delivery = (struct delivery){
		.reception = reception,
		.share = share,
		.least = delivery->least,
	};
	enum err err = batch_fill(delivery, partner, bytes, format, reason);
	if (err != OK) {
		delivery_release(delivery);
		return err;
	}
	for (size_t i = 0; i < delivery->batch.count; i++) {
		struct batch_item *item = &delivery->batch.items[i];
		if (item->verdict == VERDICT_ACCEPTED && item->event.type == EVENT_REPORT_PUBLISHED)
			item->round_to = access_round_to(
				*reception->access, item->event.municipality, reception->round_to);
	}
	/* The committer may have it for longer than a reload keeps the partner. */
	snprintf(delivery->partner, sizeof(delivery->partner), "%s", partner->name);
	snprintf(delivery->succeeds, sizeof(delivery->succeeds), "%s",
		partner->succeeds == NULL ? "" : partner->succeeds);
	histogram_count(&reception->counters->batch_events, (int64_t)delivery->batch.count);
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
	if (delivery->arena.memory != NULL)
		arena_pool_give(delivery->reception->arenas, &delivery->arena);
	if (delivery->share != NULL)
		share_give(delivery->share, HELD_FOR_WORK, delivery->held);
	delivery->held = 0;
}

/* The same for the partner's own card. */
static void outcome_count(
	const struct reception *reception, struct bytes name, const struct ingest_result *result)
{
	struct sender_outcome *outcome = outcomes_of(reception->outcomes, name);
	int64_t now_us = committer_now_us(*reception->committer);
	if (outcome == NULL)
		return;
	outcome->events[RESULT_ACCEPTED] += result->accepted;
	outcome->events[RESULT_DUPLICATE] += result->duplicates;
	for (size_t i = 0; i < result->rejection_count; i++)
		outcome_reject(outcome, &result->rejections[i], now_us);
}

enum err delivery_result(struct delivery *delivery, struct ingest_result *result)
{
	const struct batch *batch = &delivery->batch;
	struct counters *counters = delivery->reception->counters;
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
	outcome_count(delivery->reception, delivery->submission.partner, &counted);
	*result = counted;
	return OK;
}
