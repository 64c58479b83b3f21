/*
 * engine/gather.h - histories from the beginning of the log, by several threads.
 *
 * histories_follow() applies one record after the other, and each touches another person's
 * memory. A fold from the beginning of the log gathers instead, in two phases: each thread
 * deals the records of its range of the log into shards of people; then each shard's
 * histories are assembled, from memory that lies together. The outcome is the same as that
 * of histories_follow() up to the same seq.
 */
#ifndef ENGINE_GATHER_H
#define ENGINE_GATHER_H

#include <stdatomic.h>

#include "engine/histories.h"
#include "engine/tally.h"

struct gathering {
	uint64_t seq_to;         /* the last record; what is withdrawn by then is left out */
	uint64_t quality_after;  /* the records after this one count for data_quality */
	struct tally *quality;   /* gets their counts; may be NULL */
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
