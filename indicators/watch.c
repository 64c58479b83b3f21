/*
 * indicators/watch.c - see watch.h.
 */
#include "indicators/watch.h"

#include "base/check.h"

void ending_count(const struct sink *sink, uint16_t municipality, unsigned counter, unsigned curve,
	int32_t origin, int32_t entry, const struct ending *ending)
{
	static const unsigned causes[] = {
		[ENDED_REACHED] = 1,
		[ENDED_EXITED] = 2,
		[ENDED_OTHERWISE] = 2,
		[ENDED_OBJECTED] = 0,
		[ENDED_SILENT] = 0,
		[ENDED_OPEN] = 0,
	};
	CHECK_STATIC(ARRAY_LENGTH(causes) == ENDED_COUNT);
	sink_count(sink, municipality, counter + ending->how, 1);
	int32_t exit = ending->day - origin;
	if (exit <= entry)
		sink_count(sink, municipality, counter + ENDED_NOT_AT_RISK, 1);
	else
		sink_record(sink, curve,
			&(struct curve_record){
				municipality, origin, entry, exit, causes[ending->how] });
}

int64_t endings_total(const int64_t *counters)
{
	int64_t total = 0;
	for (unsigned how = 0; how < ENDED_COUNT; how++)
		total += counters[how];
	return total;
}

int64_t endings_censored(const int64_t *counters)
{
	return counters[ENDED_OBJECTED] + counters[ENDED_OPEN];
}
