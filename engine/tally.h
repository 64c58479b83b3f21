/*
 * engine/tally.h - the sums of all contributions, per municipality and for all.
 *
 * Adding a contribution and subtracting it again restores the sums exactly: a cell of a
 * histogram that comes back to zero is removed.
 */
#ifndef ENGINE_TALLY_H
#define ENGINE_TALLY_H

#include "indicators/registry.h"

#define PARTS_MAX 10001 /* municipalities GM0000 to GM9999, and all */

struct part {
	uint16_t municipality;        /* or PART_ALL */
	int64_t *counters;            /* registry_counters() of them */
	struct histogram *histograms; /* registry_histograms() of them */
};                                    /* either may be NULL: tally_new_of() */

struct tally {
	struct part *parts[PARTS_MAX]; /* by municipality, PART_ALL last; NULL: nothing was added */
	uint16_t used[PARTS_MAX]; /* indices in `parts` of those there are, in order of making */
	size_t used_count;
	unsigned counters;   /* registry_counters(), of each part; 0: it has none */
	unsigned histograms; /* registry_histograms(); 0: it has none */
	bool failed;         /* memory ran out: the sums are wrong */
	bool one;            /* tally_only() was called: */
	uint16_t only;       /*   with this part */
};

/* ERR_FULL: no memory. */
enum err tally_new(struct tally **out) NODISCARD;

/* Sums of one kind alone: nothing of the other may be added. The other is NULL in its parts. */
enum err tally_new_of(bool histograms, struct tally **out) NODISCARD;
void tally_free(struct tally *tally);

/* Sets all sums to zero, of all parts again. */
void tally_clear(struct tally *tally);

/* From here on what is contributed to other parts than this one is left out. */
void tally_only(struct tally *tally, uint16_t municipality);

/* A sink that adds (sign 1) or subtracts (sign -1). The adder must outlive the sink. */
struct adder {
	struct tally *tally;
	int64_t sign;
};
struct sink tally_sink(struct adder *adder);

/* The sums of a municipality or PART_ALL; NULL when nothing was added to it. */
const struct part *tally_part(const struct tally *tally, uint16_t municipality);

/* Takes a part out of the tally: the caller's now, part_free() it. NULL: there is none. */
struct part *tally_part_take(struct tally *tally, uint16_t municipality);
void part_free(struct part *part);

/* A part whose sums are all zero; NULL: no memory. */
struct part *part_new(uint16_t municipality);

/* Adds all sums of `from`. ERR_FULL: no memory, the sums are wrong. */
enum err tally_merge(struct tally *tally, const struct tally *from) NODISCARD;

/* The same for the sums of one part. */
enum err tally_merge_part(struct tally *tally, const struct part *from) NODISCARD;

/* True when two parts hold the same sums; NULL is a part whose sums are all zero. */
bool part_equal(const struct part *a, const struct part *b);

/* True when two tallies hold the same sums. */
bool tally_equal(const struct tally *a, const struct tally *b);

#endif
