/*
 * indicators/registry.c - see registry.h.
 */
#include "indicators/registry.h"

#include "base/check.h"

#define INDICATOR_ROW(name) &indicator_##name,
static const struct indicator *const indicators[] = { INDICATORS(INDICATOR_ROW) };

const struct indicator *const *registry_all(size_t *count)
{
	*count = ARRAY_LENGTH(indicators);
	return indicators;
}

unsigned registry_counters(void)
{
	unsigned counters = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(indicators); i++)
		counters += indicators[i]->counters;
	return counters;
}

unsigned registry_histograms(void)
{
	unsigned histograms = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(indicators); i++)
		histograms += indicators[i]->histograms;
	return histograms;
}

/* Moves a sink from an indicator's slots to those of the next one. */
static void sink_step(struct sink *sink, const struct indicator *indicator)
{
	sink->counter_base += indicator->counters;
	sink->histogram_base += indicator->histograms;
}

const struct shown_curve *registry_curve(unsigned slot)
{
	unsigned base = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(indicators); i++) {
		const struct indicator *indicator = indicators[i];
		for (unsigned j = 0; j < indicator->curve_count; j++) {
			if (base + indicator->curves[j].histogram == slot)
				return &indicator->curves[j];
		}
		base += indicator->histograms;
	}
	return NULL;
}

void registry_contribute(const struct person *person, const struct sink *sink)
{
	struct sink own = *sink;
	for (size_t i = 0; i < ARRAY_LENGTH(indicators); i++) {
		if (indicators[i]->contribute != NULL &&
			indicators[i]->set <= person->question->definitions)
			indicators[i]->contribute(person, &own);
		sink_step(&own, indicators[i]);
	}
}

void registry_figures(const struct sums *sums, int32_t definitions, struct figures *figures)
{
	struct sums own = { sums->counters, sums->histograms, sums };
	CHECK(indicators[0] == &indicator_population);
	for (size_t i = 0; i < ARRAY_LENGTH(indicators); i++) {
		bool internal_only = indicators[i]->set >= DEFINITIONS_COUNCIL;
		if (indicators[i]->set <= definitions &&
			!(internal_only && figures_are_public(figures)))
			indicators[i]->figures(&own, figures);
		if (i == 0)
			figures_object(figures, "indicators");
		own.counters += indicators[i]->counters;
		own.histograms += indicators[i]->histograms;
	}
	figures_end(figures);
}

struct sums registry_sums(const struct sums *sums, const struct indicator *indicator)
{
	struct sums own = { sums->all->counters, sums->all->histograms, sums->all };
	size_t i = 0;
	for (; i < ARRAY_LENGTH(indicators) && indicators[i] != indicator; i++) {
		own.counters += indicators[i]->counters;
		own.histograms += indicators[i]->histograms;
	}
	CHECK(i < ARRAY_LENGTH(indicators));
	return own;
}

struct sink registry_sink(const struct sink *sink, const struct indicator *indicator)
{
	struct sink own = *sink;
	size_t i = 0;
	for (; i < ARRAY_LENGTH(indicators) && indicators[i] != indicator; i++)
		sink_step(&own, indicators[i]);
	CHECK(i < ARRAY_LENGTH(indicators));
	return own;
}
