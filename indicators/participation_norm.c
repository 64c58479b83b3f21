/*
 * indicators/participation_norm.c - who takes part for at least two hours a week.
 *
 * Source: indicators, section 3, over R. The four weeks before the week of P, from
 * Monday to Sunday. Language lessons do not count towards the norm.
 */
#include "indicators/registry.h"

#include "base/date.h"

#define WEEKS           4
#define WEEKS_NEEDED    3
#define DAYS_OF_WEEK    7
#define MINUTES_OF_HOUR 60

enum { YES, NO, UNKNOWN, EXEMPT, NEW, COUNTERS };

/*
 * "Events with one activity_ref and one day count once, the largest": false when
 * another of the same day and ref counts instead of this one.
 */
static bool activity_counts(const struct person *person, size_t at)
{
	const struct fact *fact = &person->facts[at];
	if (fact->ref == 0)
		return true;
	size_t i = at;
	while (i > 0 && person->facts[i - 1].day_offset == fact->day_offset)
		i--;
	for (; i < person->fact_count && person->facts[i].day_offset == fact->day_offset; i++) {
		const struct fact *other = &person->facts[i];
		if (i == at || other->ref != fact->ref || !activity_is_participation(other))
			continue;
		if (other->number > fact->number || (other->number == fact->number && i < at))
			return false;
	}
	return true;
}

/* Adds what was done in the weeks from `monday` on. Returns true when anything was reported. */
static bool add_activities(const struct person *person, int32_t monday, int32_t minutes[WEEKS])
{
	bool reported = false;
	size_t i = person_facts_after(person, monday - 1);
	for (; i < person->fact_count; i++) {
		const struct fact *fact = &person->facts[i];
		int32_t week = (fact_day(fact) - monday) / DAYS_OF_WEEK;
		if (week >= WEEKS)
			break;
		if (!activity_is_participation(fact))
			continue;
		reported = true;
		if (activity_counts(person, i))
			minutes[week] += fact->number;
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
