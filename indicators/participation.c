/*
 * indicators/participation.c - see participation.h.
 */
#include "indicators/participation.h"

#include "base/check.h"
#include "base/sort.h"

#define MINUTES_OF_HOUR 60

/* An activity as a number: those of one day and ref come together, the largest last. */
#define MINUTES_BITS 14
#define REF_BITS     28
CHECK_STATIC(FACT_REF_MAX < 1 << REF_BITS);

static uint64_t number_of(const struct fact *fact)
{
	return ((uint64_t)fact->day_offset << REF_BITS | fact->ref) << MINUTES_BITS | fact->number;
}

int32_t participation_week(const struct person *person, int32_t monday, size_t *at, bool *reported)
{
	int32_t minutes = 0;
	size_t count = 0;
	for (; *at < person->fact_count; ++*at) {
		const struct fact *fact = &person->facts[*at];
		if (fact_day(fact) >= monday + DAYS_OF_WEEK)
			break;
		if (!activity_counts(person, fact) || !activity_is_participation(fact))
			continue;
		*reported = true;
		if (fact->ref == 0)
			minutes += fact->number;
		else
			person->work[count++] = number_of(fact);
	}
	/* "Events with one activity_ref and one day count once, the largest." */
	sort_numbers(person->work, count);
	for (size_t i = 0; i < count; i++) {
		uint64_t number = person->work[i];
		if (i + 1 < count && person->work[i + 1] >> MINUTES_BITS == number >> MINUTES_BITS)
			continue;
		minutes += (int32_t)(number & ((1u << MINUTES_BITS) - 1));
	}
	return minutes;
}

int32_t participation_work(const struct person *person, int32_t sunday, bool *known)
{
	int32_t hours = 0;
	for (size_t i = 0; i < person->job_count; i++) {
		const struct job *job = &person->jobs[i];
		if (!job_is_known(person, job, sunday))
			continue;
		*known = true;
		const struct evidence *in_force = job_in_force(job, sunday);
		if (in_force->hours > hours)
			hours = in_force->hours;
	}
	return hours * MINUTES_OF_HOUR;
}
