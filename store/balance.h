/*
 * store/balance.h - do a log and its tables say the same, as far as that can be known without
 * looking up a row for each record? For store/ only.
 *
 * To look up what a record must have in the tables is to descend a tree at a random place, several
 * times. Here the log and each table are walked once, in their own order, on all cores. Each row
 * says a sentence about a record: "identity i is of record 7". The log says the same of its record
 * 7. Hashes of these sentences are added up under the record's number: the log adds, the table
 * takes off. Records are summed up in *stretches* of some thousands. Where all sums of a stretch
 * are 0, log and table say the same of it: no row is missing, none is too many, none leads
 * elsewhere. (Rows that rotted keep a sum of 64 bits once in 2^64.)
 *
 *   identity      (partner, id) -> seq: of each record
 *   withdrawals   withdrawn -> by: of the record that withdraws
 *   keys          (partner, key) -> seq: of the last record with the key. The log says it of each,
 *                 and takes it back when a later record withdraws that one by the key. Whether a
 *                 retracted one was followed by another its row is asked.
 *   subjects, persons   as a whole, before the records: each pair is in both
 *
 * What comes after `indexed` (index_lag.h) is not decided here, its stretch is in doubt; so are
 * those with a record whose key was used by somebody who was erased. Doubt costs time, it is no
 * finding.
 *
 * Memory: a bit for each record (12 MiB for a hundred million), at most 7 MiB of stretches, and
 * less than 2 MiB for each thread.
 */
#ifndef STORE_BALANCE_H
#define STORE_BALANCE_H

#include "store/verify_inside.h"

struct balance;

/*
 * Weighs records 1 to `indexed` against the tables, as the view of the reader has them; it is
 * renewed while views of the same commit are taken for the threads. ERR_FULL: no memory. ERR_IO,
 * ERR_CORRUPT: no view can be had, or the log's sizes contradict each other.
 */
enum err balance_new(
	struct reader *reader, const struct verify_way *way, struct balance **out) NODISCARD;
void balance_free(struct balance *balance);

/* Records of the log, as it says itself. */
uint64_t balance_entries(const struct balance *balance);

/* Tells of each table whose rows cannot be walked; then all of the log is in doubt. */
void balance_tell(const struct balance *balance, struct verifying *verifying);

/*
 * Takes the stretch that begins at `seq` into what is verified, when it is in balance; *last is its
 * end. False: it is in doubt, and nothing was taken.
 */
bool balance_take(const struct balance *balance, uint64_t seq, struct verifying *verifying,
	uint64_t *last) NODISCARD;

/* Could the log not be walked in this stretch, whatever its records are when they are asked for? */
bool balance_is_torn(const struct balance *balance, uint64_t seq);

/* The newest record of each partner in the stretches. After all were taken or looked at. */
void balance_take_newest(const struct balance *balance, struct verifying *verifying);

/* Is a row of the keys in doubt that leads to this record, or to what no record is? Is any? */
bool balance_doubts_key(const struct balance *balance, uint64_t seq);
bool balance_doubts_keys(const struct balance *balance);

#endif
