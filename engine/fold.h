/*
 * engine/fold.h - from histories and records to sums. Live and replay use the same
 * functions: the daemon folds the people that changed, a replay folds all.
 */
#ifndef ENGINE_FOLD_H
#define ENGINE_FOLD_H

#include "engine/histories.h"
#include "engine/tally.h"

/* data_quality looks at the records of this long before K. */
#define QUALITY_WINDOW_US (91 * INT64_C(86400) * 1000000)

/* Work memory of folds: grows to what the longest history needs. */
struct folding {
	struct arena arena;
	unsigned threads; /* of fold_each(), up to SPLIT_MAX; 0 as 1 */

	/*
	 * Asked before each person, by any of the threads, and now and then while records are
	 * counted: true ends a fold of many with ERR_STOPPED, and what it was adding to is to be
	 * thrown away. NULL: nobody stops it.
	 */
	bool (*stopped)(const void *context);
	const void *context;
};
void folding_release(struct folding *folding);

/* The threads, 1 to SPLIT_MAX. */
unsigned folding_threads(const struct folding *folding);

/* ERR_STOPPED: `stopped` says so. */
enum err folding_go_on(const struct folding *folding) NODISCARD;

/*
 * Sorts the history of `person`, which must not be empty, and applies the shared
 * definitions to it. *out is valid until the next call with this folding. ERR_FULL: no
 * memory.
 */
enum err fold_prepare(struct folding *folding, struct histories *histories, struct reader *reader,
	uint32_t person, const struct question *question, struct person *out) NODISCARD;

/* May the person contribute to a municipality's sums? Else no event names it. */
bool fold_concerns(const struct history *history, uint16_t municipality) NODISCARD;

/* Adds what a prepared person contributes, or subtracts it (sign -1). ERR_FULL: no memory. */
enum err fold_prepared(const struct person *person, struct tally *tally, int64_t sign) NODISCARD;

/*
 * Adds what `person` contributes, or subtracts it (sign -1). Its history is sorted
 * first. ERR_FULL: no memory.
 */
enum err fold_person(struct folding *folding, struct histories *histories, struct reader *reader,
	uint32_t person, const struct question *question, struct tally *tally,
	int64_t sign) NODISCARD;

/* fold_person() for everybody with an event in `municipality`; the tally is of that part only. */
enum err fold_people_of(struct folding *folding, struct histories *histories, struct reader *reader,
	uint16_t municipality, const struct question *question, struct tally *tally) NODISCARD;

/* What is done for a person; `own` is the thread's, and so are folding and reader. */
typedef enum err fold_visit(
	void *own, struct folding *folding, struct reader *reader, uint32_t person);

/*
 * Calls one() for everybody who is not marked, in folding_threads() threads. Thread i has owns[i]
 * and takes people in rising order of their numbers; thread 0 is the caller, with this folding and
 * this reader. Errors as one()'s.
 */
enum err fold_each(struct folding *folding, struct histories *histories, struct reader *reader,
	fold_visit *one, void *const *owns) NODISCARD;

/* fold_person() for everybody who is not marked. */
enum err fold_people(struct folding *folding, struct histories *histories, struct reader *reader,
	const struct question *question, struct tally *tally) NODISCARD;

/*
 * Adds the records (seq_after, seq_to] to data_quality, or subtracts them. ERR_STOPPED: as
 * fold_people().
 */
enum err fold_quality(const struct folding *folding, struct reader *reader, uint64_t seq_after,
	uint64_t seq_to, struct tally *tally, int64_t sign) NODISCARD;

#endif
