/*
 * engine/series.h - metrics over time, as OpenMetrics with timestamps.
 *
 * `promtool tsdb create-blocks-from` needs the samples series by series, each in the order
 * of time; it drops samples that are not. Samples are added instant after instant, so each
 * series grows in a text of its own.
 */
#ifndef ENGINE_SERIES_H
#define ENGINE_SERIES_H

#include "base/text.h"
#include "engine/names.h"
#include "indicators/registry.h"

struct series {
	size_t family;
	uint16_t municipality;
	int32_t number; /* of its name: the order in which they were seen */
	const struct metric *metric;
	struct text samples; /* "value timestamp" lines */
};

struct series_set {
	struct names names; /* of the series, as they are printed; series n is list[n - 1] */
	struct series *list;
	size_t size;
	const char *label; /* put on every series, as name="value"; NULL: none */
	bool failed;
};

/* `*set = (struct series_set){0}` is an empty set. */
void series_release(struct series_set *set);

/*
 * Adds what a municipality's figures and agreements give at an instant, in whole seconds since
 * 1970, which must not be before the last one. ERR_FULL: no memory.
 */
struct agreements;
enum err series_add(struct series_set *set, uint16_t municipality, const struct figure *root,
	const struct agreements *agreements, int64_t seconds) NODISCARD;

/*
 * Calls `print` with pieces of the text, up to "# EOF", until one does not return OK. Sorts the
 * set: the last call before series_release().
 */
enum err series_print(struct series_set *set, enum err (*print)(struct bytes piece)) NODISCARD;

#endif
