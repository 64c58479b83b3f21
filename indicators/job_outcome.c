/*
 * indicators/job_outcome.c - paid, subsidised or no work, of breadwinners and of
 * all adults.
 *
 * Source: indicators, section 5, over B and over R. Without recent news of any
 * kind, and with a job that fell silent, nobody is called jobless: unknown.
 */
#include "indicators/benefit_spell.h"
#include "indicators/registry.h"

#define NEWS_DAYS 90

enum outcome { FULLY_PAID, SUBSIDISED, NONE, UNKNOWN, OUTCOMES };
enum { BREADWINNERS, ADULTS, GROUPS };

static bool benefit_supplements(const struct person *person)
{
	if (person->question->definitions >= DEFINITIONS_COUNCIL) {
		struct benefit_walk walk = benefit_walk_begin(person);
		return benefit_receiving(&walk) == RECEIVING_SUPPLEMENTARY;
	}
	const struct fact *benefit =
		fact_later(person->last[EVENT_BENEFIT_STARTED], person->last[EVENT_BENEFIT_ENDED]);
	return benefit != NULL && benefit->type == EVENT_BENEFIT_STARTED &&
	       benefit->choice == BENEFIT_KIND_SUPPLEMENTARY;
}

/* True when something in (P-90, P] would have told of a job. */
static bool has_news(const struct person *person)
{
	int32_t before = person->question->as_of - NEWS_DAYS;
	for (size_t i = person_facts_after(person, before); i < person->fact_count; i++) {
		const struct fact *fact = &person->facts[i];
		switch (fact->type) {
		case EVENT_BENEFIT_STARTED:
		case EVENT_BENEFIT_ENDED:
		case EVENT_LADDER_ASSESSED:
			return true;
		case EVENT_ACTIVITY_LOGGED:
			if (activity_counts(person, fact))
				return true;
			break;
		case EVENT_BENEFIT_CONFIRMED:
			if (person->question->definitions >= DEFINITIONS_COUNCIL)
				return true;
			break;
		case EVENT_CONTACT_HELD:
			if (fact->more != 0)
				return true;
			break;
		}
	}
	for (size_t i = 0; i < person->job_count; i++) {
		if (person->jobs[i].end != DAY_NONE && person->jobs[i].end > before)
			return true;
	}
	return false;
}

static enum outcome outcome(const struct person *person)
{
	int32_t as_of = person->question->as_of;
	bool known = false;
	bool paid = false;
	bool silent = false;
	for (size_t i = 0; i < person->job_count; i++) {
		const struct job *job = &person->jobs[i];
		if (!job_is_open(job, as_of))
			continue;
		if (!job_is_known(person, job, as_of)) {
			silent = true;
			continue;
		}
		known = true;
		paid |= job_in_force(job, as_of)->funding == FUNDING_FULLY_PAID;
	}
	if (paid && !benefit_supplements(person))
		return FULLY_PAID;
	if (known)
		return SUBSIDISED;
	return silent || !has_news(person) ? UNKNOWN : NONE;
}

static void contribute(const struct person *person, const struct sink *sink)
{
	if (!person->in_population)
		return;
	uint16_t home = (uint16_t)person->lives_in;
	unsigned found = outcome(person);
	sink_count(sink, home, ADULTS * OUTCOMES + found, 1);
	if (person->breadwinner)
		sink_count(sink, home, BREADWINNERS * OUTCOMES + found, 1);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	static const char *const groups[GROUPS] = { "breadwinners", "adults" };
	static const char *const keys[OUTCOMES] = { "fully_paid", "subsidised", "none", "unknown" };
	static const char *const share_keys[OUTCOMES] = { "fully_paid_share", "subsidised_share",
		"none_share", "unknown_share" };
	figures_object(figures, "job_outcome");
	for (unsigned group = 0; group < GROUPS; group++) {
		int64_t shown[OUTCOMES];
		int64_t all = 0;
		figures_object(figures, groups[group]);
		for (unsigned i = 0; i < OUTCOMES; i++) {
			shown[i] = figures_count(
				figures, keys[i], sums->counters[group * OUTCOMES + i]);
			all += shown[i];
		}
		for (unsigned i = 0; i < OUTCOMES; i++)
			figures_share(figures, share_keys[i], (double)shown[i], (double)all);
		figures_end(figures);
	}
	figures_end(figures);
}

static bool agreed(const struct sums *sums, enum agreed_figure figure, struct agreed_share *out)
{
	const int64_t *counters = sums->counters;
	const int64_t *breadwinners = counters + BREADWINNERS * OUTCOMES;
	if (figure != AGREED_FIGURE_FULLY_PAID)
		return false;
	*out = (struct agreed_share){ breadwinners[FULLY_PAID], breadwinners[UNKNOWN], 0 };
	for (unsigned i = 0; i < OUTCOMES; i++)
		out->whole += breadwinners[i];
	return true;
}

static const struct metric metrics[] = {
	{ "ladder_job_outcome_persons", "Breadwinners, and all adults, by their work.",
		"{group:breadwinners,adults}/{outcome:fully_paid,subsidised,none,unknown}",
		METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_job_outcome = {
	.name = "job_outcome",
	.counters = GROUPS * OUTCOMES,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.agreed = agreed,
};
