/*
 * engine/histories.h - every person's effective events, as of one seq.
 *
 * The daemon follows the log as it grows; a replay follows it up to the seq of a
 * knowledge instant. An event that is withdrawn is taken out of its history; one that
 * arrives late is sorted in by its day. So the histories do not depend on the order in
 * which the events arrived.
 *
 * Example (histories_test.c plays it): one partner's events about one person, by their seqs.
 *
 *   seq  id  occurred_on  key
 *   1    x   2024-03-01   k
 *   2    y   2024-02-01   -
 *   3    b   2024-03-01   -
 *   4    z   2024-03-02   k    withdraws 1, the last event of the key
 *
 *   histories_follow() to 2    facts 1 2    sorted 1: 2 is of an earlier day than 1
 *   histories_sort()           facts 2 1    sorted 2
 *   histories_follow() to 3    facts 2 1 3  sorted 2: all but the id of 1 and 3 is equal
 *   histories_sort()           facts 2 3 1  sorted 3: it read both ids from the log, b < x
 *   histories_follow() to 4    facts 2 3 4  sorted 3: 4 was appended in order, 1 taken out
 *
 * Following that goes to 4 at once never adds 1, since the log withdraws it by then, and has
 * the same facts: 2 3 4.
 */
#ifndef ENGINE_HISTORIES_H
#define ENGINE_HISTORIES_H

#include "engine/localities.h"
#include "engine/names.h"
#include "indicators/person/fact.h"
#include "store/reader.h"

/* A fact that is withdrawn, and by which record: it counts for each K between the two. */
struct past_fact {
	struct fact fact;
	uint32_t by_low;
	uint8_t by_high;
	uint8_t nothing; /* 0, so that what is saved has no byte of anything else */
} __attribute__((packed, aligned(2)));

static inline uint64_t past_fact_by(const struct past_fact *past)
{
	return (uint64_t)past->by_high << 32 | past->by_low;
}

struct history {
	struct fact *facts;
	struct past_fact *past; /* in no order; none unless histories_share() was called */
	uint32_t count;
	uint32_t size;
	uint32_t sorted; /* so many from the first are in the order of spec/events.md */
	uint32_t past_count;
	uint32_t past_size;
	uint16_t municipalities; /* of its facts, past ones too: municipality_bit() of each */
	bool marked;             /* changed since it was last folded; live.c's own */
};

struct withdrawn_event;
struct histories_sharing;

/*
 * A reference names a job, an activity or a sanction within a person: each shard of the
 * people has names of its own, so that several threads can fill several shards.
 */
#define HISTORIES_SHARDS 64

struct histories {
	struct history *people; /* by person number; people[0] has the events without subject */
	uint32_t people_count;
	uint32_t people_size;
	struct names refs[HISTORIES_SHARDS]; /* by person number modulo the shards */
	struct names partners;               /* by the store's numbers: name n is partner n */
	uint64_t applied_seq;                /* all records up to here are in */
	uint64_t fact_count;
	uint32_t longest; /* facts of the longest history there was */

	/* What the slice that is followed withdraws, until its end: histories.c's own. */
	struct withdrawn_event *withdrawn;
	size_t withdrawn_count;
	size_t withdrawn_size;

	struct arena arena; /* for reading bodies */

	struct histories_sharing *sharing; /* NULL: one thread's alone */
	struct localities localities;      /* of shared ones: who has facts of a municipality */

	/* Called before a person's history changes, and for each record; may be NULL. */
	enum err (*before_change)(void *context, uint32_t person);
	enum err (*each_record)(void *context, const struct record *record);
	void *context;
};

/* ERR_FULL: no memory. */
enum err histories_init(struct histories *histories) NODISCARD;
void histories_release(struct histories *histories);

/*
 * From here on other threads may read these histories, by recall.h, while one thread, the owner,
 * changes them: what is withdrawn is kept beside, and `localities` says who is where. To be called
 * before anything is in them. ERR_FULL: no memory.
 */
enum err histories_share(struct histories *histories) NODISCARD;

/*
 * While a thread holds the lock of a person nobody changes the person's history, nor the names of
 * its references, nor moves the array of people. Of a shared one; held for as long as it takes to
 * copy or to sort one history. Locks nothing where nothing is shared.
 */
void histories_lock(struct histories *histories, uint32_t person);
void histories_unlock(struct histories *histories, uint32_t person);

/* The same for the names of partners and for the localities. */
void histories_lock_names(struct histories *histories);
void histories_unlock_names(struct histories *histories);

/*
 * Lists who is where, in histories that were filled by other means than histories_follow().
 * ERR_FULL: no memory.
 */
enum err histories_find_localities(struct histories *histories) NODISCARD;

/* The bit of a municipality in `municipalities`: several share one. */
static inline uint16_t municipality_bit(uint16_t municipality)
{
	return (uint16_t)(1u << municipality % 16);
}

/* The names of the references of a person's facts. */
const struct names *histories_refs(const struct histories *histories, uint32_t person);

/*
 * Applies the records after applied_seq up to `seq_to`, at most `records_max` of
 * them, from the reader's view. What the log withdraws by `seq_to` is left
 * out at once. What is withdrawn of before is taken out at the end, of each person in one pass,
 * so that a slice costs a person at most n log n steps in its events.
 */
enum err histories_follow(struct histories *histories, struct reader *reader, uint64_t seq_to,
	uint64_t records_max) NODISCARD;

/*
 * Restores the order of a person's events (events, "Order within a person").
 * Two events of one day, class and partner are ordered by their ids, which are
 * read from the log. Several threads may sort several people, each with a reader of
 * its own. ERR_CORRUPT, ERR_IO: as the reader's. ERR_FULL: no memory.
 */
enum err histories_sort(
	struct histories *histories, struct reader *reader, uint32_t person) NODISCARD;

#endif
