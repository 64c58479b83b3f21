/*
 * page/trend.c - see trend.h.
 */
#include "page/trend.h"

#include <math.h>

#include "base/check.h"
#include "base/date.h"
#include "engine/print.h"

static const struct trend_series all_series[] = {
#define TREND_ROW(word, object, member, indicator, figure, labels, whole)                          \
	{ WORD_##word, object, member, indicator, figure, labels, whole },
	TREND_SERIES(TREND_ROW)
#undef TREND_ROW
};

const struct trend_series *trend_series(size_t index)
{
	CHECK(index < TREND_SERIES_COUNT);
	return &all_series[index];
}

struct trend_point trend_point_of(const struct figure *root, int32_t as_of, int64_t known_us)
{
	struct trend_point point = { .as_of = as_of, .known_us = known_us };
	double base = look_number(root, "rounded_to");
	point.base = isnan(base) ? 0 : base;
	for (size_t i = 0; i < TREND_SERIES_COUNT; i++) {
		const struct trend_series *series = &all_series[i];
		const struct figure *object = look_figure(root, series->object);
		/* A share that is not plainly `share` has no limits of its own. */
		bool plain = strcmp(series->member, "share") == 0;
		point.values[i] = (struct look_estimate){
			.share = look_number(object, series->member),
			.low = plain ? look_number(object, "low") : NAN,
			.high = plain ? look_number(object, "high") : NAN,
		};
		point.wholes[i] = series->whole == NULL ? NAN : look_sum(object, series->whole);
	}
	return point;
}

struct compared_share trend_share(const struct trend_point *point, size_t series)
{
	const char *whole = trend_series(series)->whole;
	unsigned counts = 0;
	CHECK(whole != NULL);
	for (const char *at_blank = whole; at_blank != NULL; at_blank = strchr(at_blank + 1, ' '))
		counts++;
	double share = point->values[series].share, all = point->wholes[series];
	return (struct compared_share){
		.yes = share * all,
		.rest = (1 - share) * all,
		.rest_counts = counts > 1 ? counts - 1 : 1,
		.base = point->base,
	};
}

int32_t trend_quarter_end(int32_t as_of, int quarters)
{
	CHECK(quarters >= 1);
	struct civil civil = civil_from_day(as_of);
	int months = civil.year * 12 + (civil.month - 1) / 3 * 3 - 3 * (quarters - 1);
	return day_from_civil((struct civil){ months / 12, months % 12 + 1, 1 }) - 1;
}

static void print_value(double value, struct text *out)
{
	if (!isnan(value))
		number_print(value, out);
}

void trend_print_csv(const struct trend_point *points, size_t count, const char *municipality,
	bool is_published, struct text *out)
{
	for (size_t i = 0; i < TREND_SERIES_COUNT; i++) {
		for (size_t j = 0; j < count; j++) {
			char as_of[DATE_LENGTH + 1], known_at[INSTANT_LENGTH + 1];
			date_print(points[j].as_of, as_of);
			if (is_published)
				date_print(zone_day(points[j].known_us), known_at);
			else
				instant_print(points[j].known_us, known_at);
			text_printf(out, "%s,%s,%s,%s,%s,%s,", as_of, known_at, municipality,
				all_series[i].indicator, all_series[i].figure,
				all_series[i].labels);
			print_value(points[j].values[i].share, out);
			text_add_char(out, ',');
			print_value(points[j].values[i].low, out);
			text_add_char(out, ',');
			print_value(points[j].values[i].high, out);
			text_add_char(out, '\n');
		}
	}
}
