/*
 * indicators/job_growth.c - from subsidised to paid in full.
 *
 * Source: indicators, section 18. Spells of work that begin subsidised; the event is the
 * first day on which the jobs that are observed are paid in full and none is subsidised.
 */
#include "indicators/registry.h"
#include "indicators/watch.h"
#include "indicators/work_spell.h"

#include "base/check.h"
#include "base/sort.h"

#define ENDED_WORK ENDED_EXITED /* cause 2: the end of the spell */

/* A change of how many jobs of a kind are observed, as a number in the order of the days. */
#define DAY_SHIFT 3
#define PAID_UP   0u
#define PAID_DOWN 1u
#define SUBS_UP   2u
#define SUBS_DOWN 3u

static uint64_t change_of(int32_t day, enum funding funding, bool up)
{
	unsigned kind = funding == FUNDING_FULLY_PAID ? (up ? PAID_UP : PAID_DOWN)
						      : (up ? SUBS_UP : SUBS_DOWN);
	return (uint64_t)(day - FACT_DAY_FIRST) << DAY_SHIFT | kind;
}

/* The last evidence of a job that is followed: no gap is longer than news_days. */
static const struct evidence *evidence_last(const struct person *person, const struct job *job)
{
	const struct evidence *seen = job->first;
	while (seen->next != NULL && seen->next->day - seen->day <= person->question->news_days)
		seen = seen->next;
	return seen;
}

/*
 * Adds what changes while a job is observed: "on the days from its start to the day before its
 * end or, silent, to 183 days after its last followed evidence". At most two an evidence.
 */
static size_t add_changes(const struct person *person, const struct job *job, uint64_t *numbers)
{
	size_t count = 0;
	const struct evidence *last = evidence_last(person, job);
	struct work_observed observed = work_observe(person, job);
	const struct evidence *from = job->first;
	while (from != NULL) {
		const struct evidence *next = from;
		while (next != last && next->funding == from->funding)
			next = next->next;
		bool more = next->funding != from->funding;
		int32_t until = more ? next->day : observed.until;
		if (!more && observed.end == WORK_SILENT)
			until++;
		numbers[count++] = change_of(from->day, from->funding, true);
		if (more || observed.end != WORK_OPEN)
			numbers[count++] = change_of(until, from->funding, false);
		from = more ? next : NULL;
	}
	return count;
}

/* The first day after the first one on which only paid jobs are observed; DAY_NONE. */
static int32_t growth_day(const struct person *person, const struct work_spell *spell)
{
	uint64_t *numbers = person->work;
	size_t count = 0;
	for (size_t i = 0; i < spell->job_count; i++)
		count += add_changes(person, &spell->jobs[i], numbers + count);
	CHECK(count <= WORK_NUMBERS * person->work_facts);
	sort_numbers(numbers, count);
	int64_t paid = 0, subsidised = 0;
	for (size_t i = 0; i < count;) {
		uint64_t day = numbers[i] >> DAY_SHIFT;
		for (; i < count && numbers[i] >> DAY_SHIFT == day; i++) {
			unsigned kind = (unsigned)numbers[i] & ((1u << DAY_SHIFT) - 1);
			paid += (kind == PAID_UP) - (kind == PAID_DOWN);
			subsidised += (kind == SUBS_UP) - (kind == SUBS_DOWN);
		}
		bool later = (int32_t)day + FACT_DAY_FIRST > spell->jobs[0].start;
		if (later && paid > 0 && subsidised == 0)
			return (int32_t)day + FACT_DAY_FIRST;
	}
	return DAY_NONE;
}

/* The first day on which a subsidised job falls silent, earlier than the spell ends; DAY_NONE. */
static int32_t silence_day(const struct person *person, const struct work_spell *spell)
{
	int32_t first = DAY_NONE;
	for (size_t i = 0; i < spell->job_count; i++) {
		const struct job *job = &spell->jobs[i];
		struct work_observed observed = work_observe(person, job);
		if (observed.end != WORK_SILENT || observed.until >= first)
			continue;
		if (evidence_last(person, job)->funding == FUNDING_SUBSIDISED)
			first = observed.until;
	}
	bool earlier = spell->observed.end == WORK_OPEN || first < spell->observed.until;
	return earlier ? first : DAY_NONE;
}

static bool begins_subsidised(const struct work_spell *spell)
{
	int32_t day = spell->jobs[0].start;
	for (size_t i = 0; i < spell->job_count && spell->jobs[i].start == day; i++) {
		const struct job *job = &spell->jobs[i];
		if (job_is_open(job, day) && job_in_force(job, day)->funding == FUNDING_SUBSIDISED)
			return true;
	}
	return false;
}

static void count_spell(
	const struct person *person, const struct work_spell *spell, const struct sink *sink)
{
	static const enum ended ends[] = {
		[WORK_ENDED] = ENDED_WORK,
		[WORK_SILENT] = ENDED_SILENT,
		[WORK_OPEN] = ENDED_OPEN,
	};
	int32_t start = spell->jobs[0].start;
	if (start > work_certain_day(person) || !begins_subsidised(spell))
		return;
	struct work_observed cut = work_spell_cut(person, spell);
	struct ending ending = { cut.until, ends[cut.end] };
	int32_t grown = growth_day(person, spell);
	/* "Of the spell": on the day of its end no job is observed any more. */
	ending_meet(&ending, silence_day(person, spell), ENDED_OBJECTED);
	ending_meet(&ending, grown, ENDED_REACHED);
	ending_count(sink, spell->jobs[0].municipality, 0, 0, start, 0, &ending);
}

static void contribute(const struct person *person, const struct sink *sink)
{
	struct work_spell spell;
	for (size_t at = 0; work_spell_next(person, &at, &spell);)
		count_spell(person, &spell, sink);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	static const struct horizon horizons[] = {
		{ .months = 12, .days = 365 },
		{ .months = 24, .days = 730 },
	};
	const int64_t *counters = sums->counters;
	struct curve curve;
	curve_init(&curve, sums->histograms, 0);
	figures_object(figures, "job_growth");
	figures_count(figures, "spells", endings_total(counters));
	figures_count(figures, "fully_paid", counters[ENDED_REACHED]);
	figures_count(figures, "ended", counters[ENDED_WORK]);
	figures_count(figures, "silent", counters[ENDED_SILENT]);
	figures_count(figures, "censored", endings_censored(counters));
	figures_count(figures, "not_at_risk", counters[ENDED_NOT_AT_RISK]);
	figures_estimates(figures, "within", &curve, CURVE_INCIDENCE_1,
		(struct horizons){ horizons, ARRAY_LENGTH(horizons) });
	figures_medians(figures, &curve, CURVE_INCIDENCE_1);
	figures_end(figures);
}

static const struct metric metrics[] = {
	{ "ladder_job_growth_spells", "Spells of work that began subsidised, by how they ended.",
		"{outcome:fully_paid,ended,silent,censored}", METRIC_PLAIN },
	{ "ladder_job_growth_ratio",
		"Cumulative incidence of being paid in full after a subsidised start.",
		"within/[within_months=months]/share", METRIC_PLAIN },
	{ "ladder_job_growth_median_seconds",
		"Time in which half of the subsidised spells are paid in full.", "median_days",
		METRIC_DAYS },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

static const struct shown_curve curves[] = {
	{ "job_growth", 0, 0, CURVE_INCIDENCE_1, { "censored", "fully_paid", "ended" } },
};

const struct indicator indicator_job_growth = {
	.name = "job_growth",
	.set = DEFINITIONS_COUNCIL,
	.counters = ENDED_COUNTERS,
	.histograms = CURVE_HISTOGRAMS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.curves = curves,
	.curve_count = ARRAY_LENGTH(curves),
};
