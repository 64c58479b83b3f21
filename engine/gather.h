/*
 * engine/gather.h - histories from the beginning of the log, by several threads.
 *
 * histories_follow() takes one record after the other and touches another person with
 * each. Whoever begins from nothing gathers: the records are dealt into shards of
 * people first, each thread a range of the log; then each shard is put together, where
 * what belongs together is near. The outcome is that of following up to the same seq.
 */
#ifndef ENGINE_GATHER_H
#define ENGINE_GATHER_H

#include <stdatomic.h>

#include "engine/histories.h"
#include "engine/tally.h"

struct gathering {
	uint64_t seq_to;         /* up to here; what the log withdraws by here is left out */
	uint64_t quality_after;  /* the records after this one count for data_quality */
	struct tally *quality;   /* where they are added; NULL: nowhere */
	unsigned threads;        /* 1 to SPLIT_MAX */
	const atomic_bool *stop; /* when it becomes true: ERR_CONFLICT; may be NULL */
};

/*
 * Fills histories that nothing was applied to. They bear seq_to then; on error they can
 * only be released. `before_change` is not called. ERR_FULL: no memory. ERR_CORRUPT,
 * ERR_IO: as the reader's.
 */
enum err histories_gather(struct histories *histories, struct reader *reader,
	const struct gathering *gathering) NODISCARD;

#endif
