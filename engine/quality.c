/*
 * engine/quality.c - see quality.h.
 */
#include "engine/quality.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"

#define DELAY_MIN (-1) /* occurred_on may be the day after recorded_at */
#define DELAYS    2048 /* values counted in the array; others are added to the sums one by one */

/* What was counted of one municipality. */
struct quality_counts {
	uint32_t corrections;
	uint32_t delays[DELAYS];
};

struct quality {
	struct adder adder;
	struct sink all;
	struct sink sink; /* of data_quality */
	struct quality_counts *municipalities[PARTS_MAX - 1];
};

enum err quality_new(struct tally *tally, int64_t sign, struct quality **out)
{
	struct quality *quality = calloc(1, sizeof(*quality));
	if (quality == NULL)
		return ERR_FULL;
	quality->adder = (struct adder){ tally, sign };
	quality->all = tally_sink(&quality->adder);
	quality->sink = registry_sink(&quality->all, &indicator_data_quality);
	*out = quality;
	return OK;
}

void quality_count(struct quality *quality, const struct record *record)
{
	if (!record_counts(record))
		return;
	CHECK(record->municipality < PARTS_MAX - 1);
	struct quality_counts *counted = quality->municipalities[record->municipality];
	int32_t delay = zone_day(record->recorded_us) - record->day;
	uint32_t at = (uint32_t)delay - (uint32_t)DELAY_MIN;
	if (counted == NULL) {
		counted = calloc(1, sizeof(*counted));
		quality->municipalities[record->municipality] = counted;
	}
	const struct reported reported = {
		.publishing = record->type == EVENT_REPORT_PUBLISHED ||
			      record->type == EVENT_REPORT_WITHDRAWN,
		.correction = record->correction,
		.delay_days = delay,
	};
	/* Without memory for the array, and what is rare: added to the sums at once. */
	if (counted == NULL || reported.publishing || (!record->correction && at >= DELAYS))
		data_quality_records(&quality->sink, record->municipality, &reported, 1);
	else if (record->correction)
		counted->corrections++;
	else
		counted->delays[at]++;
}

enum err quality_end(struct quality *quality)
{
	if (quality == NULL)
		return OK;
	for (uint16_t municipality = 0; municipality < PARTS_MAX - 1; municipality++) {
		struct quality_counts *counted = quality->municipalities[municipality];
		if (counted == NULL)
			continue;
		struct reported reported = { .correction = true };
		if (counted->corrections > 0)
			data_quality_records(
				&quality->sink, municipality, &reported, counted->corrections);
		for (int32_t i = 0; i < DELAYS; i++) {
			reported = (struct reported){ .delay_days = DELAY_MIN + i };
			if (counted->delays[i] > 0)
				data_quality_records(&quality->sink, municipality, &reported,
					counted->delays[i]);
		}
		free(counted);
	}
	bool failed = quality->adder.tally->failed;
	free(quality);
	return failed ? ERR_FULL : OK;
}
