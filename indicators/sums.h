/*
 * indicators/sums.h - contributions of people, added up.
 *
 * A figure is a sum over people. What one person adds is a list of small
 * integer additions to *counters* (one number) and *histograms* (a number per
 * day or other whole value), each for a municipality. Integers only, so that
 * what was added can be subtracted again exactly.
 *
 * An indicator numbers its own counters and histograms from 0; the registry
 * adds where they begin among those of all indicators: the *slot*.
 */
#ifndef INDICATORS_SUMS_H
#define INDICATORS_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fact;

#define PART_ALL UINT16_MAX /* beside the municipalities: the figures for all */

/* Weights of parts of one: a job shared by n <= 12 parties counts UNITS_WHOLE / n each. */
#define UNITS_WHOLE 27720

/*
 * One value and how often it was counted; cells are sorted by `at` and never zero. There are
 * a thousand and more for each municipality: 12 bytes, no hole between.
 */
struct cell {
	int32_t at;
	int64_t units;
} __attribute__((packed, aligned(4)));

struct histogram {
	struct cell *cells;
	uint32_t count;
	uint32_t size; /* the owner's */
};

/* The sums of one municipality, or of all, as one indicator sees them: its own start at 0. */
struct sums {
	const int64_t *counters;
	const struct histogram *histograms;
	const struct sums *all; /* those of all indicators: registry_sums() finds another's */
};

/*
 * Where contributions go. The engine hands it in; `add` is called with the
 * slot of the counter (histogram false, `at` 0) or histogram.
 */
struct curve_record;
struct sink {
	void (*add)(void *context, uint16_t part, bool histogram, unsigned slot, int32_t at,
		int64_t units);
	/* Called before what a spell adds; may be NULL. See sink_spell(). */
	void (*spell)(void *context, uint16_t home, int32_t start, const struct fact *job_started);
	/* Called with each record of a curve, beside what it adds, with the slot of the curve's
	 * first histogram; may be NULL. */
	void (*record)(void *context, unsigned slot, const struct curve_record *record);
	void *context;
	unsigned counter_base;
	unsigned histogram_base;
};

/*
 * Declares that what is added up to the next sink_spell() comes from a spell with this
 * home that starts on this civil day: for sums per group of spells. The indicators
 * that have `compared` (registry.h) call it, and those whose curves agreements are about.
 * Of a spell of work the JobStarted that it begins with is told too.
 */
void sink_spell(const struct sink *sink, uint16_t home, int32_t start);
void sink_spell_of_job(
	const struct sink *sink, uint16_t home, int32_t start, const struct fact *job_started);

/* Adds `units` to a counter of `municipality`, and of all. */
void sink_count(const struct sink *sink, uint16_t municipality, unsigned counter, int64_t units);

/* Adds to one part only (PART_ALL or a municipality): for what does not add up over municipalities.
 */
void sink_count_in(const struct sink *sink, uint16_t part, unsigned counter, int64_t units);

/* Counts the value `at` `units` times in a histogram of `municipality`, and of all. */
void sink_values(const struct sink *sink, uint16_t municipality, unsigned histogram, int32_t at,
	int64_t units);

/* Once. */
void sink_value(const struct sink *sink, uint16_t municipality, unsigned histogram, int32_t at);

#define CURVE_CAUSES     2
#define CURVE_HISTOGRAMS (CURVE_CAUSES + 2) /* entries, exits censored, exits per cause */

/* A record of a curve: one spell, and how it ended. */
struct curve_record {
	uint16_t home;
	int32_t origin; /* the civil day from which time runs */
	int32_t entry;  /* days since then */
	int32_t exit;
	unsigned cause; /* 0: censored */
};

/*
 * It takes CURVE_HISTOGRAMS histograms from `curve` on. A record with exit <= entry is never at
 * risk: it must not be sent here, only counted. The origin plays no part in any figure.
 */
void sink_record(const struct sink *sink, unsigned curve, const struct curve_record *record);

#endif
