/*
 * indicators/follow.c - see follow.h.
 */
#include "indicators/follow.h"

#include "base/check.h"

struct follow follow_from(const struct person *person, size_t first, int32_t rung_min)
{
	int32_t follow_days = person->question->follow_days;
	int32_t start = person->assessments[first].day;
	for (size_t i = first;; i++) {
		int32_t last = person->assessments[i].day;
		const struct assessment *next =
			i + 1 < person->assessment_count ? &person->assessments[i + 1] : NULL;

		const struct leaving *exit = person_exit_from(person, last);
		if (exit != NULL && exit->day - last <= follow_days &&
			(next == NULL || exit->day < next->day)) {
			return (struct follow){
				.end = exit->competes ? FOLLOW_EXITED : FOLLOW_CENSORED,
				.day = exit->day,
			};
		}
		int32_t news = next != NULL ? next->day : person->question->as_of;
		if (news - last > follow_days) {
			/* "Censored at the last followed assessment, but at o + 214 if that
			 * is on day o itself." */
			int32_t day = last == start ? start + follow_days : last;
			return (struct follow){ .end = FOLLOW_SILENT, .day = day };
		}
		if (next == NULL)
			return (struct follow){ .end = FOLLOW_CENSORED, .day = last };
		if (next->rung >= rung_min)
			return (struct follow){ .end = FOLLOW_REACHED, .day = next->day };
	}
}

void follow_count(const struct sink *sink, uint16_t municipality, unsigned counter, unsigned curve,
	int32_t origin, int32_t entry, const struct follow *follow)
{
	static const unsigned causes[] = {
		[FOLLOW_REACHED] = 1,
		[FOLLOW_EXITED] = 2,
		[FOLLOW_SILENT] = 0,
		[FOLLOW_CENSORED] = 0,
	};
	CHECK_STATIC(ARRAY_LENGTH(causes) == FOLLOW_NOT_AT_RISK);
	sink_count(sink, municipality, counter + follow->end, 1);
	int32_t exit = follow->day - origin;
	if (exit <= entry)
		sink_count(sink, municipality, counter + FOLLOW_NOT_AT_RISK, 1);
	else
		sink_record(sink, curve,
			&(struct curve_record){
				municipality, origin, entry, exit, causes[follow->end] });
}

struct classes follow_classes(const int64_t *counters)
{
	return (struct classes){
		.records = counters[FOLLOW_REACHED] + counters[FOLLOW_EXITED] +
			   counters[FOLLOW_SILENT] + counters[FOLLOW_CENSORED],
		.reached = counters[FOLLOW_REACHED],
		.exited = counters[FOLLOW_EXITED],
		.silent = counters[FOLLOW_SILENT],
	};
}

void follow_figures(struct figures *figures, const struct classes *shown, const char *reached,
	int64_t not_at_risk)
{
	figures_given(figures, reached, shown->reached);
	figures_given(figures, "exited", shown->exited);
	figures_given(figures, "silent", shown->silent);
	figures_given(figures, "censored", classes_censored(shown));
	figures_internal(figures, "not_at_risk", not_at_risk);
}

void follow_curve(struct figures *figures, const struct curve *curve, const struct classes *exact)
{
	/* "A month's grace for half-yearly assessments." */
	static const struct horizon horizons[] = {
		{ .months = 6, .days = 214 },
		{ .months = 12, .days = 396 },
		{ .months = 24, .days = 761 },
		{ .months = 36, .days = 1126 },
	};
	figures_curve(figures, "within", curve, CURVE_INCIDENCE_1, exact,
		(struct horizons){ horizons, ARRAY_LENGTH(horizons) });
}
