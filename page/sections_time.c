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

/* Reads the horizons of `within` in months. */
static struct chart_curve curve_of(const struct figure *object, const int *months, size_t count)
{
	struct chart_curve curve = { .count = count,
		.median_days = look_number(object, "median_days") };
	CHECK(count <= CHART_HORIZONS_MAX);
	for (size_t i = 0; i < count; i++) {
		char path[40];
		snprintf(path, sizeof(path), "within/[months=%d]", months[i]);
		curve.months[i] = months[i];
		curve.estimates[i] = look_estimate(object, path);
	}
	return curve;
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

/* A row of the table of a curve: shares with their bands, and the half-time. */
static void curve_cells(struct page *page, const struct chart_curve *curve)
{
	for (size_t i = 0; i < curve->count; i++) {
		struct phrase cell = phrase_percent(curve->estimates[i].share);
		struct phrase band = band_of(&curve->estimates[i]);
		if (!isnan(curve->estimates[i].low)) {
			size_t length = strlen(cell.text);
			snprintf(cell.text + length, sizeof(cell.text) - length, " (%.40s)",
				band.text);
		}
		table_cell(page, cell.text);
	}
	table_cell(page, duration_of(page, curve->median_days).text);
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

static const int step_months[] = { 6, 12, 24, 36 };

static void step_panel(struct page *page, int rung, const struct figure *step)
{
	char number[16], title[120];
	struct chart_curve curve = curve_of(step, step_months, ARRAY_LENGTH(step_months));
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
		PARAGRAPH(page, "says", WORD_STEP_HALF, duration_of(page, curve.median_days).text);
	else if (last < curve.count)
		PARAGRAPH(page, "says", WORD_STEP_NOT_HALF,
			duration_of(page, curve.months[last] * DAYS_PER_MONTH).text,
			phrase_percent(curve.estimates[last].share).text);
	else
		section_nothing_grown(page);
	double entered = look_number(step, "entered");
	if (!isnan(entered))
		PARAGRAPH(page, "note", WORD_STEP_BASIS, count_of(page, entered).text,
			count_of(page, look_number(step, "climbed")).text);
	put(page, "</div>\n");
}

static const struct figure *step_of(const struct page *page, int rung)
{
	char path[48];
	snprintf(path, sizeof(path), "indicators/ladder_step/[rung=%d]", rung);
	return look_figure(page->view->figures, path);
}

void steps_print(struct page *page)
{
	section_begin(page, "step", WORD_STEP);
	PARAGRAPH(page, "lead", WORD_STEP_SAYS);
	put(page, "<div class=\"panels\">\n");
	for (int rung = 1; rung <= RUNG_LAST; rung++)
		step_panel(page, rung, step_of(page, rung));
	put(page, "</div>\n");
	if (!page_is_public(page))
		PARAGRAPH(page, "note", WORD_STEP_BAND);
	curve_table_begin(page, WORD_STEP, WORD_COLUMN_RUNG, WORD_COLUMN_PEOPLE, step_months,
		ARRAY_LENGTH(step_months));
	for (int rung = 1; rung <= RUNG_LAST; rung++) {
		char number[16];
		struct chart_curve curve =
			curve_of(step_of(page, rung), step_months, ARRAY_LENGTH(step_months));
		snprintf(number, sizeof(number), "%d", rung);
		table_row(page, number);
		table_cell(page, count_of(page, look_number(step_of(page, rung), "entered")).text);
		curve_cells(page, &curve);
	}
	table_end(page, WORD_STEP, "ladder_step");
	section_end(page);
}

void lasting_print(struct page *page)
{
	static const enum word columns[] = { WORD_COLUMN_WHAT, WORD_COLUMN_SHARE, WORD_COLUMN_BAND,
		WORD_COUNT };
	const struct figure *object = look_figure(page->view->figures, "indicators/job_durability");
	const struct look_estimate estimates[] = {
		look_estimate(object, "lasting/[days=183]"),
		look_estimate(object, "lasting/[days=365]"),
	};
	static const enum word names[] = { WORD_LASTING_183, WORD_LASTING_365 };
	struct chart_row rows[ARRAY_LENGTH(estimates)];
	double median = look_number(object, "median_days");
	section_begin(page, "lasting", WORD_LASTING);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		rows[i] = (struct chart_row){ word_of(page, names[i]), estimates[i].share,
			phrase_percent(estimates[i].share), "yes" };
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
	table_row(page, word_of(page, WORD_COLUMN_HALF));
	table_cell(page, duration_of(page, median).text);
	table_cell(page, phrase_percent(NAN).text);
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
			phrase_percent(lines[i].estimate.share), "yes" };
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
	struct chart_curve curve =
		curve_of(level_of(page, index), level_months, ARRAY_LENGTH(level_months));
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
			duration_of(page, curve.median_days).text);
	else if (curve_last(&curve) < curve.count)
		PARAGRAPH(page, "says", WORD_LANGUAGE_NOT_HALF, levels[index]);
	put(page, "</div>\n");
}

void language_print(struct page *page)
{
	double share = at(page, "indicators/language_level/[level=B1]/within/[months=36]/share");
	section_begin(page, "language", WORD_LANGUAGE);
	if (!isnan(share))
		section_number(page, phrase_percent(share).text, WORD_LANGUAGE_SAYS);
	put(page, "<div class=\"panels\">\n");
	for (size_t i = level_first(page); i < ARRAY_LENGTH(levels); i++)
		level_panel(page, i);
	put(page, "</div>\n");
	curve_table_begin(page, WORD_LANGUAGE, WORD_COLUMN_LEVEL, WORD_COLUMN_PEOPLE, level_months,
		ARRAY_LENGTH(level_months));
	for (size_t i = level_first(page); i < ARRAY_LENGTH(levels); i++) {
		struct chart_curve curve =
			curve_of(level_of(page, i), level_months, ARRAY_LENGTH(level_months));
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
	put_escaped(page, index == INDEX_TREND_PERSONS ? count_of(page, last).text
						       : phrase_percent(last).text);
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
	table_begin(page, WORD_TREND, columns);
	for (size_t i = 0; i < view->point_count; i++) {
		table_row(page, phrase_date(view->language, view->points[i].as_of).text);
		for (size_t j = 0; j < TREND_SERIES_COUNT; j++) {
			double value = view->points[i].values[j].share;
			table_cell(page, j == INDEX_TREND_PERSONS ? count_of(page, value).text
								  : phrase_percent(value).text);
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
