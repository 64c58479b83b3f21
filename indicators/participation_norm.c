/*
 * indicators/participation_norm.c - who takes part for at least two hours a week.
 *
 * Source: indicators, section 3, over R. The four weeks before the week of P, from
 * Monday to Sunday. Language lessons do not count towards the norm.
 */
#include "indicators/registry.h"

#include "base/check.h"
#include "base/date.h"
#include "base/sort.h"

#define WEEKS           4
#define WEEKS_NEEDED    3
#define DAYS_OF_WEEK    7
#define MINUTES_OF_HOUR 60

enum { YES, NO, UNKNOWN, EXEMPT, NEW, COUNTERS };

/* An activity as a number: those of one day and ref come together, the largest last. */
#define MINUTES_BITS 14
#define REF_BITS     28
CHECK_STATIC(FACT_REF_MAX < 1 << REF_BITS);

static uint64_t number_of(const struct fact *fact)
{
	return ((uint64_t)fact->day_offset << REF_BITS | fact->ref) << MINUTES_BITS | fact->number;
}

/* Adds what was done in the weeks from `monday` on. Returns true when anything was reported. */
static bool add_activities(const struct person *person, int32_t monday, int32_t minutes[WEEKS])
{
	size_t count = 0;
	bool reported = false;
	size_t i = person_facts_after(person, monday - 1);
	for (; i < person->fact_count; i++) {
		const struct fact *fact = &person->facts[i];
		int32_t week = (fact_day(fact) - monday) / DAYS_OF_WEEK;
		if (week >= WEEKS)
			break;
		if (!activity_counts(person, fact) || !activity_is_participation(fact))
			continue;
		reported = true;
		if (fact->ref == 0)
			minutes[week] += fact->number;
		else
			person->work[count++] = number_of(fact);
	}
	/* "Events with one activity_ref and one day count once, the largest." */
	sort_numbers(person->work, count);
	for (i = 0; i < count; i++) {
		uint64_t number = person->work[i];
		if (i + 1 < count && person->work[i + 1] >> MINUTES_BITS == number >> MINUTES_BITS)
			continue;
		int32_t day = (int32_t)(number >> (MINUTES_BITS + REF_BITS)) + FACT_DAY_FIRST;
		int32_t week = (day - monday) / DAYS_OF_WEEK;
		minutes[week] += (int32_t)(number & ((1u << MINUTES_BITS) - 1));
	}
	return reported;
}

/* Adds the hours of work of each week: the largest of the jobs known on its Sunday. */
static bool add_jobs(const struct person *person, int32_t monday, int32_t minutes[WEEKS])
{
	bool known = false;
	for (int32_t week = 0; week < WEEKS; week++) {
		int32_t sunday = monday + week * DAYS_OF_WEEK + DAYS_OF_WEEK - 1;
		int32_t hours = 0;
		for (size_t i = 0; i < person->job_count; i++) {
			const struct job *job = &person->jobs[i];
			if (!job_is_known(person, job, sunday))
				continue;
			known = true;
			const struct evidence *in_force = job_in_force(job, sunday);
			if (in_force->hours > hours)
				hours = in_force->hours;
		}
		minutes[week] += hours * MINUTES_OF_HOUR;
	}
	return known;
}

static unsigned answer(const struct person *person)
{
	int32_t monday = date_monday(person->question->as_of) - WEEKS * DAYS_OF_WEEK;
	int32_t target = person->target_minutes;
	if (target == 0)
		return EXEMPT;
	if (person->t0 > monday)
		return NEW;

	int32_t minutes[WEEKS] = { 0 };
	bool reported = add_activities(person, monday, minutes);
	bool known = add_jobs(person, monday, minutes);
	int32_t total = 0;
	int32_t weeks = 0;
	for (int32_t week = 0; week < WEEKS; week++) {
		total += minutes[week];
		weeks += minutes[week] >= target;
	}
	if (total >= WEEKS * target && weeks >= WEEKS_NEEDED)
		return YES;
	return reported || known ? NO : UNKNOWN;
}

static void contribute(const struct person *person, const struct sink *sink)
{
	if (person->in_population)
		sink_count(sink, (uint16_t)person->lives_in, answer(person), 1);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	struct people_share share = {
		.yes = sums->counters[YES],
		.no = sums->counters[NO],
		.unknown = sums->counters[UNKNOWN],
		.exempt = sums->counters[EXEMPT],
		.fresh = sums->counters[NEW],
	};
	figures_object(figures, "participation_norm");
	figures_people_share(figures, &share);
	figures_end(figures);
}

static const struct metric metrics[] = {
	{ "ladder_participation_norm_persons",
		"People by whether they took part for the hours of the norm in the last four "
		"weeks.",
		"{answer:yes,no,unknown,exempt,new}", METRIC_PLAIN },
	{ "ladder_participation_norm_ratio",
		"Share of people who are shown to meet the participation norm.", "share",
		METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_participation_norm = {
	.name = "participation_norm",
	.counters = COUNTERS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
};
