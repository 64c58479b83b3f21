/*
 * engine/quality.h - many records for data_quality at once.
 *
 * Millions of records have few distinct delays: they are counted in plain arrays, and only
 * the counts are added to the sums.
 */
#ifndef ENGINE_QUALITY_H
#define ENGINE_QUALITY_H

#include "engine/tally.h"
#include "store/record.h"

struct quality;

/* Counts for a tally: adds (sign 1) or takes off (sign -1). ERR_FULL: no memory. */
enum err quality_new(struct tally *tally, int64_t sign, struct quality **out) NODISCARD;

/* Counts a record, if it is one that counts. */
void quality_count(struct quality *quality, const struct record *record);

/*
 * Adds what was counted to the tally and frees. Accepts NULL. ERR_FULL: no memory,
 * the sums are not right.
 */
enum err quality_end(struct quality *quality) NODISCARD;

#endif
