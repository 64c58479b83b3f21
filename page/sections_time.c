/*
 * page/sections_time.c - see sections_time.h.
 */
#include "page/sections_time.h"

#include <math.h>
#include <stdio.h>

#include "base/check.h"
#include "page/chart.h"

#define RUNG_LAST      5 /* the sixth is the highest: nobody climbs from it */
#define DAYS_PER_MONTH 30.4375

/* Which curve stands behind a figure. */
struct curve_place {
	enum curve_set set;
	unsigned index;
};

/*
 * Adds the steps of the curve itself, and how many are watched at each horizon: where they are too
 * few there is nothing to say.
 */
static void curve_add_steps(
	const struct page *page, const struct curve_place *place, struct chart_curve *chart)
{
	struct curve curve = curves_find(page->view->curves, place->set, place->index);
	int32_t last = chart->days[chart->count - 1];
	chart->is_exact = true;
	for (size_t i = 0; i < chart->count; i++) {
		chart->watched[i] = curve_at_risk(&curve, chart->days[i]);
		if (chart->watched[i] < CHART_WATCHED_MIN)
			chart->estimates[i] = (struct look_estimate){ NAN, NAN, NAN };
	}
	if (!isnan(chart->median_days) &&
		curve_at_risk(&curve, (int32_t)chart->median_days) < CHART_WATCHED_MIN)
		chart->median_days = chart->median_low = chart->median_high = NAN;
	chart->step_count = curve_steps(&curve, curves_function(place->set), last,
		CHART_WATCHED_MIN, chart->steps, CHART_STEPS_MAX);
	if (chart->step_count == 0)
		return;
	chart->day_last = last < curve.exit_last ? last : curve.exit_last;
	while (curve_at_risk(&curve, chart->day_last) < CHART_WATCHED_MIN)
		chart->day_last--;
}

/* Reads the horizons of `within` in months. */
static void curve_read(const struct page *page, const struct figure *object, const int *months,
	size_t count, struct curve_place place, struct chart_curve *curve)
{
	CHECK(count > 0 && count <= CHART_HORIZONS_MAX);
	*curve = (struct chart_curve){ .count = count,
		.median_days = look_number(object, "median_days"),
		.median_low = look_number(object, "median_low"),
		.median_high = look_number(object, "median_high") };
	for (size_t i = 0; i < count; i++) {
		char path[40];
		snprintf(path, sizeof(path), "within/[months=%d]/days", months[i]);
		double days = look_number(object, path);
		path[strlen(path) - strlen("/days")] = '\0';
		curve->months[i] = months[i];
		/* Without figures nothing is drawn. */
		curve->days[i] = (int32_t)(isnan(days) ? months[i] * DAYS_PER_MONTH : days);
		curve->estimates[i] = look_estimate(object, path);
	}
	if (page->view->curves != NULL)
		curve_add_steps(page, &place, curve);
}

/* The last horizon with a share; count: there is none. */
static size_t curve_last(const struct chart_curve *curve)
{
	for (size_t i = curve->count; i > 0; i--) {
		if (!isnan(curve->estimates[i - 1].share))
			return i - 1;
	}
	return curve->count;
}

/* The half-time with its limits, where there are any. */
static struct phrase half_of(const struct page *page, const struct chart_curve *curve)
{
	struct phrase phrase = duration_of(page, curve->median_days);
	struct phrase low = duration_of(page, curve->median_low);
	struct phrase high = duration_of(page, curve->median_high);
	size_t length = strlen(phrase.text);
	if (isnan(curve->median_days) || isnan(curve->median_low))
		return phrase;
	if (isnan(curve->median_high))
		snprintf(phrase.text + length, sizeof(phrase.text) - length, " (%.36s)",
			phrase_of(page->view->language, WORD_AT_LEAST, low.text, NULL).text);
	else
		snprintf(phrase.text + length, sizeof(phrase.text) - length,
			" (%.18s\xe2\x80\x93%.18s)", low.text, high.text);
	return phrase;
}

/* A row of the table of a curve: shares with their bands, and the half-time. */
static void curve_cells(struct page *page, const struct chart_curve *curve)
{
	for (size_t i = 0; i < curve->count; i++) {
		struct phrase cell = share_of(page, curve->estimates[i].share);
		struct phrase band = band_of(&curve->estimates[i]);
		if (!isnan(curve->estimates[i].low)) {
			size_t length = strlen(cell.text);
			snprintf(cell.text + length, sizeof(cell.text) - length, " (%.40s)",
				band.text);
		}
		table_cell(page, cell.text);
	}
	table_cell(page, half_of(page, curve).text);
}

/* The head of such a table: its columns are horizons. */
static void curve_table_begin(struct page *page, enum word title, enum word first, enum word people,
	const int *months, size_t count)
{
	table_open(page, title);
	table_column(page, word_of(page, first));
	table_column(page, word_of(page, people));
	for (size_t i = 0; i < count; i++) {
		double days = months[i] * DAYS_PER_MONTH;
		struct phrase column = phrase_of(page->view->language, WORD_COLUMN_AFTER,
			duration_of(page, days).text, NULL);
		table_column(page, column.text);
	}
	table_column(page, word_of(page, WORD_COLUMN_HALF));
	table_body(page);
}

/* The sentence of a half-time, and in how wide a margin it lies. */
static void half_print(struct page *page, enum word word, const struct chart_curve *curve)
{
	put(page, "<p class=\"says\">");
	SAY(page, word, duration_of(page, curve->median_days).text);
	if (!isnan(curve->median_low)) {
		put(page, " ");
		if (isnan(curve->median_high))
			SAY(page, WORD_MARGIN_FROM, duration_of(page, curve->median_low).text);
		else
			SAY(page, WORD_MARGIN, duration_of(page, curve->median_low).text,
				duration_of(page, curve->median_high).text);
	}
	put(page, "</p>\n");
}

static const int step_months[] = { 6, 12, 24, 36 };

static const struct figure *step_of(const struct page *page, int rung)
{
	char path[48];
	snprintf(path, sizeof(path), "indicators/ladder_step/[rung=%d]", rung);
	return look_figure(page->view->figures, path);
}

void step_curve(const struct page *page, int rung, struct chart_curve *out)
{
	curve_read(page, step_of(page, rung), step_months, ARRAY_LENGTH(step_months),
		(struct curve_place){ CURVES_STEP, (unsigned)rung - 1 }, out);
}

void reached_curve(const struct page *page, int rung, struct chart_curve *out)
{
	char path[48];
	snprintf(path, sizeof(path), "indicators/rung_reached/[rung=%d]", rung);
	curve_read(page, look_figure(page->view->figures, path), step_months,
		ARRAY_LENGTH(step_months),
		(struct curve_place){ CURVES_REACHED, (unsigned)rung - 2 }, out);
}

static void step_panel(struct page *page, int rung, const struct figure *step)
{
	char number[16], title[120];
	struct chart_curve curve;
	step_curve(page, rung, &curve);
	size_t last = curve_last(&curve);
	snprintf(number, sizeof(number), "%d", rung);
	put(page, "<div class=\"panel\"><h3><span>");
	SAY(page, WORD_RUNG, number);
	put(page, "</span> ");
	SAY(page, word_of_rung(rung));
	put(page, "</h3>\n");
	snprintf(title, sizeof(title), "%s %d %s", word_of(page, WORD_COLUMN_RUNG), rung,
		word_of(page, word_of_rung(rung)));
	if (last < curve.count)
		chart_curve(page, title, &curve);
	if (!isnan(curve.median_days))
		half_print(page, WORD_STEP_HALF, &curve);
	else if (last < curve.count)
		PARAGRAPH(page, "says", WORD_STEP_NOT_HALF,
			duration_of(page, curve.months[last] * DAYS_PER_MONTH).text,
			share_of(page, curve.estimates[last].share).text);
	else
		section_nothing_grown(page);
	double entered = look_number(step, "entered");
	if (!isnan(entered))
		PARAGRAPH(page, "note", WORD_STEP_BASIS, count_of(page, entered).text,
			count_of(page, look_number(step, "climbed")).text);
	put(page, "</div>\n");
}

void steps_print(struct page *page)
{
	section_begin(page, "step", WORD_STEP);
	PARAGRAPH(page, "lead", WORD_STEP_SAYS);
	put(page, "<div class=\"panels\">\n");
	for (int rung = 1; rung <= RUNG_LAST; rung++)
		step_panel(page, rung, step_of(page, rung));
	put(page, "</div>\n");
	if (page->view->curves != NULL)
		PARAGRAPH(page, "note", WORD_STEP_BAND);
	else if (page_is_public(page))
		PARAGRAPH(page, "note", WORD_STEP_LINES);
	curve_table_begin(page, WORD_STEP, WORD_COLUMN_RUNG, WORD_COLUMN_PEOPLE, step_months,
		ARRAY_LENGTH(step_months));
	for (int rung = 1; rung <= RUNG_LAST; rung++) {
		char number[16];
		struct chart_curve curve;
		step_curve(page, rung, &curve);
		snprintf(number, sizeof(number), "%d", rung);
		table_row(page, number);
		table_cell(page, count_of(page, look_number(step_of(page, rung), "entered")).text);
		curve_cells(page, &curve);
	}
	table_end(page, WORD_STEP, "ladder_step");
	section_end(page);
}

/* Where too few are watched there is nothing to say. */
static void durability_limit(const struct page *page, struct look_estimate *estimates,
	const int32_t *days, size_t count, double *median)
{
	if (page->view->curves == NULL)
		return;
	struct curve curve = curves_find(page->view->curves, CURVES_DURABILITY, 0);
	for (size_t i = 0; i < count; i++) {
		if (curve_at_risk(&curve, days[i]) < CHART_WATCHED_MIN)
			estimates[i] = (struct look_estimate){ NAN, NAN, NAN };
	}
	if (!isnan(*median) && curve_at_risk(&curve, (int32_t)*median) < CHART_WATCHED_MIN)
		*median = NAN;
}

void lasting_print(struct page *page)
{
	static const enum word columns[] = { WORD_COLUMN_WHAT, WORD_COLUMN_SHARE, WORD_COLUMN_BAND,
		WORD_COUNT };
	static const int32_t days[] = { 183, 365 };
	const struct figure *object = look_figure(page->view->figures, "indicators/job_durability");
	struct look_estimate estimates[] = {
		look_estimate(object, "lasting/[days=183]"),
		look_estimate(object, "lasting/[days=365]"),
	};
	static const enum word names[] = { WORD_LASTING_183, WORD_LASTING_365 };
	struct chart_row rows[ARRAY_LENGTH(estimates)];
	double median = look_number(object, "median_days");
	durability_limit(page, estimates, days, ARRAY_LENGTH(days), &median);
	section_begin(page, "lasting", WORD_LASTING);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		rows[i] = (struct chart_row){ word_of(page, names[i]), estimates[i].share,
			share_of(page, estimates[i].share), "yes" };
	if (!isnan(estimates[1].share))
		section_number(page, rows[1].shown.text, WORD_LASTING_SAYS);
	else if (isnan(estimates[0].share))
		section_nothing_grown(page);
	if (!isnan(estimates[0].share))
		chart_bars(page, word_of(page, WORD_LASTING), rows, ARRAY_LENGTH(rows), 1);
	if (!isnan(median))
		PARAGRAPH(page, "says", WORD_LASTING_HALF, duration_of(page, median).text);
	else if (estimates[1].share > 0.5 ||
		 (isnan(estimates[1].share) && estimates[0].share > 0.5))
		PARAGRAPH(page, "says", WORD_LASTING_NOT_HALF);
	PARAGRAPH(page, "note", WORD_LASTING_NOTE);
	table_begin(page, WORD_LASTING, columns);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		table_row(page, rows[i].label);
		table_cell(page, rows[i].shown.text);
		table_cell(page, band_of(&estimates[i]).text);
	}
	table_end(page, WORD_LASTING, "job_durability");
	section_end(page);
}

void plan_print(struct page *page)
{
	static const enum word columns[] = { WORD_COLUMN_WHAT, WORD_COLUMN_PEOPLE,
		WORD_COLUMN_SHARE, WORD_COLUMN_BAND, WORD_COUNT };
	const struct figure *object = look_figure(page->view->figures, "indicators/plan");
	struct look_estimate on_time = look_estimate(object, "on_time/within/[days=70]");
	const struct {
		enum word word;
		const char *people;
		struct look_estimate estimate;
	} lines[] = {
		{ WORD_PLAN_IN_FORCE, "in_force",
			{ look_number(object, "in_force_share"), NAN, NAN } },
		{ WORD_PLAN_PERSPECTIVE, "with_perspective",
			{ look_number(object, "with_perspective_share"), NAN, NAN } },
		{ WORD_PLAN_ON_TIME, NULL, on_time },
	};
	struct chart_row rows[ARRAY_LENGTH(lines)];
	bool any = false;
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
		rows[i] = (struct chart_row){ word_of(page, lines[i].word), lines[i].estimate.share,
			share_of(page, lines[i].estimate.share), "yes" };
		any |= !isnan(rows[i].value);
	}
	section_begin(page, "plan", WORD_PLAN);
	if (isnan(rows[0].value))
		section_nothing(page);
	else
		section_number(page, rows[0].shown.text, WORD_PLAN_SAYS);
	if (any)
		chart_bars(page, word_of(page, WORD_PLAN), rows, ARRAY_LENGTH(rows), 1);
	PARAGRAPH(page, "note", WORD_PLAN_NOTE);
	table_begin(page, WORD_PLAN, columns);
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
		double people =
			lines[i].people == NULL ? NAN : look_number(object, lines[i].people);
		table_row(page, rows[i].label);
		table_cell(page, count_of(page, people).text);
		table_cell(page, rows[i].shown.text);
		table_cell(page, band_of(&lines[i].estimate).text);
	}
	table_end(page, WORD_PLAN, "plan");
	section_end(page);
}

static const int level_months[] = { 12, 24, 36 };
static const char *const levels[] = { "A2", "B1" };

static const struct figure *level_of(const struct page *page, size_t index)
{
	char path[48];
	snprintf(path, sizeof(path), "indicators/language_level/[level=%s]", levels[index]);
	return look_figure(page->view->figures, path);
}

/* Of the two curves over the same people the second is public. */
static size_t level_first(const struct page *page)
{
	return page_is_public(page) ? 1 : 0;
}

static void level_panel(struct page *page, size_t index)
{
	char title[40];
	struct chart_curve curve;
	curve_read(page, level_of(page, index), level_months, ARRAY_LENGTH(level_months),
		(struct curve_place){ CURVES_LEVEL, (unsigned)index }, &curve);
	snprintf(title, sizeof(title), "%s %s", word_of(page, WORD_COLUMN_LEVEL), levels[index]);
	put(page, "<div class=\"panel\"><h3>");
	SAY(page, WORD_LEVEL, levels[index]);
	put(page, "</h3>\n");
	if (curve_last(&curve) == curve.count)
		section_nothing_grown(page);
	else
		chart_curve(page, title, &curve);
	if (!isnan(curve.median_days))
		PARAGRAPH(page, "says", WORD_LANGUAGE_HALF, levels[index],
			half_of(page, &curve).text);
	else if (curve_last(&curve) < curve.count)
		PARAGRAPH(page, "says", WORD_LANGUAGE_NOT_HALF, levels[index]);
	put(page, "</div>\n");
}

void language_print(struct page *page)
{
	struct chart_curve b1;
	curve_read(page, level_of(page, 1), level_months, ARRAY_LENGTH(level_months),
		(struct curve_place){ CURVES_LEVEL, 1 }, &b1);
	double share = b1.estimates[ARRAY_LENGTH(level_months) - 1].share;
	section_begin(page, "language", WORD_LANGUAGE);
	if (!isnan(share))
		section_number(page, share_of(page, share).text, WORD_LANGUAGE_SAYS);
	put(page, "<div class=\"panels\">\n");
	for (size_t i = level_first(page); i < ARRAY_LENGTH(levels); i++)
		level_panel(page, i);
	put(page, "</div>\n");
	curve_table_begin(page, WORD_LANGUAGE, WORD_COLUMN_LEVEL, WORD_COLUMN_PEOPLE, level_months,
		ARRAY_LENGTH(level_months));
	for (size_t i = level_first(page); i < ARRAY_LENGTH(levels); i++) {
		struct chart_curve curve;
		curve_read(page, level_of(page, i), level_months, ARRAY_LENGTH(level_months),
			(struct curve_place){ CURVES_LEVEL, (unsigned)i }, &curve);
		table_row(page, levels[i]);
		table_cell(page, count_of(page, look_number(level_of(page, i), "people")).text);
		curve_cells(page, &curve);
	}
	table_end(page, WORD_LANGUAGE, "language_level");
	section_end(page);
}

static void trend_panel(struct page *page, size_t index)
{
	const struct page_view *view = page->view;
	const struct trend_series *series = trend_series(index);
	double last = view->points[view->point_count - 1].values[index].share;
	put(page, "<div class=\"panel\"><h3>");
	SAY(page, series->word);
	put(page, " <b>");
	put_escaped(page, trend_text(page, index, last).text);
	put(page, "</b></h3>\n");
	chart_trend(page, word_of(page, series->word), index);
	put(page, "</div>\n");
}

static void trend_table(struct page *page)
{
	static const enum word columns[] = { WORD_COLUMN_QUARTER,
#define TREND_COLUMN(word, ...) WORD_##word,
		TREND_SERIES(TREND_COLUMN)
#undef TREND_COLUMN
			WORD_COUNT };
	const struct page_view *view = page->view;
	table_shown(page, WORD_TREND, columns);
	for (size_t i = 0; i < view->point_count; i++) {
		table_row(page, phrase_date(view->language, view->points[i].as_of).text);
		for (size_t j = 0; j < TREND_SERIES_COUNT; j++) {
			table_cell(page, trend_text(page, j, view->points[i].values[j].share).text);
		}
	}
	table_end(page, WORD_TREND, NULL);
}

void trend_print(struct page *page)
{
	const struct page_view *view = page->view;
	if (view->point_count == 0)
		return;
	section_begin(page, "trend", WORD_TREND);
	if (view->point_count == 1)
		PARAGRAPH(page, "lead", WORD_TREND_ONE);
	else
		PARAGRAPH(page, "lead", page_is_public(page) ? WORD_TREND_PUBLIC : WORD_TREND_SAYS);
	put(page, "<div class=\"panels\">\n");
	for (size_t i = 0; i < TREND_SERIES_COUNT; i++)
		trend_panel(page, i);
	put(page, "</div>\n");
	if (view->trend_known_us != 0 && view->point_count > 1)
		PARAGRAPH(page, "note", WORD_TREND_KNOWN,
			phrase_instant(view->language, view->trend_known_us).text);
	trend_table(page);
	section_end(page);
}
