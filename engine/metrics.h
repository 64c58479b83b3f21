/*
 * engine/metrics.h - figures of many municipalities as Prometheus metrics.
 *
 * A family's samples must be printed together, so each family grows in a text of
 * its own while municipality after municipality is added. All are gauges, whose
 * text is the same in both formats.
 */
#ifndef ENGINE_METRICS_H
#define ENGINE_METRICS_H

#include "base/text.h"
#include "engine/agreements.h"
#include "engine/names.h"

/* The samples of one municipality within each family. */
struct metrics_part {
	uint16_t municipality;
	size_t *ends;   /* ends[family]: where its samples end in the family's text */
	size_t printed; /* bytes of all of them, as they are printed */
};

/* Bytes that metrics_print() leaves in its text for what comes after. */
#define METRICS_ROOM 65536

/*
 * The names and labels of a sample are the same in most municipalities: a family has of each sample
 * the number of its labels and its value, both short.
 */
struct metrics {
	struct text *families; /* one per row of all indicators' tables */
	struct names labels;
	size_t family_count;
	struct metrics_part *parts;
	size_t part_count;
	size_t part_size;
};

/* ERR_FULL: no memory. */
enum err metrics_init(struct metrics *metrics) NODISCARD;
void metrics_release(struct metrics *metrics);

/*
 * Adds the samples that a municipality's figures give, and its agreements, of which there are
 * none when that is NULL. ERR_FULL: no memory.
 */
enum err metrics_add(struct metrics *metrics, uint16_t municipality, const struct figure *root,
	const struct agreements *agreements) NODISCARD;

/*
 * Appends HELP, TYPE and samples of every family, of the municipalities for which
 * `wanted` says true (NULL: all). The text, which may have millions of bytes, grows once.
 */
void metrics_print(const struct metrics *metrics,
	bool (*wanted)(const void *context, uint16_t municipality), const void *context,
	struct text *out);

/*
 * Calls `sample` for every figure that a metric of any indicator leads to in an
 * answer's tree and for the agreements of the municipality, family by family; `family` counts
 * them from 0. Returns their number.
 */
size_t metrics_walk(const struct figure *root, uint16_t municipality,
	const struct agreements *agreements,
	void (*sample)(void *context, size_t family, const struct metric *metric,
		const char *labels, double value),
	void *context);

/*
 * Calls `sample` for each figure that a metric's path leads to: labels as they
 * stand between braces, without municipality, "" when there are none.
 */
void metric_walk(const struct metric *metric, const struct figure *indicator_figure,
	void (*sample)(void *context, const char *labels, double value), void *context);

#endif
