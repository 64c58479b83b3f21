/*
 * indicators/referrals.c - what became of the referrals.
 *
 * Source: indicators, section 22. A referral without a reference says nothing of its end.
 */
#include "indicators/registry.h"

#include "base/check.h"
#include "base/sort.h"

#define SOON_DAYS 90

enum {
	MADE,
	OUTCOMES, /* per referral_outcome from 1 on */
	OPEN = OUTCOMES + REFERRAL_OUTCOME_END,
	SILENT,
	WITHOUT_REF,
	SOON_MADE, /* of those made SOON_DAYS ago or earlier */
	SOON_STARTED,
	SOON_UNCLOSED,
	COUNTERS_PER_TYPE,
};

/* The first ReferralMade of a ref, and the first ReferralClosed after it; NULL. */
static void count_referral(const struct person *person, const struct fact *made,
	const struct fact *closed, const struct sink *sink)
{
	int32_t as_of = person->question->as_of;
	int32_t day = fact_day(made);
	uint16_t home = made->municipality;
	unsigned counter = (unsigned)made->choice * COUNTERS_PER_TYPE;
	if (day <= as_of - person->question->window_days)
		return;
	sink_count(sink, home, counter + MADE, 1);
	if (closed != NULL)
		sink_count(sink, home, counter + OUTCOMES + closed->choice, 1);
	else
		sink_count(sink, home, counter + (as_of - day > REFERRAL_NEWS_DAYS ? SILENT : OPEN),
			1);
	if (day > as_of - SOON_DAYS)
		return;
	sink_count(sink, home, counter + SOON_MADE, 1);
	if (closed == NULL)
		sink_count(sink, home, counter + SOON_UNCLOSED, 1);
	else if (closed->choice == REFERRAL_OUTCOME_STARTED && fact_day(closed) - day <= SOON_DAYS)
		sink_count(sink, home, counter + SOON_STARTED, 1);
}

/* All referrals with a ref and what closed them, by ref, in person->work. Returns how many. */
static size_t list_by_ref(const struct person *person, const struct sink *sink)
{
	int32_t before = person->question->as_of - person->question->window_days;
	size_t count = 0;
	for (size_t i = 0; i < person->fact_count; i++) {
		const struct fact *fact = &person->facts[i];
		if (fact->type != EVENT_REFERRAL_MADE && fact->type != EVENT_REFERRAL_CLOSED)
			continue;
		if (fact->ref != 0)
			person->work[count++] = (uint64_t)fact->ref << 32 | i;
		else if (fact_day(fact) > before)
			sink_count(sink, fact->municipality,
				(unsigned)fact->choice * COUNTERS_PER_TYPE + WITHOUT_REF, 1);
	}
	sort_numbers(person->work, count);
	return count;
}

static void contribute(const struct person *person, const struct sink *sink)
{
	if (person->last[EVENT_REFERRAL_MADE] == NULL)
		return;
	size_t count = list_by_ref(person, sink);
	for (size_t i = 0; i < count;) {
		uint64_t ref = person->work[i] >> 32;
		const struct fact *made = NULL, *closed = NULL;
		for (; i < count && person->work[i] >> 32 == ref; i++) {
			const struct fact *fact = &person->facts[(uint32_t)person->work[i]];
			if (fact->type == EVENT_REFERRAL_MADE && made == NULL)
				made = fact;
			if (fact->type == EVENT_REFERRAL_CLOSED && made != NULL && closed == NULL)
				closed = fact;
		}
		if (made != NULL)
			count_referral(person, made, closed, sink);
	}
}

static void type_figures(const int64_t *counters, struct figures *figures)
{
	static const char *const outcome_keys[REFERRAL_OUTCOME_END] = { NULL, "started",
		"refused_by_organisation", "refused_by_person", "budget_exhausted", "not_suitable",
		"other" };
	figures_count(figures, "made", counters[MADE]);
	for (unsigned outcome = 1; outcome < REFERRAL_OUTCOME_END; outcome++)
		figures_count(figures, outcome_keys[outcome], counters[OUTCOMES + outcome]);
	figures_count(figures, "silent", counters[SILENT]);
	figures_count(figures, "open", counters[OPEN]);
	figures_count(figures, "without_ref", counters[WITHOUT_REF]);
	double made = (double)counters[SOON_MADE];
	double started = (double)counters[SOON_STARTED];
	figures_object(figures, "started_within_90_days");
	figures_count(figures, "made", counters[SOON_MADE]);
	figures_share(figures, "share", started, made);
	figures_share(figures, "max", started + (double)counters[SOON_UNCLOSED], made);
	figures_end(figures);
}

static void figures_of(const struct sums *sums, struct figures *figures)
{
	figures_object(figures, "referrals");
	figures_object(figures, "by");
	for (unsigned to = 1; to < ORG_TYPE_END; to++) {
		figures_object(figures, enumeration_org_type.names[to]);
		type_figures(sums->counters + to * COUNTERS_PER_TYPE, figures);
		figures_end(figures);
	}
	figures_end(figures);
	figures_end(figures);
}

static const struct metric metrics[] = {
	{ "ladder_referrals", "Referrals of the last year by where to, and what became of them.",
		"by/{to}/{outcome:started,refused_by_organisation,refused_by_person,"
		"budget_exhausted,not_suitable,other,silent,open,without_ref}",
		METRIC_PLAIN },
	{ "ladder_referrals_started_ratio",
		"Share of referrals that led to a start within ninety days.",
		"by/{to}/started_within_90_days/share", METRIC_PLAIN },
	{ NULL, NULL, NULL, METRIC_PLAIN },
};

const struct indicator indicator_referrals = {
	.name = "referrals",
	.set = DEFINITIONS_COUNCIL,
	.counters = ORG_TYPE_END * COUNTERS_PER_TYPE,
	.contribute = contribute,
	.figures = figures_of,
	.metrics = metrics,
};
