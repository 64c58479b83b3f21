/*
 * engine/gather.c - see gather.h.
 *
 * Dealing writes what a fold needs of each record, in the order of the log, into a
 * stage per thread and shard: a list of chunks, which each thread takes from regions of
 * its own.
 */
#include "engine/gather.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/check.h"
#include "base/grow.h"
#include "engine/histories_inside.h"
#include "engine/quality.h"
#include "engine/split.h"

#define SLICE_RECORDS    100000 /* of one view, so that the file need not grow */
#define CHUNK_BYTES      ((size_t)32 << 10)
#define REGION_BYTES     ((size_t)8 << 20)
#define REF_BYTES_MAX    64
#define CACHE_LINE       64
#define APART_BYTES      128 /* two threads that write closer together wait for each other */
#define INSERT_STEPS_MAX 64  /* back from the end, to insert a fact */
#define FETCH_AHEAD      16  /* records: their memory is asked for so long before */

/* The first bytes of an id, padded with zeros: compares as the ids do, where they differ. */
struct id_prefix {
	uint8_t bytes[16];
};

/* So many facts a dealer dealt of a person: their memory is known before any is assembled. */
struct dealt_count {
	uint32_t facts;
	uint32_t past;
};

/*
 * A record that was dealt; the reference's `ref_length` bytes follow, in words of four.
 * The first bytes of the id mostly tell which of two events of one day, class and partner
 * comes first (a UUIDv7 ids with its time): then neither record need be read again.
 */
struct dealt {
	uint32_t person;
	uint16_t ref_length;
	bool past; /* behind the reference is the seq of the record that withdraws it */
	struct id_prefix id;
	struct fact fact;
};

#define DEALT_BYTES_MAX (sizeof(struct dealt) + REF_BYTES_MAX + sizeof(uint64_t))

struct chunk {
	struct chunk *next;
	size_t used;
	uint8_t data[];
};

#define CHUNK_ROOM (CHUNK_BYTES - sizeof(struct chunk))

/* Mapped and unmapped as a whole; the first chunk's room holds this header. */
struct region {
	struct region *next;
	size_t used;
};

CHECK_STATIC(sizeof(struct region) <= CHUNK_BYTES);

struct stage {
	struct chunk *first;
	struct chunk *last;
};

/* One thread's work and what it dealt. It writes here with each record: no other's lies close by.
 */
struct dealer {
	_Alignas(APART_BYTES) struct reader *reader;
	struct arena arena;
	uint64_t seq_after;
	uint64_t seq_to;
	struct region *regions; /* the one that chunks are taken from first */
	struct stage stages[HISTORIES_SHARDS];
	struct tally *tally;             /* of data_quality; NULL: not wanted */
	struct quality *quality;         /* counts for it */
	struct quality_counter *counter; /* of the block under way; NULL: not wanted */
	struct quality_block *blocks;    /* of all records, those that were counted */
	size_t block_count;
	size_t block_size;
	uint64_t facts;             /* without past ones */
	bool any;                   /* something was dealt */
	struct dealt_count *counts; /* by person, up to person_max */
	uint32_t counts_size;
	uint32_t person_max;
	uint16_t partner_max;
};

struct gather {
	const struct gathering *gathering;
	struct histories *histories;
	struct dealer *dealers;
	unsigned dealer_count;
	atomic_uint shard_next;
};

static enum err go_on(const struct gathering *gathering)
{
	return gathering->folding == NULL ? OK : folding_go_on(gathering->folding);
}

/* An empty chunk; NULL: no memory. */
static struct chunk *chunk_new(struct dealer *dealer)
{
	struct region *region = dealer->regions;
	CHECK(region == NULL || region->used <= REGION_BYTES);
	if (region == NULL || region->used == REGION_BYTES) {
		region = mmap(NULL, REGION_BYTES, PROT_READ | PROT_WRITE,
			/* cppcheck-suppress invalidFunctionArg; anonymous memory has no file */
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (region == MAP_FAILED)
			return NULL;
		/* Huge pages mean fewer page faults; without them it works as well. */
		(void)madvise(region, REGION_BYTES, MADV_HUGEPAGE);
		*region = (struct region){ .next = dealer->regions, .used = CHUNK_BYTES };
		dealer->regions = region;
	}
	struct chunk *chunk = (struct chunk *)(void *)((uint8_t *)region + region->used);
	region->used += CHUNK_BYTES;
	*chunk = (struct chunk){ 0 };
	return chunk;
}

/* Room in the stage for the largest record; NULL: no memory. */
static struct chunk *stage_chunk(struct dealer *dealer, struct stage *stage)
{
	if (stage->last != NULL && CHUNK_ROOM - stage->last->used >= DEALT_BYTES_MAX)
		return stage->last;
	struct chunk *chunk = chunk_new(dealer);
	if (chunk == NULL)
		return NULL;
	if (stage->last == NULL)
		stage->first = chunk;
	else
		stage->last->next = chunk;
	stage->last = chunk;
	return chunk;
}

/* Counts a fact of a person. False: no memory. */
static bool dealt_count(struct dealer *dealer, uint32_t person, bool past)
{
	if (person >= dealer->counts_size) {
		uint32_t had = dealer->counts_size, size = person + person / 2 + 64;
		if (!GROW_TO(dealer->counts, size))
			return false;
		memset(dealer->counts + had, 0, (size - had) * sizeof(*dealer->counts));
		dealer->counts_size = size;
	}
	if (past)
		dealer->counts[person].past++;
	else
		dealer->counts[person].facts++;
	if (person > dealer->person_max)
		dealer->person_max = person;
	return true;
}

/* In its place at once: a copy would wait for each of the parts to be written. */
static void dealt_write(
	struct chunk *chunk, const struct record *record, const struct event *event, uint64_t by)
{
	struct dealt *dealt = (struct dealt *)(void *)(chunk->data + chunk->used);
	struct bytes ref = fact_ref_of_event(event);
	CHECK(ref.length <= REF_BYTES_MAX && CHUNK_ROOM - chunk->used >= DEALT_BYTES_MAX);
	dealt->person = record->person;
	dealt->ref_length = (uint16_t)ref.length;
	dealt->past = by != 0;
	if (event->id.length < sizeof(dealt->id)) {
		dealt->id = (struct id_prefix){ 0 };
		memcpy(dealt->id.bytes, event->id.data, event->id.length);
	} else {
		memcpy(dealt->id.bytes, event->id.data, sizeof(dealt->id));
	}
	dealt->fact = fact_of_event(event, record->seq, record->partner, 0);
	chunk->used += sizeof(*dealt);
	if (ref.length > 0) {
		memcpy(chunk->data + chunk->used, ref.data, ref.length);
		chunk->used += (ref.length + 3) / 4 * 4;
	}
	if (by != 0) {
		memcpy(chunk->data + chunk->used, &by, sizeof(by));
		chunk->used += sizeof(by);
	}
	/* What comes next of this shard comes when the memory behind it would have to be waited
	 * for. */
	__builtin_prefetch(chunk->data + chunk->used + CACHE_LINE, 1);
}

/* Asks for the memory where a person is dealt to: it comes while the record is being decoded. */
static void dealt_fetch(const struct dealer *dealer, uint32_t person)
{
	const struct chunk *chunk = dealer->stages[person % HISTORIES_SHARDS].last;
	if (chunk != NULL)
		__builtin_prefetch(chunk, 1);
	if (person < dealer->counts_size)
		__builtin_prefetch(&dealer->counts[person], 1);
}

/* Deals one record; `by` withdraws it, 0: none does. */
static enum err deal(struct dealer *dealer, const struct record *record, uint64_t by)
{
	struct event event;
	dealt_fetch(dealer, record->person);
	enum err err = event_of_record(record, &dealer->arena, &event);
	if (err != OK || !event_is_kept(&event))
		return err;
	struct chunk *chunk =
		stage_chunk(dealer, &dealer->stages[record->person % HISTORIES_SHARDS]);
	if (chunk == NULL || !dealt_count(dealer, record->person, by != 0))
		return ERR_FULL;
	dealt_write(chunk, record, &event, by);
	if (record->partner > dealer->partner_max)
		dealer->partner_max = record->partner;
	dealer->facts += by == 0;
	dealer->any = true;
	return OK;
}

/* The block under way is full, or the last one. */
static enum err block_end(struct dealer *dealer)
{
	if (!GROW(dealer->blocks, dealer->block_size, dealer->block_count + 1))
		return ERR_FULL;
	enum err err = quality_counter_take(dealer->counter, &dealer->blocks[dealer->block_count]);
	dealer->block_count += err == OK;
	return err;
}

/* Counts a record for data_quality. */
static enum err dealer_count(
	struct dealer *dealer, const struct gathering *gathering, const struct record *record)
{
	uint64_t seq = record->seq;
	if (dealer->quality != NULL && seq > gathering->quality_after)
		quality_count(dealer->quality, record);
	if (dealer->counter == NULL)
		return OK;
	enum err err = quality_counter_add(dealer->counter, record);
	bool ends = seq == gathering->seq_to || seq % quality_sums_block(gathering->sums) == 0;
	return err == OK && ends ? block_end(dealer) : err;
}

/* Between two slices. */
static enum err dealer_pause(struct dealer *dealer, const struct gathering *gathering)
{
	enum err err = go_on(gathering);
	return err == OK ? reader_renew(dealer->reader) : err;
}

/* Deals the records of a thread's range of the log. */
static enum err dealer_run(void *context, unsigned part)
{
	const struct gather *gather = context;
	const struct gathering *gathering = gather->gathering;
	struct dealer *dealer = &gather->dealers[part];
	uint64_t withdrawn = 0, by = 0; /* the next withdrawn seq at or after the current one */
	bool keeps_past = gather->histories->sharing != NULL;
	CHECK(dealer->seq_after <= dealer->seq_to && dealer->seq_to <= gathering->seq_to);
	for (uint64_t seq = dealer->seq_after + 1; seq <= dealer->seq_to; seq++) {
		struct record record;
		enum err err = OK;
		if ((seq - dealer->seq_after) % SLICE_RECORDS == 0)
			err = dealer_pause(dealer, gathering);
		if (err == OK && withdrawn < seq) {
			err = reader_withdrawal_from(dealer->reader, seq, &withdrawn, &by);
			if (err == ERR_NOT_FOUND) {
				withdrawn = UINT64_MAX;
				err = OK;
			}
		}
		if (err == OK)
			err = reader_next(dealer->reader, seq, &record);
		bool counts = withdrawn != seq || by > gathering->seq_to;
		if (err == OK && record_counts(&record) && (counts || keeps_past))
			err = deal(dealer, &record, counts ? 0 : by);
		if (err != OK)
			return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
		CHECK(record.seq == seq && record.withdraws < seq);
		err = dealer_count(dealer, gathering, &record);
		if (err != OK)
			return err;
	}
	return OK;
}

/* The next record of a chunk, its reference and what withdraws it; NULL at the end. */
static const struct dealt *chunk_next(
	const struct chunk *chunk, size_t *at, struct bytes *ref, uint64_t *by)
{
	if (*at == chunk->used)
		return NULL;
	CHECK(*at + sizeof(struct dealt) <= chunk->used);
	const struct dealt *dealt = (const struct dealt *)(const void *)(chunk->data + *at);
	*at += sizeof(*dealt);
	*ref = bytes_of(chunk->data + *at, dealt->ref_length);
	*at += (dealt->ref_length + 3u) / 4 * 4;
	*by = 0;
	if (dealt->past) {
		memcpy(by, chunk->data + *at, sizeof(*by));
		*at += sizeof(*by);
	}
	CHECK(*at <= chunk->used);
	return dealt;
}

/* A shard while its histories are assembled. */
struct assembly {
	struct histories *histories;
	struct names *refs;
	uint32_t left;         /* facts that are reserved and not inserted yet */
	uint32_t *firsts;      /* by person / HISTORIES_SHARDS: index of its first fact in `ids` */
	struct id_prefix *ids; /* by fact; the room goes from shard to shard */
	size_t ids_size;
};

/* Allocates what `size` and `past_size` say. False: no memory. */
static bool history_reserve(struct history *history)
{
	if (history->size > 0)
		history->facts = malloc(history->size * sizeof(*history->facts));
	if (history->past_size > 0)
		history->past = malloc(history->past_size * sizeof(*history->past));
	return (history->size == 0 || history->facts != NULL) &&
	       (history->past_size == 0 || history->past != NULL);
}

/* Allocates the histories of a shard, each of exactly its size. */
static enum err shard_reserve(
	const struct gather *gather, unsigned shard, struct assembly *assembly)
{
	struct history *people = gather->histories->people;
	uint32_t facts = 0;
	for (uint32_t person = shard; person < gather->histories->people_count;
		person += HISTORIES_SHARDS) {
		struct history *history = &people[person];
		CHECK(history->facts == NULL && history->count == 0);
		for (unsigned i = 0; i < gather->dealer_count; i++) {
			const struct dealer *dealer = &gather->dealers[i];
			if (person >= dealer->counts_size)
				continue;
			history->size += dealer->counts[person].facts;
			history->past_size += dealer->counts[person].past;
		}
		assembly->firsts[person / HISTORIES_SHARDS] = facts;
		facts += history->size;
		if (!history_reserve(history))
			return ERR_FULL;
	}
	assembly->left = facts;
	return GROW(assembly->ids, assembly->ids_size, (size_t)facts + 1) ? OK : ERR_FULL;
}

/*
 * Inserts a fact after the last one that comes before it. It is appended instead, for
 * histories_sort() to sort in, when only the whole ids tell, and when more than
 * INSERT_STEPS_MAX facts would have to be moved.
 */
static void fact_insert(
	struct assembly *assembly, const struct dealt *dealt, const struct fact *fact)
{
	struct history *history = &assembly->histories->people[dealt->person];
	struct fact *facts = history->facts;
	CHECK(dealt->person < assembly->histories->people_count);
	CHECK(history->count < history->size && assembly->left > 0);
	assembly->left--;
	struct id_prefix *ids = assembly->ids + assembly->firsts[dealt->person / HISTORIES_SHARDS];
	uint32_t end = history->count++, at = end;
	bool certain = history->sorted == end;
	for (; at > 0 && certain; at--) {
		int order = fact_compare(&assembly->histories->partners, &facts[at - 1], fact);
		if (order == 0)
			order = memcmp(&ids[at - 1], &dealt->id, sizeof(dealt->id));
		if (order < 0)
			break;
		certain = order != 0 && end - at < INSERT_STEPS_MAX;
	}
	if (certain)
		history->sorted++;
	else
		at = end;
	if (at < end) {
		memmove(&facts[at + 1], &facts[at], (end - at) * sizeof(*facts));
		memmove(&ids[at + 1], &ids[at], (end - at) * sizeof(*ids));
	}
	facts[at] = *fact;
	history->municipalities |= municipality_bit(fact->municipality);
	ids[at] = dealt->id;
}

/*
 * Asks for the memory that records to come are added to, where each would be waited for: first for
 * the history, and when that is there for the end of its facts and of their ids.
 */
static void chunk_fetch(
	const struct assembly *assembly, const struct chunk *chunk, size_t *far, size_t *near)
{
	const struct dealt *dealt;
	struct bytes ref;
	uint64_t by;
	if ((dealt = chunk_next(chunk, far, &ref, &by)) != NULL)
		__builtin_prefetch(&assembly->histories->people[dealt->person], 1);
	if ((dealt = chunk_next(chunk, near, &ref, &by)) != NULL) {
		const struct history *history = &assembly->histories->people[dealt->person];
		size_t last = history->count > 0 ? history->count - 1 : 0;
		uint32_t first = assembly->firsts[dealt->person / HISTORIES_SHARDS];
		if (history->facts != NULL)
			__builtin_prefetch(&history->facts[last], 1);
		__builtin_prefetch(&assembly->ids[first + last], 1);
	}
}

static enum err chunk_assemble(struct assembly *assembly, const struct chunk *chunk)
{
	const struct dealt *dealt;
	struct bytes ref;
	uint64_t by;
	size_t at = 0, near = 0, far = 0;
	enum err err = OK;
	for (unsigned i = 0; i < FETCH_AHEAD; i++) {
		(void)chunk_next(chunk, &far, &ref, &by);
		if (i % 2 == 0)
			(void)chunk_next(chunk, &near, &ref, &by);
	}
	while (err == OK && (dealt = chunk_next(chunk, &at, &ref, &by)) != NULL) {
		chunk_fetch(assembly, chunk, &far, &near);
		struct fact fact = dealt->fact;
		int32_t number;
		if (names_number(assembly->refs, ref, &number) != OK)
			return ERR_FULL;
		if (number != 0)
			fact.ref = (unsigned)number & FACT_REF_MAX;
		if (dealt->past)
			err = history_add_past(
				&assembly->histories->people[dealt->person], &fact, by);
		else
			fact_insert(assembly, dealt, &fact);
	}
	return err;
}

static enum err shard_assemble(
	const struct gather *gather, unsigned shard, struct assembly *assembly)
{
	/* The thread's own meanwhile: those of other shards lie beside it. */
	struct names refs = gather->histories->refs[shard];
	assembly->refs = &refs;
	enum err err = shard_reserve(gather, shard, assembly);
	/* The dealers' ranges follow each other, and so do their records. */
	for (unsigned i = 0; i < gather->dealer_count && err == OK; i++) {
		const struct chunk *chunk = gather->dealers[i].stages[shard].first;
		for (; chunk != NULL && err == OK; chunk = chunk->next)
			err = chunk_assemble(assembly, chunk);
	}
	CHECK(err != OK || assembly->left == 0);
	gather->histories->refs[shard] = refs;
	return err;
}

/*
 * The shard that is assembled as the n-th: its number with the bits the other way round. Those that
 * are under way at the same time are far apart then, and so are their people in the array: two who
 * are neighbours in it share a line of memory.
 */
static unsigned shard_of(unsigned n)
{
	unsigned shard = 0;
	for (unsigned bit = 1; bit < HISTORIES_SHARDS; bit *= 2)
		shard = shard * 2 + ((n & bit) != 0);
	return shard;
}
CHECK_STATIC((HISTORIES_SHARDS & (HISTORIES_SHARDS - 1)) == 0);

/* Assembles shards until none is left. */
static enum err assembler_run(void *context, unsigned part)
{
	struct gather *gather = context;
	size_t people = gather->histories->people_count / HISTORIES_SHARDS + 1;
	struct assembly assembly = { .histories = gather->histories };
	assembly.firsts = malloc(people * sizeof(*assembly.firsts));
	enum err err = assembly.firsts == NULL ? ERR_FULL : OK;
	unsigned n;
	CHECK(part < gather->dealer_count);
	while (err == OK && (n = atomic_fetch_add(&gather->shard_next, 1)) < HISTORIES_SHARDS) {
		err = go_on(gather->gathering);
		if (err == OK)
			err = shard_assemble(gather, shard_of(n), &assembly);
	}
	free(assembly.firsts);
	free(assembly.ids);
	return err;
}

static enum err dealer_init(struct dealer *dealer, struct reader *reader, bool own_reader,
	const struct gathering *gathering)
{
	enum err err = arena_init(&dealer->arena, EVENT_ARENA_SIZE);
	dealer->reader = own_reader ? NULL : reader;
	if (err == OK && own_reader)
		err = reader_again(reader, &dealer->reader);
	if (err == OK && gathering->quality != NULL) {
		err = tally_new(&dealer->tally);
		if (err == OK)
			err = quality_new(dealer->tally, 1, &dealer->quality);
	}
	if (err == OK && gathering->sums != NULL)
		err = quality_counter_new(&dealer->counter);
	return err;
}

static enum err dealer_end(struct dealer *dealer, bool own_reader, struct tally *quality)
{
	enum err err = quality_end(dealer->quality);
	if (err == OK && dealer->tally != NULL)
		err = tally_merge(quality, dealer->tally);
	tally_free(dealer->tally);
	quality_counter_free(dealer->counter);
	quality_blocks_free(dealer->blocks, dealer->block_count);
	free(dealer->counts);
	for (struct region *region = dealer->regions, *next; region != NULL; region = next) {
		next = region->next;
		munmap(region, REGION_BYTES);
	}
	if (own_reader)
		reader_close(dealer->reader);
	arena_release(&dealer->arena);
	return err;
}

/* Makes what all shards share: the array of people and the names of partners. */
static enum err people_make(struct gather *gather, struct reader *reader)
{
	struct histories *histories = gather->histories;
	enum err err = OK;
	for (unsigned i = 0; i < gather->dealer_count && err == OK; i++) {
		const struct dealer *dealer = &gather->dealers[i];
		if (!dealer->any)
			continue;
		CHECK(dealer->partner_max > 0 && dealer->person_max < UINT32_MAX);
		histories->fact_count += dealer->facts;
		err = partner_reserve(histories, reader, dealer->partner_max);
		if (err == OK)
			err = person_reserve(histories, dealer->person_max);
	}
	return err;
}

static enum err gather_run(struct gather *gather, struct reader *reader)
{
	struct histories *histories = gather->histories;
	enum err err = split_run(gather->dealer_count, dealer_run, gather);
	if (err == OK)
		err = people_make(gather, reader);
	if (err == OK)
		err = split_run(gather->dealer_count, assembler_run, gather);
	uint64_t facts = 0;
	for (uint32_t i = 0; i < histories->people_count && err == OK; i++) {
		facts += histories->people[i].count;
		if (histories->people[i].count > histories->longest)
			histories->longest = histories->people[i].count;
	}
	CHECK(err != OK || facts == histories->fact_count);
	return err;
}

/* Gives the blocks of all dealers, whose ranges follow each other, to the sums. */
static enum err sums_take(struct gather *gather, uint64_t seq_to)
{
	struct quality_block *all = NULL;
	size_t count = 0, size = 0;
	enum err err = OK;
	for (unsigned i = 0; i < gather->dealer_count && err == OK; i++) {
		const struct dealer *dealer = &gather->dealers[i];
		if (!GROW(all, size, count + dealer->block_count + 1))
			err = ERR_FULL;
		for (size_t j = 0; j < dealer->block_count && err == OK; j++)
			all[count++] = dealer->blocks[j];
	}
	if (err == OK)
		err = quality_sums_take(gather->gathering->sums, all, count, seq_to);
	for (unsigned i = 0; i < gather->dealer_count && err == OK; i++)
		gather->dealers[i].block_count = 0;
	free(all);
	return err;
}

/* The records up to which the dealers before `part` deal: whole blocks, where these are counted. */
static uint64_t dealt_to(const struct gathering *gathering, unsigned part)
{
	uint64_t to = gathering->seq_to / gathering->threads * part;
	if (part == gathering->threads)
		return gathering->seq_to;
	return gathering->sums == NULL ? to : to - to % quality_sums_block(gathering->sums);
}

enum err histories_gather(
	struct histories *histories, struct reader *reader, const struct gathering *gathering)
{
	struct gather gather = { .gathering = gathering, .histories = histories };
	unsigned parts = gathering->threads;
	enum err err = OK;
	CHECK(histories->applied_seq == 0 && histories->people_count == 0);
	CHECK(parts >= 1 && parts <= SPLIT_MAX);
	gather.dealers = aligned_alloc(APART_BYTES, parts * sizeof(*gather.dealers));
	if (gather.dealers == NULL)
		return ERR_FULL;
	memset(gather.dealers, 0, parts * sizeof(*gather.dealers));
	gather.dealer_count = parts;
	for (unsigned i = 0; i < parts && err == OK; i++) {
		struct dealer *dealer = &gather.dealers[i];
		dealer->seq_after = dealt_to(gathering, i);
		dealer->seq_to = dealt_to(gathering, i + 1);
		err = dealer_init(dealer, reader, i > 0, gathering);
	}
	if (err == OK)
		err = gather_run(&gather, reader);
	if (err == OK && gathering->sums != NULL)
		err = sums_take(&gather, gathering->seq_to);
	for (unsigned i = 0; i < parts; i++) {
		enum err ended = dealer_end(&gather.dealers[i], i > 0, gathering->quality);
		if (err == OK)
			err = ended;
	}
	free(gather.dealers);
	if (err == OK && histories->sharing != NULL)
		err = histories_find_localities(histories);
	if (err == OK)
		histories->applied_seq = gathering->seq_to;
	return err;
}
