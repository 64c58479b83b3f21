/*
 * indicators/sums.c - see sums.h.
 */
#include "indicators/sums.h"

#include "base/check.h"

void sink_spell(const struct sink *sink, uint16_t home, int32_t start)
{
	sink_spell_of_job(sink, home, start, NULL);
}

void sink_spell_of_job(
	const struct sink *sink, uint16_t home, int32_t start, const struct fact *job_started)
{
	if (sink->spell != NULL)
		sink->spell(sink->context, home, start, job_started);
}

void sink_count(const struct sink *sink, uint16_t municipality, unsigned counter, int64_t units)
{
	sink_count_in(sink, municipality, counter, units);
	sink_count_in(sink, PART_ALL, counter, units);
}

void sink_count_in(const struct sink *sink, uint16_t part, unsigned counter, int64_t units)
{
	sink->add(sink->context, part, false, sink->counter_base + counter, 0, units);
}

void sink_values(const struct sink *sink, uint16_t municipality, unsigned histogram, int32_t at,
	int64_t units)
{
	unsigned slot = sink->histogram_base + histogram;
	sink->add(sink->context, municipality, true, slot, at, units);
	sink->add(sink->context, PART_ALL, true, slot, at, units);
}

void sink_value(const struct sink *sink, uint16_t municipality, unsigned histogram, int32_t at)
{
	sink_values(sink, municipality, histogram, at, 1);
}

void sink_record(const struct sink *sink, unsigned curve, const struct curve_record *record)
{
	CHECK(record->entry < record->exit && record->cause <= CURVE_CAUSES);
	if (sink->record != NULL)
		sink->record(sink->context, sink->histogram_base + curve, record);
	sink_value(sink, record->home, curve, record->entry);
	sink_value(sink, record->home, curve + 1 + record->cause, record->exit);
}
