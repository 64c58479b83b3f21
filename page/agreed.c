/*
 * page/agreed.c - see agreed.h.
 */
#include "page/agreed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/date.h"
#include "page/look.h"
#include "page/trend.h"

void agreed_past_release(struct agreed_past *past)
{
	free(past->points);
	*past = (struct agreed_past){ 0 };
}

enum err agreed_past_copy(const struct agreed_past *past, struct agreed_past *out)
{
	struct agreed_point *points = NULL;
	if (past->count > 0) {
		points = malloc(past->count * sizeof(*points));
		if (points == NULL)
			return ERR_FULL;
		memcpy(points, past->points, past->count * sizeof(*points));
	}
	*out = (struct agreed_past){ points, past->count, past->known_us };
	return OK;
}

static void points_take(
	const struct agreements *agreements, int32_t as_of, struct agreed_past *past)
{
	for (size_t i = 0; i < agreements->count; i++) {
		const struct agreement_item *item = &agreements->items[i];
		if (item->agreement.by < as_of)
			continue;
		struct agreed_point point = {
			.as_of = as_of,
			.agreement = item->agreement,
			.realised = item->answer.realised,
		};
		if (item->with != NULL) {
			CHECK(strlen(item->with) <= AGREED_NAME_MAX);
			strncpy(point.with, item->with, AGREED_NAME_MAX);
		}
		past->points[past->count++] = point;
	}
}

enum err agreed_past_fold(struct answers *answers, struct reader *reader, struct agreed_past *out)
{
	struct agreements *agreements = &answers->agreements;
	struct agreed_past past = { .known_us = answers->known_us };
	enum err err = OK;
	if (agreements->count > 0) {
		past.points = calloc(agreements->count * AGREED_QUARTERS_MAX, sizeof(*past.points));
		if (past.points == NULL)
			return ERR_FULL;
	}
	int32_t asked = agreements->question.as_of;
	for (int quarters = AGREED_QUARTERS_MAX; quarters >= 1 && agreements->count > 0;
		quarters--) {
		int32_t as_of = trend_quarter_end(asked, quarters);
		agreements_move(agreements, as_of);
		err = agreements_fold(agreements, &answers->folding, &answers->histories, reader);
		if (err == OK)
			err = agreements_judge(agreements);
		if (err != OK) {
			agreed_past_release(&past);
			return err;
		}
		points_take(agreements, as_of, &past);
	}
	*out = past;
	return OK;
}

/* Is it about the same promise? Two that say the same have the same figures. */
static bool is_of(const struct agreed_point *point, const struct figure *item)
{
	const struct agreement *agreement = &point->agreement;
	const char *with = look_text(item, "with");
	const char *figure = look_text(item, "figure");
	const char *comparison = look_text(item, "comparison");
	const char *by = look_text(item, "by");
	double rung = look_number(item, "rung");
	char day[DATE_LENGTH + 1];
	date_print(agreement->by, day);
	return figure != NULL && comparison != NULL && by != NULL &&
	       strcmp(figure, enumeration_agreed_figure.names[agreement->figure]) == 0 &&
	       strcmp(comparison, enumeration_comparison.names[agreement->comparison]) == 0 &&
	       look_number(item, "value") == agreement->value && strcmp(by, day) == 0 &&
	       (isnan(rung) ? agreement->rung == 0 : rung == agreement->rung) &&
	       strcmp(with == NULL ? "" : with, point->with) == 0;
}

bool agreed_past_covers(const struct agreed_past *past, const struct figure *agreements)
{
	const struct figure *item = agreements == NULL ? NULL : agreements->as.first;
	for (; item != NULL; item = item->next) {
		/* It has one at the oldest end at least: listed is what was not over then. */
		size_t i = 0;
		while (i < past->count && !is_of(&past->points[i], item))
			i++;
		if (i == past->count)
			return false;
	}
	return true;
}

double agreed_past_realised(
	const struct agreed_past *past, const struct figure *item, int32_t as_of)
{
	for (size_t i = 0; past != NULL && i < past->count; i++) {
		if (past->points[i].as_of == as_of && is_of(&past->points[i], item))
			return past->points[i].realised;
	}
	return NAN;
}
