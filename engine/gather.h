/*
 * engine/gather.h - histories from the beginning of the log, by several threads.
 *
 * histories_follow() applies one record after the other, and each touches another person's
 * memory. A fold from the beginning of the log gathers instead, in two phases: each thread
 * deals the records of its range of the log into shards of people; then each shard's
 * histories are assembled, from memory that lies together. The outcome is the same as that
 * of histories_follow() up to the same seq.
 *
 * Example (gather_test.c plays it): two threads, up to record 5. All events are of one partner.
 *
 *   seq  person  id  occurred_on
 *   1    1       a   2024-03-01
 *   2    2       b   2024-03-01
 *   3    1       c   2024-02-01
 *   4    1       d   2024-03-01
 *   5    -       e   2024-03-01   an EventRetracted that withdraws 2
 *
 *   thread 1 deals records 1 and 2      shard 1: 1   (2 is withdrawn by record 5)
 *   thread 2 deals records 3, 4 and 5   shard 1: 3 4 (5 is nothing that histories keep)
 *   shard 1 is assembled: memory for three facts of person 1, then they are inserted
 *     1   facts 1
 *     3   facts 3 1    an earlier day: before 1
 *     4   facts 3 1 4  equal to 1 but for the id: the first 16 bytes tell that a < d
 *
 * Had the ids of 1 and 4 begun with the same 16 bytes, 4 would be appended and left to
 * histories_sort(), which reads whole ids. Up to record 4, record 2 counts: nothing known by
 * then withdraws it.
 */
#ifndef ENGINE_GATHER_H
#define ENGINE_GATHER_H

#include "engine/fold.h"
#include "engine/quality_sums.h"

struct gathering {
	uint64_t seq_to;           /* the last record; what is withdrawn by then is left out */
	uint64_t quality_after;    /* the records after this one count for data_quality */
	struct tally *quality;     /* gets their counts; may be NULL */
	struct quality_sums *sums; /* nothing was counted in it: gets all records; may be NULL */
	unsigned threads;          /* 1 to SPLIT_MAX */
	const struct folding *folding; /* is asked whether to go on; NULL: nobody stops it */
};

/*
 * Fills histories that nothing was applied to. They bear seq_to then; on error they can
 * only be released. Neither `before_change` nor `each_record` is called, and nobody may read
 * shared ones meanwhile. ERR_FULL: no memory. ERR_CORRUPT,
 * ERR_IO: as the reader's.
 */
enum err histories_gather(struct histories *histories, struct reader *reader,
	const struct gathering *gathering) NODISCARD;

#endif
