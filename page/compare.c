/*
 * page/compare.c - see compare.h.
 */
#include "page/compare.h"

#include <math.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/date.h"
#include "indicators/person/fact.h"
#include "indicators/sums.h"
#include "page/html.h"
#include "page/link.h"
#include "proto/event.h"

static const struct {
	const char *path;
	enum curve_set set;
	unsigned index;
	int32_t day;
} curve_rows[] = {
#define COMPARE_ROW(word, path, set, index, day) { path, set, index, day },
	COMPARE_CURVES(COMPARE_ROW)
#undef COMPARE_ROW
};

/* A column: a series of the trend, or a curve. */
struct column {
	enum word word;
	bool is_curve;
	size_t index;
};

#define SERIES(name)                                                                               \
	{                                                                                          \
		WORD_##name, false, INDEX_##name                                                   \
	}
#define CURVE(word, ...)                                                                           \
	{                                                                                          \
		WORD_##word, true, INDEX_COMPARED_##word                                           \
	}
#define COLUMNS_OF_A_TABLE 7

static const struct column taking_part[] = {
	SERIES(TREND_NORM),
	SERIES(TREND_COMBINED),
	SERIES(TREND_PAID),
	CURVE(TREND_LASTING),
	CURVE(TREND_LANGUAGE),
	SERIES(TREND_PLAN),
	SERIES(TREND_CONTACT),
};
static const struct column ladder[] = {
	CURVE(COMPARE_WORK),
	CURVE(COMPARE_1),
	CURVE(COMPARE_2),
	CURVE(COMPARE_3),
	CURVE(COMPARE_4),
	CURVE(COMPARE_5),
};

CHECK_STATIC(ARRAY_LENGTH(taking_part) <= COLUMNS_OF_A_TABLE);
CHECK_STATIC(ARRAY_LENGTH(ladder) <= COLUMNS_OF_A_TABLE);
CHECK_STATIC(WORD_MODEL_4 - WORD_MODEL_NONE == SERVICE_MODEL_COUNT);

void compare_take(const struct figure *root, const struct curves *curves, int32_t as_of,
	int64_t known_us, struct compare_row *out)
{
	out->definitions = (int32_t)look_number(root, "definitions");
	out->point = trend_point_of(root, as_of, known_us);
	for (size_t i = 0; i < COMPARE_CURVE_COUNT; i++) {
		struct compare_curve *one = &out->curves[i];
		one->shown = look_estimate(root, curve_rows[i].path);
		one->compared = (struct compared_estimate){ NAN, NAN, 0 };
		if (curves == NULL)
			continue;
		struct curve curve = curves_find(curves, curve_rows[i].set, curve_rows[i].index);
		struct estimate estimate = curve_estimate(
			&curve, curves_function(curve_rows[i].set), curve_rows[i].day);
		one->compared = (struct compared_estimate){ estimate.value, estimate.error,
			curve_at_risk(&curve, curve_rows[i].day) };
	}
}

/* By group, those of which nobody said it last, and in it by name. */
static int by_group(const void *a, const void *b)
{
	const struct compare_row *left = a, *right = b;
	if (left->model == right->model)
		return place_order(&left->place, &right->place);
	if (left->model == 0 || right->model == 0)
		return left->model == 0 ? 1 : -1;
	return left->model < right->model ? -1 : 1;
}

/* What is compared with each other: figures of one day and of one set. */
static bool is_alike(const struct compare_row *left, const struct compare_row *right)
{
	return left->point.as_of == right->point.as_of && left->definitions == right->definitions;
}

/* The first of those rows that most are alike to, of the newest day where as many are. */
static const struct compare_row *usual_row(const struct compare_view *view)
{
	const struct compare_row *usual = NULL;
	size_t most = 0;
	for (size_t i = 0; i < view->count; i++) {
		const struct compare_row *row = &view->rows[i];
		size_t alike = 0;
		for (size_t j = 0; j < view->count; j++)
			alike += is_alike(row, &view->rows[j]);
		if (alike > most || (alike == most && row->point.as_of > usual->point.as_of)) {
			usual = row;
			most = alike;
		}
	}
	return usual;
}

static struct compared_share others_share(
	const struct compare_view *view, size_t row, size_t series)
{
	struct compared_share all = { 0 };
	for (size_t i = 0; i < view->count; i++) {
		if (i == row || !is_alike(&view->rows[row], &view->rows[i]))
			continue;
		struct compared_share one = trend_share(&view->rows[i].point, series);
		if (isnan(one.yes) || isnan(one.rest))
			continue;
		/* Each of them is rounded by itself. */
		all.yes += one.yes;
		all.rest += one.rest;
		all.base += one.base;
		all.rest_counts = one.rest_counts;
	}
	return all;
}

static struct compared_estimate others_estimate(
	const struct compare_view *view, size_t row, size_t curve, double z)
{
	struct pooled_estimates pool = { 0 };
	for (size_t i = 0; i < view->count; i++) {
		if (i != row && is_alike(&view->rows[row], &view->rows[i]))
			pool_add(&pool, view->rows[i].curves[curve].compared, z);
	}
	return pool_mean(&pool);
}

/* The comparisons of a page: what the verdict of each depends on. */
struct comparing {
	const struct compare_view *view;
	const struct compare_row *usual; /* those alike to it are compared */
	unsigned comparisons;
	double z;
};

static enum difference differs(
	const struct comparing *comparing, size_t row, const struct column *column)
{
	const struct compare_view *view = comparing->view;
	const struct compare_row *own = &view->rows[row];
	if (!is_alike(own, comparing->usual))
		return DIFFERENCE_NONE;
	if (column->is_curve)
		return difference_of_estimates(
			others_estimate(view, row, column->index, comparing->z),
			own->curves[column->index].compared, comparing->comparisons);
	return difference_of_shares(others_share(view, row, column->index),
		trend_share(&own->point, column->index), comparing->comparisons);
}

static unsigned compared_count(
	const struct comparing *comparing, const struct column *columns, size_t count)
{
	unsigned compared = 0;
	for (size_t row = 0; row < comparing->view->count; row++) {
		for (size_t i = 0; i < count; i++)
			compared += differs(comparing, row, &columns[i]) != DIFFERENCE_NONE;
	}
	return compared;
}

/* How many there are decides how strict each is. */
static struct comparing compare_all(const struct compare_view *view)
{
	struct comparing comparing = { view, usual_row(view), 1, difference_z(1) };
	unsigned compared = compared_count(&comparing, taking_part, ARRAY_LENGTH(taking_part)) +
			    compared_count(&comparing, ladder, ARRAY_LENGTH(ladder));
	comparing.comparisons = compared > 0 ? compared : 1;
	comparing.z = difference_z(comparing.comparisons);
	return comparing;
}

/* The value, its limits, and whether it differs. */
static void cell_print(struct page *page, const struct comparing *comparing, size_t row,
	const struct column *column)
{
	const struct compare_row *own = &comparing->view->rows[row];
	struct look_estimate value = column->is_curve ? own->curves[column->index].shown
						      : own->point.values[column->index];
	if (!column->is_curve)
		share_limits(trend_share(&own->point, column->index), &value.low, &value.high);
	put(page, "<td><b>");
	put_escaped(page, share_of(page, value.share).text);
	put(page, "</b>");
	if (!isnan(value.share) && !isnan(value.low) && !isnan(value.high)) {
		put(page, " <small>");
		SAY(page, WORD_FROM_TO, phrase_percent(value.low).text,
			phrase_percent(value.high).text);
		put(page, "</small>");
	}
	switch (differs(comparing, row, column)) {
	case DIFFERENCE_NONE:
		break;
	case DIFFERENCE_NOT_SHOWN:
		put(page, " <span class=\"same\">");
		SAY(page, WORD_COMPARE_NOT_SHOWN);
		put(page, "</span>");
		break;
	case DIFFERENCE_MORE:
	case DIFFERENCE_LESS:
		put(page, " <strong>");
		SAY(page, WORD_COMPARE_DIFFERS);
		put(page, "</strong>");
		break;
	}
	put(page, "</td>");
}

/* Its name, which leads to its page; of which day, where that is not everybody's. */
static void name_print(
	struct page *page, const struct comparing *comparing, const struct compare_row *row)
{
	struct phrase code = link_municipality(row->place.municipality);
	text_printf(page->out, "<tr><th scope=\"row\"><a href=\"/?municipality=%s&amp;lang=%s\">",
		code.text, language_code(page->view->language));
	put_escaped(page, row->place.name != NULL ? row->place.name : code.text);
	put(page, "</a>");
	if (!is_alike(row, comparing->usual)) {
		put(page, " <small>");
		put_escaped(page, phrase_date(page->view->language, row->point.as_of).text);
		put(page, "</small>");
	}
	put(page, "</th><td>");
	put_escaped(page, count_of(page, row->point.values[INDEX_TREND_PERSONS].share).text);
	put(page, "</td>");
}

static enum word model_word(const struct compare_row *row)
{
	return (enum word)(WORD_MODEL_NONE + row->model);
}

/* The rows from `first` up to `end`, which are one group. */
static void table_print(struct page *page, const struct comparing *comparing, size_t first,
	size_t end, enum word title, const struct column *columns, size_t count)
{
	enum word model = model_word(&comparing->view->rows[first]);
	put(page, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"");
	SAY(page, title, word_of(page, model));
	put(page, "\"><table><caption>");
	SAY(page, title, word_of(page, model));
	put(page, "</caption><thead><tr>");
	table_column(page, word_of(page, WORD_MUNICIPALITY));
	table_column(page, word_of(page, WORD_COLUMN_PEOPLE));
	for (size_t i = 0; i < count; i++)
		table_column(page, word_of(page, columns[i].word));
	put(page, "</tr></thead><tbody>\n");
	for (size_t row = first; row < end; row++) {
		name_print(page, comparing, &comparing->view->rows[row]);
		for (size_t i = 0; i < count; i++)
			cell_print(page, comparing, row, &columns[i]);
		put(page, "</tr>\n");
	}
	put(page, "</tbody></table></div>\n");
}

static void group_print(
	struct page *page, const struct comparing *comparing, size_t first, size_t end)
{
	enum word model = model_word(&comparing->view->rows[first]);
	int number = comparing->view->rows[first].model;
	text_printf(page->out,
		"<section class=\"card\" aria-labelledby=\"h-model-%d\"><h2 id=\"h-model-%d\">",
		number, number);
	SAY(page, model);
	put(page, "</h2>\n");
	table_print(page, comparing, first, end, WORD_COMPARE_TAKING_PART, taking_part,
		ARRAY_LENGTH(taking_part));
	table_print(page, comparing, first, end, WORD_COMPARE_LADDER, ladder, ARRAY_LENGTH(ladder));
	section_end(page);
}

static void banner_print(struct page *page, const struct compare_row *usual)
{
	put(page, "<a class=\"skip\" href=\"#figures\">");
	SAY(page, WORD_COMPARE_SKIP);
	text_printf(page->out,
		"</a>\n<header>\n<div class=\"top\"><p class=\"brand\"><a href=\"/?lang=%s\">",
		language_code(page->view->language));
	SAY(page, WORD_BACK);
	put(page, "</a></p>");
	page_account(page);
	put(page, "</div>\n<div class=\"head\"><div><h1>");
	SAY(page, WORD_COMPARE);
	put(page, "</h1>\n");
	if (usual != NULL) {
		put(page, "<p class=\"when\">");
		page_tag(page);
		put(page, " <span>");
		SAY(page, WORD_AS_OF_DAY,
			phrase_date(page->view->language, usual->point.as_of).text);
		put(page, "</span></p>\n");
	}
	put(page, "</div>\n</div>\n");
	page_ended(page);
	put(page, "</header>\n");
}

/* How to read it. */
static void lead_print(struct page *page, const struct compare_row *usual)
{
	enum language language = page->view->language;
	bool public = page_is_public(page);
	put(page, "<p class=\"about\">");
	SAY(page, WORD_COMPARE_LEAD);
	text_printf(
		page->out, " <a href=\"/definitions?lang=%s#better\">", language_code(language));
	SAY(page, WORD_COMPARE_RULE);
	put(page, "</a></p>\n");
	PARAGRAPH(page, "about", WORD_COMPARE_NO_RANK);
	put(page, "<p class=\"about\">");
	SAY(page, WORD_COMPARE_DAY, phrase_date(language, usual->point.as_of).text);
	put(page, " ");
	if (public)
		SAY(page, WORD_COMPARE_CURVES_PUBLIC);
	else
		SAY(page, WORD_ABOUT_INTERNAL,
			phrase_instant(language, usual->point.known_us).text);
	put(page, "</p>\n");
}

static void rows_print(struct page *page, const struct compare_view *view)
{
	struct comparing comparing = compare_all(view);
	page_sheet(page, word_of(page, WORD_COMPARE));
	lead_print(page, comparing.usual);
	for (size_t first = 0, end; first < view->count; first = end) {
		for (end = first + 1;
			end < view->count && view->rows[end].model == view->rows[first].model;
			end++)
			continue;
		group_print(page, &comparing, first, end);
	}
}

enum err compare_print(const struct compare_view *view, struct text *out)
{
	/* A tree that says only whose figures these are. */
	const struct figure profile = { .kind = FIGURE_TEXT,
		.key = "profile",
		.as.text = view->is_public ? "public" : "internal" };
	const struct figure root = { .kind = FIGURE_OBJECT, .as.first = &profile };
	if (view->count > 0)
		qsort(view->rows, view->count, sizeof(*view->rows), by_group);
	const struct compare_row *usual = usual_row(view);
	const struct page_view shown = {
		.language = view->language,
		.figures = &root,
		.municipality = PART_ALL,
		.as_of = usual == NULL ? DAY_NONE : usual->point.as_of,
		.analyst = view->analyst,
		.signed_in_by_cookie = view->signed_in_by_cookie,
		.session_ended = view->session_ended,
		.path = "compare",
	};
	struct page page = { .view = &shown, .out = out };
	page_head(&page, word_of(&page, WORD_COMPARE), NULL);
	banner_print(&page, usual);
	put(&page, "<main id=\"figures\" class=\"compare\" tabindex=\"-1\">\n");
	if (view->count > 0)
		rows_print(&page, view);
	else
		PARAGRAPH(&page, "nothing", WORD_COMPARE_NOBODY);
	put(&page, "</main>\n<footer><p>");
	SAY(&page, WORD_FOOT);
	put(&page, "</p></footer>\n</body>\n</html>\n");
	return out->failed ? ERR_FULL : OK;
}
