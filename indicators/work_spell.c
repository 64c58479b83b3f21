/*
 * indicators/work_spell.c - see work_spell.h.
 *
 * A person's jobs are in the order of their starts, so the jobs of a spell stand
 * next to each other.
 */
#include "indicators/work_spell.h"

struct work_observed work_observe(const struct person *person, const struct job *job)
{
	int32_t news_days = person->question->news_days;
	const struct evidence *seen = job->first;
	while (seen->next != NULL && seen->next->day - seen->day <= news_days)
		seen = seen->next;
	int32_t news = job->end != DAY_NONE ? job->end : person->question->as_of;
	if (seen->next != NULL || news - seen->day > news_days)
		return (struct work_observed){ WORK_SILENT, seen->day + news_days };
	return (struct work_observed){
		.end = job->end != DAY_NONE ? WORK_ENDED : WORK_OPEN,
		.until = job->end,
	};
}

/* "An evidence day of one of their jobs, or an observed end that is a JobEnded." */
static bool job_lasts_until(
	const struct job *job, const struct work_observed *observed, int32_t day)
{
	return job->last->day >= day || (observed->end == WORK_ENDED && observed->until >= day);
}

bool work_spell_next(const struct person *person, size_t *at, struct work_spell *spell)
{
	if (*at == person->job_count)
		return false;
	const struct job *first = &person->jobs[*at];
	const struct question *question = person->question;
	int32_t lasting = first->start + question->lasting_days;
	struct work_spell found = { .jobs = first };
	for (; *at < person->job_count; ++*at) {
		const struct job *job = &person->jobs[*at];
		const struct work_observed *latest = &found.observed;
		if (found.job_count > 0 && latest->end != WORK_OPEN &&
			job->start - latest->until > question->bridge_days)
			break;
		struct work_observed observed = work_observe(person, job);
		if (found.job_count == 0 || observed.until > latest->until ||
			(observed.until == latest->until && observed.end == WORK_SILENT))
			found.observed = observed;
		found.lasts |= job_lasts_until(job, &observed, lasting);
		found.job_count++;
	}
	*spell = found;
	return true;
}

int32_t work_certain_day(const struct person *person)
{
	return person->question->as_of - person->question->bridge_days - 1;
}

struct work_observed work_spell_cut(const struct person *person, const struct work_spell *spell)
{
	int32_t certain = work_certain_day(person);
	struct work_observed observed = spell->observed;
	/* "Ended at e <= Q; silent before Q." */
	if ((observed.end == WORK_ENDED && observed.until <= certain) ||
		(observed.end == WORK_SILENT && observed.until < certain))
		return observed;
	return (struct work_observed){ WORK_OPEN, certain };
}
