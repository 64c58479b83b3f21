/*
 * indicators/registry.h - all indicators, in the order of spec/indicators.md.
 *
 * An indicator is one file: how a person contributes, how sums become figures,
 * and which of its figures are metrics. Adding one is that file, a line in
 * INDICATORS, and a section in docs/indicators.md.
 */
#ifndef INDICATORS_REGISTRY_H
#define INDICATORS_REGISTRY_H

#include "indicators/figures.h"
#include "indicators/person/person.h"
#include "indicators/sums.h"

/*
 * A metric is a path into the indicator's figures. Parts, joined by '/':
 *   key              goes into a member
 *   [label=member]   each element of an array; label from the element's member
 *   (label=value)    a label that is always the same
 *   {label}          each member of an object; label is the member's key
 *   {label:a,b,c}    only these members
 * A null or missing figure gives no sample.
 */
enum metric_unit {
	METRIC_PLAIN,
	METRIC_DAYS, /* days in the figure, seconds in the metric */
	/* Of agreements: no path leads to it, engine/metrics.c prints it from their list. */
	METRIC_VERDICT,
};

struct metric {
	const char *name;
	const char *help;
	const char *path;
	enum metric_unit unit;
};

/*
 * The curves of an indicator that are compared between groups of spells. They are the
 * first `curves` times CURVE_HISTOGRAMS of its histograms.
 */
struct compared {
	unsigned curves;
	int32_t rung_first;  /* the rung of the first curve; 0: one curve, of no rung */
	int64_t at_risk_min; /* as curve_init() takes it */
	enum curve_function function;
	int32_t days; /* where shares are compared: its horizon nearest to 24 months */
	bool of_work; /* its spells are of work: they can be grouped by how they begin */
};

/*
 * A curve that is shown, for whoever wants the records behind it: they are those that sink_record()
 * got with its histogram.
 */
struct shown_curve {
	const char *name; /* ladder_step/3: the indicator, and which of its curves; ladder export */
	unsigned histogram;                   /* its first one, of the indicator's */
	int64_t at_risk_min;                  /* as curve_init() takes it */
	enum curve_function function;         /* whose value and half-time are shown */
	const char *causes[CURVE_CAUSES + 1]; /* what each is; NULL: there is none */
};

/* A figure of an agreement: a share of people, or a count, which is `yes` alone. */
struct agreed_share {
	int64_t yes;
	int64_t unknown;
	int64_t whole; /* with those unknown */
};

struct indicator {
	const char *name;
	/* The first set of definitions that has it, 0 as 1. From set 2 on it is internal only. */
	int32_t set;
	unsigned counters; /* how many it has */
	unsigned histograms;

	/* Sends what one person adds. NULL: nothing comes from people. */
	void (*contribute)(const struct person *person, const struct sink *sink);

	/* Adds its members, `name` first, to the open object. */
	void (*figures)(const struct sums *sums, struct figures *figures);

	const struct metric *metrics; /* ends with a NULL name; NULL: none */

	/* NULL: not among the figures per group. Else `contribute` calls sink_spell(). */
	const struct compared *compared;

	/* Its curves. NULL: it has none, or shows those of another indicator. */
	const struct shown_curve *curves;
	unsigned curve_count;

	/* The figures of it that agreements are about, but for curves: false, and *out untouched,
	 * when it has not this one. NULL: none. */
	bool (*agreed)(
		const struct sums *sums, enum agreed_figure figure, struct agreed_share *out);
};

/* X(name): `extern const struct indicator indicator_name`, defined in name.c. */
#define INDICATORS(X)                                                                              \
	X(population)                                                                              \
	X(ladder_step)                                                                             \
	X(ladder_position)                                                                         \
	X(ladder_falls)                                                                            \
	X(rung_reached)                                                                            \
	X(participation_norm)                                                                      \
	X(combined_pathway)                                                                        \
	X(job_outcome)                                                                             \
	X(job_durability)                                                                          \
	X(placement)                                                                               \
	X(sanctions)                                                                               \
	X(language_support)                                                                        \
	X(contact)                                                                                 \
	X(plan)                                                                                    \
	X(intake)                                                                                  \
	X(barriers)                                                                                \
	X(data_quality)                                                                            \
	X(language_level)                                                                          \
	X(guidance)                                                                                \
	X(benefit)                                                                                 \
	X(job_growth)                                                                              \
	X(first_participation)                                                                     \
	X(standing_still)                                                                          \
	X(ladder_next_year)                                                                        \
	X(referrals)                                                                               \
	X(contact_person)                                                                          \
	X(modules)                                                                                 \
	X(agreements)

#define INDICATOR_DECLARE(name) extern const struct indicator indicator_##name;
INDICATORS(INDICATOR_DECLARE)
#undef INDICATOR_DECLARE

/* The table; `population` is its first row. */
const struct indicator *const *registry_all(size_t *count);

/* How many counters and histograms all have together. */
unsigned registry_counters(void);
unsigned registry_histograms(void);

/* The curve whose first histogram is at this slot; NULL: none is, or none that is shown. */
const struct shown_curve *registry_curve(unsigned slot);

/* Sends what a person adds to all indicators of the question's set. */
void registry_contribute(const struct person *person, const struct sink *sink);

/*
 * Builds the objects `population` and `indicators` of spec/indicators.md into
 * the open object, of the indicators of the set `definitions`. `sums` are those of one
 * part; the question shaped what people contributed to them, and no figure asks it again.
 */
void registry_figures(const struct sums *sums, int32_t definitions, struct figures *figures);

/* The sums of another indicator, as it sees them itself. */
struct sums registry_sums(const struct sums *sums, const struct indicator *indicator);

/* A sink that begins at one indicator's slots (data_quality's are filled from records). */
struct sink registry_sink(const struct sink *sink, const struct indicator *indicator);

/*
 * In data_quality.c: `count` records for data_quality, ones with recorded_at in (K -
 * DATA_QUALITY_SECONDS, K], by the municipality of their envelope. `sink` is registry_sink() of
 * indicator_data_quality.
 */
#define DATA_QUALITY_SECONDS (INT64_C(91) * 86400)

struct reported {
	bool publishing;    /* a report published or withdrawn: no number of the public profile */
	bool correction;    /* an EventRetracted, or its partner had used its key before */
	int32_t delay_days; /* from occurred_on to the civil day of recorded_at; no correction's */
};

void data_quality_records(const struct sink *sink, uint16_t municipality,
	const struct reported *reported, int64_t count);

#endif
