/*
 * indicators/placement.c - who found the lasting jobs, and who guided whom.
 *
 * Source: indicators, section 7. A spell weighs 1, kept in units that can be
 * shared by as many parties as there are.
 */
#include "indicators/registry.h"
#include "indicators/work_spell.h"

#include "base/check.h"

enum {
	LASTING_JOBS,
	CONTESTED,
	UNATTRIBUTED,
	OPEN_HIRING,
	MATCHING_AMBITION,
	BREADWINNERS,
	JOBS,                            /* units, per org_type from 1 on */
	REFERRALS = JOBS + ORG_TYPE_END, /* per org_type */
	GUIDED = REFERRALS + ORG_TYPE_END,
	COUNTERS = GUIDED + ORG_TYPE_END,
};

CHECK_STATIC(ORG_TYPE_COUNT <= 12); /* what UNITS_WHOLE can be shared by */

static void attribute(
	const struct person *person, const struct work_spell *spell, const struct sink *sink)
{
	uint16_t home = spell->jobs[0].municipality;
	uint32_t adjudicated = 0; /* the last of all its jobs */
	unsigned claimed = 0;     /* bits 1 << by */
	for (size_t i = 0; i < spell->job_count; i++) {
		const struct job_ref *ref = spell->jobs[i].ref;
		claimed |= ref->claimed;
		if (ref->adjudicated > adjudicated)
			adjudicated = ref->adjudicated;
	}
	if (adjudicated != 0)
		claimed = 1u << person->facts[adjudicated - 1].choice;
	int parties = __builtin_popcount(claimed);
	if (parties == 0)
		sink_count(sink, home, UNATTRIBUTED, 1);
	if (parties >= 2)
		sink_count(sink, home, CONTESTED, 1);
	for (unsigned by = 1; by < ORG_TYPE_END; by++) {
		if ((claimed >> by & 1) != 0)
			sink_count(sink, home, JOBS + by, UNITS_WHOLE / parties);
	}
}

static void count_lasting(
	const struct person *person, const struct work_spell *spell, const struct sink *sink)
{
	uint16_t home = spell->jobs[0].municipality;
	bool open_hiring = false;
	bool matching = false;
	for (size_t i = 0; i < spell->job_count; i++) {
		open_hiring |= spell->jobs[i].open_hiring;
		matching |= spell->jobs[i].matches_ambition;
	}
	sink_count(sink, home, LASTING_JOBS, 1);
	if (open_hiring)
		sink_count(sink, home, OPEN_HIRING, 1);
	if (matching)
		sink_count(sink, home, MATCHING_AMBITION, 1);
	attribute(person, spell, sink);
}

static void contribute_guided(const struct person *person, const struct sink *sink)
{
	uint16_t home = (uint16_t)person->lives_in;
	unsigned providers = 0; /* bits 1 << org_type */
	bool active = person->last[EVENT_ACTIVITY_LOGGED] != NULL;
	for (size_t i = 0; active && i < person->fact_count; i++) {
		const struct fact *fact = &person->facts[i];
		if (activity_is_guidance(fact) && fact->number > 0)
			providers |= 1u << fact->more;
	}
	sink_count(sink, home, BREADWINNERS, 1);
	for (unsigned by = 1; by < ORG_TYPE_END; by++) {
		if ((providers >> by & 1) != 0)
			sink_count(sink, home, GUIDED + by, 1);
	}
}

static void contribute(const struct person *person, const struct sink *sink)
{
	const struct question *question = person->question;
	int32_t before = question->as_of - question->window_days;
	struct work_spell spell;
	for (size_t at = 0; work_spell_next(person, &at, &spell);) {
		int32_t day = spell.jobs[0].start + question->lasting_days;
		if (spell.lasts && day > before && day <= question->as_of)
			count_lasting(person, &spell, sink);
	}
	if (person->last[EVENT_REFERRAL_MADE] != NULL) {
		for (size_t i = person_facts_after(person, before); i < person->fact_count; i++) {
			const struct fact *fact = &person->facts[i];
			if (fact->type == EVENT_REFERRAL_MADE)
				sink_count(sink, fact->municipality, REFERRALS + fact->choice, 1);
		}
	}
	if (person->breadwinner)
		contribute_guided(person, sink);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	const int64_t *counters = sums->counters;
	const char *const *names = enumeration_org_type.names;
	figures_object(figures, "placement");
	figures_hide(figures, !figures_have_windows(figures));
	int64_t lasting = figures_count(figures, "lasting_jobs", counters[LASTING_JOBS]);
	figures_count(figures, "contested", counters[CONTESTED]);
	figures_count(figures, "unattributed", counters[UNATTRIBUTED]);
	figures_count(figures, "open_hiring", counters[OPEN_HIRING]);
	figures_count(figures, "matching_ambition", counters[MATCHING_AMBITION]);
	figures_object(figures, "by");
	for (unsigned by = 1; by < ORG_TYPE_END; by++) {
		figures_object(figures, names[by]);
		double jobs = figures_amount(figures, "jobs", counters[JOBS + by], UNITS_WHOLE);
		figures_share(figures, "share", jobs, (double)lasting);
		figures_count(figures, "referrals", counters[REFERRALS + by]);
		figures_end(figures);
	}
	figures_end(figures);
	figures_hide(figures, false);
	int64_t breadwinners =
		figures_shown(figures, "population.breadwinners", counters[BREADWINNERS]);
	figures_object(figures, "guided");
	for (unsigned by = 1; by < ORG_TYPE_END; by++) {
		figures_object(figures, names[by]);
		int64_t people = figures_count(figures, "people", counters[GUIDED + by]);
		figures_share(figures, "share", (double)people, (double)breadwinners);
		figures_end(figures);
	}
	figures_end(figures);
	figures_end(figures);
}

static bool agreed(const struct sums *sums, enum agreed_figure figure, struct agreed_share *out)
{
	const int64_t *counters = sums->counters;
	if (figure != AGREED_FIGURE_LASTING_JOBS)
		return false;
	*out = (struct agreed_share){ .yes = counters[LASTING_JOBS] };
	return true;
}

static const struct metric metrics[] = {
	{ "ladder_placement_jobs", "Lasting jobs of the last year by who found them.",
		"by/{by}/jobs", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_placement = {
	.name = "placement",
	.counters = COUNTERS,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
	.agreed = agreed,
};
