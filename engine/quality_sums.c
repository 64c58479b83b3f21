/*
 * engine/quality_sums.c - see quality_sums.h.
 *
 * A row is a number: the municipality, what kind of record, its delay in days, and from
 * COUNT_BITS down how many there are. So rows in order are those of one municipality together.
 */
#include "engine/quality_sums.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "base/grow.h"
#include "base/sort.h"

#define COUNT_BITS   28
#define DELAY_BITS   20
#define KIND_BITS    2
#define DELAY_ZERO   (1 << (DELAY_BITS - 1))
#define COUNT_MAX    ((UINT64_C(1) << COUNT_BITS) - 1)
#define STOP_RECORDS 4096 /* between two looks whether to go on */
#define DELAYS       4096 /* that are added up before they go to the tally */

enum { KIND_CORRECTION = 1, KIND_PUBLISHING = 2, KINDS = 4 };
CHECK_STATIC(KINDS == 1 << KIND_BITS && BLOCK_RECORDS <= COUNT_MAX);

/* A table by hash: open addressing, a row without its count is a key, 0: free. */
struct quality_counter {
	quality_row *slots;
	size_t size; /* a power of two */
	size_t used;
};

struct quality_sums {
	pthread_mutex_t mutex; /* guards all below; the owner reads without */
	struct quality_block *blocks;
	size_t block_count;
	size_t block_size;
	struct quality_counter *last; /* of the block that is not full */
	uint64_t seq;
	uint64_t block_records;
};

static quality_row row_of(const struct record *record)
{
	int32_t delay = zone_day(record->recorded_us) - record->day;
	bool publishing =
		record->type == EVENT_REPORT_PUBLISHED || record->type == EVENT_REPORT_WITHDRAWN;
	unsigned kind =
		(record->correction ? KIND_CORRECTION : 0u) | (publishing ? KIND_PUBLISHING : 0u);
	/* Of a correction the delay does not count. */
	if (record->correction)
		delay = 0;
	CHECK(delay > -DELAY_ZERO && delay < DELAY_ZERO);
	return ((uint64_t)record->municipality << KIND_BITS | kind) << (DELAY_BITS + COUNT_BITS) |
	       (uint64_t)(uint32_t)(delay + DELAY_ZERO) << COUNT_BITS;
}

static uint16_t row_municipality(quality_row row)
{
	return (uint16_t)(row >> (KIND_BITS + DELAY_BITS + COUNT_BITS));
}

static unsigned row_kind(quality_row row)
{
	return (unsigned)(row >> (DELAY_BITS + COUNT_BITS)) & (KINDS - 1);
}

static int32_t row_delay(quality_row row)
{
	return (int32_t)(row >> COUNT_BITS & ((1u << DELAY_BITS) - 1)) - DELAY_ZERO;
}

enum err quality_counter_new(struct quality_counter **out)
{
	struct quality_counter *counter = calloc(1, sizeof(*counter));
	if (counter == NULL)
		return ERR_FULL;
	*out = counter;
	return OK;
}

void quality_counter_free(struct quality_counter *counter)
{
	if (counter != NULL)
		free(counter->slots);
	free(counter);
}

/* Where the key is, or the free slot where it would be. */
static quality_row *slot_of(const struct quality_counter *counter, quality_row key)
{
	/* Multiplication spreads what differs in few bits; nobody chooses many keys. */
	size_t mask = counter->size - 1;
	size_t at = (size_t)((key >> COUNT_BITS) * UINT64_C(0x9E3779B97F4A7C15) >> 32) & mask;
	while (counter->slots[at] != 0 && counter->slots[at] >> COUNT_BITS != key >> COUNT_BITS)
		at = (at + 1) & mask;
	return &counter->slots[at];
}

static bool counter_grow(struct quality_counter *counter)
{
	struct quality_counter grown = { .size = counter->size == 0 ? 64 : counter->size * 2 };
	grown.slots = calloc(grown.size, sizeof(*grown.slots));
	if (grown.slots == NULL)
		return false;
	for (size_t i = 0; i < counter->size; i++) {
		if (counter->slots[i] != 0)
			*slot_of(&grown, counter->slots[i]) = counter->slots[i];
	}
	grown.used = counter->used;
	free(counter->slots);
	*counter = grown;
	return true;
}

static enum err counter_add_row(struct quality_counter *counter, quality_row row, uint64_t count)
{
	if (counter->used * 2 >= counter->size && !counter_grow(counter))
		return ERR_FULL;
	quality_row *slot = slot_of(counter, row);
	if (*slot == 0) {
		*slot = row & ~COUNT_MAX;
		counter->used++;
	}
	CHECK((*slot & COUNT_MAX) + count <= COUNT_MAX);
	*slot += count;
	return OK;
}

enum err quality_counter_add(struct quality_counter *counter, const struct record *record)
{
	return record_counts(record) ? counter_add_row(counter, row_of(record), 1) : OK;
}

enum err quality_counter_take(struct quality_counter *counter, struct quality_block *out)
{
	struct quality_block block = { .count = (uint32_t)counter->used };
	block.rows = malloc((counter->used + 1) * sizeof(*block.rows));
	if (block.rows == NULL)
		return ERR_FULL;
	size_t count = 0;
	for (size_t i = 0; i < counter->size; i++) {
		if (counter->slots[i] != 0)
			block.rows[count++] = counter->slots[i];
		counter->slots[i] = 0;
	}
	CHECK(count == counter->used);
	counter->used = 0;
	sort_numbers(block.rows, count);
	*out = block;
	return OK;
}

enum err quality_sums_new(uint32_t block_records, struct quality_sums **out)
{
	CHECK(block_records > 0 && block_records <= BLOCK_RECORDS);
	struct quality_sums *sums = calloc(1, sizeof(*sums));
	enum err err = sums == NULL ? ERR_FULL : quality_counter_new(&sums->last);
	if (err != OK) {
		free(sums);
		return err;
	}
	sums->block_records = block_records;
	pthread_mutex_init(&sums->mutex, NULL);
	*out = sums;
	return OK;
}

void quality_blocks_free(struct quality_block *blocks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(blocks[i].rows);
	free(blocks);
}

void quality_sums_free(struct quality_sums *sums)
{
	if (sums == NULL)
		return;
	quality_blocks_free(sums->blocks, sums->block_count);
	quality_counter_free(sums->last);
	pthread_mutex_destroy(&sums->mutex);
	free(sums);
}

uint64_t quality_sums_block(const struct quality_sums *sums)
{
	return sums->block_records;
}

static enum err block_add(struct quality_sums *sums, const struct quality_block *block)
{
	if (!GROW(sums->blocks, sums->block_size, sums->block_count + 1))
		return ERR_FULL;
	sums->blocks[sums->block_count++] = *block;
	return OK;
}

/* The last block is full: with the lock held. */
static enum err block_end(struct quality_sums *sums)
{
	struct quality_block block;
	enum err err = quality_counter_take(sums->last, &block);
	if (err != OK)
		return err;
	err = block_add(sums, &block);
	if (err != OK)
		free(block.rows);
	return err;
}

enum err quality_sums_count(struct quality_sums *sums, const struct record *record)
{
	CHECK(record->seq == sums->seq + 1);
	pthread_mutex_lock(&sums->mutex);
	enum err err = quality_counter_add(sums->last, record);
	if (err == OK)
		sums->seq++;
	if (err == OK && sums->seq % sums->block_records == 0)
		err = block_end(sums);
	pthread_mutex_unlock(&sums->mutex);
	return err;
}

enum err quality_sums_take(
	struct quality_sums *sums, const struct quality_block *blocks, size_t count, uint64_t seq)
{
	size_t full = (size_t)(seq / sums->block_records);
	CHECK(sums->seq == 0 && count == full + (seq % sums->block_records != 0));
	pthread_mutex_lock(&sums->mutex);
	enum err err = GROW(sums->blocks, sums->block_size, full + 1) ? OK : ERR_FULL;
	for (uint32_t i = 0; count > full && err == OK && i < blocks[full].count; i++)
		err = counter_add_row(
			sums->last, blocks[full].rows[i], blocks[full].rows[i] & COUNT_MAX);
	if (err == OK) {
		if (full > 0)
			memcpy(sums->blocks, blocks, full * sizeof(*blocks));
		if (count > full)
			free(blocks[full].rows);
		sums->block_count = full;
		sums->seq = seq;
	}
	pthread_mutex_unlock(&sums->mutex);
	return err;
}

/* A copy of what the last block has counted, in any order. With the lock held. */
static enum err last_copy(const struct quality_sums *sums, struct quality_block *out)
{
	const struct quality_counter *last = sums->last;
	struct quality_block copy = { .rows = malloc((last->used + 1) * sizeof(*copy.rows)) };
	if (copy.rows == NULL)
		return ERR_FULL;
	for (size_t i = 0; i < last->size; i++) {
		if (last->slots[i] != 0)
			copy.rows[copy.count++] = last->slots[i];
	}
	*out = copy;
	return OK;
}

enum err quality_sums_list(struct quality_sums *sums, struct quality_block **out, size_t *count)
{
	bool more = sums->seq % sums->block_records != 0;
	struct quality_block *blocks = calloc(sums->block_count + 1, sizeof(*blocks));
	enum err err = blocks == NULL ? ERR_FULL : OK;
	*count = 0;
	for (size_t i = 0; i < sums->block_count && err == OK; i++) {
		const struct quality_block *from = &sums->blocks[i];
		blocks[i].rows = malloc(((size_t)from->count + 1) * sizeof(*from->rows));
		err = blocks[i].rows == NULL ? ERR_FULL : OK;
		if (err != OK)
			break;
		memcpy(blocks[i].rows, from->rows, from->count * sizeof(*from->rows));
		blocks[i].count = from->count;
		++*count;
	}
	if (err == OK && more)
		err = last_copy(sums, &blocks[*count]);
	if (err != OK) {
		quality_blocks_free(blocks, *count);
		return err;
	}
	if (more) {
		sort_numbers(blocks[*count].rows, blocks[*count].count);
		++*count;
	}
	*out = blocks;
	return OK;
}

/* What is added up for an answer. */
struct quality_sum {
	uint16_t municipality; /* or PART_ALL */
	struct adder adder;
	struct sink sink; /* of data_quality */
	int64_t counts[KINDS][DELAYS];
};

static void sum_send(const struct quality_sum *sum, unsigned kind, int32_t delay, int64_t count)
{
	const struct reported reported = {
		.publishing = (kind & KIND_PUBLISHING) != 0,
		.correction = (kind & KIND_CORRECTION) != 0,
		.delay_days = delay,
	};
	uint16_t municipality = sum->municipality == PART_ALL ? 0 : sum->municipality;
	if (count != 0)
		data_quality_records(&sum->sink, municipality, &reported, count);
}

static void sum_row(struct quality_sum *sum, quality_row row, int64_t count)
{
	int32_t delay = row_delay(row);
	if (delay >= -1 && delay + 1 < DELAYS)
		sum->counts[row_kind(row)][delay + 1] += count;
	else
		sum_send(sum, row_kind(row), delay, count);
}

/* Adds the rows of a block that are of the municipality. */
static void sum_block(struct quality_sum *sum, const struct quality_block *block)
{
	uint32_t at = 0;
	if (sum->municipality != PART_ALL) {
		uint32_t high = block->count;
		while (at < high) {
			uint32_t middle = at + (high - at) / 2;
			if (row_municipality(block->rows[middle]) < sum->municipality)
				at = middle + 1;
			else
				high = middle;
		}
	}
	for (; at < block->count; at++) {
		quality_row row = block->rows[at];
		if (sum->municipality != PART_ALL && row_municipality(row) != sum->municipality)
			break;
		sum_row(sum, row, (int64_t)(row & COUNT_MAX));
	}
}

/* Adds the records (after, to] from the log, or takes them off. */
static enum err sum_records(struct quality_sum *sum, const struct folding *folding,
	struct reader *reader, uint64_t after, uint64_t to, int64_t sign)
{
	enum err err = OK;
	for (uint64_t seq = after + 1; seq <= to && err == OK; seq++) {
		struct record record;
		if ((seq - after) % STOP_RECORDS == 1)
			err = folding_go_on(folding);
		if (err == OK)
			err = reader_next(reader, seq, &record);
		if (err == OK && record_counts(&record) &&
			(sum->municipality == PART_ALL || record.municipality == sum->municipality))
			sum_row(sum, row_of(&record), sign);
	}
	return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
}

/* All that is counted up to some record, without reading the log. */
struct quality_view {
	struct quality_block *blocks;
	size_t count;
	struct quality_block last;
	uint64_t seq;
	uint64_t block_records;
};

static enum err view_take(struct quality_sums *sums, struct quality_view *view)
{
	*view = (struct quality_view){ 0 };
	pthread_mutex_lock(&sums->mutex);
	view->blocks = malloc((sums->block_count + 1) * sizeof(*view->blocks));
	enum err err = view->blocks == NULL ? ERR_FULL : last_copy(sums, &view->last);
	if (err == OK) {
		view->count = sums->block_count;
		view->seq = sums->seq;
		view->block_records = sums->block_records;
		if (view->count > 0)
			memcpy(view->blocks, sums->blocks, view->count * sizeof(*view->blocks));
	}
	pthread_mutex_unlock(&sums->mutex);
	if (err != OK)
		free(view->blocks);
	return err;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* Where what is counted ends that is nearest to `seq`: at the end of a block, or of all. */
static uint64_t anchor_of(const struct quality_view *view, uint64_t seq)
{
	uint64_t block = (seq + view->block_records / 2) / view->block_records;
	if (block > view->count)
		block = view->count;
	uint64_t anchor = block * view->block_records;
	return distance(view->seq, seq) < distance(anchor, seq) ? view->seq : anchor;
}

/* From the records up to `anchor` to those up to `seq`, with that sign. */
static enum err sum_step(struct quality_sum *sum, const struct folding *folding,
	struct reader *reader, uint64_t anchor, uint64_t seq, int64_t sign)
{
	return seq >= anchor ? sum_records(sum, folding, reader, anchor, seq, sign)
			     : sum_records(sum, folding, reader, seq, anchor, -sign);
}

static enum err sum_range(struct quality_sum *sum, const struct folding *folding,
	struct reader *reader, const struct quality_view *view, uint64_t after, uint64_t to)
{
	uint64_t first = anchor_of(view, after), last = anchor_of(view, to);
	CHECK(after <= to && first <= last);
	if (to - after <= distance(first, after) + distance(last, to))
		return sum_records(sum, folding, reader, after, to, 1);
	for (uint64_t at = first; at < last; at += view->block_records) {
		uint64_t block = at / view->block_records;
		if (block == view->count) {
			struct quality_block one = { .rows = view->last.rows, .count = 1 };
			/* They are in no order. */
			for (uint32_t i = 0; i < view->last.count; i++, one.rows++)
				sum_block(sum, &one);
		} else {
			sum_block(sum, &view->blocks[block]);
		}
	}
	enum err err = sum_step(sum, folding, reader, last, to, 1);
	return err == OK ? sum_step(sum, folding, reader, first, after, -1) : err;
}

enum err quality_sums_add(struct quality_sums *sums, const struct folding *folding,
	struct reader *reader, uint64_t seq_after, uint64_t seq_to, uint16_t municipality,
	struct tally *tally)
{
	struct quality_view view;
	struct quality_sum *sum = calloc(1, sizeof(*sum));
	if (sum == NULL)
		return ERR_FULL;
	enum err err = view_take(sums, &view);
	if (err != OK) {
		free(sum);
		return err;
	}
	sum->municipality = municipality;
	tally_only(tally, municipality);
	sum->adder = (struct adder){ .tally = tally, .sign = 1 };
	struct sink all = tally_sink(&sum->adder);
	sum->sink = registry_sink(&all, &indicator_data_quality);
	err = sum_range(sum, folding, reader, &view, seq_after, seq_to);
	for (unsigned kind = 0; kind < KINDS && err == OK; kind++) {
		for (int32_t delay = 0; delay < DELAYS; delay++)
			sum_send(sum, kind, delay - 1, sum->counts[kind][delay]);
	}
	if (err == OK && tally->failed)
		err = ERR_FULL;
	free(view.last.rows);
	free(view.blocks);
	free(sum);
	return err;
}
